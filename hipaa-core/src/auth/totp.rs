//! Time-based one-time passwords: SHA-1, six digits, 30 seconds, one step of tolerance.
//!
//! A code proves its step once: whoever accepts a code stores the step, in the same transaction and only if it is above
//! the stored one ([`LastStep::advance`]). The rule is the same at login, step-up *and* enrolment, so that the code which
//! enrolled a phone does not also log in. Attempts are counted by
//! [`LockoutPolicy::SECOND_FACTOR`](super::lockout::LockoutPolicy::SECOND_FACTOR), apart from those of the password.
//!
//! # Security
//! With one step of tolerance a code is good for up to 90 seconds, where RFC 6238 advises 30 and allows this; the guard
//! against replay makes that safe, and [`Skew::None`] takes it away. The time must be that of the server.
//!
//! # Source
//! RFC 6238, RFC 4226; NIST SP 800-63B-4 § 3.1.4 (accepted once).

use super::minutes;
use crate::clock::Timestamp;
use crate::red::{Safeguard, removed};
use core::fmt;
use core::time::Duration;
use secrecy::{ExposeSecret, SecretBox};
use subtle::{ConditionallySelectable as _, ConstantTimeEq as _};
use zeroize::{Zeroize as _, Zeroizing};

#[cfg(feature = "qr")]
mod qr;
#[cfg(test)]
mod tests;
mod uri;

pub use uri::{EnrolmentUri, MAX_URI_PART_CHARS, UriError};

/// Bytes of a seed.
pub const SEED_BYTES: usize = 20;
/// Digits of a code.
pub const CODE_DIGITS: usize = 6;
/// Seconds of a step.
pub const STEP_SECONDS: u64 = 30;
/// How long a seed waits for its first code: 10 minutes.
pub const ENROLMENT_LIFE: Duration = minutes(10);

/// The secret shared with an authenticator app. Sealed when stored, shown once.
pub struct TotpSeed(SecretBox<[u8; SEED_BYTES]>);

impl TotpSeed {
    /// A seed of random bytes straight from the operating system
    /// ([`generate_from_system`](crate::entropy::generate_from_system)), or as it was stored.
    #[must_use]
    pub fn new(bytes: &Zeroizing<[u8; SEED_BYTES]>) -> Self {
        Self(SecretBox::init_with(|| **bytes))
    }

    /// The bytes, to be sealed.
    #[must_use]
    pub fn expose(&self) -> &[u8; SEED_BYTES] {
        self.0.expose_secret()
    }

    /// The step that `code` belongs to, if it is a code of this seed at `now`; the latest, should there be several.
    ///
    /// Takes the same time for every code. It checks no replay: go on with [`LastStep::advance`].
    #[must_use]
    pub fn matching_step(&self, code: &TotpCode, skew: Skew, now: Timestamp) -> Option<Step> {
        let current = u64::try_from(now.micros()).ok()? / (STEP_SECONDS * 1_000_000);
        // Step 0 stands for none: it lasted until half a minute past midnight on the first day of 1970.
        let mut found = 0;
        for step in current.saturating_sub(skew.steps())..=current.saturating_add(skew.steps()) {
            let matches = self.code_at(step).as_bytes().ct_eq(&code.0);
            found = u64::conditional_select(&found, &step, matches);
        }
        (found > 0).then_some(Step(found))
    }

    fn code_at(&self, step: u64) -> Zeroizing<String> {
        let digits = u32::try_from(CODE_DIGITS).unwrap_or(6);
        let time = step.saturating_mul(STEP_SECONDS);
        Zeroizing::new(totp_lite::totp_custom::<totp_lite::Sha1>(STEP_SECONDS, digits, self.0.expose_secret(), time))
    }
}

impl fmt::Debug for TotpSeed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TotpSeed([redacted])")
    }
}

/// How far the clocks of server and phone may be apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Skew {
    /// The code of this very step only.
    None,
    /// The code before and the one after as well.
    #[default]
    OneStep,
}

impl Skew {
    const fn steps(self) -> u64 {
        match self {
            Self::None => 0,
            Self::OneStep => 1,
        }
    }
}

/// A time step of 30 seconds, counted from 1970; never 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Step(u64);

impl Step {
    /// The number, to be stored.
    #[must_use]
    pub const fn number(self) -> u64 {
        self.0
    }
}

/// The last step that a factor has proven; forward only. Starts with none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct LastStep(Option<Step>);

impl LastStep {
    /// The stored step, `None` if there is none yet.
    #[must_use]
    pub fn from_number(number: Option<u64>) -> Self {
        Self(number.map(Step))
    }

    /// The step to store.
    #[must_use]
    pub fn number(self) -> Option<u64> {
        self.0.map(Step::number)
    }

    /// The state after `step`, or nothing if that step, or a later one, has been proven before.
    ///
    /// Store it in the transaction that accepts the code, on the condition that the stored step is still the one that
    /// was read.
    #[must_use]
    pub fn advance(self, step: Step) -> Option<Self> {
        let forward = self.0.is_none_or(|last| step > last) || removed(Safeguard::ReplayGuard);
        forward.then_some(Self(Some(step)))
    }
}

/// Six digits as they were typed.
pub struct TotpCode([u8; CODE_DIGITS]);

/// Text that is not six ASCII digits. It says nothing of the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a code has six digits")]
pub struct TotpCodeError;

impl TotpCode {
    /// The code that was typed.
    ///
    /// # Errors
    /// [`TotpCodeError`] for anything but six ASCII digits: signs, blanks and digits of other scripts included.
    pub fn parse(typed: &str) -> Result<Self, TotpCodeError> {
        let code: [u8; CODE_DIGITS] = typed.as_bytes().try_into().map_err(|_| TotpCodeError)?;
        let digits = code.iter().all(u8::is_ascii_digit) || removed(Safeguard::CodeForm);
        if digits { Ok(Self(code)) } else { Err(TotpCodeError) }
    }
}

impl Drop for TotpCode {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

impl fmt::Debug for TotpCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TotpCode([redacted])")
    }
}

/// A seed that waits for its first code: not a factor yet.
#[derive(Debug)]
pub struct PendingEnrolment {
    /// The seed that was shown.
    pub seed: TotpSeed,
    /// When it was made.
    pub created: Timestamp,
}

impl PendingEnrolment {
    /// Makes it a factor; the state to store with it, in which the step of `code` is used up.
    ///
    /// # Errors
    /// [`EnrolmentError`]: too late, or not a code of this seed.
    pub fn confirm(&self, code: &TotpCode, skew: Skew, now: Timestamp) -> Result<LastStep, EnrolmentError> {
        let ended = self.created > now || now.since(self.created) >= ENROLMENT_LIFE;
        if ended && !removed(Safeguard::EnrolmentEnd) {
            return Err(EnrolmentError::Expired);
        }
        let step = self.seed.matching_step(code, skew, now).ok_or(EnrolmentError::Wrong)?;
        let used = if removed(Safeguard::ReplayGuard) { None } else { Some(step) };
        Ok(LastStep(used))
    }
}

/// Why an enrolment was not confirmed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum EnrolmentError {
    /// Over ten minutes have passed: begin again with another seed.
    #[error("the enrolment has expired")]
    Expired,
    /// Not a code of this seed at this time.
    #[error("this is not the current code")]
    Wrong,
}
