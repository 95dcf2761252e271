//! Looks at a database file from outside and says everything that does not fit together.
//!
//! Chain and head of every log, states against rows, terms against seals, projections against bodies: what must hold after
//! any crash. Reads with plain SQL and the public decoders only.

use hipaa_core::audit::{Body, LogId, StoredHead, leaf_of, read_states, tag};
use hipaa_core::clock::Timestamp;
use hipaa_core::schema::TenantId;
use hipaa_core::seal::SealBlob;
use rusqlite::{Connection, OpenFlags, Result, Row};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

type States = BTreeMap<(String, Vec<u8>), (u64, Vec<u8>)>;

/// Every way in which the file is not whole; empty for a sound one. `table` is the SQL name of the one declared table.
///
/// # Errors
/// When the file cannot be read at all.
pub fn faults(path: &Path, table: &str) -> Result<Vec<String>> {
    let connection = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    let mut faults = Vec::new();
    let integrity: String = connection.query_row("PRAGMA integrity_check", [], |row| row.get(0))?;
    if integrity != "ok" {
        faults.push("SQLite's own integrity check fails".to_owned());
    }
    let deployment: Vec<u8> =
        connection.query_row("SELECT value FROM hipaa_meta WHERE key = 'deployment'", [], |row| row.get(0))?;
    let deployment: [u8; 16] = deployment.try_into().unwrap_or_default();
    let heads = all(
        &connection,
        "SELECT tenant, log, size, last_leaf, last_time, range, signature, mac FROM hipaa_head",
        head,
    )?;
    let key = head_key(&connection)?;
    let mut states = States::new();
    for head in &heads {
        check_log(&connection, head, &mut states, &mut faults)?;
        if head.verify_signature(&deployment, &key).is_err() {
            faults.push(format!("log {}: the head's signature is wrong", head.log));
        }
    }
    let entries: i64 = connection.query_row("SELECT count(*) FROM hipaa_audit", [], |row| row.get(0))?;
    if u64::try_from(entries).ok() != Some(heads.iter().map(|head| head.size).sum()) {
        faults.push("there are entries without a head".to_owned());
    }
    check_records(&connection, table, &states, &mut faults)?;
    Ok(faults)
}

