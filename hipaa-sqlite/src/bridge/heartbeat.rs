//! What a bridge says in the deployment's log of the recording itself: that it began, that it goes on, that it ended.

use super::upkeep::Upkeep;
use crate::{Error, Unit};
use hipaa_core::audit::{Actor, Health, Outcome, Status, Unknown};
use hipaa_core::clock::Stopwatch;
use hipaa_core::schema::TenantId;
use hipaa_core::unit::{self, UnitError};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// Knows when the log spoke last, and of what health.
#[derive(Debug)]
pub(super) struct Heartbeat {
    every: Duration,
    within: Duration,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    spoke: Stopwatch,
    sound: bool,
    ended: bool,
}

impl Heartbeat {
    /// A round may come late by its own interval, so twice the time is promised.
    pub(super) fn new(upkeep: Upkeep) -> Self {
        let within = upkeep.heartbeat.max(upkeep.interval).saturating_mul(2).max(Duration::from_micros(1));
        let state = State { spoke: Stopwatch::start(), sound: true, ended: false };
        Self { every: upkeep.heartbeat, within, state: Mutex::new(state) }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Says that recording begins.
    pub(super) fn begin(&self, unit: &mut Unit<'_>) -> Result<(), Error> {
        say(unit, Status::Began(self.within), true)
    }

    /// Says that it goes on, where it is time to, or where the health has changed; the result is whether it was said.
    pub(super) fn beat(&self, unit: &mut Unit<'_>, health: Health) -> Result<bool, Error> {
        let due = {
            let state = self.state();
            !state.ended && (state.spoke.elapsed() >= self.every || state.sound != is_sound(health))
        };
        if due {
            say(unit, Status::Continues(self.within), is_sound(health))?;
        }
        Ok(due)
    }

    /// What was said is committed.
    pub(super) fn spoke(&self, health: Health) {
        let mut state = self.state();
        (state.spoke, state.sound) = (Stopwatch::start(), is_sound(health));
    }

    /// Nothing more is said behind the end.
    pub(super) fn end(&self) {
        self.state().ended = true;
    }
}

/// Says that recording ended, in order.
pub(super) fn end(unit: &mut Unit<'_>) -> Result<(), Error> {
    say(unit, Status::Ended, true)
}

/// A log of which nothing was heard yet is no bad sign.
const fn is_sound(health: Health) -> bool {
    matches!(health, Health::Ok | Health::Unknown(Unknown::NotYet))
}

/// The actor in whose name a bridge writes.
pub(super) fn actor() -> Result<Actor, UnitError> {
    Actor::new(TenantId::DEPLOYMENT, "bridge", "upkeep").map_err(|_| UnitError::Tampered)
}

fn say(unit: &mut dyn unit::Unit, status: Status, sound: bool) -> Result<(), Error> {
    let outcome = if sound { Outcome::Success } else { Outcome::Failed };
    unit.note(status.event(&actor()?).outcome(outcome))?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::{Bridge, BridgeOptions};
    use super::*;
    use crate::{Database, rusqlite};
    use hipaa_core::audit::{BodyView, tag};
    use hipaa_core::keys::Kek;
    use tempfile::TempDir;

    fn database(folder: &TempDir) -> Database {
        let kek = Kek::from_text(&"0f".repeat(32).into()).unwrap();
        Database::open(folder.path().join("a.db"), kek).unwrap()
    }

    fn start(folder: &TempDir, every_millis: u64) -> Bridge {
        let (interval, heartbeat) = (Duration::from_millis(5), Duration::from_millis(every_millis));
        let upkeep = Some(Upkeep { interval, heartbeat, ..Upkeep::default() });
        Bridge::start(database(folder), &BridgeOptions { upkeep, ..BridgeOptions::default() }).unwrap()
    }

    /// What the log says of its recording, with the outcomes.
    fn said(folder: &TempDir) -> Vec<(Status, u8)> {
        let connection = rusqlite::Connection::open(folder.path().join("a.db")).unwrap();
        let sql = "SELECT body FROM hipaa_audit WHERE name = 'AUDIT_STATUS' ORDER BY log, sequence";
        let mut statement = connection.prepare(sql).unwrap();
        let bodies = statement.query_map([], |row| row.get::<_, Vec<u8>>(0)).unwrap();
        let status = |body: &[u8]| {
            let view = BodyView::read(body).unwrap();
            let outcome = view.field(tag::OUTCOME).unwrap()[0];
            (Status::decode(view.field(tag::STATUS).unwrap()).unwrap(), outcome)
        };
        bodies.map(|body| status(&body.unwrap())).collect()
    }

    #[tokio::test]
    async fn a_log_says_that_it_is_written_from_its_beginning_to_its_end() {
        let folder = tempfile::tempdir().unwrap();
        let bridge = start(&folder, 20);
        let within = Duration::from_millis(40);
        assert_eq!(said(&folder), [(Status::Began(within), 0)]);
        let mut tries = 0;
        while said(&folder).len() < 4 {
            tries += 1;
            assert!(tries < 2_000, "{:?}", bridge.metrics());
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        bridge.close().await.unwrap();
        let said = said(&folder);
        let (last, before) = said.split_last().unwrap();
        assert_eq!(*last, (Status::Ended, 0));
        assert!(before[1..].iter().all(|said| *said == (Status::Continues(within), 0)), "{before:?}");
    }

    #[tokio::test]
    async fn a_log_that_is_written_anyway_is_not_filled_with_signs_of_life() {
        let folder = tempfile::tempdir().unwrap();
        let bridge = start(&folder, 3_600_000);
        tokio::time::sleep(Duration::from_millis(100)).await;
        assert!(bridge.metrics().since_round.is_some());
        bridge.close().await.unwrap();
        assert_eq!(said(&folder), [(Status::Began(Duration::from_secs(7_200)), 0), (Status::Ended, 0)]);
    }

    #[tokio::test]
    async fn a_bridge_without_upkeep_promises_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let options = BridgeOptions { upkeep: None, ..BridgeOptions::default() };
        Bridge::start(database(&folder), &options).unwrap().close().await.unwrap();
        assert_eq!(said(&folder), []);
    }

    #[test]
    fn what_is_promised_is_never_less_than_a_round_may_take() {
        let at = |interval, heartbeat| {
            let (interval, heartbeat) = (Duration::from_secs(interval), Duration::from_secs(heartbeat));
            Heartbeat::new(Upkeep { interval, heartbeat, ..Upkeep::default() }).within
        };
        assert_eq!(at(60, 300), Duration::from_secs(600));
        assert_eq!(at(900, 300), Duration::from_secs(1_800));
        assert_eq!(at(0, 0), Duration::from_micros(1));
    }
}
