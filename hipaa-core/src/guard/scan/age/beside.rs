//! An age set beside a person: `my husband, 93, can't hear`, `Agnes Patel, 92, dementia`, `his father (91)`,
//! `will be 94 in May`, `mother d. 96`.

use super::spoken::{before_apostrophe, last_word};
use super::words::{
    AGED, ELDERLY, ELDERS, GAUGED, IN_TIME, KIN, LIVING, MEASURES, MET, OF_ELDERS, OF_FRAIL, PRONOUNS, SEXES, SOON,
    TEMPERATURES, VITALS,
};
use super::{ALPHA, DIGIT, blanks_before, byte, is, titled, word, word_before};
use crate::guard::scan::unit;

/// Whether an age without a verb of its own, or one that was reached or will be, stands beside a person.
pub(super) fn a_person(bytes: &[u8], start: usize, end: usize) -> bool {
    match byte::prev(bytes, start) {
        b'(' => in_brackets(bytes, start, end),
        b' ' => match byte::prev(bytes, start - 1) | 0x20 {
            b',' => apposed(bytes, start, end),
            b'w' => now(bytes, start, end),
            b'e' => will_be(bytes, start, end),
            b't' => at_that_age(bytes, start, end),
            b'.' | b'd' => died(bytes, start),
            _ => false,
        },
        _ => false,
    }
}

/// Whether a clause in small letters that measures nothing goes on behind a comma at `end`.
pub(super) fn goes_on(bytes: &[u8], end: usize) -> bool {
    let (_, next) = word(bytes, end + 1);
    byte::peek(bytes, end) == b','
        && byte::peek(bytes, end + 1) == b' '
        && byte::at(bytes, end + 2, ALPHA)
        && !VITALS.has(next)
        && !unit::is(next)
        && !is(next, b"on")
}

/// `my mother, 94, uses the tablet`, `lives with her husband, 95.`, `#4 Agnes Patel, 92, dementia`.
fn apposed(bytes: &[u8], start: usize, end: usize) -> bool {
    let whose = word_before(bytes, start - 2);
    // `Female, 93`, alone in its line.
    if SEXES.has(whose) && matches!(byte::peek(bytes, end), b'\n' | b'\r' | 0) {
        let line = blanks_before(bytes, last_word(bytes, start - 2).0);
        return matches!(byte::prev(bytes, line), 0 | b'\n');
    }
    if !goes_on(bytes, end) {
        return KIN.has(whose) && matches!(byte::peek(bytes, end), b'.' | b';' | b'\n' | 0);
    }
    let named = || byte::at(bytes, end + 2, byte::LOWER) && (two_names(bytes, start) || of_a_hill(bytes, start, end));
    ELDERS.has(whose) || AGED.has(whose) || named() || of_a_surname(bytes, start, end)
}

/// Whether a surname opens the sentence, and what happened to a person follows: `Okoro, 95, was found confused`.
fn of_a_surname(bytes: &[u8], start: usize, end: usize) -> bool {
    let (at, name) = last_word(bytes, start - 2);
    let opens = match byte::prev(bytes, at) {
        0 | b'\n' => true,
        b' ' => matches!(byte::prev(bytes, at - 1), b'.' | b'-' | b'*'),
        _ => false,
    };
    let shaped =
        name.len() > 2 && byte::at(name, 0, byte::UPPER) && name[1..].iter().all(|b| byte::is(*b, byte::LOWER));
    let (next, verb) = word(bytes, end + 1);
    let met = is(verb, b"was") && MET.has(word(bytes, next).1);
    (opens && shaped)
        && (met || LIVING.has(verb) || is(verb, b"widowed"))
        && !(MEASURES.has(name) || TEMPERATURES.has(name) || VITALS.has(name) || GAUGED.has(name))
}

/// Whether first and last name stand before the comma before `start`: `Agnes Patel, 92`; no place, no measure.
pub(super) fn two_names(bytes: &[u8], start: usize) -> bool {
    titled::behind_names(bytes, start) && full_name(bytes, start - 2)
}

/// Whether a surname that is a place, too, stands before, and what is said of a person behind: `Agnes Hill, 94, lives`.
fn of_a_hill(bytes: &[u8], start: usize, end: usize) -> bool {
    let (at, last) = last_word(bytes, start - 2);
    let next = word(bytes, end + 1).1;
    (is(last, b"hill") || is(last, b"park"))
        && byte::at(word_before(bytes, at), 0, byte::UPPER)
        && (LIVING.has(next) || OF_FRAIL.has(next) || is(next, b"dementia"))
}

/// Whether two words that may be names, and are of no measure, end at `end`.
pub(super) fn full_name(bytes: &[u8], end: usize) -> bool {
    let (at, last) = last_word(bytes, end);
    let name = |word: &[u8]| {
        let shaped = byte::at(word, 0, byte::UPPER) && byte::at(word, 1, byte::LOWER);
        shaped && !MEASURES.has(word) && !TEMPERATURES.has(word) && !VITALS.has(word)
    };
    name(last) && name(word_before(bytes, at))
}

