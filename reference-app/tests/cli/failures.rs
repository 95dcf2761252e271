//! What does not serve: each a clear, distinct error, and nothing changed.

use super::support::{Desk, KEK, OTHER_KEK, TENANT, binary, finish, patient};
use std::collections::HashSet;
use std::fs;
use std::process::Command;

fn with_kek(desk: &Desk, kek: &str) -> super::support::Ran {
    finish(desk.command(&["tenant", "list"]).env("HIPAA_KEK", kek))
}

#[test]
fn a_key_that_is_none_is_a_distinct_error_that_does_not_repeat_it() {
    let desk = Desk::new();
    desk.file("empty", "\n");
    let missing = finish(desk.command(&["tenant", "list"]).env_remove("HIPAA_KEK"));
    let said = [
        missing,
        with_kek(&desk, ""),
        with_kek(&desk, &KEK[2..]),
        with_kek(&desk, "correct horse battery staple"),
        with_kek(&desk, &"00".repeat(4000)),
        with_kek(&desk, OTHER_KEK),
        desk.run(&["tenant", "list", "--kek-file", "empty"]),
        desk.run(&["tenant", "list", "--kek-file", "no-such-file"]),
        desk.run(&["tenant", "list", "--kek-fd", "77"]),
        desk.run(&["tenant", "list", "--kek-file", "empty", "--kek-fd", "0"]),
    ];
    let texts = said.into_iter().map(|ran| ran.ended(3).err).collect::<Vec<_>>();
    assert_eq!(texts.iter().collect::<HashSet<_>>().len(), texts.len(), "{texts:?}");
    assert!(texts[0].contains("HIPAA_KEK"));
    assert!(texts[2].contains("31 bytes, not 32"));
    assert!(texts[5].contains("wrong key"));
    assert!(texts.iter().all(|text| !text.contains("horse") && !text.contains("445566")), "{texts:?}");
}

#[test]
fn the_wrong_key_changes_no_byte_of_the_database() {
    let desk = Desk::new();
    let before = fs::read(desk.database()).unwrap();
    desk.file("one.ndjson", patient("p-1", "Roe", ""));
    for arguments in [&["tenant", "create", "Another"][..], &["import", "--tenant", TENANT, "one.ndjson"]] {
        finish(desk.command(arguments).env("HIPAA_KEK", OTHER_KEK)).ended(3);
    }
    assert!(fs::read(desk.database()).unwrap() == before);
}

#[test]
fn a_file_that_is_no_database_is_left_alone() {
    let desk = Desk::empty();
    let text = "This is a letter, and not a database at all. ".repeat(100);
    desk.file("reference-app.db", &text);
    let ran = desk.run(&["tenant", "create", TENANT]).ended(3);
    assert!(ran.err.contains("not an SQLite database"), "{}", ran.err);
    assert_eq!(fs::read_to_string(desk.database()).unwrap(), text);
}

#[test]
fn only_creating_a_tenant_makes_a_database() {
    let desk = Desk::empty();
    for arguments in [&["tenant", "list"][..], &["trail", "--tenant", TENANT], &["import", "--tenant", TENANT, "x"]] {
        assert!(desk.run(arguments).ended(3).err.contains("there is no such database"));
    }
    assert!(!desk.database().exists());
    let ran = desk.run(&["--db", "no/such/folder/x.db", "tenant", "create", TENANT]).ended(3);
    assert!(ran.err.contains("cannot be opened"), "{}", ran.err);
}

#[test]
fn a_database_of_a_newer_schema_is_refused() {
    let desk = Desk::new();
    let connection = hipaa_sqlite::rusqlite::Connection::open(desk.database()).unwrap();
    connection.execute("UPDATE hipaa_meta SET value = 999 WHERE key = 'schema'", []).unwrap();
    drop(connection);
    let ran = desk.run(&["tenant", "create", "Another"]).ended(3);
    assert!(ran.err.contains("schema 999"), "{}", ran.err);
}

