//! Every column of every kind of row: a changed byte, another type, nothing at all. Each must be found.

use crate::attack::Thief;
use crate::restore::every_kind;
use crate::scene::{FIRST, Scene};
use hipaa_core::audit::{Actor, BodyView, Trust};
use hipaa_core::schema::TenantId;
use hipaa_core::verify::{Integrity, Options, verify, verify_records};
use hipaa_sqlite::inspect::Inspection;
use rusqlite::types::Value;
use rusqlite::{Connection, params_from_iter};
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

const EVENTS: u64 = 4;

/// Positions that are tried in a long value.
const POSITIONS: usize = 8;
/// The same of a long text; a note has lines of many kinds.
const TEXT_POSITIONS: usize = 120;

/// The rows that are tried: of entries, one of each kind in each log.
fn queries() -> Vec<(&'static str, String)> {
    let last = FIRST + EVENTS;
    vec![
        ("hipaa_audit", format!("SELECT * FROM hipaa_audit WHERE sequence IN (0, 1, 2, 4, {last}, {})", last + 1)),
        ("hipaa_audit_subject", "SELECT * FROM hipaa_audit_subject".to_owned()),
        ("hipaa_head", "SELECT * FROM hipaa_head".to_owned()),
        ("hipaa_tenant", "SELECT * FROM hipaa_tenant".to_owned()),
    ]
}

/// What an outsider without a key cannot judge; the application checks it before it extends a log or uses a tenant.
const KEYED: [(&str, &str); 4] = [
    ("hipaa_head", "mac"),
    ("hipaa_tenant", "name"),
    ("hipaa_tenant", "mac"),
    // Where a row was put is a hint: it is believed only where that row has the record's id.
    ("hipaa_state", "place"),
];

fn changes(value: &Value) -> Vec<Value> {
    match value {
        Value::Null => vec![Value::Blob(vec![0]), Value::Text(String::new()), Value::Integer(0)],
        Value::Integer(number) => {
            let mut changes = (0..63).step_by(9).map(|bit| Value::Integer(number ^ (1 << bit))).collect::<Vec<_>>();
            changes.extend([Value::Real(0.5), Value::Blob(number.to_be_bytes().to_vec()), Value::Integer(-1 - number)]);
            changes
        }
        Value::Real(_) => unreachable!("we store none"),
        Value::Text(text) => {
            let mut changes = vec![Value::Blob(text.clone().into_bytes()), Value::Text(format!("{text} "))];
            let step = text.len().div_ceil(TEXT_POSITIONS).max(1);
            changes.extend((0..text.len()).step_by(step).map(|at| {
                let mut bytes = text.clone().into_bytes();
                bytes[at] ^= 1;
                Value::Text(String::from_utf8(bytes).unwrap())
            }));
            changes
        }
        Value::Blob(bytes) => {
            let step = bytes.len().div_ceil(POSITIONS).max(1);
            let places = (0..bytes.len()).step_by(step).chain(bytes.len().checked_sub(1));
            let flip = |at: usize| {
                let mut bytes = bytes.clone();
                bytes[at] ^= 1 << (at % 8);
                Value::Blob(bytes)
            };
            let mut changes = places.map(flip).collect::<Vec<_>>();
            changes.push(Value::Blob([bytes.as_slice(), &[0]].concat()));
            changes
        }
    }
}

fn is_found(path: &Path, trust: Trust) -> bool {
    let (mut sources, inspected) = Inspection::open(path, 1).unwrap();
    let options = Options { trust: Some(trust), key: [7; 32], ..Options::default() };
    let report = verify(&mut sources, options, &mut |_| {}).unwrap();
    drop(sources);
    inspected.close().unwrap();
    report.integrity == Integrity::Tampered
}

fn replace(
    sql: &Connection,
    table: &str,
    columns: &[String],
    (old, new): (&[Value], &[Value]),
) -> rusqlite::Result<()> {
    let matches = columns.iter().enumerate().map(|(at, name)| format!("\"{name}\" IS ?{}", at + 1)).collect::<Vec<_>>();
    let delete = format!("DELETE FROM {table} WHERE {}", matches.join(" AND "));
    sql.execute_batch("SAVEPOINT one")?;
    assert_eq!(sql.execute(&delete, params_from_iter(old))?, 1);
    let places = (1..=columns.len()).map(|at| format!("?{at}")).collect::<Vec<_>>().join(", ");
    match sql.execute(&format!("INSERT INTO {table} VALUES ({places})"), params_from_iter(new)) {
        Ok(_) => sql.execute_batch("RELEASE one"),
        Err(error) => {
            sql.execute_batch("ROLLBACK TO one; RELEASE one")?;
            Err(error)
        }
    }
}

#[test]
fn any_changed_byte_in_any_stored_column_of_the_log_is_found() {
    assert!(is_every_change_found(&Scene::small(EVENTS), queries()) > 1000);
}

#[test]
fn any_changed_byte_of_a_tile_or_of_a_kept_head_is_found() {
    let scene = Scene::new();
    let (mut db, operator) = (scene.open(), Actor::new(TenantId::DEPLOYMENT, "setup", "operator").unwrap());
    for _ in 0..2 {
        db.end_signing_period(&operator).unwrap();
    }
    drop(db);
    let queries = ["hipaa_tile", "hipaa_checkpoint"].map(|table| (table, format!("SELECT * FROM {table}")));
    assert!(is_every_change_found(&scene, queries.to_vec()) > 250);
}

