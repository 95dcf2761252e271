//! Made-up charts as files: the same bytes each time, importable, with notes full of identifiers.

use super::charts::{contents, open};
use super::support::{Desk, TENANT};
use reference_app::clinic::Clinic;
use reference_app::schema::clinical::{DOCUMENTS, NOTE, SUBJECT};
use reference_app::schema::{IDENTIFIERS, MRN, PHONES, SSN};
use std::collections::BTreeMap;
use std::fs;

fn seed(desk: &Desk, out: &str, seed: &str) -> BTreeMap<String, Vec<u8>> {
    desk.run(&["seed", "--clinics", "2", "--patients", "12", "--seed", seed, "--out", out]).ended(0);
    let files = ["clinic-1", "clinic-2"].iter().flat_map(|clinic| fs::read_dir(desk.path(out).join(clinic)).unwrap());
    let paths = files.map(|file| file.unwrap().path());
    paths
        .map(|path| (path.strip_prefix(desk.path(out)).unwrap().display().to_string(), fs::read(&path).unwrap()))
        .collect()
}

#[test]
fn the_same_seed_makes_the_same_bytes_and_they_import_whole() {
    let desk = Desk::new();
    let first = seed(&desk, "one", "42");
    assert_eq!(first.len(), 14, "two clinics with seven types");
    assert!(first == seed(&desk, "two", "42"));
    assert!(first != seed(&desk, "three", "43"));
    let ran = desk.import("one/clinic-1").ended(0).json();
    let lines = first.iter().filter(|(name, _)| name.starts_with("clinic-1")).map(|(_, bytes)| bytes);
    let lines = lines.flatten().filter(|byte| **byte == b'\n').count();
    assert_eq!(ran["created"].as_u64(), u64::try_from(lines).ok());
    assert_eq!((&ran["held"], &ran["unresolved"]), (&0.into(), &0.into()));
    assert!(contents(&desk).iter().all(|((table, _), kept)| *table != "condition" || kept.2.is_some()));
    notes_name_their_patients(&desk);
}

fn notes_name_their_patients(desk: &Desk) {
    let mut database = open(desk);
    let mut clinic = Clinic::open(&mut database, TENANT).unwrap();
    let notes = clinic.with_value((&DOCUMENTS, NOTE), None, 500).unwrap();
    assert!(notes.len() >= 12);
    for note in notes {
        let patient = clinic.read(note.get(SUBJECT).unwrap().unwrap()).unwrap();
        let text = note.get(NOTE).unwrap().unwrap();
        let born = patient.get(reference_app::schema::BORN).unwrap().unwrap().to_string();
        let ssn = patient.get(SSN).unwrap().unwrap();
        for list in [MRN, PHONES] {
            assert!(text.contains(patient.get(list).unwrap().unwrap()[0].as_str()));
        }
        assert!(text.contains(&born) && text.contains(ssn));
        assert!(patient.get(IDENTIFIERS).unwrap().is_none(), "no system is made up");
    }
}
