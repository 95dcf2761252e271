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
        self.heads.values().map(|touched| touched.head.last_time).fold(self.wall(), Timestamp::max)
    }

    /// The same by one tenant's log alone: that the log of another is ahead ends nothing here.
    pub(crate) fn now_of(&self, tenant: TenantId) -> Timestamp {
        let last = self.heads.get(&tenant).map(|touched| touched.head.last_time);
        last.map_or(self.wall(), |last| last.max(self.wall()))
    }

    /// What the clock says, whatever the logs have seen: for what has to go on running where a log is ahead of the clock.
    pub(crate) fn wall(&self) -> Timestamp {
        self.read.map_or_else(|| self.notary.now(), |reading| reading.wall)
    }
}
