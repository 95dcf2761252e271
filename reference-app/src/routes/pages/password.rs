//! Passwords: changed, forgotten, set by a token.

use super::super::auth::refused;
use crate::page::{Html, Shell, Told, Viewer, refusal, see, sentence};
use crate::state::App;
use crate::web::cookie::Cookies;
use crate::web::json::Secret;
use crate::web::sign_in::PasswordToken;
use crate::web::{Caller, Kind, Problem, SignedIn};
use askama::Template;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Form, Router};
use hipaa_core::auth::token::Token;
use hipaa_core::identity::{PasswordOutcome, StepUp};
use hipaa_core::unit::Committed;
use secrecy::ExposeSecret as _;
use serde::Deserialize;

/// The routes of this area.
pub fn router() -> Router<App> {
    Router::new()
        .route("/password", get(form).post(change))
        .route("/forgot", get(forgot_form).post(forgot))
        .route("/reset", get(reset_form).post(reset))
        .route("/activate", get(activate_form).post(activate))
        .route("/step-up", get(step_up_form).post(step_up))
}

#[derive(Template)]
#[template(path = "password.html")]
struct Password {
    shell: Shell,
    forced: bool,
    told: Vec<String>,
}

/// A change.
#[derive(Deserialize)]
struct Change {
    current: Secret,
    password: Secret,
    again: Secret,
}

/// Whether the session may do nothing but this is shown, not enforced, here: the gate does that.
async fn forced(signed_in: &SignedIn) -> Result<bool, Problem> {
    let look = signed_in.account(|_, _, active, _| Ok(active.user().must_change()));
    Ok(look.await?.into_inner())
}

async fn form(State(app): State<App>, signed_in: SignedIn) -> Result<impl IntoResponse, Problem> {
    let forced = forced(&signed_in).await?;
    Ok(Html(Password { shell: Shell::open(&app), forced, told: Vec::new() }))
}

async fn change(State(app): State<App>, signed_in: SignedIn, Form(typed): Form<Change>) -> Result<Response, Problem> {
    let forced = forced(&signed_in).await?;
    let again = |told: Vec<String>| {
        Ok(refusal(StatusCode::UNPROCESSABLE_ENTITY, Password { shell: Shell::open(&app), forced, told }))
    };
    if typed.password.0.expose_secret() != typed.again.0.expose_secret() {
        return again(vec!["The two new passwords are not the same.".to_owned()]);
    }
    match signed_in.change_password(typed.current.0, typed.password.0).await? {
        PasswordOutcome::Changed(session) => {
            Ok((Cookies::of_session(&session).headers(), see("/account")).into_response())
        }
        PasswordOutcome::Rejected(rules) => again(rules.iter().map(|rule| sentence(&rule.to_string())).collect()),
        PasswordOutcome::Unusable(error) => again(vec![sentence(&error.to_string())]),
        PasswordOutcome::Refused(wait) => {
            refused(&app, wait).await;
            again(vec!["The current password is not right.".to_owned()])
        }
        PasswordOutcome::Set => Err(Kind::Internal.into()),
    }
}

#[derive(Template)]
#[template(path = "forgot.html")]
struct ForgotPage {
    shell: Shell,
    sent: bool,
}

/// Who forgot the password.
#[derive(Deserialize)]
struct Forgot {
    login: Secret,
}

async fn forgot_form(State(app): State<App>) -> impl IntoResponse {
    Html(ForgotPage { shell: Shell::open(&app), sent: false })
}

async fn forgot(State(app): State<App>, caller: Caller, Form(typed): Form<Forgot>) -> Result<Response, Problem> {
    let identity = app.gate.identity.clone();
    let ask = app
        .gate
        .bridge
        .write(move |unit| Ok(identity.request_reset(unit, typed.login.0.expose_secret(), &caller.client())?));
    let asked: Result<Committed<_>, Problem> = ask.await;
    tokio::time::sleep(asked?.into_inner().wait(app.clock.now())).await;
    Ok(Html(ForgotPage { shell: Shell::open(&app), sent: true }).into_response())
}

#[derive(Template)]
#[template(path = "reset.html")]
struct ByTokenPage {
    shell: Shell,
    action: &'static str,
    told: Told,
    done: bool,
    /// What was typed, where it is to be used again.
    token: String,
}

/// A token and the new password.
#[derive(Deserialize)]
struct ByToken {
    token: Secret,
    password: Secret,
}

