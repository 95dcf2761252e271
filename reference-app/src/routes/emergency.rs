//! Emergency access: one patient, a reason, an end, and a review by somebody else.

use super::patients::{Chart, ENCOUNTERS};
use super::shared::{PageQuery, id};
use crate::clinical::patient;
use crate::clinical::signable::instant;
use crate::state::App;
use crate::web::{Json, Kind, Problem, SignedIn};
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use core::fmt;
use hipaa_core::auth::reason::{Reason, ReasonCode};
use hipaa_core::identity::{EmergencyGrant, OpenReview, Verdict};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The routes of this area.
pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(open, own))
        .routes(routes!(end))
        .routes(routes!(chart))
        .routes(routes!(reviews))
        .routes(routes!(review))
}

/// Access to one patient, and why.
#[derive(Deserialize, ToSchema)]
#[schema(as = EmergencyRequest)]
#[serde(deny_unknown_fields)]
struct Request {
    patient: String,
    /// `treatment`, `life-threatening`, `patient-unresponsive`, `coverage`, `patient-request`, `payment`, `legal`, `other`.
    code: String,
    /// 10 characters to 2,000 bytes. Whoever reviews reads them.
    text: String,
}

/// Access that is open, to one patient.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = EmergencyGrant)]
struct Grant {
    id: String,
    patient: String,
    code: &'static str,
    began: String,
    ends: String,
}

impl Grant {
    fn of(grant: &EmergencyGrant) -> Self {
        Self {
            id: hex::encode(grant.id),
            patient: grant.patient.to_string(),
            code: grant.code.label(),
            began: instant(grant.began.micros()),
            ends: instant(grant.ends.micros()),
        }
    }
}

/// The user's own grants that are live.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = EmergencyGrants)]
struct Grants {
    grants: Vec<Grant>,
}

/// The bytes of a grant's id; what is none is not there.
fn grant_id(text: &str) -> Result<[u8; 16], Problem> {
    let mut grant = [0; 16];
    hex::decode_to_slice(text, &mut grant).map_err(|_| Kind::NotFound)?;
    Ok(grant)
}

fn reason(code: ReasonCode, text: &str) -> Result<Reason, Problem> {
    Reason::new(code, text).map_err(|error| Problem::new(Kind::Invalid).field("text", error.to_string()))
}

#[utoipa::path(post, path = "/api/emergency", request_body = Request, responses(
    (status = 201, body = Grant, description = "Open; whoever reviews is told"),
    Problem,
))]
async fn open(
    State(app): State<App>,
    signed_in: SignedIn,
    Json(asked): Json<Request>,
) -> Result<(StatusCode, axum::Json<Grant>), Problem> {
    let none = |field, what| Problem::new(Kind::Invalid).field(field, what);
    let patient = id(&asked.patient).map_err(|_| none("patient", "is no id of a patient"))?;
    let code = ReasonCode::from_label(&asked.code).ok_or_else(|| none("code", "is none of the codes"))?;
    let (reason, policy) = (reason(code, &asked.text)?, app.gate.policy.clone());
    let opening = signed_in.account(move |unit, identity, active, _| {
        Ok(identity.open_emergency(unit, &active, &policy, (patient, &reason))?)
    });
    Ok((StatusCode::CREATED, axum::Json(Grant::of(&opening.await?.into_inner()))))
}

#[utoipa::path(get, path = "/api/emergency", responses(
    (status = 200, body = Grants),
    Problem,
))]
async fn own(State(app): State<App>, signed_in: SignedIn) -> Result<axum::Json<Grants>, Problem> {
    let look = signed_in.account(|unit, identity, active, _| Ok(identity.emergencies(unit, &active)?));
    let (grants, now) = (look.await?.into_inner(), app.clock.now());
    let grants = grants.iter().filter(|grant| grant.ends > now).map(Grant::of).collect();
    Ok(axum::Json(Grants { grants }))
}

#[utoipa::path(delete, path = "/api/emergency/{id}", params(("id" = String, Path)), responses(
    (status = 204, description = "It has ended, or was none of the user's"),
    Problem,
))]
async fn end(signed_in: SignedIn, Path(grant): Path<String>) -> Result<StatusCode, Problem> {
    let grant = grant_id(&grant)?;
    let ending = signed_in.account(move |unit, identity, active, _| Ok(identity.end_emergency(unit, &active, grant)?));
    ending.await.map(|_| StatusCode::NO_CONTENT)
}

