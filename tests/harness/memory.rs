//! Backpressure: what waits is bounded, however slow the disk.

use crate::setting;
use hipaa_core::audit::{Action, Event, EventName};
use hipaa_core::clock::Clock;
use hipaa_sqlite::Database;
use hipaa_sqlite::bridge::{Bridge, BridgeOptions};
use rusqlite::{Connection, OpenFlags};
use std::time::Duration;
use tests::fault::{NAME, Turn};
use tests::ward::{clinic, kek};

const CALLERS: u64 = 256;
const MOST_GROWTH_KIB: u64 = 64 * 1024;

/// Resident memory of this process in KiB.
fn resident() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
    line.trim().trim_end_matches(" kB").parse().unwrap()
}

#[test]
fn a_slow_disk_makes_callers_wait_and_not_the_queue_grow() {
    let turn = Turn::take();
    let folder = tempfile::tempdir().unwrap();
    let flags = OpenFlags::default();
    let connection = Connection::open_with_flags_and_vfs(folder.path().join("slow.db"), flags, NAME).unwrap();
    let mut database = Database::from_connection(connection, kek(), Clock::system()).unwrap();
    let vault = clinic(&mut database).unwrap();
    let options = BridgeOptions::default();
    let most = u64::try_from(options.queue).unwrap();
    turn.slow(Duration::from_millis(2));
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let total = setting("HIPAA_QUEUED", 40_000);
    let (before, deepest) = runtime.block_on(async {
        let bridge = Bridge::start(database, &options).unwrap();
        let event = Event::new(vault.actor(), EventName::application("org.example.ping"), Action::Execute);
        bridge.append(event.clone()).await.unwrap();
        let before = resident();
        let callers = (0..CALLERS).map(|_| {
            let (bridge, event) = (bridge.clone(), event.clone());
            tokio::spawn(async move {
                let mut deepest = 0;
                for _ in 0..total / CALLERS {
                    bridge.append(event.clone()).await.unwrap();
                    deepest = deepest.max(bridge.metrics().queued);
                }
                deepest
            })
        });
        let mut deepest = 0;
        for caller in callers.collect::<Vec<_>>() {
            deepest = deepest.max(caller.await.unwrap());
        }
        bridge.close().await.unwrap();
        (before, deepest)
    });
    let growth = resident().saturating_sub(before);
    println!("{total} appends, {deepest} in the queue at most, {growth} KiB more memory");
    assert!(deepest <= most && growth < MOST_GROWTH_KIB, "{deepest} queued, {growth} KiB more");
}
