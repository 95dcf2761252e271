//! What a document says about a value: its key, the keys above, and its siblings.

use super::parse::{Node, Tape, Type};
use crate::guard::Reason;
use crate::guard::byte::Room;
use crate::guard::cue::{Cue, CueClass};
use crate::guard::rules::Rules;
use crate::guard::scan::Outer;

/// Keys that name nothing by themselves: the key above them speaks.
const GENERIC: [&str; 14] = [
    "value",
    "number",
    "id",
    "text",
    "content",
    "data",
    "code",
    "val",
    "num",
    "no",
    "display",
    "raw",
    "valueString",
    "identifier",
];
/// Siblings that may name what a generic key holds.
const LABELS: [&str; 7] = ["type", "label", "name", "kind", "system", "use", "key"];
/// Keys whose values name a vocabulary.
const NAMESPACES: [&str; 6] = ["system", "profile", "$schema", "schema", "reference", "xmlns"];

/// How many keys above are asked.
const LEVELS: usize = 3;

#[derive(Debug)]
pub(super) struct Hints<'d> {
    rules: &'d Rules,
    raw: &'d str,
    tape: &'d Tape,
    /// The keys asked last, each at the place of its hash: documents repeat their keys.
    known: [(&'d str, Option<CueClass>); KNOWN],
    words: Words,
}

/// How many nodes of a `type` are read, and how long a `system` may be: every member of an
/// object may ask for them, so they must not grow with the document.
const LARGEST_TYPE: usize = 32;
const LONGEST_SYSTEM: usize = 256;

/// How many keys are remembered.
const KNOWN: usize = 32;

impl<'d> Hints<'d> {
    pub(super) fn new(rules: &'d Rules, raw: &'d str, tape: &'d Tape) -> Self {
        Self { rules, raw, tape, known: [("", None); KNOWN], words: Words::default() }
    }

    /// What speaks for the value at `at`.
    pub(super) fn of(&mut self, at: usize) -> Option<Outer> {
        let node = self.tape.nodes()[at];
        let key = self.key(&node);
        if key.is_some_and(|key| GENERIC.contains(&key))
            && let Some(outer) = self.siblings(node.parent, at)
        {
            return Some(outer);
        }
        self.keys_above(node)
    }

    fn keys_above(&mut self, mut node: Node) -> Option<Outer> {
        for _ in 0..LEVELS {
            let key = self.key(&node);
            match key {
                Some(key) if NAMESPACES.contains(&key) => {
                    return Some(Outer { class: CueClass::Version, reason: Reason::JsonKey });
                }
                Some(key) if !GENERIC.contains(&key) => {
                    let class = self.class_of(key)?;
                    return Some(Outer { class, reason: Reason::JsonKey });
                }
                _ => {
                    let (name, parent) = (key.and_then(|key| self.class_of(key)), node.parent);
                    if let Some(class) = name {
                        return Some(Outer { class, reason: Reason::JsonKey });
                    }
                    node = self.tape.nodes()[parent];
                }
            }
        }
        None
    }

    fn key(&self, node: &Node) -> Option<&'d str> {
        node.key.map(|(start, end)| &self.raw[start..end])
    }

    /// The class that the words of a key speak for.
    fn class_of(&mut self, key: &'d str) -> Option<CueClass> {
        let mix = |hash: usize, byte: &u8| hash.wrapping_mul(31).wrapping_add(usize::from(*byte));
        let place = key.as_bytes().iter().fold(0, mix) % KNOWN;
        if self.known[place].0 != key {
            self.known[place] = (key, self.words.class(self.rules, key));
        }
        self.known[place].1
    }

    /// Asks the siblings of a generic key.
    fn siblings(&mut self, container: usize, but: usize) -> Option<Outer> {
        if self.tape.nodes()[container].kind != Type::Object {
            return None;
        }
        let mut best = None;
        let tape = self.tape;
        for (at, node) in tape.members(container).take(32).filter(|(at, _)| *at != but) {
            let Some(name) = self.key(node).filter(|key| LABELS.contains(key)) else {
                continue;
            };
            let (reason, class) = match (name, node.kind) {
                ("system", Type::String) => (Reason::FhirSystem, self.system(node)),
                ("type", Type::Object) => (Reason::FhirType, self.concept(at)),
                (_, Type::String) => (Reason::JsonKey, self.words.class(self.rules, &self.raw[node.start..node.end])),
                _ => continue,
            };
            let Some(class) = class else { continue };
            // A system says more than a type, and both more than a label.
            let outer = Outer { class, reason };
            let weight = |reason: Reason| match reason {
                Reason::FhirSystem => 2,
                Reason::FhirType => 1,
                _ => 0,
            };
            if best.is_none_or(|best: Outer| weight(best.reason) < weight(reason)) {
                best = Some(outer);
            }
        }
        best
    }

    /// The class of a `system`: a contact point, or the address of a numbering system.
    fn system(&self, node: &Node) -> Option<CueClass> {
        let system = &self.raw[node.start..node.end];
        if system.len() > LONGEST_SYSTEM {
            return None;
        }
        let tail = |part: &str| system.ends_with(part);
        Some(match system {
            "phone" | "pager" | "sms" => CueClass::Phone,
            "fax" => CueClass::Fax,
            "email" => CueClass::Email,
            "url" => CueClass::Url,
            _ if tail("/us-ssn") || tail("2.16.840.1.113883.4.1") => CueClass::Ssn,
            _ if tail("/us-npi") || tail("2.16.840.1.113883.4.6") => CueClass::Npi,
            _ if tail("/us-mbi") || tail("2.16.840.1.113883.4.927") => CueClass::Mbi,
            _ if tail("/us-medicare") || tail("/us-hicn") || tail("2.16.840.1.113883.4.572") => CueClass::Plan,
            _ if tail("2.16.840.1.113883.4.814") || tail("/us-dea") => CueClass::Dea,
            _ if system.contains("2.16.840.1.113883.4.3.") || tail("/passportNumber") => CueClass::License,
            _ if tail("/icd-10-cm") || tail("/icd-10") || tail("2.16.840.1.113883.6.90") => CueClass::Icd10,
            _ => return None,
        })
    }

    /// The class of a `type` with codings of the HL7 table 0203, or with a text.
    fn concept(&mut self, concept: usize) -> Option<CueClass> {
        let (tape, raw) = (self.tape, self.raw);
        let end = tape.nodes()[concept].next.min(concept + LARGEST_TYPE);
        let inside = &tape.nodes()[concept + 1..end];
        let key = |node: &Node| node.key.map(|(start, end)| &raw[start..end]);
        let strings = || inside.iter().filter(|node| node.kind == Type::String);
        let value = |node: &Node| &raw[node.start..node.end];
        let coded = strings().filter(|node| key(node) == Some("code")).find_map(|node| CueClass::of_code(value(node)));
        coded.or_else(|| {
            let mut texts = strings().filter(|node| matches!(key(node), Some("text" | "display")));
            texts.find_map(|node| self.words.class(self.rules, value(node)))
        })
    }
}

