//! Units of work: what one transaction must do so that nothing is forgotten.
//!
//! A unit is a closure over one write transaction. What it reads is *held* until the audit entries of the same
//! transaction are committed; what it refused is written even when the closure fails. Core keeps the [`Ledger`] (the
//! heads of the logs that a transaction touches) and the [`Notary`] (the keys); an adapter calls `open`, `enter`,
//! `leave` and `close`, stores the bytes that it is handed, and turns its COMMIT into [`Committed`].
//!
//! ```compile_fail,E0599
//! // There is no way from Held to the value but through the commit of its own unit.
//! fn leak(held: hipaa_core::unit::Held<String>) -> String {
//!     held.into_inner()
//! }
//! ```
//!
//! ```compile_fail,E0616
//! fn leak(held: hipaa_core::unit::Held<String>) -> String {
//!     held.value
//! }
//! ```
//!
//! # Security
//! This stops forgetting, not malice: whoever writes an adapter can say "committed" without a commit.
//!
//! May import `store` and everything below it.

pub(crate) mod details;
mod held;
mod ledger;
#[cfg(any(test, feature = "conformance"))]
mod memory;
mod notary;
mod receipt;
mod signed;
mod taken_up;
mod warrant;

pub use held::{Committed, Held, Proof, Release, ReleaseError};
pub(crate) use ledger::Entry;
pub use ledger::{Durable, Ledger, Position, Reading, Ticket};
#[cfg(any(test, feature = "conformance"))]
pub use memory::{MemoryDatabase, MemoryUnit};
pub use notary::Notary;
pub(crate) use notary::{Noted, Signer};
pub use signed::Since;
pub(crate) use signed::leaf_at;
pub use taken_up::MAX_COMPARED_ENTRIES;
pub use warrant::Warrant;

use crate::audit::Event;
use crate::store::{Store, StoreError};

/// Why a unit did not commit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum UnitError {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A key is not to be had.
    #[error(transparent)]
    Key(#[from] crate::keys::KeyError),
    /// An entry cannot be written as it is.
    #[error(transparent)]
    Entry(#[from] crate::audit::BodyError),
    /// The stored log is not the one that we left; it is not extended.
    #[error("the audit log was altered behind the application's back; nothing was written")]
    Tampered,
    /// Entries of this unit vanished from under it: a savepoint of the host was rolled back behind it.
    #[error("part of the unit was rolled back behind its back; nothing was written")]
    Torn,
    /// A write of this unit failed half-way and its error was passed over: the whole unit is rolled back.
    #[error("a write of the unit failed half-way; nothing of the unit was written")]
    HalfWritten,
    /// The host's transaction was not yet in write state.
    #[error("the transaction is not a write transaction: begin it with BEGIN IMMEDIATE")]
    NotWriting,
    /// The transaction ended inside the unit, or its COMMIT failed.
    #[error("the transaction was not committed")]
    NotCommitted,
    /// The signing period ends with this transaction, after which nothing is added to any log.
    #[error("the signing period ends with this transaction: nothing more can be written in it")]
    PeriodEnded,
    /// A read transaction cannot give the position of an entry, nor write: its entries are appended later.
    #[error("this unit only reads")]
    Reading,
    /// The COMMIT failed, and whether it took effect could not be found out.
    #[error("whether the transaction was committed is not known")]
    Uncertain,
    /// The session or grant under which something was read has ended before it could be released; that is an entry.
    #[error("the session or grant under which this was read has ended")]
    Ended,
    /// An audit detail was not sealed.
    #[error(transparent)]
    Details(#[from] crate::cipher::CellError),
    /// No randomness.
    #[error(transparent)]
    Entropy(#[from] crate::entropy::EntropyError),
}

/// One unit of work on one transaction.
pub trait Unit {
    /// The store on this transaction, and the ledger of its audit logs.
    fn parts(&mut self) -> (&mut dyn Store, &mut Ledger);
}

impl dyn Unit + '_ {
    /// Adds an entry to the log of the event's tenant. It is durable when the unit has committed.
    ///
    /// # Errors
    /// [`UnitError`]: the unit must then fail; it cannot commit without the entry.
    pub fn append(&mut self, event: &Event) -> Result<Position, UnitError> {
        let (store, ledger) = self.parts();
        ledger.append(store, event)
    }

    /// Adds an entry whose position does not matter; also in a unit that only reads, whose entries a writer appends.
    ///
    /// # Errors
    /// [`UnitError`]: the unit must then fail; it cannot commit without the entry.
    pub fn note(&mut self, event: Event) -> Result<(), UnitError> {
        let (store, ledger) = self.parts();
        ledger.note(store, event)
    }

    /// Notes a refusal (denial, failed check): its entry is written in the same commit even if the closure fails and
    /// its other work is rolled back.
    pub fn refuse(&mut self, event: Event) {
        self.parts().1.refuse(event);
    }

    /// After the first write of a step, an error loses the whole unit, even if its closure passes over it.
    pub(crate) fn or_lose<T, E>(&mut self, result: Result<T, E>) -> Result<T, E> {
        if result.is_err() {
            self.parts().1.lose();
        }
        result
    }

    /// Holds a value back until this unit has committed.
    pub fn hold<T>(&mut self, value: T) -> Held<T> {
        self.parts().1.hold(value)
    }
}
