//! The walk over the tokens of a document, and of the documents in its strings.

use super::hint::{Hint, Hints};
use super::parse::{Node, Tape, Type};
use super::text::Decoded;
use super::value::{is_prose, may_be_number};
use crate::guard::byte::{self, swar};
use crate::guard::cue::CueClass;
use crate::guard::engine::scan_all;
use crate::guard::resolve::resolve;
use crate::guard::rules::Rules;
use crate::guard::scan::Outer;
use crate::guard::words::WordSet;
use crate::guard::{Confidence, Finding, Kind, Reason};

/// Declared values longer than this are prose, and their key says nothing about the parts.
const DECLARED_BYTES: usize = 64;
/// How deep documents may stand in strings of documents.
const NESTED: u32 = 4;
/// A shorter number without a key is nothing.
const SHORTEST_NUMBER: usize = 9;

/// A number token, which only a whole string can replace.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::guard) struct Number {
    pub(in crate::guard) start: usize,
    pub(in crate::guard) end: usize,
    /// In how many strings it stands.
    pub(in crate::guard) depth: u32,
}

/// A finding and the value it lies in.
pub(super) struct Placed {
    pub(super) finding: Finding,
    pub(super) node: usize,
    pub(super) number: Option<Number>,
}

/// A document and who takes its findings.
pub(super) struct Walk<'d, 'k> {
    rules: &'d Rules,
    raw: &'d str,
    tape: &'d Tape,
    hints: Hints<'d>,
    depth: u32,
    keep: &'k mut dyn FnMut(Placed),
}

impl<'d, 'k> Walk<'d, 'k> {
    pub(super) fn new(rules: &'d Rules, raw: &'d str, tape: &'d Tape, keep: &'k mut dyn FnMut(Placed)) -> Self {
        Self { rules, raw, tape, hints: Hints::new(rules, raw, tape, None), depth: 0, keep }
    }

    /// Finds what is in keys, strings and numbers.
    pub(super) fn run(mut self) {
        for (i, node) in self.tape.nodes().iter().enumerate() {
            if let Some(key) = node.key.filter(|key| telling(&self.raw.as_bytes()[key.0..key.1])) {
                self.string(i, key, None);
            }
            match node.kind {
                Type::String => self.text(i, node),
                Type::Number => self.number(i, node),
                _ => {}
            }
        }
    }

    fn text(&mut self, i: usize, node: &Node) {
        let span = (node.start, node.end);
        let raw = &self.raw.as_bytes()[span.0..span.1];
        if !interesting(raw) || self.nested(i, span) {
            return;
        }
        let short = span.1 - span.0 <= DECLARED_BYTES || self.hints.of_extension(i);
        let hint = if short { self.hints.of(i) } else { None };
        let hint = hint.filter(|hint| !(hint.outer.class == CueClass::Version && is_patient(raw)));
        let declared = hint.and_then(|hint| hint.outer.class.kind()).is_some_and(Kind::needs_cue);
        if !declared && self.rules.formats.is_empty() && is_reference(raw) {
            return;
        }
        self.string(i, span, hint);
    }

    /// Scans the content of a string token.
    fn string(&mut self, i: usize, span: (usize, usize), hint: Option<Hint>) {
        let raw = &self.raw[span.0..span.1];
        match Decoded::new(raw) {
            None => {
                for found in declared(self.rules, raw, hint) {
                    let finding = found.moved(|at| at + span.0, |at| at + span.0);
                    (self.keep)(Placed { finding, node: i, number: None });
                }
            }
            Some(decoded) => {
                for found in declared(self.rules, &decoded.text, hint) {
                    let (start, end) = (|at| span.0 + decoded.map.start(at), |at| span.0 + decoded.map.end(at));
                    (self.keep)(Placed { finding: found.moved(start, end), node: i, number: None });
                }
            }
        }
    }

