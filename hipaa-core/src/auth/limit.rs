//! Rate limits: at most so many in *any* window of time, exactly.
//!
//! A request reserves its place first and is verified afterwards, so that parallel guesses cannot slip through between
//! reading a count and raising it. Where only failures should count (a login), the place is given back after success
//! with [`Limiter::refund`]; a place can be given back once, and only the one that was reserved.
//!
//! # Source
//! 45 CFR § 164.308(a)(5)(ii)(C) asks to monitor log-in attempts (addressable); the numbers are practice.

use super::minutes;
use super::network::ClientNetwork;
use crate::clock::Timestamp;
use crate::encoding::encode;
use core::fmt;
use core::time::Duration;
use sha2::{Digest as _, Sha256};

mod memory;
#[cfg(test)]
mod tests;
mod window;

pub use memory::{DEFAULT_KEYS, MemoryLimiter};
pub use window::Window;

/// At most `count` within any `window`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limit {
    name: &'static str,
    count: u16,
    window: Duration,
}

impl Limit {
    /// Failed logins from one client network: 5 in 15 minutes. Raise it where many users share an address.
    pub const LOGIN_PER_NETWORK: Self = Self::new("login.network", 5, minutes(15));
    /// Requests for a password reset from one client network: 5 in 15 minutes.
    pub const RESET_PER_NETWORK: Self = Self::new("reset.network", 5, minutes(15));
    /// Requests for a password reset for one address: 3 an hour, known to us or not.
    pub const RESET_PER_ADDRESS: Self = Self::new("reset.address", 3, minutes(60));
    /// Codes tried on one pending login: 5; the window is longer than a pending login lives.
    pub const CODE_PER_CHALLENGE: Self = Self::new("code.challenge", 5, minutes(15));
    /// Codes tried from one client network: 10 in 15 minutes.
    pub const CODE_PER_NETWORK: Self = Self::new("code.network", 10, minutes(15));

    /// A limit of your own. Limits of different names count apart.
    ///
    /// # Panics
    /// At compile time, in a constant: for a name that is not 1 to 64 bytes of ASCII, and a count or window of nothing.
    #[must_use]
    pub const fn new(name: &'static str, count: u16, window: Duration) -> Self {
        assert!(!name.is_empty() && name.len() <= 64 && name.is_ascii(), "a limit's name is 1 to 64 bytes of ASCII");
        assert!(count > 0 && !window.is_zero(), "a limit lets something through, in some time");
        Self { name, count, window }
    }

    /// The name under which it counts.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// How many are let through.
    #[must_use]
    pub const fn count(&self) -> u16 {
        self.count
    }

    /// Within what time.
    #[must_use]
    pub const fn window(&self) -> Duration {
        self.window
    }

    /// This limit for one client network.
    #[must_use]
    pub fn of_network(self, network: &ClientNetwork) -> Quota {
        self.of("network", &network.to_bytes())
    }

    /// This limit for anything else: an account's id, the keyed hash of an e-mail address, the digest of a token.
    ///
    /// # Security
    /// What a person typed goes in as a keyed hash only ([`LoginName::hash`](super::login_name::LoginName::hash)): keys
    /// of limits may be stored.
    #[must_use]
    pub fn of_id(self, id: &[u8]) -> Quota {
        self.of("id", id)
    }

    fn of(self, kind: &str, id: &[u8]) -> Quota {
        let input = encode("limit", &[self.name.as_bytes(), kind.as_bytes(), id]);
        Quota { limit: self, key: LimitKey(Sha256::digest(input).into()) }
    }
}

/// One limit, applied to one subject.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quota {
    limit: Limit,
    key: LimitKey,
}

impl Quota {
    /// The limit.
    #[must_use]
    pub const fn limit(&self) -> &Limit {
        &self.limit
    }

    /// The subject.
    #[must_use]
    pub const fn key(&self) -> &LimitKey {
        &self.key
    }
}

/// A limit's name and its subject, as 32 bytes: SHA-256(encode("limit", \[name, kind, id\])).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LimitKey([u8; 32]);

impl LimitKey {
    /// The bytes, for a store.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Debug for LimitKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("LimitKey([redacted])")
    }
}

/// A place in a window; give it back to [`Limiter::refund`] where only failures count.
#[derive(Debug, PartialEq, Eq)]
#[must_use]
pub struct Reservation {
    quota: Quota,
    serial: u64,
}

impl Reservation {
    /// A place that a limiter has given.
    pub const fn new(quota: Quota, serial: u64) -> Self {
        Self { quota, serial }
    }

    /// Whose place it is.
    #[must_use]
    pub const fn quota(&self) -> &Quota {
        &self.quota
    }

    /// Which of the subject's places it is.
    #[must_use]
    pub const fn serial(&self) -> u64 {
        self.serial
    }
}

/// How long to wait until there is a place again; the value of the HTTP header `Retry-After` (RFC 9110 § 10.2.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct RetryAfter(Duration);

impl RetryAfter {
    /// After this time.
    #[must_use]
    pub const fn new(wait: Duration) -> Self {
        Self(wait)
    }

    /// The time to wait.
    #[must_use]
    pub const fn wait(self) -> Duration {
        self.0
    }

    /// Whole seconds, rounded up: whoever waits that long finds a place.
    #[must_use]
    pub const fn seconds(self) -> u64 {
        self.0.as_secs() + if self.0.subsec_nanos() > 0 { 1 } else { 0 }
    }
}

/// What a limiter answers.
#[derive(Debug, PartialEq, Eq)]
#[must_use]
pub enum Decision {
    /// There was a place, and it is taken.
    Granted(Reservation),
    /// There is none.
    Refused(RetryAfter),
}

/// The limiter cannot answer. Refuse the request: a limit that fails open is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the rate limiter is not available")]
pub struct LimiterError;

/// Where the windows are kept: in memory, or in a database that several processes share.
pub trait Limiter {
    /// Takes a place if there is one, in one atomic step.
    ///
    /// # Errors
    /// [`LimiterError`] when the windows cannot be read or written.
    fn reserve(&mut self, quota: &Quota, now: Timestamp) -> Result<Decision, LimiterError>;

    /// Gives a place back. One that has expired or was given back is no longer there, which is no error.
    ///
    /// # Errors
    /// [`LimiterError`] when the windows cannot be read or written.
    fn refund(&mut self, reservation: Reservation) -> Result<(), LimiterError>;
}
