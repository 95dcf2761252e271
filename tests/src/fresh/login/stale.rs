//! A checked request, or half of a change, that is used after what it stood on has ended.

use super::super::{person, row};
use super::{OTHER, PASSWORD, Ward, client, refused, secret};
use hipaa_core::auth::password::{HashParams, PasswordHash};
use hipaa_core::auth::role::{Operation, Role, RolePolicy};
use hipaa_core::auth::session::SessionRights;
use hipaa_core::auth::token::SessionToken;
use hipaa_core::authority::user::NewUser;
use hipaa_core::entropy::generate_from_system;
use hipaa_core::identity::{
    Active, FactorChange, Finished, IdentityError, NewPassword, PasswordOutcome, StepUp, Use, Verified,
};
use hipaa_core::schema::UserId;
use hipaa_core::vault::TenantVault;
use hipaa_sqlite::Error;
use hipaa_sqlite::bridge::{Bridge, BridgeOptions};
use std::sync::mpsc;

/// What ends a session while a request that was let in before is still being worked on.
const ENDS: [&str; 5] = ["log out", "disable", "role", "ended from elsewhere", "twelve hours"];

fn end(ward: &mut Ward, how: &str, user: UserId, token: &SessionToken) {
    let admin = ward.admin.clone();
    match how {
        "log out" => ward.plain(|unit, identity| identity.log_out(unit, token, &client())).unwrap(),
        "disable" => ward.plain(|unit, identity| identity.disable(unit, &admin, user)).unwrap(),
        "role" => ward.plain(|unit, identity| identity.change_role(unit, &admin, user, "CLERK")).unwrap(),
        "twelve hours" => ward.minutes(13 * 60),
        _ => {
            let other = ward.active("maria");
            ward.plain(|unit, identity| identity.end_others(unit, &other)).unwrap();
        }
    }
    assert!(!ward.is_live(token), "{how}");
}

/// Maria's request, checked, and then her session ended; the token of the session.
fn stale(how: &str) -> (Ward, Active, SessionToken) {
    let mut ward = Ward::new();
    let user = ward.person("maria");
    let session = ward.session("maria");
    let active = ward.authorize(&session.token, Use::WORK).unwrap();
    end(&mut ward, how, user, &session.token);
    (ward, active, session.token)
}

/// Red if a request that outlived its session could begin a factor, or take other sessions along.
#[test]
fn a_request_that_outlived_its_session_enrols_nothing() {
    for how in ENDS {
        let (mut ward, active, _) = stale(how);
        let seed = ward.run(|unit, identity| identity.enrol_totp(unit, &active));
        assert!(seed.is_err(), "{how}");
    }
}

/// Red if confirming a factor gave a session to somebody whose session had ended: it hands out a new token.
#[test]
fn a_session_that_ended_is_not_brought_back_by_a_factor() {
    for how in ENDS {
        let mut ward = Ward::new();
        let user = ward.person("maria");
        let session = ward.session("maria");
        let active = ward.authorize(&session.token, Use::WORK).unwrap();
        let seed = ward.run(|unit, identity| identity.enrol_totp(unit, &active)).unwrap();
        end(&mut ward, how, user, &session.token);
        let code = ward.code(&seed);
        let done = ward.run(|unit, identity| identity.confirm_totp(unit, &active, &code, &client()));
        if let Ok(FactorChange::Done(session)) = done {
            let live = ward.is_live(&session.token);
            panic!("{how}: a factor was confirmed, and the session of it is live: {live}");
        }
    }
}

/// Red if a factor were taken away, or its codes printed, by a request that outlived its session.
#[test]
fn a_request_that_outlived_its_session_takes_no_factor_away_and_prints_no_codes() {
    for how in ["log out", "disable", "role"] {
        let mut ward = Ward::new();
        let user = ward.person("maria");
        let (seed, session) = ward.enrol("maria");
        let active = ward.authorize(&session.token, Use::WORK).unwrap();
        end(&mut ward, how, user, &session.token);
        let codes = ward.run(|unit, identity| Ok(vec![identity.recovery_codes(unit, &active)?]));
        assert!(codes.is_err(), "{how}: printed");
        ward.seconds(60);
        let code = ward.code(&seed);
        let gone = ward.run(|unit, identity| identity.remove_totp(unit, &active, &code, &client()));
        assert!(!matches!(gone, Ok(FactorChange::Done(_))), "{how}: taken away");
    }
}

/// Red if a request that outlived its session could end those of the user who logged it out.
#[test]
fn a_request_that_outlived_its_session_ends_no_other() {
    for how in ["log out", "role"] {
        let (mut ward, active, _) = stale(how);
        let now = ward.session("maria");
        let _ = ward.plain(|unit, identity| identity.end_others(unit, &active));
        assert!(ward.is_live(&now.token), "{how}");
    }
}

