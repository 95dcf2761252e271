//! Connections with safe settings, and the deployment behind them.

use crate::batch::{Batch, Lost};
use crate::migrate::{migrate, version};
use crate::record::Tables;
use crate::store::SqliteStore;
use crate::turnstile::Turnstile;
use crate::witness::{Compared, Place};
use crate::{Error, Unit, migrate::SCHEMA_VERSION, unit};
use hipaa_core::audit::Actor;
use hipaa_core::clock::Clock;
use hipaa_core::keys::Kek;
use hipaa_core::schema::Table;
use hipaa_core::signing;
use hipaa_core::store::StoreError;
use hipaa_core::tenancy::open_deployment;
use hipaa_core::unit::{Committed, Notary, UnitError};
use rusqlite::config::DbConfig;
use rusqlite::limits::Limit;
use rusqlite::{Connection, OpenFlags, TransactionBehavior};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

const STATEMENTS: usize = 128;
/// A row with one value of 16 MiB and room for the others.
const LONGEST: i32 = 48 * 1024 * 1024;
/// Pages that each connection keeps, in KiB: room for the inner pages of every index of a million records, so that a look-up
/// reads one page per index from the file.
const CACHE_KIB: i64 = 16 * 1024;

/// How a database is opened.
#[derive(Debug, Clone)]
pub struct Options {
    /// Where time comes from.
    pub clock: Clock,
    /// How long a writer waits for another one.
    pub busy_timeout: Duration,
    /// Whether a missing file is made, and a deployment founded in a database that has none.
    pub create: bool,
    /// The operator's Ed25519 public key, with which a deployment is founded: only who holds its seed, offline, can sign a
    /// restore. A deployment that exists keeps the one that it has.
    pub operator_key: Option<[u8; 32]>,
    /// The witnesses with which the database is compared before anything is served.
    pub witnesses: Vec<Place>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            clock: Clock::system(),
            busy_timeout: Duration::from_secs(5),
            create: true,
            operator_key: None,
            witnesses: Vec::new(),
        }
    }
}

/// A database of ours: one connection and the deployment that it holds.
#[derive(Debug)]
pub struct Database {
    connection: Connection,
    notary: Arc<Notary>,
    tables: Tables,
    /// Set while a closure runs: a COMMIT that the closure's own SQL tries is then turned into a rollback.
    in_closure: Arc<AtomicBool>,
    turnstile: Option<Turnstile>,
}

impl Database {
    /// Opens the database, or makes it, with the default options.
    ///
    /// # Errors
    /// As [`Database::open_with`].
    pub fn open(path: impl AsRef<Path>, kek: Kek) -> Result<Self, Error> {
        Self::open_with(path, kek, &Options::default())
    }

    /// Opens the database, or makes it and founds a deployment in it.
    ///
    /// # Errors
    /// [`Error::CannotOpen`]; [`Error::NotADatabase`]; [`Error::NoDeployment`]; [`Error::NewerSchema`];
    /// [`StoreError::ReadOnly`] for a file that
    /// cannot be written; `KeyError::WrongKek` when the database was made with another key;
    /// [`WitnessError`](hipaa_core::audit::WitnessError) when a witness does not vouch for it: lower, diverging, of another
    /// deployment, or a witness that is empty, missing or not to be read.
    pub fn open_with(path: impl AsRef<Path>, kek: Kek, options: &Options) -> Result<Self, Error> {
        let mut flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        if options.create {
            flags |= OpenFlags::SQLITE_OPEN_CREATE;
        }
        let connection = Connection::open_with_flags(path.as_ref(), flags)?;
        connection.busy_timeout(options.busy_timeout)?;
        if !options.create && version(&connection)? == 0 {
            return Err(Error::NoDeployment);
        }
        let founding = (options.clock.clone(), options.operator_key);
        let mut database = Self::attached(connection, kek, founding)?;
        database.turnstile = Turnstile::beside(path.as_ref(), options.busy_timeout);
        database.compare_all(&options.witnesses)?;
        Ok(database)
    }

