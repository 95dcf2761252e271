//! Dates with a month name.

use super::Scan;
use super::claim::Claim;
use super::date::{DATES, Form, Parts, asks, full_year};
use super::token::Run;
use super::{count, unit};
use crate::guard::byte::{self, ALPHA, DIGIT};
use crate::guard::cue::{CueClass, Text};
use crate::guard::{Confidence, Kind, Reason};

const MONTHS: [&[u8]; 12] = [
    b"january",
    b"february",
    b"march",
    b"april",
    b"may",
    b"june",
    b"july",
    b"august",
    b"september",
    b"october",
    b"november",
    b"december",
];

/// The first three letters of each month, by [`place`].
static STARTS: [(u32, u8); 16] = starts();

/// No two months share their place.
const fn place(three: u32) -> usize {
    (three.wrapping_mul(0x3B6F_E507) >> 28) as usize
}

const fn starts() -> [(u32, u8); 16] {
    let mut table = [(0, 0); 16];
    let mut i = 0;
    while i < 12 {
        let three = u32::from_le_bytes([MONTHS[i][0], MONTHS[i][1], MONTHS[i][2], 0]);
        #[expect(clippy::cast_possible_truncation, reason = "there are twelve")]
        let number = i as u8 + 1;
        table[place(three)] = (three, number);
        i += 1;
    }
    table
}

/// The number of the month a whole word names.
#[inline]
pub(super) fn month(word: &[u8]) -> Option<u8> {
    let [a, b, c, ..] = *word else { return None };
    let three = u32::from_le_bytes([a | 0x20, b | 0x20, c | 0x20, 0]);
    let (start, number) = STARTS[place(three)];
    if start != three {
        return None;
    }
    let full = word.eq_ignore_ascii_case(MONTHS[usize::from(number) - 1]);
    let short = word.len() == 3 || word.eq_ignore_ascii_case(b"sept");
    (full || short).then_some(number)
}

/// Whether the word that ends at `end` (or before a comma there) may be a month: a cheap look
/// at its last letter.
#[inline]
pub(super) fn may_end_month((bytes, planes): Text<'_>, end: usize) -> bool {
    let last = byte::prev(bytes, end);
    matches!(last | 0x20, b'y' | b'h' | b'l' | b'e' | b't' | b'r' | b'n' | b'b' | b'g' | b'p' | b'v' | b'c')
        && byte::is(last, ALPHA)
        && name_before((bytes, planes), end + 1).is_some()
        || matches!(last, b'.' | b',' | b'-')
}

#[derive(Clone, Copy, Debug)]
struct Name {
    start: usize,
    end: usize,
    month: u8,
    /// Capitalised, so that it is a name even without a year.
    proper: bool,
}

impl Name {
    fn new(bytes: &[u8], start: usize, end: usize) -> Option<Self> {
        let word = &bytes[start..end];
        let month = month(word)?;
        let proper = word[0].is_ascii_uppercase() && (word[1].is_ascii_lowercase() || word.len() > 3);
        Some(Self { start, end, month, proper })
    }
}

impl Scan<'_, '_> {
    /// Reads a date around a day (`14`, `14th`) or a year (`1962`) beside a month name.
    pub(super) fn text_date(&mut self, run: Run) -> bool {
        let bytes = self.bytes;
        let digits = byte::skip(bytes, run.start, DIGIT);
        let suffixed = digits + 2 == run.end && ordinal(&bytes[digits..run.end]);
        let value = byte::value(bytes, run.start, digits);
        let found = match digits - run.start {
            1 | 2 if run.numeric() || suffixed => day_date((bytes, self.planes), run, value),
            1 | 2 => glued_date(bytes, run, digits, value),
            4 if run.numeric() && (1800..=2199).contains(&value) => {
                month_year((bytes, self.planes), run, value).or_else(|| year_first(bytes, run, value))
            }
            _ => None,
        };
        let Some((span, parts, proper)) = found else {
            return false;
        };
        let (span, parts) = self.with_short_year(span, parts);
        let bare = parts.year.is_none() || parts.day.is_none();
        if !parts.real() || (parts.year.is_none() && unit::follows(bytes, span.1) && byte::peek(bytes, span.1) == b' ')
        {
            return false;
        }
        if parts.day.is_none() && count::printed(bytes, span) {
            let claim = Claim { kind: Kind::Date, span, base: Confidence::Low, reason: Reason::CalendarOk };
            self.push(claim, Confidence::Low, None);
        } else {
            let sure = proper || (bare && is_sure(&bytes[span.0..span.1], parts) && !unit::follows(bytes, span.1));
            let form = if bare && !sure { Form::MonthDay } else { Form::Full };
            self.date(span, parts, form);
        }
        self.done = self.done.max(span.1);
        true
    }
}

