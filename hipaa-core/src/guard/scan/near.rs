//! The words right beside a value.

use crate::guard::byte::{self, ALPHA};
use crate::guard::words::WordSet;

/// The longest word that is asked for, in bytes.
const LONGEST: usize = 16;

/// Start and end of the word before `at`; an empty span when there is none close by.
#[inline]
pub(super) fn word_before(bytes: &[u8], at: usize) -> (usize, usize) {
    let mut end = at;
    while end > 0 && at - end < 3 && matches!(bytes[end - 1], b' ' | b'.' | b':' | b'#' | b'\n' | b'\r' | b'"' | b'(') {
        end -= 1;
    }
    let start = byte::back(bytes, end, ALPHA, LONGEST);
    if end == at { (at, at) } else { (start, end) }
}

/// The word before the one that starts at `at`, one blank between.
pub(super) fn previous_word(bytes: &[u8], at: usize) -> &[u8] {
    let end = at.saturating_sub(1);
    if byte::prev(bytes, at) == b' ' { &bytes[byte::back(bytes, end, ALPHA, LONGEST)..end] } else { &[] }
}

/// The word behind `at`, with two blanks between at most.
#[inline]
pub(super) fn word_behind(bytes: &[u8], at: usize) -> &[u8] {
    let mut from = at;
    while from < at + 2 && matches!(byte::peek(bytes, from), b' ' | b'-' | b'\n' | b'\r') {
        from += 1;
    }
    bytes.get(from..byte::skip(bytes, from, ALPHA)).unwrap_or(&[])
}

/// Whether one of the words that start from `from` to `to` is in the set.
pub(super) fn any_word<const N: usize>(bytes: &[u8], from: usize, to: usize, set: &WordSet<N>) -> bool {
    let mut at = from;
    while at < to {
        let end = byte::skip(bytes, at, ALPHA).min(to);
        if end > at && set.has(&bytes[at..end]) {
            return true;
        }
        at = end + 1;
    }
    false
}

/// Whether a word of the set stands before `start` in its line, at most so many bytes away.
pub(super) fn said_before<const N: usize>(bytes: &[u8], start: usize, reach: usize, set: &WordSet<N>) -> bool {
    any_word(bytes, byte::back_to(bytes, start, b'\n', reach), start, set)
}

/// Whether the span fills the text, a cell, an element or quotes: `| 536 90 4399 |`, `>536 90 4399<`.
pub(super) fn is_field(bytes: &[u8], (start, end): (usize, usize)) -> bool {
    let before = byte::prev(bytes, start - usize::from(byte::prev(bytes, start) == b' '));
    let behind = byte::peek(bytes, end + usize::from(byte::peek(bytes, end) == b' '));
    let mark = |byte| matches!(byte, b'"' | b'\'' | b'<' | b'>' | b'|' | b'\t');
    let edge = |byte| matches!(byte, 0 | b'\n' | b'\r');
    let whole = start == 0 && end == bytes.len();
    whole || (mark(before) && (mark(behind) || edge(behind))) || (mark(behind) && edge(before))
}

/// How far around a value others of its shape are looked for, in bytes.
const SIBLINGS: usize = 96;

/// Whether two other runs of as many letters and digits stand close by, have the shape and fail
/// the check: then the value is one of many numbers of which one in ten passes.
pub(super) fn siblings_fail(
    bytes: &[u8],
    (start, end): (usize, usize),
    shape: impl Fn(&[u8]) -> bool,
    check: impl Fn(&[u8]) -> bool,
) -> bool {
    let around = start.saturating_sub(SIBLINGS)..(end + SIBLINGS).min(bytes.len());
    let runs = bytes[around].split(|byte| !byte.is_ascii_alphanumeric());
    runs.filter(|run| run.len() == end - start && shape(run) && !check(run)).take(2).count() > 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_may_stand_behind_a_blank_or_a_mark() {
        for (text, want) in [("Fig. 1", "Fig"), ("temp: 1", "temp"), ("(day 1", "day"), ("x1", ""), ("a - 1", "")] {
            let (start, end) = word_before(text.as_bytes(), text.len() - 1);
            assert_eq!(&text[start..end], want, "{text}");
        }
        assert_eq!(word_behind(b"1 goals met", 1), b"goals");
        assert_eq!(word_behind(b"1, goals", 1), b"");
    }
}
