//! One transaction with one closure or many: savepoints, heads, COMMIT, and what becomes of refusals when it is lost.
//!
//! SQLite may roll a transaction back under a savepoint (full disk, a host's trigger), after which a lone savepoint would
//! commit by itself. So after every closure the batch checks that it is still inside its own transaction; if not, the
//! whole batch is lost and nobody in it is told otherwise.

use crate::bolt;
use crate::record::Tables;
use crate::store::SqliteStore;
use crate::turnstile::{Turn, Turnstile};
use crate::{Error, Unit};
use hipaa_core::store::StoreError;
use hipaa_core::unit::{Durable, Ledger, Notary, Ticket, UnitError};
use rusqlite::{Connection, OptionalExtension, params};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// What became of one closure.
pub(crate) struct Ran<T, E> {
    /// Its result, or its panic.
    pub(crate) outcome: std::thread::Result<Result<T, E>>,
    /// Its ticket. An error means that the whole batch is lost, but for [`UnitError::Torn`] and
    /// [`UnitError::HalfWritten`], which lose this closure alone.
    pub(crate) ticket: Result<Ticket, Error>,
}

/// A batch that was not committed.
#[derive(Debug)]
pub(crate) struct Lost {
    pub(crate) error: Error,
    /// Whether its refusals were.
    pub(crate) recovered: bool,
}

/// A write transaction in progress.
pub(crate) struct Batch<'a> {
    connection: &'a Connection,
    tables: &'a Tables,
    /// Set while a closure runs, so that a COMMIT of its own SQL becomes a rollback.
    in_closure: Option<&'a AtomicBool>,
    ledger: Ledger,
    /// This writer's turn among those of all processes.
    turn: Option<Turn<'a>>,
    /// Whether something that is no entry may need a commit.
    dirty: bool,
}

