//! Dates in the calls of a constructor.

use super::claim::Claim;
use super::date::Parts;
use super::token::Run;
use super::{Hit, Scan};
use crate::guard::byte::{self, ALPHA, DIGIT};
use crate::guard::cue::{CueClass, Fit};
use crate::guard::{Confidence, Kind, Reason};

/// The longest name of a type, in bytes.
const LINE: usize = 96;

impl Scan<'_, '_> {
    /// A birth date as the parts of a constructor: `dob = datetime.date(1956, 3, 4)`.
    #[inline(never)]
    pub(super) fn constructed(&mut self, year: Run) -> bool {
        let bytes = self.bytes;
        let open = year.start - 1;
        let word = byte::back(bytes, open, ALPHA, 16);
        let date = bytes[word..open].last_chunk::<4>().is_some_and(|word| word.eq_ignore_ascii_case(b"date"))
            || bytes[word..open].eq_ignore_ascii_case(b"of");
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
