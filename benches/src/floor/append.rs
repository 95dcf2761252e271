//! Bare inserts of the rows of audit entries, with nothing hashed and nothing signed.

use super::file;
use crate::Failure;
use crate::sample::{Random, filler};
use rusqlite::{Connection, params};
use std::path::Path;

/// The sizes of the rows of one entry.
#[derive(Debug, Clone)]
pub struct EntryShape {
    /// How long the body is.
    pub body: usize,
    /// The name of the event.
    pub name: String,
    /// The user id.
    pub actor: String,
    /// How long the range of the head row is.
    pub range: usize,
}

/// Logs on a fresh file, and one thread that inserts.
#[derive(Debug)]
pub struct Logs {
    pub(super) connection: Connection,
    shape: EntryShape,
    body: Vec<u8>,
    range: Vec<u8>,
    logs: Vec<([u8; 16], i64)>,
    random: Random,
}

impl Logs {
    /// So many logs on a fresh file at `path`, each with its head row.
    ///
    /// # Errors
    /// SQLite's.
    pub fn create(path: &Path, count: u64, shape: EntryShape) -> Result<Self, Failure> {
        let connection = file::create(path)?;
        let mut random = Random::new(count);
        let logs = (0..count).map(|_| (random.bytes(), 0)).collect::<Vec<_>>();
        let (body, range) = (filler(shape.body), filler(shape.range));
        for (log, _) in &logs {
            let sql = "INSERT INTO head VALUES (?1, ?1, 0, ?2, 0, ?3, ?4, ?2)";
            connection.execute(sql, params![log, [0_u8; 32], range, [0_u8; 64]])?;
        }
        Ok(Self { connection, shape, body, range, logs, random })
    }

    /// One durable commit: BEGIN IMMEDIATE; per entry one row in `entry` and one in `subject`, in turn over the logs; one
    /// update of the head row of every log; COMMIT, which flushes once.
    ///
    /// # Errors
    /// SQLite's.
    pub fn commit(&mut self, entries: u64) -> Result<(), Failure> {
        file::run(&self.connection, "BEGIN IMMEDIATE")?;
        for at in 0..entries {
            let subject = self.random.bytes();
            self.insert(at, &subject)?;
        }
        self.update_heads(entries)?;
        file::run(&self.connection, "COMMIT")?;
        Ok(())
    }

    /// The two rows of one entry about one patient.
    pub(super) fn insert(&mut self, at: u64, subject: &[u8; 16]) -> Result<(), Failure> {
        let place = usize::try_from(at)? % self.logs.len();
        let Some((log, sequence)) = self.logs.get_mut(place) else { return Ok(()) };
        let sql = "INSERT INTO entry (log, sequence, body, leaf, details, time, name, actor)
            VALUES (?1, ?2, ?3, ?4, NULL, ?5, ?6, ?7)";
        let leaf = [7_u8; 32];
        let values = params![*log, *sequence, self.body, leaf, 1_i64 << 50, self.shape.name, self.shape.actor];
        self.connection.prepare_cached(sql)?.execute(values)?;
        let sql = "INSERT INTO subject (log, subject, sequence) VALUES (?1, ?2, ?3)";
        self.connection.prepare_cached(sql)?.execute(params![*log, subject, *sequence])?;
        *sequence += 1;
        Ok(())
    }

    /// One update of the head row of every log that the last `entries` entries touched.
    pub(super) fn update_heads(&self, entries: u64) -> Result<(), Failure> {
        let touched = usize::try_from(entries)?.min(self.logs.len());
        for (log, sequence) in self.logs.iter().take(touched) {
            let sql = "UPDATE head SET size = ?2, last_leaf = ?3, last_time = ?4, range = ?5, signature = ?6, mac = ?3
                WHERE tenant = ?1";
            let values = params![log, sequence, [7_u8; 32], 1_i64 << 50, self.range, [7_u8; 64]];
            self.connection.prepare_cached(sql)?.execute(values)?;
        }
        Ok(())
    }
}