    /// Compares this database with what each of these places has seen.
    ///
    /// # Errors
    /// As [`Database::compare_with`].
    pub(crate) fn compare_all(&mut self, places: &[Place]) -> Result<(), Error> {
        let mut read = |work: &dyn Fn(&mut Unit<'_>) -> Result<Compared, Error>| {
            Ok(self.write::<_, Error>(|unit| work(unit))?.into_inner())
        };
        places.iter().try_for_each(|place| place.compare(&mut read))
    }

    /// The same over a connection of the host's.
    ///
    /// # Errors
    /// As [`Database::open_with`].
    pub fn from_connection(connection: Connection, kek: Kek, clock: Clock) -> Result<Self, Error> {
        Self::attached(connection, kek, (clock, None))
    }

    fn attached(mut connection: Connection, kek: Kek, founding: Founding) -> Result<Self, Error> {
        let notary = found_or_attach(&mut connection, kek, founding)?;
        connection.pragma_update(None, "recursive_triggers", true)?;
        limit_lengths(&connection)?;
        let in_closure = Arc::new(AtomicBool::new(false));
        let inside = Arc::clone(&in_closure);
        connection.commit_hook(Some(move || inside.load(Ordering::SeqCst)))?;
        Ok(Self { connection, notary, tables: Tables::default(), in_closure, turnstile: None })
    }

    /// Makes the tables, or adds the columns that they lack.
    ///
    /// # Errors
    /// [`Error::Declare`] for a column that was dropped or retyped.
    pub fn declare(&mut self, tables: &[&'static Table]) -> Result<(), Error> {
        let transaction = self.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        for table in tables {
            crate::declare(&transaction, table)?;
        }
        Ok(transaction.commit()?)
    }

    /// Runs one unit of work: what `work` writes, and the entries for what it read, commit together. If it fails, its
    /// work is rolled back and its refusals are committed before the error is returned. A panic is a failure, too.
    ///
    /// # Errors
    /// That of `work`; or, converted, why the unit did not commit.
    pub fn write<T, E: From<Error>>(
        &mut self,
        work: impl FnOnce(&mut Unit<'_>) -> Result<T, E>,
    ) -> Result<Committed<T>, E> {
        let mut batch = self.begin()?;
        let ran = batch.closure(work)?;
        let ended = match ran.ticket {
            Ok(ticket) => batch.commit().map(|durable| Some((durable, ticket))),
            Err(error) if batch.is_lost_by(&error) => Err(batch.lose(error)),
            // The closure was torn, or it failed and its refusals could not be written.
            Err(error) => batch.commit().and(Err(Lost { error, recovered: false })),
        };
        unit::answer(ran.outcome, ended)
    }

    /// Takes the heads of all tenants' logs that have grown up into the deployment's log. The result is how many. A bridge
    /// does this by itself.
    ///
    /// # Errors
    /// Why the unit did not commit.
    pub fn note_heads(&mut self) -> Result<usize, Error> {
        Ok(self.write::<_, Error>(|unit| Ok(signing::note_heads(unit)?))?.into_inner())
    }

    /// Ends the signing period: from its commit on another key signs the heads of all logs. A bridge does this by itself
    /// when a period is over. The result is the period that begins, and whether the journal was emptied, so that the old
    /// seed is in no file: where a reader prevents it, call [`Database::empty_journal`] until it says so.
    ///
    /// # Errors
    /// Why the unit did not commit.
    pub fn end_signing_period(&mut self, actor: &Actor) -> Result<(u32, bool), Error> {
        let ended = self.write::<_, Error>(|unit| Ok(signing::end_period(unit, actor)?))?.into_inner();
        Ok((ended, self.empty_journal()?))
    }

    /// Moves the write-ahead log into the database and empties it; false where a reader or writer prevents it.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub fn empty_journal(&self) -> Result<bool, Error> {
        let busy = self.connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get::<_, i64>(0))?;
        Ok(busy == 0)
    }

