//! Connections: so many at once, a head within seconds, and an end that answers what was accepted.

use axum::Router;
use axum::extract::ConnectInfo;
use core::time::Duration;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use std::net::SocketAddr;
use std::sync::Arc;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tower::ServiceExt as _;

/// The longest head of a request, in bytes.
pub const MAX_HEAD_BYTES: usize = 16 * 1024;
/// The most headers of a request.
pub const MAX_HEADERS: usize = 64;

/// What connections may cost.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// The most connections at once; others wait to be accepted.
    pub connections: usize,
    /// How long the head of a request may take to arrive; also how long an idle connection is kept.
    pub head: Duration,
    /// How long the end waits for what was accepted.
    pub drain: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self { connections: 1024, head: Duration::from_secs(15), drain: Duration::from_secs(30) }
    }
}

/// Serves until `end` is ready, then takes no more and answers what was accepted. False if that took too long.
pub async fn serve(listener: TcpListener, app: Router, limits: Limits, end: impl Future<Output = ()>) -> bool {
    let (ending, slots) = (GracefulShutdown::new(), Arc::new(Semaphore::new(limits.connections)));
    let mut end = core::pin::pin!(end);
    loop {
        let accepted = async {
            let slot = Arc::clone(&slots).acquire_owned().await.ok()?;
            listener.accept().await.ok().map(|connection| (connection, slot))
        };
        tokio::select! {
            () = &mut end => break,
            accepted = accepted => match accepted {
                Some(((stream, peer), slot)) => spawn((stream, peer, slot), app.clone(), limits, &ending),
                // Out of descriptors, most likely: some become free with time.
                None => tokio::time::sleep(Duration::from_millis(50)).await,
            },
        }
    }
    drop(listener);
    tokio::time::timeout(limits.drain, ending.shutdown()).await.is_ok()
}

fn spawn(
    (stream, peer, slot): (TcpStream, SocketAddr, OwnedSemaphorePermit),
    app: Router,
    limits: Limits,
    ending: &GracefulShutdown,
) {
    let _ = stream.set_nodelay(true);
    let service = service_fn(move |mut request: hyper::Request<Incoming>| {
        request.extensions_mut().insert(ConnectInfo(peer));
        app.clone().oneshot(request)
    });
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new())
        .header_read_timeout(limits.head)
        .max_buf_size(MAX_HEAD_BYTES)
        .max_headers(MAX_HEADERS);
    let connection = ending.watch(http.serve_connection(TokioIo::new(stream), service));
    tokio::spawn(async move {
        // What goes wrong with a connection is the client's to notice.
        let _ = connection.await;
        drop(slot);
    });
}
