//! Ages above 89, in digits and in words.

mod titled;
mod words;

use super::claim::Claim;
use super::token::Run;
use super::{Hit, Scan, star, unit};
use crate::guard::byte::{self, ALNUM, ALPHA, DIGIT};
use crate::guard::cue::CueClass::Age90;
use crate::guard::cue::{Fit, Mask};
use crate::guard::{Confidence, Kind, Reason, pattern};
use words::{
    BEFORE_PERSONS, GLUED, GOES_ON, IN_TIME, LIMITS_BEFORE, LIMITS_BEHIND, LIVING, NO_PERSONS, OF_PATIENTS, OF_PERSONS,
    OF_THINGS, SEXES, TEMPERATURES, THINGS, VITALS, YEAR, YEARS, YEARS_OLD,
};

const AGES: Mask = Mask::of(&[Age90]);
const OLDEST: u32 = 125;
/// How far from the age of a person that of another is looked for, in bytes.
const WARD: usize = 48;
/// `age ninety`.
const SHORTEST: usize = 10;

/// What stands behind a number that may be an age.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Behind {
    /// `-year-old`, `yo`, `years of age`.
    Old,
    /// `years`, `y`.
    Years,
    /// ` F with`, at the start of a sentence.
    Sexed,
    /// Another unit, or a limit: `+`, `or older`.
    Not,
    /// Nothing that counts.
    Open,
}

impl Scan<'_, '_> {
    /// A number of two or three digits that may be an age.
    pub(super) fn age(&mut self, start: usize, end: usize) {
        let value = byte::value(self.bytes, start, end);
        if !(90..=OLDEST).contains(&value) || bounded_before(self.bytes, start) {
            return;
        }
        let behind = match behind(self.bytes, end) {
            Behind::Not if self.sexed(start, end) => Behind::Sexed,
            Behind::Not if with_sex(self.bytes, start, end) => Behind::Open,
            other => other,
        };
        if behind == Behind::Not || (behind == Behind::Old && is_of_a_thing(self.bytes, start, end)) {
            return;
        }
        let cue = self.context((start, end), AGES).filter(|hit| hit.fit >= Fit::Strict);
        let (confidence, reason) = match (behind, cue) {
            (Behind::Old, _) => (Confidence::High, Reason::Shape),
            (Behind::Open, Some(hit)) if hit.weak && !ends_clause(self.bytes, end) => return,
            (_, Some(hit)) if of_no_person(self.bytes, start, &hit) => return,
            (Behind::Sexed, None) => (Confidence::Medium, Reason::Shape),
            (Behind::Years, None) if behind_a_date(self.bytes, start) || behind_a_person(self.bytes, start, end) => {
                (Confidence::Medium, Reason::Shape)
            }
            (_, Some(hit)) => (Confidence::High, hit.reason),
            (Behind::Years, None) => (Confidence::Low, Reason::Shape),
            (Behind::Open, None) if titled::behind(self.bytes, start, end) => (Confidence::Medium, Reason::Shape),
            (Behind::Open, None)
                if self.bytes[..start].ends_with(b"now ")
                    && byte::peek(self.bytes, end) == b','
                    && still_lives(self.bytes, end) =>
            {
                (Confidence::Medium, Reason::Shape)
            }
            _ => return,
        };
        self.push(Claim { kind: Kind::Age90, span: (start, end), base: Confidence::Low, reason }, confidence, None);
    }

    /// `92yo`, `92y`, `92F`, and the first run of `92-year-old`.
    pub(super) fn age_run(&mut self, run: Run) -> bool {
        let digits = byte::skip(self.bytes, run.start, DIGIT);
        if !(2..=3).contains(&(digits - run.start)) || !matches!(self.bytes[run.start], b'9' | b'1') {
            return false;
        }
        if run.numeric() {
            self.age(run.start, digits);
            return false;
        }
        let word = &self.bytes[digits..run.end];
        let value = byte::value(self.bytes, run.start, digits);
        let old = GLUED.has(word);
        let sexed = matches!(word, b"F" | b"M") && self.one_of_a_sex(run);
        if !(90..=OLDEST).contains(&value) || !(old || sexed) || bounded_before(self.bytes, run.start) {
            return false;
        }
        let confidence = if old { Confidence::High } else { Confidence::Medium };
        let claim =
            Claim { kind: Kind::Age90, span: (run.start, digits), base: Confidence::Low, reason: Reason::Shape };
        self.push(claim, confidence, None);
        true
    }

