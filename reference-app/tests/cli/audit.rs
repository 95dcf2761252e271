//! `audit` with the built binary: verify, checkpoint, and a database that was put back.

use super::support::{Desk, TENANT, patient};
use hipaa_sqlite::rusqlite::Connection;
use std::fs;

fn desk() -> Desk {
    let desk = Desk::new();
    desk.import(desk.file("one.ndjson", patient("p-1", "Roe", ""))).ended(0);
    fs::create_dir(desk.path("witness")).unwrap();
    desk
}

#[test]
fn a_log_is_anchored_once_its_head_was_given_to_a_witness() {
    let desk = desk();
    desk.run(&["audit", "verify"]).ended(4);
    desk.run(&["audit", "checkpoint", "--into", "witness"]).ended(3);
    let told = desk.run(&["audit", "checkpoint", "--into", "witness", "--first"]).ended(0);
    assert!(told.out.starts_with("The deployment's log is witnessed up to its"), "{}", told.out);
    let verdict = desk.run(&["audit", "verify", "--records", "--json", "--witness", "witness"]).ended(0).json();
    assert_eq!(verdict["breaks"], serde_json::json!([]));
    desk.run(&["audit", "checkpoint", "--into", "witness", "--first"]).ended(3);
    desk.run(&["audit", "tail", "--tenant", TENANT, "--witness", "witness"]).ended(0);
    desk.run(&["audit", "checkpoint", "--into", "witness"]).ended(0);
}

#[test]
fn a_database_that_was_put_back_is_served_to_nobody_who_asks_the_witness() {
    let desk = desk();
    let older = fs::read(desk.database()).unwrap();
    desk.run(&["audit", "checkpoint", "--into", "witness", "--first"]).ended(0);
    fs::write(desk.database(), older).unwrap();
    for left in ["reference-app.db-wal", "reference-app.db-shm"] {
        let _gone = fs::remove_file(desk.path(left));
    }
    // Without the witness it looks like any other day.
    desk.run(&["trail", "--tenant", TENANT]).ended(0);
    for arguments in [&["trail", "--tenant", TENANT][..], &["audit", "checkpoint", "--into", "witness"]] {
        let refused = desk.run(&[arguments, &["--witness", "witness"]].concat()).ended(4);
        assert!(refused.err.contains("the witness has seen it"), "{}", refused.err);
    }
    desk.run(&["audit", "verify", "--witness", "witness"]).ended(1);
}

#[test]
fn an_edited_entry_is_found_with_its_place() {
    let desk = desk();
    let connection = Connection::open(desk.database()).unwrap();
    connection.execute_batch("DROP TRIGGER hipaa_audit_no_update").unwrap();
    let edit = "UPDATE hipaa_audit SET actor = 'nobody' WHERE sequence = 1 AND log = (SELECT log FROM hipaa_tenant)";
    assert_eq!(connection.execute(edit, []).unwrap(), 1);
    drop(connection);
    let verdict = desk.run(&["audit", "verify", "--json"]).ended(1).json();
    let found = &verdict["breaks"][0];
    assert_eq!((found["class"].as_str(), found["first"].as_u64()), (Some("projection"), Some(1)));
}
