//! Tables: columns and indexes under one label.

use super::same::same;
use super::{ColumnDef, IndexDef, check};

/// The most columns of one table.
pub const MAX_COLUMNS: usize = 256;
/// The most indexes of one table.
pub const MAX_INDEXES: usize = 32;

/// A declared table.
#[derive(Debug, Clone, Copy, Eq)]
pub struct Table {
    label: &'static str,
    sql_name: &'static str,
    columns: &'static [ColumnDef],
    indexes: &'static [IndexDef],
    own_subject: bool,
}

impl PartialEq for Table {
    /// Every read and write asks this of two copies of one constant, so the same place is looked at first.
    fn eq(&self, other: &Self) -> bool {
        let columns = core::ptr::eq(self.columns, other.columns) || self.columns == other.columns;
        let indexes = core::ptr::eq(self.indexes, other.indexes) || self.indexes == other.indexes;
        let names = same(self.label, other.label) && same(self.sql_name, other.sql_name);
        columns && indexes && names && self.own_subject == other.own_subject
    }
}

impl Table {
    /// A table whose records are patients, unless a column is a [`Column::subject`](super::Column::subject).
    ///
    /// # Panics
    /// While constants are evaluated, so at compile time: for a label that is not `a-z`, then `a-z 0-9 _`, 64 bytes at
    /// most; for duplicate labels or SQL names; for an SQL name that is not a plain identifier or is one of ours; for an index over an unknown column, with a normaliser that does not fit it, or of
    /// wrong width; for more than one subject column, 256 columns or 32 indexes; for some but not all of the columns of a
    /// [signature](super::SIGNATURE).
    #[must_use]
    pub const fn new(label: &'static str, columns: &'static [ColumnDef], indexes: &'static [IndexDef]) -> Self {
        check::table(label, columns, indexes);
        Self { label, sql_name: label, columns, indexes, own_subject: true }
    }

    /// A label of ours for states of rows that are no records. It has a dot, so no declared table can have it.
    pub(crate) const fn own(label: &'static str) -> Self {
        Self { label, sql_name: label, columns: &[], indexes: &[], own_subject: false }
    }

    /// A directory: its records are about no patient (practitioners, locations).
    #[must_use]
    pub const fn directory(mut self) -> Self {
        self.own_subject = false;
        self
    }

    /// Another SQL name than the label.
    ///
    /// # Panics
    /// At compile time, when `sql_name` is not a plain identifier or starts with `hipaa_` or `sqlite_`.
    #[must_use]
    pub const fn stored_as(mut self, sql_name: &'static str) -> Self {
        check::table_name(sql_name);
        self.sql_name = sql_name;
        self
    }

    /// The frozen label, bound into keys.
    #[must_use]
    pub const fn label(&self) -> &'static str {
        self.label
    }

    /// The name of the table in SQL.
    #[must_use]
    pub const fn sql_name(&self) -> &'static str {
        self.sql_name
    }

    /// The columns, in order of declaration.
    #[must_use]
    pub const fn columns(&self) -> &'static [ColumnDef] {
        self.columns
    }

    /// The indexes, in order of declaration.
    #[must_use]
    pub const fn indexes(&self) -> &'static [IndexDef] {
        self.indexes
    }

    /// Whether its records can be signed: it declares the columns of a [signature](super::SIGNATURE).
    #[must_use]
    pub fn is_signable(&self) -> bool {
        self.columns.contains(&super::SIGNATURE)
    }

    /// Whether a record without a subject column is about itself: a patient.
    #[must_use]
    pub const fn is_own_subject(&self) -> bool {
        self.own_subject
    }

    /// The place of the column with this label.
    #[must_use]
    pub fn position(&self, label: &str) -> Option<usize> {
        // Labels are nearly always the very constants of the table.
        let here = self.columns.iter().position(|column| core::ptr::eq(column.label, label));
        here.or_else(|| self.columns.iter().position(|column| column.label == label))
    }
}
