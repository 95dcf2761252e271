//! The number of a record without a label, told by its place in a banner beside a name and a sex, an age or a birth date:
//! `HILL,MARY  4482913  67/F`, `Re: Mary Hill, 3/4/1951, 4482913`, `PATIENT: HILL,MARY (4482913)`.

use super::bearer::{beyond, named};
use super::claim::Claim;
use super::near::{previous_word, said_before, word_behind};
use super::{Scan, unit};
use crate::guard::byte::{self, ALNUM, ALPHA, DIGIT, UPPER};
use crate::guard::words::WordSet;
use crate::guard::{Confidence, Finding, Kind, Reason};

/// Who is treated, before a name.
static PATIENTS: WordSet<16> = WordSet::new("patient pt pts resident infant newborn decedent");
static ABOUT: WordSet<8> = WordSet::new("re patient pt");
static SEXES: WordSet<8> = WordSet::new("f m male female");
/// What follows the number of an age.
static YEARS: WordSet<16> = WordSet::new("y yo yr yrs year years f m male female");
/// What is said of a patient, and of no ticket.
static SAID: WordSet<16> = WordSet::new("seen presents presented admitted discharged");
/// What a line speaks of that has the number of a study, and how far before it, in bytes.
static STUDIES: WordSet<64> = WordSet::new(
    "mri mr mra ct us xr accession imaging radiology exam study studies series scan modality brain knee spine prior",
);
const STUDY_REACH: usize = 96;
/// What is born later is told from a visit by a sex only.
const LATEST: u32 = 2012;
/// The least digits of a number that little else tells from a code.
const LONG: usize = 6;

impl Scan<'_, '_> {
    /// Finds such a number where no cue speaks.
    #[inline]
    pub(super) fn by_place(&mut self, span: (usize, usize)) {
        let (next, second) = (byte::peek(self.bytes, span.1), byte::peek(self.bytes, span.1 + 1));
        // Prose goes on with a small letter; `dob` and `born` may follow.
        let prose = next == b' ' && byte::is(second, byte::LOWER) && !matches!(second, b'd' | b'b');
        let may = span.1 - span.0 >= 5
            && !prose
            && matches!(byte::prev(self.bytes, span.0), b' ' | b'(' | b'#' | b'|' | b'\t')
            && matches!(next, b' ' | b')' | b',' | b'|' | b'\t' | b'\n' | b'\r' | b'.' | 0);
        if may && self.in_banner(span) {
            let claim = Claim { kind: Kind::Mrn, span, base: Confidence::Low, reason: Reason::Shape };
            self.push(claim, Confidence::Medium, None);
            self.done = self.done.max(span.1);
        }
    }

    #[inline(never)]
    fn in_banner(&self, span: (usize, usize)) -> bool {
        let bytes = self.bytes;
        if !shaped(&bytes[span.0..span.1]) {
            return false;
        }
        let Some(at) = lead(bytes, span.0) else { return false };
        // A name, an age with its sex or a date must stand before; most words are none.
        let word = byte::back(bytes, at, ALPHA, 20);
        if !(byte::at(bytes, word, UPPER) || byte::is(byte::prev(bytes, at), DIGIT) || behind_digit(bytes, word, at)) {
            return false;
        }
        let long = self.planes.digits_in(span.0, span.1) >= LONG;
        (behind_name(bytes, span, (at, long))
            || (long && (in_aside(bytes, span, at) || behind_age(bytes, span.1, at) || on_label(bytes, span, at)))
            || self.behind_birth(span, at))
            && !unit::follows(bytes, span.1)
    }

    /// Whether it ends a list of a name, a birth date and perhaps a sex: `Mary Hill (3/4/1951, F, 4482913)`.
    fn behind_birth(&self, (start, end): (usize, usize), at: usize) -> bool {
        let bytes = self.bytes;
        let word = byte::back(bytes, at, ALPHA, 8);
        let sexed = at > word && SEXES.has(&bytes[word..at]);
        let Some(to) = (if sexed { lead(bytes, word) } else { Some(at) }) else { return false };
        let dated = |last: &&Finding| last.end() == to && matches!(last.kind(), Kind::Date | Kind::Dob);
        let Some(date) = self.out.last().filter(dated) else { return false };
        let Some(name) = lead(bytes, date.start()).and_then(|at| named(bytes, at)) else { return false };
        let opened = byte::prev(bytes, date.start()) == b'(';
        let closes = match byte::peek(bytes, end) {
            b')' => opened,
            b' ' => bytes[to..start] == *b" ",
            _ => !opened,
        };
        let early = || year(&bytes[date.start()..date.end()]).is_some_and(|year| (1900..=LATEST).contains(&year));
        let about = ABOUT.has(lead_word(bytes, name)) || date.kind() == Kind::Dob || opened;
        closes
            && !bytes[to..start].contains(&b'\n')
            && (sexed || (about && early()) || (bytes[to..start] == *b" " && early()))
    }
}

