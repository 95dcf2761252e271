//! Sessions, passwords and users.

use super::{MINUTE, OTHER, PASSWORD, SECOND, Ward, client, refused};
use crate::auth::policy::BrokenRule;
use crate::auth::session::SessionRights;
use crate::auth::token::{ResetToken, Token};
use crate::authority::AuthorityKind;
use crate::authority::user::{NewUser, UserError};
use crate::identity::{Finished, IdentityError, PasswordOutcome, StepUp, Use};

#[test]
fn a1_a_login_name_that_looks_the_same_is_taken() {
    let mut ward = Ward::open();
    let admin = ward.admin.clone();
    for twin in ["Maria", "ｍａｒｉａ"] {
        let new = NewUser { login: twin, display_name: "M", role: "R", must_change: false };
        let made = ward.run(|unit, identity| identity.create_user(unit, &admin, new));
        assert_eq!(made.map(drop), Err(IdentityError::User(UserError::LoginTaken)));
    }
}

#[test]
fn s1_s2_a_session_ends_when_idle_although_a_page_polls() {
    let mut ward = Ward::open();
    let session = ward.session();
    for _ in 0..29 {
        ward.pass(30 * SECOND);
        ward.active(&session.token, Use::POLL).unwrap();
    }
    ward.pass(30 * SECOND - 1);
    ward.active(&session.token, Use::POLL).unwrap();
    ward.pass(1);
    assert_eq!(ward.active(&session.token, Use::POLL).map(drop), Err(IdentityError::NoSession));
}

#[test]
fn s1_activity_renews_a_session_up_to_its_absolute_end() {
    let mut ward = Ward::open();
    let session = ward.session();
    for _ in 0..(12 * 6 - 1) {
        ward.pass(10 * MINUTE);
        assert!(ward.works(&session.token));
    }
    ward.pass(10 * MINUTE - 1);
    assert!(ward.works(&session.token));
    ward.pass(1);
    assert!(!ward.works(&session.token));
}

#[test]
fn s5_a_password_change_ends_every_other_session_and_gives_this_one_another_token() {
    let mut ward = Ward::open();
    let (mine, other) = (ward.session(), ward.session());
    let PasswordOutcome::Changed(new) = ward.change(&mine.token, PASSWORD, OTHER) else { panic!("not changed") };
    assert!(!ward.works(&other.token) && !ward.works(&mine.token));
    assert!(ward.works(&new.token));
    let rows = ward.db.store().authority.keys().filter(|(kind, _)| *kind == AuthorityKind::Session).count();
    assert_eq!(rows, 1, "no row of an ended session is left");
    refused(ward.login("maria", PASSWORD));
    assert!(matches!(ward.login("maria", OTHER), Finished::Session(_)));
}

#[test]
fn s5_a_user_lists_and_ends_sessions_and_logs_out() {
    let mut ward = Ward::open();
    let (mine, other, third) = (ward.session(), ward.session(), ward.session());
    let active = ward.active(&mine.token, Use::WORK).unwrap();
    let listed = ward.plain(|unit, identity| identity.sessions(unit, &active)).unwrap();
    assert_eq!((listed.len(), listed.iter().filter(|info| info.current).count()), (3, 1));
    ward.plain(|unit, identity| identity.end_session(unit, &active, other.id)).unwrap();
    assert!(!ward.works(&other.token) && ward.works(&third.token));
    ward.plain(|unit, identity| identity.end_others(unit, &active)).unwrap();
    assert!(!ward.works(&third.token) && ward.works(&mine.token));
    ward.plain(|unit, identity| identity.log_out(unit, &mine.token, &client(1))).unwrap();
    assert!(!ward.works(&mine.token));
    assert_eq!((ward.noted("SESSION_ENDED"), ward.noted("LOGOUT")), (2, 1));
}

#[test]
fn s6_a_sixth_session_ends_the_first() {
    let mut ward = Ward::open();
    let sessions = (0..6)
        .map(|_| {
            ward.pass(SECOND);
            ward.session()
        })
        .collect::<Vec<_>>();
    let live = sessions.iter().map(|session| ward.works(&session.token)).collect::<Vec<_>>();
    assert_eq!(live, [false, true, true, true, true, true]);
    assert_eq!(ward.noted("SESSION_ENDED"), 1);
}

