//! Several looks that are one disclosure: records of any tables, named by one audit entry.

mod select;

pub use select::{Select, Selected, Selection};

use super::inspect::Opening;
use super::{MAX_PAGE, Operation, Record, TenantVault, VaultError};
use crate::audit::{Action, EventName, Outcome};
use crate::red::{Safeguard, removed};
use crate::schema::{RecordId, Table};
use crate::unit::{Held, Unit};

/// The most tables of one disclosure; with them an entry of 500 records stays under 64 KiB.
const MAX_TABLES: usize = 64;

/// What is shown at once, while it is put together. Every record that it gives out is named by its one entry.
pub struct Disclosure<'a> {
    vault: &'a TenantVault,
    unit: &'a mut dyn Unit,
    seen: Vec<(&'static str, Vec<RecordId>)>,
    subjects: Vec<RecordId>,
    indexes: Vec<&'static str>,
    found: usize,
    altered: bool,
    /// Whether anything was asked that no entry tells of yet.
    owing: bool,
}

impl TenantVault {
    /// Runs `work`, and writes one entry that names every record which it was given: of up to 64 tables, up to 500 in all.
    /// Nothing is released without that entry: it is written although `work` fails or panics, because what `work` was
    /// given may have left it. What is too much for one disclosure is several, each in a unit of its own: pages.
    ///
    /// # Errors
    /// That of `work`; [`VaultError::TooMany`] comes from within, before the record that would be too much is given out.
    pub fn disclose<T, E: From<VaultError>>(
        &self,
        unit: &mut dyn Unit,
        work: impl FnOnce(&mut Disclosure<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        let mut disclosure = Disclosure {
            vault: self,
            unit,
            seen: Vec::new(),
            subjects: Vec::new(),
            indexes: Vec::new(),
            found: 0,
            altered: false,
            owing: false,
        };
        let done = work(&mut disclosure);
        disclosure.note()?;
        done
    }
}

impl Disclosure<'_> {
    /// Reads one record.
    ///
    /// # Errors
    /// As [`TenantVault::read`]; [`VaultError::TooMany`].
    pub fn read(&mut self, table: &'static Table, record: RecordId) -> Result<Held<Record>, VaultError> {
        self.vault.permit(self.unit, table, Operation::Read)?;
        self.owing = true;
        let (row, state) = self.unit.parts().0.row_and_state(table, self.vault.tenant(), record)?;
        let record = self.vault.examine(self.unit, table, (record, Opening::Shown), (row.as_ref(), state))?;
        self.vault.require_covered(self.unit, &record, Operation::Read)?;
        self.found = self.found.saturating_add(1);
        let mut held = self.give(table, vec![record])?;
        held.pop().ok_or(VaultError::NotFound)
    }

    /// Notes records as seen and holds them. Either all of them fit into the entry, or none is given out.
    fn give(&mut self, table: &'static Table, records: Vec<Record>) -> Result<Vec<Held<Record>>, VaultError> {
        let named = self.seen.iter().map(|(_, records)| records.len()).sum::<usize>();
        let known = self.seen.iter().position(|(label, _)| *label == table.label());
        let room = known.is_some() || self.seen.len() < MAX_TABLES || records.is_empty();
        if named.saturating_add(records.len()) > MAX_PAGE || !room {
            return Err(VaultError::TooMany);
        }
        let altered = records.iter().filter(|record| !record.integrity().is_intact()).map(Record::id);
        let altered = altered.collect::<Vec<_>>();
        if !altered.is_empty() {
            self.altered = true;
            self.vault.refuse_altered(self.unit, table, &altered);
        }
        let ids = records.iter().map(Record::id);
        match known.and_then(|at| self.seen.get_mut(at)) {
            Some((_, seen)) => seen.extend(ids),
            None if records.is_empty() => {}
            None => self.seen.push((table.label(), ids.collect())),
        }
        self.subjects.extend(records.iter().filter_map(Record::subject));
        Ok(records.into_iter().map(|record| self.vault.present(self.unit, record)).collect())
    }

    /// Writes the entry, once.
    fn note(&mut self) -> Result<(), VaultError> {
        if !core::mem::take(&mut self.owing) || removed(Safeguard::DisclosureEntry) {
            return Ok(());
        }
        let outcome = if self.altered { Outcome::IntegrityFailed } else { Outcome::Success };
        let count = u64::try_from(self.found).unwrap_or(u64::MAX);
        let mut event = self.vault.event(EventName::PHI_READ, Action::Read).outcome(outcome).count(count);
        if !self.indexes.is_empty() {
            event = event.index(&self.indexes.join(","));
        }
        let noted = self.unit.note(event.subjects(&self.subjects).seen(&self.seen));
        Ok(self.unit.or_lose(noted)?)
    }
}

/// A panic in `work` must not leave without the entry either.
impl Drop for Disclosure<'_> {
    fn drop(&mut self) {
        // An error has lost the unit already.
        let _lost = self.note();
    }
}

impl core::fmt::Debug for Disclosure<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("Disclosure(…)")
    }
}
