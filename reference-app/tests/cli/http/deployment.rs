//! The server as a process of its own, with charts in it: what leaks, what a kill loses, what the witness gets.

use super::super::support::{Desk, TENANT};
use super::client::Browser;
use super::process::{Server, activate, files, holding, sign_in};
use hipaa_core::clock::Stopwatch;
use hipaa_sqlite::rusqlite::Connection;
use serde_json::{Value, json};
use std::fs;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

/// What is typed of the patient; none of it may be found where nobody asked for it.
const TYPED: [&str; 9] = [
    "Canaryfamily",
    "Canarygiven",
    "1931-07-23",
    "536-90-4399",
    "CANARY-MRN-77",
    "canary.patient@example.org",
    "+1 555 806 9773",
    "Canary: short of breath",
    "Canary: unconscious at the desk",
];

fn person() -> Value {
    json!({
        "family": TYPED[0], "given": [TYPED[1]], "birth_date": TYPED[2], "ssn": TYPED[3], "mrn": [TYPED[4]],
        "emails": [TYPED[5]], "phones": [TYPED[6]],
    })
}

/// A patient with a note; the path of the patient.
fn admit(browser: &mut Browser) -> String {
    let place = browser.post("/api/patients", &person()).is(201).header("location").unwrap().to_owned();
    let note = json!({ "started": "2026-11-20", "chief_complaint": TYPED[7] });
    let visit = browser.post(&format!("{place}/encounters"), &note).is(201).header("location").unwrap().to_owned();
    browser.clone().with("if-match", "\"v1\"").send("POST", &format!("{visit}/sign"), Some("{}")).is(204);
    place
}

/// A prescription of a patient of its own, imported; its path.
pub(super) fn prescribe(desk: &Desk, browser: &mut Browser) -> String {
    let patient = r#"{"resourceType":"Patient","id":"p-1","name":[{"use":"official","family":"Doe","given":["Jo"]}],"identifier":[{"type":{"coding":[{"code":"MR"}]},"value":"RX-1"}]}"#;
    let drug = r#"{"resourceType":"MedicationRequest","id":"m-1","status":"active","intent":"order","subject":{"reference":"Patient/p-1"},"medicationCodeableConcept":{"text":"Canarystatin 20 MG"},"authoredOn":"2026-10-01"}"#;
    desk.import(desk.file("rx.ndjson", format!("{patient}\n{drug}\n"))).ended(0);
    // The file is the operator's; what was typed into it is not what is looked for.
    fs::remove_file(desk.path("rx.ndjson")).unwrap();
    let found = browser.post("/api/patients/search", &json!({ "mrn": "RX-1" })).is(200).json();
    let patient = found["patients"][0]["id"].as_str().unwrap().to_owned();
    let list = browser.get(&format!("/api/patients/{patient}/prescriptions")).is(200).json();
    format!("/api/prescriptions/{}", list["prescriptions"][0]["id"].as_str().unwrap())
}

