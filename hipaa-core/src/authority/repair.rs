//! Taking away rows that were altered, so that their owner can have new ones.

use super::replay::latest;
use super::{Authority, AuthorityError, AuthorityKind, MAX_ROWS, STATE_LABEL, STATES, state_id};
use crate::audit::{Event, RecordState};
use crate::keys::KeyError;
use crate::schema::RecordId;
use crate::store::StoredState;
use crate::unit::{Unit, UnitError};

impl Authority {
    /// Whether the row of this id fails its check, or is gone though its state is live; the finding is an entry.
    ///
    /// # Errors
    /// The unit's.
    pub fn is_altered(&self, unit: &mut dyn Unit, kind: AuthorityKind, id: RecordId) -> Result<bool, AuthorityError> {
        match self.fetch(unit, kind, id) {
            Err(AuthorityError::Integrity) => Ok(true),
            other => other.map(|_| false),
        }
    }

    /// Takes away rows that fail their check, under one entry that records the end of each behind the last state that the
    /// log knows of it. What was there stays denied when it is brought back; where a kind may return, a new row may follow.
    ///
    /// Reads the whole log of the tenant, because a state that was altered, too, is not to be believed.
    ///
    /// # Errors
    /// [`AuthorityError::TooMany`] unless there are 1 to 500; [`AuthorityError::Stale`] for a row that passes its check,
    /// which is deleted as any other; or as [`Authority::apply`].
    ///
    /// # Security
    /// The altered bytes are gone with it: copy the file first where they are evidence.
    pub(crate) fn discard(
        &self,
        unit: &mut dyn Unit,
        event: Event,
        altered: &[(AuthorityKind, RecordId)],
    ) -> Result<(), AuthorityError> {
        if altered.is_empty() || altered.len() > MAX_ROWS {
            return Err(AuthorityError::TooMany);
        }
        if event.tenant() != self.tenant() {
            return Err(AuthorityError::Tenant);
        }
        for (kind, id) in altered {
            if !self.is_altered(unit, *kind, *id)? {
                return Err(AuthorityError::Stale);
            }
        }
        let states = self.ends(unit, altered)?;
        for ((kind, id), state) in altered.iter().zip(&states) {
            let discarded = unit.parts().0.discard_authority(*kind, *id);
            unit.or_lose(discarded)?;
            let put = unit.parts().0.put_state(&STATES, &StoredState { tenant: self.tenant(), state: *state });
            unit.or_lose(put)?;
        }
        let noted = unit.append(&event.states(STATE_LABEL, &states));
        unit.or_lose(noted)?;
        Ok(())
    }

    /// The tombstone of each row, behind what the log says last.
    fn ends(
        &self,
        unit: &mut dyn Unit,
        altered: &[(AuthorityKind, RecordId)],
    ) -> Result<Vec<RecordState>, AuthorityError> {
        let records = altered.iter().map(|(kind, id)| state_id(*kind, *id)).collect::<Vec<_>>();
        let (store, _) = unit.parts();
        let head = store.head(self.tenant())?.ok_or(UnitError::Key(KeyError::UnknownTenant))?;
        let known = latest(store, head.log, (&|record| records.contains(record), &mut Vec::new()))?;
        let version = |record: &RecordId| known.get(record).map_or(1, |state| state.version.saturating_add(1));
        let end = |record: RecordId| RecordState { record, version: version(&record), mac: RecordState::TOMBSTONE };
        Ok(records.into_iter().map(end).collect())
    }
}
