//! One pass over a text: shapes first, then context, then the decision.
//!
//! The pass walks from digit to digit. Every digit belongs to a token; its shape names the
//! kinds it could be, the cue words around it (collected once, and only near candidates)
//! decide between them. Addresses with `@` or `://` are found by their own searches first.

mod age;
mod alnum;
mod claim;
mod date;
mod date_text;
mod email;
mod field;
mod hl7;
mod host;
mod icd10;
mod ident;
mod loose;
mod net;
mod number;
mod phone;
mod site;
mod star;
mod table;
mod token;
mod udi;
mod unglue;
mod unit;
mod url;
mod x12;
mod zip;

pub(super) use date::Parts;
pub(super) use url::URL_BYTES;

use super::byte::{self, Planes};
use super::cue::{Cue, CueClass, Fit, Mask, after_gap, before_gap, list_gap};
use super::rules::Rules;
use super::{Finding, Reason};
use std::ops::Range;
use table::Tables;

/// How far before a value a cue may end, in bytes.
pub(super) const REACH_BEFORE: usize = 64;
/// How far behind a value a cue may start, in bytes.
pub(super) const REACH_AFTER: usize = 24;

/// `www.` and a host: a shorter text has no room for them.
const SHORTEST_PAGE: usize = 8;

/// Room for the cues and findings of a usual note, so that few notes ask for more.
const CUES: usize = 48;
const FINDINGS: usize = 32;

/// What stands outside the text and speaks for all of it: a JSON key or a FHIR sibling.
#[derive(Clone, Copy, Debug)]
pub(super) struct Outer {
    pub(super) class: CueClass,
    pub(super) reason: Reason,
}

/// The cue that decides about a candidate.
#[derive(Clone, Copy, Debug)]
struct Hit {
    class: CueClass,
    fit: Fit,
    weak: bool,
    reason: Reason,
    /// Another class whose word stands in one label with the cue: `NPI/DEA:`.
    beside: Option<CueClass>,
}

impl Hit {
    /// Whether a cue of another class denies the candidate its own kind.
    fn rules_out(&self) -> bool {
        self.fit == Fit::Label || (self.fit == Fit::Strict && !self.weak)
    }

    /// The same for the other class of its label.
    fn turned(self) -> Self {
        match self.beside {
            Some(beside) => Self { class: beside, beside: Some(self.class), ..self },
            None => self,
        }
    }

    fn is(&self, class: CueClass) -> bool {
        self.class == class
    }
}

/// The last value that a cue spoke for; a list may go on from it.
#[derive(Clone, Copy, Debug)]
struct Last {
    end: usize,
    len: usize,
    class: CueClass,
    beside: Option<CueClass>,
}

/// The state of a pass over one segment.
#[derive(Debug)]
pub(super) struct Scan<'g, 't> {
    rules: &'g Rules,
    bytes: &'t [u8],
    text: &'t str,
    planes: Planes<'t>,
    cues: Vec<Cue>,
    cues_to: usize,
    outer: Option<Outer>,
    last: Option<Last>,
    tables: Tables,
    /// Everything before this place has been decided.
    done: usize,
    out: Vec<Finding>,
}

impl<'g, 't> Scan<'g, 't> {
    pub(super) fn new(rules: &'g Rules, text: &'t str, planes: Planes<'t>, outer: Option<Outer>) -> Self {
        Self {
            rules,
            bytes: text.as_bytes(),
            text,
            planes,
            cues: Vec::with_capacity(CUES.min(text.len() / 24)),
            cues_to: 0,
            outer,
            last: None,
            tables: Tables::default(),
            done: 0,
            out: Vec::with_capacity(FINDINGS.min(text.len() / 48)),
        }
    }

