//! Encounters.

use super::shared::PageQuery;
use super::signable;
use crate::clinical::encounter::{Input, TABLE, View};
use crate::state::App;
use crate::web::version::{IfMatch, Keyed, Versioned, Wrote};
use crate::web::{Json, Problem, SignedIn};
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse as _, Response};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

const PLACE: &str = "/api/encounters";

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
struct Encounters<'a> {
    encounters: Vec<View<'a>>,
    /// How many there are in all.
    total: usize,
    /// Records that were altered so that it cannot be told whether they belong here.
    flagged: Vec<String>,
    next: Option<String>,
}

#[utoipa::path(get, path = "/api/patients/{id}/encounters", params(("id" = String, Path), PageQuery), responses(
    (status = 200, body = Encounters<'_>),
    Problem,
))]
async fn list(
    signed_in: SignedIn,
    Path(patient): Path<String>,
    Query(query): Query<PageQuery>,
) -> Result<Response, Problem> {
    let page = signable::list(signed_in, &TABLE, (&patient, query)).await?;
    Ok(axum::Json(Encounters {
        encounters: page.selected.records.iter().map(View::of).collect(),
        total: page.selected.total,
        flagged: page.selected.flagged.iter().map(ToString::to_string).collect(),
        next: page.next.clone(),
    })
    .into_response())
}

#[utoipa::path(post, path = "/api/patients/{id}/encounters", request_body = Input,
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
    signable::draft((app, signed_in), (PLACE, &patient), keyed).await
}

#[utoipa::path(get, path = "/api/encounters/{id}", params(("id" = String, Path)), responses(
    (status = 200, body = View<'_>, headers(("ETag" = String))),
    Problem,
))]
async fn read(signed_in: SignedIn, Path(record): Path<String>) -> Result<Response, Problem> {
    let record = signable::read(signed_in, &TABLE, &record).await?;
    Ok(Versioned(record.version(), View::of(&record)).into_response())
}

#[utoipa::path(patch, path = "/api/encounters/{id}", request_body = Input,
    params(("id" = String, Path), ("If-Match" = String, Header)), responses(
    (status = 204, headers(("ETag" = String))),
    Problem,
))]
async fn edit(
    signed_in: SignedIn,
    Path(record): Path<String>,
    version: IfMatch,
    Json(input): Json<Input>,
) -> Result<Wrote, Problem> {
    signable::edit(signed_in, (&record, version), &input).await
}

#[utoipa::path(post, path = "/api/encounters/{id}/sign", params(("id" = String, Path), ("If-Match" = String, Header)), responses(
    (status = 204, headers(("ETag" = String))),
    Problem,
))]
async fn sign(signed_in: SignedIn, Path(record): Path<String>, version: IfMatch) -> Result<Wrote, Problem> {
    signable::sign(signed_in, &TABLE, (&record, version)).await
}

#[utoipa::path(post, path = "/api/encounters/{id}/amend", request_body = Input,
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
    signable::amend((app, signed_in), (PLACE, &original), keyed).await
}
