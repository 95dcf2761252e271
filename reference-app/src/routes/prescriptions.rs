//! Prescriptions: list, print, transmit.

use super::shared::{PageQuery, id, made};
use crate::clinical::once::once;
use crate::clinical::prescription::{self, Printed, Transmit, View};
use crate::state::App;
use crate::web::version::{Keyed, Wrote};
use crate::web::{Problem, SignedIn};
use axum::extract::{Path, Query, State};
use hipaa_core::schema::RecordId;
use hipaa_core::vault::{Record, TenantVault};
use hipaa_sqlite::Unit;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The routes of this area.
pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list)).routes(routes!(print)).routes(routes!(transmit))
}

/// One page, the newest first.
#[derive(Debug, Serialize, ToSchema)]
struct Prescriptions {
    prescriptions: Vec<View>,
    /// How many there are in all.
    total: usize,
    /// Records that were altered so that it cannot be told whether they belong here.
    flagged: Vec<String>,
    next: Option<String>,
}

#[utoipa::path(get, path = "/api/patients/{id}/prescriptions", params(("id" = String, Path), PageQuery), responses(
    (status = 200, body = Prescriptions),
    Problem,
))]
async fn list(
    signed_in: SignedIn,
    Path(patient): Path<String>,
    Query(query): Query<PageQuery>,
) -> Result<axum::Json<Prescriptions>, Problem> {
    let (patient, paging) = (id(&patient)?, query.paging()?);
    let look = move |unit: &mut Unit<'_>, vault: &TenantVault| Ok(prescription::list(unit, vault, patient, paging)?);
    let page = signed_in.disclose(look).await?.open()?;
    Ok(axum::Json(Prescriptions {
        prescriptions: page.selected.records.iter().map(View::of).collect(),
        total: page.selected.total,
        flagged: page.selected.flagged.iter().map(ToString::to_string).collect(),
        next: page.next,
    }))
}

/// Whose prescription it is has to be known before the next step: a unit of its own, and an entry.
async fn read(signed_in: &SignedIn, record: RecordId) -> Result<Record, Problem> {
    let look = move |unit: &mut Unit<'_>, vault: &TenantVault| Ok(prescription::read(unit, vault, record)?);
    Ok(signed_in.disclose(look).await?.open()?)
}

#[utoipa::path(post, path = "/api/prescriptions/{id}/print", params(("id" = String, Path)), responses(
    (status = 200, body = Printed),
    Problem,
))]
async fn print(
    State(app): State<App>,
    signed_in: SignedIn,
    Path(record): Path<String>,
) -> Result<axum::Json<Printed>, Problem> {
    let record = std::sync::Arc::new(read(&signed_in, id(&record)?).await?);
    let sheet = std::sync::Arc::clone(&record);
    let look = move |unit: &mut Unit<'_>, vault: &TenantVault| Ok(prescription::print(unit, vault, &sheet)?);
    let (patient, prescriber) = signed_in.disclose(look).await?.open()?;
    Ok(axum::Json(Printed::of(&record, (&patient, prescriber.as_ref()), app.clock.now())))
}

#[utoipa::path(post, path = "/api/prescriptions/{id}/transmit", request_body = Transmit,
    params(("id" = String, Path), ("Idempotency-Key" = Option<String>, Header, description = "16 to 128 characters")), responses(
    (status = 201, headers(("Location" = String), ("ETag" = String))),
    Problem,
))]
async fn transmit(
    State(app): State<App>,
    signed_in: SignedIn,
    Path(record): Path<String>,
    keyed: Keyed<Transmit>,
) -> Result<Wrote, Problem> {
    let (place, now) = (format!("/api/prescriptions/{record}/transmit"), app.clock.now());
    let record = read(&signed_in, id(&record)?).await?;
    let route = place.clone();
    let write = move |unit: &mut Unit<'_>, vault: &TenantVault| {
        let request = keyed.once(vault.actor(), &route)?;
        let send = |unit: &mut Unit<'_>| prescription::transmit(unit, vault, (&record, &keyed.body, now));
        Ok(once(unit, vault.actor(), (request, now), send)?)
    };
    Ok(made(&place, signed_in.write(write).await?.into_inner()))
}
