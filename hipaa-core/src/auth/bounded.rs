//! A map that never holds more than its bound: what has expired leaves first, then what would expire first.

use crate::clock::Timestamp;
use crate::red::{Safeguard, removed};
use std::collections::{BTreeSet, HashMap};

/// What is kept of one key.
struct Kept<V> {
    value: V,
    expires: Timestamp,
}

/// Values by digest, each until its time.
pub(super) struct Bounded<V> {
    bound: usize,
    values: HashMap<[u8; 32], Kept<V>>,
    /// The same keys by the time at which they expire.
    order: BTreeSet<(Timestamp, [u8; 32])>,
}

impl<V: Default> Bounded<V> {
    pub(super) fn new(bound: usize) -> Self {
        Self { bound: bound.max(1), values: HashMap::new(), order: BTreeSet::new() }
    }

    pub(super) fn len(&self) -> usize {
        self.values.len()
    }

    /// Takes the value out; whoever changes it puts it back.
    pub(super) fn take(&mut self, key: &[u8; 32], now: Timestamp) -> V {
        self.sweep(now);
        let Some(kept) = self.values.remove(key) else { return V::default() };
        self.order.remove(&(kept.expires, *key));
        kept.value
    }

    /// Keeps the value until `expires`.
    pub(super) fn put(&mut self, key: [u8; 32], value: V, expires: Timestamp) {
        if let Some(old) = self.values.insert(key, Kept { value, expires }) {
            self.order.remove(&(old.expires, key));
        }
        self.order.insert((expires, key));
        while self.values.len() > self.bound && !removed(Safeguard::LimiterBound) {
            let Some((_, first)) = self.order.pop_first() else { return };
            self.values.remove(&first);
        }
    }

    /// Changes the value where it stands, if it is still there.
    pub(super) fn change(&mut self, key: &[u8; 32], change: impl FnOnce(&mut V)) {
        if let Some(kept) = self.values.get_mut(key) {
            change(&mut kept.value);
        }
    }

    /// Forgets what has expired.
    fn sweep(&mut self, now: Timestamp) {
        while let Some((expires, key)) = self.order.first().copied()
            && expires <= now
        {
            self.order.pop_first();
            self.values.remove(&key);
        }
    }
}
