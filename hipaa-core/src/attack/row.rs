//! Edits of rows: every one is flagged, and none can be written over.

use super::clinic::{ALLERGY, BY_MRN, Clinic, FAMILY, LETTER, NOTE, PATIENT, VISIT, patient};
use crate::cipher::CellError;
use crate::schema::RecordId;
use crate::seal::{SealBlob, StoredValue};
use crate::vault::{Break, Row, VaultError};

const UNREADABLE: Break = Break::Cell("family", CellError::Open);

fn one() -> (Clinic, RecordId) {
    let mut clinic = Clinic::open();
    let record = clinic.admit("Osei", "M-1");
    assert_eq!(clinic.breaks(record), []);
    (clinic, record)
}

fn edit_seal(clinic: &mut Clinic, record: RecordId, edit: impl FnOnce(&mut SealBlob)) {
    let row = clinic.row(record);
    let mut blob = SealBlob::decode(&row.seal).unwrap();
    edit(&mut blob);
    assert_ne!(row.seal, blob.encode());
    row.seal = blob.encode();
}

#[test]
fn a_cell_moved_to_another_row_does_not_open() {
    let (mut clinic, osei) = one();
    let brandt = clinic.admit("Brandt", "M-2");
    let cell = clinic.row(osei).columns["family"].clone();
    clinic.set(brandt, "family", cell);
    assert_eq!(clinic.breaks(brandt), [Break::Mac, UNREADABLE]);
    assert_eq!(clinic.breaks(osei), []);
}

#[test]
fn a_cell_moved_to_another_column_does_not_open() {
    let (mut clinic, record) = one();
    let cell = clinic.row(record).columns["mrn"].clone();
    clinic.set(record, "family", cell);
    assert_eq!(clinic.breaks(record), [Break::Mac, UNREADABLE]);
}

#[test]
fn a_column_set_to_null_breaks_the_mac() {
    for column in ["family", "allergy", "ward", "bed"] {
        let (mut clinic, record) = one();
        clinic.set(record, column, StoredValue::Null);
        assert_eq!(clinic.breaks(record), [Break::Mac], "{column}");
    }
}

#[test]
fn an_edited_protected_column_breaks_the_mac() {
    for (column, value) in [("ward", StoredValue::Text("west".to_owned())), ("bed", StoredValue::Integer(8))] {
        let (mut clinic, record) = one();
        clinic.set(record, column, value);
        assert_eq!(clinic.breaks(record), [Break::Mac], "{column}");
    }
}

#[test]
fn another_storage_class_breaks_the_mac_and_is_not_read() {
    let text = |clinic: &mut Clinic, record| match &clinic.row(record).columns["ward"] {
        StoredValue::Text(text) => StoredValue::Blob(text.as_bytes().to_vec()),
        other => panic!("{other:?}"),
    };
    let (mut clinic, record) = one();
    let bytes = text(&mut clinic, record);
    clinic.set(record, "ward", bytes);
    assert_eq!(clinic.breaks(record), [Break::Mac, Break::Cell("ward", CellError::Open)]);
    for (column, value) in [
        ("bed", StoredValue::Text("7".to_owned())),
        ("bed", StoredValue::Foreign),
        ("family", StoredValue::Foreign),
        ("family", StoredValue::Integer(7)),
        ("family", StoredValue::Text("Osei".to_owned())),
    ] {
        let (mut clinic, record) = one();
        clinic.set(record, column, value);
        assert_eq!(clinic.breaks(record), [Break::Mac, Break::Cell(column, CellError::Open)]);
    }
}

#[test]
fn the_seal_of_another_record_is_flagged() {
    let (mut clinic, osei) = one();
    let brandt = clinic.admit("Brandt", "M-2");
    let seal = clinic.row(brandt).seal.clone();
    clinic.row(osei).seal = seal;
    assert_eq!(clinic.breaks(osei), [Break::Mac, Break::Version]);
}

#[test]
fn a_seal_cut_short_is_no_seal_at_any_length() {
    let (mut clinic, record) = one();
    let seal = clinic.row(record).seal.clone();
    for length in 0..seal.len() {
        clinic.row(record).seal.truncate(length);
        assert_eq!(clinic.breaks(record), [Break::Seal], "{length}");
        clinic.row(record).seal.clone_from(&seal);
    }
    assert_eq!(clinic.breaks(record), []);
}

