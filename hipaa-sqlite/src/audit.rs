//! Logs and their heads.

use crate::store::{SqliteStore, fixed, limit, signed, unsigned};
use hipaa_core::audit::Leaf;
use hipaa_core::audit::merkle::TILE_BYTES;
use hipaa_core::clock::Timestamp;
use hipaa_core::schema::{RecordId, TenantId};
use hipaa_core::store::{AuditStore, EntryProjection, LogId, StoreError, StoredEntry, StoredHead};
use rusqlite::types::ValueRef;
use rusqlite::{Row, params};

impl AuditStore for SqliteStore<'_> {
    fn head(&mut self, tenant: TenantId) -> Result<Option<StoredHead>, StoreError> {
        let sql = "SELECT log, size, last_leaf, last_time, range, signature, mac, tenant FROM hipaa_head
            WHERE tenant = ?1";
        self.one(sql, [tenant.as_bytes()], head)
    }

    fn heads(&mut self, after: Option<TenantId>, most: usize) -> Result<Vec<StoredHead>, StoreError> {
        let sql = "SELECT log, size, last_leaf, last_time, range, signature, mac, tenant FROM hipaa_head
            WHERE tenant > ?1 ORDER BY tenant LIMIT ?2";
        let after = after.as_ref().map_or(&[][..], |tenant| tenant.as_bytes());
        self.all(sql, params![after, limit(most)], head)
    }

    fn put_checkpoint(&mut self, log: LogId, size: u64, note: &str) -> Result<(), StoreError> {
        let sql = "INSERT INTO hipaa_checkpoint (log, size, note) VALUES (?1, ?2, ?3)";
        self.run_one(sql, params![log.0, signed(size)?, note])
    }

    fn checkpoints(&mut self, log: LogId, size: u64, most: usize) -> Result<Vec<(u64, String)>, StoreError> {
        let sql = "SELECT size, note FROM hipaa_checkpoint WHERE log = ?1 AND size >= ?2 ORDER BY size LIMIT ?3";
        let Ok(size) = signed(size) else { return Ok(Vec::new()) };
        self.all(sql, params![log.0, size, limit(most)], |row| Ok((unsigned(row, 0)?, row.get(1)?)))
    }

    fn put_head(&mut self, head: &StoredHead) -> Result<(), StoreError> {
        let sql = "INSERT INTO hipaa_head (tenant, log, size, last_leaf, last_time, range, signature, mac)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
            ON CONFLICT (tenant) DO UPDATE
            SET size = ?3, last_leaf = ?4, last_time = ?5, range = ?6, signature = ?7, mac = ?8 WHERE log = ?2";
        let values = params![
            head.tenant.as_bytes(),
            head.log.0,
            signed(head.size)?,
            head.last_leaf,
            head.last_time.micros(),
            head.range,
            head.signature,
            head.mac
        ];
        self.run_own(sql, values)
    }

    fn tail(&mut self, log: LogId) -> Result<Option<StoredEntry>, StoreError> {
        let sql = "SELECT sequence, body, leaf, details FROM hipaa_audit WHERE log = ?1 ORDER BY sequence DESC LIMIT 1";
        self.one(sql, [log.0], |row| entry(log, row))
    }

    fn tail_leaf(&mut self, log: LogId) -> Result<Option<(u64, Leaf)>, StoreError> {
        let sql = "SELECT sequence, leaf FROM hipaa_audit WHERE log = ?1 ORDER BY sequence DESC LIMIT 1";
        self.one(sql, [log.0], |row| Ok((place(row), fixed(row, 1).unwrap_or_default())))
    }

    fn append_entry(&mut self, entry: &StoredEntry, projection: &EntryProjection<'_>) -> Result<(), StoreError> {
        let sql = "INSERT INTO hipaa_audit (log, sequence, body, leaf, details, time, name, actor)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)";
        let sequence = signed(entry.sequence)?;
        let (time, name, user) = (projection.time.micros(), projection.name, projection.user);
        let values = params![entry.log.0, sequence, entry.body, entry.leaf, entry.details, time, name, user];
        self.run_one(sql, values)?;
        for subject in projection.subjects {
            // A projection that somebody planted must not keep an entry out.
            let sql =
                "INSERT INTO hipaa_audit_subject (log, subject, sequence) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING";
            let values = params![entry.log.0, subject.as_bytes(), sequence];
            if self.run(sql, values)? == 0 {
                // Planted before; or a trigger swallowed it, to hide who looked.
                let there = "SELECT 1 FROM hipaa_audit_subject WHERE log = ?1 AND subject = ?2 AND sequence = ?3";
                self.one(there, values, |_| Ok(()))?.ok_or(StoreError::Refused)?;
            }
        }
        Ok(())
    }

    fn has_other_writers(&mut self) -> Result<bool, StoreError> {
        self.others_write()
    }

    fn entries(&mut self, log: LogId, from: u64, most: usize) -> Result<Vec<StoredEntry>, StoreError> {
        // A place that is no number is none: verification names it.
        let sql = "SELECT sequence, body, leaf, details FROM hipaa_audit
            WHERE log = ?1 AND sequence >= ?2 AND typeof(sequence) = 'integer' ORDER BY sequence LIMIT ?3";
        // No log on SQLite is long enough for a sequence that SQLite cannot hold.
        let Ok(from) = signed(from) else { return Ok(Vec::new()) };
        self.all(sql, params![log.0, from, limit(most)], |row| entry(log, row))
    }

    fn leaves(&mut self, log: LogId, from: u64, most: usize) -> Result<Vec<Leaf>, StoreError> {
        let sql = "SELECT leaf FROM hipaa_audit WHERE log = ?1 AND sequence >= ?2 ORDER BY sequence LIMIT ?3";
        let Ok(from) = signed(from) else { return Ok(Vec::new()) };
        self.all(sql, params![log.0, from, limit(most)], |row| fixed(row, 0))
    }

    fn tile(&mut self, log: LogId, level: u8, index: u64) -> Result<Option<Vec<u8>>, StoreError> {
        let sql = "SELECT hashes FROM hipaa_tile WHERE log = ?1 AND level = ?2 AND idx = ?3";
        let Ok(index) = signed(index) else { return Ok(None) };
        self.one(sql, params![log.0, level, index], |row| row.get(0))
    }

    fn put_tile(&mut self, log: LogId, level: u8, index: u64, hashes: &[u8]) -> Result<(), StoreError> {
        if hashes.len() != TILE_BYTES {
            return Err(StoreError::Corrupt);
        }
        let sql = "INSERT INTO hipaa_tile (log, level, idx, hashes) VALUES (?1, ?2, ?3, ?4)
            ON CONFLICT (log, level, idx) DO UPDATE SET hashes = ?4";
        self.run_one(sql, params![log.0, level, signed(index)?, hashes])
    }

    fn entries_about(&mut self, log: LogId, subject: RecordId, most: usize) -> Result<Vec<StoredEntry>, StoreError> {
        let sql = "SELECT a.sequence, a.body, a.leaf, a.details FROM hipaa_audit_subject s
            CROSS JOIN hipaa_audit a ON a.log = s.log AND a.sequence = s.sequence
            WHERE s.log = ?1 AND s.subject = ?2 ORDER BY s.sequence DESC LIMIT ?3";
        self.all(sql, params![log.0, subject.as_bytes(), limit(most)], |row| entry(log, row))
    }
}

