//! What comes of a transaction: places in a log, and the right to release what was held.

use crate::audit::{Leaf, LogId};
use crate::unit::held::{Committed, UnitId};

/// Where an entry stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Position {
    /// The log.
    pub log: LogId,
    /// The place in it, from 0.
    pub sequence: u64,
    /// The entry's hash.
    pub leaf: Leaf,
}

/// One closure that was left; becomes [`Committed`] once its transaction is.
#[derive(Debug)]
pub struct Ticket(UnitId);

impl Ticket {
    pub(super) const fn new(unit: UnitId) -> Self {
        Self(unit)
    }
}

/// A transaction that is committed.
#[derive(Debug)]
pub struct Durable(());

impl Durable {
    pub(super) const fn new() -> Self {
        Self(())
    }

    /// The result of one closure of that transaction.
    pub fn release<T>(&self, ticket: &Ticket, value: T) -> Committed<T> {
        Committed::new(ticket.0, value)
    }
}
