//! Bare inserts of rows that are already sealed: what an import leaves behind, in the same transactions.

use super::file;
use crate::Failure;
use rusqlite::types::Value;
use rusqlite::{Connection, params, params_from_iter};
use std::path::Path;

/// One sealed record: its row, its terms and its state.
#[derive(Debug, Clone)]
pub struct Record {
    /// Which table.
    pub table: usize,
    /// Tenant, record, the columns and the seal.
    pub row: Vec<Value>,
    /// The index terms.
    pub terms: Vec<Vec<u8>>,
    /// Version and MAC.
    pub state: (i64, Vec<u8>),
}

/// One audit entry: the eight columns of its row, and the patients whom it is about.
#[derive(Debug, Clone)]
pub struct Entry {
    /// Log, sequence, body, leaf, details, time, name and actor.
    pub row: Vec<Value>,
    /// The ids of the patients.
    pub subjects: Vec<Vec<u8>>,
}

/// What one transaction writes.
#[derive(Debug, Clone, Default)]
pub struct Commit {
    /// The records.
    pub records: Vec<Record>,
    /// The entries.
    pub entries: Vec<Entry>,
}

/// A whole import: its tables, its transactions, and the row of the head.
#[derive(Debug, Clone)]
pub struct Replay {
    /// Name and number of columns of each table.
    pub tables: Vec<(String, usize)>,
    /// The transactions, in order.
    pub commits: Vec<Commit>,
    /// Tenant, log, size, last leaf, last time, range, signature and MAC.
    pub head: Vec<Value>,
}

impl Replay {
    /// How many records are written.
    #[must_use]
    pub fn records(&self) -> usize {
        self.commits.iter().map(|commit| commit.records.len()).sum()
    }

    /// The tables on a fresh file at `path`.
    ///
    /// # Errors
    /// SQLite's.
    pub fn create(&self, path: &Path) -> Result<Connection, Failure> {
        let connection = file::create(path)?;
        for (at, (_, columns)) in self.tables.iter().enumerate() {
            let columns = (0..*columns).map(|column| format!("c{column} BLOB, ")).collect::<String>();
            connection.execute_batch(&format!(
                "CREATE TABLE t{at} (tenant BLOB NOT NULL, record BLOB NOT NULL, {columns}seal BLOB NOT NULL,
                    PRIMARY KEY (tenant, record))"
            ))?;
        }
        let sql = "INSERT INTO head VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)";
        connection.execute(sql, params_from_iter(&self.head))?;
        Ok(connection)
    }

    /// Every transaction: BEGIN IMMEDIATE; the rows of its records, their terms and states; the rows of its entries; one
    /// update of the head row; COMMIT, which flushes once.
    ///
    /// # Errors
    /// SQLite's.
    pub fn run(&self, connection: &Connection) -> Result<(), Failure> {
        let inserts = self.tables.iter().enumerate().map(|(at, (_, columns))| {
            let places = (1..=columns + 3).map(|place| format!("?{place}")).collect::<Vec<_>>().join(", ");
            format!("INSERT INTO t{at} VALUES ({places})")
        });
        let inserts = inserts.collect::<Vec<_>>();
        for commit in &self.commits {
            file::run(connection, "BEGIN IMMEDIATE")?;
            for record in &commit.records {
                self.insert(connection, record, inserts.get(record.table).ok_or("no such table")?)?;
            }
            commit.entries.iter().try_for_each(|entry| append(connection, entry))?;
            let sql = "UPDATE head SET size = ?3, last_leaf = ?4, last_time = ?5, range = ?6, signature = ?7, mac = ?8
                WHERE tenant = ?1 AND log = ?2";
            connection.prepare_cached(sql)?.execute(params_from_iter(&self.head))?;
            file::run(connection, "COMMIT")?;
        }
        Ok(())
    }

    fn insert(&self, connection: &Connection, record: &Record, insert: &str) -> Result<(), Failure> {
        let (name, _) = self.tables.get(record.table).ok_or("no such table")?;
        let [tenant, id, ..] = record.row.as_slice() else { return Err("a row without ids".into()) };
        for term in &record.terms {
            let sql = "INSERT INTO term (term, tbl, record) VALUES (?1, ?2, ?3)";
            connection.prepare_cached(sql)?.execute(params![term, name, id])?;
        }
        let (version, mac) = &record.state;
        let sql = "INSERT INTO state (tbl, record, tenant, version, mac) VALUES (?1, ?2, ?3, ?4, ?5)";
        connection.prepare_cached(sql)?.execute(params![name, id, tenant, version, mac])?;
        connection.prepare_cached(insert)?.execute(params_from_iter(&record.row))?;
        Ok(())
    }
}

fn append(connection: &Connection, entry: &Entry) -> Result<(), Failure> {
    let sql = "INSERT INTO entry (log, sequence, body, leaf, details, time, name, actor)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)";
    connection.prepare_cached(sql)?.execute(params_from_iter(&entry.row))?;
    let [log, sequence, ..] = entry.row.as_slice() else { return Err("an entry without its place".into()) };
    for subject in &entry.subjects {
        let sql = "INSERT INTO subject (log, subject, sequence) VALUES (?1, ?2, ?3)";
        connection.prepare_cached(sql)?.execute(params![log, subject, sequence])?;
    }
    Ok(())
}
