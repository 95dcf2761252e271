//! S1 to S7: sessions end when they should, for whom they should.

use super::client::Browser;
use super::scene::{PASSWORD, Scene, is_live};
use serde_json::json;
use std::time::Duration;

const MINUTE: Duration = Duration::from_secs(60);
const NEXT: &str = "violet Harbour 71 sleeps";

fn cookie(browser: &Browser) -> String {
    browser.cookies["__Host-session"].clone()
}

/// The browser as a thief has it who took the cookie now.
fn stolen(browser: &Browser) -> Browser {
    let mut thief = Browser::new(browser.address);
    thief.cookies.insert("__Host-session".to_owned(), cookie(browser));
    thief
}

#[test]
fn s1_a_session_ends_after_fifteen_idle_minutes() {
    let mut scene = Scene::new();
    scene.user("maria", "CLINICIAN");
    let mut browser = scene.signed_in("maria");
    scene.wait(14 * MINUTE + Duration::from_secs(59));
    browser.get("/api/account/sessions").is(200);
    scene.wait(15 * MINUTE);
    browser.get("/api/account/sessions").is(401);
    assert!(!is_live(&mut browser));
}

#[test]
fn s1_a_session_ends_after_twelve_hours_of_work() {
    let mut scene = Scene::new();
    scene.user("maria", "CLINICIAN");
    let mut browser = scene.signed_in("maria");
    for _ in 0..71 {
        scene.wait(10 * MINUTE);
        browser.get("/api/account/sessions").is(200);
    }
    scene.wait(10 * MINUTE - Duration::from_secs(1));
    browser.get("/api/account/sessions").is(200);
    scene.wait(Duration::from_secs(2));
    browser.get("/api/account/sessions").is(401);
}

#[test]
fn s2_polling_does_not_keep_a_session_alive_and_work_does() {
    let after_sixteen_minutes = |path: &str| {
        let mut scene = Scene::new();
        scene.user("maria", "CLINICIAN");
        let mut browser = scene.signed_in("maria");
        for _ in 0..32 {
            scene.wait(Duration::from_secs(30));
            browser.get(path);
        }
        is_live(&mut browser)
    };
    assert!(!after_sixteen_minutes("/api/account/session"));
    // The twin: the same requests to a route that is not passive.
    assert!(after_sixteen_minutes("/api/account/sessions"));
}

#[test]
fn s3_no_file_holds_a_token_and_what_is_stored_is_none() {
    let scene = Scene::new();
    scene.user("maria", "CLINICIAN");
    let browser = scene.signed_in("maria");
    let token = cookie(&browser);
    assert_eq!(token.len(), 43);
    let raw = data_encoding::BASE64URL_NOPAD.decode(token.as_bytes()).unwrap();
    for entry in std::fs::read_dir(scene.folder.path()).unwrap() {
        let bytes = std::fs::read(entry.unwrap().path()).unwrap();
        for part in [token.as_bytes(), &raw] {
            assert!(!bytes.windows(part.len()).any(|window| window == part));
        }
    }
    let connection = hipaa_sqlite::rusqlite::Connection::open(scene.database()).unwrap();
    let mut statement = connection.prepare("SELECT id FROM hipaa_authority WHERE length(id) = 32").unwrap();
    let ids = statement.query_map([], |row| row.get::<_, Vec<u8>>(0)).unwrap();
    let mut seen = 0;
    for id in ids {
        let mut thief = stolen(&browser);
        let text = data_encoding::BASE64URL_NOPAD.encode(&id.unwrap());
        thief.cookies.insert("__Host-session".to_owned(), text);
        assert!(!is_live(&mut thief));
        seen += 1;
    }
    assert!(seen > 0);
}

#[test]
fn s3_a_session_is_taken_from_the_cookie_alone() {
    let scene = Scene::new();
    scene.user("maria", "CLINICIAN");
    let token = cookie(&scene.signed_in("maria"));
    let mut browser = scene.browser();
    browser.get(&format!("/api/account/session?__Host-session={token}")).is(401);
    let bearer = format!("Bearer {token}");
    browser.clone().with("authorization", &bearer).get("/api/account/session").is(401);
    // One that came twice was planted.
    let mut planted = stolen(&scene.signed_in("maria"));
    let line = format!("__Host-session={token}");
    planted = planted.with("cookie", &line);
    assert!(!is_live(&mut planted));
}

#[test]
fn s4_login_step_up_and_password_change_give_a_new_token_and_end_the_old_one() {
    let scene = Scene::new();
    scene.user("maria", "CLINICIAN");
    let mut browser = scene.signed_in("maria");
    let before = stolen(&browser);
    // A planted token does not become that of the login.
    scene.try_login(&mut browser, "maria", PASSWORD).is(200);
    assert_ne!(cookie(&browser), cookie(&before));

    let mut before = stolen(&browser);
    browser.post("/api/account/step-up", &json!({ "password": PASSWORD })).is(200);
    assert!(!is_live(&mut before) && is_live(&mut browser));

    let mut before = stolen(&browser);
    browser.post("/api/account/password", &json!({ "current": PASSWORD, "password": NEXT })).is(200);
    assert!(!is_live(&mut before) && is_live(&mut browser));
}

