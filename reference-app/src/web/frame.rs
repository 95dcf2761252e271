//! What every request passes and every response carries: an id, a time limit, a caller, the defences, and an error text
//! that says nothing. It stands outside of everything, so that no panic and no missing route escapes it.

use super::caller::Caller;
use super::headers;
use super::origin::Origins;
use super::problem::{Kind, Problem};
use axum::extract::{ConnectInfo, DefaultBodyLimit, FromRequestParts, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderName, HeaderValue};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::{Extension, Router};
use core::any::Any;
use core::fmt;
use core::time::Duration;
use hipaa_core::auth::network::TrustedProxies;
use hipaa_core::clock::Stopwatch;
use hipaa_core::entropy::generate_from_system;
use std::net::SocketAddr;
use std::sync::Arc;
use tower_http::catch_panic::CatchPanicLayer;

/// The longest body of a request, in bytes, where a route says nothing else.
pub const MAX_BODY_BYTES: usize = 64 * 1024;
/// How long a request may take from its head to its answer's head.
pub const TIME_LIMIT: Duration = Duration::from_secs(30);
/// The header that carries the id of a request.
pub const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// By which log and answer name a request: 32 hexadecimal digits of ours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestId(Arc<str>);

impl RequestId {
    fn generate() -> Self {
        let random = generate_from_system::<16>().map(|random| hex::encode(*random));
        Self(random.unwrap_or_else(|_| "0".repeat(32)).into())
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl<S: Send + Sync> FromRequestParts<S> for RequestId {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        parts.extensions.get::<Self>().cloned().ok_or_else(|| Kind::Internal.into())
    }
}

/// What was asked and what came of it, for whoever counts and logs.
#[derive(Debug)]
#[non_exhaustive]
pub struct Outcome<'a> {
    /// The request's id.
    pub request_id: &'a str,
    /// The method.
    pub method: &'a str,
    /// The declared path, never the path that was typed; none where there is no such route.
    pub route: Option<&'static str>,
    /// The status.
    pub status: u16,
    /// What was wrong.
    pub problem: Option<Kind>,
    /// The text of one of our own errors.
    pub cause: Option<&'a str>,
    /// How long it took.
    pub took: Duration,
}

/// The declared path of a response's route: the gate puts it there.
#[derive(Debug, Clone, Copy)]
pub(super) struct Matched(pub(super) &'static str);

/// On an error response: its body is a page for people, made by a handler that repeats no input. It stays.
#[derive(Debug, Clone, Copy)]
pub struct OwnBody;

/// The settings of the frame.
#[derive(Debug, Clone)]
pub struct Frame {
    /// The proxies in front.
    pub proxies: Arc<TrustedProxies>,
    /// Who may ask.
    pub origins: Origins,
    /// Whether a request that did not come by HTTPS is refused.
    pub https_only: bool,
    /// Paths that monitors ask for by plain HTTP.
    pub probes: &'static [&'static str],
    /// How long a request may take.
    pub time_limit: Duration,
    /// Who is told of every request.
    pub observer: Observer,
}

/// Who is told of every request.
#[derive(Clone)]
pub struct Observer(pub Arc<dyn Fn(&Outcome<'_>) + Send + Sync>);

impl fmt::Debug for Observer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Observer(…)")
    }
}

impl Frame {
    /// Puts the frame around an application. `prefix` is where its API begins, which listed origins may ask.
    pub fn around(self, app: Router, prefix: &'static str) -> Router {
        app.layer(DefaultBodyLimit::max(MAX_BODY_BYTES))
            .layer(self.origins.layer(prefix))
            .layer(from_fn_with_state(self.clone(), admit))
            .layer(CatchPanicLayer::custom(caught as fn(Box<dyn Any + Send>) -> Response))
            .layer(from_fn_with_state(self, finish))
    }
}

/// What the panic says is not said again: it may be about a patient.
fn caught(_: Box<dyn Any + Send>) -> Response {
    Problem::new(Kind::Internal).caused_by(&"a panic").into_response()
}

async fn admit(State(frame): State<Frame>, mut request: Request, next: Next) -> Response {
    let Some(peer) = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|peer| peer.0.ip()) else {
        return Problem::new(Kind::Internal).into_response();
    };
    let caller = Caller::of_request(peer, request.headers(), &frame.proxies);
    if frame.https_only && !caller.is_secure() && !frame.probes.contains(&request.uri().path()) {
        return Problem::new(Kind::HttpsRequired).into_response();
    }
    if let Err(problem) = frame.origins.check(request.method(), request.headers()) {
        return problem.into_response();
    }
    request.extensions_mut().insert(caller);
    match tokio::time::timeout(frame.time_limit, next.run(request)).await {
        Ok(response) => response,
        Err(_) => Problem::new(Kind::Busy).caused_by(&"out of time").into_response(),
    }
}

async fn finish(State(frame): State<Frame>, mut request: Request, next: Next) -> Response {
    let (started, id, method) = (Stopwatch::start(), RequestId::generate(), request.method().clone());
    request.extensions_mut().insert(id.clone());
    let response = next.run(request).await;
    let route = response.extensions().get::<Matched>().map(|matched| matched.0);
    let (mut response, problem) = settle(response, &id);
    headers::apply(response.headers_mut());
    if let Ok(value) = HeaderValue::from_str(id.as_str()) {
        response.headers_mut().insert(REQUEST_ID, value);
    }
    (frame.observer.0)(&Outcome {
        request_id: id.as_str(),
        method: method.as_str(),
        route,
        status: response.status().as_u16(),
        problem: problem.as_ref().map(Problem::kind),
        cause: problem.as_ref().and_then(Problem::cause),
        took: started.elapsed(),
    });
    response
}

/// Writes the body of an error, whoever made it; its headers stay, but for those of the body that is replaced.
fn settle(mut response: Response, id: &RequestId) -> (Response, Option<Problem>) {
    let status = response.status();
    let own = response.extensions().get::<OwnBody>().is_some();
    if own || !(status.is_client_error() || status.is_server_error()) {
        return (response, None);
    }
    let problem = response.extensions_mut().remove::<Problem>().unwrap_or_else(|| Kind::of_status(status).into());
    let mut rendered = problem.render(id.as_str());
    let taken = rendered.headers().keys().cloned().collect::<Vec<_>>();
    for (name, value) in response.headers() {
        if !taken.contains(name) && *name != axum::http::header::CONTENT_LENGTH {
            rendered.headers_mut().append(name.clone(), value.clone());
        }
    }
    (rendered, Some(problem))
}

/// The peer of a request, for tests that have no connection.
pub fn peer(address: SocketAddr) -> Extension<ConnectInfo<SocketAddr>> {
    Extension(ConnectInfo(address))
}
