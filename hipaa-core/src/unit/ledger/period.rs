//! The log of logs inside one transaction, and the end of a signing period.

use super::Ledger;
use crate::audit::{Head, LogId, SignedCheckpoint};
use crate::keys::RootKind;
use crate::schema::TenantId;
use crate::store::Store;
use crate::unit::UnitError;
use crate::unit::notary::{Noted, Signer};

/// A signing period that ends with the transaction that runs.
pub(super) struct Ending {
    /// The period that begins, and its wrapped seed.
    next: (u32, Vec<u8>),
}

impl Ledger {
    /// The head of a log as this transaction leaves it so far.
    pub(crate) fn standing(&mut self, store: &mut dyn Store, tenant: TenantId) -> Result<Head, UnitError> {
        Ok(self.touch(store, tenant)?.head.clone())
    }

    /// The tenants whose logs this transaction has touched.
    pub(crate) fn touched_tenants(&self) -> Vec<TenantId> {
        self.heads.keys().copied().collect()
    }

    /// The period in which heads are signed now.
    pub(crate) fn period(&self, store: &mut dyn Store) -> Result<u32, UnitError> {
        Ok(self.notary.signer(store)?.period)
    }

    /// Remembers, once this transaction has committed, up to where the deployment's log has taken up a tenant's.
    pub(crate) fn take_up(&mut self, log: LogId, noted: Noted) {
        self.taken_up.push((log, noted));
    }

    /// Ends the signing period with this transaction. The last entry was written that any of its logs takes.
    pub(crate) fn end_with(&mut self, period: u32, wrapped: Vec<u8>) {
        self.ending = Some(Ending { next: (period, wrapped) });
    }

    /// Whether the signing period ends with this transaction: whatever else waits goes into the next one.
    #[must_use]
    pub const fn ends_period(&self) -> bool {
        self.ending.is_some()
    }

    pub(super) const fn require_open_period(&self) -> Result<(), UnitError> {
        match (&self.ending, &self.deferred) {
            (Some(_), _) => Err(UnitError::PeriodEnded),
            (None, Some(_)) => Err(UnitError::Reading),
            (None, None) => Ok(()),
        }
    }

    pub(super) fn forget_period(&mut self) {
        self.ending = None;
        self.taken_up.clear();
    }

    /// Keeps the last head that the old key signs, and puts the new seed in the place of the old one.
    pub(super) fn end_period(&self, store: &mut dyn Store, signer: &Signer) -> Result<(), UnitError> {
        let Some(Ending { next: (period, wrapped) }) = &self.ending else { return Ok(()) };
        let tenant = TenantId::DEPLOYMENT;
        let head = self.heads.get(&tenant).ok_or(UnitError::Torn)?;
        let stored = self.notary.sign(signer, &head.head);
        let note = SignedCheckpoint::of_head(&stored, self.notary.deployment(), &signer.public());
        let note = note.ok_or(UnitError::Torn)?.encode();
        store.put_checkpoint(stored.log, stored.size, &note)?;
        store.replace_wrapped(tenant, (signer.period, *period), RootKind::HeadSeed, wrapped)?;
        Ok(())
    }
}
