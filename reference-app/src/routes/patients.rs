//! Patients.

use super::shared::{changed, id, made};
use crate::clinical::encounter;
use crate::clinical::once::once;
use crate::clinical::patient::{self, Input, Query, View};
use crate::state::App;
use crate::web::version::{IfMatch, Keyed, Versioned, Wrote};
use crate::web::{Json, Problem, SignedIn};
use axum::extract::{Path, State};
use axum::response::{IntoResponse as _, Response};
use hipaa_core::vault::{Record, Selected, TenantVault};
use hipaa_sqlite::Unit;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The encounters of a chart.
pub(super) const ENCOUNTERS: usize = 20;
const PLACE: &str = "/api/patients";

/// The routes of this area.
pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(search))
        .routes(routes!(create))
        .routes(routes!(read, update))
        .routes(routes!(chart))
}

/// Patients that were found.
#[derive(Debug, Serialize, ToSchema)]
struct Patients {
    patients: Vec<View>,
    /// Records that cannot be compared because they were altered.
    flagged: Vec<String>,
    next: Option<String>,
}

/// A patient and the newest encounters.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Chart<'a> {
    patient: View,
    encounters: Vec<encounter::View<'a>>,
    /// How many encounters there are in all.
    total: usize,
    flagged: Vec<String>,
}

#[utoipa::path(post, path = "/api/patients/search", request_body = Query, responses(
    (status = 200, body = Patients),
    Problem,
))]
async fn search(signed_in: SignedIn, Json(query): Json<Query>) -> Result<axum::Json<Patients>, Problem> {
    let find = move |unit: &mut Unit<'_>, vault: &TenantVault| Ok(patient::search(unit, vault, &query)?);
    let found = signed_in.disclose(find).await?.open()?;
    Ok(axum::Json(Patients {
        patients: found.records.iter().map(View::of).collect(),
        flagged: found.flagged.iter().map(ToString::to_string).collect(),
        next: found.next.map(|next| next.to_string()),
    }))
}

#[utoipa::path(post, path = "/api/patients", request_body = Input,
    params(("Idempotency-Key" = Option<String>, Header, description = "16 to 128 characters")), responses(
    (status = 201, headers(("Location" = String), ("ETag" = String))),
    Problem,
))]
async fn create(State(app): State<App>, signed_in: SignedIn, keyed: Keyed<Input>) -> Result<Wrote, Problem> {
    let now = app.clock.now();
    let write = move |unit: &mut Unit<'_>, vault: &TenantVault| {
        let request = keyed.once(vault.actor(), PLACE)?;
        Ok(once(unit, vault.actor(), (request, now), |unit| patient::create(unit, vault, &keyed.body))?)
    };
    Ok(made(PLACE, signed_in.write(write).await?.into_inner()))
}

#[utoipa::path(get, path = "/api/patients/{id}", params(("id" = String, Path)), responses(
    (status = 200, body = View, headers(("ETag" = String))),
    Problem,
))]
async fn read(signed_in: SignedIn, Path(patient): Path<String>) -> Result<Versioned<View>, Problem> {
    let patient = id(&patient)?;
    let record = signed_in.disclose(move |unit, vault| Ok(patient::read(unit, vault, patient)?)).await?.open()?;
    Ok(Versioned(record.version(), View::of(&record)))
}

#[utoipa::path(patch, path = "/api/patients/{id}", request_body = Input,
    params(("id" = String, Path), ("If-Match" = String, Header)), responses(
    (status = 204, headers(("ETag" = String))),
    Problem,
))]
async fn update(
    signed_in: SignedIn,
    Path(patient): Path<String>,
    IfMatch(version): IfMatch,
    Json(input): Json<Input>,
) -> Result<Wrote, Problem> {
    let patient = id(&patient)?;
    let write =
        move |unit: &mut Unit<'_>, vault: &TenantVault| Ok(patient::update(unit, vault, (patient, version), &input)?);
    Ok(changed(signed_in.write(write).await?.into_inner()))
}

#[utoipa::path(get, path = "/api/patients/{id}/chart", params(("id" = String, Path)), responses(
    (status = 200, body = Chart<'_>, headers(("ETag" = String))),
    Problem,
))]
async fn chart(signed_in: SignedIn, Path(patient): Path<String>) -> Result<Response, Problem> {
    let patient = id(&patient)?;
    let look = move |unit: &mut Unit<'_>, vault: &TenantVault| Ok(patient::chart(unit, vault, (patient, ENCOUNTERS))?);
    let (record, found) = signed_in.disclose(look).await?.open()?;
    Ok(Chart::of(&record, &found).into_response())
}

impl<'a> Chart<'a> {
    pub(super) fn of(record: &Record, found: &'a Selected) -> Versioned<Self> {
        let chart = Self {
            patient: View::of(record),
            encounters: found.records.iter().map(encounter::View::of).collect(),
            total: found.total,
            flagged: found.flagged.iter().map(ToString::to_string).collect(),
        };
        Versioned(record.version(), chart)
    }
}
