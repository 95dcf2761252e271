//! The audit log: entries with filters, the newest first, and how much of what was done.

use super::activity::{Activity, first_day};
use super::people::People;
use crate::clinical::trail::{Query as Filter, search};
use crate::page::{Html, Shell, Viewer, time};
use crate::state::App;
use crate::web::{Kind, Problem};
use askama::Template;
use axum::Router;
use axum::extract::{Query, State};
use axum::response::IntoResponse;
use axum::routing::get;
use core::time::Duration;
use hipaa_core::audit::{EventName, Outcome};
use hipaa_core::clock::Timestamp;
use hipaa_core::vault::TrailEntry;
use serde::Deserialize;

const PER_PAGE: usize = 50;
/// How many records an entry shows; the others are counted.
const SHOWN_RECORDS: usize = 2;
/// The days of the picture; fewer where there are too many entries to count.
const DAYS: [u64; 3] = [30, 7, 1];

/// The names to choose from.
const NAMES: &[EventName] = &[
    EventName::LOGIN_SUCCESS,
    EventName::LOGIN_FAILED,
    EventName::ACCOUNT_LOCKED,
    EventName::PERMISSION_DENIED,
    EventName::INTEGRITY_FAILED,
    EventName::PHI_READ,
    EventName::PHI_SEARCH,
    EventName::PHI_CREATE,
    EventName::PHI_UPDATE,
    EventName::ENCOUNTER_SIGNED,
    EventName::ENCOUNTER_AMENDED,
    EventName::EMERGENCY_ACCESS_STARTED,
    EventName::AUDIT_READ,
    EventName::AUDIT_STATUS,
];
const OUTCOMES: &[(&str, &str, u8)] = &[
    ("success", "done", Outcome::Success as u8),
    ("denied", "denied", Outcome::Denied as u8),
    ("not_found", "not found", Outcome::NotFound as u8),
    ("integrity_failed", "altered", Outcome::IntegrityFailed as u8),
    ("unchanged", "unchanged", Outcome::Unchanged as u8),
    ("failed", "failed", Outcome::Failed as u8),
];

/// The routes of this area.
pub fn router() -> Router<App> {
    Router::new().route("/audit", get(show))
}

/// Which entries. Names no patient by anything but a record id of ours.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Asked {
    what: String,
    who: String,
    about: String,
    ended: String,
    before: Option<u64>,
}

struct Entry {
    sequence: u64,
    time: String,
    /// The id, and the name to show.
    user: Option<String>,
    who: String,
    role: String,
    claimed: bool,
    emergency: bool,
    name: String,
    outcome: &'static str,
    paint: &'static str,
    about: Vec<String>,
    more: usize,
    intact: bool,
}

#[derive(Template)]
#[template(path = "audit.html")]
struct Audit {
    shell: Shell,
    altered: usize,
    chart: Option<Activity>,
    names: Vec<&'static str>,
    outcomes: Vec<(&'static str, &'static str)>,
    asked: Asked,
    entries: Vec<Entry>,
    older: Option<u64>,
    query: String,
}

async fn show(
    State(app): State<App>,
    viewer: Viewer,
    Query(asked): Query<Asked>,
) -> Result<impl IntoResponse, Problem> {
    let filter = asked.filter();
    let read = viewer.signed_in.disclose(move |unit, vault| Ok(search(unit, vault, &filter)?)).await?.open()?;
    let ids = read.entries.iter().filter_map(|entry| entry.user.clone()).collect();
    let people = People::known(&viewer, ids).await?;
    let chart = count(&viewer, app.clock.now()).await?;
    let entries = read.entries.iter().map(|entry| Entry::of(entry, &people)).collect::<Vec<_>>();
    let altered = entries.iter().filter(|entry| !entry.intact).count();
    let names = NAMES.iter().map(|name| name.as_str()).collect();
    let outcomes = OUTCOMES.iter().map(|(name, words, _)| (*name, *words)).collect();
    let (shell, query, older) = (viewer.shell("/audit"), asked.query(), read.next);
    Ok(Html(Audit { shell, altered, chart, names, outcomes, asked, entries, older, query }))
}

/// What was done in the last days, today included; none where even one day has more entries than are counted at once.
async fn count(viewer: &Viewer, now: Timestamp) -> Result<Option<Activity>, Problem> {
    let until = now.after(Duration::from_secs(24 * 60 * 60));
    for days in DAYS {
        let from = first_day(now, days);
        let count = viewer.signed_in.disclose(move |unit, vault| Ok(vault.trail_activity(unit, (from, until))?));
        match count.await {
            Ok(counted) => return Ok(Some(Activity::of(&counted.open()?, (from, days)))),
            Err(problem) if problem.kind() == Kind::Invalid => {}
            Err(problem) => return Err(problem),
        }
    }
    Ok(None)
}

impl Asked {
    fn filter(&self) -> Filter {
        let given = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
        Filter {
            patient: given(&self.about),
            name: given(&self.what),
            user: given(&self.who),
            outcome: given(&self.ended),
            before: self.before,
            limit: Some(PER_PAGE),
            ..Filter::default()
        }
    }

    /// The filter as the end of an address. What is none of our own words is left out.
    fn query(&self) -> String {
        let fine = |text: &str| text.chars().all(|c| c.is_ascii_alphanumeric() || "-_.:".contains(c));
        let parts = [("what", &self.what), ("who", &self.who), ("about", &self.about), ("ended", &self.ended)];
        let given = parts.iter().filter(|(_, text)| !text.is_empty() && fine(text));
        given.map(|(name, text)| format!("&{name}={text}")).collect()
    }
}

impl Entry {
    fn of(entry: &TrailEntry, people: &People) -> Self {
        let records = entry.records.iter().flat_map(|(_, records)| records);
        let all = if entry.subjects.is_empty() { records.collect() } else { entry.subjects.iter().collect::<Vec<_>>() };
        let known = OUTCOMES.iter().find(|(.., code)| entry.outcome == Some(*code));
        let outcome = known.map_or("–", |(_, words, _)| *words);
        let paint = match outcome {
            "done" | "unchanged" => "good",
            "denied" | "altered" | "failed" => "bad",
            _ => "",
        };
        Self {
            sequence: entry.sequence,
            time: Some(time(entry.time)).filter(|_| entry.time.micros() > 0).unwrap_or_else(|| "–".to_owned()),
            who: entry.user.as_deref().map_or("–", |user| people.name(user)).to_owned(),
            user: entry.user.clone(),
            role: entry.role.clone().unwrap_or_default().to_lowercase().replace('_', " "),
            claimed: entry.claimed,
            emergency: entry.grant.is_some(),
            name: entry.name.clone().unwrap_or_else(|| unnamed(entry).to_owned()),
            outcome,
            paint,
            about: all.iter().take(SHOWN_RECORDS).map(ToString::to_string).collect(),
            more: all.len().saturating_sub(SHOWN_RECORDS),
            intact: entry.intact,
        }
    }
}

/// What stands for a name where there is none.
const fn unnamed(entry: &TrailEntry) -> &'static str {
    // Of what cannot be read not even the time is known.
    if !entry.intact && entry.time.micros() == 0 { "(cannot be read)" } else { "(log entry)" }
}
