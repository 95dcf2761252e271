//! Emergency access: one patient, a reason, an end, and a review by somebody else. The library counts, limits, notes and
//! tells; these are its forms.

use super::super::shared::id;
use super::people::People;
use crate::page::{Html, Shell, Viewer, refusal, see, sentence, time};
use crate::state::App;
use crate::web::{Kind, Problem};
use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Form, Router};
use hipaa_core::auth::reason::{Reason, ReasonCode};
use hipaa_core::authority::SweepMark;
use hipaa_core::identity::{OpenReview, Verdict};
use serde::Deserialize;

/// How many reviews are on a page.
const PER_PAGE: usize = 20;

/// The routes of this area.
pub fn router() -> Router<App> {
    Router::new()
        .route("/emergency", get(queue))
        .route("/emergency/review", post(review))
        .route("/emergency/end", post(end))
        .route("/emergency/{id}", get(form).post(open))
}

#[derive(Template)]
#[template(path = "emergency.html")]
struct FormPage {
    shell: Shell,
    patient: String,
    codes: Vec<&'static str>,
    text: String,
    told: Option<String>,
}

/// Why somebody needs it.
#[derive(Deserialize)]
struct Why {
    code: String,
    text: String,
}

fn page(viewer: &Viewer, patient: String) -> FormPage {
    let codes = ReasonCode::ALL.iter().map(|code| code.label()).collect();
    FormPage { shell: viewer.shell("/patients"), patient, codes, text: String::new(), told: None }
}

async fn form(viewer: Viewer, Path(patient): Path<String>) -> Result<impl IntoResponse, Problem> {
    Ok(Html(page(&viewer, id(&patient)?.to_string())))
}

async fn open(
    State(app): State<App>,
    viewer: Viewer,
    Path(patient): Path<String>,
    Form(why): Form<Why>,
) -> Result<Response, Problem> {
    let (subject, policy) = (id(&patient)?, app.gate.policy.clone());
    let code = ReasonCode::from_label(&why.code).ok_or(Kind::Malformed)?;
    let reason = match Reason::new(code, &why.text) {
        Ok(reason) => reason,
        Err(error) => {
            let page = FormPage { text: why.text, told: Some(sentence(&error.to_string())), ..page(&viewer, patient) };
            return Ok(refusal(StatusCode::UNPROCESSABLE_ENTITY, page));
        }
    };
    let opening = viewer.signed_in.account(move |unit, identity, active, _| {
        Ok(identity.open_emergency(unit, &active, &policy, (subject, &reason))?)
    });
    match opening.await {
        Ok(opened) => drop(opened.into_inner()),
        Err(problem) if problem.kind() == Kind::StepUpNeeded => {
            return Ok(see(&format!("/step-up?next=/emergency/{patient}")));
        }
        Err(problem) => return Err(problem),
    }
    Ok(see(&format!("/patients/{patient}")))
}

/// Which grant.
#[derive(Deserialize)]
struct Grant {
    grant: String,
}

fn grant(text: &str) -> Result<[u8; 16], Problem> {
    let mut grant = [0; 16];
    hex::decode_to_slice(text, &mut grant).map_err(|_| Kind::NotFound)?;
    Ok(grant)
}

async fn end(viewer: Viewer, Form(typed): Form<Grant>) -> Result<Response, Problem> {
    let grant = grant(&typed.grant)?;
    let ending =
        viewer.signed_in.account(move |unit, identity, active, _| Ok(identity.end_emergency(unit, &active, grant)?));
    ending.await?.into_inner();
    Ok(see("/dashboard"))
}

struct Open {
    grant: String,
    user: String,
    name: String,
    patient: String,
    code: &'static str,
    reason: String,
    began: String,
    due: String,
    overdue: bool,
}

impl Open {
    fn of(open: &OpenReview, people: &People) -> Self {
        let user = open.grant.user.to_string();
        Self {
            grant: hex::encode(open.grant.id),
            name: people.name(&user).to_owned(),
            user,
            patient: open.grant.patient.to_string(),
            code: open.grant.code.label(),
            reason: open.reason.to_string(),
            began: time(open.grant.began),
            due: time(open.due),
            overdue: open.overdue,
        }
    }
}

#[derive(Template)]
#[template(path = "reviews.html")]
struct Queue {
    shell: Shell,
    open: Vec<Open>,
    altered: usize,
    told: Option<String>,
    /// Whether this is not the first page.
    later: bool,
    /// Where the next page begins.
    next: Option<String>,
}

/// Which page of the queue.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Paged {
    after: String,
}

async fn look(app: &App, viewer: &Viewer, (paged, told): (Paged, Option<String>)) -> Result<Queue, Problem> {
    let (policy, later) = (app.gate.policy.clone(), !paged.after.is_empty());
    let after = match later {
        true => Some(SweepMark::parse(&paged.after).ok_or(Kind::NotFound)?),
        false => None,
    };
    let look = viewer.signed_in.account(move |unit, identity, active, _| {
        Ok(identity.reviews_page(unit, &active, &policy, (after, PER_PAGE))?)
    });
    let found = look.await?.open()?;
    let people = People::known(viewer, found.open.iter().map(|open| open.grant.user.to_string()).collect()).await?;
    let open = found.open.iter().map(|open| Open::of(open, &people)).collect();
    let (altered, next) = (found.altered.len(), found.next.map(|mark| mark.to_string()));
    Ok(Queue { shell: viewer.shell("/emergency"), open, altered, told, later, next })
}

async fn queue(
    State(app): State<App>,
    viewer: Viewer,
    Query(paged): Query<Paged>,
) -> Result<impl IntoResponse, Problem> {
    Ok(Html(look(&app, &viewer, (paged, None)).await?))
}

/// What a review came to.
#[derive(Deserialize)]
struct Judged {
    grant: String,
    verdict: String,
    text: String,
}

async fn review(State(app): State<App>, viewer: Viewer, Form(judged): Form<Judged>) -> Result<Response, Problem> {
    let (grant, policy) = (grant(&judged.grant)?, app.gate.policy.clone());
    let verdict = match judged.verdict.as_str() {
        "justified" => Verdict::Justified,
        "unjustified" => Verdict::Unjustified,
        _ => return Err(Kind::Malformed.into()),
    };
    let judgement = match Reason::new(ReasonCode::Other, &judged.text) {
        Ok(judgement) => judgement,
        Err(error) => {
            let page = look(&app, &viewer, (Paged::default(), Some(sentence(&error.to_string())))).await?;
            return Ok(refusal(StatusCode::UNPROCESSABLE_ENTITY, page));
        }
    };
    let reviewing = viewer.signed_in.account(move |unit, identity, active, _| {
        Ok(identity.review(unit, &active, &policy, (grant, verdict, &judgement))?)
    });
    reviewing.await?.into_inner();
    Ok(see("/emergency"))
}
