//! Ages above 89, in digits and in words.

mod arrival;
mod asked;
mod beside;
mod census;
mod label;
mod person;
mod reached;
mod sexed;
mod spoken;
mod thing;
mod titled;
mod words;

use super::claim::Claim;
use super::token::Run;
use super::{Scan, star, unit};
use crate::guard::byte::{self, ALNUM, ALPHA, DIGIT};
use crate::guard::cue::CueClass::Age90;
use crate::guard::cue::Mask;
use crate::guard::{Confidence, Kind, Reason, pattern};
use words::{
    BEFORE_PERSONS, ELDERS, GLUED, GOES_ON, HAD, HAVING, IN_TIME, LIMITS_BEFORE, LIMITS_BEHIND, OF_ELDERS, PRONOUNS,
    SEXES, THINGS, YEAR, YEARS, YEARS_OLD,
};

const AGES: Mask = Mask::of(&[Age90]);
const OLDEST: u32 = 125;
/// `age ninety`.
const SHORTEST: usize = 10;

/// What stands behind a number that may be an age.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Behind {
    /// `-year-old`, `yo`, `years of age`.
    Old,
    /// `years`, `y`.
    Years,
    /// ` F with`, where a note may start so.
    Sexed,
    /// ` F`, which a label makes a sex.
    Lettered,
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
            Behind::Not | Behind::Open if sexed::opens(self.bytes, start, end) => Behind::Sexed,
            Behind::Not if sexed::letter(self.bytes, start, end) => Behind::Lettered,
            Behind::Not if label::is_entry(self.bytes, start, end) => Behind::Open,
            other => other,
        };
        if behind == Behind::Not || (behind == Behind::Old && thing::of_one(self.bytes, start, end)) {
            return;
        }
        // A cell ends behind the letter.
        let stop = if behind == Behind::Lettered { end + 2 } else { end };
        let cue = match behind {
            Behind::Old => None,
            _ => self.context((start, stop), AGES).filter(|&hit| label::fits(self.bytes, start, hit)),
        };
        let (confidence, reason) = match (behind, cue) {
            (Behind::Old, _) => (Confidence::High, Reason::Shape),
            (_, Some(hit)) if label::of_no_person(self.bytes, (start, end), hit) => return,
            (Behind::Open, Some(hit)) if !hit.weak() || ends_clause(self.bytes, end) => {
                (Confidence::High, hit.reason())
            }
            (Behind::Lettered, Some(hit)) if !hit.weak() => (Confidence::High, hit.reason()),
            (Behind::Years, Some(hit)) => (Confidence::High, hit.reason()),
            (Behind::Sexed, _) => (Confidence::Medium, Reason::Shape),
            (Behind::Years, None) if of_someone(self.bytes, start, end) => (Confidence::Medium, Reason::Shape),
            (Behind::Years, None) => (Confidence::Low, Reason::Shape),
            (Behind::Open, _) if told(self.bytes, start, end) => (Confidence::Medium, Reason::Shape),
            _ => return,
        };
        self.push(Claim { kind: Kind::Age90, span: (start, end), base: Confidence::Low, reason }, confidence, None);
    }

    /// `92yo`, `92y`, `92F`, and the first run of `92-year-old`.
    pub(super) fn age_run(&mut self, run: Run) -> bool {
        let digits = byte::skip(self.bytes, run.start, DIGIT);
        // `094Y`, as DICOM writes it.
        let padded =
            || self.bytes[run.start] == b'0' && run.end == run.start + 4 && self.bytes[digits..run.end] == *b"Y";
        let may_be =
            (2..=3).contains(&(digits - run.start)) && (matches!(self.bytes[run.start], b'9' | b'1') || padded());
        if !may_be {
            return false;
        }
        if run.numeric() {
            self.age(run.start, digits);
            return false;
        }
        let word = &self.bytes[digits..run.end];
        let value = byte::value(self.bytes, run.start, digits);
        if !(90..=OLDEST).contains(&value) || bounded_before(self.bytes, run.start) {
            return false;
        }
        let old = GLUED.has(word) || years_and_months(word);
        let letter = matches!(word, b"F" | b"M");
        let small = matches!(word, b"f" | b"m") && sexed::in_small_letters(self.bytes, run);
        if !(old || small || (letter && self.one_of_a_sex(run)) || spoken::birthday(self.bytes, run, word)) {
            return letter && self.aged((run.start, digits), run.end);
        }
        let confidence = if old { Confidence::High } else { Confidence::Medium };
        let claim =
            Claim { kind: Kind::Age90, span: (run.start, digits), base: Confidence::Low, reason: Reason::Shape };
        self.push(claim, confidence, None);
        true
    }

    /// `Age:95F`: a label makes it an age, whatever follows.
    fn aged(&mut self, span: (usize, usize), end: usize) -> bool {
        let cue = self.context((span.0, end), AGES).filter(|&hit| label::fits(self.bytes, span.0, hit));
        let Some(hit) = cue.filter(|hit| !hit.weak() || ends_clause(self.bytes, end)) else { return false };
        if label::of_no_person(self.bytes, span, hit) {
            return false;
        }
        let claim = Claim { kind: Kind::Age90, span, base: Confidence::Low, reason: hit.reason() };
        self.push(claim, Confidence::High, None);
        true
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

/// Whether a sentence tells of a person and the age, without a cue.
fn told(bytes: &[u8], start: usize, end: usize) -> bool {
    titled::behind(bytes, start, end)
        || still_lives(bytes, start, end)
        || spoken::of_a_person(bytes, start, end)
        || person::told(bytes, start, end)
        || asked::answers(bytes, start, end)
}

/// `now 97, still drives`.
fn still_lives(bytes: &[u8], start: usize, end: usize) -> bool {
    bytes[..start].ends_with(b"now ")
        && (spoken::once(bytes, start, end) || {
            let (next, first) = word(bytes, end + 1);
            byte::peek(bytes, end) == b',' && spoken::lives(bytes, next, first)
        })
}

/// `92y6m`.
fn years_and_months(word: &[u8]) -> bool {
    matches!(word, [b'y' | b'Y', b'0'..=b'9', b'm' | b'M'] | [b'y' | b'Y', b'1', b'0'..=b'1', b'm' | b'M'])
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
        () if YEAR.has(first) && of_a_form(bytes, first_end) => Behind::Old,
        () if YEAR.has(first) && (is(second, b"old") || is(second, b"o")) => Behind::Old,
        () if YEARS.has(first) && is(second, b"of") && is(word(bytes, second_end).1, b"age") => Behind::Old,
        () if YEAR.has(first) && SEXES.has(second) && byte::peek(bytes, first_end) == b' ' => Behind::Old,
        () if YEARS.has(first) && census::sex_apart(bytes, first_end) => Behind::Old,
        () if YEAR.has(first) && is(second, b"and") && and_months(bytes, second_end) => Behind::Old,
        () if YEAR.has(first) && is(second, b"young") => Behind::Old,
        () if is(first, b"a") && is_spanish(bytes, first_end) => Behind::Years,
        () if YEARS.has(first) || (YEAR.has(first) && ends_number(bytes, first_end)) => Behind::Years,
        // `turned 93 in the spring`.
        () if is(first, b"in") && IN_TIME.has(second) => Behind::Open,
        () if is(first, b"mo") || (first.len() > 1 && unit::is(first)) => Behind::Not,
        () if (is(first, b"or") || is(first, b"and")) && LIMITS_BEHIND.has(second) => Behind::Not,
        () if unit::follows(bytes, end) => Behind::Not,
        () => Behind::Open,
    }
}

