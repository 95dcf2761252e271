//! Every route that shows or changes a chart is really taken by every role, on a chart of its own, and compared with a golden
//! file: what it came to, and which entries it left.

use super::client::{Browser, Reply};
use super::crawl::{ROLES, golden};
use super::scene::Scene;
use axum::http::Method;
use hipaa_core::audit::Actor;
use hipaa_core::schema::{Date, RecordId, Table};
use hipaa_core::vault::{Permissions, Row, TenantVault};
use hipaa_sqlite::Error;
use reference_app::schema::clinical::{ENCOUNTERS, LABEL, MEDICATIONS, STARTED, SUBJECT};
use reference_app::schema::consultation::OPERATIVE_RECORDS;
use reference_app::schema::{BORN, FAMILY, GIVEN, MRN, PATIENT, SSN};
use reference_app::web::route::{Audit, Mask, Route};
use serde_json::json;
use std::fmt::Write as _;

/// A patient, and one record of each kind.
struct Chart {
    patient: RecordId,
    encounter: RecordId,
    operation: RecordId,
    drug: RecordId,
    mrn: String,
}

/// Who acts: the browser of the role, and a clinician who signs what is to be amended.
struct Actors<'a> {
    own: &'a Browser,
    clinician: &'a Browser,
}

fn plant(scene: &Scene, number: usize) -> Chart {
    let vault = TenantVault::new(Actor::new(scene.tenant, "import", "operator").unwrap(), Permissions::everything());
    let mrn = format!("M-{number}");
    let text = mrn.clone();
    let write = scene.app.gate.bridge.write(move |unit| {
        let person = Row::new().set(FAMILY, &["Roe"]).set(GIVEN, &["Ann"]).set(MRN, &[text.as_str()]);
        let born = Date::parse("1980-02-29").unwrap();
        let person = person.set(BORN, born).set(SSN, &format!("536-91-{number:04}"));
        let patient = vault.create(unit, &PATIENT, &person)?;
        let row = || Row::new().set(SUBJECT, patient).set(LABEL, "Visit").set(STARTED, "2026-11-20");
        let mut make = |table: &'static Table| vault.create(unit, table, &row());
        let (encounter, operation) = (make(&ENCOUNTERS)?, make(&OPERATIVE_RECORDS)?);
        let drug = make(&MEDICATIONS)?;
        Ok::<_, Error>((patient, encounter, operation, drug))
    });
    let (patient, encounter, operation, drug) = scene.block(write).unwrap().into_inner();
    Chart { patient, encounter, operation, drug, mrn }
}

impl Chart {
    /// The record that a path is about.
    fn id(&self, path: &str) -> RecordId {
        let of = |part: &str| path.contains(&format!("{part}/{{id}}"));
        match () {
            () if of("/patients") => self.patient,
            () if of("/encounters") => self.encounter,
            () if of("/operative-records") => self.operation,
            () if of("/prescriptions") => self.drug,
            () => RecordId::from_slice(&[0; 16]).unwrap(),
        }
    }
}

/// What each route takes: JSON for the API, a form for a page.
fn body(route: &Route, chart: &Chart) -> Option<String> {
    let path = route.path.trim_start_matches("/api");
    let last = path.rsplit('/').next().unwrap();
    let note = || json!({ "started": "2026-11-21", "label": "Next" });
    let fields = match (&route.method, path, last) {
        (&Method::GET, ..) => return None,
        (_, "/patients/search", _) => json!({ "mrn": chart.mrn }),
        (_, "/patients", _) if route.path.starts_with("/api") => {
            json!({ "family": "Doe", "given": ["Jo"], "mrn": [format!("{}-new", chart.mrn)] })
        }
        (_, "/patients", _) => json!({ "by": "mrn", "mrn": chart.mrn }),
        (_, "/patients/{id}" | "/patients/{id}/edit", _) => json!({ "language": "de", "version": "1" }),
        (.., "print") => json!({}),
        (.., "transmit") => json!({ "pharmacy": "ncpdp:1234567" }),
        (.., "sign") if route.path.starts_with("/api") => json!({}),
        (.., "sign") => json!({ "version": "1" }),
        (.., "encounters" | "operative-records" | "new" | "amend" | "edit" | "{id}") => note(),
        (method, path, _) => panic!("{method} {path}: say here what it takes, so that the crawl takes it"),
    };
    let mut fields = fields;
    if route.path.starts_with("/api") {
        fields.as_object_mut().unwrap().remove("version");
        return Some(fields.to_string());
    }
    if last == "edit" {
        fields["version"] = json!("1");
    }
    let pairs = fields.as_object().unwrap().iter().map(|(name, value)| format!("{name}={}", value.as_str().unwrap()));
    Some(pairs.collect::<Vec<_>>().join("&"))
}

