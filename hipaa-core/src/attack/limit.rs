//! Input that is too long, too short or of an unknown format.

use super::clinic::{BY_NAME, CHART, Clinic, FAMILY, NOTE, PATIENT, SCAN, VISIT, WARD, day, patient};
use crate::cipher::CellError;
use crate::index::{IndexError, MAX_INPUT_BYTES};
use crate::schema::{IdError, MAX_RECORD_ID_BYTES, MAX_VALUE_BYTES, RecordId};
use crate::seal::{SealError, StoredValue};
use crate::vault::{Break, Row, VaultError};

#[test]
fn a_record_id_has_one_to_forty_bytes_and_no_other_length() {
    for length in [0, MAX_RECORD_ID_BYTES + 1, 256, 257, 4096] {
        assert_eq!(RecordId::from_slice(&vec![1; length]), Err(IdError::Length(length)));
    }
    for length in 1..=MAX_RECORD_ID_BYTES {
        assert_eq!(RecordId::from_slice(&vec![1; length]).unwrap().as_bytes().len(), length);
    }
}

#[test]
fn ids_that_differ_in_length_alone_are_different_places() {
    let mut clinic = Clinic::open();
    let tenant = clinic.north_id();
    let record = clinic.admit("Osei", "M-1");
    let longer = RecordId::from_slice(&[record.as_bytes(), &[0]].concat()).unwrap();
    let row = clinic.row(record).clone();
    clinic.store().rows.insert((PATIENT.label(), tenant, longer), row);
    let breaks = clinic.breaks(longer);
    assert_eq!(breaks[..3], [Break::Mac, Break::Unrecorded, Break::Cell("family", CellError::Open)]);
}

#[test]
fn a_value_over_the_limit_is_refused_and_nothing_is_written() {
    let mut clinic = Clinic::open();
    let vault = clinic.north.clone();
    let long = "x".repeat(MAX_VALUE_BYTES + 1);
    let json = format!("\"{long}\"");
    let bytes = long.as_bytes().to_vec();
    let before = clinic.store().clone();
    let too_long = Err(VaultError::Seal(SealError::Cell(CellError::TooLong)));
    let rows = [Row::new().set(NOTE, &long), Row::new().set(CHART, &json), Row::new().set(SCAN, &bytes)];
    for row in rows {
        assert_eq!(clinic.write(|unit| vault.create(unit, &VISIT, &row).map(drop)), too_long);
    }
    let row = patient("Osei", "M-1").set(WARD, &long);
    assert_eq!(clinic.write(|unit| vault.create(unit, &PATIENT, &row).map(drop)), too_long);
    assert!(*clinic.store() == before);
}

#[test]
fn a_text_too_long_for_its_index_is_refused_when_it_is_written_and_when_it_is_sought() {
    let mut clinic = Clinic::open();
    let vault = clinic.north.clone();
    let long = "x".repeat(MAX_INPUT_BYTES + 1);
    let created = clinic.write(|unit| vault.create(unit, &PATIENT, &patient(&long, "M-1")).map(drop));
    let sought = clinic.write(|unit| vault.find(unit, &PATIENT, BY_NAME, (long.as_str(), day())).map(drop));
    let too_long = Err(VaultError::Seal(SealError::Index(IndexError::TooLong)));
    assert_eq!((created, sought), (too_long, too_long));
}

fn one() -> (Clinic, RecordId, Vec<u8>) {
    let mut clinic = Clinic::open();
    let record = clinic.admit("Osei", "M-1");
    let StoredValue::Blob(cell) = clinic.row(record).columns["family"].clone() else { panic!("the column is sealed") };
    (clinic, record, cell)
}

#[test]
fn a_cell_of_unknown_version_suite_or_epoch_says_which() {
    let edits: [(usize, u8, CellError); 4] = [
        (0, 2, CellError::UnknownVersion(2)),
        (1, 2, CellError::UnknownSuite(2)),
        (5, 9, CellError::UnknownEpoch(9)),
        (2, 1, CellError::UnknownEpoch(0x0100_0001)),
    ];
    for (at, byte, expected) in edits {
        let (mut clinic, record, mut cell) = one();
        cell[at] = byte;
        clinic.set(record, "family", StoredValue::Blob(cell));
        assert_eq!(clinic.breaks(record), [Break::Mac, Break::Cell("family", expected)]);
        let read = clinic.read(record).unwrap();
        assert_eq!(read.get(FAMILY), Err(crate::vault::FieldError::Unreadable(expected)));
    }
}

#[test]
fn a_cell_cut_short_does_not_open_at_any_length() {
    let (mut clinic, record, cell) = one();
    for length in 0..cell.len() {
        clinic.set(record, "family", StoredValue::Blob(cell[..length].to_vec()));
        let breaks = clinic.breaks(record);
        let expected = if length < 36 { CellError::TooShort } else { CellError::Open };
        assert_eq!(breaks, [Break::Mac, Break::Cell("family", expected)], "{length}");
    }
}

#[test]
fn a_seal_of_unknown_version_suite_or_epoch_is_flagged() {
    for (at, byte, expected) in [(0, 2, Break::Seal), (1, 2, Break::Seal), (5, 9, Break::Mac)] {
        let (mut clinic, record, _) = one();
        clinic.row(record).seal[at] = byte;
        assert_eq!(clinic.breaks(record), [expected]);
    }
}

#[test]
fn pages_and_trails_take_one_to_five_hundred() {
    let (mut clinic, record, _) = one();
    let vault = clinic.north.clone();
    for limit in [0, 501, usize::MAX] {
        assert_eq!(clinic.write(|unit| vault.list(unit, &PATIENT, None, limit).map(drop)), Err(VaultError::TooMany));
        assert_eq!(clinic.write(|unit| vault.trail(unit, 0, limit).map(drop)), Err(VaultError::TooMany));
        assert_eq!(clinic.write(|unit| vault.trail_about(unit, record, limit).map(drop)), Err(VaultError::TooMany));
    }
}

#[test]
fn a_paged_search_goes_through_all_candidates_and_each_page_names_its_own() {
    let mut clinic = Clinic::open();
    let mut all = (0..7).map(|number| clinic.admit("Osei", &format!("M-{number}"))).collect::<Vec<_>>();
    all.sort_unstable();
    let vault = clinic.north.clone();
    let (mut after, mut pages) = (None, Vec::new());
    loop {
        let before = clinic.entries().len();
        let query = (BY_NAME, ("Osei", day()));
        let found = clinic.db.write(|unit| vault.find_page(unit, &PATIENT, query, (after, 3))).unwrap().open().unwrap();
        let ids = found.records.iter().map(crate::vault::Record::id).collect::<Vec<_>>();
        assert_eq!(clinic.named_since(before, "PHI_SEARCH"), core::slice::from_ref(&ids));
        pages.push(ids);
        match found.next {
            Some(next) => after = Some(next),
            None => break,
        }
    }
    assert_eq!(pages.iter().map(Vec::len).collect::<Vec<_>>(), [3, 3, 1]);
    assert_eq!(pages.concat(), all);
    for limit in [0, 501] {
        let query = (BY_NAME, ("Osei", day()));
        let paged = clinic.write(|unit| vault.find_page(unit, &PATIENT, query, (None, limit)).map(drop));
        assert_eq!(paged, Err(VaultError::TooMany));
    }
}
