//! Units on a store in memory, for tests and examples: what an adapter does, in its shortest form.

use super::{Committed, Ledger, Notary, Unit, UnitError};
use crate::clock::Clock;
use crate::keys::Kek;
use crate::store::Store;
use crate::store::memory::MemoryStore;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::Arc;

/// A deployment on any store that can be copied; a copy is its savepoint.
#[derive(Debug)]
pub struct MemoryDatabase<S = MemoryStore> {
    store: S,
    notary: Arc<Notary>,
}

/// One unit on a [`MemoryDatabase`].
#[derive(Debug)]
pub struct MemoryUnit<'a, S = MemoryStore> {
    store: &'a mut S,
    ledger: &'a mut Ledger,
}

impl<S> MemoryUnit<'_, S> {
    /// The store inside this unit, for what a host does behind the unit's back.
    pub const fn store(&mut self) -> &mut S {
        self.store
    }
}

impl<S: Store> Unit for MemoryUnit<'_, S> {
    fn parts(&mut self) -> (&mut dyn Store, &mut Ledger) {
        (self.store, self.ledger)
    }
}

impl<S: Store + Clone> MemoryDatabase<S> {
    /// Opens the deployment in `store`, or founds one.
    ///
    /// # Errors
    /// [`UnitError`].
    pub fn open(store: S, kek: Kek, clock: Clock) -> Result<Self, UnitError> {
        Self::open_with(store, kek, clock, None)
    }

    /// The same, with the operator's public key for a deployment that is founded now.
    ///
    /// # Errors
    /// [`UnitError`].
    pub fn open_with(mut store: S, kek: Kek, clock: Clock, operator_key: Option<[u8; 32]>) -> Result<Self, UnitError> {
        let (notary, founded) = crate::tenancy::open_deployment(&mut store, kek, clock, operator_key)?;
        if let Some(mut ledger) = founded {
            drop(ledger.committed());
        }
        Ok(Self { store, notary })
    }

    /// The store, for attacks behind the library's back.
    pub const fn store(&mut self) -> &mut S {
        &mut self.store
    }

    /// The notary.
    #[must_use]
    pub const fn notary(&self) -> &Arc<Notary> {
        &self.notary
    }

    /// Runs one unit.
    ///
    /// # Errors
    /// The closure's own, or [`UnitError`] when the unit did not commit.
    pub fn write<T, E: From<UnitError>>(
        &mut self,
        work: impl FnOnce(&mut MemoryUnit<'_, S>) -> Result<T, E>,
    ) -> Result<Committed<T>, E> {
        let before = self.store.clone();
        let mut ledger = Ledger::open(&self.notary)?;
        ledger.enter();
        let unit = &mut MemoryUnit { store: &mut self.store, ledger: &mut ledger };
        let outcome = catch_unwind(AssertUnwindSafe(|| work(unit)));
        let kept = match &outcome {
            Ok(Ok(_)) => ledger.leave(&mut self.store, false).map(Some),
            _ => Ok(None),
        };
        let ended = match kept {
            Ok(Some(ticket)) => ledger.close(&mut self.store).map(|()| Some(ticket)),
            other => other,
        };
        if let Ok(Some(ticket)) = &ended
            && let Ok(Ok(value)) = outcome
        {
            return Ok(ledger.committed().release(ticket, value));
        }
        self.store = before.clone();
        let recovered = ledger.recover(&mut self.store).and_then(|()| ledger.close(&mut self.store));
        match recovered {
            Ok(()) => drop(ledger.committed()),
            Err(_) => self.store = before,
        }
        match (outcome.unwrap_or_else(|panic| resume_unwind(panic)), ended) {
            (Err(error), _) => Err(recovered.err().map_or(error, E::from)),
            (Ok(_), ended) => Err(ended.err().unwrap_or(UnitError::NotCommitted).into()),
        }
    }
}
