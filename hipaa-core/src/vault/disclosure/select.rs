//! A window of what an index finds, in the order of a sealed column: only the window leaves.

use super::Disclosure;
use crate::audit::{Action, EventName, Outcome};
use crate::index::{IndexError, NormalForm, Term, probe_form, record_forms};
use crate::red::{Safeguard, removed};
use crate::schema::{Column, ColumnDef, Date, Index, IndexDef, Parts, Probe, RecordId, Reference, Table, Text, Value};
use crate::seal::StoredRow;
use crate::store::StoredState;
use crate::unit::{Held, Proof, Release, ReleaseError};
use crate::vault::find::{lists, live_terms};
use crate::vault::inspect::Opening;
use crate::vault::{MAX_PAGE, Operation, Record, VaultError};
use core::cmp::Ordering;
use core::fmt;
use core::ops::Range;
use zeroize::Zeroizing;

/// The most candidates of one selection.
const MAX_CANDIDATES: usize = 65_536;
/// The most rows that are in memory at once beside the window, because a value may be long.
const AT_ONCE: usize = 64;

/// A term and the epoch of its key.
type EpochTerm = (u32, Term);
/// A record, and what named it.
type Candidate = (RecordId, EpochTerm);

/// What to take of one table: everything that an index finds, put in order, and of that a window.
pub struct Select<'a> {
    table: &'static Table,
    index: IndexDef,
    probes: Vec<Probe<'a>>,
    linked: Option<(ColumnDef, Option<&'a [RecordId]>)>,
    first: Option<(ColumnDef, &'a str)>,
    newest: Option<ColumnDef>,
    window: Range<usize>,
}

impl<'a> Select<'a> {
    /// All records whose values equal `parts` in normal form, ascending by record id.
    pub fn of<P>(table: &'static Table, index: Index<P>, parts: impl Parts<'a, P>) -> Self {
        let probes = parts.probes();
        Self { table, index: index.def(), probes, linked: None, first: None, newest: None, window: 0..MAX_PAGE }
    }

    /// Only those that refer to one of the records of another selection in this column.
    #[must_use]
    pub fn linked(self, column: Column<Reference>, to: &'a Selection) -> Self {
        Self { linked: Some((column.def(), Some(&to.ids))), ..self }
    }

    /// Only those that refer to nothing in this column.
    #[must_use]
    pub fn unlinked(self, column: Column<Reference>) -> Self {
        Self { linked: Some((column.def(), None)), ..self }
    }

    /// Those with this text in this column come before all others.
    #[must_use]
    pub fn first(self, column: Column<Text>, text: &'a str) -> Self {
        Self { first: Some((column.def(), text)), ..self }
    }

    /// The greatest text of this column comes first: of FHIR times, the latest by the clock of the place. Records without a
    /// value come last.
    #[must_use]
    pub fn newest(self, column: Column<Text>) -> Self {
        Self { newest: Some(column.def()), ..self }
    }

    /// The same for a column of dates.
    #[must_use]
    pub fn newest_day(self, column: Column<Date>) -> Self {
        Self { newest: Some(column.def()), ..self }
    }

    /// Which of them are given out, by their place in that order.
    #[must_use]
    pub fn window(self, window: Range<usize>) -> Self {
        Self { window, ..self }
    }

    fn position(&self, column: &ColumnDef) -> Result<usize, VaultError> {
        let at = self.table.position(column.label()).filter(|at| self.table.columns().get(*at) == Some(column));
        at.ok_or(VaultError::UnknownColumn(column.label()))
    }
}

/// A selection, held until its unit has committed.
pub struct Selection {
    total: usize,
    records: Vec<Held<Record>>,
    flagged: Vec<RecordId>,
    ids: Vec<RecordId>,
}

/// A selection.
#[derive(Debug)]
pub struct Selected {
    /// How many there are, inside the window and outside.
    pub total: usize,
    /// Those in the window.
    pub records: Vec<Record>,
    /// Candidates of which it cannot be told whether they belong here, because they were altered.
    pub flagged: Vec<RecordId>,
}

impl Release for Selection {
    type Output = Selected;

    fn release(self, proof: &Proof) -> Result<Selected, ReleaseError> {
        Ok(Selected { total: self.total, records: self.records.release(proof)?, flagged: self.flagged })
    }
}

/// Where a record stands in the order. Its values stay in here.
struct Place {
    first: bool,
    newest: Option<Key>,
    record: RecordId,
}

enum Key {
    Text(Zeroizing<String>),
    Day(Date),
}

impl Key {
    fn of(value: &Value) -> Option<Self> {
        match value {
            Value::Text(text) => Some(Self::Text(text.clone())),
            Value::Date(date) => Some(Self::Day(*date)),
            _ => None,
        }
    }

    fn compare(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Self::Text(left), Self::Text(right)) => left.as_str().cmp(right.as_str()),
            (Self::Day(left), Self::Day(right)) => left.cmp(right),
            _ => Ordering::Equal,
        }
    }
}

