//! `trail`.

use super::Private;
use super::show::record_id;
use crate::clinic::Clinic;
use crate::config::Config;
use crate::error::{Error, Exit};
use crate::output::{Cell, Output, Paint};
use clap::Args;
use hipaa_core::audit::Outcome;
use hipaa_core::clock::Timestamp;
use hipaa_core::schema::RecordId;
use hipaa_core::vault::{MAX_PAGE, TrailEntry};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// The arguments of `trail`.
#[derive(Debug, Args)]
pub struct Command {
    /// The tenant
    #[arg(long, value_name = "NAME")]
    pub tenant: String,
    /// Only entries about this patient, by the id of the record
    #[arg(long, value_name = "ID", conflicts_with = "from")]
    pub about: Option<Private>,
    /// Begin with this entry instead of showing the last ones
    #[arg(long, value_name = "SEQUENCE")]
    pub from: Option<u64>,
    /// The most entries to show, 1 to 500
    #[arg(long, value_name = "N", default_value_t = 50)]
    pub limit: usize,
}

impl Command {
    /// Runs the command.
    ///
    /// # Errors
    /// [`Error`].
    pub fn run(&self, config: &Config, output: &mut Output) -> Result<Exit, Error> {
        if self.limit == 0 || self.limit > MAX_PAGE {
            return Err(Error::Argument("--limit: 1 to 500"));
        }
        let about = self.about.as_ref().map(record_id).transpose()?;
        let mut database = config.open()?;
        let mut clinic = Clinic::open(&mut database, &self.tenant)?;
        let entries = match about {
            Some(subject) => clinic.trail_about(subject, self.limit)?,
            None => clinic.trail(self.from, self.limit)?,
        };
        if output.is_json() {
            output.value(&entries.iter().map(value).collect::<Vec<_>>())?;
        } else {
            output.table(0, &core::iter::once(head()).chain(entries.iter().map(row)).collect::<Vec<_>>())?;
        }
        let altered = entries.iter().filter(|entry| !entry.intact).map(|entry| entry.sequence.to_string());
        let altered = altered.collect::<Vec<_>>();
        if !altered.is_empty() {
            output.problem(&format!(
                "reference-app: the log was altered: entries that do not fit: {}",
                altered.join(", ")
            ));
            return Ok(Exit::Altered);
        }
        Ok(if entries.is_empty() { Exit::NotFound } else { Exit::Done })
    }
}

fn value(entry: &TrailEntry) -> Value {
    let ids = |ids: &[RecordId]| ids.iter().map(ToString::to_string).collect::<Vec<_>>();
    json!({
        "sequence": entry.sequence,
        "time": time(entry.time),
        "name": entry.name,
        "user": entry.user,
        "role": entry.role,
        "claimed": entry.claimed,
        "outcome": entry.outcome.map(outcome),
        "intact": entry.intact,
        "subjects": ids(&entry.subjects),
        "records": entry.records.iter().map(|(table, records)| (table, ids(records))).collect::<BTreeMap<_, _>>(),
    })
}

/// The head of a list of entries.
#[must_use]
pub fn head() -> Vec<Cell> {
    ["ENTRY", "TIME (UTC)", "WHO", "WHAT", "OUTCOME", "RECORDS", "WHOM"]
        .map(|text| Cell::new(text, Paint::Faint))
        .into()
}

/// One line of a list of entries.
#[must_use]
pub fn row(entry: &TrailEntry) -> Vec<Cell> {
    let claimed = if entry.claimed { " (claimed)" } else { "" };
    let who = entry.user.as_ref().map_or_else(|| "-".to_owned(), |user| format!("{user}{claimed}"));
    let ended = entry.outcome.map_or("-", outcome);
    let paint = match ended {
        "denied" | "altered" | "failed" => Paint::Bad,
        _ => Paint::Plain,
    };
    let sequence = match entry.intact {
        true => Cell::from(entry.sequence.to_string()),
        false => Cell::new(&format!("{} ALTERED", entry.sequence), Paint::Bad),
    };
    vec![
        sequence,
        time(entry.time).into(),
        who.into(),
        entry.name.as_deref().unwrap_or("(log entry)").into(),
        Cell::new(ended, paint),
        how_many(entry).into(),
        whom(entry).into(),
    ]
}

/// An entry in a few words.
#[must_use]
pub fn sentence(entry: &TrailEntry) -> String {
    let (who, what) = (entry.user.as_deref().unwrap_or("-"), entry.name.as_deref().unwrap_or("-"));
    format!("{}: {who}, {what}, {}", entry.sequence, entry.outcome.map_or("-", outcome))
}

/// How many records it names.
fn how_many(entry: &TrailEntry) -> String {
    match entry.records.iter().map(|(_, records)| records.len()).sum::<usize>() {
        0 => "-".to_owned(),
        count => count.to_string(),
    }
}

fn whom(entry: &TrailEntry) -> String {
    let records = entry.records.iter().flat_map(|(_, records)| records).copied().collect::<Vec<_>>();
    match if entry.subjects.is_empty() { &records } else { &entry.subjects }.as_slice() {
        [] => "-".to_owned(),
        [one] => one.to_string(),
        [one, more @ ..] => format!("{one} and {} more", more.len()),
    }
}

/// The word for an outcome's code.
const fn outcome(code: u8) -> &'static str {
    const SUCCESS: u8 = Outcome::Success as u8;
    const DENIED: u8 = Outcome::Denied as u8;
    const NOT_FOUND: u8 = Outcome::NotFound as u8;
    const ALTERED: u8 = Outcome::IntegrityFailed as u8;
    const UNCHANGED: u8 = Outcome::Unchanged as u8;
    match code {
        SUCCESS => "done",
        DENIED => "denied",
        NOT_FOUND => "not found",
        ALTERED => "altered",
        UNCHANGED => "unchanged",
        _ => "failed",
    }
}

/// A time as people read it.
pub(super) fn time(time: Timestamp) -> String {
    match jiff::Timestamp::from_microsecond(time.micros()) {
        Ok(time) => format!("{time:.3}"),
        Err(_) => "-".to_owned(),
    }
}
