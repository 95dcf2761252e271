//! Faults under the running server: what was asked is answered with a problem that says nothing, and is not lost.

use super::super::support::{Desk, OTHER_KEK, TENANT, finish};
use super::client::{Browser, Reply};
use super::clock::Moved;
use super::deployment::until;
use super::process::{Server, activate, holding, serving, sign_in};
use hipaa_sqlite::rusqlite::{Connection, params};
use serde_json::{Value, json};
use std::fs;
use std::path::PathBuf;
use std::process::Command;

const CANARIES: [&str; 3] = ["Canaryfamily", "+1 555 806 9778", "CANARY-MRN-78"];

/// A request that makes a patient, and may be sent again.
pub(super) fn admit(browser: &Browser, number: u32) -> Reply {
    let person = json!({ "family": CANARIES[0], "given": ["Jo"], "phones": [CANARIES[1]], "mrn": [format!("{}-{number}", CANARIES[2])] });
    browser.clone().with("idempotency-key", &format!("fault-{number:012}")).post("/api/patients", &person)
}

fn found(browser: &mut Browser, number: u32) -> usize {
    let search = json!({ "mrn": format!("{}-{number}", CANARIES[2]) });
    browser.post("/api/patients/search", &search).is(200).json()["patients"].as_array().unwrap().len()
}

/// A refusal that says when to come again and nothing else.
pub(super) fn unavailable(reply: Reply) {
    let reply = reply.is(503);
    assert_eq!(reply.problem(), "unavailable");
    assert_eq!(reply.json()["request_id"].as_str(), reply.header("x-request-id"));
    for word in CANARIES.iter().chain(&["SELECT", "hipaa_", "locked", "sqlite", "disk", "witness"]) {
        assert!(!reply.says(word), "{word}: {}", reply.body);
    }
}

pub(super) fn noted(desk: &Desk, name: &str) -> i64 {
    noted_of(desk, name, "")
}

/// Entries of this name that name this actor.
pub(super) fn noted_of(desk: &Desk, name: &str, actor: &str) -> i64 {
    let file = Connection::open(desk.database()).unwrap();
    let sql = "SELECT count(*) FROM hipaa_audit WHERE name = ?1 AND instr(body, ?2) > 0";
    file.query_row(sql, params![name, actor.as_bytes()], |row| row.get(0)).unwrap()
}

/// After the fault: the log and the records are whole, and nothing of a patient is in any file.
pub(super) fn whole(desk: &Desk) {
    assert_eq!(desk.run(&["audit", "verify", "--records", "--json"]).json()["breaks"], json!([]));
    for canary in CANARIES {
        assert_eq!(holding(desk, canary), Vec::<String>::new(), "{canary}");
    }
}

/// While a fault lasts: nothing is read without its entry, nothing is written, and nothing of it stays behind.
fn refuses(server: &Server, browser: &mut Browser, place: &str, number: u32) {
    server.browser().get("/healthz").is(204);
    unavailable(browser.get(place));
    unavailable(admit(browser, number));
}

/// After a fault: the same requests are answered, the one that was sent again did its work once.
fn goes_on(server: &Server, browser: &mut Browser, place: &str, number: u32) {
    server.browser().get("/readyz").is(204);
    browser.get(place).is(200);
    admit(browser, number).is(201);
    assert_eq!(admit(browser, number).is(201).header("idempotency-replayed"), Some("true"));
    assert_eq!(found(browser, number), 1);
}

#[test]
fn a_locked_database_refuses_and_loses_nothing() {
    let desk = Desk::new();
    let server = Server::start(&desk);
    activate(&desk, &server, "maria");
    let mut browser = sign_in(&server, "maria");
    let place = admit(&browser, 1).is(201).header("location").unwrap().to_owned();
    let (made, read) = (noted(&desk, "PHI_CREATE"), noted(&desk, "PHI_READ"));
    let other = Connection::open(desk.database()).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    refuses(&server, &mut browser, &place, 2);
    unavailable(server.browser().get("/readyz"));
    other.execute_batch("ROLLBACK").unwrap();
    drop(other);
    assert_eq!((noted(&desk, "PHI_CREATE"), noted(&desk, "PHI_READ")), (made, read));
    goes_on(&server, &mut browser, &place, 2);
    assert_eq!((noted(&desk, "PHI_CREATE"), noted(&desk, "PHI_READ")), (made + 1, read + 1));
    assert_eq!(server.end(), 0);
    whole(&desk);
}

