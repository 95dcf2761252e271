//! Encounters and operative records: drafted, signed, amended. Both are the same pages over other fields.

use super::super::shared::id;
use super::shown::{Fact, breaks, text};
use crate::clinical::signable::{amend, check_time, draft, edit, instant, row, sign};
use crate::page::{Html, Shell, Viewer, refusal, see};
use crate::schema::clinical::{ENCOUNTERS, ENDED, LABEL, STARTED};
use crate::schema::consultation::{
    ASSESSMENT, CHIEF_COMPLAINT, CLINICAL_NOTES, COMPLICATIONS, DIAGNOSIS, FINDINGS, INTERNAL_NOTES, OBJECTIVE,
    OPERATIVE_RECORDS, PLAN, POSTOPERATIVE, PREOPERATIVE, SUBJECTIVE, TECHNIQUE, TREATMENT_NOTES,
};
use crate::state::App;
use crate::web::{Kind, Problem};
use askama::Template;
use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Form, Router};
use hipaa_core::auth::role::Operation;
use hipaa_core::schema::{Column, RecordId, Table, Text};
use hipaa_core::vault::{Record, Row};
use std::collections::HashMap;

/// A field of a note: its column, its name in the form, its label, and whether it is a long text.
type Field = (Column<Text>, &'static str, &'static str, bool);

const ENCOUNTER: &[Field] = &[
    (STARTED, "started", "When", false),
    (LABEL, "label", "What it was", false),
    (CHIEF_COMPLAINT, "chief_complaint", "Chief complaint", false),
    (DIAGNOSIS, "diagnosis", "Diagnosis", false),
    (SUBJECTIVE, "subjective", "Subjective", true),
    (OBJECTIVE, "objective", "Objective", true),
    (ASSESSMENT, "assessment", "Assessment", true),
    (PLAN, "plan", "Plan", true),
    (CLINICAL_NOTES, "clinical_notes", "Clinical notes", true),
    (INTERNAL_NOTES, "internal_notes", "Internal notes", true),
    (TREATMENT_NOTES, "treatment_notes", "Treatment notes", true),
];
const OPERATION: &[Field] = &[
    (STARTED, "started", "Began", false),
    (ENDED, "ended", "Ended", false),
    (LABEL, "label", "Operation", false),
    (PREOPERATIVE, "preoperative_diagnosis", "Diagnosis before", false),
    (POSTOPERATIVE, "postoperative_diagnosis", "Diagnosis after", false),
    (FINDINGS, "findings", "Findings", true),
    (TECHNIQUE, "technique", "Technique", true),
    (COMPLICATIONS, "complications", "Complications", true),
];

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

struct Input {
    name: &'static str,
    label: &'static str,
    value: String,
    long: bool,
    masked: bool,
}

#[derive(Template)]
#[template(path = "note_form.html")]
struct FormPage {
    shell: Shell,
    title: String,
    action: String,
    back: String,
    version: u64,
    told: Vec<String>,
    inputs: Vec<Input>,
    amends: bool,
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

type Typed = Form<HashMap<String, String>>;

impl Notes {
    fn router(&'static self) -> Router<App> {
        let path = |rest: &str| format!("{}/{{id}}{rest}", self.path);
        let new = format!("/patients/{{id}}{}/new", self.path);
        Router::new()
            .route(
                &new,
                get(async move |viewer: Viewer, at: Path<String>| self.blank(&viewer, &at, "new").await).post(
                    async move |viewer: Viewer, at: Path<String>, typed: Typed| self.draft(&viewer, &at, &typed).await,
                ),
            )
            .route(&path(""), get(async move |viewer: Viewer, at: Path<String>| self.show(&viewer, &at).await))
            .route(
                &path("/edit"),
                get(async move |viewer: Viewer, at: Path<String>| self.form(&viewer, &at, "edit").await).post(
                    async move |viewer: Viewer, at: Path<String>, typed: Typed| self.edit(&viewer, &at, &typed).await,
                ),
            )
            .route(
                &path("/amend"),
                get(async move |viewer: Viewer, at: Path<String>| self.form(&viewer, &at, "amend").await).post(
                    async move |viewer: Viewer, at: Path<String>, typed: Typed| self.amend(&viewer, &at, &typed).await,
                ),
            )
            .route(
                &path("/sign"),
                post(async move |viewer: Viewer, at: Path<String>, typed: Typed| self.sign(&viewer, &at, &typed).await),
            )
    }

