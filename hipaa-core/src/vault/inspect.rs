//! From a stored row to a record: MAC, state, cells.

use super::{Break, Record, TenantVault, VaultError};
use crate::audit::{Action, EventName, Outcome, RecordState};
use crate::auth::mask::View;
use crate::keys::{KeyError, TenantKeys};
use crate::red::{Safeguard, removed};
use crate::schema::{ColumnDef, RecordId, SIGNATURE, Table};
use crate::seal::{Place, SealBlob, StoredRow, open_columns, open_columns_but, verify_mac};
use crate::store::{StoredState, StoredValue};
use crate::unit::Unit;

/// What of a row is opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Opening {
    /// Everything, for the vault's own work.
    Whole,
    /// What the actor is shown: the cell of a hidden column stays sealed.
    Shown,
}

impl TenantVault {
    /// Opens the row of a record that was asked for by id; what is not there is a refusal.
    pub(super) fn examine(
        &self,
        unit: &mut dyn Unit,
        table: &'static Table,
        (record, opening): (RecordId, Opening),
        (row, state): (Option<&StoredRow>, Option<StoredState>),
    ) -> Result<Record, VaultError> {
        if let Some(row) = row {
            return Ok(self.inspect(unit, (table, opening), (row, state))?.0);
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
        (table, opening): (&'static Table, Opening),
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
        let values = match self.sealed_from_actor(table, row).filter(|_| opening == Opening::Shown) {
            Some(hidden) => open_columns_but(&keys, place, row, hidden),
            None => open_columns(&keys, place, row),
        };
        let mut record = Record::new(table, row.record, version, values, breaks);
        if table.is_signable() && !record.says_what_was_signed(self.tenant()) {
            record.add_break(Break::Signature);
        }
        Ok((record, blob))
    }
}

impl TenantVault {
    /// Which columns of a row the actor is shown nothing of; none where everything is to be opened. A signature is over all
    /// of them, and whom a record is about decides on whether it is shown at all.
    fn sealed_from_actor<'a>(&'a self, table: &'static Table, row: &StoredRow) -> Option<impl Fn(usize) -> bool + 'a> {
        let view = self.permissions.masks(table).filter(|_| !removed(Safeguard::Masks))?;
        let signature = table.position(SIGNATURE.label()).filter(|_| table.is_signable());
        let signed = signature.and_then(|at| row.columns.get(at)).is_some_and(|value| *value != StoredValue::Null);
        let about = |at: usize| table.columns().get(at).is_some_and(ColumnDef::is_subject);
        (!signed).then_some(move |at| view(at) == View::Hidden && !about(at))
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
