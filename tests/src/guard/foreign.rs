//! Texts by people who had read the rules and none of the code: hospital notes, office and log texts, documents and text in
//! disorder, a mixture of them all, single sentences and snippets as people say and type them, notes and letters of wards, what
//! systems write (logs, tickets, HL7, SQL, JSON), forms of all kinds, what clinics write and say, records of generators, whole
//! charts, notes of visits, what desks and programs write, and texts that name nobody. The guard was mended by texts of the same people, so they keep what was won and
//! estimate nothing.

use super::score::{Label, Note};
use serde::Deserialize;

const NOTES: &str = include_str!("../../data/guard/foreign/notes.jsonl");
const OFFICE: &str = include_str!("../../data/guard/foreign/office.jsonl");
const MIXED: &str = include_str!("../../data/guard/foreign/mixed.jsonl");
const GENERAL: &str = include_str!("../../data/guard/foreign/general.jsonl");
const SPEECH: &str = include_str!("../../data/guard/foreign/speech.jsonl");
const WARDS: &str = include_str!("../../data/guard/foreign/wards.jsonl");
const SYSTEMS: &str = include_str!("../../data/guard/foreign/systems.jsonl");
const FORMS: &str = include_str!("../../data/guard/foreign/forms.jsonl");
const CLINICS: &str = include_str!("../../data/guard/foreign/clinics.jsonl");
const RECORDS: &str = include_str!("../../data/guard/foreign/records.jsonl");
const CHARTS: &str = include_str!("../../data/guard/foreign/charts.jsonl");
const VISITS: &str = include_str!("../../data/guard/foreign/visits.jsonl");
const DESKS: &str = include_str!("../../data/guard/foreign/desks.jsonl");
const CLEAN: &str = include_str!("../../data/guard/foreign/clean.jsonl");

/// Every file of texts with identifiers.
#[cfg(test)]
const FILES: [(&str, &str); 13] = [
    ("notes", NOTES),
    ("office", OFFICE),
    ("mixed", MIXED),
    ("general", GENERAL),
    ("speech", SPEECH),
    ("wards", WARDS),
    ("systems", SYSTEMS),
    ("forms", FORMS),
    ("clinics", CLINICS),
    ("records", RECORDS),
    ("charts", CHARTS),
    ("visits", VISITS),
    ("desks", DESKS),
];

#[derive(Deserialize)]
struct Line {
    text: String,
    labels: Vec<(usize, usize, String)>,
}

/// The notes of a file, one on each line.
fn notes(lines: &str) -> Vec<Note> {
    let note = |line: &str| {
        let Line { text, labels } = serde_json::from_str(line).expect("a text with its labels");
        let label = |(start, end, kind)| Label { start, end, kind };
        Note { text, labels: labels.into_iter().map(label).collect() }
    };
    lines.lines().map(note).collect()
}

/// All texts, without their labels.
#[cfg(test)]
pub(super) fn texts() -> Vec<String> {
    let labelled = FILES.iter().map(|(_, lines)| *lines);
    labelled.chain([CLEAN]).flat_map(notes).map(|note| note.text).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::guard::score::{BARS, score};
    use hipaa_core::guard::Guard;

    #[test]
    fn foreign_texts_reach_every_bar() {
        for (name, lines) in FILES {
            let notes = notes(lines);
            let score = score(&Guard::new(), &notes);
            println!("{name}\n{}", score.table());
            assert!(notes.len() >= 100, "{name}");
            assert_eq!(score.below(BARS), Vec::<String>::new(), "{name}");
        }
    }

    #[test]
    fn foreign_texts_without_identifiers_give_at_most_one_warning_per_hundred() {
        let notes = notes(CLEAN);
        let warnings: usize = score(&Guard::new(), &notes).0.values().map(|count| count.false_ones).sum();
        assert!(notes.len() >= 100 && warnings * 100 <= notes.len(), "{warnings} on {}", notes.len());
    }
}
