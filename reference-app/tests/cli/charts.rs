//! Whole charts: the ten Synthea records, compared with their source.

use super::scanner::Scanner;
use super::support::{Desk, KEK, TENANT, charts, gzip};
use hipaa_core::keys::Kek;
use hipaa_core::schema::{Column, RecordId, Reference, Table, Text};
use hipaa_core::vault::Record;
use hipaa_sqlite::{Database, Error};
use reference_app::clinic::Clinic;
use reference_app::fhir::shape::{SHAPES, Shape};
use reference_app::schema::clinical::{
    ENCOUNTER, KEY, LOCATION, NOTE, ORGANIZATION, OTHERS, PRACTITIONER, SUBJECT, UNRESOLVED,
};
use reference_app::schema::{FHIR_ID, PATIENT, SOURCE, TABLES};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

/// What is compared of a record: version, patient, encounter, source.
pub(super) type Kept = (u64, Option<String>, Option<String>, String);

pub(super) fn open(desk: &Desk) -> Database {
    let mut database = Database::open(desk.database(), Kek::from_text(&KEK.into()).unwrap()).unwrap();
    database.declare(TABLES).unwrap();
    database
}

fn every_record(clinic: &mut Clinic<'_>, table: &'static Table) -> Vec<Record> {
    let (mut all, mut after) = (Vec::new(), None);
    loop {
        let (vault, database) = clinic.parts();
        let page = database.write(|unit| Ok::<_, Error>(vault.list(unit, table, after, 500)?)).unwrap().open().unwrap();
        assert!(page.missing.is_empty());
        all.extend(page.records);
        after = page.next;
        if after.is_none() {
            return all;
        }
    }
}

fn id_column(table: &Table) -> Column<Text> {
    if table == &OTHERS { KEY } else { FHIR_ID }
}

/// Every record of every table by its FHIR id, with the FHIR ids of what it names.
pub(super) fn contents(desk: &Desk) -> BTreeMap<(&'static str, String), Kept> {
    let mut database = open(desk);
    let mut clinic = Clinic::open(&mut database, TENANT).unwrap();
    let all = TABLES.iter().flat_map(|table| every_record(&mut clinic, table)).collect::<Vec<_>>();
    let id = |record: &Record| record.get(id_column(record.table())).unwrap().unwrap().to_owned();
    let names = all.iter().map(|record| (record.id(), id(record))).collect::<BTreeMap<_, _>>();
    let named = |record: &Record, column: Column<Reference>| {
        record.get(column).ok().flatten().map(|target: RecordId| names[&target].clone())
    };
    let kept = |record: &Record| {
        assert!(record.integrity().is_intact());
        let source = record.get(SOURCE).unwrap().unwrap().to_owned();
        (record.version(), named(record, SUBJECT), named(record, ENCOUNTER), source)
    };
    all.iter().map(|record| ((record.table().label(), id(record)), kept(record))).collect()
}

fn last_part(reference: &Value) -> Option<String> {
    Some(reference["reference"].as_str()?.rsplit('/').next()?.to_owned())
}

fn shape_of_file(name: &str) -> Option<&'static Shape> {
    SHAPES.iter().find(|shape| name == format!("{}.ndjson.gz", shape.name))
}

/// What the source says that every record must hold.
pub(super) fn expected(folder: &Path) -> BTreeMap<(&'static str, String), Kept> {
    let mut all = BTreeMap::new();
    for (name, lines) in charts_of(folder) {
        let shape = shape_of_file(&name);
        assert!(shape.is_some() || name == "Patient.ndjson.gz", "{name}");
        for line in lines {
            let value = serde_json::from_str::<Value>(&line).unwrap();
            let subject = shape.and_then(|shape| last_part(value.pointer(shape.subject?)?));
            let encounter = match &value["context"]["encounter"][0] {
                Value::Null => last_part(&value["encounter"]),
                encounter => last_part(encounter),
            };
            let table = shape.map_or("patient", |shape| shape.table.label());
            let id = value["id"].as_str().unwrap().to_owned();
            assert!(all.insert((table, id), (1, subject, encounter, line)).is_none());
        }
    }
    all
}

/// The lines of every file of a folder.
fn charts_of(folder: &Path) -> Vec<(String, Vec<String>)> {
    let files = fs::read_dir(folder).unwrap().map(|file| file.unwrap().path());
    let read = |path: &Path| super::support::gunzip(path).lines().map(str::to_owned).collect();
    files.map(|path| (path.file_name().unwrap().to_str().unwrap().to_owned(), read(&path))).collect()
}

