//! Small sets of words, hashed at compile time.

/// A set of lower-case ASCII words of at most 16 bytes.
#[derive(Debug)]
pub(super) struct WordSet<const N: usize>([u64; N]);

/// The longest word a set can hold, in bytes.
const LONGEST: usize = 16;

/// A word of 16 bytes at most, lower-cased and mixed; words of eight bytes and fewer never share their mix.
const fn mix(low: u64, high: u64) -> u64 {
    low.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ high.wrapping_mul(0xC2B2_AE3D_27D4_EB4F).rotate_left(32)
}

const fn slot(hash: u64, slots: usize) -> usize {
    (hash >> 48) as usize & (slots - 1)
}

/// Each of the first `len` bytes with the bit that small letters have.
fn small(bytes: u64, len: usize) -> u64 {
    bytes | 0x2020_2020_2020_2020 & super::byte::FIRST[len.min(8)]
}

/// The word in two halves, without a loop over its letters: how long it is would be hard to guess.
#[inline]
fn halves(word: &[u8]) -> (u64, u64) {
    let len = word.len();
    if let (Some(first), Some(last)) = (word.first_chunk::<8>(), word.last_chunk::<8>()) {
        let high = if len > 8 { u64::from_le_bytes(*last) >> (8 * (LONGEST - len)) } else { 0 };
        return (small(u64::from_le_bytes(*first), 8), small(high, len - 8));
    }
    let low = match (word.first_chunk::<4>(), word.last_chunk::<4>()) {
        (Some(first), Some(last)) => {
            u64::from(u32::from_le_bytes(*first)) | u64::from(u32::from_le_bytes(*last)) << (8 * (len - 4))
        }
        _ => {
            u64::from(word[0])
                | u64::from(word[len / 2]) << (8 * (len / 2))
                | u64::from(word[len - 1]) << (8 * (len - 1))
        }
    };
    (small(low, len), 0)
}

impl<const N: usize> WordSet<N> {
    /// The words of a list, parted by blanks; `N` is a power of two, and should be twice their number or more.
    pub(super) const fn new(list: &str) -> Self {
        const { assert!(N.is_power_of_two()) }
        let bytes = list.as_bytes();
        let mut slots = [0; N];
        let mut at = 0;
        while at < bytes.len() {
            let mut halves = [0, 0];
            let start = at;
            while at < bytes.len() && bytes[at] != b' ' {
                let place = at - start;
                halves[place / 8] |= ((bytes[at] | 0x20) as u64) << (8 * (place % 8));
                at += 1;
            }
            if at > start {
                let hash = mix(halves[0], halves[1]);
                let mut place = slot(hash, N);
                while slots[place] != 0 && slots[place] != hash {
                    place = (place + 1) % N;
                }
                slots[place] = hash;
            }
            at += 1;
        }
        Self(slots)
    }

    /// Whether the word is in the set, in whatever case.
    #[inline]
    pub(super) fn has(&self, word: &[u8]) -> bool {
        holds(&self.0, word)
    }
}

/// Said once for all sets and places that ask, so that the code of a text stays small.
#[inline(never)]
fn holds(slots: &[u64], word: &[u8]) -> bool {
    if word.is_empty() || word.len() > LONGEST {
        return false;
    }
    #[cfg(test)]
    super::steps::add(word.len());
    let (low, high) = halves(word);
    let hash = mix(low, high);
    let mut place = slot(hash, slots.len());
    loop {
        match slots[place] {
            0 => return false,
            known if known == hash => return true,
            _ => place = (place + 1) & (slots.len() - 1),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_has_its_words_in_any_case_and_no_others() {
        const SET: WordSet<16> = WordSet::new("mg  tablet l/min");
        assert!(SET.has(b"mg") && SET.has(b"TABLET") && SET.has(b"l/min"));
        assert!(!SET.has(b"") && !SET.has(b"tab") && !SET.has(b"tablets"));
        const LONG: WordSet<64> = WordSet::new("a ab abc abcd abcde abcdefg abcdefgh abcdefghi abcdefghijklmnop");
        let letters = b"abcdefghijklmnopq";
        for len in 0..=letters.len() {
            let word = &letters[..len];
            assert_eq!(LONG.has(word), [1, 2, 3, 4, 5, 7, 8, 9, 16].contains(&len), "{len}");
            assert!(len < 2 || !LONG.has(&word[1..]));
            assert_eq!(LONG.has(&word.to_ascii_uppercase()), LONG.has(word));
        }
    }
}
