//! Creating, changing and deleting.

use super::find::live_terms;
use super::inspect::Opening;
use super::record::Record;
use super::row::subject_of;
use super::{Operation, Row, TenantVault, VaultError};
use crate::audit::{Action, EventName, Outcome, RecordState};
use crate::index::record_forms;
use crate::schema::{IndexDef, RecordId, Table, Value};
use crate::seal::{IndexedTerm, Place, SealBlob, StoredRow, seal_record};
use crate::store::StoredState;
use crate::unit::{Unit, UnitError};

/// A record as it stands, when it is about to be changed.
pub(super) struct Current {
    record: Record,
    terms: Vec<IndexedTerm>,
}

impl Current {
    pub(super) fn terms(&self) -> &[IndexedTerm] {
        &self.terms
    }

    pub(super) fn readable(&self) -> Vec<Option<Value>> {
        self.record.readable()
    }

    pub(super) fn id(&self) -> RecordId {
        self.record.id()
    }

    pub(super) fn subject(&self) -> Option<RecordId> {
        self.record.subject()
    }

    pub(super) fn is_signed(&self) -> bool {
        self.record.signature().is_some()
    }
}

/// What an entry says of a write.
pub(super) struct Written;

impl Written {
    pub(super) const CREATED: (EventName, Action) = (EventName::PHI_CREATE, Action::Create);
    pub(super) const UPDATED: (EventName, Action) = (EventName::PHI_UPDATE, Action::Update);
}

impl TenantVault {
    /// Makes a record; its id is a random UUID.
    ///
    /// # Errors
    /// [`VaultError::Denied`], [`VaultError::UnknownColumn`], [`VaultError::NoSubject`], [`VaultError::Duplicate`],
    /// [`VaultError::Seal`], or the unit's. A duplicate tells the actor that somebody has the value, so it is an entry that
    /// names the holder.
    pub fn create(&self, unit: &mut dyn Unit, table: &'static Table, row: &Row) -> Result<RecordId, VaultError> {
        let values = self.may_create(unit, table, row)?;
        let state = self.make(unit, table, &values, None)?;
        self.note_created(unit, table, state, &values)?;
        Ok(state.record)
    }

    /// Changes the columns that `changes` names; `version` is that of the record that the change is based on. The result
    /// is the new version.
    ///
    /// # Errors
    /// [`VaultError::Masked`] for a column that the actor sees masked; [`VaultError::Stale`] when the record has another version by now; [`VaultError::Tampered`] when it was altered
    /// behind the application's back; otherwise as [`TenantVault::read`] and [`TenantVault::create`].
    pub fn update(
        &self,
        unit: &mut dyn Unit,
        table: &'static Table,
        (record, version): (RecordId, u64),
        changes: &Row,
    ) -> Result<u64, VaultError> {
        self.permit(unit, table, Operation::Update)?;
        self.require_changeable(unit, table, changes.labels())?;
        self.require_unique_built(unit, table)?;
        let (row, state) = unit.parts().0.row_and_state(table, self.tenant(), record)?;
        let current = self.current(unit, table, (record, Some(version)), (row.as_ref(), state))?;
        let current = self.unsigned(unit, table, Action::Update, current)?;
        let values = changes.clone().merge(table, current.readable())?;
        let (stored, version) = self.rewrite(unit, table, current, &values)?;
        let updated = unit.parts().0.update_row(table, &stored);
        unit.or_lose(updated)?;
        Ok(version)
    }

    /// Deletes a record. Its id is never used again, its state stays as a tombstone, its entries stay in the log.
    ///
    /// # Errors
    /// As [`TenantVault::update`].
    ///
    /// # Security
    /// This is row deletion. Backups and free pages outside this database may hold the sealed row still.
    pub fn delete(
        &self,
        unit: &mut dyn Unit,
        table: &'static Table,
        (record, version): (RecordId, u64),
    ) -> Result<(), VaultError> {
        self.permit(unit, table, Operation::Delete)?;
        let (row, state) = unit.parts().0.row_and_state(table, self.tenant(), record)?;
        let current = self.current(unit, table, (record, Some(version)), (row.as_ref(), state))?;
        let current = self.unsigned(unit, table, Action::Delete, current)?;
        self.bury(unit, table, &current)?;
        let deleted = unit.parts().0.delete_row(table, self.tenant(), record);
        unit.or_lose(deleted)?;
        Ok(())
    }

