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
