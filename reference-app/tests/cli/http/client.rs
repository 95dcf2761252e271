//! A browser as far as the tests need one: it sends what it is told, and keeps cookies.

use serde_json::Value;
use std::collections::BTreeMap;
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

#[derive(Debug, Clone)]
pub(super) struct Reply {
    pub(super) status: u16,
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: String,
}

impl Reply {
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        let mut found = self.headers.iter().filter(|(key, _)| key == name);
        let value = found.next().map(|(_, value)| value.as_str());
        assert!(found.next().is_none() || name == "set-cookie", "{name} came twice");
        value
    }

    pub(super) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|_| panic!("no JSON: {self:?}"))
    }

    #[track_caller]
    pub(super) fn is(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{self:?}");
        self
    }

    /// Whether the body says this, in capitals or not; beside the request's id, whose random digits say anything.
    pub(super) fn says(&self, text: &str) -> bool {
        let id = self.header("x-request-id").filter(|id| !id.is_empty());
        let body = id.map_or_else(|| self.body.clone(), |id| self.body.replace(id, "(id)"));
        body.to_lowercase().contains(&text.to_lowercase())
    }

    /// The name of a problem.
    pub(super) fn problem(&self) -> String {
        self.json()["type"].as_str().unwrap().trim_start_matches("/problems/").to_owned()
    }
}

#[derive(Debug, Clone)]
pub(super) struct Browser {
    pub(super) address: SocketAddr,
    pub(super) cookies: BTreeMap<String, String>,
    /// Sent with every request; an `origin` among them where it is one of ours.
    pub(super) headers: Vec<(String, String)>,
}

impl Browser {
    pub(super) fn new(address: SocketAddr) -> Self {
        let origin = format!("http://localhost:{}", address.port());
        Self { address, cookies: BTreeMap::new(), headers: vec![("origin".to_owned(), origin)] }
    }

    pub(super) fn with(mut self, name: &str, value: &str) -> Self {
        self.headers.retain(|(key, _)| key != name);
        if !value.is_empty() {
            self.headers.push((name.to_owned(), value.to_owned()));
        }
        self
    }

    pub(super) fn get(&mut self, path: &str) -> Reply {
        self.send("GET", path, None)
    }

    pub(super) fn post(&mut self, path: &str, body: &Value) -> Reply {
        self.send("POST", path, Some(&body.to_string()))
    }

    pub(super) fn send(&mut self, method: &str, path: &str, body: Option<&str>) -> Reply {
        self.try_send(method, path, body).expect("an answer")
    }

    /// None where the server went away.
    pub(super) fn try_send(&mut self, method: &str, path: &str, body: Option<&str>) -> Option<Reply> {
        let mut head = format!("{method} {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n");
        for (name, value) in &self.headers {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        if !self.cookies.is_empty() {
            let cookies = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>();
            head.push_str(&format!("cookie: {}\r\n", cookies.join("; ")));
        }
        if let Some(body) = body {
            if !self.headers.iter().any(|(name, _)| name == "content-type") {
                head.push_str("content-type: application/json\r\n");
            }
            head.push_str(&format!("content-length: {}\r\n", body.len()));
        }
        let reply = exchange(self.address, format!("{head}\r\n{}", body.unwrap_or_default()).as_bytes())?;
        for (_, line) in reply.headers.iter().filter(|(name, _)| name == "set-cookie") {
            let (pair, attributes) = line.split_once(';').unwrap();
            let (name, value) = pair.split_once('=').unwrap();
            assert_eq!(attributes.replace(" Max-Age=31536000;", "").replace(" Max-Age=0;", ""), ATTRIBUTES, "{name}");
            match value.is_empty() {
                true => self.cookies.remove(name),
                false => self.cookies.insert(name.to_owned(), value.to_owned()),
            };
        }
        Some(reply)
    }
}

const ATTRIBUTES: &str = " Path=/; Secure; HttpOnly; SameSite=Strict";

/// Sends bytes and reads the answer until the end of the connection; none where there is no answer.
pub(super) fn exchange(address: SocketAddr, request: &[u8]) -> Option<Reply> {
    let mut stream = TcpStream::connect(address).ok()?;
    stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
    // A server that refuses early may close before all is sent.
    let _ = stream.write_all(request);
    let mut bytes = Vec::new();
    let _ = stream.read_to_end(&mut bytes);
    let text = String::from_utf8(bytes).unwrap();
    let (head, body) = text.split_once("\r\n\r\n")?;
    let mut lines = head.lines();
    let status = lines.next().unwrap().split(' ').nth(1).unwrap().parse().unwrap();
    let split = |line: &str| line.split_once(": ").map(|(name, value)| (name.to_owned(), value.to_owned()));
    Some(Reply { status, headers: lines.filter_map(split).collect(), body: body.to_owned() })
}

/// Red if a leak were overlooked, or a request's own random digits were one.
#[test]
fn an_answer_says_what_it_holds_beside_its_id() {
    let headers = vec![("x-request-id".to_owned(), "09643993".to_owned())];
    let reply = |body: &str| Reply { status: 503, headers: headers.clone(), body: body.to_owned() };
    assert!(!reply(r#"{"request_id":"09643993"}"#).says("4399"));
    assert!(reply(r#"{"request_id":"09643993","of":"536-90-4399"}"#).says("4399"));
    assert!(reply("Ann SMITH").says("Smith"));
}