/// `Ms Delgado, now 92, remains independent`.
fn now(bytes: &[u8], start: usize, end: usize) -> bool {
    let Some(before) = bytes[..start].strip_suffix(b", now ") else { return false };
    goes_on(bytes, end) && (ELDERS.has(word_before(bytes, before.len())) || titled::title_before(bytes, before.len()))
}

/// `Elderly (96) male`, `my husband (93) can't hear`, `the patient (91) was`.
fn in_brackets(bytes: &[u8], start: usize, end: usize) -> bool {
    if byte::peek(bytes, end) != b')' || start < 2 || bytes[start - 2] != b' ' {
        return false;
    }
    let (whose, next) = (word_before(bytes, start - 1), word(bytes, end + 1).1);
    KIN.has(whose)
        || AGED.has(whose)
        || (ELDERLY.has(whose) && SEXES.has(next))
        || (ELDERS.has(whose) && (SEXES.has(next) || OF_ELDERS.has(next)))
}

/// `Will be 94 in May`, `she'll be 95 next week`, `he is going to be 90 on 3/4`.
fn will_be(bytes: &[u8], start: usize, end: usize) -> bool {
    let (at, verb) = last_word(bytes, start);
    let (from, will) = if is(verb, b"be") { last_word(bytes, at) } else { return false };
    let who = match will.len() {
        2 if is(will, b"ll") => before_apostrophe(bytes, from),
        4 if is(will, b"will") => Some(from),
        2 if is(will, b"to") => going(bytes, from),
        _ => None,
    };
    let (next, when) = word(bytes, end);
    let day = is(when, b"on")
        && byte::at(bytes, next + 1, DIGIT)
        && bytes.get(next + 2..next + 4).is_some_and(|day| day.contains(&b'/'));
    let soon = day || SOON.has(when) || (is(when, b"in") && IN_TIME.has(word(bytes, next).1));
    soon && who.is_some_and(|at| {
        let who = word_before(bytes, at);
        who.is_empty() || PRONOUNS.has(who) || ELDERS.has(who) || titled::title_before(bytes, at)
    })
}

/// The end of whoever `is going` before `at`.
fn going(bytes: &[u8], at: usize) -> Option<usize> {
    let (from, verb) = last_word(bytes, at);
    let (end, is_or_am) = if is(verb, b"going") { last_word(bytes, from) } else { return None };
    match is_or_am.len() {
        1 => before_apostrophe(bytes, end),
        2 if is(is_or_am, b"is") || is(is_or_am, b"am") => Some(end),
        _ => None,
    }
}

/// `At 97 he is not a candidate`, `At 92 years, she`; the number and its years end at `end`.
pub(super) fn at_that_age(bytes: &[u8], start: usize, end: usize) -> bool {
    let (at, first) = last_word(bytes, start);
    let comma = usize::from(byte::peek(bytes, end) == b',');
    is(first, b"at") && leads(bytes, at) && PRONOUNS.has(word(bytes, end + comma).1)
}

/// Whether a sentence or an item of a list starts at `at`.
pub(super) fn leads(bytes: &[u8], at: usize) -> bool {
    matches!(byte::prev(bytes, blanks_before(bytes, at)), 0 | b'\n' | b'.' | b';' | b':' | b'-' | b'*')
}

/// `mother d. 96 "old age"`.
fn died(bytes: &[u8], start: usize) -> bool {
    let dot = usize::from(byte::prev(bytes, start - 1) == b'.');
    let (at, verb) = last_word(bytes, start - 1 - dot);
    is(verb, b"d") && KIN.has(word_before(bytes, at))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_person_has_an_age() {
        for (text, want) in [
            ("my mother, 94, uses the tablet", true),
            ("Pt, 94, ambulates", true),
            ("Pt, 94, on RA", false),
            ("Pt, 94, sats", false),
            ("Pt, 94, 95", false),
            ("with her husband, 95.", true),
            ("the patient, 95.", false),
            ("#4 Agnes Patel, 92, dementia", true),
            ("Heart Rate, 92, normal", false),
            ("Agnes Patel, 92, 41", false),
            ("Agnes Patel, 92, Boston", false),
            ("Ms Delgado, now 92, remains", true),
            ("BP 88, now 92, remains", false),
            ("Elderly (96) male", true),
            ("my husband (93) can't", true),
            ("the patient (93) can't", false),
            ("the patient (93) has", true),
            ("Will be 94 in May", true),
            ("The rate will be 94 in May", false),
            ("she'll be 95 next week", true),
            ("He is going to be 90 next week", true),
            ("Rate is going to be 90 next week", false),
            ("He will be 94 in room", false),
            ("Mr. Hill will be 91 on 11/22", true),
            ("The rate will be 91 on 11/22", false),
            ("At 97 he is", true),
            ("- At 97 he is", true),
            ("Female, 93", true),
            ("for a female, 93", false),
            ("stable at 97 he is", false),
            ("mother d. 96 \"old age\"", true),
            ("cells d. 96 h", false),
        ] {
            let start = text.find('9').unwrap();
            let start = if text.contains("88") { text.rfind('9').unwrap() } else { start };
            assert_eq!(a_person(text.as_bytes(), start, start + 2), want, "{text}");
        }
    }
}
