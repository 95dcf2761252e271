//! Rows L1 to L5 and T3.

use super::*;
use crate::auth::login_name::{LoginName, LoginNameHash};
use crate::auth::network::ClientNetwork;
use crate::red::without;
use proptest::prelude::*;
use secrecy::SecretBox;

const SECOND: i64 = 1_000_000;
const MINUTE: i64 = 60 * SECOND;

fn at(micros: i64) -> Timestamp {
    Timestamp::from_micros(1_800_000_000 * SECOND + micros)
}

fn admitted(admission: Admission) -> bool {
    matches!(admission, Admission::Admitted { .. })
}

/// One account and the networks that try it.
struct Account {
    policy: LockoutPolicy,
    places: Vec<LockoutState>,
}

impl Account {
    fn new(policy: LockoutPolicy) -> Self {
        Self { policy, places: vec![LockoutState::default(); 4] }
    }

    /// An attempt from one place; what belongs to the account is shared between places, as it would be stored.
    fn attempt(&mut self, place: usize, origin: Origin, micros: i64) -> Admission {
        let (next, admission) = self.policy.admit(&self.places[place], origin, at(micros));
        for other in &mut self.places {
            (other.consecutive, other.delayed_until) = (next.consecutive, next.delayed_until);
        }
        self.places[place] = next;
        admission
    }
}

#[test]
fn l1_of_fifty_parallel_guesses_five_reach_the_hasher() {
    let reached = || {
        let mut state = LockoutState::default();
        let mut reached = 0;
        for _ in 0..50 {
            let (next, admission) = LockoutPolicy::PASSWORD.admit(&state, Origin::Unknown, at(0));
            reached += u32::from(admitted(admission));
            state = next;
        }
        reached
    };
    assert_eq!(reached(), 5);
    assert_eq!(without(Safeguard::CountBeforeHash, reached), 50);
}

#[test]
fn l1_the_fifth_failure_locks_for_fifteen_minutes() {
    let mut account = Account::new(LockoutPolicy::PASSWORD);
    let verdicts: Vec<_> = (0..5).map(|n| account.attempt(0, Origin::Unknown, n * MINUTE)).collect();
    assert_eq!(verdicts[..4], [Admission::Admitted { last: false }; 4]);
    assert_eq!(verdicts[4], Admission::Admitted { last: true });
    assert_eq!(account.attempt(0, Origin::Unknown, 5 * MINUTE), Admission::Locked { until: at(19 * MINUTE) });
}

#[test]
fn l1_failures_over_fifteen_minutes_apart_do_not_add_up() {
    let mut account = Account::new(LockoutPolicy::PASSWORD);
    for n in 0..4 {
        assert!(admitted(account.attempt(0, Origin::Unknown, n)));
    }
    assert_eq!(account.attempt(0, Origin::Unknown, 15 * MINUTE), Admission::Admitted { last: false });
    assert_eq!(account.places[0].recent.len(), 4, "the first was fifteen minutes old");
}

proptest! {
    #[test]
    fn l1_no_fifteen_minutes_have_six_failures(gaps in prop::collection::vec(0_i64..20 * MINUTE, 0..120)) {
        let (mut account, mut now, mut failures) = (Account::new(LockoutPolicy::PASSWORD), 0, Vec::new());
        for gap in gaps {
            now += gap / 4;
            if admitted(account.attempt(0, Origin::Unknown, now)) {
                failures.push(now);
            }
            let recent = failures.iter().filter(|at| now - **at < 15 * MINUTE).count();
            prop_assert!(recent <= 5 && account.places[0].recent.len() <= 5);
        }
    }
}

#[test]
fn l1_a_success_clears_the_failures() {
    let policy = LockoutPolicy::PASSWORD;
    let (mut state, _) = policy.admit(&LockoutState::default(), Origin::Unknown, at(0));
    assert_eq!(state.consecutive, 1);
    state = LockoutState::default();
    for n in 0..4 {
        state = policy.admit(&state, Origin::Unknown, at(n)).0;
    }
    assert_eq!(policy.admit(&state, Origin::Unknown, at(9)).1, Admission::Admitted { last: true });
}

