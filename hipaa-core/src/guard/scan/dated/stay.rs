//! Days without a year behind what was done or counted from: `CT head 1/28`, `s/p ORIF 5/10`, `HD#4 (8/5)`,
//! `Cr 1.9 (6/30), 1.4 (7/5)`.

use super::{AGAIN, EVENTS, LAST, is, numbers, series};
use crate::guard::byte::{self, ALPHA, DIGIT};
use crate::guard::scan::near::{previous_word, word_before, word_behind};
use crate::guard::scan::{Hit, Scan, unit};
use crate::guard::words::WordSet;

/// What is imaged, and how.
pub(super) static PARTS: WordSet<64> = WordSet::new(
    "head brain neck chest abd abdomen pelvis spine knee hip shoulder ankle foot wrist hand renal ruq thyroid pelvic \
    sinus cervical lumbar",
);
static IMAGED: WordSet<16> = WordSet::new("ct cta mri mra xr xray us pet");
/// Days of a stay are counted: `POD 2`.
static STAYS: WordSet<8> = WordSet::new("hd pod");
/// What happened on a day and has no score: `fell on 5/5`.
static HAPPENED: WordSet<16> = WordSet::new("fell placed removed admitted discharged intubated extubated inserted");
/// What somebody may have done a last time: `last use of alcohol 3/29`.
static USED: WordSet<8> = WordSet::new("use intake drink");
static ONSETS: WordSet<8> = WordSet::new("seizure fall visit appt");
/// What is told of the next day in a sentence: `PPD placed 8/28, read 9/4`.
static NEXT: WordSet<16> = WordSet::new("read missed restarted resumed redrawn again trached");

/// What a score may not follow, with the day of a stay: `HD#4 (8/5)`, `fell on 5/5`, `next PET 10/10`.
pub(super) fn sure(bytes: &[u8], (start, end): (usize, usize), word: (usize, usize)) -> bool {
    if byte::prev(bytes, start) == b'(' {
        return byte::peek(bytes, end) == b')' && counted(bytes, start - 1);
    }
    let (before, word) = (previous_word(bytes, word.0), &bytes[word.0..word.1]);
    byte::prev(bytes, start) == b' '
        && ((is(word, b"on") && HAPPENED.has(before))
            || (is(before, b"next") && (AGAIN.has(word) || EVENTS.has(word)) && !unit::follows(bytes, end)))
}

/// Whether a day of a stay ends at `end`: `HD#4 `, `POD 2 `.
fn counted(bytes: &[u8], end: usize) -> bool {
    let end = end - usize::from(byte::prev(bytes, end) == b' ');
    let day = byte::back(bytes, end, DIGIT, 3);
    let stop = day - usize::from(matches!(byte::prev(bytes, day), b'#' | b' '));
    day < end && STAYS.has(&bytes[byte::back(bytes, stop, ALPHA, 4)..stop])
}

/// `CT head 1/28`, `Renal US 6/1`, `first seizure 9/5`, `last use of alcohol 3/29`, `d/c'd 3/26`; `word` and `before`
/// are the last two words.
pub(super) fn done(bytes: &[u8], end: usize, word: (usize, usize), before: (usize, usize)) -> bool {
    let (last, first) = (&bytes[word.0..word.1], &bytes[before.0..before.1]);
    let viewed = || matches!(word_behind(bytes, end), b"view" | b"views") || unit::follows(bytes, end);
    match last {
        [b'd' | b'D'] => {
            let verb = &bytes[word.0.saturating_sub(4)..word.0];
            is(verb, b"d/c'") || is(verb, b"chg'")
        }
        b"US" => PARTS.has(first) && !viewed(),
        _ if is(first, b"of") => {
            let used = word_before(bytes, before.0);
            USED.has(&bytes[used.0..used.1]) && LAST.has(previous_word(bytes, used.0)) && !viewed()
        }
        _ => {
            (PARTS.has(last) && IMAGED.has(first) && !viewed())
                || (is(first, b"first") && ONSETS.has(last))
                || (!viewed() && series::checked(bytes, end, word, before))
        }
    }
}

/// Whether a day goes on behind the next result or event of the sentence: ` (6/30), 1.4 (7/5)`, ` 4/12, 3.1 4/15`,
/// ` 8/28, read 9/4`.
pub(super) fn next(bytes: &[u8], from: usize, span: (usize, usize)) -> bool {
    let gap = bytes.get(from..span.0).filter(|gap| (4..=16).contains(&gap.len())).unwrap_or(&[]);
    let (month, day) = numbers(bytes, span);
    let tail = match gap.strip_prefix(b"), ") {
        Some(gap) => gap.strip_suffix(b" ("),
        None => gap.strip_prefix(b", ").and_then(|gap| gap.strip_suffix(b" ")),
    };
    let figure = |tail: &[u8]| tail.iter().all(|byte| byte.is_ascii_digit() || *byte == b'.');
    let told = |tail: &[u8]| figure(tail) || NEXT.has(tail) || EVENTS.has(tail);
    tail.is_some_and(told) && !(month <= day && day < 6) && !unit::follows(bytes, span.1)
}

impl Scan<'_, '_> {
    /// Whether the word that sinks numbers leads to a day as well: `DOI 7/9/19` (of an injury), `encounter 2/14/21`.
    pub(in crate::guard::scan) fn of_case(&self, hit: Hit, start: usize) -> bool {
        self.says(hit, start, b"doi") || self.says(hit, start, b"encounter")
    }
}

#[cfg(test)]
mod tests {
    use super::super::tells;
    use super::super::tests::span;

    #[test]
    fn what_was_done_has_a_day() {
        for (text, want) in [
            ("CT head 1/28", true),
            ("XR knee 3/4 views", false),
            ("Renal US 6/1", true),
            ("fell on 5/5", true),
            ("rated on 5/5", false),
            ("First seizure 9/5", true),
            ("first dose 1/2", false),
            ("d/c'd 3/26", true),
            ("Next PET 10/10", true),
            ("HD#4 (8/5)", true),
            ("POD 2 (4/5 strength)", false),
            ("Last use of alcohol 3/29", true),
            ("s/p ORIF 5/10", true),
        ] {
            assert_eq!(tells(text.as_bytes(), span(text)), want, "{text}");
        }
    }
}
