//! Rows that were changed behind the application's back.

use super::support::{Desk, TENANT, patient};
use hipaa_sqlite::rusqlite::Connection;

fn two_patients() -> (Desk, String) {
    let desk = Desk::new();
    desk.import(desk.file("two.ndjson", [patient("p-1", "Roe", ""), patient("p-2", "Doe", "")].join("\n"))).ended(0);
    let id = desk.shown("p-1")["id"].as_str().unwrap().to_owned();
    (desk, id)
}

fn sql(desk: &Desk, statement: &str, id: &str) {
    let record = hex::decode(id.replace('-', "")).unwrap();
    assert_eq!(Connection::open(desk.database()).unwrap().execute(statement, [record]).unwrap(), 1);
}

#[test]
fn a_cell_from_another_row_is_flagged_and_the_rest_is_shown() {
    let (desk, id) = two_patients();
    sql(&desk, "UPDATE patient SET names = (SELECT names FROM patient WHERE record <> ?1) WHERE record = ?1", &id);
    let ran = desk.at(&["show", "--json", &id]).ended(4);
    assert!(ran.err.contains("was altered"), "{}", ran.err);
    let chart = ran.json()["patient"].clone();
    assert_eq!((chart["intact"].as_bool(), chart["names"].as_array().unwrap().len()), (Some(false), 0));
    assert_eq!(chart["birth_date"], "1980-02-29");
    assert!(chart["breaks"].as_array().unwrap().iter().any(|found| found.as_str().unwrap().starts_with("names: ")));
    assert!(desk.at(&["show", &id]).ended(4).out.contains("ALTERED"));
    desk.at(&["find", "--family", "Roe", "--given", "Ann", "--birth-date", "1980-02-29"]).ended(4);
    let trail = desk.at(&["trail", "--json", "--about", &id]).ended(0).json();
    assert!(trail.as_array().unwrap().iter().any(|entry| entry["outcome"] == "altered"), "{trail}");
}

#[test]
fn an_altered_record_is_not_overwritten_by_an_import() {
    let (desk, id) = two_patients();
    sql(&desk, "UPDATE patient SET gender = NULL, birth_date = NULL WHERE record = ?1", &id);
    let ran = desk.import("two.ndjson").ended(2);
    assert_eq!((&ran.json()["refused"], &ran.json()["unchanged"]), (&1.into(), &1.into()));
    assert!(ran.err.starts_with("two.ndjson:1: the record was altered"), "{}", ran.err);
}

#[test]
fn a_deleted_row_is_missing_and_not_merely_unknown() {
    let (desk, id) = two_patients();
    sql(&desk, "DELETE FROM patient WHERE record = ?1", &id);
    let ran = desk.at(&["show", &id]).ended(4);
    assert!(ran.err.contains("missing from the database"), "{}", ran.err);
}

#[test]
fn an_altered_entry_is_flagged_in_the_trail() {
    let (desk, _) = two_patients();
    let connection = Connection::open(desk.database()).unwrap();
    connection.execute_batch("DROP TRIGGER hipaa_audit_no_update").unwrap();
    let other_body = "UPDATE hipaa_audit SET body = (SELECT body FROM hipaa_audit AS other \
        WHERE other.log = hipaa_audit.log AND other.sequence = 2) \
        WHERE sequence = 1 AND log = (SELECT log FROM hipaa_tenant WHERE name = ?1)";
    assert_eq!(connection.execute(other_body, [TENANT]).unwrap(), 1);
    drop(connection);
    let ran = desk.at(&["trail", "--json"]).ended(4);
    assert!(ran.err.contains("entries that do not fit: 0, 1\n"), "{}", ran.err);
    let intact = ran.json().as_array().unwrap().iter().map(|entry| entry["intact"] == true).collect::<Vec<_>>();
    assert_eq!(&intact[..4], [false, false, true, true], "entry 1 and the one that it no longer follows");
    assert!(desk.at(&["trail"]).ended(4).out.contains("1 ALTERED"));
}

#[test]
fn a_shortened_audit_log_is_not_extended() {
    let (desk, id) = two_patients();
    let connection = Connection::open(desk.database()).unwrap();
    let log = "log = (SELECT log FROM hipaa_tenant WHERE name = ?1)";
    connection.execute_batch("DROP TRIGGER hipaa_audit_no_delete").unwrap();
    let last = format!("SELECT max(sequence) FROM hipaa_audit WHERE {log}");
    let cut = format!("DELETE FROM hipaa_audit WHERE {log} AND sequence = ({last})");
    assert_eq!(connection.execute(&cut, [TENANT]).unwrap(), 1);
    drop(connection);
    let ran = desk.at(&["show", &id]).ended(4);
    assert_eq!(ran.out, "", "nothing is shown without an entry");
    assert!(ran.err.contains("audit log was altered"), "{}", ran.err);
}
