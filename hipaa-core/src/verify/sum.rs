//! Whether two sets are the same, in constant memory: the exclusive or of a keyed hash of every element.
//!
//! The key is fresh for every examination, so nobody can choose elements that cancel each other out: two different sets
//! agree with probability 2^-128.

/// The key of the sums of one examination.
pub(super) type SumKey = [u8; 32];

/// The sum of a set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Sum(pub(super) u128);

impl Sum {
    /// Adds an element that is given in parts of fixed length, but for the last one.
    pub(super) fn add(&mut self, key: &SumKey, parts: &[&[u8]]) {
        let mut bytes = [0; 128];
        let mut length = 0usize;
        for part in parts {
            let end = length.saturating_add(part.len());
            let Some(place) = bytes.get_mut(length..end) else { return self.add_long(key, parts) };
            place.copy_from_slice(part);
            length = end;
        }
        let hash = blake3::keyed_hash(key, bytes.get(..length).unwrap_or_default());
        self.merge(Self(first(hash.as_bytes())));
    }

    fn add_long(&mut self, key: &SumKey, parts: &[&[u8]]) {
        let mut hasher = blake3::Hasher::new_keyed(key);
        for part in parts {
            hasher.update(part);
        }
        self.merge(Self(first(hasher.finalize().as_bytes())));
    }

    pub(super) const fn merge(&mut self, other: Self) {
        self.0 ^= other.0;
    }
}

/// A keyed fingerprint.
pub(super) fn fingerprint(key: &SumKey, parts: &[&[u8]]) -> u128 {
    let mut sum = Sum::default();
    sum.add(key, parts);
    sum.0
}

fn first(hash: &[u8; 32]) -> u128 {
    hash.first_chunk().map_or(0, |bytes| u128::from_be_bytes(*bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_order_does_not_matter_and_everything_else_does() {
        let key = [7; 32];
        let sum = |elements: &[&[u8]]| {
            let mut sum = Sum::default();
            elements.iter().for_each(|element| sum.add(&key, &[element]));
            sum
        };
        assert_eq!(sum(&[b"a", b"b"]), sum(&[b"b", b"a"]));
        assert_ne!(sum(&[b"a", b"b"]), sum(&[b"a"]));
        assert_ne!(sum(&[b"a", b"b"]), sum(&[b"ab"]));
        let long = [1; 200];
        let mut one = Sum::default();
        one.add(&key, &[&long]);
        let mut two = Sum::default();
        two.add(&key, &[&long[..100], &long[100..]]);
        assert_eq!(one, two);
    }
}
