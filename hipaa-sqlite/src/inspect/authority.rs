//! Authority rows as they lie there: a table like any other, whose rows have version and MAC in columns instead of a seal.

use super::{Inspection, blob, bytes, number, record, text};
use crate::Error;
use hipaa_core::authority::STATE_LABEL;
use hipaa_core::cipher::CellHeader;
use hipaa_core::schema::{RecordId, TenantId};
use hipaa_core::seal::SealBlob;
use hipaa_core::store::AuthorityKind;
use hipaa_core::verify::RowView;
use rusqlite::{OptionalExtension, Row, params};

const TABLE: &str = "hipaa_authority";

impl Inspection {
    /// Whether the database has authority rows; older ones do not.
    pub(super) fn has_authority(&self) -> Result<bool, Error> {
        self.has_table(TABLE)
    }

    pub(super) fn authority_rows(&self, each: &mut dyn FnMut(&RowView<'_>)) -> Result<(), Error> {
        let sql = "SELECT kind, id, tenant, version, mac FROM hipaa_authority";
        let state = "SELECT tenant, version, mac FROM hipaa_state WHERE tbl = ?1 AND record = ?2";
        let (mut rows, mut states) = (self.connection.prepare_cached(sql)?, self.connection.prepare_cached(state)?);
        let mut rows = rows.query([])?;
        while let Some(row) = rows.next()? {
            let place = place(row);
            let state = match &place {
                Some((_, record)) => states
                    .query_row(params![STATE_LABEL, record.as_bytes()], |row| Ok(record::state(row, 0)))
                    .optional()?
                    .flatten(),
                None => None,
            };
            each(&RowView { record: place, seal: &seal(row).unwrap_or_default(), state });
        }
        Ok(())
    }

    pub(super) fn authority_missing(&self, each: &mut dyn FnMut(TenantId, RecordId)) -> Result<(), Error> {
        let live = format!("SELECT tenant, record FROM hipaa_state WHERE tbl = ?1 AND {}", record::LIVE);
        let there = "SELECT 1 FROM hipaa_authority WHERE kind = ?1 AND id = ?2";
        let (mut live, mut there) = (self.connection.prepare_cached(&live)?, self.connection.prepare_cached(there)?);
        let mut live = live.query([STATE_LABEL])?;
        while let Some(row) = live.next()? {
            let found = blob(row.get_ref(0)?).zip(record::record(row.get_ref(1)?));
            let Some((tenant, record)) = found else { continue };
            let kind =
                record.as_bytes().split_first().and_then(|(code, id)| Some((AuthorityKind::from_code(*code)?, id)));
            let is_there = match kind {
                Some((kind, id)) => there.exists(params![kind.label(), id])?,
                None => false,
            };
            if !is_there {
                each(TenantId::from_bytes(tenant), record);
            }
        }
        Ok(())
    }
}

/// The tenant of a row, and the id of its state: code of the kind, id.
fn place(row: &Row<'_>) -> Option<(TenantId, RecordId)> {
    let label = text(row.get_ref(0).ok()?)?;
    let kind = AuthorityKind::ALL.iter().find(|kind| kind.label() == label)?;
    let id = [&[kind.code()], bytes(row.get_ref(1).ok()?)?].concat();
    let tenant = TenantId::from_bytes(blob(row.get_ref(2).ok()?)?);
    Some((tenant, RecordId::from_slice(&id).ok()?))
}

/// Version and MAC in the form in which other rows have them.
fn seal(row: &Row<'_>) -> Option<Vec<u8>> {
    let (version, mac) = (number(row.get_ref(3).ok()?)?, blob(row.get_ref(4).ok()?)?);
    Some(SealBlob { header: CellHeader { epoch: 1 }, version, mac, terms: Vec::new() }.encode())
}