/// Red if a step-up gave a token to a session that had ended.
#[test]
fn a_session_that_ended_between_password_and_answer_is_not_stepped_up() {
    for how in ["log out", "disable", "role", "ended from elsewhere"] {
        let mut ward = Ward::new();
        let user = ward.person("maria");
        let session = ward.session("maria");
        let active = ward.authorize(&session.token, Use::WORK).unwrap();
        let permit = ward.identity.permit().unwrap();
        let begun = ward.run(|unit, identity| identity.begin_step_up(unit, active, &client(), permit)).unwrap();
        let verified = begun.verify(secret(PASSWORD)).unwrap();
        end(&mut ward, how, user, &session.token);
        let done = ward.run(|unit, identity| identity.finish_step_up(unit, verified, None, &client()));
        assert!(!matches!(done, Ok(StepUp::Done(_))), "{how}");
    }
}

fn judged(ward: &mut Ward, token: &SessionToken, new: &str) -> NewPassword {
    let active = ward.authorize(token, Use::CHANGE_PASSWORD).unwrap();
    let permit = ward.identity.permit().unwrap();
    let begun = ward.run(|unit, identity| identity.change_password(unit, active, &client(), permit)).unwrap();
    begun.judge(secret(PASSWORD), secret(new), &[]).unwrap()
}

/// Red if two changes begun from one session both counted, or one outlived the session's end.
#[test]
fn of_two_changes_of_one_password_one_counts_and_none_behind_the_end_of_the_session() {
    let mut ward = Ward::new();
    ward.person("maria");
    let session = ward.session("maria");
    let (one, two) =
        (judged(&mut ward, &session.token, OTHER), judged(&mut ward, &session.token, "Copper/Lantern 18 moth"));
    let first = ward.run(|unit, identity| identity.finish_password(unit, one)).unwrap();
    assert!(matches!(first, PasswordOutcome::Changed(_)));
    let second = ward.run(|unit, identity| identity.finish_password(unit, two));
    assert!(!matches!(second, Ok(PasswordOutcome::Changed(_))));
    assert!(matches!(ward.login("maria", OTHER), Finished::Session(_)));

    for how in ["log out", "disable", "role", "ended from elsewhere"] {
        let mut ward = Ward::new();
        let user = ward.person("maria");
        let session = ward.session("maria");
        let new = judged(&mut ward, &session.token, OTHER);
        end(&mut ward, how, user, &session.token);
        let done = ward.run(|unit, identity| identity.finish_password(unit, new));
        assert!(!matches!(done, Ok(PasswordOutcome::Changed(_))), "{how}");
    }
}

fn verified(ward: &mut Ward) -> Verified {
    let permit = ward.identity.permit().unwrap();
    let attempt = ward.run(|unit, identity| identity.begin(unit, "maria", &client(), permit)).unwrap();
    attempt.verify(secret(PASSWORD)).unwrap()
}

/// Red if a password that was right before the account changed still opened it after.
#[test]
fn a_password_that_was_checked_before_the_account_changed_opens_nothing_after() {
    for how in ["disable", "role", "factor", "factor removed", "password"] {
        let mut ward = Ward::new();
        let user = ward.person("maria");
        let admin = ward.admin.clone();
        if how == "factor removed" {
            ward.enrol("maria");
        }
        let kept = verified(&mut ward);
        match how {
            "disable" => ward.plain(|unit, identity| identity.disable(unit, &admin, user)).unwrap(),
            "role" => ward.plain(|unit, identity| identity.change_role(unit, &admin, user, "CLERK")).unwrap(),
            "factor" => drop(ward.enrol("maria")),
            "factor removed" => {
                ward.plain(|unit, identity| identity.reset_second_factor(unit, &admin, user)).unwrap();
            }
            _ => {
                let session = ward.session("maria");
                let new = judged(&mut ward, &session.token, OTHER);
                assert!(ward.run(|unit, identity| identity.finish_password(unit, new)).is_ok());
            }
        }
        let finished = ward.run(|unit, identity| identity.finish(unit, kept, &client()));
        assert!(!matches!(finished, Ok(Finished::Session(_))), "{how}");
    }
}

/// Red if a login whose code is outstanding outlived a change of the account.
#[test]
fn a_login_that_waits_for_its_code_ends_with_a_change_of_the_account() {
    for how in ["disable", "role", "factor removed", "reset"] {
        let mut ward = Ward::new();
        let user = ward.person("maria");
        let admin = ward.admin.clone();
        let (seed, _) = ward.enrol("maria");
        ward.seconds(60);
        let pending = ward.pending("maria");
        match how {
            "disable" => ward.plain(|unit, identity| identity.disable(unit, &admin, user)).unwrap(),
            "role" => ward.plain(|unit, identity| identity.change_role(unit, &admin, user, "CLERK")).unwrap(),
            "factor removed" => {
                ward.plain(|unit, identity| identity.reset_second_factor(unit, &admin, user)).unwrap();
            }
            _ => {
                let (asked, permit) = (ward.reset("maria").unwrap(), ward.identity.permit().unwrap());
                let reset = ward.run(|unit, identity| identity.reset_password(unit, &asked.token, &client(), permit));
                let new = reset.unwrap().judge(secret(OTHER), &[]).unwrap();
                assert!(matches!(
                    ward.run(|unit, identity| identity.finish_password(unit, new)).unwrap(),
                    PasswordOutcome::Set
                ));
            }
        }
        let code = ward.code(&seed);
        assert!(matches!(ward.second(&pending, &code), Finished::Refused(_)), "{how}");
    }
}

