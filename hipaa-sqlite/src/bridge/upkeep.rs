//! What a bridge does by itself: it takes up heads, says that the log is being written, and ends signing periods that are
//! over.

use super::alarm::{Alarm, Subject};
use super::heartbeat::{Heartbeat, actor};
use super::job::{Job, Verdict};
use super::metrics::Counters;
use crate::batch::Batch;
use crate::{Error, Unit};
use hipaa_core::audit::{HEARTBEAT, Health};
use hipaa_core::signing::{self, INTERVAL, PERIOD};
use hipaa_core::unit::UnitError;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender};
use std::time::Duration;
use tokio::sync::mpsc::Sender;

/// How often a bridge looks after the logs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Upkeep {
    /// How often the heads of tenants' logs are taken up into the deployment's log.
    pub interval: Duration,
    /// How long one key signs heads.
    pub period: Duration,
    /// How often the deployment's log says, by an entry `AUDIT_STATUS`, that it is being written; the entry promises the next
    /// one within twice this time or twice `interval`, whichever is longer. A change of the health is said at the next round.
    pub heartbeat: Duration,
}

impl Default for Upkeep {
    /// Every 60 seconds, 7 days, and every 5 minutes.
    fn default() -> Self {
        Self { interval: INTERVAL, period: PERIOD, heartbeat: HEARTBEAT }
    }
}

/// Who is told what became of a round.
#[derive(Clone)]
pub(super) struct Listeners {
    pub(super) counters: Arc<Counters>,
    pub(super) alarm: Arc<Alarm>,
    pub(super) heartbeat: Arc<Heartbeat>,
    /// Has the heads pushed that a round has committed; a push that is under way is not waited for.
    pub(super) pusher: SyncSender<()>,
}

/// Sends a round at every interval, until the bridge is closed. A round that is not answered yet is not sent again: rounds
/// must not fill the queue of a slow disk.
pub(super) fn run(
    upkeep: Upkeep,
    closed: &Receiver<()>,
    sender: &tokio::sync::mpsc::WeakSender<Box<dyn Job>>,
    listeners: &Listeners,
) {
    while closed.recv_timeout(upkeep.interval) == Err(RecvTimeoutError::Timeout) {
        let Some(sender) = sender.upgrade() else { return };
        // A writer or witness that hangs says nothing: this is who notices.
        listeners.alarm.tell();
        if listeners.counters.begin_round() && !send(&sender, upkeep, listeners) {
            return;
        }
    }
}

fn send(sender: &Sender<Box<dyn Job>>, upkeep: Upkeep, listeners: &Listeners) -> bool {
    let place = listeners.counters.enqueue();
    let round = Round { upkeep, listeners: listeners.clone(), said: None, ran: Err(UnitError::NotCommitted.into()) };
    let sent = sender.blocking_send(Box::new(round));
    if sent.is_ok() {
        place.keep();
    }
    sent.is_ok()
}

/// One round.
struct Round {
    upkeep: Upkeep,
    listeners: Listeners,
    /// The health that the log was told of, where it was.
    said: Option<Health>,
    ran: Result<(), Error>,
}

impl Job for Round {
    fn run(&mut self, batch: &mut Batch<'_>) -> Result<(), Error> {
        let (period, health) = (self.upkeep.period, self.listeners.alarm.health());
        let heartbeat = Arc::clone(&self.listeners.heartbeat);
        let ran = batch.closure(|unit| {
            let said = heartbeat.beat(unit, health)?;
            look_after(unit, period).map(|()| said.then_some(health))
        })?;
        self.ran = match (ran.outcome, ran.ticket.as_ref().map_err(|error| *error)) {
            (Ok(Ok(said)), Ok(_)) => {
                self.said = said;
                Ok(())
            }
            (Ok(Err(error)), _) | (_, Err(error)) => Err(error),
            (Err(_), _) => Err(super::unavailable()),
        };
        match ran.ticket {
            Err(error) if batch.is_lost_by(&error) => Err(error),
            _ => Ok(()),
        }
    }

