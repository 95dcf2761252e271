//! Bare inserts of the rows that one new record leaves behind, under the same savepoints.

use super::append::{EntryShape, Logs};
use super::file;
use crate::Failure;
use crate::sample::{Random, filler};
use rusqlite::types::ToSqlOutput;
use rusqlite::{params, params_from_iter};
use std::path::Path;

/// The sizes of the rows of one new record.
#[derive(Debug, Clone)]
pub struct RecordShape {
    /// How long each sealed column is.
    pub cells: Vec<usize>,
    /// How long the seal column is.
    pub seal: usize,
    /// How long each index term is.
    pub terms: Vec<usize>,
    /// Its entry.
    pub entry: EntryShape,
}

/// Records of one tenant on a fresh file, and one thread that inserts.
#[derive(Debug)]
pub struct Records {
    logs: Logs,
    insert: String,
    cells: Vec<Vec<u8>>,
    terms: Vec<usize>,
    random: Random,
}

impl Records {
    /// A table with so many sealed columns on a fresh file at `path`.
    ///
    /// # Errors
    /// SQLite's.
    pub fn create(path: &Path, shape: RecordShape) -> Result<Self, Failure> {
        let logs = Logs::create(path, 1, shape.entry)?;
        let columns = (0..shape.cells.len()).map(|at| format!("c{at} BLOB, ")).collect::<String>();
        let table = "CREATE TABLE patient (tenant BLOB NOT NULL, record BLOB NOT NULL, ";
        let key = "seal BLOB NOT NULL, PRIMARY KEY (tenant, record))";
        logs.connection.execute_batch(&format!("{table}{columns}{key}"))?;
        let places = (0..shape.cells.len()).map(|at| format!(", ?{}", at + 4)).collect::<String>();
        let names = (0..shape.cells.len()).map(|at| format!(", c{at}")).collect::<String>();
        let insert = format!("INSERT INTO patient (tenant, record, seal{names}) VALUES (?1, ?2, ?3{places})");
        let cells = std::iter::once(shape.seal).chain(shape.cells).map(filler).collect();
        Ok(Self { logs, insert, cells, terms: shape.terms, random: Random::new(9) })
    }

    /// One durable commit: BEGIN IMMEDIATE; per record one savepoint around one row, its term rows, its state row with the
    /// index of live states, one row in `entry` and one in `subject`; one update of the head row; COMMIT, which flushes
    /// once. Nothing is sealed: the bytes were made beforehand and have the sizes of sealed ones.
    ///
    /// # Errors
    /// SQLite's.
    pub fn commit(&mut self, records: u64) -> Result<(), Failure> {
        file::run(&self.logs.connection, "BEGIN IMMEDIATE")?;
        for at in 0..records {
            file::run(&self.logs.connection, "SAVEPOINT one")?;
            self.insert(at)?;
            file::run(&self.logs.connection, "RELEASE one")?;
        }
        self.logs.update_heads(records)?;
        file::run(&self.logs.connection, "COMMIT")?;
        Ok(())
    }

    fn insert(&mut self, at: u64) -> Result<(), Failure> {
        let (tenant, record) = ([3_u8; 16], self.random.bytes());
        let connection = &self.logs.connection;
        let keys = [tenant.as_slice(), record.as_slice()];
        let values = keys.into_iter().chain(self.cells.iter().map(Vec::as_slice)).map(ToSqlOutput::from);
        connection.prepare_cached(&self.insert)?.execute(params_from_iter(values))?;
        let place = connection.last_insert_rowid();
        for length in &self.terms {
            let term = self.random.bytes();
            let term = term.get(..*length).unwrap_or(&term);
            let sql = "INSERT INTO term (term, tbl, record) VALUES (?1, 'patient', ?2)";
            connection.prepare_cached(sql)?.execute(params![term, record])?;
        }
        let sql = "INSERT INTO state (tbl, record, tenant, version, mac, place) VALUES ('patient', ?1, ?2, 1, ?3, ?4)";
        connection.prepare_cached(sql)?.execute(params![record, tenant, [7_u8; 32], place])?;
        self.logs.insert(at, &record)
    }
}
