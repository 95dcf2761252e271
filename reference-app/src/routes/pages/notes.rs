//! Encounters and operative records: drafted, signed, amended. Both are the same pages over other fields.

mod fields;
mod form;

use super::super::shared::id;
use super::people::People;
use super::shown::{Fact, breaks, text};
use crate::clinical::signable::{amend, draft, edit, sign};
use crate::page::{Html, Shell, Viewer, see, time};
use crate::schema::clinical::ENCOUNTERS;
use crate::schema::consultation::OPERATIVE_RECORDS;
use crate::state::App;
use crate::web::Problem;
use askama::Template;
use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Form, Router};
use fields::{ENCOUNTER, Field, OPERATION};
use form::{Step, version};
use hipaa_core::auth::role::Operation;
use hipaa_core::schema::Table;
use hipaa_core::seal::Signature;
use hipaa_core::vault::Record;
use std::collections::HashMap;

/// One of the two.
struct Notes {
    title: &'static str,
    path: &'static str,
    table: &'static Table,
    fields: &'static [Field],
}

static NOTES: [Notes; 2] = [
    Notes { title: "Encounter", path: "/encounters", table: &ENCOUNTERS, fields: ENCOUNTER },
    Notes { title: "Operative record", path: "/operative-records", table: &OPERATIVE_RECORDS, fields: OPERATION },
];

/// The routes of this area.
pub fn router() -> Router<App> {
    NOTES.iter().fold(Router::new(), |router, notes| router.merge(notes.router()))
}

struct Signed {
    user: String,
    role: String,
    time: String,
    commitment: String,
}

#[derive(Template)]
#[template(path = "note.html")]
struct Page {
    shell: Shell,
    title: &'static str,
    path: &'static str,
    id: String,
    version: u64,
    patient: Option<String>,
    intact: bool,
    breaks: Vec<String>,
    facts: Vec<Fact>,
    signed: Option<Signed>,
    amends: Option<String>,
    may_edit: bool,
    may_sign: bool,
    may_amend: bool,
}

type Typed = HashMap<String, String>;

impl Notes {
    fn router(&'static self) -> Router<App> {
        let one = |rest: &str| format!("{}/{{id}}{rest}", self.path);
        let form = |step| {
            get(async move |viewer: Viewer, at: Path<String>| self.form(step, &viewer, &at).await).post(
                async move |viewer: Viewer, at: Path<String>, typed: Form<Typed>| {
                    self.save(step, &viewer, &at, &typed).await
                },
            )
        };
        let show = get(async move |viewer: Viewer, at: Path<String>| self.show(&viewer, &at).await);
        let sign = post(async move |viewer: Viewer, at: Path<String>, typed: Form<Typed>| {
            self.sign(&viewer, &at, &typed).await
        });
        Router::new()
            .route(&format!("/patients/{{id}}{}/new", self.path), form(Step::New))
            .route(&one(""), show)
            .route(&one("/edit"), form(Step::Edit))
            .route(&one("/amend"), form(Step::Amend))
            .route(&one("/sign"), sign)
    }

    async fn show(&'static self, viewer: &Viewer, at: &str) -> Result<Response, Problem> {
        let record = viewer.read(self.table, id(at)?).await?;
        let signed = match record.signature() {
            Some(signature) => Some(Signed::of(viewer, &signature).await?),
            None => None,
        };
        Ok(Html(self.page(viewer, &record, signed)).into_response())
    }

    fn page(&self, viewer: &Viewer, record: &Record, signed: Option<Signed>) -> Page {
        let fact = |(column, _, label, _): &Field| {
            let (value, masked) = text(record, *column);
            Fact { label, values: vec![value], masked }
        };
        let facts = self.fields.iter().map(fact).filter(|fact| fact.values.iter().any(|value| !value.is_empty()));
        let may = |operation| viewer.permissions.allows(self.table, operation) && record.integrity().is_intact();
        let draft = signed.is_none();
        Page {
            shell: viewer.shell("/patients"),
            title: self.title,
            path: self.path,
            id: record.id().to_string(),
            version: record.version(),
            patient: record.subject().map(|patient| patient.to_string()),
            intact: record.integrity().is_intact(),
            breaks: breaks(record),
            facts: facts.collect(),
            may_edit: draft && may(Operation::Update),
            may_sign: draft && may(Operation::Sign),
            may_amend: !draft && may(Operation::Amend),
            signed,
            amends: record.amends().map(|original| original.to_string()),
        }
    }

    /// Writes what a form says; what is wrong with it comes back with the form.
    async fn save(&'static self, step: Step, viewer: &Viewer, at: &str, typed: &Typed) -> Result<Response, Problem> {
        let (target, table, version) = (id(at)?, self.table, version(typed));
        let row = match self.row(typed) {
            Ok(row) => row,
            Err(problem) => return self.again(step, (viewer, at), typed, problem),
        };
        let write = viewer.signed_in.write(move |unit, vault| {
            Ok(match step {
                Step::New => draft(unit, vault, (table, target), row)?,
                Step::Edit => edit(unit, vault, (table, target, version), &row)?,
                Step::Amend => amend(unit, vault, (table, target), &row)?,
            })
        });
        match write.await {
            Ok(written) => Ok(see(&format!("{}/{}", self.path, written.into_inner().record))),
            Err(problem) => self.again(step, (viewer, at), typed, problem),
        }
    }

    async fn sign(&'static self, viewer: &Viewer, at: &str, typed: &Typed) -> Result<Response, Problem> {
        let (record, table, version) = (id(at)?, self.table, version(typed));
        let signed = viewer.signed_in.write(move |unit, vault| Ok(sign(unit, vault, (table, record, version))?));
        signed.await?.into_inner();
        Ok(see(&format!("{}/{record}", self.path)))
    }
}

impl Signed {
    async fn of(viewer: &Viewer, signature: &Signature) -> Result<Self, Problem> {
        let people = People::known(viewer, vec![signature.user().to_owned()]).await?;
        Ok(Self {
            user: people.name(signature.user()).to_owned(),
            role: signature.role().to_lowercase().replace('_', " "),
            time: time(signature.time()),
            commitment: hex::encode(signature.commitment()),
        })
    }
}
