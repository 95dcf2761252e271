//! Whom limits count, what is too long, and plain HTTP.

use super::client::{Browser, exchange};
use super::scene::Scene;
use hipaa_core::auth::network::TrustedProxies;
use reference_app::web::frame::Frame;
use serde_json::json;
use std::sync::Arc;

fn behind_proxy(frame: Frame) -> Frame {
    Frame { proxies: Arc::new(TrustedProxies::parse(["127.0.0.1"]).unwrap()), ..frame }
}

/// How many of ten requests for a reset are let through, each said to come from another address.
fn let_through(scene: &Scene) -> usize {
    let ask = |at: usize| {
        let mut browser = scene.browser().with("x-forwarded-for", &format!("203.0.113.{at}"));
        browser.post("/api/auth/forgot-password", &json!({ "login": format!("user{at}") })).status
    };
    (0..10).map(ask).filter(|status| *status == 202).count()
}

#[test]
fn l7_a_forwarded_address_of_a_stranger_does_not_evade_a_limit() {
    assert_eq!(let_through(&Scene::new()), 5);
    // The twin: the same header, from a proxy that the operator has named.
    assert_eq!(let_through(&Scene::with(behind_proxy)), 10);
}

#[test]
fn plain_http_is_refused_where_https_is_wanted() {
    let scene = Scene::with(|frame| Frame { https_only: true, ..behind_proxy(frame) });
    let mut plain = scene.browser();
    plain.get("/healthz").is(204);
    plain.get("/readyz").is(204);
    assert_eq!(plain.get("/api/openapi.json").is(403).problem(), "https-required");
    plain.clone().with("x-forwarded-proto", "http").get("/api/openapi.json").is(403);
    plain.clone().with("x-forwarded-proto", "https").get("/api/openapi.json").is(200);
    // From whoever is no proxy the header counts for nothing.
    let scene = Scene::with(|frame| Frame { https_only: true, ..frame });
    scene.browser().with("x-forwarded-proto", "https").get("/api/openapi.json").is(403);
}

#[test]
fn metrics_are_for_monitors_and_have_labels_of_declared_routes_alone() {
    let scene = Scene::new();
    scene.browser().get("/metrics").is(404);
    scene.browser().get("/persons/Ann-Smith").is(404);
    let app = reference_app::state::App {
        monitors: Arc::new(TrustedProxies::parse(["127.0.0.1"]).unwrap()),
        ..scene.app.clone()
    };
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let address = super::scene::listen(&runtime, |_| reference_app::routes::application(app));
    let page = Browser::new(address).get("/metrics").is(200).body;
    assert!(page.contains(r#"http_requests_total{route="none",method="any",status="404"}"#), "{page}");
    assert!(page.contains("writer_commits") && page.contains("audit_failed_rounds"), "{page}");
    assert!(!page.contains("Smith"), "{page}");
}

#[test]
fn a_head_a_body_and_a_value_have_limits() {
    let scene = Scene::new();
    let mut browser = scene.browser();
    let body = |length: usize| json!({ "login": "a".repeat(length), "password": "p" });
    browser.post("/api/auth/login", &body(60_000)).is(401);
    assert_eq!(browser.post("/api/auth/login", &body(66_000)).is(413).problem(), "too-large");
    let head = format!("GET /healthz HTTP/1.1\r\nhost: a\r\nx: {}\r\n\r\n", "y".repeat(40_000));
    assert!([400, 431].contains(&exchange(scene.address, head.as_bytes()).unwrap().status));
    let deep = "[".repeat(5_000);
    assert_eq!(browser.send("POST", "/api/auth/login", Some(&deep)).is(400).problem(), "malformed");
}

#[test]
fn what_was_typed_is_not_repeated() {
    let scene = Scene::new();
    let mut browser = scene.browser();
    for body in [
        r#"{"login":"Ann Smith 4399","password":7}"#,
        r#"{"login":"Ann Smith 4399"}"#,
        r#"{"Ann Smith 4399":1}"#,
        r#"Ann Smith 4399"#,
        r#"{"login":"Ann Smith 4399","password":"4399"}"#,
    ] {
        let reply = browser.send("POST", "/api/auth/login", Some(body));
        assert!((400..500).contains(&reply.status));
        assert!(!reply.says("4399") && !reply.says("Smith"), "{}", reply.body);
    }
}
