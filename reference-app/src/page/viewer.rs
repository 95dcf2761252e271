//! Who looks at a page.

use super::shell::{Emergency, Shell, Who};
use crate::schema::PATIENT;
use crate::state::App;
use crate::web::{Problem, SignedIn};
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use hipaa_core::auth::role::{Ability, Operation, Permissions};
use hipaa_core::identity::{EmergencyGrant, RENEWAL_GRAIN};
use hipaa_core::schema::TenantId;
use hipaa_core::tenancy::list_tenants;

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
    /// The emergency access that is open.
    pub grant: Option<EmergencyGrant>,
}

impl Viewer {
    /// What stands around a page at `here`.
    #[must_use]
    pub fn shell(&self, here: &'static str) -> Shell {
        Shell { who: Some(self.who.clone()), here, demo: self.who.demo }
    }
}

impl FromRequestParts<App> for Viewer {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let signed_in = SignedIn::from_request_parts(parts, app).await?;
        let look = signed_in.account(|unit, identity, active, _| {
            let (user, enrolled) = (active.user(), identity.has_second_factor(unit, &active)?);
            let clinic = list_tenants(unit)?.into_iter().find(|tenant| tenant.id == user.tenant());
            let clinic = clinic.map(|tenant| tenant.name).unwrap_or_default();
            let grants = identity.emergencies(unit, &active)?;
            Ok((user.display_name().to_owned(), user.role().to_owned(), clinic, (user.tenant(), enrolled, grants)))
        });
        let (name, role, clinic, (tenant, enrolled, grants)) = look.await?.into_inner();
        let now = app.clock.now();
        let grant = grants.into_iter().filter(|grant| grant.ends > now).max_by_key(|grant| grant.began);
        let emergency = grant.as_ref().map(|grant| Emergency {
            grant: hex::encode(grant.id),
            patient: grant.patient.to_string(),
            seconds: grant.ends.since(now).as_secs(),
        });
        // Activity is stored to the grain: a session may end that much sooner than its last request says.
        let idle = app.gate.identity.settings().session.idle;
        let idle_seconds = idle.saturating_sub(RENEWAL_GRAIN).as_secs().max(1);
        let permissions = app.gate.policy.permissions(&role, None);
        let reviews = permissions.has(Ability::ReviewEmergency);
        let reads_log = permissions.has(Ability::ReadTrail);
        let finds = permissions.allows(&PATIENT, Operation::Search);
        let who = Who { name, role, clinic, idle_seconds, emergency, finds, reads_log, reviews, demo: app.demo };
        Ok(Self { signed_in, who, enrolled, tenant, permissions, grant })
    }
}
