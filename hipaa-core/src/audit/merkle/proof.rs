//! Inclusion and consistency proofs (RFC 9162 § 2.1.3 and § 2.1.4), with path lengths checked exactly.

use super::{Hash, Subtrees, empty_root, node, tree_hash};

/// The most hashes of a proof: one per level of a tree of 2^63 leaves, and one more for a consistency proof.
pub const MAX_PROOF_HASHES: usize = 64;

/// A proof that does not prove what it is asked, or bytes that are no proof.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ProofError {
    /// The place is outside the tree, or the older tree is the larger one.
    #[error("the place is outside the tree")]
    Outside,
    /// The number of hashes is not the one that these sizes need.
    #[error("the proof has another length than these sizes need")]
    Length,
    /// The hashes lead to another root.
    #[error("the proof leads to another root")]
    Root,
    /// Not a whole number of hashes, or too many.
    #[error("the proof is malformed")]
    Malformed,
}

/// A path of hashes, from the leaf upward.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Proof(Vec<Hash>);

impl Proof {
    /// A proof of these hashes.
    ///
    /// # Errors
    /// [`ProofError::Malformed`] over [`MAX_PROOF_HASHES`].
    pub fn from_hashes(hashes: Vec<Hash>) -> Result<Self, ProofError> {
        if hashes.len() > MAX_PROOF_HASHES { Err(ProofError::Malformed) } else { Ok(Self(hashes)) }
    }

    /// Reads what [`Proof::to_bytes`] wrote.
    ///
    /// # Errors
    /// [`ProofError::Malformed`].
    pub fn decode(bytes: &[u8]) -> Result<Self, ProofError> {
        let (hashes, rest) = bytes.as_chunks::<32>();
        if !rest.is_empty() {
            return Err(ProofError::Malformed);
        }
        Self::from_hashes(hashes.to_vec())
    }

    /// The hashes, one after another.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        self.0.concat()
    }

    /// The hashes, from the leaf upward.
    #[must_use]
    pub fn hashes(&self) -> &[Hash] {
        &self.0
    }

    /// Checks that `leaf` is the leaf at `index` of the tree with this size and root.
    ///
    /// # Errors
    /// [`ProofError`].
    pub fn verify_inclusion(&self, (leaf, index): (&Hash, u64), (size, root): (u64, &Hash)) -> Result<(), ProofError> {
        if index >= size {
            return Err(ProofError::Outside);
        }
        let (inner, border) = shape(index, size);
        if self.0.len() != inner + border {
            return Err(ProofError::Length);
        }
        let (inner, border) = self.0.split_at(inner);
        same(&climb_border(climb(*leaf, inner, index), border), root)
    }

    /// Checks that the tree with the first size and root is a beginning of the second. An empty tree begins every tree and
    /// needs an empty proof, as do two trees of one size.
    ///
    /// # Errors
    /// [`ProofError`].
    pub fn verify_consistency(
        &self,
        (old_size, old_root): (u64, &Hash),
        (new_size, new_root): (u64, &Hash),
    ) -> Result<(), ProofError> {
        if old_size > new_size {
            return Err(ProofError::Outside);
        }
        if old_size == new_size || old_size == 0 {
            let expected = if old_size == 0 { &empty_root() } else { new_root };
            same(old_root, expected)?;
            let empty_end = if new_size == 0 { same(new_root, &empty_root()) } else { Ok(()) };
            return if self.0.is_empty() { empty_end } else { Err(ProofError::Length) };
        }
        let shift = old_size.trailing_zeros();
        let (inner, border) = shape(old_size - 1, new_size);
        let inner = inner - shift as usize;
        let (seed, path) = match self.0.split_first() {
            _ if old_size.is_power_of_two() => (*old_root, self.0.as_slice()),
            Some((first, rest)) => (*first, rest),
            None => return Err(ProofError::Length),
        };
        if path.len() != inner + border {
            return Err(ProofError::Length);
        }
        let (inner, border) = path.split_at(inner);
        let mask = (old_size - 1) >> shift;
        same(&climb_border(climb_right(seed, inner, mask), border), old_root)?;
        same(&climb_border(climb(seed, inner, mask), border), new_root)
    }
}

