//! Failures, counted in rows of their own.
//!
//! id = SHA-256(encode("failure-count", \[purpose, user, place\])). Body: 1 times of recent failures as i64 each, 2 end of the
//! lock, 3 failures in a row, 4 end of the delay. Where failures count by network, the row of the place has 1 and 2, that
//! of the account 3 and 4. A row without which nothing is counted is missed when it is gone: its state was recorded.

use crate::audit::Event;
use crate::auth::lockout::{Admission, LockoutPolicy, LockoutScope, LockoutState, Origin};
use crate::auth::network::ClientNetwork;
use crate::authority::{Authority, AuthorityError, AuthorityKind, Body, Change, Draft, Row};
use crate::clock::Timestamp;
use crate::encoding::encode;
use crate::schema::{RecordId, UserId};
use crate::unit::Unit;
use core::time::Duration;
use sha2::{Digest as _, Sha256};

mod tag {
    pub(super) const RECENT: u8 = 1;
    pub(super) const LOCKED: u8 = 2;
    pub(super) const CONSECUTIVE: u8 = 3;
    pub(super) const DELAYED: u8 = 4;
}

/// Time does not end failures in a row.
const KEPT: Duration = Duration::from_secs(100 * 366 * 24 * 60 * 60);

/// Whose failures count, and for what.
pub(super) struct Counter {
    policy: LockoutPolicy,
    owner: UserId,
    account: RecordId,
    place: Option<RecordId>,
}

/// An attempt that has been decided; what to write is not written yet.
pub(super) struct Counted {
    pub(super) admission: Admission,
    pub(super) changes: Vec<Change>,
}

impl Counter {
    pub(super) fn new(policy: &LockoutPolicy, purpose: &str, owner: UserId, network: &ClientNetwork) -> Self {
        let place = policy.scope == LockoutScope::AccountAndNetwork;
        let place = place.then(|| row_id(purpose, owner, &network.to_bytes()));
        Self { policy: *policy, owner, account: row_id(purpose, owner, &[]), place }
    }

    /// Decides on an attempt and counts it as failed: write the changes whatever is decided.
    pub(super) fn admit(
        &self,
        unit: &mut dyn Unit,
        door: &Authority,
        origin: Origin,
    ) -> Result<Counted, AuthorityError> {
        let (now, log) = (unit.parts().1.wall(), unit.time_of(door.tenant())?);
        let account = self.row(unit, door, Some(self.account))?;
        let place = self.row(unit, door, self.place)?;
        let known = self.state(account.as_ref(), place.as_ref());
        let (next, admission) = self.policy.admit(&known, origin, now);
        let changes = match next == known {
            true => Vec::new(),
            false => self.changes(&next, (account, place), log),
        };
        Ok(Counted { admission, changes })
    }

    /// What forgets the failures after a success.
    pub(super) fn clear(&self, unit: &mut dyn Unit, door: &Authority) -> Result<Vec<Change>, AuthorityError> {
        let rows = [self.row(unit, door, Some(self.account))?, self.row(unit, door, self.place)?];
        Ok(rows.into_iter().flatten().map(Change::Delete).collect())
    }

    fn row(&self, unit: &mut dyn Unit, door: &Authority, id: Option<RecordId>) -> Result<Option<Row>, AuthorityError> {
        let Some(id) = id else { return Ok(None) };
        match door.read(unit, AuthorityKind::FailureCount, id) {
            Err(AuthorityError::Expired) => Ok(None),
            other => other,
        }
    }

    fn state(&self, account: Option<&Row>, place: Option<&Row>) -> LockoutState {
        let of_account = account.map(decode).unwrap_or_default();
        if self.place.is_none() {
            return of_account;
        }
        let of_place = place.map(decode).unwrap_or_default();
        LockoutState { recent: of_place.recent, locked_until: of_place.locked_until, ..of_account }
    }

    fn changes(&self, next: &LockoutState, rows: (Option<Row>, Option<Row>), now: Timestamp) -> Vec<Change> {
        let forever = now.after(KEPT);
        let Some(place) = self.place else {
            return vec![self.change(self.account, rows.0, next, forever)];
        };
        let soon = now.after(self.policy.window.max(self.policy.lock));
        let of_account = LockoutState { recent: Vec::new(), locked_until: None, ..next.clone() };
        let of_place = LockoutState { consecutive: 0, delayed_until: None, ..next.clone() };
        vec![self.change(self.account, rows.0, &of_account, forever), self.change(place, rows.1, &of_place, soon)]
    }

    fn change(&self, id: RecordId, row: Option<Row>, state: &LockoutState, expires: Timestamp) -> Change {
        match row {
            Some(row) => {
                let draft = row.edit().body(encode_state(state)).expires(expires);
                Change::Replace(row, draft)
            }
            None => {
                let draft = Draft::new(AuthorityKind::FailureCount, id, self.owner);
                Change::Insert(draft.body(encode_state(state)).expires(expires))
            }
        }
    }
}

/// The row that counts what an account fails, from one place or in all.
pub(super) fn row_id(purpose: &str, owner: UserId, place: &[u8]) -> RecordId {
    let input = encode("failure-count", &[purpose.as_bytes(), owner.as_bytes(), place]);
    RecordId::from_hash(&Sha256::digest(input).into())
}

/// Writes changes, if there are any, with the entry; else the entry alone.
pub(super) fn write(
    unit: &mut dyn Unit,
    door: &Authority,
    event: Event,
    changes: Vec<Change>,
) -> Result<(), AuthorityError> {
    if changes.is_empty() {
        unit.refuse(event);
        return Ok(());
    }
    door.apply(unit, event, changes)
}

fn encode_state(state: &LockoutState) -> Body {
    let recent = state.recent.iter().flat_map(|time| time.micros().to_be_bytes()).collect::<Vec<_>>();
    let mut body = Body::new().with_bytes(tag::RECENT, &recent);
    body = body.with_number(tag::CONSECUTIVE, u64::from(state.consecutive));
    if let Some(until) = state.locked_until {
        body = body.with_time(tag::LOCKED, until);
    }
    match state.delayed_until {
        Some(until) => body.with_time(tag::DELAYED, until),
        None => body,
    }
}

/// The row has passed its MAC: what is missing was not there when it was written.
fn decode(row: &Row) -> LockoutState {
    let body = row.body();
    let (recent, _) = body.bytes(tag::RECENT).unwrap_or_default().as_chunks::<8>();
    let consecutive = u32::try_from(body.number(tag::CONSECUTIVE).unwrap_or(0)).unwrap_or(u32::MAX);
    LockoutState {
        recent: recent.iter().map(|time| Timestamp::from_micros(i64::from_be_bytes(*time))).collect(),
        locked_until: body.time(tag::LOCKED).ok(),
        consecutive,
        delayed_until: body.time(tag::DELAYED).ok(),
    }
}
