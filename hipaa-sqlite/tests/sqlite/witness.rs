//! A witness in a folder, and databases that were put back, exchanged or continued from elsewhere.

use crate::fixture::{Clinic, kek};
use hipaa_core::audit::{Action, Actor, Event, EventName, Witness as _, WitnessError};
use hipaa_core::clock::{Clock, Stopwatch};
use hipaa_core::schema::TenantId;
use hipaa_core::unit::Unit;
use hipaa_sqlite::rusqlite::Connection;
use hipaa_sqlite::witness::{Folder, Lines};
use hipaa_sqlite::{Database, Error};
use std::fs;
use std::io::ErrorKind;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
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

/// Red if a writer that hangs held every other for ever, or if the wait were no wait.
#[test]
fn a_writer_that_hangs_with_the_lock_holds_the_others_for_seconds_only() {
    let mut clinic = Clinic::new();
    let witness = begun(&mut clinic);
    let mut hung = Folder::new(witness.path());
    hung.highest().unwrap();
    let watch = Stopwatch::start();
    assert_eq!(compare(&mut clinic.db, witness.path()), refused(WitnessError::Unreachable(ErrorKind::WouldBlock)));
    assert!((Duration::from_secs(5)..Duration::from_secs(20)).contains(&watch.elapsed()));
    drop(hung);
    assert_eq!(compare(&mut clinic.db, witness.path()), Ok(()));
}

fn fill(clinic: &mut Clinic, count: u32) {
    let operator = Actor::new(TenantId::DEPLOYMENT, "setup", "operator").unwrap();
    let event = Event::new(&operator, EventName::AUDIT_STATUS, Action::Execute);
    let filled = clinic.db.write(|unit| {
        let unit: &mut dyn Unit = unit;
        (0..count).try_for_each(|_| unit.append(&event).map(drop)).map_err(Error::from)
    });
    filled.unwrap().into_inner();
}

/// The instructions of SQLite's machine that the comparison at opening takes, and its time.
fn cost(clinic: &Clinic, witness: &Path) -> (u64, Duration) {
    let steps = Arc::new(AtomicU64::new(0));
    let counted = Arc::clone(&steps);
    let count = move || {
        counted.fetch_add(1, Ordering::Relaxed);
        false
    };
    let mut connection = Connection::open(clinic.path()).unwrap();
    connection.progress_handler(1, Some(count)).unwrap();
    let mut db = Database::from_connection(connection, kek(), Clock::system()).unwrap();
    steps.store(0, Ordering::Relaxed);
    let watch = Stopwatch::start();
    compare(&mut db, witness).unwrap();
    (steps.load(Ordering::Relaxed), watch.elapsed())
}

/// Sixty times the entries: what is read is the right edge, whatever the size.
#[test]
fn the_comparison_at_opening_reads_the_same_however_long_the_log_is() {
    let mut clinic = Clinic::new();
    fill(&mut clinic, 300);
    let witness = begun(&mut clinic);
    let mut costs = Vec::new();
    for more in [300, 1_500, 6_000, 24_000] {
        fill(&mut clinic, more);
        clinic.db.push_to(&mut Folder::new(witness.path())).unwrap();
        fill(&mut clinic, 50);
        costs.push(cost(&clinic, witness.path()));
    }
    println!("instructions and time at about 650, 2,200, 8,250 and 32,300 entries: {costs:?}");
    let steps = costs.iter().map(|(steps, _)| *steps).collect::<Vec<_>>();
    assert!(steps.iter().all(|steps| (1..5_000).contains(steps)), "{steps:?}");
    // A comparison that walked the log would take several for each of these.
    let walk = "SELECT count(leaf) FROM hipaa_audit";
    assert!(clinic.db.connection().query_row(walk, [], |row| row.get::<_, i64>(0)).unwrap() > 32_000);
}
