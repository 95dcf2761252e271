//! What one role may do with one table.

use super::Operation;
use crate::auth::mask::View;
use crate::schema::Table;

/// Operations on one table, and what of its columns is shown.
#[derive(Debug, Clone)]
pub struct TableRule {
    table: Table,
    operations: u16,
    /// What is shown of each column by name, in the table's order.
    named: Vec<Option<View>>,
    /// What is shown of the others.
    rest: View,
    /// Whether every column is shown as it is: asked for every record.
    clear: bool,
}

impl TableRule {
    /// Nothing.
    pub(super) fn closed(table: &Table) -> Self {
        let named = vec![None; table.columns().len()];
        let clear = named.is_empty();
        Self { table: *table, operations: 0, named, rest: View::Hidden, clear }
    }

    /// The table.
    #[must_use]
    pub const fn table(&self) -> &Table {
        &self.table
    }

    /// Whether an operation is allowed.
    #[must_use]
    pub const fn allows(&self, operation: Operation) -> bool {
        self.operations & operation.bit() != 0
    }

    /// What is shown of the column at this place of the table.
    #[must_use]
    pub fn view_at(&self, at: usize) -> View {
        self.named.get(at).copied().flatten().unwrap_or(self.rest)
    }

    /// Whether every column is shown as it is.
    #[must_use]
    pub const fn is_clear(&self) -> bool {
        self.clear
    }

    fn settle(&mut self) {
        self.clear = (0..self.named.len()).all(|at| self.view_at(at) == View::Clear);
    }

    pub(super) fn allow(&mut self, operations: &[Operation]) {
        self.operations |= operations.iter().fold(0, |bits, operation| bits | operation.bit());
    }

    pub(super) fn show_rest(&mut self) {
        self.rest = View::Clear;
        self.settle();
    }

    pub(super) fn view(&mut self, at: usize, view: View) {
        if let Some(place) = self.named.get_mut(at) {
            *place = Some(place.map_or(view, |known| known.strictest(view)));
        }
        self.settle();
    }
}
