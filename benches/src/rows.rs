//! Which operations are compared, how often, and the bar of each.

mod cipher;
mod database;
mod guard;
mod import;
mod role;
mod site;
mod verify;

use crate::Failure;
use crate::measure::{Figures, Plan, Sample};
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// What is asked of a run.
#[derive(Debug, Clone, Copy)]
pub struct Setting {
    /// Smoke: few turns, small data, no verdict.
    pub quick: bool,
}

/// One operation.
#[derive(Debug, Clone, Copy)]
pub struct Row {
    /// Its name.
    pub name: &'static str,
    /// The ratio that it must not pass.
    pub bar: f64,
    /// What ours does.
    pub ours: &'static str,
    /// What the floor does.
    pub floor: &'static str,
    measure: fn(Setting) -> Result<Outcome, Failure>,
}

/// What came of measuring one operation.
#[derive(Debug)]
struct Outcome {
    figures: Figures,
    /// What a reader of the figures should know.
    note: String,
    /// Whether the bar holds here.
    judged: bool,
}

impl From<Figures> for Outcome {
    fn from(figures: Figures) -> Self {
        Self { figures, note: String::new(), judged: true }
    }
}

/// One row of the result.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Measured {
    /// The operation.
    pub name: String,
    /// Nanoseconds per operation through the library.
    pub ours_ns: f64,
    /// Nanoseconds per operation on the floor.
    pub floor_ns: f64,
    /// The median ratio.
    pub ratio: f64,
    /// The bar; none where it does not hold on this machine.
    pub bar: Option<f64>,
    /// The quartiles of the ratio; not part of the JSON.
    #[serde(skip)]
    pub quartiles: (f64, f64),
    /// What a reader should know; not part of the JSON.
    #[serde(skip)]
    pub note: String,
}

impl Measured {
    /// Whether the operation is at or under its bar.
    #[must_use]
    pub fn holds(&self) -> bool {
        self.bar.is_none_or(|bar| self.ratio <= bar)
    }
}

impl Row {
    /// Whether it needs no database.
    #[must_use]
    pub fn is_cipher(&self) -> bool {
        !["find", "append", "write", "role", "import", "verify", "chart"].iter().any(|verb| self.name.starts_with(verb))
    }

    /// Measures it.
    ///
    /// # Errors
    /// When one of the sides fails.
    pub fn run(&self, setting: Setting) -> Result<Measured, Failure> {
        let Outcome { figures, note, judged } = (self.measure)(setting)?;
        let Figures { ours_ns, floor_ns, ratio, quartiles } = figures;
        let bar = judged.then_some(self.bar);
        Ok(Measured { name: self.name.to_owned(), ours_ns, floor_ns, ratio, bar, quartiles, note })
    }
}

