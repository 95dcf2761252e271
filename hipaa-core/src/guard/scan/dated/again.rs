//! What stands before a day without a year: the result of that day, or which call, visit or fall it was.

use crate::guard::byte::{self, ALNUM, DIGIT};
use crate::guard::scan::date_text::ordinal;
use crate::guard::scan::near::previous_word;
use crate::guard::words::WordSet;

/// What is tried more than once: `2nd call 10/21`.
static TRIED: WordSet<32> = WordSet::new("call attempt letter notice reminder vm voicemail msg message dose request");
/// What has a result before its day: `INR 2.6 4/21`, `A1C 6.1 (2/20)`.
pub(super) static RESULTS: WordSet<128> = WordSet::new(
    "inr a1c hba1c hgb hb hct plt plts wbc anc psa tsh ldl hdl bnp ntprobnp trop troponin ferritin lactate gfr egfr cr \
    creat creatinine bun na k phos ca alb alt ast alp bili lipase crp esr vanc dig tacro cea",
);
/// What happened twice, as a parenthesis behind it tells: `ED visits (6/20 and 9/23)`.
static TWICE: WordSet<32> = WordSet::new("visits visit falls seizures admissions calls appts doses infusions sessions");

/// Whether what the word says is done again and again: `2nd call 10/21`, `3rd 2/15`.
pub(super) fn tried(bytes: &[u8], (start, end): (usize, usize), behind: u8) -> bool {
    let nth = |end: usize| {
        let from = byte::back(bytes, end, ALNUM, 4);
        let digits = byte::skip(bytes, from, DIGIT);
        digits > from && digits < end && ordinal(&bytes[digits..end])
    };
    byte::peek(bytes, end) == b' '
        && ((nth(end) && matches!(behind, 0 | b'.' | b',' | b';' | b')' | b'\n'))
            || (TRIED.has(&bytes[start..end]) && byte::prev(bytes, start) == b' ' && nth(start - 1)))
}

/// `INR 2.6 4/21`, `A1C 6.1% (2/20)`.
pub(super) fn result_before(bytes: &[u8], start: usize) -> bool {
    let blank = start - usize::from(byte::prev(bytes, start) == b'(');
    if byte::prev(bytes, blank) != b' ' {
        return false;
    }
    let end = blank - 1 - usize::from(bytes[..blank - 1].ends_with(b"%"));
    let figure = bytes[..end].iter().rev().take(6).take_while(|byte| byte.is_ascii_digit() || **byte == b'.').count();
    let from = end - figure;
    let word = from - usize::from(byte::prev(bytes, from) == b' ');
    let word = word - usize::from(byte::prev(bytes, word) == b':');
    // `Hgb 8.9 (5/22) -> 8.1 (12/25)`.
    let changed = || blank < start && bytes[..word].ends_with(b") ->");
    figure > 0 && word < from && (changed() || RESULTS.has(&bytes[byte::back(bytes, word, ALNUM, 12)..word]))
}

/// Whether a second day follows in the parenthesis that opens before the first: `visits (6/20 and 9/23)`.
pub(super) fn twice(bytes: &[u8], (start, end): (usize, usize)) -> bool {
    let rest = bytes.get(end..).unwrap_or(&[]);
    let gap = [&b" and "[..], b" & "].iter().find(|gap| rest.starts_with(gap)).map_or(0, |gap| gap.len());
    let month = byte::skip(bytes, end + gap, DIGIT);
    let day = byte::skip(bytes, month + 1, DIGIT);
    gap > 0
        && (1..=2).contains(&(month - end - gap))
        && byte::peek(bytes, month) == b'/'
        && (1..=2).contains(&(day - month - 1))
        // `PT visits (6/20 and 7/20)`.
        && bytes[..end].rsplit(|byte| *byte == b'/').next() != bytes.get(month + 1..day)
        && TWICE.has(previous_word(bytes, start - 1))
}
