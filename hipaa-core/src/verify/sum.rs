//! Whether two sets are the same, in constant memory: the exclusive or of a keyed fingerprint of every element.
//!
//! The fingerprint is the CBC-MAC of AES-128 over the length and the bytes of an element; with the length in front no
//! element is the beginning of another, which CBC-MAC needs. The key is fresh for every examination, so nobody can choose
//! elements that cancel each other out: two different sets agree with a probability of about 2^-128 for each pair of them.

use aes::Aes128;
use aes::cipher::{Block, BlockCipherEncrypt, KeyInit};
use core::fmt;
use sha2::{Digest, Sha256};

const BLOCK: usize = 16;
/// The longest element that is taken as it is, with its length in front; longer ones are hashed before.
const LONGEST: usize = 240;
const TWO: usize = 2 * BLOCK;
/// Elements at a time: what wide registers hold, twice.
const MANY: usize = 8;

/// The key of the sums of one examination.
#[derive(Clone)]
pub(super) struct SumKey {
    bytes: [u8; 32],
    cipher: Aes128,
}

impl SumKey {
    pub(super) fn new(bytes: [u8; 32]) -> Self {
        let [key, _] = halves(&bytes);
        Self { bytes, cipher: Aes128::new(&key.into()) }
    }

    pub(super) const fn bytes(&self) -> &[u8; 32] {
        &self.bytes
    }

    /// The fingerprint of an element that is given in parts, of which all but the last have a fixed length or carry it.
    pub(super) fn fingerprint(&self, parts: &[&[u8]]) -> u128 {
        let mut bytes = [0; LONGEST];
        match lay(parts, &mut bytes) {
            Some(length) => self.mac(&bytes, length),
            None => self.of_long(parts),
        }
    }

    /// Nothing of ours is so long; what somebody stored may be. Its first byte is 255, which is no length of a short one.
    fn of_long(&self, parts: &[&[u8]]) -> u128 {
        let hasher = parts.iter().fold(Sha256::new(), |hasher, part| hasher.chain_update(part));
        let mut bytes = [0; LONGEST];
        bytes[0] = u8::MAX;
        bytes[1..33].copy_from_slice(&hasher.finalize());
        self.mac(&bytes, usize::from(u8::MAX))
    }

    fn mac(&self, bytes: &[u8; LONGEST], length: usize) -> u128 {
        let mut state = Block::<Aes128>::default();
        for block in bytes.as_chunks::<BLOCK>().0.iter().take(length.div_ceil(BLOCK)) {
            state.iter_mut().zip(block).for_each(|(byte, other)| *byte ^= other);
            self.cipher.encrypt_block(&mut state);
        }
        u128::from_be_bytes(state.into())
    }
}

fn halves(bytes: &[u8; 32]) -> [[u8; 16]; 2] {
    let (halves, _) = bytes.as_chunks::<16>();
    halves.try_into().unwrap_or_default()
}

impl PartialEq for SumKey {
    fn eq(&self, other: &Self) -> bool {
        self.bytes == other.bytes
    }
}

impl Default for SumKey {
    fn default() -> Self {
        Self::new([0; 32])
    }
}

impl fmt::Debug for SumKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SumKey(…)")
    }
}

/// The sum of a set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Sum(pub(super) u128);

/// A sum that is being made. Elements of two blocks, as nearly all of ours are, are encrypted several at a time.
pub(super) struct Adding<'k> {
    key: &'k SumKey,
    sum: u128,
    held: [[u8; TWO]; MANY],
    count: usize,
}

impl<'k> Adding<'k> {
    pub(super) const fn new(key: &'k SumKey) -> Self {
        Self { key, sum: 0, held: [[0; TWO]; MANY], count: 0 }
    }

    /// Adds an element.
    pub(super) fn add(&mut self, parts: &[&[u8]]) {
        let length = parts.iter().fold(1usize, |length, part| length.saturating_add(part.len()));
        let place = self.held.get_mut(self.count).filter(|_| (BLOCK + 1..=TWO).contains(&length));
        if place.and_then(|place| lay(parts, place)).is_none() {
            self.sum ^= self.key.fingerprint(parts);
            return;
        }
        self.count += 1;
        if self.count == MANY {
            self.encrypt();
        }
    }

