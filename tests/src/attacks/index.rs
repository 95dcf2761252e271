//! The term table edited with SQL.

use super::site::{BY_MRN, BY_NAME, PATIENT, Site, day, patient};
use hipaa_core::schema::RecordId;
use hipaa_core::vault::{Matches, Record, VaultError};

fn two() -> (Site, RecordId, RecordId) {
    let mut site = Site::open();
    let osei = site.admit("Osei", "M-1");
    let brandt = site.admit("Brandt", "M-2");
    (site, osei, brandt)
}

fn find(site: &mut Site, name: &str) -> Matches {
    let north = site.north.clone();
    site.db.write(|unit| north.find(unit, &PATIENT, BY_NAME, (name, day()))).unwrap().open().unwrap()
}

fn move_terms(site: &Site, from: RecordId, to: RecordId) {
    site.attack("hipaa_term", "UPDATE hipaa_term SET record = ?2 WHERE record = ?1", [from.as_bytes(), to.as_bytes()]);
}

#[test]
fn a_moved_term_is_flagged_and_shows_nobody() {
    let (mut site, osei, brandt) = two();
    assert_eq!(find(&mut site, "Osei").records.iter().map(Record::id).collect::<Vec<_>>(), [osei]);
    move_terms(&site, osei, brandt);
    let before = site.entries().len();
    let found = find(&mut site, "Osei");
    assert_eq!((found.records.len(), found.candidates, found.flagged), (0, 1, vec![brandt]));
    assert_eq!(site.failed_since(before), [brandt]);
}

#[test]
fn an_import_does_not_write_over_the_patient_to_whom_a_term_was_moved() {
    let (mut site, osei, brandt) = two();
    move_terms(&site, osei, brandt);
    let (vault, rows, before) = (site.north.clone(), site.rows("SELECT * FROM patient"), site.entries().len());
    let refused = site.write(|unit| vault.upsert(unit, &PATIENT, BY_MRN, &patient("Osei", "M-1")));
    assert_eq!(refused, Err(VaultError::Tampered));
    assert_eq!(site.rows("SELECT * FROM patient"), rows);
    assert_eq!(site.failed_since(before), [brandt]);
}

#[test]
fn a_patient_whose_name_was_destroyed_or_whose_row_was_deleted_is_flagged_by_a_search() {
    for sql in ["UPDATE patient SET family = zeroblob(60) WHERE record = ?1", "DELETE FROM patient WHERE record = ?1"] {
        let (mut site, osei, _) = two();
        site.attack("patient", sql, [osei.as_bytes()]);
        let before = site.entries().len();
        let found = find(&mut site, "Osei");
        assert_eq!((found.records.len(), found.flagged), (0, vec![osei]), "{sql}");
        assert_eq!(site.failed_since(before), [osei]);
    }
}

#[test]
fn a_term_of_another_tenant_s_record_shows_nobody() {
    let (mut site, osei, _) = two();
    let south = site.south.clone();
    let foreign = site.write(|unit| south.create(unit, &PATIENT, &patient("Osei", "M-1"))).unwrap();
    move_terms(&site, osei, foreign);
    let found = find(&mut site, "Osei");
    assert_eq!((found.records.len(), found.candidates), (0, 1));
    let found = site.db.write(|unit| south.find(unit, &PATIENT, BY_NAME, ("Osei", day()))).unwrap().open().unwrap();
    assert_eq!(found.records.iter().map(Record::id).collect::<Vec<_>>(), [foreign]);
}