/// How many hashes stand below and on the right border of the tree on the way up from this leaf.
fn shape(index: u64, size: u64) -> (usize, usize) {
    let inner = u64::BITS - (index ^ (size - 1)).leading_zeros();
    (inner as usize, index.checked_shr(inner).unwrap_or(0).count_ones() as usize)
}

fn climb(seed: Hash, path: &[Hash], index: u64) -> Hash {
    let sides = (0u32..).map(|level| index.checked_shr(level).unwrap_or(0) & 1 == 1);
    path.iter()
        .zip(sides)
        .fold(seed, |hash, (other, right)| if right { node(other, &hash) } else { node(&hash, other) })
}

fn climb_right(seed: Hash, path: &[Hash], index: u64) -> Hash {
    let sides = (0u32..).map(|level| index.checked_shr(level).unwrap_or(0) & 1 == 1);
    path.iter().zip(sides).filter(|(_, right)| *right).fold(seed, |hash, (other, _)| node(other, &hash))
}

fn climb_border(seed: Hash, path: &[Hash]) -> Hash {
    path.iter().fold(seed, |hash, other| node(other, &hash))
}

fn same(ours: &Hash, theirs: &Hash) -> Result<(), ProofError> {
    if ours == theirs { Ok(()) } else { Err(ProofError::Root) }
}

/// The proof that the leaf at `index` is in the tree of `size` leaves; none where it is not.
///
/// # Errors
/// Those of the source.
pub fn prove_inclusion<S: Subtrees>(source: &mut S, index: u64, size: u64) -> Result<Option<Proof>, S::Error> {
    if index >= size {
        return Ok(None);
    }
    let (mut from, mut to, mut path) = (0, size, Vec::new());
    while to - from > 1 {
        let middle = from + split(to - from);
        if index < middle {
            path.push(tree_hash(source, middle, to)?);
            to = middle;
        } else {
            path.push(tree_hash(source, from, middle)?);
            from = middle;
        }
    }
    path.reverse();
    Ok(Some(Proof(path)))
}

/// The proof that the tree of `old` leaves is a beginning of that of `new` leaves; none where it is the larger one.
///
/// # Errors
/// Those of the source.
pub fn prove_consistency<S: Subtrees>(source: &mut S, old: u64, new: u64) -> Result<Option<Proof>, S::Error> {
    if old > new {
        return Ok(None);
    }
    if old == 0 {
        return Ok(Some(Proof::default()));
    }
    let (mut from, mut to, mut path) = (0, new, Vec::new());
    while to != old {
        let middle = from + split(to - from);
        if old <= middle {
            path.push(tree_hash(source, middle, to)?);
            to = middle;
        } else {
            path.push(tree_hash(source, from, middle)?);
            from = middle;
        }
    }
    if from > 0 {
        path.push(tree_hash(source, from, to)?);
    }
    path.reverse();
    Ok(Some(Proof(path)))
}

