//! Roots and proofs against an independent implementation, the crate `tlog_tiles`, on ten thousand random trees.

use hipaa_core::audit::Range;
use hipaa_core::audit::merkle::{Hash, Proof, Subtrees, node, prove_consistency, prove_inclusion};
use sha2::{Digest, Sha256};
use std::convert::Infallible;
use tlog_tiles::tlog;

const TREES: u64 = 10_000;

/// A tree that keeps every hash: ours by level, theirs in their order of storage.
struct Tree {
    levels: Vec<Vec<Hash>>,
    stored: Vec<tlog::Hash>,
}

impl Tree {
    fn new(leaves: &[Hash]) -> Self {
        let mut levels = vec![leaves.to_vec()];
        while levels.last().unwrap().len() > 1 {
            let above = levels.last().unwrap().as_chunks::<2>().0.iter().map(|[left, right]| node(left, right));
            levels.push(above.collect());
        }
        let mut stored = Vec::new();
        for (n, leaf) in (0..).zip(leaves) {
            let more = tlog::stored_hashes_for_record_hash(n, tlog::Hash(*leaf), &Stored(&stored)).unwrap();
            stored.extend(more);
        }
        Self { levels, stored }
    }
}

impl Subtrees for &Tree {
    type Error = Infallible;
    fn subtree(&mut self, level: u32, index: u64) -> Result<Hash, Infallible> {
        Ok(self.levels[level as usize][usize::try_from(index).unwrap()])
    }
}

struct Stored<'a>(&'a [tlog::Hash]);

impl tlog::HashReader for Stored<'_> {
    fn read_hashes(&self, indexes: &[u64]) -> Result<Vec<tlog::Hash>, tlog_tiles::Error> {
        Ok(indexes.iter().map(|index| self.0[usize::try_from(*index).unwrap()]).collect())
    }
}

/// A number below `below` that depends on nothing but its arguments.
fn random(seed: u64, what: u8, below: u64) -> u64 {
    let hash: [u8; 32] = Sha256::new().chain_update(seed.to_be_bytes()).chain_update([what]).finalize().into();
    u64::from_be_bytes(hash[..8].try_into().unwrap()) % below
}

fn compare(seed: u64) {
    let most = if seed.is_multiple_of(20) { 700 } else { 60 };
    let size = 1 + random(seed, 0, most);
    let leaves = (0..size).map(|n| hipaa_core::audit::leaf_of(&[seed.to_be_bytes(), n.to_be_bytes()].concat()));
    let leaves = leaves.collect::<Vec<_>>();
    let tree = Tree::new(&leaves);
    let (index, old) = (random(seed, 1, size), 1 + random(seed, 2, size));
    let root_at = |size: u64| {
        let mut range = Range::default();
        leaves.iter().take(usize::try_from(size).unwrap()).for_each(|leaf| range.push(*leaf));
        range.root()
    };
    let (root, old_root) = (root_at(size), root_at(old));
    assert_eq!(tlog::tree_hash(size, &Stored(&tree.stored)).unwrap().0, root);

    let leaf = leaves[usize::try_from(index).unwrap()];
    let ours = prove_inclusion(&mut &tree, index, size).unwrap().unwrap();
    let theirs = tlog::prove_record(size, index, &Stored(&tree.stored)).unwrap();
    assert_eq!(ours.hashes(), theirs.iter().map(|hash| hash.0).collect::<Vec<_>>());
    tlog::check_record(&theirs, size, tlog::Hash(root), index, tlog::Hash(leaf)).unwrap();
    ours.verify_inclusion((&leaf, index), (size, &root)).unwrap();

    let ours = prove_consistency(&mut &tree, old, size).unwrap().unwrap();
    let theirs = tlog::prove_tree(size, old, &Stored(&tree.stored)).unwrap();
    assert_eq!(ours.hashes(), theirs.iter().map(|hash| hash.0).collect::<Vec<_>>());
    ours.verify_consistency((old, &old_root), (size, &root)).unwrap();

    agree_on_wrong_ones(seed, (index, leaf, old, old_root), (size, root), &tree);
}

/// Both refuse, or both accept, a proof for another place, another size, or of another length.
fn agree_on_wrong_ones(
    seed: u64,
    (index, leaf, old, old_root): (u64, Hash, u64, Hash),
    (size, root): (u64, Hash),
    tree: &Tree,
) {
    let (other_index, other_size) = (random(seed, 3, size + 2), 1 + random(seed, 4, 2 * size));
    let mut hashes = prove_inclusion(&mut &*tree, index, size).unwrap().unwrap().hashes().to_vec();
    for change in 0..3 {
        match change {
            1 => hashes.push(leaf),
            2 => hashes.truncate(hashes.len().saturating_sub(2)),
            _ => {}
        }
        let ours = Proof::from_hashes(hashes.clone()).unwrap();
        let theirs = hashes.iter().map(|hash| tlog::Hash(*hash)).collect::<tlog::RecordProof>();
        for (at, of) in [(index, size), (other_index, size), (index, other_size), (other_index, other_size)] {
            let accepted = tlog::check_record(&theirs, of, tlog::Hash(root), at, tlog::Hash(leaf)).is_ok();
            assert_eq!(ours.verify_inclusion((&leaf, at), (of, &root)).is_ok(), accepted, "{seed}: {at} of {of}");
        }
    }
    let hashes = prove_consistency(&mut &*tree, old, size).unwrap().unwrap().hashes().to_vec();
    let ours = Proof::from_hashes(hashes.clone()).unwrap();
    let theirs = hashes.iter().map(|hash| tlog::Hash(*hash)).collect::<tlog::TreeProof>();
    for (from, to) in [(old, size), (1 + random(seed, 5, size), size), (old, other_size)] {
        let accepted =
            from <= to && tlog::check_tree(&theirs, to, tlog::Hash(root), from, tlog::Hash(old_root)).is_ok();
        assert_eq!(ours.verify_consistency((from, &old_root), (to, &root)).is_ok(), accepted, "{seed}: {from} to {to}");
    }
}

#[test]
fn roots_and_proofs_agree_with_an_independent_implementation_on_ten_thousand_trees() {
    (0..TREES).for_each(compare);
}
