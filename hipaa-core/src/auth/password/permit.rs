//! How many hashes run at once, and in whose memory.
//!
//! The memory of a hash belongs to the pool, not to the thread that hashes: an allocator keeps what a thread has freed for
//! that thread, and a host's hashing threads are many more than the permits.

use super::HashParams;
use crate::red::{Safeguard, removed};
use argon2::Block;
use core::num::NonZeroUsize;
use core::time::Duration;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use zeroize::Zeroize;

/// Callers that may wait for a permit.
pub const DEFAULT_QUEUE: usize = 64;
/// How long a caller waits before the answer is "busy".
pub const DEFAULT_PATIENCE: Duration = Duration::from_secs(2);

/// The permits of a process; clones share them. As many as cores is a good number: each costs the memory of one hash, which
/// stays with the pool for the next.
///
/// Waiting blocks the thread: wait inside the work (a blocking task), never on the thread that serves requests.
#[derive(Debug, Clone)]
pub struct HashingPermits(Arc<Pool>);

struct Pool {
    permits: usize,
    queue: usize,
    load: Mutex<HashingLoad>,
    freed: Condvar,
    /// Memory of earlier hashes, for at most so many as there are permits.
    memory: Mutex<Vec<Vec<Block>>>,
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
        let (freed, memory) = (Condvar::new(), Mutex::default());
        Self(Arc::new(Pool { permits: permits.get(), queue, load, freed, memory }))
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

    /// Whether anything of an earlier hash lies in the memory of the pool.
    #[cfg(test)]
    pub(super) fn has_remains(&self) -> bool {
        self.0.memory().iter().flatten().flat_map(|block| block.as_ref()).any(|word| *word != 0)
    }

    /// Memory for one hash of so many KiB; none where there is none to be had.
    pub(super) fn lend(&self, blocks: usize) -> Option<Lent<'_>> {
        let mut memory = self.0.memory().pop().unwrap_or_default();
        memory.try_reserve_exact(blocks.saturating_sub(memory.len())).ok()?;
        memory.resize(blocks, Block::new());
        Some(Lent { pool: &self.0, memory })
    }
}

/// Memory that goes back to its pool.
pub(super) struct Lent<'p> {
    pool: &'p Pool,
    memory: Vec<Block>,
}

impl AsMut<[Block]> for Lent<'_> {
    fn as_mut(&mut self) -> &mut [Block] {
        &mut self.memory
    }
}

impl Drop for Lent<'_> {
    /// Wipes what would give the hash away.
    fn drop(&mut self) {
        if !removed(Safeguard::WipedHashes) {
            self.memory.iter_mut().for_each(Zeroize::zeroize);
        }
        let mut stock = self.pool.memory();
        // What a dearer hash of an earlier system needed is not kept.
        let usual = usize::try_from(HashParams::DEFAULT.memory_kib()).is_ok_and(|most| self.memory.capacity() <= most);
        if usual && stock.len() < self.pool.permits {
            stock.push(core::mem::take(&mut self.memory));
        }
    }
}

impl Pool {
    fn load(&self) -> MutexGuard<'_, HashingLoad> {
        self.load.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn memory(&self) -> MutexGuard<'_, Vec<Vec<Block>>> {
        self.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn is_full(&self, load: &HashingLoad) -> bool {
        load.running >= self.permits && !removed(Safeguard::HashingCap)
    }
}

/// Without the memory.
impl core::fmt::Debug for Pool {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Pool").field("permits", &self.permits).field("load", &*self.load()).finish_non_exhaustive()
    }
}

impl Drop for HashingPermit {
    fn drop(&mut self) {
        self.0.load().running -= 1;
        self.0.freed.notify_one();
    }
}