    async fn read(&'static self, viewer: &Viewer, record: RecordId) -> Result<Record, Problem> {
        let table = self.table;
        Ok(viewer.signed_in.disclose(move |unit, vault| Ok(vault.read(unit, table, record)?)).await?.open()?)
    }

    async fn show(&'static self, viewer: &Viewer, at: &str) -> Result<Response, Problem> {
        let record = self.read(viewer, id(at)?).await?;
        let fact = |(column, _, label, _): &Field| {
            let (value, masked) = text(&record, *column);
            Fact { label, values: vec![value], masked }
        };
        let facts = self.fields.iter().map(fact).filter(|fact| fact.values.iter().any(|value| !value.is_empty()));
        let signed = record.signature().map(|signature| Signed {
            user: signature.user().to_owned(),
            role: signature.role().to_lowercase(),
            time: instant(signature.time().micros()),
            commitment: hex::encode(signature.commitment()),
        });
        let may = |operation| viewer.permissions.allows(self.table, operation) && record.integrity().is_intact();
        let draft = signed.is_none();
        let page = Page {
            shell: viewer.shell("/patients"),
            title: self.title,
            path: self.path,
            id: record.id().to_string(),
            version: record.version(),
            patient: record.subject().map(|patient| patient.to_string()),
            intact: record.integrity().is_intact(),
            breaks: breaks(&record),
            facts: facts.collect(),
            may_edit: draft && may(Operation::Update),
            may_sign: draft && may(Operation::Sign),
            may_amend: !draft && may(Operation::Amend),
            signed,
            amends: record.amends().map(|original| original.to_string()),
        };
        Ok(Html(page).into_response())
    }

    async fn blank(&'static self, viewer: &Viewer, at: &str, _: &str) -> Result<Response, Problem> {
        let back = format!("/patients/{}", id(at)?);
        let title = format!("New {}", self.title.to_lowercase());
        Ok(Html(self.page(viewer, (title, format!("{back}{}/new", self.path), back), self.inputs(None)))
            .into_response())
    }

    async fn form(&'static self, viewer: &Viewer, at: &str, step: &'static str) -> Result<Response, Problem> {
        let record = self.read(viewer, id(at)?).await?;
        let back = format!("{}/{}", self.path, record.id());
        let title = format!("{} {}", if step == "edit" { "Edit" } else { "Amend" }, self.title.to_lowercase());
        let page = self.page(viewer, (title, format!("{back}/{step}"), back), self.inputs(Some(&record)));
        Ok(Html(FormPage { version: record.version(), amends: step == "amend", ..page }).into_response())
    }

    fn page(&self, viewer: &Viewer, (title, action, back): (String, String, String), inputs: Vec<Input>) -> FormPage {
        let shell = viewer.shell("/patients");
        FormPage { shell, title, action, back, version: 0, told: Vec::new(), inputs, amends: false }
    }

    fn inputs(&self, record: Option<&Record>) -> Vec<Input> {
        let input = |(column, name, label, long): &Field| {
            let (value, masked) = record.map(|record| text(record, *column)).unwrap_or_default();
            Input { name, label, value, long: *long, masked }
        };
        self.fields.iter().map(input).collect()
    }

    fn row(&self, typed: &HashMap<String, String>) -> Result<Row, Problem> {
        let given = |name: &str| typed.get(name).map(String::as_str);
        check_time(given("started").filter(|text| !text.is_empty()))?;
        check_time(given("ended").filter(|text| !text.is_empty()))?;
        let fields = self.fields.iter().map(|(column, name, ..)| (*column, *name, given(name))).collect::<Vec<_>>();
        Ok(row(&fields)?)
    }