    /// `92F presents`, `(92F)`, and with whatever word behind it where a sentence may begin so.
    fn one_of_a_sex(&self, run: Run) -> bool {
        let (bytes, before) = (self.bytes, word_before(self.bytes, run.start));
        let listed = run.end + usize::from(byte::peek(bytes, run.end) == b',');
        let counted = unit::measures(bytes, run.end) || VITALS.has(word_with(bytes, listed));
        if counted || TEMPERATURES.has(before) || VITALS.has(before) {
            return false;
        }
        let alone = byte::prev(bytes, run.start) == b'(' && byte::peek(bytes, run.end) == b')';
        let whose = word_before(bytes, run.start.saturating_sub(1));
        let named = byte::at(whose, 0, byte::UPPER) || BEFORE_PERSONS.has(whose);
        let goes_on = byte::peek(bytes, run.end) == b' ' && byte::at(bytes, run.end + 1, ALPHA);
        (alone && named && !TEMPERATURES.has(whose))
            || one_of_a_ward(bytes, run)
            || speaks_of_a_person(bytes, run.end)
            || (goes_on && begins(bytes, run.start))
    }

    /// `91 F h/o CAD`: a sentence may begin so, and a clinical word follows.
    fn sexed(&self, start: usize, end: usize) -> bool {
        let bytes = self.bytes;
        let sex = byte::peek(bytes, end) == b' ' && matches!(byte::peek(bytes, end + 1), b'F' | b'M');
        sex && byte::peek(bytes, end + 2) == b' '
            && OF_PATIENTS.has(word(bytes, end + 2).1)
            && !VITALS.has(word_with(bytes, end + 2))
            && begins(bytes, start)
    }

    /// `ninety-two years old`.
    pub(super) fn spelled_ages(&mut self) {
        let long = self.bytes.len() >= SHORTEST;
        if !long || !pattern::AGE_WORD.is_match(self.bytes) {
            return;
        }
        for found in pattern::SPELLED_AGE.find_iter(self.bytes) {
            let words = found.as_bytes();
            let from = if words[..3].eq_ignore_ascii_case(b"age") { byte::skip(words, 0, ALPHA) + 1 } else { 0 };
            let tail = words.windows(5).position(|part| {
                part.eq_ignore_ascii_case(b"years")
                    || part.eq_ignore_ascii_case(b"year-")
                    || part.eq_ignore_ascii_case(b"year ")
            });
            let span = (found.start() + from, found.start() + tail.map_or(words.len(), |at| at - 1));
            self.push(
                Claim { kind: Kind::Age90, span, base: Confidence::Low, reason: Reason::Shape },
                Confidence::High,
                None,
            );
        }
    }
}

/// `now 97, still drives`.
fn still_lives(bytes: &[u8], end: usize) -> bool {
    let (next, first) = word(bytes, end + 1);
    LIVING.has(if is(first, b"still") { word(bytes, next).1 } else { first })
}

/// `Age/sex: 90 M`.
fn with_sex(bytes: &[u8], start: usize, end: usize) -> bool {
    let letter = matches!(byte::peek(bytes, end + 1), b'M' | b'F' | b'm' | b'f') && !byte::at(bytes, end + 2, ALPHA);
    let at = || blanks_before(bytes, start);
    let label = || word_before(bytes, at() - usize::from(byte::prev(bytes, at()) == b':'));
    letter && byte::peek(bytes, end) == b' ' && (is(label(), b"sex") || is(label(), b"gender"))
}

/// Whether the age and sex of another person with a name stand close by: `Idowu 99F; Park 45M`.
fn one_of_a_ward(bytes: &[u8], run: Run) -> bool {
    let listed = matches!(byte::peek(bytes, run.end), 0 | b';' | b',' | b'\n' | b'|');
    let named = |start: usize| {
        let name = word_before(bytes, start);
        byte::at(name, 0, byte::UPPER) && name.len() > 1 && !TEMPERATURES.has(name) && !VITALS.has(name)
    };
    let other = |at: usize| {
        byte::is_shape(bytes, at, b" dd")
            && matches!(byte::peek(bytes, at + 3), b'M' | b'F')
            && !byte::at(bytes, at + 4, ALNUM)
            && byte::peek(bytes, at + 1) != b'9'
            && named(at + 1)
    };
    let around = run.start.saturating_sub(WARD)..(run.end + WARD).min(bytes.len());
    listed && named(run.start) && around.into_iter().any(other)
}

/// The next word at or behind `at`, blanks and hyphens skipped.
fn word(bytes: &[u8], at: usize) -> (usize, &[u8]) {
    let mut start = at;
    while start < at + 2 && matches!(byte::peek(bytes, start), b' ' | b'-' | b'\n') {
        start += 1;
    }
    let end = byte::skip(bytes, start, ALPHA);
    (end, bytes.get(start..end).unwrap_or(&[]))
}

