//! Signing in: the flow that joins the rules of `auth` with checked rows, counters and entries.
//!
//! Each step is a unit of work, and hashing stands between two of them, because it must not run inside a write
//! transaction. A step takes what the step before gave, by value: none can be left out or done twice.
//!
//! ```text
//! permit ─ begin ─→ Attempt ─ verify ─→ Verified ─ finish ─→ Session | SecondFactor | Refused
//!          counts             hashes               ends                     └ second_factor ─→ Session | Refused
//! ```
//!
//! What a step answers is [held](crate::unit::Held): nobody sees it before the count and the entry are durable, so that a
//! host which rolls back on refusal cannot take a counted failure with it.
//!
//! A password that must be changed gives a session that changes it and logs out, nothing else: [`Identity::authorize`]
//! is the one way from a token to an actor.
//!
//! | module | holds |
//! |---|---|
//! | `attempt`, `login` | counting, hashing, deciding |
//! | `active` | the request whose session was checked |
//! | `session` | authorising requests, listing and ending sessions |
//! | `password`, `reset` | change, reset, first password |
//! | `step_up` | password and code again, inside a session |
//! | `device` | devices and networks that have signed in before |
//! | `factor` | one-time codes and recovery codes |
//! | `emergency`, `review` | emergency access, and its review by somebody else |
//! | `decision` | doing without a safeguard, and the start-up check |
//! | `admin` | users, unlocking, disabling |
//! | `contact` | where notices go; the notices themselves |
//!
//! May import `auth`, `authority`, `outbox`, `unit` and what stands below them. Must never enter: records, protocols, waiting.
//!
//! # Source
//! 45 CFR § 164.312(a)(2)(i), (a)(2)(iii) and (d).

mod active;
mod admin;
mod attempt;
mod client;
mod contact;
mod count;
mod decision;
mod device;
mod emergency;
mod factor;
mod login;
mod password;
mod reset;
mod review;
mod session;
mod step_up;

pub use active::Active;
pub(crate) use active::SessionWarrant;
pub use admin::Activation;
pub use attempt::{Attempt, LOGIN_NAME_LABEL, Verified};
pub use client::Client;
#[cfg(test)]
pub(crate) use contact::draft as contact_draft;
pub use decision::{Cleared, Decision as ControlDecision, StartUp, StartUpError};
pub use device::MAX_DEVICES;
pub use emergency::EmergencyGrant;
pub use factor::FactorChange;
pub use login::{Finished, Pending, Refusal};
pub use password::{NewPassword, PasswordChange, PasswordOutcome, PasswordReset};
pub use reset::ResetAsked;
pub use review::{OpenReview, OpenReviews, Verdict};
pub use session::{NewSession, RENEWAL_GRAIN, SessionInfo, Use};
pub use step_up::{StepUp, StepUpAttempt, StepUpVerified};

use crate::audit::ActorError;
use crate::auth::grant::EmergencyPolicy;
use crate::auth::limit::{
    DEFAULT_KEYS, Decision, Limit, Limiter, LimiterError, MemoryLimiter, Quota, Reservation, RetryAfter,
};
use crate::auth::lockout::{LockoutPolicy, UnknownNames};
use crate::auth::password::{
    Busy, DEFAULT_PATIENCE, HashError, HashParams, HashingPermit, HashingPermits, PasswordHash,
};
use crate::auth::policy::{PasswordLists, PasswordPolicy};
use crate::auth::session::SessionPolicy;
use crate::auth::totp::Skew;
use crate::authority::AuthorityError;
use crate::authority::user::UserError;
use crate::clock::Timestamp;
use crate::entropy::{EntropyError, generate_from_system};
use crate::outbox::OutboxError;
use crate::unit::UnitError;
use core::fmt;
use core::time::Duration;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Names without an account whose failures are remembered.
pub const UNKNOWN_NAMES: usize = 100_000;
/// From the begin of an attempt to the answer of every refusal.
pub const DEFAULT_PADDING: Duration = Duration::from_millis(500);