    fn encrypt(&mut self) {
        let mut states = [Block::<Aes128>::default(); MANY];
        for half in 0..2 {
            for (state, element) in states.iter_mut().zip(&self.held) {
                let block = element.as_chunks::<BLOCK>().0.get(half).into_iter().flatten();
                state.iter_mut().zip(block).for_each(|(byte, other)| *byte ^= other);
            }
            self.key.cipher.encrypt_blocks(&mut states);
        }
        let made = states.iter().take(self.count).map(|state| u128::from_be_bytes((*state).into()));
        self.sum = made.fold(self.sum, |sum, made| sum ^ made);
        self.count = 0;
    }

    /// The sum of what was added.
    pub(super) fn finish(mut self) -> Sum {
        self.encrypt();
        Sum(self.sum)
    }
}

impl fmt::Debug for Adding<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Adding(…)")
    }
}

/// Lays an element out behind its length and clears what is behind it; none where it does not fit.
fn lay(parts: &[&[u8]], out: &mut [u8]) -> Option<usize> {
    let mut length = 1usize;
    for part in parts {
        let end = length.checked_add(part.len())?;
        out.get_mut(length..end)?.copy_from_slice(part);
        length = end;
    }
    out.get_mut(length..)?.fill(0);
    *out.first_mut()? = u8::try_from(length).unwrap_or(u8::MAX);
    Some(length)
}

impl Sum {
    pub(super) const fn merge(&mut self, other: Self) {
        self.0 ^= other.0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sum(elements: &[&[u8]]) -> Sum {
        let key = SumKey::new([7; 32]);
        let mut sum = Adding::new(&key);
        elements.iter().for_each(|element| sum.add(&[element]));
        sum.finish()
    }

    #[test]
    fn the_order_does_not_matter_and_everything_else_does() {
        assert_eq!(sum(&[b"a", b"b"]), sum(&[b"b", b"a"]));
        assert_ne!(sum(&[b"a", b"b"]), sum(&[b"a"]));
        assert_ne!(sum(&[b"a", b"b"]), sum(&[b"ab"]));
        assert_ne!(sum(&[b"a"]), sum(&[b"a\0"]));
        assert_ne!(sum(&[&[0; 15]]), sum(&[&[0; 16]]));
        assert_ne!(SumKey::new([1; 32]).fingerprint(&[b"a"]), SumKey::new([2; 32]).fingerprint(&[b"a"]));
    }

    #[test]
    fn elements_longer_than_any_of_ours_are_told_apart() {
        let long = |byte: u8, length: usize| vec![byte; length];
        for length in [238, 239, 240, 241, 255, 300, 70_000] {
            assert_ne!(sum(&[&long(1, length)]), sum(&[&long(2, length)]), "{length}");
            assert_ne!(sum(&[&long(1, length)]), sum(&[&long(1, length + 1)]), "{length}");
        }
        let key = SumKey::new([7; 32]);
        assert_eq!(key.fingerprint(&[&long(1, 200), &long(1, 100)]), key.fingerprint(&[&long(1, 300)]));
    }

    #[test]
    fn what_is_added_many_at_a_time_is_the_sum_of_the_fingerprints() {
        let key = SumKey::new([9; 32]);
        let element = |at: usize| vec![u8::try_from(at).unwrap(); at % 40];
        for count in 0..60 {
            let mut adding = Adding::new(&key);
            (0..count).for_each(|at| adding.add(&[&element(at)]));
            let one_by_one = (0..count).fold(0, |sum, at| sum ^ key.fingerprint(&[&element(at)]));
            assert_eq!(adding.finish(), Sum(one_by_one), "{count}");
        }
    }

    #[test]
    fn how_an_element_is_parted_does_not_matter() {
        let key = SumKey::new([7; 32]);
        assert_eq!(key.fingerprint(&[b"one", b"two"]), key.fingerprint(&[b"onetwo"]));
    }

    #[test]
    fn a_fingerprint_is_that_of_aes_by_the_book() {
        // FIPS 197, appendix B: one block, which here would be length and bytes; so only its inverse shows the key is used.
        let key = SumKey::new([0; 32]);
        let mut block = Block::<Aes128>::default();
        block[0] = 2;
        block[1] = b'a';
        Aes128::new(&[0; 16].into()).encrypt_block(&mut block);
        assert_eq!(key.fingerprint(&[b"a"]), u128::from_be_bytes(block.into()));
    }
}
