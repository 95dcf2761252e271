//! What a writer has done, as values: counts and times, never content.

use std::sync::atomic::{AtomicU64, Ordering};
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
}

#[derive(Debug, Default)]
pub(super) struct Counters {
    queued: AtomicU64,
    commits: AtomicU64,
    answered: AtomicU64,
    lost: AtomicU64,
    last_batch: AtomicU64,
    last_commit_micros: AtomicU64,
}

impl Counters {
    pub(super) fn enqueued(&self) {
        self.queued.fetch_add(1, Ordering::Relaxed);
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

    pub(super) fn read(&self) -> Metrics {
        let value = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        Metrics {
            queued: value(&self.queued),
            commits: value(&self.commits),
            answered: value(&self.answered),
            lost: value(&self.lost),
            last_batch: value(&self.last_batch),
            last_commit: Duration::from_micros(value(&self.last_commit_micros)),
        }
    }
}
