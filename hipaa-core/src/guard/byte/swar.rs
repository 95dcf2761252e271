//! Eight bytes at a step, in one machine word. A flag is the top bit of a byte.

const LOW: u64 = 0x7F7F_7F7F_7F7F_7F7F;
const TOP: u64 = 0x8080_8080_8080_8080;
const ONES: u64 = 0x0101_0101_0101_0101;

/// A flag for each byte from `first` to `last`; both are ASCII.
#[inline]
pub(in crate::guard) const fn between(word: u64, first: u8, last: u8) -> u64 {
    let low = word & LOW;
    let reached = low + (0x80 - first as u64) * ONES;
    let passed = low + (0x7F - last as u64) * ONES;
    reached & !passed & !word & TOP
}

/// A flag for each byte that is `want`, which is ASCII.
#[inline]
pub(in crate::guard) const fn equal(word: u64, want: u8) -> u64 {
    let other = word ^ (want as u64 * ONES);
    !(((other & LOW) + LOW) | other) & TOP
}

/// A flag for each byte outside ASCII.
#[inline]
pub(in crate::guard) const fn high(word: u64) -> u64 {
    word & TOP
}

/// Whether `flags` marks a byte of any word of the slice; short ends are filled with zeros.
#[inline]
pub(in crate::guard) fn has(bytes: &[u8], flags: impl Fn(u64) -> u64) -> bool {
    let (words, tail) = bytes.as_chunks::<8>();
    // The last eight bytes overlap the ones before them, where there are so many.
    let last = bytes.last_chunk::<8>().map_or_else(|| filled(tail), |word| u64::from_le_bytes(*word));
    words.iter().any(|word| flags(u64::from_le_bytes(*word)) != 0) || flags(last) != 0
}

/// Fewer than eight bytes, the first one lowest, and zeros.
#[inline]
fn filled(tail: &[u8]) -> u64 {
    tail.iter().rev().fold(0, |word, byte| word << 8 | u64::from(*byte))
}

/// The first place at or behind `from` that `flags` marks, as far as whole words go; `Err` tells
/// where they end.
#[inline]
pub(in crate::guard) fn find(bytes: &[u8], from: usize, flags: impl Fn(u64) -> u64) -> Result<usize, usize> {
    let mut at = from;
    while let Some(word) = bytes.get(at..).and_then(<[u8]>::first_chunk::<8>) {
        let found = flags(u64::from_le_bytes(*word));
        if found != 0 {
            return Ok(at + found.trailing_zeros() as usize / 8);
        }
        at += 8;
    }
    Err(at)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn words_and_plain_loops_agree(bytes in proptest::collection::vec(any::<u8>(), 0..40), from in 0..8_usize) {
            let flags = |word| between(word, b'0', b':') | equal(word, b'\\') | high(word);
            let plain = |byte: &u8| matches!(byte, b'0'..=b':' | b'\\' | 0x80..);
            prop_assert_eq!(has(&bytes, flags), bytes.iter().any(plain));
            let from = from.min(bytes.len());
            let first = bytes[from..].iter().position(plain).map(|at| from + at);
            match find(&bytes, from, flags) {
                Ok(at) => prop_assert_eq!(Some(at), first),
                Err(end) => prop_assert!(first.is_none_or(|at| at >= end) && bytes.len() - end < 8),
            }
        }
    }
}