/// A stranger tries a thousand times over an hour and a half; then the user comes from a place of their own.
fn victim_of_a_stranger(origin: Origin) -> Admission {
    let mut account = Account::new(LockoutPolicy::PASSWORD_BY_NETWORK);
    for n in 0..1_000 {
        let _ = account.attempt(0, Origin::Unknown, n * 5 * SECOND);
    }
    account.attempt(1, origin, 5_000 * SECOND)
}

#[test]
fn l2_a_stranger_cannot_lock_out_a_known_device() {
    assert!(admitted(victim_of_a_stranger(Origin::Known)));
    assert!(!admitted(without(Safeguard::KnownDevice, || victim_of_a_stranger(Origin::Known))));
    assert!(!admitted(victim_of_a_stranger(Origin::Unknown)), "an unknown origin waits");
}

#[test]
fn l2_a_known_device_is_still_locked_by_its_own_failures() {
    let mut account = Account::new(LockoutPolicy::PASSWORD_BY_NETWORK);
    for n in 0..5 {
        assert!(admitted(account.attempt(1, Origin::Known, n)));
    }
    assert!(matches!(account.attempt(1, Origin::Known, 6), Admission::Locked { .. }));
    assert!(admitted(account.attempt(2, Origin::Known, 7)), "another network is another count");
}

#[test]
fn l2_the_delay_of_an_account_doubles_from_half_a_minute_to_an_hour() {
    let policy = LockoutPolicy::PASSWORD_BY_NETWORK;
    let seconds = |consecutive| policy.delay(consecutive).map(|delay| delay.as_secs());
    assert_eq!([9, 10, 11, 12].map(seconds), [None, Some(30), Some(60), Some(120)]);
    assert_eq!([16, 17, 99, u32::MAX].map(seconds), [Some(1_920), Some(3_600), Some(3_600), Some(3_600)]);
    let mut account = Account::new(policy);
    for n in 0..10 {
        let place = usize::from(n >= 5);
        assert!(admitted(account.attempt(place, Origin::Unknown, n)));
    }
    assert_eq!(account.attempt(2, Origin::Unknown, SECOND), Admission::Delayed { until: at(30 * SECOND + 9) });
    assert!(admitted(account.attempt(2, Origin::Unknown, 30 * SECOND + 9)));
    assert!(matches!(account.attempt(3, Origin::Unknown, 89 * SECOND), Admission::Delayed { .. }));
}

/// Slow guessing that waits for every lock to end; returns whether attempt `count + 1` is admitted.
fn grind(policy: LockoutPolicy, count: i64) -> bool {
    let mut account = Account::new(policy);
    for n in 0..count {
        assert!(admitted(account.attempt(0, Origin::Unknown, n * 16 * MINUTE)), "{n}");
    }
    admitted(account.attempt(0, Origin::Known, (count + 9_000) * 16 * MINUTE))
}

#[test]
fn l3_attempt_101_in_a_row_is_refused_for_good() {
    assert!(!grind(LockoutPolicy::PASSWORD, 100));
    assert!(grind(LockoutPolicy::PASSWORD, 99));
    assert!(without(Safeguard::HardStop, || grind(LockoutPolicy::PASSWORD, 100)));
}

#[test]
fn l3_an_administrator_ends_the_stop() {
    let policy = LockoutPolicy::PASSWORD;
    let stopped = LockoutState { consecutive: 100, ..LockoutState::default() };
    assert_eq!(policy.admit(&stopped, Origin::Known, at(0)).1, Admission::Stopped);
    assert!(admitted(policy.admit(&LockoutState::default(), Origin::Unknown, at(0)).1));
}

/// Five failures, then an attempt every ten seconds until fifteen minutes after the fifth.
fn held_shut() -> Admission {
    let mut account = Account::new(LockoutPolicy::PASSWORD);
    for _ in 0..5 {
        let _ = account.attempt(0, Origin::Unknown, 0);
    }
    for n in 1..90 {
        assert!(!admitted(account.attempt(0, Origin::Unknown, n * 10 * SECOND)));
    }
    account.attempt(0, Origin::Unknown, 15 * MINUTE)
}

