//! Sessions: how long they live, what renews them, what they may do, and when they get a new token.
//!
//! Both ends are computed on the server from stored times. An end, once reached, needs a new login.
//!
//! # Source
//! 45 CFR § 164.312(a)(2)(iii), automatic logoff (addressable; it names no time); 45 CFR § 170.315(d)(5); NIST SP
//! 800-63B-4 at AAL3 (12 hours, 15 minutes idle).

use super::minutes;
use super::token::{ForSession, SessionToken, TokenDigest};
use crate::clock::{STEP_TOLERANCE_MICROS, Timestamp};
use crate::red::{Safeguard, removed};
use core::time::Duration;

#[cfg(test)]
mod tests;

/// How far the clock may step back between two readings.
const TOLERANCE: Duration = Duration::from_micros(STEP_TOLERANCE_MICROS.unsigned_abs());

/// The numbers of a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SessionPolicy {
    /// The time without activity after which a session has ended.
    pub idle: Duration,
    /// The time after its login at which it has ended whatever happened.
    pub absolute: Duration,
    /// Live sessions of one user.
    pub live: u16,
    /// The time in which the second factor must follow the password.
    pub pending: Duration,
    /// How long a step-up (the password, and the code where enrolled, again) is fresh.
    pub step_up: Duration,
}

impl SessionPolicy {
    /// 15 minutes idle, 12 hours in all, 5 sessions, 5 minutes pending, 5 minutes of step-up.
    pub const DEFAULT: Self =
        Self { idle: minutes(15), absolute: minutes(12 * 60), live: 5, pending: minutes(5), step_up: minutes(5) };

    /// Checks a session at `now`, of a user whose version is `auth_version`; what to store, or why it has ended.
    ///
    /// # Errors
    /// [`SessionEnd`]: delete the session, and ask for a login.
    pub fn check(
        &self,
        session: &Session,
        auth_version: u64,
        request: Request,
        now: Timestamp,
    ) -> Result<Session, SessionEnd> {
        if session.auth_version != auth_version && !removed(Safeguard::AuthVersion) {
            return Err(SessionEnd::Changed);
        }
        if !removed(Safeguard::SessionEnd) {
            self.end(session, now)?;
        }
        let renews = request == Request::Active || removed(Safeguard::PassiveRequests);
        let renewed = if renews { now.max(session.renewed) } else { session.renewed };
        Ok(Session { renewed, ..*session })
    }

    fn end(&self, session: &Session, now: Timestamp) -> Result<(), SessionEnd> {
        if session.renewed > now.after(TOLERANCE) || session.created > session.renewed {
            return Err(SessionEnd::Clock);
        }
        if now.since(session.created) >= self.absolute {
            return Err(SessionEnd::Absolute);
        }
        if now.since(session.renewed) >= self.idle { Err(SessionEnd::Idle) } else { Ok(()) }
    }

    /// Whether a step-up at `at` is still fresh.
    #[must_use]
    pub fn is_stepped_up(&self, at: Option<Timestamp>, now: Timestamp) -> bool {
        at.is_some_and(|at| at <= now.after(TOLERANCE) && now.since(at) < self.step_up)
    }

    /// The sessions to end so that one more fits, oldest first.
    #[must_use]
    pub fn surplus(&self, live: &[Session]) -> Vec<TokenDigest<ForSession>> {
        let room = usize::from(self.live.max(1)) - 1;
        let mut live: Vec<&Session> = live.iter().collect();
        live.sort_by_key(|session| session.created);
        let surplus = if removed(Safeguard::SessionCap) { 0 } else { live.len().saturating_sub(room) };
        live.iter().take(surplus).map(|session| session.digest).collect()
    }
}

impl Default for SessionPolicy {
    fn default() -> Self {
        Self::DEFAULT
    }
}

/// What is stored of a session, as far as these rules need it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Session {
    /// The digest of its token.
    pub digest: TokenDigest<ForSession>,
    /// What it may do.
    pub rights: SessionRights,
    /// When the user logged in.
    pub created: Timestamp,
    /// The last request that counts as activity.
    pub renewed: Timestamp,
    /// The last step-up.
    pub stepped_up: Option<Timestamp>,
    /// The user's version at the login or the last rotation. Every change of password, role or second factor raises the
    /// user's, and so does disabling the user: that ends all sessions but the one that is rotated.
    pub auth_version: u64,
}

