//! The user's own account: second factor, address, sessions, the password again.

use super::auth::{Code, Next, Progress, refused};
use crate::state::App;
use crate::web::cookie::Cookies;
use crate::web::json::Secret;
use crate::web::{Json, Kind, Problem, SignedIn};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use hipaa_core::auth::totp::EnrolmentUri;
use hipaa_core::clock::Timestamp;
use hipaa_core::identity::{FactorChange, NewSession, SessionInfo, StepUp};
use secrecy::ExposeSecret as _;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

const ISSUER: &str = "reference-app";

/// The routes of this area.
pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(step_up))
        .routes(routes!(enrol, confirm, remove))
        .routes(routes!(recovery_codes))
        .routes(routes!(contact))
        .routes(routes!(session))
        .routes(routes!(sessions, end_others))
        .routes(routes!(end_session))
}

/// The password again, and the code where a second factor is enrolled.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Again {
    #[schema(value_type = String, format = Password)]
    password: Secret,
    #[schema(value_type = Option<String>)]
    code: Option<Secret>,
}

#[utoipa::path(post, path = "/api/account/step-up", request_body = Again, responses(
    (status = 200, body = Progress),
    Problem,
))]
async fn step_up(State(app): State<App>, signed_in: SignedIn, Json(body): Json<Again>) -> Result<Response, Problem> {
    match signed_in.step_up(body.password.0, body.code.map(|code| code.0)).await? {
        StepUp::Done(session) => Ok(goes_on(&session)),
        StepUp::Refused(refusal) => Err(refused(&app, refusal).await),
    }
}

fn goes_on(session: &NewSession) -> Response {
    (Cookies::of_session(session).headers(), axum::Json(Progress { next: Next::Work })).into_response()
}

/// What an authenticator app needs. It is shown once.
#[derive(Serialize, ToSchema)]
struct Enrolment {
    /// `otpauth://…`
    uri: String,
    /// The same as a picture: an SVG document.
    qr: String,
}

#[utoipa::path(get, path = "/api/account/totp", responses(
    (status = 200, body = Enrolment),
    Problem,
))]
async fn enrol(signed_in: SignedIn) -> Result<axum::Json<Enrolment>, Problem> {
    let made = signed_in.account(|unit, identity, active, _| {
        let seed = identity.enrol_totp(unit, &active)?;
        let unit: &mut dyn hipaa_core::unit::Unit = unit;
        Ok((seed, unit.hold(active.user().display_name().to_owned())))
    });
    let (seed, name) = made.await?.open()?;
    let internal = |error| Problem::new(Kind::Internal).caused_by(&error);
    let uri = EnrolmentUri::new(&seed, ISSUER, &name).map_err(internal)?;
    let qr = uri.to_svg().map_err(internal)?.expose_secret().to_owned();
    Ok(axum::Json(Enrolment { uri: uri.expose().to_owned(), qr }))
}

#[utoipa::path(post, path = "/api/account/totp", request_body = Code, responses(
    (status = 200, body = Progress, description = "Enrolled; every other session has ended"),
    Problem,
))]
async fn confirm(State(app): State<App>, signed_in: SignedIn, Json(body): Json<Code>) -> Result<Response, Problem> {
    let confirmed = signed_in.account(move |unit, identity, active, client| {
        Ok(identity.confirm_totp(unit, &active, body.code.0.expose_secret(), client)?)
    });
    changed(&app, confirmed.await?.open()?).await
}

#[utoipa::path(delete, path = "/api/account/totp", request_body = Code, responses(
    (status = 200, body = Progress, description = "Removed; every other session has ended"),
    Problem,
))]
async fn remove(State(app): State<App>, signed_in: SignedIn, Json(body): Json<Code>) -> Result<Response, Problem> {
    let removed = signed_in.account(move |unit, identity, active, client| {
        Ok(identity.remove_totp(unit, &active, body.code.0.expose_secret(), client)?)
    });
    changed(&app, removed.await?.open()?).await
}

async fn changed(app: &App, change: FactorChange) -> Result<Response, Problem> {
    match change {
        FactorChange::Done(session) => Ok(goes_on(&session)),
        FactorChange::Refused(refusal) => Err(refused(app, refusal).await),
    }
}

