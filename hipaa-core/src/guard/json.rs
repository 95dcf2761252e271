//! JSON: spans in the raw bytes, pointers, keys and FHIR siblings as cues.

mod hint;
mod key;
mod parse;
mod text;
mod value;
mod walk;

use super::{Finding, Guard};
pub(super) use key::Words;
use parse::Tape;
pub use parse::{JsonError, JsonFault, MAX_DEPTH};
use std::fmt;
pub(super) use walk::Number;
use walk::Walk;

/// A finding in a JSON document.
#[derive(Clone, PartialEq, Eq)]
pub struct JsonFinding {
    /// Kind, confidence, reasons, and the span in bytes of the raw document.
    pub finding: Finding,
    /// The RFC 6901 pointer of the value (or of the member whose key it is).
    pub pointer: String,
    /// The span of the number it lies in, which only a whole string can replace.
    pub(super) number: Option<Number>,
}

// A key may be an identifier itself.
impl fmt::Debug for JsonFinding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("JsonFinding").field("finding", &self.finding).field("pointer", &shy(&self.pointer)).finish()
    }
}

/// The pointer without the keys that hold digits or addresses.
pub(super) fn shy(pointer: &str) -> String {
    let index = |part: &str| part.len() <= 6 && part.bytes().all(|byte| byte.is_ascii_digit());
    let plain = |part: &str| part.bytes().all(|byte| byte.is_ascii_alphabetic() || byte == b'_' || byte == b'-');
    let parts = pointer.split('/').map(|part| if index(part) || plain(part) { part } else { "…" });
    parts.collect::<Vec<_>>().join("/")
}

impl Guard {
    /// The findings of a JSON document that reach their threshold.
    ///
    /// Keys are cues, and so are labels beside a value (`type`, `name`, `field`; `system` of
    /// FHIR). Numbers are scanned like strings. A string that holds a document is scanned as
    /// one; the pointer is that of the string.
    ///
    /// # Errors
    /// [`JsonError`] when the text is no JSON document or nested deeper than [`MAX_DEPTH`].
    pub fn scan_json(&self, raw: &str) -> Result<Vec<JsonFinding>, JsonError> {
        self.walk(raw, |found| self.rules.reports(found.kind(), found.confidence()))
    }

    /// Every finding of a JSON document, low confidences included.
    ///
    /// # Errors
    /// As [`Guard::scan_json`].
    pub fn scan_json_all(&self, raw: &str) -> Result<Vec<JsonFinding>, JsonError> {
        self.walk(raw, |_| true)
    }

