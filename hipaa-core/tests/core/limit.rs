//! The contract for rate limiters: the one in memory passes it, broken ones do not.

use hipaa_core::auth::limit::{Decision, Limit, Limiter, LimiterError, MemoryLimiter, Quota, Reservation, RetryAfter};
use hipaa_core::clock::Timestamp;
use hipaa_core::conformance::Failure;
use hipaa_core::conformance::limit::{CASES, run_all};
use std::time::Duration;

#[test]
fn the_limiter_in_memory_passes_every_case() {
    let mut runs = 0;
    let failures = run_all(|case| {
        runs += 1;
        let limiter = MemoryLimiter::default();
        case(&mut &limiter, &mut &limiter);
    });
    assert_eq!((failures, runs), (vec![], CASES.len()));
    assert_eq!(run_all(|_| {}).len(), CASES.len(), "a case that is given no limiter fails");
}

/// What is wrong with a limiter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fault {
    OneMore,
    CountsByHandle,
    ForgetsEarly,
    StartsAfreshEveryMinute,
    CountsRefusals,
    AlwaysSaysAMinute,
    KeepsRefunds,
    RefundsTheOldest,
    SharesAllSubjects,
    BelievesTimesAhead,
}

const FAULTS: [(Fault, &str); 10] = [
    (Fault::OneMore, "a_limit_lets_as_many_through_as_it_says_and_no_more"),
    (Fault::CountsByHandle, "a_limit_lets_as_many_through_as_it_says_and_no_more"),
    (Fault::ForgetsEarly, "a_place_counts_until_its_window_has_passed_and_not_longer"),
    (Fault::StartsAfreshEveryMinute, "a_burst_at_the_edge_of_a_window_does_not_double_the_limit"),
    (Fault::CountsRefusals, "a_refusal_takes_no_place_and_prolongs_nothing"),
    (Fault::AlwaysSaysAMinute, "a_refusal_says_exactly_how_long_to_wait"),
    (Fault::KeepsRefunds, "a_place_that_is_given_back_is_free"),
    (Fault::RefundsTheOldest, "a_place_is_given_back_once"),
    (Fault::SharesAllSubjects, "another_subject_or_limit_counts_apart"),
    (Fault::BelievesTimesAhead, "a_clock_that_is_set_back_keeps_nobody_out_for_longer_than_a_window"),
];

/// A limiter of its own, as people write them, with one fault.
#[derive(Default)]
struct Naive {
    places: Vec<(Quota, i64, u64)>,
    next: u64,
}

struct Handle<'a>(&'a std::cell::RefCell<Naive>, Option<Fault>);

impl Handle<'_> {
    fn has(&self, fault: Fault) -> bool {
        self.1 == Some(fault)
    }

    fn is_same(&self, one: &Quota, other: &Quota) -> bool {
        self.has(Fault::SharesAllSubjects) || one.key() == other.key()
    }

    fn is_past(&self, limit: &Limit, place: i64, now: i64) -> bool {
        let span = i64::try_from(limit.window().as_micros()).unwrap();
        match self.1 {
            Some(Fault::ForgetsEarly) => now - place >= span - 1,
            Some(Fault::StartsAfreshEveryMinute) => place / span != now / span,
            _ => now - place >= span,
        }
    }
}

impl Limiter for Handle<'_> {
    fn reserve(&mut self, quota: &Quota, now: Timestamp) -> Result<Decision, LimiterError> {
        let (limit, now) = (quota.limit(), now.micros());
        let mut naive = self.0.borrow_mut();
        for place in &mut naive.places {
            place.1 = if self.has(Fault::BelievesTimesAhead) { place.1 } else { place.1.min(now) };
        }
        naive.places.retain(|(other, at, _)| !self.is_same(other, quota) || !self.is_past(limit, *at, now));
        let own = naive.places.iter().filter(|(other, ..)| self.is_same(other, quota)).collect::<Vec<_>>();
        let room = usize::from(limit.count()) + usize::from(self.has(Fault::OneMore));
        let granted = own.len() < room;
        let oldest = own.first().map_or(now, |place| place.1);
        let wait = limit.window().saturating_sub(Duration::from_micros(now.abs_diff(oldest)));
        let wait = if self.has(Fault::AlwaysSaysAMinute) { Duration::from_secs(60) } else { wait };
        let serial = naive.next;
        if granted || self.has(Fault::CountsRefusals) {
            naive.places.push((*quota, now, serial));
            naive.next += 1;
        }
        Ok(if granted {
            Decision::Granted(Reservation::new(*quota, serial))
        } else {
            Decision::Refused(RetryAfter::new(wait))
        })
    }

    fn refund(&mut self, place: Reservation) -> Result<(), LimiterError> {
        let mut naive = self.0.borrow_mut();
        let quota = place.quota();
        match self.1 {
            Some(Fault::KeepsRefunds) => {}
            Some(Fault::RefundsTheOldest) => {
                let at = naive.places.iter().position(|(other, ..)| other.key() == quota.key());
                at.map(|at| naive.places.remove(at));
            }
            _ => naive.places.retain(|(other, _, serial)| other.key() != quota.key() || *serial != place.serial()),
        }
        Ok(())
    }
}

fn failed(fault: Option<Fault>) -> Vec<&'static str> {
    let failures = run_all(|case| {
        let (one, other) = (std::cell::RefCell::default(), std::cell::RefCell::default());
        let second = if fault == Some(Fault::CountsByHandle) { &other } else { &one };
        case(&mut Handle(&one, fault), &mut Handle(second, fault));
    });
    failures.iter().map(Failure::case).collect()
}

#[test]
fn every_broken_limiter_fails_its_own_case() {
    assert_eq!(failed(None), Vec::<&str>::new());
    for (fault, own) in FAULTS {
        let failed = failed(Some(fault));
        assert!(failed.contains(&own), "{fault:?} fails {failed:?}");
    }
    for case in CASES {
        assert!(FAULTS.iter().any(|(_, own)| *own == case.name()), "{}: no broken limiter", case.name());
    }
}
