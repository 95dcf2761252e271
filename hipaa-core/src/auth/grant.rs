//! Emergency access ("break-glass") in numbers: how long it lasts, and in which time it is reviewed.
//!
//! # Source
//! 45 CFR § 164.312(a)(2)(ii), emergency access procedure (required; it names no number); 45 CFR § 170.315(d)(6).

use super::minutes;
use core::time::Duration;

/// The longest time of one grant: four hours (practice).
pub const MAX_GRANT: Duration = minutes(4 * 60);
/// The longest time until a review: seven days (practice).
pub const MAX_REVIEW: Duration = minutes(7 * 24 * 60);

/// Numbers that no policy may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a grant lasts up to 4 hours and is reviewed within 7 days; neither is nothing")]
pub struct EmergencyPolicyError;

/// How long a grant lasts, and in which time it is reviewed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EmergencyPolicy {
    lasts: Duration,
    review: Duration,
}

impl EmergencyPolicy {
    /// 60 minutes, reviewed within 72 hours.
    pub const DEFAULT: Self = Self { lasts: minutes(60), review: minutes(72 * 60) };

    /// Other numbers, within [`MAX_GRANT`] and [`MAX_REVIEW`].
    ///
    /// # Errors
    /// [`EmergencyPolicyError`].
    pub fn new(lasts: Duration, review: Duration) -> Result<Self, EmergencyPolicyError> {
        let fits = !lasts.is_zero() && lasts <= MAX_GRANT && !review.is_zero() && review <= MAX_REVIEW;
        if fits { Ok(Self { lasts, review }) } else { Err(EmergencyPolicyError) }
    }

    /// How long a grant lasts.
    #[must_use]
    pub const fn lasts(&self) -> Duration {
        self.lasts
    }

    /// In which time after its begin a grant is reviewed.
    #[must_use]
    pub const fn review(&self) -> Duration {
        self.review
    }
}

impl Default for EmergencyPolicy {
    fn default() -> Self {
        Self::DEFAULT
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_grant_lasts_an_hour_and_never_longer_than_four() {
        let second = Duration::from_secs(1);
        let default = EmergencyPolicy::default();
        assert_eq!((default.lasts(), default.review()), (minutes(60), minutes(72 * 60)));
        assert!(EmergencyPolicy::new(MAX_GRANT, MAX_REVIEW).is_ok());
        for (lasts, review) in [
            (MAX_GRANT + second, minutes(60)),
            (Duration::ZERO, minutes(60)),
            (minutes(60), Duration::ZERO),
            (minutes(60), MAX_REVIEW + second),
        ] {
            assert_eq!(EmergencyPolicy::new(lasts, review), Err(EmergencyPolicyError));
        }
    }
}
