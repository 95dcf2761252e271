//! Signing: a record that is signed never changes again; what is to be said later is an amendment, a record of its own.

use super::row::subject_of;
use super::write::Current;
use super::{Operation, Row, TenantVault, VaultError};
use crate::audit::{Action, EventName, Outcome, RecordState};
use crate::red::{Safeguard, removed};
use crate::schema::{AMENDS, ColumnDef, RecordId, SIGNATURE, SIGNATURE_SALT, Table, Value};
use crate::seal::{Place, SALT_BYTES, SealError, Signature, Signer, StoredRow};
use crate::unit::{Unit, UnitError};
use zeroize::Zeroizing;

type Values = Vec<Option<Value>>;

impl TenantVault {
    /// Signs a record as it stands, as the actor in its role; `version` is that of the record that was read. The result is
    /// the new version. The entry holds the commitment to what was signed.
    ///
    /// # Errors
    /// [`VaultError::NotSignable`] for a table without the columns of a [signature](SIGNATURE); [`VaultError::Signed`] for a
    /// record that is signed already; [`VaultError::Masked`] for an actor who does not see all of it; otherwise as [`TenantVault::update`].
    ///
    /// # Security
    /// The signature says what this application was told by this actor. It is no digital signature under a key of the
    /// actor's own.
    pub fn sign(
        &self,
        unit: &mut dyn Unit,
        table: &'static Table,
        (record, version): (RecordId, u64),
    ) -> Result<u64, VaultError> {
        self.may_sign(unit, table, Operation::Sign)?;
        let (row, state) = unit.parts().0.row_and_state(table, self.tenant(), record)?;
        let current = self.current(unit, table, (record, Some(version)), (row.as_ref(), state))?;
        let (stored, version) = self.sign_current(unit, table, &current)?;
        let updated = unit.parts().0.update_row(table, &stored);
        unit.or_lose(updated)?;
        Ok(version)
    }

    /// Makes a record that amends a signed one, and signs it in the same step. It is about the same patient; everything
    /// else it says by itself. The original is not touched.
    ///
    /// # Errors
    /// [`VaultError::NotSigned`] where the original is not signed; [`VaultError::OtherSubject`] when `row` names another
    /// patient; otherwise as [`TenantVault::sign`] and [`TenantVault::create`].
    pub fn amend(
        &self,
        unit: &mut dyn Unit,
        table: &'static Table,
        original: RecordId,
        row: &Row,
    ) -> Result<RecordId, VaultError> {
        self.may_sign(unit, table, Operation::Amend)?;
        let (known, state) = unit.parts().0.row_and_state(table, self.tenant(), original)?;
        let original = self.current(unit, table, (original, None), (known.as_ref(), state))?;
        let stored = self.amend_current(unit, table, &original, row)?;
        let inserted = unit.parts().0.insert_row(table, &stored);
        unit.or_lose(inserted)?;
        Ok(stored.record)
    }

    /// [`TenantVault::sign`] for a host's own table; the host replaces the row that it gives as `current`.
    ///
    /// # Errors
    /// As [`TenantVault::sign`].
    pub fn sign_row(
        &self,
        unit: &mut dyn Unit,
        table: &'static Table,
        (current, version): (&StoredRow, u64),
    ) -> Result<StoredRow, VaultError> {
        self.may_sign(unit, table, Operation::Sign)?;
        let state = unit.parts().0.state(table, current.record)?;
        let standing = self.current(unit, table, (current.record, Some(version)), (Some(current), state))?;
        Ok(self.sign_current(unit, table, &standing)?.0)
    }

    /// [`TenantVault::amend`] for a host's own table; the host inserts the row.
    ///
    /// # Errors
    /// As [`TenantVault::amend`].
    pub fn amend_row(
        &self,
        unit: &mut dyn Unit,
        table: &'static Table,
        original: &StoredRow,
        row: &Row,
    ) -> Result<StoredRow, VaultError> {
        self.may_sign(unit, table, Operation::Amend)?;
        let state = unit.parts().0.state(table, original.record)?;
        let original = self.current(unit, table, (original.record, None), (Some(original), state))?;
        self.amend_current(unit, table, &original, row)
    }

    /// The record as it stands, unless it is signed: then it is not changed any more.
    pub(super) fn unsigned(
        &self,
        unit: &mut dyn Unit,
        table: &Table,
        action: Action,
        current: Current,
    ) -> Result<Current, VaultError> {
        if !current.is_signed() || removed(Safeguard::SignedRecord) {
            return Ok(current);
        }
        let event = self.event(EventName::PERMISSION_DENIED, action).outcome(Outcome::Denied);
        unit.refuse(event.subjects(current.subject().as_slice()).records(table.label(), &[current.id()]));
        Err(VaultError::Signed)
    }

