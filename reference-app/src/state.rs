//! What every handler of the application can reach: the gate to the data, and what the deployment is like.

use crate::clinical::once;
use crate::examine::Examiner;
use crate::web::frame::{Observer, Outcome};
use crate::web::metrics::Metrics;
use crate::web::{Frame, Gate, log};
use axum::extract::FromRef;
use core::num::NonZeroUsize;
use hipaa_core::auth::network::TrustedProxies;
use hipaa_core::auth::password::{DEFAULT_QUEUE, HashingPermits};
use hipaa_core::auth::role::RolePolicy;
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
    /// The file of the database.
    pub file: PathBuf,
    /// Where time comes from.
    pub clock: Clock,
    /// Examines the log.
    pub examiner: Examiner,
    /// Whether it is the demo, whose tamper lab edits the file behind the application's back.
    pub demo: bool,
}

impl App {
    /// The application on a database that is open.
    ///
    /// # Errors
    /// [`Error`]: the readers or the login cannot be had.
    pub fn start(database: Database, frame: Frame, parts: (Settings, RolePolicy, Clock)) -> Result<Self, Error> {
        Self::start_with(database, frame, parts, &BridgeOptions::default())
    }

    /// The same with a bridge as the deployment wants it: it gives the log's head to the witnesses by itself.
    ///
    /// # Errors
    /// As [`App::start`]; [`Error::Witness`] when a witness does not vouch for the database.
    pub fn start_with(
        mut database: Database,
        frame: Frame,
        (settings, policy, clock): (Settings, RolePolicy, Clock),
        options: &BridgeOptions,
    ) -> Result<Self, Error> {
        once::declare(&mut database)?;
        let file = database.connection().path().map(PathBuf::from).unwrap_or_default();
        let cores = std::thread::available_parallelism().unwrap_or(NonZeroUsize::MIN);
        let identity = Identity::new(settings, HashingPermits::new(cores, DEFAULT_QUEUE))?;
        let bridge = Bridge::start(database, options)?;
        let policy = Arc::new(policy);
        let gate = Gate { bridge, identity, policy, routes: crate::routes::table::routes() };
        let metrics = Metrics::default();
        let counting = metrics.clone();
        let observer = Observer(Arc::new(move |outcome: &Outcome<'_>| {
            counting.count(outcome);
            log::request(outcome);
        }));
        let (frame, monitors) = (Frame { observer, ..frame }, Arc::default());
        let examiner = Examiner::new(&file, &clock);
        Ok(Self { gate, frame, metrics, monitors, witness: None, file, clock, examiner, demo: false })
    }
}

impl FromRef<App> for Gate {
    fn from_ref(app: &App) -> Self {
        app.gate.clone()
    }
}
