//! Answers that were told without an entry. Each of these succeeded once.

use crate::fresh::{Kit, person, row};
use hipaa_core::vault::Upsert;
use hipaa_sqlite::rusqlite::OptionalExtension;
use hipaa_sqlite::{Error, read_row};

#[test]
fn a_search_of_an_own_table_that_fails_after_a_candidate_was_shown_is_an_entry() {
    let mut kit = Kit::new();
    let id = kit.person("1", "Osterman");
    let clinic = kit.clinic.clone();
    let mut told = Vec::new();
    let failed = kit.db.write(|unit| {
        clinic.find_with(unit, &person::TABLE, (person::BY_MRN, ("1",)), |_, record| {
            told.push(record);
            Err::<_, Error>(Error::NotADatabase)
        })
    });
    assert!(failed.is_err());
    assert!(told.is_empty() || kit.entries("PHI_SEARCH") > 0, "told {told:?} {} without an entry", id);
}

#[test]
fn a_search_of_an_own_table_in_a_unit_that_is_rolled_back_is_an_entry() {
    let mut kit = Kit::new();
    kit.person("1", "Osterman");
    let (clinic, tenant) = (kit.clinic.clone(), kit.tenant.id);
    let mut told = Vec::new();
    let failed = kit.db.write(|unit| {
        drop(clinic.find_with(unit, &person::TABLE, (person::BY_MRN, ("1",)), |unit, record| {
            told.push(record);
            let sql = "SELECT mrn, family, ward, hipaa_seal, record FROM person WHERE record = ?1";
            let row = unit.sql().query_row(sql, [record.as_bytes()], |row| read_row(&person::TABLE, tenant, row));
            Ok::<_, Error>(row.optional()?)
        })?);
        Err::<(), _>(Error::NotADatabase)
    });
    assert!(failed.is_err());
    assert!(told.is_empty() || kit.entries("PHI_SEARCH") > 0, "told {told:?} without an entry");
}

#[test]
fn an_upsert_that_confirms_a_guess_is_an_entry_even_if_its_unit_fails() {
    let mut kit = Kit::new();
    kit.person("1", "Osterman");
    let clinic = kit.clinic.clone();
    let mut answers = Vec::new();
    for guess in ["Quist", "Osterman"] {
        let failed = kit.db.write(|unit| {
            answers.push(clinic.upsert(unit, &person::TABLE, person::BY_MRN, &row("1", guess))?);
            Err::<(), _>(Error::NotADatabase)
        });
        assert!(failed.is_err());
    }
    let told = matches!(answers[..], [Upsert::Updated(_), Upsert::Unchanged(_)]);
    let entries = kit.entries("PHI_READ") + kit.entries("PHI_UPDATE") + kit.entries("PHI_SEARCH");
    assert!(!told || entries > 0, "told {answers:?} without an entry");
}

#[test]
fn a_search_with_too_many_candidates_is_an_entry() {
    let mut kit = Kit::new();
    let clinic = kit.clinic.clone();
    kit.db
        .write(|unit| {
            for n in 0..501 {
                clinic.create(unit, &person::TABLE, &row(&n.to_string(), "Osterman"))?;
            }
            Ok::<_, Error>(())
        })
        .unwrap()
        .into_inner();
    let found =
        kit.db.write(|unit| Ok::<_, Error>(clinic.find(unit, &person::TABLE, person::BY_FAMILY, ("osterman",))?));
    assert!(found.is_err());
    assert!(kit.entries("PHI_SEARCH") > 0);
}

#[test]
fn a_create_that_fails_leaves_nothing_in_a_unit_that_goes_on() {
    let mut kit = Kit::new();
    kit.person("1", "Osterman");
    kit.db.connection().execute_batch("CREATE UNIQUE INDEX mine ON person (ward)").unwrap();
    let clinic = kit.clinic.clone();
    let second = kit.db.write(|unit| Ok::<_, Error>(clinic.create(unit, &person::TABLE, &row("2", "Quist")).is_err()));
    let creates = kit.entries("PHI_CREATE");
    let page = kit.db.write(|unit| clinic.list(unit, &person::TABLE, None, 9)).unwrap().open().unwrap();
    assert_eq!((second.is_err() || creates == 1, page.missing.len()), (true, 0), "entries of creation: {creates}");
}
