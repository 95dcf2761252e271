//! Bringing older rows into an index that was declared later.

use super::{MAX_PAGE, Operation, TenantVault, VaultError};
use crate::index::record_forms;
use crate::schema::{RecordId, Table, Value};
use crate::seal::IndexedTerm;
use crate::unit::Unit;

impl TenantVault {
    /// Brings up to `limit` records after `after` into every index of the table; the result is where to go on, or none at
    /// the end, from when on the indexes may be searched. A record that has its terms already is left alone; any other
    /// gets a new version. Running it again from the start does no harm.
    ///
    /// A record that was altered behind the application's back is not touched, so it is not found by the new index; it is
    /// reported by an `INTEGRITY_FAILED` entry.
    ///
    /// # Errors
    /// [`VaultError::Denied`] without permission to update; [`VaultError::Duplicate`] when two old records have the same
    /// value in a new unique index: change one of them with an application that does not declare it yet;
    /// [`VaultError::TooMany`] unless `limit` is 1 to 500; or the unit's.
    pub fn reindex(
        &self,
        unit: &mut dyn Unit,
        table: &'static Table,
        after: Option<RecordId>,
        limit: usize,
    ) -> Result<Option<RecordId>, VaultError> {
        self.permit(unit, table, Operation::Update)?;
        self.require_clear(unit, table)?;
        if limit == 0 || limit > MAX_PAGE {
            return Err(VaultError::TooMany);
        }
        let rows = unit.parts().0.rows(table, self.tenant(), after, limit)?;
        for row in &rows {
            let state = unit.parts().0.state(table, row.record)?;
            match self.current(unit, table, (row.record, None), (Some(row), state)) {
                Ok(current) => {
                    let values = current.readable();
                    if !is_indexed(table, current.terms(), &values)? {
                        let (stored, _) = self.rewrite(unit, table, current, &values)?;
                        let updated = unit.parts().0.update_row(table, &stored);
                        unit.or_lose(updated)?;
                    }
                }
                // Its refusal is noted.
                Err(VaultError::Tampered) => {}
                Err(error) => return Err(error),
            }
        }
        let next = rows.last().filter(|_| rows.len() == limit).map(|row| row.record);
        if next.is_none() {
            for index in table.indexes() {
                unit.parts().0.set_built(table, self.tenant(), index.label())?;
            }
        }
        Ok(next)
    }
}

/// Whether a record has a term in every index in which its values make one.
fn is_indexed(table: &Table, terms: &[IndexedTerm], values: &[Option<Value>]) -> Result<bool, VaultError> {
    for index in table.indexes() {
        let wanted = !record_forms(table, index, values)?.is_empty();
        if wanted != terms.iter().any(|term| term.index == index.label()) {
            return Ok(false);
        }
    }
    Ok(true)
}
