//! Charts over HTTP: patients, encounters, operative records, prescriptions, the audit log.

use super::client::{Browser, Reply};
use super::scene::Scene;
use hipaa_core::audit::Actor;
use hipaa_core::schema::{RecordId, TenantId};
use hipaa_core::tenancy::create_tenant;
use hipaa_core::vault::{Permissions, Row, TenantVault};
use hipaa_sqlite::Error;
use reference_app::schema::clinical::{ENCOUNTERS, LABEL, MEDICATIONS, STARTED, SUBJECT};
use reference_app::schema::{FAMILY, PATIENT, SOURCE};
use serde_json::{Value, json};

const KEY: &str = "9f0c1c6e-6d07-4f0e-8f6e-1b0a6f3f5c11";

fn ann() -> Value {
    json!({
        "family": "Roe", "given": ["Ann", "Mary"], "birth_date": "1980-02-29", "gender": "female", "mrn": ["M-1"],
        "ssn": "536-90-4399", "phones": ["+1 555 806 9773"], "language": "en",
    })
}

/// A scene with a clinician, who is signed in.
fn ward() -> (Scene, Browser) {
    let scene = Scene::new();
    scene.user("maria", "CLINICIAN");
    let browser = scene.signed_in("maria");
    (scene, browser)
}

fn admit(browser: &mut Browser) -> String {
    browser.post("/api/patients", &ann()).is(201).header("location").unwrap().to_owned()
}

fn etag(reply: &Reply) -> String {
    reply.header("etag").unwrap().to_owned()
}

/// Sends with `If-Match`.
fn based_on(browser: &Browser, version: &str, method: &str, path: &str, body: &Value) -> Reply {
    browser.clone().with("if-match", version).send(method, path, Some(&body.to_string()))
}

fn keyed(browser: &Browser, path: &str, body: &Value) -> Reply {
    browser.clone().with("idempotency-key", KEY).post(path, body)
}

/// Makes a record behind the API, in this tenant.
fn plant(scene: &Scene, tenant: TenantId, table: &'static hipaa_core::schema::Table, row: Row) -> RecordId {
    let vault = TenantVault::new(Actor::new(tenant, "import", "operator").unwrap(), Permissions::everything());
    let write = scene.app.gate.bridge.write(move |unit| Ok::<_, Error>(vault.create(unit, table, &row)?));
    scene.block(write).unwrap().into_inner()
}

fn another_clinic(scene: &Scene) -> TenantId {
    let operator = Actor::new(TenantId::DEPLOYMENT, "test", "operator").unwrap();
    let make = scene.app.gate.bridge.write(move |unit| Ok::<_, Error>(create_tenant(unit, &operator, "South")?));
    scene.block(make).unwrap().into_inner().id
}

#[test]
fn a_patient_is_made_found_read_and_changed() {
    let (scene, mut browser) = ward();
    let place = admit(&mut browser);
    let read = browser.get(&place).is(200);
    assert_eq!((etag(&read).as_str(), read.json()["family"].clone()), ("\"v1\"", json!(["Roe"])));
    for query in [
        json!({ "family": "roe", "given": "ANN", "birth_date": "1980-02-29" }),
        json!({ "family": "Roe", "given": "Ann Mary", "birth_date": "1980-02-29" }),
        json!({ "mrn": "m 1" }),
    ] {
        let found = browser.post("/api/patients/search", &query).is(200).json();
        assert_eq!(found["patients"][0]["id"], read.json()["id"], "{query}");
    }
    let changed = based_on(&browser, "\"v1\"", "PATCH", &place, &json!({ "language": "de", "phones": [] })).is(204);
    assert_eq!(etag(&changed), "\"v2\"");
    let read = browser.get(&place).is(200).json();
    assert_eq!((&read["language"], &read["phones"], &read["gender"]), (&json!("de"), &json!([]), &json!("female")));
    assert!(scene.trail(8).contains(&"PHI_UPDATE".to_owned()));
}

#[test]
fn a_change_says_what_it_is_based_on() {
    let (_scene, mut browser) = ward();
    let (place, change) = (admit(&mut browser), json!({ "language": "de" }));
    let refused = browser.send("PATCH", &place, Some(&change.to_string())).is(428);
    assert_eq!(refused.problem(), "precondition-required");
    for wrong in ["*", "v1", "\"1\"", "\"v+1\"", "\"v1\", \"v2\""] {
        based_on(&browser, wrong, "PATCH", &place, &change).is(400);
    }
    based_on(&browser, "\"v1\"", "PATCH", &place, &change).is(204);
    assert_eq!(based_on(&browser, "\"v1\"", "PATCH", &place, &change).is(412).problem(), "stale");
}

