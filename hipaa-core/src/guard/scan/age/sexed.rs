//! An age beside the letter or word of a sex: `92F presents`, `HPI: 95 M found down`.

use super::super::token::Run;
use super::words::{
    BEFORE_PERSONS, DISTANCES, ELDERLY, FEVERS, OF_FRAIL, OF_PATIENTS, OF_PERSONS, PERSON_LABELS, SEX_WORDS,
    TEMPERATURES, THERMAL, VITALS,
};
use super::{arrival, beside, blanks_before, census, is, titled, word, word_before};
use crate::guard::byte::{self, ALNUM, ALPHA, DIGIT};
use crate::guard::scan::{Scan, unit};

/// How far from the age of a person that of another is looked for, in bytes.
const WARD: usize = 48;

/// No usual temperature of a body is lower, in degrees Fahrenheit.
const COLDEST: u32 = 95;

impl Scan<'_, '_> {
    /// `92F presents`, `(92F)`, and with whatever word behind it where a sentence may begin so.
    pub(super) fn one_of_a_sex(&self, run: Run) -> bool {
        let (bytes, before) = (self.bytes, word_before(self.bytes, run.start));
        let listed = run.end + usize::from(byte::peek(bytes, run.end) == b',');
        let counted = unit::measures(bytes, run.end) || VITALS.has(word_with(bytes, listed));
        let counted = counted || THERMAL.has(word(bytes, run.end).1);
        if counted || TEMPERATURES.has(before) || VITALS.has(before) {
            return false;
        }
        let alone = byte::prev(bytes, run.start) == b'(' && byte::peek(bytes, run.end) == b')';
        let whose = word_before(bytes, run.start.saturating_sub(1));
        let named = byte::at(whose, 0, byte::UPPER) || BEFORE_PERSONS.has(whose);
        let goes_on = byte::peek(bytes, run.end) == b' ' && byte::at(bytes, run.end + 1, ALPHA);
        let apart = matches!(byte::peek(bytes, run.end), b'\n' | 0) || bytes[run.end..].starts_with(b"  ");
        (alone && named && !TEMPERATURES.has(whose))
            || (apart && beside::full_name(bytes, run.start))
            || one_of_a_ward(bytes, run)
            || census::in_a_room(bytes, run)
            || census::with_illness(bytes, run.start, run.end)
            || (arrival::by_ambulance(bytes, run.end) && begins(bytes, run.start))
            || speaks_of_a_person(bytes, run.end)
            || (goes_on && begins(bytes, run.start))
            || (bytes[run.end..].starts_with(b" @ ")
                && byte::at(bytes, run.end + 3, byte::UPPER)
                && titled::behind_names(bytes, run.start))
    }
}

/// Whether a note may start with an age and a sex: `91 F h/o CAD`, `95 M, found down`, `HPI: 97 f sob`,
/// `Demographics: 94, F, widowed`.
pub(super) fn opens(bytes: &[u8], start: usize, end: usize) -> bool {
    let at = end + usize::from(byte::peek(bytes, end) == b',');
    if byte::peek(bytes, at) != b' ' || !matches!(byte::peek(bytes, at + 1) | 0x20, b'f' | b'm' | b'w' | b'a') {
        return false;
    }
    let stop = byte::skip(bytes, at + 1, ALPHA);
    let sex = &bytes[at + 1..stop];
    let next = byte::peek(bytes, stop);
    // `Linda Martinez (92 F)`.
    if next == b')' && at == end && byte::prev(bytes, start) == b'(' {
        return matches!(sex, b"F" | b"M") && beside::full_name(bytes, start - 1);
    }
    if !SEX_WORDS.has(sex) || !matches!(next, 0 | b' ' | b',' | b'.' | b';' | b'\n') {
        return false;
    }
    let (capital, spelled) = (byte::is(sex[0], byte::UPPER), sex.len() > 1);
    let apart = || census::in_a_row(bytes, start, stop) || census::with_illness(bytes, start, stop);
    let arrived = || arrival::told(bytes, stop) && begins(bytes, start);
    if capital && at == end && (apart() || arrived() || arrival::at_triage(bytes, start, stop)) {
        return true;
    }
    if ELDERLY.has(word_before(bytes, start)) {
        return capital || spelled;
    }
    let listed = stop + usize::from(matches!(next, b',' | b';'));
    if capital && at == end && !spelled && census::by_surname(bytes, start) {
        return matches!(next, 0 | b'\n')
            || !(VITALS.has(word_with(bytes, listed)) || FEVERS.has(word(bytes, listed).1));
    }
    // `Joseph Patel, 93, F`.
    if at > end && capital && !spelled && bytes[..start].ends_with(b", ") && beside::two_names(bytes, start) {
        return true;
    }
    let (after, behind) = word(bytes, listed);
    if byte::at(bytes, after, DIGIT) || VITALS.has(word_with(bytes, listed)) || FEVERS.has(behind) {
        return false;
    }
    if at == end && (capital || spelled) && next == b' ' && OF_PATIENTS.has(behind) && begins(bytes, start) {
        return true;
    }
    // Nothing else tells an age from a temperature of the body.
    let cold = byte::value(bytes, start, end) < COLDEST;
    let open = if behind.is_empty() { spelled || sex == b"M" || cold } else { !DISTANCES.has(behind) };
    match of_person(bytes, start) || (spelled && titled::behind_names(bytes, start)) {
        true => open,
        false => {
            let alone = leads_line(bytes, start) || (OF_FRAIL.has(behind) && bytes[..start].ends_with(b". "));
            at == end && capital && next == b',' && !behind.is_empty() && alone
        }
    }
}

