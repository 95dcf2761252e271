//! The command itself: what it reads, what it leaves alone, how it fails.

use crate::scene::{PATIENT, Scene};
use std::fs;
use std::path::Path;
use std::process::Command;

fn files(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).filter(|path| path.is_file());
    let mut files =
        entries.map(|path| (path.file_name().unwrap().to_str().unwrap().to_owned(), fs::read(path).unwrap()));
    let mut files = files.by_ref().collect::<Vec<_>>();
    files.sort();
    files
}

fn code(scene: &Scene, arguments: &[&str]) -> i32 {
    let mut command = Command::new(env!("CARGO_BIN_EXE_hipaa-verify"));
    command.current_dir(scene.folder.path()).args(arguments).output().unwrap().status.code().unwrap()
}

#[test]
fn nothing_is_written_and_nothing_is_made_beside_the_file() {
    let scene = Scene::new();
    let before = files(scene.folder.path());
    assert_eq!(scene.verify_witnessed(&["--records", "--threads", "2"]).code, 0);
    assert!(files(scene.folder.path()) == before);
}

#[test]
fn a_copy_with_its_write_ahead_log_alone_is_read_and_left_as_it_was() {
    let scene = Scene::new();
    let (mut db, vault) = (scene.open(), scene.vault(scene.north));
    db.write(|unit| vault.read(unit, &PATIENT, scene.record)).unwrap().open().unwrap();
    let copy = Scene::new();
    for end in ["", "-wal"] {
        let name = format!("emr.db{end}");
        fs::copy(scene.folder.path().join(&name), copy.folder.path().join(&name)).unwrap();
    }
    let before = files(copy.folder.path());
    let outcome = copy.verify(&[]);
    assert_eq!((outcome.code, outcome.found.len()), (4, 0), "{:?}", outcome.found);
    assert!(files(copy.folder.path()) == before);
    drop(db);
}

#[test]
fn a_file_that_is_in_use_is_read_beside_its_writer() {
    let scene = Scene::new();
    let (mut db, vault) = (scene.open(), scene.vault(scene.north));
    let entries = scene.verify(&[]).json["entries"].as_u64().unwrap();
    db.write(|unit| vault.read(unit, &PATIENT, scene.record)).unwrap().open().unwrap();
    let outcome = scene.verify(&["--threads", "2"]);
    assert_eq!((outcome.code, outcome.json["entries"].as_u64().unwrap()), (4, entries + 1));
    db.write(|unit| vault.read(unit, &PATIENT, scene.record)).unwrap().open().unwrap();
}

#[test]
fn wrong_usage_and_unreadable_files_are_told_apart_from_findings() {
    let scene = Scene::new();
    let garbage = scene.folder.path().join("garbage");
    fs::write(&garbage, "no trust").unwrap();
    fs::create_dir(scene.folder.path().join("empty")).unwrap();
    for wrong in [
        &[][..],
        &["emr.db", "--nonsense"],
        &["emr.db", "--threads", "0"],
        &["missing.db"],
        &["garbage"],
        &["emr.db", "--trust", "missing"],
        &["emr.db", "--trust", "garbage"],
        &["emr.db", "--witness", "missing"],
        &["emr.db", "--witness", "empty"],
        &["emr.db", "--receipt", "garbage"],
        &["emr.db", "--cursor", "garbage"],
    ] {
        assert_eq!(code(&scene, wrong), 3, "{wrong:?}");
    }
    assert_eq!(code(&scene, &["--help"]), 0);
    assert!(!scene.folder.path().join("missing.db").exists());
}

#[test]
fn a_run_goes_on_from_the_cursor_of_the_one_before() {
    let scene = Scene::new();
    for _ in 0..2 {
        assert_eq!(scene.verify_witnessed(&["--cursor", "cursor"]).code, 0);
    }
    let cursor = fs::read_to_string(scene.folder.path().join("cursor")).unwrap();
    assert!(cursor.starts_with("hipaa-core cursor 1\nkey "));
}

#[test]
fn a_checkpoint_of_another_deployment_vouches_for_nothing() {
    let (scene, other) = (Scene::new(), Scene::rebuilt());
    let witness = other.path().join("witness");
    let outcome = scene.verify(&["--witness", witness.to_str().unwrap()]);
    assert_eq!((outcome.code, outcome.found.len()), (2, 0));
}
