//! The records of a clinic beyond the patients: written, looked up and read in bulk.

use super::Clinic;
use crate::fhir::reference::Reference;
use crate::schema::clinical::{BY_KEY, OTHERS};
use crate::schema::{BY_FHIR_ID, TABLES};
use hipaa_core::schema::{Column, ColumnType, Index, RecordId, Table, Text};
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

impl Clinic<'_> {
    /// Writes rows in one unit of work: each is made, left alone or changed, whichever its FHIR id asks for. An audit entry
    /// for each table and 500 of them names them. A row that is refused for its own sake changes nothing and
    /// does not touch the others. The outcomes are in the order of the rows.
    ///
    /// # Errors
    /// The database's; nothing of this unit is written then.
    pub fn write_all(&mut self, writes: Vec<Write>) -> Result<Vec<Result<Upsert, VaultError>>, hipaa_sqlite::Error> {
        let mut tables = Vec::<(&'static Table, Vec<usize>, Vec<Row>)>::new();
        let mut outcomes = vec![Err(VaultError::NotFound); writes.len()];
        for (at, Write { table, row }) in writes.into_iter().enumerate() {
            match tables.iter_mut().find(|(known, ..)| core::ptr::eq(*known, table) || *known == table) {
                Some((_, places, rows)) => {
                    places.push(at);
                    rows.push(row);
                }
                None => tables.push((table, vec![at], vec![row])),
            }
        }
        let vault = &self.vault;
        let work = |unit: &mut Unit<'_>| {
            for (table, places, rows) in tables {
                let (mut done, mut rows) = (Vec::with_capacity(rows.len()), rows.into_iter());
                while rows.len() > 0 {
                    let some = rows.by_ref().take(MAX_PAGE).collect();
                    done.extend(vault.upsert_all(unit, table, key_of(table), some)?);
                }
                for (at, outcome) in places.into_iter().zip(done) {
                    if let Some(place) = outcomes.get_mut(at) {
                        *place = outcome;
                    }
                }
            }
            Ok::<_, hipaa_sqlite::Error>(outcomes)
        };
        Ok(self.database.write(work)?.into_inner())
    }

    /// The records that are referred to; none for a reference that leads to no record, or to several.
    ///
    /// # Errors
    /// The database's.
    pub fn look_up(&mut self, references: &[&Reference]) -> Result<Vec<Option<RecordId>>, hipaa_sqlite::Error> {
        let asked = questions(references);
        let vault = &self.vault;
        let work = |unit: &mut Unit<'_>| {
            let resolve = |Question { table, index, values }: &Question<'_>| {
                vault.resolve(unit, table, *index, values.iter().map(|(_, value)| (*value,)))
            };
            Ok::<_, hipaa_sqlite::Error>(asked.iter().map(resolve).collect::<Result<Vec<_>, _>>()?)
        };
        let answers = self.database.write(work)?.open()?;
        let mut found = vec![None; references.len()];
        let places = asked.iter().flat_map(|question| question.values.iter().map(|(at, _)| *at));
        for (at, record) in places.zip(answers.into_iter().flatten()) {
            if let Some(place) = found.get_mut(at) {
                *place = record;
            }
        }
        Ok(found)
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

/// References that are looked up in one index.
struct Question<'a> {
    table: &'static Table,
    index: Index<(Text,)>,
    /// Each with its place among all references.
    values: Vec<(usize, &'a str)>,
}

/// As few questions as there are indexes, or as one answer can hold.
fn questions<'a>(references: &[&'a Reference]) -> Vec<Question<'a>> {
    let mut asked = Vec::<Question<'a>>::new();
    for (at, reference) in references.iter().enumerate() {
        let Some((table, index, value)) = reference.place() else { continue };
        let same = |question: &&mut Question<'_>| {
            let here = question.table == table && question.index.def() == index.def();
            here && question.values.len() < MAX_PAGE
        };
        match asked.iter_mut().find(same) {
            Some(question) => question.values.push((at, value)),
            None => asked.push(Question { table, index, values: vec![(at, value)] }),
        }
    }
    asked
}

/// The unique index by which a record of this table is recognised.
fn key_of(table: &Table) -> Index<(Text,)> {
    if table.label() == OTHERS.label() { BY_KEY } else { BY_FHIR_ID }
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