/// Reads the words of keys and labels; keeps its memory from one to the next.
#[derive(Debug, Default)]
pub(in crate::guard) struct Words {
    text: Vec<u8>,
    cues: Vec<Cue>,
}

/// The longest key or label that is read.
const LONGEST_KEY: usize = 64;

impl Words {
    /// The class of the last cue in a key or label; a weak word must be all of it.
    fn class(&mut self, rules: &Rules, key: &str) -> Option<CueClass> {
        self.cue(rules, key).map(|(class, _)| class)
    }

    /// The same, and whether the word is a weak one.
    pub(in crate::guard) fn cue(&mut self, rules: &Rules, key: &str) -> Option<(CueClass, bool)> {
        if key.len() > LONGEST_KEY {
            return None;
        }
        self.split(key.as_bytes());
        self.cues.clear();
        let mut room = Room::new();
        let text = (self.text.as_slice(), room.planes(&self.text));
        rules.lexicon.collect(text, 0, self.text.len(), &mut self.cues);
        let whole = |cue: &Cue| cue.start == 0 && cue.end == self.text.len();
        self.cues.iter().rev().find(|cue| !cue.weak || whole(cue)).map(|cue| (cue.class, cue.weak))
    }

    /// `dateOfBirth`, `date_of_birth` and `DateOfBirth` as `date of birth`.
    fn split(&mut self, key: &[u8]) {
        self.text.clear();
        let mut before = b' ';
        for (i, &byte) in key.iter().enumerate() {
            let lower_next = key.get(i + 1).is_some_and(u8::is_ascii_lowercase);
            let starts = byte.is_ascii_uppercase()
                && (before.is_ascii_lowercase()
                    || before.is_ascii_digit()
                    || (before.is_ascii_uppercase() && lower_next));
            if starts {
                self.text.push(b' ');
            }
            self.text.push(if byte == b'_' { b' ' } else { byte });
            before = byte;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::guard::Profile;

    #[test]
    fn keys_in_any_spelling_name_their_class() {
        let rules = Profile::new().compile();
        for (key, class) in [
            ("dateOfBirth", Some(CueClass::Dob)),
            ("patient_mrn", Some(CueClass::Mrn)),
            ("homePhone", Some(CueClass::Phone)),
            ("SSN", Some(CueClass::Ssn)),
            ("postalCode", Some(CueClass::Zip)),
            ("NPINumber", Some(CueClass::Npi)),
            ("memberId", Some(CueClass::Plan)),
            ("patientAccountNumber", Some(CueClass::Account)),
            ("ipAddress", Some(CueClass::Ip)),
            ("faxNumber", Some(CueClass::Fax)),
            ("birthDate", Some(CueClass::Dob)),
            ("colour", None),
            ("family", None),
            ("orderNumber", Some(CueClass::Other)),
            ("serialNumber", Some(CueClass::Device)),
            ("licenseNumber", Some(CueClass::License)),
        ] {
            assert_eq!(Words::default().class(&rules, key), class, "{key}");
        }
    }
}