#[test]
fn any_changed_byte_of_an_entry_of_any_kind_is_found() {
    let scene = every_kind();
    let thief = Thief::new(&scene);
    let entries = thief.entries(scene.own);
    let kinds = entries.iter().map(|(body, ..)| BodyView::read(body).unwrap().prefix.kind as u8);
    // Events (a sign of life among them), genesis, key_rotate, log_opened, log_head, restore: all that are written.
    assert_eq!(kinds.collect::<BTreeSet<_>>(), BTreeSet::from([0, 1, 2, 3, 4, 6]));
    assert!(entries.iter().any(|(_, _, name, _)| name.as_deref() == Some("AUDIT_STATUS")));
    drop(thief);
    let tables = ["hipaa_audit", "hipaa_audit_subject", "hipaa_head", "hipaa_tenant"];
    let queries = tables.map(|table| (table, format!("SELECT * FROM {table}")));
    assert!(is_every_change_found(&scene, queries.to_vec()) > 2_000);
}

#[test]
fn any_changed_byte_of_a_state_a_term_or_a_seal_is_found_with_the_records() {
    let scene = Scene::small(EVENTS);
    let tables = ["hipaa_state", "hipaa_term"];
    let queries = tables.map(|table| (table, format!("SELECT * FROM {table}")));
    assert!(is_every_change_found_by(&scene, queries.to_vec(), is_found_with_records) > 100);
    // Version and MAC of a seal, offsets 6 to 45; what stands behind them is under the MAC, which takes a key.
    let thief = Thief::new(&scene);
    let read = "SELECT hipaa_seal FROM patient WHERE record = ?1";
    let seal: Vec<u8> = thief.sql.query_row(read, [scene.record.as_bytes()], |row| row.get(0)).unwrap();
    for at in 6..46 {
        let mut changed = seal.clone();
        changed[at] ^= 1;
        thief.run("UPDATE patient SET hipaa_seal = ?2 WHERE record = ?1", (scene.record.as_bytes(), changed));
        assert!(is_found_with_records(&scene.path(), scene.trust()), "{at}");
    }
}

fn is_found_with_records(path: &Path, _: Trust) -> bool {
    let (mut sources, inspected) = Inspection::open(path, 1).unwrap();
    let breaks = verify_records(&mut sources[0], [7; 32], &mut |_| {}).unwrap();
    drop(sources);
    inspected.close().unwrap();
    breaks > 0
}

#[test]
fn any_changed_byte_of_what_is_kept_outside_is_never_called_clean() {
    let scene = Scene::small(EVENTS);
    assert_eq!(scene.verify_witnessed(&[]).code, 0);
    let notes = fs::read_dir(scene.folder.path().join("witness")).unwrap().map(|note| note.unwrap().path());
    let kept = notes.chain([scene.folder.path().join("trust")]).collect::<Vec<_>>();
    let mut tried = 0;
    for path in &kept {
        let bytes = fs::read(path).unwrap();
        for at in (0..bytes.len()).step_by(7).chain([bytes.len() - 1]) {
            let mut changed = bytes.clone();
            changed[at] ^= 1;
            fs::write(path, changed).unwrap();
            assert_ne!(scene.exit_code(), Some(0), "{}: {at}", path.display());
            tried += 1;
        }
        fs::write(path, bytes).unwrap();
    }
    assert_eq!((scene.exit_code(), kept.len()), (Some(0), 4));
    assert!(tried > 150);
}

fn is_every_change_found(scene: &Scene, queries: Vec<(&str, String)>) -> u32 {
    is_every_change_found_by(scene, queries, is_found)
}

/// Makes every change in turn, and takes it back; the result is how many.
fn is_every_change_found_by(scene: &Scene, queries: Vec<(&str, String)>, is_found: fn(&Path, Trust) -> bool) -> u32 {
    let (thief, trust, path) = (Thief::new(scene), scene.trust(), scene.path());
    thief.sql.pragma_update(None, "synchronous", "off").unwrap();
    assert!(!is_found(&path, trust));
    let mut tried = 0;
    for (table, query) in queries {
        let mut statement = thief.sql.prepare(&query).unwrap();
        let columns = statement.column_names().map(str::to_owned).collect::<Vec<_>>();
        let read = |row: &rusqlite::Row<'_>| (0..columns.len()).map(|at| row.get(at)).collect();
        let rows = statement.query_map([], read).unwrap().collect::<Result<Vec<Vec<Value>>, _>>().unwrap();
        assert!(rows.len() >= 2);
        for row in rows {
            for (at, column) in columns.iter().enumerate() {
                let keyed = KEYED.contains(&(table, column.as_str()));
                for change in changes(&row[at]) {
                    let mut changed = row.clone();
                    changed[at] = change.clone();
                    // What the table's own constraints refuse cannot be stored.
                    if replace(&thief.sql, table, &columns, (&row, &changed)).is_err() {
                        continue;
                    }
                    assert!(keyed || is_found(&path, trust), "{table}.{column}: {change:?}");
                    replace(&thief.sql, table, &columns, (&changed, &row)).unwrap();
                    tried += 1;
                }
            }
        }
    }
    assert!(!is_found(&path, trust));
    tried
}
