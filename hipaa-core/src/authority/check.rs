//! From a stored row to a checked one: place, MAC, state, body, secret, standing.

use super::seal::{mac_of, open_secret};
use super::user::is_disabled;
use super::{Authority, AuthorityError, Body, Row, STATES, state_id};
use crate::cipher::CellHeader;
use crate::keys::KeyError;
use crate::red::{Safeguard, removed};
use crate::schema::{RecordId, TenantId, UserId};
use crate::store::{AuthorityKind, StoredAuthority, StoredState};
use crate::unit::{Unit, UnitError};
use subtle::ConstantTimeEq;

/// What a checked row still confers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Standing {
    Live,
    Expired,
    Void,
}

/// A row that passed every check, and what it still confers.
pub(super) struct Admitted {
    pub(super) row: Row,
    pub(super) standing: Standing,
    /// The row of its owner, where it is bound to one.
    owner: Option<Row>,
}

impl Admitted {
    /// The row, if it confers anything.
    pub(super) fn live(self) -> Result<Self, AuthorityError> {
        match self.standing {
            Standing::Live => Ok(self),
            Standing::Expired => Err(AuthorityError::Expired),
            Standing::Void => Err(AuthorityError::Void),
        }
    }

    /// The row and its owner's.
    pub(super) fn with_owner(self) -> (Row, Option<Row>) {
        (self.row, self.owner)
    }
}

/// A row that is not what was written.
struct Altered;

impl Authority {
    /// Lets a row in that passes every check. None for one that is not there, or not the actor's to see.
    pub(super) fn admit(
        &self,
        unit: &mut dyn Unit,
        (kind, id): (AuthorityKind, RecordId),
        stored: Option<StoredAuthority>,
    ) -> Result<Option<Admitted>, AuthorityError> {
        let state = unit.parts().0.state(&STATES, state_id(kind, id));
        let state = self.of_shape(unit, Some((kind, id)), state)?;
        let Some(row) = stored else {
            // A live state without a row: somebody took the row away.
            let gone = state.filter(|state| self.sees(state.tenant) && !state.state.is_tombstone());
            let hidden = gone.is_some() && !removed(Safeguard::AuthorityState);
            return if hidden { Err(self.refuse_altered(unit, Some((kind, id)))) } else { Ok(None) };
        };
        if !self.sees(row.tenant) && state.is_some_and(|state| state.tenant == row.tenant) {
            self.refuse_foreign(unit, &row);
            return Ok(None);
        }
        let placed = (row.kind, row.id) == (kind, id) && self.sees(row.tenant);
        match placed.then(|| inspect(unit, row, state)).transpose()? {
            Some(Ok(row)) => {
                let (standing, owner) = self.standing(unit, &row)?;
                Ok(Some(Admitted { row, standing, owner }))
            }
            Some(Err(Altered)) | None => Err(self.refuse_altered(unit, Some((kind, id)))),
        }
    }

    fn sees(&self, tenant: TenantId) -> bool {
        self.tenant() == TenantId::DEPLOYMENT || self.tenant() == tenant
    }

    fn standing(&self, unit: &mut dyn Unit, row: &Row) -> Result<(Standing, Option<Row>), AuthorityError> {
        let expired = row.expires().is_some_and(|expires| expires <= unit.parts().1.now_of(row.tenant()));
        if expired && !removed(Safeguard::AuthorityExpiry) {
            return Ok((Standing::Expired, None));
        }
        if row.kind().is_bound() && !removed(Safeguard::AuthorityBinding) {
            let owner = self.owner_of(unit, (row.tenant(), row.owner()))?;
            let bound = owner.as_ref().is_some_and(|owner| owner.auth_version() == row.auth_version());
            return Ok((if bound { Standing::Live } else { Standing::Void }, owner));
        }
        Ok((Standing::Live, None))
    }

    /// The row of a user; none where the tenant has no such user, or one who is disabled.
    pub(super) fn owner_of(
        &self,
        unit: &mut dyn Unit,
        (tenant, user): (TenantId, UserId),
    ) -> Result<Option<Row>, AuthorityError> {
        let row = self.fetch(unit, AuthorityKind::User, user.into())?.map(|found| found.row);
        Ok(row.filter(|row| row.tenant() == tenant && !is_disabled(row)))
    }
}

fn inspect(
    unit: &mut dyn Unit,
    stored: StoredAuthority,
    state: Option<StoredState>,
) -> Result<Result<Row, Altered>, AuthorityError> {
    let Ok((header, [])) = CellHeader::split(&stored.header) else { return Ok(Err(Altered)) };
    let (store, ledger) = unit.parts();
    let keys = match ledger.keys(store, stored.tenant) {
        Err(UnitError::Key(KeyError::UnknownTenant)) => return Ok(Err(Altered)),
        keys => keys?,
    };
    match mac_of(&keys, &stored, header.epoch) {
        Ok(mac) if bool::from(mac.ct_eq(&stored.mac)) || removed(Safeguard::AuthorityMac) => {}
        Ok(_) | Err(KeyError::UnknownEpoch(_) | KeyError::DestroyedKey(_)) => return Ok(Err(Altered)),
        Err(error) => return Err(error.into()),
    }
    if !is_recorded(&stored, state) {
        return Ok(Err(Altered));
    }
    let Ok(body) = Body::decode(&stored.body) else { return Ok(Err(Altered)) };
    let place = (stored.kind, stored.id, stored.owner);
    let Ok(secret) = stored.sealed.as_deref().map(|cell| open_secret(&keys, place, cell)).transpose() else {
        return Ok(Err(Altered));
    };
    Ok(Ok(Row { stored, body, secret }))
}

/// Whether this is the version that was last recorded: not restored, revived or put in.
fn is_recorded(row: &StoredAuthority, state: Option<StoredState>) -> bool {
    removed(Safeguard::AuthorityState)
        || state.is_some_and(|StoredState { tenant, state }| {
            (tenant, state.version, state.mac) == (row.tenant, row.version, row.mac)
        })
}
