//! Rows of users, factors, sessions and counters under the hands of somebody who writes the tables and has no key.

use super::login::{OTHER, PASSWORD, Ward, client, secret};
use hipaa_core::authority::Authority;
use hipaa_core::identity::{Finished, PasswordOutcome, Use};
use hipaa_core::schema::UserId;
use hipaa_sqlite::Error;
use hipaa_sqlite::rusqlite::Connection;
use secrecy::ExposeSecret as _;

/// Every table of ours that a user's standing is in.
const TABLES: [&str; 2] = ["hipaa_authority", "hipaa_state"];

/// A copy of all rows, to be put back later: the log and its head are left alone.
fn keep(thief: &Connection) {
    for table in TABLES {
        thief.execute_batch(&format!("CREATE TABLE kept_{table} AS SELECT * FROM {table}")).unwrap();
    }
}

fn put_back(thief: &Connection) {
    for table in TABLES {
        let columns = if table == "hipaa_state" { "WHERE tbl = 'hipaa.authority'" } else { "" };
        thief.execute_batch(&format!("DELETE FROM {table} {columns}")).unwrap();
        thief.execute_batch(&format!("INSERT INTO {table} SELECT * FROM kept_{table} {columns}")).unwrap();
    }
}

fn findings(ward: &mut Ward) -> usize {
    let door = Authority::new(ward.admin.clone());
    ward.plain(|unit, _| Ok(door.replay(unit)?)).unwrap().len()
}

/// Red if rows that were put back together with their states became good by what the application did next.
#[test]
fn a_user_who_was_put_back_is_found_by_replay_also_after_the_application_went_on() {
    let mut ward = Ward::new();
    let user = ward.person("maria");
    let admin = ward.admin.clone();
    assert_eq!(findings(&mut ward), 0);
    keep(&ward.thief());
    ward.plain(|unit, identity| identity.disable(unit, &admin, user)).unwrap();
    assert_eq!(findings(&mut ward), 0);
    put_back(&ward.thief());
    // What no read can see: the threat model says so.
    assert!(matches!(ward.login("maria", PASSWORD), Finished::Session(_)));
    assert!(findings(&mut ward) > 0, "before anything was built on it");
    ward.plain(|unit, identity| identity.change_role(unit, &admin, user, "CLERK")).unwrap();
    let mut another = ward.another();
    std::mem::swap(&mut ward.db, &mut another);
    assert!(findings(&mut ward) > 0, "the change that was built on it hides it");
}

/// Red if a recovery code or a factor that was put back with its state, and used up again, left no trace.
#[test]
fn a_recovery_code_that_was_put_back_and_used_again_is_found_by_replay() {
    let mut ward = Ward::new();
    ward.person("maria");
    let (_, session) = ward.enrol("maria");
    let active = ward.authorize(&session.token, Use::WORK).unwrap();
    let codes = ward.run(|unit, identity| identity.recovery_codes(unit, &active)).unwrap();
    let typed = codes[0].text().expose_secret().to_owned();
    keep(&ward.thief());
    for round in 0..2 {
        let pending = ward.pending("maria");
        assert!(matches!(ward.second(&pending, &typed), Finished::Session(_)), "round {round}");
        if round == 0 {
            assert_eq!(findings(&mut ward), 0);
            put_back(&ward.thief());
        }
    }
    assert!(findings(&mut ward) > 0);
}

/// Triggers that undo what the application has just written, row and state together.
const UNDO: [&str; 2] = [
    "CREATE TRIGGER undo_delete AFTER DELETE ON hipaa_authority WHEN OLD.kind = 'KIND'
     BEGIN INSERT INTO hipaa_authority VALUES (OLD.kind, OLD.id, OLD.tenant, OLD.owner, OLD.auth_version, OLD.version,
     OLD.header, OLD.expires, OLD.lookup, OLD.body, OLD.sealed, OLD.mac); END;
     CREATE TRIGGER undo_update AFTER UPDATE ON hipaa_authority WHEN OLD.kind = 'KIND' AND NEW.version > OLD.version
     BEGIN UPDATE hipaa_authority SET auth_version = OLD.auth_version, version = OLD.version, header = OLD.header,
     expires = OLD.expires, lookup = OLD.lookup, body = OLD.body, sealed = OLD.sealed, mac = OLD.mac
     WHERE kind = OLD.kind AND id = OLD.id; END;
     CREATE TRIGGER undo_insert AFTER INSERT ON hipaa_authority WHEN NEW.kind = 'KIND' AND NEW.version > 0
     AND NOT EXISTS (SELECT 1 FROM allowed) BEGIN DELETE FROM hipaa_authority WHERE kind = NEW.kind AND id = NEW.id; END",
    "CREATE TRIGGER undo_state AFTER UPDATE ON hipaa_state WHEN OLD.tbl = 'hipaa.authority' AND NEW.version > OLD.version
     AND hex(substr(OLD.record, 1, 1)) = 'CODE'
     BEGIN UPDATE hipaa_state SET version = OLD.version, mac = OLD.mac WHERE tbl = OLD.tbl AND record = OLD.record; END;
     CREATE TRIGGER undo_state_insert AFTER INSERT ON hipaa_state WHEN NEW.tbl = 'hipaa.authority'
     AND hex(substr(NEW.record, 1, 1)) = 'CODE' AND NOT EXISTS (SELECT 1 FROM allowed)
     BEGIN DELETE FROM hipaa_state WHERE tbl = NEW.tbl AND record = NEW.record; END",
];

