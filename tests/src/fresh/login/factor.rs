//! The second factor: skipped, used twice, guessed for longer than allowed.

use super::{OTHER, PASSWORD, Ward, client, secret};
use hipaa_core::auth::recovery::RecoveryCode;
use hipaa_core::auth::token::{PendingToken, SessionToken};
use hipaa_core::auth::totp::TotpSeed;
use hipaa_core::authority::{Authority, AuthorityKind};
use hipaa_core::identity::{Client, FactorChange, Finished, IdentityError, PasswordOutcome, StepUp, Use};
use hipaa_sqlite::Error;
use secrecy::ExposeSecret as _;
use std::sync::Barrier;
use std::thread::scope;

fn codes(ward: &mut Ward, token: &SessionToken) -> Vec<RecoveryCode> {
    let active = ward.authorize(token, Use::WORK).unwrap();
    ward.run(|unit, identity| identity.recovery_codes(unit, &active)).unwrap()
}

fn step_up(ward: &mut Ward, token: &SessionToken, code: Option<&str>) -> StepUp {
    let active = ward.authorize(token, Use::WORK).unwrap();
    let permit = ward.identity.permit().unwrap();
    let begun = ward.run(|unit, identity| identity.begin_step_up(unit, active, &client(), permit)).unwrap();
    let verified = begun.verify(secret(PASSWORD)).unwrap();
    ward.run(|unit, identity| identity.finish_step_up(unit, verified, code, &client())).unwrap()
}

/// Red if each door of the factor had a memory of its own: login, step-up, removal.
#[test]
fn a_code_that_went_through_one_door_goes_through_no_other() {
    let mut ward = Ward::new();
    ward.person("maria");
    let (seed, session) = ward.enrol("maria");
    ward.seconds(60);
    let code = ward.code(&seed);
    let StepUp::Done(session) = step_up(&mut ward, &session.token, Some(&code)) else { panic!("no step-up") };
    let pending = ward.pending("maria");
    assert!(matches!(ward.second(&pending, &code), Finished::Refused(_)));
    assert!(matches!(step_up(&mut ward, &session.token, Some(&code)), StepUp::Refused(_)));
    let active = ward.authorize(&session.token, Use::WORK).unwrap();
    let gone = ward.run(|unit, identity| identity.remove_totp(unit, &active, &code, &client())).unwrap();
    assert!(matches!(gone, FactorChange::Refused(_)));
    // Nor does leaving the code out.
    assert!(matches!(step_up(&mut ward, &session.token, None), StepUp::Refused(_)));
    for nothing in ["", " ", "000000 ", "٠٠٠٠٠٠", "-", "------"] {
        assert!(matches!(ward.second(&pending, nothing), Finished::Refused(_)));
    }
}

/// Red if two answers within one unit of work did not see each other.
#[test]
fn one_unit_of_work_lets_a_code_and_a_pending_login_in_once() {
    let mut ward = Ward::new();
    ward.person("maria");
    let (seed, session) = ward.enrol("maria");
    let recovery = codes(&mut ward, &session.token);
    ward.seconds(60);
    let (one, two) = (ward.pending("maria"), ward.pending("maria"));
    let typed = recovery[0].text().expose_secret().to_owned();
    for code in [ward.code(&seed), typed] {
        let both = ward.run(|unit, identity| {
            let first = identity.second_factor(unit, &one, &code, &client())?;
            Ok((first, identity.second_factor(unit, &two, &code, &client())?))
        });
        let (first, second) = both.unwrap();
        let let_in = [first, second].iter().filter(|it| matches!(it, Finished::Session(_))).count();
        assert!(let_in <= 1, "{let_in}");
    }
}

/// Red if a pending login could be answered twice, or an answer that was rolled back still opened something.
#[test]
fn an_answer_that_was_rolled_back_opens_nothing_and_a_pending_login_opens_once() {
    let mut ward = Ward::new();
    ward.person("maria");
    let (seed, _) = ward.enrol("maria");
    ward.seconds(60);
    let (pending, code) = (ward.pending("maria"), ward.code(&seed));
    let mut pocket = None;
    let failed: Result<_, Error> = ward.db.write(|unit| {
        pocket = Some(ward.identity.second_factor(unit, &pending, &code, &client())?);
        Err::<(), _>(Error::CannotOpen)
    });
    assert!(failed.is_err());
    let opened = ward.db.write(|_| Ok::<_, Error>(pocket.take())).unwrap().open();
    assert!(opened.is_err(), "released by another unit");
    // A savepoint of the host, rolled back behind the answer.
    let torn = ward.db.write(|unit| {
        unit.sql().execute_batch("SAVEPOINT host")?;
        let held = ward.identity.second_factor(unit, &pending, &code, &client())?;
        unit.sql().execute_batch("ROLLBACK TO host; RELEASE host")?;
        Ok::<_, Error>(held)
    });
    assert!(torn.is_err_and(|error| matches!(error, Error::Unit(_))));
    let done = ward.second(&pending, &code);
    let Finished::Session(session) = done else { panic!("{done:?}") };
    ward.seconds(90);
    let code = ward.code(&seed);
    assert!(matches!(ward.second(&pending, &code), Finished::Refused(_)), "answered twice");
    assert!(ward.is_live(&session.token));
}

