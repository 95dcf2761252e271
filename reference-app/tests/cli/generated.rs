//! Generated patients: hard names, and namesakes in another clinic.

use super::support::{Desk, KEK, TENANT};
use super::synthea::{find_all, queries};
use hipaa_core::keys::Kek;
use hipaa_sqlite::Database;
use icu_normalizer::{ComposingNormalizerBorrowed, DecomposingNormalizerBorrowed};
use reference_app::clinic::Clinic;
use reference_app::generate::{CAST_SIZE, patients};
use reference_app::import::{Problem, import_from};
use reference_app::schema::{FHIR_ID, TABLES};
use std::io::Cursor;

const SOUTH: &str = "South clinic";

#[test]
fn everyone_is_found_in_the_own_clinic_only() {
    let desk = Desk::new();
    desk.run(&["tenant", "create", SOUTH]).ended(0);
    let mut database = Database::open(desk.database(), Kek::from_text(&KEK.into()).unwrap()).unwrap();
    database.declare(TABLES).unwrap();
    let clinics = [TENANT, SOUTH].into_iter().zip(0..).map(|(name, number)| {
        let lines = patients(7, number, 150).collect::<Vec<_>>();
        (name, lines)
    });
    let clinics = clinics.collect::<Vec<_>>();
    for (name, lines) in &clinics {
        let mut clinic = Clinic::open(&mut database, name).unwrap();
        let reader = Cursor::new(lines.join("\n").into_bytes());
        let summary = import_from(&mut clinic, reader, &mut |problem: Problem| panic!("{problem:?}")).unwrap();
        assert_eq!(summary.total().created, 150);
    }
    let nfc = ComposingNormalizerBorrowed::new_nfc();
    let nfd = DecomposingNormalizerBorrowed::new_nfd();
    let spellings: [&dyn Fn(&str) -> String; 3] =
        [&|name| nfc.normalize(name).to_uppercase(), &|name| nfd.normalize(name).to_lowercase(), &|name| {
            format!(" {} ", name.replace('\'', "\u{2019}").replace('-', " "))
        }];
    for (name, lines) in &clinics {
        let mut clinic = Clinic::open(&mut database, name).unwrap();
        let queries = queries(lines);
        for spell in spellings {
            for (query, matches) in queries.iter().zip(find_all(&mut clinic, &queries, spell)) {
                let ids = matches.records.iter().map(|record| record.get(FHIR_ID).unwrap()).collect::<Vec<_>>();
                assert_eq!(ids, [Some(query.fhir_id.as_str())]);
            }
        }
    }
    let cast = |clinic: usize| queries(&clinics[clinic].1[..CAST_SIZE]);
    for (north, south) in cast(0).iter().zip(&cast(1)) {
        assert!(north.born == south.born && north.fhir_id != south.fhir_id);
        assert_eq!(nfd.normalize(&north.family).replace('\'', "\u{2019}"), south.family);
    }
}
