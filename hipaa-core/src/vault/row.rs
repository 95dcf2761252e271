//! What a caller writes: values by column.

use super::VaultError;
use crate::schema::{Column, ColumnDef, ColumnType, RecordId, Table, Value};
use core::fmt;

/// Values for a new record, or changes to one. A value of the wrong type does not compile:
///
/// ```compile_fail,E0308
/// use hipaa_core::{schema::*, vault::Row};
/// const BORN: Column<Date> = Column::date("birth_date");
/// let row = Row::new().set(BORN, "1943-03-17");
/// ```
#[derive(Clone, Default)]
pub struct Row {
    cells: Vec<(ColumnDef, Value)>,
}

impl Row {
    /// No values.
    #[must_use]
    pub const fn new() -> Self {
        Self { cells: Vec::new() }
    }

    /// The same with a value for `column`; the last one counts.
    #[must_use]
    pub fn set<T: ColumnType>(self, column: Column<T>, value: T::Input<'_>) -> Self {
        self.put(column.def(), T::value(value))
    }

    /// The same with a value for `column`, if there is one.
    #[must_use]
    pub fn set_opt<T: ColumnType>(self, column: Column<T>, value: Option<T::Input<'_>>) -> Self {
        match value {
            Some(value) => self.set(column, value),
            None => self,
        }
    }

    /// The same without a value for `column`: in an update it takes the old one away.
    #[must_use]
    pub fn clear<T>(self, column: Column<T>) -> Self {
        self.put(column.def(), Value::Null)
    }

    fn put(mut self, column: ColumnDef, value: Value) -> Self {
        self.cells.retain(|(known, _)| known.label() != column.label());
        self.cells.push((column, value));
        self
    }

    /// The columns that are named.
    pub(super) fn labels(&self) -> impl Iterator<Item = &'static str> + '_ {
        self.cells.iter().map(|(column, _)| column.label())
    }

    /// The values in the order of the table's columns.
    pub(super) fn place(self, table: &Table) -> Result<Vec<Option<Value>>, VaultError> {
        self.merge(table, vec![None; table.columns().len()])
    }

    /// The values in the order of the table's columns, over those that stand.
    pub(super) fn merge(self, table: &Table, mut values: Vec<Option<Value>>) -> Result<Vec<Option<Value>>, VaultError> {
        values.resize(table.columns().len(), None);
        for (column, value) in self.cells {
            // The whole declaration counts: a column of the same label in another table may be kept in clear.
            let at = table.position(column.label()).filter(|at| table.columns().get(*at) == Some(&column));
            let at = at.filter(|_| !column.is_of_vault()).ok_or(VaultError::UnknownColumn(column.label()))?;
            if let Some(place) = values.get_mut(at) {
                *place = (value != Value::Null).then_some(value);
            }
        }
        Ok(values)
    }
}

/// The patient whom a record is about.
pub(super) fn subject_of(table: &Table, record: RecordId, values: &[Option<Value>]) -> Option<RecordId> {
    subject_by(table, record, |at| values.get(at)?.as_ref())
}

/// The same, by what gives the value at a place.
pub(super) fn subject_by<'v>(
    table: &Table,
    record: RecordId,
    value: impl FnOnce(usize) -> Option<&'v Value>,
) -> Option<RecordId> {
    match table.columns().iter().position(ColumnDef::is_subject) {
        Some(at) => match value(at)? {
            Value::Reference(subject) => Some(*subject),
            _ => None,
        },
        None => table.is_own_subject().then_some(record),
    }
}

impl fmt::Debug for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.cells.iter().map(|(column, _)| column.label())).finish()
    }
}