#[test]
fn s4_s5_a_changed_role_ends_every_session() {
    let scene = Scene::new();
    scene.user("maria", "CLINICIAN");
    let mut browser = scene.signed_in("maria");
    let identity = scene.app.gate.identity.clone();
    let actor = hipaa_core::audit::Actor::new(scene.tenant, "admin", "ORG_ADMIN").unwrap();
    let user = scene.user_id("maria");
    let change = scene
        .app
        .gate
        .bridge
        .write(move |unit| Ok::<_, hipaa_sqlite::Error>(identity.change_role(unit, &actor, user, "STAFF")?));
    scene.block(change).unwrap().into_inner();
    assert!(!is_live(&mut browser));
}

#[test]
fn s5_a_stolen_session_does_not_survive_a_password_change() {
    let scene = Scene::new();
    scene.user("maria", "CLINICIAN");
    let (mut mine, mut theirs) = (scene.signed_in("maria"), scene.signed_in("maria"));
    assert!(is_live(&mut theirs));
    let body = json!({ "current": PASSWORD, "password": NEXT });
    mine.post("/api/account/password", &body).is(200);
    assert!(!is_live(&mut theirs) && is_live(&mut mine));
}

#[test]
fn s5_a_user_lists_and_ends_sessions() {
    let scene = Scene::new();
    scene.user("maria", "CLINICIAN");
    let (mut one, mut two, mut three) = (scene.signed_in("maria"), scene.signed_in("maria"), scene.signed_in("maria"));
    let listed = one.get("/api/account/sessions").is(200).json();
    let listed = listed.as_array().unwrap();
    assert_eq!((listed.len(), listed.iter().filter(|session| session["current"] == true).count()), (3, 1));
    let other = two.get("/api/account/sessions").json();
    let id = other.as_array().unwrap().iter().find(|session| session["current"] == true).unwrap()["id"].clone();
    one.send("DELETE", &format!("/api/account/sessions/{}", id.as_str().unwrap()), None).is(204);
    assert_eq!((is_live(&mut one), is_live(&mut two), is_live(&mut three)), (true, false, true));
    one.send("DELETE", "/api/account/sessions", None).is(204);
    assert_eq!((is_live(&mut one), is_live(&mut three)), (true, false));
    one.send("DELETE", "/api/account/sessions/zz", None).is(404);
}

#[test]
fn s6_the_sixth_session_ends_the_first() {
    let mut scene = Scene::new();
    scene.user("maria", "CLINICIAN");
    let mut browsers = Vec::new();
    for _ in 0..6 {
        browsers.push(scene.signed_in("maria"));
        scene.wait(Duration::from_secs(1));
    }
    let live = browsers.iter_mut().map(is_live).collect::<Vec<_>>();
    assert_eq!(live, [false, true, true, true, true, true]);
    assert!(scene.trail(4).contains(&"SESSION_ENDED".to_owned()));
}

#[test]
fn s7_logging_out_ends_the_session_and_clears_the_browser() {
    let scene = Scene::new();
    scene.user("maria", "CLINICIAN");
    let mut browser = scene.signed_in("maria");
    let mut thief = stolen(&browser);
    let reply = browser.send("POST", "/api/auth/logout", None).is(204);
    assert_eq!(reply.header("clear-site-data"), Some(r#""cache", "cookies", "storage""#));
    assert!(!browser.cookies.contains_key("__Host-session"));
    assert!(!is_live(&mut thief));
    assert!(scene.trail(3).contains(&"LOGOUT".to_owned()));
    browser.send("POST", "/api/auth/logout", None).is(204);
}

#[test]
fn what_has_expired_is_swept_and_what_has_not_stays() {
    let mut scene = Scene::new();
    scene.user("maria", "CLINICIAN");
    let rows = |scene: &Scene| {
        let connection = hipaa_sqlite::rusqlite::Connection::open(scene.database()).unwrap();
        let count = "SELECT count(*) FROM hipaa_authority WHERE length(id) = 32";
        connection.query_row(count, [], |row| row.get::<_, i64>(0)).unwrap()
    };
    let before = rows(&scene);
    let _first = scene.signed_in("maria");
    scene.wait(16 * MINUTE);
    let mut second = scene.signed_in("maria");
    let with_both = rows(&scene);
    scene.block(reference_app::upkeep::round(&scene.app.gate)).unwrap();
    assert!(before < with_both && rows(&scene) < with_both);
    assert!(is_live(&mut second));
    assert!(scene.trail(4).contains(&"AUTHORITY_SWEPT".to_owned()));
}