    /// The form again, with what was typed and what is wrong with it.
    fn again(
        &self,
        (viewer, at, step): (&Viewer, &str, &str),
        typed: &HashMap<String, String>,
        problem: Problem,
    ) -> Result<Response, Problem> {
        let told = match problem.kind() {
            Kind::Stale => "Somebody changed it while you were typing. Nothing was saved; go back and read it again.",
            Kind::Invalid => "A field does not have the form it needs: times are YYYY-MM-DD, or with time and offset.",
            _ => return Err(problem),
        };
        let retyped = |input: Input| {
            let value = typed.get(input.name).cloned().unwrap_or_default();
            Input { value, ..input }
        };
        let inputs = self.inputs(None).into_iter().map(retyped).collect();
        let (action, back) = match step {
            "new" => (format!("/patients/{at}{}/new", self.path), format!("/patients/{at}")),
            step => (format!("{}/{at}/{step}", self.path), format!("{}/{at}", self.path)),
        };
        let page = self.page(viewer, (self.title.to_owned(), action, back), inputs);
        let page = FormPage { told: vec![told.to_owned()], version: version(typed), amends: step == "amend", ..page };
        Ok(refusal(problem.kind().status(), page))
    }

    async fn draft(
        &'static self,
        viewer: &Viewer,
        at: &str,
        typed: &HashMap<String, String>,
    ) -> Result<Response, Problem> {
        let (patient, table) = (id(at)?, self.table);
        let row = match self.row(typed) {
            Ok(row) => row,
            Err(problem) => return self.again((viewer, at, "new"), typed, problem),
        };
        let made = viewer.signed_in.write(move |unit, vault| Ok(draft(unit, vault, (table, patient), row)?));
        Ok(see(&format!("{}/{}", self.path, made.await?.into_inner().record)))
    }

    async fn edit(
        &'static self,
        viewer: &Viewer,
        at: &str,
        typed: &HashMap<String, String>,
    ) -> Result<Response, Problem> {
        let (record, table, version) = (id(at)?, self.table, version(typed));
        let row = match self.row(typed) {
            Ok(row) => row,
            Err(problem) => return self.again((viewer, at, "edit"), typed, problem),
        };
        let written = viewer.signed_in.write(move |unit, vault| Ok(edit(unit, vault, (table, record, version), &row)?));
        match written.await {
            Ok(_) => Ok(see(&format!("{}/{record}", self.path))),
            Err(problem) => self.again((viewer, at, "edit"), typed, problem),
        }
    }

    async fn amend(
        &'static self,
        viewer: &Viewer,
        at: &str,
        typed: &HashMap<String, String>,
    ) -> Result<Response, Problem> {
        let (original, table) = (id(at)?, self.table);
        let row = match self.row(typed) {
            Ok(row) => row,
            Err(problem) => return self.again((viewer, at, "amend"), typed, problem),
        };
        let made = viewer.signed_in.write(move |unit, vault| Ok(amend(unit, vault, (table, original), &row)?));
        Ok(see(&format!("{}/{}", self.path, made.await?.into_inner().record)))
    }

    async fn sign(
        &'static self,
        viewer: &Viewer,
        at: &str,
        typed: &HashMap<String, String>,
    ) -> Result<Response, Problem> {
        let (record, table, version) = (id(at)?, self.table, version(typed));
        let signed = viewer.signed_in.write(move |unit, vault| Ok(sign(unit, vault, (table, record, version))?));
        signed.await?.into_inner();
        Ok(see(&format!("{}/{record}", self.path)))
    }
}

/// The version that was read; none is older than every record.
fn version(typed: &HashMap<String, String>) -> u64 {
    typed.get("version").and_then(|version| version.parse().ok()).unwrap_or_default()
}
