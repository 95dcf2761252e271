//! Searching: terms for every live epoch, candidates, opening, comparing.

use super::inspect::Opening;
use super::{MAX_PAGE, Operation, Record, TenantVault, VaultError};
use crate::audit::{Action, EventName, Outcome};
use crate::index::{IndexError, NormalForm, Term, probe_form, record_forms};
use crate::keys::TenantKeys;
use crate::red::{Safeguard, removed};
use crate::schema::{Index, IndexDef, Parts, RecordId, Table};
use crate::seal::{SealBlob, StoredRow};
use crate::store::{Store, StoredState};
use crate::unit::{Held, Proof, Release, ReleaseError, Unit};
use core::fmt;

/// The most candidates of a search that is paged.
const MAX_PAGED: usize = 65_536;

/// What a search found, held until its unit has committed.
pub struct Found {
    records: Vec<Held<Record>>,
    candidates: usize,
    flagged: Vec<RecordId>,
    next: Option<RecordId>,
}

/// What a search found.
#[derive(Debug)]
pub struct Matches {
    /// The records that match, ascending by record id.
    pub records: Vec<Record>,
    /// How many candidates the terms named; those beyond `records` were false positives and stayed sealed here.
    pub candidates: usize,
    /// Candidates that cannot be compared because they were altered, whose rows are gone, or to which a term was moved:
    /// somebody was at work behind the application's back.
    pub flagged: Vec<RecordId>,
    /// Where the next page of a [`TenantVault::find_page`] begins: give it as `after`. None on the last page.
    pub next: Option<RecordId>,
}

/// Not even how many: what was found is shown with its audit entry or not at all.
impl fmt::Debug for Found {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Found(…)")
    }
}

impl Release for Found {
    type Output = Matches;

    fn release(self, proof: &Proof) -> Result<Matches, ReleaseError> {
        let records = self.records.release(proof)?;
        Ok(Matches { records, candidates: self.candidates, flagged: self.flagged, next: self.next })
    }
}

/// A term and the epoch of its key.
type EpochTerm = (u32, Term);

/// A search that may run: what is searched for, and who may be it.
pub(super) struct Search {
    pub(super) candidates: Vec<(RecordId, EpochTerm)>,
    index: IndexDef,
    form: NormalForm,
}

/// What came of one candidate.
pub(super) enum Candidate {
    Match(Record),
    FalsePositive,
    /// The row was altered, or the term is not in its own list: somebody moved it here.
    Altered,
}

