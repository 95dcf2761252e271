//! `docs/how-to/embed-in-your-axum-app.md`, compiled. A test of the workspace compares the page with this file.
#![expect(dead_code, reason = "compiled, not run")]

use axum::Router;
use axum::extract::Path;
use axum::http::Method;
use axum::middleware::from_fn_with_state;
use core::num::NonZeroUsize;
use hipaa_core::audit::EventName;
use hipaa_core::auth::network::TrustedProxies;
use hipaa_core::auth::password::{DEFAULT_QUEUE, HashingPermits};
use hipaa_core::auth::role::RolePolicy;
use hipaa_core::identity::{Identity, Settings, Use};
use hipaa_core::schema::RecordId;
use hipaa_core::vault::{Operation, Record};
use hipaa_sqlite::Database;
use hipaa_sqlite::bridge::{Bridge, BridgeOptions};
use reference_app::routes::table;
use reference_app::schema::PATIENT;
use reference_app::web::frame::{Observer, TIME_LIMIT};
use reference_app::web::gate::guard;
use reference_app::web::origin::Origins;
use reference_app::web::server::{self, Limits};
use reference_app::web::{Access, Audit, Frame, Gate, Kind, Mask, Need, Problem, Route, SignedIn};
use serde::Serialize;
use std::sync::Arc;
use tokio::net::TcpListener;

async fn start(
    (database, policy, cores): (Database, RolePolicy, NonZeroUsize),
    (proxies, origins, observer): (Arc<TrustedProxies>, Origins, Observer),
    (router, state): (Router<Gate>, impl FnOnce(&Gate) -> Gate),
    (listener, signal): (TcpListener, impl Future<Output = ()>),
) -> Result<(), Box<dyn std::error::Error>> {
    let identity = Identity::new(Settings::default(), HashingPermits::new(cores, DEFAULT_QUEUE))?;
    let bridge = Bridge::start(database, &BridgeOptions::default())?;
    let gate = Gate { bridge, identity, policy: Arc::new(policy), routes: table::routes() };
    let state = state(&gate);
    let frame = Frame { proxies, origins, https_only: true, probes: &["/healthz"], time_limit: TIME_LIMIT, observer };
    let guarded = router.route_layer(from_fn_with_state(gate.clone(), guard));
    let app = frame.around(guarded.with_state(state), "/api/");
    server::serve(listener, app, Limits::default(), signal).await;
    gate.bridge.close().await?;
    Ok(())
}

fn declared() -> Route {
    Route {
        method: Method::GET,
        path: "/api/patients/{id}",
        access: Access::Session(Use::WORK, Need::Table(&PATIENT, Operation::Read)),
        audit: Audit::Entry(&[EventName::PHI_READ]),
        mask: Mask::Vault,
    }
}

#[derive(Serialize)]
struct Patient {
    id: String,
}

impl Patient {
    fn of(record: &Record) -> Self {
        Self { id: record.id().to_string() }
    }
}

async fn read(signed_in: SignedIn, Path(id): Path<String>) -> Result<axum::Json<Patient>, Problem> {
    let id = RecordId::parse(&id).map_err(|_| Kind::NotFound)?;
    let record = signed_in.disclose(move |unit, vault| Ok(vault.read(unit, &PATIENT, id)?)).await?.open()?;
    Ok(axum::Json(Patient::of(&record)))
}
