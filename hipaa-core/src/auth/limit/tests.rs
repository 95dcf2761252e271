//! Rows L6 and L8.

use super::*;
use crate::red::{Safeguard, without};
use proptest::prelude::*;

const SECOND: i64 = 1_000_000;
const FIVE: Limit = Limit::new("test.five", 5, minutes(15));

fn at(micros: i64) -> Timestamp {
    Timestamp::from_micros(micros)
}

fn granted(limiter: &MemoryLimiter, quota: &Quota, micros: i64) -> bool {
    let mut limiter = limiter;
    matches!(limiter.reserve(quota, at(micros)), Ok(Decision::Granted(_)))
}

/// The most arrivals within any window that ends with one of them.
fn busiest(times: &[i64]) -> usize {
    let span = i64::try_from(FIVE.window().as_micros()).unwrap();
    let within = |end: &i64| times.iter().filter(|at| **at <= *end && **at > *end - span).count();
    times.iter().map(within).max().unwrap_or(0)
}

fn let_through(arrivals: &[i64]) -> Vec<i64> {
    let (limiter, quota) = (MemoryLimiter::default(), FIVE.of_id(b"one"));
    arrivals.iter().copied().filter(|at| granted(&limiter, &quota, *at)).collect()
}

proptest! {
    #[test]
    fn l6_random_arrivals_never_exceed_the_limit_in_any_window(
        mut arrivals in prop::collection::vec(0_i64..4 * 900 * SECOND, 0..200),
    ) {
        arrivals.sort_unstable();
        let passed = let_through(&arrivals);
        prop_assert!(busiest(&passed) <= 5);
        // Nor does it refuse without need: a refused arrival would have been the sixth of its window.
        for refused in arrivals.iter().filter(|at| !passed.contains(at)) {
            let with = [passed.iter().copied().filter(|at| at <= refused).collect(), vec![*refused]].concat();
            prop_assert!(busiest(&with) > 5);
        }
    }

    #[test]
    fn l6_whoever_waits_as_told_is_let_through(gaps in prop::collection::vec(0_i64..400 * SECOND, 0..30)) {
        let (limiter, quota, mut now) = (MemoryLimiter::default(), FIVE.of_id(b"one"), 0);
        for gap in gaps {
            now += gap;
            if let Ok(Decision::Refused(wait)) = (&limiter).reserve(&quota, at(now)) {
                let early = i64::try_from(wait.wait().as_micros()).unwrap() - 1;
                prop_assert!(!granted(&limiter, &quota, now + early));
                now += i64::try_from(wait.seconds()).unwrap() * SECOND;
                prop_assert!(granted(&limiter, &quota, now));
            }
        }
    }

    #[test]
    fn l6_places_that_are_given_back_are_free_and_no_others(keep in prop::collection::vec(any::<bool>(), 0..60)) {
        let (limiter, quota, mut held) = (MemoryLimiter::default(), FIVE.of_id(b"one"), 0);
        for (now, keep) in (0_i64..).zip(keep) {
            match (&limiter).reserve(&quota, at(now)).unwrap() {
                Decision::Granted(_) if keep => held += 1,
                Decision::Granted(place) => (&limiter).refund(place).unwrap(),
                Decision::Refused(_) => prop_assert_eq!(held, 5),
            }
        }
        prop_assert!(held <= 5);
    }
}

#[test]
fn l6_a_burst_at_the_edge_of_a_window_does_not_double_the_limit() {
    let edge: Vec<i64> = (0..5).map(|n| 899 * SECOND + n).chain((0..5).map(|n| 900 * SECOND + n)).collect();
    assert_eq!(let_through(&edge).len(), 5);
    assert_eq!(without(Safeguard::SlidingWindow, || let_through(&edge).len()), 10);
}