#[test]
fn input_out_of_shape_is_a_problem_that_names_the_field_and_not_its_value() {
    let (_scene, mut browser) = ward();
    for (body, field) in [
        (json!({ "family": "Roe", "given": [], "birth_date": "29.02.1980" }), "birth_date"),
        (json!({ "family": "", "given": [] }), "family"),
        (json!({ "given": ["Ann"] }), "family"),
        (json!({ "family": "Roe", "given": [], "mrn": [""] }), "mrn"),
    ] {
        let refused = browser.post("/api/patients", &body).is(422);
        assert_eq!(refused.json()["errors"][0]["field"], field, "{body}");
        assert!(!refused.body.contains("29.02"), "{refused:?}");
    }
    browser.post("/api/patients", &json!({ "family": "Roe", "given": [], "surprise": 1 })).is(400);
    browser.post("/api/patients/search", &json!({ "family": "Roe" })).is(422);
}

#[test]
fn a_request_that_is_sent_again_is_done_once() {
    let (scene, browser) = ward();
    let first = keyed(&browser, "/api/patients", &ann()).is(201);
    let again = keyed(&browser, "/api/patients", &ann()).is(201);
    assert_eq!(first.header("location"), again.header("location"));
    assert_eq!((first.header("idempotency-replayed"), again.header("idempotency-replayed")), (None, Some("true")));
    let created = scene.trail(50).iter().filter(|name| *name == "PHI_CREATE").count();
    assert_eq!(created, 1);
    let other = keyed(&browser, "/api/patients", &json!({ "family": "Doe", "given": ["Jo"] })).is(422);
    assert_eq!(other.json()["errors"][0]["field"], "idempotency-key");
    browser.clone().with("idempotency-key", "short").post("/api/patients", &ann()).is(422);
    // Another user's key is another key.
    scene.user("jo", "CLINICIAN");
    let jo = scene.signed_in("jo");
    keyed(&jo, "/api/patients", &json!({ "family": "Doe", "given": ["Jo"] })).is(201);
}

#[test]
fn a_key_is_forgotten_after_a_day_and_its_digests_tell_nothing() {
    let (mut scene, browser) = ward();
    keyed(&browser, "/api/patients", &ann()).is(201);
    let kept = std::fs::read(scene.database()).unwrap();
    assert!(!kept.windows(KEY.len()).any(|window| window == KEY.as_bytes()));
    scene.wait(std::time::Duration::from_secs(24 * 60 * 60 + 1));
    let browser = scene.signed_in("maria");
    // The number is taken, so the second creation is refused: it was tried.
    keyed(&browser, "/api/patients", &ann()).is(409);
}

#[test]
fn an_encounter_is_drafted_signed_and_amended_and_never_changed_again() {
    let (scene, mut browser) = ward();
    let patient = admit(&mut browser);
    let note = json!({ "started": "2026-11-22T08:00:00Z", "label": "Visit", "chief_complaint": "chest pain" });
    let draft = browser.post(&format!("{patient}/encounters"), &note).is(201).header("location").unwrap().to_owned();
    let read = browser.get(&draft).is(200).json();
    assert_eq!((&read["signed"], &read["chief_complaint"]), (&Value::Null, &json!("chest pain")));
    let edited = based_on(&browser, "\"v1\"", "PATCH", &draft, &json!({ "plan": "ECG" })).is(204);
    let signed = based_on(&browser, &etag(&edited), "POST", &format!("{draft}/sign"), &json!({})).is(204);
    assert_eq!(etag(&signed), "\"v3\"");
    let read = browser.get(&draft).is(200).json();
    assert_eq!((&read["signed"]["role"], &read["intact"]), (&json!("CLINICIAN"), &json!(true)));
    assert_eq!(read["signed"]["commitment"].as_str().unwrap().len(), 64);
    let change = json!({ "plan": "none" });
    assert_eq!(based_on(&browser, "\"v3\"", "PATCH", &draft, &change).is(409).problem(), "conflict");
    based_on(&browser, "\"v3\"", "POST", &format!("{draft}/sign"), &json!({})).is(409);
    let amendment = keyed(&browser, &format!("{draft}/amend"), &json!({ "plan": "ECG and troponin" })).is(201);
    let amended = browser.get(amendment.header("location").unwrap()).is(200).json();
    assert_eq!((&amended["amends"], &amended["patient"]), (&read["id"], &read["patient"]));
    assert!(!amended["signed"].is_null());
    assert_eq!(browser.get(&draft).is(200).json()["plan"], "ECG");
    let trail = scene.trail(30);
    for name in ["PHI_CREATE", "PHI_UPDATE", "ENCOUNTER_SIGNED", "PERMISSION_DENIED", "ENCOUNTER_AMENDED"] {
        assert!(trail.contains(&name.to_owned()), "{name}: {trail:?}");
    }
}

