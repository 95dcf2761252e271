//! `serve`.

use crate::config::Config;
use crate::error::{Error, Exit};
use crate::output::Output;
use crate::routes::{application, health};
use crate::state::App;
use crate::web::origin::{Origin, Origins};
use crate::web::server::{Limits, serve};
use crate::web::{Frame, frame};
use clap::Args;
use hipaa_core::clock::Clock;
use hipaa_core::identity::Settings;
use std::net::SocketAddr;
use std::sync::Arc;

/// The arguments of `serve`.
#[derive(Debug, Args)]
pub struct Command {
    /// Where to listen; port 0 is any that is free
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8080")]
    pub listen: SocketAddr,
}

impl Command {
    /// Runs the command.
    ///
    /// # Errors
    /// [`Error`].
    pub fn run(&self, config: &Config, output: &mut Output) -> Result<Exit, Error> {
        let database = config.open()?;
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
        runtime.map_err(|error| Error::Listen(error.kind()))?.block_on(async {
            let listener = tokio::net::TcpListener::bind(self.listen).await.map_err(|e| Error::Listen(e.kind()))?;
            let address = listener.local_addr().map_err(|error| Error::Listen(error.kind()))?;
            let own = Origin::parse(&format!("http://localhost:{}", address.port()));
            let own = own.map_err(|_| Error::Argument("the port has no origin"))?;
            let frame = Frame {
                proxies: Arc::default(),
                origins: Origins::new(own, Vec::new()),
                https_only: false,
                probes: health::PROBES,
                time_limit: frame::TIME_LIMIT,
                observe: |_| {},
            };
            let app = App::start(database, frame, (Settings::default(), Clock::system()))?;
            output.line(&format!("listening on http://{address}"))?;
            let bridge = app.gate.bridge.clone();
            let drained = serve(listener, application(app), Limits::default(), ended()).await;
            bridge.close().await.map_err(hipaa_sqlite::Error::from)?;
            Ok(if drained { Exit::Done } else { Exit::Refused })
        })
    }
}

/// Ready when the process is asked to end.
async fn ended() {
    #[cfg(unix)]
    {
        let mut terminate = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()).ok();
        let terminated = async {
            match &mut terminate {
                Some(signal) => signal.recv().await,
                None => core::future::pending().await,
            }
        };
        tokio::select! { _ = terminated => {}, _ = tokio::signal::ctrl_c() => {} }
    }
    #[cfg(not(unix))]
    let _ = tokio::signal::ctrl_c().await;
}