    /// Finds everything that starts inside `own`; what lies outside serves as context.
    pub(super) fn run(mut self, own: Range<usize>) -> Vec<Finding> {
        if self.planes.double_w() && self.bytes.len() >= SHORTEST_PAGE {
            self.www();
            self.out.sort_by_key(Finding::start);
        }
        self.marks();
        self.site_formats();
        self.spelled_ages();
        self.hl7();
        self.x12();
        let addresses = self.out.iter().filter(|found| found.kind().is_address() || found.is_field());
        let mut taken: Vec<_> = addresses.map(Finding::span).collect();
        taken.sort_by_key(|span| span.start);
        let mut taken = taken.into_iter().chain(std::iter::repeat(usize::MAX..usize::MAX));
        let mut address = 0..0;
        self.restart();
        let mut from = own.start;
        while let Some(p) = self.planes.digit_from(from) {
            while address.end <= p {
                address = taken.next().unwrap_or(usize::MAX..usize::MAX);
            }
            if address.start <= p {
                self.done = address.end;
            } else if p >= own.end {
                break;
            } else {
                self.token(p);
            }
            from = self.done.max(p + 1);
        }
        self.out.retain(|found| own.contains(&found.start()));
        self.out
    }

    /// What is found by its `@`, `:` or `.`: addresses of mail, pages, hosts and hardware.
    fn marks(&mut self) {
        let pages: Vec<_> = self.out.iter().map(Finding::span).collect();
        let mut pages = pages.into_iter().peekable();
        let bytes = self.bytes;
        let (mut floor, mut dots) = (0, 0);
        for at in self.planes.marks() {
            if bytes[at] == b'.' && (at < dots || !byte::at(bytes, at + 1, byte::LOWER)) {
                continue;
            }
            while pages.next_if(|page| page.end <= at).is_some() {}
            if at < floor || pages.peek().is_some_and(|page| page.start <= at) {
                continue;
            }
            if bytes[at] == b'.' {
                dots = self.host_at(at).unwrap_or_else(|| byte::skip(bytes, at + 1, byte::ALNUM | byte::JOIN));
                continue;
            }
            let end = if bytes[at] == b'@' { self.email_at(at, floor) } else { self.url_at(at, floor) };
            match end {
                Some(end) => floor = end,
                None if bytes[at] == b':' => self.letter_mac(at),
                None => {}
            }
        }
    }

    /// Starts another walk over the text from the left.
    fn restart(&mut self) {
        self.cues.clear();
        self.cues_to = 0;
        self.last = None;
        self.tables = Tables::default();
        self.done = 0;
    }

    /// The cue that decides about `span`, among the classes of `mask`.
    fn context(&mut self, span: (usize, usize), mask: Mask) -> Option<Hit> {
        self.collect(span);
        match self.tables.known() || table::touches_mark(self.bytes, span) {
            true => self.in_table(span, mask),
            false => self.decide::<false>(span, mask, None),
        }
    }

    #[inline(never)]
    fn in_table(&mut self, span: (usize, usize), mask: Mask) -> Option<Hit> {
        let column = self.column(span).filter(|hit| mask.has(hit.class));
        self.decide::<true>(span, mask, column)
    }

    /// The cue that decides, in a table (`CELL`) only from its cell or the heading.
    fn decide<const CELL: bool>(&self, span: (usize, usize), mask: Mask, column: Option<Hit>) -> Option<Hit> {
        let before = self.before::<CELL>(span.0, mask);
        let close = |hit: &Hit| hit.fit >= Fit::Strict;
        before
            .filter(close)
            .or(if CELL { column } else { None })
            .or_else(|| self.outer(mask))
            .or_else(|| self.list::<CELL>(span.0, mask))
            .or_else(|| self.after::<CELL>(span.1, mask))
            .or(before)
    }

    fn collect(&mut self, span: (usize, usize)) {
        let from = self.cues_to.max(span.0.saturating_sub(REACH_BEFORE + 32));
        let to = (span.1 + REACH_AFTER).min(self.bytes.len());
        if from < to {
            self.cues_to = self.rules.lexicon.collect((self.bytes, self.planes), from, to, &mut self.cues);
        }
    }

