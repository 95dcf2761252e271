//! What a document says about a value: its key, the keys above, and its siblings.

mod beside;
mod grid;
mod system;

use super::key::{Key, LONGEST_KEY, Role, Words, names_hardware};
use super::parse::{Node, Tape, Type};
use crate::guard::Reason;
use crate::guard::byte;
use crate::guard::cue::CueClass;
use crate::guard::rules::Rules;
use crate::guard::scan::Outer;
use crate::guard::words::WordSet;
use beside::numbered;
use grid::Grid;

/// How many levels are asked, as long as their keys say nothing.
const LEVELS: usize = 5;
/// How many members of an object are asked as siblings.
const SIBLINGS: usize = 32;
/// How many nodes of a `type` are read, and how long a `system` may be: every member of an
/// object may ask for them, so they must not grow with the document.
const LARGEST_TYPE: usize = 32;
const LONGEST_SYSTEM: usize = 256;
/// How many keys are remembered.
const KNOWN: usize = 64;

/// How long the name of a kind may be as a `code` or `id`: `SS`, `DRIVERS_LICENSE_NUMBER`.
const SHORTEST_NAME: usize = 2;
const LONGEST_NAME: usize = 24;

/// Labels that may name what an `id` or `code` beside them is.
const NAMING: [&str; 4] = ["name", "label", "key", "use"];
/// Things that have an age.
static THINGS: WordSet<64> = WordSet::new(
    "cache pod file session token cookie container job build vm instance message certificate cert sample specimen \
    account snapshot backup node image index log queue entry",
);
/// What stands beside the age of a record that is of no person.
static KEPT: WordSet<32> = WordSet::new("ttl size bytes offset hash checksum etag expires");
/// What stands beside the age of a person.
static PERSONAL: WordSet<32> = WordSet::new("sex gender dob mrn patient race ethnicity birthdate diagnosis dx ssn");
/// Keys of a `birth` that hold its date.
static DAYS: WordSet<16> = WordSet::new("date day dt on datetime");

/// What an age may be counted in.
static YEARS: WordSet<16> = WordSet::new("years year yrs yr y a yo");
static NOT_YEARS: WordSet<32> = WordSet::new("d day days w wk week weeks m mo month months h hr hour hours min s");

/// What speaks for a value.
#[derive(Clone, Copy, Debug)]
pub(super) struct Hint {
    pub(super) outer: Outer,
    /// A common word says so.
    pub(super) weak: bool,
    /// It speaks about digits alone.
    pub(super) numeric: bool,
}

impl Hint {
    const fn new(class: CueClass, reason: Reason, weak: bool) -> Self {
        Self { outer: Outer { class, reason }, weak, numeric: false }
    }

    fn of(key: Key) -> Option<Self> {
        key.class.map(|class| Self::new(class, Reason::JsonKey, key.weak))
    }

    /// A numbering system says more than a type, that more than a label, and a common word least.
    const fn weight(&self) -> u8 {
        match (self.outer.reason, self.weak) {
            (Reason::FhirSystem, _) => 3,
            (Reason::FhirType, _) => 2,
            (_, false) => 1,
            (_, true) => 0,
        }
    }
}

/// A key, and what it says once it was asked.
#[derive(Clone, Copy, Debug)]
struct Known<'d> {
    key: &'d str,
    role: Role,
    said: Option<Key>,
}

/// An array, what speaks for all its members, and whether they stand below names of columns.
#[derive(Clone, Copy, Debug)]
struct List {
    array: usize,
    hint: Option<Hint>,
    row: bool,
}

#[derive(Debug)]
pub(super) struct Hints<'d> {
    rules: &'d Rules,
    raw: &'d str,
    tape: &'d Tape,
    /// What speaks for the whole document: the place it was found in.
    around: Option<Hint>,
    /// The keys asked last, each at the place of its hash: documents repeat their keys.
    known: [Known<'d>; KNOWN],
    /// The array whose member was asked last, and the answer for all its members.
    list: Option<List>,
    /// The names of columns that were read last.
    grid: Option<Grid>,
    words: Words,
}