impl Scan<'_, '_> {
    /// `2 Jan 34`, `Jan 2, 34`: two digits are a year where the label of a birth date stands before.
    fn with_short_year(&mut self, span: (usize, usize), parts: Parts) -> ((usize, usize), Parts) {
        let short = if parts.year.is_none() { short_year(self.bytes, span.1) } else { None };
        let Some((end, year)) = short else { return (span, parts) };
        let born = self.context(span, DATES).is_some_and(|hit| hit.is(CueClass::Dob) && asks(hit));
        if born { ((span.0, end), Parts { year: Some(year), ..parts }) } else { (span, parts) }
    }
}

/// Whether a month in small letters or capitals is one all the same: a year of our times, or an ordinal, stands beside
/// it (`june 2022`, `MAY 2023`, `april 10th`).
#[inline(never)]
fn is_sure(text: &[u8], parts: Parts) -> bool {
    let month = byte::skip(text, 0, ALPHA);
    let ends = text.last().is_some_and(|byte| byte::is(*byte, ALPHA)) && text.contains(&b' ');
    match parts.day {
        None => text.get(month) == Some(&b' ') && parts.year.is_some_and(|year| (1940..2060).contains(&year)),
        Some(_) => ends && month > 3,
    }
}

/// Two digits that stand alone behind a date, up to the end of a clause.
fn short_year(bytes: &[u8], end: usize) -> Option<(usize, u16)> {
    let blank = end + usize::from(byte::peek(bytes, end) == b',');
    let (from, stop) = (blank + 1, byte::skip(bytes, blank + 1, DIGIT));
    if byte::peek(bytes, blank) != b' ' || stop != from + 2 {
        return None;
    }
    let clause = match byte::peek(bytes, stop) {
        b'.' => !byte::at(bytes, stop + 1, byte::ALNUM),
        behind => matches!(behind, 0 | b'\n' | b'\r' | b',' | b';' | b')' | b'|'),
    };
    let year = u16::try_from(full_year(byte::value(bytes, from, stop))).ok()?;
    clause.then_some((stop, year))
}

type Found = ((usize, usize), Parts, bool);

fn day_date((bytes, planes): Text<'_>, run: Run, value: u32) -> Option<Found> {
    let day = u8::try_from(value).ok().filter(|day| (1..=31).contains(day))?;
    if let Some(name) = name_before((bytes, planes), run.start) {
        let (end, year) = year_behind(bytes, run.end, false).map_or((run.end, None), |(end, year)| (end, Some(year)));
        return Some(((name.start, end), Parts { year, month: name.month, day: Some(day) }, name.proper));
    }
    let name = name_behind((bytes, planes), run.end)?;
    let dotted = name.end + usize::from(byte::peek(bytes, name.end) == b'.');
    let (end, year) = year_behind(bytes, dotted, true).map_or((name.end, None), |(end, year)| (end, Some(year)));
    if year.is_none() && is_item(bytes, run, name) {
        return None;
    }
    Some(((run.start, end), Parts { year, month: name.month, day: Some(day) }, name.proper))
}

/// Whether the number of an item stands there, and a verb or a name, no day: `1. May shower`, `3. May 99M rm 305`.
fn is_item(bytes: &[u8], run: Run, name: Name) -> bool {
    let verb = || name.month == 5 && byte::peek(bytes, name.end) == b' ' && byte::at(bytes, name.end + 1, byte::LOWER);
    let leads = || byte::leads_line(bytes, run.start, (b" \t-*#", 8));
    byte::peek(bytes, run.end) == b'.' && (verb() || (leads() && of_someone(bytes, name.end)))
}

/// Whether an age and a sex stand behind a surname, perhaps behind another name: ` 99M`, `, Ann 71 F`.
fn of_someone(bytes: &[u8], end: usize) -> bool {
    let blank = end + usize::from(byte::peek(bytes, end) == b',');
    let first = blank + 1;
    let stop = if byte::at(bytes, first, byte::UPPER) { byte::skip(bytes, first, ALPHA) + 1 } else { first };
    let age = byte::skip(bytes, stop, DIGIT);
    let sex = age + usize::from(byte::peek(bytes, age) == b' ');
    byte::peek(bytes, blank) == b' '
        && (1..=3).contains(&age.saturating_sub(stop))
        && matches!(byte::peek(bytes, sex), b'M' | b'F')
        && !byte::at(bytes, sex + 1, byte::ALNUM)
}

/// `14Mar1962`, `14MAR62`.
fn glued_date(bytes: &[u8], run: Run, digits: usize, value: u32) -> Option<Found> {
    let letters = byte::skip(bytes, digits, ALPHA);
    let name = Name::new(bytes, digits, letters)?;
    let tail = &bytes[letters..run.end];
    let year = match tail.len() {
        2 => full_year(byte::number(tail)),
        4 => byte::number(tail),
        _ => return None,
    };
    let numeric = tail.iter().all(u8::is_ascii_digit) && (1800..=2199).contains(&year);
    let parts =
        Parts { year: Some(u16::try_from(year).ok()?), month: name.month, day: Some(u8::try_from(value).ok()?) };
    numeric.then_some(((run.start, run.end), parts, true))
}

