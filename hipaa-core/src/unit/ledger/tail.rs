//! Whether the store still ends where a transaction left it.

use crate::audit::{Head, Leaf, leaf_of};
use crate::red::{Safeguard, removed};
use crate::store::{Store, put_tiles};
use crate::unit::UnitError;

/// A log that a transaction has touched.
#[derive(Clone)]
pub(super) struct Touched {
    pub(super) head: Head,
    pub(super) grown: bool,
    /// How many closures had been entered when its tail was last known to be in the store.
    pub(super) compared: u64,
    /// The size that the log had before this transaction.
    base: u64,
    /// The leaves that this transaction has added.
    pub(super) added: Vec<Leaf>,
}

impl Touched {
    pub(super) fn new(head: Head, grown: bool, compared: u64) -> Self {
        let base = head.size();
        Self { head, grown, compared, base, added: Vec::new() }
    }

    /// Whether every entry of this transaction is in the store as it was written, whatever triggers did to it.
    pub(super) fn compare_added(&self, store: &mut dyn Store) -> Result<(), UnitError> {
        if !self.grown || removed(Safeguard::TornCheck) {
            return Ok(());
        }
        let stored = store.entries(self.head.log, self.base, self.added.len().saturating_add(1))?;
        let places = (self.base..).zip(&self.added);
        let same = stored.len() == self.added.len()
            && stored.iter().zip(places).all(|(entry, (sequence, leaf))| {
                entry.sequence == sequence && entry.leaf == *leaf && leaf_of(&entry.body) == *leaf
            });
        if same { Ok(()) } else { Err(UnitError::Torn) }
    }

    /// Writes the tiles that this transaction has filled.
    pub(super) fn put_tiles(&self, store: &mut dyn Store) -> Result<(), UnitError> {
        Ok(put_tiles(store, self.head.log, (self.base, self.head.size()), &self.added)?)
    }

    /// Compares the tail of a log that has grown with the store.
    pub(super) fn compare(&self, store: &mut dyn Store) -> Result<(), UnitError> {
        if !self.grown || removed(Safeguard::TornCheck) {
            return Ok(());
        }
        match store.tail_leaf(self.head.log)? {
            Some((sequence, leaf))
                if sequence.checked_add(1) == Some(self.head.size()) && leaf == self.head.last_leaf =>
            {
                Ok(())
            }
            None if self.head.size() == 0 => Ok(()),
            _ => Err(UnitError::Torn),
        }
    }
}