fn by_token(app: &App, action: &'static str) -> ByTokenPage {
    ByTokenPage { shell: Shell::open(app), action, told: None, done: false, token: String::new() }
}

async fn reset_form(State(app): State<App>) -> impl IntoResponse {
    Html(by_token(&app, "/reset"))
}

async fn activate_form(State(app): State<App>) -> impl IntoResponse {
    Html(by_token(&app, "/activate"))
}

async fn reset(State(app): State<App>, caller: Caller, Form(typed): Form<ByToken>) -> Result<Response, Problem> {
    let token = Token::parse(typed.token.0.expose_secret()).map(PasswordToken::Reset).ok();
    set(app, caller, ("/reset", token), typed).await
}

async fn activate(State(app): State<App>, caller: Caller, Form(typed): Form<ByToken>) -> Result<Response, Problem> {
    let token = Token::parse(typed.token.0.expose_secret()).map(PasswordToken::Activation).ok();
    set(app, caller, ("/activate", token), typed).await
}

async fn set(
    app: App,
    caller: Caller,
    (action, token): (&'static str, Option<PasswordToken>),
    typed: ByToken,
) -> Result<Response, Problem> {
    let again = |told: String, token: &str| {
        let page = ByTokenPage { told: Some(("bad", told)), token: token.to_owned(), ..by_token(&app, action) };
        Ok(refusal(StatusCode::UNPROCESSABLE_ENTITY, page))
    };
    let Some(token) = token else { return again("That token is not one.".to_owned(), "") };
    // A password that is refused leaves the token good, and nobody types it twice.
    let kept = typed.token.0.expose_secret();
    match app.gate.set_password(caller, token, typed.password.0).await? {
        PasswordOutcome::Set | PasswordOutcome::Changed(_) => {
            let told = Some(("good", "The password is set. Sign in with it.".to_owned()));
            Ok(Html(ByTokenPage { told, done: true, ..by_token(&app, action) }).into_response())
        }
        PasswordOutcome::Rejected(rules) => {
            let rules = rules.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ");
            again(format!("This password does not do: {rules}."), kept)
        }
        PasswordOutcome::Unusable(error) => again(sentence(&error.to_string()), kept),
        PasswordOutcome::Refused(wait) => {
            refused(&app, wait).await;
            again("That token does not work any more, or never did.".to_owned(), "")
        }
    }
}

#[derive(Template)]
#[template(path = "step_up.html")]
struct StepUpPage {
    shell: Shell,
    enrolled: bool,
    next: String,
    told: Told,
}

/// Where to go on.
#[derive(Deserialize)]
struct Next {
    #[serde(default)]
    next: String,
}

/// The password again, and a code.
#[derive(Deserialize)]
struct Again {
    next: String,
    password: Secret,
    code: Option<Secret>,
}

async fn step_up_form(viewer: Viewer, Query(Next { next }): Query<Next>) -> impl IntoResponse {
    Html(StepUpPage { shell: viewer.shell(""), enrolled: viewer.enrolled, next, told: None })
}

async fn step_up(State(app): State<App>, viewer: Viewer, Form(typed): Form<Again>) -> Result<Response, Problem> {
    match viewer.signed_in.step_up(typed.password.0, typed.code.map(|code| code.0)).await? {
        StepUp::Done(session) => {
            Ok((Cookies::of_session(&session).headers(), see(own_path(&typed.next))).into_response())
        }
        StepUp::Refused(wait) => {
            let problem = refused(&app, wait).await;
            let told = Some(("bad", "Password or code is not right. A code works once.".to_owned()));
            let page = StepUpPage { shell: viewer.shell(""), enrolled: viewer.enrolled, next: typed.next, told };
            Ok(refusal(problem.kind().status(), page))
        }
    }
}

/// A path of this application, whatever a link says.
fn own_path(next: &str) -> &str {
    let fine = |c: char| c.is_ascii_alphanumeric() || "/-_".contains(c);
    if next.starts_with('/') && !next.starts_with("//") && next.chars().all(fine) { next } else { "/account" }
}

#[cfg(test)]
mod tests {
    use super::own_path;

    #[test]
    fn a_link_leads_nowhere_else() {
        assert_eq!(own_path("/patients/1f-2"), "/patients/1f-2");
        for elsewhere in ["//evil.example", "https://evil.example", "/\\evil.example", "", "/a:b", "/%2f/evil"] {
            assert_eq!(own_path(elsewhere), "/account", "{elsewhere}");
        }
    }
}
