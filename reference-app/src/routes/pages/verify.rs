//! The examination of the log, and the report of tampered records.

use super::chain::Picture;
use crate::chart::describe;
use crate::examine::{AlteredRow, Examined};
use crate::page::{Html, Shell, Viewer, see, time};
use crate::schema::TABLES;
use crate::state::App;
use crate::web::{Problem, SignedIn};
use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use hipaa_core::audit::{Action, Event, EventName, LogId};
use hipaa_core::schema::TenantId;
use hipaa_core::vault::MAX_PAGE;
use hipaa_core::verify::{Break, Class, Completeness, Integrity};
use std::collections::BTreeMap;

/// The most findings that a page lists.
const MAX_LISTED: usize = 200;

/// The routes of this area.
pub fn router() -> Router<App> {
    Router::new().route("/verify", get(show).post(start)).route("/tampered", get(tampered))
}

async fn start(State(app): State<App>, viewer: Viewer) -> Result<Response, Problem> {
    let note = viewer.signed_in.write(|unit, vault| {
        let unit: &mut dyn hipaa_core::unit::Unit = unit;
        Ok(unit.note(Event::new(vault.actor(), EventName::AUDIT_STATUS, Action::Execute))?)
    });
    note.await?.into_inner();
    if let Some(mut run) = app.examiner.begin() {
        tokio::spawn(async move {
            // The session may end meanwhile; then nothing more is checked in its name.
            if let Ok(rows) = check(&viewer.signed_in).await {
                run.rows(viewer.tenant, rows);
                let _ = tokio::task::spawn_blocking(move || run.finish()).await;
            }
        });
    }
    Ok(see("/verify"))
}

/// The rows of the clinic that are not what was written, which only the key shows.
async fn check(signed_in: &SignedIn) -> Result<Vec<AlteredRow>, Problem> {
    let mut found = Vec::new();
    for table in TABLES.iter().copied() {
        let mut after = None;
        loop {
            let page = signed_in.write(move |unit, vault| Ok(vault.check(unit, table, after, MAX_PAGE)?));
            let page = page.await?.into_inner();
            let row = |record, breaks| AlteredRow { table: table.label(), record, breaks };
            found.extend(page.altered.iter().map(|(id, breaks)| row(*id, breaks.iter().map(describe).collect())));
            found.extend(page.missing.iter().map(|id| row(*id, vec!["the row is gone".to_owned()])));
            after = page.next;
            if after.is_none() {
                break;
            }
        }
    }
    Ok(found)
}

struct Finding {
    class: &'static str,
    told: String,
    place: String,
    entry: Option<u64>,
    record: Option<(String, String)>,
}

struct Report {
    when: String,
    took: u128,
    tampered: bool,
    unverifiable: bool,
    unanchored: Option<u64>,
    logs: u64,
    entries: u64,
    breaks: u64,
    elsewhere: usize,
    doubts: Vec<String>,
    found: Vec<Finding>,
    left_out: usize,
}

#[derive(Template)]
#[template(path = "verify.html")]
struct Verify {
    shell: Shell,
    running: bool,
    done: u64,
    total: u64,
    failed: Option<&'static str>,
    report: Option<Report>,
    picture: Picture,
}

/// The clinic's log, and how long it is.
async fn log_of(viewer: &Viewer) -> Result<Option<(LogId, u64)>, Problem> {
    let look = viewer.signed_in.disclose(|unit, vault| {
        let unit: &mut dyn hipaa_core::unit::Unit = unit;
        let head = unit.parts().0.head(vault.actor().tenant()).map_err(hipaa_sqlite::Error::from)?;
        Ok(head.map(|head| (head.log, head.size)))
    });
    Ok(look.await?.into_inner())
}

/// What was found in this clinic's log and in what belongs to all: another clinic's record ids are not this one's to see.
fn own(examined: &Examined, log: Option<LogId>) -> Vec<&Break> {
    let mine = |found: &&Break| found.log == log || (found.log.is_none() && found.record.is_none());
    let lost_term = |found: &&Break| found.class == Class::Term;
    examined.breaks.iter().filter(|found| mine(found) || lost_term(found)).collect()
}

async fn show(State(app): State<App>, viewer: Viewer) -> Result<impl IntoResponse, Problem> {
    let (state, log) = (app.examiner.state(), log_of(&viewer).await?);
    let (done, total) = state.running.unwrap_or((0, 1));
    let examined = state.last.as_deref();
    let report = examined.map(|examined| Report::of(examined, viewer.tenant, &own(examined, log.map(|(log, _)| log))));
    let places = examined.map(|examined| places(&own(examined, log.map(|(log, _)| log)))).unwrap_or_default();
    let picture = Picture::of(log.map_or(0, |(_, size)| size), &places);
    let (shell, running, failed) = (viewer.shell("/verify"), state.running.is_some(), state.failed);
    Ok(Html(Verify { shell, running, done, total: total.max(1), failed, report, picture }))
}