impl TenantVault {
    /// The records whose values equal `parts` in normal form. One entry names the index and what was found, never what
    /// was searched for.
    ///
    /// # Errors
    /// [`VaultError::Denied`]; [`VaultError::Masked`] for an index over a column that the actor sees masked;
    /// [`IndexError::EmptyPart`] for a part that normalises to nothing;
    /// [`IndexError::NotDeclared`] for an index of another table; [`IndexError::NotBuilt`] for one that does not cover older
    /// rows yet; [`VaultError::TooMany`] for more than 500 candidates;
    /// or the unit's.
    pub fn find<'a, P>(
        &self,
        unit: &mut dyn Unit,
        table: &'static Table,
        index: Index<P>,
        parts: impl Parts<'a, P>,
    ) -> Result<Found, VaultError> {
        let search = self.probe(unit, table, index.def(), parts)?;
        self.open_candidates(unit, table, &search)
    }

    /// One page of a search that may have more than 500 candidates, such as all that is about one patient: those of the
    /// first `limit` candidates behind `after`, ascending by record id. One entry names what this page found.
    ///
    /// # Errors
    /// As [`TenantVault::find`], but [`VaultError::TooMany`] only for more than 65,536 candidates, or unless `limit` is 1
    /// to 500.
    pub fn find_page<'a, P>(
        &self,
        unit: &mut dyn Unit,
        table: &'static Table,
        (index, parts): (Index<P>, impl Parts<'a, P>),
        (after, limit): (Option<RecordId>, usize),
    ) -> Result<Found, VaultError> {
        let (index, form) = self.may_search(unit, table, index.def(), parts)?;
        if limit == 0 || limit > MAX_PAGE {
            return Err(VaultError::TooMany);
        }
        let mut search = self.search_up_to(unit, table, (index, form), MAX_PAGED)?;
        search.candidates.retain(|(record, _)| after.is_none_or(|after| *record > after));
        let more = search.candidates.len() > limit;
        search.candidates.truncate(limit);
        let next = search.candidates.last().filter(|_| more).map(|(record, _)| *record);
        Ok(Found { next, ..self.open_candidates(unit, table, &search)? })
    }

    fn open_candidates(
        &self,
        unit: &mut dyn Unit,
        table: &'static Table,
        search: &Search,
    ) -> Result<Found, VaultError> {
        let tenant = self.tenant();
        let ids = search.candidates.iter().map(|(record, _)| *record).collect::<Vec<_>>();
        let rows = unit.parts().0.rows_and_states(table, tenant, &ids)?;
        self.judge(unit, table, search, rows)
    }

    /// Checks that the search may run, and looks its candidates up.
    pub(super) fn probe<'a, P>(
        &self,
        unit: &mut dyn Unit,
        table: &Table,
        index: IndexDef,
        parts: impl Parts<'a, P>,
    ) -> Result<Search, VaultError> {
        let (index, form) = self.may_search(unit, table, index, parts)?;
        self.search(unit, table, index, form)
    }

    /// Checks that the search may run, and brings what is searched for to its normal form.
    fn may_search<'a, P>(
        &self,
        unit: &mut dyn Unit,
        table: &Table,
        index: IndexDef,
        parts: impl Parts<'a, P>,
    ) -> Result<(IndexDef, NormalForm), VaultError> {
        self.permit(unit, table, Operation::Search)?;
        if !table.indexes().contains(&index) {
            return Err(IndexError::NotDeclared.into());
        }
        let form = probe_form(&index, &parts.probes())?;
        self.require_searchable(unit, table, &index)?;
        self.require_built(unit, table, &index)?;
        Ok((index, form))
    }

    /// Searching an index that does not cover every row is an error, never a result that misses some.
    pub(super) fn require_built(&self, unit: &mut dyn Unit, table: &Table, index: &IndexDef) -> Result<(), VaultError> {
        match unit.parts().0.is_pending(table, self.tenant(), index.label())? {
            true => Err(IndexError::NotBuilt.into()),
            false => Ok(()),
        }
    }

    /// Uniqueness can be enforced only over an index that covers every row.
    pub(super) fn require_unique_built(&self, unit: &mut dyn Unit, table: &Table) -> Result<(), VaultError> {
        let mut unique = table.indexes().iter().filter(|index| index.is_unique());
        unique.try_for_each(|index| self.require_built(unit, table, index))
    }

    /// Looks the candidates of a normal form up.
    pub(super) fn search(
        &self,
        unit: &mut dyn Unit,
        table: &Table,
        index: IndexDef,
        form: NormalForm,
    ) -> Result<Search, VaultError> {
        self.search_up_to(unit, table, (index, form), MAX_PAGE)
    }

    fn search_up_to(
        &self,
        unit: &mut dyn Unit,
        table: &Table,
        (index, form): (IndexDef, NormalForm),
        limit: usize,
    ) -> Result<Search, VaultError> {
        let (store, ledger) = unit.parts();
        let keys = ledger.keys(store, self.tenant())?;
        let terms = live_terms(&keys, table, &index, &form)?;
        let found = candidates(store, table, &terms, limit);
        if matches!(found, Err(VaultError::TooMany)) {
            // That there are so many is an answer, too.
            let event = self.event(EventName::PHI_SEARCH, Action::Execute).outcome(Outcome::Failed);
            unit.refuse(event.index(index.label()));
        }
        Ok(Search { candidates: found?, index, form })
    }

    /// Opens and compares the rows of the candidates, which are given with their states in the candidates' order.
    pub(super) fn judge(
        &self,
        unit: &mut dyn Unit,
        table: &'static Table,
        search: &Search,
        rows: Vec<(Option<StoredRow>, Option<StoredState>)>,
    ) -> Result<Found, VaultError> {
        let mut records = Vec::new();
        let mut flagged = Vec::new();
        for ((row, state), (candidate, term)) in rows.into_iter().zip(&search.candidates) {
            let Some(row) = row else {
                if self.is_missing(state) {
                    flagged.push(*candidate);
                }
                continue;
            };
            match self.weigh(unit, table, (search, *term), (&row, state))? {
                Candidate::Match(record) => records.push(record),
                Candidate::FalsePositive => {}
                Candidate::Altered => flagged.push(row.record),
            }
        }
        if !flagged.is_empty() {
            self.refuse_altered(unit, table, &flagged);
        }
        let count = u64::try_from(records.len()).unwrap_or(u64::MAX);
        let event = self.event(EventName::PHI_SEARCH, Action::Execute).index(search.index.label()).count(count);
        self.note_seen(unit, event, table, &records)?;
        let mut candidates = search.candidates.len();
        if self.is_limited() {
            // Whose the others are cannot be told, or is another patient's affair.
            candidates = records.len();
            flagged.clear();
        }
        let records = records.into_iter().map(|record| self.present(unit, record)).collect();
        Ok(Found { records, candidates, flagged, next: None })
    }

    /// Whether a record without a row should have one; if not, its term is of another tenant, or left over.
    pub(super) fn is_missing(&self, state: Option<StoredState>) -> bool {
        state.is_some_and(|state| state.tenant == self.tenant() && !state.state.is_tombstone())
    }

    pub(super) fn weigh(
        &self,
        unit: &mut dyn Unit,
        table: &'static Table,
        (search, term): (&Search, EpochTerm),
        (row, state): (&StoredRow, Option<StoredState>),
    ) -> Result<Candidate, VaultError> {
        if row.tenant != self.tenant() {
            return Ok(Candidate::FalsePositive);
        }
        let (record, blob) = self.inspect(unit, (table, Opening::Shown), (row, state))?;
        let forms = record_forms(table, &search.index, &record.present()).unwrap_or_default();
        if forms.iter().fold(false, |found, own| found | own.matches(&search.form))
            || removed(Safeguard::CandidateCheck)
        {
            let covered = self.covers_record(&record);
            return Ok(if covered { Candidate::Match(record) } else { Candidate::FalsePositive });
        }
        // Of a row that was altered nobody knows whether it would have matched, so it is never left out in silence.
        let innocent = record.integrity().is_intact() && lists(blob.as_ref(), &search.index, term);
        Ok(if innocent { Candidate::FalsePositive } else { Candidate::Altered })
    }
}

