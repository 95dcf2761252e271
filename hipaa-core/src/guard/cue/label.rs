//! What stands behind a word of a label: is it the label of what comes next?

use super::gap::MONTHS;
use crate::guard::byte::{self, ALNUM, ALPHA, DIGIT};
use crate::guard::words::WordSet;

/// Places of a form that hold a value.
static PLACES: WordSet<16> = WordSet::new("field box column blank line slot");
static LABELLING: WordSet<32> = WordSet::new("is was number no num id at");

/// Whether the word at `at` makes the cue before it a label, or is itself a value.
pub(super) fn labels(bytes: &[u8], at: usize) -> bool {
    let end = byte::skip(bytes, at, ALNUM);
    let word = &bytes[at..end];
    let month = MONTHS.has(&word[..word.len().min(3)])
        && byte::at(bytes, end + 1 + usize::from(byte::peek(bytes, end) == b'.'), DIGIT);
    let joined = || byte::peek(bytes, end) == b'-' && byte::at(bytes, end + 1, DIGIT);
    LABELLING.has(word) || month || joined() || word.iter().any(u8::is_ascii_digit)
}

/// Whether the mark at `at` leads on from the label of a cell to its value: `Serial Number - 65415586`, `Model/Serial: `.
pub(super) fn labels_cell(bytes: &[u8], at: usize) -> bool {
    if bytes[at] == b'-' {
        let value = byte::skip(bytes, at + 1, byte::BLANK).min(at + 4);
        return bytes[value..byte::skip(bytes, value, ALNUM)].iter().any(u8::is_ascii_digit);
    }
    let end = byte::skip(bytes, at + 1, ALPHA);
    end > at + 1 && bytes[end..].iter().take(6).any(|byte| matches!(byte, b':' | b'#' | b'='))
}

/// Whether the cue that ends at `end` names the place of a form that holds a value: `SSN field`.
pub(super) fn is_place(bytes: &[u8], end: usize) -> bool {
    let start = end + usize::from(byte::peek(bytes, end) == b' ');
    PLACES.has(&bytes[start..byte::skip(bytes, start, ALPHA)])
}

/// Whether a cue that ends at `from`, in a line that ends before `to`, is one of several cells: the heading of a
/// column, not a label of what comes next.
#[inline(never)]
pub(super) fn in_row(bytes: &[u8], from: usize, to: usize) -> bool {
    let end = bytes[from..to].iter().position(|byte| *byte == b'\n').map_or(to, |at| from + at);
    let labels = bytes[from..end].iter().any(|byte| matches!(byte, b':' | b'#' | b'='));
    let start = byte::back_to(bytes, from, b'\n', 128);
    let line = &bytes[start..end];
    let single = |mark: u8| line.iter().filter(|byte| **byte == mark).count();
    let tight = line.windows(2).filter(|two| matches!(two[0], b',' | b';') && !byte::is(two[1], byte::BLANK)).count();
    let wide = line.windows(3).filter(|three| three[0] != b' ' && three[1..] == *b"  ").count();
    !labels && (tight >= 2 || single(b'\t') >= 2 || single(b'|') >= 2 || wide >= 2)
}
