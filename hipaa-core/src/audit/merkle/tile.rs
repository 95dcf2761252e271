//! Tiles of 256 hashes, as C2SP `tlog-tiles` cuts the tree: tile (l, n) holds the hashes of the perfect subtrees of 256^l
//! leaves from 256 · n on. Only full tiles are kept; the ragged edge is in the head's [`Range`](crate::audit::Range).

use super::{Hash, Subtrees, perfect_root};
use crate::audit::Leaf;

/// The hashes of a full tile.
pub const TILE_HASHES: u64 = 256;
/// The bytes of a full tile.
pub const TILE_BYTES: usize = 8192;
/// The highest level that a log of 2^63 entries can fill.
const MAX_LEVEL: u8 = 6;

/// Bytes that are not a full tile.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a tile has 8,192 bytes")]
pub struct TileError;

/// A full tile.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tile(Vec<Hash>);

impl Tile {
    /// Reads a tile.
    ///
    /// # Errors
    /// [`TileError`] for any other number of bytes.
    pub fn decode(bytes: &[u8]) -> Result<Self, TileError> {
        let (hashes, rest) = bytes.as_chunks::<32>();
        if rest.is_empty() { Self::from_hashes(hashes.to_vec()) } else { Err(TileError) }
    }

    /// A tile of these hashes.
    ///
    /// # Errors
    /// [`TileError`] unless there are 256.
    pub fn from_hashes(hashes: Vec<Hash>) -> Result<Self, TileError> {
        if hashes.len().saturating_mul(32) == TILE_BYTES { Ok(Self(hashes)) } else { Err(TileError) }
    }

    /// The hashes, one after another.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        self.0.concat()
    }

    /// The hashes.
    #[must_use]
    pub fn hashes(&self) -> &[Hash] {
        &self.0
    }

    /// The hash of the subtree over all of it.
    #[must_use]
    pub fn root(&self) -> Hash {
        perfect_root(&self.0).unwrap_or_default()
    }
}

/// Where tiles and leaves are kept.
pub trait TileSource {
    /// Why they cannot be read.
    type Error;

    /// A full tile; none where it is not kept.
    ///
    /// # Errors
    /// Those of the source.
    fn tile(&mut self, level: u8, index: u64) -> Result<Option<Tile>, Self::Error>;

    /// Exactly these leaves.
    ///
    /// # Errors
    /// Those of the source, also when one is missing.
    fn leaves(&mut self, from: u64, count: u64) -> Result<Vec<Leaf>, Self::Error>;
}

/// The tiles that are completed while a log grows from `from` to `to` entries: level and index, the lower levels first.
pub fn completed_tiles(from: u64, to: u64) -> impl Iterator<Item = (u8, u64)> {
    let width = |level: u8| 1u64.checked_shl(8 * (u32::from(level) + 1));
    (0..=MAX_LEVEL)
        .filter_map(move |level| Some((level, width(level)?)))
        .flat_map(move |(level, width)| (from / width..to / width).map(move |index| (level, index)))
}

/// Makes a tile of the leaves, or of the tiles below it.
///
/// # Errors
/// Those of the source; a source that gives too few leaves gives none.
pub fn complete_tile<S: TileSource>(source: &mut S, level: u8, index: u64) -> Result<Option<Tile>, S::Error> {
    let from = index.saturating_mul(TILE_HASHES);
    let hashes = match level.checked_sub(1) {
        None => source.leaves(from, TILE_HASHES)?,
        Some(below) => {
            let mut roots = Vec::new();
            for child in from..from.saturating_add(TILE_HASHES) {
                let Some(tile) = tile_of(source, below, child)? else { return Ok(None) };
                roots.push(tile.root());
            }
            roots
        }
    };
    Ok(Tile::from_hashes(hashes).ok())
}

/// The tile that is kept, or one made of what is below it.
fn tile_of<S: TileSource>(source: &mut S, level: u8, index: u64) -> Result<Option<Tile>, S::Error> {
    match source.tile(level, index)? {
        Some(tile) => Ok(Some(tile)),
        None => complete_tile(source, level, index),
    }
}

/// Subtrees from tiles: what proofs are made of.
#[derive(Debug)]
pub struct Tiled<S>(pub S);

impl<S: TileSource> Subtrees for Tiled<S> {
    type Error = S::Error;

    fn subtree(&mut self, level: u32, index: u64) -> Result<Hash, S::Error> {
        let (floor, rest) = (u8::try_from(level / 8).unwrap_or(u8::MAX), level % 8);
        let (from, count) = (index << rest, 1u64 << rest);
        let hashes = self.hashes(floor, from, count)?;
        Ok(perfect_root(&hashes).unwrap_or_default())
    }
}

