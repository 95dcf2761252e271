//! The demo that serves: two clinics with made-up patients, users of several roles, and the tamper lab.

use super::people::{self, Credentials};
use super::stage::Stage;
use super::tour::{NORTH, SOUTH, Tour};
use crate::commands::serve::Signals;
use crate::error::{Error, Exit};
use crate::mail::Mailer;
use crate::output::{Cell, Output, Paint};
use crate::policy::policy;
use crate::post;
use crate::routes::table::demo_routes;
use crate::routes::{application, health};
use crate::site::MailTo;
use crate::state::App;
use crate::web::frame::{Frame, Observer, TIME_LIMIT};
use crate::web::log;
use crate::web::origin::{Origin, Origins};
use crate::web::server::{Limits, serve};
use core::num::NonZeroUsize;
use core::time::Duration;
use hipaa_core::auth::password::{DEFAULT_QUEUE, HashingPermits};
use hipaa_core::clock::Clock;
use hipaa_core::identity::{Identity, Settings};
use serde_json::json;
use std::net::SocketAddr;
use std::sync::Arc;
use tokio::net::TcpListener;

const PREFERRED: &str = "127.0.0.1:8080";
const ANY: &str = "127.0.0.1:0";

/// How the demo serves.
#[derive(Debug, Clone, Copy)]
pub struct Options {
    /// Where to listen; without it the preferred port, or any that is free.
    pub listen: Option<SocketAddr>,
    /// Another time without activity after which a session ends.
    pub idle: Option<Duration>,
    /// Another time for which a password that was given is fresh.
    pub step_up: Option<Duration>,
    /// Whether requests are logged.
    pub log: bool,
    /// Whether the folder stays.
    pub keep: bool,
}

/// Sets the stage and serves until the process is asked to end.
///
/// # Errors
/// [`Error`].
pub fn run(options: Options, output: &mut Output) -> Result<Exit, Error> {
    let mut stage = Stage::set(options.keep)?;
    if !output.is_json() {
        output.title("hipaa-core: two clinics with made-up patients. One moment …")?;
    }
    let clock = Clock::system();
    Tour::new(&mut stage.database, &stage.file).open_clinics()?;
    let cores = std::thread::available_parallelism().unwrap_or(NonZeroUsize::MIN);
    let identity = Identity::new(Settings::default(), HashingPermits::new(cores, DEFAULT_QUEUE))?;
    let people = people::create(&mut stage.database, (&identity, &clock), &[NORTH, SOUTH])?;
    stage.write_trust()?;
    if options.log {
        log::start();
        log::hush_panics();
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().map_err(listening)?;
    runtime.block_on(open(stage, (options, clock), people, output))
}

async fn open(
    stage: Stage,
    (options, clock): (Options, Clock),
    people: Vec<Credentials>,
    output: &mut Output,
) -> Result<Exit, Error> {
    let listener = listen(options.listen).await.map_err(listening)?;
    let port = listener.local_addr().map_err(listening)?.port();
    let origin = |host: &str| Origin::parse(&format!("http://{host}:{port}"));
    let (Ok(own), Ok(other)) = (origin("localhost"), origin("127.0.0.1")) else { return Err(NO_ORIGIN) };
    let url = own.as_str().to_owned();
    let mut settings = Settings::default();
    settings.session.idle = options.idle.unwrap_or(settings.session.idle);
    settings.session.step_up = options.step_up.unwrap_or(settings.session.step_up);
    let (database, file, folder) = stage.into_parts();
    let mailer = Mailer::new(MailTo::Folder(file.with_file_name("mail")), "demo@localhost".to_owned(), url.clone());
    let origins = Origins::new(own, vec![other]);
    let end = Signals::listen()?.ended(origins.clone(), None);
    let app = App::start(database, frame(origins), (settings, policy()?, clock))?;
    let mut app = App { demo: true, ..app };
    app.gate.routes = demo_routes();
    let bridge = app.gate.bridge.clone();
    let sender = tokio::spawn(post::run(app.gate.clone(), mailer, Duration::from_secs(1)));
    print(output, (&url, &file), &people)?;
    let drained = serve(listener, application(app), Limits::default(), end).await;
    sender.abort();
    bridge.close().await.map_err(hipaa_sqlite::Error::from)?;
    drop(folder);
    Ok(if drained { Exit::Done } else { Exit::Refused })
}

const NO_ORIGIN: Error = Error::Argument("--listen: port 80 has no origin of its own");

#[expect(clippy::needless_pass_by_value, reason = "for map_err")]
fn listening(error: std::io::Error) -> Error {
    Error::Listen(error.kind())
}

async fn listen(asked: Option<SocketAddr>) -> std::io::Result<TcpListener> {
    match asked {
        Some(address) => TcpListener::bind(address).await,
        None => match TcpListener::bind(PREFERRED).await {
            Ok(listener) => Ok(listener),
            Err(_) => TcpListener::bind(ANY).await,
        },
    }
}

fn frame(origins: Origins) -> Frame {
    Frame {
        proxies: Arc::default(),
        origins,
        https_only: false,
        probes: health::PROBES,
        time_limit: TIME_LIMIT,
        observer: Observer(Arc::new(|_| {})),
    }
}

fn print(output: &mut Output, (url, file): (&str, &std::path::Path), people: &[Credentials]) -> Result<(), Error> {
    if output.is_json() {
        return output.value(&json!({ "url": url, "users": people, "database": file.display().to_string() }));
    }
    output.line("")?;
    output.title(&format!("Open {url}"))?;
    output.line("")?;
    let head = ["LOGIN", "PASSWORD", "SECRET FOR AN AUTHENTICATOR APP", "ROLE", "CLINIC"];
    let mut rows = vec![head.map(|text| Cell::new(text, Paint::Faint)).to_vec()];
    for one in people {
        let totp = one.totp.as_deref().unwrap_or("(none yet: signs in for the first time)");
        let cells = [one.login, &one.password, totp, one.role, &one.clinic];
        rows.push(cells.map(Cell::from).to_vec());
    }
    output.table(2, &rows)?;
    output.line("")?;
    output
        .line("To look for: family Müller, given Jürgen, born 1980-02-29. The tamper lab is at the end of the menu.")?;
    output.line("Ctrl-C ends it; the database is deleted then.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn where_the_preferred_port_is_taken_another_one_serves() {
        // Whoever has it, it is taken now.
        let taken = TcpListener::bind(PREFERRED).await;
        let listener = listen(None).await.unwrap();
        let address = listener.local_addr().unwrap();
        assert!(address.ip().is_loopback() && address.to_string() != PREFERRED, "{address}");
        drop(taken);
        let asked = listen(Some("127.0.0.1:0".parse().unwrap())).await.unwrap();
        assert!(asked.local_addr().unwrap().ip().is_loopback());
    }
}
