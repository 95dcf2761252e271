//! Edits of the term table, and of rows that a search should find.

use super::clinic::{BY_MRN, BY_NAME, Clinic, FAMILY, PATIENT, VISIT, day, family, patient};
use crate::audit::{read_records, tag};
use crate::index::Term;
use crate::schema::RecordId;
use crate::seal::{SealBlob, StoredValue};
use crate::vault::{Break, Matches, Upsert, VaultError};

fn two() -> (Clinic, RecordId, RecordId) {
    let mut clinic = Clinic::open();
    let osei = clinic.admit("Osei", "M-1");
    let brandt = clinic.admit("Brandt", "M-2");
    (clinic, osei, brandt)
}

fn find(clinic: &mut Clinic, name: &str) -> Matches {
    let before = clinic.entries().len();
    let north = clinic.north.clone();
    let found = clinic.db.write(|unit| north.find(unit, &PATIENT, BY_NAME, (name, day()))).unwrap().open().unwrap();
    let altered = found.records.iter().filter(|record| !record.integrity().is_intact()).map(crate::vault::Record::id);
    let expected = found.flagged.iter().copied().chain(altered).collect::<Vec<_>>();
    assert_eq!(clinic.named_since(before, "INTEGRITY_FAILED").concat(), expected);
    found
}

fn term_of(clinic: &mut Clinic, record: RecordId, index: &str) -> Term {
    let blob = SealBlob::decode(&clinic.row(record).seal).unwrap();
    blob.terms.iter().find(|term| term.index == index).unwrap().term
}

fn add_term(clinic: &mut Clinic, term: Term, record: RecordId) {
    assert!(clinic.store().terms.insert((PATIENT.label(), term, record)));
}

fn remove_term(clinic: &mut Clinic, term: Term, record: RecordId) {
    assert!(clinic.store().terms.remove(&(PATIENT.label(), term, record)));
}

#[test]
fn a_term_copied_to_another_row_is_flagged_and_the_right_row_still_found() {
    let (mut clinic, osei, brandt) = two();
    let term = term_of(&mut clinic, osei, "name_birth");
    add_term(&mut clinic, term, brandt);
    let found = find(&mut clinic, "Osei");
    assert_eq!(found.records.iter().map(family).collect::<Vec<_>>(), ["Osei"]);
    assert_eq!((found.candidates, found.flagged), (2, vec![brandt]));
}

#[test]
fn a_term_used_for_another_index_finds_nothing_and_is_flagged() {
    let (mut clinic, osei, brandt) = two();
    let (name, mrn) = (term_of(&mut clinic, osei, "name_birth"), term_of(&mut clinic, brandt, "mrn"));
    assert_ne!(name, mrn);
    remove_term(&mut clinic, name, osei);
    add_term(&mut clinic, name, brandt);
    let found = find(&mut clinic, "Osei");
    assert_eq!((found.records.len(), found.flagged), (0, vec![brandt]));
}

#[test]
fn a_row_whose_indexed_cell_was_destroyed_is_flagged_and_not_silently_left_out_of_a_search() {
    let (mut clinic, osei, _) = two();
    clinic.set(osei, "family", StoredValue::Null);
    let found = find(&mut clinic, "Osei");
    assert_eq!((found.records.len(), found.flagged), (0, vec![osei]));
}

#[test]
fn a_row_deleted_behind_the_back_is_flagged_and_not_silently_left_out_of_a_search() {
    let (mut clinic, osei, _) = two();
    let tenant = clinic.north_id();
    clinic.store().rows.remove(&(PATIENT.label(), tenant, osei)).unwrap();
    let found = find(&mut clinic, "Osei");
    assert_eq!((found.records.len(), found.flagged), (0, vec![osei]));
}

#[test]
fn a_term_left_over_from_a_deleted_record_is_no_finding() {
    let (mut clinic, osei, _) = two();
    let (vault, term) = (clinic.north.clone(), term_of(&mut clinic, osei, "name_birth"));
    clinic.write(|unit| vault.delete(unit, &PATIENT, (osei, 1))).unwrap();
    add_term(&mut clinic, term, osei);
    let found = find(&mut clinic, "Osei");
    assert_eq!((found.records.len(), found.candidates, found.flagged), (0, 1, vec![]));
}

#[test]
fn an_altered_row_that_still_matches_is_found_with_its_break() {
    let (mut clinic, osei, _) = two();
    clinic.set(osei, "ward", StoredValue::Text("west".to_owned()));
    let found = find(&mut clinic, "Osei");
    assert_eq!(found.records[0].integrity().breaks(), [Break::Mac]);
    assert_eq!(found.flagged, []);
}

