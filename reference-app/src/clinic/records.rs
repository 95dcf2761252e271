//! The records of a clinic beyond the patients: written, looked up and read in bulk.

use super::Clinic;
use crate::error::Error;
use crate::fhir::reference::Reference;
use crate::schema::clinical::{BY_KEY, BY_SUBJECT, OTHERS};
use crate::schema::{BY_FHIR_ID, TABLES};
use hipaa_core::index::IndexError;
use hipaa_core::schema::{Column, ColumnType, Index, RecordId, Table, Text};
use hipaa_core::seal::SealError;
use hipaa_core::unit::Unit as _;
use hipaa_core::vault::{MAX_PAGE, Record, Row, Upsert, VaultError};
use hipaa_sqlite::{Unit, rusqlite};

/// A row and the table that it belongs to.
#[derive(Debug)]
pub struct Write {
    /// The table.
    pub table: &'static Table,
    /// The row.
    pub row: Row,
}

/// All that is about one patient in one table.
#[derive(Debug, Default)]
pub struct About {
    /// The records.
    pub records: Vec<Record>,
    /// Records that were altered so much that they cannot be shown.
    pub flagged: Vec<RecordId>,
}

impl Clinic<'_> {
    /// Writes rows in one unit of work: each is made, left alone or changed, whichever its FHIR id asks for. A row that
    /// is refused for its own sake changes nothing and does not touch the others.
    ///
    /// # Errors
    /// The database's; nothing of this unit is written then.
    pub fn write_all(&mut self, writes: &[Write]) -> Result<Vec<Result<Upsert, VaultError>>, hipaa_sqlite::Error> {
        let vault = &self.vault;
        let work = |unit: &mut Unit<'_>| {
            let upsert = |write: &Write| match vault.upsert(unit, write.table, key_of(write.table), &write.row) {
                Err(error) if !concerns_row(&error) => Err(error.into()),
                outcome => Ok(outcome),
            };
            writes.iter().map(upsert).collect::<Result<Vec<_>, hipaa_sqlite::Error>>()
        };
        Ok(self.database.write(work)?.into_inner())
    }

    /// The records that are referred to; none for a reference that leads to no record, or to several.
    ///
    /// # Errors
    /// The database's.
    pub fn look_up(&mut self, references: &[Reference]) -> Result<Vec<Option<RecordId>>, hipaa_sqlite::Error> {
        let vault = &self.vault;
        let work = |unit: &mut Unit<'_>| {
            let find = |reference: &Reference| {
                let Some((table, index, value)) = reference.place() else { return Ok(None) };
                match vault.find(unit, table, index, (value,)) {
                    Ok(found) => Ok(Some(found)),
                    Err(VaultError::Seal(SealError::Index(IndexError::NotBuilt))) => Err(IndexError::NotBuilt.into()),
                    // No record can be found by what cannot be indexed.
                    Err(VaultError::Seal(_) | VaultError::TooMany) => Ok(None),
                    Err(error) => Err(error),
                }
            };
            let found = references.iter().map(find).collect::<Result<Vec<_>, VaultError>>();
            found.map_err(hipaa_sqlite::Error::from)
        };
        let found = self.database.write(work)?.open()?;
        let one = |records: Vec<Record>| match records.as_slice() {
            [one] if one.integrity().is_intact() => Some(one.id()),
            _ => None,
        };
        Ok(found.into_iter().map(|found| found.and_then(|found| one(found.records))).collect())
    }

    /// All records of a table that are about one patient. One audit entry for each 500 of them names what was read.
    ///
    /// # Errors
    /// Those of the vault.
    pub fn about(&mut self, table: &'static Table, subject: RecordId) -> Result<About, Error> {
        let mut about = About::default();
        let mut after = None;
        loop {
            let vault = &self.vault;
            let find = |unit: &mut Unit<'_>| {
                Ok::<_, Error>(vault.find_page(unit, table, (BY_SUBJECT, (subject,)), (after, MAX_PAGE))?)
            };
            let page = self.database.write(find)?.open()?;
            about.records.extend(page.records);
            about.flagged.extend(page.flagged);
            after = page.next;
            if after.is_none() {
                return Ok(about);
            }
        }
    }

    /// Up to `limit` records behind `after` that have a value in a column, ascending by record id.
    ///
    /// # Errors
    /// The database's.
    pub fn with_value<T: ColumnType>(
        &mut self,
        (table, column): (&'static Table, Column<T>),
        after: Option<RecordId>,
        limit: usize,
    ) -> Result<Vec<Record>, hipaa_sqlite::Error> {
        let (vault, tenant) = (&self.vault, self.tenant.id);
        let read = |unit: &mut Unit<'_>| {
            let ids = ids_with_value(unit, (table, column.def().sql_name()), (tenant.as_bytes(), after), limit)?;
            ids.into_iter().map(|id| vault.read(unit, table, id)).collect::<Result<Vec<_>, _>>().map_err(Into::into)
        };
        let read = self.database.write(|unit| read(unit).map_err(|error: hipaa_sqlite::Error| error))?;
        Ok(read.open()?)
    }

    /// Deletes records of the table of other resources.
    ///
    /// # Errors
    /// Those of the vault.
    pub fn drop_others(&mut self, records: &[(RecordId, u64)]) -> Result<(), hipaa_sqlite::Error> {
        let vault = &self.vault;
        let work = |unit: &mut Unit<'_>| {
            let mut all = records.iter();
            Ok::<_, hipaa_sqlite::Error>(all.try_for_each(|record| vault.delete(unit, &OTHERS, *record))?)
        };
        self.database.write(work)?.into_inner();
        Ok(())
    }

    /// Brings rows of an older version of the application into indexes that it did not have.
    ///
    /// # Errors
    /// Those of the vault.
    pub fn build_indexes(&mut self) -> Result<(), hipaa_sqlite::Error> {
        for table in TABLES.iter().copied() {
            let mut after = None;
            while self.is_pending(table)? {
                let vault = &self.vault;
                let work =
                    |unit: &mut Unit<'_>| Ok::<_, hipaa_sqlite::Error>(vault.reindex(unit, table, after, MAX_PAGE)?);
                after = self.database.write(work)?.into_inner();
            }
        }
        Ok(())
    }

    fn is_pending(&mut self, table: &'static Table) -> Result<bool, hipaa_sqlite::Error> {
        let tenant = self.tenant.id;
        let work = |unit: &mut Unit<'_>| {
            let store = unit.parts().0;
            let mut pending = false;
            for index in table.indexes() {
                pending |= store.is_pending(table, tenant, index.label())?;
            }
            Ok::<_, hipaa_sqlite::Error>(pending)
        };
        Ok(self.database.write(work)?.into_inner())
    }
}

