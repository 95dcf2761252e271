//! Rows restored, put in, brought back and deleted with SQL, and their recorded states edited.

use super::site::{FAMILY, PATIENT, Site};
use hipaa_core::cipher::CellError;
use hipaa_core::schema::RecordId;
use hipaa_core::vault::{Break, Row, VaultError};

fn one() -> (Site, RecordId) {
    let mut site = Site::open();
    let record = site.admit("Osei", "M-1");
    (site, record)
}

/// Keeps a copy of every patient in a table of the attacker's.
fn copy_rows(site: &Site) {
    site.attacker.execute_batch("CREATE TABLE copy AS SELECT * FROM patient").unwrap();
}

#[test]
fn a_row_restored_from_a_copy_is_flagged() {
    let (mut site, record) = one();
    copy_rows(&site);
    let vault = site.north.clone();
    let change = Row::new().set(FAMILY, "Osei-Brandt");
    assert_eq!(site.write(|unit| vault.update(unit, &PATIENT, (record, 1), &change)), Ok(2));
    assert_eq!(site.breaks(record), []);
    site.attack("patient", "REPLACE INTO patient SELECT * FROM copy", []);
    assert_eq!(site.rows("SELECT * FROM patient"), site.rows("SELECT * FROM copy"));
    assert_eq!(site.breaks(record), [Break::Version]);
    let refused = site.write(|unit| vault.update(unit, &PATIENT, (record, 1), &change));
    assert_eq!(refused, Err(VaultError::Tampered));
}

#[test]
fn a_row_put_in_is_unrecorded() {
    let (mut site, record) = one();
    let forged = RecordId::from_slice(&[9; 16]).unwrap();
    let sql = "INSERT INTO patient SELECT tenant, ?1, family, birth_date, mrn, ward, bed, hipaa_seal FROM patient";
    site.attack("patient", sql, [forged.as_bytes()]);
    let cells = ["family", "birth_date", "mrn"].map(|column| Break::Cell(column, CellError::Open));
    assert_eq!(site.breaks(forged), [&[Break::Mac, Break::Unrecorded], cells.as_slice()].concat());
    assert_eq!(site.breaks(record), []);
}

#[test]
fn a_deleted_row_brought_back_is_flagged() {
    let (mut site, record) = one();
    copy_rows(&site);
    let vault = site.north.clone();
    site.write(|unit| vault.delete(unit, &PATIENT, (record, 1))).unwrap();
    assert_eq!(site.read(record).map(drop), Err(VaultError::NotFound));
    site.attack("patient", "INSERT INTO patient SELECT * FROM copy", []);
    assert_eq!(site.breaks(record), [Break::Revived]);
}

#[test]
fn a_row_deleted_behind_the_back_is_missing_on_read_and_in_lists() {
    let (mut site, record) = one();
    let kept = site.admit("Brandt", "M-2");
    site.attack("patient", "DELETE FROM patient WHERE record = ?1", [record.as_bytes()]);
    let (vault, before) = (site.north.clone(), site.entries().len());
    assert_eq!(site.read(record).map(drop), Err(VaultError::RowMissing));
    let page = site.db.write(|unit| vault.list(unit, &PATIENT, None, 10)).unwrap().open().unwrap();
    assert_eq!((page.missing, page.records.len()), (vec![record], 1));
    assert_eq!(page.records[0].id(), kept);
    assert_eq!(site.failed_since(before), [record, record]);
}

#[test]
fn a_record_id_stored_as_text_hides_no_record() {
    let (mut site, record) = one();
    let sql = "UPDATE patient SET record = CAST(record AS TEXT) WHERE record = ?1";
    site.attack("(SELECT typeof(record) FROM patient)", sql, [record.as_bytes()]);
    assert_eq!(site.read(record).map(drop), Err(VaultError::RowMissing));
    let vault = site.north.clone();
    let page = site.db.write(|unit| vault.list(unit, &PATIENT, None, 10)).unwrap().open().unwrap();
    assert_eq!((page.missing, page.records.len()), (vec![record], 0));
}

#[test]
fn an_edited_state_flags_its_record() {
    let zeros = "x'0000000000000000000000000000000000000000000000000000000000000000'";
    let edits = [
        ("UPDATE hipaa_state SET version = 2".to_owned(), Break::Version),
        ("UPDATE hipaa_state SET mac = randomblob(32)".to_owned(), Break::Version),
        (format!("UPDATE hipaa_state SET mac = {zeros}"), Break::Revived),
        ("UPDATE hipaa_state SET tenant = randomblob(16)".to_owned(), Break::Tenant),
        ("DELETE FROM hipaa_state".to_owned(), Break::Unrecorded),
    ];
    for (sql, expected) in edits {
        let (mut site, record) = one();
        site.attack("hipaa_state", &sql, []);
        assert_eq!(site.breaks(record), [expected], "{sql}");
    }
}
