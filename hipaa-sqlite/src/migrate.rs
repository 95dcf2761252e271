//! The versions of the schema: forward only, each in the transaction of whoever opens the database first.

use crate::Error;
use rusqlite::{Connection, OptionalExtension};

/// The schema that this version writes.
pub const SCHEMA_VERSION: u32 = 2;

/// The text of every version.
pub(crate) const MIGRATIONS: [&str; SCHEMA_VERSION as usize] =
    [include_str!("migrations/001.sql"), include_str!("migrations/003.sql")];

/// Brings the database to [`SCHEMA_VERSION`]; runs inside a write transaction.
pub(crate) fn migrate(connection: &Connection) -> Result<(), Error> {
    let found = version(connection)?;
    if found > SCHEMA_VERSION {
        return Err(Error::NewerSchema(found));
    }
    let pending = MIGRATIONS.iter().skip(usize::try_from(found).unwrap_or(usize::MAX));
    for migration in pending {
        connection.execute_batch(migration)?;
    }
    if found < SCHEMA_VERSION {
        connection.execute("INSERT OR REPLACE INTO hipaa_meta (key, value) VALUES ('schema', ?1)", [SCHEMA_VERSION])?;
    }
    Ok(())
}

/// The schema that the database has; 0 where it has none of ours.
pub(crate) fn version(connection: &Connection) -> Result<u32, Error> {
    let ours = "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'hipaa_meta'";
    if connection.query_row(ours, [], |_| Ok(())).optional()?.is_none() {
        return Ok(0);
    }
    let version = "SELECT value FROM hipaa_meta WHERE key = 'schema'";
    Ok(connection.query_row(version, [], |row| row.get(0)).optional()?.unwrap_or(0))
}