    /// How many cues start before `at`; asked near the end of the list only.
    #[inline]
    fn cues_before(&self, at: usize) -> usize {
        let behind = |cues: &[Cue]| cues.iter().map(|cue| usize::from(cue.start >= at)).sum::<usize>();
        let mut upto = self.cues.len();
        // Four at once, so that the machine need not guess at each of them.
        while let Some(four) = self.cues[..upto].last_chunk::<4>() {
            let count = behind(four);
            upto -= count;
            if count < 4 {
                return upto;
            }
        }
        upto - behind(&self.cues[..upto])
    }

    fn before<const CELL: bool>(&self, start: usize, mask: Mask) -> Option<Hit> {
        let upto = self.cues_before(start);
        let mut fallback = None;
        for (i, cue) in self.cues[..upto].iter().enumerate().rev().filter(|(_, cue)| cue.end <= start) {
            if start - cue.end > REACH_BEFORE || (CELL && cue.start < self.tables.cell.0) {
                break;
            }
            if !mask.has(cue.class) {
                continue;
            }
            let Some(fit) = before_gap(self.bytes, cue.end, start) else {
                break;
            };
            let at = -i16::try_from(start - cue.end).unwrap_or(i16::MAX);
            let beside = self.beside(i, cue);
            let reason = Reason::Cue { class: cue.class, at };
            let hit = Hit { class: cue.class, fit, weak: cue.weak, reason, beside };
            match cue.weak {
                // `Fax confirmation sent to`: a loose word of no kind hides nothing.
                false if fit == Fit::Near && cue.class.kind().is_none() => {}
                false => return Some(hit),
                // `born in Ohio on`: a preposition leaves the word to a stronger cue before it.
                true if cue.class == CueClass::Date && fit == Fit::Label => fallback = fallback.or(Some(hit)),
                true if fit == Fit::Label => return Some(hit),
                // `can be reached at`.
                true if fit == Fit::Strict && cue.class == CueClass::Phone => return Some(hit),
                true => {}
            }
        }
        fallback
    }

    fn after<const CELL: bool>(&self, end: usize, mask: Mask) -> Option<Hit> {
        let from = self.cues_before(end);
        let cue = self.cues[from..].iter().find(|cue| mask.has(cue.class) && !cue.weak)?;
        if cue.start - end > REACH_AFTER || (CELL && cue.start >= self.tables.cell.1) {
            return None;
        }
        let fit = after_gap(self.bytes, end, cue.start, cue.end)?;
        let at = i16::try_from(cue.start - end).unwrap_or(i16::MAX);
        let reason = Reason::Cue { class: cue.class, at };
        Some(Hit { class: cue.class, fit, weak: false, reason, beside: None })
    }

    /// The class of the cue before the one at `i`, when both make one label.
    #[inline]
    fn beside(&self, i: usize, cue: &Cue) -> Option<CueClass> {
        let before = i.checked_sub(1).and_then(|i| self.cues.get(i))?;
        let near = cue.start.wrapping_sub(before.end) < 8 && before.class != cue.class;
        let joined = near && !before.weak && !cue.weak && list_gap(self.bytes, before.end, cue.start);
        joined.then_some(before.class)
    }

    fn outer(&self, mask: Mask) -> Option<Hit> {
        let outer = self.outer.filter(|outer| mask.has(outer.class))?;
        Some(Hit { class: outer.class, fit: Fit::Label, weak: false, reason: outer.reason, beside: None })
    }

    fn list<const CELL: bool>(&self, start: usize, mask: Mask) -> Option<Hit> {
        let last = self.last.filter(|last| mask.has(last.class))?;
        let joined = (!CELL || last.end > self.tables.cell.0) && list_gap(self.bytes, last.end, start);
        let (class, beside) = (last.class, last.beside);
        joined.then_some(Hit { class, fit: Fit::Strict, weak: false, reason: Reason::List, beside })
    }
}