impl<'d> Hints<'d> {
    pub(super) fn new(rules: &'d Rules, raw: &'d str, tape: &'d Tape, around: Option<Hint>) -> Self {
        let known = [Known { key: "", role: Role::Own, said: None }; KNOWN];
        Self { rules, raw, tape, around, known, list: None, grid: None, words: Words::default() }
    }

    /// What speaks for the value at `at`.
    #[inline]
    pub(super) fn of(&mut self, at: usize) -> Option<Hint> {
        let node = &self.tape.nodes()[at];
        if node.key.is_some() { self.asked(at) } else { self.of_member(at, node.parent, node.index) }
    }

    /// What speaks for a member of an array.
    #[inline(never)]
    fn of_member(&mut self, at: usize, array: usize, index: usize) -> Option<Hint> {
        let list = match self.list {
            Some(list) if list.array == array => list,
            _ => {
                let (hint, row) = (self.asked(at), self.is_row(array));
                *self.list.insert(List { array, hint, row })
            }
        };
        let own = match index {
            _ if list.row => self.column(index),
            1 => self.pair(array),
            _ => None,
        };
        own.or(list.hint)
    }

    fn asked(&mut self, at: usize) -> Option<Hint> {
        let hint = match self.above(at) {
            hint if hint.is_none_or(|hint| hint.weak) && self.may_answer(at) => self.answered(at).or(hint)?,
            hint => hint?,
        };
        let counted = hint.outer.class == CueClass::Age90 && self.counts_no_years(at);
        (!counted).then_some(hint)
    }

    /// Asks the key of the value and, while they say nothing, those above and what stands beside.
    fn above(&mut self, mut at: usize) -> Option<Hint> {
        let (mut own, mut bound, mut named) = (None, false, false);
        for _ in 0..LEVELS {
            let node = self.tape.nodes()[at];
            // `item` sinks a number, but says nothing of the members of an item.
            let key = self.name(&node).filter(|key| !(named && matches!(*key, "item" | "items")));
            match key.map_or(Role::Silent, |key| self.role(key)) {
                Role::Namespace | Role::System => {
                    return Some(Hint::new(CueClass::Version, Reason::JsonKey, false));
                }
                role @ (Role::Silent | Role::Code | Role::Carrier | Role::Display) => {
                    let asks = key.is_some() && (!named || role == Role::Carrier);
                    if asks && let Some(hint) = self.siblings(node.parent, at, role) {
                        let range = hint.outer.class == CueClass::Age90 && key.is_some_and(is_bound);
                        return (!range).then_some(hint);
                    }
                    if named
                        && key == Some("identifier")
                        && let Some(class) = self.of_resource(node.parent)
                    {
                        return Some(Hint::new(class, Reason::FhirType, false));
                    }
                    match key.and_then(|key| Hint::of(self.read(key))) {
                        // `valueDate` tells how the value is written.
                        Some(hint) if !hint.weak && !key.is_some_and(is_typed) => return Some(hint),
                        hint => own = own.or(hint),
                    }
                }
                role => return self.spoken(at, role, bound).filter(|hint| !hint.weak || own.is_none()).or(own),
            }
            bound |= key.is_some_and(is_bound);
            named |= key.is_some();
            if at == 0 {
                return own.or(self.around);
            }
            at = node.parent;
        }
        own
    }

    /// What a key that may speak for itself says.
    fn spoken(&mut self, at: usize, role: Role, bound: bool) -> Option<Hint> {
        let key = self.name(&self.tape.nodes()[at]).map(|key| self.read(key)).unwrap_or_default();
        match (key.class, role) {
            (Some(CueClass::Age90), _) if bound || (key.whole && self.of_a_thing(at)) => None,
            (class, Role::Measure) if !matches!(class, Some(CueClass::Date | CueClass::Dob)) => {
                Some(Hint { numeric: true, ..Hint::new(CueClass::Other, Reason::JsonKey, false) })
            }
            (None, Role::Serial) => {
                self.beside_hardware(at).then(|| Hint::new(CueClass::Device, Reason::JsonKey, false))
            }
            (None | Some(CueClass::Other), _) if self.is_group(at) => {
                Some(Hint::new(CueClass::Plan, Reason::JsonKey, false))
            }
            (Some(CueClass::Plan), _) if self.groups_machines(at) => None,
            (Some(CueClass::License), _) if key.weak && self.counts_licences(at) => None,
            (Some(CueClass::Url), _) if self.of_extension(at) => {
                Some(Hint::new(CueClass::Version, Reason::JsonKey, false))
            }
            (Some(CueClass::Date), _) if self.of_a_birth(at) => Some(Hint::new(CueClass::Dob, Reason::JsonKey, false)),
            (Some(CueClass::Zip), _) if key.weak => self.of_what(at).or_else(|| Hint::of(key)),
            _ => Hint::of(key),
        }
    }

