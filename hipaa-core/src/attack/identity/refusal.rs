//! A row that somebody altered refuses, and takes no counted failure with it; an administrator repairs what was altered.

use super::{MINUTE, OTHER, PASSWORD, SECOND, Ward, client, code_at, refused};
use crate::authority::{Authority, AuthorityKind};
use crate::identity::{FactorChange, Finished, IdentityError, PasswordOutcome, StepUp, Use};
use crate::outbox::Topic;
use crate::schema::RecordId;
use secrecy::ExposeSecret;

impl Ward {
    /// Flips a bit of what the only row of a kind holds, or takes it away; what it was.
    fn alter(&mut self, kind: AuthorityKind, takes: bool) -> crate::store::StoredAuthority {
        let maria = self.maria;
        let rows = &mut self.db.store().authority;
        let key = *rows.iter().find(|((k, _), row)| *k == kind && row.owner == maria).unwrap().0;
        let before = rows[&key].clone();
        if takes {
            rows.remove(&key);
        } else {
            rows.get_mut(&key).unwrap().mac[0] ^= 1;
        }
        before
    }

    fn failures(&mut self) -> Vec<u64> {
        let rows = self.db.store().authority.values();
        rows.filter(|row| row.kind == AuthorityKind::FailureCount).map(|row| row.version).collect()
    }

    fn replayed(&mut self) -> usize {
        let door = Authority::new(self.admin.clone());
        let found = self.db.write(|unit| door.replay(unit)).map_err(|error: crate::authority::AuthorityError| error);
        found.unwrap().into_inner().len()
    }
}

#[test]
fn t3_an_altered_factor_refuses_and_the_attempt_stays_counted() {
    for takes in [false, true] {
        let mut ward = Ward::open();
        let (_, seed) = ward.enrol();
        ward.pass(30 * SECOND);
        let pending = ward.pending();
        ward.alter(AuthorityKind::SecondFactor, takes);
        let before = ward.failures();
        let code = code_at(&seed, ward.clock.now());
        refused(ward.answer(&pending, &code));
        assert_ne!(ward.failures(), before, "the attempt was counted");
        assert!(ward.noted("INTEGRITY_FAILED") > 0);
    }
}

#[test]
fn t3_an_altered_count_of_codes_refuses_the_right_code() {
    for takes in [false, true] {
        let mut ward = Ward::open();
        let (_, seed) = ward.enrol();
        ward.pass(30 * SECOND);
        let pending = ward.pending();
        refused(ward.answer(&pending, "000000"));
        ward.alter(AuthorityKind::FailureCount, takes);
        let code = code_at(&seed, ward.clock.now());
        refused(ward.answer(&pending, &code));
        let (admin, maria) = (ward.admin.clone(), ward.maria);
        ward.plain(|unit, identity| identity.unlock(unit, &admin, maria)).unwrap();
        let pending = ward.pending();
        assert!(matches!(ward.answer(&pending, &code), Finished::Session(_)), "an unlock repairs the count");
        assert_eq!(ward.replayed(), 0);
    }
}

#[test]
fn an_altered_factor_refuses_step_up_change_confirmation_and_removal_with_the_count_kept() {
    let mut ward = Ward::open();
    let (session, seed) = ward.enrol();
    let active = ward.active(&session.token, Use::WORK).unwrap();
    ward.alter(AuthorityKind::SecondFactor, false);
    let permit = ward.identity.permit().unwrap();
    let again = ward.active(&session.token, Use::WORK).unwrap();
    let begun = ward.run(|unit, identity| identity.begin_step_up(unit, again, &client(1), permit)).unwrap();
    let verified = begun.verify(PASSWORD.to_owned().into()).unwrap();
    let code = code_at(&seed, ward.clock.now());
    let stepped = ward.run(|unit, identity| identity.finish_step_up(unit, verified, Some(&code), &client(1))).unwrap();
    assert!(matches!(stepped, StepUp::Refused(_)));
    assert_eq!(ward.failures().len(), 1, "the password attempt stays counted");
    let removed = ward.run(|unit, identity| identity.remove_totp(unit, &active, &code, &client(1))).unwrap();
    assert!(matches!(removed, FactorChange::Refused(_)));
    let confirmed = ward.run(|unit, identity| identity.confirm_totp(unit, &active, &code, &client(1))).unwrap();
    assert!(matches!(confirmed, FactorChange::Refused(_)));
    assert!(matches!(ward.change(&session.token, PASSWORD, OTHER), PasswordOutcome::Refused(_)));
    let token = ward.asked(1);
    let permit = ward.identity.permit().unwrap();
    let begun = ward.run(|unit, identity| identity.reset_password(unit, &token, &client(1), permit)).unwrap();
    let new = begun.judge(OTHER.to_owned().into(), &[]).unwrap();
    let set = ward.run(|unit, identity| identity.finish_password(unit, new)).unwrap();
    assert!(matches!(set, PasswordOutcome::Refused(_)));
}

