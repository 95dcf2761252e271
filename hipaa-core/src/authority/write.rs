//! Writing: rows, their states and the entry that records them, in one transaction.

use super::check::Standing;
use super::seal::{mac_of, seal_secret};
use super::{Authority, AuthorityError, Draft, MAX_ROWS, MAX_SECRET_BYTES, Row, STATE_LABEL, STATES, state_id};
use crate::audit::{Event, RecordState};
use crate::cipher::CellHeader;
use crate::schema::RecordId;
use crate::store::{AuthorityKind, StoredAuthority, StoredState};
use crate::unit::{Unit, UnitError};

/// One change of authority.
#[derive(Debug, Clone)]
pub(crate) enum Change {
    /// A new row.
    Insert(Draft),
    /// Another content of a row that was read: if it was changed since, it is [`AuthorityError::Stale`].
    Replace(Row, Draft),
    /// The end of a row that was read: if it was changed since, it is [`AuthorityError::Stale`].
    Delete(Row),
}

impl Authority {
    /// Writes a new row with its entry. Its id must be new, but for kinds that [may
    /// return](AuthorityKind::may_return): there, a row that was deleted or has ended is followed by the next version.
    ///
    /// # Errors
    /// [`AuthorityError::Exists`], [`AuthorityError::LookupTaken`], [`AuthorityError::NoOwner`],
    /// [`AuthorityError::NoExpiry`], [`AuthorityError::Id`], or as [`Authority::apply`].
    pub(crate) fn insert(&self, unit: &mut dyn Unit, event: Event, draft: Draft) -> Result<(), AuthorityError> {
        self.apply(unit, event, vec![Change::Insert(draft)])
    }

    /// Replaces the content of a row with its entry.
    ///
    /// # Errors
    /// [`AuthorityError::Stale`], [`AuthorityError::LookupTaken`], or as [`Authority::apply`].
    pub(crate) fn replace(
        &self,
        unit: &mut dyn Unit,
        event: Event,
        row: Row,
        draft: Draft,
    ) -> Result<(), AuthorityError> {
        self.apply(unit, event, vec![Change::Replace(row, draft)])
    }

    /// Deletes a row with its entry. Its state stays, so that it cannot come back.
    ///
    /// # Errors
    /// [`AuthorityError::Stale`], or as [`Authority::apply`].
    pub(crate) fn delete(&self, unit: &mut dyn Unit, event: Event, row: Row) -> Result<(), AuthorityError> {
        self.apply(unit, event, vec![Change::Delete(row)])
    }

    /// Makes several changes, in this order, with one entry that records the states of all.
    ///
    /// # Errors
    /// [`AuthorityError::TooMany`] unless there are 1 to 500 changes; [`AuthorityError::Tenant`] for an event of another
    /// tenant; [`AuthorityError::Integrity`] when a row that is to change was altered behind the application's back;
    /// [`UnitError::Reading`] in a unit that only reads; or that of a change. After the first change was written, an error
    /// loses the whole unit.
    pub(crate) fn apply(&self, unit: &mut dyn Unit, event: Event, changes: Vec<Change>) -> Result<(), AuthorityError> {
        if changes.is_empty() || changes.len() > MAX_ROWS {
            return Err(AuthorityError::TooMany);
        }
        if event.tenant() != self.tenant() {
            return Err(AuthorityError::Tenant);
        }
        if unit.parts().1.is_reading() {
            return Err(UnitError::Reading.into());
        }
        let mut states = Vec::with_capacity(changes.len());
        for change in changes {
            let changed = self.change(unit, change);
            let begun = !states.is_empty();
            states.push(if begun { unit.or_lose(changed)? } else { changed? });
        }
        let noted = unit.append(&event.states(STATE_LABEL, &states));
        unit.or_lose(noted)?;
        Ok(())
    }

    fn change(&self, unit: &mut dyn Unit, change: Change) -> Result<RecordState, AuthorityError> {
        match change {
            Change::Insert(draft) => self.insert_one(unit, draft),
            Change::Replace(row, draft) => self.replace_one(unit, &row, draft),
            Change::Delete(row) => self.delete_one(unit, &row),
        }
    }

    fn insert_one(&self, unit: &mut dyn Unit, draft: Draft) -> Result<RecordState, AuthorityError> {
        let (kind, id) = (draft.kind, draft.id);
        let auth_version = match kind {
            AuthorityKind::User => 1,
            _ => self.binding(unit, &draft)?,
        };
        let ended = match self.fetch(unit, kind, id)? {
            Some(found) if found.standing != Standing::Live && kind.may_return() => Some(found.row),
            Some(_) => return Err(AuthorityError::Exists),
            None => None,
        };
        let state = unit.parts().0.state(&STATES, state_id(kind, id))?;
        let other = state.is_some_and(|state| state.tenant != self.tenant());
        if other || state.is_some() && !kind.may_return() {
            return Err(AuthorityError::Exists);
        }
        let version = state.map_or(1, |known| known.state.version.saturating_add(1));
        let stored = self.stored(unit, draft, (auth_version, version))?;
        let written = match ended {
            Some(old) => unit.parts().0.replace_authority(&stored, old.version()),
            None => unit.parts().0.insert_authority(&stored),
        };
        unit.or_lose(written)?;
        self.project(unit, &stored, stored.mac)
    }

