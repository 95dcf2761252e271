//! One tenant with two vaults, and what can be seen of its log and rows from outside.

use super::super::sample::{TABLE, TEXT};
use super::{Broken, Process, Units, as_vault_error, unforeseen};
use crate::audit::{Action, Actor, Event, EventName};
use crate::schema::{RecordId, TenantId};
use crate::store::{RecordState, StoredEntry, StoredHead, StoredRow};
use crate::tenancy::create_tenant;
use crate::vault::{Permissions, Row, TenantVault};

/// A tenant and its people.
pub(super) struct Tenant {
    /// May do everything.
    pub(super) clinician: TenantVault,
    /// May do nothing.
    pub(super) visitor: TenantVault,
}

/// All that can be seen of a tenant in the database.
#[derive(PartialEq)]
pub(super) struct Sight {
    pub(super) head: StoredHead,
    pub(super) entries: Vec<StoredEntry>,
    pub(super) rows: Vec<StoredRow>,
    pub(super) states: Vec<RecordState>,
}

const MANY: usize = 1000;

impl Tenant {
    pub(super) fn create(units: &mut impl Units) -> Result<Self, Broken> {
        let operator = Actor::new(TenantId::DEPLOYMENT, "setup", "operator").map_err(unforeseen)?;
        let made = units
            .write(Process::First, |unit| create_tenant(unit, &operator, "North clinic").map_err(as_vault_error))?
            .into_inner();
        let actor = |user, role| Actor::new(made.id, user, role).map_err(unforeseen);
        Ok(Self {
            clinician: TenantVault::new(actor("u-1", "clinician")?, Permissions::everything()),
            visitor: TenantVault::new(actor("u-2", "visitor")?, Permissions::none()),
        })
    }

    pub(super) fn id(&self) -> TenantId {
        self.clinician.actor().tenant()
    }

    /// Makes one record in a unit of its own.
    pub(super) fn record(&self, units: &mut impl Units, process: Process) -> Result<RecordId, Broken> {
        Ok(units.write(process, |unit| self.clinician.create(unit, &TABLE, &sample()))?.into_inner())
    }

    pub(super) fn see(&self, units: &mut impl Units) -> Result<Sight, Broken> {
        let tenant = self.id();
        let sight = units.write(Process::First, |unit| {
            let (store, _) = unit.parts();
            let head = store.head(tenant)?.ok_or(crate::vault::VaultError::NotFound)?;
            Ok(Sight {
                entries: store.entries(head.log, 0, MANY)?,
                head,
                rows: store.rows(&TABLE, tenant, None, MANY)?,
                states: store.live_states(&TABLE, tenant, None, MANY)?,
            })
        })?;
        Ok(sight.into_inner())
    }

    /// An event in this tenant's log.
    pub(super) fn event(&self, name: EventName) -> Event {
        Event::new(self.clinician.actor(), name, Action::Execute)
    }
}

pub(super) fn sample() -> Row {
    Row::new().set(TEXT, "a value")
}
