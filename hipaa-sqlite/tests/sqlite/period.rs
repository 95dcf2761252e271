//! Signing periods on a file: two processes, the journal, and a bridge that looks after them by itself.

use crate::fixture::{Clinic, kek};
use hipaa_core::audit::Actor;
use hipaa_core::schema::TenantId;
use hipaa_sqlite::Database;
use std::fs;

fn operator() -> Actor {
    Actor::new(TenantId::DEPLOYMENT, "setup", "operator").unwrap()
}

fn seed(database: &Database) -> Vec<u8> {
    let sql = "SELECT blob FROM hipaa_wrapped_key WHERE kind = 'head-seed'";
    database.connection().query_row(sql, [], |row| row.get(0)).unwrap()
}

fn holds(clinic: &Clinic, bytes: &[u8]) -> bool {
    let mut files = fs::read_dir(clinic.folder.path()).unwrap().map(|file| fs::read(file.unwrap().path()).unwrap());
    files.any(|file| file.windows(bytes.len()).any(|window| window == bytes))
}

#[test]
fn no_file_holds_the_seed_of_a_period_that_has_ended() {
    let mut clinic = Clinic::new();
    clinic.record();
    let old = seed(&clinic.db);
    assert!(holds(&clinic, &old));
    assert_eq!(clinic.db.end_signing_period(&operator()).unwrap(), (2, true));
    let new = seed(&clinic.db);
    assert!(!holds(&clinic, &old) && holds(&clinic, &new));
}

#[test]
fn a_reader_that_holds_the_journal_is_told_of_and_waited_for() {
    let mut clinic = Clinic::new();
    let host = clinic.host();
    host.execute_batch("BEGIN; SELECT count(*) FROM hipaa_audit").unwrap();
    let old = seed(&clinic.db);
    assert_eq!(clinic.db.end_signing_period(&operator()).unwrap(), (2, false));
    assert!(holds(&clinic, &old));
    host.execute_batch("ROLLBACK").unwrap();
    assert!(clinic.db.empty_journal().unwrap());
    assert!(!holds(&clinic, &old));
}

#[test]
fn a_process_that_was_open_goes_on_under_the_new_key() {
    let mut clinic = Clinic::new();
    let mut other = Database::open(clinic.path(), kek()).unwrap();
    let old = other.notary().head_key();
    clinic.db.end_signing_period(&operator()).unwrap();
    assert_eq!(other.note_heads().unwrap(), 1);
    clinic.record();
    assert_ne!(other.notary().head_key(), old);
    assert_eq!(other.notary().head_key(), clinic.db.notary().head_key());
    assert_eq!(other.end_signing_period(&operator()).unwrap().0, 3);
    clinic.record();
    assert_eq!(other.notary().deployment(), clinic.db.notary().deployment());
}
