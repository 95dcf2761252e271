//! Finding patients. What is typed is in the body of the request, never in its address.

use super::shown::{date, name, texts};
use crate::clinical::ClinicalError;
use crate::clinical::patient::{Query, search};
use crate::page::{Html, Shell, Told, Viewer, refusal};
use crate::schema::{BORN, BY_PHONE, MRN, PATIENT};
use crate::state::App;
use crate::web::Problem;
use askama::Template;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Form, Router};
use core::fmt;
use hipaa_core::auth::mask::View;
use hipaa_core::vault::{Found, Record, TenantVault};
use hipaa_sqlite::Unit;
use serde::Deserialize;

/// The routes of this area.
pub fn router() -> Router<App> {
    Router::new().route("/patients", get(form).post(find))
}

/// What was typed.
#[derive(Clone, Default, Deserialize)]
#[serde(default)]
struct Asked {
    by: String,
    family: String,
    given: String,
    born: String,
    mrn: String,
    phone: String,
}

struct One {
    id: String,
    name: String,
    born: String,
    masked: bool,
    mrn: String,
    intact: bool,
}

impl One {
    fn of(record: &Record) -> Self {
        let ((born, masked), (mrn, _)) = (date(record, BORN), texts(record, MRN));
        let (id, intact) = (record.id().to_string(), record.integrity().is_intact());
        Self { id, name: name(record), born, masked, mrn: mrn.join(", "), intact }
    }
}

#[derive(Template)]
#[template(path = "search.html")]
struct Search {
    shell: Shell,
    told: Told,
    asked: Asked,
    found: Option<Vec<One>>,
    flagged: usize,
    /// Whether the role sees birth dates, and so may look by them.
    by_name: bool,
}

fn by_name(viewer: &Viewer) -> bool {
    viewer.permissions.view(&PATIENT, BORN.def().label()) == View::Clear
}

async fn form(viewer: Viewer) -> impl IntoResponse {
    let (shell, by_name) = (viewer.shell("/patients"), by_name(&viewer));
    Html(Search { shell, told: None, asked: Asked::default(), found: None, flagged: 0, by_name })
}

async fn find(viewer: Viewer, Form(asked): Form<Asked>) -> Result<Response, Problem> {
    let (shell, by_name) = (viewer.shell("/patients"), by_name(&viewer));
    let query = asked.clone();
    let looked = viewer.signed_in.disclose(move |unit, vault| Ok(look(unit, vault, &query)?)).await;
    let found = match looked {
        Ok(found) => found.open()?,
        Err(problem) if problem.kind().status() == StatusCode::UNPROCESSABLE_ENTITY => {
            let told = Some(("bad", "Family name and birth date are needed, or a number.".to_owned()));
            let page = Search { shell, told, asked, found: None, flagged: 0, by_name };
            return Ok(refusal(StatusCode::UNPROCESSABLE_ENTITY, page));
        }
        Err(problem) => return Err(problem),
    };
    let (records, flagged) = (found.records.iter().map(One::of).collect(), found.flagged.len());
    Ok(Html(Search { shell, told: None, asked, found: Some(records), flagged, by_name }).into_response())
}

/// A person with a name of one word has it as both names.
fn look(unit: &mut Unit<'_>, vault: &TenantVault, asked: &Asked) -> Result<Found, ClinicalError> {
    match asked.by.as_str() {
        "mrn" => search(unit, vault, &Query { mrn: Some(asked.mrn.clone()), ..Query::default() }),
        "phone" => Ok(vault.find(unit, &PATIENT, BY_PHONE, (asked.phone.as_str(),))?),
        _ => {
            let given = if asked.given.trim().is_empty() { &asked.family } else { &asked.given };
            let (family, given) = (Some(asked.family.clone()), Some(given.clone()));
            search(unit, vault, &Query { family, given, birth_date: Some(asked.born.clone()), ..Query::default() })
        }
    }
}

impl fmt::Debug for Asked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Asked(…)")
    }
}