/// `90f p/w syncope` at the start of a line or behind a label, where nothing is so cold: `a 92f with`.
pub(super) fn in_small_letters(bytes: &[u8], run: Run) -> bool {
    let end = run.end - 1;
    let (cold, female) = (byte::value(bytes, run.start, end) < COLDEST, bytes[end] == b'f');
    let opens = || leads_line(bytes, run.start) || of_person(bytes, run.start);
    let before = || BEFORE_PERSONS.has(word_before(bytes, run.start));
    (cold || !female)
        && byte::peek(bytes, run.end) == b' '
        && OF_PATIENTS.has(word(bytes, run.end).1)
        && !VITALS.has(word_with(bytes, run.end))
        && (opens() || (female && before()))
}

/// Whether the label of a person or of a history stands right before `start`: `PT: `, `Clinical info: `.
fn of_person(bytes: &[u8], start: usize) -> bool {
    let colon = blanks_before(bytes, start);
    byte::prev(bytes, colon) == b':' && PERSON_LABELS.has(word_before(bytes, colon - 1))
}

/// Whether the line starts at `start`, or before its mark: `- 95 M, found down`.
fn leads_line(bytes: &[u8], start: usize) -> bool {
    let at = blanks_before(bytes, start);
    let marked = at - usize::from(matches!(byte::prev(bytes, at), b'-' | b'*' | b'"'));
    matches!(byte::prev(bytes, blanks_before(bytes, marked)), 0 | b'\n')
}

/// Whether the letter of a sex stands behind the number, where its label says that it is an age: `Age: 93 F`.
pub(super) fn letter(bytes: &[u8], start: usize, end: usize) -> bool {
    let capital = matches!(byte::peek(bytes, end), b' ' | b'-')
        && matches!(byte::peek(bytes, end + 1), b'M' | b'F' | b'f')
        && !byte::at(bytes, end + 2, ALNUM);
    capital || with_sex(bytes, start, end)
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

/// Whether a sentence may begin with what starts at `start`: `91F adm`, `Pt is a 91F transferred`.
fn begins(bytes: &[u8], start: usize) -> bool {
    let at = blanks_before(bytes, start);
    let before = byte::prev(bytes, at);
    // `Temp: 97 F via EMS`.
    if before == b':' && TEMPERATURES.has(word_before(bytes, at - 1)) {
        return false;
    }
    matches!(before, 0 | b'\n' | b'.' | b':' | b'-' | b'(' | b',' | b'|')
        || BEFORE_PERSONS.has(word_before(bytes, start))
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
    fn a_note_may_start_with_age_and_sex() {
        for (text, want) in [
            ("95 M, found down", true),
            ("HPI: 97 f sob", true),
            ("PT: 95 FEMALE, UNRESP", true),
            ("Demographics: 94, F, White", true),
            ("91 F h/o CAD", true),
            ("Sepsis. 93 F, frail, found down", true),
            ("T up. 99 F, with chills", false),
            ("Joseph Patel, 93, F", true),
            ("Linda Martinez (92 F)", true),
            ("Oral Temp (98 F)", false),
            ("Heart Rate, 93, F", false),
            ("91 M", false),
            ("Pt: 92 F.", true),
            ("Jane Roe, 93, female", true),
            ("pleasant 93 M here", true),
            ("93 WF with CHF", true),
            ("Pt: 98 F.", false),
            ("T: 97 F oral", false),
            ("PT: 97 F, HR 80", false),
            ("98 F, febrile", false),
            ("Triage 04:33: 91 M via EMS", true),
            ("Triage: 97 F via axilla", false),
            ("Temp: 97 F via EMS", false),
            ("HILL,RUTH 91 F", true),
            ("TEMP,ORAL 98 F", false),
            ("HILL,RUTH 98 F, febrile", false),
            ("95 female, 101 male", false),
            ("Hx: 90 m walk", false),
            ("bed 95 F side", false),
            ("92 M cassette", false),
        ] {
            let start = text.find('9').unwrap();
            assert_eq!(opens(text.as_bytes(), start, start + 2), want, "{text}");
        }
    }
}
