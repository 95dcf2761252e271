//! Windows in the memory of one process.

use super::{Decision, Limiter, LimiterError, Quota, Reservation, Window};
use crate::auth::bounded::Bounded;
use crate::clock::Timestamp;
use core::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Subjects that a [`MemoryLimiter`] remembers unless told otherwise.
pub const DEFAULT_KEYS: usize = 100_000;

/// A limiter in memory: exact, shared between threads, and bounded.
///
/// Expired windows are swept with every call. When more subjects are live than it may remember, the window that would
/// expire first is forgotten.
///
/// # Security
/// One process only: two processes behind one address let twice as many through. Forgetting is what an attacker with
/// more networks than the bound can force; the lockout, which is stored, still counts.
pub struct MemoryLimiter(Mutex<Bounded<Window>>);

impl MemoryLimiter {
    /// A limiter that remembers at most `keys` subjects, at least one.
    #[must_use]
    pub fn new(keys: usize) -> Self {
        Self(Mutex::new(Bounded::new(keys)))
    }

    /// How many subjects it remembers now.
    #[must_use]
    pub fn keys(&self) -> usize {
        self.windows().len()
    }

    fn windows(&self) -> MutexGuard<'_, Bounded<Window>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Default for MemoryLimiter {
    fn default() -> Self {
        Self::new(DEFAULT_KEYS)
    }
}

impl fmt::Debug for MemoryLimiter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MemoryLimiter").field("keys", &self.keys()).finish()
    }
}

impl Limiter for MemoryLimiter {
    fn reserve(&mut self, quota: &Quota, now: Timestamp) -> Result<Decision, LimiterError> {
        (&*self).reserve(quota, now)
    }

    fn refund(&mut self, reservation: Reservation) -> Result<(), LimiterError> {
        (&*self).refund(reservation)
    }
}

/// Behind a shared reference, because the limiter locks itself.
impl Limiter for &MemoryLimiter {
    fn reserve(&mut self, quota: &Quota, now: Timestamp) -> Result<Decision, LimiterError> {
        let (limit, key) = (quota.limit(), quota.key().as_bytes());
        let mut windows = self.windows();
        let mut window = windows.take(key, now);
        let answer = window.reserve(limit, now);
        let expires = window.expires(limit, now);
        windows.put(*key, window, expires);
        Ok(match answer {
            Ok(serial) => Decision::Granted(Reservation::new(*quota, serial)),
            Err(wait) => Decision::Refused(wait),
        })
    }

    fn refund(&mut self, reservation: Reservation) -> Result<(), LimiterError> {
        let quota = reservation.quota();
        self.windows().change(quota.key().as_bytes(), |window| window.refund(reservation.serial()));
        Ok(())
    }
}
