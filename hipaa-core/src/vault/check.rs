//! Checking rows with the key and showing none of their values: what an examination from outside cannot see, because the
//! record MAC and the cells need a key.

use super::inspect::Opening;
use super::{Break, MAX_PAGE, TenantVault, VaultError};
use crate::schema::{RecordId, Table};
use crate::unit::Unit;

/// What a check of one page of rows found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checked {
    /// How many rows were checked.
    pub rows: usize,
    /// The records that are not what was last written, each with the ways in which it is not.
    pub altered: Vec<(RecordId, Vec<Break>)>,
    /// The records whose rows are gone.
    pub missing: Vec<RecordId>,
    /// Where the next page begins: give it as `after`. None on the last page.
    pub next: Option<RecordId>,
}

impl TenantVault {
    /// Checks up to `limit` rows after `after`, ascending by record id: MAC, cells, recorded state. No value leaves; what is
    /// altered or missing is refused, and so is on record.
    ///
    /// # Errors
    /// [`VaultError::Denied`] for whoever may not read the audit log; [`VaultError::TooMany`] unless `limit` is 1 to 500; or
    /// the unit's.
    ///
    /// # Source
    /// 45 CFR § 164.312(c)(2).
    pub fn check(
        &self,
        unit: &mut dyn Unit,
        table: &'static Table,
        after: Option<RecordId>,
        limit: usize,
    ) -> Result<Checked, VaultError> {
        self.permit_trail(unit, limit.min(MAX_PAGE + 1))?;
        let (rows, missing, next) = self.page_of(unit, table, after, limit)?;
        let mut checked = Checked { rows: rows.len(), altered: Vec::new(), missing, next };
        for row in &rows {
            let state = unit.parts().0.state(table, row.record)?;
            let record = self.inspect(unit, (table, Opening::Whole), (row, state))?.0;
            if !record.integrity().is_intact() {
                checked.altered.push((row.record, record.integrity().breaks().to_vec()));
            }
        }
        let altered = checked.altered.iter().map(|(record, _)| *record);
        let wrong = altered.chain(checked.missing.iter().copied()).collect::<Vec<_>>();
        if !wrong.is_empty() {
            self.refuse_altered(unit, table, &wrong);
        }
        Ok(checked)
    }
}