impl<S: TileSource> Tiled<S> {
    /// `count` hashes of one tile from `from` on.
    fn hashes(&mut self, level: u8, from: u64, count: u64) -> Result<Vec<Hash>, S::Error> {
        if let Some(tile) = self.0.tile(level, from / TILE_HASHES)? {
            let at = usize::try_from(from % TILE_HASHES).unwrap_or(usize::MAX);
            let hashes = tile.0.into_iter().skip(at).take(usize::try_from(count).unwrap_or(usize::MAX));
            return Ok(hashes.collect());
        }
        let Some(below) = level.checked_sub(1) else { return self.0.leaves(from, count) };
        let roots = (from..from + count)
            .map(|child| Ok(tile_of(&mut self.0, below, child)?.map(|tile| tile.root()).unwrap_or_default()));
        roots.collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::Range;
    use crate::audit::merkle::{prove_consistency, prove_inclusion};
    use core::convert::Infallible;
    use std::collections::BTreeMap;

    #[derive(Default)]
    struct Log {
        leaves: Vec<Leaf>,
        tiles: BTreeMap<(u8, u64), Tile>,
    }

    impl TileSource for &mut Log {
        type Error = Infallible;
        fn tile(&mut self, level: u8, index: u64) -> Result<Option<Tile>, Infallible> {
            Ok(self.tiles.get(&(level, index)).cloned())
        }
        fn leaves(&mut self, from: u64, count: u64) -> Result<Vec<Leaf>, Infallible> {
            let from = usize::try_from(from).unwrap();
            Ok(self.leaves[from..from + usize::try_from(count).unwrap()].to_vec())
        }
    }

    fn log(size: u64) -> (Log, Range) {
        let (mut log, mut range) = (Log::default(), Range::default());
        for n in 0..size {
            let leaf = crate::audit::leaf_of(&n.to_be_bytes());
            log.leaves.push(leaf);
            range.push(leaf);
        }
        for (level, index) in completed_tiles(0, size) {
            let tile = complete_tile(&mut &mut log, level, index).unwrap().unwrap();
            log.tiles.insert((level, index), tile);
        }
        (log, range)
    }

    #[test]
    fn tiles_are_completed_in_their_order() {
        assert_eq!(completed_tiles(0, 255).count(), 0);
        assert_eq!(completed_tiles(255, 256).collect::<Vec<_>>(), [(0, 0)]);
        assert_eq!(completed_tiles(256, 800).collect::<Vec<_>>(), [(0, 1), (0, 2)]);
        assert_eq!(completed_tiles(65_535, 65_536).collect::<Vec<_>>(), [(0, 255), (1, 0)]);
        let last = completed_tiles(u64::MAX - 1, u64::MAX).collect::<Vec<_>>();
        assert_eq!(last, []);
    }

    #[test]
    fn proofs_out_of_tiles_hold_across_two_levels() {
        let size = 66_000;
        let (mut log, range) = log(size);
        assert_eq!(log.tiles.len(), 258);
        let root = range.root();
        for index in [0, 255, 256, 65_535, 65_536, 65_999] {
            let leaf = log.leaves[usize::try_from(index).unwrap()];
            let proof = prove_inclusion(&mut Tiled(&mut log), index, size).unwrap().unwrap();
            assert_eq!(proof.verify_inclusion((&leaf, index), (size, &root)), Ok(()));
        }
        for old in [1, 256, 300, 65_536, 65_999] {
            let mut older = Range::default();
            log.leaves.iter().take(usize::try_from(old).unwrap()).for_each(|leaf| older.push(*leaf));
            let proof = prove_consistency(&mut Tiled(&mut log), old, size).unwrap().unwrap();
            assert_eq!(proof.verify_consistency((old, &older.root()), (size, &root)), Ok(()));
        }
    }

    #[test]
    fn proofs_are_the_same_without_the_tiles() {
        let (mut log, _) = log(700);
        let with = prove_inclusion(&mut Tiled(&mut log), 3, 700).unwrap();
        log.tiles.clear();
        assert_eq!(prove_inclusion(&mut Tiled(&mut log), 3, 700).unwrap(), with);
    }

    #[test]
    fn a_tile_has_exactly_256_hashes() {
        assert_eq!(Tile::decode(&[0; TILE_BYTES - 1]), Err(TileError));
        assert_eq!(Tile::decode(&[0; TILE_BYTES + 32]), Err(TileError));
        let bytes = (0..TILE_BYTES).map(|n| u8::try_from(n % 251).unwrap()).collect::<Vec<_>>();
        assert_eq!(Tile::decode(&bytes).unwrap().to_bytes(), bytes);
    }
}