impl Place {
    fn compare(&self, other: &Self) -> Ordering {
        let newest = match (&self.newest, &other.newest) {
            (Some(left), Some(right)) => right.compare(left),
            (left, right) => right.is_some().cmp(&left.is_some()),
        };
        other.first.cmp(&self.first).then(newest).then(self.record.cmp(&other.record))
    }
}

impl Disclosure<'_> {
    /// Gives out the window of a selection. The records beside it are opened to be put in order, and stay sealed in here.
    ///
    /// # Errors
    /// As [`TenantVault::find_page`](super::TenantVault::find_page); [`VaultError::UnknownColumn`] for a column of another
    /// table; [`VaultError::TooMany`] also when the window does not fit into what is left of the entry.
    pub fn select(&mut self, select: &Select<'_>) -> Result<Selection, VaultError> {
        let form = self.may_select(select)?;
        self.owing = true;
        if !self.indexes.contains(&select.index.label()) {
            self.indexes.push(select.index.label());
        }
        let (mut places, mut flagged) = (Vec::new(), Vec::new());
        let candidates = self.candidates(select, &form)?;
        // Those of many that are outside the window do not stay open until its end is known.
        let few = candidates.len() <= AT_ONCE;
        for some in candidates.chunks(AT_ONCE) {
            let ids = some.iter().map(|(candidate, _)| *candidate).collect::<Vec<_>>();
            let rows = self.unit.parts().0.rows_and_states(select.table, self.vault.tenant(), &ids)?;
            for ((candidate, term), (row, state)) in some.iter().zip(rows) {
                let Some(row) = row else {
                    flagged.extend(self.vault.is_missing(state).then_some(*candidate));
                    continue;
                };
                match self.place(select, (&form, *term), (&row, state))? {
                    Ok(found) => places.extend(found.map(|(place, record)| (place, few.then_some(record)))),
                    Err(Altered) => flagged.push(*candidate),
                }
            }
        }
        for some in flagged.chunks(MAX_PAGE) {
            self.altered = true;
            self.vault.refuse_altered(self.unit, select.table, some);
        }
        if self.vault.is_limited() {
            // Whose they are cannot be told.
            flagged.clear();
        }
        places.sort_unstable_by(|(left, _), (right, _)| left.compare(right));
        let total = places.len();
        self.found = self.found.saturating_add(total);
        let end = select.window.end.min(total);
        let window = places.drain(select.window.start.min(end)..end).collect::<Vec<_>>();
        let ids = window.iter().map(|(place, _)| place.record).collect();
        let records = window.into_iter().take(MAX_PAGE + 1).map(|(place, record)| match record {
            Some(record) => Ok(record),
            None => self.open(select.table, place.record),
        });
        let records = records.collect::<Result<_, _>>()?;
        Ok(Selection { total, records: self.give(select.table, records)?, flagged, ids })
    }

    fn may_select(&mut self, select: &Select<'_>) -> Result<NormalForm, VaultError> {
        self.vault.permit(self.unit, select.table, Operation::Search)?;
        if !select.table.indexes().contains(&select.index) {
            return Err(IndexError::NotDeclared.into());
        }
        self.vault.require_searchable(self.unit, select.table, &select.index)?;
        let sorted = [select.linked.map(|(column, _)| column), select.first.map(|(column, _)| column), select.newest];
        for column in sorted.into_iter().flatten() {
            self.vault.require_sortable(self.unit, select.table, column.label())?;
        }
        self.vault.require_built(self.unit, select.table, &select.index)?;
        Ok(probe_form(&select.index, &select.probes)?)
    }

    /// The candidates of every live epoch, ascending and distinct, each with the epoch and term that named it.
    fn candidates(&mut self, select: &Select<'_>, form: &NormalForm) -> Result<Vec<Candidate>, VaultError> {
        let (store, ledger) = self.unit.parts();
        let keys = ledger.keys(store, self.vault.tenant())?;
        let mut found = Vec::new();
        for term in live_terms(&keys, select.table, &select.index, form)? {
            let named = store.candidates(select.table, term.1, MAX_CANDIDATES + 1)?;
            found.extend(named.into_iter().map(|record| (record, term)));
        }
        found.sort_unstable_by_key(|(record, _)| *record);
        found.dedup_by_key(|(record, _)| *record);
        if found.len() > MAX_CANDIDATES {
            // That there are so many is an answer, too.
            let event = self.vault.event(EventName::PHI_SEARCH, Action::Execute).outcome(Outcome::Failed);
            self.unit.refuse(event.index(select.index.label()));
            return Err(VaultError::TooMany);
        }
        Ok(found)
    }

    /// A candidate, opened, and where it stands; none if it does not belong here.
    fn place(
        &mut self,
        select: &Select<'_>,
        (form, term): (&NormalForm, EpochTerm),
        (row, state): (&StoredRow, Option<StoredState>),
    ) -> Result<Result<Option<(Place, Record)>, Altered>, VaultError> {
        if row.tenant != self.vault.tenant() {
            return Ok(Ok(None));
        }
        let (record, blob) = self.vault.inspect(self.unit, (select.table, Opening::Shown), (row, state))?;
        let values = record.present();
        let forms = record_forms(select.table, &select.index, &values).unwrap_or_default();
        if !(forms.iter().fold(false, |found, own| found | own.matches(form)) || removed(Safeguard::CandidateCheck)) {
            let innocent = record.integrity().is_intact() && lists(blob.as_ref(), &select.index, term);
            return Ok(if innocent { Ok(None) } else { Err(Altered) });
        }
        if !self.vault.covers_record(&record) {
            return Ok(Ok(None));
        }
        let value = |column: &ColumnDef| Ok::<_, VaultError>(values.get(select.position(column)?).copied().flatten());
        if let Some((column, wanted)) = &select.linked {
            let linked = match (value(column)?, wanted) {
                (Some(Value::Reference(to)), Some(wanted)) => wanted.contains(to),
                (found, wanted) => found.is_none() && wanted.is_none(),
            };
            if !linked {
                return Ok(Ok(None));
            }
        }
        let first = match &select.first {
            Some((column, wanted)) => matches!(value(column)?, Some(Value::Text(text)) if text.as_str() == *wanted),
            None => false,
        };
        let newest = select.newest.as_ref().map(value).transpose()?.flatten().and_then(Key::of);
        Ok(Ok(Some((Place { first, newest, record: record.id() }, record))))
    }

    fn open(&mut self, table: &'static Table, record: RecordId) -> Result<Record, VaultError> {
        let (row, state) = self.unit.parts().0.row_and_state(table, self.vault.tenant(), record)?;
        let row = row.ok_or(VaultError::RowMissing)?;
        Ok(self.vault.inspect(self.unit, (table, Opening::Shown), (&row, state))?.0)
    }
}

/// Of a row that was altered nobody knows whether it belongs here.
struct Altered;

impl fmt::Debug for Select<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Select").field("table", &self.table.label()).finish_non_exhaustive()
    }
}

/// Not even how many: what was selected is shown with its audit entry or not at all.
impl fmt::Debug for Selection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Selection(…)")
    }
}
