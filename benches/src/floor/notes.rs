//! A set of twenty typical patterns over notes: it tells which patterns are somewhere in a note, and gives no places.

use crate::Failure;
use regex::bytes::{Regex, RegexBuilder, RegexSet, RegexSetBuilder};

/// What people write to look for identifiers: ASCII classes, bounded repeats.
const TYPICAL: [&str; 20] = [
    r"\b[0-9]{3}-[0-9]{2}-[0-9]{4}\b",
    r"\b[0-9]{3}[ .][0-9]{2}[ .][0-9]{4}\b",
    r"\b[12][0-9]{9}\b",
    r"\b[ABFGMPRX][A-Z9][0-9]{7}\b",
    r"\b[A-TV-Z][0-9][0-9A-Z]\.[0-9A-Z]{1,4}\b",
    r"\(?[2-9][0-9]{2}\)?[ .-][0-9]{3}[ .-][0-9]{4}\b",
    r"\b1[ .-][2-9][0-9]{2}[ .-][0-9]{3}[ .-][0-9]{4}\b",
    r"[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9.-]{1,63}\.[A-Za-z]{2,24}",
    r"\b[0-9]{5}-[0-9]{4}\b",
    r"\b[A-Z]{2} [0-9]{5}\b",
    r"https?://[!-~]{1,200}",
    r"\b(?:[0-9]{1,3}\.){3}[0-9]{1,3}\b",
    r"\b(?:[0-9A-Fa-f]{2}[:-]){5}[0-9A-Fa-f]{2}\b",
    r"\b(?:[0-9]{4}[ -]?){3}[0-9]{4}\b",
    r"\b[1-9][A-Z][A-Z0-9][0-9]-?[A-Z][A-Z0-9][0-9]-?[A-Z]{2}[0-9]{2}\b",
    r"\b[A-HJ-NPR-Z0-9]{17}\b",
    r"\b[0-9]{1,2}/[0-9]{1,2}/[0-9]{2,4}\b",
    r"\b[0-9]{4}-[0-9]{2}-[0-9]{2}\b",
    r"(?i:MRN|medical record)[ :#]{1,4}[0-9]{5,10}\b",
    r"\b(?:9[0-9]|1[0-2][0-9])[ -]year",
];

/// The set, ready, and each of its patterns.
#[derive(Debug)]
pub struct Patterns {
    set: RegexSet,
    each: Vec<Regex>,
}

impl Patterns {
    /// Compiles the set; its tables have room for all their states, so that none is built twice.
    ///
    /// # Errors
    /// When a pattern is none.
    pub fn new() -> Result<Self, Failure> {
        let each = TYPICAL.iter().map(|pattern| RegexBuilder::new(pattern).unicode(false).build());
        Ok(Self {
            set: RegexSetBuilder::new(TYPICAL).unicode(false).dfa_size_limit(64 << 20).build()?,
            each: each.collect::<Result<_, _>>()?,
        })
    }

    /// How many of the patterns are in the note.
    #[must_use]
    pub fn count(&self, note: &str) -> usize {
        self.set.matches(note.as_bytes()).len()
    }

    /// At how many places patterns match: the set tells which ones to look for.
    #[must_use]
    pub fn places(&self, note: &str) -> usize {
        let found = self.set.matches(note.as_bytes());
        found.iter().filter_map(|at| self.each.get(at)).map(|pattern| pattern.find_iter(note.as_bytes()).count()).sum()
    }
}
