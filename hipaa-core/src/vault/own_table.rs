//! The same door for a host's own tables: the vault does everything but the SQL.
//!
//! The host writes and reads the bytes of a [`StoredRow`] with its own statements, in the same transaction. There is no
//! other way to a plaintext: opening needs a unit, and shows nothing before it has committed.

use super::find::Found;
use super::inspect::Opening;
use super::{Operation, Record, Row, TenantVault, VaultError};
use crate::audit::{Action, EventName};
use crate::schema::{Index, Parts, RecordId, Table};
use crate::seal::StoredRow;
use crate::unit::{Held, Unit};

impl TenantVault {
    /// Seals a new record and writes its terms, state and entry; the host inserts the row.
    ///
    /// # Errors
    /// As [`TenantVault::create`].
    pub fn seal(&self, unit: &mut dyn Unit, table: &'static Table, row: &Row) -> Result<StoredRow, VaultError> {
        self.prepare(unit, table, row)
    }

    /// Seals a changed record; the host replaces the row that it gives as `current`.
    ///
    /// # Errors
    /// As [`TenantVault::update`].
    pub fn reseal(
        &self,
        unit: &mut dyn Unit,
        table: &'static Table,
        (current, version): (&StoredRow, u64),
        changes: &Row,
    ) -> Result<StoredRow, VaultError> {
        self.permit(unit, table, Operation::Update)?;
        self.require_changeable(unit, table, changes.labels())?;
        self.require_unique_built(unit, table)?;
        let state = unit.parts().0.state(table, current.record)?;
        let standing = self.current(unit, table, (current.record, Some(version)), (Some(current), state))?;
        let standing = self.unsigned(unit, table, Action::Update, standing)?;
        let values = changes.clone().merge(table, standing.readable())?;
        Ok(self.rewrite(unit, table, standing, &values)?.0)
    }

    /// Opens a row that the host read.
    ///
    /// # Errors
    /// [`VaultError::Denied`], or the unit's.
    pub fn open(
        &self,
        unit: &mut dyn Unit,
        table: &'static Table,
        row: &StoredRow,
    ) -> Result<Held<Record>, VaultError> {
        self.permit(unit, table, Operation::Read)?;
        let state = unit.parts().0.state(table, row.record)?;
        let (record, _) = self.inspect(unit, (table, Opening::Shown), (row, state))?;
        self.require_covered(unit, &record, Operation::Read)?;
        self.note_seen(unit, self.event(EventName::PHI_READ, Action::Read), table, core::slice::from_ref(&record))?;
        Ok(self.present(unit, record))
    }

    /// Takes a record out of the index and marks it as deleted; the host deletes the row that it gives as `current`.
    ///
    /// # Errors
    /// As [`TenantVault::delete`].
    pub fn retire(
        &self,
        unit: &mut dyn Unit,
        table: &'static Table,
        (current, version): (&StoredRow, u64),
    ) -> Result<(), VaultError> {
        self.permit(unit, table, Operation::Delete)?;
        let state = unit.parts().0.state(table, current.record)?;
        let standing = self.current(unit, table, (current.record, Some(version)), (Some(current), state))?;
        let standing = self.unsigned(unit, table, Action::Delete, standing)?;
        self.bury(unit, table, &standing)
    }

    /// Searches a host's own table; `fetch` reads the row of one candidate. Candidates that do not match never leave.
    ///
    /// # Errors
    /// As [`TenantVault::find`], and whatever `fetch` gives.
    pub fn find_with<'a, U: Unit, P, E: From<VaultError>>(
        &self,
        unit: &mut U,
        table: &'static Table,
        (index, parts): (Index<P>, impl Parts<'a, P>),
        mut fetch: impl FnMut(&mut U, RecordId) -> Result<Option<StoredRow>, E>,
    ) -> Result<Found, E> {
        let search = self.probe(unit, table, index.def(), parts)?;
        if !search.candidates.is_empty() {
            // The host is told the candidates before they are opened, so this entry stays even if the unit does not.
            let told = search.candidates.iter().map(|(record, _)| *record).collect::<Vec<_>>();
            let count = u64::try_from(told.len()).unwrap_or(u64::MAX);
            let event = self.event(EventName::PHI_SEARCH, Action::Execute).index(index.def().label()).count(count);
            unit.parts().1.refuse(event.records(table.label(), &told));
        }
        let mut rows = Vec::with_capacity(search.candidates.len());
        for (record, _) in &search.candidates {
            let row = fetch(unit, *record)?;
            let at = row.as_ref().map_or(*record, |row| row.record);
            let state = unit.parts().0.state(table, at).map_err(VaultError::from)?;
            rows.push((row, state));
        }
        Ok(self.judge(unit, table, &search, rows)?)
    }
}
