//! The tiles of a log: made of its leaves when they are complete, and read again for proofs.

use super::{AuditStore, LogId, StoreError};
use crate::audit::Leaf;
use crate::audit::merkle::{Tile, TileSource, complete_tile, completed_tiles};

/// Tiles and leaves of one log in a store.
pub(crate) struct StoredTiles<'a> {
    store: &'a mut dyn AuditStore,
    log: LogId,
    /// The first of the leaves that are in memory, and these.
    known: (u64, &'a [Leaf]),
}

impl<'a> StoredTiles<'a> {
    pub(crate) fn new(store: &'a mut dyn AuditStore, log: LogId) -> Self {
        Self { store, log, known: (u64::MAX, &[]) }
    }
}

impl TileSource for StoredTiles<'_> {
    type Error = StoreError;

    fn tile(&mut self, level: u8, index: u64) -> Result<Option<Tile>, StoreError> {
        let bytes = self.store.tile(self.log, level, index)?;
        bytes.map(|bytes| Tile::decode(&bytes).map_err(|_| StoreError::Corrupt)).transpose()
    }

    fn leaves(&mut self, from: u64, count: u64) -> Result<Vec<Leaf>, StoreError> {
        let (first, known) = self.known;
        let end = from.saturating_add(count);
        let mut leaves = Vec::new();
        if from < first {
            let stored = usize::try_from(end.min(first) - from).unwrap_or(usize::MAX);
            leaves = self.store.leaves(self.log, from, stored)?;
        }
        let behind = usize::try_from(from.max(first) - first).unwrap_or(usize::MAX);
        let missing = usize::try_from(count).unwrap_or(usize::MAX).saturating_sub(leaves.len());
        if end > first {
            leaves.extend(known.iter().skip(behind).take(missing));
        }
        if leaves.len() as u64 == count { Ok(leaves) } else { Err(StoreError::Missing) }
    }
}

/// Writes every tile that became full while a log grew; `added` are the last leaves of the log. What stands in the place
/// of one is replaced: tiles are a projection of the leaves.
///
/// # Errors
/// [`StoreError`] of the adapter; [`StoreError::Missing`] where a leaf is missing.
pub fn put_tiles(
    store: &mut dyn AuditStore,
    log: LogId,
    (from, to): (u64, u64),
    added: &[Leaf],
) -> Result<(), StoreError> {
    let first = to.saturating_sub(added.len() as u64);
    for (level, index) in completed_tiles(from, to) {
        let known = (first, added);
        let tile = complete_tile(&mut StoredTiles { store: &mut *store, log, known }, level, index)?;
        store.put_tile(log, level, index, &tile.ok_or(StoreError::Missing)?.to_bytes())?;
    }
    Ok(())
}
