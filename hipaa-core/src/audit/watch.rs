//! Whether the log still speaks and nobody outside contradicts it: what an operator is paged on.
//!
//! Time comes in as the time since a start that the caller chose, from a clock that nobody can set: a wall clock that was
//! set back must neither raise nor hide an alarm.

use super::WitnessError;
use core::fmt;
use std::time::Duration;

/// How long a log may be silent unless told otherwise.
pub const SILENCE: Duration = Duration::from_secs(5 * 60);

/// What is known of a log: one of three, never a yes or no. The later ones are the worse ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Health {
    /// It spoke lately, and whoever was asked agrees with it.
    Ok,
    /// It cannot be told: no good sign, and no bad one either.
    Unknown(Unknown),
    /// It is not what it was: stop, keep the evidence, find out. It stays broken until somebody looked.
    Broken(Broken),
}

/// Why a log's health cannot be told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Unknown {
    /// Nothing was heard of it yet.
    NotYet,
    /// Nothing was heard of it for too long.
    Silent,
    /// The last look at it failed.
    Failed,
    /// A witness cannot be reached.
    Unreachable,
}

/// How a log is broken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Broken {
    /// The stored head or tail is not the one that was left.
    Log,
    /// A witness contradicts it.
    Witness(WitnessError),
}

impl Health {
    /// The worse of two.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        if other.rank() > self.rank() { other } else { self }
    }

    const fn rank(self) -> u8 {
        match self {
            Self::Ok => 0,
            Self::Unknown(_) => 1,
            Self::Broken(_) => 2,
        }
    }
}

/// Nothing was heard yet.
impl Default for Health {
    fn default() -> Self {
        Self::Unknown(Unknown::NotYet)
    }
}

/// `ok`, `unknown: …` or `broken: …`.
impl fmt::Display for Health {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Ok => "ok",
            Self::Unknown(Unknown::NotYet) => "unknown: nothing was heard of the log yet",
            Self::Unknown(Unknown::Silent) => "unknown: the log is silent",
            Self::Unknown(Unknown::Failed) => "unknown: the last look at the log failed",
            Self::Unknown(Unknown::Unreachable) => "unknown: a witness cannot be reached",
            Self::Broken(Broken::Log) => "broken: the log is not the one that was left",
            Self::Broken(Broken::Witness(error)) => return write!(f, "broken: {error}"),
        })
    }
}

/// Keeps an eye on one thing that should speak regularly.
#[derive(Debug, Clone, Copy)]
pub struct Watch {
    silence: Duration,
    heard: Option<Duration>,
    state: Health,
}

impl Watch {
    /// Nothing was heard yet; `silence` is how long nothing may be heard.
    #[must_use]
    pub const fn new(silence: Duration) -> Self {
        Self { silence, heard: None, state: Health::Unknown(Unknown::NotYet) }
    }

    /// A good sign, at this time. What is broken stays so.
    pub fn heard(&mut self, now: Duration) {
        self.heard = Some(now);
        if !matches!(self.state, Health::Broken(_)) {
            self.state = Health::Ok;
        }
    }

    /// A look that said nothing. It is forgotten with the next good sign.
    pub fn doubted(&mut self, why: Unknown) {
        self.state = self.state.and(Health::Unknown(why));
    }

    /// A bad sign, for good.
    pub fn broke(&mut self, how: Broken) {
        self.state = self.state.and(Health::Broken(how));
    }

    /// What is known at this time.
    #[must_use]
    pub fn health(&self, now: Duration) -> Health {
        let silent = self.heard.is_some_and(|heard| now.saturating_sub(heard) > self.silence);
        self.state.and(if silent { Health::Unknown(Unknown::Silent) } else { Health::Ok })
    }

    /// How long ago the last good sign was.
    #[must_use]
    pub fn since(&self, now: Duration) -> Option<Duration> {
        Some(now.saturating_sub(self.heard?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE: Duration = Duration::from_secs(60);

    #[test]
    fn a_log_that_falls_silent_is_unknown_and_not_ok() {
        let mut watch = Watch::new(SILENCE);
        assert_eq!(watch.health(MINUTE), Health::Unknown(Unknown::NotYet));
        watch.heard(MINUTE);
        assert_eq!(watch.health(6 * MINUTE), Health::Ok);
        assert_eq!(watch.health(6 * MINUTE + Duration::from_nanos(1)), Health::Unknown(Unknown::Silent));
        watch.heard(7 * MINUTE);
        assert_eq!((watch.health(8 * MINUTE), watch.since(8 * MINUTE)), (Health::Ok, Some(MINUTE)));
        // Without the silence alarm the same watch says that all is well for ever.
        assert_eq!(Watch { silence: Duration::MAX, ..watch }.health(900 * MINUTE), Health::Ok);
    }

    #[test]
    fn a_look_that_failed_is_made_good_and_a_break_is_not() {
        let mut watch = Watch::new(SILENCE);
        watch.heard(MINUTE);
        watch.doubted(Unknown::Unreachable);
        assert_eq!(watch.health(MINUTE), Health::Unknown(Unknown::Unreachable));
        watch.heard(MINUTE);
        assert_eq!(watch.health(MINUTE), Health::Ok);
        watch.broke(Broken::Witness(WitnessError::Forked));
        watch.doubted(Unknown::Failed);
        watch.broke(Broken::Log);
        watch.heard(MINUTE);
        assert_eq!(watch.health(MINUTE), Health::Broken(Broken::Witness(WitnessError::Forked)));
    }

    #[test]
    fn of_two_the_worse_one_counts() {
        let all = [Health::Ok, Health::Unknown(Unknown::Silent), Health::Broken(Broken::Log)];
        for (at, one) in all.iter().enumerate() {
            for (other_at, other) in all.iter().enumerate() {
                assert_eq!(one.and(*other), all[at.max(other_at)]);
            }
        }
    }
}
