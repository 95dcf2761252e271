//! Dates in digits, and what makes one a birth date.

use super::claim::Claim;
use super::near::said_before;
use super::token::Run;
use super::{Hit, Scan, count, dated};
use crate::guard::byte;
use crate::guard::cue::CueClass::{Date, Dob, Other, Version};
use crate::guard::cue::{Fit, Mask, list_gap};
use crate::guard::words::WordSet;
use crate::guard::{Confidence, Day, Kind, Reason};

/// The classes that compete for a date.
pub(super) const DATES: Mask = Mask::of(&[Dob, Date, Other, Version]);

/// The letters of `September`.
const LONGEST_MONTH: usize = 9;

/// What is said of things that go bad.
pub(super) static ENDS: WordSet<16> = WordSet::new("exp expires expiry expiration expire by");

/// A date as far as it was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::guard) struct Parts {
    pub(in crate::guard) year: Option<u16>,
    pub(in crate::guard) month: u8,
    pub(in crate::guard) day: Option<u8>,
}

impl Parts {
    /// Whether the calendar has it.
    pub(super) fn real(self) -> bool {
        let day = self.day.unwrap_or(1);
        let year = self.year.unwrap_or(2000);
        let twin = if year < 2000 { year + 100 } else { year - 100 };
        Day::new(year, self.month, day).is_some() || (self.short() && Day::new(twin, self.month, day).is_some())
    }

    fn short(self) -> bool {
        self.year.is_some_and(|year| (1930..2030).contains(&year))
    }
}

/// How much a form alone says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// Unmistakable: four-digit year, or a month name.
    Full,
    /// `3-14-62`: could be something else.
    Doubtful,
    /// `3/14`: mostly something else.
    MonthDay,
    /// `3/14-3/21`: two days in their order.
    Ranged,
}

impl Scan<'_, '_> {
    /// Reads a date from the first runs; returns how many runs it used.
    #[inline]
    pub(super) fn date_runs(&mut self, runs: &[Run]) -> Option<usize> {
        let [a, b, rest @ ..] = runs else { return None };
        // No part of a date is three long, but for the name of a month.
        if a.len() == 3 && a.digits > 0 {
            return None;
        }
        if rest.is_empty() && a.len() + b.len() > 4 {
            return self.month_of_year(a, b);
        }
        if (a.len() > 4 || b.len() > 3) && !written_out(a, b, rest) || !matches!(b.sep, b'-' | b'/' | b'.') {
            return None;
        }
        match rest.first() {
            Some(c) if c.sep == b.sep => self.date_of(a, b, c, rest),
            None if b.sep == b'/' => self.month_day(a, b),
            Some(c) if b.sep == b'/' && c.sep == b'-' => match rest {
                [c, d] if d.sep == b'/' => self.day_range([a, b, c, d]),
                _ => None,
            },
            _ => None,
        }
    }

    /// A date of three parts; `rest` are the runs from the third on.
    pub(super) fn date_of(&mut self, a: &Run, b: &Run, c: &Run, rest: &[Run]) -> Option<usize> {
        let bytes = self.bytes;
        let stamp = c.len() >= 4 && byte::peek(bytes, c.start + 2) | 0x20 == b't' && c.digits + 1 == c.len();
        let end = if stamp { c.start + 2 } else { c.end };
        let (parts, form) = three(bytes, (a, b, (c.start, end)))?;
        let behind = rest.get(1);
        let fits = match behind {
            _ if stamp => true,
            None => true,
            Some(next) => matches!(next.sep, b'/' | b':') || (next.sep == b'-' && next.len() <= 4),
        };
        let span = (a.start, end);
        if !fits || !parts.real() || byte::glued(bytes, a.start, c.end) || super::star::masked(bytes, span.0, span.1) {
            return None;
        }
        let form = if behind.is_some_and(|next| next.sep == b'-') && !stamp && self.range_end(&rest[1..]).is_none() {
            return None;
        } else {
            form
        };
        if form == Form::Doubtful && b.sep == b'-' && self.is_numbered(span) {
            return None;
        }
        if form == Form::Doubtful && b.sep == b'/' && (count::series(bytes, span) || self.goes_on(span.0)) {
            let claim = Claim { kind: Kind::Date, span, base: Confidence::Low, reason: Reason::Shape };
            self.push(claim, Confidence::Low, None);
            return Some(rest.iter().take_while(|run| run.sep == b'/' && run.numeric()).count() + 2);
        }
        self.date(span, parts, form);
        let timestamp = rest.iter().position(|run| run.sep == b'/' && stamp).unwrap_or(rest.len());
        Some(if stamp { 2 + timestamp } else { 3 })
    }

