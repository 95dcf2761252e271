//! The same attacks on the flow, once with and once without the one safeguard that stops them.

use super::{MINUTE, OTHER, PASSWORD, SECOND, Ward, client, code_at, settings};
use crate::auth::lockout::LockoutPolicy;
use crate::auth::password::PasswordHash;
use crate::authority::user::NewUser;
use crate::identity::{Finished, PasswordOutcome, Settings, Use};
use crate::red::{Safeguard, without};

fn entered(finished: &Finished) -> bool {
    !matches!(finished, Finished::Refused(_))
}

/// The attack fails; without the safeguard it succeeds.
fn stopped_by(safeguard: Safeguard, attack: impl Fn(&mut Ward) -> bool) {
    let mut ward = Ward::open();
    assert!(!attack(&mut ward));
    let mut ward = Ward::open();
    assert!(without(safeguard, || attack(&mut ward)), "{safeguard:?} stops nothing");
}

#[test]
fn s2_a_poll_keeps_a_session_alive_only_without_the_distinction() {
    // Without the rows' own expiry the rule alone decides.
    stopped_by(Safeguard::PassiveRequests, |ward| {
        let session = ward.session();
        for _ in 0..32 {
            ward.pass(30 * SECOND);
            if ward.active(&session.token, Use::POLL).is_err() {
                return false;
            }
        }
        true
    });
}

#[test]
fn s6_a_sixth_session_leaves_the_first_only_without_the_cap() {
    stopped_by(Safeguard::SessionCap, |ward| {
        let first = ward.session();
        for _ in 0..5 {
            ward.pass(SECOND);
            ward.session();
        }
        ward.works(&first.token)
    });
}

#[test]
fn p11_a_hijacked_session_enrols_a_phone_only_without_the_step_up() {
    stopped_by(Safeguard::StepUp, |ward| {
        let session = ward.session();
        ward.pass(6 * MINUTE);
        let active = ward.active(&session.token, Use::WORK).unwrap();
        let Ok(seed) = ward.run(|unit, identity| identity.enrol_totp(unit, &active)) else { return false };
        let code = code_at(&seed, ward.clock.now());
        ward.run(|unit, identity| identity.confirm_totp(unit, &active, &code, &client(1))).is_ok()
    });
}

#[test]
fn p3_an_old_password_returns_only_without_the_history() {
    stopped_by(Safeguard::PasswordHistory, |ward| {
        let session = ward.session();
        let PasswordOutcome::Changed(session) = ward.change(&session.token, PASSWORD, OTHER) else { return false };
        matches!(ward.change(&session.token, OTHER, PASSWORD), PasswordOutcome::Changed(_))
    });
}

#[test]
fn p4_the_first_password_stays_in_use_only_without_the_forced_change() {
    stopped_by(Safeguard::MustChange, |ward| {
        let permit = ward.identity.permit().unwrap();
        let random = crate::entropy::generate_from_system().unwrap();
        let hash = PasswordHash::decoy(&random, &ward.identity.settings().hash, &permit).unwrap();
        drop(permit);
        let new = NewUser { login: "dana", display_name: "Dana", role: "R", must_change: true };
        let admin = ward.admin.clone();
        ward.plain(|unit, identity| identity.import_user(unit, &admin, new, &hash)).unwrap();
        let Finished::Session(session) = ward.login("dana", &hex::encode(random.as_slice())) else { return false };
        ward.active(&session.token, Use::WORK).is_ok()
    });
}

#[test]
fn l3_a_slow_grind_goes_on_only_without_the_stop() {
    let grind = |ward: &mut Ward| {
        for _ in 0..7 {
            let _ = ward.login("maria", "wrong");
            ward.pass(16 * MINUTE);
        }
        entered(&ward.login("maria", PASSWORD))
    };
    let policy = LockoutPolicy { stop_at: 7, ..LockoutPolicy::PASSWORD };
    let ward = || Ward::with(Settings { lockout: policy, ..settings() });
    assert!(!grind(&mut ward()));
    let mut open = ward();
    assert!(without(Safeguard::HardStop, || grind(&mut open)));
}

#[test]
fn l4_a_lock_is_held_shut_only_without_a_fixed_end() {
    let held_shut = |ward: &mut Ward| {
        for _ in 0..5 {
            let _ = ward.login("maria", "wrong");
        }
        ward.pass(14 * MINUTE);
        let _ = ward.login("maria", "wrong");
        ward.pass(MINUTE);
        !entered(&ward.login("maria", PASSWORD))
    };
    stopped_by(Safeguard::FixedLock, held_shut);
}

#[test]
fn l3_attempt_101_is_refused_although_the_password_is_right() {
    let mut ward = Ward::open();
    // As fast as the lock lets: five at a time, from one day to the next.
    for round in 0..20 {
        for _ in 0..5 {
            assert!(!entered(&ward.login("maria", "wrong")), "{round}");
        }
        ward.pass(16 * MINUTE);
    }
    let before = ward.hashes();
    assert!(!entered(&ward.login("maria", PASSWORD)));
    assert_eq!(ward.hashes(), before, "it does not even reach the hasher");
    let (admin, maria) = (ward.admin.clone(), ward.maria);
    ward.plain(|unit, identity| identity.unlock(unit, &admin, maria)).unwrap();
    assert!(entered(&ward.login("maria", PASSWORD)));
}