#[test]
fn s4_a_step_up_gives_another_token_and_needs_the_password() {
    let mut ward = Ward::open();
    let session = ward.session();
    ward.pass(6 * MINUTE);
    let active = ward.active(&session.token, Use::WORK).unwrap();
    let enrolled = ward.run(|unit, identity| identity.enrol_totp(unit, &active));
    assert_eq!(enrolled.map(drop), Err(IdentityError::StepUpNeeded));
    let mut step_up = |password: &str| {
        let (permit, active) = (ward.identity.permit().unwrap(), ward.active(&session.token, Use::WORK).unwrap());
        let begun = ward.run(|unit, identity| identity.begin_step_up(unit, active, &client(1), permit)).unwrap();
        let verified = begun.verify(password.to_owned().into()).unwrap();
        ward.run(|unit, identity| identity.finish_step_up(unit, verified, None, &client(1))).unwrap()
    };
    assert!(matches!(step_up("wrong"), StepUp::Refused(_)));
    let StepUp::Done(new) = step_up(PASSWORD) else { panic!("refused") };
    assert!(!ward.works(&session.token));
    let active = ward.active(&new.token, Use::WORK).unwrap();
    assert!(ward.run(|unit, identity| identity.enrol_totp(unit, &active)).is_ok());
}

#[test]
fn p4_an_administrator_chooses_no_password_and_a_token_works_once_within_a_day() {
    let mut ward = Ward::open();
    let invited = ward.invite("ben");
    refused(ward.login("ben", PASSWORD));
    assert!(matches!(ward.activate(&invited.token, "short"), PasswordOutcome::Rejected(_)));
    assert!(matches!(ward.activate(&invited.token, PASSWORD), PasswordOutcome::Set));
    assert!(matches!(ward.activate(&invited.token, OTHER), PasswordOutcome::Refused(_)));
    assert!(matches!(ward.login("ben", PASSWORD), Finished::Session(_)));
    let late = ward.invite("cleo");
    ward.pass(24 * 60 * MINUTE);
    assert!(matches!(ward.activate(&late.token, PASSWORD), PasswordOutcome::Refused(_)));
}

#[test]
fn p4_a_session_that_must_change_the_password_does_nothing_else() {
    let mut ward = Ward::open();
    let admin = ward.admin.clone();
    let hash = {
        let permit = ward.identity.permit().unwrap();
        let random = crate::entropy::generate_from_system().unwrap();
        let made = crate::auth::password::PasswordHash::decoy(&random, &ward.identity.settings().hash, &permit);
        (made.unwrap(), hex::encode(random.as_slice()))
    };
    let new = NewUser { login: "dana", display_name: "Dana", role: "R", must_change: true };
    ward.plain(|unit, identity| identity.import_user(unit, &admin, new, &hash.0)).unwrap();
    let Finished::Session(session) = ward.login("dana", &hash.1) else { panic!("no session") };
    assert_eq!(session.rights, SessionRights::MustChange);
    assert_eq!(ward.active(&session.token, Use::WORK).map(drop), Err(IdentityError::MustChange));
    let PasswordOutcome::Changed(full) = ward.change(&session.token, &hash.1, PASSWORD) else { panic!("unchanged") };
    assert_eq!(full.rights, SessionRights::Full);
    assert!(ward.works(&full.token));
    let Finished::Session(next) = ward.login("dana", PASSWORD) else { panic!("no session") };
    assert_eq!(next.rights, SessionRights::Full);
}

#[test]
fn p3_the_last_passwords_do_not_return_and_a_refused_one_counts_no_failure() {
    let mut ward = Ward::open();
    let mut token = ward.session().token;
    let nth = |n: u32| format!("Tidal-Marsh {n}4{n} heron");
    let mut current = PASSWORD.to_owned();
    for n in 1..=6 {
        let rules = ward.change(&token, &current, PASSWORD);
        let expected = if n <= 6 { vec![BrokenRule::Reused] } else { Vec::new() };
        assert!(matches!(rules, PasswordOutcome::Rejected(rules) if rules == expected), "{n}");
        let PasswordOutcome::Changed(session) = ward.change(&token, &current, &nth(n)) else { panic!("{n}") };
        (token, current) = (session.token, nth(n));
    }
    assert!(matches!(ward.change(&token, &current, PASSWORD), PasswordOutcome::Changed(_)), "six changes ago");
}

#[test]
fn a_wrong_current_password_counts_as_a_guess() {
    let mut ward = Ward::open();
    let session = ward.session();
    for _ in 0..5 {
        assert!(matches!(ward.change(&session.token, "wrong", OTHER), PasswordOutcome::Refused(_)));
    }
    assert!(matches!(ward.change(&session.token, PASSWORD, OTHER), PasswordOutcome::Refused(_)));
    refused(ward.login("maria", PASSWORD));
}

#[test]
fn a5_a_disabled_user_is_out_with_the_commit() {
    let mut ward = Ward::open();
    let session = ward.session();
    let (admin, maria) = (ward.admin.clone(), ward.maria);
    ward.plain(|unit, identity| identity.disable(unit, &admin, maria)).unwrap();
    assert!(!ward.works(&session.token));
    let bound = ward.db.store().authority.values().filter(|row| row.kind.is_bound() && row.owner == maria).count();
    assert_eq!(bound, 0);
    refused(ward.login("maria", PASSWORD));
}