/// Makes work until the fault shows; how many patients were made before.
fn until_full(browser: &Browser, from: u32) -> u32 {
    for number in from..from + 5_000 {
        let reply = admit(browser, number);
        if reply.status != 201 {
            unavailable(reply);
            return number;
        }
    }
    panic!("the disk never became full");
}

#[test]
fn a_file_that_may_not_grow_refuses_and_loses_nothing() {
    let desk = Desk::new();
    // Ignored, the signal becomes an error of the write, as of any disk.
    let mut command = Command::new("bash");
    let limited = "trap '' XFSZ; ulimit -S -f 2048; exec \"$0\" serve";
    command.args(["-c", limited]).arg(super::super::support::binary());
    let server = Server::of(&mut serving(&desk, command, &[]));
    activate(&desk, &server, "maria");
    let mut browser = sign_in(&server, "maria");
    let place = admit(&browser, 1).is(201).header("location").unwrap().to_owned();
    // What is small may still find room: the log beside the database begins anew after a failure.
    let failed = until_full(&browser, 2);
    server.browser().get("/healthz").is(204);
    let lifted = Command::new("prlimit").args(["--fsize=unlimited", "--pid", &server.id().to_string()]).status();
    assert!(lifted.unwrap().success());
    goes_on(&server, &mut browser, &place, failed);
    // What was acknowledged before is there.
    assert!((1..failed).rev().take(20).all(|number| found(&mut browser, number) == 1));
    assert_eq!(server.end(), 0);
    whole(&desk);
}

/// A disk of its own under a folder, until it is dropped.
struct Disk(PathBuf);

impl Disk {
    fn mount(folder: PathBuf, size: &str) -> Option<Self> {
        let mounted = Command::new("mount").args(["-t", "tmpfs", "-o", size, "tmpfs"]).arg(&folder).output();
        if mounted.is_ok_and(|ran| ran.status.success()) {
            return Some(Self(folder));
        }
        println!("skipped: no disk can be mounted here");
        None
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(&self.0).status();
    }
}

#[test]
fn a_full_disk_refuses_and_loses_nothing() {
    let desk = Desk::empty();
    let Some(_disk) = Disk::mount(desk.folder.path().to_owned(), "size=8m") else { return };
    desk.run(&["tenant", "create", TENANT]).ended(0);
    let server = Server::start(&desk);
    activate(&desk, &server, "maria");
    let mut browser = sign_in(&server, "maria");
    let place = admit(&browser, 1).is(201).header("location").unwrap().to_owned();
    // Everything that is left is taken by something else.
    let _ = fs::write(desk.path("ballast"), vec![0_u8; 16 << 20]);
    let failed = until_full(&browser, 2);
    refuses(&server, &mut browser, &place, failed);
    fs::remove_file(desk.path("ballast")).unwrap();
    goes_on(&server, &mut browser, &place, failed);
    assert!((1..failed).all(|number| found(&mut browser, number) == 1));
    assert_eq!(server.end(), 0);
    whole(&desk);
}

const DAY: i64 = 24 * 60 * 60;

#[test]
fn a_clock_that_jumps_ends_sessions_and_loses_nothing() {
    let desk = Desk::new();
    let Some(clock) = Moved::build(&desk) else { return };
    let server = clock.start(&desk, &[]);
    activate(&desk, &server, "maria");
    let mut number = 0;
    for (at, ends) in [(0, false), (60, false), (DAY, true), (0, true), (-DAY, true)] {
        let mut before = sign_in(&server, "maria");
        clock.set(at);
        assert_eq!(before.get("/api/account/sessions").is(if ends { 401 } else { 200 }).status == 401, ends, "{at}");
        server.browser().get("/readyz").is(204);
        let mut browser = sign_in(&server, "maria");
        number += 1;
        let place = admit(&browser, number).is(201).header("location").unwrap().to_owned();
        browser.get(&place).is(200);
    }
    assert_eq!(server.end(), 0);
    assert_eq!(noted(&desk, "PHI_CREATE"), i64::from(number));
    // The log's own times never go back, and its entries say that the clock did.
    let trail = desk.run(&["trail", "--tenant", TENANT, "--limit", "500", "--json"]).ended(0).json();
    let times = trail.as_array().unwrap().iter().map(|entry| entry["time"].as_str().unwrap()).collect::<Vec<_>>();
    assert!(times.windows(2).all(|pair| pair[0] <= pair[1]), "{times:?}");
    whole(&desk);
}

