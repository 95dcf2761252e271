//! Passwords: forgotten, set by a token, changed.

use super::auth::{Next, Progress, refused};
use crate::state::App;
use crate::web::cookie::Cookies;
use crate::web::json::Secret;
use crate::web::sign_in::PasswordToken;
use crate::web::{Caller, Json, Kind, Problem, SignedIn};
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use hipaa_core::auth::token::Token;
use hipaa_core::identity::PasswordOutcome;
use hipaa_core::unit::Committed;
use secrecy::ExposeSecret as _;
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The routes of this area.
pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(forgot))
        .routes(routes!(reset))
        .routes(routes!(activate))
        .routes(routes!(change))
}

/// Who forgot the password.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Forgot {
    #[schema(value_type = String)]
    login: Secret,
}

/// A token and the new password.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ByToken {
    #[schema(value_type = String)]
    token: Secret,
    #[schema(value_type = String, format = Password)]
    password: Secret,
}

/// The current password and the new one.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Change {
    #[schema(value_type = String, format = Password)]
    current: Secret,
    #[schema(value_type = String, format = Password)]
    password: Secret,
}

#[utoipa::path(post, path = "/api/auth/forgot-password", request_body = Forgot, responses(
    (status = 202, description = "If there is such a user, a mail is on its way"),
    Problem,
))]
async fn forgot(State(app): State<App>, caller: Caller, Json(body): Json<Forgot>) -> Result<StatusCode, Problem> {
    let identity = app.gate.identity.clone();
    let ask = app
        .gate
        .bridge
        .write(move |unit| Ok(identity.request_reset(unit, body.login.0.expose_secret(), &caller.client())?));
    let asked: Result<Committed<_>, Problem> = ask.await;
    tokio::time::sleep(asked?.into_inner().wait(app.clock.now())).await;
    Ok(StatusCode::ACCEPTED)
}

#[utoipa::path(post, path = "/api/auth/reset-password", request_body = ByToken, responses(
    (status = 204, description = "Set; every session of the user has ended"),
    Problem,
))]
async fn reset(State(app): State<App>, caller: Caller, Json(body): Json<ByToken>) -> Result<Response, Problem> {
    let token = Token::parse(body.token.0.expose_secret()).map_err(|_| Kind::WrongCredentials)?;
    let outcome = app.gate.set_password(caller, PasswordToken::Reset(token), body.password.0).await?;
    answer(&app, outcome).await
}

#[utoipa::path(post, path = "/api/auth/activate", request_body = ByToken, responses(
    (status = 204, description = "The first password is set"),
    Problem,
))]
async fn activate(State(app): State<App>, caller: Caller, Json(body): Json<ByToken>) -> Result<Response, Problem> {
    let token = Token::parse(body.token.0.expose_secret()).map_err(|_| Kind::WrongCredentials)?;
    let outcome = app.gate.set_password(caller, PasswordToken::Activation(token), body.password.0).await?;
    answer(&app, outcome).await
}

#[utoipa::path(post, path = "/api/account/password", request_body = Change, responses(
    (status = 200, body = Progress, description = "Changed; every other session has ended"),
    Problem,
))]
async fn change(State(app): State<App>, signed_in: SignedIn, Json(body): Json<Change>) -> Result<Response, Problem> {
    let outcome = signed_in.change_password(body.current.0, body.password.0).await?;
    answer(&app, outcome).await
}

async fn answer(app: &App, outcome: PasswordOutcome) -> Result<Response, Problem> {
    match outcome {
        PasswordOutcome::Changed(session) => {
            let cookies: HeaderMap = Cookies::of_session(&session).headers();
            Ok((cookies, axum::Json(Progress { next: Next::Work })).into_response())
        }
        PasswordOutcome::Set => Ok(StatusCode::NO_CONTENT.into_response()),
        PasswordOutcome::Rejected(rules) => {
            let problem = Problem::new(Kind::Invalid);
            Err(rules.iter().fold(problem, |problem, rule| problem.field("password", rule.to_string())))
        }
        PasswordOutcome::Unusable(error) => Err(Problem::new(Kind::Invalid).field("password", error.to_string())),
        PasswordOutcome::Refused(refusal) => Err(refused(app, refusal).await),
    }
}