/// Codes that stand in for the second factor, once each. They are shown once.
#[derive(Serialize, ToSchema)]
struct RecoveryCodes {
    codes: Vec<String>,
}

#[utoipa::path(post, path = "/api/account/recovery-codes", responses(
    (status = 200, body = RecoveryCodes),
    Problem,
))]
async fn recovery_codes(signed_in: SignedIn) -> Result<axum::Json<RecoveryCodes>, Problem> {
    let made = signed_in.account(|unit, identity, active, _| Ok(identity.recovery_codes(unit, &active)?));
    let codes = made.await?.open()?;
    Ok(axum::Json(RecoveryCodes { codes: codes.iter().map(|code| code.text().expose_secret().to_owned()).collect() }))
}

/// Where notices and resets go.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Contact {
    #[schema(value_type = String)]
    address: Secret,
}

#[utoipa::path(put, path = "/api/account/contact", request_body = Contact, responses(
    (status = 204, description = "Both addresses are told"),
    Problem,
))]
async fn contact(signed_in: SignedIn, Json(body): Json<Contact>) -> Result<StatusCode, Problem> {
    if body.address.0.expose_secret().parse::<lettre::Address>().is_err() {
        return Err(Problem::new(Kind::Invalid).field("address", "no address that mail can go to"));
    }
    let change = signed_in.account(move |unit, identity, active, _| {
        Ok(identity.change_contact(unit, &active, body.address.0.expose_secret())?)
    });
    change.await.map(|_| StatusCode::NO_CONTENT)
}

/// How long the session lasts if nobody does anything.
#[derive(Serialize, ToSchema)]
struct Remaining {
    seconds: u64,
}

#[utoipa::path(get, path = "/api/account/session", responses(
    (status = 200, body = Remaining, description = "Asking does not make the session longer"),
    Problem,
))]
async fn session(signed_in: SignedIn) -> Result<axum::Json<Remaining>, Problem> {
    let left = signed_in.account(|unit, identity, active, _| Ok(identity.remaining(unit, &active)));
    Ok(axum::Json(Remaining { seconds: left.await?.into_inner().as_secs() }))
}

/// One of the user's sessions.
#[derive(Serialize, ToSchema)]
struct Session {
    /// By which to end it.
    id: String,
    created: String,
    /// The last activity, at most 30 seconds out of date.
    renewed: String,
    /// Whether it is the one that asks.
    current: bool,
}

impl Session {
    fn of(info: &SessionInfo) -> Self {
        let time = |time: Timestamp| jiff::Timestamp::from_microsecond(time.micros()).map(|time| time.to_string());
        let (created, renewed) = (time(info.created).unwrap_or_default(), time(info.renewed).unwrap_or_default());
        Self { id: hex::encode(info.id), created, renewed, current: info.current }
    }
}

#[utoipa::path(get, path = "/api/account/sessions", responses(
    (status = 200, body = [Session]),
    Problem,
))]
async fn sessions(signed_in: SignedIn) -> Result<axum::Json<Vec<Session>>, Problem> {
    let list = signed_in.account(|unit, identity, active, _| Ok(identity.sessions(unit, &active)?));
    Ok(axum::Json(list.await?.into_inner().iter().map(Session::of).collect()))
}

#[utoipa::path(delete, path = "/api/account/sessions", responses(
    (status = 204, description = "Every session but this one has ended"),
    Problem,
))]
async fn end_others(signed_in: SignedIn) -> Result<StatusCode, Problem> {
    let end = signed_in.account(|unit, identity, active, _| Ok(identity.end_others(unit, &active)?));
    end.await.map(|_| StatusCode::NO_CONTENT)
}

#[utoipa::path(delete, path = "/api/account/sessions/{id}", params(("id" = String, Path)), responses(
    (status = 204, description = "It has ended, now or before"),
    Problem,
))]
async fn end_session(signed_in: SignedIn, Path(id): Path<String>) -> Result<StatusCode, Problem> {
    let mut bytes = [0; 16];
    hex::decode_to_slice(&id, &mut bytes).map_err(|_| Kind::NotFound)?;
    let end = signed_in.account(move |unit, identity, active, _| Ok(identity.end_session(unit, &active, bytes)?));
    end.await.map(|_| StatusCode::NO_CONTENT)
}
