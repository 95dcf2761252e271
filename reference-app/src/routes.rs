//! The routes: one thin file per area, and one table that says of each who gets in and what it leaves in the log.
//!
//! # How to add a route
//! 1. Add a row to [`table`]: method, path, who gets in, its audit entries (or why there are none), who masks. A route
//!    without a row is answered 404, and a test fails.
//! 2. Write the handler in the file of its area. With `Access::Session` it takes [`SignedIn`](crate::web::SignedIn), whose
//!    `write`, `disclose` and `account` give it a vault or the account inside a unit in which the session is checked again:
//!
//!    ```ignore
//!    #[utoipa::path(get, path = "/api/patients/{id}", responses((status = 200, body = Patient)))]
//!    async fn read(signed_in: SignedIn, Path(id): Path<Id>) -> Result<axum::Json<Patient>, Problem> {
//!        let record = signed_in.disclose(move |unit, vault| Ok(vault.read(unit, &PATIENT, id)?)).await?.open()?;
//!        Ok(axum::Json(Patient::of(&record)))
//!    }
//!    ```
//!
//! 3. Name it in the `router` of its area: `.routes(routes!(read))` for the API, `.route(path, get(page))` for a page. A
//!    new area is a file here, a `mod`, and a line in `areas`.
//! 4. Bodies come in by [`web::Json`](crate::web::Json), errors go out as [`Problem`](crate::web::Problem) (`?` does it for
//!    every error of the library). No identifier of a patient goes into a path or a query: search by POST.
//! 5. Write the new OpenAPI snapshot and golden file: `UPDATE=1 cargo test -p reference-app --test cli http::`.

pub mod account;
pub mod audit;
pub mod auth;
pub mod emergency;
pub mod encounters;
pub mod health;
pub mod operative_records;
pub mod pages;
pub mod password;
pub mod patients;
pub mod prescriptions;
mod shared;
mod signable;
pub mod table;

use crate::page;
use crate::state::App;
use crate::web::gate::guard;
use crate::web::problem::ProblemBody;
use axum::Router;
use axum::middleware::from_fn_with_state;
use utoipa::OpenApi as _;
use utoipa::openapi::OpenApi;
use utoipa_axum::router::OpenApiRouter;

/// Where the API begins.
pub const API: &str = "/api/";

#[derive(utoipa::OpenApi)]
#[openapi(
    info(
        title = "reference-app",
        description = "A small EMR on hipaa-core",
        license(name = "MIT OR Apache-2.0", identifier = "MIT OR Apache-2.0")
    ),
    components(schemas(ProblemBody))
)]
struct Description;

/// Every area.
fn areas() -> OpenApiRouter<App> {
    let areas = [health::router(), auth::router(), password::router(), account::router()];
    let charts = [patients::router(), encounters::router(), operative_records::router(), prescriptions::router()];
    let areas = areas.into_iter().chain(charts).chain([emergency::router(), audit::router()]);
    areas.fold(OpenApiRouter::with_openapi(Description::openapi()), OpenApiRouter::merge)
}

/// The description of the API, from its code.
#[must_use]
pub fn openapi() -> OpenApi {
    areas().into_openapi()
}

/// The application, with all that stands around it.
pub fn application(app: App) -> Router {
    let (router, _) = areas().split_for_parts();
    let router = router.merge(pages::router(&app));
    let guarded = router.route_layer(from_fn_with_state(app.gate.clone(), guard));
    let framed = app.frame.clone().around(guarded.with_state(app.clone()), API);
    framed.layer(from_fn_with_state(app, page::problem::pages))
}