/// The largest power of two below `size`, which is at least 2.
fn split(size: u64) -> u64 {
    1 << (size - 1).ilog2()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::Range;
    use crate::audit::merkle::perfect_root;
    use core::convert::Infallible;

    struct Leaves(Vec<Hash>);

    impl Subtrees for Leaves {
        type Error = Infallible;
        fn subtree(&mut self, level: u32, index: u64) -> Result<Hash, Infallible> {
            let (from, count) = (usize::try_from(index << level).unwrap(), 1 << level);
            Ok(perfect_root(&self.0[from..from + count]).unwrap())
        }
    }

    fn leaves(count: u64) -> Vec<Hash> {
        (0..count).map(|n| crate::audit::leaf_of(&n.to_be_bytes())).collect()
    }

    fn roots(leaves: &[Hash]) -> Vec<Hash> {
        let mut range = Range::default();
        let first = range.root();
        let rest = leaves.iter().map(|leaf| {
            range.push(*leaf);
            range.root()
        });
        core::iter::once(first).chain(rest).collect()
    }

    #[test]
    fn every_leaf_of_every_small_tree_is_proven_and_no_other() {
        let all = leaves(70);
        let roots = roots(&all);
        for size in 0..=70u64 {
            let root = &roots[usize::try_from(size).unwrap()];
            let mut source = Leaves(all.clone());
            for index in 0..size {
                let proof = prove_inclusion(&mut source, index, size).unwrap().unwrap();
                let leaf = &all[usize::try_from(index).unwrap()];
                assert_eq!(proof.verify_inclusion((leaf, index), (size, root)), Ok(()));
                for other in (0..size).filter(|other| *other != index) {
                    assert!(
                        proof.verify_inclusion((leaf, other), (size, root)).is_err(),
                        "{index} as {other} of {size}"
                    );
                }
                assert!(proof.verify_inclusion((&[9; 32], index), (size, root)).is_err());
            }
            assert_eq!(prove_inclusion(&mut source, size, size), Ok(None));
            assert_eq!(Proof::default().verify_inclusion((root, size), (size, root)), Err(ProofError::Outside));
        }
    }

    #[test]
    fn every_beginning_of_every_small_tree_is_proven_and_no_other() {
        let all = leaves(40);
        let roots = roots(&all);
        let root = |size: u64| &roots[usize::try_from(size).unwrap()];
        for new in 0..=40u64 {
            let mut source = Leaves(all.clone());
            for old in 0..=new {
                let proof = prove_consistency(&mut source, old, new).unwrap().unwrap();
                assert_eq!(proof.verify_consistency((old, root(old)), (new, root(new))), Ok(()), "{old} of {new}");
                for other in (0..=40).filter(|other| *other != old && *other != 0) {
                    assert!(proof.verify_consistency((other, root(old)), (new, root(new))).is_err() || old == 0);
                    assert!(proof.verify_consistency((old, root(other)), (new, root(new))).is_err());
                }
            }
            assert_eq!(prove_consistency(&mut source, new + 1, new), Ok(None));
        }
    }

    #[test]
    fn a_proof_that_is_longer_or_shorter_is_refused_by_its_length() {
        let all = leaves(21);
        let root = roots(&all)[21];
        let mut source = Leaves(all.clone());
        let proof = prove_inclusion(&mut source, 3, 21).unwrap().unwrap();
        let with = |hashes: &[Hash]| Proof::from_hashes(hashes.to_vec()).unwrap();
        let shorter = with(&proof.0[1..]);
        let longer = with(&[proof.0.as_slice(), &[[0; 32]]].concat());
        for wrong in [shorter, longer] {
            assert_eq!(wrong.verify_inclusion((&all[3], 3), (21, &root)), Err(ProofError::Length));
        }
        let eight = roots(&all)[8];
        let proof = prove_consistency(&mut source, 8, 21).unwrap().unwrap();
        let longer = with(&[proof.0.as_slice(), &[[0; 32]]].concat());
        assert_eq!(longer.verify_consistency((8, &eight), (21, &root)), Err(ProofError::Length));
        assert_eq!(longer.verify_consistency((21, &root), (21, &root)), Err(ProofError::Length));
    }

    #[test]
    fn the_empty_tree_begins_every_tree_and_has_one_root() {
        let root = roots(&leaves(3))[3];
        let none = Proof::default();
        assert_eq!(none.verify_consistency((0, &empty_root()), (3, &root)), Ok(()));
        assert_eq!(none.verify_consistency((0, &empty_root()), (0, &empty_root())), Ok(()));
        assert_eq!(none.verify_consistency((0, &root), (3, &root)), Err(ProofError::Root));
        assert_eq!(none.verify_consistency((0, &empty_root()), (0, &root)), Err(ProofError::Root));
        assert_eq!(none.verify_consistency((3, &root), (0, &empty_root())), Err(ProofError::Outside));
    }

    #[test]
    fn a_proof_has_whole_hashes_and_64_at_most() {
        assert_eq!(Proof::decode(&[0; 31]), Err(ProofError::Malformed));
        assert_eq!(Proof::decode(&[0; 65 * 32]), Err(ProofError::Malformed));
        let most = Proof::decode(&[7; 64 * 32]).unwrap();
        assert_eq!(Proof::decode(&most.to_bytes()), Ok(most.clone()));
        assert_eq!(most.verify_inclusion((&[0; 32], 0), (u64::MAX, &[0; 32])), Err(ProofError::Root));
    }
}
