//! Cuts a long text where no finding can cross, so that memory stays bounded and a text that
//! comes in pieces is cut at the same places as a whole one.
//!
//! A cut is a blank with no digit, `@`, `:`, `/` or non-ASCII byte within 32 bytes on either
//! side: everything the guard finds has one of them, and lists and spaced numbers need them
//! closer than that. A text that offers no such place for 1 MiB is cut there anyway.

use super::byte::{self, BLANK, DIGIT, HIGH};
use std::ops::Range;

/// A segment has at least this many bytes, unless the text ends.
pub(super) const SEGMENT_BYTES: usize = 64 * 1024;
/// The longest segment.
pub(super) const SEGMENT_LIMIT: usize = 1024 * 1024;
/// How much text before a segment serves as context.
pub(super) const CONTEXT_BEFORE: usize = 256;
/// How much text behind a segment serves as context; the rest of a URL may need it all.
pub(super) const CONTEXT_AFTER: usize = super::scan::URL_BYTES + 128;
const QUIET: usize = 32;

/// Where the segment that starts at `start` ends, if the bytes so far decide it.
///
/// `ended` tells that no more bytes follow.
pub(super) fn next_cut(bytes: &[u8], start: usize, ended: bool) -> Option<usize> {
    let enough = |cut: usize| ended || cut + CONTEXT_AFTER <= bytes.len();
    let mut noisy = start + SEGMENT_BYTES - QUIET;
    let mut at = noisy;
    while let Some(&byte) = bytes.get(at) {
        if byte::is(byte, DIGIT | HIGH) || matches!(byte, b'@' | b':' | b'/') {
            noisy = at;
        }
        // The blank in the middle of a quiet stretch.
        let middle = (at + 1).saturating_sub(QUIET);
        if at >= noisy + 2 * QUIET && byte::is(bytes[middle], BLANK) {
            return enough(middle).then_some(middle);
        }
        at += 1;
        if at >= start + SEGMENT_LIMIT {
            let cut = (at - 3..=at).rev().find(|cut| bytes.get(*cut).is_none_or(|byte| byte & 0xC0 != 0x80))?;
            return enough(cut).then_some(cut);
        }
    }
    ended.then_some(bytes.len())
}

/// The slice that serves to scan `own`: the segment and its context.
pub(super) fn with_context(text: &str, own: &Range<usize>) -> Range<usize> {
    let mut start = own.start.saturating_sub(CONTEXT_BEFORE);
    while !text.is_char_boundary(start) {
        start -= 1;
    }
    let mut end = text.len().min(own.end + CONTEXT_AFTER);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    start..end
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cut_lies_in_a_quiet_place() {
        let quiet = "some words without any number in them at all and then more ".repeat(3000);
        let cut = next_cut(quiet.as_bytes(), 0, true).unwrap();
        assert!((SEGMENT_BYTES - QUIET..SEGMENT_BYTES + 200).contains(&cut));
        assert!(quiet.as_bytes()[cut] == b' ');
        let noisy = "1 ".repeat(SEGMENT_LIMIT);
        assert_eq!(next_cut(noisy.as_bytes(), 0, true), Some(SEGMENT_LIMIT));
        assert_eq!(next_cut(b"short", 0, true), Some(5));
        assert_eq!(next_cut(b"short", 0, false), None);
    }
}
