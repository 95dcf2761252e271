//! Heads that a bridge pushes by itself, and what it says when a witness contradicts or falls silent.

use super::{Bridge, BridgeOptions, Hook, Metrics, Upkeep};
use crate::witness::{Folder, Place};
use crate::{Database, Error, Options, rusqlite};
use hipaa_core::audit::{
    Action, Actor, BodyView, Broken, Event, EventName, Health, SignedCheckpoint, Unknown, Witness, WitnessError, tag,
};
use hipaa_core::keys::Kek;
use hipaa_core::schema::TenantId;
use std::io::ErrorKind;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tempfile::TempDir;

fn kek() -> Kek {
    Kek::from_text(&"0f".repeat(32).into()).unwrap()
}

fn open(folder: &TempDir, witnesses: Vec<Place>) -> Result<Database, Error> {
    let options = Options { witnesses, ..Options::default() };
    Database::open_with(folder.path().join("a.db"), kek(), &options)
}

fn begun() -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let seen = folder.path().join("seen");
    std::fs::create_dir(&seen).unwrap();
    open(&folder, Vec::new()).unwrap().begin_witness(&mut Folder::new(&seen)).unwrap();
    (folder, seen)
}

fn options(witnesses: Vec<Place>) -> BridgeOptions {
    let upkeep = Some(Upkeep { interval: Duration::from_millis(5), ..Upkeep::default() });
    BridgeOptions { upkeep, witnesses, ..BridgeOptions::default() }
}

async fn append(bridge: &Bridge) {
    let operator = Actor::new(TenantId::DEPLOYMENT, "setup", "operator").unwrap();
    bridge.append(Event::new(&operator, EventName::AUDIT_STATUS, Action::Execute)).await.unwrap();
}

