//! Redaction of JSON: the document stays a document.

use super::mode::replacement;
use super::{Redaction, covers};
use crate::guard::json::Number;
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

/// A quote in a document that stands in so many strings: `"`, `\"`, `\\\"`.
fn quote(depth: u32) -> String {
    format!("{}\"", "\\".repeat((1 << depth) - 1))
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
        let mut numbers: Vec<Number> = found.iter().filter_map(|found| found.number).collect();
        numbers.sort_by_key(|number| number.start);
        let number = |at: usize| {
            let behind = numbers.partition_point(|number| number.start <= at);
            behind.checked_sub(1).map(|last| numbers[last]).filter(|number| at < number.end)
        };
        let mut out = String::with_capacity(raw.len());
        let mut at = 0;
        for (cover, finding) in covers(&flat) {
            let number = number(cover.start);
            let (start, end) = number.map_or((cover.start, cover.end), |number| (number.start, number.end));
            if start < at {
                continue;
            }
            let new =
                redaction.map_or_else(String::new, |redaction| self.replacement_json(redaction, finding, &raw[cover]));
            out.push_str(&raw[at..start]);
            let quote = number.map_or_else(String::new, |number| quote(number.depth));
            out.extend([quote.as_str(), &new, &quote]);
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

    #[test]
    fn documents_in_strings_stay_documents() {
        let inner = serde_json::json!({ "mrn": 4_482_913, "old": { "ssn": "536904399" } }).to_string();
        let middle = serde_json::json!({ "body": inner, "npi": 1_245_319_599 }).to_string();
        let raw = serde_json::json!({ "payload": middle }).to_string();
        let done = Guard::new().redact_json(&raw, &Redaction::label()).unwrap();
        let read = |text: &str| serde_json::from_str::<serde_json::Value>(text).unwrap();
        let middle = read(read(done.text())["payload"].as_str().unwrap());
        assert_eq!(middle["npi"], "[NPI]");
        let inner = read(middle["body"].as_str().unwrap());
        assert_eq!(inner, serde_json::json!({ "mrn": "[MRN]", "old": { "ssn": "[SSN]" } }));
    }
}
