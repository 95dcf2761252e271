//! The server as a process of its own: settings, logs, mail, the end in order and the end by force.

use super::super::support::{Desk, OTHER_KEK, TENANT, binary};
use super::client::{Browser, exchange};
use super::scene::PASSWORD;
use reference_app::web::log::FIELDS;
use serde_json::{Value, json};
use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

pub(super) struct Server {
    child: Child,
    address: SocketAddr,
}

impl Server {
    pub(super) fn start(desk: &Desk) -> Self {
        Self::start_with(desk, &[])
    }

    pub(super) fn start_with(desk: &Desk, settings: &[(&str, &str)]) -> Self {
        Self::start_as(desk, &["serve"], settings)
    }

    pub(super) fn start_as(desk: &Desk, arguments: &[&str], settings: &[(&str, &str)]) -> Self {
        let mut command = Command::new(binary());
        command.args(arguments);
        Self::of(&mut serving(desk, command, settings))
    }

    pub(super) fn of(command: &mut Command) -> Self {
        let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
        let address = line.trim().rsplit_once("http://").unwrap_or_else(|| panic!("{line:?}")).1.parse().unwrap();
        Self { child, address }
    }

    pub(super) fn browser(&self) -> Browser {
        Browser::new(self.address)
    }

    pub(super) fn id(&self) -> u32 {
        self.child.id()
    }

    pub(super) fn signal(&self, name: &str) {
        let id = self.child.id().to_string();
        assert!(Command::new("kill").args([name, &id]).status().unwrap().success());
    }

    pub(super) fn end(self) -> i32 {
        self.signal("-TERM");
        self.wait()
    }

    /// How it ended by itself.
    pub(super) fn wait(mut self) -> i32 {
        self.child.wait().unwrap().code().unwrap()
    }