#[test]
fn an_altered_user_has_no_session_and_no_reset() {
    let mut ward = Ward::open();
    let session = ward.session();
    let token = ward.asked(1);
    ward.alter(AuthorityKind::User, false);
    assert_eq!(ward.active(&session.token, Use::WORK).map(drop), Err(IdentityError::NoSession));
    ward.plain(|unit, identity| identity.log_out(unit, &session.token, &client(1))).unwrap();
    let permit = ward.identity.permit().unwrap();
    let begun = ward.run(|unit, identity| identity.reset_password(unit, &token, &client(1), permit)).unwrap();
    let new = begun.judge(OTHER.to_owned().into(), &[]).unwrap();
    let set = ward.run(|unit, identity| identity.finish_password(unit, new)).unwrap();
    assert!(matches!(set, PasswordOutcome::Refused(_)));
}

#[test]
fn an_administrator_takes_an_altered_factor_away_and_the_old_one_stays_denied() {
    for takes in [false, true] {
        let mut ward = Ward::open();
        let (session, _) = ward.enrol();
        ward.mail();
        let old = ward.alter(AuthorityKind::SecondFactor, takes);
        refused(ward.login("maria", PASSWORD));
        let (admin, maria) = (ward.admin.clone(), ward.maria);
        ward.plain(|unit, identity| identity.reset_second_factor(unit, &admin, maria)).unwrap();
        assert!(!ward.works(&session.token));
        assert!(ward.mail().iter().any(|notice| notice.is(Topic::FACTOR_REMOVED)));
        assert_eq!((ward.noted("ACCOUNT_REPAIRED"), ward.replayed()), (1, 0));
        assert!(matches!(ward.login("maria", PASSWORD), Finished::Session(_)));
        ward.db.store().authority.insert((AuthorityKind::SecondFactor, maria.into()), old);
        refused(ward.login("maria", PASSWORD));
        assert_eq!(ward.replayed(), 1);
    }
}

#[test]
fn an_altered_account_is_repaired_as_a_whole_and_what_is_whole_is_left_alone() {
    let mut ward = Ward::open();
    let (session, _) = ward.enrol();
    let active = ward.active(&session.token, Use::WORK).unwrap();
    ward.run(|unit, identity| identity.recovery_codes(unit, &active)).unwrap();
    let (admin, maria) = (ward.admin.clone(), ward.maria);
    let repair = |ward: &mut Ward| ward.plain(|unit, identity| identity.repair(unit, &admin, maria));
    assert_eq!(repair(&mut ward), Ok(vec![]));
    assert!(ward.works(&session.token), "nothing was altered");
    refused(ward.login("maria", "wrong"));
    for (kind, takes) in [
        (AuthorityKind::Credential, true),
        (AuthorityKind::SecondFactor, false),
        (AuthorityKind::FailureCount, true),
        (AuthorityKind::RecoveryCode, false),
    ] {
        ward.alter(kind, takes);
    }
    let mut repaired = repair(&mut ward).unwrap();
    repaired.sort_unstable();
    let expected = [
        AuthorityKind::Credential,
        AuthorityKind::SecondFactor,
        AuthorityKind::RecoveryCode,
        AuthorityKind::FailureCount,
    ];
    assert_eq!(repaired, expected);
    assert!(!ward.works(&session.token));
    let renewed = ward.run(|unit, identity| identity.renew_activation(unit, &admin, maria)).unwrap();
    assert!(matches!(ward.activate(&renewed.token, OTHER), PasswordOutcome::Set));
    assert!(matches!(ward.login("maria", OTHER), Finished::Session(_)));
    assert_eq!(ward.replayed(), 0);
    ward.alter(AuthorityKind::User, false);
    let lost = repair(&mut ward);
    assert_eq!(lost, Err(IdentityError::Authority(crate::authority::AuthorityError::Integrity)));
}