/// The unique index by which a record of this table is recognised.
fn key_of(table: &Table) -> Index<(Text,)> {
    if table.label() == OTHERS.label() { BY_KEY } else { BY_FHIR_ID }
}

/// Whether the vault refused one row before it wrote anything of it, so that the unit can go on with the next.
const fn concerns_row(error: &VaultError) -> bool {
    matches!(
        error,
        VaultError::Duplicate(_)
            | VaultError::Seal(_)
            | VaultError::Tampered
            | VaultError::RowMissing
            | VaultError::NoUniqueValue
    )
}

/// An absent value is NULL in the database, so this needs no key.
fn ids_with_value(
    unit: &Unit<'_>,
    (table, column): (&Table, &str),
    (tenant, after): (&[u8; 16], Option<RecordId>),
    limit: usize,
) -> Result<Vec<RecordId>, hipaa_sqlite::Error> {
    let sql = format!(
        "SELECT record FROM {} WHERE tenant = ?1 AND {column} IS NOT NULL AND record > ?2 ORDER BY record LIMIT ?3",
        table.sql_name()
    );
    let after = after.map(|id| id.as_bytes().to_vec()).unwrap_or_default();
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let mut statement = unit.sql().prepare_cached(&sql)?;
    let ids = statement.query_map((&tenant[..], after, limit), |row| row.get::<_, Vec<u8>>(0))?;
    let ids = ids.collect::<rusqlite::Result<Vec<_>>>()?;
    Ok(ids.iter().filter_map(|id| RecordId::from_slice(id).ok()).collect())
}
