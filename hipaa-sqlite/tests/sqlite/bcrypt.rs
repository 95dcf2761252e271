//! Users of an earlier system, from their bcrypt hash in a file to Argon2id in it.

use super::identity::{Ward, client, run};
use hipaa_core::auth::password::{HashFormatError, PasswordHash};
use hipaa_core::auth::session::SessionRights;
use hipaa_core::authority::user::NewUser;
use hipaa_core::identity::{Attempt, Finished, PasswordOutcome, Use};
use hipaa_core::schema::UserId;
use hipaa_sqlite::{Database, Error};

const OLD: &str = "Old.System 19 gravel";
/// A hash of bcrypt has 60 bytes, one of Argon2id 97: the padding of their cells differs.
const SEALED_ARGON2: i64 = 128;
const NEW: &str = "Copper.Lantern 82 quay";

fn bcrypt_of(typed: &str) -> PasswordHash {
    let parts = bcrypt::hash_with_salt(typed, 5, [9; 16]).unwrap();
    PasswordHash::parse(parts.format_for_version(bcrypt::Version::TwoB).into()).unwrap()
}

fn import(ward: &Ward, db: &mut Database, typed: &str) -> UserId {
    let new = NewUser { login: "dana", display_name: "Dana", role: "CLINICIAN", must_change: false };
    let hash = bcrypt_of(typed);
    let made = db.write(|unit| ward.identity.import_user(unit, &ward.admin, new, &hash).map_err(Error::from));
    made.unwrap().into_inner()
}

/// Which kind of hash is stored, and in which version of its row. It is sealed, and its length tells.
fn stored(db: &mut Database, user: UserId) -> (&'static str, i64) {
    let sql = "SELECT length(sealed), version FROM hipaa_authority WHERE kind = 'credential' AND owner = ?1";
    let row = db.connection().query_row(sql, [user.as_bytes().as_slice()], |row| Ok((row.get(0)?, row.get(1)?)));
    let (length, version): (i64, i64) = row.unwrap();
    (if length < SEALED_ARGON2 { "bcrypt" } else { "argon2" }, version)
}

fn begin(ward: &Ward, db: &mut Database) -> Attempt {
    let permit = ward.identity.permit().unwrap();
    run(db, |unit| ward.identity.begin(unit, "dana", &client(), permit)).unwrap()
}

fn change(ward: &Ward, db: &mut Database, session: &hipaa_core::identity::NewSession, old: &str) -> PasswordOutcome {
    let wanted = Use::CHANGE_PASSWORD;
    let active = db.write(|unit| Ok::<_, Error>(ward.identity.authorize(unit, &session.token, &client(), wanted)?));
    let (active, permit) = (active.unwrap().into_inner(), ward.identity.permit().unwrap());
    let begun = run(db, |unit| ward.identity.change_password(unit, active, &client(), permit)).unwrap();
    let judged = begun.judge(old.to_owned().into(), NEW.to_owned().into(), &[]).unwrap();
    run(db, |unit| ward.identity.finish_password(unit, judged)).unwrap()
}

#[test]
fn p7_an_imported_hash_is_argon2id_after_the_first_right_login_and_not_before() {
    let ward = Ward::open();
    let mut db = ward.database();
    let dana = import(&ward, &mut db, OLD);
    assert_eq!(stored(&mut db, dana), ("bcrypt", 1));
    assert!(matches!(ward.login(&mut db, "dana", "wrong"), Finished::Refused(_)));
    assert_eq!(stored(&mut db, dana).1, 1);
    assert!(matches!(ward.login(&mut db, "dana", OLD), Finished::Session(_)));
    assert_eq!(stored(&mut db, dana), ("argon2", 2));
    assert!(matches!(ward.login(&mut db, "dana", OLD), Finished::Session(_)), "the same password still works");
    assert_eq!(stored(&mut db, dana).1, 2, "and is not made again");
}

#[test]
fn p7_a_change_that_comes_first_is_not_undone_by_a_late_upgrade() {
    let ward = Ward::open();
    let mut db = ward.database();
    let dana = import(&ward, &mut db, OLD);
    // Two logins begin on the old hash; the first one goes on to change the password.
    let (early, late) = (begin(&ward, &mut db), begin(&ward, &mut db));
    let late = late.verify(OLD.to_owned().into()).unwrap();
    let early = early.verify(OLD.to_owned().into()).unwrap();
    let first = run(&mut db, |unit| ward.identity.finish(unit, early, &client())).unwrap();
    let Finished::Session(session) = first else { panic!("no session") };
    assert!(matches!(change(&ward, &mut db, &session, OLD), PasswordOutcome::Changed(_)));
    let changed = stored(&mut db, dana);
    let second = run(&mut db, |unit| ward.identity.finish(unit, late, &client())).unwrap();
    assert!(matches!(second, Finished::Refused(_)), "its password is no longer the password");
    assert_eq!(stored(&mut db, dana), changed);
    assert!(matches!(ward.login(&mut db, "dana", OLD), Finished::Refused(_)));
    assert!(matches!(ward.login(&mut db, "dana", NEW), Finished::Session(_)));
}

#[test]
fn p7_whoever_types_more_than_bcrypt_saw_must_change_and_is_not_upgraded() {
    let ward = Ward::open();
    let mut db = ward.database();
    let prefix = "Old.System 19 gravel ".repeat(4)[..72].to_owned();
    let dana = import(&ward, &mut db, &prefix);
    let junk = format!("{prefix}anything at all");
    let Finished::Session(session) = ward.login(&mut db, "dana", &junk) else { panic!("no session") };
    assert_eq!(session.rights, SessionRights::MustChange);
    assert_eq!(stored(&mut db, dana), ("bcrypt", 1), "the junk is not made the password");
    assert!(matches!(change(&ward, &mut db, &session, &junk), PasswordOutcome::Changed(_)));
    assert!(matches!(ward.login(&mut db, "dana", NEW), Finished::Session(_)));
    assert!(matches!(ward.login(&mut db, "dana", &junk), Finished::Refused(_)));
}

#[test]
fn p6_a_hash_that_costs_too_much_is_refused_at_the_door() {
    let dear = "$2b$31$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW";
    assert_eq!(PasswordHash::parse(dear.to_owned().into()).map(drop), Err(HashFormatError::Bounds));
}