    fn replace_one(&self, unit: &mut dyn Unit, row: &Row, draft: Draft) -> Result<RecordState, AuthorityError> {
        self.current(unit, row)?;
        if (draft.kind, draft.id, draft.owner) != (row.kind(), row.id(), row.owner()) {
            return Err(AuthorityError::Id);
        }
        let bump = u64::from(draft.void_bound && draft.kind == AuthorityKind::User);
        let auth_version = row.auth_version().saturating_add(bump);
        let stored = self.stored(unit, draft, (auth_version, row.version().saturating_add(1)))?;
        let written = unit.parts().0.replace_authority(&stored, row.version());
        unit.or_lose(written)?;
        self.project(unit, &stored, stored.mac)
    }

    fn delete_one(&self, unit: &mut dyn Unit, row: &Row) -> Result<RecordState, AuthorityError> {
        self.current(unit, row)?;
        let deleted = unit.parts().0.delete_authority(row.kind(), row.id(), row.version());
        unit.or_lose(deleted)?;
        let tombstone = StoredAuthority { version: row.version().saturating_add(1), ..row.stored.clone() };
        self.project(unit, &tombstone, RecordState::TOMBSTONE)
    }

    /// That a row which is to change is still the one that was read, and still passes its checks.
    fn current(&self, unit: &mut dyn Unit, row: &Row) -> Result<(), AuthorityError> {
        if row.tenant() != self.tenant() {
            return Err(AuthorityError::Tenant);
        }
        match self.fetch(unit, row.kind(), row.id())? {
            Some(now) if now.row.stored == row.stored => Ok(()),
            _ => Err(AuthorityError::Stale),
        }
    }

    /// The `auth_version` to which a new row is bound.
    fn binding(&self, unit: &mut dyn Unit, draft: &Draft) -> Result<u64, AuthorityError> {
        if !draft.kind.is_bound() {
            return Ok(0);
        }
        let owner = self.owner_of(unit, (self.tenant(), draft.owner))?;
        owner.map(|owner| owner.auth_version()).ok_or(AuthorityError::NoOwner)
    }

    /// The row as it is stored: sealed under the active epoch, with its MAC.
    fn stored(
        &self,
        unit: &mut dyn Unit,
        draft: Draft,
        (auth_version, version): (u64, u64),
    ) -> Result<StoredAuthority, AuthorityError> {
        check(&draft)?;
        self.refuse_taken(unit, &draft)?;
        let (store, ledger) = unit.parts();
        let keys = ledger.keys(store, self.tenant())?;
        let epoch = keys.ring().active();
        let place = (draft.kind, draft.id, draft.owner);
        let entropy = ledger.entropy()?;
        let sealed = draft.secret.as_ref().map(|secret| seal_secret(&keys, place, secret, entropy)).transpose()?;
        let mut stored = StoredAuthority {
            kind: draft.kind,
            id: draft.id,
            tenant: self.tenant(),
            owner: draft.owner,
            auth_version,
            version,
            header: CellHeader { epoch }.to_bytes(),
            expires: draft.expires,
            lookup: draft.lookup,
            body: draft.body.encode()?,
            sealed,
            mac: [0; 32],
        };
        stored.mac = mac_of(&keys, &stored, epoch)?;
        Ok(stored)
    }

    /// A lookup key that another row has, of whatever tenant, is taken: nothing is said of that row.
    fn refuse_taken(&self, unit: &mut dyn Unit, draft: &Draft) -> Result<(), AuthorityError> {
        let Some(lookup) = &draft.lookup else { return Ok(()) };
        let found = unit.parts().0.authority_found_by(draft.kind, lookup);
        match self.of_shape(unit, None, found)? {
            Some(other) if other.id != draft.id => Err(AuthorityError::LookupTaken),
            _ => Ok(()),
        }
    }

    /// Records the state that a write has left.
    fn project(
        &self,
        unit: &mut dyn Unit,
        row: &StoredAuthority,
        mac: [u8; 32],
    ) -> Result<RecordState, AuthorityError> {
        let state = RecordState { record: state_id(row.kind, row.id), version: row.version, mac };
        let put = unit.parts().0.put_state(&STATES, &StoredState { tenant: self.tenant(), state });
        unit.or_lose(put)?;
        Ok(state)
    }
}

fn check(draft: &Draft) -> Result<(), AuthorityError> {
    let length = draft.id.as_bytes().len();
    let own = draft.id == RecordId::from(draft.owner);
    if !matches!(length, 16 | 32) || (draft.kind.is_singular() && !own) {
        return Err(AuthorityError::Id);
    }
    if draft.kind.must_expire() && draft.expires.is_none() {
        return Err(AuthorityError::NoExpiry);
    }
    match &draft.secret {
        Some(secret) if secret.len() > MAX_SECRET_BYTES => Err(AuthorityError::SecretTooLong),
        _ => Ok(()),
    }
}
