//! A fresh database with the same settings and tables of the same shape.
//!
//! The shapes are those of the library's tables, column by column and index by index, without its length checks and
//! without its triggers against changing entries.

use crate::Failure;
use rusqlite::Connection;
use rusqlite::config::DbConfig;
use std::path::Path;

/// Entries, subjects, heads, terms and states.
const TABLES: &str = "
CREATE TABLE entry (
    log BLOB NOT NULL, sequence INTEGER NOT NULL, body BLOB NOT NULL, leaf BLOB NOT NULL, details BLOB,
    time INTEGER NOT NULL, name TEXT, actor TEXT, PRIMARY KEY (log, sequence)
) WITHOUT ROWID;
CREATE TABLE subject (
    log BLOB NOT NULL, subject BLOB NOT NULL, sequence INTEGER NOT NULL, PRIMARY KEY (log, subject, sequence)
) WITHOUT ROWID;
CREATE TABLE head (
    tenant BLOB NOT NULL PRIMARY KEY, log BLOB NOT NULL UNIQUE, size INTEGER NOT NULL, last_leaf BLOB NOT NULL,
    last_time INTEGER NOT NULL, range BLOB NOT NULL, signature BLOB NOT NULL, mac BLOB NOT NULL
) WITHOUT ROWID;
CREATE TABLE term (
    term BLOB NOT NULL, tbl TEXT NOT NULL, record BLOB NOT NULL, PRIMARY KEY (term, tbl, record)
) WITHOUT ROWID;
CREATE TABLE state (
    tbl TEXT NOT NULL, record BLOB NOT NULL, tenant BLOB NOT NULL, version INTEGER NOT NULL, mac BLOB NOT NULL,
    place INTEGER, PRIMARY KEY (tbl, record)
) WITHOUT ROWID;
CREATE INDEX state_live ON state (tenant, tbl, record, version, mac)
    WHERE mac <> x'0000000000000000000000000000000000000000000000000000000000000000';";

/// A connection that writes, with write-ahead log, full synchronisation and deleted content overwritten.
///
/// # Errors
/// SQLite's.
pub fn writer(path: &Path) -> Result<Connection, Failure> {
    let connection = Connection::open(path)?;
    connection.pragma_update(None, "journal_mode", "wal")?;
    connection.pragma_update(None, "synchronous", "full")?;
    connection.pragma_update(None, "secure_delete", true)?;
    settle(&connection)?;
    Ok(connection)
}

/// A writer on a new file with the tables.
///
/// # Errors
/// SQLite's.
pub fn create(path: &Path) -> Result<Connection, Failure> {
    let connection = writer(path)?;
    connection.execute_batch(TABLES)?;
    Ok(connection)
}

/// A connection that reads.
///
/// # Errors
/// SQLite's.
pub fn reader(path: &Path) -> Result<Connection, Failure> {
    let connection = Connection::open(path)?;
    settle(&connection)?;
    Ok(connection)
}

fn settle(connection: &Connection) -> Result<(), Failure> {
    connection.pragma_update(None, "temp_store", "memory")?;
    connection.pragma_update(None, "cache_size", -16 * 1024)?;
    connection.pragma_update(None, "cell_size_check", true)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    connection.set_prepared_statement_cache_capacity(128);
    Ok(())
}

/// Runs a cached statement without parameters.
///
/// # Errors
/// SQLite's.
pub fn run(connection: &Connection, sql: &str) -> rusqlite::Result<()> {
    connection.prepare_cached(sql)?.execute([]).map(|_| ())
}