    /// Whether a list goes on from a series like `days 3/7/14`.
    fn goes_on(&self, start: usize) -> bool {
        let last = self.out.last().filter(|last| last.kind() == Kind::Date && last.confidence() == Confidence::Low);
        last.is_some_and(|last| {
            last.reasons().any(|reason| reason == Reason::Shape) && list_gap(self.bytes, last.end(), start)
        })
    }

    /// Whether a label right before it says that this is some other number: `MRN 04-28-76`.
    fn is_numbered(&mut self, span: (usize, usize)) -> bool {
        let hit = self.context(span, super::number::NUMBERS);
        hit.is_some_and(|hit| {
            let sure = hit.fit() >= Fit::Strict && (!hit.weak() || self.labelled(span.0));
            sure && hit.class().kind().is_some_and(Kind::needs_cue)
        })
    }

    /// Whether the runs start with the second date of a range.
    fn range_end(&self, runs: &[Run]) -> Option<()> {
        let [a, b, c, ..] = runs else { return None };
        three(self.bytes, (a, b, (c.start, c.end))).map(|_| ())
    }

    fn month_day(&mut self, a: &Run, b: &Run) -> Option<usize> {
        let shaped = a.numeric() && b.numeric() && a.len() <= 2 && b.len() <= 2;
        if shaped && count::follows_number(self.bytes, a.start) {
            return None;
        }
        let parts = shaped.then(|| two(self.bytes, a, b)).flatten().filter(|parts| parts.real())?;
        self.date((a.start, b.end), parts, Form::MonthDay);
        Some(2)
    }

    /// Month and year, `03/1956` or `1956-03`: only where a label asks for a date.
    fn month_of_year(&mut self, a: &Run, b: &Run) -> Option<usize> {
        let (month, year) = match (a.len(), b.len(), b.sep) {
            (1 | 2, 4, b'/' | b'-') => (a, b),
            (4, 2, b'/' | b'-') => (b, a),
            _ => return self.before_a_month(a, b),
        };
        let value = |run: &Run| byte::value(self.bytes, run.start, run.end);
        let parts = parts_of(value(year), value(month), 1).filter(|_| a.numeric() && b.numeric())?;
        let parts = Parts { day: None, ..parts };
        let span = (a.start, b.end);
        let hit = self.context(span, DATES);
        let told = hit.is_none_or(|hit| hit.is(Date) || !hit.rules_out());
        let ends = || said_before(self.bytes, span.0, 32, &ENDS);
        let hit = hit.filter(|hit| asks(*hit));
        // `Lot 7, expires 12/2026` is no date of a person.
        let asked = hit.is_some_and(|hit| hit.is(Dob) || (self.labelled(span.0) && !ends()))
            || (told && (dated::month_told(self.bytes, span) || self.after_a_month(span.0)) && !ends());
        if !asked || !parts.real() || !(1880..2100).contains(&value(year)) {
            return None;
        }
        self.date(span, parts, Form::Full);
        Some(2)
    }

    /// Records a date or a birth date.
    pub(super) fn date(&mut self, span: (usize, usize), parts: Parts, form: Form) {
        let hit = self
            .context(span, DATES)
            .filter(|hit| !(hit.is(Dob) && hit.fit() < Fit::Label && self.done_on(span, parts)));
        let hit = match hit {
            hit if matches!(form, Form::Full | Form::Doubtful)
                && !hit.is_some_and(|hit| hit.is(Dob))
                && ((hit.is_none() && self.born_beside(span)) || self.told_birth(span)) =>
            {
                Some(Hit::declared(Dob, Reason::List))
            }
            hit if quoted(self.bytes, span.0) && !hit.is_some_and(|hit| hit.is(Dob)) => self.reported(span).or(hit),
            hit => hit,
        };
        let birthday = form == Form::MonthDay && hit.is_some_and(|hit| self.is_birthday(hit, span.0));
        let on = birthday && self.bytes[..span.0].ends_with(b"on ");
        let whole = matches!(form, Form::Full | Form::Doubtful) || (birthday && !on);
        let declared = hit.filter(|hit| hit.is(Dob) && whole);
        if declared.is_some() && self.rules.may_be_born(parts) {
            let claim = Claim { kind: Kind::Dob, span, base: Confidence::Low, reason: Reason::CalendarOk };
            return self.claim(claim, hit);
        }
        if (whole && hit.is_none() && self.of_bearer(span, parts)) || self.told_of_other(span, parts) {
            let claim = Claim { kind: Kind::Dob, span, base: Confidence::Medium, reason: Reason::CalendarOk };
            return self.push(claim, Confidence::Medium, None);
        }
        let found = if on { Some(Confidence::Medium) } else { self.how_sure(span, parts, (form, hit)) };
        let Some(confidence) = found else { return };
        let claim = Claim { kind: Kind::Date, span, base: Confidence::Low, reason: Reason::CalendarOk };
        self.push(claim, confidence, hit.map(|hit| hit.reason()));
    }