/// Red if an attempt whose count the host took back could be answered.
#[test]
fn a_count_that_the_host_rolls_back_to_a_savepoint_gives_no_attempt() {
    let mut ward = Ward::new();
    ward.person("maria");
    let permit = ward.identity.permit().unwrap();
    let begun = ward.db.write(|unit| {
        unit.sql().execute_batch("SAVEPOINT host")?;
        let held = ward.identity.begin(unit, "maria", &client(), permit)?;
        unit.sql().execute_batch("ROLLBACK TO host; RELEASE host")?;
        Ok::<_, Error>(held)
    });
    assert!(begun.is_err_and(|error| matches!(error, Error::Unit(_))));
}

/// Red if the use of a recovery code, or of a reset, were looked up outside the transaction that notes it.
#[test]
fn of_eight_who_give_the_same_recovery_code_at_once_one_gets_in() {
    let mut ward = Ward::new();
    ward.person("maria");
    let (_, session) = ward.enrol("maria");
    let typed = codes(&mut ward, &session.token)[3].text().expose_secret().to_owned();
    let pending: Vec<PendingToken> = (0..4).map(|_| ward.pending("maria")).collect();
    let start = Barrier::new(4);
    let outcomes = scope(|scope| {
        let threads = pending.iter().enumerate().map(|(number, token)| {
            let (mut db, identity, typed, start) = (ward.another(), ward.identity.clone(), &typed, &start);
            scope.spawn(move || {
                let from = Client::from_address([198, 51, 100, u8::try_from(number).unwrap()].into());
                start.wait();
                let done = db.write(|unit| identity.second_factor(unit, token, typed, &from).map_err(Error::from));
                done.unwrap().open().unwrap()
            })
        });
        let threads = threads.collect::<Vec<_>>();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect::<Vec<_>>()
    });
    assert_eq!(outcomes.iter().filter(|it| matches!(it, Finished::Session(_))).count(), 1);
}

/// Red if a recovery code were a code of whoever is asked for one.
#[test]
fn a_recovery_code_and_a_seed_are_of_their_own_user_only() {
    let mut ward = Ward::new();
    for login in ["maria", "ama"] {
        ward.person(login);
    }
    let (seed, session) = ward.enrol("maria");
    let typed = codes(&mut ward, &session.token)[0].text().expose_secret().to_owned();
    ward.enrol("ama");
    ward.seconds(60);
    let (pending, code) = (ward.pending("ama"), ward.code(&seed));
    for code in [code, typed] {
        assert!(matches!(ward.second(&pending, &code), Finished::Refused(_)));
    }
}

/// What is tried for a code before the next one may be tried.
fn guess(ward: &mut Ward, seed: &TotpSeed, password: &str, times: usize) {
    let pending = match ward.login("maria", password) {
        Finished::SecondFactor(pending) => pending.token,
        other => panic!("{other:?}"),
    };
    for _ in 0..times {
        let wrong = ward.wrong_code(seed);
        assert!(matches!(ward.second(&pending, &wrong), Finished::Refused(_)));
    }
}

fn sweep(ward: &mut Ward) -> usize {
    let door = Authority::new(ward.admin.clone());
    let kinds = [AuthorityKind::FailureCount, AuthorityKind::PendingLogin, AuthorityKind::SecondFactor];
    kinds.map(|kind| ward.plain(|unit, _| Ok(door.sweep(unit, kind, None, 500)?)).unwrap().deleted).into_iter().sum()
}

fn lets_in(ward: &mut Ward, seed: &TotpSeed, password: &str) -> bool {
    let Finished::SecondFactor(pending) = ward.login("maria", password) else { return false };
    let code = ward.code(seed);
    matches!(ward.second(&pending.token, &code), Finished::Session(_))
}

/// Red if the stop of the codes ended with time, with the sweep of what has expired, or with a reset of the password.
#[test]
fn the_stop_of_the_codes_outlives_years_sweeps_and_a_reset() {
    let mut ward = Ward::new();
    let user = ward.person("maria");
    let (seed, _) = ward.enrol("maria");
    for round in 0..5 {
        // Each round waits longer than any lock and window, and sweeps.
        ward.minutes(1 + 60 * 24 * 40 * round);
        guess(&mut ward, &seed, PASSWORD, 4);
        ward.minutes(17 + 60 * 24 * 40 * round);
        sweep(&mut ward);
    }
    ward.minutes(60 * 24 * 200);
    assert!(!lets_in(&mut ward, &seed, PASSWORD), "after twenty wrong codes in a row");
    ward.minutes(60 * 24 * 3650);
    sweep(&mut ward);
    assert!(!lets_in(&mut ward, &seed, PASSWORD), "after ten years");
    let asked = ward.reset("maria").unwrap();
    let permit = ward.identity.permit().unwrap();
    let reset = ward.run(|unit, identity| identity.reset_password(unit, &asked.token, &client(), permit)).unwrap();
    let new = reset.judge(secret(OTHER), &[]).unwrap();
    assert!(matches!(ward.run(|unit, identity| identity.finish_password(unit, new)).unwrap(), PasswordOutcome::Set));
    assert!(!lets_in(&mut ward, &seed, OTHER), "after a reset");
    let admin = ward.admin.clone();
    ward.plain(|unit, identity| identity.unlock(unit, &admin, user)).unwrap();
    assert!(lets_in(&mut ward, &seed, OTHER), "an administrator ends it");
}

