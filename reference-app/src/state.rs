//! What every handler of the application can reach: the gate to the data, and what the deployment is like.

use crate::examine::Examiner;
use crate::web::frame::{Observer, Outcome};
use crate::web::metrics::Metrics;
use crate::web::{Frame, Gate, log};
use axum::extract::FromRef;
use core::num::NonZeroUsize;
use hipaa_core::auth::network::TrustedProxies;
use hipaa_core::auth::password::{DEFAULT_QUEUE, HashingPermits};
use hipaa_core::clock::Clock;
use hipaa_core::identity::{Identity, Settings};
use hipaa_sqlite::bridge::{Bridge, BridgeOptions};
use hipaa_sqlite::{Database, Error};
use std::path::PathBuf;
use std::sync::Arc;

/// The state of the application. Cheap to clone.
#[derive(Debug, Clone)]
pub struct App {
    /// The way to the data.
    pub gate: Gate,
    /// What is around every request.
    pub frame: Frame,
    /// What is counted.
    pub metrics: Metrics,
    /// The networks that may read the metrics.
    pub monitors: Arc<TrustedProxies>,
    /// The folder that remembers the log's head.
    pub witness: Option<PathBuf>,
    /// Where time comes from.
    pub clock: Clock,
    /// Examines the log.
    pub examiner: Examiner,
    /// The database file, in the demo alone: its tamper lab edits it behind the application's back.
    pub lab: Option<Arc<std::path::Path>>,
}

impl App {
    /// The application on a database that is open.
    ///
    /// # Errors
    /// [`Error`]: the readers or the login cannot be had.
    pub fn start(database: Database, frame: Frame, (settings, clock): (Settings, Clock)) -> Result<Self, Error> {
        let cores = std::thread::available_parallelism().unwrap_or(NonZeroUsize::MIN);
        let identity = Identity::new(settings, HashingPermits::new(cores, DEFAULT_QUEUE))?;
        let bridge = Bridge::start(database, &BridgeOptions::default())?;
        let gate =
            Gate { bridge, identity, permissions: crate::roles::permissions, routes: crate::routes::table::routes() };
        let metrics = Metrics::default();
        let counting = metrics.clone();
        let observer = Observer(Arc::new(move |outcome: &Outcome<'_>| {
            counting.count(outcome);
            log::request(outcome);
        }));
        let (frame, monitors) = (Frame { observer, ..frame }, Arc::default());
        Ok(Self { gate, frame, metrics, monitors, witness: None, clock, examiner: Examiner::default(), lab: None })
    }
}

impl FromRef<App> for Gate {
    fn from_ref(app: &App) -> Self {
        app.gate.clone()
    }
}
