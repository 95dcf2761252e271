//! Comparing what is nearly always a copy of one constant: the same place is looked at first.

use super::ColumnDef;

impl PartialEq for ColumnDef {
    /// Every look at a value asks this of two copies of one constant, so the same place is looked at first.
    fn eq(&self, other: &Self) -> bool {
        same(self.label, other.label)
            && same(self.sql_name, other.sql_name)
            && self.kind == other.kind
            && self.protection == other.protection
            && (self.subject, self.of_vault) == (other.subject, other.of_vault)
    }
}

/// Whether two names are the same.
pub(super) fn same(left: &str, right: &str) -> bool {
    core::ptr::eq(left, right) || left == right
}
