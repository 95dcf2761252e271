//! One masked value in clear, for a reason.

use super::inspect::Opening;
use super::{FieldError, Operation, TenantVault, VaultError};
use crate::audit::{Action, EventName, tag};
use crate::auth::reason::Reason;
use crate::schema::{Column, ColumnType, RecordId, Table, Value};
use crate::unit::{Held, Unit};
use core::fmt;
use core::marker::PhantomData;

/// A value that was revealed. `Debug` shows nothing.
pub struct Revealed<T> {
    value: Option<Value>,
    marker: PhantomData<fn() -> T>,
}

impl<T: ColumnType> Revealed<T> {
    /// The value; none where the record has none.
    #[must_use]
    pub fn get(&self) -> Option<T::View<'_>> {
        self.value.as_ref().and_then(T::view)
    }
}

impl<T> fmt::Debug for Revealed<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Revealed(…)")
    }
}

impl TenantVault {
    /// Shows one value that the actor's role masks. The entry names record, column and code of the reason; its text is
    /// sealed beside it.
    ///
    /// # Errors
    /// [`VaultError::Denied`] without [`Operation::Reveal`] on the table; [`VaultError::UnknownColumn`];
    /// [`VaultError::Field`] where the cell does not open; otherwise as [`TenantVault::read`].
    pub fn reveal<T: ColumnType>(
        &self,
        unit: &mut dyn Unit,
        table: &'static Table,
        (record, column): (RecordId, Column<T>),
        reason: &Reason,
    ) -> Result<Held<Revealed<T>>, VaultError> {
        self.permit(unit, table, Operation::Reveal)?;
        let (row, state) = unit.parts().0.row_and_state(table, self.tenant(), record)?;
        let record = self.examine(unit, table, (record, Opening::Whole), (row.as_ref(), state))?;
        self.require_covered(unit, &record, Operation::Reveal)?;
        let value = record.value(&column.def()).map_err(|error| match error {
            FieldError::UnknownColumn => VaultError::UnknownColumn(column.label()),
            error => VaultError::Field(error),
        });
        let event = self.event(EventName::PHI_REVEAL, Action::Read).purpose(reason.code().label());
        let event = event.details(reason.text()).field(tag::COLUMN, column.label().as_bytes().to_vec());
        self.note_seen(unit, event, table, core::slice::from_ref(&record))?;
        Ok(unit.hold(Revealed { value: value?, marker: PhantomData }))
    }
}
