//! W1 to W4 and W7: what every response carries, and what no error says.

use super::client::{Browser, Reply};
use super::scene::{Scene, frame, listen};
use axum::Router;
use axum::routing::get;
use hipaa_sqlite::rusqlite::Connection;
use reference_app::web::Frame;
use serde_json::json;
use std::net::SocketAddr;
use std::time::Duration;
use tokio::runtime::Runtime;

/// What must stand on every response.
const TABLE: &[(&str, &str)] = &[
    ("strict-transport-security", "max-age=63072000; includeSubDomains; preload"),
    ("x-frame-options", "DENY"),
    ("x-content-type-options", "nosniff"),
    ("x-xss-protection", "1; mode=block"),
    ("referrer-policy", "strict-origin-when-cross-origin"),
    ("permissions-policy", "camera=(self), geolocation=(), microphone=(), payment=(), usb=()"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
    ("content-security-policy", "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"),
    ("cache-control", "no-store"),
];

/// The headers that a response lacks.
pub(super) fn missing(reply: &Reply) -> Vec<&'static str> {
    let lacks = TABLE.iter().filter(|(name, value)| reply.header(name) != Some(value)).map(|(name, _)| *name);
    let banned = ["server", "x-powered-by"].into_iter().filter(|name| reply.header(name).is_some());
    lacks.chain(banned).collect()
}

const SECRET: &str = "Ann Smith 536-90-4399";

/// Routes that fail in every way there is.
fn failing() -> Router {
    Router::new()
        .route("/fine", get(|| async { "fine" }))
        .route(
            "/panic",
            get(|| async {
                if true {
                    panic!("{SECRET}")
                }
            }),
        )
        .route("/echo", get(|| async { (axum::http::StatusCode::INTERNAL_SERVER_ERROR, SECRET) }))
        .route("/bad", get(|| async { (axum::http::StatusCode::BAD_REQUEST, SECRET) }))
}

fn ask(runtime: &Runtime, router: impl FnOnce(SocketAddr) -> Router, path: &str) -> Reply {
    Browser::new(listen(runtime, router)).get(path)
}

#[test]
fn w1_w2_w3_w4_the_headers_stand_on_answers_errors_and_panics() {
    let runtime = Runtime::new().unwrap();
    for (path, status) in [("/fine", 200), ("/panic", 500), ("/echo", 500), ("/bad", 400), ("/none", 404)] {
        let reply = ask(&runtime, |address| frame(address).around(failing(), "/api/"), path).is(status);
        assert_eq!(missing(&reply), Vec::<&str>::new(), "{path}");
        assert_eq!(reply.header("x-request-id").unwrap().len(), 32);
        assert!(!reply.says("Smith"), "{path}: {}", reply.body);
    }
    // The twin: without the frame they are missing, and the error says what it likes.
    let bare = ask(&runtime, |_| failing(), "/echo").is(500);
    assert_eq!(missing(&bare).len(), TABLE.len());
    assert_eq!(bare.body, SECRET);
}

#[test]
fn a_handler_that_takes_too_long_is_answered_for() {
    let runtime = Runtime::new().unwrap();
    let slow = || async { tokio::time::sleep(Duration::from_secs(60)).await };
    let reply = ask(
        &runtime,
        |address| {
            let frame = Frame { time_limit: Duration::from_millis(100), ..frame(address) };
            frame.around(Router::new().route("/slow", get(slow)), "/api/")
        },
        "/slow",
    );
    assert_eq!(reply.clone().is(503).problem(), "busy");
    assert_eq!(missing(&reply), Vec::<&str>::new());
}

#[test]
fn w1_to_w4_on_every_route_and_status_of_the_application() {
    let scene = Scene::new();
    scene.user("maria", "CLINICIAN");
    let mut browser = scene.signed_in("maria");
    let mut replies = vec![
        browser.get("/healthz").is(204),
        browser.get("/readyz").is(204),
        browser.get("/api/account/session").is(200),
        browser.get("/nothing").is(404),
        browser.send("DELETE", "/healthz", None).is(405),
        browser.send("POST", "/api/auth/login", Some("{")).is(400),
        browser.clone().with("origin", "https://evil.example").post("/api/auth/logout", &json!({})).is(403),
        scene.browser().get("/api/account/session").is(401),
        browser.send("POST", "/api/auth/login", Some(&" ".repeat(70_000))).is(413),
        browser.clone().with("content-type", "text/plain").post("/api/auth/login", &json!({})).is(415),
    ];
    for _ in 0..6 {
        replies.push(browser.post("/api/auth/forgot-password", &json!({ "login": "nobody" })));
    }
    assert_eq!(replies.last().unwrap().status, 429);
    assert!(replies.last().unwrap().header("retry-after").unwrap().parse::<u64>().unwrap() > 0);
    for reply in &replies {
        assert_eq!(missing(reply), Vec::<&str>::new(), "{reply:?}");
        let kind = reply.header("content-type").unwrap_or_default();
        assert_eq!(reply.status >= 400, kind == "application/problem+json", "{reply:?}");
        if reply.status >= 400 {
            assert_eq!(reply.json()["request_id"].as_str(), reply.header("x-request-id"));
            assert_eq!(reply.json()["status"], reply.status);
        }
    }
}

#[test]
fn w7_a_database_that_fails_is_a_503_that_says_nothing() {
    let scene = Scene::new();
    scene.user("maria", "CLINICIAN");
    let mut browser = scene.signed_in("maria");
    // Somebody else holds the write lock.
    let other = Connection::open(scene.database()).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    for reply in [
        browser.get("/readyz"),
        browser.get("/api/account/sessions"),
        browser.post("/api/auth/login", &json!({ "login": "maria.osei@example.org", "password": "536-90-4399" })),
    ] {
        let reply = reply.is(503);
        assert_eq!(reply.problem(), "unavailable");
        assert_eq!(missing(&reply), Vec::<&str>::new());
        for word in ["maria", "4399", "SELECT", "hipaa_", "locked", "sqlite"] {
            assert!(!reply.says(word), "{word}: {}", reply.body);
        }
    }
    other.execute_batch("ROLLBACK").unwrap();
    browser.get("/api/account/sessions").is(200);
    browser.get("/readyz").is(204);
}