#[test]
fn every_resource_is_attached_to_its_patient_and_encounter_and_comes_back_byte_for_byte() {
    let Some(folder) = charts() else { return };
    let desk = Desk::new();
    let ran = desk.at(&["import", "--json", folder.to_str().unwrap()]).ended(0);
    let wanted = expected(&folder);
    let found = contents(&desk);
    assert_eq!(found.len(), 7160);
    assert!(found == wanted, "ids, versions, patients, encounters and sources of all types");
    let summary = ran.json();
    for (name, lines) in charts_of(&folder) {
        let kind = name.split('.').next().unwrap();
        assert_eq!(summary["types"][kind]["created"].as_u64(), u64::try_from(lines.len()).ok(), "{kind}");
    }
    assert_eq!((summary["held"].as_u64(), summary["unresolved"].as_u64()), (Some(0), Some(0)));
    assert_eq!(ran.err, "", "no progress where nobody watches");
    let again = desk.at(&["import", "--json", folder.to_str().unwrap()]).ended(0).json();
    assert_eq!([&again["unchanged"], &again["created"], &again["updated"]], [7160, 0, 0]);
    assert!(contents(&desk) == wanted, "a second import changes nothing");
    directories_and_notes(&desk);
    no_clinical_text_is_readable(&desk, &folder, &ran.out);
}

/// References by identifier lead to the directories, and the text of notes is decoded.
fn directories_and_notes(desk: &Desk) {
    let mut database = open(desk);
    let mut clinic = Clinic::open(&mut database, TENANT).unwrap();
    for shape in &SHAPES {
        for record in every_record(&mut clinic, shape.table) {
            let source = serde_json::from_str::<Value>(record.get(SOURCE).unwrap().unwrap()).unwrap();
            assert!(record.get(UNRESOLVED).unwrap().is_none());
            for link in shape.links {
                let named = link.places.iter().any(|place| source.pointer(place).is_some());
                assert_eq!(record.get(link.column).unwrap().is_some(), named, "{} {:?}", shape.name, link.column);
            }
        }
    }
    let encounters = every_record(&mut clinic, &reference_app::schema::clinical::ENCOUNTERS);
    for column in [PRACTITIONER, ORGANIZATION, LOCATION] {
        assert!(encounters.iter().all(|encounter| encounter.get(column).unwrap().is_some()));
    }
    let notes = every_record(&mut clinic, &reference_app::schema::clinical::DOCUMENTS);
    assert!(notes.iter().all(|note| note.get(NOTE).unwrap().unwrap().contains("# Chief Complaint")));
    assert_eq!(every_record(&mut clinic, &PATIENT).len(), 13);
}

/// No text of the charts of 12 characters or more, no name, id or birth date is in a file or message.
fn no_clinical_text_is_readable(desk: &Desk, folder: &Path, said: &str) {
    let mut scanner = Scanner::of_patients(
        &super::support::gunzip(&folder.join("Patient.ndjson.gz")).lines().map(str::to_owned).collect::<Vec<_>>(),
    );
    let all = charts_of(folder).into_iter().flat_map(|(_, lines)| lines).collect::<Vec<_>>();
    let places = all.iter().map(|line| scanner.add_resource(line)).sum::<usize>();
    assert!(places > 20_000, "{places}");
    assert!(scanner.scan(all[all.len() / 2].as_bytes()).len() >= 2, "the scanner knows the charts");
    assert_eq!(scanner.scan(said.as_bytes()), BTreeSet::new());
    for file in fs::read_dir(desk.folder.path()).unwrap().map(Result::unwrap) {
        let bytes = fs::read(file.path()).unwrap();
        assert_eq!(scanner.scan(&bytes), BTreeSet::new(), "{:?}", file.file_name());
    }
}

/// One file of another name each, so that what is referred to comes last.
fn reversed(desk: &Desk, folder: &Path) -> std::path::PathBuf {
    let target = desk.path("reversed");
    fs::create_dir(&target).unwrap();
    let order = ["Patient", "Organization", "Practitioner", "Location", "Encounter"];
    for (name, mut lines) in charts_of(folder) {
        lines.reverse();
        let kind = name.split('.').next().unwrap();
        let rank = order.iter().rev().position(|known| *known == kind).map_or(0, |at| at + 1);
        fs::write(target.join(format!("{rank}-{kind}.ndjson.gz")), gzip(lines.join("\n").as_bytes())).unwrap();
    }
    target
}

#[test]
fn the_order_of_files_and_lines_does_not_matter() {
    let Some(folder) = charts() else { return };
    let desk = Desk::new();
    let target = reversed(&desk, &folder);
    let ran = desk.at(&["import", "--json", target.to_str().unwrap()]).ended(0).json();
    assert_eq!([&ran["created"], &ran["updated"], &ran["held"], &ran["unresolved"]], [7160, 0, 0, 0]);
    assert!(contents(&desk) == expected(&folder));
}
