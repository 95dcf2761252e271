//! Projected record states.

use crate::store::{SqliteStore, fixed, limit, malformed, signed, unsigned};
use hipaa_core::schema::{RecordId, Table, TenantId};
use hipaa_core::store::{RecordState, StateStore, StoreError, StoredState};
use rusqlite::{Row, params};

impl StateStore for SqliteStore<'_> {
    fn state(&mut self, table: &Table, record: RecordId) -> Result<Option<StoredState>, StoreError> {
        let sql = "SELECT record, version, mac, tenant FROM hipaa_state WHERE tbl = ?1 AND record = ?2";
        self.one(sql, params![table.label(), record.as_bytes()], |row| {
            Ok(StoredState { tenant: TenantId::from_bytes(fixed(row, 3)?), state: state(row)? })
        })
    }

    fn put_state(&mut self, table: &Table, stored: &StoredState) -> Result<(), StoreError> {
        let sql = "INSERT INTO hipaa_state (tbl, record, tenant, version, mac) VALUES (?1, ?2, ?3, ?4, ?5)
            ON CONFLICT (tbl, record) DO UPDATE SET version = ?4, mac = ?5 WHERE tenant = ?3";
        let (id, version) = (stored.state.record, signed(stored.state.version)?);
        self.run_own(sql, params![table.label(), id.as_bytes(), stored.tenant.as_bytes(), version, stored.state.mac])
    }

    fn live_states(
        &mut self,
        table: &Table,
        tenant: TenantId,
        after: Option<RecordId>,
        most: usize,
    ) -> Result<Vec<RecordState>, StoreError> {
        let sql = "SELECT record, version, mac FROM hipaa_state
            WHERE tenant = ?1 AND tbl = ?2 AND record > ?3
            AND mac <> x'0000000000000000000000000000000000000000000000000000000000000000'
            ORDER BY record LIMIT ?4";
        let after = after.as_ref().map_or(&[][..], RecordId::as_bytes);
        self.all(sql, params![tenant.as_bytes(), table.label(), after, limit(most)], state)
    }
}

fn state(row: &Row<'_>) -> rusqlite::Result<RecordState> {
    let record = RecordId::from_slice(row.get_ref(0)?.as_blob()?).map_err(|_| malformed(0))?;
    Ok(RecordState { record, version: unsigned(row, 1)?, mac: fixed(row, 2)? })
}
