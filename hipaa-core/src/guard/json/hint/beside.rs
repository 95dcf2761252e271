//! What stands near a value and speaks for it: the question in the turn before, the insurance that a group belongs to,
//! the resource of an identifier.

use super::{Hint, Hints, LONGEST_KEY, SIBLINGS};
use crate::guard::byte;
use crate::guard::cue::CueClass;
use crate::guard::json::key::{names_insurance, names_insured};
use crate::guard::json::parse::Type;

/// How deep a turn may be nested, and how many of its members are asked.
const DEPTH: usize = 8;
const MEMBERS: usize = 8;

/// Keys of the number of a group in an insurance, and those that need nothing beside them.
const GROUPS: [&str; 4] = ["group", "grp", "insuranceGroup", "planGroup"];
const OF_CARDS: [&str; 5] = ["rxGroup", "rxGrp", "rx_group", "rx_grp", "rx-group"];

impl Hints<'_> {
    /// Whether a value stands in an object that follows another one in an array.
    #[inline]
    pub(super) fn may_answer(&self, at: usize) -> bool {
        let nodes = self.tape.nodes();
        let turn = &nodes[nodes[at].parent];
        nodes[at].key.is_some() && turn.key.is_none() && turn.index > 0 && nodes[at].kind == Type::String
    }

    /// What the question says that stands under the same key in the object before:
    /// `[{"t":"date of birth?"},{"t":"May 19 1961"}]`.
    #[inline(never)]
    pub(super) fn answered(&mut self, at: usize) -> Option<Hint> {
        let (tape, raw) = (self.tape, self.raw);
        let (node, turn) = (tape.nodes()[at], tape.nodes()[at].parent);
        let (array, key) = (tape.nodes()[turn].parent, self.name(&node)?);
        let mut before = turn.checked_sub(1)?;
        for _ in 0..DEPTH {
            if tape.nodes()[before].parent == array {
                break;
            }
            before = tape.nodes()[before].parent;
        }
        let found = tape.nodes()[before];
        if found.parent != array || found.kind != Type::Object || before >= turn {
            return None;
        }
        let mut members = tape.members(before).take(MEMBERS).map(|(_, node)| *node);
        let asked = members.find(|node| node.kind == Type::String && self.name(node) == Some(key))?;
        let text = raw.get(asked.start..asked.end).filter(|text| asks(text))?;
        let last = text.get(text.len().saturating_sub(LONGEST_KEY)..)?;
        let said = self.words.read(self.rules, last);
        Hint::of(said).filter(|hint| !hint.weak && hint.outer.class.kind().is_some())
    }

    /// Whether the key is that of a group and an insurance stands beside or above it: `{"memberId":…,"group":…}`.
    pub(super) fn is_group(&self, at: usize) -> bool {
        let node = self.tape.nodes()[at];
        let Some(key) =
            self.name(&node).filter(|key| matches!(key.as_bytes(), [b'g' | b'G' | b'r' | b'R' | b'i' | b'p', ..]))
        else {
            return false;
        };
        let is = |names: &[&str]| names.iter().any(|name| key.eq_ignore_ascii_case(name));
        is(&OF_CARDS) || (is(&GROUPS) && self.beside_insurance(at))
    }

    #[inline(never)]
    fn beside_insurance(&self, at: usize) -> bool {
        let above = self.tape.nodes()[self.tape.nodes()[at].parent];
        self.name(&above).is_some_and(names_insurance)
            || self.beside(at).any(|(_, node)| self.name(node).is_some_and(names_insurance))
    }

    /// What the identifiers of a resource of FHIR are: those of an account, or the licences of a practitioner.
    pub(super) fn of_resource(&self, object: usize) -> Option<CueClass> {
        let mut members = self.tape.members(object).take(SIBLINGS);
        let account = members.any(|(_, node)| {
            self.name(node) == Some("resourceType") && self.raw.get(node.start..node.end) == Some("Account")
        });
        let licence = || self.name_above(object) == Some("qualification");
        if account { Some(CueClass::Account) } else { licence().then_some(CueClass::License) }
    }

    /// The key above the one that a node may have: that of the array in which an object stands.
    fn name_above(&self, at: usize) -> Option<&str> {
        self.name(&self.tape.nodes()[self.tape.nodes()[at].parent])
    }

    /// Whether a `groupId` has neither an insurance nor a person beside or above it: it is one of machines or programs.
    pub(super) fn groups_machines(&self, at: usize) -> bool {
        let nodes = self.tape.nodes();
        let solid = |key: &str| {
            key.bytes().filter(u8::is_ascii_alphabetic).map(|byte| byte.to_ascii_lowercase()).eq(*b"groupid")
        };
        if !self.name(&nodes[at]).is_some_and(|key| key.len() <= 9 && solid(key)) {
            return false;
        }
        let object = nodes[at].parent;
        let mut near = self.beside(at).filter_map(|(_, node)| self.name(node));
        let above = [self.name(&nodes[object]), self.name_above(object)];
        !(near.any(names_insured) || above.into_iter().flatten().any(names_insured))
    }

    /// Whether a number counts the licences of a program: `{"licenses":25000}`.
    pub(super) fn counts_licences(&self, at: usize) -> bool {
        let node = self.tape.nodes()[at];
        node.kind == Type::Number && self.name(&node).is_some_and(|key| key.ends_with('s'))
    }

    /// Whether a `url` is the name of an extension of FHIR.
    pub(in super::super) fn of_extension(&self, at: usize) -> bool {
        let node = self.tape.nodes()[at];
        self.name(&node) == Some("url")
            && matches!(self.name_above(node.parent), Some("extension" | "modifierExtension"))
    }
}

/// Whether a turn asks for something.
fn asks(text: &str) -> bool {
    text.ends_with(['?', ':']) || (text.ends_with('.') && memchr::memmem::find(text.as_bytes(), b"lease").is_some())
}

/// The digits that a short key ends with: `q1`, `answer12`.
pub(super) fn numbered(key: &str) -> &[u8] {
    let bytes = key.as_bytes();
    let start = byte::back(bytes, bytes.len(), byte::DIGIT, 3);
    if start > 0 && bytes.len() <= 12 { &bytes[start..] } else { &[] }
}
