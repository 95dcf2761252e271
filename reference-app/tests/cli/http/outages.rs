//! What the server needs beside it is down: mail relay, gateway of prescriptions, witness.

use super::super::support::{Desk, finish};
use super::clock::Moved;
use super::deployment::{prescribe, until};
use super::faults::{admit, noted, noted_of, unavailable, whole};
use super::mail::Relay;
use super::process::{Server, activate, holding, sign_in};
use hipaa_sqlite::rusqlite::Connection;
use serde_json::{Value, json};
use std::fs;

#[test]
fn a_mail_that_the_server_did_not_take_is_delivered_once_when_it_is_back() {
    let desk = Desk::new();
    let Some(clock) = Moved::build(&desk) else { return };
    let relay = Relay::reserve();
    let server = clock.start(&desk, &[("SMTP_RELAY", &relay.address())]);
    activate(&desk, &server, "maria");
    let mut browser = sign_in(&server, "maria");
    browser.send("PUT", "/api/account/contact", Some(r#"{"address":"maria@example.org"}"#)).is(204);
    server.browser().post("/api/auth/forgot-password", &json!({ "login": "maria" })).is(202);
    let file = Connection::open(desk.database()).unwrap();
    let notices = "SELECT count(*) FROM hipaa_authority WHERE kind = 'notice'";
    let waiting = file.query_row(notices, [], |row| row.get::<_, i64>(0)).unwrap();
    until("the failures", || noted(&desk, "NOTICE_FAILED") == waiting);
    server.browser().get("/readyz").is(204);
    let taken = relay.open();
    let resets = || taken.mails().into_iter().filter(|mail| mail.contains("/reset#")).count();
    // Not before its time, which is a minute after the first failure; then once, and not again.
    assert_eq!(resets(), 0);
    clock.set(62);
    until("the mail", || resets() == 1);
    let sent = || i64::try_from(taken.mails().len()).unwrap() == noted(&desk, "NOTICE_SENT");
    until("the note of it", sent);
    clock.set(2 * 60 * 60);
    std::thread::sleep(2 * reference_app::post::INTERVAL);
    assert!(resets() == 1 && sent(), "{:?}", taken.mails());
    assert_eq!(server.end(), 0);
    whole(&desk);
}

#[test]
fn a_prescription_that_the_gateway_did_not_take_is_sent_once_when_it_is_back() {
    let desk = Desk::new();
    let Some(clock) = Moved::build(&desk) else { return };
    let relay = Relay::reserve();
    let server = clock.start(&desk, &[("PRESCRIPTION_GATEWAY", &relay.address())]);
    activate(&desk, &server, "maria");
    let mut browser = sign_in(&server, "maria");
    let drug = prescribe(&desk, &mut browser);
    browser.post(&format!("{drug}/transmit"), &json!({ "pharmacy": "ncpdp:1234567" })).is(201);
    until("the failure", || noted_of(&desk, "NOTICE_FAILED", "pharmacy") == 1);
    let taken = relay.open_gateway();
    clock.set(62);
    until("the prescription", || noted_of(&desk, "NOTICE_SENT", "pharmacy") == 1);
    clock.set(2 * 60 * 60);
    std::thread::sleep(2 * reference_app::post::INTERVAL);
    let sent = taken.mails();
    assert_eq!((sent.len(), noted_of(&desk, "NOTICE_SENT", "pharmacy")), (1, 1));
    let sent = serde_json::from_str::<Value>(&sent[0]).unwrap();
    assert_eq!(
        (&sent["pharmacy"], &sent["prescription"]["label"]),
        (&json!("ncpdp:1234567"), &json!("Canarystatin 20 MG"))
    );
    assert_eq!(sent["patient"]["family"], json!(["Doe"]));
    assert_eq!(server.end(), 0);
    assert_eq!(holding(&desk, "Canarystatin"), Vec::<String>::new());
    assert_eq!(noted_of(&desk, "PHI_READ", "pharmacy"), 2, "what was sent was read under an entry");
    whole(&desk);
}

#[test]
fn work_goes_on_without_the_witness_and_is_given_to_it_when_it_is_back() {
    let desk = Desk::new();
    fs::create_dir(desk.path("witness")).unwrap();
    desk.run(&["audit", "checkpoint", "--into", "witness", "--first"]).ended(0);
    let server = Server::start_as(&desk, &["serve", "--witness", "witness"], &[("UPKEEP_SECONDS", "1")]);
    activate(&desk, &server, "maria");
    let mut browser = sign_in(&server, "maria");
    fs::rename(desk.path("witness"), desk.path("gone")).unwrap();
    unavailable(server.browser().get("/readyz"));
    let place = admit(&browser, 1).is(201).header("location").unwrap().to_owned();
    browser.get(&place).is(200);
    let says = |line: &str| server.browser().get("/metrics").is(200).body.lines().any(|found| found == line);
    until("the alarm", || says("audit_health 1"));
    fs::rename(desk.path("gone"), desk.path("witness")).unwrap();
    until("the witness", || {
        let verdict = desk.run(&["audit", "verify", "--witness", "witness", "--json"]);
        verdict.code == 0
    });
    until("the end of the alarm", || says("audit_health 0"));
    server.browser().get("/readyz").is(204);
    assert_eq!(server.end(), 0);
    whole(&desk);
    // A server that cannot ask its witness does not start.
    fs::rename(desk.path("witness"), desk.path("gone")).unwrap();
    let mut command = desk.command(&["serve", "--witness", "witness"]);
    let ran = finish(command.env("APP_MODE", "development").env("APP_LISTEN", "127.0.0.1:0"));
    assert!(ran.code != 0 && ran.out.is_empty(), "{ran:?}");
}
