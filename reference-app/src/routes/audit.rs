//! The audit log: looking for entries, counting what was done, examining.

use crate::clinical::trail::{self, Count, Entry, Query as Filter, Span, Verdict};
use crate::state::App;
use crate::web::{Json, Problem, SignedIn};
use axum::extract::{Query, State};
use hipaa_core::audit::{Action, Event, EventName};
use hipaa_core::auth::role::Ability;
use hipaa_core::vault::TenantVault;
use hipaa_sqlite::Unit;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The routes of this area.
pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(search)).routes(routes!(activity)).routes(routes!(verify))
}

/// One page of entries, the newest first.
#[derive(Debug, Serialize, ToSchema)]
struct Entries {
    entries: Vec<Entry>,
    /// Where to go on: the `before` of the next page. None where there is nothing older.
    next: Option<u64>,
}

/// What was done, by day and name.
#[derive(Debug, Serialize, ToSchema)]
struct Counts {
    counts: Vec<Count>,
}

#[utoipa::path(post, path = "/api/audit/search", request_body = Filter, responses(
    (status = 200, body = Entries),
    Problem,
))]
async fn search(signed_in: SignedIn, Json(filter): Json<Filter>) -> Result<axum::Json<Entries>, Problem> {
    let look = move |unit: &mut Unit<'_>, vault: &TenantVault| Ok(trail::search(unit, vault, &filter)?);
    let page = signed_in.disclose(look).await?.open()?;
    Ok(axum::Json(Entries { entries: page.entries.iter().map(Entry::of).collect(), next: page.next }))
}

#[utoipa::path(get, path = "/api/audit/activity", params(Span), responses(
    (status = 200, body = Counts),
    Problem,
))]
async fn activity(signed_in: SignedIn, Query(span): Query<Span>) -> Result<axum::Json<Counts>, Problem> {
    let look = move |unit: &mut Unit<'_>, vault: &TenantVault| Ok(trail::activity(unit, vault, &span)?);
    let counted = signed_in.disclose(look).await?.open()?;
    Ok(axum::Json(Counts { counts: counted.iter().map(Count::of).collect() }))
}

#[utoipa::path(post, path = "/api/audit/verify", responses(
    (status = 200, body = Verdict),
    Problem,
))]
async fn verify(State(app): State<App>, signed_in: SignedIn) -> Result<axum::Json<Verdict>, Problem> {
    let own = move |unit: &mut Unit<'_>, vault: &TenantVault| {
        vault.require(unit, Ability::ReadTrail)?;
        let unit: &mut dyn hipaa_core::unit::Unit = unit;
        unit.note(Event::new(vault.actor(), EventName::AUDIT_STATUS, Action::Execute))?;
        let head = unit.parts().0.head(vault.actor().tenant()).map_err(hipaa_core::unit::UnitError::from)?;
        Ok(head.map(|head| head.log))
    };
    let own = signed_in.write(own).await?.into_inner();
    let examine = move |_: &_| Ok(trail::verify((&app.file, app.witness.as_deref()), own));
    Ok(axum::Json(signed_in.gate().blocking(examine).await?))
}
