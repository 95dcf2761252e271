//! Signing in and out.

use crate::state::App;
use crate::web::cookie::{self, Cookies};
use crate::web::json::Secret;
use crate::web::{Caller, Gate, Json, Kind, PendingLogin, Problem};
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::IntoResponse;
use hipaa_core::auth::session::SessionRights;
use hipaa_core::auth::token::SessionToken;
use hipaa_core::identity::{Finished, Refusal};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The routes of this area.
pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(login)).routes(routes!(verify_2fa)).routes(routes!(logout))
}

/// Who wants to sign in.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Login {
    #[schema(value_type = String)]
    login: Secret,
    #[schema(value_type = String, format = Password)]
    password: Secret,
}

/// A code of the second factor.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Code {
    /// Six digits of the authenticator app, or a recovery code.
    #[schema(value_type = String)]
    pub(super) code: Secret,
}

/// What must follow.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Next {
    /// Nothing: the user is signed in.
    Work,
    /// The password must be changed; the session can do nothing else.
    ChangePassword,
    /// A code of the second factor.
    SecondFactor,
}

/// How far the login is. The tokens are in cookies.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Progress {
    pub(super) next: Next,
}

#[utoipa::path(post, path = "/api/auth/login", request_body = Login, responses(
    (status = 200, body = Progress),
    Problem,
))]
async fn login(
    State(app): State<App>,
    caller: Caller,
    Json(Login { login, password }): Json<Login>,
) -> Result<impl IntoResponse, Problem> {
    let finished = app.gate.login(caller, login.0, password.0).await?;
    answer(&app, finished).await
}

#[utoipa::path(post, path = "/api/auth/verify-2fa", request_body = Code, responses(
    (status = 200, body = Progress),
    Problem,
))]
async fn verify_2fa(
    State(app): State<App>,
    pending: PendingLogin,
    caller: Caller,
    Json(Code { code }): Json<Code>,
) -> Result<impl IntoResponse, Problem> {
    let finished = app.gate.second_factor(caller, pending, code.0).await?;
    answer(&app, finished).await
}

async fn answer(app: &App, finished: Finished) -> Result<(HeaderMap, axum::Json<Progress>), Problem> {
    let (cookies, next) = match finished {
        Finished::Session(session) => (
            Cookies::of_session(&session),
            match session.rights {
                SessionRights::MustChange => Next::ChangePassword,
                _ => Next::Work,
            },
        ),
        Finished::SecondFactor(pending) => (Cookies::of_pending(&pending), Next::SecondFactor),
        Finished::Refused(refusal) => return Err(refused(app, refusal).await),
    };
    Ok((cookies.headers(), axum::Json(Progress { next })))
}

/// The one answer to every guess, no earlier than at its time.
pub(super) async fn refused(app: &App, refusal: Refusal) -> Problem {
    tokio::time::sleep(refusal.wait(app.clock.now())).await;
    Kind::WrongCredentials.into()
}

#[utoipa::path(post, path = "/api/auth/logout", responses(
    (status = 204, description = "Signed out, whether there was a session or not"),
    Problem,
))]
async fn logout(State(gate): State<Gate>, caller: Caller, headers: HeaderMap) -> Result<impl IntoResponse, Problem> {
    let token = cookie::read(&headers, cookie::SESSION).and_then(|text| SessionToken::parse(text).ok());
    if let Some(token) = token {
        gate.log_out(caller, token).await?;
    }
    let mut headers = Cookies::end().headers();
    let clear = HeaderValue::from_static(r#""cache", "cookies", "storage""#);
    headers.insert(header::HeaderName::from_static("clear-site-data"), clear);
    Ok((StatusCode::NO_CONTENT, headers))
}
