//! Things that are old, and measures that read like an age.

use super::words::{BREATHS, OF_THINGS, THINGS};
use super::{blanks_before, byte, is, word, word_before};

/// Whether what is so old is a thing: `the 95-year-old building`.
pub(super) fn named(bytes: &[u8], end: usize) -> bool {
    let mut at = end;
    for _ in 0..4 {
        let (next, found) = word(bytes, at);
        if THINGS.has(found) {
            return true;
        }
        if !OF_THINGS.has(found) {
            return false;
        }
        at = next;
    }
    false
}

/// Whether a thing is so old: `the 95-year-old building`, `the hospital is 95 years old`.
pub(super) fn of_one(bytes: &[u8], start: usize, end: usize) -> bool {
    let verb = word_before(bytes, start);
    let subject = || word_before(bytes, blanks_before(bytes, start) - verb.len());
    // `BP 91/F`.
    let measured = byte::peek(bytes, end) == b'/' && BREATHS.has(verb);
    let linked = ["is", "was", "turned", "turns"].iter().any(|known| is(verb, known.as_bytes()));
    measured || named(bytes, end) || (linked && THINGS.has(subject()))
}
