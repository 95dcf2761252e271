//! A witness in a folder, and databases that were put back, exchanged or continued from elsewhere.

use crate::fixture::{Clinic, kek};
use hipaa_core::audit::{Actor, Witness as _, WitnessError};
use hipaa_core::schema::TenantId;
use hipaa_sqlite::witness::{Folder, Lines};
use hipaa_sqlite::{Database, Error};
use std::fs;
use std::io::ErrorKind;
use std::path::Path;
use tempfile::TempDir;

fn begun(clinic: &mut Clinic) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    clinic.db.begin_witness(&mut Folder::new(folder.path())).unwrap();
    folder
}

fn compare(db: &mut Database, folder: &Path) -> Result<(), Error> {
    db.compare_with(&mut Folder::new(folder))
}

fn refused(error: WitnessError) -> Result<(), Error> {
    Err(Error::Witness(error))
}

/// The file as it lies there, once nobody has it open.
fn closed(clinic: Clinic) -> (TempDir, Vec<u8>) {
    let path = clinic.path();
    clinic.db.empty_journal().unwrap();
    drop(clinic.db);
    let bytes = fs::read(path).unwrap();
    (clinic.folder, bytes)
}

#[test]
fn a_log_that_went_on_is_vouched_for() {
    let mut clinic = Clinic::new();
    let witness = begun(&mut clinic);
    for _ in 0..3 {
        clinic.record();
        clinic.db.push_to(&mut Folder::new(witness.path())).unwrap();
    }
    let operator = Actor::new(TenantId::DEPLOYMENT, "setup", "operator").unwrap();
    clinic.db.end_signing_period(&operator).unwrap();
    clinic.record();
    assert_eq!(compare(&mut clinic.db, witness.path()), Ok(()));
    let size = clinic.db.push_to(&mut Folder::new(witness.path())).unwrap();
    assert_eq!(Folder::new(witness.path()).highest().unwrap().unwrap().unverified().size, size);
    let again = clinic.db.begin_witness(&mut Folder::new(witness.path()));
    assert_eq!(again.map(drop), refused(WitnessError::Begun));
}

#[test]
fn a_file_that_was_put_back_is_refused_where_no_process_remembers() {
    let mut clinic = Clinic::new();
    let witness = begun(&mut clinic);
    clinic.record();
    let (folder, older) = closed(clinic);
    let path = folder.path().join("emr.db");
    let mut db = Database::open(&path, kek()).unwrap();
    db.note_heads().unwrap();
    db.push_to(&mut Folder::new(witness.path())).unwrap();
    drop(db);
    for left in ["emr.db-wal", "emr.db-shm"] {
        let _gone = fs::remove_file(folder.path().join(left));
    }
    fs::write(&path, older).unwrap();
    // Without a witness nobody notices: that is what it is for.
    let mut db = Database::open(&path, kek()).unwrap();
    assert_eq!(compare(&mut db, witness.path()), refused(WitnessError::RolledBack));
    let before = fs::read_dir(witness.path()).unwrap().count();
    assert_eq!(db.push_to(&mut Folder::new(witness.path())).map(drop), refused(WitnessError::RolledBack));
    assert_eq!(fs::read_dir(witness.path()).unwrap().count(), before);
    // Grown past what was seen, it is another log all the same.
    for _ in 0..5 {
        drop(Database::open(&path, kek()).unwrap().checkpoint().unwrap());
    }
    assert_eq!(compare(&mut db, witness.path()), refused(WitnessError::Forked));
}

#[test]
fn another_deployment_an_emptied_folder_and_rubbish_are_told_apart() {
    let mut clinic = Clinic::new();
    let witness = begun(&mut clinic);
    let mut other = Clinic::new();
    assert_eq!(compare(&mut other.db, witness.path()), refused(WitnessError::Foreign));
    let missing = witness.path().join("nowhere");
    assert_eq!(compare(&mut clinic.db, &missing), refused(WitnessError::Unreachable(ErrorKind::NotFound)));

    let note = fs::read_dir(witness.path()).unwrap().map(|file| file.unwrap().path());
    let note = note.into_iter().find(|path| path.extension().is_some_and(|end| end == "note")).unwrap();
    let higher = witness.path().join("00000000000000009999.note");
    fs::copy(&note, &higher).unwrap();
    assert_eq!(compare(&mut clinic.db, witness.path()), refused(WitnessError::Malformed));
    fs::write(&higher, "rubbish").unwrap();
    assert_eq!(compare(&mut clinic.db, witness.path()), refused(WitnessError::Malformed));
    fs::remove_file(&higher).unwrap();
    // What a push that was killed left behind is no head.
    fs::write(witness.path().join(".00000000000000009999.note"), "half").unwrap();
    assert_eq!(compare(&mut clinic.db, witness.path()), Ok(()));
    fs::remove_file(&note).unwrap();
    assert_eq!(compare(&mut clinic.db, witness.path()), refused(WitnessError::Empty));
    let pushed = clinic.db.push_to(&mut Folder::new(witness.path()));
    assert_eq!(pushed.map(drop), refused(WitnessError::Empty));
}

#[test]
fn a_line_holds_the_whole_note() {
    let mut clinic = Clinic::new();
    let head = clinic.db.checkpoint().unwrap();
    let mut lines = Lines(Vec::new());
    lines.push(&head).unwrap();
    let line = String::from_utf8(lines.0).unwrap();
    let note = line.strip_prefix("hipaa-core checkpoint ").unwrap().strip_suffix('\n').unwrap();
    assert_eq!(note.replace("\\n", "\n"), head.encode());
}

#[test]
fn a_log_longer_than_its_tiles_is_compared_by_a_few_reads() {
    let mut clinic = Clinic::new();
    let operator = Actor::new(TenantId::DEPLOYMENT, "setup", "operator").unwrap();
    let event = hipaa_core::audit::Event::new(
        &operator,
        hipaa_core::audit::EventName::AUDIT_READ,
        hipaa_core::audit::Action::Read,
    );
    let fill = |clinic: &mut Clinic, count: u32| {
        let filled = clinic.db.write(|unit| {
            let unit: &mut dyn hipaa_core::unit::Unit = unit;
            (0..count).try_for_each(|_| unit.append(&event).map(drop)).map_err(Error::from)
        });
        filled.unwrap().into_inner();
    };
    fill(&mut clinic, 700);
    let witness = begun(&mut clinic);
    fill(&mut clinic, 1500);
    assert_eq!(compare(&mut clinic.db, witness.path()), Ok(()));
}
