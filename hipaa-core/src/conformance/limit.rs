//! The contract for rate limiters: exact windows, whoever counts.
//!
//! Every case gets two handles on one limiter, as two processes have them; what one takes the other sees.

use super::{Broken, Failure, expect};
use crate::auth::limit::{Decision, Limit, Limiter, LimiterError, Quota, Reservation};
use crate::clock::Timestamp;
use core::fmt;
use core::time::Duration;

const SECOND: i64 = 1_000_000;
const THREE: Limit = Limit::new("test.three", 3, Duration::from_secs(60));
const OTHER: Limit = Limit::new("test.other", 3, Duration::from_secs(60));
/// Any time will do; not the epoch, before which windows may reach.
const START: i64 = 1_700_000_000 * SECOND;

type Finding = Result<(), Broken>;
type Handle<'a> = &'a mut dyn Limiter;

macro_rules! cases {
    ($($name:ident)*) => {
        /// All cases for a limiter.
        pub const CASES: &[Case] = &[$(Case { name: stringify!($name), run: $name }),*];
    };
}

cases! {
    a_limit_lets_as_many_through_as_it_says_and_no_more
    a_place_counts_until_its_window_has_passed_and_not_longer
    a_burst_at_the_edge_of_a_window_does_not_double_the_limit
    a_refusal_takes_no_place_and_prolongs_nothing
    a_refusal_says_exactly_how_long_to_wait
    a_place_that_is_given_back_is_free
    a_place_is_given_back_once
    another_subject_or_limit_counts_apart
    a_clock_that_is_set_back_keeps_nobody_out_for_longer_than_a_window
}

/// One sentence of the contract.
#[derive(Clone, Copy)]
pub struct Case {
    name: &'static str,
    run: fn(Handle<'_>, Handle<'_>) -> Finding,
}

impl Case {
    /// The name, which is the sentence.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// Holds a limiter to the sentence, by two handles on it. It is empty, and used for this case alone.
    ///
    /// # Errors
    /// [`Failure`] when the limiter does not keep to it.
    pub fn run(&self, first: &mut dyn Limiter, second: &mut dyn Limiter) -> Result<(), Failure> {
        (self.run)(first, second).map_err(|broken| Failure { case: self.name, broken })
    }
}

impl fmt::Debug for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Case({})", self.name)
    }
}

/// Runs every case on a limiter of its own: `with_limiter` makes one that is empty, and hands two handles on it to the case.
/// The result is every case that failed.
pub fn run_all(mut with_limiter: impl FnMut(&mut dyn FnMut(&mut dyn Limiter, &mut dyn Limiter))) -> Vec<Failure> {
    let mut failures = Vec::new();
    for case in CASES {
        let mut outcome = Err(Failure { case: case.name, broken: super::broken("a limiter to run on") });
        with_limiter(&mut |first, second| outcome = case.run(first, second));
        failures.extend(outcome.err());
    }
    failures
}

impl From<LimiterError> for Broken {
    fn from(error: LimiterError) -> Self {
        Self { expected: "no error", said: Some(error.to_string()) }
    }
}

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_micros(START + seconds * SECOND)
}

fn one() -> Quota {
    THREE.of_id(b"one")
}

fn take(limiter: Handle<'_>, quota: &Quota, now: Timestamp) -> Result<Option<Reservation>, LimiterError> {
    Ok(match limiter.reserve(quota, now)? {
        Decision::Granted(place) => Some(place),
        Decision::Refused(_) => None,
    })
}

fn is_granted(limiter: Handle<'_>, quota: &Quota, now: Timestamp) -> Result<bool, LimiterError> {
    Ok(take(limiter, quota, now)?.is_some())
}

fn fill(limiter: Handle<'_>, now: Timestamp) -> Finding {
    for _ in 0..3 {
        expect(is_granted(limiter, &one(), now)?, "a place up to the limit")?;
    }
    Ok(())
}

fn a_limit_lets_as_many_through_as_it_says_and_no_more(first: Handle<'_>, second: Handle<'_>) -> Finding {
    expect(is_granted(first, &one(), at(0))?, "a first place")?;
    expect(is_granted(second, &one(), at(0))?, "a second place by another handle")?;
    expect(is_granted(first, &one(), at(0))?, "a third place")?;
    let fourth = is_granted(first, &one(), at(0))? || is_granted(second, &one(), at(0))?;
    expect(!fourth, "no fourth place, by whatever handle")
}

