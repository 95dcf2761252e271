//! Index terms.

use crate::store::{SqliteStore, limit, malformed};
use hipaa_core::index::Term;
use hipaa_core::schema::{RecordId, Table, TenantId};
use hipaa_core::store::{StoreError, TermStore};
use rusqlite::params;

impl TermStore for SqliteStore<'_> {
    fn add_term(&mut self, table: &Table, term: Term, record: RecordId) -> Result<(), StoreError> {
        let sql = "INSERT INTO hipaa_term (term, tbl, record) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING";
        let values = params![term.as_bytes(), table.label(), record.as_bytes()];
        if self.run(sql, values)? == 0 {
            // There already; or a trigger swallowed it, and a unique index would go blind.
            let there = "SELECT 1 FROM hipaa_term WHERE term = ?1 AND tbl = ?2 AND record = ?3";
            self.one(there, values, |_| Ok(()))?.ok_or(StoreError::Refused)?;
        }
        Ok(())
    }

    fn remove_term(&mut self, table: &Table, term: Term, record: RecordId) -> Result<(), StoreError> {
        let sql = "DELETE FROM hipaa_term WHERE term = ?1 AND tbl = ?2 AND record = ?3";
        self.run(sql, params![term.as_bytes(), table.label(), record.as_bytes()]).map(|_| ())
    }

    fn candidates(&mut self, table: &Table, term: Term, most: usize) -> Result<Vec<RecordId>, StoreError> {
        let sql = "SELECT record FROM hipaa_term WHERE term = ?1 AND tbl = ?2 ORDER BY record LIMIT ?3";
        self.all(sql, params![term.as_bytes(), table.label(), limit(most)], |row| {
            RecordId::from_slice(row.get_ref(0)?.as_blob()?).map_err(|_| malformed(0))
        })
    }

    fn is_pending(&mut self, table: &Table, tenant: TenantId, index: &str) -> Result<bool, StoreError> {
        // The host may declare an index with its own connection.
        if !self.all_built && !self.tables.host_sql.get() {
            self.all_built = self.one("SELECT 1 FROM hipaa_pending_index LIMIT 1", [], |_| Ok(()))?.is_none();
        }
        if self.all_built && !self.tables.host_sql.get() {
            return Ok(false);
        }
        let sql = "SELECT 1 FROM hipaa_pending_index WHERE tenant = ?1 AND tbl = ?2 AND label = ?3";
        Ok(self.one(sql, params![tenant.as_bytes(), table.label(), index], |_| Ok(()))?.is_some())
    }

    fn set_built(&mut self, table: &Table, tenant: TenantId, index: &str) -> Result<(), StoreError> {
        let sql = "DELETE FROM hipaa_pending_index WHERE tenant = ?1 AND tbl = ?2 AND label = ?3";
        self.run(sql, params![tenant.as_bytes(), table.label(), index]).map(|_| ())
    }
}
