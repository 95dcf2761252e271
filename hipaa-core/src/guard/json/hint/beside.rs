//! What stands near a value and speaks for it: the question in the turn before, the insurance that a group belongs to,
//! the resource of an identifier.

use super::{Hint, Hints, LONGEST_KEY, SIBLINGS};
use crate::guard::byte;
use crate::guard::json::key::names_insurance;
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

    /// Whether the object is an account of FHIR.
    pub(super) fn of_account(&self, object: usize) -> bool {
        let mut members = self.tape.members(object).take(SIBLINGS);
        members.any(|(_, node)| {
            self.name(node) == Some("resourceType") && self.raw.get(node.start..node.end) == Some("Account")
        })
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