#[utoipa::path(get, path = "/api/emergency/{id}/patients/{patient}/chart",
    params(("id" = String, Path), ("patient" = String, Path)), responses(
    (status = 200, body = Chart<'_>, headers(("ETag" = String)), description = "Unmasked; every entry names the grant"),
    Problem,
))]
async fn chart(signed_in: SignedIn, Path((grant, patient)): Path<(String, String)>) -> Result<Response, Problem> {
    let (grant, patient) = (grant_id(&grant)?, id(&patient)?);
    let read = signed_in
        .disclose_under(Some(grant), move |unit, vault| Ok(patient::chart(unit, vault, (patient, ENCOUNTERS))?));
    let (record, found) = read.await?.open()?;
    Ok(Chart::of(&record, &found).into_response())
}

/// Access that waits for its review.
#[derive(Serialize, ToSchema)]
#[schema(as = EmergencyReview)]
struct Waiting {
    #[serde(flatten)]
    grant: Grant,
    user: String,
    /// Why, in the user's words.
    text: String,
    due: String,
    overdue: bool,
}

impl Waiting {
    fn of(open: &OpenReview) -> Self {
        Self {
            grant: Grant::of(&open.grant),
            user: open.grant.user.to_string(),
            text: open.reason.to_string(),
            due: instant(open.due.micros()),
            overdue: open.overdue,
        }
    }
}

/// One page of those that wait, the overdue ones first.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = EmergencyReviews)]
struct Queue {
    reviews: Vec<Waiting>,
    /// How many of these are overdue.
    overdue: usize,
    /// Reviews that were altered behind the application's back.
    flagged: Vec<String>,
    /// Where the next page begins.
    next: Option<String>,
}

#[utoipa::path(get, path = "/api/emergency/reviews", params(PageQuery), responses(
    (status = 200, body = Queue),
    Problem,
))]
async fn reviews(
    State(app): State<App>,
    signed_in: SignedIn,
    Query(query): Query<PageQuery>,
) -> Result<axum::Json<Queue>, Problem> {
    let (policy, page) = (app.gate.policy.clone(), query.marked()?);
    let look =
        signed_in.account(move |unit, identity, active, _| Ok(identity.reviews_page(unit, &active, &policy, page)?));
    let found = look.await?.open()?;
    Ok(axum::Json(Queue {
        reviews: found.open.iter().map(Waiting::of).collect(),
        overdue: found.open.iter().filter(|open| open.overdue).count(),
        flagged: found.altered.iter().map(ToString::to_string).collect(),
        next: found.next.map(|mark| mark.to_string()),
    }))
}

/// What a review came to.
#[derive(Deserialize, ToSchema)]
#[schema(as = EmergencyJudgement)]
#[serde(deny_unknown_fields)]
struct Judgement {
    /// `justified` or `unjustified`.
    verdict: String,
    /// 10 characters to 2,000 bytes.
    text: String,
}

#[utoipa::path(post, path = "/api/emergency/{id}/review", request_body = Judgement, params(("id" = String, Path)), responses(
    (status = 204, description = "Reviewed, once and for all"),
    Problem,
))]
async fn review(
    State(app): State<App>,
    signed_in: SignedIn,
    Path(grant): Path<String>,
    Json(judged): Json<Judgement>,
) -> Result<StatusCode, Problem> {
    let (grant, policy) = (grant_id(&grant)?, app.gate.policy.clone());
    let verdict = [Verdict::Justified, Verdict::Unjustified].into_iter().find(|one| one.label() == judged.verdict);
    let verdict = verdict.ok_or_else(|| Problem::new(Kind::Invalid).field("verdict", "is none of the two"))?;
    let judgement = reason(ReasonCode::Other, &judged.text)?;
    let reviewing = signed_in.account(move |unit, identity, active, _| {
        Ok(identity.review(unit, &active, &policy, (grant, verdict, &judgement))?)
    });
    reviewing.await.map(|_| StatusCode::NO_CONTENT)
}

macro_rules! quiet {
    ($($name:ident)*) => {$(
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(concat!(stringify!($name), "(…)"))
            }
        }
    )*};
}

quiet!(Request Waiting Judgement);