    fn begin(&self) -> Result<Batch<'_>, Error> {
        Batch::begin(&self.connection, &self.notary, (&self.tables, &self.in_closure, self.turnstile.as_ref()))
    }

    /// Runs many closures in one transaction; an error of `run` loses them all, but for their refusals.
    #[cfg(feature = "tokio")]
    pub(crate) fn batch(
        &self,
        run: impl FnOnce(&mut Batch<'_>) -> Result<(), Error>,
    ) -> Result<hipaa_core::unit::Durable, Lost> {
        let mut batch = self.begin().map_err(|error| Lost { error, recovered: false })?;
        match run(&mut batch) {
            Ok(()) => batch.commit(),
            Err(error) => Err(batch.lose(error)),
        }
    }

    /// The notary, for [`join`](crate::join) on other connections to the same file.
    #[must_use]
    pub const fn notary(&self) -> &Arc<Notary> {
        &self.notary
    }

    /// The connection, for the host's own reading.
    #[must_use]
    pub const fn connection(&self) -> &Connection {
        &self.connection
    }
}

/// Prepares a host's connection and opens, or founds, the deployment in its database.
///
/// # Errors
/// As [`Database::open_with`].
pub fn attach(connection: &mut Connection, kek: Kek, clock: Clock) -> Result<Arc<Notary>, Error> {
    found_or_attach(connection, kek, (clock, None))
}

/// Where time comes from, and the operator's key of a new deployment.
type Founding = (Clock, Option<[u8; 32]>);

fn found_or_attach(
    connection: &mut Connection,
    kek: Kek,
    (clock, operator_key): Founding,
) -> Result<Arc<Notary>, Error> {
    refuse_newer(connection)?;
    configure(connection)?;
    if connection.is_readonly("main")? {
        return Err(StoreError::ReadOnly.into());
    }
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    migrate(&transaction)?;
    let tables = Tables::default();
    let (notary, founded) = open_deployment(&mut SqliteStore::new(&transaction, &tables), kek, clock, operator_key)?;
    transaction.commit().map_err(|_| Error::Unit(UnitError::NotCommitted))?;
    if let Some(mut ledger) = founded {
        drop(ledger.committed());
    }
    Ok(notary)
}

/// Gives a connection the settings on which the guarantees rest: write-ahead log with full synchronisation, deleted
/// content overwritten, temporary files in memory, no writing to the schema table, no trust in the schema's functions.
///
/// # Errors
/// [`Error::Store`].
pub fn configure(connection: &Connection) -> Result<(), Error> {
    connection.pragma_update(None, "journal_mode", "wal")?;
    connection.pragma_update(None, "synchronous", "full")?;
    connection.pragma_update(None, "secure_delete", true)?;
    configure_reader(connection)
}

/// The settings that matter to a connection that only reads, too.
pub(crate) fn configure_reader(connection: &Connection) -> Result<(), Error> {
    connection.pragma_update(None, "temp_store", "memory")?;
    connection.pragma_update(None, "cache_size", -CACHE_KIB)?;
    connection.pragma_update(None, "cell_size_check", true)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false)?;
    // The planner would otherwise look at bound values, and prepare a cached statement anew whenever they change.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    Ok(())
}

/// SQLite gives no value longer than the longest cell: a hostile row costs its own memory, not ours.
pub(crate) fn limit_lengths(connection: &Connection) -> Result<(), Error> {
    connection.set_limit(Limit::SQLITE_LIMIT_LENGTH, LONGEST)?;
    Ok(())
}

/// A newer schema is refused before anything is changed.
fn refuse_newer(connection: &Connection) -> Result<(), Error> {
    match version(connection)? {
        found if found > SCHEMA_VERSION => Err(Error::NewerSchema(found)),
        _ => Ok(()),
    }
}