pub(super) fn until(what: &str, mut done: impl FnMut() -> bool) {
    for _ in 0..200 {
        if done() {
            return;
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    panic!("{what}: not within 20 seconds");
}

fn mails(desk: &Desk) -> Vec<String> {
    let mails = files(desk).into_iter().filter(|(name, _)| name.ends_with(".eml"));
    mails.map(|(_, bytes)| String::from_utf8(bytes).unwrap()).collect()
}

/// All that is done with a chart in a day; what of it was shown.
fn work(desk: &Desk, browser: &mut Browser, place: &str) -> String {
    let id = place.rsplit('/').next().unwrap();
    let mut shown = browser.get(place).is(200).body;
    shown.push_str(&browser.get(&format!("{place}/chart")).is(200).body);
    browser.post("/api/patients/search", &json!({ "mrn": TYPED[4] })).is(200);
    let reason = json!({ "patient": id, "code": "treatment", "text": TYPED[8] });
    let grant = browser.post("/api/emergency", &reason).is(201).json()["id"].as_str().unwrap().to_owned();
    browser.get(&format!("/api/emergency/{grant}/patients/{id}/chart")).is(200);
    let drug = prescribe(desk, browser);
    browser.post(&format!("{drug}/print"), &json!({})).is(200);
    browser.post(&format!("{drug}/transmit"), &json!({ "pharmacy": "ncpdp:1234567" })).is(201);
    shown
}

/// All that can be mistyped; the heads and bodies of the refusals.
fn mistype(server: &Server, browser: &mut Browser, place: &str) -> String {
    let based_on =
        |version: &str| browser.clone().with("if-match", version).send("PATCH", place, Some(&person().to_string()));
    let mut refused = vec![based_on(TYPED[3]), based_on("\"v9\"")];
    refused.push(browser.post("/api/patients", &person()));
    refused.push(browser.post("/api/patients", &json!({ "family": TYPED[0], "given": [], "birth_date": TYPED[3] })));
    refused.push(browser.post("/api/patients/search", &json!({ "surprise": TYPED[4] })));
    refused.push(browser.clone().with("idempotency-key", TYPED[4]).post("/api/patients", &person()));
    refused.push(browser.post("/api/emergency", &json!({ "patient": TYPED[0], "code": TYPED[1], "text": TYPED[8] })));
    for typed in [TYPED[0], TYPED[3], TYPED[4]] {
        refused.push(browser.get(&format!("/api/patients/{typed}?name={typed}")));
        refused.push(browser.get(&format!("/api/{typed}")));
    }
    refused.push(server.browser().get(place));
    assert!(refused.iter().all(|reply| reply.status >= 400), "{refused:?}");
    format!("{refused:?}")
}

/// In no file of the run: database, log beside it, logs, errors, metrics, mails.
fn nowhere(desk: &Desk) {
    for canary in TYPED.iter().chain(&["Canarystatin"]) {
        assert_eq!(holding(desk, canary), Vec::<String>::new(), "{canary}");
    }
}

#[test]
fn w8_of_a_whole_day_with_charts_nothing_of_a_patient_is_in_a_log_an_error_a_metric_a_file_or_a_mail() {
    let desk = Desk::new();
    let server = Server::start(&desk);
    activate(&desk, &server, "maria");
    let mut browser = sign_in(&server, "maria");
    browser.send("PUT", "/api/account/contact", Some(r#"{"address":"maria@example.org"}"#)).is(204);
    let place = admit(&mut browser);
    let shown = work(&desk, &mut browser, &place);
    desk.file("errors.txt", mistype(&server, &mut browser, &place));
    desk.file("metrics.txt", server.browser().get("/metrics").is(200).body);
    until("the mail", || !mails(&desk).is_empty());
    let (log, id) = (fs::read_to_string(desk.path("server.log")).unwrap(), place.rsplit('/').next().unwrap());
    assert!(log.lines().count() > 20 && !log.contains(id), "no id of a patient is in the log");
    // While it runs and after its end: the write-ahead log is there, and is not.
    nowhere(&desk);
    assert_eq!(server.end(), 0);
    nowhere(&desk);
    // Red twin: what was asked for holds all that was typed, and a file with it in it is found.
    desk.file("shown.txt", &shown);
    for typed in &TYPED[..8] {
        assert_eq!(holding(&desk, typed).len(), 1, "{typed}");
    }
}

#[test]
fn a_prescription_on_its_way_to_a_pharmacy_is_no_mail() {
    let desk = Desk::new();
    let server = Server::start(&desk);
    activate(&desk, &server, "maria");
    let mut browser = sign_in(&server, "maria");
    let drug = prescribe(&desk, &mut browser);
    browser.post(&format!("{drug}/transmit"), &json!({ "pharmacy": "pharmacy@example.org" })).is(201);
    // A mail that was put later has gone: the sender was there.
    browser.send("PUT", "/api/account/contact", Some(r#"{"address":"maria@example.org"}"#)).is(204);
    until("the mail", || mails(&desk).iter().any(|mail| mail.contains("To: maria@example.org")));
    assert_eq!(server.end(), 0);
    assert!(mails(&desk).iter().all(|mail| !mail.contains("pharmacy")), "{:?}", mails(&desk));
    let trail = desk.run(&["trail", "--tenant", TENANT, "--limit", "500", "--json"]).ended(0).json();
    let notices = |name: &str| {
        let entries = trail.as_array().unwrap().iter().filter(|entry| entry["name"] == name);
        entries.flat_map(|entry| entry["records"]["hipaa.authority"].as_array().unwrap().clone()).collect::<Vec<_>>()
    };
    let (queued, taken) = (notices("NOTICE_QUEUED"), notices("NOTICE_TAKEN"));
    assert!(queued.len() == 1 && !taken.is_empty() && !taken.contains(&queued[0]), "{trail}");
}

/// Reads the chart again and again, until the server is gone; counts what was answered.
fn keep_reading(mut browser: Browser, path: &str, answered: &AtomicUsize) {
    while let Some(reply) = browser.try_send("GET", path, None) {
        match reply.status {
            200 if reply.body.contains(TYPED[7]) && reply.body.ends_with('}') => {
                answered.fetch_add(1, Ordering::SeqCst);
            }
            // The end of the answer was cut off by the kill: nothing was acknowledged.
            200 => return,
            status => assert_eq!(status, 503, "{reply:?}"),
        }
    }
}

#[test]
fn after_a_kill_under_load_every_chart_that_was_shown_is_in_the_log_and_the_log_is_whole() {
    let desk = Desk::new();
    fs::create_dir(desk.path("witness")).unwrap();
    desk.run(&["audit", "checkpoint", "--into", "witness", "--first"]).ended(0);
    let settings = [("UPKEEP_SECONDS", "1")];
    let server = Server::start_as(&desk, &["serve", "--witness", "witness"], &settings);
    activate(&desk, &server, "maria");
    let mut browser = sign_in(&server, "maria");
    let path = format!("{}/chart", admit(&mut browser));
    let answered = AtomicUsize::new(0);
    std::thread::scope(|threads| {
        for _ in 0..16 {
            let (browser, path, answered) = (browser.clone(), path.as_str(), &answered);
            threads.spawn(move || keep_reading(browser, path, answered));
        }
        until("the load", || answered.load(Ordering::SeqCst) >= 200);
        server.kill();
    });
    let answered = answered.load(Ordering::SeqCst);
    let noted = "SELECT count(*) FROM hipaa_audit WHERE name = 'PHI_READ'";
    let noted = || Connection::open(desk.database()).unwrap().query_row(noted, [], |row| row.get::<_, i64>(0)).unwrap();
    let after = usize::try_from(noted()).unwrap();
    assert!(after >= answered, "answered {answered}, noted {after}");
    println!("charts shown before the kill: {answered}, in the log: {after}");
    let restarted = Server::start_as(&desk, &["serve", "--witness", "witness"], &settings);
    sign_in(&restarted, "maria").get(&path).is(200);
    restarted.browser().get("/readyz").is(204);
    assert_eq!(restarted.end(), 0);
    assert_eq!(usize::try_from(noted()).unwrap(), after + 1);
    desk.run(&["audit", "checkpoint", "--into", "witness"]).ended(0);
    let examine = ["audit", "verify", "--records", "--json", "--witness", "witness"];
    assert_eq!(desk.run(&examine).ended(0).json()["breaks"], json!([]));
    // Red twin: one of the reads taken out of the log is found.
    let thief = Connection::open(desk.database()).unwrap();
    thief.execute_batch("DROP TRIGGER hipaa_audit_no_delete").unwrap();
    let one = "DELETE FROM hipaa_audit WHERE (log, sequence) = (SELECT log, sequence FROM hipaa_audit WHERE name = 'PHI_READ' LIMIT 1)";
    assert_eq!(thief.execute(one, []).unwrap(), 1);
    drop(thief);
    desk.run(&examine).ended(1);
}

/// How long the load lasts: `HIPAA_LOAD_SECONDS`, 30 for a whole run; two seconds by default.
fn load() -> Duration {
    let given = std::env::var("HIPAA_LOAD_SECONDS").ok().and_then(|seconds| seconds.parse().ok());
    Duration::from_secs(given.unwrap_or(2))
}

#[test]
fn of_64_connections_that_read_a_chart_none_meets_an_error_and_every_answer_is_in_the_log() {
    let desk = Desk::new();
    let server = Server::start(&desk);
    activate(&desk, &server, "maria");
    let mut browser = sign_in(&server, "maria");
    let path = format!("{}/chart", admit(&mut browser));
    let file = Connection::open(desk.database()).unwrap();
    let count = "SELECT count(*) FROM hipaa_audit WHERE name = 'PHI_READ'";
    let noted = || file.query_row(count, [], |row| row.get::<_, i64>(0)).unwrap();
    let (before, start) = (noted(), Stopwatch::start());
    let answered = AtomicUsize::new(0);
    std::thread::scope(|threads| {
        for _ in 0..64 {
            let (mut browser, path, answered) = (browser.clone(), path.as_str(), &answered);
            threads.spawn(move || {
                while start.elapsed() < load() {
                    assert!(browser.get(path).is(200).body.contains(TYPED[7]));
                    answered.fetch_add(1, Ordering::SeqCst);
                }
            });
        }
    });
    let answered = answered.load(Ordering::SeqCst);
    assert!(answered > 64, "{answered}");
    assert_eq!(usize::try_from(noted() - before).unwrap(), answered);
    println!("charts read by 64 connections in {:?}: {answered}", start.elapsed());
    assert_eq!(server.end(), 0);
    assert_eq!(desk.run(&["audit", "verify", "--records", "--json"]).json()["breaks"], json!([]));
}

/// The newest note of the witness, by its name.
fn witnessed(desk: &Desk) -> String {
    let notes = fs::read_dir(desk.path("witness")).unwrap().flatten().map(|entry| entry.file_name());
    notes.filter_map(|name| name.into_string().ok()).filter(|name| name.ends_with(".note")).max().unwrap()
}

#[test]
fn while_it_serves_the_witness_is_given_the_head_without_anybody_asking() {
    let desk = Desk::new();
    fs::create_dir(desk.path("witness")).unwrap();
    desk.run(&["audit", "checkpoint", "--into", "witness", "--first"]).ended(0);
    let server = Server::start_as(&desk, &["serve", "--witness", "witness"], &[("UPKEEP_SECONDS", "1")]);
    for login in ["maria", "jo"] {
        let before = witnessed(&desk);
        activate(&desk, &server, login);
        sign_in(&server, login);
        until("the witness", || witnessed(&desk) > before);
    }
    // It is killed, so nothing is given at its end; what the witness has seen vouches for the log all the same.
    server.kill();
    let verdict = desk.run(&["audit", "verify", "--witness", "witness", "--json"]).json();
    assert_eq!(verdict["breaks"], json!([]));
    // Red twin: without a witness nothing of it is given to anybody.
    let before = witnessed(&desk);
    let server = Server::start_with(&desk, &[("UPKEEP_SECONDS", "1")]);
    sign_in(&server, "maria");
    std::thread::sleep(Duration::from_millis(2_500));
    assert_eq!(server.end(), 0);
    assert_eq!(witnessed(&desk), before);
}
