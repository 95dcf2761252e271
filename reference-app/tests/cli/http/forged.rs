//! W5 and W6: other origins, and requests that a page of another site sends.

use super::client::Browser;
use super::scene::{LISTED, Scene, is_live};
use serde_json::json;

const STRANGERS: &[&str] = &[
    "https://ok.example.evil",
    "http://ok.example",
    "null",
    "https://OK.example",
    "https://ok.example.",
    "https://ok.example:8443",
    "https://evil-ok.example",
    "*",
];

fn allowed(browser: &mut Browser, path: &str) -> Option<String> {
    let reply = browser.get(path);
    let echoed = reply.header("access-control-allow-origin").map(str::to_owned);
    assert!(reply.header("vary").is_some_and(|vary| vary.to_lowercase().contains("origin")), "{reply:?}");
    echoed
}

#[test]
fn w5_only_a_listed_origin_is_echoed() {
    let scene = Scene::new();
    let from = |origin: &str| scene.browser().with("origin", origin);
    assert_eq!(allowed(&mut from(LISTED), "/api/openapi.json").as_deref(), Some(LISTED));
    assert_eq!(allowed(&mut from(LISTED), "/api/nothing").as_deref(), Some(LISTED));
    assert_eq!(allowed(&mut from(LISTED), "/healthz"), None);
    for origin in STRANGERS {
        assert_eq!(allowed(&mut from(origin), "/api/openapi.json"), None, "{origin}");
    }
}

#[test]
fn w5_a_preflight_is_answered_for_listed_origins_alone() {
    let scene = Scene::new();
    let ask = |origin: &str| {
        let browser = scene.browser().with("origin", origin).with("access-control-request-method", "POST");
        browser.with("access-control-request-headers", "content-type").send("OPTIONS", "/api/auth/login", None)
    };
    let fine = ask(LISTED).is(200);
    assert_eq!(fine.header("access-control-allow-origin"), Some(LISTED));
    assert_eq!(fine.header("access-control-allow-credentials"), Some("true"));
    assert!(fine.header("access-control-allow-headers").unwrap().contains("content-type"));
    for origin in STRANGERS {
        assert_eq!(ask(origin).header("access-control-allow-origin"), None, "{origin}");
    }
}

#[test]
fn w5_an_origin_that_was_taken_off_the_list_is_refused_without_a_restart() {
    let scene = Scene::new();
    let mut browser = scene.browser().with("origin", LISTED);
    assert!(allowed(&mut browser, "/api/openapi.json").is_some());
    browser.post("/api/auth/logout", &json!({})).is(204);
    scene.app.frame.origins.replace(Vec::new());
    assert_eq!(allowed(&mut browser, "/api/openapi.json"), None);
    browser.post("/api/auth/logout", &json!({})).is(403);
}

#[test]
fn w6_a_request_of_another_site_changes_nothing() {
    let scene = Scene::new();
    scene.user("maria", "CLINICIAN");
    let browser = scene.signed_in("maria");
    let forged = |change: fn(Browser) -> Browser| {
        // The cookie rides along, as it would for a browser that ignores SameSite.
        let reply = change(browser.clone()).post("/api/auth/logout", &json!({}));
        (reply.status, is_live(&mut browser.clone()))
    };
    assert_eq!(forged(|browser| browser.with("origin", "https://evil.example")), (403, true));
    assert_eq!(forged(|browser| browser.with("origin", "null")), (403, true));
    assert_eq!(forged(|browser| browser.with("origin", "")), (403, true));
    assert_eq!(forged(|browser| browser.with("origin", "").with("sec-fetch-site", "cross-site")), (403, true));
    assert_eq!(forged(|browser| browser.with("origin", "").with("sec-fetch-site", "same-site")), (403, true));
    assert_eq!(forged(|browser| browser.with("origin", "").with("sec-fetch-site", "none")), (403, true));
    // The twin: what tells our pages from theirs is the header alone.
    assert_eq!(forged(|browser| browser), (204, false));
}

#[test]
fn w6_a_form_of_another_site_cannot_send_a_body() {
    let scene = Scene::new();
    scene.user("maria", "CLINICIAN");
    for kind in ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "application/jsonx"] {
        let body = json!({ "login": "maria", "password": super::scene::PASSWORD });
        scene.browser().with("content-type", kind).post("/api/auth/login", &body).is(415);
    }
}

#[test]
fn w6_two_origins_are_none() {
    let scene = Scene::new();
    let mut browser = scene.browser();
    browser.headers.push(("origin".to_owned(), "https://evil.example".to_owned()));
    browser.post("/api/auth/logout", &json!({})).is(403);
}