/// What has to be there first, and the path.
fn prepare(route: &Route, chart: &Chart, actors: &Actors<'_>) -> String {
    let id = chart.id(route.path);
    if route.path.ends_with("/amend") {
        // What is amended was signed.
        let kind = if id == chart.encounter { "encounters" } else { "operative-records" };
        let path = format!("/api/{kind}/{id}/sign");
        actors.clinician.clone().with("if-match", "\"v1\"").send("POST", &path, Some("{}")).is(204);
    }
    if route.path.starts_with("/api/emergency") {
        let asked =
            json!({ "patient": chart.patient.to_string(), "code": "coverage", "text": "the crawl of the tests" });
        let opened = actors.own.clone().post("/api/emergency", &asked);
        let grant =
            if opened.status == 201 { opened.json()["id"].as_str().unwrap().to_owned() } else { "0".repeat(32) };
        return route.path.replace("{patient}", &chart.patient.to_string()).replace("{id}", &grant);
    }
    route.path.replace("{id}", &id.to_string())
}

fn act(route: &Route, (chart, path): (&Chart, &str), own: &Browser) -> Reply {
    let (api, mut browser) = (route.path.starts_with("/api"), own.clone());
    let body = body(route, chart);
    if body.is_some() && !api {
        browser = browser.with("content-type", "application/x-www-form-urlencoded");
    }
    browser.with("if-match", if api { "\"v1\"" } else { "" }).send(route.method.as_str(), path, body.as_deref())
}

/// What an act left: its own entries where it was done, and a denial where it was refused.
fn judge(route: &Route, (role, status): (&str, u16), noted: &[String]) {
    let Audit::Entry(names) = route.audit else { panic!("{}: what shows PHI leaves an entry", route.path) };
    let declared = names.iter().any(|name| noted.iter().any(|noted| noted == name.as_str()));
    let denied = noted.iter().any(|name| name == "PERMISSION_DENIED");
    match status {
        200..=399 => assert!(declared && !denied, "{role} {} {} {status}: {noted:?}", route.method, route.path),
        403 => assert!(denied && !declared, "{role} {} {} {status}: {noted:?}", route.method, route.path),
        _ => panic!("{role} {} {}: {status}, so the crawl did not act", route.method, route.path),
    }
}

#[test]
fn every_phi_route_is_taken_by_every_role_and_leaves_its_entry() {
    let scene = Scene::new();
    let signed_in = ROLES.map(|(role, login)| {
        scene.user(login, role);
        (role, scene.signed_in(login))
    });
    let (mut text, mut number) = (String::new(), 0);
    for route in scene.app.gate.routes.iter().filter(|route| route.mask == Mask::Vault) {
        writeln!(text, "{} {}", route.method, route.path).unwrap();
        for (role, browser) in &signed_in {
            number += 1;
            let chart = plant(&scene, number);
            // Whose chart it is: for a patient it is the own one.
            let own = if *role == "PATIENT" { scene.patient_of("patient", chart.patient) } else { browser.clone() };
            let path = prepare(route, &chart, &Actors { own: &own, clinician: &signed_in[0].1 });
            let before = scene.size();
            let reply = act(route, (&chart, &path), &own);
            let noted = scene.trail(usize::try_from(scene.size() - before).unwrap().max(1));
            writeln!(text, "  {role} {}: {}", reply.status, noted.join(" ")).unwrap();
            if std::env::var_os("UPDATE").is_none() || matches!(reply.status, 200..=399 | 403) {
                judge(route, (role, reply.status), &noted);
            } else {
                println!("{role} {} {}: {reply:?}", route.method, route.path);
            }
        }
    }
    golden("acts.txt", &text);
}
