//! A bare scan of the rows of audit entries and of their subjects, every column read, nothing hashed and nothing compared.

use super::append::Logs;
use crate::Failure;
use rusqlite::Connection;
use std::path::Path;

impl Logs {
    /// One pass over all entries and all subjects in the order in which they lie; gives the sum of what was read, so that
    /// nothing is left out.
    ///
    /// # Errors
    /// SQLite's.
    pub fn scan(path: &Path) -> Result<u64, Failure> {
        let reader = super::file::reader(path)?;
        Ok(scan_entries(&reader)? + scan_subjects(&reader)?)
    }
}

fn scan_entries(reader: &Connection) -> Result<u64, Failure> {
    let mut sum = 0;
    let sql = "SELECT log, sequence, body, leaf, details, time, name, actor FROM entry ORDER BY log, sequence";
    let mut statement = reader.prepare(sql)?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        for at in [0, 2, 3] {
            sum += row.get_ref(at)?.as_blob()?.len() as u64;
        }
        for at in [6, 7] {
            sum += row.get_ref(at)?.as_str()?.len() as u64;
        }
        sum += row.get_ref(1)?.as_i64()?.unsigned_abs() + u64::from(row.get_ref(4)? == rusqlite::types::ValueRef::Null);
        sum = sum.wrapping_add(row.get_ref(5)?.as_i64()?.unsigned_abs());
    }
    Ok(sum)
}

fn scan_subjects(reader: &Connection) -> Result<u64, Failure> {
    let mut sum = 0;
    let mut statement = reader.prepare("SELECT log, subject, sequence FROM subject ORDER BY log, subject, sequence")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        sum += row.get_ref(0)?.as_blob()?.len() as u64 + row.get_ref(1)?.as_blob()?.len() as u64;
        sum += row.get_ref(2)?.as_i64()?.unsigned_abs();
    }
    Ok(sum)
}
