//! Attempts on names that no account has: counted as those on accounts are, so that the count tells nobody which exist.

use super::{Admission, LockoutPolicy, LockoutScope, LockoutState, Origin};
use crate::auth::bounded::Bounded;
use crate::auth::login_name::LoginNameHash;
use crate::auth::network::ClientNetwork;
use crate::clock::Timestamp;
use crate::encoding::encode;
use core::fmt;
use sha2::{Digest as _, Sha256};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// The failures of names without an account, in memory and bounded; the one that would expire first is forgotten first.
pub struct UnknownNames(Mutex<Bounded<LockoutState>>);

impl UnknownNames {
    /// Remembers at most `names` states, at least one.
    #[must_use]
    pub fn new(names: usize) -> Self {
        Self(Mutex::new(Bounded::new(names)))
    }

    /// Decides on an attempt and counts it, by the same rules as for an account.
    pub fn admit(
        &self,
        policy: &LockoutPolicy,
        name: &LoginNameHash,
        network: &ClientNetwork,
        now: Timestamp,
    ) -> Admission {
        let account = key(name, &[]);
        let place = match policy.scope {
            LockoutScope::Account => key(name, b"any"),
            LockoutScope::AccountAndNetwork => key(name, &network.to_bytes()),
        };
        let expires = now.after(policy.window.max(policy.lock).max(policy.longest_delay));
        let mut states = self.states();
        let (of_account, of_place) = (states.take(&account, now), states.take(&place, now));
        let state = LockoutState { recent: of_place.recent, locked_until: of_place.locked_until, ..of_account };
        let (next, admission) = policy.admit(&state, Origin::Unknown, now);
        states.put(account, LockoutState { recent: Vec::new(), locked_until: None, ..next }, expires);
        states.put(
            place,
            LockoutState { recent: next.recent, locked_until: next.locked_until, ..Default::default() },
            expires,
        );
        admission
    }

    /// How many states are remembered now.
    #[must_use]
    pub fn len(&self) -> usize {
        self.states().len()
    }

    /// Whether nothing is remembered.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn states(&self) -> MutexGuard<'_, Bounded<LockoutState>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for UnknownNames {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UnknownNames").field("len", &self.len()).finish()
    }
}

fn key(name: &LoginNameHash, place: &[u8]) -> [u8; 32] {
    Sha256::digest(encode("unknown-name", &[name.as_bytes(), place])).into()
}