#[cfg(unix)]
#[test]
fn a_read_only_database_is_refused() {
    use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, chown};
    use std::os::unix::process::CommandExt as _;
    const NOBODY: u32 = 65534;
    let desk = Desk::new();
    desk.file("one.ndjson", patient("p-1", "Roe", ""));
    let mode = |path: &std::path::Path, mode| fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    mode(&desk.database(), 0o444);
    // Permissions do not bind root: then it is another user who tries, with a copy of the binary within its reach.
    let copy = desk.path("app");
    fs::copy(binary(), &copy).unwrap();
    mode(&copy, 0o755);
    mode(desk.folder.path(), 0o755);
    let mut command = Command::new(&copy);
    command.args(["import", "--tenant", TENANT, "one.ndjson"]).current_dir(desk.folder.path()).env("HIPAA_KEK", KEK);
    if fs::metadata(desk.folder.path()).unwrap().uid() == 0 {
        chown(desk.folder.path(), Some(NOBODY), None).unwrap();
        command.uid(NOBODY);
    }
    let ran = finish(&mut command).ended(3);
    assert!(ran.err.contains("read-only"), "{}", ran.err);
    mode(&desk.database(), 0o644);
    desk.at(&["show", "--fhir-id", "p-1"]).ended(1);
}

#[test]
fn what_is_not_there_is_exit_one() {
    let desk = Desk::new();
    assert!(desk.run(&["trail", "--tenant", "No clinic"]).ended(1).err.contains("no such tenant"));
    let nobody = "7fb98371-c193-4357-8aae-7050bdfad2a3";
    assert!(desk.at(&["show", nobody]).ended(1).err.contains("no such record"));
    assert!(desk.at(&["show", "--fhir-id", nobody]).ended(1).err.contains("no such record"));
    desk.at(&["trail", "--about", nobody]).ended(1);
    let find = desk.at(&["find", "--family", "Roe", "--given", "Ann", "--birth-date", "1980-02-29"]).ended(1);
    assert_eq!(find.out, "nobody found\n");
}

#[test]
fn a_record_of_another_tenant_is_not_there() {
    let desk = Desk::new();
    desk.run(&["tenant", "create", "South clinic"]).ended(0);
    desk.import(desk.file("one.ndjson", patient("p-1", "Roe", ""))).ended(0);
    let id = desk.shown("p-1")["id"].as_str().unwrap().to_owned();
    let ran = desk.run(&["show", "--tenant", "South clinic", &id]).ended(1);
    assert!(ran.err.contains("no such record"), "{}", ran.err);
    let trail = desk.run(&["trail", "--json", "--tenant", "South clinic"]).ended(0).json();
    assert!(trail.as_array().unwrap().iter().any(|entry| entry["outcome"] == "denied"), "{trail}");
}

#[test]
fn a_tenant_that_cannot_be_made_is_exit_two() {
    let desk = Desk::new();
    assert!(desk.run(&["tenant", "create", TENANT]).ended(2).err.contains("of this name already"));
    for name in ["", " North", &"n".repeat(129), "a\nb"] {
        desk.run(&["tenant", "create", name]).ended(2);
    }
}

#[test]
fn usage_errors_are_exit_three_and_do_not_repeat_what_was_typed() {
    let desk = Desk::new();
    for arguments in [
        &["find", "--tenant", TENANT, "--family", "Canary", "--given", "Canary", "--birth-date", "canary"][..],
        &["find", "--tenant", TENANT, "--family", "Canary", "--given", "Canary", "--birth-date", "1980-02"],
        &["find", "--tenant", TENANT, "--family", "Canary", "Canary"],
        &["find", "--tenant", TENANT, "--famly=Canary"],
        &["find", "--family", "Canary"],
        &["show", "--tenant", TENANT, "Canary"],
        &["trail", "--tenant", TENANT, "--limit", "canary"],
        &["trail", "--tenant", TENANT, "--limit", "501"],
        &["trail", "--tenant", TENANT, "--about", "canary"],
        &["Canary"],
        &["demo", "--db", "canary.db"],
        &[],
    ] {
        let ran = desk.run(arguments).ended(3);
        assert_eq!(ran.out, "");
        assert!(!ran.err.to_lowercase().contains("canary"), "{}", ran.err);
        assert!(ran.err.len() > 20, "{arguments:?} says something: {}", ran.err);
    }
    assert!(desk.run(&["find", "--family", "Canary"]).err.contains("needed: --tenant <NAME> --birth-date"));
    desk.at(&["find", "--family", "  ", "--given", "Ann", "--birth-date", "1980-02-29"]).ended(2);
}
