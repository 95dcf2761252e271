//! One unit of work, and units inside a transaction of the host.

use crate::Error;
use crate::batch::{Batch, Lost};
use crate::record::Tables;
use crate::store::SqliteStore;
use hipaa_core::store::Store;
use hipaa_core::unit::{Committed, Durable, Ledger, Notary, Ticket, UnitError};
use rusqlite::{Connection, Transaction, TransactionState};
use std::panic::resume_unwind;
use std::sync::Arc;

/// One unit of work. Give it to a vault; run your own SQL with [`Unit::sql`].
#[derive(Debug)]
pub struct Unit<'a> {
    store: SqliteStore<'a>,
    ledger: &'a mut Ledger,
}

impl<'a> Unit<'a> {
    pub(crate) const fn new(store: SqliteStore<'a>, ledger: &'a mut Ledger) -> Self {
        Self { store, ledger }
    }

    /// The connection inside this unit's transaction, for the host's own statements.
    ///
    /// A COMMIT fails. A statement that rolls the transaction back, or a savepoint rolled back behind the vault's work, makes
    /// the unit fail.
    #[must_use]
    pub fn sql(&self) -> &Connection {
        self.store.tables.host_sql.set(true);
        self.store.connection()
    }
}

impl hipaa_core::unit::Unit for Unit<'_> {
    fn parts(&mut self) -> (&mut dyn Store, &mut Ledger) {
        (&mut self.store, self.ledger)
    }
}

/// Runs a unit of work inside a transaction that the host began and wrote in, and commits it.
///
/// If `work` fails, the whole transaction is rolled back, the host's part included; refusals are then committed in a
/// transaction of their own before the error is returned.
///
/// # Errors
/// [`UnitError::NotWriting`] for a transaction that is not in write state: begin it with `BEGIN IMMEDIATE`. Otherwise that
/// of `work`; or, converted, why the unit did not commit.
///
/// # Security
/// A COMMIT inside `work` is refused by a deferred foreign key, so on a connection with `PRAGMA foreign_keys = OFF` it is
/// not: it leaves entries without a head, and the log is refused as [`UnitError::Tampered`] from then on.
pub fn join<T, E: From<Error>>(
    transaction: Transaction<'_>,
    notary: &Arc<Notary>,
    work: impl FnOnce(&mut Unit<'_>) -> Result<T, E>,
) -> Result<Committed<T>, E> {
    let state = transaction.transaction_state(Some("main")).map_err(Error::from)?;
    if state != TransactionState::Write {
        return Err(Error::Unit(UnitError::NotWriting).into());
    }
    let tables = Tables::default();
    let mut batch = Batch::join(&transaction, notary, &tables)?;
    let ran = batch.closure(work)?;
    let ended = match (&ran.outcome, ran.ticket) {
        (Ok(Ok(_)), Ok(ticket)) => batch.commit().map(|durable| Some((durable, ticket))),
        (_, Ok(_)) => match batch.lose(UnitError::NotCommitted.into()) {
            Lost { recovered: true, .. } => Ok(None),
            lost => Err(lost),
        },
        (_, Err(error)) => Err(batch.lose(error)),
    };
    answer(ran.outcome, ended)
}

/// What the caller of one closure is told.
pub(crate) fn answer<T, E: From<Error>>(
    outcome: std::thread::Result<Result<T, E>>,
    ended: Result<Option<(Durable, Ticket)>, Lost>,
) -> Result<Committed<T>, E> {
    match (outcome.unwrap_or_else(|panic| resume_unwind(panic)), ended) {
        (Ok(value), Ok(Some((durable, ticket)))) => Ok(durable.release(&ticket, value)),
        (Ok(_), Ok(None)) => Err(Error::Unit(UnitError::NotCommitted).into()),
        // The closure's own error, once its refusals are durable.
        (Err(error), Ok(_) | Err(Lost { recovered: true, .. })) => Err(error),
        (_, Err(lost)) => Err(lost.error.into()),
    }
}
