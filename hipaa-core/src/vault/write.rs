//! Creating, changing and deleting.

use super::find::{Candidate, Search, live_terms};
use super::record::Record;
use super::row::subject_of;
use super::{Operation, Row, TenantVault, VaultError};
use crate::audit::{Action, EventName, Outcome, RecordState};
use crate::index::record_forms;
use crate::schema::{Index, RecordId, Table, Value};
use crate::seal::{IndexedTerm, Place, SealBlob, StoredRow, seal_record};
use crate::store::StoredState;
use crate::unit::{Unit, UnitError};

/// What an upsert did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Upsert {
    /// There was no such record; it was made.
    Created(RecordId),
    /// There is one with just these values; nothing was written.
    Unchanged(RecordId),
    /// There was one with other values; it has a new version.
    Updated(RecordId),
}

/// A record as it stands, when it is about to be changed.
pub(super) struct Current {
    record: Record,
    terms: Vec<IndexedTerm>,
}

/// A new record, sealed.
pub(super) struct New {
    stored: StoredRow,
    blob: SealBlob,
    values: Vec<Option<Value>>,
}

impl Current {
    pub(super) fn terms(&self) -> &[IndexedTerm] {
        &self.terms
    }

    pub(super) fn readable(&self) -> Vec<Option<Value>> {
        self.record.readable()
    }
}

impl TenantVault {
    /// Makes a record; its id is a random UUID.
    ///
    /// # Errors
    /// [`VaultError::Denied`], [`VaultError::UnknownColumn`], [`VaultError::NoSubject`], [`VaultError::Duplicate`],
    /// [`VaultError::Seal`], or the unit's. A duplicate tells the actor that somebody has the value, so it is an entry that
    /// names the holder.
    pub fn create(&self, unit: &mut dyn Unit, table: &'static Table, row: &Row) -> Result<RecordId, VaultError> {
        let new = self.seal_new(unit, table, row)?;
        // The row first, so that a store can note beside the state where it put it.
        let inserted = unit.parts().0.insert_row(table, &new.stored);
        unit.or_lose(inserted)?;
        Ok(self.record_new(unit, table, new)?.record)
    }

    /// Changes the columns that `changes` names; `version` is that of the record that the change is based on. The result
    /// is the new version.
    ///
    /// # Errors
    /// [`VaultError::Stale`] when the record has another version by now; [`VaultError::Tampered`] when it was altered
    /// behind the application's back; otherwise as [`TenantVault::read`] and [`TenantVault::create`].
    pub fn update(
        &self,
        unit: &mut dyn Unit,
        table: &'static Table,
        (record, version): (RecordId, u64),
        changes: &Row,
    ) -> Result<u64, VaultError> {
        self.permit(unit, table, Operation::Update)?;
        self.require_unique_built(unit, table)?;
        let (row, state) = unit.parts().0.row_and_state(table, self.tenant(), record)?;
        let current = self.current(unit, table, (record, Some(version)), (row.as_ref(), state))?;
        let values = changes.merge(table, current.readable())?;
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
        self.bury(unit, table, &current)?;
        let deleted = unit.parts().0.delete_row(table, self.tenant(), record);
        unit.or_lose(deleted)?;
        Ok(())
    }

    /// Makes the record, or replaces all values of the one that has the same value in a unique index. Importing the
    /// same data again writes no row.
    ///
    /// # Errors
    /// [`VaultError::NoUniqueValue`] when `index` is not unique or `row` has no value in it; [`VaultError::Tampered`] also
    /// when the index leads to a record that does not have the value; otherwise as [`TenantVault::create`] and
    /// [`TenantVault::update`]. What is wrong with this row alone (no unique value, [`VaultError::Duplicate`],
    /// [`VaultError::Seal`], [`VaultError::Tampered`], [`VaultError::RowMissing`]) is found before anything of it is
    /// written, so a unit that writes many rows can go on with the next one.
    pub fn upsert<P>(
        &self,
        unit: &mut dyn Unit,
        table: &'static Table,
        index: Index<P>,
        row: &Row,
    ) -> Result<Upsert, VaultError> {
        for operation in [Operation::Search, Operation::Create, Operation::Update] {
            self.permit(unit, table, operation)?;
        }
        self.require_unique_built(unit, table)?;
        let values = row.place(table)?;
        let index = index.def();
        let forms = record_forms(table, &index, &values)?;
        if !index.is_unique() || forms.is_empty() {
            return Err(VaultError::NoUniqueValue);
        }
        let mut holder = None;
        for form in forms {
            let search = self.search(unit, table, index, form)?;
            holder = holder.or(self.holder(unit, table, &search)?);
        }
        match holder {
            None => self.create(unit, table, row).map(Upsert::Created),
            Some(record) => self.replace(unit, table, record, &values),
        }
    }

