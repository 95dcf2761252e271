//! The Merkle tree over the leaves of a log, as RFC 6962 § 2.1 defines it: proofs, tiles and their checks.
//!
//! Pure: hashes come from a [`Subtrees`] or a [`TileSource`], which an adapter or a verifier implements.

mod proof;
mod tile;

pub use proof::{MAX_PROOF_HASHES, Proof, ProofError, prove_consistency, prove_inclusion};
pub use tile::{TILE_BYTES, TILE_HASHES, Tile, TileError, TileSource, Tiled, complete_tile, completed_tiles};

use sha2::{Digest, Sha256};

/// A hash of the tree.
pub type Hash = [u8; 32];

/// Where the hashes of perfect subtrees come from.
pub trait Subtrees {
    /// Why a hash is not to be had.
    type Error;

    /// The hash of the perfect subtree of 2^`level` leaves that begins at leaf `index` · 2^`level`.
    ///
    /// # Errors
    /// Those of the source.
    fn subtree(&mut self, level: u32, index: u64) -> Result<Hash, Self::Error>;
}

/// The root of the tree without leaves: SHA-256 of nothing.
#[must_use]
pub fn empty_root() -> Hash {
    Sha256::digest([]).into()
}

/// SHA-256(0x01 ‖ left ‖ right).
#[must_use]
pub fn node(left: &Hash, right: &Hash) -> Hash {
    let mut bytes = [1; 65];
    bytes[1..33].copy_from_slice(left);
    bytes[33..].copy_from_slice(right);
    Sha256::digest(bytes).into()
}

/// The root over hashes of which the number is a power of two.
pub(crate) fn perfect_root(hashes: &[Hash]) -> Option<Hash> {
    if !hashes.len().is_power_of_two() {
        return None;
    }
    let mut row = hashes.to_vec();
    while row.len() > 1 {
        row = row.as_chunks::<2>().0.iter().map(|[left, right]| node(left, right)).collect();
    }
    row.first().copied()
}

/// The tree hash of leaves `from..to`, where `from` is aligned as RFC 6962 splits trees.
fn tree_hash<S: Subtrees>(source: &mut S, from: u64, to: u64) -> Result<Hash, S::Error> {
    let (mut at, mut hashes) = (from, Vec::new());
    while at < to {
        let level = (to - at).ilog2();
        hashes.push(source.subtree(level, at >> level)?);
        at += 1 << level;
    }
    let last = hashes.pop().unwrap_or_else(empty_root);
    Ok(hashes.iter().rev().fold(last, |right, left| node(left, &right)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_perfect_root_is_that_of_the_range() {
        let mut range = crate::audit::Range::default();
        let leaves = (0..8u8).map(|n| [n; 32]).collect::<Vec<_>>();
        leaves.iter().for_each(|leaf| range.push(*leaf));
        assert_eq!(perfect_root(&leaves), Some(range.root()));
        assert_eq!(perfect_root(&leaves[..3]), None);
        assert_eq!(perfect_root(&[]), None);
    }
}
