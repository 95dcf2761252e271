//! A part of a log, examined by itself: parts can be examined in any order and by several threads.

use super::finding::{Break, Breaks, Class};
use super::source::{EntryView, Source, Stored};
use super::sum::{Adding, Sum, SumKey};
use crate::audit::merkle::{Hash, perfect_root};
use crate::audit::{BodyView, EntryKind, Leaf, LogId, leaf_of, read_states, tag};
use crate::schema::{MAX_RECORD_ID_BYTES, TenantId};
use sha2::{Digest, Sha256};

/// Entries of one part: those under one tile of level 1.
pub(super) const CHUNK: u64 = 65_536;
const TILE: usize = 256;

/// What is examined.
#[derive(Debug, Clone, Copy)]
pub(super) struct Part {
    pub(super) log: LogId,
    pub(super) tenant: TenantId,
    pub(super) from: u64,
    pub(super) to: u64,
    pub(super) tiles: bool,
}

/// What the deployment's log says of a tenant's log that was opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Opened {
    pub(super) log: LogId,
    pub(super) tenant: TenantId,
    pub(super) genesis: Leaf,
}

/// What came of a part.
#[derive(Debug)]
pub(super) struct Examined {
    pub(super) part: Part,
    /// The leaf that the first entry says comes before it; none where the first entry is missing.
    pub(super) follows: Option<Leaf>,
    pub(super) first_time: Option<i64>,
    /// Leaf and time of the last entry; none where it is missing.
    pub(super) last: Option<(Leaf, i64)>,
    /// Roots of the full tiles, then the leaves behind them; none where an entry is missing.
    pub(super) tree: Option<(Vec<Hash>, Vec<Hash>)>,
    pub(super) subjects: Sum,
    pub(super) opened: Vec<Opened>,
    pub(super) breaks: Vec<Break>,
}

/// Examines one part.
pub(super) fn examine<S: Source>(source: &mut S, part: Part, key: &SumKey) -> Result<Examined, S::Error> {
    let mut state = State::new(part, key);
    source.entries(part.log, (part.from, part.to), &mut |entry| state.entry(entry))?;
    state.missing_before(part.to);
    let whole = state.leaves.len() as u64 == part.to - part.from;
    let tree = if whole { Some(fold(source, &mut state)?) } else { None };
    let State { follows, first_time, previous, time, subjects, opened, breaks, .. } = state;
    let last = previous.zip(time);
    let (subjects, breaks) = (subjects.finish(), breaks.into_vec());
    Ok(Examined { part, follows, first_time, last, tree, subjects, opened, breaks })
}

/// The roots of the full tiles and what is behind them; compares the tiles with what is stored.
fn fold<S: Source>(source: &mut S, state: &mut State<'_>) -> Result<(Vec<Hash>, Vec<Hash>), S::Error> {
    let part = state.part;
    let mut roots = Vec::with_capacity(TILE);
    let (tiles, rest) = state.leaves.as_chunks::<TILE>();
    for (index, tile) in (part.from / TILE as u64..).zip(tiles) {
        if part.tiles && source.tile(part.log, (0, index))?.as_deref() != Some(tile.as_flattened()) {
            let first = index * TILE as u64;
            state.breaks.add(Class::Tile, part.log, first, first + TILE as u64 - 1);
        }
        roots.push(perfect_root(tile).unwrap_or_default());
    }
    Ok((roots, rest.to_vec()))
}

struct State<'k> {
    part: Part,
    next: u64,
    previous: Option<Leaf>,
    time: Option<i64>,
    follows: Option<Leaf>,
    first_time: Option<i64>,
    leaves: Vec<Hash>,
    subjects: Adding<'k>,
    opened: Vec<Opened>,
    breaks: Breaks,
}

impl<'k> State<'k> {
    fn new(part: Part, key: &'k SumKey) -> Self {
        Self {
            part,
            next: part.from,
            previous: None,
            time: None,
            follows: None,
            first_time: None,
            leaves: Vec::with_capacity(usize::try_from(part.to - part.from).unwrap_or_default()),
            subjects: Adding::new(key),
            opened: Vec::new(),
            breaks: Breaks::default(),
        }
    }

    fn found(&mut self, class: Class, sequence: u64) {
        self.breaks.add(class, self.part.log, sequence, sequence);
    }

    fn missing_before(&mut self, sequence: u64) {
        if sequence > self.next {
            self.breaks.add(Class::Gap, self.part.log, self.next, sequence - 1);
            (self.next, self.previous) = (sequence, None);
        }
    }

