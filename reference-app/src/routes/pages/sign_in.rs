//! Signing in and out.

use super::super::auth::refused;
use crate::page::{Html, Shell, Told, refusal, see};
use crate::state::App;
use crate::web::cookie::{self, Cookies};
use crate::web::json::Secret;
use crate::web::{Caller, Gate, Kind, PendingLogin, Problem};
use askama::Template;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Form, Router};
use hipaa_core::auth::session::SessionRights;
use hipaa_core::auth::token::SessionToken;
use hipaa_core::identity::Finished;
use serde::Deserialize;

/// The routes of this area.
pub fn router() -> Router<App> {
    Router::new()
        .route("/sign-in", get(form).post(sign_in))
        .route("/sign-in/code", get(code_form).post(code))
        .route("/sign-in/ended", get(ended))
        .route("/sign-out", post(sign_out))
}

#[derive(Template)]
#[template(path = "sign_in.html")]
struct SignIn {
    shell: Shell,
    told: Told,
}

#[derive(Template)]
#[template(path = "code.html")]
struct Code {
    shell: Shell,
    told: Told,
}

/// Name and password.
#[derive(Deserialize)]
struct Login {
    login: Secret,
    password: Secret,
}

/// A code of the second factor, or a recovery code.
#[derive(Deserialize)]
pub(super) struct Typed {
    pub(super) code: Secret,
}

async fn form(State(app): State<App>) -> impl IntoResponse {
    Html(SignIn { shell: Shell::open(&app), told: None })
}

async fn ended(State(app): State<App>) -> impl IntoResponse {
    let told = Some(("warn", "You were signed out, because nothing was done for a while.".to_owned()));
    Html(SignIn { shell: Shell::open(&app), told })
}

async fn sign_in(
    State(app): State<App>,
    caller: Caller,
    Form(Login { login, password }): Form<Login>,
) -> Result<Response, Problem> {
    match app.gate.login(caller, login.0, password.0).await? {
        Finished::Refused(wait) => {
            let problem = refused(&app, wait).await;
            let told = "That did not sign you in. Check name and password; after several failures the account waits.";
            Ok(again(&problem, |told| SignIn { shell: Shell::open(&app), told }, told))
        }
        finished => goes_on(finished),
    }
}

async fn code_form(State(app): State<App>, _: PendingLogin) -> impl IntoResponse {
    Html(Code { shell: Shell::open(&app), told: None })
}

async fn code(
    State(app): State<App>,
    pending: PendingLogin,
    caller: Caller,
    Form(Typed { code }): Form<Typed>,
) -> Result<Response, Problem> {
    match app.gate.second_factor(caller, pending, code.0).await? {
        Finished::Refused(wait) => {
            let problem = refused(&app, wait).await;
            let told = "That code did not work. A code works once, and for a minute; take the next one.";
            Ok(again(&problem, |told| Code { shell: Shell::open(&app), told }, told))
        }
        finished => goes_on(finished),
    }
}

fn again<T: Template>(problem: &Problem, page: impl FnOnce(Told) -> T, told: &str) -> Response {
    refusal(problem.kind().status(), page(Some(("bad", told.to_owned()))))
}

fn goes_on(finished: Finished) -> Result<Response, Problem> {
    let (cookies, next) = match finished {
        Finished::Session(session) => {
            let forced = session.rights == SessionRights::MustChange;
            (Cookies::of_session(&session), if forced { "/password" } else { "/dashboard" })
        }
        Finished::SecondFactor(pending) => (Cookies::of_pending(&pending), "/sign-in/code"),
        Finished::Refused(_) => return Err(Kind::WrongCredentials.into()),
    };
    Ok((cookies.headers(), see(next)).into_response())
}

/// Why somebody leaves.
#[derive(Deserialize)]
struct Leave {
    reason: String,
}

async fn sign_out(
    State(gate): State<Gate>,
    caller: Caller,
    headers: HeaderMap,
    Form(Leave { reason }): Form<Leave>,
) -> Result<Response, Problem> {
    let token = cookie::read(&headers, cookie::SESSION).and_then(|text| SessionToken::parse(text).ok());
    if let Some(token) = token {
        gate.log_out(caller, token).await?;
    }
    let mut headers = Cookies::end().headers();
    headers
        .insert(header::HeaderName::from_static("clear-site-data"), HeaderValue::from_static(r#""cache", "storage""#));
    let next = if reason == "idle" { "/sign-in/ended" } else { "/sign-in" };
    Ok((StatusCode::SEE_OTHER, headers, see(next)).into_response())
}