impl Session {
    /// The session of a login that is complete, under a fresh token; the login is its first step-up.
    ///
    /// Any session whose token came with the login is to be ended ([`RotationEvent::Login`]).
    #[must_use]
    pub fn begin(token: &SessionToken, rights: SessionRights, auth_version: u64, now: Timestamp) -> Self {
        Self { digest: token.digest(), rights, created: now, renewed: now, stepped_up: Some(now), auth_version }
    }

    /// The session under a fresh token; the row of the old one is to be deleted in the same transaction.
    ///
    /// `auth_version` is the user's after the event. The end of the session stays where it was: no rotation prolongs a
    /// session beyond its absolute time.
    #[must_use]
    pub fn rotate(&self, event: RotationEvent, token: &SessionToken, auth_version: u64, now: Timestamp) -> Self {
        let proven =
            matches!(event, RotationEvent::StepUp | RotationEvent::SecondFactor | RotationEvent::PasswordChange);
        let rights = if event == RotationEvent::PasswordChange { SessionRights::Full } else { self.rights };
        let digest = if removed(Safeguard::SessionRotation) { self.digest } else { token.digest() };
        let stepped_up = if proven { Some(now) } else { self.stepped_up };
        Self { digest, rights, renewed: now, stepped_up, auth_version, ..*self }
    }
}

/// What a session may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum SessionRights {
    /// What the user may.
    Full = 1,
    /// Change the password or log out, nothing else.
    MustChange = 2,
}

impl SessionRights {
    /// The rights with this code, if there are any.
    #[must_use]
    pub const fn from_code(code: u8) -> Option<Self> {
        match code {
            1 => Some(Self::Full),
            2 => Some(Self::MustChange),
            _ => None,
        }
    }

    /// Whether a session with these rights may be used so.
    #[must_use]
    pub fn allow(self, action: SessionAction) -> bool {
        self == Self::Full || action != SessionAction::Work || removed(Safeguard::MustChange)
    }
}

/// What a request wants of a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SessionAction {
    /// Anything but the two below.
    Work,
    /// Changing one's own password.
    ChangePassword,
    /// Ending the session.
    LogOut,
}

/// Whether a request shows that somebody is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Request {
    /// A person did something.
    Active,
    /// A page polled, a heartbeat, a stream: it is served, and renews nothing.
    Passive,
}

/// When a session gets a new token and the old one ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RotationEvent {
    /// The password was right.
    Login,
    /// The second factor was right.
    SecondFactor,
    /// Password and code were given again.
    StepUp,
    /// The user's role changed.
    RoleChange,
    /// The user's password changed.
    PasswordChange,
}

/// Why a session has ended. The answer to the client is the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SessionEnd {
    /// Without activity for too long.
    #[error("the session was idle for too long")]
    Idle,
    /// Too long since the login.
    #[error("the session has reached its end")]
    Absolute,
    /// The user's password, role or second factor has changed, or the user is disabled.
    #[error("the account has changed since the login")]
    Changed,
    /// Its times lie ahead: the clock was set back, or the row was altered.
    #[error("the session's times lie ahead of the clock")]
    Clock,
}

/// A login whose password was right and whose second factor is missing. It is no session: it opens nothing but the check
/// of the code, and is deleted when that locks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PendingLogin {
    /// The digest of its token.
    pub digest: TokenDigest<super::token::ForPending>,
    /// When the password was right.
    pub created: Timestamp,
    /// The user's version then.
    pub auth_version: u64,
}

impl PendingLogin {
    /// Whether the second factor may still follow, for a user whose version is `auth_version`.
    #[must_use]
    pub fn is_live(&self, policy: &SessionPolicy, auth_version: u64, now: Timestamp) -> bool {
        let live = self.created <= now.after(TOLERANCE) && now.since(self.created) < policy.pending;
        let unchanged = self.auth_version == auth_version || removed(Safeguard::AuthVersion);
        unchanged && (live || removed(Safeguard::SessionEnd))
    }
}
