//! Logs as they lie there.

use super::{Inspection, blob, bytes, number, stored};
use crate::Error;
use hipaa_core::clock::Timestamp;
use hipaa_core::schema::TenantId;
use hipaa_core::store::{LogId, StoredHead};
use hipaa_core::verify::{EntryView, Source, SubjectRow};
use rusqlite::types::{Value, ValueRef};
use rusqlite::{OptionalExtension, Row, params};
use std::collections::BTreeSet;

const TABLES: [&str; 7] =
    ["hipaa_tenant", "hipaa_head", "hipaa_audit", "hipaa_audit_subject", "hipaa_table", "hipaa_state", "hipaa_term"];

/// The heads that are kept for good; a database without any has the table all the same.
const KEPT: &str = "hipaa_checkpoint";

impl Source for Inspection {
    type Error = Error;

    fn is_whole(&mut self) -> Result<bool, Error> {
        let all = TABLES.iter().map(|table| self.has_our_table(table)).collect::<Result<Vec<_>, _>>()?;
        // An older schema has no tiles; what stands under the name of a table that there may be must be that table.
        let others = "SELECT name FROM sqlite_schema WHERE lower(name) IN ('hipaa_tile', 'hipaa_checkpoint')";
        let others = self
            .connection
            .prepare_cached(others)?
            .query_map([], |row| row.get(0))?
            .collect::<Result<Vec<String>, _>>()?;
        let others = others.iter().map(|name| self.has_our_table(name)).collect::<Result<Vec<_>, _>>()?;
        Ok(all.into_iter().chain(others).all(|there| there))
    }

    fn deployment(&mut self) -> Result<Option<[u8; 16]>, Error> {
        if !self.has_table("hipaa_meta")? {
            return Ok(None);
        }
        let sql = "SELECT value FROM hipaa_meta WHERE key = 'deployment'";
        Ok(self.connection.query_row(sql, [], |row| Ok(blob(row.get_ref(0)?))).optional()?.flatten())
    }

    fn heads(&mut self) -> Result<Vec<Option<StoredHead>>, Error> {
        let sql = "SELECT tenant, log, size, last_leaf, last_time, range, signature, mac FROM hipaa_head";
        let mut statement = self.connection.prepare_cached(sql)?;
        let heads = statement.query_map([], head)?;
        Ok(heads.collect::<Result<_, _>>()?)
    }

    fn tenants(&mut self) -> Result<Vec<Option<(TenantId, LogId)>>, Error> {
        let mut statement = self.connection.prepare_cached("SELECT tenant, log FROM hipaa_tenant")?;
        let tenants = statement.query_map([], |row| {
            let ids = blob(row.get_ref(0)?).zip(blob(row.get_ref(1)?));
            Ok(ids.map(|(tenant, log)| (TenantId::from_bytes(tenant), LogId(log))))
        })?;
        Ok(tenants.collect::<Result<_, _>>()?)
    }

    fn logs(&mut self) -> Result<Vec<Option<LogId>>, Error> {
        let mut logs = BTreeSet::new();
        for table in ["hipaa_audit", "hipaa_audit_subject", "hipaa_tile"] {
            if self.has_table(table)? {
                self.logs_of(table, &mut logs)?;
            }
        }
        Ok(logs.into_iter().collect())
    }

    fn entries(
        &mut self,
        log: LogId,
        (from, to): (u64, u64),
        each: &mut dyn FnMut(&EntryView<'_>),
    ) -> Result<(), Error> {
        let sql = "SELECT sequence, body, leaf, details, time, name, actor FROM hipaa_audit
            WHERE log = ?1 AND sequence >= ?2 AND sequence < ?3 ORDER BY sequence";
        let mut statement = self.connection.prepare_cached(sql)?;
        let mut rows = statement.query(params![log.0, integer(from), integer(to)])?;
        while let Some(row) = rows.next()? {
            let value = |at| row.get_ref(at).map(stored);
            each(&EntryView {
                sequence: value(0)?,
                body: value(1)?,
                leaf: value(2)?,
                details: value(3)?,
                time: value(4)?,
                name: value(5)?,
                actor: value(6)?,
            });
        }
        Ok(())
    }

    fn next_place(&mut self, log: LogId, (from, to): (u64, u64)) -> Result<Option<u64>, Error> {
        let sql = "SELECT sequence FROM hipaa_audit WHERE log = ?1 AND sequence >= ?2 AND sequence < ?3
            ORDER BY sequence LIMIT 1";
        let mut statement = self.connection.prepare_cached(sql)?;
        let read = |row: &Row<'_>| match row.get_ref(0)? {
            ValueRef::Integer(place) => Ok(place.unsigned_abs()),
            // Something between two places: the next part says what it is.
            _ => Ok(from),
        };
        Ok(statement.query_row(params![log.0, integer(from), integer(to)], read).optional()?)
    }