#[test]
fn a_term_moved_to_a_record_of_another_tenant_or_table_shows_nothing() {
    let (mut clinic, osei, _) = two();
    let (north, south) = (clinic.north.clone(), clinic.south.clone());
    let foreign = clinic.write(|unit| south.create(unit, &PATIENT, &patient("Osei", "M-1"))).unwrap();
    let visit = clinic.write(|unit| north.create(unit, &VISIT, &crate::vault::Row::new())).unwrap();
    let term = term_of(&mut clinic, osei, "name_birth");
    remove_term(&mut clinic, term, osei);
    add_term(&mut clinic, term, foreign);
    add_term(&mut clinic, term, visit);
    let found = find(&mut clinic, "Osei");
    assert_eq!((found.records.len(), found.candidates), (0, 2));
}

#[test]
fn an_upsert_does_not_write_over_the_record_to_which_a_term_was_moved() {
    let (mut clinic, osei, brandt) = two();
    let term = term_of(&mut clinic, osei, "mrn");
    remove_term(&mut clinic, term, osei);
    add_term(&mut clinic, term, brandt);
    let (vault, before) = (clinic.north.clone(), clinic.entries().len());
    let kept = clinic.store().rows.clone();
    let refused = clinic.write(|unit| vault.upsert(unit, &PATIENT, BY_MRN, &patient("Osei", "M-1")));
    assert_eq!(refused, Err(VaultError::Tampered));
    assert_eq!(clinic.named_since(before, "INTEGRITY_FAILED"), [[brandt]]);
    assert_eq!(clinic.names_since(before).len(), 1);
    assert!(clinic.store().rows == kept);
}

#[test]
fn an_upsert_refuses_when_a_term_was_copied_to_another_record() {
    let (mut clinic, osei, brandt) = two();
    let term = term_of(&mut clinic, osei, "mrn");
    add_term(&mut clinic, term, brandt);
    let (vault, before) = (clinic.north.clone(), clinic.entries().len());
    let refused = clinic.write(|unit| vault.upsert(unit, &PATIENT, BY_MRN, &patient("Osei-Two", "M-1")));
    assert_eq!(refused, Err(VaultError::Tampered));
    assert_eq!(clinic.named_since(before, "INTEGRITY_FAILED"), [[brandt]]);
    remove_term(&mut clinic, term, brandt);
    let done = clinic.write(|unit| vault.upsert(unit, &PATIENT, BY_MRN, &patient("Osei-Two", "M-1")));
    assert_eq!(done, Ok(Upsert::Updated(osei)));
}

#[test]
fn asking_for_a_duplicate_leaves_an_entry_that_names_its_holder() {
    let (mut clinic, osei, brandt) = two();
    let (vault, before) = (clinic.north.clone(), clinic.entries().len());
    let tried = [
        clinic.write(|unit| vault.create(unit, &PATIENT, &patient("Anyone", "M-1")).map(drop)),
        clinic.write(|unit| {
            let change = crate::vault::Row::new().set(super::clinic::MRN, "M-1");
            vault.update(unit, &PATIENT, (brandt, 1), &change).map(drop)
        }),
    ];
    assert_eq!(tried, [Err(VaultError::Duplicate("mrn")); 2]);
    let entries = clinic.entries();
    let seen = entries[before..].iter().map(|body| {
        let records = body.field(tag::RECORDS).and_then(read_records).map(|(_, records)| records);
        (body.name(), body.text(tag::INDEX), records)
    });
    let expected = (Some("PHI_SEARCH"), Some("mrn"), Some(vec![osei]));
    assert_eq!(seen.collect::<Vec<_>>(), [expected.clone(), expected]);
}

#[test]
fn a_search_in_epoch_two_finds_what_was_sealed_in_epoch_one() {
    let (mut clinic, osei, _) = two();
    let vault = clinic.north.clone();
    assert_eq!(clinic.new_epoch(&vault), 2);
    assert_eq!(find(&mut clinic, "Osei").records.iter().map(crate::vault::Record::id).collect::<Vec<_>>(), [osei]);
    let renamed = crate::vault::Row::new().set(FAMILY, "Osei-Brandt");
    clinic.write(|unit| vault.update(unit, &PATIENT, (osei, 1), &renamed)).unwrap();
    assert_eq!(find(&mut clinic, "Osei").candidates, 0);
    assert_eq!(find(&mut clinic, "osei brandt").records.len(), 1);
}
