//! Authority rows under the hands of somebody who can write the file and has no key.

use crate::fixture::Clinic;
use hipaa_core::audit::{Action, Actor, EventName};
use hipaa_core::authority::user::{NewUser, UserError};
use hipaa_core::authority::{Authority, AuthorityError, AuthorityKind, Body, Draft};
use hipaa_core::clock::Timestamp;
use hipaa_core::schema::{RecordId, UserId};
use hipaa_sqlite::Error;
use hipaa_sqlite::rusqlite::Connection;

const USED: EventName = EventName::application("test.used");
const SECRET: &[u8] = b"$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHQ$aGFzaGhhc2g";
const COLUMNS: [&str; 12] = [
    "kind",
    "id",
    "tenant",
    "owner",
    "auth_version",
    "version",
    "header",
    "expires",
    "lookup",
    "body",
    "sealed",
    "mac",
];

struct Desk {
    clinic: Clinic,
    door: Authority,
    ama: UserId,
}

fn token(byte: u8) -> RecordId {
    RecordId::from_slice(&[byte; 32]).unwrap()
}

impl Desk {
    fn open() -> Self {
        let mut clinic = Clinic::new();
        let door = Authority::new(Actor::new(clinic.tenant, "login", "system").unwrap());
        let new = NewUser { login: "ama.osei", display_name: "Ama Osei", role: "CLINICIAN", must_change: false };
        let made = clinic.db.write(|unit| door.create_user(unit, new).map_err(Error::from)).unwrap();
        Self { clinic, door, ama: made.into_inner() }
    }

    fn session(&mut self, byte: u8) {
        let body = Body::new().with_text(1, "CLINICIAN");
        let draft = Draft::new(AuthorityKind::Session, token(byte), self.ama).lookup([byte; 32]).body(body);
        let draft = draft.expires(Timestamp::from_micros(i64::MAX)).secret(SECRET);
        let door = &self.door;
        let made = self.clinic.db.write(|unit| door.insert(unit, door.event(USED, Action::Create), draft));
        made.map_err(|error: AuthorityError| error).unwrap().into_inner();
    }

    /// Whether the session of this token is let in; if not, whether that left a finding in the log.
    fn is_used(&mut self, byte: u8) -> bool {
        let findings = |clinic: &mut Clinic| {
            clinic.see().entries.iter().filter(|name| *name == EventName::INTEGRITY_FAILED.as_str()).count()
        };
        let before = findings(&mut self.clinic);
        let door = &self.door;
        let read = self.clinic.db.write(|unit| door.read(unit, AuthorityKind::Session, token(byte)));
        let found = findings(&mut self.clinic) - before;
        let read = read.map(|row| row.into_inner().unwrap());
        assert_eq!(read.as_ref().err(), (found > 0).then_some(&AuthorityError::Integrity));
        assert!(found <= 1 && read.as_ref().is_ok_and(|row| row.secret() == Some(SECRET)) == (found == 0));
        read.is_ok()
    }

    /// Runs SQL as somebody else with the file does.
    fn edit(&self, sql: &str) -> usize {
        let thief = Connection::open(self.clinic.path()).unwrap();
        thief.execute_batch("PRAGMA ignore_check_constraints = ON").unwrap();
        thief.execute(sql, []).unwrap()
    }
}

#[test]
fn every_column_that_somebody_writes_denies_and_is_a_finding() {
    for column in COLUMNS {
        for value in ["x'00'", "zeroblob(16)", "zeroblob(32)", "'text'", "7", "-1", "1.5", "NULL"] {
            let mut desk = Desk::open();
            desk.session(1);
            assert!(desk.is_used(1));
            let key = "kind = 'session'";
            let thief = Connection::open(desk.clinic.path()).unwrap();
            thief.execute_batch("PRAGMA ignore_check_constraints = ON").unwrap();
            let sql = format!("UPDATE hipaa_authority SET {column} = {value} WHERE {key} AND {column} IS NOT {value}");
            // NOT NULL and STRICT types refuse some edits; a thief who rebuilds the table is tried below.
            let Ok(1) = thief.execute(&sql, []) else { continue };
            drop(thief);
            assert!(!desk.is_used(1), "{column} = {value}");
        }
    }
}

#[test]
fn a_table_that_was_rebuilt_without_rules_denies_rows_of_another_shape() {
    for column in
        COLUMNS.into_iter().filter(|column| !matches!(*column, "kind" | "id" | "expires" | "lookup" | "sealed"))
    {
        let mut desk = Desk::open();
        desk.session(1);
        let thief = Connection::open(desk.clinic.path()).unwrap();
        thief
            .execute_batch(
                "CREATE TABLE copy AS SELECT * FROM hipaa_authority; DROP TABLE hipaa_authority;
                 ALTER TABLE copy RENAME TO hipaa_authority;",
            )
            .unwrap();
        drop(thief);
        assert!(desk.is_used(1));
        assert_eq!(desk.edit(&format!("UPDATE hipaa_authority SET {column} = NULL WHERE kind = 'session'")), 1);
        assert!(!desk.is_used(1), "{column}");
    }
}

#[test]
fn a_state_of_another_shape_denies_and_is_a_finding() {
    for edit in ["mac = 7", "mac = x'00'", "version = -1", "version = 'text'", "tenant = x'00'", "tenant = 'text'"] {
        let mut desk = Desk::open();
        desk.session(1);
        let sql = format!("UPDATE hipaa_state SET {edit} WHERE tbl = 'hipaa.authority' AND length(record) = 33");
        assert_eq!(desk.edit(&sql), 1);
        assert!(!desk.is_used(1), "{edit}");
    }
}

