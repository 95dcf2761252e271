//! Days without a year in the talk of an office and in logs: `see notes of 11/12`, `maybe 7/21?`, `9/7 138/82`.

use crate::guard::byte::{self, ALPHA, DIGIT};
use crate::guard::scan::near::{previous_word, word_behind};
use crate::guard::scan::unit;
use crate::guard::words::WordSet;

/// What is written, sent or taken on a day, before `of` and `from`; a score is none of it.
static PAPERS: WordSet<64> = WordSet::new(
    "notes note results result labs lab letter report visit call message msg email fax encounter scan study statement path \
    pathology culture cultures ct mri xray cxr echo ekg bloodwork biopsy bx draw appointment appt claim check payment \
    invoice order orders imaging specimen swab",
);
/// What a line of a log says behind its day.
static LOGGED: WordSet<64> = WordSet::new(
    "afebrile febrile t tm tmax temp cultures bp bg wt weight hr pt patient called spoke lvm labs ct mri cxr started stopped admitted \
    transfused extubated intubated seen afib discharged fall fell hgb inr wbc cr",
);

/// Those of them that nothing counted has, either: `6/9 started`.
static SAID: WordSet<32> = WordSet::new("afebrile tmax bp bg wt pt spoke lvm inr");

/// Whether the words around a day are those of an office; the word before it is `word`.
pub(super) fn said(bytes: &[u8], span: (usize, usize), word: (usize, usize)) -> bool {
    let before = &bytes[word.0..word.1];
    let is = |one: &[u8]| before.eq_ignore_ascii_case(one);
    match before.len() {
        2 if is(b"of") => PAPERS.has(previous_word(bytes, word.0)),
        4 if is(b"from") => PAPERS.has(previous_word(bytes, word.0)),
        5 if is(b"maybe") => byte::peek(bytes, span.1) == b'?',
        _ => (opens(bytes, span.0) && logs(bytes, span.1)) || lasts(bytes, span),
    }
}

/// Whether a line opens with the day of an entry of a log: `10/10 - afebrile`.
pub(super) fn entered(bytes: &[u8], (start, end): (usize, usize)) -> bool {
    byte::leads_line(bytes, start, (b" \t-*>", 12)) && logs(bytes, end)
}

/// Whether a line, an item or a sentence opens at `start`.
fn opens(bytes: &[u8], start: usize) -> bool {
    byte::leads_line(bytes, start, (b" \t-*>", 12))
        || (bytes[..start].ends_with(b". ") && byte::is(byte::prev(bytes, start - 2), ALPHA | DIGIT))
}

/// Whether a later day follows up to which something lasts: `8/27 through 9/12`.
fn lasts(bytes: &[u8], (start, end): (usize, usize)) -> bool {
    let rest = bytes.get(end..).unwrap_or(&[]);
    let lead = [&b" through "[..], b" thru "].iter().find(|lead| rest.starts_with(lead)).map_or(0, |lead| lead.len());
    let month = byte::skip(bytes, end + lead, DIGIT);
    let stop = byte::skip(bytes, month + 1, DIGIT);
    let short = |len: usize| (1..=2).contains(&len);
    lead > 0
        && byte::peek(bytes, month) == b'/'
        && short(month - end - lead)
        && short(stop - month - 1)
        // `3/8 through 5/8 inch`.
        && bytes[start..end].rsplit(|byte| *byte == b'/').next() != bytes.get(month + 1..stop)
        && !unit::follows(bytes, stop)
}

/// Whether an entry of a log follows: ` - afebrile`, `: T 101.4`, ` BP 138/82`.
fn logs(bytes: &[u8], end: usize) -> bool {
    let rest = bytes.get(end..).unwrap_or(&[]);
    let lead = [&b" - "[..], b": ", b" "].iter().find(|lead| rest.starts_with(lead)).map_or(0, |lead| lead.len());
    let word = word_behind(bytes, end + lead.max(1) - 1);
    match lead {
        0 => false,
        1 => SAID.has(word),
        _ => LOGGED.has(word),
    }
}

/// Whether the day stands before a blood pressure, or is the next one of a log with a figure behind each:
/// `9/7 138/82, 2/18 141/79`, `4/21 2.6, 4/28 2.4`. What may be a score (`open`) needs the one before.
pub(super) fn charted(bytes: &[u8], (start, end): (usize, usize), open: bool) -> bool {
    let label = usize::from(bytes[end..].starts_with(b" BP ")) * 3;
    if byte::peek(bytes, end) != b' ' || !byte::at(bytes, end + label + 1, DIGIT) {
        return false;
    }
    let stop = pressure(bytes, end + label + 1);
    match open {
        _ if stop == 0 => false,
        false => !unit::follows(bytes, stop) || bytes[stop..].starts_with(b" mmHg"),
        true => {
            let from = byte::back(bytes, start.saturating_sub(2), DIGIT | byte::JOIN, 8);
            bytes[..start].ends_with(b", ") && pressure(bytes, from) + 2 == start
        }
    }
}

/// Where a blood pressure ends that starts at `at`, or zero: `138/82`.
fn pressure(bytes: &[u8], at: usize) -> usize {
    let slash = byte::skip(bytes, at, DIGIT);
    let stop = byte::skip(bytes, slash + 1, DIGIT);
    let high = byte::value(bytes, at, slash);
    let fits = slash - at == 3 && byte::peek(bytes, slash) == b'/' && (2..=3).contains(&(stop - slash - 1));
    if fits && (80..260).contains(&high) && !byte::at(bytes, stop, ALPHA) { stop } else { 0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pressure_stands_behind_its_day() {
        for (text, open, want) in [
            ("9/7 138/82", false, true),
            ("9/7 BP 138/82", false, true),
            ("9/7 38/82", false, false),
            ("4/5 138/82", true, false),
        ] {
            assert_eq!(charted(text.as_bytes(), (0, 3), open), want, "{text}");
        }
        assert!(charted(b"8/7 138/82, 4/4 129/77", (12, 15), true));
    }

    #[test]
    fn papers_have_a_day() {
        for (text, want) in [
            ("see notes of 11/12", true),
            ("Path from 11/6", true),
            ("maybe 7/21?", true),
            ("maybe 7/21 of", false),
            ("score of 7/21", false),
            ("10/08 - T 101.4", true),
            ("10/08 - linking", false),
            ("It went. 10/08: pt called", true),
        ] {
            let start = text.find(|c: char| c.is_ascii_digit()).unwrap();
            let end = byte::skip(text.as_bytes(), byte::skip(text.as_bytes(), start, DIGIT) + 1, DIGIT);
            let word = crate::guard::scan::near::word_before(text.as_bytes(), start);
            assert_eq!(said(text.as_bytes(), (start, end), word), want, "{text}");
        }
    }
}