/// The terms of a normal form in every live epoch.
pub(super) fn live_terms(
    keys: &TenantKeys,
    table: &Table,
    index: &IndexDef,
    form: &NormalForm,
) -> Result<Vec<EpochTerm>, VaultError> {
    let at = table.indexes().iter().position(|known| known == index).ok_or(IndexError::NotDeclared)?;
    let mut terms = Vec::new();
    for epoch in keys.ring().live() {
        let table_keys = keys.table(table, epoch)?;
        let key = table_keys.indexes.get(at).ok_or(IndexError::NotDeclared)?;
        terms.push((epoch, form.term(key, index.bits())));
    }
    Ok(terms)
}

/// The candidates of all terms, ascending and distinct, each with the term that named it.
fn candidates(
    store: &mut dyn Store,
    table: &Table,
    terms: &[EpochTerm],
    limit: usize,
) -> Result<Vec<(RecordId, EpochTerm)>, VaultError> {
    let mut found = Vec::new();
    for term in terms {
        let named = store.candidates(table, term.1, limit + 1)?;
        found.extend(named.into_iter().map(|record| (record, *term)));
    }
    found.sort_unstable_by_key(|(record, _)| *record);
    found.dedup_by_key(|(record, _)| *record);
    if found.len() > limit { Err(VaultError::TooMany) } else { Ok(found) }
}

/// Whether a seal lists this term.
pub(super) fn lists(blob: Option<&SealBlob>, index: &IndexDef, (epoch, term): EpochTerm) -> bool {
    let own = |blob: &SealBlob| {
        blob.terms.iter().any(|known| known.index == index.label() && known.epoch == epoch && known.term == term)
    };
    blob.is_some_and(own)
}
