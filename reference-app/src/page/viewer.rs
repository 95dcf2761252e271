//! Who looks at a page.

use super::shell::{Emergency, Shell, Who};
use crate::schema::PATIENT;
use crate::state::App;
use crate::web::{Problem, SignedIn};
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use hipaa_core::auth::role::{Ability, Operation, Permissions, Scope};
use hipaa_core::clock::Timestamp;
use hipaa_core::identity::{EmergencyGrant, RENEWAL_GRAIN};
use hipaa_core::schema::{RecordId, Table, TenantId};
use hipaa_core::tenancy::list_tenants;
use hipaa_core::vault::{Record, TenantVault};
use hipaa_sqlite::Unit;

/// A signed-in user, and what stands around the pages that the user gets.
#[derive(Debug, Clone)]
pub struct Viewer {
    /// The way to the data.
    pub signed_in: SignedIn,
    /// Who it is.
    pub who: Who,
    /// Whether a second factor is set up.
    pub enrolled: bool,
    /// The clinic.
    pub tenant: TenantId,
    /// What the role may do: for what a page offers alone. The gate and the vault decide what is done.
    pub permissions: Permissions,
    /// The emergency accesses that are open, the newest first.
    pub grants: Vec<EmergencyGrant>,
}

impl Viewer {
    /// What stands around a page at `here`.
    #[must_use]
    pub fn shell(&self, here: &'static str) -> Shell {
        Shell { who: Some(self.who.clone()), here, demo: self.who.demo }
    }

    /// The grant under which the chart of a patient is read.
    #[must_use]
    pub fn grant_to(&self, patient: RecordId) -> Option<[u8; 16]> {
        self.grants.iter().find(|grant| grant.patient == patient).map(|grant| grant.id)
    }

    /// The grant under which a record is read: that to the patient whom it is about.
    ///
    /// # Errors
    /// Those of [`SignedIn::disclose_under`].
    pub async fn grant_of(&self, table: &'static Table, record: RecordId) -> Result<Option<[u8; 16]>, Problem> {
        for grant in self.grants.iter().map(|grant| grant.id) {
            let ask = move |unit: &mut Unit<'_>, vault: &TenantVault| Ok(vault.reaches(unit, table, record)?);
            if self.signed_in.disclose_under(Some(grant), ask).await?.into_inner() {
                return Ok(Some(grant));
            }
        }
        Ok(None)
    }

    /// Reads one record: under the grant to its patient where there is one, else as the role sees it.
    ///
    /// # Errors
    /// Those of [`TenantVault::read`].
    pub async fn read(&self, table: &'static Table, record: RecordId) -> Result<Record, Problem> {
        let grant = self.grant_of(table, record).await?;
        let read = move |unit: &mut Unit<'_>, vault: &TenantVault| Ok(vault.read(unit, table, record)?);
        Ok(self.signed_in.disclose_under(grant, read).await?.open()?)
    }
}

impl FromRequestParts<App> for Viewer {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let signed_in = SignedIn::from_request_parts(parts, app).await?;
        let look = signed_in.account(|unit, identity, active, _| {
            let enrolled = identity.has_second_factor(unit, &active)?;
            let clinic = list_tenants(unit)?.into_iter().find(|tenant| tenant.id == active.user().tenant());
            let clinic = clinic.map(|tenant| tenant.name).unwrap_or_default();
            Ok((active.user().clone(), enrolled, clinic, identity.emergencies(unit, &active)?))
        });
        let (user, enrolled, clinic, mut grants) = look.await?.into_inner();
        let now = app.clock.now();
        grants.retain(|grant| grant.ends > now);
        grants.sort_by_key(|grant| core::cmp::Reverse(grant.began));
        let permissions = app.gate.policy.permissions(user.role(), user.patient());
        // Activity is stored to the grain: a session may end that much sooner than its last request says.
        let idle = app.gate.identity.settings().session.idle;
        let who = Who {
            name: user.display_name().to_owned(),
            role: user.role().to_owned(),
            clinic,
            idle_seconds: idle.saturating_sub(RENEWAL_GRAIN).as_secs().max(1),
            emergencies: banners(&grants, now),
            record: user.patient().map(|record| record.to_string()),
            finds: permissions.scope() == Scope::Tenant && permissions.allows(&PATIENT, Operation::Search),
            reads_log: permissions.has(Ability::ReadTrail),
            reviews: permissions.has(Ability::ReviewEmergency),
            demo: app.demo,
        };
        Ok(Self { signed_in, who, enrolled, tenant: user.tenant(), permissions, grants })
    }
}

/// One for each patient: of several grants to the same, the newest, which ends last.
fn banners(grants: &[EmergencyGrant], now: Timestamp) -> Vec<Emergency> {
    let mut told = Vec::new();
    for grant in grants.iter().map(|grant| Emergency::of(grant, now)) {
        if !told.iter().any(|known: &Emergency| known.patient == grant.patient) {
            told.push(grant);
        }
    }
    told
}

impl Emergency {
    fn of(grant: &EmergencyGrant, now: Timestamp) -> Self {
        let seconds = grant.ends.since(now).as_secs();
        Self { grant: hex::encode(grant.id), patient: grant.patient.to_string(), seconds }
    }
}