/// Whether a number is glued to the word before a value, or one blank away: `67 yo `, `67y `.
fn behind_digit(bytes: &[u8], word: usize, at: usize) -> bool {
    let to = word - usize::from(matches!(byte::prev(bytes, word), b' ' | b'/' | b'-'));
    at > word && byte::is(byte::prev(bytes, to), DIGIT)
}

/// Where what stands before a value ends, without what parts them.
fn lead(bytes: &[u8], start: usize) -> Option<usize> {
    let marks = bytes[..start].iter().rev().take(8).take_while(|byte| b" ,|(#\t".contains(byte)).count();
    (1..8).contains(&marks).then_some(start - marks)
}

/// The word before a name, and the colon between: `RE: `, `Patient: `.
fn lead_word(bytes: &[u8], name: usize) -> &[u8] {
    match bytes[..name].strip_suffix(b": ").or_else(|| bytes[..name].strip_suffix(b":")) {
        Some(before) => &before[byte::back(before, before.len(), ALPHA, 12)..],
        None => previous_word(bytes, name),
    }
}

/// Whether the value looks like the number of a record: five to nine digits, perhaps behind two letters or in groups.
fn shaped(value: &[u8]) -> bool {
    let letters = byte::skip(value, 0, UPPER);
    let digits = byte::skip(value, letters, DIGIT) - letters;
    let day = letters == 0 && digits == 8 && matches!(value, [b'1', b'9', ..] | [b'2', b'0', ..]);
    let whole = letters <= 2 && letters + digits == value.len() && (5..=9).contains(&digits);
    let grouped = || {
        [&b"ddd-dd-dd"[..], b"dddd-dddd"]
            .iter()
            .any(|shape| value.len() == shape.len() && byte::is_shape(value, 0, shape))
    };
    (whole && !day) || grouped()
}

/// Whether a name ends at `at`, and an age, a sex or a birth date stand behind the value.
fn behind_name(bytes: &[u8], (start, end): (usize, usize), (at, long): (usize, bool)) -> bool {
    let next = beyond(bytes, end);
    let first = byte::peek(bytes, next);
    if next == end || !(byte::is(first, DIGIT) || matches!(first, b'F' | b'M' | b'D' | b'd' | b'B' | b'b')) {
        return false;
    }
    let stop = byte::skip(bytes, next, ALPHA);
    let sex = matches!(bytes[next..stop], [b'F' | b'M']) && !byte::at(bytes, stop, ALNUM | byte::JOIN);
    let dob = bytes[next..stop].eq_ignore_ascii_case(b"dob") || bytes[next..stop].eq_ignore_ascii_case(b"born");
    let aged = aged(bytes, next);
    if !(sex || dob || aged || born(bytes, next)) {
        return false;
    }
    let Some(name) = named(bytes, at) else { return false };
    let gap = &bytes[at..start];
    // `Hill, Mary`, or a cell of its own: no two words of prose.
    let comma = bytes[name..at].contains(&b',');
    let apart = comma || gap.contains(&b'|') || gap.contains(&b'\t') || gap.starts_with(b"  ");
    (long || comma) && (dob || aged || apart)
}

/// Whether an age and a sex, or an age and its years, stand at `at`: `67/F`, `67yo`.
fn aged(bytes: &[u8], at: usize) -> bool {
    let end = byte::skip(bytes, at, DIGIT);
    let word = end + usize::from(matches!(byte::peek(bytes, end), b' ' | b'/' | b'-'));
    let stop = byte::skip(bytes, word, ALPHA);
    (1..=3).contains(&(end - at)) && !byte::at(bytes, stop, DIGIT) && YEARS.has(&bytes[word..stop])
}