async fn until(bridge: &Bridge, done: impl Fn(&Metrics) -> bool) -> Metrics {
    for _ in 0..2000 {
        let metrics = bridge.metrics();
        if done(&metrics) {
            return metrics;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    panic!("{:?}", bridge.metrics());
}

fn highest(seen: &PathBuf) -> u64 {
    Folder::new(seen).highest().unwrap().unwrap().unverified().size
}

#[tokio::test]
async fn a_bridge_gives_every_committed_head_to_its_witnesses() {
    let (folder, seen) = begun();
    let lines = Arc::new(Mutex::new(Vec::new()));
    let places = vec![Place::folder(&seen), Place::lines(Shared(Arc::clone(&lines)))];
    let before = highest(&seen);
    let bridge = Bridge::start(open(&folder, places.clone()).unwrap(), &options(places)).unwrap();
    for _ in 0..3 {
        append(&bridge).await;
    }
    // And the entry that the bridge began with.
    until(&bridge, |_| highest(&seen) == before + 4).await;
    let metrics = until(&bridge, |metrics| metrics.health == Health::Ok).await;
    assert!(metrics.failed_pushes == 0 && metrics.since_push.is_some(), "{metrics:?}");
    let rounds = metrics.pushes;
    until(&bridge, |metrics| metrics.pushes > rounds + 2).await;
    bridge.close().await.unwrap();
    // What a witness keeps is never written again: so many heads, so many files and lines at most.
    assert!(std::fs::read_dir(&seen).unwrap().count() <= 6);
    let lines = String::from_utf8(lines.lock().unwrap().clone()).unwrap();
    assert!((1..=5).contains(&lines.lines().count()), "{lines}");
    // And the next opening is compared with it.
    drop(open(&folder, vec![Place::folder(&seen)]).unwrap());
}

#[tokio::test]
async fn a_witness_that_has_seen_another_log_stops_pushing_and_alarms() {
    let (folder, seen) = begun();
    let (other, foreign) = begun();
    let witness = vec![Place::folder(&foreign)];
    let refused = Some(Error::Witness(WitnessError::Foreign));
    assert_eq!(open(&folder, witness.clone()).err(), refused);
    let database = open(&folder, Vec::new()).unwrap();
    assert_eq!(Bridge::start(database, &options(witness)).err(), refused);
    drop(other);

    // Exchanged while the bridge runs.
    let (told, heard) = std::sync::mpsc::channel();
    let hook = Some(Hook::new(move |health| told.send(health).unwrap()));
    let witness = vec![Place::folder(&seen)];
    let bridge = Bridge::start(open(&folder, witness.clone()).unwrap(), &BridgeOptions { hook, ..options(witness) });
    let bridge = bridge.unwrap();
    until(&bridge, |metrics| metrics.health == Health::Ok).await;
    let (_, foreign) = begun_elsewhere(&seen);
    let broken = Health::Broken(Broken::Witness(WitnessError::Foreign));
    let at = until(&bridge, |metrics| metrics.health == broken).await;
    assert_eq!(at.failed_pushes, 1);
    append(&bridge).await;
    tokio::time::sleep(Duration::from_millis(50)).await;
    let later = bridge.metrics();
    assert_eq!((later.failed_pushes, later.pushes, later.health), (1, at.pushes, broken));
    assert_eq!(highest(&seen), foreign);
    bridge.close().await.unwrap();
    assert_eq!(heard.try_iter().collect::<Vec<_>>(), [Health::Ok, broken]);
}

/// Puts the heads of another deployment in the place of those in this folder.
fn begun_elsewhere(seen: &PathBuf) -> (TempDir, u64) {
    let (folder, other) = begun();
    let size = highest(&other);
    let moved = folder.path().join("moved");
    std::fs::rename(seen, &moved).unwrap();
    std::fs::rename(&other, seen).unwrap();
    (folder, size)
}

/// The size that the stored head of the deployment's log states.
fn stored_size(folder: &TempDir) -> i64 {
    let connection = rusqlite::Connection::open(folder.path().join("a.db")).unwrap();
    connection.query_row("SELECT size FROM hipaa_head", [], |row| row.get(0)).unwrap()
}

/// A witness behind a line that can be cut.
struct Distant(Folder, Arc<AtomicBool>);

impl Distant {
    fn reach(&self) -> Result<(), WitnessError> {
        match self.1.load(Ordering::SeqCst) {
            true => Err(WitnessError::Unreachable(ErrorKind::TimedOut)),
            false => Ok(()),
        }
    }
}

impl Witness for Distant {
    fn first(&mut self) -> Result<Option<SignedCheckpoint>, WitnessError> {
        self.reach().and_then(|()| self.0.first())
    }
    fn highest(&mut self) -> Result<Option<SignedCheckpoint>, WitnessError> {
        self.reach().and_then(|()| self.0.highest())
    }
    fn push(&mut self, head: &SignedCheckpoint) -> Result<(), WitnessError> {
        self.reach().and_then(|()| self.0.push(head))
    }
    fn push_after_restore(&mut self, head: &SignedCheckpoint) -> Result<(), WitnessError> {
        self.reach().and_then(|()| self.0.push_after_restore(head))
    }
}

#[tokio::test]
async fn a_witness_out_of_reach_is_unknown_delays_nobody_and_is_tried_again() {
    let (folder, seen) = begun();
    let cut = Arc::new(AtomicBool::new(false));
    let (line, path) = (Arc::clone(&cut), seen.clone());
    let place = Place::witness(move || Box::new(Distant(Folder::new(&path), Arc::clone(&line))));
    let bridge = Bridge::start(open(&folder, Vec::new()).unwrap(), &options(vec![place])).unwrap();
    until(&bridge, |metrics| metrics.health == Health::Ok).await;
    cut.store(true, Ordering::SeqCst);
    until(&bridge, |metrics| metrics.health == Health::Unknown(Unknown::Unreachable)).await;
    append(&bridge).await;
    cut.store(false, Ordering::SeqCst);
    let metrics = until(&bridge, |metrics| metrics.health == Health::Ok).await;
    assert!(metrics.failed_pushes > 0 && metrics.failed_rounds == 0, "{metrics:?}");
    let size = stored_size(&folder);
    until(&bridge, |_| i64::try_from(highest(&seen)).unwrap() >= size).await;
    // The log says itself that the witness was out of reach, and that it was there again.
    until(&bridge, |_| statuses(&folder).ends_with(&[0, 5, 0])).await;
    bridge.close().await.unwrap();
}

/// The outcomes of what the log says of its own recording.
fn statuses(folder: &TempDir) -> Vec<u8> {
    let connection = rusqlite::Connection::open(folder.path().join("a.db")).unwrap();
    let sql = "SELECT body FROM hipaa_audit WHERE name = 'AUDIT_STATUS' AND actor = 'bridge' ORDER BY sequence";
    let mut statement = connection.prepare(sql).unwrap();
    let outcome = |body: Vec<u8>| BodyView::read(&body).and_then(|view| view.field(tag::OUTCOME)?.first().copied());
    statement.query_map([], |row| Ok(outcome(row.get(0)?).unwrap())).unwrap().collect::<Result<_, _>>().unwrap()
}

#[tokio::test]
async fn a_bridge_whose_writer_hangs_is_silent_and_the_hook_says_so() {
    let (folder, _) = begun();
    let (told, heard) = std::sync::mpsc::channel();
    let hook = Some(Hook::new(move |health| told.send(health).unwrap()));
    let silence = Duration::from_millis(100);
    let options = BridgeOptions { hook, silence, ..options(Vec::new()) };
    let bridge = Bridge::start(open(&folder, Vec::new()).unwrap(), &options).unwrap();
    until(&bridge, |metrics| metrics.health == Health::Ok).await;
    let (free, wait) = std::sync::mpsc::channel::<()>();
    let hung = bridge.clone();
    let hung = tokio::spawn(async move {
        let held = hung.write::<_, Error>(move |_| Ok(wait.recv().is_err()));
        held.await.map(drop)
    });
    until(&bridge, |metrics| metrics.health == Health::Unknown(Unknown::Silent)).await;
    tokio::time::sleep(Duration::from_millis(20)).await;
    drop(free);
    hung.await.unwrap().unwrap();
    until(&bridge, |metrics| metrics.health == Health::Ok).await;
    bridge.close().await.unwrap();
    let heard = heard.try_iter().collect::<Vec<_>>();
    assert_eq!(heard.get(..3), Some(&[Health::Ok, Health::Unknown(Unknown::Silent), Health::Ok][..]));
}

/// A stream of which the test keeps a copy.
struct Shared(Arc<Mutex<Vec<u8>>>);

impl std::io::Write for Shared {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }
    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}
