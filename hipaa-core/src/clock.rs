//! Time, the only room that reads the system clock.
//!
//! Everything else gets its time from a [`Clock`] value. May import nothing of ours.

use core::fmt;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// A difference between wall clock and monotonic clock above which the wall clock was set, in microseconds.
pub const STEP_TOLERANCE_MICROS: i64 = 2_000_000;

/// A point in time: microseconds since 1970-01-01T00:00:00Z, without leap seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(i64);

impl Timestamp {
    /// The time `micros` microseconds after the Unix epoch.
    #[must_use]
    pub const fn from_micros(micros: i64) -> Self {
        Self(micros)
    }

    /// Microseconds since the Unix epoch.
    #[must_use]
    pub const fn micros(self) -> i64 {
        self.0
    }

    /// The time `span` later, or the last one there is.
    #[must_use]
    pub fn after(self, span: Duration) -> Self {
        Self(self.0.saturating_add(i64::try_from(span.as_micros()).unwrap_or(i64::MAX)))
    }

    /// How long ago `earlier` was; nothing if it lies ahead.
    #[must_use]
    pub fn since(self, earlier: Self) -> Duration {
        Duration::from_micros(u64::try_from(self.0.saturating_sub(earlier.0)).unwrap_or(0))
    }
}

/// What is known of the wall clock at a reading.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum ClockState {
    /// Nothing is known of synchronisation.
    Unknown = 0,
    /// The operator states that the clock is synchronised (45 CFR § 170.210(g)).
    Synced = 1,
    /// The clock was set back since the last reading or entry.
    SteppedBack = 2,
    /// The clock was set forward since the last reading.
    JumpedAhead = 3,
}

impl ClockState {
    /// The state with this code, if there is one.
    #[must_use]
    pub const fn from_code(code: u8) -> Option<Self> {
        match code {
            0 => Some(Self::Unknown),
            1 => Some(Self::Synced),
            2 => Some(Self::SteppedBack),
            3 => Some(Self::JumpedAhead),
            _ => None,
        }
    }
}

/// One look at the clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reading {
    /// The wall clock as it stood.
    pub wall: Timestamp,
    /// What is known of it.
    pub state: ClockState,
}

/// Measures how long something takes; for waiting and for metrics, never for an entry.
#[derive(Debug, Clone, Copy)]
pub struct Stopwatch(Instant);

impl Stopwatch {
    /// Starts now.
    #[must_use]
    #[expect(clippy::disallowed_methods, reason = "this room is the door to the system clock")]
    pub fn start() -> Self {
        Self(Instant::now())
    }

    /// The time since the start.
    #[must_use]
    pub fn elapsed(&self) -> Duration {
        self.0.elapsed()
    }
}

/// Where time comes from.
#[derive(Clone)]
pub struct Clock(Source);

#[derive(Clone)]
enum Source {
    System { synced: bool, origin: Arc<Mutex<Origin>> },
    Manual(Arc<AtomicI64>),
}

struct Origin {
    wall: i64,
    steady: Instant,
}

impl Clock {
    /// The system clock, of whose synchronisation nothing is claimed.
    #[must_use]
    pub fn system() -> Self {
        Self::from_system(false)
    }

    /// The system clock, which the operator keeps synchronised (NTP or better).
    #[must_use]
    pub fn system_synced() -> Self {
        Self::from_system(true)
    }

    /// A clock that stands at `start` until [`Clock::set`] moves it; for tests.
    #[must_use]
    pub fn manual(start: Timestamp) -> Self {
        Self(Source::Manual(Arc::new(AtomicI64::new(start.0))))
    }

    /// Moves a manual clock; a system clock is left alone.
    pub fn set(&self, time: Timestamp) {
        if let Source::Manual(micros) = &self.0 {
            micros.store(time.0, Ordering::SeqCst);
        }
    }

