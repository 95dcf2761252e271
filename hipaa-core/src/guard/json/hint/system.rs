//! FHIR: what a `system` and a `type` beside a value name.

use super::{Hint, Hints, LARGEST_TYPE, LONGEST_SYSTEM, Role, is_typed};
use crate::guard::Reason;
use crate::guard::cue::CueClass;
use crate::guard::json::parse::{Node, Type};
use crate::guard::json::text::Decoded;

impl Hints<'_> {
    /// What a `system` says: a contact point, or the address of a numbering system.
    pub(super) fn system(&mut self, node: &Node, value: Role) -> Option<Hint> {
        let system = &self.raw[node.start..node.end];
        if system.len() > LONGEST_SYSTEM {
            return None;
        }
        let decoded = Decoded::new(system);
        let system = decoded.as_ref().map_or(system, |decoded| &decoded.text);
        let known = known(system).map(|class| Hint::new(class, Reason::FhirSystem, false));
        known.or_else(|| if matches!(value, Role::Code | Role::Display) { None } else { self.named(system) })
    }

    /// What the `url` of an extension says: its last word.
    pub(super) fn extension(&mut self, node: &Node) -> Option<Hint> {
        let url = &self.raw[node.start..node.end];
        let short = url.len() <= LONGEST_SYSTEM && !url.contains('\\');
        if short && url.contains("://") { self.named(url) } else { self.label(node, Role::Label, Role::Silent) }
    }

    /// The system of a site, by the last word of its path: `http://lab.example.org/mrn`.
    fn named(&mut self, system: &str) -> Option<Hint> {
        let path = match system.split_once("://") {
            Some((_, rest)) => rest.split_once('/')?.1,
            None => {
                system.strip_prefix("urn:").filter(|rest| !rest.starts_with("oid:") && !rest.starts_with("uuid:"))?
            }
        };
        let name = path.rsplit(['/', ':', '#']).find(|part| !part.is_empty())?;
        let said = self.words.read(self.rules, name);
        said.class.filter(|_| !said.weak).map(|class| Hint::new(class, Reason::FhirSystem, false))
    }

    /// What a `type` says: its codings of the HL7 table 0203, or its text.
    pub(super) fn concept(&mut self, concept: usize) -> Option<Hint> {
        let (tape, raw) = (self.tape, self.raw);
        let end = tape.nodes()[concept].next.min(concept + LARGEST_TYPE);
        let inside = &tape.nodes()[concept + 1..end];
        let is = |node: &Node, name: &str| node.key.is_some_and(|(from, to)| raw[from..to].eq_ignore_ascii_case(name));
        let strings = || inside.iter().filter(|node| node.kind == Type::String);
        let value = |node: &Node| &raw[node.start..node.end];
        let coded = strings().filter(|node| is(node, "code")).find_map(|node| CueClass::of_code(value(node)));
        // The class of a coverage: a group of those who are insured.
        let named = |node: &&Node| is(node, "code") || is(node, "text") || is(node, "display");
        let coded =
            coded.or_else(|| strings().filter(named).any(|node| is_group(value(node))).then_some(CueClass::Plan));
        let class = coded.or_else(|| {
            let mut texts = strings().filter(|node| is(node, "text") || is(node, "display"));
            texts.find_map(|node| self.words.read(self.rules, value(node)).class)
        });
        class.map(|class| Hint::new(class, Reason::FhirType, false))
    }

    /// What the words of a `code` say about the value of FHIR beside it: `{"code":{"text":"Age"},"valueQuantity":…}`. A
    /// kind without a format must be all of them, where the value may be a measure.
    pub(super) fn coded(&mut self, value: usize, concept: usize) -> Option<Hint> {
        let (tape, raw) = (self.tape, self.raw);
        let key = self.name(&tape.nodes()[value]).filter(|key| is_typed(key))?;
        let text = matches!(key, "valueString" | "valueIdentifier");
        let end = tape.nodes()[concept].next.min(concept + LARGEST_TYPE);
        let inside = tape.nodes()[concept + 1..end].iter().filter(|node| node.kind == Type::String);
        let named = |node: &&Node| node.key.is_some_and(|(from, to)| matches!(&raw[from..to], "text" | "display"));
        inside.filter(named).find_map(|node| {
            let said = self.words.read(self.rules, &raw[node.start..node.end]);
            let class = said.class.filter(|_| !said.weak)?;
            let fits = !class.kind()?.needs_cue() || text || said.whole;
            fits.then_some(Hint::new(class, Reason::FhirType, false))
        })
    }
}

/// Codes of HL7 for the classes of a coverage that are numbers of its members.
fn is_group(code: &str) -> bool {
    ["group", "subgroup", "rxgroup", "rxid", "group number", "group id"]
        .iter()
        .any(|known| code.eq_ignore_ascii_case(known))
}

/// The class of a well-known system.
fn known(system: &str) -> Option<CueClass> {
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
        _ if tail("/icd-10-cm") || tail("/icd-10") || tail("2.16.840.1.113883.6.90") || names_icd10(system) => {
            CueClass::Icd10
        }
        _ => return None,
    })
}

/// `ICD-10-CM`, `icd10`, `I10C`: the name of the vocabulary without an address.
fn names_icd10(system: &str) -> bool {
    if !matches!(system.as_bytes(), [b'i' | b'I', ..]) {
        return false;
    }
    let solid = system.bytes().filter(|byte| !matches!(byte, b'-' | b'_' | b' ' | b'.')).take(10);
    let name: arrayvec::ArrayVec<u8, 10> = solid.map(|byte| byte.to_ascii_lowercase()).collect();
    matches!(name.as_slice(), b"icd10" | b"icd10cm" | b"i10" | b"i10c")
}

/// The codes of the HL7 table 0203 that a plain `type` may hold without being taken for another
/// abbreviation.
pub(super) fn letters(kind: &str) -> Option<CueClass> {
    matches!(kind, "MR" | "SS" | "DL" | "MB" | "AN" | "PPN").then(|| CueClass::of_code(kind)).flatten()
}
