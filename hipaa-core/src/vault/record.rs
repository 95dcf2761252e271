//! What a caller reads: values by column, with what is known of their integrity.

use super::row::subject_by;
use crate::auth::mask::{Masked, View};
use crate::cipher::CellError;
use crate::clock::Timestamp;
use crate::schema::{
    AMENDS, Column, ColumnDef, ColumnType, RecordId, SIGNATURE, SIGNATURE_SALT, Table, TenantId, Value,
};
use crate::seal::{Place, Signature};
use core::fmt;

/// One way in which a record is not what was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Break {
    /// `hipaa_seal` is not a seal.
    Seal,
    /// The record MAC is wrong: a column, the version, the term list or the row's place was changed.
    Mac,
    /// No state was recorded for this record: its row was put in behind the application's back.
    Unrecorded,
    /// The row is not of the recorded version: an older one was restored, or the record of it was changed.
    Version,
    /// The record was deleted and its row brought back.
    Revived,
    /// The record does not say what was signed, or its signature is none.
    Signature,
    /// The record belongs to another tenant.
    Tenant,
    /// A cell of this column does not open.
    Cell(&'static str, CellError),
}

/// What is known of a record's integrity.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Integrity {
    breaks: Vec<Break>,
}

impl Integrity {
    /// Whether the record is what was last written.
    #[must_use]
    pub fn is_intact(&self) -> bool {
        self.breaks.is_empty()
    }

    /// Every way in which it is not.
    #[must_use]
    pub fn breaks(&self) -> &[Break] {
        &self.breaks
    }
}

/// A field that shows no value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FieldError {
    /// The table has no such column, or it is of another type.
    #[error("the table does not declare this column")]
    UnknownColumn,
    /// The cell does not open.
    #[error(transparent)]
    Unreadable(CellError),
    /// The actor sees the column masked: [`Record::masked`] is what is shown.
    #[error("the column is masked for the actor")]
    Masked,
}

/// A record, opened. `Debug` shows no value; there is no `Serialize`:
///
/// ```compile_fail,E0277
/// # fn f(record: &hipaa_core::vault::Record) {
/// let text = serde_json::to_string(record);
/// # }
/// ```
pub struct Record {
    table: &'static Table,
    id: RecordId,
    version: u64,
    values: Vec<Result<Option<Value>, CellError>>,
    /// What is shown in place of values, by place; the values themselves are gone.
    masks: Vec<(usize, Option<Masked>)>,
    integrity: Integrity,
}

impl Record {
    pub(super) fn new(
        table: &'static Table,
        id: RecordId,
        version: u64,
        values: Vec<Result<Option<Value>, CellError>>,
        mut breaks: Vec<Break>,
    ) -> Self {
        for (column, value) in table.columns().iter().zip(&values) {
            if let Err(error) = value {
                breaks.push(Break::Cell(column.label(), *error));
            }
        }
        Self { table, id, version, values, masks: Vec::new(), integrity: Integrity { breaks } }
    }

    /// The record.
    #[must_use]
    pub const fn id(&self) -> RecordId {
        self.id
    }

