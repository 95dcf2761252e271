//! One-time codes, recovery codes, and what is between password and code.

use super::{MINUTE, OTHER, PASSWORD, SECOND, Ward, client, code_at, refused};
use crate::auth::token::SessionToken;
use crate::identity::{FactorChange, Finished, IdentityError, PasswordOutcome, StepUp, Use};
use crate::red::{Safeguard, without};
use secrecy::ExposeSecret;

#[test]
fn t2_a_code_works_once_and_the_one_that_enrolled_not_at_all() {
    let replayed = |ward: &mut Ward| {
        let (_, seed) = ward.enrol();
        let code = code_at(&seed, ward.clock.now());
        let pending = ward.pending();
        let again = matches!(ward.answer(&pending, &code), Finished::Session(_));
        ward.pass(30 * SECOND);
        let code = code_at(&seed, ward.clock.now());
        let (first, second) = (ward.pending(), ward.pending());
        assert!(matches!(ward.answer(&first, &code), Finished::Session(_)));
        (again, matches!(ward.answer(&second, &code), Finished::Session(_)))
    };
    assert_eq!(replayed(&mut Ward::open()), (false, false));
    let mut ward = Ward::open();
    assert_eq!(without(Safeguard::ReplayGuard, || replayed(&mut ward)), (true, true));
}

#[test]
fn s8_a_pending_login_is_no_session() {
    let mut ward = Ward::open();
    let (_, seed) = ward.enrol();
    let pending = ward.pending();
    let disguised = SessionToken::parse(pending.token.text().expose_secret()).unwrap();
    assert!(!ward.works(&disguised));
    ward.pass(5 * MINUTE);
    let code = code_at(&seed, ward.clock.now());
    refused(ward.answer(&pending, &code));
}

#[test]
fn t3_wrong_codes_count_apart_and_end_the_pending_login_with_the_lock() {
    let mut ward = Ward::open();
    let (_, seed) = ward.enrol();
    ward.pass(MINUTE);
    let pending = ward.pending();
    for _ in 0..5 {
        refused(ward.answer(&pending, "000000"));
    }
    assert_eq!(ward.noted("ACCOUNT_LOCKED"), 1);
    let next = ward.pending();
    ward.pass(16 * MINUTE);
    let code = code_at(&seed, ward.clock.now());
    refused(ward.answer(&pending, &code));
    refused(ward.answer(&next, &code));
    let fresh = ward.pending();
    assert!(
        matches!(ward.answer(&fresh, &code), Finished::Session(_)),
        "the password was not locked, the lock is over"
    );
}

#[test]
fn l6_a_challenge_takes_five_codes_and_a_network_ten_whatever_the_accounts() {
    let forgiving = crate::auth::lockout::LockoutPolicy {
        failures: 1000,
        stop_at: 1000,
        ..crate::auth::lockout::LockoutPolicy::SECOND_FACTOR
    };
    let mut ward = Ward::with(crate::identity::Settings { second_factor: forgiving, ..super::settings() });
    let (_, seed) = ward.enrol();
    ward.pass(MINUTE);
    let pending = ward.pending();
    for n in 0..5 {
        let from = client(100 + n);
        let guess = ward.run(|unit, identity| identity.second_factor(unit, &pending.token, "000000", &from));
        refused(guess.unwrap());
    }
    let code = code_at(&seed, ward.clock.now());
    let late = ward.run(|unit, identity| identity.second_factor(unit, &pending.token, &code, &client(200)));
    refused(late.unwrap());
    for _ in 0..10 {
        let pending = ward.pending();
        refused(ward.answer(&pending, "000000"));
    }
    let pending = ward.pending();
    refused(ward.answer(&pending, &code));
    let elsewhere = ward.run(|unit, identity| identity.second_factor(unit, &pending.token, &code, &client(2)));
    assert!(matches!(elsewhere, Ok(Finished::Session(_))), "the network was full, not the account");
    ward.pass(15 * MINUTE);
    let (pending, code) = (ward.pending(), code_at(&seed, ward.clock.now()));
    assert!(matches!(ward.answer(&pending, &code), Finished::Session(_)));
}

#[test]
fn t5_a_factor_needs_a_step_up_a_first_code_and_no_other_factor() {
    let mut ward = Ward::open();
    let session = ward.session();
    let active = ward.active(&session.token, Use::WORK).unwrap();
    let seed = ward.run(|unit, identity| identity.enrol_totp(unit, &active)).unwrap();
    assert!(matches!(ward.login("maria", PASSWORD), Finished::Session(_)), "no factor before its first code");
    let wrong = ward.run(|unit, identity| identity.confirm_totp(unit, &active, "000000", &client(1))).unwrap();
    assert!(matches!(wrong, FactorChange::Refused(_)));
    ward.pass(4 * MINUTE);
    let code = code_at(&seed, ward.clock.now());
    let done = ward.run(|unit, identity| identity.confirm_totp(unit, &active, &code, &client(1))).unwrap();
    let FactorChange::Done(session) = done else { panic!("refused") };
    let active = ward.active(&session.token, Use::WORK).unwrap();
    let again = ward.run(|unit, identity| identity.enrol_totp(unit, &active));
    assert_eq!(again.map(drop), Err(IdentityError::Enrolled));
}

