//! What of a record leaves the vault: masks by role, and what follows from them for searching, sorting and changing.

use super::{Record, TenantVault, VaultError};
use crate::audit::{Action, EventName, Outcome};
use crate::auth::mask::View;
use crate::red::{Safeguard, removed};
use crate::schema::{IndexDef, Table};
use crate::unit::{Held, Unit};

impl TenantVault {
    /// Holds a record for its release, masked for the actor. There is no other way out of the vault for a record.
    pub(super) fn present(&self, unit: &mut dyn Unit, mut record: Record) -> Held<Record> {
        if let Some(view) = self.permissions.masks(record.table()).filter(|_| !removed(Safeguard::Masks)) {
            record.mask(view, || unit.parts().1.now());
        }
        unit.hold(record)
    }

    /// Whether the actor sees a column as it is.
    fn sees(&self, table: &Table, column: &str) -> bool {
        self.permissions.view(table, column) == View::Clear
    }

    /// That every part of an index is seen: whoever searches by what is masked finds out what it is.
    pub(super) fn require_searchable(
        &self,
        unit: &mut dyn Unit,
        table: &Table,
        index: &IndexDef,
    ) -> Result<(), VaultError> {
        let masked = index.parts().iter().any(|part| !self.sees(table, part.column()));
        if masked && !removed(Safeguard::MaskedSearch) {
            return Err(self.refuse_masked(unit, table, (Action::Execute, index.label())));
        }
        Ok(())
    }

    /// The same for a column by which is sorted or selected.
    pub(super) fn require_sortable(
        &self,
        unit: &mut dyn Unit,
        table: &Table,
        column: &'static str,
    ) -> Result<(), VaultError> {
        if table.position(column).is_some() && !self.sees(table, column) && !removed(Safeguard::MaskedSearch) {
            return Err(self.refuse_masked(unit, table, (Action::Execute, column)));
        }
        Ok(())
    }

    /// That no masked column is changed: what comes back from a masked view may be the mask.
    pub(super) fn require_changeable<'a>(
        &self,
        unit: &mut dyn Unit,
        table: &Table,
        columns: impl IntoIterator<Item = &'a str>,
    ) -> Result<(), VaultError> {
        let columns = columns.into_iter().filter_map(|label| table.columns().get(table.position(label)?));
        let mut masked = columns.filter(|column| !self.sees(table, column.label()));
        match masked.next().filter(|_| !removed(Safeguard::MaskedUpdate)) {
            Some(column) => Err(self.refuse_masked(unit, table, (Action::Update, column.label()))),
            None => Ok(()),
        }
    }

    /// The same for all columns: who replaces a whole record must see all of it.
    pub(super) fn require_clear(&self, unit: &mut dyn Unit, table: &Table) -> Result<(), VaultError> {
        self.require_changeable(unit, table, table.columns().iter().map(|column| column.label()))
    }

    fn refuse_masked(&self, unit: &mut dyn Unit, table: &Table, (action, label): (Action, &'static str)) -> VaultError {
        let event = self.event(EventName::PERMISSION_DENIED, action).outcome(Outcome::Denied);
        unit.refuse(event.records(table.label(), &[]));
        VaultError::Masked(label)
    }
}