    /// How sure it is that a date is one; none when it is nothing.
    fn how_sure(&self, span: (usize, usize), parts: Parts, (form, hit): (Form, Option<Hit>)) -> Option<Confidence> {
        let dated = hit.filter(|hit| hit.is(Date));
        let fraction = form == Form::MonthDay && self.bytes[span.0].is_ascii_digit() && parts.year.is_none();
        let fraction = fraction && self.bytes[span.0..span.1].contains(&b'/');
        Some(match (form, dated) {
            (Form::Full, Some(_)) => Confidence::High,
            (Form::Full, None) => Confidence::Medium,
            (Form::Doubtful, Some(hit)) if hit.fit() >= Fit::Strict => Confidence::High,
            // `Pt seen on the floor 03-18-18.`
            (Form::Doubtful, Some(hit)) if !hit.weak() && self.says(hit, span.0, b"seen") => Confidence::Medium,
            (Form::Doubtful, _)
                if self.bytes[span.0..span.1].contains(&b'/')
                    && !hit.is_some_and(|hit| hit.rules_out() && !self.of_case(hit, span.0)) =>
            {
                Confidence::Medium
            }
            (Form::Doubtful, None) if self.after_a_date(span.0) => Confidence::Medium,
            (Form::Doubtful, _)
                if !hit.is_some_and(|hit| hit.rules_out() && !hit.is(Date)) && dated::dashed(self.bytes, span) =>
            {
                Confidence::Medium
            }
            // `expiration: 04/27` is a month of a year.
            (Form::MonthDay, Some(_)) if fraction && dated::expires(self.bytes, span.0) => return None,
            (Form::MonthDay, Some(hit))
                if hit.fit() >= Fit::Strict
                    && !(hit.weak() && matches!(parts.day, Some(5 | 10)))
                    && !(fraction && count::share(self.bytes, span)) =>
            {
                Confidence::Medium
            }
            (Form::Ranged, _) if !hit.is_some_and(|hit| hit.rules_out() && !hit.is(Date)) => Confidence::Medium,
            (Form::MonthDay, _)
                if fraction
                    && !hit.is_some_and(|hit| hit.rules_out() && !hit.is(Date))
                    && (dated::tells(self.bytes, span) || self.goes_on_from(span)) =>
            {
                Confidence::Medium
            }
            // `4/4`, `10/10`: without a word for it, this is no date at all.
            (Form::MonthDay, None) if fraction && hit.is_none_or(|hit| !hit.is(Dob)) => return None,
            _ => Confidence::Low,
        })
    }

    /// Six or eight digits: a date only where a cue asks for one.
    pub(super) fn compact_date(&mut self, span: (usize, usize)) {
        if !may_be_compact(&self.bytes[span.0..span.1]) {
            return;
        }
        let Some(hit) = self.context(span, DATES).filter(|hit| asks(*hit)) else {
            if may_be_stamp(self.bytes, span.0) {
                self.stamped(span);
            }
            return;
        };
        let digits = &self.bytes[span.0..span.1];
        let part = |from: usize, len: usize| byte::number(&digits[from..from + len]);
        let parts = match digits.len() {
            8 => [
                (part(0, 4), part(4, 2), part(6, 2)),
                (part(4, 4), part(0, 2), part(2, 2)),
                (part(4, 4), part(2, 2), part(0, 2)),
            ],
            _ if hit.is(Dob) => [
                (full_year(part(4, 2)), part(0, 2), part(2, 2)),
                (full_year(part(0, 2)), part(2, 2), part(4, 2)),
                (0, 0, 0),
            ],
            _ => return,
        };
        let real = parts
            .into_iter()
            .filter_map(|(year, month, day)| parts_of(year, month, day))
            .find(|parts| parts.real() && parts.year.is_some_and(|year| (1880..2100).contains(&year)));
        if let Some(parts) = real {
            self.date(span, parts, Form::Full);
        }
    }

    /// A date with a time, `198303201230`, beside a cue.
    pub(super) fn birth_time(&mut self, span: (usize, usize)) -> bool {
        if !matches!(self.bytes[span.0..], [b'1', b'9', ..] | [b'2', b'0', ..]) {
            return false;
        }
        let found = self.out.len();
        let labelled = self.outer.is_some() || self.labelled(span.0);
        match self.context(span, DATES).filter(|&hit| labelled && asks(hit)) {
            Some(hit) if hit.is(Dob) => self.born(span, hit.reason()),
            Some(hit) if self.is_clock(span.0 + 8, span.1) => self.day(span, hit.reason()),
            _ if may_be_stamp(self.bytes, span.0) => return self.stamped(span),
            _ => {}
        }
        self.out.len() > found
    }
}

