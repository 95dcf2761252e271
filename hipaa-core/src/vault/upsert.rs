//! Making a record or replacing one, whichever its unique value asks for: one row, or many under one entry.

use super::find::{Candidate, Search};
use super::row::subject_of;
use super::write::Written;
use super::{MAX_PAGE, Operation, Row, TenantVault, VaultError};
use crate::audit::{Action, EventName, Outcome, RecordState};
use crate::index::record_forms;
use crate::schema::{Index, IndexDef, RecordId, Table, Value};
use crate::unit::Unit;

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

/// Records that one entry will name, and whom they are about.
struct Owed<T> {
    records: Vec<T>,
    subjects: Vec<RecordId>,
}

/// What many upserts owe the log.
#[derive(Default)]
struct Tally {
    created: Owed<RecordState>,
    updated: Owed<RecordState>,
    /// Records that were compared with their new values, and found to have just these.
    unchanged: Owed<RecordId>,
    /// Records that were compared, and have others.
    changed: Owed<RecordId>,
}

impl<T> Owed<T> {
    fn push(&mut self, record: T, subject: Option<RecordId>) {
        self.records.push(record);
        self.subjects.extend(subject);
    }
}

impl<T> Default for Owed<T> {
    fn default() -> Self {
        Self { records: Vec::new(), subjects: Vec::new() }
    }
}

impl Tally {
    fn wrote(&self) -> bool {
        !self.created.records.is_empty() || !self.updated.records.is_empty()
    }

    fn wrote_record(&self, record: RecordId) -> bool {
        self.created.records.iter().chain(&self.updated.records).any(|state| state.record == record)
    }
}

impl TenantVault {
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
        let done = self.upsert_all(unit, table, index, vec![row.clone()])?;
        done.into_iter().next().unwrap_or(Err(VaultError::NoUniqueValue))
    }

    /// The same for up to 500 rows, one after another: an entry for all that were made, one for all that were changed, and
    /// one for all that were found as they are. The outcomes are in the order of the rows; a row that is refused for its
    /// own sake does not touch the others.
    ///
    /// # Errors
    /// [`VaultError::Masked`] for a table of which the actor sees anything masked; [`VaultError::TooMany`] for more than 500 rows; [`VaultError::NoUniqueValue`] when `index` is not unique; any error
    /// that is not about one row alone. The unit cannot commit after an error that came when rows were written already.
    pub fn upsert_all<P>(
        &self,
        unit: &mut dyn Unit,
        table: &'static Table,
        index: Index<P>,
        rows: Vec<Row>,
    ) -> Result<Vec<Result<Upsert, VaultError>>, VaultError> {
        for operation in [Operation::Search, Operation::Create, Operation::Update] {
            self.permit(unit, table, operation)?;
        }
        self.require_clear(unit, table)?;
        if rows.len() > MAX_PAGE {
            return Err(VaultError::TooMany);
        }
        self.require_unique_built(unit, table)?;
        let index = index.def();
        if !index.is_unique() {
            return Err(VaultError::NoUniqueValue);
        }
        let mut tally = Tally::default();
        let mut done = Vec::with_capacity(rows.len());
        let upserted = rows.into_iter().try_for_each(|row| {
            let outcome = self.upsert_row(unit, table, (index, row), &mut tally);
            done.push(match outcome {
                Err(error) if !error.concerns_row() => return Err(error),
                outcome => outcome,
            });
            Ok(())
        });
        let wrote = tally.wrote();
        let noted = self.note_tally(unit, table, tally);
        // Rows without their entry must not be committed.
        let whole = upserted.and(noted);
        if wrote { unit.or_lose(whole) } else { whole }.map(|()| done)
    }

    fn upsert_row(
        &self,
        unit: &mut dyn Unit,
        table: &'static Table,
        (index, row): (IndexDef, Row),
        tally: &mut Tally,
    ) -> Result<Upsert, VaultError> {
        let values = row.place(table)?;
        let forms = record_forms(table, &index, &values)?;
        if forms.is_empty() {
            return Err(VaultError::NoUniqueValue);
        }
        let (mut holder, mut free) = (None, true);
        for form in forms {
            let search = self.search(unit, table, index, form)?;
            free &= search.candidates.is_empty();
            holder = holder.or(self.holder(unit, table, &search)?);
        }
        if let Some(record) = holder {
            return self.replace(unit, table, (record, &values), tally);
        }
        let state = self.make(unit, table, &values, free.then_some(index))?;
        tally.created.push(state, subject_of(table, state.record, &values));
        Ok(Upsert::Created(state.record))
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
        (record, values): (RecordId, &[Option<Value>]),
        tally: &mut Tally,
    ) -> Result<Upsert, VaultError> {
        let (row, state) = unit.parts().0.row_and_state(table, self.tenant(), record)?;
        let current = self.current(unit, table, (record, None), (row.as_ref(), state))?;
        if says(table, &current.readable(), values) {
            tally.unchanged.push(record, current.subject());
            return Ok(Upsert::Unchanged(record));
        }
        let current = self.unsigned(unit, table, Action::Update, current)?;
        tally.changed.push(record, current.subject());
        let (stored, state) = self.remake(unit, table, &current, values)?;
        let updated = unit.parts().0.update_row(table, &stored);
        unit.or_lose(updated)?;
        if tally.wrote_record(record) {
            // Entries tell the versions of a record in their order.
            let noted = self.note_tally(unit, table, core::mem::take(tally));
            unit.or_lose(noted)?;
        }
        tally.updated.push(state, subject_of(table, record, values));
        Ok(Upsert::Updated(record))
    }

    fn note_tally(&self, unit: &mut dyn Unit, table: &Table, tally: Tally) -> Result<(), VaultError> {
        // The answers tell what the records hold, so these entries stay even if the unit does not.
        for (outcome, read) in [(Outcome::Unchanged, &tally.unchanged), (Outcome::Success, &tally.changed)] {
            if !read.records.is_empty() {
                let event = self.event(EventName::PHI_READ, Action::Read).outcome(outcome);
                unit.refuse(event.subjects(&read.subjects).records(table.label(), &read.records));
            }
        }
        for (what, written) in [(Written::CREATED, &tally.created), (Written::UPDATED, &tally.updated)] {
            if !written.records.is_empty() {
                self.note_written(unit, table, what, (&written.subjects, &written.records))?;
            }
        }
        Ok(())
    }
}

/// Whether a record has these values, apart from its signature.
fn says(table: &Table, standing: &[Option<Value>], given: &[Option<Value>]) -> bool {
    let pairs = standing.iter().zip(given).zip(table.columns());
    pairs.filter(|(_, column)| !column.is_of_vault()).all(|((standing, given), _)| standing == given)
}
