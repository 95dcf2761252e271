//! What else tells that a date is one of birth, or hides it.

mod other;
mod told;

use super::date::Parts;
use super::near::word_before;
use super::{Hit, Scan};
use crate::guard::byte::{self, ALPHA, DIGIT};
use crate::guard::cue::{Cue, CueClass, Fit, before_gap, requests};
use crate::guard::words::WordSet;

/// Types of SQL before a literal.
static TYPES: WordSet<8> = WordSet::new("date timestamp datetime");
/// What is done to an entry, and when: `DOB corrected 9/8/2020`.
static DONE: WordSet<32> =
    WordSet::new("corrected verified confirmed updated changed checked entered reviewed amended fixed added");
/// Those of them that leave the entry what it is.
static CHECKED: WordSet<8> = WordSet::new("verified confirmed checked");
/// What happened after a birth: `born in Manila, arrival May 2019`.
static ARRIVED: WordSet<16> = WordSet::new("arrival arrived came moved immigrated emigrated");
/// Whose birth date stands beside the name: `my son Gerald (04/09/2019)`.
static CHILDREN: WordSet<16> = WordSet::new("son daughter baby child kiddo infant newborn twin");
/// `born on the`, in Spanish.
const NATIVE: [&str; 2] = ["nací el ", "nació el "];
/// Nothing was checked before this year.
const RECORDS: u16 = 2000;
/// How far before the word for an entry its birth may stand, in bytes.
const ENTERED: usize = 40;
/// How far a line and the question before it are looked at, in bytes.
const QUESTION: usize = 96;

/// Whether the cue is the type of the literal right behind it, `date '1959-08-22'`, `to_date('…')`.
pub(super) fn types_literal(bytes: &[u8], cue: &Cue) -> bool {
    cue.class == CueClass::Date
        && matches!(byte::peek(bytes, cue.end + 1), b'\'' | b'"')
        && TYPES.has(&bytes[cue.start..cue.end])
}

/// Where a type starts, with what makes a function of it: `to_date`.
pub(super) fn start_of_type(bytes: &[u8], start: usize) -> usize {
    if byte::prev(bytes, start) == b'_' { byte::back(bytes, start - 1, ALPHA, 8) } else { start }
}

/// Whether `d. <date>; ` stands before the `b.` at `at`.
fn died_before(bytes: &[u8], at: usize) -> bool {
    let before = &bytes[at.saturating_sub(24)..at];
    before.windows(3).any(|part| part == b"d. ") || before.starts_with(b". ")
}

impl Scan<'_, '_> {
    /// The word for a birth to which the one for a date at `i` belongs: `dob_date`, `dob::date`,
    /// `DOB updated from`.
    #[inline(never)]
    pub(super) fn day_of_birth(&self, i: usize) -> Option<usize> {
        let cue = self.cues[i];
        if matches!(self.bytes.get(cue.end..cue.end + 4), Some(b" as " | b" as:")) {
            return self.birth_entered(i);
        }
        let before = self.cues.get(i.checked_sub(1)?)?;
        let joined = match self.bytes.get(before.end..cue.start) {
            Some(b"_" | b"::") => true,
            Some(b" ") => matches!(self.bytes.get(cue.end..cue.end + 4), Some(b" fro" | b" to ")),
            _ => false,
        };
        (before.class == CueClass::Dob && !before.weak && joined).then(|| i - 1)
    }

    /// The birth that was put down as the value: `DOB on the wristband printed as`, `birthday entered as`.
    fn birth_entered(&self, i: usize) -> Option<usize> {
        let cue = self.cues[i];
        let birth = (i.saturating_sub(3)..i).rev().find(|i| self.cues[*i].class == CueClass::Dob)?;
        let gap = self.bytes.get(self.cues[birth].end..cue.start).filter(|gap| gap.len() <= ENTERED)?;
        let words = gap.iter().all(|byte| byte::is(*byte, ALPHA) || b" '".contains(byte));
        (words && !self.cues[birth].weak).then_some(birth)
    }

    /// Whether `b.` stands behind a name and is no letter of a list, and `bd` behind no dose.
    pub(super) fn born_of(&self, cue: &Cue) -> bool {
        let before = self.bytes[cue.start.saturating_sub(4)..cue.start].iter().rfind(|byte| **byte != b' ');
        let place = cue.start - cue.start.min(1);
        if self.bytes[cue.start..cue.end].eq_ignore_ascii_case(b"bd") {
            let word = byte::back(self.bytes, place, byte::ALNUM, 12);
            // `MR# 61198393 BD 8/2/37`: no dose is so long.
            let dosed =
                (byte::at(self.bytes, word, DIGIT) && place - word < 6) || super::unit::is(&self.bytes[word..place]);
            return !dosed || byte::prev(self.bytes, cue.start) != b' ';
        }
        // The last byte of a dash is among them.
        let named = before.is_some_and(|byte| match byte {
            b';' => died_before(self.bytes, cue.start),
            byte => byte::is(*byte, byte::ALNUM) || matches!(byte, b',' | b'(' | b'/' | b'|' | b'-' | 0x93),
        });
        byte::prev(self.bytes, cue.end) != b'.' || (named && (self.bytes[cue.start] == b'b' || self.closes_birth(cue)))
    }

