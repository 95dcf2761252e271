//! Projected record states.

use crate::record::read_row;
use crate::store::{SqliteStore, fixed, limit, malformed, signed, unsigned};
use hipaa_core::schema::{RecordId, Table, TenantId};
use hipaa_core::store::{RecordState, RecordStore, StateStore, StoreError, StoredRow, StoredState};
use rusqlite::{Row, params};

impl StateStore for SqliteStore<'_> {
    fn state(&mut self, table: &Table, record: RecordId) -> Result<Option<StoredState>, StoreError> {
        let sql = "SELECT record, version, mac, tenant FROM hipaa_state WHERE tbl = ?1 AND record = ?2";
        self.one(sql, params![table.label(), record.as_bytes()], |row| {
            Ok(StoredState { tenant: TenantId::from_bytes(fixed(row, 3)?), state: state(row)? })
        })
    }

    fn row_and_state(
        &mut self,
        table: &Table,
        tenant: TenantId,
        record: RecordId,
    ) -> Result<(Option<StoredRow>, Option<StoredState>), StoreError> {
        let statements = self.tables.statements(self.connection(), table)?;
        let at = table.columns().len() + 2;
        let both = |row: &Row<'_>| {
            let state = RecordState { record, version: unsigned(row, at)?, mac: fixed(row, at + 1)? };
            let state = StoredState { tenant: TenantId::from_bytes(fixed(row, at + 2)?), state };
            Ok((Some(read_row(table, tenant, row)?), Some(state)))
        };
        if let Some(sql) = &statements.select_placed
            && let Some(found) = self.one(sql, params![tenant.as_bytes(), record.as_bytes(), table.label()], both)?
        {
            return Ok(found);
        }
        Ok((self.row(table, tenant, record)?, self.state(table, record)?))
    }

    fn put_state(&mut self, table: &Table, stored: &StoredState) -> Result<(), StoreError> {
        let sql = "INSERT INTO hipaa_state (tbl, record, tenant, version, mac, place) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
            ON CONFLICT (tbl, record) DO UPDATE SET version = ?4, mac = ?5 WHERE tenant = ?3";
        let (id, version) = (stored.state.record, signed(stored.state.version)?);
        let place = self.placed.filter(|(placed, _)| *placed == id).map(|(_, place)| place);
        let (tenant, mac) = (stored.tenant.as_bytes(), stored.state.mac);
        self.run_own(sql, params![table.label(), id.as_bytes(), tenant, version, mac, place])
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
