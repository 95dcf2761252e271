//! The versions of the schema: forward only, each in the transaction of whoever opens the database first.

use crate::Error;
use crate::record::Tables;
use crate::store::{SqliteStore, fixed, unsigned};
use hipaa_core::store::{LogId, put_tiles};
use rusqlite::{Connection, OptionalExtension};

/// The schema that this version writes.
pub const SCHEMA_VERSION: u32 = 3;

/// The text of every version.
pub(crate) const MIGRATIONS: [&str; SCHEMA_VERSION as usize] =
    [include_str!("migrations/001.sql"), include_str!("migrations/002.sql"), include_str!("migrations/003.sql")];
/// From this version on, full tiles are stored.
const TILES: u32 = 2;

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
    if found < TILES {
        build_tiles(connection)?;
    }
    if found < SCHEMA_VERSION {
        connection.execute("INSERT OR REPLACE INTO hipaa_meta (key, value) VALUES ('schema', ?1)", [SCHEMA_VERSION])?;
    }
    Ok(())
}

/// The tiles of logs that are older than the table of tiles.
fn build_tiles(connection: &Connection) -> Result<(), Error> {
    let mut statement = connection.prepare("SELECT log, size FROM hipaa_head")?;
    let heads = statement.query_map([], |row| Ok((LogId(fixed(row, 0)?), unsigned(row, 1)?)))?;
    let heads = heads.collect::<Result<Vec<_>, _>>()?;
    let tables = Tables::default();
    for (log, size) in heads {
        put_tiles(&mut SqliteStore::new(connection, &tables), log, (0, size), &[])?;
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
