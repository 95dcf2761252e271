//! Unsafe settings are found, one by one.

use super::support::{Desk, KEK, finish};
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::process::Command;

const ARGUMENTS: [&str; 7] = ["doctor", "--json", "--kek-file", "kek", "--mounts", "mounts", "--db=data/app.db"];

/// A database in a folder of its own, with everything as it should be.
fn healthy() -> Desk {
    let desk = Desk::empty();
    fs::create_dir(desk.path("data")).unwrap();
    desk.file("kek", KEK);
    desk.file("mounts", "/dev/vda / ext4 rw 0 0\n");
    desk.run(&["tenant", "create", "North", "--db", "data/app.db"]).ended(0);
    for (name, mode) in [("data", 0o700), ("data/app.db", 0o600), ("kek", 0o600)] {
        set_mode(&desk, name, mode);
    }
    desk
}

fn set_mode(desk: &Desk, name: &str, mode: u32) {
    fs::set_permissions(desk.path(name), fs::Permissions::from_mode(mode)).unwrap();
}

fn doctor(desk: &Desk) -> Command {
    let mut command = desk.command(&ARGUMENTS);
    command.env_remove("HIPAA_KEK");
    command
}

/// The checks that found something unsafe.
fn unsafe_checks(command: &mut Command, code: i32) -> Vec<String> {
    let findings = finish(command).ended(code).json();
    let bad = findings.as_array().unwrap().iter().filter(|finding| finding["verdict"] == "unsafe");
    let told = bad.inspect(|finding| assert!(finding["remedy"].as_str().unwrap().len() > 20));
    told.map(|finding| finding["check"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn what_is_safe_is_exit_zero_and_needs_no_key() {
    let desk = healthy();
    assert_eq!(unsafe_checks(&mut doctor(&desk), 0), [""; 0]);
    assert!(!desk.path("reference-app.db").exists(), "nothing is made");
}

#[test]
fn every_unsafe_setting_is_found_alone() {
    let desk = healthy();
    assert_eq!(unsafe_checks(doctor(&desk).env("HIPAA_KEK", KEK), 1), ["key in the environment"]);
    for (name, bad, good, check) in [
        ("kek", 0o640, 0o600, "key file"),
        ("data/app.db", 0o604, 0o600, "database"),
        ("data", 0o755, 0o700, "folder of the database"),
    ] {
        set_mode(&desk, name, bad);
        assert_eq!(unsafe_checks(&mut doctor(&desk), 1), [check]);
        set_mode(&desk, name, good);
    }
    let folder = fs::canonicalize(desk.folder.path()).unwrap();
    desk.file("mounts", format!("/dev/vda / ext4 rw 0 0\nserver:/x {} nfs4 rw 0 0\n", folder.display()));
    assert_eq!(unsafe_checks(&mut doctor(&desk), 1), ["file system"]);
    desk.file("mounts", "/dev/vda / ext4 rw 0 0\nserver:/x /elsewhere nfs4 rw 0 0\n");
    fs::remove_file(desk.path("data/app.db-room")).unwrap();
    assert_eq!(unsafe_checks(&mut doctor(&desk), 1), ["lock file"]);
    let mut text = desk.command(&["doctor", "--db=data/app.db"]);
    let said = finish(&mut text).ended(1).out;
    assert!(said.contains("UNSAFE") && said.contains("hand the key over with --kek-fd"), "{said}");
    assert!(!said.contains(KEK));
}

#[test]
fn another_journal_mode_is_unsafe() {
    let desk = healthy();
    let connection = hipaa_sqlite::rusqlite::Connection::open(desk.path("data/app.db")).unwrap();
    connection.query_row("PRAGMA journal_mode = delete", [], |_| Ok(())).unwrap();
    drop(connection);
    assert_eq!(unsafe_checks(&mut doctor(&desk), 1), ["journal mode"]);
}