fn plant(ward: &Ward, kind: &str, code: u8) {
    let thief = ward.thief();
    thief.execute_batch("CREATE TABLE allowed (x)").unwrap();
    for sql in UNDO {
        thief.execute_batch(&sql.replace("KIND", kind).replace("CODE", &format!("{code:02X}"))).unwrap();
    }
}

/// Red if what a trigger undid behind a write were taken for written: the row and its state as if nothing had been.
#[test]
fn a_recovery_code_whose_use_a_trigger_undoes_lets_nobody_in() {
    let mut ward = Ward::new();
    ward.person("maria");
    let (_, session) = ward.enrol("maria");
    let active = ward.authorize(&session.token, Use::WORK).unwrap();
    let codes = ward.run(|unit, identity| identity.recovery_codes(unit, &active)).unwrap();
    let typed = codes[0].text().expose_secret().to_owned();
    let pending = [(); 3].map(|()| ward.pending("maria"));
    plant(&ward, "recovery_code", 6);
    let mut let_in = 0;
    for pending in pending {
        let done = ward.run(|unit, identity| identity.second_factor(unit, &pending, &typed, &client()));
        let_in += usize::from(matches!(done, Ok(Finished::Session(_))));
    }
    assert!(let_in <= 1, "one code let in {let_in} times");
}

/// Red if a count that a trigger undid were taken for counted: guesses without end.
#[test]
fn guesses_whose_count_a_trigger_undoes_reach_the_hasher_five_times() {
    let mut ward = Ward::new();
    ward.person("maria");
    plant(&ward, "failure_count", 10);
    let before = ward.permits.load().hashes;
    for _ in 0..12 {
        let permit = ward.identity.permit().unwrap();
        let begun = ward.run(|unit, identity| identity.begin(unit, "maria", &client(), permit));
        let Ok(attempt) = begun else { continue };
        let verified = attempt.verify(secret("wrong")).unwrap();
        let _ = ward.run(|unit, identity| identity.finish(unit, verified, &client()));
    }
    let hashed = ward.permits.load().hashes - before;
    assert!(hashed <= 5, "{hashed} guesses");
}

/// Red if a disable, a role or a password that a trigger undid were acknowledged.
#[test]
fn a_disable_that_a_trigger_undoes_is_not_acknowledged() {
    let mut ward = Ward::new();
    let user = ward.person("maria");
    let admin = ward.admin.clone();
    plant(&ward, "user", 1);
    let said = ward.plain(|unit, identity| identity.disable(unit, &admin, user));
    assert!(
        said.is_err() || !matches!(ward.login("maria", PASSWORD), Finished::Session(_)),
        "disabled, as it was told, and logged in"
    );
}

/// Red if a used one-time code that a trigger made unused were taken again.
#[test]
fn a_code_whose_step_a_trigger_sets_back_lets_in_once() {
    let mut ward = Ward::new();
    ward.person("maria");
    let (seed, _) = ward.enrol("maria");
    ward.seconds(60);
    let pending = [(); 3].map(|()| ward.pending("maria"));
    plant(&ward, "second_factor", 5);
    let code = ward.code(&seed);
    let mut let_in = 0;
    for pending in pending {
        let done = ward.run(|unit, identity| identity.second_factor(unit, &pending, &code, &client()));
        let_in += usize::from(matches!(done, Ok(Finished::Session(_))));
    }
    assert!(let_in <= 1, "one code let in {let_in} times");
}

/// Red if a table in front of ours, made by an injection into the host's SQL, took what was meant for ours.
#[test]
fn a_temporary_table_in_front_of_ours_takes_no_disable() {
    for front in [
        "CREATE TEMP TABLE hipaa_authority AS SELECT * FROM main.hipaa_authority;
         CREATE INDEX temp.hipaa_authority_owner ON hipaa_authority (kind, tenant, owner, id);
         CREATE TEMP TABLE hipaa_state (tbl, record, tenant, version, mac, place, PRIMARY KEY (tbl, record));
         INSERT INTO temp.hipaa_state SELECT * FROM main.hipaa_state",
        "CREATE TEMP VIEW hipaa_state AS SELECT * FROM main.hipaa_state;
         CREATE TEMP TRIGGER front INSTEAD OF INSERT ON hipaa_state BEGIN SELECT 1; END",
    ] {
        let mut ward = Ward::new();
        let user = ward.person("maria");
        let admin = ward.admin.clone();
        let planted = ward.db.write(|unit| Ok::<_, Error>(unit.sql().execute_batch(front)?));
        if planted.is_err() {
            continue;
        }
        let said = ward.plain(|unit, identity| identity.disable(unit, &admin, user));
        let mut another = ward.another();
        std::mem::swap(&mut ward.db, &mut another);
        let gets_in = matches!(ward.login("maria", PASSWORD), Finished::Session(_));
        assert!(said.is_err() || !gets_in, "disabled in a table that nobody else sees");
    }
}

