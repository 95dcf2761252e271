//! Signing periods, and what the deployment's log has taken up of the others: a head counts only under the key whose period
//! holds its size.

use super::finding::{Break, Class};
use super::pulse::Pulse;
use super::restored::GivenUp;
use super::run::Run;
use super::source::Source;
use crate::audit::{BodyView, EntryKind, Leaf, LogId, SignedCheckpoint, StoredHead, Trust, leaf_of, tag};
use std::collections::BTreeMap;

/// Where the kind of an entry stands in its body.
const KIND_AT: usize = 5;

/// What one read of the deployment's log has shown.
#[derive(Default)]
pub(super) struct Periods {
    /// The keys of the periods, the first of them that of the pin.
    keys: Vec<[u8; 32]>,
    /// The period of each head, where it is not the last one.
    ended: BTreeMap<LogId, usize>,
    /// The highest heads that were taken up.
    pub(super) taken_up: BTreeMap<LogId, TakenUp>,
    /// What the operator has given up.
    pub(super) restores: Vec<GivenUp>,
    /// When it spoke.
    pub(super) pulse: Pulse,
    /// All that were since they were compared last.
    fresh: Vec<(LogId, TakenUp)>,
}

/// A head that was taken up: its place in the deployment's log, size and last leaf.
#[derive(Clone, Copy)]
pub(super) struct TakenUp {
    pub(super) place: u64,
    pub(super) size: u64,
    leaf: Leaf,
}

/// The end of a period.
struct Rotation {
    place: u64,
    leaf: Leaf,
    /// The key of the period that begins; none where the entry names none, or not the next one.
    next: Option<[u8; 32]>,
}

impl Periods {
    /// The key under which the head of a log counts.
    pub(super) fn key_of(&self, log: LogId) -> Option<[u8; 32]> {
        match self.ended.get(&log) {
            Some(period) => self.keys.get(*period).copied(),
            None => self.keys.last().copied(),
        }
    }

    /// Whether one of the keys has signed a checkpoint: one that somebody kept may be of any period.
    pub(super) fn have_signed(&self, head: &SignedCheckpoint) -> bool {
        self.keys.iter().any(|key| head.verify(key).is_ok())
    }
}

