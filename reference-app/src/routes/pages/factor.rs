//! The second factor of the user's own account.

use super::super::auth::refused;
use super::account;
use super::sign_in::Typed;
use crate::page::{Html, Shell, Told, Viewer, refusal, see};
use crate::state::App;
use crate::web::cookie::Cookies;
use crate::web::{Kind, Problem};
use askama::Template;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Form, Router};
use hipaa_core::auth::totp::EnrolmentUri;
use hipaa_core::identity::FactorChange;
use secrecy::ExposeSecret as _;

const ISSUER: &str = "reference-app";

/// The routes of this area.
pub fn router() -> Router<App> {
    Router::new()
        .route("/account/factor", post(begin))
        .route("/account/factor/confirm", post(confirm))
        .route("/account/factor/remove", post(remove))
        .route("/account/recovery-codes", get(ready).post(codes))
}

/// What an authenticator app needs. It is shown once.
struct Enrolment {
    qr: String,
    secret: String,
}

#[derive(Template)]
#[template(path = "factor.html")]
struct Factor {
    shell: Shell,
    told: Told,
    enrolment: Option<Enrolment>,
}

#[derive(Template)]
#[template(path = "recovery.html")]
struct Recovery {
    shell: Shell,
    codes: Vec<String>,
}

async fn begin(viewer: Viewer) -> Result<impl IntoResponse, Problem> {
    let made = viewer.signed_in.account(|unit, identity, active, _| Ok(identity.enrol_totp(unit, &active)?));
    let seed = made.await?.open()?;
    let internal = |error| Problem::new(Kind::Internal).caused_by(&error);
    let uri = EnrolmentUri::new(&seed, ISSUER, &viewer.who.name).map_err(internal)?;
    let svg = uri.to_svg().map_err(internal)?;
    // The document without its declaration, to stand inside of a page.
    let qr = svg.expose_secret().find("<svg").and_then(|start| svg.expose_secret().get(start..)).unwrap_or_default();
    let secret = uri.expose().split(['?', '&']).find_map(|part| part.strip_prefix("secret=")).unwrap_or_default();
    let enrolment = Some(Enrolment { qr: qr.to_owned(), secret: secret.to_owned() });
    Ok(Html(Factor { shell: viewer.shell("/account"), told: None, enrolment }))
}

async fn confirm(State(app): State<App>, viewer: Viewer, Form(typed): Form<Typed>) -> Result<Response, Problem> {
    let confirmed = viewer.signed_in.account(move |unit, identity, active, client| {
        Ok(identity.confirm_totp(unit, &active, typed.code.0.expose_secret(), client)?)
    });
    match confirmed.await?.open()? {
        FactorChange::Done(session) => {
            Ok((Cookies::of_session(&session).headers(), see("/account/recovery-codes")).into_response())
        }
        FactorChange::Refused(wait) => {
            let problem = refused(&app, wait).await;
            let told = Some(("bad", "That code did not work. Wait for the next one.".to_owned()));
            let page = Factor { shell: viewer.shell("/account"), told, enrolment: None };
            Ok(refusal(problem.kind().status(), page))
        }
    }
}

async fn remove(State(app): State<App>, viewer: Viewer, Form(typed): Form<Typed>) -> Result<Response, Problem> {
    let removed = viewer.signed_in.account(move |unit, identity, active, client| {
        Ok(identity.remove_totp(unit, &active, typed.code.0.expose_secret(), client)?)
    });
    match removed.await?.open()? {
        FactorChange::Done(session) => Ok((Cookies::of_session(&session).headers(), see("/account")).into_response()),
        FactorChange::Refused(wait) => {
            let problem = refused(&app, wait).await;
            let told =
                Some(("bad", "That code did not work, so nothing was removed. Wait for the next one.".to_owned()));
            Ok(refusal(problem.kind().status(), account::page(&viewer, told).await?))
        }
    }
}

async fn ready(viewer: Viewer) -> impl IntoResponse {
    Html(Recovery { shell: viewer.shell("/account"), codes: Vec::new() })
}

async fn codes(viewer: Viewer) -> Result<impl IntoResponse, Problem> {
    let made = viewer.signed_in.account(|unit, identity, active, _| Ok(identity.recovery_codes(unit, &active)?));
    let codes = made.await?.open()?.iter().map(|code| code.text().expose_secret().to_owned()).collect();
    Ok(Html(Recovery { shell: viewer.shell("/account"), codes }))
}
