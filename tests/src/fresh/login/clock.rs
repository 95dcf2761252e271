//! Clocks that jump, and what is counted by time.

use super::{PASSWORD, Ward, client, secret};
use hipaa_core::identity::{Finished, Use};
use hipaa_sqlite::Error;

const YEAR: i64 = 60 * 24 * 365;

/// Somebody else's work in the clinic, so that its log knows the time.
fn work(ward: &mut Ward, login: &str) {
    ward.person(login);
}

/// Red if a session that had ended came back with the clock, although the log has seen later.
#[test]
fn a_session_that_has_idled_out_does_not_come_back_with_the_clock() {
    let mut ward = Ward::new();
    ward.person("maria");
    let session = ward.session("maria");
    ward.minutes(20);
    assert!(!ward.is_live(&session.token));
    work(&mut ward, "ama");
    ward.minutes(1);
    assert!(!ward.is_live(&session.token));
}

/// Red if one bad reading of the clock stopped time: nobody could work, or sessions would never idle out.
#[test]
fn a_session_of_after_a_jump_of_the_clock_idles_out_all_the_same() {
    let mut ward = Ward::new();
    ward.person("maria");
    ward.minutes(YEAR);
    work(&mut ward, "ama");
    ward.minutes(1);
    let Finished::Session(session) = ward.login("maria", PASSWORD) else {
        panic!("nobody gets in for a year");
    };
    assert!(ward.is_live(&session.token), "nobody works for a year");
    ward.minutes(20);
    assert!(!ward.is_live(&session.token), "twenty minutes idle");
}

/// Red if the second factor, its enrolment or a step-up stopped with the log, or ran on with it.
#[test]
fn a_second_factor_works_after_a_jump_of_the_clock_and_its_login_runs_out() {
    let mut ward = Ward::new();
    ward.person("maria");
    ward.minutes(YEAR);
    work(&mut ward, "ama");
    ward.minutes(1);
    let (seed, session) = ward.enrol("maria");
    ward.minutes(5);
    let active = ward.authorize(&session.token, Use::WORK).unwrap();
    assert!(ward.run(|unit, identity| identity.recovery_codes(unit, &active)).is_ok(), "stepped up four minutes ago");
    ward.minutes(7);
    let active = ward.authorize(&session.token, Use::WORK).unwrap();
    assert!(ward.run(|unit, identity| identity.recovery_codes(unit, &active)).is_err(), "six minutes ago");
    let (late, pending) = (ward.pending("maria"), ward.pending("maria"));
    let code = ward.code(&seed);
    assert!(matches!(ward.second(&pending, &code), Finished::Session(_)), "no second factor for a year");
    ward.minutes(13);
    let code = ward.code(&seed);
    assert!(matches!(ward.second(&late, &code), Finished::Refused(_)), "six minutes later");
}

/// Red if a step-up were fresh again when the clock is set back, although the log has seen later.
#[test]
fn a_step_up_does_not_come_back_with_the_clock() {
    let mut ward = Ward::new();
    ward.person("maria");
    let session = ward.session("maria");
    ward.minutes(6);
    work(&mut ward, "ama");
    ward.minutes(1);
    let active = ward.authorize(&session.token, Use::POLL).unwrap();
    assert!(ward.run(|unit, identity| identity.enrol_totp(unit, &active)).is_err());
}

/// Red if the log of another clinic, which stands ahead, ended a session in the units that share its transaction.
#[test]
fn the_log_of_another_clinic_that_is_ahead_ends_no_session_here() {
    let mut ward = Ward::new();
    ward.person("maria");
    let session = ward.session("maria");
    ward.minutes(YEAR);
    assert!(matches!(ward.login("nobody", "wrong"), Finished::Refused(_)));
    ward.minutes(1);
    let both = ward.db.write(|unit| {
        let asked = ward.identity.request_reset(unit, "nobody", &client());
        let live = ward.identity.authorize(unit, &session.token, &client(), Use::WORK).is_ok();
        Ok::<_, Error>((asked.is_ok(), live))
    });
    assert_eq!(both.unwrap().into_inner(), (true, true));
}

/// Red if nobody could log in, be reset or activated after one bad reading of the clock.
#[test]
fn tokens_of_after_a_jump_of_the_clock_work_and_run_out() {
    let mut ward = Ward::new();
    ward.person("maria");
    ward.minutes(YEAR);
    work(&mut ward, "ama");
    ward.minutes(1);
    let asked = ward.reset("maria").unwrap();
    let sets = |ward: &mut Ward| {
        let permit = ward.identity.permit().unwrap();
        let reset = ward.run(|unit, identity| identity.reset_password(unit, &asked.token, &client(), permit)).unwrap();
        let new = reset.judge(secret(super::OTHER), &[]).unwrap();
        let done = ward.run(|unit, identity| identity.finish_password(unit, new)).unwrap();
        matches!(done, hipaa_core::identity::PasswordOutcome::Set)
    };
    ward.minutes(40);
    assert!(!sets(&mut ward), "a token of thirty minutes, forty minutes old");
    ward.minutes(1);
    assert!(sets(&mut ward) || ward.plain(|unit, identity| identity.request_reset(unit, "maria", &client())).is_ok());
}