/// Whether a name with an age and a sex ends at `at`, and the clause with the number: `Hill, Mary 67 F 4482913`.
fn behind_age(bytes: &[u8], end: usize, at: usize) -> bool {
    let word = byte::back(bytes, at, ALPHA, 8);
    let to = word - usize::from(matches!(byte::prev(bytes, word), b' ' | b'/' | b'-'));
    let age = byte::back(bytes, to, DIGIT, 4);
    let ends =
        matches!(byte::peek(bytes, end), b',' | b'|' | b'\n' | b'\r' | b'\t' | 0) || bytes[end..].starts_with(b"  ");
    ends && at > word
        && YEARS.has(&bytes[word..at])
        && (1..=3).contains(&(to - age))
        && lead(bytes, age).is_some_and(|at| named(bytes, at).is_some())
}

/// Whether the number on a label has its letters glued to it, and a name or a bar before: `HILL Mary MR4482913`. Studies of
/// magnetic resonance have such numbers, too.
fn on_label(bytes: &[u8], (start, end): (usize, usize), at: usize) -> bool {
    let digits = bytes[start..end].strip_prefix(b"MR").unwrap_or(&[]);
    let year = matches!(digits, [b'1', b'9', ..] | [b'2', b'0', ..]);
    let ends = matches!(byte::peek(bytes, end), b'|' | b'\n' | b'\r' | b'\t' | 0)
        || [&b"  "[..], b" |"].iter().any(|mark| bytes[end..].starts_with(mark));
    let placed = || bytes[at..start].contains(&b'|') || named(bytes, at).is_some();
    (7..=8).contains(&digits.len()) && !year && ends && placed() && !said_before(bytes, start, STUDY_REACH, &STUDIES)
}

/// Whether a date stands at `at`, and it is of long ago or a sex stands behind it: `3/4/1951 | F`.
fn born(bytes: &[u8], at: usize) -> bool {
    let date = |byte: &&u8| byte::is(**byte, DIGIT) || matches!(byte, b'/' | b'-');
    let end = at + bytes[at..].iter().take(11).take_while(date).count();
    let next = beyond(bytes, end);
    let stop = byte::skip(bytes, next, ALPHA);
    let told = year(&bytes[at..end]);
    told.is_some_and(|year| (1900..=LATEST).contains(&year)) || (told.is_some() && SEXES.has(&bytes[next..stop]))
}

/// The year of a date in figures: `3/4/1951`, `1951-03-04`, `3/4/51`.
fn year(date: &[u8]) -> Option<u32> {
    let mut parts = date.split(|byte| matches!(byte, b'/' | b'-'));
    let three = [parts.next()?, parts.next()?, parts.next()?];
    if parts.next().is_some() || three.iter().any(|part| part.is_empty() || !part.iter().all(u8::is_ascii_digit)) {
        return None;
    }
    let [first, _, last] = three;
    match (first.len(), last.len()) {
        (4, _) => Some(byte::number(first)),
        (_, 4) => Some(byte::number(last)),
        (_, 2) => Some(byte::number(last)).map(|short| if short > 30 { 1900 + short } else { 2000 + short }),
        _ => None,
    }
}

/// Whether it stands in parentheses behind the name of a patient: `PATIENT: HILL,MARY (4482913)`, `Mary Hill (#4482913)
/// seen`, `pt Hill (4482913)`.
fn in_aside(bytes: &[u8], (start, end): (usize, usize), at: usize) -> bool {
    let gap = &bytes[at..start];
    if !matches!(gap, b" (" | b" (#" | b"(" | b" (# ") || byte::peek(bytes, end) != b')' {
        return false;
    }
    let said = || SAID.has(word_behind(bytes, end + 1));
    let one = byte::back(bytes, at, ALPHA, 20);
    let before = lead_word(bytes, one);
    let colon = byte::prev(bytes, one) == b':' || bytes[..one].ends_with(b": ");
    // `Patient Portal (…)` is no person.
    let person = |word: &[u8]| byte::at(word, 0, byte::LOWER) || word == b"Pt";
    let alone = byte::at(bytes, one, UPPER) && PATIENTS.has(before) && (colon || person(before));
    let whole = || {
        named(bytes, at).is_some_and(|name| {
            let comma = bytes[name..at].contains(&b',');
            let lead = lead_word(bytes, name);
            let marked = byte::prev(bytes, name.saturating_sub(1)) == b':' || person(lead);
            said() || (PATIENTS.has(lead) && (comma || marked))
        })
    };
    alone || whole()
}
