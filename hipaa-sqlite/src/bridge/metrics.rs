//! What a writer has done, as values: counts and times, never content.

use hipaa_core::audit::Health;
use hipaa_core::clock::Stopwatch;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// What a writer has done so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Metrics {
    /// Callers that wait for the writer now.
    pub queued: u64,
    /// Commits.
    pub commits: u64,
    /// Closures and entries that were answered.
    pub answered: u64,
    /// Batches that were lost as a whole.
    pub lost: u64,
    /// The size of the last batch.
    pub last_batch: u64,
    /// How long the last batch took from BEGIN to the end of COMMIT.
    pub last_commit: Duration,
    /// Heads that witnesses were given, or had already.
    pub pushes: u64,
    /// Pushes that a witness refused, or that it could not be reached for.
    pub failed_pushes: u64,
    /// How long ago the last push was, of the witness that has waited longest; none where one has not been given any yet.
    pub since_push: Option<Duration>,
    /// What is known of the log. Page on everything but [`Health::Ok`].
    pub health: Health,
    /// Rounds of upkeep that failed.
    pub failed_rounds: u64,
    /// How long ago the last round of upkeep was committed; none where none was yet. A monitor that sees it grow beyond a
    /// few intervals has found a log that no longer speaks.
    pub since_round: Option<Duration>,
}

#[derive(Debug, Default)]
pub(super) struct Counters {
    queued: AtomicU64,
    commits: AtomicU64,
    answered: AtomicU64,
    lost: AtomicU64,
    last_batch: AtomicU64,
    last_commit_micros: AtomicU64,
    failed_rounds: AtomicU64,
    pushes: AtomicU64,
    failed_pushes: AtomicU64,
    in_round: AtomicBool,
    last_round: Mutex<Option<Stopwatch>>,
}

/// A place in the queue, given back when its caller goes away before it was taken.
#[derive(Debug)]
pub(super) struct Place<'a>(Option<&'a Counters>);

impl Place<'_> {
    /// The writer gives it back now.
    pub(super) fn keep(mut self) {
        self.0 = None;
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        if let Some(counters) = self.0 {
            counters.dequeued();
        }
    }
}

impl Counters {
    pub(super) fn enqueue(&self) -> Place<'_> {
        self.queued.fetch_add(1, Ordering::Relaxed);
        Place(Some(self))
    }

    pub(super) fn dequeued(&self) {
        self.queued.fetch_sub(1, Ordering::Relaxed);
    }

    pub(super) fn batch(&self, size: usize, took: Duration, committed: bool) {
        let size = u64::try_from(size).unwrap_or(u64::MAX);
        let outcome = if committed { &self.commits } else { &self.lost };
        outcome.fetch_add(1, Ordering::Relaxed);
        self.answered.fetch_add(size, Ordering::Relaxed);
        self.last_batch.store(size, Ordering::Relaxed);
        self.last_commit_micros.store(u64::try_from(took.as_micros()).unwrap_or(u64::MAX), Ordering::Relaxed);
    }

    /// False while a round was sent and not answered.
    pub(super) fn begin_round(&self) -> bool {
        !self.in_round.swap(true, Ordering::Relaxed)
    }

    pub(super) fn looked_after(&self, committed: bool) {
        self.in_round.store(false, Ordering::Relaxed);
        if committed {
            *self.last_round.lock().unwrap_or_else(PoisonError::into_inner) = Some(Stopwatch::start());
        } else {
            self.failed_rounds.fetch_add(1, Ordering::Relaxed);
        }
    }

    pub(super) fn pushed(&self, done: bool) {
        let counter = if done { &self.pushes } else { &self.failed_pushes };
        counter.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn read(&self) -> Metrics {
        let value = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        Metrics {
            queued: value(&self.queued),
            commits: value(&self.commits),
            answered: value(&self.answered),
            lost: value(&self.lost),
            last_batch: value(&self.last_batch),
            last_commit: Duration::from_micros(value(&self.last_commit_micros)),
            pushes: value(&self.pushes),
            failed_pushes: value(&self.failed_pushes),
            since_push: None,
            health: Health::default(),
            failed_rounds: value(&self.failed_rounds),
            since_round: self
                .last_round
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .as_ref()
                .map(Stopwatch::elapsed),
        }
    }
}