    fn strays(&mut self, log: LogId, size: u64, each: &mut dyn FnMut(Option<u64>)) -> Result<(), Error> {
        let before = "SELECT sequence FROM hipaa_audit WHERE log = ?1 AND sequence < ?2";
        let behind = "SELECT sequence FROM hipaa_audit WHERE log = ?1 AND sequence >= ?2";
        for (sql, end) in [(before, 0), (behind, integer(size))] {
            let mut statement = self.connection.prepare_cached(sql)?;
            let mut rows = statement.query(params![log.0, end])?;
            while let Some(row) = rows.next()? {
                each(number(row.get_ref(0)?));
            }
        }
        Ok(())
    }

    fn subjects(&mut self, log: LogId, each: &mut dyn FnMut(Option<SubjectRow<'_>>)) -> Result<(), Error> {
        let sql = "SELECT subject, sequence FROM hipaa_audit_subject WHERE log = ?1";
        let mut statement = self.connection.prepare_cached(sql)?;
        let mut rows = statement.query([log.0])?;
        while let Some(row) = rows.next()? {
            each(bytes(row.get_ref(0)?).zip(number(row.get_ref(1)?)));
        }
        Ok(())
    }

    fn has_subject(&mut self, log: LogId, subject: &[u8], sequence: u64) -> Result<bool, Error> {
        let sql = "SELECT 1 FROM hipaa_audit_subject WHERE log = ?1 AND subject = ?2 AND sequence = ?3";
        let mut statement = self.connection.prepare_cached(sql)?;
        Ok(statement.exists(params![log.0, subject, integer(sequence)])?)
    }

    fn checkpoint(&mut self, log: LogId, size: u64) -> Result<Option<Vec<u8>>, Error> {
        if !self.has_table(KEPT)? {
            return Ok(None);
        }
        let sql = "SELECT note FROM hipaa_checkpoint WHERE log = ?1 AND size = ?2";
        let read = |row: &Row<'_>| Ok(row.get_ref(0)?.as_str().ok().map(|note| note.as_bytes().to_vec()));
        Ok(self.connection.prepare_cached(sql)?.query_row(params![log.0, integer(size)], read).optional()?.flatten())
    }

    fn checkpoints(&mut self, each: &mut dyn FnMut(Option<(LogId, u64)>)) -> Result<(), Error> {
        if !self.has_table(KEPT)? {
            return Ok(());
        }
        let mut statement = self.connection.prepare_cached("SELECT log, size FROM hipaa_checkpoint")?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            each(blob(row.get_ref(0)?).map(LogId).zip(number(row.get_ref(1)?)));
        }
        Ok(())
    }

    fn keeps_tiles(&mut self) -> Result<bool, Error> {
        self.has_table("hipaa_tile")
    }

    fn tiles(&mut self, log: LogId, each: &mut dyn FnMut(Option<(u8, u64)>)) -> Result<(), Error> {
        let mut statement = self.connection.prepare_cached("SELECT level, idx FROM hipaa_tile WHERE log = ?1")?;
        let mut rows = statement.query([log.0])?;
        while let Some(row) = rows.next()? {
            let level = number(row.get_ref(0)?).and_then(|level| u8::try_from(level).ok());
            each(level.zip(number(row.get_ref(1)?)));
        }
        Ok(())
    }

    fn tile(&mut self, log: LogId, (level, index): (u8, u64)) -> Result<Option<Vec<u8>>, Error> {
        let sql = "SELECT hashes FROM hipaa_tile WHERE log = ?1 AND level = ?2 AND idx = ?3";
        let mut statement = self.connection.prepare_cached(sql)?;
        let read = |row: &Row<'_>| Ok(bytes(row.get_ref(0)?).map(<[u8]>::to_vec));
        Ok(statement.query_row(params![log.0, level, integer(index)], read).optional()?.flatten())
    }
}

impl Inspection {
    /// Every log of a table, one look-up each.
    fn logs_of(&self, table: &str, logs: &mut BTreeSet<Option<LogId>>) -> Result<(), Error> {
        let first = format!("SELECT log FROM {table} ORDER BY log LIMIT 1");
        let next = format!("SELECT log FROM {table} WHERE log > ?1 ORDER BY log LIMIT 1");
        let mut log: Option<Value> = self.connection.query_row(&first, [], |row| row.get(0)).optional()?;
        while let Some(value) = log {
            let id = match &value {
                Value::Blob(bytes) => bytes.as_slice().try_into().ok().map(LogId),
                _ => None,
            };
            logs.insert(id);
            log = self.connection.prepare_cached(&next)?.query_row([&value], |row| row.get(0)).optional()?;
        }
        Ok(())
    }
}

fn head(row: &Row<'_>) -> rusqlite::Result<Option<StoredHead>> {
    let read = || {
        Some(StoredHead {
            tenant: TenantId::from_bytes(blob(row.get_ref(0).ok()?)?),
            log: LogId(blob(row.get_ref(1).ok()?)?),
            size: number(row.get_ref(2).ok()?)?,
            last_leaf: blob(row.get_ref(3).ok()?)?,
            last_time: Timestamp::from_micros(row.get(4).ok()?),
            range: bytes(row.get_ref(5).ok()?)?.to_vec(),
            signature: blob(row.get_ref(6).ok()?)?,
            mac: blob(row.get_ref(7).ok()?)?,
        })
    };
    Ok(read())
}

/// No log on SQLite is longer than its integers.
fn integer(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
