//! One unit of work on one transaction: savepoint, closure, refusals, heads, COMMIT.

use crate::Error;
use crate::record::Tables;
use crate::store::SqliteStore;
use hipaa_core::store::{Store, StoreError};
use hipaa_core::unit::{Committed, Durable, Ledger, Notary, Ticket, UnitError};
use rusqlite::{Connection, Transaction, TransactionState};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// One unit of work. Give it to a vault; run your own SQL with [`Unit::sql`].
#[derive(Debug)]
pub struct Unit<'a> {
    store: SqliteStore<'a>,
    ledger: &'a mut Ledger,
}

impl Unit<'_> {
    /// The connection inside this unit's transaction, for the host's own statements.
    ///
    /// A statement that ends the transaction, or a savepoint rolled back behind the vault's work, makes the unit fail.
    #[must_use]
    pub const fn sql(&self) -> &Connection {
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
pub fn join<T, E: From<Error>>(
    transaction: Transaction<'_>,
    notary: &Arc<Notary>,
    work: impl FnOnce(&mut Unit<'_>) -> Result<T, E>,
) -> Result<Committed<T>, E> {
    let state = transaction.transaction_state(Some("main")).map_err(Error::from)?;
    if state != TransactionState::Write {
        return Err(Error::Unit(UnitError::NotWriting).into());
    }
    run(transaction, notary, (&Tables::default(), None), work)
}

/// What became of the closure: its result, or its panic.
type Outcome<T, E> = std::thread::Result<Result<T, E>>;

pub(crate) fn run<T, E: From<Error>>(
    transaction: Transaction<'_>,
    notary: &Arc<Notary>,
    (tables, in_closure): (&Tables, Option<&AtomicBool>),
    work: impl FnOnce(&mut Unit<'_>) -> Result<T, E>,
) -> Result<Committed<T>, E> {
    let mut ledger = Ledger::open(notary).map_err(Error::from)?;
    transaction.execute_batch("SAVEPOINT hipaa_unit").map_err(Error::from)?;
    ledger.enter();
    let outcome: Outcome<T, E> = {
        let _guard = in_closure.map(Guard::set);
        let mut unit = Unit { store: SqliteStore::new(&transaction, tables), ledger: &mut ledger };
        catch_unwind(AssertUnwindSafe(|| work(&mut unit)))
    };
    let succeeded = matches!(outcome, Ok(Ok(_)));
    let ended = end(transaction, tables, ledger, succeeded);
    let result = outcome.unwrap_or_else(|panic| resume_unwind(panic));
    match (result, ended) {
        (Ok(value), Ok(Some((durable, ticket)))) => Ok(durable.release(&ticket, value)),
        (Ok(_), Ok(None)) => Err(Error::Unit(UnitError::NotCommitted).into()),
        // The closure's own error, once its refusals are durable.
        (Err(error), Ok(_)) => Err(error),
        (_, Err(error)) => Err(error.into()),
    }
}

/// Commits what succeeded. Work that failed goes with the whole transaction; its refusals get one of their own.
fn end(
    transaction: Transaction<'_>,
    tables: &Tables,
    mut ledger: Ledger,
    succeeded: bool,
) -> Result<Option<(Durable, Ticket)>, Error> {
    let lost = if succeeded {
        match keep(&transaction, tables, &mut ledger) {
            Ok(ticket) => return commit(transaction, tables, ledger).map(|durable| Some((durable, ticket))),
            Err(error) => Some(error),
        }
    } else {
        None
    };
    if !transaction.is_autocommit() {
        transaction.execute_batch("ROLLBACK")?;
    }
    transaction.execute_batch("BEGIN IMMEDIATE")?;
    ledger.leave(&mut SqliteStore::new(&transaction, tables), true)?;
    if ledger.has_grown() {
        commit(transaction, tables, ledger)?;
    } else {
        transaction.rollback()?;
    }
    lost.map_or(Ok(None), Err)
}

/// Ends a closure that succeeded, unless its transaction is no longer the one in which it began.
fn keep(transaction: &Transaction<'_>, tables: &Tables, ledger: &mut Ledger) -> Result<Ticket, Error> {
    // The closure's own SQL, a trigger or a full disk can end the transaction; what followed was outside it.
    if transaction.is_autocommit() || transaction.execute_batch("RELEASE hipaa_unit").is_err() {
        return Err(UnitError::NotCommitted.into());
    }
    Ok(ledger.leave(&mut SqliteStore::new(transaction, tables), false)?)
}

/// Signs the heads and commits.
fn commit(transaction: Transaction<'_>, tables: &Tables, ledger: Ledger) -> Result<Durable, Error> {
    let closed = ledger.close(&mut SqliteStore::new(&transaction, tables))?;
    match transaction.commit() {
        Ok(()) => Ok(closed.committed()),
        Err(error) => match crate::error::kind(&error) {
            StoreError::Other => Err(UnitError::NotCommitted.into()),
            kind => Err(kind.into()),
        },
    }
}

/// Marks that a closure runs, for as long as it lives.
struct Guard<'a>(&'a AtomicBool);

impl<'a> Guard<'a> {
    fn set(flag: &'a AtomicBool) -> Self {
        flag.store(true, Ordering::SeqCst);
        Self(flag)
    }
}

impl Drop for Guard<'_> {
    fn drop(&mut self) {
        self.0.store(false, Ordering::SeqCst);
    }
}
