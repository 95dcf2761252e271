//! Authority rows under the hands of somebody who can write the file and has no key.

use super::identity::{Ward, run};
use hipaa_core::authority::user::{NewUser, UserError};
use hipaa_core::authority::{Authority, AuthorityError, AuthorityKind};
use hipaa_core::identity::IdentityError;
use hipaa_core::schema::{RecordId, UserId};
use hipaa_sqlite::rusqlite::Connection;
use hipaa_sqlite::{Database, Error};

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

/// A user who was made, and whose token for the first password is a row that confers something.
struct Desk {
    ward: Ward,
    db: Database,
    door: Authority,
    ama: UserId,
    token: RecordId,
}

const AMA: NewUser<'_> = NewUser { login: "ama.osei", display_name: "Ama Osei", role: "CLINICIAN", must_change: false };

impl Desk {
    fn open() -> Self {
        let ward = Ward::empty();
        let mut db = ward.database();
        let made = run(&mut db, |unit| ward.identity.create_user(unit, &ward.admin, AMA)).unwrap();
        let token = RecordId::from_slice(made.token.digest().as_bytes()).unwrap();
        let door = Authority::new(ward.admin.clone());
        Self { ward, db, door, ama: made.user, token }
    }

    /// Whether the token is let in; if not, whether that left a finding in the log.
    fn is_used(&mut self) -> bool {
        let before = self.findings();
        let (door, token) = (&self.door, self.token);
        let read = self.db.write(|unit| door.read(unit, AuthorityKind::ResetToken, token));
        let read = read.map(|row| row.into_inner().unwrap());
        let found = self.findings() - before;
        assert_eq!(read.as_ref().err(), (found > 0).then_some(&AuthorityError::Integrity));
        assert!(found <= 1 && read.as_ref().is_ok_and(|row| row.owner() == self.ama) == (found == 0));
        read.is_ok()
    }

    fn findings(&self) -> i64 {
        let sql = "SELECT count(*) FROM hipaa_audit WHERE name = 'INTEGRITY_FAILED'";
        self.db.connection().query_row(sql, [], |row| row.get(0)).unwrap()
    }

    fn file(&self) -> Connection {
        let thief = Connection::open(self.ward.folder.path().join("emr.db")).unwrap();
        thief.execute_batch("PRAGMA ignore_check_constraints = ON").unwrap();
        thief
    }

    /// Runs SQL as somebody else with the file does.
    fn edit(&self, sql: &str) -> usize {
        self.file().execute(sql, []).unwrap()
    }
}

#[test]
fn every_column_that_somebody_writes_denies_and_is_a_finding() {
    for column in COLUMNS {
        for value in ["x'00'", "zeroblob(16)", "zeroblob(32)", "'text'", "7", "-1", "1.5", "NULL"] {
            let mut desk = Desk::open();
            assert!(desk.is_used());
            let (key, thief) = ("kind = 'reset_token'", desk.file());
            let sql = format!("UPDATE hipaa_authority SET {column} = {value} WHERE {key} AND {column} IS NOT {value}");
            // NOT NULL and STRICT types refuse some edits; a thief who rebuilds the table is tried below.
            let Ok(1) = thief.execute(&sql, []) else { continue };
            drop(thief);
            assert!(!desk.is_used(), "{column} = {value}");
        }
    }
}

#[test]
fn a_table_that_was_rebuilt_without_rules_denies_rows_of_another_shape() {
    for column in
        COLUMNS.into_iter().filter(|column| !matches!(*column, "kind" | "id" | "expires" | "lookup" | "sealed"))
    {
        let mut desk = Desk::open();
        let thief = desk.file();
        thief
            .execute_batch(
                "CREATE TABLE copy AS SELECT * FROM hipaa_authority; DROP TABLE hipaa_authority;
                 ALTER TABLE copy RENAME TO hipaa_authority;",
            )
            .unwrap();
        drop(thief);
        assert!(desk.is_used());
        assert_eq!(desk.edit(&format!("UPDATE hipaa_authority SET {column} = NULL WHERE kind = 'reset_token'")), 1);
        assert!(!desk.is_used(), "{column}");
    }
}

#[test]
fn a_state_of_another_shape_denies_and_is_a_finding() {
    for edit in ["mac = 7", "mac = x'00'", "version = -1", "version = 'text'", "tenant = x'00'", "tenant = 'text'"] {
        let mut desk = Desk::open();
        let sql = format!("UPDATE hipaa_state SET {edit} WHERE tbl = 'hipaa.authority' AND length(record) = 33");
        assert_eq!(desk.edit(&sql), 1);
        assert!(!desk.is_used(), "{edit}");
    }
}