/// The rules in force. Start from the default and change what your policy says.
#[derive(Debug)]
#[non_exhaustive]
pub struct Settings {
    /// New passwords.
    pub password: PasswordPolicy,
    /// The operator's lists of refused passwords.
    pub lists: PasswordLists,
    /// Failures of passwords.
    pub lockout: LockoutPolicy,
    /// Failures of codes.
    pub second_factor: LockoutPolicy,
    /// Sessions.
    pub session: SessionPolicy,
    /// Emergency access.
    pub emergency: EmergencyPolicy,
    /// The cost of hashes.
    pub hash: HashParams,
    /// Failed logins from one network.
    pub login_per_network: Limit,
    /// Codes tried from one network.
    pub code_per_network: Limit,
    /// Codes tried on one pending login.
    pub code_per_challenge: Limit,
    /// Requests for a reset from one network.
    pub reset_per_network: Limit,
    /// Requests for a reset for one login name.
    pub reset_per_address: Limit,
    /// How far phone clocks may be off.
    pub skew: Skew,
    /// From the begin of an attempt to the answer of every refusal.
    pub padding: Duration,
    /// How long a caller waits for a permit to hash.
    pub patience: Duration,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            password: PasswordPolicy::clinic(),
            lists: PasswordLists::default(),
            lockout: LockoutPolicy::PASSWORD,
            second_factor: LockoutPolicy::SECOND_FACTOR,
            session: SessionPolicy::DEFAULT,
            emergency: EmergencyPolicy::DEFAULT,
            hash: HashParams::DEFAULT,
            login_per_network: Limit::LOGIN_PER_NETWORK,
            code_per_network: Limit::CODE_PER_NETWORK,
            code_per_challenge: Limit::CODE_PER_CHALLENGE,
            reset_per_network: Limit::RESET_PER_NETWORK,
            reset_per_address: Limit::RESET_PER_ADDRESS,
            skew: Skew::default(),
            padding: DEFAULT_PADDING,
            patience: DEFAULT_PATIENCE,
        }
    }
}

/// The login of a deployment. Cheap to clone; clones share the cap on hashing and the count of unknown names.
#[derive(Clone)]
pub struct Identity(Arc<Rules>);

struct Rules {
    settings: Settings,
    permits: HashingPermits,
    decoy: PasswordHash,
    unknown: UnknownNames,
    windows: Mutex<Box<dyn Limiter + Send>>,
}

impl Identity {
    /// The login under these rules, with limits by network in memory: for a deployment of one process. Computes one hash,
    /// which stands in where there is no user.
    ///
    /// # Errors
    /// [`IdentityError::Busy`], [`IdentityError::Hash`] or [`IdentityError::Entropy`].
    pub fn new(settings: Settings, permits: HashingPermits) -> Result<Self, IdentityError> {
        Self::with_limiter(settings, permits, MemoryLimiter::new(DEFAULT_KEYS))
    }

    /// The same with limits that several processes share.
    ///
    /// # Errors
    /// As [`Identity::new`].
    pub fn with_limiter(
        settings: Settings,
        permits: HashingPermits,
        limiter: impl Limiter + Send + 'static,
    ) -> Result<Self, IdentityError> {
        let permit = permits.acquire(settings.patience)?;
        let decoy = PasswordHash::decoy(&generate_from_system()?, &settings.hash, &permit)?;
        let (unknown, windows) = (UnknownNames::new(UNKNOWN_NAMES), Mutex::new(Box::new(limiter) as Box<_>));
        Ok(Self(Arc::new(Rules { settings, permits, decoy, unknown, windows })))
    }

