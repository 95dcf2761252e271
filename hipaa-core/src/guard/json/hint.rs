//! What a document says about a value: its key, the keys above, and its siblings.

use super::parse::{Node, Tape, Type};
use crate::guard::Reason;
use crate::guard::cue::CueClass;
use crate::guard::rules::Rules;
use crate::guard::scan::Outer;
use std::collections::HashMap;

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
    keys: HashMap<&'d str, Option<CueClass>>,
}

impl<'d> Hints<'d> {
    pub(super) fn new(rules: &'d Rules, raw: &'d str, tape: &'d Tape) -> Self {
        Self { rules, raw, tape, keys: HashMap::new() }
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
        if let Some(known) = self.keys.get(key) {
            return *known;
        }
        let class = if key.len() <= 64 { class_of_words(self.rules, &words(key), true) } else { None };
        self.keys.insert(key, class);
        class
    }

    /// Asks the siblings of a generic key.
    fn siblings(&self, container: usize, but: usize) -> Option<Outer> {
        if self.tape.nodes()[container].kind != Type::Object {
            return None;
        }
        let mut best = None;
        for (at, node) in self.tape.members(container).take(32).filter(|(at, _)| *at != but) {
            let Some(name) = self.key(node).filter(|key| LABELS.contains(key)) else {
                continue;
            };
            let (reason, class) = match (name, node.kind) {
                ("system", Type::String) => (Reason::FhirSystem, self.system(node)),
                ("type", Type::Object) => (Reason::FhirType, self.concept(at)),
                (_, Type::String) => {
                    (Reason::JsonKey, class_of_words(self.rules, &words(&self.raw[node.start..node.end]), true))
                }
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
    fn concept(&self, concept: usize) -> Option<CueClass> {
        let end = self.tape.nodes()[concept].next;
        let inside = &self.tape.nodes()[concept + 1..end];
        let strings = || inside.iter().filter(|node| node.kind == Type::String);
        let value = |node: &Node| &self.raw[node.start..node.end];
        let coded = strings().filter(|node| self.key(node) == Some("code")).find_map(|node| class_of_code(value(node)));
        coded.or_else(|| {
            let texts = strings().filter(|node| matches!(self.key(node), Some("text" | "display")));
            texts.filter_map(|node| class_of_words(self.rules, &words(value(node)), true)).next()
        })
    }
}

/// # Source
/// HL7 version 2 table 0203, identifier types.
fn class_of_code(code: &str) -> Option<CueClass> {
    Some(match code {
        "MR" | "MRT" | "PI" | "PT" | "PN" => CueClass::Mrn,
        "SS" | "SSN" => CueClass::Ssn,
        "DL" | "PPN" | "LN" | "MD" | "RN" | "SL" | "BC" | "BCT" | "LACSN" => CueClass::License,
        "NPI" => CueClass::Npi,
        "DEA" | "DN" => CueClass::Dea,
        "MB" | "MA" | "HC" | "NIIP" | "SN" | "PNT" | "MCD" => CueClass::Plan,
        "MC" => CueClass::Mbi,
        "AN" | "ANON" | "BA" | "ANC" | "ANT" | "AM" => CueClass::Account,
        "SNO" | "UDI" => CueClass::Device,
        "PLAC" | "FILL" | "ACSN" | "VN" | "TAX" | "EN" | "EI" | "U" => CueClass::Other,
        _ => return None,
    })
}

/// The class of the last cue in the words of a key or label.
fn class_of_words(rules: &Rules, words: &str, whole: bool) -> Option<CueClass> {
    let mut cues = Vec::new();
    rules.lexicon.collect(words.as_bytes(), 0, words.len(), &mut cues);
    cues.iter().rev().find(|cue| !cue.weak || (whole && cue.start == 0 && cue.end == words.len())).map(|cue| cue.class)
}

/// `dateOfBirth`, `date_of_birth` and `DateOfBirth` as `date of birth`.
fn words(key: &str) -> String {
    let mut out = String::with_capacity(key.len() + 8);
    let mut before = ' ';
    let mut chars = key.chars().peekable();
    while let Some(c) = chars.next() {
        let starts = c.is_ascii_uppercase()
            && (before.is_ascii_lowercase()
                || before.is_ascii_digit()
                || (before.is_ascii_uppercase() && chars.peek().is_some_and(char::is_ascii_lowercase)));
        if starts {
            out.push(' ');
        }
        out.push(if c == '_' { ' ' } else { c });
        before = c;
    }
    out
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
            assert_eq!(class_of_words(&rules, &words(key), true), class, "{key}");
        }
    }
}
