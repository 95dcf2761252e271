//! A patient's chart.

use super::super::shared::id;
use super::shown::{Fact, breaks, facts, name, text};
use crate::chart::{Paging, SECTIONS, disclose};
use crate::page::{Html, Shell, Told, Viewer};
use crate::schema::PATIENT;
use crate::schema::clinical::{DOCUMENTS, ENCOUNTER, LABEL, NOTE, STARTED, STATUS};
use crate::schema::consultation::OPERATIVE_RECORDS;
use crate::state::App;
use crate::web::Problem;
use askama::Template;
use axum::Router;
use axum::extract::{Path, Query, State};
use axum::response::IntoResponse;
use axum::routing::get;
use hipaa_core::auth::mask::View;
use hipaa_core::auth::role::{Ability, Operation, Permissions};
use hipaa_core::schema::{Column, Table};
use hipaa_core::vault::{Record, Selected};
use serde::Deserialize;

/// How many entries of each section are on a page.
const PER_PAGE: usize = 10;

/// The routes of this area.
pub fn router() -> Router<App> {
    Router::new().route("/patients/{id}", get(chart))
}

struct Row {
    when: String,
    what: String,
    status: String,
    intact: bool,
    masked: bool,
    href: Option<String>,
    notes: Vec<(String, bool)>,
}

struct Section {
    title: String,
    total: usize,
    rows: Vec<Row>,
    flagged: Vec<String>,
    /// Where a new entry is made, if the role may.
    new: Option<String>,
}

#[derive(Template)]
#[template(path = "chart.html")]
struct Chart {
    shell: Shell,
    told: Told,
    id: String,
    version: u64,
    name: String,
    intact: bool,
    breaks: Vec<String>,
    facts: Vec<Fact>,
    sections: Vec<Section>,
    /// Sections of which the role sees nothing.
    hidden: Vec<&'static str>,
    /// Whether emergency access is offered.
    emergency: bool,
    may_edit: bool,
    page: usize,
    pages: usize,
}

/// Which page of each section.
#[derive(Deserialize)]
struct Paged {
    page: Option<usize>,
}

type Named = (&'static str, &'static Table);

/// The sections that the role may look into, operative records among them, and those of which it sees nothing: what is
/// masked is not put in order, either.
fn sections(permissions: &Permissions) -> (Vec<Named>, Vec<Named>) {
    let all = SECTIONS.into_iter().chain([("operative records", &OPERATIVE_RECORDS)]);
    let all = all.filter(|(_, table)| permissions.allows(table, Operation::Search));
    all.partition(|(name, table)| {
        let ordered = !matches!(*name, "problems" | "medications") || sees(permissions, table, STATUS);
        ordered && sees(permissions, table, STARTED)
    })
}

fn sees<T>(permissions: &Permissions, table: &Table, column: Column<T>) -> bool {
    permissions.view(table, column.def().label()) == View::Clear
}

async fn chart(
    State(app): State<App>,
    viewer: Viewer,
    Path(patient): Path<String>,
    Query(Paged { page }): Query<Paged>,
) -> Result<impl IntoResponse, Problem> {
    let (patient, page) = (id(&patient)?, page.unwrap_or(1).clamp(1, 10_000));
    // Under emergency access, what the policy opens of this one patient.
    let grant = viewer.grant_to(patient);
    let permissions = match grant {
        Some(_) => app.gate.policy.emergency_permissions(patient),
        None => viewer.permissions.clone(),
    };
    let (wanted, hidden) = sections(&permissions);
    let looking = wanted.clone();
    let linked = sees(&permissions, &DOCUMENTS, ENCOUNTER) && sees(&permissions, &DOCUMENTS, STARTED);
    let notes = linked && wanted.iter().any(|(name, _)| *name == "encounters");
    let read = viewer.signed_in.disclose_under(grant, move |unit, vault| {
        let paging = Paging { section: None, page, per_page: PER_PAGE, notes };
        disclose::<Problem>(unit, vault, (patient, paging), &looking)
    });
    let (person, found, notes) = read.await?.open()?;
    let pages = found.iter().map(|section| section.total.div_ceil(PER_PAGE)).max().unwrap_or(1).max(1);
    let may = |operation, table: &Table| viewer.permissions.allows(table, operation);
    let sections = wanted.iter().zip(&found);
    let sections = sections.map(|((name, table), found)| Section::of((name, table), found, &notes));
    let sections = sections.map(|section| section.for_patient(&patient.to_string(), &may)).collect();
    Ok(Html(Chart {
        shell: viewer.shell("/patients"),
        told: None,
        id: person.id().to_string(),
        version: person.version(),
        name: name(&person),
        intact: person.integrity().is_intact(),
        breaks: breaks(&person),
        facts: facts(&person),
        sections,
        hidden: hidden.iter().map(|(name, _)| *name).collect(),
        emergency: grant.is_none() && !hidden.is_empty() && viewer.permissions.has(Ability::InvokeEmergency),
        may_edit: person.integrity().is_intact() && may(Operation::Update, &PATIENT),
        page,
        pages,
    }))
}

/// Where one record of a section has a page of its own.
fn place(name: &str) -> Option<&'static str> {
    match name {
        "encounters" => Some("/encounters"),
        "operative records" => Some("/operative-records"),
        "medications" => Some("/prescriptions"),
        _ => None,
    }
}

impl Section {
    fn of((name, _): (&str, &Table), found: &Selected, notes: &[Selected]) -> Self {
        let notes = if name == "encounters" { notes.first() } else { None };
        let rows = found.records.iter().map(|record| Row::of(name, record, notes)).collect();
        let mut title = name.to_owned();
        title.get_mut(..1).map(str::make_ascii_uppercase);
        let flagged = found.flagged.iter().map(ToString::to_string).collect();
        Self { title, total: found.total, rows, flagged, new: None }
    }

    fn for_patient(self, patient: &str, may: &impl Fn(Operation, &Table) -> bool) -> Self {
        let new = match self.title.as_str() {
            "Encounters" if may(Operation::Create, &crate::schema::clinical::ENCOUNTERS) => "encounters",
            "Operative records" if may(Operation::Create, &OPERATIVE_RECORDS) => "operative-records",
            _ => return self,
        };
        Self { new: Some(format!("/patients/{patient}/{new}/new")), ..self }
    }
}

impl Row {
    fn of(name: &str, record: &Record, notes: Option<&Selected>) -> Self {
        let ((what, masked), (when, _)) = (text(record, LABEL), text(record, STARTED));
        let own = |note: &&Record| note.get(ENCOUNTER).ok().flatten() == Some(record.id());
        let notes = notes.into_iter().flat_map(|notes| notes.records.iter().filter(own));
        let notes = notes.map(|note| (text(note, NOTE).0, note.integrity().is_intact())).collect();
        let signed = record.signature().map(|_| if record.amends().is_some() { "signed amendment" } else { "signed" });
        let drafted = matches!(name, "encounters" | "operative records").then_some("draft");
        let status = Some(text(record, STATUS).0).filter(|status| !status.is_empty());
        Self {
            when: when.chars().take(10).collect(),
            what: if what.is_empty() { "(no name)".to_owned() } else { what },
            status: signed.map(str::to_owned).or(status).or(drafted.map(str::to_owned)).unwrap_or_default(),
            intact: record.integrity().is_intact(),
            masked,
            href: place(name).map(|place| format!("{place}/{}", record.id())),
            notes,
        }
    }
}