    /// A permit to hash; waits for it at most as long as the settings say, and blocks the thread meanwhile. Take it before
    /// the unit that counts: an attempt that never reaches the hasher must not count.
    ///
    /// # Errors
    /// [`IdentityError::Busy`]: answer "try again later".
    pub fn permit(&self) -> Result<HashingPermit, IdentityError> {
        Ok(self.0.permits.acquire(self.0.settings.patience)?)
    }

    /// Takes a place in a window of time.
    fn limit(&self, quota: &Quota, now: Timestamp) -> Result<Reservation, IdentityError> {
        match self.windows().reserve(quota, now) {
            Ok(Decision::Granted(place)) => Ok(place),
            Ok(Decision::Refused(after)) => Err(IdentityError::TooMany(after)),
            // A limit that fails open is none.
            Err(LimiterError) => Err(IdentityError::TooMany(RetryAfter::new(quota.limit().window()))),
        }
    }

    /// Gives a place back: only failures count.
    fn refund(&self, place: Option<Reservation>) {
        if let Some(place) = place {
            let _ = self.windows().refund(place);
        }
    }

    fn windows(&self) -> MutexGuard<'_, Box<dyn Limiter + Send>> {
        self.0.windows.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The rules in force.
    #[must_use]
    pub fn settings(&self) -> &Settings {
        &self.0.settings
    }
}

impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Identity").field("policy", &self.0.settings.password.name()).finish_non_exhaustive()
    }
}

/// Why a step was not taken. What a guess came to is no error but a [`Refusal`], which is the same for all guesses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum IdentityError {
    /// There is no such session, or it has ended: ask for a login.
    #[error("there is no such session, or it has ended")]
    NoSession,
    /// The session may only change the password or log out.
    #[error("the password must be changed first")]
    MustChange,
    /// The step needs the password, and the code where enrolled, given again within minutes.
    #[error("the password must be given again first")]
    StepUpNeeded,
    /// The role may not do this; the refusal is an audit entry.
    #[error("the actor may not do this")]
    Denied,
    /// There is no emergency access of this id that waits for its review.
    #[error("no such emergency access waits for a review")]
    NoReview,
    /// The user has a second factor: remove it before another is enrolled.
    #[error("the user has a second factor already")]
    Enrolled,
    /// The user has no second factor, or none that waits for its first code.
    #[error("the user has no second factor")]
    NotEnrolled,
    /// What can be no address: empty, longer than 320 bytes, or with blanks or control characters.
    #[error("an address has 1 to 320 bytes, no blanks and no control characters")]
    Address,
    /// The user was changed since the step began.
    #[error("the user was changed in between")]
    Stale,
    /// Too many requests from this network or for this name.
    #[error("too many requests")]
    TooMany(RetryAfter),
    /// Too many passwords are being checked.
    #[error(transparent)]
    Busy(#[from] Busy),
    /// A hash could not be computed.
    #[error(transparent)]
    Hash(#[from] HashError),
    /// The user has no role that an entry could name.
    #[error(transparent)]
    Actor(#[from] ActorError),
    /// A user was not made or found.
    #[error(transparent)]
    User(UserError),
    /// A row denies, or was not written.
    #[error(transparent)]
    Authority(#[from] AuthorityError),
    /// No randomness.
    #[error(transparent)]
    Entropy(#[from] EntropyError),
}

impl From<UnitError> for IdentityError {
    fn from(error: UnitError) -> Self {
        Self::Authority(error.into())
    }
}

impl From<OutboxError> for IdentityError {
    fn from(error: OutboxError) -> Self {
        match error {
            OutboxError::Address => Self::Address,
            OutboxError::Authority(error) => Self::Authority(error),
            OutboxError::Entropy(error) => Self::Entropy(error),
            OutboxError::Payload | OutboxError::TooMany | OutboxError::Stale => Self::Stale,
        }
    }
}

impl From<UserError> for IdentityError {
    fn from(error: UserError) -> Self {
        match error {
            UserError::Authority(error) => Self::Authority(error),
            error => Self::User(error),
        }
    }
}
