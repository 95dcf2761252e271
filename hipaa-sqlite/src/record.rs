//! Rows of declared tables.

use crate::store::{SqliteStore, limit, malformed};
use hipaa_core::schema::{ColumnDef, RecordId, Table, TenantId};
use hipaa_core::store::{RecordStore, StoreError, StoredRow, StoredValue};
use rusqlite::types::{ToSqlOutput, Value, ValueRef};
use rusqlite::{Connection, Row, params, params_from_iter};
use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::sync::Arc;

/// What is known of a connection: the statements of the tables that it has used, and who writes on it.
#[derive(Debug, Default)]
pub(crate) struct Tables {
    known: RefCell<HashMap<&'static str, (Table, Arc<Statements>)>>,
    /// Whether the host was given the connection inside the transaction that runs.
    pub(crate) host_sql: Cell<bool>,
    /// The versions of the schemas in which nobody but us writes entries.
    pub(crate) vetted: Cell<Option<(Option<i64>, Option<i64>)>>,
    /// The same of what would take or undo our writes.
    pub(crate) clear: Cell<Option<(Option<i64>, Option<i64>)>>,
}

#[derive(Debug)]
pub(crate) struct Statements {
    select: String,
    /// A row and its state, by the place that the state notes; none where the table has no rowids.
    pub(crate) select_placed: Option<String>,
    page: String,
    insert: String,
    update: String,
    delete: String,
}

impl Tables {
    /// The statements of a table. The first use on a connection compares the table with what was declared: one that keeps a
    /// sealed column in clear, or was never declared, is not used.
    pub(crate) fn statements(&self, connection: &Connection, table: &Table) -> Result<Arc<Statements>, StoreError> {
        let mut known = self.known.borrow_mut();
        match known.get(table.label()) {
            Some((same, statements)) if same == table => Ok(Arc::clone(statements)),
            _ => {
                if !crate::ddl::is_declared(connection, table).map_err(|_| StoreError::NotDeclared)? {
                    return Err(StoreError::NotDeclared);
                }
                let statements = Arc::new(Statements::new(connection, table));
                known.insert(table.label(), (*table, Arc::clone(&statements)));
                Ok(statements)
            }
        }
    }
}

impl Statements {
    fn new(connection: &Connection, table: &Table) -> Self {
        let name = table.sql_name();
        let names = table.columns().iter().map(ColumnDef::sql_name).collect::<Vec<_>>();
        let listed = names.iter().map(|name| format!("\"{name}\", ")).collect::<String>();
        let places = (0..names.len()).map(|at| format!("?{}, ", at + 4)).collect::<String>();
        let set = names.iter().enumerate().map(|(at, name)| format!("\"{name}\" = ?{}, ", at + 4)).collect::<String>();
        let columns = format!("{listed}hipaa_seal, record");
        let qualified = names.iter().map(|name| format!("r.\"{name}\", ")).collect::<String>();
        // The state is searched for, the row is where it says; whose row that is, is compared.
        let select_placed = format!(
            "SELECT {qualified}r.hipaa_seal, r.record, s.version, s.mac, s.tenant
            FROM hipaa_state s CROSS JOIN \"{name}\" r ON r.rowid = s.place
            WHERE s.tbl = ?3 AND s.record = ?2 AND ?1 = r.tenant AND ?2 = r.record"
        );
        Self {
            select: format!("SELECT {columns} FROM \"{name}\" WHERE tenant = ?1 AND record = ?2"),
            select_placed: Some(select_placed).filter(|sql| connection.prepare(sql).is_ok()),
            page: format!(
                "SELECT {columns} FROM \"{name}\" WHERE tenant = ?1 AND record > ?2 ORDER BY record LIMIT ?3"
            ),
            insert: format!("INSERT INTO \"{name}\" (tenant, record, {listed}hipaa_seal) VALUES (?1, ?2, {places}?3)"),
            update: format!("UPDATE \"{name}\" SET {set}hipaa_seal = ?3 WHERE tenant = ?1 AND record = ?2"),
            delete: format!("DELETE FROM \"{name}\" WHERE tenant = ?1 AND record = ?2"),
        }
    }
}

