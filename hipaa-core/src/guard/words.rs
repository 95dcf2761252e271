//! Small sets of words, hashed at compile time.

/// A set of lower-case ASCII words of at most 16 bytes.
#[derive(Debug)]
pub(super) struct WordSet<const N: usize>([u64; N]);

const fn mix(hash: u64, byte: u8) -> u64 {
    (hash ^ (byte | 0x20) as u64).wrapping_mul(0x0100_0000_01B3)
}

const SEED: u64 = 0xCBF2_9CE4_8422_2325;

const fn slot(hash: u64, slots: usize) -> usize {
    ((hash >> 32) % slots as u64) as usize
}

impl<const N: usize> WordSet<N> {
    /// The words of a list, parted by blanks; `N` should be twice their number or more.
    pub(super) const fn new(list: &str) -> Self {
        let bytes = list.as_bytes();
        let mut slots = [0; N];
        let mut at = 0;
        while at < bytes.len() {
            let mut hash = SEED;
            let start = at;
            while at < bytes.len() && bytes[at] != b' ' {
                hash = mix(hash, bytes[at]);
                at += 1;
            }
            if at > start {
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
    pub(super) fn has(&self, word: &[u8]) -> bool {
        if word.is_empty() || word.len() > 16 {
            return false;
        }
        #[cfg(test)]
        super::steps::add(word.len());
        let hash = word.iter().fold(SEED, |hash, byte| mix(hash, *byte));
        let mut place = slot(hash, N);
        while self.0[place] != 0 {
            if self.0[place] == hash {
                return true;
            }
            place = (place + 1) % N;
        }
        false
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
    }
}
