//! The vault of whoever is signed in: the short path from a session to records.

use super::TenantVault;
use crate::audit::Actor;
use crate::auth::role::RolePolicy;
use crate::authority::{Authority, AuthorityError, AuthorityKind};
use crate::identity::Active;
use crate::schema::RecordId;
use crate::unit::{Unit, UnitError, Warrant};
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
            warrant: Some(Arc::new(Session::of(active))),
        }
    }
}

/// A session that must be live.
pub(super) struct Session {
    actor: Actor,
    row: RecordId,
}

impl Session {
    pub(super) const fn actor(&self) -> &Actor {
        &self.actor
    }

    pub(super) fn of(active: &Active) -> Self {
        Self { actor: active.actor().clone(), row: active.row_id() }
    }
}

impl Warrant for Session {
    /// The row itself: it is deleted, expired, or void by the user's version when the session has ended.
    fn holds(&self, unit: &mut dyn Unit) -> Result<bool, UnitError> {
        is_live(&Authority::new(self.actor.clone()), unit, (AuthorityKind::Session, self.row))
    }
}

/// Whether a row of authority confers something now. One that fails its check confers nothing, and is an entry.
fn is_live(door: &Authority, unit: &mut dyn Unit, (kind, id): (AuthorityKind, RecordId)) -> Result<bool, UnitError> {
    match door.read(unit, kind, id) {
        Ok(row) => Ok(row.is_some()),
        Err(AuthorityError::Unit(error)) => Err(error),
        Err(_) => Ok(false),
    }
}