/// Whether eight digits have a century where a year may begin, or six the tens of a month.
#[inline]
fn may_be_compact(digits: &[u8]) -> bool {
    let century = |tens: u8, ones: u8| (tens == b'1' && ones >= b'8') || (tens == b'2' && ones == b'0');
    match *digits {
        [a, b, _, _, c, d, _, _] => century(a, b) || century(c, d),
        [a, _, b, _, _, _] => a <= b'1' || b <= b'1',
        _ => false,
    }
}

/// `04-September-1941`.
#[inline]
fn written_out(a: &Run, b: &Run, rest: &[Run]) -> bool {
    b.digits == 0 && b.len() <= LONGEST_MONTH && a.len() <= 2 && rest.first().is_some_and(Run::numeric)
}

/// Whether a quotation mark stands before the value.
fn quoted(bytes: &[u8], start: usize) -> bool {
    matches!(byte::prev(bytes, start), b'"' | b'\'')
}

/// Whether a quotation mark or a colon touches the value of an attribute or a property.
fn may_be_stamp(bytes: &[u8], start: usize) -> bool {
    matches!(byte::prev(bytes, start), b'"' | b':')
}

pub(super) fn asks(hit: Hit) -> bool {
    (hit.is(Dob) || hit.is(Date)) && hit.fit() >= Fit::Strict && !hit.weak()
}

fn parts_of(year: u32, month: u32, day: u32) -> Option<Parts> {
    Some(Parts {
        year: Some(u16::try_from(year).ok()?),
        month: u8::try_from(month).ok()?,
        day: Some(u8::try_from(day).ok()?),
    })
}

/// A year of two digits is taken from 1930 to 2029.
pub(super) fn full_year(short: u32) -> u32 {
    if short < 30 { 2000 + short } else { 1900 + short }
}

/// Month and day, in American order.
fn two(bytes: &[u8], a: &Run, b: &Run) -> Option<Parts> {
    let (month, day) = (byte::value(bytes, a.start, a.end), byte::value(bytes, b.start, b.end));
    let parts = parts_of(2000, month, day)?;
    (day > 0).then_some(Parts { year: None, ..parts })
}

/// Year, month and day in any of the usual orders, the month as number or name.
fn three(bytes: &[u8], (a, b, c): (&Run, &Run, (usize, usize))) -> Option<(Parts, Form)> {
    let last = &bytes[c.0..c.1];
    if !last.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let (first, middle) = (&bytes[a.start..a.end], &bytes[b.start..b.end]);
    let (x, y) = (byte::value(bytes, a.start, a.end), byte::value(bytes, b.start, b.end));
    let z = byte::value(bytes, c.0, c.1);
    let named = |word: &[u8]| super::date_text::month(word).map(u32::from);
    match (a.numeric(), b.numeric()) {
        (true, true) if a.len() == 4 && b.len() <= 2 && last.len() <= 2 => Some((parts_of(x, y, z)?, year_form(x)?)),
        (true, true) if a.len() <= 2 && b.len() <= 2 => {
            let (year, form) = year_of(z, last.len(), Form::Doubtful)?;
            let (month, day) = if x > 12 { (y, x) } else { (x, y) };
            let parts = parts_of(year, month, day)?;
            Some((if parts.real() { parts } else { parts_of(year, day, month)? }, form))
        }
        (true, false) if a.len() <= 2 => {
            let (year, form) = year_of(z, last.len(), Form::Full)?;
            Some((parts_of(year, named(middle)?, x)?, form))
        }
        (true, false) if a.len() == 4 && last.len() <= 2 => Some((parts_of(x, named(middle)?, z)?, year_form(x)?)),
        (false, true) if b.len() <= 2 && a.digits == 0 => {
            let (year, form) = year_of(z, last.len(), Form::Full)?;
            Some((parts_of(year, named(first)?, y)?, form))
        }
        _ => None,
    }
}

fn year_form(year: u32) -> Option<Form> {
    (1800..=2199).contains(&year).then_some(Form::Full)
}

fn year_of(value: u32, len: usize, short: Form) -> Option<(u32, Form)> {
    match len {
        4 if (1800..=2199).contains(&value) => Some((value, Form::Full)),
        2 => Some((full_year(value), short)),
        _ => None,
    }
}
