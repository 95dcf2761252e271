//! The PHI guard over notes.

use crate::Failure;
use hipaa_core::guard::Guard;

/// A guard with every kind on.
#[derive(Debug, Default)]
pub struct Scanner(Guard);

impl Scanner {
    /// How many identifiers are in the note, each with its place, kind, confidence and reasons.
    #[must_use]
    pub fn count(&self, note: &str) -> usize {
        self.0.scan(note).len()
    }

    /// The same for a JSON document, each with its pointer besides.
    ///
    /// # Errors
    /// When the text is no document.
    pub fn count_json(&self, raw: &str) -> Result<usize, Failure> {
        Ok(self.0.scan_json(raw)?.len())
    }
}
