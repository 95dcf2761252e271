//! Rows S1 to S6, S8 and P4.

use super::*;
use crate::auth::token::{PendingToken, Token};
use crate::red::without;
use zeroize::Zeroizing;

const SECOND: i64 = 1_000_000;
const MINUTE: i64 = 60 * SECOND;
const HOUR: i64 = 60 * MINUTE;
const POLICY: SessionPolicy = SessionPolicy::DEFAULT;

fn at(micros: i64) -> Timestamp {
    Timestamp::from_micros(1_800_000_000 * SECOND + micros)
}

fn token(seed: u8) -> SessionToken {
    Token::new(&Zeroizing::new([seed; 32]))
}

fn session() -> Session {
    Session::begin(&token(1), SessionRights::Full, 1, at(0))
}

/// Requests every `step` from the login on; the time and reason of the first refusal.
fn ended(request: Request, step: i64, until: i64) -> Option<(i64, SessionEnd)> {
    let mut session = session();
    (1..=until / step).find_map(|n| match POLICY.check(&session, 1, request, at(n * step)) {
        Ok(next) => {
            session = next;
            None
        }
        Err(end) => Some((n * step, end)),
    })
}

#[test]
fn s1_a_session_ends_after_fifteen_idle_minutes() {
    let idle = |micros| POLICY.check(&session(), 1, Request::Active, at(micros)).map(|_| ());
    assert_eq!(idle(15 * MINUTE - SECOND), Ok(()));
    assert_eq!(idle(15 * MINUTE), Err(SessionEnd::Idle));
    assert_eq!(without(Safeguard::SessionEnd, || idle(HOUR)), Ok(()));
}

#[test]
fn s1_steady_activity_ends_after_twelve_hours() {
    assert_eq!(ended(Request::Active, MINUTE, 13 * HOUR), Some((12 * HOUR, SessionEnd::Absolute)));
    assert_eq!(without(Safeguard::SessionEnd, || ended(Request::Active, MINUTE, 13 * HOUR)), None);
}

#[test]
fn s1_no_event_prolongs_a_session_beyond_its_end() {
    for event in [RotationEvent::StepUp, RotationEvent::RoleChange, RotationEvent::PasswordChange] {
        let rotated = session().rotate(event, &token(2), 1, at(12 * HOUR - MINUTE));
        assert_eq!(POLICY.check(&rotated, 1, Request::Active, at(12 * HOUR)), Err(SessionEnd::Absolute));
    }
}

#[test]
fn s1_a_session_from_the_future_is_refused() {
    let back = |micros: i64| POLICY.check(&session(), 1, Request::Active, at(-micros)).map(|s| s.renewed);
    assert_eq!(back(SECOND), Ok(at(0)), "a small step is no reason");
    assert_eq!(back(HOUR), Err(SessionEnd::Clock));
    let inverted = Session { created: at(MINUTE), ..session() };
    assert_eq!(POLICY.check(&inverted, 1, Request::Active, at(MINUTE)), Err(SessionEnd::Clock));
}

#[test]
fn s2_polling_does_not_keep_a_session_alive() {
    let poll = || ended(Request::Passive, 30 * SECOND, 16 * MINUTE);
    assert_eq!(poll(), Some((15 * MINUTE, SessionEnd::Idle)));
    assert_eq!(without(Safeguard::PassiveRequests, poll), None);
}

#[test]
fn s4_a_planted_token_does_not_survive_any_of_the_five_events() {
    let planted = |event| session().rotate(event, &token(2), 1, at(MINUTE)).digest == token(1).digest();
    for event in [
        RotationEvent::Login,
        RotationEvent::SecondFactor,
        RotationEvent::StepUp,
        RotationEvent::RoleChange,
        RotationEvent::PasswordChange,
    ] {
        assert!(!planted(event), "{event:?}");
        assert!(without(Safeguard::SessionRotation, || planted(event)), "{event:?}");
    }
}

