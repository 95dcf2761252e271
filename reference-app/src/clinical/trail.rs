//! The audit log: looking for entries, counting what was done, examining.

use super::signable::instant;
use super::{ClinicalError, PAGE};
use hipaa_core::audit::{LogId, Outcome};
use hipaa_core::clock::Timestamp;
use hipaa_core::schema::RecordId;
use hipaa_core::unit::Held;
use hipaa_core::vault::{Activity, TenantVault, TrailEntry, TrailFilter, TrailPage};
use hipaa_sqlite::Unit;
use serde::{Deserialize, Serialize};
use std::ffi::OsString;
use std::path::Path;
use utoipa::{IntoParams, ToSchema};

/// The most entries of one page.
const MAX_ENTRIES: usize = 500;

/// Which entries are looked for. Names no patient by anything but a record id of ours.
#[derive(Debug, Clone, Default, Deserialize, Serialize, ToSchema)]
#[schema(as = AuditQuery)]
#[serde(deny_unknown_fields, default)]
pub struct Query {
    /// Only those about this patient.
    pub patient: Option<String>,
    /// Only those of this name, such as `PHI_READ`.
    pub name: Option<String>,
    /// Only those of this user id.
    pub user: Option<String>,
    /// Only those that ended so: `success`, `denied`, `not_found`, `integrity_failed`, `unchanged`, `failed`.
    pub outcome: Option<String>,
    /// Only those of this time or later (RFC 3339).
    pub from: Option<String>,
    /// Only those before this time.
    pub until: Option<String>,
    /// Only those before this sequence: the `next` of the page before.
    pub before: Option<u64>,
    /// How many there are on a page.
    pub limit: Option<usize>,
}

/// A span of days.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct Span {
    /// From this time on (RFC 3339).
    pub from: String,
    /// Before this time.
    pub until: String,
}

/// One entry as it is shown.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = AuditEntry)]
pub struct Entry {
    sequence: u64,
    time: String,
    name: Option<String>,
    user: Option<String>,
    role: Option<String>,
    outcome: Option<&'static str>,
    /// The emergency grant under which it was done.
    grant: Option<String>,
    patients: Vec<String>,
    records: Vec<Seen>,
    /// Whether its bytes agree with each other and with the next entry.
    intact: bool,
}

/// Records of one table that an entry names.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = AuditSeen)]
pub struct Seen {
    table: String,
    records: Vec<String>,
}

/// How often something was done on one day.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = AuditCount)]
pub struct Count {
    /// The day, UTC.
    day: String,
    name: Option<String>,
    count: u64,
}

const OUTCOMES: [(&str, Outcome); 6] = [
    ("success", Outcome::Success),
    ("denied", Outcome::Denied),
    ("not_found", Outcome::NotFound),
    ("integrity_failed", Outcome::IntegrityFailed),
    ("unchanged", Outcome::Unchanged),
    ("failed", Outcome::Failed),
];

fn time(name: &'static str, text: &str) -> Result<Timestamp, ClinicalError> {
    let time = text.parse::<jiff::Timestamp>().map_err(|_| ClinicalError::Field(name))?;
    Ok(Timestamp::from_micros(time.as_microsecond()))
}

impl Query {
    fn filter(&self) -> Result<TrailFilter<'_>, ClinicalError> {
        let mut filter = TrailFilter::new();
        if let Some(patient) = &self.patient {
            filter = filter.about(RecordId::parse(patient).map_err(|_| ClinicalError::Field("patient"))?);
        }
        if let Some(name) = &self.name {
            filter = filter.name(name);
        }
        if let Some(user) = &self.user {
            filter = filter.user(user);
        }
        if let Some(outcome) = &self.outcome {
            let known = OUTCOMES.iter().find(|(name, _)| name == outcome);
            filter = filter.outcome(known.ok_or(ClinicalError::Field("outcome"))?.1);
        }
        if let Some(from) = &self.from {
            filter = filter.from(time("from", from)?);
        }
        if let Some(until) = &self.until {
            filter = filter.until(time("until", until)?);
        }
        Ok(filter)
    }
}

impl Entry {
    /// Of an entry of the trail.
    #[must_use]
    pub fn of(entry: &TrailEntry) -> Self {
        let name = |code: u8| OUTCOMES.iter().find(|(_, outcome)| *outcome as u8 == code).map(|(name, _)| *name);
        let seen = |(table, records): &(String, Vec<RecordId>)| Seen { table: table.clone(), records: ids(records) };
        Self {
            sequence: entry.sequence,
            time: instant(entry.time.micros()),
            name: entry.name.clone(),
            user: entry.user.clone(),
            role: entry.role.clone(),
            outcome: entry.outcome.and_then(name),
            grant: entry.grant.map(hex::encode),
            patients: ids(&entry.subjects),
            records: entry.records.iter().map(seen).collect(),
            intact: entry.intact,
        }
    }
}

