//! S8, and the second factor over HTTP.

use super::client::Browser;
use super::scene::{PASSWORD, Scene, is_live};
use reference_app::web::route::Access;
use serde_json::json;
use std::time::Duration;

struct Phone(Vec<u8>);

impl Phone {
    /// Enrols an app of the signed-in user.
    fn enrol(scene: &Scene, browser: &mut Browser) -> Self {
        let shown = browser.get("/api/account/totp").is(200).json();
        let uri = shown["uri"].as_str().unwrap();
        assert!(shown["qr"].as_str().unwrap().contains("<svg"));
        let secret = uri.split("secret=").nth(1).unwrap().split('&').next().unwrap();
        let phone = Self(data_encoding::BASE32_NOPAD.decode(secret.as_bytes()).unwrap());
        let before = browser.cookies["__Host-session"].clone();
        browser.post("/api/account/totp", &json!({ "code": phone.code(scene) })).is(200);
        assert_ne!(browser.cookies["__Host-session"], before);
        phone
    }

    fn code(&self, scene: &Scene) -> String {
        totp_lite::totp_custom::<totp_lite::Sha1>(30, 6, &self.0, scene.seconds())
    }
}

fn pending(scene: &Scene) -> Browser {
    let mut browser = scene.browser();
    let reply = scene.try_login(&mut browser, "maria", PASSWORD).is(200);
    assert_eq!(reply.json()["next"], "second-factor");
    browser
}

#[test]
fn s8_a_half_login_is_no_login() {
    let mut scene = Scene::new();
    scene.user("maria", "CLINICIAN");
    let mut browser = scene.signed_in("maria");
    let phone = Phone::enrol(&scene, &mut browser);
    let mut half = pending(&scene);
    assert!(!half.cookies.contains_key("__Host-session"));
    // Its token under the name of a session is none either.
    let token = half.cookies["__Host-pending"].clone();
    half.cookies.insert("__Host-session".to_owned(), token);
    let mut tried = 0;
    for route in scene.app.gate.routes {
        if let Access::Session(..) = route.access {
            let body = "{}";
            let reply = half.send(route.method.as_str(), &route.path.replace("{id}", &"0".repeat(32)), Some(body));
            assert_eq!(reply.status, 401, "{} {}", route.method, route.path);
            tried += 1;
        }
    }
    assert!(tried > 8);
    scene.wait(Duration::from_secs(30));
    half.cookies.remove("__Host-session");
    half.post("/api/auth/verify-2fa", &json!({ "code": phone.code(&scene) })).is(200);
    assert!(is_live(&mut half));
    assert!(scene.trail(6).contains(&"LOGIN_TOTP_VERIFIED".to_owned()));
}

#[test]
fn s8_a_half_login_ends_after_five_minutes_and_with_the_lock() {
    let mut scene = Scene::new();
    scene.user("maria", "CLINICIAN");
    let phone = Phone::enrol(&scene, &mut scene.signed_in("maria"));
    scene.wait(Duration::from_secs(30));
    let mut late = pending(&scene);
    scene.wait(Duration::from_secs(301));
    late.post("/api/auth/verify-2fa", &json!({ "code": phone.code(&scene) })).is(401);
    let mut guessing = pending(&scene);
    for _ in 0..5 {
        guessing.post("/api/auth/verify-2fa", &json!({ "code": "000000" })).is(401);
    }
    guessing.post("/api/auth/verify-2fa", &json!({ "code": phone.code(&scene) })).is(401);
}

#[test]
fn a_code_works_once_and_a_factor_goes_with_a_code_only() {
    let mut scene = Scene::new();
    scene.user("maria", "CLINICIAN");
    let mut browser = scene.signed_in("maria");
    let phone = Phone::enrol(&scene, &mut browser);
    let used = phone.code(&scene);
    pending(&scene).post("/api/auth/verify-2fa", &json!({ "code": used })).is(401);
    let codes = browser.post("/api/account/recovery-codes", &json!({})).is(200).json();
    let code = codes["codes"][0].as_str().unwrap().to_owned();
    pending(&scene).post("/api/auth/verify-2fa", &json!({ "code": code })).is(200);
    pending(&scene).post("/api/auth/verify-2fa", &json!({ "code": code })).is(401);
    let remove = |browser: &mut Browser, code: &str| {
        browser.send("DELETE", "/api/account/totp", Some(&json!({ "code": code }).to_string()))
    };
    remove(&mut browser, "000000").is(401);
    scene.wait(Duration::from_secs(30));
    remove(&mut browser, &phone.code(&scene)).is(200);
    scene.signed_in("maria");
}