#[test]
fn l4_a_lock_ends_fifteen_minutes_sharp_after_it_began() {
    assert!(admitted(held_shut()));
    assert!(!admitted(without(Safeguard::FixedLock, held_shut)));
    let mut account = Account::new(LockoutPolicy::PASSWORD);
    for _ in 0..5 {
        let _ = account.attempt(0, Origin::Unknown, 0);
    }
    let before = account.places[0].clone();
    assert!(!admitted(account.attempt(0, Origin::Unknown, 15 * MINUTE - 1)));
    assert_eq!(account.places[0], before, "an attempt during the lock is not counted");
}

#[test]
fn l4_a_clock_that_is_set_back_does_not_prolong_a_lock() {
    let policy = LockoutPolicy::PASSWORD;
    let mut state = LockoutState::default();
    for _ in 0..5 {
        state = policy.admit(&state, Origin::Unknown, at(24 * 60 * MINUTE)).0;
    }
    let (state, admission) = policy.admit(&state, Origin::Unknown, at(0));
    assert_eq!(admission, Admission::Locked { until: at(15 * MINUTE) });
    assert!(admitted(policy.admit(&state, Origin::Unknown, at(15 * MINUTE)).1));
}

fn name(text: &str) -> LoginNameHash {
    LoginName::parse(text).unwrap().hash(&SecretBox::new(Box::new([7; 32])))
}

#[test]
fn l5_an_unknown_name_is_refused_at_the_same_attempts_as_an_account() {
    for policy in [LockoutPolicy::PASSWORD, LockoutPolicy::PASSWORD_BY_NETWORK] {
        let (mut known, unknown) = (Account::new(policy), UnknownNames::new(100));
        let networks = [1, 2, 3, 4].map(|host| ClientNetwork::from_address([192, 0, 2, host].into()));
        for n in 0..400_i64 {
            let place = usize::try_from(n % 7 % 3).unwrap();
            let column = if policy.scope == LockoutScope::Account { 0 } else { place };
            let expected = known.attempt(column, Origin::Unknown, n * 11 * SECOND);
            let found = unknown.admit(&policy, &name("nobody"), &networks[place], at(n * 11 * SECOND));
            assert_eq!(found, expected, "{policy:?} {n}");
        }
    }
}

#[test]
fn l5_names_are_counted_apart_and_their_number_is_bounded() {
    let (policy, unknown) = (LockoutPolicy::PASSWORD, UnknownNames::new(50));
    let network = ClientNetwork::from_address([192, 0, 2, 1].into());
    for n in 0..5 {
        assert!(admitted(unknown.admit(&policy, &name("one"), &network, at(n))));
    }
    assert!(!admitted(unknown.admit(&policy, &name("ONE"), &network, at(6))));
    assert!(admitted(unknown.admit(&policy, &name("two"), &network, at(7))));
    for n in 0..1_000 {
        assert!(admitted(unknown.admit(&policy, &name(&format!("name{n}")), &network, at(8 + n))));
    }
    assert_eq!(unknown.len(), 50);
}

#[test]
fn t3_codes_stop_at_twenty_in_a_row() {
    assert!(!grind(LockoutPolicy::SECOND_FACTOR, 20));
    assert!(grind(LockoutPolicy::SECOND_FACTOR, 19));
    assert!(without(Safeguard::HardStop, || grind(LockoutPolicy::SECOND_FACTOR, 20)));
}

#[test]
fn t3_five_codes_lock_and_the_fifth_says_that_the_pending_login_ends() {
    let mut account = Account::new(LockoutPolicy::SECOND_FACTOR);
    for n in 0..4 {
        assert_eq!(account.attempt(0, Origin::Known, n), Admission::Admitted { last: false });
    }
    assert_eq!(account.attempt(0, Origin::Known, 4), Admission::Admitted { last: true });
    assert!(matches!(account.attempt(0, Origin::Known, 5), Admission::Locked { .. }));
}
