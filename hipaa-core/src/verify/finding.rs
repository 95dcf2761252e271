//! What an examination finds.

use super::cursor::Cursor;
use super::pulse::Pulse;
use crate::audit::LogId;
use crate::clock::Timestamp;
use crate::schema::RecordId;
use core::fmt;

/// What is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Class {
    /// A table of the logs is missing, or something else stands in its place.
    Schema,
    /// The bytes of an entry are not those of an entry, or one of its fields is not of its kind.
    Malformed,
    /// The stored leaf is not the hash of the stored body.
    Leaf,
    /// The entry says that it belongs elsewhere: to another log, tenant or place.
    Place,
    /// The entry does not follow the one before it.
    Chain,
    /// The entry's time is before that of the entry before it.
    Time,
    /// Entries are missing.
    Gap,
    /// Entries stand outside the log: behind its head, before its beginning, or at no place at all.
    Stray,
    /// The searchable time, name or user is not the entry's.
    Projection,
    /// The searchable subjects are not the entry's.
    Subjects,
    /// The sealed details are not those that the entry was written with.
    Details,
    /// The log does not begin with its own genesis entry, or not with the one under which it was opened.
    Genesis,
    /// The deployment is not the one of the trust file.
    Pin,
    /// The head does not describe the entries.
    Head,
    /// The tree over the entries is not the one that was signed.
    Root,
    /// The head is not signed by the key that counts for it.
    Signature,
    /// A signing period did not end as it should: no head over its last entry under its own key, or no next key.
    Period,
    /// A restore is not signed by the operator, or does not fit the log.
    Restore,
    /// A log has no head.
    MissingHead,
    /// A log that was opened is gone.
    MissingLog,
    /// There is a log that was never opened.
    UnknownLog,
    /// The table of tenants is not that of the logs that were opened.
    Tenant,
    /// A tile is missing, is one too many, or is not that of the entries.
    Tile,
    /// The log is shorter than somebody outside has seen it.
    Rollback,
    /// The log is not a continuation of what somebody outside has seen.
    Fork,
    /// A record's state is not the one that the entries say.
    State,
    /// A row does not have its record's state, is missing, or was never written.
    Row,
    /// A record that was signed does not carry the signature that the log says, or carries one that the log does not know.
    RecordSignature,
    /// An index term is missing or was never written.
    Term,
}

impl Class {
    /// A stable name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Schema => "schema",
            Self::Malformed => "malformed",
            Self::Leaf => "leaf",
            Self::Place => "place",
            Self::Chain => "chain",
            Self::Time => "time",
            Self::Gap => "gap",
            Self::Stray => "stray",
            Self::Projection => "projection",
            Self::Subjects => "subjects",
            Self::Details => "details",
            Self::Genesis => "genesis",
            Self::Pin => "pin",
            Self::Head => "head",
            Self::Root => "root",
            Self::Signature => "signature",
            Self::Period => "period",
            Self::Restore => "restore",
            Self::MissingHead => "missing-head",
            Self::MissingLog => "missing-log",
            Self::UnknownLog => "unknown-log",
            Self::Tenant => "tenant",
            Self::Tile => "tile",
            Self::Rollback => "rollback",
            Self::Fork => "fork",
            Self::State => "state",
            Self::Row => "row",
            Self::RecordSignature => "record-signature",
            Self::Term => "term",
        }
    }
}

impl fmt::Display for Class {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// One thing that is wrong, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Break {
    /// What is wrong.
    pub class: Class,
    /// In which log; none where it is in none.
    pub log: Option<LogId>,
    /// The first and the last place; none where it concerns the log as a whole.
    pub places: Option<(u64, u64)>,
    /// The table and record, for what concerns one.
    pub record: Option<(String, RecordId)>,
}

impl Break {
    pub(super) const fn of_log(class: Class, log: LogId) -> Self {
        Self { class, log: Some(log), places: None, record: None }
    }

    pub(super) const fn at(class: Class, log: LogId, from: u64, to: u64) -> Self {
        Self { class, log: Some(log), places: Some((from, to)), record: None }
    }

    pub(super) const fn of_all(class: Class) -> Self {
        Self { class, log: None, places: None, record: None }
    }
}

/// `class log places table record`, with `-` for what there is not.
impl fmt::Display for Break {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let dash = || "-".to_owned();
        let log = self.log.map_or_else(dash, |log| log.to_string());
        let places = match self.places {
            None => dash(),
            Some((from, to)) if from == to => from.to_string(),
            Some((from, to)) => format!("{from}..={to}"),
        };
        write!(f, "{} log {log} at {places}", self.class)?;
        match &self.record {
            // What stands in the file must not write lines of its own.
            Some((table, record)) => write!(f, " in {} {record}", table.escape_debug()),
            None => Ok(()),
        }
    }
}

/// Breaks of one class that stand side by side are one break.
#[derive(Debug, Default)]
pub(super) struct Breaks(Vec<Break>);

impl Breaks {
    pub(super) fn add(&mut self, class: Class, log: LogId, from: u64, to: u64) {
        let near = self.0.iter_mut().rev().take(8).find(|known| {
            known.class == class && known.places.is_some_and(|(_, last)| last.checked_add(1) == Some(from))
        });
        match near {
            Some(Break { places: Some((_, last)), .. }) => *last = to,
            _ => self.0.push(Break::at(class, log, from, to)),
        }
    }

    pub(super) fn into_vec(self) -> Vec<Break> {
        self.0
    }
}

/// Why a judgement is not possible.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Doubt {
    /// There is nothing to judge: the source holds no deployment.
    NoDeployment,
    /// The log is of a format that this version does not know.
    UnknownFormat,
    /// A checkpoint that was kept outside is not signed by a key of this deployment.
    ForeignAnchor,
}

impl fmt::Display for Doubt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NoDeployment => "there is no deployment in it",
            Self::UnknownFormat => "a log is of a format that this version does not know",
            Self::ForeignAnchor => "a checkpoint that was kept outside is not of this deployment",
        })
    }
}

/// Whether what is there is what was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Integrity {
    /// Nothing that was examined differs.
    Intact,
    /// Something differs.
    Tampered,
    /// Nothing differs, but something could not be judged.
    Unverifiable,
}

/// How much of it somebody outside has seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Completeness {
    /// All of it: what follows would have to be forged, and nothing can be cut off.
    Anchored,
    /// The last entries, so many over all logs, could be cut off without trace.
    Unanchored(u64),
}

/// An end of the deployment's log that was lost, and which the operator has given up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Restored {
    /// The log.
    pub log: LogId,
    /// Where the log says so.
    pub place: u64,
    /// When.
    pub time: Timestamp,
    /// The first and the last place that were lost; what now stands there was written afterwards.
    pub lost: (u64, u64),
}

impl fmt::Display for Restored {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (from, to) = self.lost;
        write!(f, "log {} lost its entries {from}..={to}; the operator said so at {}", self.log, self.place)
    }
}

/// What came of an examination.
#[derive(Debug, Clone)]
pub struct Report {
    /// Whether what is there is what was written.
    pub integrity: Integrity,
    /// How much of it somebody outside has seen.
    pub completeness: Completeness,
    /// Logs examined.
    pub logs: u64,
    /// Entries examined.
    pub entries: u64,
    /// Breaks reported.
    pub breaks: u64,
    /// Why something could not be judged.
    pub doubts: Vec<Doubt>,
    /// What was lost and given up by the operator: no break, and not to be overlooked.
    pub restores: Vec<Restored>,
    /// When the deployment's log should have spoken and did not.
    pub pulse: Pulse,
    /// From where the next examination can go on.
    pub cursor: Cursor,
}
