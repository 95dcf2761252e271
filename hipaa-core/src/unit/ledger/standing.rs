//! What decides about authority within a transaction: its time.

use super::Ledger;
use crate::clock::Timestamp;

impl Ledger {
    /// The time by which authority ends: never before an entry that this transaction has seen.
    pub(crate) fn now(&self) -> Timestamp {
        let read = self.read.map_or_else(|| self.notary.now(), |reading| reading.wall);
        self.heads.values().map(|touched| touched.head.last_time).fold(read, Timestamp::max)
    }
}