fn all<T>(connection: &Connection, sql: &str, read: fn(&Row<'_>) -> Result<T>) -> Result<Vec<T>> {
    connection.prepare(sql)?.query_map([], read)?.collect()
}

fn fixed<const N: usize>(row: &Row<'_>, at: usize) -> Result<[u8; N]> {
    Ok(row.get::<_, Vec<u8>>(at)?.try_into().unwrap_or([0; N]))
}

fn head(row: &Row<'_>) -> Result<StoredHead> {
    Ok(StoredHead {
        tenant: TenantId::from_bytes(fixed(row, 0)?),
        log: LogId(fixed(row, 1)?),
        size: u64::try_from(row.get::<_, i64>(2)?).unwrap_or_default(),
        last_leaf: fixed(row, 3)?,
        last_time: Timestamp::from_micros(row.get(4)?),
        range: row.get(5)?,
        signature: fixed(row, 6)?,
        mac: fixed(row, 7)?,
    })
}

/// The public key in the deployment's genesis entry.
fn head_key(connection: &Connection) -> Result<[u8; 32]> {
    let sql = "SELECT body FROM hipaa_audit a JOIN hipaa_head h ON h.log = a.log WHERE h.tenant = zeroblob(16) AND sequence = 0";
    let body: Vec<u8> = connection.query_row(sql, [], |row| row.get(0))?;
    let body = Body::decode(&body).ok();
    Ok(body.and_then(|body| body.field(tag::HEAD_KEY)?.try_into().ok()).unwrap_or([0; 32]))
}

fn check_log(connection: &Connection, head: &StoredHead, states: &mut States, faults: &mut Vec<String>) -> Result<()> {
    let mut statement =
        connection.prepare("SELECT sequence, body, leaf, time FROM hipaa_audit WHERE log = ?1 ORDER BY sequence")?;
    let mut rows = statement.query([head.log.0])?;
    let (mut next, mut previous, mut time) = (0, [0; 32], i64::MIN);
    while let Some(row) = rows.next()? {
        let body: Vec<u8> = row.get(1)?;
        let Ok(entry) = Body::decode(&body) else {
            faults.push(format!("log {}: entry {next} is malformed", head.log));
            continue;
        };
        let fits = entry.prefix.sequence == next
            && row.get::<_, i64>(0)? == i64::try_from(next).unwrap_or(-1)
            && entry.prefix.previous == previous
            && entry.prefix.log == head.log
            && entry.prefix.tenant == head.tenant
            && entry.prefix.time.micros() >= time
            && row.get::<_, i64>(3)? == entry.prefix.time.micros()
            && row.get::<_, Vec<u8>>(2)? == leaf_of(&body);
        if !fits {
            faults.push(format!("log {}: entry {next} does not follow the one before", head.log));
        }
        (next, previous, time) = (next + 1, leaf_of(&body), entry.prefix.time.micros());
        if let Some((table, written)) = entry.field(tag::STATES).and_then(read_states) {
            for state in written {
                states
                    .insert((table.to_owned(), state.record.as_bytes().to_vec()), (state.version, state.mac.to_vec()));
            }
        }
    }
    if (head.size, head.last_leaf) != (next, previous) {
        faults.push(format!("log {}: the head says {} entries, there are {next}", head.log, head.size));
    }
    Ok(())
}

fn check_records(connection: &Connection, table: &str, replayed: &States, faults: &mut Vec<String>) -> Result<()> {
    let state = |row: &Row<'_>| Ok(((row.get(0)?, row.get(1)?), (row.get::<_, i64>(2)?.unsigned_abs(), row.get(3)?)));
    let projected: States =
        all(connection, "SELECT tbl, record, version, mac FROM hipaa_state", state)?.into_iter().collect();
    if projected != *replayed {
        faults.push("the recorded states are not those of the audit entries".to_owned());
    }
    let exists = format!("SELECT count(*) FROM sqlite_schema WHERE name = '{table}'");
    if connection.query_row(&exists, [], |row| row.get::<_, i64>(0))? == 0 {
        return Ok(());
    }
    let rows: Vec<(Vec<u8>, Vec<u8>)> =
        all(connection, &format!("SELECT record, hipaa_seal FROM \"{table}\""), |row| Ok((row.get(0)?, row.get(1)?)))?;
    let mut standing = States::new();
    let mut terms = BTreeSet::new();
    for (record, seal) in rows {
        let Ok(seal) = SealBlob::decode(&seal) else {
            faults.push("a seal is malformed".to_owned());
            continue;
        };
        terms.extend(seal.terms.iter().map(|term| (term.term.as_bytes().to_vec(), record.clone())));
        standing.insert((table.to_owned(), record), (seal.version, seal.mac.to_vec()));
    }
    let live: States = replayed
        .iter()
        .filter(|(_, (_, mac))| *mac != [0; 32])
        .map(|(key, state)| (key.clone(), state.clone()))
        .collect();
    if standing != live {
        faults.push("the rows are not those of the audit entries".to_owned());
    }
    let indexed: BTreeSet<(Vec<u8>, Vec<u8>)> =
        all(connection, "SELECT term, record FROM hipaa_term", |row| Ok((row.get(0)?, row.get(1)?)))?
            .into_iter()
            .collect();
    if indexed != terms {
        faults.push("the terms are not those of the rows".to_owned());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ward::{PATIENT, clinic, kek, patient};
    use hipaa_sqlite::Database;

    /// Each of these is found, and what is not damaged is not.
    const DAMAGES: &[(&str, &str)] = &[
        ("DELETE FROM hipaa_audit WHERE sequence = 2", "does not follow"),
        ("DELETE FROM hipaa_audit WHERE sequence = 3", "the head says"),
        ("UPDATE hipaa_audit SET time = time + 1 WHERE sequence = 1", "does not follow"),
        ("UPDATE hipaa_audit SET body = zeroblob(9) WHERE sequence = 1", "malformed"),
        ("UPDATE hipaa_head SET size = size - 1", "the head says"),
        ("UPDATE hipaa_head SET signature = zeroblob(64)", "signature is wrong"),
        ("DELETE FROM hipaa_head WHERE tenant <> zeroblob(16)", "without a head"),
        ("DELETE FROM patient WHERE rowid = 1", "rows are not those"),
        ("UPDATE patient SET hipaa_seal = zeroblob(3) WHERE rowid = 1", "seal is malformed"),
        ("DELETE FROM hipaa_state", "recorded states"),
        ("UPDATE hipaa_state SET version = 9", "recorded states"),
        ("DELETE FROM hipaa_term", "terms are not those"),
    ];

    #[test]
    fn every_planted_damage_is_found_and_a_sound_file_is_sound() {
        for (sql, expected) in DAMAGES {
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("check.db");
            let mut database = Database::open(&path, kek()).unwrap();
            let vault = clinic(&mut database).unwrap();
            for number in ["one", "two", "three"] {
                database.write(|unit| vault.create(unit, &PATIENT, &patient(number))).unwrap().into_inner();
            }
            drop(database);
            assert_eq!(faults(&path, "patient").unwrap(), Vec::<String>::new());
            let connection = Connection::open(&path).unwrap();
            let triggers = "DROP TRIGGER hipaa_audit_no_update; DROP TRIGGER hipaa_audit_no_delete;";
            connection.execute_batch(triggers).unwrap();
            assert!(connection.execute(sql, []).unwrap() > 0, "{sql}");
            let found = faults(&path, "patient").unwrap();
            assert!(found.iter().any(|fault| fault.contains(expected)), "{sql}: {found:?}");
        }
    }
}