impl<'a> Batch<'a> {
    /// Begins a transaction.
    pub(crate) fn begin(
        connection: &'a Connection,
        notary: &Arc<Notary>,
        (tables, in_closure, turnstile): (&'a Tables, &'a AtomicBool, Option<&'a Turnstile>),
    ) -> Result<Self, Error> {
        let ledger = Ledger::open(notary)?;
        let turn = turnstile.map(Turnstile::enter).transpose()?;
        connection.prepare_cached("BEGIN IMMEDIATE")?.execute([])?;
        tables.host_sql.set(false);
        Ok(Self { connection, tables, in_closure: Some(in_closure), ledger, turn, dirty: false })
    }

    /// Joins a transaction of the host.
    pub(crate) fn join(connection: &'a Connection, notary: &Arc<Notary>, tables: &'a Tables) -> Result<Self, Error> {
        tables.host_sql.set(true);
        Ok(Self { connection, tables, in_closure: None, ledger: Ledger::open(notary)?, turn: None, dirty: true })
    }

    /// Runs one closure under a savepoint.
    ///
    /// # Errors
    /// Without a savepoint the closure does not run, and the batch is lost.
    pub(crate) fn closure<T, E>(
        &mut self,
        work: impl FnOnce(&mut Unit<'_>) -> Result<T, E>,
    ) -> Result<Ran<T, E>, Error> {
        if SqliteStore::new(self.connection, self.tables).is_fronted()? {
            return Err(UnitError::Tampered.into());
        }
        if self.is_joined() {
            self.run_all(bolt::SHUT)?;
        }
        self.run("SAVEPOINT hipaa_unit")?;
        self.ledger.enter();
        let outcome = {
            let _guard = self.in_closure.map(Guard::set);
            let mut unit = Unit::new(SqliteStore::new(self.connection, self.tables), &mut self.ledger);
            catch_unwind(AssertUnwindSafe(|| work(&mut unit)))
        };
        let succeeded = matches!(outcome, Ok(Ok(_)));
        let ticket = self.leave(succeeded);
        self.dirty |= succeeded && ticket.is_ok();
        Ok(Ran { outcome, ticket })
    }

    /// Whether the transaction is the host's, on a connection that has no hook of ours.
    const fn is_joined(&self) -> bool {
        self.in_closure.is_none()
    }

    fn leave(&mut self, succeeded: bool) -> Result<Ticket, Error> {
        if self.connection.is_autocommit() {
            return Err(UnitError::NotCommitted.into());
        }
        if self.is_joined() {
            self.run(bolt::DRAWN)?;
        }
        let mut store = SqliteStore::new(self.connection, self.tables);
        let mut lost = None;
        if succeeded {
            match self.ledger.leave(&mut store, false) {
                Ok(ticket) => return self.run("RELEASE hipaa_unit").map(|()| ticket),
                Err(error @ (UnitError::Torn | UnitError::HalfWritten)) => lost = Some(error),
                Err(error) => return Err(error.into()),
            }
        }
        self.run("ROLLBACK TO hipaa_unit")?;
        self.run("RELEASE hipaa_unit")?;
        let ticket = self.ledger.leave(&mut store, true)?;
        lost.map_or(Ok(ticket), |error| Err(error.into()))
    }

    /// Adds an entry without a closure. [`StoreError`]s mean that the whole batch is lost.
    #[cfg(feature = "tokio")]
    pub(crate) fn append(
        &mut self,
        event: &hipaa_core::audit::Event,
    ) -> Result<(Ticket, hipaa_core::unit::Position), Error> {
        Ok(self.ledger.append_alone(&mut SqliteStore::new(self.connection, self.tables), event)?)
    }

    /// Adds the entries of a read transaction. [`StoreError`]s mean that the whole batch is lost.
    #[cfg(feature = "tokio")]
    pub(crate) fn append_reading(&mut self, reading: &hipaa_core::unit::Reading) -> Result<Ticket, Error> {
        Ok(self.ledger.append_reading(&mut SqliteStore::new(self.connection, self.tables), reading)?)
    }

    /// Whether nothing more can be written in this transaction.
    #[cfg(feature = "tokio")]
    pub(crate) const fn is_full(&self) -> bool {
        self.ledger.ends_period()
    }

    /// Whether an error of one closure or entry loses the whole batch.
    pub(crate) fn is_lost_by(&self, error: &Error) -> bool {
        self.connection.is_autocommit()
            || matches!(error, Error::Store(_) | Error::Unit(UnitError::Store(_) | UnitError::NotCommitted))
    }

    /// Signs the heads and commits.
    pub(crate) fn commit(mut self) -> Result<Durable, Lost> {
        let Err(error) = self.try_commit() else { return Ok(self.ledger.committed()) };
        match self.settle(error) {
            Ok(true) => Ok(self.ledger.committed()),
            Ok(false) => Err(self.lose(error)),
            Err(uncertain) => Err(Lost { error: uncertain, recovered: false }),
        }
    }

    /// The batch is lost for this reason; its refusals are not, if it can be helped.
    pub(crate) fn lose(self, error: Error) -> Lost {
        match self.recover() {
            Ok(()) => Lost { error, recovered: true },
            Err(error) => Lost { error, recovered: false },
        }
    }

    fn try_commit(&mut self) -> Result<(), Error> {
        if !self.ledger.has_grown() && !self.dirty {
            return self.run("ROLLBACK");
        }
        self.ledger.close(&mut SqliteStore::new(self.connection, self.tables))?;
        self.run("COMMIT")
    }

    /// After a failed COMMIT: whether it took effect all the same.
    ///
    /// The entries that it would have written are looked for. If they are not there, a small durable write follows: it
    /// lies in the log where a commit record of the lost transaction could stand, so that no recovery can find one later.
    /// A full disk needs no such write: the commit record is what comes last, and it did not fit.
    fn settle(&self, error: Error) -> Result<bool, Error> {
        if !self.connection.is_autocommit() {
            self.run("ROLLBACK").map_err(|_| UnitError::Uncertain)?;
        }
        for last in self.ledger.last_entries() {
            let sql = "SELECT leaf FROM hipaa_audit WHERE log = ?1 AND sequence = ?2";
            let sequence = i64::try_from(last.sequence).unwrap_or(i64::MAX);
            let read = |row: &rusqlite::Row<'_>| row.get::<_, Vec<u8>>(0);
            let found = self.connection.query_row(sql, params![last.log.0, sequence], read).optional();
            if found.map_err(|_| UnitError::Uncertain)?.is_some_and(|leaf| leaf == last.leaf) {
                return Ok(true);
            }
        }
        let bury = "INSERT INTO hipaa_meta (key, value) VALUES ('failed_commits', 1)
            ON CONFLICT (key) DO UPDATE SET value = value + 1";
        match self.run(bury) {
            Err(_) if error != Error::Store(StoreError::Full) => Err(UnitError::Uncertain.into()),
            _ => Ok(false),
        }
    }

    /// The batch is lost: what is left of its transaction is rolled back, and its refusals are committed by themselves.
    fn recover(mut self) -> Result<(), Error> {
        if !self.connection.is_autocommit() {
            self.run("ROLLBACK")?;
        }
        self.run("BEGIN IMMEDIATE")?;
        let mut store = SqliteStore::new(self.connection, self.tables);
        let written = self.ledger.recover(&mut store).and_then(|()| self.ledger.close(&mut store));
        if written.is_err() || !self.ledger.has_grown() {
            self.run("ROLLBACK")?;
            return Ok(written?);
        }
        match self.run("COMMIT") {
            Ok(()) => drop(self.ledger.committed()),
            Err(error) => {
                let _ignored = self.run("ROLLBACK");
                return Err(error);
            }
        }
        Ok(())
    }

    /// Runs one statement, which stays prepared.
    fn run(&self, sql: &str) -> Result<(), Error> {
        let ran = self.connection.prepare_cached(sql).and_then(|mut statement| statement.execute([]));
        ran.map(|_| ()).map_err(|error| ended(&error))
    }

    /// Runs several statements.
    fn run_all(&self, sql: &str) -> Result<(), Error> {
        self.connection.execute_batch(sql).map_err(|error| ended(&error))
    }
}

impl Drop for Batch<'_> {
    fn drop(&mut self) {
        let _until_after_the_rollback = self.turn.take();
        if self.in_closure.is_some() && !self.connection.is_autocommit() {
            let _ignored = self.run("ROLLBACK");
        }
    }
}

fn ended(error: &rusqlite::Error) -> Error {
    match crate::error::kind(error) {
        // No such savepoint, no transaction: the closure's own SQL ended it.
        StoreError::Missing | StoreError::Other | StoreError::Refused => UnitError::NotCommitted.into(),
        kind => kind.into(),
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
