//! `audit` with the built binary: verify, checkpoint, and a database that was put back.

use super::support::{Desk, TENANT, finish, patient};
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

/// A database that was put back behind a witness which has seen more of it.
fn put_back_with_an_operator() -> Desk {
    let desk = Desk::empty();
    let key = desk.run(&["audit", "restore", "key", "operator.key"]).ended(0);
    desk.run(&["--operator-key", key.out.trim(), "tenant", "create", TENANT]).ended(0);
    fs::create_dir(desk.path("witness")).unwrap();
    desk.run(&["audit", "checkpoint", "--into", "witness", "--first"]).ended(0);
    let backup = fs::read(desk.database()).unwrap();
    desk.file("one.ndjson", patient("p-1", "Quillfeather", ""));
    desk.import("one.ndjson").ended(0);
    desk.run(&["audit", "checkpoint", "--into", "witness"]).ended(0);
    fs::write(desk.database(), backup).unwrap();
    desk
}

#[test]
fn a_backup_is_served_again_after_the_operator_has_signed() {
    let desk = put_back_with_an_operator();
    let trail: &[&str] = &["trail", "--tenant", TENANT, "--witness", "witness"];
    desk.run(trail).ended(4);
    let plan = desk.run(&["audit", "restore", "plan", "--seen", "witness"]).ended(0).out;
    assert!(plan.starts_with("hipaa-core restore 1\n"), "{plan}");
    desk.file("plan", &plan);
    // With another key: refused, and the database is still not served.
    desk.run(&["audit", "restore", "key", "other.key"]).ended(0);
    desk.run(&["audit", "restore", "key", "other.key"]).ended(3);
    let forged = desk.run(&["audit", "restore", "sign", "--key", "other.key", "plan"]).ended(0).out;
    desk.file("forged", forged);
    let refused = desk.run(&["audit", "restore", "record", "forged"]).ended(2);
    assert!(refused.err.contains("not signed by the operator's key"), "{}", refused.err);
    desk.run(trail).ended(4);

    let signed = desk.run(&["audit", "restore", "sign", "--key", "operator.key", "plan"]).ended(0).out;
    desk.file("signed", signed);
    desk.run(&["audit", "restore", "record", "signed"]).ended(0);
    desk.run(trail).ended(0);
    desk.run(&["audit", "checkpoint", "--into", "witness"]).ended(0);
    let verdict = desk.run(&["audit", "verify", "--json", "--witness", "witness"]).ended(0).json();
    assert_eq!(verdict["restores"].as_array().map(Vec::len), Some(1), "{verdict}");
    desk.run(&["audit", "restore", "plan", "--seen", "witness"]).ended(2);
    for (arguments, code) in [(["sign", "--key", "plan"], 3), (["sign", "--key", "nowhere"], 3)] {
        desk.run(&[&["audit", "restore"][..], &arguments, &["plan"]].concat()).ended(code);
    }
    desk.run(&["audit", "restore", "record", "plan"]).ended(3);
    desk.run(&["--operator-key", "12", "tenant", "list"]).ended(3);
}

#[test]
fn a_log_that_is_not_served_is_read_without_a_key_and_shows_nothing_of_a_patient() {
    let desk = Desk::new();
    desk.file("one.ndjson", patient("p-1", "Quillfeather", ""));
    desk.import("one.ndjson").ended(0);
    let before = fs::read(desk.database()).unwrap();
    let run = |arguments: &[&str]| finish(desk.command(arguments).env_remove("HIPAA_KEK"));
    let tail = run(&["audit", "inspect"]).ended(0);
    assert!(tail.out.contains("(LogOpened)") && tail.out.contains("* log"), "{}", tail.out);
    let export = run(&["audit", "inspect", "--export"]).ended(0).out;
    let entries = export.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap());
    let entries = entries.collect::<Vec<_>>();
    assert!(entries.iter().any(|entry| entry["name"] == "PHI_CREATE"), "{export}");
    assert!(
        entries.iter().all(|entry| entry["hashed"] == true && entry["body"].as_str().unwrap().starts_with("68636131"))
    );
    for text in [&tail.out, &export] {
        assert!(!text.contains("Quillfeather") && !text.contains(&hex::encode("Quillfeather")));
    }
    let log = entries.last().unwrap()["log"].as_str().unwrap().to_owned();
    let listed = run(&["audit", "inspect", "--json", "--log", &log, "--from", "1", "--limit", "1"]).ended(0).json();
    assert_eq!((listed.as_array().map(Vec::len), &listed[0]["sequence"]), (Some(1), &1.into()));
    run(&["audit", "inspect", "--log", "00"]).ended(1);
    assert_eq!(fs::read(desk.database()).unwrap(), before);
}
