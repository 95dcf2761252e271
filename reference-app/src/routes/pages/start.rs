//! The start page, and what stands outside of every role.

use crate::page::shell::Link;
use crate::page::{Html, Shell, Viewer, see};
use crate::state::App;
use crate::web::{Problem, SignedIn};
use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};

/// The routes of this area.
pub fn router() -> Router<App> {
    Router::new()
        .route("/", get(root))
        .route("/dashboard", get(dashboard))
        .route("/session", post(stay))
        .route("/coverage", get(coverage))
}

async fn root() -> Response {
    see("/dashboard")
}

/// Somebody is there: the gate has renewed the session.
async fn stay(_: SignedIn) -> StatusCode {
    StatusCode::NO_CONTENT
}

#[derive(Template)]
#[template(path = "dashboard.html")]
struct Dashboard {
    shell: Shell,
    name: String,
    role: String,
    enrolled: bool,
    cards: Vec<Link>,
}

async fn dashboard(viewer: Viewer) -> Result<impl IntoResponse, Problem> {
    let (shell, enrolled) = (viewer.shell("/dashboard"), viewer.enrolled);
    let (cards, role, name) = (viewer.who.work(), viewer.who.role_words(), viewer.who.name);
    Ok(Html(Dashboard { shell, name, role, enrolled, cards }))
}

#[derive(Template)]
#[template(path = "coverage.html")]
struct Coverage {
    shell: Shell,
}

async fn coverage(State(app): State<App>) -> impl IntoResponse {
    Html(Coverage { shell: Shell::open(&app) })
}
