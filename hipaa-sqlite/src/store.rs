//! The store on a borrowed connection; its traits are implemented in one file each.

use crate::record::Tables;
use hipaa_core::schema::RecordId;
use hipaa_core::store::StoreError;
use rusqlite::{Connection, OptionalExtension, Params, Row};

/// The store inside one transaction.
#[derive(Debug)]
pub(crate) struct SqliteStore<'a> {
    connection: &'a Connection,
    pub(crate) tables: &'a Tables,
    /// That every index covers every row, once this was seen: nothing becomes pending inside a transaction.
    pub(crate) all_built: bool,
    /// The row that was inserted last, and its rowid.
    pub(crate) placed: Option<(RecordId, i64)>,
}

impl<'a> SqliteStore<'a> {
    pub(crate) const fn new(connection: &'a Connection, tables: &'a Tables) -> Self {
        Self { connection, tables, all_built: false, placed: None }
    }

    pub(crate) const fn connection(&self) -> &'a Connection {
        self.connection
    }

    pub(crate) fn one<T>(
        &self,
        sql: &str,
        params: impl Params,
        read: impl FnOnce(&Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Option<T>, StoreError> {
        let mut statement = self.connection.prepare_cached(sql).map_err(failed)?;
        statement.query_row(params, read).optional().map_err(failed)
    }

    pub(crate) fn all<T>(
        &self,
        sql: &str,
        params: impl Params,
        read: impl FnMut(&Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Vec<T>, StoreError> {
        let mut statement = self.connection.prepare_cached(sql).map_err(failed)?;
        let rows = statement.query_map(params, read).map_err(failed)?;
        rows.collect::<Result<_, _>>().map_err(failed)
    }

    /// Runs a statement and says how many rows it changed.
    pub(crate) fn run(&self, sql: &str, params: impl Params) -> Result<usize, StoreError> {
        if self.connection.is_autocommit() {
            return Err(StoreError::NoTransaction);
        }
        let mut statement = self.connection.prepare_cached(sql).map_err(failed)?;
        statement.execute(params).map_err(failed)
    }

    /// Runs a statement that must change one row.
    pub(crate) fn run_one(&self, sql: &str, params: impl Params) -> Result<(), StoreError> {
        match self.run(sql, params)? {
            1 => Ok(()),
            _ => Err(StoreError::Missing),
        }
    }

    /// Runs an upsert that leaves the row alone where it is another owner's.
    pub(crate) fn run_own(&self, sql: &str, params: impl Params) -> Result<(), StoreError> {
        match self.run(sql, params)? {
            1 => Ok(()),
            _ => Err(StoreError::Conflict),
        }
    }
}

pub(crate) fn failed(error: rusqlite::Error) -> StoreError {
    crate::error::kind(&error)
}

/// A column of exactly `N` bytes.
pub(crate) fn fixed<const N: usize>(row: &Row<'_>, at: usize) -> rusqlite::Result<[u8; N]> {
    let bytes = row.get_ref(at)?.as_blob()?;
    bytes.try_into().map_err(|_| malformed(at))
}

/// A column that does not have the shape that was written.
pub(crate) fn malformed(at: usize) -> rusqlite::Error {
    rusqlite::Error::IntegralValueOutOfRange(at, 0)
}

/// A limit as SQLite takes it.
pub(crate) fn limit(limit: usize) -> i64 {
    i64::try_from(limit).unwrap_or(i64::MAX)
}

/// An unsigned number as SQLite keeps it.
pub(crate) fn signed(number: u64) -> Result<i64, StoreError> {
    i64::try_from(number).map_err(|_| StoreError::Full)
}

/// A number that is never negative.
pub(crate) fn unsigned(row: &Row<'_>, at: usize) -> rusqlite::Result<u64> {
    u64::try_from(row.get::<_, i64>(at)?).map_err(|_| malformed(at))
}
