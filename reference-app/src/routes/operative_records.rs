//! Operative records.

use super::shared::{PageQuery, changed, id, made};
use crate::clinical::once::once;
use crate::clinical::operative::{Input, TABLE, View};
use crate::clinical::signable;
use crate::state::App;
use crate::web::version::{IfMatch, Keyed, Versioned, Wrote};
use crate::web::{Json, Problem, SignedIn};
use axum::extract::{Path, Query, State};
use hipaa_core::vault::TenantVault;
use hipaa_sqlite::Unit;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

const PLACE: &str = "/api/operative-records";

/// The routes of this area.
pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list, draft))
        .routes(routes!(read, edit))
        .routes(routes!(sign))
        .routes(routes!(amend))
}

/// One page, the newest first.
#[derive(Debug, Serialize, ToSchema)]
struct OperativeRecords {
    operative_records: Vec<View>,
    /// How many there are in all.
    total: usize,
    /// Records that were altered so that it cannot be told whether they belong here.
    flagged: Vec<String>,
    next: Option<String>,
}

#[utoipa::path(get, path = "/api/patients/{id}/operative-records", params(("id" = String, Path), PageQuery), responses(
    (status = 200, body = OperativeRecords),
    Problem,
))]
async fn list(
    signed_in: SignedIn,
    Path(patient): Path<String>,
    Query(query): Query<PageQuery>,
) -> Result<axum::Json<OperativeRecords>, Problem> {
    let (patient, paging) = (id(&patient)?, query.paging()?);
    let look =
        move |unit: &mut Unit<'_>, vault: &TenantVault| Ok(signable::page(unit, vault, (&TABLE, patient), paging)?);
    let page = signed_in.disclose(look).await?.open()?;
    Ok(axum::Json(OperativeRecords {
        operative_records: page.selected.records.iter().map(View::of).collect(),
        total: page.selected.total,
        flagged: page.selected.flagged.iter().map(ToString::to_string).collect(),
        next: page.next,
    }))
}

#[utoipa::path(post, path = "/api/patients/{id}/operative-records", request_body = Input,
    params(("id" = String, Path), ("Idempotency-Key" = Option<String>, Header, description = "16 to 128 characters")), responses(
    (status = 201, headers(("Location" = String), ("ETag" = String))),
    Problem,
))]
async fn draft(
    State(app): State<App>,
    signed_in: SignedIn,
    Path(patient): Path<String>,
    keyed: Keyed<Input>,
) -> Result<Wrote, Problem> {
    let (patient, now) = (id(&patient)?, app.clock.now());
    let write = move |unit: &mut Unit<'_>, vault: &TenantVault| {
        let request = keyed.once(vault.actor(), &format!("{PLACE} of {patient}"))?;
        let row = keyed.body.row()?;
        let draft = |unit: &mut Unit<'_>| signable::draft(unit, vault, (&TABLE, patient), row);
        Ok(once(unit, vault.actor(), (request, now), draft)?)
    };
    Ok(made(PLACE, signed_in.write(write).await?.into_inner()))
}

#[utoipa::path(get, path = "/api/operative-records/{id}", params(("id" = String, Path)), responses(
    (status = 200, body = View, headers(("ETag" = String))),
    Problem,
))]
async fn read(signed_in: SignedIn, Path(record): Path<String>) -> Result<Versioned<View>, Problem> {
    let record = id(&record)?;
    let record = signed_in.disclose(move |unit, vault| Ok(vault.read(unit, &TABLE, record)?)).await?.open()?;
    Ok(Versioned(record.version(), View::of(&record)))
}

#[utoipa::path(patch, path = "/api/operative-records/{id}", request_body = Input,
    params(("id" = String, Path), ("If-Match" = String, Header)), responses(
    (status = 204, headers(("ETag" = String))),
    Problem,
))]
async fn edit(
    signed_in: SignedIn,
    Path(record): Path<String>,
    IfMatch(version): IfMatch,
    Json(input): Json<Input>,
) -> Result<Wrote, Problem> {
    let (record, row) = (id(&record)?, input.row()?);
    let write = move |unit: &mut Unit<'_>, vault: &TenantVault| {
        Ok(signable::edit(unit, vault, (&TABLE, record, version), &row)?)
    };
    Ok(changed(signed_in.write(write).await?.into_inner()))
}

#[utoipa::path(post, path = "/api/operative-records/{id}/sign", params(("id" = String, Path), ("If-Match" = String, Header)), responses(
    (status = 204, headers(("ETag" = String))),
    Problem,
))]
async fn sign(signed_in: SignedIn, Path(record): Path<String>, IfMatch(version): IfMatch) -> Result<Wrote, Problem> {
    let record = id(&record)?;
    let write =
        move |unit: &mut Unit<'_>, vault: &TenantVault| Ok(signable::sign(unit, vault, (&TABLE, record, version))?);
    Ok(changed(signed_in.write(write).await?.into_inner()))
}

#[utoipa::path(post, path = "/api/operative-records/{id}/amend", request_body = Input,
    params(("id" = String, Path), ("Idempotency-Key" = Option<String>, Header, description = "16 to 128 characters")), responses(
    (status = 201, headers(("Location" = String), ("ETag" = String))),
    Problem,
))]
async fn amend(
    State(app): State<App>,
    signed_in: SignedIn,
    Path(original): Path<String>,
    keyed: Keyed<Input>,
) -> Result<Wrote, Problem> {
    let (original, now) = (id(&original)?, app.clock.now());
    let write = move |unit: &mut Unit<'_>, vault: &TenantVault| {
        let request = keyed.once(vault.actor(), &format!("{PLACE} amending {original}"))?;
        let row = keyed.body.row()?;
        let amend = |unit: &mut Unit<'_>| signable::amend(unit, vault, (&TABLE, original), &row);
        Ok(once(unit, vault.actor(), (request, now), amend)?)
    };
    Ok(made(PLACE, signed_in.write(write).await?.into_inner()))
}