fn is(word: &[u8], one: &[u8]) -> bool {
    word.eq_ignore_ascii_case(one)
}

fn behind(bytes: &[u8], end: usize) -> Behind {
    let end = end + star::closing(bytes, end);
    let sexed = matches!(byte::peek(bytes, end + 1), b'F' | b'M') && !byte::at(bytes, end + 2, ALNUM);
    let apart = |at: usize| byte::peek(bytes, at) == b' ' && matches!(byte::peek(bytes, at + 1), b'M' | b'F');
    let limit = match byte::peek(bytes, end) {
        b'/' if sexed => return Behind::Old,
        b' ' if byte::peek(bytes, end + 1) == b'/' && apart(end + 2) && !byte::at(bytes, end + 4, ALNUM) => {
            return Behind::Old;
        }
        b'+' | b'%' | b'/' | b':' => true,
        b'.' => byte::at(bytes, end + 1, ALNUM),
        _ => false,
    };
    if limit {
        return Behind::Not;
    }
    let (first_end, first) = word(bytes, end);
    if first.is_empty() || byte::at(bytes, first_end, DIGIT) {
        return Behind::Open;
    }
    // `yr. old`.
    let abbreviated = byte::peek(bytes, first_end) == b'.' && byte::peek(bytes, first_end + 1) == b' ';
    let (second_end, second) = word(bytes, first_end + usize::from(abbreviated));
    let slashed =
        matches!(byte::peek(bytes, first_end), b'/' | b'.') && byte::peek(bytes, first_end + 1) | 0x20 == b'o';
    match () {
        () if YEARS_OLD.has(first) => Behind::Old,
        () if is(first, b"y") && slashed => Behind::Old,
        () if YEAR.has(first) && (is(second, b"old") || is(second, b"o")) => Behind::Old,
        () if YEARS.has(first) && is(second, b"of") && is(word(bytes, second_end).1, b"age") => Behind::Old,
        () if YEAR.has(first) && SEXES.has(second) && byte::peek(bytes, first_end) == b' ' => Behind::Old,
        () if YEARS.has(first) => Behind::Years,
        // `turned 93 in the spring`.
        () if is(first, b"in") && IN_TIME.has(second) => Behind::Open,
        () if is(first, b"mo") || (first.len() > 1 && unit::is(first)) => Behind::Not,
        () if (is(first, b"or") || is(first, b"and")) && LIMITS_BEHIND.has(second) => Behind::Not,
        () if unit::follows(bytes, end) => Behind::Not,
        () => Behind::Open,
    }
}

/// Whether the clause ends with the number, `she is 94.`, or goes on with no noun.
fn ends_clause(bytes: &[u8], end: usize) -> bool {
    let (next, first) = word(bytes, end);
    matches!(byte::peek(bytes, end), 0 | b'.' | b',' | b';' | b'\n' | b')')
        || (GOES_ON.has(first) && !byte::at(bytes, next + 1, DIGIT))
}

/// Whether a sentence may begin with what starts at `start`: `91F adm`, `Pt is a 91F transferred`.
fn begins(bytes: &[u8], start: usize) -> bool {
    let before = byte::prev(bytes, blanks_before(bytes, start));
    matches!(before, 0 | b'\n' | b'.' | b':' | b'-' | b'(' | b',' | b'|')
        || BEFORE_PERSONS.has(word_before(bytes, start))
}

/// Whether `(92 yrs)` stands behind a name or a word for a person.
fn behind_a_person(bytes: &[u8], start: usize, end: usize) -> bool {
    let aside = byte::prev(bytes, start) == b'(' && byte::peek(bytes, word(bytes, end).0) == b')';
    let before = word_before(bytes, start.saturating_sub(1));
    let person = byte::at(before, 0, byte::UPPER) && byte::at(before, 1, byte::LOWER);
    aside && (person || BEFORE_PERSONS.has(before)) && !THINGS.has(before)
}

/// Whether `(92 yrs)` stands behind a date.
fn behind_a_date(bytes: &[u8], start: usize) -> bool {
    byte::prev(bytes, start) == b'(' && start > 2 && bytes[start - 2] == b' ' && byte::is(bytes[start - 3], DIGIT)
}

/// Whether what the cue speaks of is a bone, a claim, or a mean.
fn of_no_person(bytes: &[u8], start: usize, hit: &Hit) -> bool {
    let Reason::Cue { at, .. } = hit.reason else { return false };
    let end = start.saturating_sub(usize::from(at.unsigned_abs()));
    NO_PERSONS.has(word_before(bytes, byte::back(bytes, end, ALPHA, 12)))
}

