//! An import that is killed goes on the next time as if nothing had been.

use super::charts::{contents, expected};
use super::support::{Desk, charts, finish};
use hipaa_sqlite::rusqlite::{Connection, OpenFlags};
use std::time::Duration;

/// The rounds where `HIPAA_CRASH_ROUNDS` does not say how many.
const ROUNDS: u64 = 6;
const RECORDS: u64 = 7160;

/// How many records are committed.
fn committed(reader: &Connection) -> u64 {
    let count = reader.query_row("SELECT count(*) FROM hipaa_state", [], |row| row.get::<_, i64>(0));
    u64::try_from(count.unwrap_or_default()).unwrap()
}

/// Starts an import and kills it when about this many records are written, and a moment later, so that some rounds end in
/// the middle of a transaction. Whether it was still at work.
fn kill_at(desk: &Desk, folder: &str, (records, moment): (u64, Duration)) -> bool {
    let reader = Connection::open_with_flags(desk.database(), OpenFlags::SQLITE_OPEN_READ_ONLY).unwrap();
    let mut child = desk.command(&["import", "--tenant", super::support::TENANT, folder]).spawn().unwrap();
    while committed(&reader) < records && child.try_wait().unwrap().is_none() {
        std::thread::sleep(Duration::from_micros(200));
    }
    std::thread::sleep(moment);
    let at_work = child.try_wait().unwrap().is_none();
    child.kill().unwrap();
    child.wait().unwrap();
    at_work
}

#[test]
fn a_killed_import_resumes_and_ends_equal_to_an_undisturbed_one() {
    let Some(folder) = charts() else { return };
    let wanted = expected(&folder);
    let rounds = std::env::var("HIPAA_CRASH_ROUNDS").map_or(ROUNDS, |rounds| rounds.parse().unwrap());
    for round in 1..=rounds {
        let desk = Desk::new();
        let path = folder.to_str().unwrap();
        // The last quarter is left, so that the import is at work however fast the machine is.
        let records = 1 + round * RECORDS * 3 / 4 / rounds;
        let moment = Duration::from_micros(round * 1_700 % 12_000);
        assert!(kill_at(&desk, path, (records, moment)), "killed at work in round {round}");
        let kept = contents(&desk);
        assert!(!kept.is_empty() && kept.len() < wanted.len(), "{} records in round {round}", kept.len());
        let ran = finish(&mut desk.command(&["import", "--json", "--tenant", super::support::TENANT, path])).ended(0);
        assert_eq!(ran.json()["unchanged"].as_u64(), u64::try_from(kept.len()).ok());
        assert!(contents(&desk) == wanted, "round {round}");
    }
}
