//! JSON: spans in the raw bytes, pointers, keys and FHIR siblings as cues.

mod hint;
mod parse;
mod text;

use super::byte::swar;
use super::engine::scan_all;
use super::resolve::resolve;
use super::rules::Rules;
use super::scan::Outer;
use super::{Confidence, Finding, Guard, Reason};
use hint::Hints;
pub(super) use hint::Words;
pub use parse::{JsonError, JsonFault, MAX_DEPTH};
use parse::{Node, Tape, Type};
use std::fmt;
use text::Decoded;

/// A finding in a JSON document.
#[derive(Clone, PartialEq, Eq)]
pub struct JsonFinding {
    /// Kind, confidence, reasons, and the span in bytes of the raw document.
    pub finding: Finding,
    /// The RFC 6901 pointer of the value (or of the member whose key it is).
    pub pointer: String,
    /// The span of the number it lies in, which only a whole string can replace.
    pub(super) number: Option<(usize, usize)>,
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

/// Declared values longer than this are prose, and their key says nothing about the parts.
const DECLARED_BYTES: usize = 64;

impl Guard {
    /// The findings of a JSON document that reach their threshold.
    ///
    /// Keys, and for FHIR the siblings `system`, `type` and `use`, are cues. Numbers are
    /// scanned like strings.
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
        let mut hints = Hints::new(&self.rules, raw, &tape);
        let mut out = Vec::new();
        let mut keep = |mut found: Vec<Finding>, node: usize, number: Option<(usize, usize)>| {
            found.retain(|found| wanted(found));
            if found.is_empty() {
                return;
            }
            let pointer = tape.pointer(raw, node);
            let placed = |finding| JsonFinding { finding, pointer: pointer.clone(), number };
            out.extend(found.into_iter().map(placed));
        };
        for (i, node) in tape.nodes().iter().enumerate() {
            if let Some(key) = node.key.filter(|key| telling(&raw.as_bytes()[key.0..key.1])) {
                keep(string(&self.rules, raw, key, None), i, None);
            }
            let span = (node.start, node.end);
            match node.kind {
                Type::String if interesting(&raw.as_bytes()[node.start..node.end]) => {
                    let outer = if short(node) { hints.of(i) } else { None };
                    keep(string(&self.rules, raw, span, outer), i, None);
                }
                Type::Number => keep(plain(&self.rules, raw, span, hints.of(i)), i, Some(span)),
                _ => {}
            }
        }
        Ok(out)
    }
}

const fn short(node: &Node) -> bool {
    node.end - node.start <= DECLARED_BYTES
}

/// Whether a string can hold a finding at all.
fn interesting(bytes: &[u8]) -> bool {
    telling(bytes) || super::byte::may_name(bytes)
}

/// Whether a digit, `@`, `:`, an escape or a character outside ASCII is in it.
fn telling(bytes: &[u8]) -> bool {
    swar::has(bytes, |word| {
        swar::between(word, b'0', b':') | swar::equal(word, b'@') | swar::equal(word, b'\\') | swar::high(word)
    })
}

/// Scans the content of a string token.
fn string(rules: &Rules, raw: &str, span: (usize, usize), outer: Option<Outer>) -> Vec<Finding> {
    match Decoded::new(&raw[span.0..span.1]) {
        None => plain(rules, raw, span, outer),
        Some(decoded) => {
            let found = declared(rules, &decoded.text, outer);
            let place =
                |found: Finding| found.moved(|at| span.0 + decoded.map.start(at), |at| span.0 + decoded.map.end(at));
            found.into_iter().map(place).collect()
        }
    }
}

fn plain(rules: &Rules, raw: &str, span: (usize, usize), outer: Option<Outer>) -> Vec<Finding> {
    let found = declared(rules, &raw[span.0..span.1], outer);
    found.into_iter().map(|found| found.moved(|at| at + span.0, |at| at + span.0)).collect()
}

/// Scans a value; when the document declares its kind and the kind has no format, all of it.
fn declared(rules: &Rules, text: &str, outer: Option<Outer>) -> Vec<Finding> {
    let mut found = scan_all(rules, text, outer);
    let Some(outer) = outer else { return found };
    let Some(kind) = outer.class.kind().filter(|kind| kind.needs_cue() && rules.wants(*kind)) else {
        return found;
    };
    let known = found.iter().any(|found| found.kind() == kind && found.confidence() == Confidence::High);
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    let fhir = matches!(outer.reason, Reason::FhirSystem | Reason::FhirType);
    let value = digits >= 2
        && text.len() >= 3
        && text.len() <= DECLARED_BYTES
        && !text.contains(['*', '[', '{'])
        && (fhir || !text.trim().contains(char::is_whitespace))
        && text.bytes().all(|byte| byte.is_ascii_graphic() || byte == b' ');
    if value && !known && !rules.allows(text.as_bytes()) {
        found.push(Finding::new(kind, Confidence::High, (0, text.len())).because(outer.reason));
        found = resolve(found);
    }
    found
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
    fn identifiers_in_keys_and_labels_beside_values_are_found() {
        assert_eq!(found(r#"{"536-90-4399":true}"#)[0].1, "/536-90-4399");
        assert_eq!(found(r#"[{"label":"Member ID","value":"XYZ123456789"}]"#)[0].0, Kind::Plan);
        assert_eq!(found(r#"{"orderNumber":"2125551234","url":"http://hl7.org/fhir/x"}"#), []);
    }
}
