//! The ragged right edge of a log's Merkle tree (RFC 6962 § 2.1): one hash per perfect subtree, the largest first.

use super::Leaf;
use super::merkle::{empty_root, node};

/// The hashes from which a tree goes on growing: as many as the size has one bits, 64 at most.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Range {
    size: u64,
    hashes: Vec<[u8; 32]>,
}

impl Range {
    /// The range of a tree of `size` leaves with these hashes, if their number fits.
    #[must_use]
    pub fn from_parts(size: u64, hashes: &[u8]) -> Option<Self> {
        let (hashes, rest) = hashes.as_chunks::<32>();
        let fits = rest.is_empty() && u32::try_from(hashes.len()).ok()? == size.count_ones();
        fits.then(|| Self { size, hashes: hashes.to_vec() })
    }

    /// How many leaves the tree has.
    #[must_use]
    pub const fn size(&self) -> u64 {
        self.size
    }

    /// The hashes, the largest subtree first, one after another.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        self.hashes.concat()
    }

    /// Adds a leaf at the right.
    pub fn push(&mut self, leaf: Leaf) {
        self.push_subtree(0, leaf);
    }

    /// Adds the perfect subtree of 2^`level` leaves with this hash at the right; false, and nothing is added, unless it
    /// begins at a multiple of its own width.
    pub fn push_subtree(&mut self, level: u32, mut hash: [u8; 32]) -> bool {
        let width = 1u64.checked_shl(level).unwrap_or(0);
        if self.size.checked_rem(width) != Some(0) {
            return false;
        }
        let mut places = self.size >> level;
        while places & 1 == 1 {
            if let Some(left) = self.hashes.pop() {
                hash = node(&left, &hash);
            }
            places >>= 1;
        }
        self.hashes.push(hash);
        self.size = self.size.saturating_add(width);
        true
    }

    /// The root of the tree; SHA-256 of nothing for the empty tree.
    #[must_use]
    pub fn root(&self) -> [u8; 32] {
        let mut hashes = self.hashes.iter().rev();
        match hashes.next() {
            Some(last) => hashes.fold(*last, |right, left| node(left, &right)),
            None => empty_root(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sha2::{Digest, Sha256};

    /// The definition of RFC 6962 § 2.1, word for word.
    fn root_of(leaves: &[Leaf]) -> [u8; 32] {
        match leaves {
            [] => Sha256::digest([]).into(),
            [leaf] => *leaf,
            _ => {
                let split = leaves.len().next_power_of_two() / 2;
                node(&root_of(&leaves[..split]), &root_of(&leaves[split..]))
            }
        }
    }

    #[test]
    fn the_root_is_that_of_rfc_6962_at_every_size() {
        let mut range = Range::default();
        let mut leaves = Vec::new();
        for size in 0u64..300 {
            assert_eq!(range.root(), root_of(&leaves), "{size}");
            assert_eq!(Range::from_parts(size, &range.to_bytes()), Some(range.clone()));
            assert_eq!(
                Range::from_parts(size + 1, &range.to_bytes()).is_some(),
                size.count_ones() == (size + 1).count_ones()
            );
            let leaf = super::super::leaf_of(&size.to_be_bytes());
            range.push(leaf);
            leaves.push(leaf);
        }
    }

    #[test]
    fn a_tree_of_subtrees_is_that_of_their_leaves() {
        for size in 0..70u64 {
            let leaf = |n: u64| super::super::leaf_of(&n.to_be_bytes());
            let (mut whole, mut parts) = (Range::default(), Range::default());
            (0..size).for_each(|n| whole.push(leaf(n)));
            for from in (0..size / 8).map(|n| n * 8) {
                let mut part = Range::default();
                (from..from + 8).for_each(|n| part.push(leaf(n)));
                assert!(parts.push_subtree(3, part.root()));
            }
            (size / 8 * 8..size).for_each(|n| parts.push(leaf(n)));
            assert_eq!(parts, whole, "{size}");
            let before = parts.clone();
            assert_eq!(parts.push_subtree(3, [0; 32]), size % 8 == 0);
            assert_eq!(parts == before, size % 8 != 0);
        }
    }

    #[test]
    fn known_answers_of_certificate_transparency() {
        let inputs: [&[u8]; 4] = [b"", b"\x00", b"\x10", b"\x20\x21"];
        let roots = [
            "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
            "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
            "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        ];
        let mut range = Range::default();
        for (input, root) in inputs.iter().zip(roots) {
            range.push(super::super::leaf_of(input));
            assert_eq!(hex::encode(range.root()), root);
        }
    }
}