    /// Permission, cells, terms, MAC, state and entry of a new record; its row is the caller's to write.
    pub(super) fn prepare(
        &self,
        unit: &mut dyn Unit,
        table: &'static Table,
        row: &Row,
    ) -> Result<StoredRow, VaultError> {
        let values = self.may_create(unit, table, row)?;
        let (stored, blob) = self.seal_new(unit, table, &values, None)?;
        let projected = self.project(unit, table, &stored, (&blob, &[]));
        unit.or_lose(projected)?;
        let state = RecordState { record: stored.record, version: 1, mac: blob.mac };
        self.note_created(unit, table, state, &values)?;
        Ok(stored)
    }

    fn may_create(
        &self,
        unit: &mut dyn Unit,
        table: &'static Table,
        row: &Row,
    ) -> Result<Vec<Option<Value>>, VaultError> {
        self.permit(unit, table, Operation::Create)?;
        self.require_unique_built(unit, table)?;
        row.clone().place(table)
    }

    fn note_created(
        &self,
        unit: &mut dyn Unit,
        table: &'static Table,
        state: RecordState,
        values: &[Option<Value>],
    ) -> Result<(), VaultError> {
        let about = subject_of(table, state.record, values);
        let noted = self.note_written(unit, table, Written::CREATED, (about.as_slice(), &[state]));
        unit.or_lose(noted)
    }

    /// Row, terms and state of a new record; its entry is the caller's to write. That nobody has its value in the index
    /// `free` is known.
    pub(super) fn make(
        &self,
        unit: &mut dyn Unit,
        table: &'static Table,
        values: &[Option<Value>],
        free: Option<IndexDef>,
    ) -> Result<RecordState, VaultError> {
        let (stored, blob) = self.seal_new(unit, table, values, free)?;
        // The row first, so that a store can note beside the state where it put it.
        let inserted = unit.parts().0.insert_row(table, &stored);
        unit.or_lose(inserted)?;
        let projected = self.project(unit, table, &stored, (&blob, &[]));
        unit.or_lose(projected)?;
        Ok(RecordState { record: stored.record, version: 1, mac: blob.mac })
    }

    /// Cells, terms and MAC of a new record, of which nothing is written yet.
    fn seal_new(
        &self,
        unit: &mut dyn Unit,
        table: &'static Table,
        values: &[Option<Value>],
        free: Option<IndexDef>,
    ) -> Result<(StoredRow, SealBlob), VaultError> {
        let record = self.new_record(unit)?;
        self.seal_as(unit, table, (record, free), values)
    }

    /// A random id, which no record has.
    pub(super) fn new_record(&self, unit: &mut dyn Unit) -> Result<RecordId, VaultError> {
        Ok(RecordId::from_random(unit.parts().1.entropy()?.generate().map_err(UnitError::from)?))
    }

    /// The same for a record whose id is known.
    pub(super) fn seal_as(
        &self,
        unit: &mut dyn Unit,
        table: &'static Table,
        (record, free): (RecordId, Option<IndexDef>),
        values: &[Option<Value>],
    ) -> Result<(StoredRow, SealBlob), VaultError> {
        self.refuse_duplicate(unit, table, (record, free), values)?;
        self.seal_values(unit, table, (record, 1), values)
    }

    /// The record as it stands, if it may be changed.
    pub(super) fn current(
        &self,
        unit: &mut dyn Unit,
        table: &'static Table,
        (record, version): (RecordId, Option<u64>),
        (row, state): (Option<&StoredRow>, Option<StoredState>),
    ) -> Result<Current, VaultError> {
        let Some(row) = row else {
            return Err(self
                .examine(unit, table, (record, Opening::Whole), (None, state))
                .err()
                .unwrap_or(VaultError::NotFound));
        };
        let (record, blob) = self.inspect(unit, (table, Opening::Whole), (row, state))?;
        self.require_covered(unit, &record, Operation::Update)?;
        let Some(blob) = blob.filter(|_| record.integrity().is_intact()) else {
            self.refuse_altered(unit, table, &[record.id()]);
            return Err(VaultError::Tampered);
        };
        if version.is_some_and(|version| version != blob.version) {
            return Err(VaultError::Stale);
        }
        Ok(Current { record, terms: blob.terms })
    }

    /// Seals a record anew, as a whole, under the active epoch; its row is the caller's to write.
    pub(super) fn rewrite(
        &self,
        unit: &mut dyn Unit,
        table: &'static Table,
        current: Current,
        values: &[Option<Value>],
    ) -> Result<(StoredRow, u64), VaultError> {
        let (stored, state) = self.remake(unit, table, &current, values)?;
        let about = subject_of(table, state.record, values);
        let noted = self.note_written(unit, table, Written::UPDATED, (about.as_slice(), &[state]));
        unit.or_lose(noted)?;
        Ok((stored, state.version))
    }

