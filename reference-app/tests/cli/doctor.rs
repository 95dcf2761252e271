//! Unsafe settings are found, one by one.

use super::support::{Desk, KEK, finish};
use rustix::process::{Resource, Rlimit};
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::process::Command;
use std::time::Duration;

const ARGUMENTS: [&str; 11] = [
    "doctor",
    "--json",
    "--kek-file",
    "kek",
    "--mounts",
    "mounts",
    "--swaps",
    "swaps",
    "--core-pattern",
    "pattern",
    "--db=data/app.db",
];

/// A database in a folder of its own, with everything as it should be.
fn healthy() -> Desk {
    let desk = Desk::empty();
    fs::create_dir(desk.path("data")).unwrap();
    desk.file("kek", KEK);
    desk.file("mounts", "/dev/vda / ext4 rw 0 0\n");
    desk.file("swaps", "Filename Type Size Used Priority\n/dev/zram0 partition 1 0 100\n");
    desk.file("pattern", "core\n");
    time_service(&desk, "yes");
    limit_core(Some(0));
    desk.run(&["tenant", "create", "North", "--db", "data/app.db"]).ended(0);
    let made = fs::metadata(desk.path("data/app.db")).unwrap().permissions().mode() & 0o777;
    assert_eq!(made, 0o600, "what the application makes is its owner's");
    for (name, mode) in [("data", 0o700), ("kek", 0o600)] {
        set_mode(&desk, name, mode);
    }
    desk
}

fn set_mode(desk: &Desk, name: &str, mode: u32) {
    fs::set_permissions(desk.path(name), fs::Permissions::from_mode(mode)).unwrap();
}

/// A time service that says this of the clock; without an answer, none at all.
fn time_service(desk: &Desk, synchronised: &str) {
    fs::create_dir_all(desk.path("bin")).unwrap();
    desk.file("bin/timedatectl", format!("#!/bin/sh\necho {synchronised}\n"));
    set_mode(desk, "bin/timedatectl", 0o700);
}

/// What children of this process inherit.
fn limit_core(current: Option<u64>) {
    let maximum = rustix::process::getrlimit(Resource::Core).maximum;
    rustix::process::setrlimit(Resource::Core, Rlimit { current, maximum }).unwrap();
}

fn doctor(desk: &Desk) -> Command {
    let mut command = desk.command(&ARGUMENTS);
    command.env_remove("HIPAA_KEK").env("PATH", desk.path("bin"));
    command
}

/// What is said of one check.
fn found(desk: &Desk, check: &str) -> (String, String) {
    let findings = finish(&mut doctor(desk)).json();
    let mut all = findings.as_array().unwrap().iter();
    let one = all.find(|finding| finding["check"] == check).unwrap();
    (one["verdict"].as_str().unwrap().to_owned(), one["found"].as_str().unwrap().to_owned())
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

#[test]
fn a_clock_that_nobody_sets_or_that_went_back_is_unsafe() {
    let desk = healthy();
    time_service(&desk, "no");
    assert_eq!(unsafe_checks(&mut doctor(&desk), 1), ["clock synchronised"]);
    fs::remove_file(desk.path("bin/timedatectl")).unwrap();
    desk.file("bin/chronyc", "#!/bin/sh\necho 7F7F0101,,0,0,0,0,0,0,0,0,0,0,0,Not synchronised\n");
    set_mode(&desk, "bin/chronyc", 0o700);
    assert_eq!(unsafe_checks(&mut doctor(&desk), 1), ["clock synchronised"]);
    fs::remove_file(desk.path("bin/chronyc")).unwrap();
    assert_ne!(found(&desk, "clock synchronised").0, "unsafe", "that nobody can tell is not unsafe");
    let database = fs::File::options().write(true).open(desk.path("data/app.db")).unwrap();
    let modified = database.metadata().unwrap().modified().unwrap();
    database.set_modified(modified + Duration::from_secs(3_600)).unwrap();
    assert_eq!(unsafe_checks(&mut doctor(&desk), 1), ["clock against the past"]);
    database.set_modified(modified).unwrap();
    assert_eq!(unsafe_checks(&mut doctor(&desk), 0), [""; 0]);
}

#[test]
fn an_entry_from_the_future_is_found_although_the_file_is_old() {
    let desk = healthy();
    let database = desk.path("data/app.db");
    let modified = fs::metadata(&database).unwrap().modified().unwrap();
    let connection = hipaa_sqlite::rusqlite::Connection::open(&database).unwrap();
    let triggers =
        "SELECT group_concat('DROP TRIGGER \"' || name || '\"', ';') FROM sqlite_schema WHERE type = 'trigger'";
    let triggers = connection.query_row(triggers, [], |row| row.get::<_, String>(0)).unwrap();
    connection.execute_batch(&triggers).unwrap();
    connection.execute("UPDATE hipaa_audit SET time = time + 7200000000", []).unwrap();
    connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(())).unwrap();
    drop(connection);
    fs::File::options().write(true).open(&database).unwrap().set_modified(modified).unwrap();
    let files = || fs::read_dir(desk.path("data")).unwrap().count();
    let before = files();
    assert_eq!(unsafe_checks(&mut doctor(&desk), 1), ["clock against the past"]);
    assert!(found(&desk, "clock against the past").1.starts_with("71"), "two hours, less what passed");
    assert_eq!(files(), before, "nothing is made beside it");
}

#[test]
fn what_can_bring_memory_to_a_disk_is_said() {
    let desk = healthy();
    desk.file("swaps", "Filename Type Size Used Priority\n/dev/vdb partition 1 0 -2\n");
    assert_eq!(found(&desk, "swap"), ("unknown".to_owned(), "/dev/vdb may not be encrypted".to_owned()));
    desk.file("pattern", "|/usr/lib/systemd/systemd-coredump %P\n");
    assert_eq!(found(&desk, "core dumps").0, "unknown");
    desk.file("pattern", "core\n");
    // A limit that a child of its own inherits, so that no other test sees it.
    let mut shell = Command::new("/bin/sh");
    let arguments = ARGUMENTS.join(" ");
    let script = format!("ulimit -c unlimited || exit 77; exec {} {arguments}", super::support::binary().display());
    shell.args(["-c", &script]).current_dir(desk.folder.path()).env_clear().env("PATH", desk.path("bin"));
    let ran = finish(&mut shell);
    if ran.code == 77 {
        println!("skipped: the hard limit of core dumps is 0 here");
        return;
    }
    let findings = ran.ended(1).json();
    let bad = findings.as_array().unwrap().iter().filter(|finding| finding["verdict"] == "unsafe");
    assert_eq!(bad.map(|finding| finding["check"].as_str().unwrap()).collect::<Vec<_>>(), ["core dumps"]);
}