fn ids(records: &[RecordId]) -> Vec<String> {
    records.iter().map(ToString::to_string).collect()
}

impl Count {
    /// Of what was counted.
    #[must_use]
    pub fn of(activity: &Activity) -> Self {
        let mut day = instant(activity.day.micros());
        day.truncate("2026-11-22".len());
        Self { day, name: activity.name.clone(), count: activity.count }
    }
}

/// Looks for entries, the newest first.
///
/// # Errors
/// [`ClinicalError::Field`]; those of [`TenantVault::trail_search`].
pub fn search(unit: &mut Unit<'_>, vault: &TenantVault, query: &Query) -> Result<TrailPage, ClinicalError> {
    let limit = query.limit.unwrap_or(PAGE);
    if limit == 0 || limit > MAX_ENTRIES {
        return Err(ClinicalError::Field("limit"));
    }
    Ok(vault.trail_search(unit, &query.filter()?, query.before, limit)?)
}

/// Counts what was done, by day and name.
///
/// # Errors
/// [`ClinicalError::Field`]; those of [`TenantVault::trail_activity`].
pub fn activity(unit: &mut Unit<'_>, vault: &TenantVault, span: &Span) -> Result<Held<Vec<Activity>>, ClinicalError> {
    let span = (time("from", &span.from)?, time("until", &span.until)?);
    Ok(vault.trail_activity(unit, span)?)
}

/// What came of examining the database from outside, as `hipaa-verify` does.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = AuditVerdict)]
pub struct Verdict {
    /// `clean`, `tampered`, `unverifiable` or `unanchored`; `failed` where the files cannot be read.
    verdict: &'static str,
    /// Entries examined, of all logs.
    entries: u64,
    /// What is wrong with the log of the own clinic and its records.
    breaks: Vec<Finding>,
    /// How many things are wrong elsewhere.
    elsewhere: usize,
}

/// One thing that is wrong.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = AuditFinding)]
pub struct Finding {
    class: String,
    /// The first and the last entry that it concerns.
    first: Option<u64>,
    last: Option<u64>,
    table: Option<String>,
    record: Option<String>,
}

impl Finding {
    fn of(found: &serde_json::Value) -> Self {
        let text = |name: &str| found[name].as_str().map(str::to_owned);
        Self {
            class: text("class").unwrap_or_default(),
            first: found["first"].as_u64(),
            last: found["last"].as_u64(),
            table: text("table"),
            record: text("record"),
        }
    }
}

/// Examines logs, records and signatures from outside, against the trust file beside the database and what a witness has
/// seen. Reads the whole file: call it where a thread may block. Of another clinic it says how much is wrong, not what.
#[must_use]
pub fn verify((database, witness): (&Path, Option<&Path>), own: Option<LogId>) -> Verdict {
    let mut arguments: Vec<OsString> = vec!["verify".into(), database.into(), "--json".into(), "--records".into()];
    let mut trust = database.as_os_str().to_owned();
    trust.push(".trust");
    let trust = Path::new(&trust);
    for (option, path) in [("--trust", Some(trust).filter(|path| path.exists())), ("--witness", witness)] {
        arguments.extend(path.into_iter().flat_map(|path| [OsString::from(option), path.into()]));
    }
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let verdict = match hipaa_verify::run(arguments, &mut out, &mut err, false) {
        hipaa_verify::CLEAN => "clean",
        hipaa_verify::TAMPERED => "tampered",
        hipaa_verify::UNVERIFIABLE => "unverifiable",
        hipaa_verify::UNANCHORED => "unanchored",
        _ => "failed",
    };
    let report: serde_json::Value = serde_json::from_slice(&out).unwrap_or_default();
    let found = report["breaks"].as_array().map(Vec::as_slice).unwrap_or_default();
    let own = own.map(|log| log.to_string());
    let is_own = |found: &&serde_json::Value| own.is_some() && found["log"].as_str() == own.as_deref();
    let breaks = found.iter().filter(is_own).map(Finding::of).collect::<Vec<_>>();
    let elsewhere = found.len().saturating_sub(breaks.len());
    Verdict { verdict, entries: report["entries"].as_u64().unwrap_or_default(), breaks, elsewhere }
}
