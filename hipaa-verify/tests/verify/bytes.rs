//! Every column of every kind of row: a changed byte, another type, nothing at all. Each must be found.

use crate::attack::Thief;
use crate::scene::{FIRST, Scene};

const EVENTS: u64 = 4;
use hipaa_core::audit::{Actor, Trust};
use hipaa_core::schema::TenantId;
use hipaa_core::verify::{Integrity, Options, verify};
use hipaa_sqlite::inspect::Inspection;
use rusqlite::types::Value;
use rusqlite::{Connection, params_from_iter};
use std::path::Path;

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
const KEYED: [(&str, &str); 3] = [("hipaa_head", "mac"), ("hipaa_tenant", "name"), ("hipaa_tenant", "mac")];

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

/// Makes every change in turn, and takes it back; the result is how many.
fn is_every_change_found(scene: &Scene, queries: Vec<(&str, String)>) -> u32 {
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