    /// Walks the document that a string holds, when it holds one.
    fn nested(&mut self, i: usize, span: (usize, usize)) -> bool {
        let raw = &self.raw[span.0..span.1];
        if self.depth == NESTED || !holds_object(raw.as_bytes()) {
            return false;
        }
        let Some(decoded) = Decoded::new(raw) else { return false };
        let Ok(tape) = Tape::parse(&decoded.text) else { return false };
        let around = self.hints.of(i);
        let (start, end) = (|at| span.0 + decoded.map.start(at), |at| span.0 + decoded.map.end(at));
        let keep = &mut *self.keep;
        let mut outwards = |placed: Placed| {
            let number =
                placed.number.map(|number| Number { start: start(number.start), end: end(number.end), ..number });
            keep(Placed { finding: placed.finding.moved(start, end), node: i, number });
        };
        let hints = Hints::new(self.rules, &decoded.text, &tape, around);
        let (rules, raw, depth) = (self.rules, decoded.text.as_str(), self.depth + 1);
        Walk { rules, raw, tape: &tape, hints, depth, keep: &mut outwards }.run();
        true
    }

    fn number(&mut self, i: usize, node: &Node) {
        let raw = &self.raw[node.start..node.end];
        let formats = !self.rules.formats.is_empty();
        let Some(digits) = whole(raw).or_else(|| formats.then_some(raw)) else { return };
        if digits.len() < 2 {
            return;
        }
        let hint = self.hints.of(i);
        if hint.is_none() && digits.len() < SHORTEST_NUMBER && !formats {
            return;
        }
        let number = Some(Number { start: node.start, end: node.end, depth: self.depth });
        for found in declared(self.rules, digits, hint) {
            let found = found.moved(|at| at + node.start, |at| at + node.start);
            // One number of ten that start with 1 or 2 passes: a time, a size.
            let unsure = found.kind() == Kind::Npi && found.confidence() == Confidence::Medium;
            let finding = if unsure { found.lowered() } else { found };
            (self.keep)(Placed { finding, node: i, number });
        }
    }
}

/// The digits of a number that is whole, `4482913.0` included.
fn whole(number: &str) -> Option<&str> {
    let digits = number.strip_suffix(".0").unwrap_or(number);
    digits.bytes().all(|byte| byte.is_ascii_digit()).then_some(digits)
}

/// Whether a string can hold a finding at all.
fn interesting(bytes: &[u8]) -> bool {
    telling(bytes) || byte::may_name(bytes)
}

/// Whether a digit, `@`, `:`, an escape or a character outside ASCII is in it.
fn telling(bytes: &[u8]) -> bool {
    swar::has(bytes, |word| {
        swar::between(word, b'0', b':') | swar::equal(word, b'@') | swar::equal(word, b'\\') | swar::high(word)
    })
}

/// Resources of FHIR whose names are no cues.
static RESOURCES: WordSet<32> = WordSet::new(
    "patient practitioner encounter organization location condition observation procedure immunization medication \
    careplan careteam",
);

/// Whether a string is a UUID, or one behind the name of a resource: `Patient/…`, `urn:uuid:…`.
fn is_reference(raw: &[u8]) -> bool {
    let Some((before, uuid)) = raw.len().checked_sub(36).map(|at| raw.split_at(at)) else { return false };
    let dash = |at: usize| uuid[at] == b'-';
    if !(dash(8) && dash(13) && dash(18) && dash(23)) || before.len() > 24 {
        return false;
    }
    let named = match before {
        [] | b"urn:uuid:" => true,
        [name @ .., b'/'] => RESOURCES.has(name),
        _ => false,
    };
    let hex = |(at, byte): (usize, &u8)| byte.is_ascii_hexdigit() || matches!(at, 8 | 13 | 18 | 23);
    named && uuid.iter().enumerate().all(hex)
}

/// Whether a reference of FHIR is that of a patient with a number: `Patient/2105863`.
fn is_patient(raw: &[u8]) -> bool {
    raw.strip_prefix(b"Patient/").is_some_and(|number| number.iter().all(u8::is_ascii_digit))
}