    /// Whether it stands in a thing that ages, `{"cache":{"age":…}}`, and nothing beside it is that of a person.
    fn of_a_thing(&self, at: usize) -> bool {
        let above = self.tape.nodes()[self.tape.nodes()[at].parent];
        // No thing is counted in years: `age_years`.
        let plain = self.name(&self.tape.nodes()[at]).is_some_and(|key| key.len() <= 4);
        let Some(above) = self.name(&above).filter(|_| plain) else { return false };
        let beside = |set: &WordSet<32>| {
            self.beside(at).any(|(_, node)| self.name(node).is_some_and(|key| set.has(key.as_bytes())))
        };
        if THINGS.has(above.as_bytes()) { !beside(&PERSONAL) } else { above == "record" && beside(&KEPT) }
    }

    /// Whether a bare `date` stands in a `birth`.
    fn of_a_birth(&mut self, at: usize) -> bool {
        let node = self.tape.nodes()[at];
        let above = self.tape.nodes()[node.parent];
        let bare = self.name(&node).is_some_and(|key| key.len() <= 8 && DAYS.has(key.as_bytes()));
        bare && self.name(&above).is_some_and(|key| self.read(key).class == Some(CueClass::Dob))
    }

    /// Whose `address` it is, when that is a machine or a mailbox.
    fn of_what(&mut self, at: usize) -> Option<Hint> {
        let above = self.tape.nodes()[self.tape.nodes()[at].parent];
        let said = self.name(&above).map(|key| self.read(key))?;
        let addressed = matches!(said.class, Some(CueClass::Ip | CueClass::Mac | CueClass::Email));
        Hint::of(said).filter(|_| addressed)
    }