    fn answer(self: Box<Self>, verdict: Verdict<'_>) {
        let outcome = match verdict {
            Verdict::Committed(_) => self.ran,
            Verdict::Lost(error) | Verdict::Failed(error) => self.ran.and(Err(error)),
        };
        self.listeners.counters.looked_after(outcome.is_ok());
        if outcome.is_ok() {
            self.said.into_iter().for_each(|health| self.listeners.heartbeat.spoke(health));
            let _under_way = self.listeners.pusher.try_send(());
        }
        self.listeners.alarm.take_down(Subject::ROUNDS, outcome);
    }
}

fn look_after(unit: &mut Unit<'_>, period: Duration) -> Result<(), Error> {
    if signing::is_due(unit, period)? {
        signing::end_period(unit, &actor()?)?;
    } else {
        signing::note_heads(unit)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::{Bridge, BridgeOptions};
    use super::*;
    use crate::{Database, rusqlite};
    use hipaa_core::audit::{Action, Actor, Event, EventName};
    use hipaa_core::keys::Kek;
    use hipaa_core::schema::TenantId;

    fn bridge(folder: &tempfile::TempDir, upkeep: Upkeep) -> (Bridge, Actor) {
        let kek = Kek::from_text(&"0f".repeat(32).into()).unwrap();
        let mut database = Database::open(folder.path().join("a.db"), kek).unwrap();
        let operator = Actor::new(TenantId::DEPLOYMENT, "setup", "operator").unwrap();
        let made = database.write(|unit| hipaa_core::tenancy::create_tenant(unit, &operator, "Ward")).unwrap();
        let nurse = Actor::new(made.into_inner().id, "nurse", "clinician").unwrap();
        let options = BridgeOptions { upkeep: Some(upkeep), ..BridgeOptions::default() };
        (Bridge::start(database, &options).unwrap(), nurse)
    }

    fn count(folder: &tempfile::TempDir, sql: &str) -> i64 {
        let connection = rusqlite::Connection::open(folder.path().join("a.db")).unwrap();
        connection.query_row(sql, [], |row| row.get(0)).unwrap()
    }

    /// While 32 callers append without a pause, periods end every few milliseconds: nobody is refused, nothing is lost.
    #[tokio::test]
    async fn periods_end_under_load_and_no_caller_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let (interval, period) = (Duration::from_millis(5), Duration::from_millis(10));
        let upkeep = Upkeep { interval, period, ..Upkeep::default() };
        let (bridge, nurse) = bridge(&folder, upkeep);
        let mut callers = tokio::task::JoinSet::new();
        for _ in 0..32 {
            let (bridge, nurse) = (bridge.clone(), nurse.clone());
            callers.spawn(async move {
                for _ in 0..20 {
                    bridge.append(Event::new(&nurse, EventName::PHI_READ, Action::Read)).await.unwrap();
                }
            });
        }
        callers.join_all().await;
        let mut tries = 0;
        while count(&folder, "SELECT count(*) FROM hipaa_checkpoint") < 3 {
            tries += 1;
            assert!(tries < 2000, "{:?}", bridge.metrics());
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        let metrics = bridge.metrics();
        assert!(metrics.failed_rounds == 0 && metrics.since_round.is_some(), "{metrics:?}");
        bridge.close().await.unwrap();
        assert_eq!(count(&folder, "SELECT count(*) FROM hipaa_audit WHERE name = 'PHI_READ'"), 640);
        assert_eq!(count(&folder, "SELECT count(*) FROM hipaa_wrapped_key WHERE kind = 'head-seed'"), 1);
    }

    #[tokio::test]
    async fn a_closed_bridge_sends_no_more_rounds() {
        let folder = tempfile::tempdir().unwrap();
        let (bridge, _) = bridge(&folder, Upkeep { interval: Duration::from_millis(1), ..Upkeep::default() });
        bridge.close().await.unwrap();
        let entries = "SELECT count(*) FROM hipaa_audit";
        let before = count(&folder, entries);
        tokio::time::sleep(Duration::from_millis(50)).await;
        assert_eq!(count(&folder, entries), before);
    }
}
