//! A log, put together of its parts, and compared with its head, its tiles and its projection of subjects.

use super::chunk::{CHUNK, Examined, Opened, subjects_of};
use super::finding::{Break, Class};
use super::source::Source;
use super::sum::{Adding, Sum, SumKey};
use crate::audit::merkle::{Tile, perfect_root};
use crate::audit::{BodyView, Leaf, LogId, Range, StoredHead, tag};
use crate::schema::TenantId;

type Findings<'a> = &'a mut dyn FnMut(Break);

/// What is known of a log so far.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct LogState {
    pub(super) log: LogId,
    pub(super) tenant: TenantId,
    pub(super) range: Range,
    pub(super) last: Option<(Leaf, i64)>,
    pub(super) subjects: Sum,
    pub(super) opened: Vec<Opened>,
    /// Whether an entry is missing, so that the tree cannot be known.
    pub(super) holed: bool,
}

impl LogState {
    pub(super) fn new(log: LogId, tenant: TenantId) -> Self {
        let (range, subjects) = (Range::default(), Sum::default());
        Self { log, tenant, range, last: Some(([0; 32], i64::MIN)), subjects, opened: Vec::new(), holed: false }
    }

    /// Puts the next part behind what is there.
    pub(super) fn join<S: Source>(
        &mut self,
        source: &mut S,
        examined: Examined,
        found: Findings<'_>,
    ) -> Result<(), S::Error> {
        let part = examined.part;
        examined.breaks.into_iter().for_each(&mut *found);
        if let Some((leaf, time)) = self.last {
            let at = |class| Break::at(class, self.log, part.from, part.from);
            if examined.follows.is_some_and(|follows| follows != leaf) {
                found(at(Class::Chain));
            }
            if examined.first_time.is_some_and(|first| first < time) {
                found(at(Class::Time));
            }
        }
        self.last = examined.last;
        self.subjects.merge(examined.subjects);
        self.opened.extend(examined.opened);
        let Some((roots, rest)) = examined.tree else {
            self.holed = true;
            return Ok(());
        };
        if part.to - part.from == CHUNK {
            let stored = if part.tiles { source.tile(self.log, (1, part.from / CHUNK))? } else { None };
            if part.tiles && stored.as_deref() != Some(roots.as_flattened()) {
                found(Break::at(Class::Tile, self.log, part.from, part.to - 1));
            }
            self.holed |= !self.range.push_subtree(16, perfect_root(&roots).unwrap_or_default());
        } else {
            roots.into_iter().for_each(|root| self.holed |= !self.range.push_subtree(8, root));
            rest.into_iter().for_each(|leaf| self.range.push(leaf));
        }
        Ok(())
    }

    /// What can be said once all parts are there.
    pub(super) fn finish<S: Source>(
        &self,
        source: &mut S,
        (head, deployment, key): (&StoredHead, &[u8; 16], Option<[u8; 32]>),
        (sum_key, tiles): (&SumKey, bool),
        found: Findings<'_>,
    ) -> Result<(), S::Error> {
        self.compare_head(head, deployment, key, found);
        source.strays(self.log, head.size, &mut |place| {
            let places = place.map(|place| (place, place));
            found(Break { places, ..Break::of_log(Class::Stray, self.log) });
        })?;
        if self.sum_of_projection(source, head.size, sum_key, found)? != self.subjects {
            self.find_subjects(source, head.size, found)?;
        }
        if tiles {
            self.compare_tiles(source, head.size, found)?;
        }
        Ok(())
    }

    fn compare_head(&self, head: &StoredHead, deployment: &[u8; 16], key: Option<[u8; 32]>, found: Findings<'_>) {
        let Ok(claimed) = head.unverified() else { return found(Break::of_log(Class::Head, self.log)) };
        if key.is_none_or(|key| head.verify_signature(deployment, &key).is_err()) {
            found(Break::of_log(Class::Signature, self.log));
        }
        if self.holed {
            return;
        }
        if claimed.at(deployment).root != self.range.root() || head.range != self.range.to_bytes() {
            found(Break::of_log(Class::Root, self.log));
        }
        let last = if head.size == 0 { None } else { self.last };
        if last != Some((head.last_leaf, head.last_time.micros())) {
            found(Break::of_log(Class::Head, self.log));
        }
    }