    /// The record that has what is searched for. Its values are compared: a term alone says nothing, because whoever
    /// moves it would choose which record is written over.
    fn holder(
        &self,
        unit: &mut dyn Unit,
        table: &'static Table,
        search: &Search,
    ) -> Result<Option<RecordId>, VaultError> {
        let mut holder = None;
        for (candidate, term) in &search.candidates {
            let (row, state) = unit.parts().0.row_and_state(table, self.tenant(), *candidate)?;
            let Some(row) = row else {
                if self.is_missing(state) {
                    self.refuse_altered(unit, table, &[*candidate]);
                    return Err(VaultError::RowMissing);
                }
                continue;
            };
            match self.weigh(unit, table, (search, *term), (&row, state))? {
                Candidate::Match(record) => holder = holder.or(Some(record.id())),
                Candidate::FalsePositive => {}
                Candidate::Altered => {
                    self.refuse_altered(unit, table, &[*candidate]);
                    return Err(VaultError::Tampered);
                }
            }
        }
        Ok(holder)
    }

    fn replace(
        &self,
        unit: &mut dyn Unit,
        table: &'static Table,
        record: RecordId,
        values: &[Option<Value>],
    ) -> Result<Upsert, VaultError> {
        let (row, state) = unit.parts().0.row_and_state(table, self.tenant(), record)?;
        let current = self.current(unit, table, (record, None), (row.as_ref(), state))?;
        let unchanged = current.readable() == values;
        // The answer tells what the record holds, so its entry stays even if the unit does not.
        let outcome = if unchanged { Outcome::Unchanged } else { Outcome::Success };
        let event = self.event(EventName::PHI_READ, Action::Read).outcome(outcome);
        unit.refuse(event.subjects(current.record.subject().as_slice()).records(table.label(), &[record]));
        if unchanged {
            return Ok(Upsert::Unchanged(record));
        }
        let (stored, _) = self.rewrite(unit, table, current, values)?;
        let updated = unit.parts().0.update_row(table, &stored);
        unit.or_lose(updated)?;
        Ok(Upsert::Updated(record))
    }

    /// Permission, cells, terms and MAC of a new record, of which nothing is written yet.
    pub(super) fn seal_new(&self, unit: &mut dyn Unit, table: &'static Table, row: &Row) -> Result<New, VaultError> {
        self.permit(unit, table, Operation::Create)?;
        self.require_unique_built(unit, table)?;
        let values = row.place(table)?;
        let record = RecordId::from_random(unit.parts().1.entropy()?.generate().map_err(UnitError::from)?);
        let (stored, blob) = self.seal_values(unit, table, (record, 1), &values)?;
        Ok(New { stored, blob, values })
    }

    /// Terms, state and entry of a new record.
    pub(super) fn record_new(
        &self,
        unit: &mut dyn Unit,
        table: &'static Table,
        New { stored, blob, values }: New,
    ) -> Result<StoredRow, VaultError> {
        let projected = self.project(unit, table, &stored, (&blob, &[]));
        unit.or_lose(projected)?;
        let noted = self.note_written(unit, table, (EventName::PHI_CREATE, Action::Create), (&stored, &blob, &values));
        unit.or_lose(noted)?;
        Ok(stored)
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
            return Err(self.examine(unit, table, record, (None, state)).err().unwrap_or(VaultError::NotFound));
        };
        let (record, blob) = self.inspect(unit, table, (row, state))?;
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
        let version = current.record.version().saturating_add(1);
        let (stored, blob) = self.seal_values(unit, table, (current.record.id(), version), values)?;
        let projected = self.project(unit, table, &stored, (&blob, &current.terms));
        unit.or_lose(projected)?;
        let noted = self.note_written(unit, table, (EventName::PHI_UPDATE, Action::Update), (&stored, &blob, values));
        unit.or_lose(noted)?;
        Ok((stored, version))
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
        let (store, ledger) = unit.parts();
        let keys = ledger.keys(store, self.tenant())?;
        self.refuse_duplicate(unit, table, record, values)?;
        let place = Place { tenant: self.tenant(), table, record };
        Ok(seal_record(&keys, place, version, values, unit.parts().1.entropy()?)?)
    }

    fn refuse_duplicate(
        &self,
        unit: &mut dyn Unit,
        table: &Table,
        record: RecordId,
        values: &[Option<Value>],
    ) -> Result<(), VaultError> {
        let (store, ledger) = unit.parts();
        let keys = ledger.keys(store, self.tenant())?;
        for index in table.indexes().iter().filter(|index| index.is_unique()) {
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
    fn project(
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

    fn note_written(
        &self,
        unit: &mut dyn Unit,
        table: &Table,
        (name, action): (EventName, Action),
        (stored, blob, values): (&StoredRow, &SealBlob, &[Option<Value>]),
    ) -> Result<(), VaultError> {
        let state = RecordState { record: stored.record, version: blob.version, mac: blob.mac };
        let about = subject_of(table, stored.record, values);
        unit.note(self.event(name, action).subjects(about.as_slice()).states(table.label(), &[state]))?;
        Ok(())
    }
}
