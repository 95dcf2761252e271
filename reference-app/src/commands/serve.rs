//! `serve`.

use super::safeguard;
use crate::config::Config;
use crate::error::{Error, Exit};
use crate::mail::Mailer;
use crate::output::Output;
use crate::pharmacy::Pharmacy;
use crate::policy::policy;
use crate::post;
use crate::routes::{application, health};
use crate::site::{self, Site};
use crate::state::App;
use crate::upkeep;
use crate::web::frame::{Frame, Observer, TIME_LIMIT};
use crate::web::log;
use crate::web::origin::{Origin, Origins};
use crate::web::server::serve;
use clap::Args;
use hipaa_core::clock::Clock;
use hipaa_core::identity::Settings;
use hipaa_sqlite::Database;
use hipaa_sqlite::bridge::{BridgeOptions, Hook, Upkeep};
use hipaa_sqlite::witness::Place;
use std::path::PathBuf;
use std::sync::Arc;
use tokio::net::TcpListener;

/// The arguments of `serve`.
#[derive(Debug, Args)]
pub struct Command {
    /// Read settings from this TOML file; the environment wins over it
    #[arg(long, value_name = "FILE")]
    pub settings: Option<PathBuf>,
}

fn environment(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

impl Command {
    /// Runs the command.
    ///
    /// # Errors
    /// [`Error`].
    pub fn run(&self, config: &Config, output: &mut Output) -> Result<Exit, Error> {
        let site = match site::load(self.settings.as_deref(), environment, config) {
            Ok(site) => site,
            Err(wrong) => {
                output.problem("reference-app: the settings do not serve; to try things out, set APP_MODE=development");
                wrong.iter().for_each(|line| output.problem(&format!("  {line}")));
                return Ok(Exit::Environment);
            }
        };
        let (mut database, settings) = (config.open()?, site.rules());
        let wrong = safeguard::undecided(&mut database, &site.off())?;
        if !wrong.is_empty() {
            output.problem("reference-app: safeguards are off; switch them on, or record it with `safeguard decide`");
            wrong.iter().for_each(|line| output.problem(&format!("  {line}")));
            return Ok(Exit::Refused);
        }
        log::start();
        log::hush_panics();
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().map_err(listening)?;
        runtime.block_on(self.serve(&site, (config, database, settings), output))
    }

    async fn serve(
        &self,
        site: &Site,
        (config, database, settings): (&Config, Database, Settings),
        output: &mut Output,
    ) -> Result<Exit, Error> {
        let listener = TcpListener::bind(site.listen).await.map_err(listening)?;
        let address = listener.local_addr().map_err(listening)?;
        let local = || Origin::parse(&format!("http://localhost:{}", address.port())).ok();
        let own = site.public_origin.clone().or_else(local);
        let own = own.ok_or(Error::Argument("name the public_origin: a port of its own has none"))?;
        let mailer = Mailer::new(site.mail.clone(), site.mail_from.clone(), own.as_str().to_owned());
        let origins = Origins::new(own, site.allowed_origins.clone());
        let policy = policy()?;
        let parts = (settings, policy, Clock::system());
        let app = App::start_with(database, frame(site, &origins), parts, &bridge(site, config))?;
        let app = App { monitors: Arc::new(site.monitors.clone()), witness: config.witness.clone(), ..app };
        let bridge = app.gate.bridge.clone();
        let sender = tokio::spawn(post::run(app.gate.clone(), mailer, post::INTERVAL));
        let pharmacy = site.pharmacy.map(|at| Pharmacy::new(at, app.gate.clone(), app.clock.clone()));
        let pharmacy = pharmacy.map(|pharmacy| tokio::spawn(post::run(app.gate.clone(), pharmacy, post::INTERVAL)));
        let sweeper = tokio::spawn(upkeep::run(app.gate.clone(), upkeep::INTERVAL));
        let end = Signals::listen()?.ended(origins, self.settings.clone());
        output.line(&format!("listening on http://{address}"))?;
        let drained = serve(listener, application(app), site.limits(), end).await;
        sender.abort();
        sweeper.abort();
        pharmacy.iter().for_each(tokio::task::JoinHandle::abort);
        bridge.close().await.map_err(hipaa_sqlite::Error::from)?;
        Ok(if drained { Exit::Done } else { Exit::Refused })
    }
}

#[expect(clippy::needless_pass_by_value, reason = "for map_err")]
fn listening(error: std::io::Error) -> Error {
    Error::Listen(error.kind())
}

/// A bridge that gives the log's head to the witness by itself.
fn bridge(site: &Site, config: &Config) -> BridgeOptions {
    let mut options = BridgeOptions::default();
    options.upkeep = Some(Upkeep { interval: site.upkeep, ..Upkeep::default() });
    // Asked for by the log alone; the page of metrics has it as a number.
    options.hook = Some(Hook::new(|health| tracing::warn!(event = "audit_health", cause = ?health)));
    options.witnesses = config.witness.as_deref().map(Place::folder).into_iter().collect();
    options
}

fn frame(site: &Site, origins: &Origins) -> Frame {
    Frame {
        proxies: Arc::new(site.proxies.clone()),
        origins: origins.clone(),
        https_only: site.https_only,
        probes: health::PROBES,
        time_limit: TIME_LIMIT,
        observer: Observer(Arc::new(|_| {})),
    }
}

/// What the operating system tells the process. Asked for before anybody knows that the server listens: a signal that nobody
/// waits for ends a process at once.
pub(crate) struct Signals {
    #[cfg(unix)]
    hangup: tokio::signal::unix::Signal,
    #[cfg(unix)]
    terminate: tokio::signal::unix::Signal,
}

impl Signals {
    #[cfg(unix)]
    pub(crate) fn listen() -> Result<Self, Error> {
        use tokio::signal::unix::{SignalKind, signal};
        let signal = |kind| signal(kind).map_err(listening);
        Ok(Self { hangup: signal(SignalKind::hangup())?, terminate: signal(SignalKind::terminate())? })
    }

    #[cfg(not(unix))]
    pub(crate) fn listen() -> Result<Self, Error> {
        Ok(Self {})
    }

    /// Ready when the process is asked to end. At each SIGHUP reads the list of origins again; if it cannot be read, no other
    /// origin may ask.
    #[cfg(unix)]
    pub(crate) async fn ended(mut self, origins: Origins, file: Option<PathBuf>) {
        loop {
            tokio::select! {
                _ = self.terminate.recv() => return,
                _ = tokio::signal::ctrl_c() => return,
                _ = self.hangup.recv() => {
                    let listed = site::reload_origins(file.as_deref(), environment);
                    tracing::info!(event = "origins", count = listed.len());
                    origins.replace(listed);
                }
            }
        }
    }

    #[cfg(not(unix))]
    pub(crate) async fn ended(self, _: Origins, _: Option<PathBuf>) {
        let _ = tokio::signal::ctrl_c().await;
    }
}
