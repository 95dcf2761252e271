//! What decides about authority within a transaction: its time.

use super::Ledger;
use crate::clock::Timestamp;
use crate::schema::TenantId;
use crate::store::Store;
use crate::unit::UnitError;

impl Ledger {
    /// Reads the head of a tenant's log, whose last entry is then never after [`Ledger::now`].
    pub(in crate::unit) fn see(&mut self, store: &mut dyn Store, tenant: TenantId) -> Result<(), UnitError> {
        self.touch(store, tenant).map(drop)
    }

    /// The time by which authority ends: never before an entry that this transaction has seen.
    pub(crate) fn now(&self) -> Timestamp {
        let read = self.read.map_or_else(|| self.notary.now(), |reading| reading.wall);
        self.heads.values().map(|touched| touched.head.last_time).fold(read, Timestamp::max)
    }
}