fn a_place_counts_until_its_window_has_passed_and_not_longer(first: Handle<'_>, second: Handle<'_>) -> Finding {
    expect(is_granted(first, &one(), at(0))?, "a first place")?;
    expect(is_granted(first, &one(), at(10))? && is_granted(second, &one(), at(20))?, "two more")?;
    let late = Timestamp::from_micros(at(60).micros() - 1);
    expect(!is_granted(second, &one(), late)?, "no place before the first one's window has passed")?;
    expect(is_granted(second, &one(), at(60))?, "a place when the first one's window has passed")?;
    expect(!is_granted(first, &one(), at(60))?, "one place, not two")
}

fn a_burst_at_the_edge_of_a_window_does_not_double_the_limit(first: Handle<'_>, second: Handle<'_>) -> Finding {
    // The start is a multiple of no window by chance, so every phase is tried.
    for phase in 0..60 {
        let quota = THREE.of_id(&[phase]);
        let mut passed = 0;
        for tick in 0..6 {
            let now = Timestamp::from_micros(at(i64::from(phase)).micros() + tick * SECOND / 2);
            let granted =
                if tick % 2 == 0 { is_granted(first, &quota, now)? } else { is_granted(second, &quota, now)? };
            passed += u32::from(granted);
        }
        expect(passed == 3, "as many within three seconds as in the whole window, at every phase")?;
    }
    Ok(())
}

fn a_refusal_takes_no_place_and_prolongs_nothing(first: Handle<'_>, second: Handle<'_>) -> Finding {
    fill(first, at(0))?;
    for tick in 1..60 {
        expect(!is_granted(second, &one(), at(tick))?, "no place while the window is full")?;
    }
    fill(second, at(60))
}

fn a_refusal_says_exactly_how_long_to_wait(first: Handle<'_>, second: Handle<'_>) -> Finding {
    expect(is_granted(first, &one(), at(0))? && is_granted(first, &one(), at(5))?, "two places")?;
    expect(is_granted(second, &one(), at(9))?, "a third place")?;
    let Decision::Refused(wait) = second.reserve(&one(), at(25))? else { return Err(super::broken("a refusal")) };
    expect(wait.wait() == Duration::from_secs(35), "the time until the oldest place is free")
}

fn a_place_that_is_given_back_is_free(first: Handle<'_>, second: Handle<'_>) -> Finding {
    let place = take(first, &one(), at(0))?.ok_or(super::broken("a first place"))?;
    expect(is_granted(first, &one(), at(1))? && is_granted(first, &one(), at(2))?, "two more")?;
    second.refund(place)?;
    expect(is_granted(second, &one(), at(3))?, "the place that was given back")?;
    expect(!is_granted(first, &one(), at(3))?, "that place alone")
}

fn a_place_is_given_back_once(first: Handle<'_>, second: Handle<'_>) -> Finding {
    let place = take(first, &one(), at(0))?.ok_or(super::broken("a first place"))?;
    let twin = Reservation::new(*place.quota(), place.serial());
    expect(is_granted(first, &one(), at(0))? && is_granted(first, &one(), at(0))?, "two more")?;
    first.refund(place)?;
    second.refund(twin)?;
    expect(is_granted(second, &one(), at(1))?, "one place after it was given back twice")?;
    expect(!is_granted(second, &one(), at(1))?, "no second place after it was given back twice")
}

fn another_subject_or_limit_counts_apart(first: Handle<'_>, second: Handle<'_>) -> Finding {
    fill(first, at(0))?;
    expect(is_granted(second, &THREE.of_id(b"two"), at(0))?, "a place of another subject")?;
    expect(is_granted(second, &OTHER.of_id(b"one"), at(0))?, "a place of another limit")?;
    expect(!is_granted(second, &one(), at(0))?, "no place of the first subject")
}

fn a_clock_that_is_set_back_keeps_nobody_out_for_longer_than_a_window(
    first: Handle<'_>,
    second: Handle<'_>,
) -> Finding {
    fill(first, at(86_400))?;
    expect(!is_granted(second, &one(), at(0))?, "no place although the clock was set back")?;
    expect(is_granted(second, &one(), at(60))?, "a place when a window has passed by the new clock")
}
