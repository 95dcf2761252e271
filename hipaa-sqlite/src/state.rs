//! Projected record states.

use crate::record::read_row;
use crate::store::{SqliteStore, failed, fixed, limit, malformed, signed, unsigned};
use hipaa_core::schema::{RecordId, Table, TenantId};
use hipaa_core::store::{RecordState, RecordStore, RowAndState, StateStore, StoreError, StoredState};
use rusqlite::{OptionalExtension as _, Row, params};

impl StateStore for SqliteStore<'_> {
    fn state(&mut self, table: &Table, record: RecordId) -> Result<Option<StoredState>, StoreError> {
        let sql = "SELECT record, version, mac, tenant FROM hipaa_state WHERE tbl = ?1 AND record = ?2";
        self.one(sql, params![table.label(), record.as_bytes()], |row| {
            Ok(StoredState { tenant: TenantId::from_bytes(fixed(row, 3)?), state: state(row)? })
        })
    }

    fn row_and_state(&mut self, table: &Table, tenant: TenantId, record: RecordId) -> Result<RowAndState, StoreError> {
        let found = self.rows_and_states(table, tenant, &[record])?.pop();
        Ok(found.unwrap_or_default())
    }

    fn rows_and_states(
        &mut self,
        table: &Table,
        tenant: TenantId,
        records: &[RecordId],
    ) -> Result<Vec<RowAndState>, StoreError> {
        let mut found = self.placed_rows(table, tenant, records)?;
        found.resize_with(records.len(), || None);
        let found = records.iter().zip(found).map(|(record, found)| match found {
            Some(found) => Ok(found),
            None => Ok((self.row(table, tenant, *record)?, self.state(table, *record)?)),
        });
        found.collect()
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

impl SqliteStore<'_> {
    /// Rows that are where their states say; none for a record of which that is not so.
    fn placed_rows(
        &self,
        table: &Table,
        tenant: TenantId,
        records: &[RecordId],
    ) -> Result<Vec<Option<RowAndState>>, StoreError> {
        let statements = self.tables.statements(self.connection(), table)?;
        let Some(sql) = &statements.select_placed else { return Ok(Vec::new()) };
        let mut statement = self.connection().prepare_cached(sql).map_err(failed)?;
        let at = table.columns().len() + 2;
        let mut look = |record: &RecordId| {
            let place = params![tenant.as_bytes(), record.as_bytes(), table.label()];
            let read = |row: &Row<'_>| {
                let state = RecordState { record: *record, version: unsigned(row, at)?, mac: fixed(row, at + 1)? };
                let state = StoredState { tenant: TenantId::from_bytes(fixed(row, at + 2)?), state };
                Ok((Some(read_row(table, tenant, row)?), Some(state)))
            };
            statement.query_row(place, read).optional().map_err(failed)
        };
        records.iter().map(&mut look).collect()
    }
}

fn state(row: &Row<'_>) -> rusqlite::Result<RecordState> {
    let record = RecordId::from_slice(row.get_ref(0)?.as_blob()?).map_err(|_| malformed(0))?;
    Ok(RecordState { record, version: unsigned(row, 1)?, mac: fixed(row, 2)? })
}