    fn may_sign(&self, unit: &mut dyn Unit, table: &'static Table, operation: Operation) -> Result<(), VaultError> {
        self.permit(unit, table, operation)?;
        if !table.is_signable() {
            return Err(VaultError::NotSignable);
        }
        // Nobody signs for what they do not see.
        self.require_clear(unit, table)?;
        self.require_unique_built(unit, table)
    }

    fn sign_current(
        &self,
        unit: &mut dyn Unit,
        table: &'static Table,
        current: &Current,
    ) -> Result<(StoredRow, u64), VaultError> {
        if current.is_signed() {
            return Err(VaultError::Signed);
        }
        let mut values = current.readable();
        let signature = self.put_signature(unit, table, current.id(), &mut values)?;
        let (stored, state) = self.remake(unit, table, current, &values)?;
        let about = subject_of(table, state.record, &values);
        let noted = self.note_signed(unit, table, (about, &[], state), &signature);
        unit.or_lose(noted)?;
        Ok((stored, state.version))
    }

    fn amend_current(
        &self,
        unit: &mut dyn Unit,
        table: &'static Table,
        original: &Current,
        row: &Row,
    ) -> Result<StoredRow, VaultError> {
        if !original.is_signed() {
            return Err(VaultError::NotSigned);
        }
        let mut values = row.clone().place(table)?;
        self.put_subject(unit, table, original, &mut values)?;
        put(table, &AMENDS, &mut values, Value::Reference(original.id()));
        let record = self.new_record(unit)?;
        let signature = self.put_signature(unit, table, record, &mut values)?;
        let (stored, blob) = self.seal_as(unit, table, (record, None), &values)?;
        let projected = self.project(unit, table, &stored, (&blob, &[]));
        unit.or_lose(projected)?;
        let state = RecordState { record, version: 1, mac: blob.mac };
        let about = subject_of(table, record, &values);
        let noted = self.note_signed(unit, table, (about, &[original.id()], state), &signature);
        unit.or_lose(noted)?;
        Ok(stored)
    }

    /// An amendment is about the patient whom its original is about.
    fn put_subject(
        &self,
        unit: &mut dyn Unit,
        table: &'static Table,
        original: &Current,
        values: &mut Values,
    ) -> Result<(), VaultError> {
        let Some(column) = table.columns().iter().find(|column| column.is_subject()) else { return Ok(()) };
        let subject = original.subject().ok_or(VaultError::NoSubject)?;
        let given = table.position(column.label()).and_then(|at| values.get(at)?.clone());
        if given.is_some_and(|given| given != Value::Reference(subject)) && !removed(Safeguard::AmendmentSubject) {
            let event = self.event(EventName::PERMISSION_DENIED, Action::Create).outcome(Outcome::Denied);
            unit.refuse(event.subjects(&[subject]).records(table.label(), &[original.id()]));
            return Err(VaultError::OtherSubject);
        }
        if !removed(Safeguard::AmendmentSubject) {
            put(table, column, values, Value::Reference(subject));
        }
        Ok(())
    }

    fn put_signature(
        &self,
        unit: &mut dyn Unit,
        table: &'static Table,
        record: RecordId,
        values: &mut Values,
    ) -> Result<Signature, VaultError> {
        let (_, ledger) = unit.parts();
        let salt = Zeroizing::new(ledger.entropy()?.generate::<SALT_BYTES>().map_err(UnitError::from)?);
        let time = ledger.notary().read_clock().wall;
        let signer = Signer { user: self.actor.user(), role: self.actor.role(), time };
        let place = Place { tenant: self.tenant(), table, record };
        let signature = Signature::of(signer, &salt, place, values).map_err(SealError::from)?;
        put(table, &SIGNATURE, values, Value::Bytes(Zeroizing::new(signature.encode())));
        put(table, &SIGNATURE_SALT, values, Value::Bytes(Zeroizing::new(salt.to_vec())));
        Ok(signature)
    }

    fn note_signed(
        &self,
        unit: &mut dyn Unit,
        table: &Table,
        (about, amended, state): (Option<RecordId>, &[RecordId], RecordState),
        signature: &Signature,
    ) -> Result<(), VaultError> {
        let event = match amended {
            [] => self.event(EventName::ENCOUNTER_SIGNED, Action::Update),
            _ => self.event(EventName::ENCOUNTER_AMENDED, Action::Create).records(table.label(), amended),
        };
        let event = event.subjects(about.as_slice()).states(table.label(), &[state]);
        unit.note(event.signature(signature.encode()))?;
        Ok(())
    }
}

fn put(table: &Table, column: &ColumnDef, values: &mut Values, value: Value) {
    if let Some(place) = table.position(column.label()).and_then(|at| values.get_mut(at)) {
        *place = Some(value);
    }
}
