//! What decides about authority within a transaction: its time, and whether it may write.

use super::Ledger;
use crate::clock::Timestamp;

impl Ledger {
    /// The time by which authority ends: never before an entry that this transaction has seen.
    pub(crate) fn now(&self) -> Timestamp {
        self.heads.values().map(|touched| touched.head.last_time).fold(self.notary.now(), Timestamp::max)
    }

    /// Whether this transaction only reads.
    pub(crate) const fn is_reading(&self) -> bool {
        self.deferred.is_some()
    }
}
