//! Transactions that only read: a writer appends their entries, and its commit releases what they hold.

use super::{Ledger, Ticket};
use crate::audit::{Event, Outcome};
use crate::red::{Safeguard, removed};
use crate::store::Store;
use crate::unit::held::UnitId;
use crate::unit::notary::Notary;
use crate::unit::warrant::Between;
use crate::unit::{UnitError, Warrant};
use std::sync::Arc;

/// What a read transaction has shown, until a writer has appended its entries.
pub struct Reading {
    unit: UnitId,
    events: Vec<Event>,
    refusals: Vec<Event>,
    warrants: Vec<Arc<dyn Warrant>>,
}

impl Reading {
    /// Whether there is nothing to write: no record was opened, and nothing was refused.
    #[must_use]
    pub const fn is_silent(&self) -> bool {
        self.events.is_empty() && self.refusals.is_empty()
    }
}

impl Ledger {
    /// The ledger of a read transaction: entries are kept for the writer, and what is read is held until it has committed
    /// them.
    ///
    /// # Errors
    /// [`UnitError::Entropy`].
    pub fn open_reading(notary: &Arc<Notary>) -> Result<Self, UnitError> {
        let mut ledger = Self::open(notary)?;
        ledger.deferred = Some(Vec::new());
        Ok(ledger)
    }

    /// Ends a read transaction. If its closure failed, only refusals are left to write.
    #[must_use]
    pub fn finish_reading(&mut self, failed: bool) -> Reading {
        self.notary.remember_keys(&self.keys);
        let events = self.deferred.take().filter(|_| !failed).unwrap_or_default();
        let (refusals, warrants) = (core::mem::take(&mut self.refusals), core::mem::take(&mut self.warrants));
        Reading { unit: self.unit, events, refusals, warrants }
    }

    /// Appends the entries of a read transaction; its ticket releases what that transaction holds. What entitled its actor
    /// is asked again in this transaction and at the time of these entries: if it has ended, they say that the reading was
    /// denied.
    ///
    /// # Errors
    /// [`UnitError`]: nothing that the read transaction holds is released. After [`UnitError::Ended`] the entries are to be
    /// committed all the same.
    pub fn append_reading(&mut self, store: &mut dyn Store, reading: &Reading) -> Result<Ticket, UnitError> {
        self.read = Some(self.notary.read_clock());
        let appended = self.append_as_entitled(store, reading);
        self.read = None;
        appended
    }

    fn append_as_entitled(&mut self, store: &mut dyn Store, reading: &Reading) -> Result<Ticket, UnitError> {
        // The time of the entries is that of their log, so its head is needed before the question.
        reading.events.iter().try_for_each(|event| self.touch(store, event.tenant()).map(drop))?;
        let entitled = self.all_hold(store, &reading.warrants)?;
        let denied = |event: &Event| if entitled { event.clone() } else { event.clone().outcome(Outcome::Denied) };
        let found = core::mem::take(&mut self.refusals);
        let events = reading.events.iter().map(denied).chain(reading.refusals.iter().cloned()).chain(found);
        let events = events.collect::<Vec<_>>();
        events.iter().try_for_each(|event| self.append(store, event).map(drop))?;
        // Should this transaction be lost, they are not: over-reporting a read is better than losing a refusal.
        self.noted.extend(events);
        if entitled { Ok(Ticket::new(reading.unit)) } else { Err(UnitError::Ended) }
    }

    fn all_hold(&mut self, store: &mut dyn Store, warrants: &[Arc<dyn Warrant>]) -> Result<bool, UnitError> {
        for warrant in warrants {
            if !warrant.holds(&mut Between(store, self))? && !removed(Safeguard::ReleaseCheck) {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Whether a condition was found to hold in the unit that runs now.
    pub(in crate::unit) fn has_asked(&self, warrant: &Arc<dyn Warrant>) -> bool {
        self.warrants.iter().any(|known| Arc::ptr_eq(known, warrant))
    }

    /// From here on the unit has one time: that of the question and of what is written if the answer is yes.
    pub(crate) fn hold_time(&mut self) {
        self.read.get_or_insert_with(|| self.notary.read_clock());
    }

    /// Notes that a condition holds in the unit that runs now.
    pub(in crate::unit) fn asked(&mut self, warrant: &Arc<dyn Warrant>) {
        self.warrants.push(Arc::clone(warrant));
    }

    /// Whether this transaction only reads.
    pub(crate) const fn is_reading(&self) -> bool {
        self.deferred.is_some()
    }
}

impl core::fmt::Debug for Reading {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        let (events, refusals) = (&self.events, &self.refusals);
        f.debug_struct("Reading").field("events", events).field("refusals", refusals).finish_non_exhaustive()
    }
}
