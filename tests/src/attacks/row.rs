//! Rows edited with SQL.

use super::site::{BY_MRN, FAMILY, PATIENT, Site, WARD, patient};
use hipaa_core::cipher::CellError;
use hipaa_core::schema::RecordId;
use hipaa_core::store::StoreError;
use hipaa_core::unit::UnitError;
use hipaa_core::vault::{Break, Row, VaultError};

fn two() -> (Site, RecordId, RecordId) {
    let mut site = Site::open();
    let osei = site.admit("Osei", "M-1");
    let brandt = site.admit("Brandt", "M-2");
    assert_eq!((site.breaks(osei), site.breaks(brandt)), (vec![], vec![]));
    (site, osei, brandt)
}

#[test]
fn a_cell_moved_to_another_row_does_not_open() {
    let (mut site, osei, brandt) = two();
    let sql = "UPDATE patient SET family = (SELECT family FROM patient WHERE record = ?1) WHERE record = ?2";
    site.attack("patient", sql, [osei.as_bytes(), brandt.as_bytes()]);
    assert_eq!(site.breaks(brandt), [Break::Mac, Break::Cell("family", CellError::Open)]);
    assert_eq!(site.breaks(osei), []);
}

#[test]
fn a_cell_moved_to_another_column_does_not_open() {
    let (mut site, osei, _) = two();
    site.attack("patient", "UPDATE patient SET family = mrn WHERE record = ?1", [osei.as_bytes()]);
    assert_eq!(site.breaks(osei), [Break::Mac, Break::Cell("family", CellError::Open)]);
}

#[test]
fn every_edit_of_a_column_is_flagged() {
    let cell = |column| Break::Cell(column, CellError::Open);
    let edits = [
        ("family = NULL", vec![Break::Mac]),
        ("ward = NULL", vec![Break::Mac]),
        ("ward = 'west'", vec![Break::Mac]),
        ("bed = bed + 1", vec![Break::Mac]),
        ("ward = CAST(ward AS BLOB)", vec![Break::Mac, cell("ward")]),
        ("ward = CAST(x'ff' AS TEXT)", vec![Break::Mac, cell("ward")]),
        ("bed = 7.0", vec![Break::Mac, cell("bed")]),
        ("bed = '7'", vec![Break::Mac, cell("bed")]),
        ("family = 'Osei'", vec![Break::Mac, cell("family")]),
        ("family = CAST(family AS TEXT)", vec![Break::Mac, cell("family")]),
        ("family = 1.5", vec![Break::Mac, cell("family")]),
        ("family = zeroblob(0)", vec![Break::Mac, Break::Cell("family", CellError::TooShort)]),
        // Joining gives text in SQL, so it is cast back to bytes.
        (
            "family = CAST(x'02' || substr(family, 2) AS BLOB)",
            vec![Break::Mac, Break::Cell("family", CellError::UnknownVersion(2))],
        ),
        ("hipaa_seal = substr(hipaa_seal, 1, 60)", vec![Break::Seal]),
        ("hipaa_seal = zeroblob(0)", vec![Break::Seal]),
        ("hipaa_seal = 'text'", vec![Break::Seal]),
        ("hipaa_seal = 7", vec![Break::Seal]),
    ];
    for (edit, expected) in edits {
        let (mut site, osei, _) = two();
        let sql = format!("UPDATE patient SET {edit} WHERE record = ?1");
        site.attack("(SELECT *, typeof(family), typeof(ward), typeof(bed) FROM patient)", &sql, [osei.as_bytes()]);
        assert_eq!(site.breaks(osei), expected, "{edit}");
    }
}

#[test]
fn the_seal_of_another_row_is_flagged() {
    let (mut site, osei, brandt) = two();
    let sql = "UPDATE patient SET hipaa_seal = (SELECT hipaa_seal FROM patient WHERE record = ?1) WHERE record = ?2";
    site.attack("patient", sql, [brandt.as_bytes(), osei.as_bytes()]);
    assert_eq!(site.breaks(osei), [Break::Mac, Break::Version]);
}

