//! Counting failed attempts: locks, delays and the hard stop.
//!
//! An attempt is counted *before* its password is hashed, in one write transaction: read the state, [`LockoutPolicy::admit`],
//! write the state that it returns, commit; then hash; then, if the password was right, write
//! [`LockoutState::default`] in place of it. However many attempts run at once, no more than the limit reach the hasher.
//!
//! Take the hashing permit before counting: an attempt that never reached the hasher must not count.
//!
//! # Source
//! 45 CFR § 164.308(a)(5)(ii)(C) (log-in monitoring, addressable); NIST SP 800-63B-4 § 3.2.2 (at most 100 in a row).
//! Five attempts and fifteen minutes are practice.

use super::minutes;
use crate::clock::Timestamp;
use crate::red::{Safeguard, removed};
use core::time::Duration;

#[cfg(test)]
mod tests;
mod unknown;

pub use unknown::UnknownNames;

/// Whose failures count together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum LockoutScope {
    /// All attempts on an account: nobody guesses faster by using more networks, but a stranger can lock the user out.
    Account,
    /// Attempts on an account from one client network, and a growing delay for the account as a whole: a stranger's
    /// guesses do not lock out a user on a known device.
    AccountAndNetwork,
}

/// The numbers of a lockout.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LockoutPolicy {
    /// Whose failures count together.
    pub scope: LockoutScope,
    /// Failures within `window` that lock.
    pub failures: u16,
    /// How long a failure counts.
    pub window: Duration,
    /// How long a lock lasts, from the failure that made it.
    pub lock: Duration,
    /// Failures in a row after which the account delays, in scope [`LockoutScope::AccountAndNetwork`].
    pub delay_after: u32,
    /// The first delay; it doubles with every further failure.
    pub first_delay: Duration,
    /// The longest delay.
    pub longest_delay: Duration,
    /// Failures in a row after which nothing is admitted until an administrator ends it.
    pub stop_at: u32,
}

impl LockoutPolicy {
    /// Passwords: 5 in 15 minutes lock the account for 15 minutes; stop at 100 in a row.
    pub const PASSWORD: Self = Self {
        scope: LockoutScope::Account,
        failures: 5,
        window: minutes(15),
        lock: minutes(15),
        delay_after: 10,
        first_delay: Duration::from_secs(30),
        longest_delay: minutes(60),
        stop_at: 100,
    };

    /// The same for an account seen from one client network.
    pub const PASSWORD_BY_NETWORK: Self = Self { scope: LockoutScope::AccountAndNetwork, ..Self::PASSWORD };

    /// Second-factor codes, which have a counter of their own: the same, but stop at 20 in a row.
    ///
    /// Whoever guesses codes has the password. Five in 15 minutes alone would let a guesser succeed within a year with
    /// probability 0.41; twenty in a row keep it under 10⁻⁴.
    pub const SECOND_FACTOR: Self = Self { stop_at: 20, ..Self::PASSWORD };

    /// Decides on an attempt at `now` and counts it as failed.
    ///
    /// Store the state that is returned, whatever the admission; a state that is past its times comes back shorter. An
    /// attempt that is not admitted is not counted and extends nothing. Times ahead of `now` (the clock was set back)
    /// are taken for `now`, so that a lock never lasts longer than it should.
    #[must_use = "an attempt that is not stored is not counted"]
    pub fn admit(&self, state: &LockoutState, origin: Origin, now: Timestamp) -> (LockoutState, Admission) {
        let mut next = self.current(state, now);
        let verdict = match self.obstacle(&next, origin) {
            Some(obstacle) => {
                if removed(Safeguard::FixedLock) {
                    self.count(&mut next, origin, now);
                }
                obstacle
            }
            None if removed(Safeguard::CountBeforeHash) => Admission::Admitted { last: false },
            None => {
                self.count(&mut next, origin, now);
                let last = next.locked_until.is_some() || self.stops(&next);
                Admission::Admitted { last }
            }
        };
        (next, verdict)
    }

    /// The state without what is past, and with nothing ahead of its time.
    fn current(&self, state: &LockoutState, now: Timestamp) -> LockoutState {
        let live =
            |until: Option<Timestamp>, longest| until.filter(|at| *at > now).map(|at| at.min(now.after(longest)));
        let recent = state.recent.iter().map(|at| (*at).min(now)).filter(|at| now.since(*at) < self.window);
        LockoutState {
            recent: recent.take(usize::from(self.failures)).collect(),
            locked_until: live(state.locked_until, self.lock),
            consecutive: state.consecutive,
            delayed_until: live(state.delayed_until, self.longest_delay),
        }
    }

    fn obstacle(&self, state: &LockoutState, origin: Origin) -> Option<Admission> {
        if self.stops(state) {
            return Some(Admission::Stopped);
        }
        let locked = state.locked_until.map(|until| Admission::Locked { until });
        let bypass = origin == Origin::Known && !removed(Safeguard::KnownDevice);
        let delayed = state.delayed_until.filter(|_| !bypass).map(|until| Admission::Delayed { until });
        locked.or(delayed)
    }

    fn stops(&self, state: &LockoutState) -> bool {
        state.consecutive >= self.stop_at && !removed(Safeguard::HardStop)
    }

    fn count(&self, state: &mut LockoutState, origin: Origin, now: Timestamp) {
        state.recent.push(now);
        state.consecutive = state.consecutive.saturating_add(1);
        if state.recent.len() >= usize::from(self.failures) {
            state.locked_until = Some(now.after(self.lock));
        }
        if self.scope == LockoutScope::AccountAndNetwork && origin == Origin::Unknown {
            state.delayed_until = self.delay(state.consecutive).map(|delay| now.after(delay));
        }
    }

    /// The delay after so many failures in a row.
    fn delay(&self, consecutive: u32) -> Option<Duration> {
        let doublings = consecutive.checked_sub(self.delay_after)?;
        let delay = self.first_delay.saturating_mul(2_u32.saturating_pow(doublings));
        Some(delay.min(self.longest_delay))
    }
}

impl Default for LockoutPolicy {
    fn default() -> Self {
        Self::PASSWORD
    }
}

/// What is stored of failed attempts. The default is a clean state: after a success, and after an administrator's unlock.
///
/// In scope [`LockoutScope::AccountAndNetwork`], `recent` and `locked_until` are stored by account and network, the rest
/// by account; a success clears both rows, and leaves the rows of other networks as they are.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LockoutState {
    /// The attempts that still count, oldest first; at most as many as the policy's `failures`.
    pub recent: Vec<Timestamp>,
    /// The end of the lock.
    pub locked_until: Option<Timestamp>,
    /// Failures of the account since its last success.
    pub consecutive: u32,
    /// Until when the account takes no attempt from an unknown origin.
    pub delayed_until: Option<Timestamp>,
}

/// Where an attempt comes from, as far as the account knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// Nothing is known of it.
    Unknown,
    /// A device with a valid [cookie](super::device), or a network from which the user has signed in before.
    Known,
}

/// What becomes of an attempt.
///
/// # Security
/// Answer all refusals alike, and as a wrong password is answered: the difference is for the audit entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub enum Admission {
    /// It may be verified; it is counted.
    Admitted {
        /// If it fails, a lock or the stop holds: end what is pending of this login.
        last: bool,
    },
    /// The account, or the account from this network, is locked.
    Locked {
        /// The end of the lock.
        until: Timestamp,
    },
    /// The account takes no attempt from unknown origins yet.
    Delayed {
        /// The end of the delay.
        until: Timestamp,
    },
    /// Too many failures in a row: an administrator's unlock ends it; time and a reset do not.
    Stopped,
}