    /// The findings of keys, strings and numbers that are wanted, with their pointers.
    fn walk(&self, raw: &str, wanted: impl Fn(&Finding) -> bool) -> Result<Vec<JsonFinding>, JsonError> {
        let tape = Tape::parse(raw)?;
        let mut out: Vec<JsonFinding> = Vec::new();
        let mut last = usize::MAX;
        Walk::new(&self.rules, raw, &tape, &mut |placed| {
            if wanted(&placed.finding) {
                let same = out.last().filter(|_| last == placed.node).map(|found| found.pointer.clone());
                let pointer = same.unwrap_or_else(|| tape.pointer(raw, placed.node));
                last = placed.node;
                out.push(JsonFinding { finding: placed.finding, pointer, number: placed.number });
            }
        })
        .run();
        Ok(out)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::guard::Kind;

    fn found(raw: &str) -> Vec<(Kind, String, &str)> {
        let guard = Guard::new();
        let list = guard.scan_json(raw).unwrap();
        list.into_iter().map(|f| (f.finding.kind(), f.pointer, &raw[f.finding.span()])).collect()
    }

    #[test]
    fn keys_are_cues_and_pointers_are_exact() {
        let raw =
            r#"{"patient":{"mrn":"00123456","a/b~c":[1,{"homePhone":"2125551234"}]},"ssn":536904399,"zip":"02139"}"#;
        assert_eq!(
            found(raw),
            [
                (Kind::Mrn, "/patient/mrn".into(), "00123456"),
                (Kind::Phone, "/patient/a~1b~0c/1/homePhone".into(), "2125551234"),
                (Kind::Ssn, "/ssn".into(), "536904399"),
                (Kind::Zip, "/zip".into(), "02139"),
            ]
        );
    }

    #[test]
    fn fhir_siblings_are_cues_wherever_they_stand() {
        let raw = r#"{"identifier":[{"value":"999-53-8547","system":"http://hl7.org/fhir/sid/us-ssn"},
            {"type":{"coding":[{"code":"MR"}]},"value":"001ea705-d3ba-5329-0b27-a7fbde2f4007"}],
            "telecom":[{"system":"fax","value":"555-806-9773"}],"birthDate":"1943-03-17"}"#;
        let kinds: Vec<(Kind, String)> = found(raw).into_iter().map(|(kind, pointer, _)| (kind, pointer)).collect();
        assert_eq!(
            kinds,
            [
                (Kind::Ssn, "/identifier/0/value".into()),
                (Kind::Mrn, "/identifier/1/value".into()),
                (Kind::Fax, "/telecom/0/value".into()),
                (Kind::Dob, "/birthDate".into()),
            ]
        );
    }

    #[test]
    fn escapes_are_decoded_and_spans_stay_raw() {
        let raw = r#"{"note":"DOB:\t03\/14\/1962 \u0053SN 536\u002d90-4399"}"#;
        let list = found(raw);
        assert_eq!(list[0].2, r"03\/14\/1962");
        assert_eq!(list[1].2, r"536\u002d90-4399");
    }

    #[test]
    fn a_document_in_a_string_is_a_document() {
        let raw =
            r#"{"payload":"{\"patMrn\":\"4482913\",\"x\":\"{\\\"ssn\\\":536904399}\"}","n":"{no}","m":"{\"mrn\":12"}"#;
        assert_eq!(
            found(raw),
            [(Kind::Mrn, "/payload".into(), "4482913"), (Kind::Ssn, "/payload".into(), "536904399")]
        );
        let mut deep = r#"{"ssn":536904399}"#.to_owned();
        for _ in 0..7 {
            deep = serde_json::json!({ "x": deep }).to_string();
        }
        assert!(Guard::new().scan_json(&deep).is_ok());
    }

    #[test]
    fn a_mark_before_a_document_is_skipped_and_lines_of_documents_are_no_document() {
        let raw = "\u{feff}{\"ssn\":\"536904399\"}";
        assert_eq!(found(raw), [(Kind::Ssn, "/ssn".into(), "536904399")]);
        let error = Guard::new().scan_json("{\"a\":1}\n{\"a\":2}\n").unwrap_err();
        assert_eq!((error.fault, error.offset), (JsonFault::Several, 8));
    }

    #[test]
    fn the_same_key_twice_and_numbers_in_any_form_are_read() {
        assert_eq!(found(r#"{"ssn":"536904399","ssn":536904398}"#).len(), 2);
        assert_eq!(found(r#"{"mrn":4482913.0}"#), [(Kind::Mrn, "/mrn".into(), "4482913")]);
        assert_eq!(found(r#"{"mrn":4.1e10,"a":[-4482913,12.5,1e9],"mrn":-4482913,"account":12345.67}"#), []);
        let deep = format!("{}{}{}", "[".repeat(MAX_DEPTH - 1), r#"{"ssn":536904399}"#, "]".repeat(MAX_DEPTH - 1));
        assert_eq!(found(&deep).len(), 1);
    }

    #[test]
    fn identifiers_in_keys_and_labels_beside_values_are_found() {
        assert_eq!(found(r#"{"536-90-4399":true}"#)[0].1, "/536-90-4399");
        assert_eq!(found(r#"[{"label":"Member ID","value":"XYZ123456789"}]"#)[0].0, Kind::Plan);
        assert_eq!(found(r#"{"orderNumber":"2125551234","url":"http://hl7.org/fhir/x"}"#), []);
    }
}
