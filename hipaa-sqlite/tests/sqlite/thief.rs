//! Somebody who can write every table of the file and has no key: becomes nobody, and is found.

use super::identity::{PASSWORD, Ward, client, run};
use hipaa_core::auth::token::SessionToken;
use hipaa_core::authority::Authority;
use hipaa_core::entropy::generate_from_system;
use hipaa_core::identity::{Finished, NewSession, Use};
use hipaa_core::schema::UserId;
use hipaa_core::verify::verify_records;
use hipaa_sqlite::inspect::Inspection;
use hipaa_sqlite::rusqlite::{Connection, params};
use hipaa_sqlite::{Database, Error};
use secrecy::ExposeSecret as _;

struct Scene {
    ward: Ward,
    db: Database,
    session: NewSession,
    thief: UserId,
}

impl Scene {
    /// Maria with a second factor, and an ordinary user who has a session and can write the file.
    fn open() -> Self {
        let ward = Ward::open();
        let mut db = ward.database();
        let thief = ward.hire(&mut db, "thief");
        ward.enrol(&mut db);
        let Finished::Session(session) = ward.login(&mut db, "thief", PASSWORD) else { panic!("no session") };
        Self { ward, db, session, thief }
    }

    fn edit(&self, sql: &str) -> usize {
        let thief = Connection::open(self.ward.folder.path().join("emr.db")).unwrap();
        thief.execute(sql, []).unwrap()
    }

    fn works(&mut self, token: &SessionToken) -> bool {
        let identity = self.ward.identity.clone();
        let used = self.db.write(|unit| Ok::<_, Error>(identity.authorize(unit, token, &client(), Use::WORK)?));
        used.is_ok()
    }

    /// Entries that say that something was found altered, in all logs.
    fn findings(&self) -> i64 {
        let sql = "SELECT count(*) FROM hipaa_audit WHERE name = 'INTEGRITY_FAILED'";
        self.db.connection().query_row(sql, [], |row| row.get(0)).unwrap()
    }

    /// What `verify --records` finds from outside, without a key.
    fn breaks(&self) -> u64 {
        let (mut files, _) = Inspection::open(&self.ward.folder.path().join("emr.db"), 1).unwrap();
        verify_records(&mut files[0], *generate_from_system::<32>().unwrap(), &mut |_| {}).unwrap()
    }

    fn replayed(&mut self) -> usize {
        let door = Authority::new(self.ward.admin.clone());
        self.db.write(|unit| door.replay(unit).map_err(Error::from)).unwrap().into_inner().len()
    }
}

#[test]
fn what_nobody_attacked_is_whole() {
    let mut scene = Scene::open();
    let token = SessionToken::parse(scene.session.token.text().expose_secret()).unwrap();
    assert!(scene.works(&token));
    assert_eq!((scene.findings(), scene.breaks(), scene.replayed()), (0, 0, 0));
}

#[test]
fn a_session_row_for_a_thiefs_own_token_is_no_session_and_is_found_from_outside() {
    let mut scene = Scene::open();
    let token = SessionToken::new(&generate_from_system().unwrap());
    let file = Connection::open(scene.ward.folder.path().join("emr.db")).unwrap();
    let forged = "INSERT INTO hipaa_authority SELECT kind, ?1, tenant, owner, auth_version, version, header, expires,
        lookup, body, sealed, mac FROM hipaa_authority WHERE kind = 'session' LIMIT 1";
    assert_eq!(file.execute(forged, params![token.digest().as_bytes()]).unwrap(), 1);
    drop(file);
    assert!(scene.breaks() > 0);
    assert!(!scene.works(&token));
    assert!(scene.findings() > 0);
}

#[test]
fn a_session_whose_end_is_moved_is_none() {
    let mut scene = Scene::open();
    let token = SessionToken::parse(scene.session.token.text().expose_secret()).unwrap();
    assert!(scene.edit("UPDATE hipaa_authority SET expires = 9223372036854775807 WHERE kind = 'session'") > 0);
    assert!(!scene.works(&token));
    assert!(scene.findings() > 0);
}

