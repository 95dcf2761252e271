//! kill -9 and a full disk, under load.

use crate::child::{Said, Ward};
use crate::setting;
use hipaa_core::schema::RecordId;
use hipaa_sqlite::Database;
use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;
use tests::check::faults;
use tests::ward::{NUMBER, PATIENT, clinic, kek, patient};

/// Everything that was acknowledged is there and intact, nothing half-done is, and work goes on.
fn is_whole_after(file: &Path, acknowledged: &BTreeMap<String, String>) {
    if acknowledged.is_empty() && faults(file, "patient").is_err() {
        // Killed before the deployment was founded: opening founds it.
        clinic(&mut Database::open(file, kek()).unwrap()).unwrap();
    }
    assert_eq!(faults(file, "patient").unwrap(), Vec::<String>::new());
    let mut database = Database::open(file, kek()).unwrap();
    let vault = clinic(&mut database).unwrap();
    for (number, record) in acknowledged {
        let id = RecordId::parse(record).unwrap();
        let read = database.write(|unit| vault.read(unit, &PATIENT, id)).unwrap().open().unwrap();
        assert!(read.integrity().is_intact());
        assert_eq!(read.get(NUMBER).unwrap(), Some(number.as_str()));
    }
    let number = format!("after {}", acknowledged.len());
    let made = database.write(|unit| vault.create(unit, &PATIENT, &patient(&number))).unwrap().into_inner();
    database.write(|unit| vault.delete(unit, &PATIENT, (made, 1))).unwrap().into_inner();
    drop(database);
    assert_eq!(faults(file, "patient").unwrap(), Vec::<String>::new());
}

#[test]
fn nothing_acknowledged_is_lost_when_the_program_is_killed_under_load() {
    let folder = tempfile::tempdir().unwrap();
    let rounds = setting("HIPAA_CRASH_ROUNDS", 12);
    let mut acknowledged = 0;
    for round in 0..rounds {
        // A file of its own every few rounds keeps the check of each round short.
        let file = folder.path().join(format!("{}.db", round / 4));
        let ward = Ward::start(&file, &format!("round{round}"), 32, 60);
        if round % 4 > 0 {
            ward.wait_until_ready();
        }
        // Another point every time, from the founding of the deployment to many commits later.
        std::thread::sleep(Duration::from_micros(5_000 + (round * 48_271) % 97_000));
        let said = ward.kill();
        assert_eq!(said.errors, Vec::<String>::new());
        acknowledged += said.acknowledged.len();
        is_whole_after(&file, &said.acknowledged);
    }
    println!("{rounds} kills, {acknowledged} acknowledged records, none lost");
    assert!(acknowledged > 0, "no round came far enough to acknowledge anything");
}

#[test]
fn a_full_disk_is_a_clean_error_and_loses_nothing_acknowledged() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("full.db");
    let first = Ward::start(&file, "before", 8, 1).finish();
    assert!(first.done.is_some());
    let blocks = std::fs::metadata(&file).unwrap().len() / 512 + 600;
    let limited = Ward::start_limited(&file, blocks).finish();
    println!("{} acknowledged under the limit, {} clean errors", limited.acknowledged.len(), limited.errors.len());
    assert!(!limited.errors.is_empty(), "the limit was never reached");
    let full = |error: &String| error.contains("full") || error.contains("committed") || error.contains("failed");
    assert!(limited.errors.iter().all(full), "{:?}", limited.errors.first());
    let Said { mut acknowledged, .. } = first;
    acknowledged.truncate_to(200);
    acknowledged.extend(limited.acknowledged);
    is_whole_after(&file, &acknowledged);
}

trait TruncateTo {
    fn truncate_to(&mut self, most: usize);
}

impl TruncateTo for BTreeMap<String, String> {
    /// A sample is enough where every one costs a commit.
    fn truncate_to(&mut self, most: usize) {
        if let Some(cut) = self.keys().nth(most).cloned() {
            let _rest = self.split_off(&cut);
        }
    }
}