    /// The table.
    #[must_use]
    pub const fn table(&self) -> &'static Table {
        self.table
    }

    /// Its version, for [`TenantVault::update`](super::TenantVault::update).
    #[must_use]
    pub const fn version(&self) -> u64 {
        self.version
    }

    /// Whether it is what was last written. A record that is not must be shown as such.
    #[must_use]
    pub const fn integrity(&self) -> &Integrity {
        &self.integrity
    }

    /// The value of a column; none where it has none.
    ///
    /// # Errors
    /// [`FieldError::Unreadable`] where the cell does not open, [`FieldError::Masked`] where the actor sees it masked,
    /// [`FieldError::UnknownColumn`] for a column of another table.
    pub fn get<T: ColumnType>(&self, column: Column<T>) -> Result<Option<T::View<'_>>, FieldError> {
        let at = self.place(&column.def()).ok_or(FieldError::UnknownColumn)?;
        if self.mask_at(at).is_some() {
            return Err(FieldError::Masked);
        }
        match self.values.get(at) {
            Some(Ok(None | Some(Value::Null))) => Ok(None),
            Some(Ok(Some(value))) => T::view(value).map(Some).ok_or(FieldError::UnknownColumn),
            Some(Err(error)) => Err(FieldError::Unreadable(*error)),
            None => Err(FieldError::UnknownColumn),
        }
    }

    /// The value of a column without its Rust type, before anything is masked.
    pub(super) fn value(&self, column: &ColumnDef) -> Result<Option<Value>, FieldError> {
        let value = self.place(column).and_then(|at| self.values.get(at)).ok_or(FieldError::UnknownColumn)?;
        value.clone().map_err(FieldError::Unreadable)
    }

    /// What is shown of a column that the actor sees masked; none where there is nothing to show, and for a column that is
    /// not masked. It is no value: nothing can be written with it.
    #[must_use]
    pub fn masked<T>(&self, column: Column<T>) -> Option<&Masked> {
        // Most see everything.
        if self.masks.is_empty() {
            return None;
        }
        self.mask_at(self.place(&column.def())?)?
    }

    /// Whether the actor sees a column masked.
    #[must_use]
    pub fn is_masked<T>(&self, column: Column<T>) -> bool {
        self.place(&column.def()).is_some_and(|at| self.mask_at(at).is_some())
    }

    fn place(&self, column: &ColumnDef) -> Option<usize> {
        self.table.position(column.label()).filter(|at| self.table.columns().get(*at) == Some(column))
    }

    #[expect(clippy::option_option, reason = "masked or not, and what is shown if so")]
    fn mask_at(&self, at: usize) -> Option<Option<&Masked>> {
        self.masks.iter().find(|(known, _)| *known == at).map(|(_, masked)| masked.as_ref())
    }

    /// Puts masks in place of values, which are wiped.
    pub(super) fn mask(&mut self, view: impl Fn(usize) -> View, mut now: impl FnMut() -> Timestamp) {
        for (at, value) in self.values.iter_mut().enumerate() {
            let view = view(at);
            if view != View::Clear {
                let known = value.as_ref().ok().and_then(Option::as_ref);
                self.masks.push((at, view.apply(known, &mut now)));
                *value = Ok(None);
            }
        }
    }

    /// The patient whom the record is about.
    #[must_use]
    pub fn subject(&self) -> Option<RecordId> {
        subject_by(self.table, self.id, |at| self.values.get(at)?.as_ref().ok()?.as_ref())
    }

    /// Who signed it and when; none for a draft, and for a signature that is not one, which is a break.
    #[must_use]
    pub fn signature(&self) -> Option<Signature> {
        match self.at(&SIGNATURE)? {
            Value::Bytes(bytes) => Signature::decode(bytes).ok(),
            _ => None,
        }
    }

    /// The signed record that it amends.
    #[must_use]
    pub fn amends(&self) -> Option<RecordId> {
        match self.at(&AMENDS)? {
            Value::Reference(original) => Some(*original),
            _ => None,
        }
    }

    fn at(&self, column: &ColumnDef) -> Option<&Value> {
        self.values.get(self.place(column)?)?.as_ref().ok()?.as_ref()
    }

    /// Whether it says what was signed. A draft has neither signature nor salt.
    pub(super) fn says_what_was_signed(&self, tenant: TenantId) -> bool {
        match (self.at(&SIGNATURE), self.at(&SIGNATURE_SALT)) {
            (None, None) => true,
            (Some(Value::Bytes(signature)), Some(Value::Bytes(salt))) => {
                let place = Place { tenant, table: self.table, record: self.id };
                Signature::decode(signature).is_ok_and(|signature| signature.holds(salt, place, &self.present()))
            }
            _ => false,
        }
    }

    pub(super) fn add_break(&mut self, found: Break) {
        self.integrity.breaks.push(found);
    }

    /// The values that can be read; a cell that does not open counts as none.
    pub(super) fn readable(&self) -> Vec<Option<Value>> {
        self.present().into_iter().map(Option::<&Value>::cloned).collect()
    }

    /// The same, borrowed.
    pub(super) fn present(&self) -> Vec<Option<&Value>> {
        self.values.iter().map(|value| value.as_ref().ok()?.as_ref().filter(|value| **value != Value::Null)).collect()
    }
}

impl fmt::Debug for Record {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Record")
            .field("table", &self.table.label())
            .field("id", &self.id)
            .field("version", &self.version)
            .field("integrity", &self.integrity)
            .finish_non_exhaustive()
    }
}