impl Run<'_> {
    /// Reads the periods from the deployment's log, and checks that each ended under its own key.
    pub(super) fn periods<S: Source>(
        &mut self,
        source: &mut S,
        (heads, own): (&[StoredHead], Option<&StoredHead>),
        pin: Option<Trust>,
    ) -> Result<Periods, S::Error> {
        let mut periods = Periods { keys: pin.iter().map(|pin| pin.head_key).collect(), ..Periods::default() };
        let Some(own) = own else { return Ok(periods) };
        let (mut rotations, mut restores) = (Vec::new(), Vec::new());
        let mut at = 0;
        while let Some(from) = source.next_place(own.log, (at, own.size))? {
            at = own.size.min(from.saturating_add(super::chunk::CHUNK));
            source.entries(own.log, (from, at), &mut |entry| {
                let Some(body) = entry.body.bytes() else { return };
                periods.pulse.entry(body);
                let kinds = [EntryKind::KeyRotate as u8, EntryKind::LogHead as u8];
                match body.get(KIND_AT) {
                    Some(kind) if kinds.contains(kind) => periods.read(body, heads, &mut rotations),
                    Some(kind) if *kind == EntryKind::Restore as u8 => restores.push(body.to_vec()),
                    _ => {}
                }
            })?;
            self.compare_all_taken_up(source, heads, core::mem::take(&mut periods.fresh))?;
        }
        for rotation in &rotations {
            self.check_rotation(source, own, rotation, &mut periods)?;
        }
        let ended = rotations.iter().position(|rotation| rotation.place.saturating_add(1) >= own.size);
        periods.ended.extend(ended.map(|period| (own.log, period)));
        self.find_stray_checkpoints(source, own, &rotations)?;
        let operator = pin.and_then(|pin| pin.operator_key);
        for body in &restores {
            periods.restores.extend(self.given_up(source, own, (body, operator))?);
        }
        Ok(periods)
    }

    /// Compares every log with every head of it that was ever taken up: were it the last one alone, a log that was cut and
    /// taken up once more would look whole. A head that is larger than the log is for
    /// [`compare_anchors`](Self::compare_anchors).
    fn compare_all_taken_up<S: Source>(
        &mut self,
        source: &mut S,
        heads: &[StoredHead],
        taken_up: Vec<(LogId, TakenUp)>,
    ) -> Result<(), S::Error> {
        let sizes = heads.iter().map(|head| (head.log, head.size)).collect::<BTreeMap<_, _>>();
        for (log, taken) in taken_up {
            let there = sizes.get(&log).is_some_and(|size| *size >= taken.size);
            if let (true, Some(last)) = (there, taken.size.checked_sub(1)) {
                self.compare_leaf(source, log, (last, taken.leaf))?;
            }
        }
        Ok(())
    }

    /// The head that was kept over the entry must be signed by the key that this entry retires.
    fn check_rotation<S: Source>(
        &mut self,
        source: &mut S,
        own: &StoredHead,
        rotation: &Rotation,
        periods: &mut Periods,
    ) -> Result<(), S::Error> {
        let size = rotation.place.saturating_add(1);
        let kept = source.checkpoint(own.log, size)?;
        let kept = kept.and_then(|note| SignedCheckpoint::decode(&note).ok());
        let holds = kept.is_some_and(|note| {
            let signed = periods.keys.last().is_some_and(|key| note.verify(key).is_ok());
            let head = note.unverified();
            signed && head.log == own.log && head.size == size && head.last_leaf == rotation.leaf
        });
        if !holds {
            self.found(Break::at(Class::Period, own.log, rotation.place, rotation.place));
        }
        match rotation.next {
            Some(next) => periods.keys.push(next),
            None => self.found(Break::at(Class::Period, own.log, rotation.place, rotation.place)),
        }
        Ok(())
    }

    fn find_stray_checkpoints<S: Source>(
        &mut self,
        source: &mut S,
        own: &StoredHead,
        rotations: &[Rotation],
    ) -> Result<(), S::Error> {
        let is_of_a_period = |(log, size): (LogId, u64)| {
            let place = size.checked_sub(1).filter(|_| log == own.log);
            place.is_some_and(|place| rotations.binary_search_by_key(&place, |rotation| rotation.place).is_ok())
        };
        source.checkpoints(&mut |kept| {
            if !kept.is_some_and(is_of_a_period) {
                self.found(Break::of_log(Class::Period, own.log));
            }
        })
    }
}

impl Periods {
    fn read(&mut self, body: &[u8], heads: &[StoredHead], rotations: &mut Vec<Rotation>) {
        let Some(view) = BodyView::read(body) else { return };
        let place = view.prefix.sequence;
        match view.prefix.kind {
            EntryKind::LogHead => {
                if let Some((log, size, leaf)) = view.log_head() {
                    let taken = TakenUp { place, size, leaf };
                    self.fresh.push((log, taken));
                    if self.taken_up.get(&log).is_none_or(|highest| highest.size <= size) {
                        self.taken_up.insert(log, taken);
                    }
                }
            }
            EntryKind::KeyRotate => {
                let ended = rotations.len();
                for head in heads.iter().filter(|head| !self.ended.contains_key(&head.log)).collect::<Vec<_>>() {
                    if self.taken_up.get(&head.log).is_some_and(|taken| taken.size >= head.size) {
                        self.ended.insert(head.log, ended);
                    }
                }
                let number = view.field(tag::PERIOD).and_then(|period| period.try_into().ok()).map(u32::from_be_bytes);
                let expected = u32::try_from(ended).ok().and_then(|ended| ended.checked_add(2));
                let next = view.field(tag::HEAD_KEY).and_then(|key| key.try_into().ok());
                let next = next.filter(|_| number == expected);
                rotations.push(Rotation { place, leaf: leaf_of(body), next });
            }
            _ => {}
        }
    }
}
