//! Pages over plain HTTP, as a browser without a script asks for them, under a clock that the test moves.

mod emergency;
mod log;
mod own_body;

use super::client::{Browser, Reply};
use super::scene::{PASSWORD, Scene};
use serde_json::json;

/// The fields of a form as they are sent.
fn encoded(fields: &[(&str, &str)]) -> String {
    let mut form = url::form_urlencoded::Serializer::new(String::new());
    form.extend_pairs(fields).finish()
}

/// As a browser asks for pages.
fn at_pages(browser: Browser) -> Browser {
    browser.with("accept", "text/html").with("content-type", "application/x-www-form-urlencoded")
}

impl Browser {
    fn form(&mut self, path: &str, fields: &[(&str, &str)]) -> Reply {
        self.send("POST", path, Some(&encoded(fields)))
    }
}

/// A user at the pages.
fn reader(scene: &Scene, login: &'static str, role: &'static str) -> Browser {
    scene.user(login, role);
    at_pages(scene.signed_in(login))
}

/// A patient with an encounter; the paths of both pages.
fn admit(scene: &Scene, mrn: &str) -> (String, String) {
    let mut clinician = scene.browser();
    scene.try_login(&mut clinician, "maria", PASSWORD).is(200);
    let person = json!({ "family": "Roe", "given": ["Ann"], "birth_date": "1980-02-29", "ssn": format!("536-90-43{mrn}"), "mrn": [mrn] });
    let place = clinician.post("/api/patients", &person).is(201).header("location").unwrap().to_owned();
    let note = json!({ "started": "2026-11-20", "chief_complaint": format!("chest pain {mrn}") });
    let visit = clinician.post(&format!("{place}/encounters"), &note).is(201).header("location").unwrap().to_owned();
    (place.replace("/api", ""), visit.replace("/api", ""))
}