fn reset(ward: &mut Ward, token: &ResetToken, password: &str) -> PasswordOutcome {
    let permit = ward.identity.permit().unwrap();
    let begun = ward.run(|unit, identity| identity.reset_password(unit, token, &client(1), permit)).unwrap();
    let new = begun.judge(password.to_owned().into(), &[]).unwrap();
    ward.run(|unit, identity| identity.finish_password(unit, new)).unwrap()
}

#[test]
fn r1_a_reset_works_once_ends_all_sessions_and_logs_nobody_in() {
    let mut ward = Ward::open();
    let session = ward.session();
    let token = ward.asked(1);
    assert!(matches!(reset(&mut ward, &token, OTHER), PasswordOutcome::Set));
    assert!(!ward.works(&session.token));
    assert!(matches!(reset(&mut ward, &token, PASSWORD), PasswordOutcome::Refused(_)), "used");
    assert!(matches!(ward.login("maria", OTHER), Finished::Session(_)));
}

#[test]
fn r1_a_reset_token_is_void_after_half_an_hour_another_request_or_a_change() {
    let mut ward = Ward::open();
    let late = ward.asked(1);
    ward.pass(30 * MINUTE);
    assert!(matches!(reset(&mut ward, &late, OTHER), PasswordOutcome::Refused(_)), "late");
    let (first, second) = (ward.asked(2), ward.asked(3));
    assert!(matches!(reset(&mut ward, &first, OTHER), PasswordOutcome::Refused(_)), "replaced");
    let session = ward.session();
    assert!(matches!(ward.change(&session.token, PASSWORD, OTHER), PasswordOutcome::Changed(_)));
    assert!(matches!(reset(&mut ward, &second, PASSWORD), PasswordOutcome::Refused(_)), "the password has changed");
    let forged = Token::new(&crate::entropy::generate_from_system().unwrap());
    assert!(matches!(reset(&mut ward, &forged, PASSWORD), PasswordOutcome::Refused(_)), "made up");
}

#[test]
fn r1_a_token_that_was_judged_before_a_change_is_void_after_it() {
    let mut ward = Ward::open();
    let token = ward.asked(1);
    let permit = ward.identity.permit().unwrap();
    let begun = ward.run(|unit, identity| identity.reset_password(unit, &token, &client(1), permit)).unwrap();
    let new = begun.judge(OTHER.to_owned().into(), &[]).unwrap();
    let session = ward.session();
    let third = "Velvet,Orchard 63 plinth";
    assert!(matches!(ward.change(&session.token, PASSWORD, third), PasswordOutcome::Changed(_)));
    let late = ward.run(|unit, identity| identity.finish_password(unit, new)).unwrap();
    assert!(matches!(late, PasswordOutcome::Refused(_)));
    assert!(matches!(ward.login("maria", third), Finished::Session(_)));
}

#[test]
fn r2_a_request_for_an_unknown_name_is_limited_as_that_for_a_known_one() {
    let mut ward = Ward::open();
    let mut answers = |login: &str, first: u8| {
        (0..4)
            .map(|n| {
                let asked = ward.plain(|unit, identity| identity.request_reset(unit, login, &client(first + n)));
                asked.is_ok()
            })
            .collect::<Vec<_>>()
    };
    assert_eq!(answers("maria", 1), [true, true, true, false]);
    assert_eq!(answers("nobody", 10), [true, true, true, false]);
    ward.mail();
    let known = ward.plain(|unit, identity| identity.request_reset(unit, "MARIA", &client(40)));
    assert!(matches!(known, Err(IdentityError::TooMany(_))), "the name counts, not how it was typed");
    ward.plain(|unit, identity| identity.request_reset(unit, "other", &client(41))).unwrap();
    assert!(ward.mail().is_empty(), "there is nothing to send");
    let denied = ward.entries(crate::schema::TenantId::DEPLOYMENT);
    assert_eq!(denied.iter().filter(|name| *name == "PASSWORD_RESET_REQUESTED").count(), 7);
}

#[test]
fn r1_a_reset_does_not_unlock() {
    let mut ward = Ward::open();
    for _ in 0..5 {
        refused(ward.login("maria", "wrong"));
    }
    let token = ward.asked(1);
    assert!(matches!(reset(&mut ward, &token, OTHER), PasswordOutcome::Set));
    refused(ward.login("maria", OTHER));
    ward.pass(15 * MINUTE);
    assert!(matches!(ward.login("maria", OTHER), Finished::Session(_)));
}