    /// The key of a node.
    fn name(&self, node: &Node) -> Option<&'d str> {
        node.key.map(|(start, end)| &self.raw[start..end])
    }

    /// What the words of a key say.
    fn read(&mut self, key: &'d str) -> Key {
        if key.len() > LONGEST_KEY {
            return Key::default();
        }
        let place = self.known(key);
        match self.known[place].said {
            Some(said) => said,
            None => *self.known[place].said.insert(self.words.read(self.rules, key)),
        }
    }

    /// What a key is to the values around it.
    fn role(&mut self, key: &'d str) -> Role {
        if key.len() > LONGEST_KEY {
            return Role::Own;
        }
        let place = self.known(key);
        self.known[place].role
    }

    /// The place of a key that is remembered from now on.
    fn known(&mut self, key: &'d str) -> usize {
        let bytes = key.as_bytes();
        let byte = |at: usize| usize::from(byte::peek(bytes, at));
        let ends = byte(0) + 5 * byte(bytes.len() / 2) + 11 * byte(bytes.len().wrapping_sub(1));
        let place = (ends + 23 * bytes.len()) % KNOWN;
        if self.known[place].key != key {
            self.known[place] = Known { key, role: Role::of(key), said: None };
        }
        place
    }

    /// The members beside `at`, as many as are asked.
    fn beside(&self, at: usize) -> impl Iterator<Item = (usize, &'d Node)> + use<'d> {
        let container = self.tape.nodes()[at].parent;
        let object = self.tape.nodes()[container].kind == Type::Object;
        self.tape.members(container).take(if object { SIBLINGS } else { 0 }).filter(move |(other, _)| *other != at)
    }

    /// Asks what stands beside a key that says nothing: `type`, `name`, `field`, `system`.
    fn siblings(&mut self, container: usize, but: usize, role: Role) -> Option<Hint> {
        if self.tape.nodes()[container].kind != Type::Object {
            return None;
        }
        let (mut best, mut coded): (Option<Hint>, bool) = (None, false);
        let number = self.name(&self.tape.nodes()[but]).map_or(&[][..], numbered);
        for (at, node) in self.beside(but) {
            let Some(name) = self.name(node) else { continue };
            // Of `q1`, `a1`, `q2` and `a2`, each answer has its question.
            if !number.is_empty() && !numbered(name).is_empty() && numbered(name) != number {
                continue;
            }
            let hint = match (self.role(name), node.kind) {
                (Role::System, Type::String) => {
                    coded = true;
                    self.system(node, role)
                }
                // An extension of FHIR.
                (_, Type::String) if role == Role::Carrier && name == "url" => self.extension(node),
                (Role::Type, Type::Object) => self.concept(at),
                (Role::Code, Type::Object) if name == "code" => self.coded(but, at),
                // The code of a system, and its words, are no labels.
                (Role::Code, Type::String) if coded || role == Role::Display => None,
                // The `id` of a field is not what the field holds.
                (Role::Label, _)
                    if role == Role::Code && !NAMING.iter().any(|word| name.eq_ignore_ascii_case(word)) =>
                {
                    None
                }
                // A question of FHIR, beside its answer.
                (Role::Silent, Type::String) if name == "text" && self.is_answer(but) => {
                    self.label(node, Role::Label, role)
                }
                (name @ (Role::Label | Role::Type | Role::Code), Type::String) => self.label(node, name, role),
                _ => continue,
            };
            if let Some(hint) = hint
                && best.is_none_or(|best| best.weight() < hint.weight())
            {
                best = Some(hint);
            }
        }
        best
    }

    fn is_answer(&self, at: usize) -> bool {
        self.name(&self.tape.nodes()[at]).is_some_and(|key| key == "answer" || is_typed(key))
    }

    /// What a label says about a value whose key has a role. A `code` or `id` on either side counts
    /// only when the label names a kind and nothing else.
    fn label(&mut self, node: &Node, name: Role, value: Role) -> Option<Hint> {
        let text = &self.raw[node.start..node.end];
        if name == Role::Code && !(SHORTEST_NAME..=LONGEST_NAME).contains(&text.len()) {
            return None;
        }
        if name == Role::Type
            && value != Role::Code
            && let Some(class) = system::letters(text)
        {
            return Some(Hint::new(class, Reason::JsonKey, false));
        }
        let said = self.words.read(self.rules, text);
        let strict = name == Role::Code || value == Role::Code;
        // An `MR` with an id may be a study, and a common word the name of a product.
        let named = said.whole && text != "MR" && !(said.weak && name == Role::Label);
        Hint::of(said).filter(|_| !strict || named)
    }

    /// Whether a unit other than years stands beside an age.
    fn counts_no_years(&self, at: usize) -> bool {
        self.beside(at).any(|(_, node)| {
            let unit = node.kind == Type::String && node.end - node.start <= 16;
            let text = &self.raw.as_bytes()[node.start..node.end];
            match self.name(node).filter(|_| unit).map(Role::of) {
                Some(Role::Unit) => !YEARS.has(text),
                Some(Role::Code) => NOT_YEARS.has(text),
                _ => false,
            }
        })
    }

    /// Whether a model, a firmware or the like stands beside it, or a device above it.
    fn beside_hardware(&self, at: usize) -> bool {
        let above = self.tape.nodes()[self.tape.nodes()[at].parent];
        let hardware = |node: &Node| self.name(node).is_some_and(names_hardware);
        hardware(&above) || self.beside(at).any(|(_, node)| hardware(node))
    }
}

/// `valueString`, `valueDate`: the value of FHIR that may have several types.
fn is_typed(key: &str) -> bool {
    key.strip_prefix("value").is_some_and(|kind| kind.starts_with(|c: char| c.is_ascii_uppercase()))
}

/// `from`, `to`: of an age, the end of a range.
fn is_bound(key: &str) -> bool {
    let tail = |word: &str| {
        key.len().checked_sub(word.len()).and_then(|at| key.get(at..)).is_some_and(|end| end.eq_ignore_ascii_case(word))
    };
    tail("from") || tail("to")
}
