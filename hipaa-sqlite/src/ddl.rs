//! From declared tables to SQL tables. Columns can be added later; dropped or retyped ones are refused.

use crate::Error;
use hipaa_core::schema::{ColumnDef, Kind, Protection, Table};
use rusqlite::{Connection, OptionalExtension, params};
use std::collections::HashMap;

/// A declaration that does not fit the database. Names columns by label.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DeclareError {
    /// The database has a column that the declaration lacks: rows would no longer verify.
    #[error("table {0} has a column in the database that is no longer declared")]
    Dropped(&'static str),
    /// The column was of another kind or protection.
    #[error("column {1} of table {0} was declared with another kind or protection")]
    Retyped(&'static str, &'static str),
    /// The database has another table of this SQL name, such as one of the host's own.
    #[error("the database has another table with the SQL name of table {0}")]
    NameTaken(&'static str),
}

/// Makes the table, or adds the columns that it lacks. Runs inside the caller's transaction.
///
/// # Errors
/// [`DeclareError`]; or [`Error::Store`].
pub fn declare(connection: &Connection, table: &'static Table) -> Result<(), Error> {
    let known = known_columns(connection, table)?;
    if known.keys().any(|label| table.position(label).is_none()) {
        return Err(DeclareError::Dropped(table.label()).into());
    }
    if known.is_empty() {
        create(connection, table)?;
    }
    for column in table.columns() {
        let (kind, protection) = (kind_name(column.kind()), protection_name(column));
        match known.get(column.label()) {
            Some(same) if *same == (kind.to_owned(), protection.to_owned()) => continue,
            Some(_) => return Err(DeclareError::Retyped(table.label(), column.label()).into()),
            None if known.is_empty() => {}
            None => add_column(connection, table, column)?,
        }
        let sql = "INSERT INTO hipaa_column (tbl, label, kind, protection) VALUES (?1, ?2, ?3, ?4)";
        connection.execute(sql, params![table.label(), column.label(), kind, protection])?;
    }
    Ok(())
}

fn known_columns(connection: &Connection, table: &Table) -> Result<HashMap<String, (String, String)>, Error> {
    let mut statement = connection.prepare("SELECT label, kind, protection FROM hipaa_column WHERE tbl = ?1")?;
    let rows = statement.query_map([table.label()], |row| Ok((row.get(0)?, (row.get(1)?, row.get(2)?))))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

fn create(connection: &Connection, table: &'static Table) -> Result<(), Error> {
    let taken = "SELECT 1 FROM sqlite_schema WHERE lower(name) = lower(?1)";
    if connection.query_row(taken, [table.sql_name()], |_| Ok(())).optional()?.is_some() {
        return Err(DeclareError::NameTaken(table.label()).into());
    }
    let columns = table.columns().iter().map(|column| format!("    {},\n", column_sql(column))).collect::<String>();
    connection.execute_batch(&format!(
        "CREATE TABLE \"{name}\" (
    tenant BLOB NOT NULL,
    record BLOB NOT NULL,
{columns}    hipaa_seal BLOB NOT NULL,
    PRIMARY KEY (tenant, record)
)",
        name = table.sql_name()
    ))?;
    Ok(())
}

fn add_column(connection: &Connection, table: &Table, column: &ColumnDef) -> Result<(), Error> {
    connection.execute_batch(&format!("ALTER TABLE \"{}\" ADD COLUMN {}", table.sql_name(), column_sql(column)))?;
    Ok(())
}

/// The storage class is part of the MAC, so columns have the affinity that converts nothing.
fn column_sql(column: &ColumnDef) -> String {
    format!("\"{}\" BLOB", column.sql_name())
}

const fn kind_name(kind: Kind) -> &'static str {
    match kind {
        Kind::Text => "text",
        Kind::Bytes => "bytes",
        Kind::Date => "date",
        Kind::Integer => "integer",
        Kind::Boolean => "boolean",
        Kind::Json => "json",
        Kind::Texts => "texts",
        Kind::Reference => "reference",
        _ => "unknown",
    }
}

const fn protection_name(column: &ColumnDef) -> &'static str {
    match column.protection() {
        Protection::Sealed { .. } => "sealed",
        _ => "protected",
    }
}