#[test]
fn l6_a_refusal_says_how_long_to_wait() {
    let (limiter, quota) = (MemoryLimiter::default(), Limit::RESET_PER_ADDRESS.of_id(b"keyed hash"));
    for n in 0..3 {
        assert!(granted(&limiter, &quota, n * SECOND));
    }
    let Ok(Decision::Refused(wait)) = (&limiter).reserve(&quota, at(60 * SECOND + 1)) else { panic!("a fourth place") };
    assert_eq!((wait.wait().as_micros(), wait.seconds()), (3_539_999_999, 3_540));
}

#[test]
fn l6_a_refund_counts_once_and_only_for_its_own_place() {
    let (limiter, quota) = (MemoryLimiter::default(), FIVE.of_id(b"one"));
    let Ok(Decision::Granted(first)) = (&limiter).reserve(&quota, at(0)) else { panic!("no place") };
    let twin = Reservation::new(quota, first.serial());
    for n in 1..5 {
        assert!(granted(&limiter, &quota, n));
    }
    (&limiter).refund(first).unwrap();
    assert!(granted(&limiter, &quota, 5));
    (&limiter).refund(twin).unwrap();
    assert!(!granted(&limiter, &quota, 6), "the place of another cannot be given back");
}

#[test]
fn l6_subjects_and_limits_count_apart() {
    let limiter = MemoryLimiter::default();
    let quotas = [
        FIVE.of_id(b"one"),
        FIVE.of_id(b"two"),
        Limit::new("test.other", 5, minutes(15)).of_id(b"one"),
        FIVE.of_network(&ClientNetwork::from_address([10, 0, 0, 1].into())),
    ];
    for quota in &quotas {
        assert_eq!((0..9).filter(|n| granted(&limiter, quota, *n)).count(), 5);
    }
}

#[test]
fn l6_a_clock_that_is_set_back_does_not_prolong_a_refusal() {
    let (limiter, quota) = (MemoryLimiter::default(), FIVE.of_id(b"one"));
    for _ in 0..5 {
        assert!(granted(&limiter, &quota, 86_400 * SECOND));
    }
    assert!(!granted(&limiter, &quota, 0));
    assert!(granted(&limiter, &quota, 900 * SECOND));
}

#[test]
fn l6_a_limit_that_was_lowered_refuses_until_enough_is_past() {
    let mut window = Window { places: (0..5).map(|n| (at(n * SECOND), n.unsigned_abs())).collect(), next: 5 };
    let lowered = Limit::new("test.two", 2, minutes(15));
    assert_eq!(window.reserve(&lowered, at(10 * SECOND)), Err(RetryAfter::new(minutes(15) - Duration::from_secs(7))));
    assert!(window.reserve(&lowered, at(903 * SECOND)).is_ok());
}

fn flood(limiter: &MemoryLimiter, subjects: u32) {
    for n in 0..subjects {
        assert!(granted(limiter, &FIVE.of_id(&n.to_be_bytes()), i64::from(n)));
    }
}

#[test]
fn l8_a_million_subjects_do_not_grow_the_memory() {
    let limiter = MemoryLimiter::default();
    flood(&limiter, 1_000_000);
    assert_eq!(limiter.keys(), DEFAULT_KEYS);
    let unbounded = MemoryLimiter::new(10);
    without(Safeguard::LimiterBound, || flood(&unbounded, 1_000));
    assert_eq!(unbounded.keys(), 1_000);
}

#[test]
fn l8_the_oldest_subject_leaves_first_and_expired_ones_leave_by_themselves() {
    let limiter = MemoryLimiter::new(3);
    let quotas = [b"a", b"b", b"c", b"d"].map(|id| Limit::new("test.one", 1, minutes(1)).of_id(id));
    for (now, quota) in (0..).zip(&quotas) {
        assert!(granted(&limiter, quota, now));
    }
    assert!(!granted(&limiter, &quotas[1], 4), "b is remembered");
    assert!(granted(&limiter, &quotas[0], 5), "a was forgotten for d");
    assert!(granted(&limiter, &quotas[3], 100 * SECOND));
    assert_eq!(limiter.keys(), 1);
}