/// `March 2022`, `March of 2022`.
fn month_year(text: Text<'_>, run: Run, value: u32) -> Option<Found> {
    let of = if text.0[..run.start].ends_with(b" of ") { run.start - 3 } else { run.start };
    let name = name_before(text, of)?;
    let year = u16::try_from(value).ok()?;
    Some(((name.start, run.end), Parts { year: Some(year), month: name.month, day: None }, name.proper))
}

/// `1966 Nov 30`.
fn year_first(bytes: &[u8], run: Run, value: u32) -> Option<Found> {
    if byte::peek(bytes, run.end) != b' ' || !byte::at(bytes, run.end + 1, byte::UPPER) {
        return None;
    }
    let stop = byte::skip(bytes, run.end + 1, ALPHA);
    let end = byte::skip(bytes, stop + 1, DIGIT);
    let day = u8::try_from(byte::number(bytes.get(stop + 1..end)?)).ok()?;
    let fits =
        byte::peek(bytes, stop) == b' ' && (1..=2).contains(&(end - stop - 1)) && !byte::at(bytes, end, byte::ALNUM);
    let name = Name::new(bytes, run.end + 1, stop)
        .filter(|_| fits && !unit::follows(bytes, end) && (1..=31).contains(&day))?;
    let year = u16::try_from(value).ok()?;
    Some(((run.start, end), Parts { year: Some(year), month: name.month, day: Some(day) }, true))
}

/// Whether the letters make a number of an order: `14th`.
pub(super) fn ordinal(word: &[u8]) -> bool {
    [b"st", b"nd", b"rd", b"th"].iter().any(|suffix| word.eq_ignore_ascii_case(*suffix))
}

/// The month name that ends right before `start`.
#[inline]
fn name_before((bytes, planes): Text<'_>, start: usize) -> Option<Name> {
    let mut end = start;
    while end > 0 && start - end < 3 && matches!(bytes[end - 1], b' ' | b'.' | b',' | b'-' | b'\n') {
        end -= 1;
    }
    let len = planes.alnum_before(end);
    (end < start && (3..=9).contains(&len)).then(|| Name::new(bytes, end - len, end)).flatten()
}

/// The month name right behind a day: `14 March`, `14th of March`.
#[inline]
fn name_behind((bytes, planes): Text<'_>, end: usize) -> Option<Name> {
    let mut at = end;
    while at < end + 2 && matches!(byte::peek(bytes, at), b' ' | b'-' | b'.') {
        at += 1;
    }
    if at == end {
        return None;
    }
    if bytes.get(at..at + 3).is_some_and(|word| word.eq_ignore_ascii_case(b"of ")) {
        at += 3;
    }
    let stop = planes.alnum_end(at);
    (3..=9).contains(&(stop - at)).then(|| Name::new(bytes, at, stop)).flatten()
}

/// The year behind a day or a month name: four digits, or two behind an apostrophe (or a
/// hyphen, when `hyphen` allows it).
fn year_behind(bytes: &[u8], end: usize, hyphen: bool) -> Option<(usize, u16)> {
    let mut at = end;
    while at < end + 2 && matches!(byte::peek(bytes, at), b' ' | b',' | b'.' | b'-' | b'\n') {
        at += 1;
    }
    let short = byte::peek(bytes, at) == b'\'' || (hyphen && byte::prev(bytes, at) == b'-');
    at += usize::from(byte::peek(bytes, at) == b'\'');
    let stop = byte::skip(bytes, at, DIGIT);
    let value = byte::number(bytes.get(at..stop)?);
    let year = match stop - at {
        4 => value,
        2 if short => full_year(value),
        _ => return None,
    };
    let whole = !byte::at(bytes, stop, ALPHA) || byte::peek(bytes, stop) == b'T';
    let year = u16::try_from(year).ok().filter(|year| (1800..=2199).contains(year))?;
    (at > end && whole).then_some((stop, year))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn month_names_are_whole_or_three_letters() {
        assert_eq!(month(b"March"), Some(3));
        assert_eq!(month(b"SEP"), Some(9));
        assert_eq!(month(b"sept"), Some(9));
        for (i, name) in MONTHS.iter().enumerate() {
            assert_eq!((month(name), month(&name[..3])), (u8::try_from(i + 1).ok(), u8::try_from(i + 1).ok()));
        }
        for no in ["marc", "mayor", "ma", "decide", ""] {
            assert_eq!(month(no.as_bytes()), None, "{no}");
        }
    }
}