/// Red if a code of the past counted again once the clock is set back.
#[test]
fn a_code_does_not_count_again_when_the_clock_is_set_back() {
    let mut ward = Ward::new();
    ward.person("maria");
    let (seed, _) = ward.enrol("maria");
    ward.seconds(60);
    let (old, pending) = (ward.code(&seed), ward.pending("maria"));
    assert!(matches!(ward.second(&pending, &old), Finished::Session(_)));
    ward.seconds(120);
    let pending = ward.pending("maria");
    let new = ward.code(&seed);
    assert!(matches!(ward.second(&pending, &new), Finished::Session(_)));
    ward.seconds(60);
    let pending = ward.pending("maria");
    for code in [old, new] {
        assert!(matches!(ward.second(&pending, &code), Finished::Refused(_)));
    }
}

/// Red if the failures of a second process, or a clock that is set back and forth, gave more guesses than five.
#[test]
fn a_clock_that_swings_gives_no_guesses_beyond_the_lock() {
    let mut ward = Ward::new();
    ward.person("maria");
    let before = ward.permits.load().hashes;
    for round in 0..6 {
        ward.minutes(if round % 2 == 0 { 10 } else { 1 });
        for _ in 0..2 {
            assert!(matches!(ward.login("maria", "wrong"), Finished::Refused(_)));
        }
    }
    assert_eq!(ward.permits.load().hashes - before, 5);
}

/// Red if failed logins by spelling or by nonsense were answered, counted or hashed otherwise than those of a real name.
#[test]
fn every_spelling_of_a_name_shares_one_lock_and_nonsense_has_one_of_its_own() {
    let mut ward = Ward::new();
    ward.person("maria");
    for spellings in [
        ["maria", "MARIA", "Maria", "ｍａｒｉａ", "𝓶𝓪𝓻𝓲𝓪", "maRia", "ＭＡＲＩＡ", "mariA"],
        ["nobody", "NOBODY", "Nobody", "ｎｏｂｏｄｙ", "𝓷𝓸𝓫𝓸𝓭𝔂", "noBody", "ＮＯＢＯＤＹ", "nobodY"],
    ] {
        let before = ward.permits.load().hashes;
        for login in spellings {
            assert!(matches!(ward.login(login, "wrong"), Finished::Refused(_)));
        }
        assert_eq!(ward.permits.load().hashes - before, 5, "{}", spellings[0]);
    }
    let (zero, long) = ("mar\u{200b}ia".to_owned(), "x".repeat(100_000));
    for login in ["", " maria", "maria ", "m\0aria", &zero, &long, "\u{202e}maria", "mаriа"] {
        let before = ward.permits.load().hashes;
        for _ in 0..7 {
            assert!(matches!(ward.login(login, "wrong"), Finished::Refused(_)));
        }
        let hashed = ward.permits.load().hashes - before;
        // No account can have such a name, so what it costs tells nothing of who has one.
        assert!(hashed == 0 || hashed == 5, "{hashed} {:?}", login.get(..8));
    }
    assert!(matches!(ward.login("maria", PASSWORD), Finished::Refused(_)), "locked");
}

/// Red if a known name left more rows or entries than an unknown one, so that its time could be told by the disk.
#[test]
fn a_known_and_an_unknown_name_leave_the_same_number_of_entries() {
    let mut ward = Ward::new();
    ward.person("maria");
    let entries = |ward: &Ward| -> i64 {
        ward.thief().query_row("SELECT count(*) FROM hipaa_audit", [], |row| row.get(0)).unwrap()
    };
    let mut left = Vec::new();
    for login in ["maria", "nobody"] {
        for _ in 0..7 {
            let before = entries(&ward);
            assert!(matches!(ward.login(login, "wrong"), Finished::Refused(_)));
            left.push(entries(&ward) - before);
        }
    }
    assert_eq!(left[..7], left[7..]);
}

/// Red if an abandoned attempt, or one whose unit failed behind it, did not count.
#[test]
fn attempts_that_are_dropped_half_way_count() {
    let mut ward = Ward::new();
    ward.person("maria");
    for number in 0..5 {
        let permit = ward.identity.permit().unwrap();
        let attempt = ward.run(|unit, identity| identity.begin(unit, "maria", &client(), permit)).unwrap();
        if number % 2 == 0 {
            continue;
        }
        let verified = attempt.verify(secret("wrong")).unwrap();
        let failed: Result<_, Error> = ward.db.write(|unit| {
            drop(ward.identity.finish(unit, verified, &client())?);
            Err::<(), _>(Error::CannotOpen)
        });
        assert!(failed.is_err());
    }
    assert!(matches!(ward.login("maria", PASSWORD), Finished::Refused(_)));
    ward.minutes(16);
    let session = ward.session("maria");
    assert!(ward.authorize(&session.token, Use::WORK).is_ok());
}
