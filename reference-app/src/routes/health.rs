//! What monitors ask for.

use crate::state::App;
use axum::http::StatusCode;
use axum::routing::get;
use utoipa_axum::router::OpenApiRouter;

/// Paths that monitors ask for by plain HTTP.
pub const PROBES: &[&str] = &["/healthz"];

/// The routes of this area.
pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().route("/healthz", get(healthz))
}

async fn healthz() -> StatusCode {
    StatusCode::NO_CONTENT
}