/// What forms print behind the word for years: `102 year(s) old`, `94 yr/o`, `94 yr/F`.
fn of_a_form(bytes: &[u8], at: usize) -> bool {
    match bytes.get(at..at + 2) {
        Some(b"/o" | b"/O" | b"/F" | b"/M") => !byte::at(bytes, at + 2, ALNUM),
        Some(b"(s") => byte::peek(bytes, at + 2) == b')' && is(word(bytes, at + 3).1, b"old"),
        _ => false,
    }
}

/// Whether months go on behind years: `93 year and 4 month old`.
fn and_months(bytes: &[u8], at: usize) -> bool {
    let digits = byte::skip(bytes, at + 1, DIGIT);
    let (next, months) = word(bytes, digits);
    digits > at + 1 && (is(months, b"month") || is(months, b"months")) && is(word(bytes, next).1, b"old")
}

/// Whether the rest of `años` stands at `at`.
fn is_spanish(bytes: &[u8], at: usize) -> bool {
    let rest = bytes.get(at..at + 4).unwrap_or(&[]);
    rest == "ños".as_bytes() || rest == "ÑOS".as_bytes()
}

/// Whether years are those that somebody has: `she has 98 years and`, `tiene 91 años`, `(91 años`.
fn of_one_who_has(bytes: &[u8], start: usize, end: usize) -> bool {
    let (next, first) = word(bytes, end);
    let (at, verb) = spoken::last_word(bytes, start);
    if is(first, b"a") {
        return byte::prev(bytes, start) == b'(' || HAVING.has(verb);
    }
    let whose = word_before(bytes, at);
    let ends = HAD.has(word(bytes, next).1) || matches!(byte::peek(bytes, next), b'.' | b',' | b'\n' | 0);
    is(verb, b"has") && (PRONOUNS.has(whose) || ELDERS.has(whose)) && ends
}

