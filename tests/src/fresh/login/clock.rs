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
///
/// Open, low: a unit knows the times of the logs that it has touched, and checking a session touches none; so the clock
/// alone decides. The row of a session that has idled out stays until the sweep. Smallest fix: `authorize` reads the
/// head of the user's log before it asks for the time (`unit/ledger/standing.rs`), or deletes a session that has ended.
#[test]
#[ignore = "open: a session that has idled out is live again when the clock is set back"]
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
///
/// Open, high for availability: one entry under a clock that stood a year ahead is enough. A login writes entries, so
/// `open_session` takes the log's time for the session's birth; `authorize` writes none, takes the clock's, and refuses a
/// session from the future. Logins succeed, and every request is refused until the clock has caught up. Smallest fix: sessions, pending logins and tokens are born and judged by one and the same time.
/// With the clock's alone, what expires by the log's time (`authority/check.rs`) must then be judged by it, too.
#[test]
#[ignore = "open: after a jump of the clock ahead and back nobody works until it has caught up"]
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
///
/// Open, low: a known name costs two entries and an unknown one costs one, so one more commit that waits for the disk. The
/// padding of half a second hides it, as long as hash and commits take less. Smallest fix: `begin` writes
/// `LOGIN_ATTEMPTED` for every name, to the deployment's log where it is nobody's.
#[test]
#[ignore = "open: a failed login of a known name writes one commit more than that of an unknown one"]
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
