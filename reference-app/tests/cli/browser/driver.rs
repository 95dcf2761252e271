//! The demo and the browser driver as children.

use super::page::Page;
use fantoccini::ClientBuilder;
use fantoccini::wd::Capabilities;
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};
use std::fs::File;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

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
    address: String,
}

fn on_path(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|folder| folder.join(name)).find(|file| file.is_file())
}

impl Driver {
    pub(super) fn start() -> Option<Self> {
        on_path("chromium")?;
        let mut process = Command::new(on_path("chromedriver")?)
            .args(["--port=0", "--allowed-ips=127.0.0.1"])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let lines = BufReader::new(process.stdout.take().unwrap()).lines();
        let port = lines.map(Result::unwrap).find_map(|line| {
            line.split_once("successfully on port ").map(|(_, port)| port.trim_end_matches('.').to_owned())
        });
        Some(Self { _process: Ends(process), address: format!("http://127.0.0.1:{}", port.unwrap()) })
    }

    /// A browser without memory, which begins at this demo.
    pub(super) async fn browser(&self, demo: &Demo) -> Page {
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
        capabilities.insert("goog:chromeOptions".to_owned(), json!({ "args": arguments }));
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
        Self { process: Ends(process), folder, url, told }
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
