//! Transactions that only read: a writer appends their entries, and its commit releases what they hold.

use super::{Ledger, Ticket};
use crate::audit::Event;
use crate::store::Store;
use crate::unit::UnitError;
use crate::unit::held::UnitId;
use crate::unit::notary::Notary;
use std::sync::Arc;

/// What a read transaction has shown, until a writer has appended its entries.
#[derive(Debug)]
pub struct Reading {
    unit: UnitId,
    events: Vec<Event>,
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
        let mut events = self.deferred.take().filter(|_| !failed).unwrap_or_default();
        events.append(&mut self.refusals);
        Reading { unit: self.unit, events }
    }

    /// Appends the entries of a read transaction; its ticket releases what that transaction holds.
    ///
    /// # Errors
    /// [`UnitError`]: nothing that the read transaction holds is released.
    pub fn append_reading(&mut self, store: &mut dyn Store, reading: &Reading) -> Result<Ticket, UnitError> {
        reading.events.iter().try_for_each(|event| self.append(store, event).map(|_| ()))?;
        // Should this transaction be lost, they are not: over-reporting a read is better than losing a refusal.
        self.noted.extend(reading.events.iter().cloned());
        Ok(Ticket::new(reading.unit))
    }

    /// Whether this transaction only reads.
    pub(crate) const fn is_reading(&self) -> bool {
        self.deferred.is_some()
    }
}