#[test]
fn an_edited_version_number_is_flagged() {
    let (mut clinic, record) = one();
    edit_seal(&mut clinic, record, |blob| blob.version = 2);
    assert_eq!(clinic.breaks(record), [Break::Mac, Break::Version]);
}

#[test]
fn an_edited_mac_is_flagged() {
    let (mut clinic, record) = one();
    edit_seal(&mut clinic, record, |blob| blob.mac[0] ^= 1);
    assert_eq!(clinic.breaks(record), [Break::Mac, Break::Version]);
}

#[test]
fn a_term_relabelled_added_or_dropped_in_the_seal_breaks_the_mac() {
    let edits: [fn(&mut SealBlob); 4] = [
        |blob| blob.terms[0].index = "a_name".to_owned(),
        |blob| blob.terms[1].epoch = 9,
        |blob| blob.terms.truncate(1),
        |blob| blob.terms.clear(),
    ];
    for edit in edits {
        let (mut clinic, record) = one();
        edit_seal(&mut clinic, record, edit);
        assert_eq!(clinic.breaks(record), [Break::Mac]);
    }
}

#[test]
fn a_row_moved_to_another_tenant_is_missing_there_and_flagged_here() {
    let (mut clinic, record) = one();
    let (north, south) = (clinic.north_id(), clinic.south_id());
    let row = clinic.store().rows.remove(&(PATIENT.label(), north, record)).unwrap();
    clinic.store().rows.insert((PATIENT.label(), south, record), row);
    assert_eq!(clinic.read(record).map(drop), Err(VaultError::RowMissing));
    let vault = clinic.south.clone();
    let read = clinic.db.write(|unit| vault.read(unit, &PATIENT, record)).unwrap().open().unwrap();
    let sealed = ["family", "birth_date", "mrn", "allergy"].map(|column| Break::Cell(column, CellError::Open));
    assert_eq!(read.integrity().breaks(), [&[Break::Mac, Break::Tenant], sealed.as_slice()].concat());
    assert_eq!((read.get(FAMILY).ok(), read.get(ALLERGY).ok()), (None, None));
}

#[test]
fn a_row_moved_to_another_table_does_not_open() {
    let (mut clinic, _) = one();
    let (north, vault) = (clinic.north_id(), clinic.north.clone());
    let visit = clinic.write(|unit| vault.create(unit, &VISIT, &Row::new().set(NOTE, "chest pain"))).unwrap();
    let row = clinic.store().rows.remove(&(VISIT.label(), north, visit)).unwrap();
    clinic.store().rows.insert((LETTER.label(), north, visit), row);
    let read = clinic.db.write(|unit| vault.read(unit, &LETTER, visit)).unwrap().open().unwrap();
    let expected = [Break::Mac, Break::Unrecorded, Break::Cell("note", CellError::Open)];
    assert_eq!(read.integrity().breaks(), expected);
}

#[test]
fn a_tampered_record_is_not_changed_so_that_the_evidence_stays() {
    let (mut clinic, record) = one();
    clinic.set(record, "ward", StoredValue::Text("west".to_owned()));
    let vault = clinic.north.clone();
    let (kept, states, terms) = {
        let store = clinic.store();
        (store.rows.clone(), store.states.clone(), store.terms.clone())
    };
    let before = clinic.entries().len();
    let change = Row::new().set(FAMILY, "Brandt");
    let refused = [
        clinic.write(|unit| vault.update(unit, &PATIENT, (record, 1), &change).map(drop)),
        clinic.write(|unit| vault.delete(unit, &PATIENT, (record, 1))),
        clinic.write(|unit| vault.upsert(unit, &PATIENT, BY_MRN, &patient("Brandt", "M-1")).map(drop)),
        clinic.write(|unit| vault.upsert(unit, &PATIENT, BY_MRN, &patient("Osei", "M-1")).map(drop)),
    ];
    assert_eq!(refused, [Err(VaultError::Tampered); 4]);
    assert_eq!(clinic.named_since(before, "INTEGRITY_FAILED"), [[record]; 4]);
    assert_eq!(clinic.names_since(before).len(), 4);
    let store = clinic.store();
    assert!(store.rows == kept && store.states == states && store.terms == terms);
}