fn after_logins(count: u8) -> Vec<Session> {
    let mut live: Vec<Session> = Vec::new();
    for n in 0..count {
        let ended = POLICY.surplus(&live);
        live.retain(|session| !ended.contains(&session.digest));
        live.insert(0, Session::begin(&token(n), SessionRights::Full, 1, at(i64::from(n))));
    }
    live
}

#[test]
fn s5_a_change_of_the_account_ends_every_other_session_at_once() {
    let (changed, other) = (session().rotate(RotationEvent::PasswordChange, &token(2), 2, at(1)), session());
    let works = |session: &Session| POLICY.check(session, 2, Request::Active, at(2)).map(|_| ());
    assert_eq!(works(&changed), Ok(()));
    assert_eq!(works(&other), Err(SessionEnd::Changed));
    assert_eq!(without(Safeguard::AuthVersion, || works(&other)), Ok(()));
}

#[test]
fn a5_nothing_of_a_disabled_user_works() {
    let pending =
        PendingLogin { digest: PendingToken::new(&Zeroizing::new([1; 32])).digest(), created: at(0), auth_version: 1 };
    assert_eq!(POLICY.check(&session(), 2, Request::Active, at(1)), Err(SessionEnd::Changed));
    assert!(!pending.is_live(&POLICY, 2, at(1)));
    assert!(without(Safeguard::AuthVersion, || pending.is_live(&POLICY, 2, at(1))));
}

#[test]
fn s6_the_sixth_login_ends_the_oldest_session() {
    let live = after_logins(6);
    assert_eq!(live.len(), 5);
    assert!(!live.iter().any(|session| session.digest == token(0).digest()));
    assert_eq!(without(Safeguard::SessionCap, || after_logins(6).len()), 6);
    let single = SessionPolicy { live: 1, ..POLICY };
    assert_eq!(single.surplus(&live).len(), 5);
}

#[test]
fn s8_a_pending_login_lives_five_minutes() {
    let pending =
        PendingLogin { digest: PendingToken::new(&Zeroizing::new([1; 32])).digest(), created: at(0), auth_version: 1 };
    assert!(pending.is_live(&POLICY, 1, at(5 * MINUTE - 1)));
    assert!(!pending.is_live(&POLICY, 1, at(5 * MINUTE)));
    assert!(!pending.is_live(&POLICY, 1, at(-3_000_000)));
    assert!(without(Safeguard::SessionEnd, || pending.is_live(&POLICY, 1, at(HOUR))));
}

#[test]
fn p4_a_session_that_must_change_its_password_does_nothing_else() {
    let works = || SessionRights::MustChange.allow(SessionAction::Work);
    assert!(!works());
    assert!(without(Safeguard::MustChange, works));
    assert!(SessionRights::MustChange.allow(SessionAction::ChangePassword));
    assert!(SessionRights::MustChange.allow(SessionAction::LogOut));
    let forced = Session::begin(&token(1), SessionRights::MustChange, 1, at(0));
    assert_eq!(forced.rotate(RotationEvent::StepUp, &token(2), 1, at(1)).rights, SessionRights::MustChange);
    assert_eq!(forced.rotate(RotationEvent::PasswordChange, &token(2), 1, at(1)).rights, SessionRights::Full);
}

#[test]
fn p11_a_step_up_is_fresh_for_five_minutes() {
    assert!(POLICY.is_stepped_up(Some(at(0)), at(5 * MINUTE - 1)));
    for (step_up, now) in [(Some(at(0)), at(5 * MINUTE)), (Some(at(3_000_000)), at(0)), (None, at(0))] {
        assert!(!POLICY.is_stepped_up(step_up, now));
    }
    let stale = Session { stepped_up: None, ..session() };
    assert!(stale.rotate(RotationEvent::RoleChange, &token(2), 1, at(1)).stepped_up.is_none());
    assert!(stale.rotate(RotationEvent::StepUp, &token(2), 1, at(1)).stepped_up.is_some());
}

#[test]
fn rights_have_codes_of_their_own() {
    for code in 0..=u8::MAX {
        let rights = SessionRights::from_code(code);
        assert!(rights.is_none_or(|rights| rights as u8 == code));
        assert_eq!(rights.is_some(), matches!(code, 1 | 2));
    }
}