/// Whether a word or sign before the number makes it a limit: `over 90`, `>90`.
fn bounded_before(bytes: &[u8], start: usize) -> bool {
    let at = blanks_before(bytes, start);
    match byte::prev(bytes, at) {
        b'<' | b'~' | b'$' => return true,
        b'*' => return !star::opens(bytes, at, start),
        b'>' => return !quotes(bytes, at, start),
        _ => {}
    }
    let word = word_before(bytes, start);
    LIMITS_BEFORE.has(word) && !(is(word, b"to") && is(word_before(bytes, at.saturating_sub(2)), b"lived"))
}

/// Whether the `>` that ends at `at` quotes a line of mail: so is the line before, or an age with a hyphen follows.
fn quotes(bytes: &[u8], at: usize, start: usize) -> bool {
    let quoted = || {
        let line = byte::back_to(bytes, at, b'\n', 16);
        let before = byte::back_to(bytes, line.saturating_sub(1), b'\n', 128);
        line > 0 && byte::peek(bytes, before) == b'>'
    };
    let twice = || byte::prev(bytes, at - 1) == b'>' && at < start;
    star::leads_line(bytes, at) && (quoted() || twice() || byte::peek(bytes, byte::skip(bytes, start, DIGIT)) == b'-')
}

/// The start of the blanks before `start`; more than a few part what stands before them.
fn blanks_before(bytes: &[u8], start: usize) -> usize {
    let floor = start.saturating_sub(4);
    let mut at = start;
    while at > floor && bytes[at - 1] == b' ' {
        at -= 1;
    }
    at
}

/// The word before `start`, blanks skipped.
fn word_before(bytes: &[u8], start: usize) -> &[u8] {
    let at = blanks_before(bytes, start);
    &bytes[byte::back(bytes, at, ALPHA, 12)..at]
}

/// Whether what is so old is a thing: `the 95-year-old building`.
fn names_a_thing(bytes: &[u8], end: usize) -> bool {
    let mut at = end;
    for _ in 0..4 {
        let (next, found) = word(bytes, at);
        if THINGS.has(found) {
            return true;
        }
        if !OF_THINGS.has(found) {
            return false;
        }
        at = next;
    }
    false
}

/// Whether a thing is so old: `the 95-year-old building`, `the hospital is 95 years old`.
fn is_of_a_thing(bytes: &[u8], start: usize, end: usize) -> bool {
    let verb = word_before(bytes, start);
    let subject = || word_before(bytes, blanks_before(bytes, start) - verb.len());
    let linked = ["is", "was", "turned", "turns"].iter().any(|known| is(verb, known.as_bytes()));
    names_a_thing(bytes, end) || (linked && THINGS.has(subject()))
}

/// The word behind `end`, or the one it joins with `w/`.
fn word_with(bytes: &[u8], end: usize) -> &[u8] {
    let (next, first) = word(bytes, end);
    match first {
        b"w" | b"W" if byte::peek(bytes, next) == b'/' => word(bytes, next + 1).1,
        b"with" | b"and" => word(bytes, next).1,
        other => other,
    }
}

/// Whether a clinical sentence goes on behind `92F`.
fn speaks_of_a_person(bytes: &[u8], end: usize) -> bool {
    let next = byte::peek(bytes, end);
    next == b',' || OF_PERSONS.has(word(bytes, end).1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_behind_decide() {
        for (text, want) in [
            ("92-year-old", Behind::Old),
            ("92 years old", Behind::Old),
            ("92 y/o", Behind::Old),
            ("92 y.o.", Behind::Old),
            ("92 years of age", Behind::Old),
            ("92 yo", Behind::Old),
            ("92 yr. old", Behind::Old),
            ("92/F", Behind::Old),
            ("92 years", Behind::Years),
            ("92%", Behind::Not),
            ("92 mg", Behind::Not),
            ("92 months", Behind::Not),
            ("90+", Behind::Not),
            ("90 or older", Behind::Not),
            ("92.5", Behind::Not),
            ("92.", Behind::Open),
            ("92, was", Behind::Open),
        ] {
            assert_eq!(behind(text.as_bytes(), 2), want, "{text}");
        }
    }

    #[test]
    fn limits_and_buildings_are_no_ages() {
        assert!(bounded_before(b"over 90", 5) && bounded_before(b">90", 1) && !bounded_before(b"age 90", 4));
        assert!(names_a_thing(b"95-year-old hospital", 2) && !names_a_thing(b"95-year-old woman", 2));
    }
}
