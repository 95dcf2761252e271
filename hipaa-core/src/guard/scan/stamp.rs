//! Dates that programs write without a mark inside: in clinical documents, calendars and the calls of a constructor.

use super::claim::Claim;
use super::date::Parts;
use super::token::Run;
use super::{Hit, Scan};
use crate::guard::byte::{self, ALPHA, DIGIT};
use crate::guard::cue::{CueClass, Fit};
use crate::guard::{Confidence, Kind, Reason};

/// How far a property of a calendar or an element of CDA is looked at, in bytes.
const LINE: usize = 96;

/// Elements of CDA that hold a time.
const ELEMENTS: [&[u8]; 5] = [b"<effectiveTime", b"<low", b"<high", b"<time", b"<center"];

/// Properties of iCalendar and vCard that hold a time.
const PROPERTIES: [&[u8]; 10] = [
    b"DTSTAMP",
    b"DTSTART",
    b"DTEND",
    b"DUE",
    b"COMPLETED",
    b"CREATED",
    b"LAST-MODIFIED",
    b"RECURRENCE-ID",
    b"EXDATE",
    b"REV",
];

impl Scan<'_, '_> {
    /// Eight, twelve or fourteen digits in an attribute of CDA or a property of a calendar:
    /// `<low value="20241021"/>`, `DTSTART;VALUE=DATE:20191116`.
    #[inline(never)]
    pub(super) fn stamped(&mut self, span: (usize, usize)) -> bool {
        let before = &self.bytes[..span.0];
        let at = match before.strip_suffix(b" value=\"") {
            Some(tag) if ELEMENTS.iter().any(|name| tag.ends_with(name)) => -8,
            None if in_calendar(before) => -1,
            _ => return false,
        };
        let found = self.out.len();
        self.day(span, Reason::Cue { class: CueClass::Date, at });
        self.out.len() > found
    }

    /// `20191116T170000Z` in a property of a calendar.
    #[inline(never)]
    pub(super) fn calendar_time(&mut self, run: Run) -> bool {
        let clock = byte::skip(self.bytes, run.start + 9, DIGIT);
        let whole = self.is_clock(run.start + 9, clock) && run.end - clock <= 1;
        whole && self.stamped((run.start, run.start + 8))
    }

    /// A birth date as the parts of a constructor: `dob = datetime.date(1956, 3, 4)`.
    #[inline(never)]
    pub(super) fn constructed(&mut self, year: Run) -> bool {
        let bytes = self.bytes;
        let open = year.start - 1;
        let word = byte::back(bytes, open, ALPHA, 16);
        let date = bytes[word..open].last_chunk::<4>().is_some_and(|word| word.eq_ignore_ascii_case(b"date"))
            || [&b"of"[..], b"datetime"].iter().any(|name| bytes[word..open].eq_ignore_ascii_case(name));
        let part = |from: usize| {
            let start = from + bytes.get(from..from + 2).map_or(0, |gap| if gap == b", " { 2 } else { 1 });
            let end = byte::skip(bytes, start, DIGIT);
            let fits = byte::peek(bytes, from) == b',' && (1..=2).contains(&(end - start));
            fits.then(|| (u8::try_from(byte::value(bytes, start, end)).unwrap_or(0), end))
        };
        let Some((month, end)) = part(year.end).filter(|_| date) else { return false };
        let Some((day, end)) = part(end) else { return false };
        let type_start = word - bytes[..word].iter().rev().take(LINE).take_while(|byte| type_name(**byte)).count();
        let hit = self.context((type_start, end), super::date::DATES);
        let value = u16::try_from(byte::value(bytes, year.start, year.end)).ok();
        let parts = Parts { year: value, month, day: Some(day) };
        let born = |hit: &Hit| hit.is(CueClass::Dob) && hit.fit() >= Fit::Strict && !hit.behind();
        if !parts.real() || !self.rules.may_be_born(parts) || hit.filter(born).is_none() {
            return false;
        }
        self.claim(
            Claim { kind: Kind::Dob, span: (year.start, end), base: Confidence::Low, reason: Reason::CalendarOk },
            hit,
        );
        self.done = self.done.max(end);
        true
    }
}

/// What a qualified name is made of: `new java.sql.Date`, `datetime.date`.
fn type_name(byte: u8) -> bool {
    byte::is(byte, byte::ALNUM) || matches!(byte, b'.' | b'_')
}

/// Whether a property of a calendar starts the line and its value stands at its end.
fn in_calendar(before: &[u8]) -> bool {
    let Some(line) = before.strip_suffix(b":") else { return false };
    let line = &line[byte::back_to(line, line.len(), b'\n', LINE)..];
    PROPERTIES.iter().any(|name| line.strip_prefix(*name).is_some_and(|rest| rest.is_empty() || rest[0] == b';'))
}
