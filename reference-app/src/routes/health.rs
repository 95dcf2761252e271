//! What monitors ask for, and the description of the API.

use crate::state::App;
use crate::web::{Caller, Kind, Problem};
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use axum::routing::get;
use hipaa_core::schema::TenantId;
use hipaa_core::tenancy::list_tenants;
use hipaa_core::unit::Committed;
use hipaa_sqlite::Unit;
use hipaa_sqlite::witness::Folder;
use utoipa_axum::router::OpenApiRouter;

/// Paths that monitors ask for by plain HTTP.
pub const PROBES: &[&str] = &["/healthz", "/readyz", "/metrics"];

/// The routes of this area.
pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .route("/healthz", get(healthz))
        .route("/readyz", get(readyz))
        .route("/metrics", get(metrics))
        .route("/api/openapi.json", get(openapi))
}

async fn healthz() -> StatusCode {
    StatusCode::NO_CONTENT
}

/// The writer answers, every tenant's row is what was written under our key, and the log goes on from what the witness has
/// seen.
async fn readyz(State(app): State<App>) -> Result<StatusCode, Problem> {
    let witness = app.witness.clone();
    let look = app.gate.bridge.write(move |unit: &mut Unit<'_>| {
        let _ = list_tenants(unit)?;
        // One that cannot be asked vouches for nothing.
        if let Some(folder) = witness {
            hipaa_sqlite::witness::compare(unit, &mut Folder::new(folder))?;
        }
        // The deployment's head is there and its MAC holds.
        let unit: &mut dyn hipaa_core::unit::Unit = unit;
        let _ = unit.signed_head(TenantId::DEPLOYMENT)?;
        Ok(())
    });
    let looked: Result<Committed<()>, Problem> = look.await;
    looked.map(|_| StatusCode::NO_CONTENT)
}

async fn metrics(State(app): State<App>, caller: Caller) -> Result<impl IntoResponse, Problem> {
    const KIND: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    if !app.monitors.contains(caller.address()) {
        return Err(Kind::NotFound.into());
    }
    Ok(([(header::CONTENT_TYPE, KIND)], app.metrics.page(&app.gate.bridge)))
}

async fn openapi() -> impl IntoResponse {
    axum::Json(super::openapi())
}
