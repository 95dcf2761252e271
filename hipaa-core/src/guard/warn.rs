//! Soft warnings: what a form shows beside a text before it is saved.

use super::json::shy;
use super::{Confidence, Guard, JsonError, Kind};
use std::fmt;
use std::ops::Range;

/// Where a warning points.
#[derive(Clone, PartialEq, Eq)]
pub enum Place {
    /// Bytes of a text.
    Span(Range<usize>),
    /// An RFC 6901 pointer into a JSON document.
    Pointer(String),
}

// A key in a pointer may be an identifier itself.
impl fmt::Debug for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Span(span) => write!(f, "{span:?}"),
            Self::Pointer(pointer) => f.write_str(&shy(pointer)),
        }
    }
}

/// One warning: kind, place and advice, never the value.
///
/// [`Display`](fmt::Display) gives a line for people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PhiWarning {
    /// What was found.
    pub kind: Kind,
    /// Where.
    pub place: Place,
    /// How sure the guard is.
    pub confidence: Confidence,
}

impl PhiWarning {
    /// What to do about it.
    #[must_use]
    pub const fn advice(&self) -> &'static str {
        self.kind.advice()
    }
}

impl fmt::Display for PhiWarning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.place {
            Place::Span(span) => write!(f, "{} at bytes {} to {}: {}", self.kind, span.start, span.end, self.advice()),
            Place::Pointer(pointer) => {
                write!(f, "{} at {}: {}", self.kind, shy(pointer), self.advice())
            }
        }
    }
}

impl Guard {
    /// Warnings for a text, in its order.
    #[must_use]
    pub fn warnings(&self, text: &str) -> Vec<PhiWarning> {
        let warning = |found: super::Finding| PhiWarning {
            kind: found.kind(),
            place: Place::Span(found.span()),
            confidence: found.confidence(),
        };
        self.scan(text).into_iter().map(warning).collect()
    }

    /// Warnings for a JSON document, in its order.
    ///
    /// A pointer may lead through a key that is itself an identifier; printing a warning leaves
    /// such keys out.
    ///
    /// # Errors
    /// As [`Guard::scan_json`].
    pub fn warnings_json(&self, raw: &str) -> Result<Vec<PhiWarning>, JsonError> {
        let warning = |found: super::JsonFinding| PhiWarning {
            kind: found.finding.kind(),
            place: Place::Pointer(found.pointer),
            confidence: found.finding.confidence(),
        };
        Ok(self.scan_json(raw)?.into_iter().map(warning).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_warning_tells_kind_place_and_advice() {
        let guard = Guard::new();
        let warnings = guard.warnings("SSN 536-90-4399");
        assert_eq!(warnings[0].place, Place::Span(4..15));
        assert!(warnings[0].to_string().starts_with("ssn at bytes 4 to 15: A social security number"));
        let warnings = guard.warnings_json(r#"{"step":{"ssn":"536-90-4399"}}"#).unwrap();
        assert_eq!(warnings[0].place, Place::Pointer("/step/ssn".into()));
        assert!(!format!("{warnings:?}").contains("536"));
    }
}