    pub(super) fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

/// A test that fails leaves no server behind.
impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A command that serves in development, with its log beside the database.
pub(super) fn serving(desk: &Desk, mut command: Command, settings: &[(&str, &str)]) -> Command {
    let log = fs::File::options().create(true).append(true).open(desk.path("server.log")).unwrap();
    desk.surround(&mut command);
    command.env("APP_MODE", "development").env("APP_LISTEN", "127.0.0.1:0").envs(settings.iter().copied());
    command.stderr(log);
    command
}

pub(super) fn activate(desk: &Desk, server: &Server, login: &str) {
    let name = ["--name", "Maria Canaria", "--role", "CLINICIAN", "--json"];
    let made = desk.run(&[&["user", "create", "--tenant", TENANT, "--login", login][..], &name].concat()).ended(0);
    let body = json!({ "token": made.json()["activation"], "password": PASSWORD });
    server.browser().post("/api/auth/activate", &body).is(204);
}

pub(super) fn sign_in(server: &Server, login: &str) -> Browser {
    let mut browser = server.browser();
    browser.post("/api/auth/login", &json!({ "login": login, "password": PASSWORD })).is(200);
    browser
}

#[test]
fn unsafe_production_settings_are_refused_with_a_list() {
    let desk = Desk::new();
    let refused = desk.run(&["serve"]).ended(3);
    for name in ["allowed_origins", "public_origin", "trusted_proxies", "smtp_relay", "--witness", "HIPAA_KEK"] {
        assert!(refused.err.contains(name), "{name}: {}", refused.err);
    }
    desk.file("wrong.toml", "listen = \"here\"\nsurprise = 1\n");
    let refused = desk.run(&["serve", "--settings", "wrong.toml"]).ended(3);
    assert!(refused.err.contains("listen:") && !refused.err.contains("surprise"), "{}", refused.err);
}

#[test]
fn with_safe_production_settings_it_serves_what_came_by_https_alone() {
    let desk = Desk::new();
    fs::create_dir(desk.path("witness")).unwrap();
    desk.run(&["audit", "checkpoint", "--into", "witness", "--first"]).ended(0);
    desk.file("kek", super::super::support::KEK);
    fs::set_permissions(desk.path("kek"), std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
    let settings = [
        "mode = \"production\"",
        "listen = \"127.0.0.1:0\"",
        "public_origin = \"https://ehr.example\"",
        "allowed_origins = []",
        "trusted_proxies = [\"127.0.0.1\"]",
        "smtp_relay = \"127.0.0.1:25\"",
    ];
    desk.file("site.toml", settings.join("\n"));
    let mut command = desk.command(&["serve", "--settings", "site.toml", "--witness", "witness", "--kek-file", "kek"]);
    // No second factor is demanded of anybody: somebody has to have decided so.
    let refused = super::super::support::finish(command.env_remove("HIPAA_KEK")).ended(2);
    assert!(refused.out.is_empty() && refused.err.contains("second-factor"), "{}", refused.err);
    super::super::grant::hire(&desk, "pia", "PRIVACY_OFFICER");
    let because = ["decide", "second-factor", "--because", "the proxy demands a certificate of every user"];
    super::super::safeguard::change(&desk, &because, "pia", super::super::grant::PASSWORD).ended(0);
    let server = Server::of(command.env_remove("HIPAA_KEK").stderr(Stdio::null()));
    let plain = server.browser().get("/api/openapi.json").is(403);
    assert_eq!(plain.problem(), "https-required");
    assert!(plain.header("strict-transport-security").is_some());
    let mut secure = server.browser().with("x-forwarded-proto", "https").with("origin", "https://ehr.example");
    secure.get("/api/openapi.json").is(200);
    secure.post("/api/auth/logout", &json!({})).is(204);
    secure.with("origin", "http://localhost:3000").post("/api/auth/logout", &json!({})).is(403);
    assert_eq!(server.end(), 0);
}

#[test]
fn w5_a_hangup_reads_the_list_of_origins_again_and_a_broken_list_lets_nobody_ask() {
    let desk = Desk::new();
    desk.file("site.toml", "allowed_origins = [\"https://ok.example\"]\n");
    let server = Server::start_as(&desk, &["serve", "--settings", "site.toml"], &[]);
    let mut browser = server.browser().with("origin", "https://ok.example");
    let mut becomes = |status: u16| {
        let ask = |browser: &mut Browser| browser.send("POST", "/api/auth/logout", None).status;
        (0..100).any(|_| {
            ask(&mut browser) == status || {
                std::thread::sleep(Duration::from_millis(20));
                false
            }
        })
    };
    assert!(becomes(204));
    desk.file("site.toml", "allowed_origins = []\n");
    server.signal("-HUP");
    assert!(becomes(403));
    desk.file("site.toml", "allowed_origins = [\"https://ok.example\"]\n");
    server.signal("-HUP");
    assert!(becomes(204));
    desk.file("site.toml", "allowed_origins = [\"https://ok.example\"\n");
    server.signal("-HUP");
    assert!(becomes(403));
    assert_eq!(server.end(), 0);
}

#[test]
fn a_wrong_key_ends_the_start() {
    let desk = Desk::new();
    let mut command = desk.command(&["serve"]);
    command.env("APP_MODE", "development").env("HIPAA_KEK", OTHER_KEK);
    let ran = super::super::support::finish(&mut command).ended(3);
    assert!(ran.out.is_empty() && !ran.err.contains(OTHER_KEK), "{}", ran.err);
}

/// Every file of the run, by name.
pub(super) fn files(desk: &Desk) -> Vec<(String, Vec<u8>)> {
    let mut found = Vec::new();
    for folder in [desk.folder.path().to_owned(), desk.path("mail")] {
        for entry in fs::read_dir(folder).into_iter().flatten().flatten().filter(|entry| entry.path().is_file()) {
            found.push((entry.path().display().to_string(), fs::read(entry.path()).unwrap()));
        }
    }
    found
}

pub(super) fn holding(desk: &Desk, text: &str) -> Vec<String> {
    let holds = |bytes: &[u8]| bytes.windows(text.len()).any(|part| part == text.as_bytes());
    files(desk).into_iter().filter(|(_, bytes)| holds(bytes)).map(|(name, _)| name).collect()
}

#[test]
fn w8_no_secret_and_no_name_is_in_a_log_a_mail_or_a_file() {
    let desk = Desk::new();
    let server = Server::start(&desk);
    activate(&desk, &server, "maria.canaria");
    let mut browser = sign_in(&server, "maria.canaria");
    let session = browser.cookies["__Host-session"].clone();
    let wrong = json!({ "login": "536-90-4399", "password": "Canary-Typed-7" });
    server.browser().post("/api/auth/login", &wrong).is(401);
    server.browser().get("/Canary-Path?name=Canary-Query").is(404);
    browser.clone().with("user-agent", "Canary-Agent").get("/api/account/sessions").is(200);
    browser.send("POST", "/api/auth/logout", Some("{}")).is(204);
    fs::write(desk.path("metrics.txt"), server.browser().get("/metrics").is(200).body).unwrap();
    assert_eq!(server.end(), 0);
    for canary in [
        PASSWORD,
        &session,
        "Canaria",
        "maria.canaria",
        "536-90-4399",
        "Canary-Typed-7",
        "Canary-Path",
        "Canary-Query",
        "Canary-Agent",
    ] {
        assert_eq!(holding(&desk, canary), Vec::<String>::new(), "{canary}");
    }
    let log = fs::read_to_string(desk.path("server.log")).unwrap();
    let mut requests = 0;
    for line in log.lines() {
        let line: Value = serde_json::from_str(line).unwrap_or_else(|_| panic!("no JSON: {line}"));
        let fields = line.as_object().unwrap();
        assert!(fields.keys().all(|key| FIELDS.contains(&key.as_str()) || key == "level" || key == "time"), "{line}");
        requests += usize::from(fields["event"] == "request");
    }
    assert_eq!(requests, 7);
}

#[test]
fn a_reset_is_one_mail_whose_token_is_nowhere_else_and_works_once() {
    let desk = Desk::new();
    let server = Server::start(&desk);
    activate(&desk, &server, "maria");
    let mut browser = sign_in(&server, "maria");
    browser.send("PUT", "/api/account/contact", Some(r#"{"address":"maria@example.org"}"#)).is(204);
    for login in ["maria", "nobody"] {
        server.browser().post("/api/auth/forgot-password", &json!({ "login": login })).is(202);
    }
    let mails = || {
        let mails = files(&desk).into_iter().filter(|(name, _)| name.ends_with(".eml"));
        mails.map(|(_, bytes)| String::from_utf8(bytes).unwrap()).collect::<Vec<_>>()
    };
    let resets = || mails().into_iter().filter(|mail| mail.contains("/reset#")).collect::<Vec<_>>();
    for _ in 0..150 {
        if !resets().is_empty() {
            break;
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    std::thread::sleep(Duration::from_millis(200));
    let resets = resets();
    assert_eq!(resets.len(), 1, "{:?}", mails());
    assert!(!resets[0].contains("Canaria") && resets[0].contains("To: maria@example.org"), "{}", resets[0]);
    let token = resets[0].split("/reset#").nth(1).unwrap().trim().to_owned();
    assert_eq!(holding(&desk, &token).len(), 1);
    let body = json!({ "token": token, "password": "violet Harbour 71 sleeps" });
    server.browser().post("/api/auth/reset-password", &body).is(204);
    server.browser().post("/api/auth/reset-password", &body).is(401);
    browser.get("/api/account/sessions").is(401);
    let body = json!({ "login": "maria", "password": "violet Harbour 71 sleeps" });
    server.browser().post("/api/auth/login", &body).is(200);
    assert_eq!(server.end(), 0);
}

#[test]
fn the_end_in_order_answers_what_was_accepted() {
    let desk = Desk::new();
    let server = Server::start(&desk);
    // Half of a request is there when the end is asked for; the rest follows.
    let mut slow = TcpStream::connect(server.address).unwrap();
    slow.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
    let body = r#"{"login":"nobody","password":"wrong"}"#;
    let origin = format!("http://localhost:{}", server.address.port());
    let head = format!(
        "POST /api/auth/login HTTP/1.1\r\nhost: a\r\norigin: {origin}\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n",
        body.len()
    );
    slow.write_all(head.as_bytes()).unwrap();
    std::thread::sleep(Duration::from_millis(300));
    server.signal("-TERM");
    std::thread::sleep(Duration::from_millis(300));
    slow.write_all(body.as_bytes()).unwrap();
    let mut answer = String::new();
    let _ = slow.read_to_string(&mut answer);
    assert!(answer.starts_with("HTTP/1.1 401"), "{answer}");
    assert!(TcpStream::connect(server.address).is_err());
    assert_eq!(server.wait(), 0);
}

#[test]
fn what_was_answered_before_a_kill_is_in_the_log_after_it() {
    let desk = Desk::new();
    let server = Server::start(&desk);
    activate(&desk, &server, "maria");
    let browser = sign_in(&server, "maria");
    let answered = AtomicUsize::new(0);
    std::thread::scope(|threads| {
        for at in 0..8 {
            let (mut browser, answered) = (browser.clone(), &answered);
            threads.spawn(move || {
                let body = json!({ "address": format!("maria{at}@example.org") }).to_string();
                for _ in 0..1000 {
                    // The killed server answers nothing, and the thread ends.
                    let Some(reply) = browser.try_send("PUT", "/api/account/contact", Some(&body)) else { return };
                    match reply.status {
                        204 => drop(answered.fetch_add(1, Ordering::SeqCst)),
                        status => assert!([409, 503].contains(&status), "{reply:?}"),
                    }
                }
            });
        }
        while answered.load(Ordering::SeqCst) < 40 {
            std::thread::sleep(Duration::from_millis(20));
        }
        server.kill();
    });
    let answered = answered.load(Ordering::SeqCst);
    let restarted = Server::start(&desk);
    sign_in(&restarted, "maria");
    restarted.browser().get("/readyz").is(204);
    assert_eq!(restarted.end(), 0);
    let trail = desk.run(&["trail", "--tenant", TENANT, "--limit", "500", "--json"]).ended(0).out;
    let noted = trail.matches("CONTACT_CHANGED").count();
    assert!(noted >= answered.min(400), "answered {answered}, noted {noted}");
    println!("answered before the kill: {answered}, in the log: {noted}");
}

#[test]
fn a_mail_server_that_is_down_loses_no_notice_and_fails_no_request() {
    let desk = Desk::new();
    let dead = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string();
    let server = Server::start_with(&desk, &[("SMTP_RELAY", &dead)]);
    activate(&desk, &server, "maria");
    let mut browser = sign_in(&server, "maria");
    browser.send("PUT", "/api/account/contact", Some(r#"{"address":"maria@example.org"}"#)).is(204);
    let noted = || desk.run(&["trail", "--tenant", TENANT, "--limit", "100"]).out.contains("NOTICE_FAILED");
    for _ in 0..150 {
        if noted() {
            break;
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    assert!(noted());
    server.browser().get("/readyz").is(204);
    assert_eq!(server.end(), 0);
}

#[test]
fn a_witness_that_cannot_be_asked_makes_the_server_not_ready() {
    let desk = Desk::new();
    fs::create_dir(desk.path("witness")).unwrap();
    desk.run(&["audit", "checkpoint", "--into", "witness", "--first"]).ended(0);
    let server = Server::start_as(&desk, &["serve", "--witness", "witness"], &[]);
    server.browser().get("/readyz").is(204);
    fs::rename(desk.path("witness"), desk.path("gone")).unwrap();
    let reply = server.browser().get("/readyz").is(503);
    assert_eq!(reply.problem(), "unavailable");
    fs::rename(desk.path("gone"), desk.path("witness")).unwrap();
    server.browser().get("/readyz").is(204);
    assert_eq!(server.end(), 0);
}

#[test]
fn what_is_no_http_gets_no_more_than_a_refusal() {
    let desk = Desk::new();
    let server = Server::start(&desk);
    let reply = exchange(server.address, b"Ann Smith\r\n\r\n").unwrap();
    assert_eq!((reply.status, reply.body.as_str()), (400, ""));
    assert_eq!(server.end(), 0);
}
