//! Prescriptions: looked at, printed, sent to a pharmacy.

use super::super::shared::id;
use super::shown::Fact;
use super::shown::{breaks, facts, name, text, texts};
use crate::clinical::prescription::{self, Transmit};
use crate::page::{Html, Shell, Told, Viewer, refusal};
use crate::schema::clinical::{CODES, LABEL, MEDICATIONS, STARTED, STATUS};
use crate::schema::consultation::TRANSMISSIONS;
use crate::state::App;
use crate::web::{Kind, Problem};
use askama::Template;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Form, Router};
use hipaa_core::auth::role::Operation;
use hipaa_core::vault::{Record, TenantVault};
use hipaa_sqlite::Unit;
use serde::Deserialize;
use std::sync::Arc;

/// The routes of this area.
pub fn router() -> Router<App> {
    Router::new()
        .route("/prescriptions/{id}", get(show))
        .route("/prescriptions/{id}/print", post(print))
        .route("/prescriptions/{id}/transmit", post(transmit))
}

#[derive(Template)]
#[template(path = "prescription.html")]
struct Page {
    shell: Shell,
    told: Told,
    id: String,
    patient: Option<String>,
    intact: bool,
    breaks: Vec<String>,
    facts: Vec<Fact>,
    /// Whether there is anything to print: not where the role sees masks.
    may_print: bool,
    may_transmit: bool,
    /// The patient and the prescriber, where it is printed.
    sheet: Option<(String, Vec<Fact>, Option<String>, String)>,
}

fn page(viewer: &Viewer, record: &Record) -> Page {
    let fact = |label, (value, masked): (String, bool)| Fact { label, values: vec![value], masked };
    let (codes, masked) = texts(record, CODES);
    let all = [
        fact("Drug", text(record, LABEL)),
        Fact { label: "Code", values: codes, masked },
        fact("Status", text(record, STATUS)),
        fact("Written", text(record, STARTED)),
    ];
    let facts = all.into_iter().filter(|fact| fact.values.iter().any(|value| !value.is_empty())).collect::<Vec<_>>();
    let may = viewer.permissions.allows(&TRANSMISSIONS, Operation::Create);
    Page {
        shell: viewer.shell("/patients"),
        told: None,
        id: record.id().to_string(),
        patient: record.subject().map(|patient| patient.to_string()),
        intact: record.integrity().is_intact(),
        breaks: breaks(record),
        may_print: !facts.iter().any(|fact| fact.masked),
        facts,
        may_transmit: may && record.integrity().is_intact() && record.table() == &MEDICATIONS,
        sheet: None,
    }
}

async fn show(viewer: Viewer, Path(at): Path<String>) -> Result<impl IntoResponse, Problem> {
    Ok(Html(page(&viewer, &viewer.read(&MEDICATIONS, id(&at)?).await?)))
}

async fn print(State(app): State<App>, viewer: Viewer, Path(at): Path<String>) -> Result<impl IntoResponse, Problem> {
    let at = id(&at)?;
    let (grant, record) = (viewer.grant_of(&MEDICATIONS, at).await?, Arc::new(viewer.read(&MEDICATIONS, at).await?));
    let sheet = Arc::clone(&record);
    let print = move |unit: &mut Unit<'_>, vault: &TenantVault| Ok(prescription::print(unit, vault, &sheet)?);
    let look = viewer.signed_in.disclose_under(grant, print);
    let (patient, prescriber) = look.await?.open()?;
    let by = prescriber.map(|prescriber| text(&prescriber, LABEL).0);
    let sheet = Some((name(&patient), facts(&patient), by, crate::page::time(app.clock.now())));
    Ok(Html(Page { sheet, ..page(&viewer, &record) }))
}

/// Where it is to be sent.
#[derive(Deserialize)]
struct To {
    pharmacy: String,
}

async fn transmit(
    State(app): State<App>,
    viewer: Viewer,
    Path(at): Path<String>,
    Form(To { pharmacy }): Form<To>,
) -> Result<Response, Problem> {
    let (record, now) = (Arc::new(viewer.read(&MEDICATIONS, id(&at)?).await?), app.clock.now());
    let (sent, to) = (Arc::clone(&record), Transmit { pharmacy: pharmacy.trim().to_owned() });
    let send = viewer.signed_in.write(move |unit, vault| Ok(prescription::transmit(unit, vault, (&sent, &to, now))?));
    let page = page(&viewer, &record);
    let (told, problem) = match send.await {
        Ok(_) => (("good", "It is in the outbox, and goes to the pharmacy from there.".to_owned()), None),
        Err(problem) if problem.kind() == Kind::Conflict => {
            (("warn", "It was sent already.".to_owned()), Some(problem))
        }
        Err(problem) if problem.kind() == Kind::Invalid => {
            (("bad", "That is no address of a pharmacy.".to_owned()), Some(problem))
        }
        Err(problem) => return Err(problem),
    };
    let page = Page { told: Some(told), ..page };
    Ok(match problem {
        None => Html(page).into_response(),
        Some(problem) => refusal(problem.kind().status(), page),
    })
}
