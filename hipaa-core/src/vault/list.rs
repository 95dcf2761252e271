//! Paging through the records of a table.

use super::inspect::Opening;
use super::{MAX_PAGE, Operation, Record, TenantVault, VaultError};
use crate::audit::{Action, EventName};
use crate::schema::{RecordId, Table};
use crate::seal::StoredRow;
use crate::unit::{Held, Proof, Release, ReleaseError, Unit};
use core::fmt;

/// One page, held until its unit has committed.
pub struct Page {
    records: Vec<Held<Record>>,
    missing: Vec<RecordId>,
    next: Option<RecordId>,
}

/// One page of records, ascending by record id.
#[derive(Debug)]
pub struct PageOf {
    /// The records.
    pub records: Vec<Record>,
    /// Records of this page whose rows were deleted behind the application's back.
    pub missing: Vec<RecordId>,
    /// Where the next page begins: give it as `after`. None on the last page.
    pub next: Option<RecordId>,
}

/// Not even how many: what was listed is shown with its audit entry or not at all.
impl fmt::Debug for Page {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Page(…)")
    }
}

impl Release for Page {
    type Output = PageOf;

    fn release(self, proof: &Proof) -> Result<PageOf, ReleaseError> {
        Ok(PageOf { records: self.records.release(proof)?, missing: self.missing, next: self.next })
    }
}

impl TenantVault {
    /// A page of up to `limit` records after `after`, ascending by record id. One entry names all of them.
    ///
    /// Pages follow the recorded states as well as the rows, so a row that was deleted behind the application's back is
    /// reported as missing.
    ///
    /// # Errors
    /// [`VaultError::Denied`]; [`VaultError::TooMany`] unless `limit` is 1 to 500; or the unit's.
    pub fn list(
        &self,
        unit: &mut dyn Unit,
        table: &'static Table,
        after: Option<RecordId>,
        limit: usize,
    ) -> Result<Page, VaultError> {
        self.permit(unit, table, Operation::List)?;
        if limit == 0 || limit > MAX_PAGE {
            return Err(VaultError::TooMany);
        }
        let (rows, missing, next) = self.page_of(unit, table, after, limit)?;
        let records = rows.iter().map(|row| {
            let state = unit.parts().0.state(table, row.record)?;
            Ok(self.inspect(unit, (table, Opening::Shown), (row, state))?.0)
        });
        let records = records.collect::<Result<Vec<_>, VaultError>>()?;
        if !missing.is_empty() {
            self.refuse_altered(unit, table, &missing);
        }
        self.note_seen(unit, self.event(EventName::PHI_LIST, Action::Read), table, &records)?;
        let records = records.into_iter().map(|record| self.present(unit, record)).collect();
        Ok(Page { records, missing, next })
    }

    /// Up to `limit` rows after `after`, the records among them whose rows are gone, and where the next page begins.
    pub(super) fn page_of(
        &self,
        unit: &mut dyn Unit,
        table: &'static Table,
        after: Option<RecordId>,
        limit: usize,
    ) -> Result<PageOfRows, VaultError> {
        let (store, _) = unit.parts();
        let mut rows = store.rows(table, self.tenant(), after, limit)?;
        let states = store.live_states(table, self.tenant(), after, limit)?;
        // A full list of either kind says nothing about what lies behind its end.
        let ends = [
            (rows.len() == limit).then(|| rows.last().map(|row| row.record)).flatten(),
            (states.len() == limit).then(|| states.last().map(|state| state.record)).flatten(),
        ];
        let next = ends.into_iter().flatten().min();
        rows.retain(|row| next.is_none_or(|end| row.record <= end));
        let known = rows.iter().map(|row| row.record).collect::<Vec<_>>();
        let missing = states.iter().map(|state| state.record).filter(|id| next.is_none_or(|end| *id <= end));
        let missing = missing.filter(|id| known.binary_search(id).is_err()).collect::<Vec<_>>();
        Ok((rows, missing, next))
    }
}

type PageOfRows = (Vec<StoredRow>, Vec<RecordId>, Option<RecordId>);