#[test]
fn only_what_fails_its_check_is_discarded() {
    use crate::audit::{Action, EventName};
    let mut ward = Ward::open();
    let door = Authority::new(ward.admin.clone());
    let (maria, event) = (ward.maria, door.event(EventName::ACCOUNT_REPAIRED, Action::Delete));
    let whole = (AuthorityKind::Credential, RecordId::from(maria));
    for (rows, error) in [
        (vec![whole], crate::authority::AuthorityError::Stale),
        (vec![], crate::authority::AuthorityError::TooMany),
        (vec![whole; 501], crate::authority::AuthorityError::TooMany),
    ] {
        let event = event.clone();
        let discarded = ward.db.write(|unit| door.discard(unit, event, &rows)).map(drop);
        assert_eq!(discarded, Err(error));
    }
    assert!(matches!(ward.login("maria", PASSWORD), Finished::Session(_)));
}

#[test]
fn l2_a_device_is_forgotten_with_any_change_of_the_account_and_ten_are_known_at_most() {
    let mut ward = Ward::open();
    let first = ward.session();
    let cookie = first.device.expose_secret().to_owned();
    let devices = |ward: &mut Ward| {
        ward.db.store().authority.keys().filter(|(kind, _)| *kind == AuthorityKind::KnownDevice).count()
    };
    let told = |ward: &mut Ward| ward.mail().iter().filter(|notice| notice.is(Topic::NEW_DEVICE)).count();
    assert_eq!((devices(&mut ward), told(&mut ward)), (1, 1));
    let known = client(7).with_device(&cookie);
    let Finished::Session(again) = ward.login_from(&known, "maria", PASSWORD) else { panic!("no session") };
    assert_eq!(again.device.expose_secret(), cookie, "the same device keeps its cookie");
    assert_eq!((devices(&mut ward), told(&mut ward)), (1, 0));
    assert!(matches!(ward.change(&again.token, PASSWORD, OTHER), PasswordOutcome::Changed(_)));
    assert!(matches!(ward.login_from(&known, "maria", OTHER), Finished::Session(_)));
    assert_eq!(told(&mut ward), 1, "the old cookie is a stranger's now");
    for _ in 0..12 {
        ward.pass(MINUTE);
        assert!(matches!(ward.login("maria", OTHER), Finished::Session(_)));
    }
    assert_eq!(devices(&mut ward), crate::identity::MAX_DEVICES);
}

#[test]
fn l2_a_cookie_without_its_row_and_a_row_that_a_thief_puts_in_make_no_device_known() {
    let mut ward = Ward::open();
    let cookie = ward.session().device.expose_secret().to_owned();
    let forged = ward.alter(AuthorityKind::KnownDevice, true);
    ward.mail();
    assert!(matches!(ward.login_from(&client(1).with_device(&cookie), "maria", PASSWORD), Finished::Session(_)));
    assert_eq!(ward.mail().iter().filter(|notice| notice.is(Topic::NEW_DEVICE)).count(), 1);
    assert!(ward.noted("INTEGRITY_FAILED") > 0);
    let mut moved = forged;
    moved.id = RecordId::from_slice(&[3; 16]).unwrap();
    ward.db.store().authority.insert((AuthorityKind::KnownDevice, moved.id), moved);
    assert!(matches!(ward.login("maria", PASSWORD), Finished::Session(_)), "a planted row keeps nobody out");
}
