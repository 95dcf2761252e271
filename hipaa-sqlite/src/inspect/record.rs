//! States, rows and terms as they lie there.

use super::{Inspection, blob, bytes, number, text};
use crate::Error;
use hipaa_core::authority::STATE_LABEL;
use hipaa_core::schema::{RecordId, SIGNATURE, TenantId};
use hipaa_core::store::{AuthorityKind, RecordState};
use hipaa_core::verify::{AuthorityView, RecordSource, RowView, SignatureRow, StateRow, TermRow};
use rusqlite::types::ValueRef;
use rusqlite::{OptionalExtension, Row, params};

/// Databases of an older schema have none.
const AUTHORITY: &str = "hipaa_authority";
const LIVE: &str = "mac <> x'0000000000000000000000000000000000000000000000000000000000000000'";

impl RecordSource for Inspection {
    fn tables(&mut self) -> Result<Vec<String>, Error> {
        let mut statement = self.connection.prepare_cached("SELECT label FROM hipaa_table")?;
        let labels = statement.query_map([], |row| row.get(0))?;
        Ok(labels.collect::<Result<_, _>>()?)
    }

    fn count_states(&mut self) -> Result<u64, Error> {
        Ok(self
            .connection
            .query_row("SELECT count(*) FROM hipaa_state", [], |row| Ok(number(row.get_ref(0)?)))?
            .unwrap_or(0))
    }

    fn states(&mut self, each: &mut dyn FnMut(Option<StateRow<'_>>)) -> Result<(), Error> {
        let mut statement =
            self.connection.prepare_cached("SELECT record, tenant, version, mac, tbl FROM hipaa_state")?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let read = || {
                let record = record(row.get_ref(0).ok()?)?;
                let (tenant, version, mac) = state(row, 1)?;
                Some((text(row.get_ref(4).ok()?)?, tenant, RecordState { record, version, mac }))
            };
            each(read());
        }
        Ok(())
    }

    fn rows(&mut self, table: &str, each: &mut dyn FnMut(&RowView<'_>)) -> Result<(), Error> {
        let Some(name) = self.table_of(table)? else { return Ok(()) };
        let sql = format!(
            "SELECT r.tenant, r.record, r.hipaa_seal, s.tenant, s.version, s.mac FROM {name} r
             LEFT JOIN hipaa_state s ON s.tbl = ?1 AND s.record = r.record"
        );
        let mut statement = self.connection.prepare_cached(&sql)?;
        let mut rows = statement.query([table])?;
        while let Some(row) = rows.next()? {
            let tenant = blob(row.get_ref(0)?).map(TenantId::from_bytes);
            each(&RowView {
                record: tenant.zip(record(row.get_ref(1)?)),
                seal: bytes(row.get_ref(2)?).unwrap_or_default(),
                state: state(row, 3),
            });
        }
        Ok(())
    }

    fn signatures(&mut self, table: &str, each: &mut dyn FnMut(SignatureRow<'_>)) -> Result<(), Error> {
        let (Some(name), true) = (self.table_of(table)?, self.is_signable(table)?) else { return Ok(()) };
        let sql = format!("SELECT tenant, record, {} FROM {name}", SIGNATURE.sql_name());
        let Ok(mut statement) = self.connection.prepare_cached(&sql) else { return Ok(()) };
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let tenant = blob(row.get_ref(0)?).map(TenantId::from_bytes);
            let Some((tenant, record)) = tenant.zip(record(row.get_ref(1)?)) else { continue };
            let signature = match row.get_ref(2)? {
                ValueRef::Null => &[][..],
                // What is no blob is no signature, and not nothing either.
                other => bytes(other).filter(|bytes| !bytes.is_empty()).unwrap_or(&[0]),
            };
            each((tenant, record, signature));
        }
        Ok(())
    }

    fn missing_rows(&mut self, table: &str, each: &mut dyn FnMut(TenantId, RecordId)) -> Result<(), Error> {
        let there = match self.table_of(table)? {
            Some(name) => format!("EXISTS (SELECT 1 FROM {name} r WHERE r.tenant = s.tenant AND r.record = s.record)"),
            None => "0".to_owned(),
        };
        let sql = format!("SELECT tenant, record FROM hipaa_state s WHERE tbl = ?1 AND {LIVE} AND NOT {there}");
        let mut statement = self.connection.prepare_cached(&sql)?;
        let mut rows = statement.query([table])?;
        while let Some(row) = rows.next()? {
            if let Some((tenant, record)) = blob(row.get_ref(0)?).zip(record(row.get_ref(1)?)) {
                each(TenantId::from_bytes(tenant), record);
            }
        }
        Ok(())
    }

    fn authority(&mut self, each: &mut dyn FnMut(Option<AuthorityView>)) -> Result<(), Error> {
        if !self.has_table(AUTHORITY)? {
            return Ok(());
        }
        let mut statement =
            self.connection.prepare_cached("SELECT kind, id, tenant, version, mac FROM hipaa_authority")?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let read = || {
                let record = state_id(text(row.get_ref(0).ok()?)?, bytes(row.get_ref(1).ok()?)?)?;
                let (tenant, version, mac) = state(row, 2)?;
                Some((tenant, RecordState { record, version, mac }))
            };
            let Some((tenant, row)) = read() else {
                each(None);
                continue;
            };
            each(Some(AuthorityView { tenant, row, state: self.state_of_authority(row.record)? }));
        }
        Ok(())
    }