#[test]
fn a_session_that_somebody_put_in_restored_or_revived_is_denied() {
    let mut desk = Desk::open();
    desk.session(1);
    let forge = "INSERT INTO hipaa_authority SELECT kind,
        x'0000000000000000000000000000000000000000000000000000000000000009', tenant, owner, auth_version, version,
        header, expires, NULL, body, sealed, mac FROM hipaa_authority WHERE kind = 'session'";
    assert_eq!(desk.edit(forge), 1);
    let id = RecordId::from_slice(&[&[0; 31][..], &[9]].concat()).unwrap();
    let door = desk.door.clone();
    let read = desk.clinic.db.write(|unit| door.read(unit, AuthorityKind::Session, id)).map(drop);
    assert_eq!(read, Err(AuthorityError::Integrity));

    desk.edit("CREATE TABLE backup AS SELECT * FROM hipaa_authority WHERE lookup IS NOT NULL AND kind = 'session'");
    let row = desk.clinic.db.write(|unit| door.read(unit, AuthorityKind::Session, token(1))).unwrap().into_inner();
    let event = door.event(USED, Action::Delete);
    let deleted = desk.clinic.db.write(|unit| door.delete(unit, event, row.unwrap()));
    deleted.map_err(|error: AuthorityError| error).unwrap().into_inner();
    assert_eq!(desk.edit("INSERT INTO hipaa_authority SELECT * FROM backup"), 1);
    assert!(!desk.is_used(1));
}

#[test]
fn a_row_restored_with_its_state_is_found_by_replaying_the_log() {
    let mut desk = Desk::open();
    desk.session(1);
    let door = desk.door.clone();
    let replay = |desk: &mut Desk| {
        desk.clinic.db.write(|unit| door.replay(unit)).map_err(|error: AuthorityError| error).unwrap().into_inner()
    };
    assert_eq!(replay(&mut desk), []);
    desk.edit("CREATE TABLE rows AS SELECT * FROM hipaa_authority WHERE kind = 'session'");
    desk.edit("CREATE TABLE states AS SELECT * FROM hipaa_state WHERE tbl = 'hipaa.authority' AND length(record) = 33");
    let ended = desk.clinic.db.write(|unit| door.end_all(unit, desk.ama));
    ended.map_err(|error: AuthorityError| error).unwrap().into_inner();
    assert_eq!(replay(&mut desk), []);
    assert_eq!(desk.edit("INSERT INTO hipaa_authority SELECT * FROM rows"), 1);
    assert_eq!(desk.edit("INSERT OR REPLACE INTO hipaa_state SELECT * FROM states"), 1);
    assert!(desk.is_used(1), "no read can tell");
    assert_eq!(replay(&mut desk).len(), 2);
}

#[test]
fn the_file_holds_no_secret_login_name_or_display_name_in_clear() {
    let mut desk = Desk::open();
    desk.session(1);
    let path = desk.clinic.path();
    desk.clinic.db.connection().query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(())).unwrap();
    let file = std::fs::read(&path).unwrap();
    for text in [&b"$argon2id"[..], b"ama.osei", b"Ama Osei"] {
        assert!(!file.windows(text.len()).any(|part| part == text), "{}", String::from_utf8_lossy(text));
    }
    assert!(file.windows(9).any(|part| part == b"CLINICIAN"), "the search finds what is readable");
}

#[test]
fn one_of_many_writers_takes_a_login_name_or_changes_a_row() {
    let mut desk = Desk::open();
    desk.session(1);
    let (path, door, ama) = (desk.clinic.path(), desk.door.clone(), desk.ama);
    let row = desk.clinic.db.write(|unit| door.read(unit, AuthorityKind::Session, token(1))).unwrap().into_inner();
    let row = row.unwrap();
    let outcomes = std::thread::scope(|scope| {
        let run = || {
            let (door, row, path) = (door.clone(), row.clone(), path.clone());
            scope.spawn(move || {
                let mut db = hipaa_sqlite::Database::open(path, crate::fixture::kek()).unwrap();
                let new = NewUser { login: "grace", display_name: "Grace", role: "STAFF", must_change: true };
                let made: Result<_, UserError> = db.write(|unit| door.create_user(unit, new));
                let draft = row.edit().body(Body::new().with_number(1, 1));
                let event = door.event(USED, Action::Update);
                let changed: Result<_, AuthorityError> = db.write(|unit| door.replace(unit, event, row, draft));
                (made.map(drop), changed.map(drop))
            })
        };
        let threads = (0..8).map(|_| run()).collect::<Vec<_>>();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect::<Vec<_>>()
    });
    let (made, changed): (Vec<_>, Vec<_>) = outcomes.into_iter().unzip();
    assert_eq!(made.iter().filter(|made| made.is_ok()).count(), 1);
    assert!(made.iter().all(|made| matches!(made, Ok(()) | Err(UserError::LoginTaken))));
    assert_eq!(changed.iter().filter(|changed| changed.is_ok()).count(), 1);
    assert!(changed.iter().all(|changed| matches!(changed, Ok(()) | Err(AuthorityError::Stale))));
    let replayed = desk.clinic.db.write(|unit| door.replay(unit)).map_err(|error: AuthorityError| error);
    assert_eq!(replayed.unwrap().into_inner(), []);
    assert!(ama != UserId::NOBODY);
}