#[test]
fn two_rows_that_trade_their_record_ids_are_both_flagged() {
    let (mut site, osei, brandt) = two();
    let spare = [9; 16];
    for [from, to] in [[osei.as_bytes(), &spare], [brandt.as_bytes(), osei.as_bytes()], [&spare, brandt.as_bytes()]] {
        site.attack("patient", "UPDATE patient SET record = ?2 WHERE record = ?1", [from, to]);
    }
    for record in [osei, brandt] {
        let cells = ["family", "birth_date", "mrn"].map(|column| Break::Cell(column, CellError::Open));
        assert_eq!(site.breaks(record), [&[Break::Mac, Break::Version], cells.as_slice()].concat());
    }
}

#[test]
fn a_row_moved_to_another_tenant_is_missing_there_and_flagged_here() {
    let (mut site, osei, _) = two();
    let ids = (site.north_id(), site.south_id());
    let sql = "UPDATE patient SET tenant = ?1 WHERE record = ?2";
    site.attack("patient", sql, rusqlite::params![ids.1, osei.as_bytes()]);
    assert_eq!(site.read(osei).map(drop), Err(VaultError::RowMissing));
    let south = site.south.clone();
    let read = site.db.write(|unit| south.read(unit, &PATIENT, osei)).unwrap().open().unwrap();
    let cells = ["family", "birth_date", "mrn"].map(|column| Break::Cell(column, CellError::Open));
    assert_eq!(read.integrity().breaks(), [&[Break::Mac, Break::Tenant], cells.as_slice()].concat());
    assert!(read.get(FAMILY).is_err());
    site.attack("patient", sql, rusqlite::params![ids.0, osei.as_bytes()]);
    assert_eq!(site.breaks(osei), []);
}

#[test]
fn a_tampered_row_is_not_changed_and_its_bytes_stay() {
    let (mut site, osei, _) = two();
    site.attack("patient", "UPDATE patient SET ward = 'west' WHERE record = ?1", [osei.as_bytes()]);
    let vault = site.north.clone();
    let evidence = "SELECT * FROM patient JOIN hipaa_state USING (record) JOIN hipaa_term USING (record)";
    let (kept, before) = (site.rows(evidence), site.entries().len());
    let refused = [
        site.write(|unit| vault.update(unit, &PATIENT, (osei, 1), &Row::new().set(WARD, "east")).map(drop)),
        site.write(|unit| vault.delete(unit, &PATIENT, (osei, 1))),
        site.write(|unit| vault.upsert(unit, &PATIENT, BY_MRN, &patient("Osei", "M-1")).map(drop)),
    ];
    assert_eq!(refused, [Err(VaultError::Tampered); 3]);
    assert_eq!(site.rows(evidence), kept);
    assert_eq!(site.failed_since(before), [osei; 3]);
}

#[test]
fn a_record_id_of_impossible_length_is_an_error_and_changes_nothing() {
    for id in [vec![], vec![1u8; 41]] {
        let (mut site, osei, _) = two();
        let sql = "INSERT INTO patient SELECT tenant, ?2, family, birth_date, mrn, ward, bed, hipaa_seal FROM patient
            WHERE record = ?1";
        site.attack("patient", sql, rusqlite::params![osei.as_bytes(), id]);
        let vault = site.north.clone();
        let (rows, before) = (site.rows("SELECT * FROM patient"), site.entries().len());
        let listed = site.write(|unit| vault.list(unit, &PATIENT, None, 10).map(drop));
        match id.is_empty() {
            // Paging starts behind the empty id, so such a row is never reached: it is no record.
            true => assert_eq!((listed, site.names_since(before)), (Ok(()), vec!["PHI_LIST".to_owned()])),
            false => {
                let corrupt = Err(VaultError::Unit(UnitError::Store(StoreError::Corrupt)));
                assert_eq!((listed, site.names_since(before)), (corrupt, vec![]));
            }
        }
        assert_eq!(site.rows("SELECT * FROM patient"), rows);
        assert_eq!(site.breaks(osei), []);
    }
}