#[test]
fn a_wrong_key_opens_no_port_and_changes_nothing() {
    let desk = Desk::new();
    let server = Server::start(&desk);
    activate(&desk, &server, "maria");
    admit(&sign_in(&server, "maria"), 1).is(201);
    assert_eq!(server.end(), 0);
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let said = || {
        let file = Connection::open(desk.database()).unwrap();
        let sql =
            "SELECT group_concat(hex(body)) || (SELECT group_concat(hex(mac)) FROM hipaa_authority) FROM hipaa_audit";
        file.query_row(sql, [], |row| row.get::<_, String>(0)).unwrap()
    };
    let before = said();
    let mut command = desk.command(&["serve"]);
    command.env("APP_MODE", "development").env("APP_LISTEN", port.to_string()).env("HIPAA_KEK", OTHER_KEK);
    let ran = finish(&mut command).ended(3);
    assert!(ran.out.is_empty() && !ran.err.contains(OTHER_KEK), "{}", ran.err);
    assert!(std::net::TcpStream::connect(port).is_err());
    assert!(said() == before && before.len() > 1_000);
    whole(&desk);
}

/// Patients whom many make at once while somebody else holds the database, and the server is told to end.
#[test]
fn the_end_under_load_answers_all_that_was_accepted_and_takes_no_more() {
    let desk = Desk::new();
    let server = Server::start(&desk);
    activate(&desk, &server, "maria");
    let browser = sign_in(&server, "maria");
    let other = Connection::open(desk.database()).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let replies = std::thread::scope(|threads| {
        let asked = (1..=16).map(|number| {
            let browser = &browser;
            threads.spawn(move || admit(browser, number))
        });
        let asked = asked.collect::<Vec<_>>();
        std::thread::sleep(std::time::Duration::from_millis(500));
        server.signal("-TERM");
        until("the end of accepting", || std::net::TcpStream::connect(browser.address).is_err());
        assert!(asked.iter().all(|thread| !thread.is_finished()));
        other.execute_batch("ROLLBACK").unwrap();
        asked.into_iter().map(|thread| thread.join().unwrap()).collect::<Vec<_>>()
    });
    for reply in replies {
        reply.is(201);
    }
    assert_eq!(server.wait(), 0);
    assert_eq!(noted(&desk, "PHI_CREATE"), 16);
    whole(&desk);
}

/// Whether a request is answered while two other connections do nothing.
fn answered_beside_two(connections: &str) -> bool {
    let desk = Desk::new();
    let server = Server::start_with(&desk, &[("APP_CONNECTIONS", connections)]);
    let address = server.browser().address;
    let idle = [(), ()].map(|()| std::net::TcpStream::connect(address).unwrap());
    std::thread::sleep(std::time::Duration::from_millis(200));
    let asking = std::thread::spawn(move || Browser::new(address).get("/healthz").status);
    std::thread::sleep(std::time::Duration::from_millis(700));
    let answered = asking.is_finished();
    drop(idle);
    assert_eq!(asking.join().unwrap(), 204, "one that waits is answered as soon as there is room");
    assert_eq!(server.end(), 0);
    answered
}

#[test]
fn a_connection_above_the_most_waits_until_one_ends() {
    assert!(!answered_beside_two("2"));
    assert!(answered_beside_two("3"));
}

/// The log of the server, line by line.
#[test]
fn a_refusal_is_found_in_the_log_by_its_request_id() {
    let desk = Desk::new();
    let server = Server::start(&desk);
    activate(&desk, &server, "maria");
    let browser = sign_in(&server, "maria");
    let other = Connection::open(desk.database()).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let id = admit(&browser, 1).is(503).json()["request_id"].as_str().unwrap().to_owned();
    drop(other);
    assert_eq!(server.end(), 0);
    let log = fs::read_to_string(desk.path("server.log")).unwrap();
    let line = log.lines().find(|line| line.contains(&id)).unwrap();
    let line = serde_json::from_str::<Value>(line).unwrap();
    assert_eq!((&line["status"], &line["problem"]), (&json!(503), &json!("/problems/unavailable")));
    assert!(line["cause"].as_str().is_some_and(|cause| !cause.is_empty()), "{line}");
}