#[test]
fn a_second_factor_that_is_cleared_or_taken_away_stays_in_force() {
    for edit in [
        "UPDATE hipaa_authority SET body = replace(body, x'010501', x'010500') WHERE kind = 'second_factor'",
        "DELETE FROM hipaa_authority WHERE kind = 'second_factor'",
    ] {
        let mut scene = Scene::open();
        assert_eq!(scene.edit(edit), 1);
        let login = scene.ward.login(&mut scene.db, "maria", PASSWORD);
        assert!(matches!(login, Finished::Refused(_)), "{edit}");
        assert!(scene.findings() > 0);
        assert_eq!(scene.breaks() > 0, edit.starts_with("DELETE"), "what has gone is seen from outside");
    }
}

#[test]
fn another_users_credential_opens_no_account() {
    let mut scene = Scene::open();
    let thief = scene.thief.as_bytes().iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    let copy = format!(
        "UPDATE hipaa_authority SET (sealed, mac, version) = (SELECT sealed, mac, version FROM hipaa_authority
         WHERE kind = 'credential' AND owner = x'{thief}') WHERE kind = 'credential' AND owner <> x'{thief}'"
    );
    assert_eq!(scene.edit(&copy), 1);
    assert!(matches!(scene.ward.login(&mut scene.db, "maria", PASSWORD), Finished::Refused(_)));
    assert!(scene.findings() > 0 && scene.breaks() > 0);
}

#[test]
fn a_recovery_code_that_is_put_back_is_used_up_and_so_is_a_session_that_is_revived() {
    let ward = Ward::open();
    let mut db = ward.database();
    let Finished::Session(session) = ward.login(&mut db, "maria", PASSWORD) else { panic!("no session") };
    let authorized = |db: &mut Database, token: &SessionToken| {
        db.write(|unit| Ok::<_, Error>(ward.identity.authorize(unit, token, &client(), Use::WORK)?))
    };
    let active = authorized(&mut db, &session.token).unwrap().into_inner();
    let seed = run(&mut db, |unit| ward.identity.enrol_totp(unit, &active)).unwrap();
    let code = ward.code(&seed);
    let done = run(&mut db, |unit| ward.identity.confirm_totp(unit, &active, &code, &client())).unwrap();
    let hipaa_core::identity::FactorChange::Done(session) = done else { panic!("refused") };
    let active = authorized(&mut db, &session.token).unwrap().into_inner();
    let codes = run(&mut db, |unit| ward.identity.recovery_codes(unit, &active)).unwrap();
    let path = ward.folder.path().join("emr.db");
    let thief = Connection::open(&path).unwrap();
    thief.execute_batch("CREATE TABLE kept AS SELECT * FROM hipaa_authority").unwrap();
    let pending = ward.pending(&mut db);
    let code = codes[0].text().expose_secret().to_owned();
    let entered = run(&mut db, |unit| ward.identity.second_factor(unit, &pending, &code, &client())).unwrap();
    assert!(matches!(entered, Finished::Session(_)));
    let ended = db.write(|unit| Ok::<_, Error>(ward.identity.log_out(unit, &session.token, &client())?));
    ended.unwrap().into_inner();
    let back = "INSERT OR IGNORE INTO hipaa_authority SELECT * FROM kept WHERE kind IN ('recovery_code', 'session')";
    assert_eq!(thief.execute(back, []).unwrap(), 2);
    drop(thief);
    assert!(authorized(&mut db, &session.token).is_err());
    let pending = ward.pending(&mut db);
    let again = run(&mut db, |unit| ward.identity.second_factor(unit, &pending, &code, &client())).unwrap();
    assert!(matches!(again, Finished::Refused(_)));
    let (mut files, _) = Inspection::open(&path, 1).unwrap();
    assert_eq!(verify_records(&mut files[0], [7; 32], &mut |_| {}), Ok(2));
}
