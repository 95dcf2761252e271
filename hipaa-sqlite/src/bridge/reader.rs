//! Readers: connections that see the last commit and write nothing.

use super::BridgeError;
use crate::record::Tables;
use crate::store::SqliteStore;
use crate::{Database, Error, Unit};
use hipaa_core::unit::{Ledger, Notary, Reading};
use rusqlite::{Connection, OpenFlags};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

const PATIENCE: Duration = Duration::from_secs(5);

/// A small pool of connections.
#[derive(Debug)]
pub(super) struct Readers {
    idle: Mutex<Vec<(Connection, Tables)>>,
    places: Arc<Semaphore>,
}

/// What a closure came to, and what it noted.
pub(super) type Outcome<T, E> = (std::thread::Result<Result<T, E>>, Reading);

impl Readers {
    pub(super) fn open(database: &Database, count: usize) -> Result<Self, Error> {
        let path = database.connection().path().filter(|path| !path.is_empty()).ok_or(Error::CannotOpen)?;
        let open = || {
            let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
            let connection = Connection::open_with_flags(path, flags)?;
            connection.busy_timeout(PATIENCE)?;
            crate::open::configure_reader(&connection)?;
            crate::open::limit_lengths(&connection)?;
            Ok::<_, Error>((connection, Tables::default()))
        };
        let idle = (0..count.max(1)).map(|_| open()).collect::<Result<Vec<_>, _>>()?;
        Ok(Self { places: Arc::new(Semaphore::new(idle.len())), idle: Mutex::new(idle) })
    }

    /// Waits for a connection to become idle.
    pub(super) async fn permit(&self) -> Result<OwnedSemaphorePermit, Error> {
        let places = Arc::clone(&self.places);
        places.acquire_owned().await.map_err(|_| BridgeError::Closed.into())
    }

    /// Runs one closure in a read transaction; the caller holds a permit.
    pub(super) fn read<T, E: From<Error>>(
        &self,
        notary: &Arc<Notary>,
        work: impl FnOnce(&mut Unit<'_>) -> Result<T, E>,
    ) -> Result<Outcome<T, E>, E> {
        let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let (connection, tables) = idle.ok_or(Error::from(BridgeError::Closed))?;
        let read = read_on((&connection, &tables), notary, work);
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).push((connection, tables));
        read.map_err(E::from)
    }
}

fn read_on<T, E>(
    (connection, tables): (&Connection, &Tables),
    notary: &Arc<Notary>,
    work: impl FnOnce(&mut Unit<'_>) -> Result<T, E>,
) -> Result<Outcome<T, E>, Error> {
    let mut ledger = Ledger::open_reading(notary)?;
    connection.execute_batch("BEGIN")?;
    tables.host_sql.set(false);
    let outcome = {
        let mut unit = Unit::new(SqliteStore::new(connection, tables), &mut ledger);
        catch_unwind(AssertUnwindSafe(|| work(&mut unit)))
    };
    if !connection.is_autocommit() {
        connection.execute_batch("ROLLBACK")?;
    }
    let failed = !matches!(outcome, Ok(Ok(_)));
    Ok((outcome, ledger.finish_reading(failed)))
}
