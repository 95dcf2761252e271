//! The PHI guard: finds patient identifiers in free text and JSON, offline.
//!
//! It looks for the Safe Harbor identifiers that a pattern can find ([`Kind`]). Names, street
//! addresses and pictures are out of scope: no pattern tells them from other words.
//!
//! What it is for: soft warnings in editors ([`Guard::warnings`]), a gate before logs
//! ([`Guard::is_clean`]), redaction of exports ([`Guard::redact`]). It is a net, not a wall: the
//! text it calls clean may still identify somebody.
//!
//! This room imports no other room. No matched value may enter a finding, an error or a
//! `Debug` output.
//!
//! # Examples
//! ```
//! use hipaa_core::guard::{Guard, Kind, Redaction};
//! let guard = Guard::new();
//! let text = "Jane, DOB 03/14/1962, call (212) 555-0187.";
//! let kinds: Vec<Kind> = guard.scan(text).iter().map(|found| found.kind()).collect();
//! assert_eq!(kinds, [Kind::Dob, Kind::Phone]);
//! assert_eq!(guard.redact(text, &Redaction::label()).text(), "Jane, DOB [DOB], call [PHONE].");
//! ```
//!
//! # Source
//! 45 CFR § 164.514(b)(2), the Safe Harbor method.

mod byte;
mod cue;
mod day;
mod engine;
mod finding;
mod fold;
mod json;
mod kind;
#[cfg(test)]
mod linear;
mod log;
mod pattern;
mod profile;
#[cfg(test)]
mod properties;
mod redact;
mod resolve;
mod rules;
mod scan;
mod segment;
#[cfg(test)]
mod steps;
mod stream;
mod validate;
mod warn;
mod words;

pub use cue::CueClass;
pub use day::Day;
pub use finding::{Confidence, Finding, Reason};
pub use json::{JsonError, JsonFault, JsonFinding, MAX_DEPTH};
pub use kind::{Kind, KindSet};
pub use log::{RedactingVisit, Shielded};
pub use profile::{Profile, ProfileError};
pub use redact::{Mode, Redacted, RedactedJson, Redaction, SurrogateKey};
pub use stream::Stream;
pub use validate::icd10::Icd10Categories;
pub use warn::{PhiWarning, Place};

use rules::Rules;

/// The detector: immutable, cheap to share between threads, expensive to build.
#[derive(Clone, Debug)]
pub struct Guard {
    rules: Rules,
}

impl Default for Guard {
    fn default() -> Self {
        Self::new()
    }
}

impl Guard {
    /// A guard with every kind on, threshold medium, and no formats of a site.
    #[must_use]
    pub fn new() -> Self {
        Self::with_profile(&Profile::new())
    }

    /// A guard for a site.
    #[must_use]
    pub fn with_profile(profile: &Profile) -> Self {
        Self { rules: profile.compile() }
    }

    /// The findings that reach the threshold of their kind, in the order of the text.
    ///
    /// Spans do not overlap and lie on character boundaries.
    #[must_use]
    pub fn scan(&self, text: &str) -> Vec<Finding> {
        engine::scan(&self.rules, text, None)
    }

    /// Every finding, low confidences included.
    #[must_use]
    pub fn scan_all(&self, text: &str) -> Vec<Finding> {
        engine::scan_all(&self.rules, text, None)
    }

    /// Whether nothing reaches its threshold: the gate before a log line.
    ///
    /// # Security
    /// A clean text may still hold names, addresses and identifiers without a pattern.
    #[must_use]
    pub fn is_clean(&self, text: &str) -> bool {
        self.scan(text).is_empty()
    }

    /// A scanner for a text that comes in pieces.
    #[must_use]
    pub const fn stream(&self) -> Stream<'_> {
        Stream::new(self)
    }
}
