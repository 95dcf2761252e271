//! From declared tables to SQL tables. Columns can be added later; dropped or retyped ones are refused.

use crate::Error;
use hipaa_core::schema::{ColumnDef, IndexDef, Kind, PartDef, Protection, Table};
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
    /// The database has an index that the declaration lacks: new rows would not be found by it.
    #[error("table {0} has an index in the database that is no longer declared")]
    DroppedIndex(&'static str),
    /// The index was declared over other columns, with other normalisers or another width. Give it another label.
    #[error("index {1} of table {0} was declared otherwise: give the new one another label")]
    ChangedIndex(&'static str, &'static str),
    /// The table was made under another SQL name, and none of the declared one is there: rename it with SQL first.
    #[error("table {0} has another SQL name in the database")]
    Renamed(&'static str),
    /// The database has another table of this SQL name, such as one of the host's own.
    #[error("the database has another table with the SQL name of table {0}")]
    NameTaken(&'static str),
}

/// Makes the table, or adds the columns and indexes that it lacks. Runs inside the caller's transaction.
///
/// An index that is new over rows which are there already is not searchable for their tenants until
/// `TenantVault::reindex` has brought them in.
///
/// # Errors
/// [`DeclareError`]; or [`Error::Store`].
pub fn declare(connection: &Connection, table: &'static Table) -> Result<(), Error> {
    let sql_name = "SELECT sql_name FROM hipaa_table WHERE label = ?1";
    let known: Option<String> = connection.query_row(sql_name, [table.label()], |row| row.get(0)).optional()?;
    match &known {
        Some(same) if same == table.sql_name() => {}
        Some(_) => rename(connection, table)?,
        None => create(connection, table)?,
    }
    let added = declare_columns(connection, table, known.is_some())?;
    declare_indexes(connection, table, &added)
}

/// Whether every column of the table was declared as it is now, and a table of its SQL name is there: a table, no view.
pub(crate) fn is_declared(connection: &Connection, table: &Table) -> Result<bool, Error> {
    let known = known_columns(connection, table)?;
    let same = |column: &ColumnDef| {
        let now = (kind_name(column.kind()).to_owned(), protection_name(column).to_owned());
        known.get(column.label()) == Some(&now)
    };
    let named = "SELECT 1 FROM hipaa_table t JOIN sqlite_schema s ON s.type = 'table' AND lower(s.name) = lower(?2)
        WHERE t.label = ?1";
    let there = connection.query_row(named, [table.label(), table.sql_name()], |_| Ok(())).optional()?;
    Ok(there.is_some() && table.columns().iter().all(same))
}

/// A host may rename a table: keys are bound to its label.
fn rename(connection: &Connection, table: &'static Table) -> Result<(), Error> {
    if !exists(connection, table)? {
        return Err(DeclareError::Renamed(table.label()).into());
    }
    connection.execute("UPDATE hipaa_table SET sql_name = ?2 WHERE label = ?1", [table.label(), table.sql_name()])?;
    Ok(())
}

fn exists(connection: &Connection, table: &Table) -> Result<bool, Error> {
    let named = "SELECT 1 FROM sqlite_schema WHERE lower(name) = lower(?1)";
    Ok(connection.query_row(named, [table.sql_name()], |_| Ok(())).optional()?.is_some())
}

/// Writes down the columns; the result is those that are new.
fn declare_columns(connection: &Connection, table: &'static Table, exists: bool) -> Result<Vec<&'static str>, Error> {
    let mut added = Vec::new();
    let known = known_columns(connection, table)?;
    if known.keys().any(|label| table.position(label).is_none()) {
        return Err(DeclareError::Dropped(table.label()).into());
    }
    for column in table.columns() {
        let (kind, protection) = (kind_name(column.kind()), protection_name(column));
        match known.get(column.label()) {
            Some(same) if *same == (kind.to_owned(), protection.to_owned()) => continue,
            Some(_) => return Err(DeclareError::Retyped(table.label(), column.label()).into()),
            None if exists => add_column(connection, table, column)?,
            None => {}
        }
        let sql = "INSERT INTO hipaa_column (tbl, label, kind, protection) VALUES (?1, ?2, ?3, ?4)";
        connection.execute(sql, params![table.label(), column.label(), kind, protection])?;
        added.push(column.label());
    }
    Ok(added)
}

fn declare_indexes(connection: &Connection, table: &'static Table, added: &[&str]) -> Result<(), Error> {
    let mut statement = connection.prepare("SELECT label, definition FROM hipaa_index WHERE tbl = ?1")?;
    let rows = statement.query_map([table.label()], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let known: HashMap<String, String> = rows.collect::<Result<_, _>>()?;
    let declared = |label: &String| table.indexes().iter().any(|index| index.label() == label);
    if !known.keys().all(declared) {
        return Err(DeclareError::DroppedIndex(table.label()).into());
    }
    for index in table.indexes() {
        let definition = definition(index);
        match known.get(index.label()) {
            Some(same) if *same == definition => continue,
            Some(_) => return Err(DeclareError::ChangedIndex(table.label(), index.label()).into()),
            None => {}
        }
        let sql = "INSERT INTO hipaa_index (tbl, label, definition) VALUES (?1, ?2, ?3)";
        connection.execute(sql, params![table.label(), index.label(), definition])?;
        // Old rows have no value in a new column, so an index with one has no term for them.
        if index.parts().iter().any(|part| added.contains(&part.column())) {
            continue;
        }
        let pending = format!(
            "INSERT INTO hipaa_pending_index (tenant, tbl, label) SELECT DISTINCT tenant, ?1, ?2 FROM \"{}\"",
            table.sql_name()
        );
        connection.execute(&pending, params![table.label(), index.label()])?;
    }
    Ok(())
}

/// What a term depends on: columns, normalisers and width.
fn definition(index: &IndexDef) -> String {
    let columns = index.parts().iter().map(PartDef::column).collect::<Vec<_>>().join("+");
    format!("{columns} {} {}", index.normalizer_id(), index.bits())
}

fn known_columns(connection: &Connection, table: &Table) -> Result<HashMap<String, (String, String)>, Error> {
    let mut statement = connection.prepare("SELECT label, kind, protection FROM hipaa_column WHERE tbl = ?1")?;
    let rows = statement.query_map([table.label()], |row| Ok((row.get(0)?, (row.get(1)?, row.get(2)?))))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

fn create(connection: &Connection, table: &'static Table) -> Result<(), Error> {
    if exists(connection, table)? {
        return Err(DeclareError::NameTaken(table.label()).into());
    }
    let columns = table.columns().iter().map(|column| format!("    {},\n", column_sql(column))).collect::<String>();
    let sql = "INSERT INTO hipaa_table (label, sql_name) VALUES (?1, ?2)";
    connection.execute(sql, params![table.label(), table.sql_name()])?;
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