    /// Whether `(B. 6/24/75)` stands behind a word: nothing but a date closes the parenthesis.
    fn closes_birth(&self, cue: &Cue) -> bool {
        let rest = &self.bytes[cue.end..];
        let date = rest.iter().take(16).take_while(|byte| byte::is(**byte, DIGIT) || b" /-.".contains(byte)).count();
        byte::prev(self.bytes, cue.start) == b'(' && date > 6 && rest.get(date) == Some(&b')')
    }

    /// Whether a place goes on behind the word: `born in Manila`, `born abroad`.
    #[inline(never)]
    pub(super) fn born_somewhere(&self, cue: &Cue) -> bool {
        let rest = &self.bytes[cue.end..];
        let places = [&b" in "[..], b" at ", b" abroad", b" outside", b" overseas"];
        let place = places.iter().find(|place| rest.starts_with(place));
        place.is_some_and(|place| !byte::at(rest, place.len(), DIGIT))
    }

    /// Whether the cue is a birthday, whose year is left out: `her birthday is 2/22`.
    pub(super) fn is_birthday(&self, hit: Hit, start: usize) -> bool {
        hit.is(CueClass::Dob)
            && hit.fit() >= Fit::Strict
            && (self.says(hit, start, b"birthday") || self.says(hit, start, b"bday"))
    }

    /// Whether a verb right before the date ends what the cue says.
    pub(super) fn done_on(&self, (start, end): (usize, usize), parts: Parts) -> bool {
        // `DOB changed 3/4/1961 -> 4/3/1961`.
        if self.bytes[end..].starts_with(b" -> ") || self.bytes[end..].starts_with(b" to ") {
            return false;
        }
        let word = |end: usize| {
            let end = end - usize::from(byte::prev(self.bytes, end) == b' ');
            &self.bytes[byte::back(self.bytes, end, ALPHA, 12)..end]
        };
        let last = word(start);
        match last.eq_ignore_ascii_case(b"on") {
            true => DONE.has(word(start.saturating_sub(3))),
            false if ARRIVED.has(last) => true,
            false => DONE.has(last) && !(CHECKED.has(last) && parts.year.is_some_and(|year| year < RECORDS)),
        }
    }

    /// Whether the date is the second value of a label, or answers a question: `SSN/DOB 323-12-1079 07/21/2010`.
    pub(super) fn born_beside(&self, span: (usize, usize)) -> bool {
        match byte::prev(self.bytes, span.0) {
            b' ' => {}
            b'(' => return self.of_a_child(span),
            _ => return false,
        }
        match byte::prev(self.bytes, span.0 - 1) {
            b',' => self.answers(span.0),
            // `Pt (b 3/4/1951)`.
            b'b' => self.bytes[..span.0].ends_with(b"(b ") && byte::peek(self.bytes, span.1) == b')',
            b'l' => NATIVE.iter().any(|born| self.bytes[..span.0].ends_with(born.as_bytes())),
            before => (before == b' ' || byte::is(before, DIGIT)) && self.shares_label(span.0),
        }
    }

    /// `my son Gerald (04/09/2019)`, `the twins (9/26/2018)`.
    fn of_a_child(&self, (start, end): (usize, usize)) -> bool {
        let (from, stop) = word_before(self.bytes, start);
        if matches!(&self.bytes[from..stop], b"twins" | b"triplets") {
            return byte::peek(self.bytes, end) == b')';
        }
        let named = from < stop && byte::at(self.bytes, from, byte::UPPER) && byte::peek(self.bytes, end) == b')';
        let (who, stop) = if named { word_before(self.bytes, from) } else { return false };
        CHILDREN.has(&self.bytes[who..stop])
    }

    /// Whether only blanks stand between the value before and this one, and a label of both says birth last.
    fn shares_label(&self, start: usize) -> bool {
        let Some(last) = self.out.last().map(crate::guard::Finding::span) else { return false };
        let blank = (1..4).contains(&start.wrapping_sub(last.end))
            && self.bytes[last.end..start].iter().all(|byte| *byte == b' ');
        let Some(cue) = blank.then(|| self.cues[..self.cues_before(last.start)].last()).flatten() else { return false };
        cue.class == CueClass::Dob
            && !cue.weak
            && byte::prev(self.bytes, cue.start) == b'/'
            && before_gap(self.bytes, cue.end, last.start) == Some(Fit::Label)
    }

    /// Whether a name and the date answer the question in the line before:
    /// `Name and date of birth?⏎Caller (08:54): Ada Hill, May 2, 1999`.
    fn answers(&self, start: usize) -> bool {
        let line = byte::back_to(self.bytes, start, b'\n', QUESTION);
        let said = &self.bytes[line..start - 2];
        let asks = self.bytes[..line].trim_ascii_end();
        let name = said.rsplit(|byte| *byte == b':').next().unwrap_or(&[]).trim_ascii();
        let named = name.len() < 40 && name.split(|byte| *byte == b' ').all(|word| byte::at(word, 0, byte::UPPER));
        line > 0
            && requests(asks)
            && name.len() < said.len()
            && named
            && self.cues[..self.cues_before(line)].last().is_some_and(|cue| {
                cue.class == CueClass::Dob && !cue.weak && cue.end <= asks.len() && asks.len() - cue.end < 24
            })
    }
}
