//! Comparing rows and recorded states with what the log says: finds rows and states that were restored together.

use super::{Authority, AuthorityError, STATE_LABEL, STATES};
use crate::audit::{Body, LogId, RecordState, read_states, tag};
use crate::keys::KeyError;
use crate::schema::RecordId;
use crate::store::{AuthorityKind, Store};
use crate::unit::{Unit, UnitError};
use std::collections::BTreeMap;

/// The most rows, deleted ones included, that one replay keeps in memory.
pub const MAX_REPLAYED: usize = 4_000_000;

const PAGE: usize = 500;

/// A row whose state or content is not what the log says last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Finding {
    /// The log is not one that was written: an entry cannot be read, or a version did not count up.
    Log(RecordId),
    /// The recorded state is another than the log's.
    State(RecordId),
    /// There is a recorded state of which the log knows nothing.
    Unlogged(RecordId),
    /// The row is missing, was brought back, or is of another version than the log's.
    Row(RecordId),
}

/// Which rows are wanted, and where what is wrong with the log is noted.
type Wanted<'a> = (&'a dyn Fn(&RecordId) -> bool, &'a mut Vec<Finding>);
pub(super) type Latest = BTreeMap<RecordId, RecordState>;

impl Authority {
    /// Replays the states of the tenant's authority rows from the log's bodies, and compares them with the recorded states
    /// and the rows. Each id in a finding is the kind's code, then the row's id.
    ///
    /// Every row is checked as a use would check it, so a column that was edited under its MAC is found, too.
    ///
    /// # Errors
    /// [`AuthorityError::TooMany`] for more than [`MAX_REPLAYED`] rows; or the unit's.
    ///
    /// # Security
    /// It believes the log. That the log is whole is for its own verification to say; run both.
    pub fn replay(&self, unit: &mut dyn Unit) -> Result<Vec<Finding>, AuthorityError> {
        let tenant = self.tenant();
        let (store, _) = unit.parts();
        let head = store.head(tenant)?.ok_or(UnitError::Key(KeyError::UnknownTenant))?;
        let mut findings = Vec::new();
        let latest = latest(store, head.log, (&|_| true, &mut findings))?;
        for state in latest.values() {
            let known = store.state(&STATES, state.record)?;
            if known.is_none_or(|known| known.tenant != tenant || known.state != *state) {
                findings.push(Finding::State(state.record));
            }
            if !row_is(store, state)? {
                findings.push(Finding::Row(state.record));
            }
        }
        for state in latest.values().filter(|state| !state.is_tombstone()) {
            let found = place_of(state).map(|(kind, id)| self.fetch(unit, kind, id));
            if matches!(found, Some(Err(AuthorityError::Integrity))) && !findings.contains(&Finding::Row(state.record))
            {
                findings.push(Finding::Row(state.record));
            }
        }
        let (store, _) = unit.parts();
        let mut after = None;
        loop {
            let page = store.live_states(&STATES, tenant, after, PAGE)?;
            let unlogged = page.iter().filter(|state| !latest.contains_key(&state.record));
            findings.extend(unlogged.map(|state| Finding::Unlogged(state.record)));
            after = page.last().filter(|_| page.len() == PAGE).map(|state| state.record);
            if after.is_none() {
                return Ok(findings);
            }
        }
    }
}

/// What the log says last of every row that is wanted.
pub(super) fn latest(
    store: &mut dyn Store,
    log: LogId,
    (wanted, findings): Wanted<'_>,
) -> Result<Latest, AuthorityError> {
    let (mut latest, mut from) = (Latest::new(), 0);
    loop {
        let page = store.entries(log, from, PAGE)?;
        for entry in &page {
            let body = Body::decode(&entry.body).map_err(UnitError::from)?;
            let listed = body.field(tag::STATES).and_then(read_states);
            let states = listed.filter(|(label, _)| *label == STATE_LABEL).map_or_else(Vec::new, |listed| listed.1);
            for state in states.into_iter().filter(|state| wanted(&state.record)) {
                take(&mut latest, state, findings);
            }
        }
        if latest.len() > MAX_REPLAYED {
            return Err(AuthorityError::TooMany);
        }
        match page.last() {
            Some(last) if page.len() == PAGE => from = last.sequence.saturating_add(1),
            _ => return Ok(latest),
        }
    }
}

fn take(latest: &mut Latest, state: RecordState, findings: &mut Vec<Finding>) {
    let before = latest.insert(state.record, state);
    let expected = before.map_or(1, |before| before.version.saturating_add(1));
    if state.version != expected {
        findings.push(Finding::Log(state.record));
    }
}

/// Whether the row is there as the state says, or gone as a tombstone says.
fn row_is(store: &mut dyn Store, state: &RecordState) -> Result<bool, AuthorityError> {
    let Some((kind, id)) = place_of(state) else { return Ok(false) };
    match store.authority(kind, id) {
        Ok(None) => Ok(state.is_tombstone()),
        Ok(Some(row)) => Ok(!state.is_tombstone() && (row.version, row.mac) == (state.version, state.mac)),
        Err(crate::store::StoreError::Corrupt) => Ok(false),
        Err(error) => Err(error.into()),
    }
}

/// The row of which a state tells.
fn place_of(state: &RecordState) -> Option<(AuthorityKind, RecordId)> {
    let (code, id) = state.record.as_bytes().split_first()?;
    Some((AuthorityKind::from_code(*code)?, RecordId::from_slice(id).ok()?))
}