/// What somebody with SQL does to the rows of a user who is locked, disabled or has a factor.
fn edits(user: UserId) -> Vec<(&'static str, String)> {
    let id = user.to_string().replace('-', "");
    let state = format!("tbl = 'hipaa.authority' AND hex(record) LIKE '%{}'", id.to_uppercase());
    vec![
        (
            "role",
            format!(
                "UPDATE hipaa_authority SET body = replace(body, 'CLINICIAN', 'ADMIN') WHERE hex(id) = upper('{id}')"
            ),
        ),
        ("expiry of the count", "UPDATE hipaa_authority SET expires = 1 WHERE kind = 'failure_count'".into()),
        ("count deleted", "DELETE FROM hipaa_authority WHERE kind = 'failure_count'".into()),
        ("states deleted", format!("DELETE FROM hipaa_state WHERE {state}")),
        ("tombstones", format!("UPDATE hipaa_state SET mac = zeroblob(32) WHERE {state}")),
        (
            "all states of counts",
            "DELETE FROM hipaa_state WHERE tbl = 'hipaa.authority' AND hex(record) LIKE '0A%'".into(),
        ),
        ("index", "DROP INDEX hipaa_authority_owner".into()),
        ("lookup", "UPDATE hipaa_authority SET lookup = NULL WHERE kind = 'user'".into()),
    ]
}

/// Red if one statement of SQL undid a lock.
#[test]
fn no_single_statement_lets_a_locked_user_in() {
    let mut count = 0;
    for number in 0..8 {
        let mut ward = Ward::new();
        let user = ward.person("maria");
        for _ in 0..5 {
            assert!(matches!(ward.login("maria", "wrong"), Finished::Refused(_)));
        }
        let (what, sql) = edits(user).swap_remove(number);
        let thief = ward.thief();
        thief.execute_batch("PRAGMA ignore_check_constraints = ON").unwrap();
        count += usize::from(thief.execute(&sql, []).is_ok());
        let permit = ward.identity.permit().unwrap();
        let begun = ward.run(|unit, identity| identity.begin(unit, "maria", &client(), permit));
        let Ok(attempt) = begun else { continue };
        let verified = attempt.verify(secret(PASSWORD)).unwrap();
        let done = ward.run(|unit, identity| identity.finish(unit, verified, &client()));
        assert!(!matches!(done, Ok(Finished::Session(_) | Finished::SecondFactor(_))), "{what}");
    }
    assert!(count >= 6);
}

/// Red if rubbish beside a user's rows kept the user out: the threat model names altered rows of the user alone.
#[test]
fn sessions_that_somebody_put_in_keep_nobody_out() {
    let mut ward = Ward::new();
    let user = ward.person("maria");
    ward.session("maria");
    let owner = user.to_string().replace('-', "");
    ward.thief()
        .execute_batch(&format!(
            "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 700)
             INSERT INTO hipaa_authority SELECT 'session', randomblob(32), tenant, owner, auth_version, version, header,
             expires, NULL, body, sealed, mac FROM hipaa_authority, n WHERE kind = 'session' AND hex(owner) = upper('{owner}')"
        ))
        .unwrap();
    assert!(matches!(ward.login("maria", PASSWORD), Finished::Session(_)));
}

/// Red if a token row that was hidden while another was asked for came back as good as before.
#[test]
fn a_reset_token_that_was_hidden_while_another_was_asked_for_is_void() {
    let mut ward = Ward::new();
    ward.person("maria");
    let first = ward.reset("maria").unwrap();
    let thief = ward.thief();
    thief.execute_batch("CREATE TABLE hidden AS SELECT * FROM hipaa_authority WHERE kind = 'reset_token'").unwrap();
    thief.execute_batch("DELETE FROM hipaa_authority WHERE kind = 'reset_token'").unwrap();
    let second = ward.reset("maria").unwrap();
    thief.execute_batch("INSERT INTO hipaa_authority SELECT * FROM hidden").unwrap();
    let mut set = |token| {
        let permit = ward.identity.permit().unwrap();
        let begun = ward.run(|unit, identity| identity.reset_password(unit, token, &client(), permit)).unwrap();
        let new = begun.judge(secret(OTHER), &[]).unwrap();
        matches!(ward.run(|unit, identity| identity.finish_password(unit, new)), Ok(PasswordOutcome::Set))
    };
    let (by_second, by_first) = (set(&second.token), set(&first.token));
    assert!(by_second && !by_first, "second {by_second}, first {by_first}");
}