    fn missing_authority(&mut self, each: &mut dyn FnMut(TenantId, RecordId)) -> Result<(), Error> {
        let sql = format!("SELECT tenant, record FROM hipaa_state WHERE tbl = ?1 AND {LIVE}");
        let mut statement = self.connection.prepare_cached(&sql)?;
        let mut rows = statement.query([STATE_LABEL])?;
        while let Some(row) = rows.next()? {
            let Some((tenant, record)) = blob(row.get_ref(0)?).zip(record(row.get_ref(1)?)) else { continue };
            if !self.has_authority(record)? {
                each(TenantId::from_bytes(tenant), record);
            }
        }
        Ok(())
    }

    fn terms(&mut self, each: &mut dyn FnMut(Option<TermRow<'_>>)) -> Result<(), Error> {
        let sql = "SELECT tbl, term, record FROM hipaa_term WHERE tbl IN (SELECT label FROM hipaa_table)";
        let mut statement = self.connection.prepare_cached(sql)?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let (table, term, record) = (row.get_ref(0)?, row.get_ref(1)?, row.get_ref(2)?);
            each(text(table).zip(bytes(term)).zip(bytes(record)).map(|((table, term), record)| (table, term, record)));
        }
        Ok(())
    }

    fn has_term(&mut self, table: &str, term: &[u8], record: &[u8]) -> Result<bool, Error> {
        let sql = "SELECT 1 FROM hipaa_term WHERE term = ?1 AND tbl = ?2 AND record = ?3";
        Ok(self.connection.prepare_cached(sql)?.exists(params![term, table, record])?)
    }

    fn seals(&mut self, table: &str, record: &[u8]) -> Result<Vec<Vec<u8>>, Error> {
        let Some(name) = self.table_of(table)? else { return Ok(Vec::new()) };
        // Through the states, which know the tenant: a table's rows are found by tenant and record.
        let sql = format!(
            "SELECT r.hipaa_seal FROM hipaa_state s JOIN {name} r ON r.tenant = s.tenant AND r.record = s.record
             WHERE s.tbl = ?1 AND s.record = ?2"
        );
        let mut statement = self.connection.prepare_cached(&sql)?;
        let seals =
            statement.query_map(params![table, record], |row| Ok(bytes(row.get_ref(0)?).map(<[u8]>::to_vec)))?;
        Ok(seals.collect::<Result<Vec<_>, _>>()?.into_iter().flatten().collect())
    }
}

/// The id among the states of a row of authority.
fn state_id(kind: &str, id: &[u8]) -> Option<RecordId> {
    let kind = AuthorityKind::ALL.iter().find(|known| known.label() == kind)?;
    RecordId::from_slice(&[&[kind.code()], id].concat()).ok()
}

impl Inspection {
    fn state_of_authority(&self, record: RecordId) -> Result<Option<(TenantId, u64, [u8; 32])>, Error> {
        let sql = "SELECT tenant, version, mac FROM hipaa_state WHERE tbl = ?1 AND record = ?2";
        let mut statement = self.connection.prepare_cached(sql)?;
        let mut rows = statement.query(params![STATE_LABEL, record.as_bytes()])?;
        Ok(rows.next()?.and_then(|row| state(row, 0)))
    }

    fn has_authority(&self, record: RecordId) -> Result<bool, Error> {
        let (split, there) = (record.as_bytes().split_first(), self.has_table(AUTHORITY)?);
        let place = split.and_then(|(code, id)| Some((AuthorityKind::from_code(*code)?, id)));
        let Some((kind, id)) = place.filter(|_| there) else { return Ok(false) };
        let sql = "SELECT 1 FROM hipaa_authority WHERE kind = ?1 AND id = ?2";
        Ok(self.connection.prepare_cached(sql)?.exists(params![kind.label(), id])?)
    }

    /// Whether the records of a declared table can be signed.
    fn is_signable(&self, label: &str) -> Result<bool, Error> {
        let sql = "SELECT 1 FROM hipaa_column WHERE tbl = ?1 AND label = ?2";
        Ok(self.connection.prepare_cached(sql)?.exists([label, SIGNATURE.label()])?)
    }

    /// The SQL name of a declared table, quoted; none where it is gone, or has no longer the key that it was made with:
    /// then every look-up would be a scan.
    fn table_of(&self, label: &str) -> Result<Option<String>, Error> {
        let sql = "SELECT sql_name FROM hipaa_table WHERE label = ?1";
        let name: Option<String> = self.connection.query_row(sql, [label], |row| row.get(0)).optional()?;
        match name {
            Some(name) if self.has_table(&name)? && self.is_keyed(&name)? => {
                Ok(Some(format!("\"{}\"", name.replace('"', "\"\""))))
            }
            _ => Ok(None),
        }
    }

    fn is_keyed(&self, name: &str) -> Result<bool, Error> {
        let sql =
            "SELECT count(*) FROM pragma_table_info(?1) WHERE (name, pk) IN (VALUES ('tenant', 1), ('record', 2))";
        Ok(self.connection.query_row(sql, [name], |row| row.get::<_, i64>(0))? == 2)
    }
}

fn record(value: ValueRef<'_>) -> Option<RecordId> {
    RecordId::from_slice(bytes(value)?).ok()
}

/// Tenant, version and MAC of a state.
fn state(row: &Row<'_>, at: usize) -> Option<(TenantId, u64, [u8; 32])> {
    let tenant = TenantId::from_bytes(blob(row.get_ref(at).ok()?)?);
    Some((tenant, number(row.get_ref(at + 1).ok()?)?, blob(row.get_ref(at + 2).ok()?)?))
}
