//! Redaction of JSON: the document stays a document.

use super::mode::replacement;
use super::{Redaction, covers};
use crate::guard::{Finding, Guard, JsonError, JsonFinding};
use std::fmt;

/// A redacted document and the audit record of what was taken out.
///
/// `Debug` shows the findings only.
#[derive(Clone, PartialEq, Eq)]
pub struct RedactedJson {
    text: String,
    findings: Vec<JsonFinding>,
}

impl RedactedJson {
    /// The document without the findings.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// What was found in the original, with spans and pointers there.
    #[must_use]
    pub fn findings(&self) -> &[JsonFinding] {
        &self.findings
    }
}

impl fmt::Debug for RedactedJson {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RedactedJson").field("findings", &self.findings).finish_non_exhaustive()
    }
}

/// How many rounds use the wanted mode before values are emptied.
const ROUNDS: usize = 4;

impl Guard {
    /// Replaces every finding of a JSON document; a number becomes a string.
    ///
    /// # Errors
    /// As [`Guard::scan_json`].
    pub fn redact_json(&self, raw: &str, redaction: &Redaction) -> Result<RedactedJson, JsonError> {
        let findings = self.scan_json(raw)?;
        let mut text = raw.to_owned();
        let mut left = findings.clone();
        for round in 0.. {
            if left.is_empty() {
                break;
            }
            text = self.replace_json(&text, &left, (round < ROUNDS).then_some(redaction));
            left = self.scan_json(&text)?;
        }
        Ok(RedactedJson { text, findings })
    }

    fn replace_json(&self, raw: &str, found: &[JsonFinding], redaction: Option<&Redaction>) -> String {
        let flat: Vec<Finding> = found.iter().map(|found| found.finding).collect();
        let number =
            |finding: &Finding| found.iter().find(|found| found.finding == *finding).and_then(|found| found.number);
        let mut out = String::with_capacity(raw.len());
        let mut at = 0;
        for (cover, finding) in covers(&flat) {
            let number = number(finding);
            let (start, end) = number.unwrap_or((cover.start, cover.end));
            if start < at {
                continue;
            }
            let new =
                redaction.map_or_else(String::new, |redaction| self.replacement_json(redaction, finding, &raw[cover]));
            out.push_str(&raw[at..start]);
            let quote = if number.is_some() { "\"" } else { "" };
            out.extend([quote, &new, quote]);
            at = end;
        }
        out.push_str(&raw[at..]);
        out
    }

    /// A replacement that needs no escapes and breaks none.
    fn replacement_json(&self, redaction: &Redaction, finding: &Finding, value: &str) -> String {
        let new = replacement(&self.rules, redaction, finding, value);
        let safe = new.bytes().all(|byte| byte.is_ascii_graphic() && !matches!(byte, b'"' | b'\\') || byte == b' ');
        if safe && new != value && !value.contains('\\') {
            new
        } else {
            format!("[{}]", finding.kind().name().to_ascii_uppercase())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn documents_stay_valid_and_numbers_become_strings() {
        let guard = Guard::new();
        let raw = r#"{"ssn":536904399,"note":"call 212\u002d555-0187","n":[1,2.5],"mrn":"00123456"}"#;
        let done = guard.redact_json(raw, &Redaction::label()).unwrap();
        assert_eq!(done.text(), r#"{"ssn":"[SSN]","note":"call [PHONE]","n":[1,2.5],"mrn":"[MRN]"}"#);
        let done = guard.redact_json(raw, &Redaction::last_four()).unwrap();
        assert_eq!(done.text(), r#"{"ssn":"*****4399","note":"call [PHONE]","n":[1,2.5],"mrn":"****3456"}"#);
        assert!(guard.scan_json(done.text()).unwrap().is_empty());
    }
}
