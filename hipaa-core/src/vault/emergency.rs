//! The vault under an emergency grant: one patient, every entry marked.

use super::inspect::Opening;
use super::{TenantVault, VaultError};
use crate::audit::{Action, Actor, EventName, Outcome};
use crate::auth::role::{Operation, RolePolicy};
use crate::identity::{Active, EmergencyGrant, IdentityError, SessionWarrant};
use crate::red::{Safeguard, removed};
use crate::schema::{RecordId, Table};
use crate::unit::{Unit, UnitError, Warrant};
use std::sync::Arc;

impl TenantVault {
    /// The vault of a grant that the session's user has taken: what the policy opens in an emergency, of the one patient.
    /// Every entry that it writes names the grant. Session and grant are asked for again in every unit, and before what was
    /// read beside the writer is released.
    ///
    /// # Errors
    /// [`VaultError::Ended`] where the user has no such grant, or it has ended; the refusal is an audit entry; or the unit's.
    pub fn in_emergency(
        unit: &mut dyn Unit,
        active: &Active,
        policy: &RolePolicy,
        grant: [u8; 16],
    ) -> Result<Self, VaultError> {
        let actor = active.actor().clone().under_grant(grant);
        let found = read(unit, active.actor(), grant)?;
        let Some(found) = found else {
            let vault = Self::new(actor, crate::auth::role::Permissions::none());
            unit.refuse(vault.event(EventName::PERMISSION_DENIED, Action::Read).outcome(Outcome::Denied));
            return Err(VaultError::Ended);
        };
        let warrant = Emergency { session: SessionWarrant::of(active), grant, patient: found.patient };
        let permissions = policy.emergency_permissions(found.patient);
        Ok(Self { actor, permissions, warrant: Some(Arc::new(warrant)) })
    }

    /// Whether this vault, which may be limited to one patient, covers a record: for whoever has to choose between the own
    /// role and a grant before anything is read. No value leaves and nothing is noted; the read that follows asks again.
    /// False for a record that is not there, or was altered so that nobody knows whose it is.
    ///
    /// # Errors
    /// The unit's.
    pub fn reaches(&self, unit: &mut dyn Unit, table: &'static Table, record: RecordId) -> Result<bool, VaultError> {
        let (row, state) = unit.parts().0.row_and_state(table, self.actor.tenant(), record)?;
        let Some(row) = row else { return Ok(false) };
        let (record, _) = self.inspect(unit, (table, Opening::Shown), (&row, state))?;
        Ok(self.permissions.allows(table, Operation::Read) && self.covers_record(&record))
    }
}

/// A session and a grant that must be live.
struct Emergency {
    session: SessionWarrant,
    grant: [u8; 16],
    patient: RecordId,
}

impl Warrant for Emergency {
    fn holds(&self, unit: &mut dyn Unit) -> Result<bool, UnitError> {
        if removed(Safeguard::GrantEnd) {
            return Ok(true);
        }
        unit.see_time(self.session.actor().tenant())?;
        let grant = read(unit, self.session.actor(), self.grant)?;
        Ok(grant.is_some_and(|grant| grant.patient == self.patient) && self.session.holds(unit)?)
    }
}

fn read(unit: &mut dyn Unit, actor: &Actor, grant: [u8; 16]) -> Result<Option<EmergencyGrant>, UnitError> {
    match EmergencyGrant::read(unit, actor, grant) {
        Ok(grant) => Ok(grant),
        Err(IdentityError::Authority(crate::authority::AuthorityError::Unit(error))) => Err(error),
        Err(_) => Ok(None),
    }
}
