//! How many hashes run at once.

use crate::red::{Safeguard, removed};
use core::num::NonZeroUsize;
use core::time::Duration;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

/// Callers that may wait for a permit.
pub const DEFAULT_QUEUE: usize = 64;
/// How long a caller waits before the answer is "busy".
pub const DEFAULT_PATIENCE: Duration = Duration::from_secs(2);

/// The permits of a process; clones share them. As many as cores is a good number: each costs the memory of one hash.
///
/// Waiting blocks the thread: wait inside the work (a blocking task), never on the thread that serves requests.
#[derive(Debug, Clone)]
pub struct HashingPermits(Arc<Pool>);

#[derive(Debug)]
struct Pool {
    permits: usize,
    queue: usize,
    load: Mutex<HashingLoad>,
    freed: Condvar,
}

/// What a pool does now, and has done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct HashingLoad {
    /// Permits that are held.
    pub running: usize,
    /// Callers that wait for one.
    pub waiting: usize,
    /// The most permits that were held at once.
    pub peak: usize,
    /// Hashes that were computed.
    pub hashes: u64,
}

/// No permit was free in time, or too many wait already: answer "try again later", and count no failed attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("too many passwords are being checked at once")]
pub struct Busy;

/// The right to hash. Move it into the work, so that it is held until the work ends, whoever still waits for the result.
#[derive(Debug)]
pub struct HashingPermit(Arc<Pool>);

impl HashingPermits {
    /// So many permits, and so many callers that may wait for one.
    #[must_use]
    pub fn new(permits: NonZeroUsize, queue: usize) -> Self {
        let load = Mutex::new(HashingLoad::default());
        Self(Arc::new(Pool { permits: permits.get(), queue, load, freed: Condvar::new() }))
    }

    /// A permit, waiting at most `patience` for one.
    ///
    /// # Errors
    /// [`Busy`]: the queue is full, or the wait was too long.
    pub fn acquire(&self, patience: Duration) -> Result<HashingPermit, Busy> {
        let pool = &self.0;
        let mut load = pool.load();
        if pool.is_full(&load) {
            if load.waiting >= pool.queue {
                return Err(Busy);
            }
            load.waiting += 1;
            let full = |load: &mut HashingLoad| pool.is_full(load);
            load = pool.freed.wait_timeout_while(load, patience, full).unwrap_or_else(PoisonError::into_inner).0;
            load.waiting -= 1;
            if pool.is_full(&load) {
                return Err(Busy);
            }
        }
        load.running += 1;
        load.peak = load.peak.max(load.running);
        Ok(HashingPermit(Arc::clone(pool)))
    }

    /// What the pool does now.
    #[must_use]
    pub fn load(&self) -> HashingLoad {
        *self.0.load()
    }
}

impl HashingPermit {
    /// Notes that a hash is computed.
    pub(super) fn count(&self) {
        self.0.load().hashes += 1;
    }
}

impl Pool {
    fn load(&self) -> MutexGuard<'_, HashingLoad> {
        self.load.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn is_full(&self, load: &HashingLoad) -> bool {
        load.running >= self.permits && !removed(Safeguard::HashingCap)
    }
}

impl Drop for HashingPermit {
    fn drop(&mut self) {
        self.0.load().running -= 1;
        self.0.freed.notify_one();
    }
}