/// Where the chain is broken. What follows from an altered entry, that a hash over many of them is another one, counts where
/// nothing says which entry it is.
fn places(found: &[&Break]) -> Vec<(u64, u64)> {
    let of_log = found.iter().filter(|found| found.record.is_none());
    let placed = |found: &&Break| Some((found.class, found.places?));
    let (wide, narrow) = of_log.filter_map(placed).partition::<Vec<_>, _>(|(class, _)| {
        matches!(class, Class::Tile | Class::Root | Class::Head | Class::Signature)
    });
    let told = if narrow.is_empty() { wide } else { narrow };
    told.into_iter().map(|(_, places)| places).collect()
}

impl Report {
    fn of(examined: &Examined, tenant: TenantId, own: &[&Break]) -> Self {
        let report = &examined.report;
        let rows = examined.rows.get(&tenant).map(Vec::as_slice).unwrap_or_default();
        let found = own.iter().map(|found| Finding::of(found)).chain(rows.iter().map(Finding::of_row));
        let found = found.collect::<Vec<_>>();
        let unanchored = match report.completeness {
            Completeness::Anchored => None,
            Completeness::Unanchored(count) => Some(count),
        };
        Self {
            when: time(examined.at),
            took: examined.took.as_millis(),
            tampered: report.integrity == Integrity::Tampered || !rows.is_empty(),
            unverifiable: report.integrity == Integrity::Unverifiable,
            unanchored,
            logs: report.logs,
            entries: report.entries,
            breaks: report.breaks + rows.len() as u64,
            elsewhere: examined.breaks.len() - own.len(),
            doubts: report.doubts.iter().map(ToString::to_string).collect(),
            left_out: found.len().saturating_sub(MAX_LISTED),
            found: found.into_iter().take(MAX_LISTED).collect(),
        }
    }
}

impl Finding {
    fn of(found: &Break) -> Self {
        let place = match found.places {
            None => "the log as a whole".to_owned(),
            Some((from, to)) if from == to => format!("entry {from}"),
            Some((from, to)) => format!("entries {from} to {to}"),
        };
        let place = if found.record.is_some() && found.places.is_none() { "the row".to_owned() } else { place };
        let record = found.record.as_ref().map(|(table, record)| (table.clone(), record.to_string()));
        Self {
            class: found.class.name(),
            told: told(found.class).to_owned(),
            place,
            entry: found.places.map(|p| p.0),
            record,
        }
    }
}

impl Finding {
    fn of_row(row: &AlteredRow) -> Self {
        let record = Some((row.table.to_owned(), row.record.to_string()));
        Self { class: "cell", told: row.breaks.join("; "), place: "the row".to_owned(), entry: None, record }
    }
}

/// A finding in words.
const fn told(class: Class) -> &'static str {
    match class {
        Class::Malformed => "These are not the bytes of an entry, or one of its columns is of another type.",
        Class::Leaf => "The bytes of the entry are not those that were hashed.",
        Class::Chain => "The entry does not follow the one before it.",
        Class::Gap => "Entries are missing.",
        Class::Stray => "Entries stand where none were written.",
        Class::Projection => "The searchable time, name or user is not the entry's.",
        Class::Subjects => "The searchable patients are not the entry's.",
        Class::Details => "The sealed details are not those that were written.",
        Class::Head => "The head does not describe the entries.",
        Class::Tile => "A hash over many entries, kept so that proofs are short, is not that of the entries.",
        Class::Root => "The tree over the entries is not the one that was signed.",
        Class::Signature => "The head is not signed by the key that counts for it.",
        Class::State => "A record's state is not the one that the log says.",
        Class::Row => "The row is not what the application last wrote, is missing, or was never written by it.",
        Class::Term => "An index term is missing or was put in.",
        Class::Rollback | Class::Fork => "The log is not what a witness has seen.",
        _ => "The log is not what was written.",
    }
}

struct Row {
    table: String,
    record: String,
    told: String,
}

#[derive(Template)]
#[template(path = "tampered.html")]
struct Tampered {
    shell: Shell,
    when: Option<String>,
    rows: Vec<Row>,
}

async fn tampered(State(app): State<App>, viewer: Viewer) -> Result<impl IntoResponse, Problem> {
    let (state, log) = (app.examiner.state(), log_of(&viewer).await?);
    let examined = state.last.as_deref();
    let rows = examined.map(|examined| rows(examined, viewer.tenant, &own(examined, log.map(|(log, _)| log))));
    let (when, rows) = (examined.map(|examined| time(examined.at)), rows.unwrap_or_default());
    Ok(Html(Tampered { shell: viewer.shell("/tampered"), when, rows }))
}

/// Each record once, with all that is known against it.
fn rows(examined: &Examined, tenant: TenantId, own: &[&Break]) -> Vec<Row> {
    let mut all = BTreeMap::<(String, String), Vec<String>>::new();
    for row in examined.rows.get(&tenant).into_iter().flatten() {
        all.entry((row.table.to_owned(), row.record.to_string())).or_default().extend(row.breaks.iter().cloned());
    }
    for found in own {
        let Some((table, record)) = &found.record else { continue };
        all.entry((table.clone(), record.to_string())).or_default().push(told(found.class).to_owned());
    }
    let row = |((table, record), told): (_, Vec<String>)| Row { table, record, told: told.join("; ") };
    all.into_iter().map(row).collect()
}