#[test]
fn a_draft_is_not_amended_and_an_operative_record_is_signed_like_an_encounter() {
    let (_scene, mut browser) = ward();
    let patient = admit(&mut browser);
    let body = json!({ "started": "2026-11-22", "label": "Appendectomy", "findings": "perforated" });
    let made = browser.post(&format!("{patient}/operative-records"), &body).is(201);
    let place = made.header("location").unwrap();
    browser.post(&format!("{place}/amend"), &json!({ "findings": "intact" })).is(409);
    based_on(&browser, "\"v1\"", "POST", &format!("{place}/sign"), &json!({})).is(204);
    browser.post(&format!("{place}/amend"), &json!({ "findings": "intact" })).is(201);
    let list = browser.get(&format!("{patient}/operative-records")).is(200).json();
    assert_eq!(list["total"], 2);
}

#[test]
fn encounters_are_paged_the_newest_first_and_none_is_missed() {
    let (scene, mut browser) = ward();
    let patient = admit(&mut browser);
    for day in 1..=7 {
        let body = json!({ "started": format!("2026-10-{day:02}"), "label": format!("Visit {day}") });
        browser.post(&format!("{patient}/encounters"), &body).is(201);
    }
    let (mut labels, mut after) = (Vec::new(), String::new());
    loop {
        let page = browser.get(&format!("{patient}/encounters?limit=3{after}")).is(200).json();
        let entries = page["encounters"].as_array().unwrap().clone();
        labels.extend(entries.iter().map(|one| one["label"].as_str().unwrap().to_owned()));
        match page["next"].as_str() {
            Some(next) => after = format!("&after={next}"),
            None => break,
        }
    }
    assert_eq!(labels, (1..=7).rev().map(|day| format!("Visit {day}")).collect::<Vec<_>>());
    for wrong in ["limit=0", "limit=201", "after=x", "after=-1", "surprise=1"] {
        let status = browser.get(&format!("{patient}/encounters?{wrong}")).status;
        assert!(status == 422 || status == 400, "{wrong}: {status}");
    }
    let chart = browser.get(&format!("{patient}/chart")).is(200).json();
    assert_eq!((chart["total"].as_u64(), &chart["patient"]["family"]), (Some(7), &json!(["Roe"])));
    assert_eq!(scene.trail(1), ["PHI_READ"]);
}

#[test]
fn a_prescription_is_listed_printed_and_sent_once() {
    let (scene, mut browser) = ward();
    let place = admit(&mut browser);
    let patient = RecordId::parse(place.rsplit('/').next().unwrap()).unwrap();
    let source = r#"{"resourceType":"MedicationRequest","dosageInstruction":[{"text":"one at night"}]}"#;
    let row = Row::new().set(SUBJECT, patient).set(LABEL, "Simvastatin 20 MG").set(STARTED, "2026-10-01");
    let drug = plant(&scene, scene.tenant, &MEDICATIONS, row.set(SOURCE, source));
    let list = browser.get(&format!("{place}/prescriptions")).is(200).json();
    assert_eq!(list["prescriptions"][0]["dosage"], json!(["one at night"]));
    let printed = browser.post(&format!("/api/prescriptions/{drug}/print"), &json!({})).is(200).json();
    assert_eq!(printed["patient"]["family"], json!(["Roe"]));
    assert_eq!(printed["prescription"]["label"], "Simvastatin 20 MG");
    let (path, to) = (format!("/api/prescriptions/{drug}/transmit"), json!({ "pharmacy": "ncpdp:1234567" }));
    let sent = keyed(&browser, &path, &to).is(201);
    assert_eq!(sent.header("location"), keyed(&browser, &path, &to).is(201).header("location"));
    assert_eq!(browser.post(&path, &to).is(409).problem(), "conflict");
    browser.post(&path, &json!({ "pharmacy": "a b" })).is(422);
    let trail = scene.trail(30);
    let count = |wanted: &str| trail.iter().filter(|name| *name == wanted).count();
    assert_eq!((count("PRESCRIPTION_PRINTED"), count("PRESCRIPTION_TRANSMITTED"), count("NOTICE_QUEUED")), (1, 1, 1));
}