    fn sum_of_projection<S: Source>(
        &self,
        source: &mut S,
        size: u64,
        key: &SumKey,
        found: Findings<'_>,
    ) -> Result<Sum, S::Error> {
        let mut sum = Adding::new(key);
        source.subjects(self.log, &mut |row| match row {
            Some((subject, place)) if place < size => sum.add(&[&place.to_be_bytes(), subject]),
            Some((_, place)) => found(Break::at(Class::Subjects, self.log, place, place)),
            None => found(Break::of_log(Class::Subjects, self.log)),
        })?;
        Ok(sum.finish())
    }

    /// The sums differ: finds out where, row by row and entry by entry.
    fn find_subjects<S: Source>(&self, source: &mut S, size: u64, found: Findings<'_>) -> Result<(), S::Error> {
        let mut rows: Vec<(Vec<u8>, u64)>;
        let mut at = 0;
        while let Some(from) = source.next_place(self.log, (at, size))? {
            (at, rows) = (from, Vec::new());
            let to = size.min(at.saturating_add(CHUNK));
            source.entries(self.log, (at, to), &mut |entry| {
                let view = entry.body.bytes().and_then(BodyView::read);
                let subjects = view.as_ref().and_then(|view| subjects_of(view.field(tag::SUBJECTS)?));
                if let (Some(view), Some(subjects)) = (&view, subjects) {
                    rows.extend(subjects.map(|subject| (subject.to_vec(), view.prefix.sequence)));
                }
            })?;
            for (subject, place) in &rows {
                let (subject, place) = (subject.as_slice(), *place);
                if !source.has_subject(self.log, subject, place)? {
                    found(Break::at(Class::Subjects, self.log, place, place));
                }
            }
            at = to;
        }
        self.find_surplus(source, size, found)
    }

    /// Rows of the projection that no entry names, some at a time.
    fn find_surplus<S: Source>(&self, source: &mut S, size: u64, found: Findings<'_>) -> Result<(), S::Error> {
        const SOME: usize = 65_536;
        let mut done = 0usize;
        loop {
            let (mut at, mut rows) = (0usize, Vec::new());
            source.subjects(self.log, &mut |row| {
                if let Some((subject, place)) = row.filter(|(_, place)| *place < size) {
                    if at >= done && rows.len() < SOME {
                        rows.push((subject.to_vec(), place));
                    }
                    at += 1;
                }
            })?;
            if rows.is_empty() {
                return Ok(());
            }
            done += rows.len();
            for (subject, place) in rows {
                let mut named = false;
                source.entries(self.log, (place, place + 1), &mut |entry| {
                    let view = entry.body.bytes().and_then(BodyView::read);
                    let subjects = view.as_ref().and_then(|view| subjects_of(view.field(tag::SUBJECTS)?));
                    named = subjects.is_some_and(|mut all| all.any(|known| known == subject));
                })?;
                if !named {
                    found(Break::at(Class::Subjects, self.log, place, place));
                }
            }
        }
    }

    /// Tiles above level 1, and tiles that there should not be; those below were compared part by part.
    fn compare_tiles<S: Source>(&self, source: &mut S, size: u64, found: Findings<'_>) -> Result<(), S::Error> {
        // Where entries are missing the size is only a claim.
        let known = if self.holed { 0 } else { size };
        for (level, index) in (2..=6).flat_map(|level| tiles_of_level(level, known)) {
            let (mut roots, first) = (Vec::new(), index << 8);
            for child in first..first + 256 {
                let tile = source.tile(self.log, (level - 1, child))?;
                roots
                    .push(tile.and_then(|bytes| Tile::decode(&bytes).ok()).map(|tile| tile.root()).unwrap_or_default());
            }
            if source.tile(self.log, (level, index))?.as_deref() != Some(roots.as_flattened()) {
                let width = width(level);
                found(Break::at(Class::Tile, self.log, index << width, ((index + 1) << width) - 1));
            }
        }
        source.tiles(self.log, &mut |place| {
            let full = |(level, index)| index < size.checked_shr(width(level)).unwrap_or(0);
            if !place.is_some_and(full) {
                found(Break::of_log(Class::Tile, self.log));
            }
        })
    }
}

/// A tile of this level covers 2^width entries.
fn width(level: u8) -> u32 {
    8 * (u32::from(level) + 1)
}

fn tiles_of_level(level: u8, size: u64) -> impl Iterator<Item = (u8, u64)> {
    (0..size.checked_shr(width(level)).unwrap_or(0)).map(move |index| (level, index))
}