/// Red if codes could be guessed without limit through the doors of a session that was left open.
#[test]
fn codes_that_are_guessed_inside_a_session_count_with_those_of_the_login() {
    let mut ward = Ward::new();
    ward.person("maria");
    let (seed, session) = ward.enrol("maria");
    ward.seconds(60);
    let wrong = ward.wrong_code(&seed);
    let active = ward.authorize(&session.token, Use::WORK).unwrap();
    for _ in 0..5 {
        let gone = ward.run(|unit, identity| identity.remove_totp(unit, &active, &wrong, &client()));
        assert!(matches!(gone, Ok(FactorChange::Refused(_)) | Err(_)));
    }
    let right = ward.code(&seed);
    let gone = ward.run(|unit, identity| identity.remove_totp(unit, &active, &right, &client()));
    assert!(!matches!(gone, Ok(FactorChange::Done(_))), "the sixth guess was taken");
    assert!(!lets_in(&mut ward, &seed, PASSWORD), "the login does not know of the guesses");
}

/// Red if wrong codes of a unit that the host then fails were forgotten: guessing would be free.
#[test]
fn codes_that_are_guessed_in_units_that_fail_are_counted_or_show_nothing() {
    let mut ward = Ward::new();
    ward.person("maria");
    let (seed, _) = ward.enrol("maria");
    ward.seconds(60);
    let pending = ward.pending("maria");
    let (right, wrong) = (ward.code(&seed), ward.wrong_code(&seed));
    let mut shown = Vec::new();
    for code in [&wrong, &wrong, &wrong, &right] {
        let failed: Result<_, Error> = ward.db.write(|unit| {
            let held = ward.identity.second_factor(unit, &pending, code, &client())?;
            shown.push(format!("{held:?}"));
            Err::<(), _>(Error::CannotOpen)
        });
        shown.push(format!("{:?}", failed.err()));
    }
    let (first, last) = (&shown[..2], &shown[6..]);
    assert_eq!(first, last, "an answer that is not committed tells right from wrong");
}

/// Red if a factor could be enrolled over another, or by a code that was seen.
#[test]
fn a_seed_that_was_asked_for_twice_is_confirmed_by_the_last_one_only() {
    let mut ward = Ward::new();
    ward.person("maria");
    let active = ward.active("maria");
    let first = ward.run(|unit, identity| identity.enrol_totp(unit, &active)).unwrap();
    let second = ward.run(|unit, identity| identity.enrol_totp(unit, &active)).unwrap();
    let code = ward.code(&first);
    let done = ward.run(|unit, identity| identity.confirm_totp(unit, &active, &code, &client())).unwrap();
    assert!(matches!(done, FactorChange::Refused(_)));
    let code = ward.code(&second);
    let done = ward.run(|unit, identity| identity.confirm_totp(unit, &active, &code, &client())).unwrap();
    let FactorChange::Done(session) = done else { panic!("{done:?}") };
    let active = ward.authorize(&session.token, Use::WORK).unwrap();
    let again = ward.run(|unit, identity| identity.enrol_totp(unit, &active)).map(drop);
    assert_eq!(again.err(), Some(Error::Identity(IdentityError::Enrolled)));
}

/// Red if whoever has many passwords could try as many codes from one place as there are accounts: the defaults say ten in
/// a quarter of an hour.
#[test]
fn codes_from_one_network_are_limited_over_all_accounts() {
    let mut ward = Ward::new();
    let people = ["maria", "ama", "grace"].map(|login| {
        ward.person(login);
        (login, ward.enrol(login).0)
    });
    ward.seconds(60);
    for (login, seed) in &people {
        let (pending, wrong) = (ward.pending(login), ward.wrong_code(seed));
        for _ in 0..4 {
            assert!(matches!(ward.second(&pending, &wrong), Finished::Refused(_)));
        }
    }
    // Twelve from here; none of the accounts is locked by itself.
    let (login, seed) = &people[2];
    let (pending, right) = (ward.pending(login), ward.code(seed));
    let done = ward.run(|unit, identity| identity.second_factor(unit, &pending, &right, &client()));
    assert!(!matches!(done, Ok(Finished::Session(_))), "the thirteenth code from one network in a minute");
}
