//! One pass over a text: shapes first, then context, then the decision.
//!
//! The pass walks from digit to digit. Every digit belongs to a token; its shape names the
//! kinds it could be, the cue words around it (collected once, and only near candidates)
//! decide between them. Addresses with `@` or `://` are found by their own searches first.

mod accession;
mod age;
mod alnum;
mod answer;
mod aside;
mod banner;
mod bearer;
mod behind;
mod born;
mod claim;
mod condition;
mod context;
mod count;
mod date;
mod date_text;
mod dated;
mod email;
mod fax;
mod field;
mod hit;
mod hl7;
mod host;
mod icd10;
mod ident;
mod insured;
mod key_name;
mod label;
mod list;
mod lookalike;
mod loose;
mod measured;
mod near;
mod net;
mod number;
mod phone;
mod place;
mod qualified;
mod report;
mod site;
mod source;
mod stamp;
mod star;
mod table;
mod title;
mod token;
mod udi;
mod unglue;
mod unit;
mod url;
mod worded;
mod x12;
mod zip;

pub(super) use date::Parts;
pub(super) use table::{COLUMNS, Tally, label};
pub(super) use url::URL_BYTES;

use super::byte::{self, Planes};
use super::cue::{Cue, CueClass};
use super::rules::Rules;
use super::{Finding, Reason};
use hit::Hit;
use list::Last;
use std::ops::Range;
use table::{Sql, Tables};

/// How far before a value a cue may end, in bytes.
pub(super) const REACH_BEFORE: usize = 64;
/// How far behind a value a cue may start, in bytes.
pub(super) const REACH_AFTER: usize = 24;

/// `www.` and a host: a shorter text has no room for them.
const SHORTEST_PAGE: usize = 8;

/// Room for the cues and findings of a usual note, so that few notes ask for more, in pieces of memory so small (1 KiB)
/// that an allocator has them at hand.
const CUES: usize = 40;
const FINDINGS: usize = 21;

/// What stands outside the text and speaks for all of it: a JSON key or a FHIR sibling.
#[derive(Clone, Copy, Debug)]
pub(super) struct Outer {
    pub(super) class: CueClass,
    pub(super) reason: Reason,
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
    /// Where the last cue ends that spoke for a value before it, and the last one that may have.
    spent: usize,
    behind: usize,
    /// The start of the last number that a list of faxes holds.
    fax_log: usize,
    tables: Tables,
    /// The statements of SQL, once they were asked for.
    sql: Option<Box<Sql>>,
    asked_sql: bool,
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
            spent: 0,
            behind: 0,
            fax_log: 0,
            tables: Tables::default(),
            sql: None,
            asked_sql: false,
            done: 0,
            out: Vec::new(),
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
        let mut early = std::mem::replace(&mut self.out, Vec::with_capacity(FINDINGS.min(self.bytes.len() / 32)));
        early.sort_by_key(Finding::start);
        self.restart();
        let mut early = early.into_iter().peekable();
        // What was found early up to here need not be asked for.
        let mut clear = 0;
        let mut from = own.start;
        while let Some(p) = self.planes.digit_from(from) {
            if p >= clear {
                // Findings leave in the order of the text, so that nobody need sort them.
                while let Some(found) = early.next_if(|found| found.start() <= p) {
                    if found.end() > p && (found.kind().is_address() || found.is_field()) {
                        self.done = found.end();
                    }
                    self.out.push(found);
                }
                clear = early.peek().map_or(own.end, |found| found.start().min(own.end));
                if p < self.done {
                    from = self.done;
                    continue;
                }
                if p >= own.end {
                    break;
                }
            }
            self.token(p);
            from = self.done.max(p + 1);
        }
        self.out.extend(early);
        if own != (0..self.bytes.len()) {
            self.out.retain(|found| own.contains(&found.start()));
        }
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
        self.spent = 0;
        self.fax_log = 0;
        self.tables = Tables::default();
        if let Some(sql) = &mut self.sql {
            sql.rewind();
        }
        self.done = 0;
    }
}
