//! Guessing passwords, and names.

use super::{MINUTE, PASSWORD, START, Ward, client, refused, settings};
use crate::auth::lockout::LockoutPolicy;
use crate::clock::Timestamp;
use crate::identity::{Finished, Settings};
use crate::red::{Safeguard, without};
use crate::schema::TenantId;
use core::time::Duration;

#[test]
fn a_right_password_gives_a_session_and_forgets_the_failures() {
    let mut ward = Ward::open();
    for _ in 0..4 {
        refused(ward.login("maria", "wrong"));
    }
    assert!(matches!(ward.login("MARIA", PASSWORD), Finished::Session(_)));
    for _ in 0..4 {
        refused(ward.login("maria", "wrong"));
    }
    assert!(matches!(ward.login("maria", PASSWORD), Finished::Session(_)), "the count began anew");
    assert_eq!((ward.noted("LOGIN_FAILED"), ward.noted("LOGIN_SUCCESS"), ward.noted("ACCOUNT_LOCKED")), (8, 2, 0));
}

#[test]
fn l1_attempts_beyond_the_limit_do_not_reach_the_hasher_however_many_have_begun() {
    let begun = |ward: &mut Ward| {
        let before = ward.hashes();
        let begin = |ward: &mut Ward| {
            let permit = ward.identity.permit().unwrap();
            ward.run(|unit, identity| identity.begin(unit, "maria", &client(1), permit)).unwrap()
        };
        // Both permits are in use at once: counting is not tied to one attempt after the other.
        for _ in 0..25 {
            let pair = [begin(ward), begin(ward)];
            for attempt in pair {
                let verified = attempt.verify("wrong".to_owned().into()).unwrap();
                refused(ward.run(|unit, identity| identity.finish(unit, verified, &client(1))).unwrap());
            }
        }
        ward.hashes() - before
    };
    assert_eq!(begun(&mut Ward::open()), 5);
    let mut ward = Ward::open();
    assert_eq!(without(Safeguard::CountBeforeHash, || begun(&mut ward)), 50);
}

#[test]
fn l4_a_lock_ends_on_time_and_the_right_password_waits_for_it() {
    let mut ward = Ward::open();
    for _ in 0..5 {
        refused(ward.login("maria", "wrong"));
    }
    assert_eq!(ward.noted("ACCOUNT_LOCKED"), 1);
    ward.pass(15 * MINUTE - 1);
    refused(ward.login("maria", PASSWORD));
    ward.pass(1);
    assert!(matches!(ward.login("maria", PASSWORD), Finished::Session(_)));
}

#[test]
fn l3_after_a_hundred_failures_in_a_row_only_an_unlock_helps() {
    let mut ward =
        Ward::with(Settings { lockout: LockoutPolicy { stop_at: 7, ..LockoutPolicy::PASSWORD }, ..settings() });
    for _ in 0..7 {
        refused(ward.login("maria", "wrong"));
        ward.pass(16 * MINUTE);
    }
    refused(ward.login("maria", PASSWORD));
    ward.pass(365 * 24 * 60 * MINUTE);
    refused(ward.login("maria", PASSWORD));
    let (admin, maria) = (ward.admin.clone(), ward.maria);
    ward.plain(|unit, identity| identity.unlock(unit, &admin, maria)).unwrap();
    assert!(matches!(ward.login("maria", PASSWORD), Finished::Session(_)));
    assert_eq!(ward.noted("ACCOUNT_UNLOCKED"), 1);
}

#[test]
fn p10_unknown_disabled_wrong_and_not_activated_cost_one_hash_and_are_answered_alike() {
    let mut ward = Ward::open();
    ward.hire("gone");
    ward.invite("new");
    let (admin, gone) = (ward.admin.clone(), ward.hire("left"));
    ward.plain(|unit, identity| identity.disable(unit, &admin, gone)).unwrap();
    let release = Timestamp::from_micros(START).after(Duration::from_millis(500));
    for (login, password) in [
        ("maria", "wrong"),
        ("nobody", PASSWORD),
        ("left", PASSWORD),
        ("new", PASSWORD),
        ("not a name", PASSWORD),
        ("maria", ""),
        ("", ""),
    ] {
        let before = ward.hashes();
        assert_eq!(refused(ward.login(login, password)).release, release, "{login}");
        assert_eq!(ward.hashes() - before, 1, "{login}");
    }
}