#[test]
fn a_record_of_another_clinic_is_not_there_and_asking_is_on_record() {
    let (scene, mut browser) = ward();
    let south = another_clinic(&scene);
    let foreign = plant(&scene, south, &PATIENT, Row::new().set(FAMILY, &["Osei"]));
    let visit = plant(&scene, south, &ENCOUNTERS, Row::new().set(SUBJECT, foreign).set(LABEL, "Visit"));
    let drug = plant(&scene, south, &MEDICATIONS, Row::new().set(SUBJECT, foreign).set(LABEL, "Simvastatin"));
    let asks = [
        ("GET", format!("/api/patients/{foreign}"), ""),
        ("PATCH", format!("/api/patients/{foreign}"), "\"v1\""),
        ("GET", format!("/api/patients/{foreign}/chart"), ""),
        ("GET", format!("/api/patients/{foreign}/encounters"), ""),
        ("POST", format!("/api/patients/{foreign}/encounters"), ""),
        ("GET", format!("/api/patients/{foreign}/prescriptions"), ""),
        ("GET", format!("/api/encounters/{visit}"), ""),
        ("PATCH", format!("/api/encounters/{visit}"), "\"v1\""),
        ("POST", format!("/api/encounters/{visit}/sign"), "\"v1\""),
        ("POST", format!("/api/encounters/{visit}/amend"), ""),
        ("POST", format!("/api/prescriptions/{drug}/print"), ""),
    ];
    for (method, path, version) in asks {
        let mut asking = browser.clone();
        if !version.is_empty() {
            asking = asking.with("if-match", version);
        }
        let body = (method != "GET").then_some("{}");
        let reply = asking.send(method, &path, body).is(404);
        assert_eq!(reply.problem(), "not-found", "{method} {path}");
        assert_eq!(scene.trail(1), ["PERMISSION_DENIED"], "{method} {path}");
    }
    let body = json!({ "pharmacy": "ncpdp:1234567" });
    browser.post(&format!("/api/prescriptions/{drug}/transmit"), &body).is(404);
    for unknown in ["x", "../x", &"0".repeat(32)] {
        browser.get(&format!("/api/patients/{unknown}")).is(404);
    }
}

#[test]
fn a_patient_sees_the_own_chart_and_no_other() {
    let (scene, mut browser) = ward();
    let (mine, theirs) = (admit(&mut browser), {
        let other = json!({ "family": "Doe", "given": ["Jo"], "mrn": ["M-OTHER"] });
        browser.post("/api/patients", &other).is(201).header("location").unwrap().to_owned()
    });
    let note = json!({ "started": "2026-11-20", "plan": "rest", "internal_notes": "not for the patient" });
    let visits = [&mine, &theirs].map(|place| {
        browser.post(&format!("{place}/encounters"), &note).is(201).header("location").unwrap().to_owned()
    });
    scene.user("jo", "PATIENT");
    // Without a record of their own a patient sees nothing.
    scene.signed_in("jo").get(&mine).is(403);
    let own = RecordId::parse(mine.rsplit('/').next().unwrap()).unwrap();
    let mut jo = scene.patient_of("jo", own);
    jo.get(&mine).is(200);
    let shown = jo.get(&visits[0]).is(200).json();
    assert_eq!(
        (&shown["plan"], shown["internal_notes"].as_str() == Some("not for the patient")),
        (&json!("rest"), false)
    );
    for path in [&theirs, &format!("{theirs}/chart"), &format!("{theirs}/encounters"), &visits[1]] {
        let reply = jo.get(path);
        assert!([403, 404].contains(&reply.status) && !reply.body.contains("Doe"), "{reply:?}");
        assert!(scene.trail(3).contains(&"PERMISSION_DENIED".to_owned()), "{path}");
    }
    let found = jo.post("/api/patients/search", &json!({ "mrn": "M-OTHER" })).is(200).json();
    assert_eq!(found["patients"], json!([]));
    based_on(&jo, "\"v1\"", "PATCH", &mine, &json!({ "language": "de" })).is(403);
}