/// Whether the content of a string may be an object, or an array of them.
fn holds_object(raw: &[u8]) -> bool {
    match (raw.first(), raw.last()) {
        (Some(b'{'), Some(b'}')) => memchr::memchr(b'\\', raw).is_some(),
        (Some(b'['), Some(b']')) => raw[1..].iter().find(|byte| **byte != b' ') == Some(&b'{'),
        _ => false,
    }
}

/// Scans a value; when the document declares its kind and the kind has no format, all of it.
fn declared(rules: &Rules, text: &str, hint: Option<Hint>) -> Vec<Finding> {
    let Some(outer) = hint.and_then(|hint| fitting(hint, text)) else {
        return scan_all(rules, text, None);
    };
    let mut found = scan_all(rules, text, Some(outer));
    let Some(kind) = outer.class.kind().filter(|kind| kind.needs_cue() && rules.wants(*kind)) else {
        return found;
    };
    let known = found.iter().any(|found| found.kind() == kind && found.confidence() == Confidence::High);
    if !known && stands_alone(text, outer.reason) && !rules.allows(text.as_bytes()) {
        found.push(Finding::new(kind, Confidence::High, (0, text.len())).because(outer.reason));
        found = resolve(found);
    }
    found
}

/// What the document says about this very value.
fn fitting(hint: Hint, text: &str) -> Option<Outer> {
    let outer = hint.outer;
    let made_of = |more: u8| text.bytes().all(|byte| byte.is_ascii_digit() || byte == more);
    let fits = match outer.class.kind() {
        _ if hint.numeric => made_of(b'0'),
        // What sinks a number says nothing of the numbers in a sentence.
        None => !is_prose(text, outer.class == CueClass::Version),
        // Of an `address`, only a whole value is a ZIP code.
        Some(Kind::Zip) if hint.weak => made_of(b'-'),
        Some(kind) if kind.needs_cue() => may_be_number(text, kind, hint.weak),
        _ => true,
    };
    fits.then_some(outer)
}

/// Whether all of a declared value may be the identifier.
fn stands_alone(text: &str, reason: Reason) -> bool {
    let fhir = matches!(reason, Reason::FhirSystem | Reason::FhirType);
    text.bytes().filter(u8::is_ascii_digit).count() >= 2
        && text.len() >= 3
        && text.len() <= DECLARED_BYTES
        && !text.contains(['*', '[', '{'])
        && (fhir || !text.trim().contains(char::is_whitespace))
        && text.bytes().all(|byte| byte.is_ascii_graphic() || byte == b' ')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::guard::{Guard, Profile};
    use proptest::prelude::*;
    use std::sync::LazyLock;

    static GUARD: LazyLock<Guard> = LazyLock::new(|| Guard::with_profile(&Profile::new()));

    proptest! {
        #[test]
        fn what_is_taken_for_a_reference_holds_nothing(
            name in "(urn:uuid:|Patient/|Encounter/|Practitioner/|Organization/|Location/|Condition/|Observation/|Procedure/|)",
            uuid in "[0-9]{8}-[0-9a-f]{4}-[0-9]{4}-[0-9a-fA-F]{4}-[0-9]{12}|[0-9a-f]{8}-[0-9]{4}-[0-9a-f]{4}-[0-9]{4}-[0-9a-f]{12}",
        ) {
            let text = name + &uuid;
            prop_assert!(is_reference(text.as_bytes()));
            let found = GUARD.scan(&text);
            prop_assert!(found.is_empty(), "{text} {found:?}");
        }
    }

    #[test]
    fn other_strings_are_no_references() {
        for text in [
            "http://a/16a26e7c-d6a6-3e2f-8af9-2b57503ad048",
            "16a26e7c-d6a6-3e2f-8af9-2b57503ad04",
            "a1/16a26e7c-d6a6-3e2f-8af9-2b57503ad048",
        ] {
            assert!(!is_reference(text.as_bytes()), "{text}");
        }
    }
}
