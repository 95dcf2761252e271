//! Editing demographics: what the role sees masked has no input, and a version that somebody else replaced is not.

use super::super::shared::id;
use super::shown::{date, facts, names, text, texts};
use crate::clinical::patient::{Input, update};
use crate::fhir::name::preferred;
use crate::page::{Html, Shell, Viewer, refusal, see};
use crate::schema::{BORN, EMAILS, GENDER, LANGUAGE, MARITAL_STATUS, MRN, PATIENT, PHONES, SSN};
use crate::state::App;
use crate::web::{Kind, Problem};
use askama::Template;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Form, Router};
use hipaa_core::schema::RecordId;
use hipaa_core::vault::Record;
use std::collections::HashMap;

const GENDERS: &[&str] = &["", "female", "male", "other", "unknown"];
const COMMAS: &str = "a comma between each";

/// The routes of this area.
pub fn router() -> Router<App> {
    Router::new().route("/patients/{id}/edit", get(form).post(save))
}

struct Field {
    name: &'static str,
    label: &'static str,
    hint: Option<&'static str>,
    value: String,
    masked: bool,
    choices: &'static [&'static str],
}

#[derive(Template)]
#[template(path = "edit.html")]
struct Edit {
    shell: Shell,
    id: String,
    version: u64,
    told: Vec<String>,
    fields: Vec<Field>,
    /// What stands there now, after a conflict.
    now: Option<Vec<(&'static str, String)>>,
}

async fn read(viewer: &Viewer, patient: RecordId) -> Result<Record, Problem> {
    Ok(viewer.signed_in.disclose(move |unit, vault| Ok(vault.read(unit, &PATIENT, patient)?)).await?.open()?)
}

async fn form(viewer: Viewer, Path(patient): Path<String>) -> Result<impl IntoResponse, Problem> {
    let record = read(&viewer, id(&patient)?).await?;
    let (shell, fields) = (viewer.shell("/patients"), fields(&record));
    Ok(Html(Edit { shell, id: patient, version: record.version(), told: Vec::new(), fields, now: None }))
}

async fn save(
    viewer: Viewer,
    Path(patient): Path<String>,
    Form(typed): Form<HashMap<String, String>>,
) -> Result<Response, Problem> {
    let record = id(&patient)?;
    let version = typed.get("version").and_then(|version| version.parse::<u64>().ok()).ok_or(Kind::Malformed)?;
    let input = input(&typed);
    let written = viewer.signed_in.write(move |unit, vault| Ok(update(unit, vault, (record, version), &input)?)).await;
    let problem = match written {
        Ok(_) => return Ok(see(&format!("/patients/{patient}"))),
        Err(problem) => problem,
    };
    let status = problem.kind().status();
    let told = match problem.kind() {
        Kind::Stale => vec!["Somebody changed this patient while you were typing. Nothing was saved.".to_owned()],
        Kind::Conflict => vec!["Another patient has this MRN or SSN.".to_owned()],
        Kind::Invalid => vec!["A field does not have the form it needs. Dates are YYYY-MM-DD.".to_owned()],
        _ => return Err(problem),
    };
    let stale = status == StatusCode::PRECONDITION_FAILED;
    let record = read(&viewer, record).await?;
    let now = facts(&record).into_iter().map(|fact| (fact.label, fact.values.join(", ")));
    let now = stale.then(|| now.collect());
    let version = if stale { record.version() } else { version };
    let fields = retyped(fields(&record), &typed);
    Ok(refusal(status, Edit { shell: viewer.shell("/patients"), id: patient, version, told, fields, now }))
}

/// What was typed stays.
fn retyped(fields: Vec<Field>, typed: &HashMap<String, String>) -> Vec<Field> {
    let again = |field: Field| match typed.get(field.name) {
        Some(value) if !field.masked => Field { value: value.clone(), ..field },
        _ => field,
    };
    fields.into_iter().map(again).collect()
}

fn fields(record: &Record) -> Vec<Field> {
    let named = names(record);
    let person = preferred(&named);
    let family = person.and_then(|name| name.family.clone()).unwrap_or_default();
    let given = person.map(|name| name.given.join(" ")).unwrap_or_default();
    let field = |name, label, (value, masked)| Field { name, label, hint: None, value, masked, choices: &[] };
    let list = |name, label, (values, masked): (Vec<String>, bool)| Field {
        hint: Some(COMMAS),
        ..field(name, label, (values.join(", "), masked))
    };
    vec![
        field("family", "Family name", (family, false)),
        field("given", "Given names", (given, false)),
        Field { hint: Some("YYYY-MM-DD"), ..field("birth_date", "Born", date(record, BORN)) },
        Field { choices: GENDERS, ..field("gender", "Gender", text(record, GENDER)) },
        list("mrn", "MRN", texts(record, MRN)),
        field("ssn", "SSN", text(record, SSN)),
        list("phones", "Phone", texts(record, PHONES)),
        list("emails", "E-mail", texts(record, EMAILS)),
        field("marital_status", "Marital status", text(record, MARITAL_STATUS)),
        field("language", "Language", text(record, LANGUAGE)),
    ]
}

/// What is not in the form, because it is masked, stays as it is.
fn input(typed: &HashMap<String, String>) -> Input {
    let text = |name: &str| typed.get(name).map(|text| text.trim().to_owned());
    let split = |name: &str, by: &[char]| {
        let items =
            |text: &String| text.split(by).map(str::trim).filter(|item| !item.is_empty()).map(str::to_owned).collect();
        typed.get(name).map(items)
    };
    Input {
        family: text("family"),
        given: split("given", &[' ']),
        birth_date: text("birth_date"),
        gender: text("gender"),
        mrn: split("mrn", &[',']),
        ssn: text("ssn"),
        phones: split("phones", &[',']),
        emails: split("emails", &[',']),
        marital_status: text("marital_status"),
        language: text("language"),
    }
}
