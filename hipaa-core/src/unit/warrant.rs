//! What must still hold for an actor to act: asked when a unit begins to act for it, and again before what was read beside
//! the writer is released.

use super::{Ledger, Unit, UnitError};
use crate::clock::Timestamp;
use crate::schema::TenantId;
use crate::store::Store;
use std::sync::Arc;

/// A condition under which an actor may act: a session that is live, a grant that has not ended.
pub trait Warrant: Send + Sync {
    /// Whether it holds now, in this transaction.
    ///
    /// # Errors
    /// [`UnitError`]: it could not be found out, and so does not hold.
    fn holds(&self, unit: &mut dyn Unit) -> Result<bool, UnitError>;
}

/// Store and ledger as a unit, for a condition that is asked between closures.
pub(super) struct Between<'a>(pub(super) &'a mut dyn Store, pub(super) &'a mut Ledger);

impl Unit for Between<'_> {
    fn parts(&mut self) -> (&mut dyn Store, &mut Ledger) {
        (self.0, self.1)
    }
}

impl dyn Unit + '_ {
    /// Makes the time of this unit no earlier than the last entry of a tenant's log, so that a clock that was set back
    /// prolongs nothing. A unit that only reads leaves that to its writer.
    pub(crate) fn see_time(&mut self, tenant: TenantId) -> Result<(), UnitError> {
        let (store, ledger) = self.parts();
        if ledger.is_reading() { Ok(()) } else { ledger.see(store, tenant) }
    }

    /// The time by which what is written into a tenant's log now will be judged: for the end of what begins now.
    pub(crate) fn time_of(&mut self, tenant: TenantId) -> Result<Timestamp, UnitError> {
        self.see_time(tenant)?;
        Ok(self.parts().1.now_of(tenant))
    }

    /// Whether a condition holds. Asked once in every unit, whose entries have the time of the question; what a read
    /// transaction shows under it is released only if it holds in the writer's transaction, too.
    ///
    /// # Errors
    /// [`UnitError`] when it could not be found out.
    pub fn require(&mut self, warrant: &Arc<dyn Warrant>) -> Result<bool, UnitError> {
        if self.parts().1.has_asked(warrant) {
            return Ok(true);
        }
        self.parts().1.hold_time();
        let holds = warrant.holds(self)?;
        if holds {
            self.vouch(warrant);
        }
        Ok(holds)
    }

    /// Notes that a condition was found to hold in this unit, at the time that it holds.
    pub(crate) fn vouch(&mut self, warrant: &Arc<dyn Warrant>) {
        self.parts().1.asked(warrant);
    }
}