    fn entry(&mut self, entry: &EntryView<'_>) {
        let sequence = match entry.sequence {
            Stored::Integer(number) => u64::try_from(number).ok().filter(|number| *number >= self.next),
            _ => None,
        };
        let Some(sequence) = sequence else { return self.found(Class::Stray, self.next) };
        self.missing_before(sequence);
        self.next = sequence + 1;
        let Some(body) = entry.body.bytes() else {
            self.found(Class::Malformed, sequence);
            self.previous = None;
            return;
        };
        let leaf = leaf_of(body);
        if entry.leaf != Stored::Blob(&leaf) {
            self.found(Class::Leaf, sequence);
        }
        match BodyView::read(body) {
            Some(view) => self.body(entry, &view, sequence),
            None => self.found(Class::Malformed, sequence),
        }
        self.leaves.push(leaf);
        self.previous = Some(leaf);
    }

    fn body(&mut self, entry: &EntryView<'_>, view: &BodyView<'_>, sequence: u64) {
        let prefix = &view.prefix;
        if prefix.log != self.part.log || prefix.tenant != self.part.tenant || prefix.sequence != sequence {
            self.found(Class::Place, sequence);
        }
        let time = prefix.time.micros();
        if sequence == self.part.from {
            (self.follows, self.first_time) = (Some(prefix.previous), Some(time));
        } else if self.previous.is_some_and(|previous| previous != prefix.previous) {
            self.found(Class::Chain, sequence);
        }
        if self.time.is_some_and(|before| before > time) {
            self.found(Class::Time, sequence);
        }
        self.time = Some(time);
        self.fields(entry, view, sequence);
        if (prefix.kind == EntryKind::Genesis) != (sequence == 0) {
            self.found(Class::Genesis, sequence);
        }
        if prefix.kind == EntryKind::LogOpened {
            match opened(view).filter(|_| self.part.tenant == TenantId::DEPLOYMENT) {
                Some(opened) => self.opened.push(opened),
                None => self.found(Class::Genesis, sequence),
            }
        }
    }

    /// Compares what is projected with what the fields say.
    fn fields(&mut self, entry: &EntryView<'_>, view: &BodyView<'_>, sequence: u64) {
        let (mut name, mut actor, mut details) = (Stored::Null, Stored::Null, None);
        let mut sound = true;
        for (tag, value) in view.fields() {
            match tag {
                tag::NAME => (name, sound) = (Stored::Text(value), sound && is_text(value)),
                tag::USER => (actor, sound) = (Stored::Text(value), sound && is_text(value)),
                tag::SUBJECTS => sound &= self.subjects(value, sequence),
                tag::STATES => sound &= read_states(value).is_some(),
                tag::DETAILS => details = Some(value),
                _ => {}
            }
        }
        if !sound {
            self.found(Class::Malformed, sequence);
        }
        if entry.time != Stored::Integer(view.prefix.time.micros()) || entry.name != name || entry.actor != actor {
            self.found(Class::Projection, sequence);
        }
        let sealed = match (entry.details, details) {
            (Stored::Null, None) => true,
            (Stored::Blob(sealed), Some(digest)) => Sha256::digest(sealed).as_slice() == digest,
            _ => false,
        };
        if !sealed {
            self.found(Class::Details, sequence);
        }
    }

    /// Adds the subjects of an entry to the sum; false unless they are ascending, distinct and nothing else.
    fn subjects(&mut self, value: &[u8], sequence: u64) -> bool {
        let Some(subjects) = subjects_of(value) else { return false };
        let place = sequence.to_be_bytes();
        let mut last: &[u8] = &[];
        for subject in subjects {
            if subject <= last {
                return false;
            }
            self.subjects.add(&[&place, subject]);
            last = subject;
        }
        true
    }
}

fn is_text(value: &[u8]) -> bool {
    core::str::from_utf8(value).is_ok()
}

/// The ids of a field of subjects, unless its lengths do not fit.
pub(super) fn subjects_of(value: &[u8]) -> Option<impl Iterator<Item = &[u8]>> {
    let (count, ids) = value.split_first_chunk::<2>()?;
    let split = |bytes: &mut &[u8]| -> Option<()> {
        let (length, rest) = bytes.split_first()?;
        (1..=MAX_RECORD_ID_BYTES).contains(&usize::from(*length)).then_some(())?;
        (_, *bytes) = rest.split_at_checked(usize::from(*length))?;
        Some(())
    };
    let mut rest = ids;
    for _ in 0..u16::from_be_bytes(*count) {
        split(&mut rest)?;
    }
    let mut left = ids;
    rest.is_empty().then(|| {
        core::iter::from_fn(move || {
            let (length, rest) = left.split_first()?;
            let (id, rest) = rest.split_at_checked(usize::from(*length))?;
            left = rest;
            Some(id)
        })
    })
}

fn opened(view: &BodyView<'_>) -> Option<Opened> {
    Some(Opened {
        log: LogId(view.field(tag::LOG)?.try_into().ok()?),
        tenant: TenantId::from_slice(view.field(tag::TENANT)?).ok()?,
        genesis: view.field(tag::GENESIS)?.try_into().ok()?,
    })
}
