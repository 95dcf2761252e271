//! Errors for people. It stands around the frame and reads what the frame says to programs; it adds no word of the input.

use super::shell::Shell;
use super::{Html, see};
use crate::state::App;
use askama::Template;
use axum::body::to_bytes;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;

/// More than any problem has.
const MAX_PROBLEM_BYTES: usize = 64 * 1024;

#[derive(Template)]
#[template(path = "problem.html")]
struct Page {
    shell: Shell,
    title: String,
    lines: Vec<String>,
    status: u16,
    request_id: String,
}

#[derive(Deserialize)]
struct Told {
    #[serde(rename = "type")]
    kind: String,
    title: String,
    status: u16,
    request_id: String,
    #[serde(default)]
    errors: Vec<Field>,
}

#[derive(Deserialize)]
struct Field {
    rule: String,
}

/// Turns problems into pages where a person asked.
pub async fn pages(State(app): State<App>, request: Request, next: Next) -> Response {
    let page = wants_page(request.uri().path(), request.headers());
    let path = request.uri().path().to_owned();
    let reading = request.method().is_safe();
    let response = next.run(request).await;
    let problem = |headers: &HeaderMap| {
        headers.get(header::CONTENT_TYPE).is_some_and(|kind| kind.as_bytes() == b"application/problem+json")
    };
    if !page || !problem(response.headers()) {
        return response;
    }
    let (parts, body) = response.into_parts();
    let told = to_bytes(body, MAX_PROBLEM_BYTES).await.ok().and_then(|body| serde_json::from_slice::<Told>(&body).ok());
    let Some(told) = told else { return (parts.status, parts.headers).into_response() };
    let mut answer = match told.kind.as_str() {
        "/problems/not-signed-in" => see("/sign-in"),
        "/problems/password-must-change" => see("/password"),
        "/problems/step-up-needed" => see(&format!("/step-up?next={}", if reading { &path } else { "/account" })),
        _ => {
            let lines = told.errors.into_iter().map(|field| field.rule).collect();
            let (shell, title, status, request_id) = (Shell::open(&app), told.title, told.status, told.request_id);
            let mut page = Html(Page { shell, title, lines, status, request_id }).into_response();
            *page.status_mut() = parts.status;
            page
        }
    };
    for (name, value) in &parts.headers {
        let of_body = [header::CONTENT_TYPE, header::CONTENT_LENGTH, header::CONTENT_SECURITY_POLICY].contains(name);
        if !of_body {
            answer.headers_mut().append(name.clone(), value.clone());
        }
    }
    answer
}

fn wants_page(path: &str, headers: &HeaderMap) -> bool {
    let accepts = headers.get(header::ACCEPT).and_then(|accept| accept.to_str().ok()).unwrap_or_default();
    !path.starts_with("/api/") && accepts.contains("text/html")
}
