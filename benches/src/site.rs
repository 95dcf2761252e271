//! A chart over HTTP: [`sealed`] is the reference application, [`plain`] the same answer from plaintext rows. Both stand on
//! the same frame and the same bridge, because what is measured is what the safeguards add to them.

pub mod plain;
pub mod sealed;

use crate::Failure;
use reference_app::routes::health;
use reference_app::web::frame::{Frame, Observer, TIME_LIMIT};
use reference_app::web::origin::{Origin, Origins};
use reference_app::web::server::{Limits, serve};
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use tokio::runtime::Runtime;

/// The frame of a development server.
///
/// # Errors
/// When the port makes no origin.
pub fn frame(address: SocketAddr) -> Result<Frame, Failure> {
    let own = Origin::parse(&format!("http://localhost:{}", address.port())).map_err(|_| "no origin")?;
    Ok(Frame {
        proxies: Arc::default(),
        origins: Origins::new(own, Vec::new()),
        https_only: false,
        probes: health::PROBES,
        time_limit: TIME_LIMIT,
        observer: Observer(Arc::new(|_| {})),
    })
}

/// Serves a router until the runtime ends.
///
/// # Errors
/// The port's, and that of `router`.
pub fn listen(
    runtime: &Runtime,
    router: impl FnOnce(SocketAddr) -> Result<axum::Router, Failure>,
) -> Result<SocketAddr, Failure> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    listener.set_nonblocking(true)?;
    let address = listener.local_addr()?;
    let inside = runtime.enter();
    let (router, listener) = (router(address)?, tokio::net::TcpListener::from_std(listener)?);
    drop(inside);
    runtime.spawn(serve(listener, router, Limits::default(), core::future::pending()));
    Ok(address)
}

/// What one encounter says; the floor's say the same.
#[must_use]
pub fn encounter(day: u32) -> serde_json::Value {
    serde_json::json!({
        "started": format!("2026-10-{day:02}T08:00:00Z"), "label": "Encounter for problem",
        "chief_complaint": "Chest pain since the morning, worse when breathing in.",
        "assessment": "Pleurisy is likely; no sign of an infarction.", "plan": "Ibuprofen 400 mg, come back in a week.",
    })
}
