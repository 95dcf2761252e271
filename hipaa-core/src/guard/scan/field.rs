//! What a field of a message holds when its place or qualifier declares it.

use super::claim::Claim;
use super::date::Parts;
use super::star::masked;
use super::{Hit, Scan};
use crate::guard::byte;
use crate::guard::cue::CueClass;
use crate::guard::validate;
use crate::guard::{Confidence, Kind, Reason};

/// The longest field that is read, in bytes.
const LONGEST: usize = 40;

impl Scan<'_, '_> {
    /// A field that is declared to be of a class.
    pub(super) fn declared(&mut self, span: (usize, usize), class: CueClass, reason: Reason) {
        let bytes = &self.bytes[span.0..span.1];
        let digits = self.planes.digits_in(span.0, span.1);
        let plain = bytes.iter().all(|byte| byte.is_ascii_graphic() || *byte == b' ');
        if !plain || bytes.len() > LONGEST || digits < 2 || bytes.iter().any(|byte| b"*[]$".contains(byte)) {
            return;
        }
        let hit = Hit::declared(class, reason);
        let claim = |kind| Claim { kind, span, base: Confidence::Low, reason: Reason::Shape };
        match class.kind() {
            Some(Kind::Ssn) => {
                if let Some(digits) = self.digits_of::<9>(span) {
                    self.ssn(span, &digits, Confidence::Low, Some(hit));
                }
            }
            Some(Kind::Zip) if matches!((digits, bytes.len()), (5, 5) | (9, 9 | 10)) => self.zip(span, Some(hit)),
            Some(kind @ (Kind::Phone | Kind::Fax)) if (7..=15).contains(&digits) => self.claim(claim(kind), Some(hit)),
            Some(Kind::Npi) if digits == 10 && validate::npi(bytes) => self.claim(claim(Kind::Npi), Some(hit)),
            Some(Kind::Icd10) if self.is_code(span) => self.claim(claim(Kind::Icd10), Some(hit)),
            Some(Kind::Plan | Kind::Mbi) if validate::mbi(bytes) => {
                self.push(claim(Kind::Mbi), Confidence::High, Some(reason));
            }
            // A Medicare number of the old form is one of a plan.
            Some(Kind::Mbi) => self.declared(span, CueClass::Plan, reason),
            Some(kind) if kind.needs_cue() && bytes.len() >= 3 => self.claim(claim(kind), Some(hit)),
            _ => {}
        }
    }

    /// A birth date, perhaps with a time behind it.
    pub(super) fn born(&mut self, span: (usize, usize), reason: Reason) {
        if self.eight_digits(span).is_some_and(|parts| self.rules.may_be_born(parts)) {
            self.dated(Kind::Dob, (span.0, span.0 + 8), reason);
        }
    }

    /// Another date, with the time of day that is glued to it.
    pub(super) fn day(&mut self, span: (usize, usize), reason: Reason) {
        if self.eight_digits(span).is_some() {
            let end = self.planes.digits_end(span.0).min(span.1);
            let end = if self.is_clock(span.0 + 8, end) { end } else { span.0 + 8 };
            self.dated(Kind::Date, (span.0, end), reason);
        }
    }

    /// Whether four or six digits are a time of day.
    pub(super) fn is_clock(&self, start: usize, end: usize) -> bool {
        let part = |from: usize| byte::value(self.bytes, start + from, start + from + 2);
        match end.saturating_sub(start) {
            4 => part(0) < 24 && part(2) < 60,
            6 => part(0) < 24 && part(2) < 60 && part(4) <= 60,
            _ => false,
        }
    }

    fn dated(&mut self, kind: Kind, span: (usize, usize), reason: Reason) {
        let claim = Claim { kind, span, base: Confidence::Low, reason: Reason::CalendarOk };
        self.push(claim, Confidence::High, Some(reason));
    }

    /// Year, month and day of a field that starts with them.
    pub(super) fn eight_digits(&self, (start, end): (usize, usize)) -> Option<Parts> {
        let stop = self.planes.digits_end(start).min(end);
        if stop - start < 8 || masked(&self.bytes[..end], start, end) && byte::prev(self.bytes, start) != b'*' {
            return None;
        }
        let part = |from: usize, to: usize| byte::value(self.bytes, start + from, start + to);
        let year = u16::try_from(part(0, 4)).ok().filter(|year| (1800..=2199).contains(year));
        let (month, day) = (u8::try_from(part(4, 6)).unwrap_or(0), u8::try_from(part(6, 8)).ok());
        let parts = Parts { year, month, day };
        (year.is_some() && parts.real()).then_some(parts)
    }

    /// Whether a field has a diagnosis code without a point.
    fn is_code(&self, span: (usize, usize)) -> bool {
        let code = &self.bytes[span.0..span.1];
        let shaped = (3..=8).contains(&code.len()) && code[0].is_ascii_uppercase();
        let rest = code.get(3..).unwrap_or(&[]);
        let rest = rest.strip_prefix(b".").unwrap_or(rest);
        shaped && self.rules.categories.has(&code[..3]) && (rest.is_empty() || validate::icd10::subclass(rest))
    }
}

/// The parts of a span between separators.
pub(super) fn parts(bytes: &[u8], span: (usize, usize), separator: u8) -> impl Iterator<Item = (usize, usize)> {
    let mut start = span.0;
    bytes[span.0..span.1].split(move |byte| is(*byte, separator)).map(move |part| {
        let here = (start, start + part.len());
        start = here.1 + 1;
        here
    })
}

pub(super) fn is(byte: u8, want: u8) -> bool {
    #[cfg(test)]
    crate::guard::steps::add(1);
    byte == want
}