#[test]
fn l5_known_and_unknown_names_stop_reaching_the_hasher_at_the_same_attempt() {
    let mut ward = Ward::open();
    let reached = |ward: &mut Ward, login: &str| {
        (0..8)
            .map(|_| {
                let before = ward.hashes();
                refused(ward.login(login, "wrong"));
                ward.hashes() - before
            })
            .collect::<Vec<_>>()
    };
    assert_eq!(reached(&mut ward, "maria"), [1, 1, 1, 1, 1, 0, 0, 0]);
    assert_eq!(reached(&mut ward, "nobody"), [1, 1, 1, 1, 1, 0, 0, 0]);
}

#[test]
fn l6_one_network_fails_five_times_in_fifteen_minutes_whatever_the_names() {
    let mut ward = Ward::with(Settings::default());
    for name in 0..5 {
        refused(ward.login(&format!("name-{name}"), "wrong"));
    }
    let before = ward.hashes();
    refused(ward.login("maria", PASSWORD));
    assert_eq!(ward.hashes(), before);
    assert!(matches!(ward.login_from(&client(2), "maria", PASSWORD), Finished::Session(_)));
    ward.pass(15 * MINUTE);
    for _ in 0..6 {
        assert!(matches!(ward.login("maria", PASSWORD), Finished::Session(_)), "a success takes no place");
    }
}

#[test]
fn l2_a_stranger_does_not_lock_out_a_known_device() {
    let mut ward = Ward::with(Settings { lockout: LockoutPolicy::PASSWORD_BY_NETWORK, ..settings() });
    let device = ward.session().device;
    let cookie = secrecy::ExposeSecret::expose_secret(&device).to_owned();
    for attempt in 0..60 {
        refused(ward.login_from(&client(100 + attempt % 20), "maria", "wrong"));
    }
    refused(ward.login_from(&client(2), "maria", PASSWORD));
    let known = client(2).with_device(&cookie);
    assert!(matches!(ward.login_from(&known, "maria", PASSWORD), Finished::Session(_)));
}

#[test]
fn l2_a_network_from_which_the_user_signed_in_before_passes_the_delay() {
    let mut ward = Ward::with(Settings { lockout: LockoutPolicy::PASSWORD_BY_NETWORK, ..settings() });
    ward.session();
    for attempt in 0..60 {
        refused(ward.login_from(&client(100 + attempt % 20), "maria", "wrong"));
    }
    refused(ward.login_from(&client(2), "maria", PASSWORD));
    let bypass = |ward: &mut Ward| matches!(ward.login_from(&client(1), "maria", PASSWORD), Finished::Session(_));
    assert!(!without(Safeguard::KnownDevice, || bypass(&mut ward)));
    assert!(bypass(&mut ward));
}

#[test]
fn a_failure_stays_counted_when_the_host_rolls_its_unit_back() {
    let mut ward = Ward::open();
    for _ in 0..5 {
        let permit = ward.identity.permit().unwrap();
        let attempt = ward.run(|unit, identity| identity.begin(unit, "maria", &client(1), permit)).unwrap();
        let verified = attempt.verify("wrong".to_owned().into()).unwrap();
        let lost = ward.plain(|unit, identity| {
            let _ = identity.finish(unit, verified, &client(1))?;
            Err::<(), _>(crate::identity::IdentityError::NoSession)
        });
        assert!(lost.is_err());
    }
    refused(ward.login("maria", PASSWORD));
    assert_eq!(ward.noted("LOGIN_FAILED"), 6, "five failures that were rolled back, and the locked attempt");
}

#[test]
fn a_typed_name_is_in_no_entry() {
    let mut ward = Ward::open();
    refused(ward.login("hunter2-as-a-name", "wrong"));
    let log = ward.db.store().heads[&TenantId::DEPLOYMENT].log;
    let bodies = ward.db.store().entries.range((log, 0)..=(log, u64::MAX));
    let all = bodies.flat_map(|(_, (entry, _))| entry.body.clone()).collect::<Vec<_>>();
    assert!(all.windows(12).any(|part| part == b"LOGIN_FAILED"));
    assert!(!all.windows(7).any(|part| part == b"hunter2"));
}
