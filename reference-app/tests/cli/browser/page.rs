//! A browser at a page: going, typing, looking.

use super::driver::Demo;
use axum::http::Method;
use fantoccini::wd::WebDriverCompatibleCommand;
use fantoccini::{Client, Locator};
use serde_json::Value;
use std::fs;
use std::path::Path;
use std::time::Duration;

/// What every page must be: the script says in words what is wrong.
const LOOK: &str = include_str!("look.js");
const WIDE: (u32, u32) = (1280, 900);
const NARROW: (u32, u32) = (390, 844);
/// What a window has around a page, and the longest window.
const FRAME: u32 = 140;
const LONGEST: u32 = 3000;

pub(super) struct Page {
    client: Client,
    url: String,
    visited: Vec<String>,
}

/// Chromium's messages since the last time.
#[derive(Debug)]
struct Messages;

impl WebDriverCompatibleCommand for Messages {
    fn endpoint(&self, base: &url::Url, session: Option<&str>) -> Result<url::Url, url::ParseError> {
        base.join(&format!("session/{}/se/log", session.unwrap_or_default()))
    }

    fn method_and_body(&self, _: &url::Url) -> (Method, Option<String>) {
        (Method::POST, Some(r#"{"type":"browser"}"#.to_owned()))
    }
}

impl Page {
    pub(super) fn new(client: Client, url: String) -> Self {
        Self { client, url, visited: Vec::new() }
    }

    pub(super) async fn go(&mut self, path: &str) {
        self.client.goto(&format!("{}{path}", self.url)).await.unwrap();
        self.visited.push(self.at().await);
    }

    /// The path at which the browser is.
    pub(super) async fn at(&self) -> String {
        let url = self.client.current_url().await.unwrap().to_string();
        url.strip_prefix(&self.url).unwrap_or(&url).to_owned()
    }

    /// Waits until the browser is at a path that begins so.
    pub(super) async fn arrive(&mut self, path: &str) {
        for _ in 0..600 {
            if self.at().await.starts_with(path) && self.ready().await {
                self.visited.push(self.at().await);
                return;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("at {} instead of {path}: {}", self.at().await, self.text().await);
    }

    async fn ready(&self) -> bool {
        let state = self.client.execute("return document.readyState", Vec::new()).await;
        state.is_ok_and(|state| state == "complete")
    }

    pub(super) async fn text(&self) -> String {
        self.client.find(Locator::Css("body")).await.unwrap().text().await.unwrap()
    }

    /// Waits until the page says so.
    pub(super) async fn says(&self, wanted: &str) {
        let mut text = String::new();
        for _ in 0..300 {
            if let Ok(body) = self.client.find(Locator::Css("body")).await {
                text = body.text().await.unwrap_or_default();
            }
            if text.contains(wanted) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("{wanted} is not in: {text}");
    }

    pub(super) async fn read(&self, css: &str) -> String {
        self.client.find(Locator::Css(css)).await.unwrap().text().await.unwrap()
    }

    /// Marks the page that is shown, so that the next one can be told from it.
    pub(super) async fn mark(&self) {
        self.client.execute("document.body.dataset.marked = ''", Vec::new()).await.unwrap();
    }

    /// Whether another page is shown than the one that was marked.
    pub(super) async fn is_another(&self) -> bool {
        self.has("body:not([data-marked])").await
    }

    pub(super) async fn has(&self, css: &str) -> bool {
        self.client.find(Locator::Css(css)).await.is_ok()
    }

    /// Puts a value in a field, as typing would; a date as its parts are stored.
    pub(super) async fn fill(&self, css: &str, value: &str) {
        let field = self.client.find(Locator::Css(css)).await.unwrap();
        if field.attr("type").await.unwrap().as_deref() == Some("date") {
            let script = "arguments[0].value = arguments[1]";
            let field = serde_json::to_value(field).unwrap();
            self.client.execute(script, vec![field, value.into()]).await.unwrap();
            return;
        }
        field.clear().await.unwrap();
        field.send_keys(value).await.unwrap();
    }

    pub(super) async fn click(&self, css: &str) {
        self.client.find(Locator::Css(css)).await.unwrap_or_else(|_| panic!("{css}")).click().await.unwrap();
    }

    /// Clicks what asks for a confirmation, and gives it.
    pub(super) async fn confirm(&self, css: &str) {
        self.click(css).await;
        self.client.accept_alert().await.unwrap();
    }

    /// Types into whatever has the focus.
    pub(super) async fn keys(&self, text: &str) {
        self.client.active_element().await.unwrap().send_keys(text).await.unwrap();
    }

    /// Signs in with password and code.
    pub(super) async fn sign_in(&mut self, demo: &Demo, login: &str) {
        let (password, secret) = demo.user(login);
        self.give(login, &password).await;
        self.arrive("/sign-in/code").await;
        self.fill("#code", &demo.code(&secret.unwrap()).await).await;
        self.click("main form button").await;
        self.arrive("/dashboard").await;
    }

    /// Gives name and password.
    pub(super) async fn give(&mut self, login: &str, password: &str) {
        self.go("/sign-in").await;
        self.fill("#login", login).await;
        self.fill("#password", password).await;
        self.click("main form button").await;
    }

    /// The value of a field.
    pub(super) async fn value(&self, css: &str) -> String {
        self.client.find(Locator::Css(css)).await.unwrap().prop("value").await.unwrap().unwrap_or_default()
    }

    /// Runs a script, to make a page wrong on purpose.
    pub(super) async fn spoil(&self, script: &str) {
        self.client.execute(script, Vec::new()).await.unwrap();
    }

    /// What is wrong with the page, in words.
    pub(super) async fn faults(&self) -> Vec<String> {
        let wrong = self.client.execute(LOOK, Vec::new()).await.unwrap();
        wrong.as_array().unwrap().iter().map(|fault| fault.as_str().unwrap().to_owned()).collect()
    }

    /// Looks at the page, wide and narrow, and keeps its pictures.
    pub(super) async fn look(&self, name: &str) {
        for ((width, height), size) in [(NARROW, "narrow"), (WIDE, "wide")] {
            self.client.set_window_size(width, height).await.unwrap();
            tokio::time::sleep(Duration::from_millis(150)).await;
            assert_eq!(self.faults().await, Vec::<String>::new(), "{name}, {size}");
            self.picture((width, height), &format!("{name}-{size}.png")).await;
        }
        let said = self.messages().await;
        assert!(said.is_empty(), "{name}: {said:?}");
    }

    /// Keeps a picture of the whole page, as far down as a window goes.
    async fn picture(&self, (width, height): (u32, u32), name: &str) {
        let long = self.client.execute("return document.documentElement.scrollHeight", Vec::new()).await.unwrap();
        let long = u32::try_from(long.as_u64().unwrap()).unwrap() + FRAME;
        self.client.set_window_size(width, long.clamp(height, LONGEST)).await.unwrap();
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/screens");
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join(name), self.client.screenshot().await.unwrap()).unwrap();
    }

    /// What the browser complains about. That a form was refused is no complaint.
    pub(super) async fn messages(&self) -> Vec<String> {
        let said = self.client.issue_cmd(Messages).await.unwrap();
        let refused =
            |one: &&Value| one["source"] == "network" && one["message"].as_str().unwrap().contains("a status of 4");
        let wrong = said.as_array().unwrap().iter().filter(|one| one["level"] != "INFO" && !refused(one));
        wrong.map(|one| one["message"].as_str().unwrap().to_owned()).collect()
    }

    /// Every address that the browser was at.
    pub(super) fn visited(&self) -> &[String] {
        &self.visited
    }

    pub(super) async fn close(self) {
        self.client.close().await.unwrap();
    }
}