fn head(row: &Row<'_>) -> rusqlite::Result<StoredHead> {
    Ok(StoredHead {
        log: LogId(fixed(row, 0)?),
        size: unsigned(row, 1)?,
        last_leaf: fixed(row, 2)?,
        last_time: Timestamp::from_micros(row.get(3)?),
        range: row.get(4)?,
        signature: fixed(row, 5)?,
        mac: fixed(row, 6)?,
        tenant: TenantId::from_bytes(fixed(row, 7)?),
    })
}

/// What is no blob any more, or no leaf, was not written by us: it is read as the bytes of no entry, which fit nothing, so
/// that the reader sees this one as altered and all others as they are.
fn entry(log: LogId, row: &Row<'_>) -> rusqlite::Result<StoredEntry> {
    let blob = |at| row.get_ref(at).map(|value| value.as_blob().unwrap_or_default().to_vec());
    let details = match row.get_ref(3)? {
        ValueRef::Null => None,
        _ => Some(blob(3)?),
    };
    let leaf = fixed(row, 2).unwrap_or_default();
    Ok(StoredEntry { log, sequence: place(row), body: blob(1)?, leaf, details })
}

/// The place of an entry; of what stands at no place, one that no log reaches: as a tail it fits no head.
fn place(row: &Row<'_>) -> u64 {
    unsigned(row, 0).unwrap_or(u64::MAX)
}