/// Whether `(s)` or the end of a clause stands behind `yr`.
fn ends_number(bytes: &[u8], end: usize) -> bool {
    bytes[end..].starts_with(b"(s)") || matches!(byte::peek(bytes, end), 0 | b',' | b';' | b'\n' | b'|' | b'\t')
}

/// Whether the clause ends with the number, `she is 94.`, or goes on with no noun.
fn ends_clause(bytes: &[u8], end: usize) -> bool {
    let (next, first) = word(bytes, end);
    matches!(byte::peek(bytes, end), 0 | b'.' | b',' | b';' | b'\n' | b')')
        || (GOES_ON.has(first) && !byte::at(bytes, next + 1, DIGIT))
}

/// Whether years without a cue are those of a person or behind a date: `(92 yrs)`, `F, 92 y`, `At 92 years, she`.
fn of_someone(bytes: &[u8], start: usize, end: usize) -> bool {
    let sex = || bytes[..start].ends_with(b", ") && SEXES.has(word_before(bytes, start - 2));
    behind_a_date(bytes, start)
        || behind_a_person(bytes, start, end)
        || sex()
        || (bytes[..start].ends_with(b" of ") && {
            // `a woman of 94 years`; `a year of M` is none.
            let who = word_before(bytes, start - 3);
            let (next, behind) = word(bytes, word(bytes, end).0);
            let ends = !byte::at(bytes, next, ALNUM) && behind.is_empty();
            who.len() > 1 && SEXES.has(who) && (ends || OF_ELDERS.has(behind))
        })
        || of_one_who_has(bytes, start, end)
        || beside::at_that_age(bytes, start, word(bytes, end).0)
        || bytes[word(bytes, end).0..].get(..6).is_some_and(|label| is(label, b" (age)"))
        || asked::answers(bytes, start, word(bytes, end).0)
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

/// Whether a word or sign before the number makes it a limit: `over 90`, `>90`.
fn bounded_before(bytes: &[u8], start: usize) -> bool {
    let at = blanks_before(bytes, start);
    match byte::prev(bytes, at) {
        b'<' | b'~' | b'$' => return true,
        b'*' => return !star::opens(bytes, at, start),
        b'>' => return !(quotes(bytes, at, start) || (at == start && label::in_element(bytes, start))),
        _ => {}
    }
    let word = word_before(bytes, start);
    let lived = || is(word_before(bytes, at.saturating_sub(word.len())), b"lived");
    LIMITS_BEFORE.has(word) && !((is(word, b"to") || is(word, b"until")) && lived())
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
            ("92 yr/o", Behind::Old),
            ("92 year(s) old", Behind::Old),
            ("92-year-young", Behind::Old),
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
        assert!(thing::named(b"95-year-old hospital", 2) && !thing::named(b"95-year-old woman", 2));
    }
}