/// Somebody whose password comes from an earlier system and must be changed, with a session.
fn newcomer(ward: &mut Ward) -> SessionToken {
    let (random, permit) = (generate_from_system().unwrap(), ward.identity.permit().unwrap());
    let hash = PasswordHash::decoy(&random, &HashParams::DEFAULT, &permit).unwrap();
    drop(permit);
    let (admin, password) = (ward.admin.clone(), hex::encode(random.as_slice()));
    let new = NewUser { login: "maria", display_name: "Maria Osei", role: "CLINICIAN", must_change: true };
    ward.plain(|unit, identity| identity.import_user(unit, &admin, new, &hash)).unwrap();
    let Finished::Session(session) = ward.login("maria", &password) else { panic!("no session") };
    assert_eq!(session.rights, SessionRights::MustChange);
    session.token
}

/// Red if a session that may only change the password did anything else through the request that may.
#[test]
fn a_session_that_must_change_its_password_enrols_no_factor() {
    let mut ward = Ward::new();
    let token = newcomer(&mut ward);
    for wants in [Use::WORK, Use::POLL] {
        assert_eq!(ward.authorize(&token, wants).map(drop).err(), refused(IdentityError::MustChange));
    }
    for wants in [Use::CHANGE_PASSWORD, Use::LOG_OUT] {
        let active = ward.authorize(&token, wants).unwrap();
        let seed = ward.run(|unit, identity| identity.enrol_totp(unit, &active)).map(drop);
        assert_eq!(seed.err(), refused(IdentityError::MustChange), "{wants:?}");
    }
}

/// Red if giving the password again, or a code, made a session of all rights of one that must change its password.
#[test]
fn a_step_up_gives_no_rights_to_a_session_that_must_change_its_password() {
    let mut ward = Ward::new();
    let token = newcomer(&mut ward);
    let active = ward.authorize(&token, Use::CHANGE_PASSWORD).unwrap();
    let permit = ward.identity.permit().unwrap();
    let begun = ward.run(|unit, identity| identity.begin_step_up(unit, active, &client(), permit)).unwrap();
    let verified = begun.verify(secret("wrong")).unwrap();
    let done = ward.run(|unit, identity| identity.finish_step_up(unit, verified, None, &client()));
    assert!(matches!(done, Ok(StepUp::Refused(_))));
    assert_eq!(ward.authorize(&token, Use::WORK).map(drop).err(), refused(IdentityError::MustChange));
}

/// Red if a value that was read for somebody who was disabled before it was released were released.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_value_that_was_read_before_its_reader_was_disabled_is_not_released_after() {
    let mut ward = Ward::new();
    let user = ward.person("maria");
    ward.db.declare(&[&person::TABLE]).unwrap();
    let clinician = Role::new("CLINICIAN").may(&person::TABLE, &[Operation::Create, Operation::Read]);
    let policy = RolePolicy::new([clinician.show_all(&person::TABLE)]).unwrap();
    let vault = TenantVault::signed_in(&ward.active("maria"), &policy);
    let made = ward.db.write(|unit| Ok::<_, Error>(vault.create(unit, &person::TABLE, &row("1", "Quist"))?));
    let (id, mut other) = (made.unwrap().into_inner(), ward.another());
    other.declare(&[&person::TABLE]).unwrap();
    let bridge = Bridge::start(other, &BridgeOptions::default()).unwrap();
    let (reading, begun) = tokio::sync::oneshot::channel();
    let (disabled, go_on) = mpsc::channel();
    let read = tokio::spawn(async move {
        let work = move |unit: &mut hipaa_sqlite::Unit<'_>| {
            let held = vault.read(unit, &person::TABLE, id)?;
            let _ = reading.send(());
            let _ = go_on.recv();
            Ok::<_, Error>(held)
        };
        bridge.disclose(work).await.is_ok_and(|held| held.open().is_ok())
    });
    begun.await.unwrap();
    let admin = ward.admin.clone();
    ward.plain(|unit, identity| identity.disable(unit, &admin, user)).unwrap();
    disabled.send(()).unwrap();
    assert!(!read.await.unwrap(), "released to somebody who is disabled");
}