#[test]
fn t6_a_recovery_code_works_once_and_a_new_set_voids_the_old() {
    let mut ward = Ward::open();
    let (session, _) = ward.enrol();
    let active = ward.active(&session.token, Use::WORK).unwrap();
    let old = ward.run(|unit, identity| identity.recovery_codes(unit, &active)).unwrap();
    let codes = ward.run(|unit, identity| identity.recovery_codes(unit, &active)).unwrap();
    let text = |code: &crate::auth::recovery::RecoveryCode| code.text().expose_secret().to_owned();
    let pending = ward.pending();
    refused(ward.answer(&pending, &text(&old[0])));
    assert!(matches!(ward.answer(&pending, &text(&codes[0]).to_lowercase()), Finished::Session(_)));
    let pending = ward.pending();
    refused(ward.answer(&pending, &text(&codes[0])));
    assert!(matches!(ward.answer(&pending, &text(&codes[1])), Finished::Session(_)));
    assert_eq!(ward.plain(|unit, identity| identity.recovery_codes_left(unit, &active)), Ok(8));
    assert_eq!(ward.noted("RECOVERY_CODE_USED"), 2);
}

#[test]
fn t7_a_reset_leaves_the_second_factor_in_force() {
    let mut ward = Ward::open();
    ward.enrol();
    let token = ward.asked(1);
    let permit = ward.identity.permit().unwrap();
    let begun = ward.run(|unit, identity| identity.reset_password(unit, &token, &client(1), permit)).unwrap();
    let new = begun.judge(OTHER.to_owned().into(), &[]).unwrap();
    let set = ward.run(|unit, identity| identity.finish_password(unit, new)).unwrap();
    assert!(matches!(set, PasswordOutcome::Set));
    assert!(matches!(ward.login("maria", OTHER), Finished::SecondFactor(_)));
}

#[test]
fn a_factor_is_removed_against_a_current_code_or_by_an_administrator() {
    let mut ward = Ward::open();
    let (session, seed) = ward.enrol();
    let active = ward.active(&session.token, Use::WORK).unwrap();
    let used = code_at(&seed, ward.clock.now());
    let refused = ward.run(|unit, identity| identity.remove_totp(unit, &active, &used, &client(1))).unwrap();
    assert!(matches!(refused, FactorChange::Refused(_)), "the code that enrolled is used up");
    ward.pass(30 * SECOND);
    let code = code_at(&seed, ward.clock.now());
    let done = ward.run(|unit, identity| identity.remove_totp(unit, &active, &code, &client(1))).unwrap();
    assert!(matches!(done, FactorChange::Done(_)));
    let (session, _) = ward.enrol();
    let (admin, maria) = (ward.admin.clone(), ward.maria);
    ward.plain(|unit, identity| identity.reset_second_factor(unit, &admin, maria)).unwrap();
    assert!(!ward.works(&session.token));
    assert!(matches!(ward.login("maria", PASSWORD), Finished::Session(_)));
    assert_eq!(ward.noted("LOGIN_TOTP_REMOVED"), 2);
}

#[test]
fn p11_who_has_a_second_factor_changes_the_password_only_within_minutes_of_a_code() {
    let mut ward = Ward::open();
    let (session, seed) = ward.enrol();
    ward.pass(6 * MINUTE);
    let active = ward.active(&session.token, Use::CHANGE_PASSWORD).unwrap();
    let permit = ward.identity.permit().unwrap();
    let begun = ward.run(|unit, identity| identity.change_password(unit, active, &client(1), permit));
    assert_eq!(begun.map(drop), Err(IdentityError::StepUpNeeded));
    let step_up = |ward: &mut Ward, code: Option<&str>| {
        let active = ward.active(&session.token, Use::WORK).unwrap();
        let permit = ward.identity.permit().unwrap();
        let begun = ward.run(|unit, identity| identity.begin_step_up(unit, active, &client(1), permit)).unwrap();
        let verified = begun.verify(PASSWORD.to_owned().into()).unwrap();
        ward.run(|unit, identity| identity.finish_step_up(unit, verified, code, &client(1))).unwrap()
    };
    assert!(matches!(step_up(&mut ward, None), StepUp::Refused(_)), "the password alone is half of it");
    let code = code_at(&seed, ward.clock.now());
    let StepUp::Done(session) = step_up(&mut ward, Some(&code)) else { panic!("refused") };
    let active = ward.active(&session.token, Use::CHANGE_PASSWORD).unwrap();
    let permit = ward.identity.permit().unwrap();
    assert!(ward.run(|unit, identity| identity.change_password(unit, active, &client(1), permit)).is_ok());
}
