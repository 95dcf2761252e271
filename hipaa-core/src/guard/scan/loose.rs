//! Shapes that stand loosely, which only a label before them makes values: `SSN: 842 - 73 - 6630`, `DOB 9 11 1970`.

use super::date::{DATES, Form, Parts, full_year};
use super::number::{NUMBERS, ends_number};
use super::{Hit, Scan};
use crate::guard::byte::{self, ALNUM, DIGIT};
use crate::guard::cue::CueClass::{Date, Dob, Fax, Phone, Ssn};
use crate::guard::cue::Fit;
use crate::guard::{Confidence, validate};

/// Three groups of digits, and where they are.
type Groups = [(usize, usize); 3];

impl Scan<'_, '_> {
    /// Reads three groups with blanks or uneven marks between them, when a label asks for them.
    #[inline]
    pub(super) fn loose(&mut self, start: usize, end: usize) -> bool {
        let (next, behind) = (byte::peek(self.bytes, end), byte::peek(self.bytes, end + 1));
        let parted = |byte: u8| matches!(byte, b' ' | b'-' | b'.' | b'/');
        (parted(next) || next == b')')
            && (parted(behind) || behind == b')' || byte::is(behind, DIGIT))
            && self.loose_groups(start)
    }

    #[inline(never)]
    fn loose_groups(&mut self, start: usize) -> bool {
        if let Some(gap) = pair(self.bytes, start) {
            return self.paired_dates(start, gap);
        }
        let Some(groups) = groups(self.bytes, start) else {
            return false;
        };
        let found = match groups.map(|(from, to)| to - from) {
            [3, 3, 4] => self.loose_phone(groups),
            [3, 2, 4] => self.loose_ssn(groups),
            [1 | 2, 1 | 2, 2 | 4] => self.loose_date(groups),
            _ => false,
        };
        if found {
            self.done = self.done.max(groups[2].1);
        }
        found
    }

    fn loose_phone(&mut self, groups: Groups) -> bool {
        let open = byte::back(self.bytes, groups[0].0, byte::BLANK, 2);
        let start = if byte::prev(self.bytes, open) == b'(' { open - 1 } else { groups[0].0 };
        let span = (start, groups[2].1);
        let Some(hit) = self.context(span, NUMBERS).filter(|hit| hit.is(Phone) || hit.is(Fax)).filter(leads) else {
            return false;
        };
        let Some(digits) = self.digits_of::<10>(span) else {
            return false;
        };
        self.phone_claim(span, validate::nanp(&digits), Confidence::Low, Some(hit));
        true
    }

    fn loose_ssn(&mut self, groups: Groups) -> bool {
        let span = (groups[0].0, groups[2].1);
        let hit = self.context(span, NUMBERS).filter(|hit| hit.is(Ssn)).filter(leads);
        let digits = self.digits_of::<9>(span);
        let (Some(hit), Some(digits)) = (hit, digits) else {
            return false;
        };
        self.ssn(span, &digits, Confidence::Low, Some(hit));
        true
    }

    /// From and to on the line of a claim: `08 22 2019 08 22 2019`.
    fn paired_dates(&mut self, start: usize, (len, next): (usize, usize)) -> bool {
        let both = [start, next].map(|at| {
            let groups = [(at, at + 2), (at + 3, at + 5), (at + 6, at + len)];
            self.parts_of(groups).map(|parts| (groups, parts))
        });
        let [Some(first), Some(second)] = both else { return false };
        for (groups, parts) in [first, second] {
            self.date((groups[0].0, groups[2].1), parts, Form::Full);
        }
        self.done = self.done.max(next + len);
        true
    }

    fn parts_of(&self, groups: Groups) -> Option<Parts> {
        let [month, day, year] = groups.map(|(from, to)| byte::value(self.bytes, from, to));
        let short = groups[2].1 - groups[2].0 == 2;
        let (month, day) = if month > 12 { (day, month) } else { (month, day) };
        let year = if short { full_year(year) } else { year };
        let parts = Parts {
            year: u16::try_from(year).ok().filter(|year| (1800..=2199).contains(year)),
            month: u8::try_from(month).unwrap_or(0),
            day: u8::try_from(day).ok(),
        };
        (parts.year.is_some() && parts.day.is_some() && parts.real()).then_some(parts)
    }

    fn loose_date(&mut self, groups: Groups) -> bool {
        let Some(parts) = self.parts_of(groups) else { return false };
        let span = (groups[0].0, groups[2].1);
        let short = groups[2].1 - groups[2].0 == 2;
        let asks = |hit: Hit| hit.is(Dob) || (hit.is(Date) && !short);
        if self.context(span, DATES).filter(|hit| asks(*hit)).filter(leads).is_none() {
            return false;
        }
        self.date(span, parts, Form::Full);
        true
    }
}

/// Whether a strong cue stands right before the value, or the structure around it names it.
fn leads(hit: &Hit) -> bool {
    hit.fit() >= Fit::Strict && !hit.weak() && !hit.lists() && !hit.behind()
}

/// The length of two dates of which the first starts at `start`, and where the second one starts; years of two digits
/// need `FROM` and `TO`.
fn pair(bytes: &[u8], start: usize) -> Option<(usize, usize)> {
    if byte::peek(bytes, start + 2) != b' '
        || byte::is(byte::prev(bytes, byte::back(bytes, start, byte::BLANK, 2)), DIGIT)
    {
        return None;
    }
    let (len, next) = if byte::is_shape(bytes, start, b"dd dd dddd ") {
        let to = if bytes[start + 10..].starts_with(b" TO ") { 3 } else { 0 };
        let next = byte::skip(bytes, start + 10 + to, byte::BLANK);
        (10, Some(next).filter(|next| next - start < 15 && byte::is_shape(bytes, *next, b"dd dd dddd")))
    } else {
        let ranged = byte::is_shape(bytes, start, b"dd dd dd TO dd dd dd") && bytes[..start].ends_with(b"FROM ");
        (8, ranged.then_some(start + 12))
    };
    let next = next.filter(|next| !byte::at(bytes, next + len, ALNUM))?;
    Some((len, next))
}

/// Three groups of digits from `start` on, with up to three blanks and one mark between two of them.
fn groups(bytes: &[u8], start: usize) -> Option<Groups> {
    let mut out = [(start, start); 3];
    let mut at = start;
    for (i, group) in out.iter_mut().enumerate() {
        let limit = bytes.len().min(at + 5);
        let stop = byte::skip(&bytes[..limit], at, DIGIT);
        *group = (at, stop);
        at = if i < 2 { next_group(bytes, stop)? } else { stop };
    }
    let follows = matches!(byte::peek(bytes, at), b'-' | b'.' | b'/' | b' ') && byte::at(bytes, at + 1, DIGIT);
    (!byte::at(bytes, at, ALNUM) && !follows && !ends_number(bytes, start)).then_some(out)
}

/// The next group of digits behind blanks and at most one mark.
fn next_group(bytes: &[u8], stop: usize) -> Option<usize> {
    let (mut at, mut marks) = (stop, 0);
    while at < stop + 4 && !byte::at(bytes, at, DIGIT) {
        match byte::peek(bytes, at) {
            b' ' => {}
            b'-' | b'.' | b'/' => marks += 1,
            b')' if at <= stop + 1 => {}
            _ => return None,
        }
        at += 1;
    }
    (at > stop && marks <= 1 && byte::at(bytes, at, DIGIT)).then_some(at)
}
