//! The place that a state notes is a hint: a wrong one costs a look-up and shows nothing else.

use crate::fixture::{Clinic, NAME, NOTE, note};
use hipaa_core::schema::RecordId;

fn read(clinic: &mut Clinic, record: RecordId) -> String {
    let vault = clinic.clinician();
    let found = clinic.db.write(|unit| vault.read(unit, &NOTE, record)).unwrap().open().unwrap();
    assert!(found.integrity().is_intact(), "{:?}", found.integrity());
    found.get(NAME).unwrap().unwrap().to_owned()
}

#[test]
fn a_place_is_noted_and_a_wrong_one_is_not_believed() {
    let mut clinic = Clinic::new();
    let vault = clinic.clinician();
    let names = ["Asante", "Boateng", "Chikwanha"];
    let create = |name| clinic.db.write(|unit| vault.create(unit, &NOTE, &note(name))).unwrap().into_inner();
    let records = names.map(create);
    let noted = "SELECT count(*) FROM hipaa_state s JOIN note r ON r.rowid = s.place AND r.record = s.record";
    let noted = clinic.db.connection().query_row(noted, [], |row| row.get::<_, i64>(0)).unwrap();
    assert_eq!(noted, 3);
    for sql in [
        "SELECT 1",
        "UPDATE hipaa_state SET place = place % 3 + 1",
        "UPDATE hipaa_state SET place = NULL",
        "UPDATE hipaa_state SET place = 'elsewhere'",
        "UPDATE hipaa_state SET place = 9223372036854775807",
        "UPDATE hipaa_state SET place = 1",
        "VACUUM",
    ] {
        clinic.db.connection().execute_batch(sql).unwrap();
        assert_eq!(records.map(|record| read(&mut clinic, record)), names, "{sql}");
    }
}

#[test]
fn a_row_of_another_record_in_the_noted_place_is_a_missing_row() {
    let mut clinic = Clinic::new();
    let (kept, gone) = (clinic.record(), clinic.record());
    let sql = "DELETE FROM note WHERE record = ?1";
    clinic.db.connection().execute(sql, [gone.as_bytes()]).unwrap();
    let sql = "UPDATE hipaa_state SET place = (SELECT rowid FROM note)";
    clinic.db.connection().execute_batch(sql).unwrap();
    assert_eq!(read(&mut clinic, kept), "a value");
    let vault = clinic.clinician();
    let read = clinic.db.write(|unit| vault.read(unit, &NOTE, gone)).map(drop);
    assert_eq!(read, Err(hipaa_core::vault::VaultError::RowMissing));
}