/// All operations.
pub const ROWS: &[Row] = &[
    Row {
        name: "seal-64",
        bar: 1.25,
        ours: "seals one value whose padded plaintext has 64 bytes",
        floor: "one call of `aes-gcm-siv` on the same padded bytes and authenticated data, returning a vector; schedule built once",
        measure: cipher::seal_64,
    },
    Row {
        name: "open-64",
        bar: 1.25,
        ours: "opens that cell",
        floor: "one call of `aes-gcm-siv`, returning a vector",
        measure: cipher::open_64,
    },
    Row {
        name: "record-12",
        bar: 1.5,
        ours: "seals a record of twelve columns with three index terms and its MAC",
        floor: "twelve calls of `aes-gcm-siv` and four of keyed BLAKE3 on the same bytes",
        measure: cipher::record_12,
    },
    Row {
        name: "term-exact",
        bar: 2.5,
        ours: "normalises an ASCII name and a birth date and keys the term",
        floor: "one call of keyed BLAKE3 on the same bytes",
        measure: cipher::term_exact,
    },
    Row {
        name: "find-1m",
        bar: 1.5,
        ours: "finds one of 1,000,000 patients by name and birth date, checks and opens its twelve columns, on a reader; the commit of the entry left out",
        floor: "one query through a composite index over plaintext, one for the recorded state, one keyed BLAKE3 call over what is stored, and one call of `aes-gcm-siv` per column",
        measure: database::find_1m,
    },
    Row {
        name: "append-single",
        bar: 1.4,
        ours: "one audited append, durable",
        floor: "a durable commit of the same rows, unhashed and unsigned",
        measure: database::append_single,
    },
    Row {
        name: "append-bridge-256",
        bar: 1.6,
        ours: "appends of 256 callers to one log, through the bridge",
        floor: "inserts of the same rows by one thread, 256 to a commit",
        measure: database::append_bridge,
    },
    Row {
        name: "append-bridge-256x16",
        bar: 2.0,
        ours: "the same over 16 logs",
        floor: "the same over 16 logs",
        measure: database::append_bridge_16,
    },
    Row {
        name: "write-bridge-256",
        bar: 1.6,
        ours: "closures of 256 callers, each a new record of three columns and one index with its entry, through the bridge",
        floor: "inserts of the same rows (record, term, state, entry, subject) by one thread, a savepoint around each, 256 to a commit",
        measure: database::write_bridge,
    },
    Row {
        name: "guard-notes",
        bar: 1.5,
        ours: "finds every identifier of a clinical note, all kinds on, with place, confidence and reasons",
        floor: "`RegexSet` of twenty typical patterns with ASCII classes: which of them are in the note, without places",
        measure: guard::notes_of_all_kinds,
    },
    Row {
        name: "guard-json",
        bar: 3.0,
        ours: "finds every identifier of a clinical note inside a JSON document, with its pointer",
        floor: "the same set of patterns over the bytes of the document, unread as JSON",
        measure: guard::notes_in_documents,
    },
    Row {
        name: "guard-non-ascii",
        bar: 3.0,
        ours: "finds every identifier of a clinical note with foreign letters and signs in most sentences",
        floor: "the same set of patterns over the bytes of the note",
        measure: guard::notes_with_foreign_letters,
    },
    Row {
        name: "role-read",
        bar: 1.03,
        ours: "reads a chart of twelve columns as STAFF under the default policy over 14 tables: three columns masked; the commit left out",
        floor: "the same read where everything is permitted and nothing masked",
        measure: role::role_read,
    },
    Row {
        name: "import-chart",
        bar: 2.0,
        ours: "imports the charts of 1,000 made-up patients from FHIR NDJSON: reads, parses, resolves references, seals, indexes and audits every record",
        floor: "inserts of the same sealed bytes (records, terms, states, entries, subjects) in the same transactions",
        measure: import::import_chart,
    },
    Row {
        name: "verify-1",
        bar: 2.0,
        ours: "examines 1,000,000 entries of five tenants from outside, one thread: every hash, chain, projection, tile and head",
        floor: "reads every column of the same rows of entries and subjects, in the order in which they lie",
        measure: verify::verify_1,
    },
    Row {
        name: "chart-http",
        bar: 1.5,
        ours: "reads a patient of twelve demographic columns with twenty encounters over HTTP: session, permission, integrity, masks, one durable entry",
        floor: "the same answer from plaintext rows over the same frame and bridge: session looked up, rows read, a durable row inserted",
        measure: site::chart_http,
    },
];

impl Setting {
    /// Samples that last so long; short ones are disturbed less often.
    const fn lasting(self, time: Duration, turns: usize) -> Plan {
        Plan { turns: self.turns(turns), sample: Sample::Lasting(time) }
    }

    const fn of(self, count: u64, turns: usize) -> Plan {
        Plan { turns: self.turns(turns), sample: Sample::Of(count) }
    }

    const fn turns(self, turns: usize) -> usize {
        if self.quick { 3 } else { turns }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measure::MIN_TURNS;

    #[test]
    fn a_run_that_judges_has_enough_turns() {
        let full = Setting { quick: false };
        assert!(full.of(1, MIN_TURNS).turns >= MIN_TURNS);
    }

    #[test]
    fn a_ratio_at_its_bar_holds() {
        let row = |ratio, bar| Measured {
            name: String::new(),
            ours_ns: 1.0,
            floor_ns: 1.0,
            ratio,
            bar,
            quartiles: (1.0, 1.0),
            note: String::new(),
        };
        assert!(row(1.25, Some(1.25)).holds() && !row(1.26, Some(1.25)).holds() && row(9.0, None).holds());
        let json = serde_json::to_value(row(1.5, Some(2.0))).unwrap();
        let keys = json.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
        assert_eq!(keys, ["bar", "floor_ns", "name", "ours_ns", "ratio"]);
    }
}
