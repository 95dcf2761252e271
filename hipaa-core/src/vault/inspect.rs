//! From a stored row to a record: MAC, state, cells.

use super::{Break, Record, TenantVault, VaultError};
use crate::audit::{Action, EventName, Outcome, RecordState};
use crate::keys::{KeyError, TenantKeys};
use crate::red::{Safeguard, removed};
use crate::schema::{RecordId, Table};
use crate::seal::{Place, SealBlob, StoredRow, open_columns, verify_mac};
use crate::store::StoredState;
use crate::unit::Unit;

impl TenantVault {
    /// Opens the row of a record that was asked for by id; what is not there is a refusal.
    pub(super) fn examine(
        &self,
        unit: &mut dyn Unit,
        table: &'static Table,
        record: RecordId,
        (row, state): (Option<&StoredRow>, Option<StoredState>),
    ) -> Result<Record, VaultError> {
        if let Some(row) = row {
            return Ok(self.inspect(unit, table, (row, state))?.0);
        }
        let (name, outcome, error) = match state {
            Some(state) if state.tenant != self.tenant() => {
                (EventName::PERMISSION_DENIED, Outcome::Denied, VaultError::NotFound)
            }
            Some(state) if !state.state.is_tombstone() => {
                (EventName::INTEGRITY_FAILED, Outcome::IntegrityFailed, VaultError::RowMissing)
            }
            _ => (EventName::PHI_READ, Outcome::NotFound, VaultError::NotFound),
        };
        unit.refuse(self.event(name, Action::Read).outcome(outcome).records(table.label(), &[record]));
        Err(error)
    }

    /// Opens a row and says what is wrong with it, its recorded state included.
    pub(super) fn inspect(
        &self,
        unit: &mut dyn Unit,
        table: &'static Table,
        (row, state): (&StoredRow, Option<StoredState>),
    ) -> Result<(Record, Option<SealBlob>), VaultError> {
        let (store, ledger) = unit.parts();
        let keys = ledger.keys(store, self.tenant())?;
        let place = Place { tenant: self.tenant(), table, record: row.record };
        let blob = SealBlob::decode(&row.seal).ok();
        let mut breaks = Vec::new();
        match &blob {
            Some(blob) => check(&keys, place, row, blob, &mut breaks)?,
            None => breaks.push(Break::Seal),
        }
        breaks.extend(compare(self, blob.as_ref(), state));
        if row.tenant != self.tenant() && !breaks.contains(&Break::Tenant) {
            breaks.push(Break::Tenant);
        }
        let version = blob.as_ref().map_or(0, |blob| blob.version);
        let mut record = Record::new(table, row.record, version, open_columns(&keys, place, row), breaks);
        if table.is_signable() && !record.says_what_was_signed(self.tenant()) {
            record.add_break(Break::Signature);
        }
        Ok((record, blob))
    }
}

fn check(
    keys: &TenantKeys,
    place: Place<'_>,
    row: &StoredRow,
    blob: &SealBlob,
    breaks: &mut Vec<Break>,
) -> Result<(), VaultError> {
    match verify_mac(keys, place, row, blob) {
        Ok(true) => {}
        Ok(false) | Err(KeyError::UnknownEpoch(_) | KeyError::DestroyedKey(_)) => breaks.push(Break::Mac),
        Err(error) => return Err(error.into()),
    }
    Ok(())
}

/// Compares a row with the recorded state of its record.
fn compare(vault: &TenantVault, blob: Option<&SealBlob>, state: Option<StoredState>) -> Option<Break> {
    if removed(Safeguard::RecordState) {
        return None;
    }
    let Some(StoredState { tenant, state }) = state else { return Some(Break::Unrecorded) };
    if tenant != vault.tenant() {
        return Some(Break::Tenant);
    }
    if state.is_tombstone() {
        return Some(Break::Revived);
    }
    let RecordState { version, mac, .. } = state;
    match blob {
        Some(blob) if blob.version == version && blob.mac == mac => None,
        Some(_) => Some(Break::Version),
        None => None,
    }
}
