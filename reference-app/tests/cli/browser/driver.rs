//! The demo and the browser driver as children.

use super::page::Page;
use data_encoding::BASE32_NOPAD;
use fantoccini::ClientBuilder;
use fantoccini::wd::Capabilities;
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};
use std::collections::HashMap;
use std::fs::{self, File};
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Mutex;
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use totp_lite::{Sha1, totp_custom};

/// The seconds for which a code is shown.
const STEP: u64 = 30;

fn seconds() -> u64 {
    #[expect(clippy::disallowed_methods, reason = "an authenticator app has the clock of its phone")]
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs()
}

/// A process that ends with the test.
struct Ends(Child);

impl Drop for Ends {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A driver on a port of its own.
pub(super) struct Driver {
    _process: Ends,
    /// Where browsers leave their files, to go with the driver.
    _folder: tempfile::TempDir,
    address: String,
}

fn on_path(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|folder| folder.join(name)).find(|file| file.is_file())
}

impl Driver {
    pub(super) fn start() -> Option<Self> {
        on_path("chromium")?;
        let folder = tempfile::tempdir().unwrap();
        let mut process = Command::new(on_path("chromedriver")?)
            .args(["--port=0", "--allowed-ips=127.0.0.1"])
            .env("TMPDIR", folder.path())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let lines = BufReader::new(process.stdout.take().unwrap()).lines();
        let port = lines.map(Result::unwrap).find_map(|line| {
            line.split_once("successfully on port ").map(|(_, port)| port.trim_end_matches('.').to_owned())
        });
        let address = format!("http://127.0.0.1:{}", port.unwrap());
        Some(Self { _process: Ends(process), _folder: folder, address })
    }

    /// A browser without memory, which begins at this demo.
    pub(super) async fn browser(&self, demo: &Demo) -> Page {
        self.open(demo, &json!({})).await
    }

    /// The same, which runs no script of a page.
    pub(super) async fn browser_without_script(&self, demo: &Demo) -> Page {
        self.open(demo, &json!({ "profile.managed_default_content_settings.javascript": 2 })).await
    }

    async fn open(&self, demo: &Demo, settings: &Value) -> Page {
        let arguments = [
            "--headless=new",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--window-size=1280,900",
        ];
        let mut capabilities = Capabilities::new();
        capabilities.insert("goog:chromeOptions".to_owned(), json!({ "args": arguments, "prefs": settings }));
        capabilities.insert("goog:loggingPrefs".to_owned(), json!({ "browser": "ALL" }));
        let mut builder = ClientBuilder::new(HttpConnector::new());
        let client = builder.capabilities(capabilities).connect(&self.address).await.unwrap();
        Page::new(client, demo.url.clone())
    }
}

/// The demo that serves, with all that it printed and logged.
pub(super) struct Demo {
    process: Ends,
    folder: tempfile::TempDir,
    pub(super) url: String,
    told: Value,
    /// By secret, the last step of time whose code was used.
    used: Mutex<HashMap<String, u64>>,
}

impl Demo {
    pub(super) fn start(more: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let log = File::create(folder.path().join("log")).unwrap();
        let mut process = Command::new(env!("CARGO_BIN_EXE_reference-app"))
            .args(["demo", "--json", "--log", "--listen", "127.0.0.1:0"])
            .args(more)
            .env("TMPDIR", folder.path())
            .env_remove("HIPAA_KEK")
            .stdout(Stdio::piped())
            .stderr(log)
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(process.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let told: Value = serde_json::from_str(&line).unwrap();
        let url = told["url"].as_str().unwrap().to_owned();
        Self { process: Ends(process), folder, url, told, used: Mutex::default() }
    }

    /// A code that was not used yet, as each works once: that of now, or of the next half minute; else it is waited for.
    pub(super) async fn code(&self, secret: &str) -> String {
        loop {
            let now = seconds() / STEP;
            let last = self.used.lock().unwrap().get(secret).copied().unwrap_or_default();
            let next = now.max(last + 1);
            if next <= now + 1 {
                self.used.lock().unwrap().insert(secret.to_owned(), next);
                let secret = BASE32_NOPAD.decode(secret.as_bytes()).unwrap();
                return totp_custom::<Sha1>(STEP, 6, &secret, next * STEP);
            }
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
    }

    /// The path of the link in the mail that somebody who forgot the password gets.
    pub(super) async fn reset_link(&self) -> String {
        let folder = self.database().with_file_name("mail");
        for _ in 0..300 {
            let mails = fs::read_dir(&folder).into_iter().flatten();
            let mails = mails.filter_map(|mail| fs::read_to_string(mail.unwrap().path()).ok());
            let link = |mail: String| mail.lines().find_map(|line| Some(line.strip_prefix(&self.url)?.to_owned()));
            let links = mails.filter(|mail| mail.contains("/reset#")).filter_map(link);
            if let Some(link) = links.last() {
                return link;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        panic!("no mail came");
    }

    pub(super) fn database(&self) -> PathBuf {
        self.told["database"].as_str().unwrap().into()
    }

    /// Runs the command line on the same database: the demo was started with `--keep`.
    pub(super) fn run(&self, arguments: &[&str]) -> Value {
        let mut command = Command::new(env!("CARGO_BIN_EXE_reference-app"));
        let ran = command
            .args(arguments)
            .arg("--db")
            .arg(self.database())
            .arg("--kek-file")
            .arg(self.database().with_file_name("kek"))
            .arg("--json")
            .env_remove("HIPAA_KEK")
            .output()
            .unwrap();
        assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
        serde_json::from_slice(&ran.stdout).unwrap()
    }

    /// How a user signs in: the password, and the secret of the second factor.
    pub(super) fn user(&self, login: &str) -> (String, Option<String>) {
        let user = self.told["users"].as_array().unwrap().iter().find(|user| user["login"] == login).unwrap();
        (user["password"].as_str().unwrap().to_owned(), user["totp"].as_str().map(str::to_owned))
    }

    /// The folder of the log, the database and the mails.
    pub(super) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Whether it still runs.
    pub(super) fn runs(&mut self) -> bool {
        self.process.0.try_wait().unwrap().is_none()
    }
}
