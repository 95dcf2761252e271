//! Asking for a permission before there is anything to do with it, as a host's gate does.

use super::{Operation, TenantVault, VaultError};
use crate::schema::Table;
use crate::unit::Unit;

impl TenantVault {
    /// That the actor may do this with some record of a table; a refusal is an entry. Every verb of the vault asks by itself:
    /// this is for a host that wants to refuse before it reads what a request says.
    ///
    /// # Errors
    /// [`VaultError::Denied`] and [`VaultError::Ended`].
    pub fn require_operation(
        &self,
        unit: &mut dyn Unit,
        table: &Table,
        operation: Operation,
    ) -> Result<(), VaultError> {
        self.permit(unit, table, operation)
    }
}