#[test]
fn the_desk_sees_masks_and_signs_nothing() {
    let (scene, mut clinician) = ward();
    let patient = admit(&mut clinician);
    let note = json!({ "started": "2026-11-22", "chief_complaint": "chest pain", "internal_notes": "anxious" });
    let visit = clinician.post(&format!("{patient}/encounters"), &note).is(201).header("location").unwrap().to_owned();
    scene.user("sam", "STAFF");
    let mut desk = scene.signed_in("sam");
    let read = desk.get(&patient).is(200);
    assert_eq!(read.json()["family"], json!(["Roe"]));
    assert!(!read.body.contains("536-90") && !read.body.contains("1980-02"), "{read:?}");
    let read = desk.get(&visit).is(200);
    assert!(!read.body.contains("chest pain") && !read.body.contains("anxious"), "{read:?}");
    based_on(&desk, "\"v1\"", "POST", &format!("{visit}/sign"), &json!({})).is(403);
    desk.post(&format!("{patient}/encounters"), &note).is(403);
    // What is masked is not written back.
    based_on(&desk, "\"v1\"", "PATCH", &patient, &json!({ "ssn": "***-**-4399" })).is(403);
    based_on(&desk, "\"v1\"", "PATCH", &patient, &json!({ "phones": ["+1 555 000 1111"] })).is(204);
}

#[test]
fn the_log_is_searched_counted_and_examined() {
    let (scene, mut clinician) = ward();
    let patient = admit(&mut clinician);
    clinician.get(&patient).is(200);
    scene.user("pat", "PRIVACY_OFFICER");
    let mut officer = scene.signed_in("pat");
    let id = patient.rsplit('/').next().unwrap();
    let about = officer.post("/api/audit/search", &json!({ "patient": id })).is(200).json();
    let names = about["entries"].as_array().unwrap().iter().map(|one| one["name"].clone()).collect::<Vec<_>>();
    assert_eq!(names, [json!("PHI_READ"), json!("PHI_CREATE")]);
    let (mut seen, mut before) = (Vec::new(), None);
    loop {
        let page = officer.post(
            "/api/audit/search",
            &json!({ "limit": 2, "before": before, "until": "2026-11-22T08:00:00.000001Z" }),
        );
        let page = page.is(200).json();
        seen.extend(page["entries"].as_array().unwrap().iter().map(|one| one["sequence"].as_u64().unwrap()));
        before = page["next"].as_u64();
        if before.is_none() {
            break;
        }
        assert!(seen.len() < 500);
    }
    assert!(seen.windows(2).all(|pair| pair[0] > pair[1]) && seen.last() == Some(&0), "{seen:?}");
    let counts = officer.get("/api/audit/activity?from=2026-11-22T00:00:00Z&until=2026-11-23T00:00:00Z").is(200).json();
    let counted = |name: &str| {
        let all = counts["counts"].as_array().unwrap();
        all.iter().find(|one| one["name"] == name).map(|one| (one["day"].clone(), one["count"].clone()))
    };
    assert_eq!(counted("PHI_CREATE"), Some((json!("2026-11-22"), json!(1))));
    let verdict = officer.send("POST", "/api/audit/verify", Some("{}")).is(200).json();
    assert_eq!(
        (&verdict["verdict"], &verdict["breaks"], &verdict["elsewhere"]),
        (&json!("unanchored"), &json!([]), &json!(0))
    );
    for wrong in
        [json!({ "from": "yesterday" }), json!({ "outcome": "good" }), json!({ "limit": 0 }), json!({ "patient": "x" })]
    {
        officer.post("/api/audit/search", &wrong).is(422);
    }
    clinician.post("/api/audit/search", &json!({})).is(403);
    assert_eq!(scene.trail(1), ["PERMISSION_DENIED"]);
}

#[test]
fn an_altered_signed_record_is_shown_as_altered_and_found_by_the_examination() {
    let (scene, mut browser) = ward();
    let patient = admit(&mut browser);
    let note = json!({ "started": "2026-11-22", "chief_complaint": "chest pain" });
    let visit = browser.post(&format!("{patient}/encounters"), &note).is(201).header("location").unwrap().to_owned();
    based_on(&browser, "\"v1\"", "POST", &format!("{visit}/sign"), &json!({})).is(204);
    let thief = hipaa_sqlite::rusqlite::Connection::open(scene.database()).unwrap();
    let sql =
        "UPDATE encounter SET hipaa_signature = NULL, hipaa_signature_salt = NULL WHERE hipaa_signature IS NOT NULL";
    assert_eq!(thief.execute(sql, []).unwrap(), 1);
    let read = browser.get(&visit).is(200).json();
    assert_eq!((&read["intact"], &read["breaks"]), (&json!(false), &json!(["mac"])));
    based_on(&browser, "\"v2\"", "POST", &format!("{visit}/sign"), &json!({})).is(409);
    scene.user("pat", "PRIVACY_OFFICER");
    let verdict = scene.signed_in("pat").send("POST", "/api/audit/verify", Some("{}")).is(200).json();
    assert_eq!((&verdict["verdict"], &verdict["breaks"][0]["class"]), (&json!("tampered"), &json!("record-signature")));
}