#[test]
fn a_token_that_somebody_put_in_restored_or_revived_is_denied() {
    let mut desk = Desk::open();
    desk.edit("CREATE TABLE backup AS SELECT * FROM hipaa_authority WHERE kind = 'reset_token'");
    let forge = "INSERT INTO hipaa_authority SELECT kind,
        x'0000000000000000000000000000000000000000000000000000000000000009', tenant, owner, auth_version, version,
        header, expires, NULL, body, sealed, mac FROM hipaa_authority WHERE kind = 'reset_token'";
    assert_eq!(desk.edit(forge), 1);
    let id = RecordId::from_slice(&[&[0; 31][..], &[9]].concat()).unwrap();
    let door = desk.door.clone();
    let read = desk.db.write(|unit| door.read(unit, AuthorityKind::ResetToken, id)).map(drop);
    assert_eq!(read, Err(AuthorityError::Integrity));

    // Another token voids the first, which is then put back.
    let (identity, admin, ama) = (desk.ward.identity.clone(), desk.ward.admin.clone(), desk.ama);
    run(&mut desk.db, |unit| identity.renew_activation(unit, &admin, ama)).unwrap();
    assert_eq!(desk.edit("INSERT INTO hipaa_authority SELECT * FROM backup"), 1);
    assert!(!desk.is_used());
}

#[test]
fn a_row_restored_with_its_state_is_found_by_replaying_the_log() {
    let mut desk = Desk::open();
    let door = desk.door.clone();
    let replay = |desk: &mut Desk| {
        desk.db.write(|unit| door.replay(unit)).map_err(|error: AuthorityError| error).unwrap().into_inner()
    };
    assert_eq!(replay(&mut desk), []);
    desk.edit("CREATE TABLE rows AS SELECT * FROM hipaa_authority WHERE kind = 'reset_token'");
    desk.edit("CREATE TABLE states AS SELECT * FROM hipaa_state WHERE tbl = 'hipaa.authority' AND length(record) = 33");
    let (identity, admin, ama) = (desk.ward.identity.clone(), desk.ward.admin.clone(), desk.ama);
    run(&mut desk.db, |unit| identity.renew_activation(unit, &admin, ama)).unwrap();
    assert_eq!(replay(&mut desk), []);
    assert_eq!(desk.edit("INSERT INTO hipaa_authority SELECT * FROM rows"), 1);
    assert_eq!(desk.edit("INSERT OR REPLACE INTO hipaa_state SELECT * FROM states"), 1);
    assert!(desk.is_used(), "no read can tell");
    assert_eq!(replay(&mut desk).len(), 2);
}

#[test]
fn the_file_holds_no_login_name_or_display_name_in_clear() {
    let desk = Desk::open();
    let path = desk.ward.folder.path().join("emr.db");
    desk.db.connection().query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(())).unwrap();
    let file = std::fs::read(&path).unwrap();
    for text in [&b"ama.osei"[..], b"Ama Osei"] {
        assert!(!file.windows(text.len()).any(|part| part == text), "{}", String::from_utf8_lossy(text));
    }
    assert!(file.windows(9).any(|part| part == b"CLINICIAN"), "the search finds what is readable");
}

#[test]
fn one_of_many_writers_takes_a_login_name() {
    let mut desk = Desk::open();
    let (ward, new) = (&desk.ward, NewUser { login: "grace", ..AMA });
    let made = std::thread::scope(|scope| {
        let make =
            || scope.spawn(|| run(&mut ward.database(), |unit| ward.identity.create_user(unit, &ward.admin, new)));
        let threads = (0..8).map(|_| make()).collect::<Vec<_>>();
        threads.into_iter().map(|thread| thread.join().unwrap().map(drop)).collect::<Vec<_>>()
    });
    assert_eq!(made.iter().filter(|made| made.is_ok()).count(), 1);
    let taken = Error::Identity(IdentityError::User(UserError::LoginTaken));
    assert!(made.into_iter().filter_map(Result::err).all(|error| error.to_string() == taken.to_string()));
    let door = desk.door.clone();
    let replayed = desk.db.write(|unit| door.replay(unit)).map_err(|error: AuthorityError| error);
    assert_eq!(replayed.unwrap().into_inner(), []);
}