    /// Reads the clock and says whether it was set since the last reading of this value.
    #[must_use]
    pub fn read(&self) -> Reading {
        match &self.0 {
            Source::System { synced, origin } => {
                let mut origin = origin.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
                let now = Origin::now();
                let state = origin.judge(&now, *synced);
                if matches!(state, ClockState::SteppedBack | ClockState::JumpedAhead) {
                    *origin = Origin { wall: now.wall, steady: now.steady };
                }
                Reading { wall: Timestamp(now.wall), state }
            }
            Source::Manual(micros) => {
                Reading { wall: Timestamp(micros.load(Ordering::SeqCst)), state: ClockState::Unknown }
            }
        }
    }

    /// The time alone, as for an expiry: a step of the clock stays to be reported by the next [`Clock::read`].
    #[must_use]
    pub fn now(&self) -> Timestamp {
        match &self.0 {
            Source::System { .. } => Timestamp(Origin::now().wall),
            Source::Manual(micros) => Timestamp(micros.load(Ordering::SeqCst)),
        }
    }

    fn from_system(synced: bool) -> Self {
        Self(Source::System { synced, origin: Arc::new(Mutex::new(Origin::now())) })
    }
}

impl Origin {
    #[expect(clippy::disallowed_methods, reason = "this room is the door to the system clock")]
    fn now() -> Self {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Self { wall: i64::try_from(since.as_micros()).unwrap_or(i64::MAX), steady: Instant::now() }
    }

    fn judge(&self, now: &Self, synced: bool) -> ClockState {
        let steady = i64::try_from(now.steady.duration_since(self.steady).as_micros()).unwrap_or(i64::MAX);
        let drift = now.wall.saturating_sub(self.wall).saturating_sub(steady);
        if drift < -STEP_TOLERANCE_MICROS {
            ClockState::SteppedBack
        } else if drift > STEP_TOLERANCE_MICROS {
            ClockState::JumpedAhead
        } else if synced {
            ClockState::Synced
        } else {
            ClockState::Unknown
        }
    }
}

impl fmt::Debug for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match &self.0 {
            Source::System { .. } => "Clock::System",
            Source::Manual(_) => "Clock::Manual",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(origin: &Origin, wall: i64, steady_secs: u64) -> Origin {
        Origin { wall: origin.wall + wall, steady: origin.steady + Duration::from_secs(steady_secs) }
    }

    #[test]
    fn a_wall_clock_that_runs_with_the_monotonic_clock_is_not_a_step() {
        let start = Origin::now();
        assert_eq!(start.judge(&at(&start, 10_000_000, 10), false), ClockState::Unknown);
        assert_eq!(start.judge(&at(&start, 10_000_000, 10), true), ClockState::Synced);
    }

    #[test]
    fn a_wall_clock_that_was_set_is_a_step_in_its_direction() {
        let start = Origin::now();
        assert_eq!(start.judge(&at(&start, -86_400_000_000, 10), true), ClockState::SteppedBack);
        assert_eq!(start.judge(&at(&start, 86_400_000_000, 10), true), ClockState::JumpedAhead);
    }

    #[test]
    fn spans_between_times_do_not_wrap() {
        let (start, second) = (Timestamp::from_micros(-5), Duration::from_secs(1));
        assert_eq!(start.after(second).micros(), 999_995);
        assert_eq!(start.after(second).since(start), second);
        assert_eq!(start.since(start.after(second)), Duration::ZERO);
        assert_eq!(Timestamp::from_micros(5).after(Duration::MAX).micros(), i64::MAX);
    }

    #[test]
    fn a_manual_clock_stands_until_it_is_set() {
        let clock = Clock::manual(Timestamp::from_micros(5));
        assert_eq!(clock.read().wall.micros(), 5);
        clock.set(Timestamp::from_micros(9));
        assert_eq!(clock.clone().read().wall.micros(), 9);
        assert_eq!(clock.now().micros(), 9);
    }
}
