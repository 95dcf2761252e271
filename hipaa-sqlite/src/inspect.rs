//! Reading a database that somebody else wrote, for examination: nothing is written, and nothing in it is trusted.

mod log;
mod read;
mod record;

use crate::Error;
use crate::migrate::MIGRATIONS;
pub use read::LogEntry;
use rusqlite::config::DbConfig;
use rusqlite::types::ValueRef;
use rusqlite::{Connection, OpenFlags, OptionalExtension};
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use hipaa_core::verify::Stored;

/// One connection that only reads; implements [`hipaa_core::verify::Source`] and
/// [`hipaa_core::verify::RecordSource`].
#[derive(Debug)]
pub struct Inspection {
    connection: Connection,
}

/// A file under examination: what it was like before, so that it can be told whether it is still.
#[derive(Debug)]
pub struct Inspected {
    path: PathBuf,
    /// Size and time of change, where the file was opened as one that nobody writes to.
    still: Option<(u64, Option<SystemTime>)>,
    had_shm: bool,
}

impl Inspection {
    /// Opens a file with so many connections, read-only. A file whose write-ahead log is missing or empty is read as one
    /// that nobody writes to, so that no file is made beside it; [`Inspected::close`] says whether that held.
    ///
    /// # Errors
    /// [`Error::CannotOpen`], [`Error::NotADatabase`], [`Error::Store`].
    pub fn open(path: &Path, connections: usize) -> Result<(Vec<Self>, Inspected), Error> {
        let wal = fs::metadata(beside(path, "-wal")).is_ok_and(|wal| wal.len() > 0);
        let still = if wal { None } else { Some(state_of(path)?) };
        let inspected = Inspected { path: path.to_owned(), still, had_shm: beside(path, "-shm").exists() };
        let mode = if wal { "mode=ro" } else { "mode=ro&immutable=1" };
        let name = format!("file:{}?{mode}", escaped(path).ok_or(Error::CannotOpen)?);
        let open = || Self::connect(&name);
        Ok(((0..connections.max(1)).map(|_| open()).collect::<Result<_, _>>()?, inspected))
    }

    fn connect(name: &str) -> Result<Self, Error> {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX | OpenFlags::SQLITE_OPEN_URI;
        let connection = Connection::open_with_flags(name, flags)?;
        connection.busy_timeout(Duration::from_secs(5))?;
        crate::open::configure_reader(&connection)?;
        crate::open::limit_lengths(&connection)?;
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_VIEW, false)?;
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_TRIGGER, false)?;
        connection.pragma_update(None, "query_only", true)?;
        connection.pragma_update(None, "mmap_size", 0)?;
        // One state of the file for the whole examination.
        connection.execute_batch("BEGIN")?;
        connection.query_row("SELECT count(*) FROM sqlite_schema", [], |_| Ok(()))?;
        Ok(Self { connection })
    }

    /// Whether there is a table of this name as we make it. One of another shape could hold two rows in one place, compute
    /// what it shows, or make every look-up a scan.
    fn has_our_table(&self, name: &str) -> Result<bool, Error> {
        let sql = "SELECT sql FROM sqlite_schema WHERE type = 'table' AND name = ?1";
        let text: Option<String> = self.connection.query_row(sql, [name], |row| row.get(0)).optional()?;
        Ok(text.is_some_and(|text| MIGRATIONS.iter().any(|ours| ours.contains(&text))))
    }

    /// Whether there is a table of this name: no view, no virtual table.
    fn has_table(&self, name: &str) -> Result<bool, Error> {
        let sql = "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND lower(name) = lower(?1)
            AND upper(sql) LIKE 'CREATE TABLE%'";
        let generated = "SELECT 1 FROM pragma_table_xinfo(?1) WHERE hidden <> 0";
        let there = self.connection.query_row(sql, [name], |_| Ok(())).optional()?.is_some();
        Ok(there && self.connection.query_row(generated, [name], |_| Ok(())).optional()?.is_none())
    }
}

impl Inspected {
    /// Ends the examination; the connections must be closed before.
    ///
    /// # Errors
    /// [`hipaa_core::store::StoreError::Busy`] when somebody wrote to the file while it was read as one that nobody writes
    /// to: what was found then means nothing.
    pub fn close(self) -> Result<(), Error> {
        let shm = beside(&self.path, "-shm");
        if !self.had_shm && self.still.is_none() && shm.exists() {
            // A copy of file and write-ahead log alone: reading made the index of the log.
            let _ = fs::remove_file(shm);
        }
        let Some(before) = self.still else { return Ok(()) };
        let written = fs::metadata(beside(&self.path, "-wal")).is_ok_and(|wal| wal.len() > 0);
        if written || state_of(&self.path)? != before {
            return Err(hipaa_core::store::StoreError::Busy.into());
        }
        Ok(())
    }
}

fn state_of(path: &Path) -> Result<(u64, Option<SystemTime>), Error> {
    let metadata = fs::metadata(path).map_err(|_| Error::CannotOpen)?;
    Ok((metadata.len(), metadata.modified().ok()))
}

fn beside(path: &Path, end: &str) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(end);
    PathBuf::from(name)
}

/// A path as it is written in a URI.
fn escaped(path: &Path) -> Option<String> {
    let text = path.to_str()?;
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"/._-~".contains(&byte);
    let escape = |byte: u8| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") };
    Some(text.bytes().map(escape).collect())
}

fn stored(value: ValueRef<'_>) -> Stored<'_> {
    match value {
        ValueRef::Null => Stored::Null,
        ValueRef::Integer(number) => Stored::Integer(number),
        ValueRef::Text(text) => Stored::Text(text),
        ValueRef::Blob(bytes) => Stored::Blob(bytes),
        ValueRef::Real(_) => Stored::Foreign,
    }
}

fn blob<const N: usize>(value: ValueRef<'_>) -> Option<[u8; N]> {
    match value {
        ValueRef::Blob(bytes) => bytes.try_into().ok(),
        _ => None,
    }
}

fn number(value: ValueRef<'_>) -> Option<u64> {
    match value {
        ValueRef::Integer(number) => u64::try_from(number).ok(),
        _ => None,
    }
}

fn bytes(value: ValueRef<'_>) -> Option<&[u8]> {
    match value {
        ValueRef::Blob(bytes) => Some(bytes),
        _ => None,
    }
}

fn text(value: ValueRef<'_>) -> Option<&str> {
    match value {
        ValueRef::Text(bytes) => core::str::from_utf8(bytes).ok(),
        _ => None,
    }
}