impl SqliteStore<'_> {
    fn write_row(&self, sql: &str, row: &StoredRow) -> Result<(), StoreError> {
        let ids = [row.tenant.as_bytes().as_slice(), row.record.as_bytes(), &row.seal];
        let ids = ids.map(|bytes| Ok(ToSqlOutput::Borrowed(ValueRef::Blob(bytes))));
        let columns = row.columns.iter().map(sql_value);
        let values = ids.into_iter().chain(columns).collect::<Result<Vec<_>, StoreError>>()?;
        self.run_one(sql, params_from_iter(values))
    }
}

impl RecordStore for SqliteStore<'_> {
    fn row(&mut self, table: &Table, tenant: TenantId, record: RecordId) -> Result<Option<StoredRow>, StoreError> {
        let sql = &self.tables.statements(self.connection(), table)?.select;
        self.one(sql, params![tenant.as_bytes(), record.as_bytes()], |row| read(table, tenant, row))
    }

    fn rows(
        &mut self,
        table: &Table,
        tenant: TenantId,
        after: Option<RecordId>,
        most: usize,
    ) -> Result<Vec<StoredRow>, StoreError> {
        let sql = &self.tables.statements(self.connection(), table)?.page;
        let after = after.as_ref().map_or(&[][..], RecordId::as_bytes);
        self.all(sql, params![tenant.as_bytes(), after, limit(most)], |row| read(table, tenant, row))
    }

    fn insert_row(&mut self, table: &Table, row: &StoredRow) -> Result<(), StoreError> {
        self.write_row(&self.tables.statements(self.connection(), table)?.insert, row)?;
        self.placed = Some((row.record, self.connection().last_insert_rowid()));
        Ok(())
    }

    fn update_row(&mut self, table: &Table, row: &StoredRow) -> Result<(), StoreError> {
        self.write_row(&self.tables.statements(self.connection(), table)?.update, row)
    }

    fn delete_row(&mut self, table: &Table, tenant: TenantId, record: RecordId) -> Result<(), StoreError> {
        let sql = &self.tables.statements(self.connection(), table)?.delete;
        self.run_one(sql, params![tenant.as_bytes(), record.as_bytes()])
    }
}

/// A stored value as SQLite takes it, for a host that writes its own table.
///
/// # Errors
/// [`StoreError::Corrupt`] for a value that we never write.
pub fn sql_value(value: &StoredValue) -> Result<ToSqlOutput<'_>, StoreError> {
    Ok(match value {
        StoredValue::Null => ToSqlOutput::Owned(Value::Null),
        StoredValue::Text(text) => ToSqlOutput::Borrowed(ValueRef::Text(text.as_bytes())),
        StoredValue::Blob(bytes) => ToSqlOutput::Borrowed(ValueRef::Blob(bytes)),
        StoredValue::Integer(number) => ToSqlOutput::Owned(Value::Integer(*number)),
        _ => return Err(StoreError::Corrupt),
    })
}

/// Reads a row of a host's own table. `row` has the columns of `table` in their order, then `hipaa_seal`, then `record`.
///
/// # Errors
/// [`rusqlite::Error`] when a column is missing or the record id is not one.
pub fn read_row(table: &Table, tenant: TenantId, row: &Row<'_>) -> rusqlite::Result<StoredRow> {
    read(table, tenant, row)
}

fn read(table: &Table, tenant: TenantId, row: &Row<'_>) -> rusqlite::Result<StoredRow> {
    let count = table.columns().len();
    let columns = (0..count).map(|at| Ok(stored(row.get_ref(at)?)));
    Ok(StoredRow {
        tenant,
        columns: columns.collect::<rusqlite::Result<_>>()?,
        // A seal of another type is an altered row: it is opened as one, and flagged.
        seal: row.get_ref(count)?.as_blob().unwrap_or_default().to_vec(),
        record: RecordId::from_slice(row.get_ref(count + 1)?.as_blob()?).map_err(|_| malformed(count + 1))?,
    })
}

fn stored(value: ValueRef<'_>) -> StoredValue {
    match value {
        ValueRef::Null => StoredValue::Null,
        ValueRef::Blob(bytes) => StoredValue::Blob(bytes.to_vec()),
        ValueRef::Integer(number) => StoredValue::Integer(number),
        ValueRef::Text(text) => match core::str::from_utf8(text) {
            Ok(text) => StoredValue::Text(text.to_owned()),
            Err(_) => StoredValue::Foreign,
        },
        ValueRef::Real(_) => StoredValue::Foreign,
    }
}