    /// Cells, terms, MAC and state of a changed record; its row and its entry are the caller's to write.
    pub(super) fn remake(
        &self,
        unit: &mut dyn Unit,
        table: &'static Table,
        current: &Current,
        values: &[Option<Value>],
    ) -> Result<(StoredRow, RecordState), VaultError> {
        let (record, version) = (current.id(), current.record.version().saturating_add(1));
        self.refuse_duplicate(unit, table, (record, None), values)?;
        let (stored, blob) = self.seal_values(unit, table, (record, version), values)?;
        let projected = self.project(unit, table, &stored, (&blob, &current.terms));
        unit.or_lose(projected)?;
        Ok((stored, RecordState { record, version, mac: blob.mac }))
    }

    /// Terms, state and entry of a record that is deleted; its row is the caller's to delete.
    pub(super) fn bury(&self, unit: &mut dyn Unit, table: &'static Table, current: &Current) -> Result<(), VaultError> {
        let buried = self.write_tombstone(unit, table, current);
        unit.or_lose(buried)
    }

    fn write_tombstone(&self, unit: &mut dyn Unit, table: &'static Table, current: &Current) -> Result<(), VaultError> {
        let version = current.record.version().saturating_add(1);
        let (store, _) = unit.parts();
        for term in &current.terms {
            store.remove_term(table, term.term, current.record.id())?;
        }
        let state = RecordState { record: current.record.id(), version, mac: RecordState::TOMBSTONE };
        store.put_state(table, &StoredState { tenant: self.tenant(), state })?;
        let event = self.event(EventName::PHI_DELETE, Action::Delete).subjects(current.record.subject().as_slice());
        unit.note(event.states(table.label(), &[state]))?;
        Ok(())
    }

    fn seal_values(
        &self,
        unit: &mut dyn Unit,
        table: &'static Table,
        (record, version): (RecordId, u64),
        values: &[Option<Value>],
    ) -> Result<(StoredRow, SealBlob), VaultError> {
        let about = subject_of(table, record, values);
        if about.is_none() && table.columns().iter().any(crate::schema::ColumnDef::is_subject) {
            return Err(VaultError::NoSubject);
        }
        if !self.covers(table, about) {
            self.refuse_record(unit, table, record, Operation::Create)?;
        }
        let (store, ledger) = unit.parts();
        let keys = ledger.keys(store, self.tenant())?;
        let place = Place { tenant: self.tenant(), table, record };
        Ok(seal_record(&keys, place, version, values, unit.parts().1.entropy()?)?)
    }

    fn refuse_duplicate(
        &self,
        unit: &mut dyn Unit,
        table: &Table,
        (record, free): (RecordId, Option<IndexDef>),
        values: &[Option<Value>],
    ) -> Result<(), VaultError> {
        let (store, ledger) = unit.parts();
        let keys = ledger.keys(store, self.tenant())?;
        for index in table.indexes().iter().filter(|index| index.is_unique() && Some(**index) != free) {
            for form in record_forms(table, index, values)? {
                for (_, term) in live_terms(&keys, table, index, &form)? {
                    let holders = store.candidates(table, term, 2)?;
                    if let Some(holder) = holders.into_iter().find(|holder| *holder != record) {
                        let event = self.event(EventName::PHI_SEARCH, Action::Execute).outcome(Outcome::Failed);
                        unit.refuse(event.index(index.label()).count(1).records(table.label(), &[holder]));
                        return Err(VaultError::Duplicate(index.label()));
                    }
                }
            }
        }
        Ok(())
    }

    /// Brings the projections (terms, state) to what the row says.
    pub(super) fn project(
        &self,
        unit: &mut dyn Unit,
        table: &Table,
        stored: &StoredRow,
        (blob, before): (&SealBlob, &[IndexedTerm]),
    ) -> Result<(), VaultError> {
        let (store, _) = unit.parts();
        // By the bytes alone: two narrow indexes of one record can have the same term.
        for gone in before.iter().filter(|old| !blob.terms.iter().any(|new| new.term == old.term)) {
            store.remove_term(table, gone.term, stored.record)?;
        }
        for new in blob.terms.iter().filter(|term| !before.contains(term)) {
            store.add_term(table, new.term, stored.record)?;
        }
        let state = RecordState { record: stored.record, version: blob.version, mac: blob.mac };
        store.put_state(table, &StoredState { tenant: self.tenant(), state })?;
        Ok(())
    }

    /// The entry of records that were made or changed.
    pub(super) fn note_written(
        &self,
        unit: &mut dyn Unit,
        table: &Table,
        (name, action): (EventName, Action),
        (subjects, states): (&[RecordId], &[RecordState]),
    ) -> Result<(), VaultError> {
        unit.note(self.event(name, action).subjects(subjects).states(table.label(), states))?;
        Ok(())
    }
}
