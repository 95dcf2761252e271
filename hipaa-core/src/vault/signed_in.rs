//! The vault of whoever is signed in: the short path from a session to records.

use super::TenantVault;
use crate::auth::role::RolePolicy;
use crate::identity::Active;
use std::sync::Arc;

impl TenantVault {
    /// The vault of a session's user: what the policy permits to the role, masked as it says; patients see their own record.
    /// A role that the policy does not name may nothing.
    ///
    /// The session is asked for again in every unit, and before what was read beside the writer is released: once it has
    /// ended, or the user's role, password or second factor has changed, this vault is shut ([`VaultError::Ended`]).
    ///
    /// [`VaultError::Ended`]: super::VaultError::Ended
    #[must_use]
    pub fn signed_in(active: &Active, policy: &RolePolicy) -> Self {
        let user = active.user();
        Self {
            actor: active.actor().clone(),
            permissions: policy.permissions(user.role(), user.patient()),
            warrant: Some(Arc::clone(active.warrant())),
        }
    }
}
