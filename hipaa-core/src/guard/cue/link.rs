//! Words that tie a cue to the next one, or a birth date to that of a relative.

use super::gap::is_number_word;
use crate::guard::byte::{self, ALPHA};
use crate::guard::words::WordSet;

static PREPOSITIONS: WordSet<16> = WordSet::new("on for from in per of");
static ARTICLES: WordSet<64> =
    WordSet::new("the a an this that her his their my our your s as it appears shown printed listed");
static KIN: WordSet<32> = WordSet::new("husband wife spouse son daughter child baby twin brother sister mother father");
static OF_KIN: WordSet<32> = WordSet::new("and his her their the a on was born");

/// Whether only a preposition and its article stand between two words: `MBI's for`, `SSN on the`.
pub(in super::super) fn preposition_gap(bytes: &[u8], from: usize, to: usize) -> bool {
    let mut at = from;
    let mut seen = false;
    while at < to {
        let end = byte::skip(bytes, at, ALPHA).min(to);
        match bytes[at] {
            b' ' | b'#' | b'.' | b'\'' | b',' if end == at => at += 1,
            _ if PREPOSITIONS.has(&bytes[at..end]) => (seen, at) = (true, end),
            _ if end > at && (ARTICLES.has(&bytes[at..end]) || is_number_word(&bytes[at..end])) => at = end,
            _ => return false,
        }
    }
    seen
}

/// Whether what stands between two birth dates names a relative: ` and her husband on `.
pub(in super::super) fn kin_gap(bytes: &[u8], from: usize, to: usize) -> bool {
    let gap = bytes.get(from..to).filter(|gap| gap.len() <= 32 && gap.starts_with(b" and "));
    let mut relative = false;
    let of_kin = |word: &[u8]| {
        relative |= KIN.has(word);
        word.is_empty() || KIN.has(word) || OF_KIN.has(word)
    };
    gap.is_some_and(|gap| gap.split(|byte| *byte == b' ').all(of_kin)) && relative
}
