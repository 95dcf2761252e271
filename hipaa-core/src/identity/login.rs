//! The last steps of a login: session, second factor or refusal.
//!
//! A pending login is a row under the digest of its own kind of token: never a session. Body: 1 when the password was
//! right, 2 whether it must be changed.

use super::attempt::{Found, Known, Proof, Subject, Verified, credential, denied, failed, locked};
use super::factor::Factor;
use super::session::{NewSession, has_run_out, id_of};
use super::{Client, Identity, IdentityError};
use crate::audit::{Action, EventName, Outcome};
use crate::auth::session::{PendingLogin, SessionRights};
use crate::auth::token::PendingToken;
use crate::authority::user::User;
use crate::authority::{Authority, AuthorityKind, Body, Change, Draft, Row};
use crate::clock::Timestamp;
use crate::entropy::generate_from_system;
use crate::red::{Safeguard, removed};
use crate::schema::TenantId;
use crate::unit::{Held, Unit};
use core::fmt;
use core::time::Duration;

mod tag {
    pub(super) const CREATED: u8 = 1;
    pub(super) const MUST_CHANGE: u8 = 2;
}

/// What a login came to.
#[derive(Debug)]
#[must_use]
pub enum Finished {
    /// The user is logged in; the rights say whether the password must be changed first.
    Session(NewSession),
    /// The password was right, and a code must follow.
    SecondFactor(Pending),
    /// Not logged in: the same for unknown, disabled and locked users, wrong passwords and codes.
    Refused(Refusal),
}

/// A login whose second factor is outstanding.
pub struct Pending {
    /// For a cookie or form of its own.
    pub token: PendingToken,
    /// Until when the code may follow.
    pub expires: Timestamp,
}

/// A refusal. Answer it no earlier than at its release: so it tells no more by its time than by its text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Refusal {
    /// The begin of the attempt plus the padding.
    pub release: Timestamp,
}

impl Refusal {
    /// How long to wait with the answer.
    #[must_use]
    pub fn wait(&self, now: Timestamp) -> Duration {
        self.release.since(now)
    }
}

/// Where a flow goes that may be refused by rows that fail their check.
pub(super) enum Way<T> {
    Open(T),
    Barred,
}

impl Identity {
    /// Ends a login: a right password forgets the failures and gives a session, or the wait for a code.
    ///
    /// # Errors
    /// [`IdentityError::Authority`] when the unit fails.
    pub fn finish(
        &self,
        unit: &mut dyn Unit,
        verified: Verified,
        client: &Client<'_>,
    ) -> Result<Held<Finished>, IdentityError> {
        let Some(finished) = self.settle(unit, &verified, client)? else {
            let refusal = verified.refuse(unit);
            return Ok(unit.hold(Finished::Refused(refusal)));
        };
        self.refund(verified.place);
        Ok(unit.hold(finished))
    }

    fn settle(
        &self,
        unit: &mut dyn Unit,
        verified: &Verified,
        client: &Client<'_>,
    ) -> Result<Option<Finished>, IdentityError> {
        let Subject::Known(known) = &verified.subject else { return Ok(None) };
        let Some((user, changes)) = self.right(unit, known, &verified.proof)? else { return Ok(None) };
        let Found::One(factor) = denied(Factor::read(unit, &known.door, &user))? else { return Ok(None) };
        let must_change = user.must_change() || matches!(verified.proof, Proof::Partly);
        if factor.is_some_and(|factor| factor.is_active()) && !removed(Safeguard::SecondFactor) {
            return self.await_code(unit, &known.door, &user, (must_change, changes)).map(Some);
        }
        let door = client.user(&user, None)?;
        let Some(room) = self.room(unit, &door, &user, client)? else { return Ok(None) };
        forget(unit, &known.door, changes)?;
        let session = self.open_session(unit, &door, (&user, room), rights(must_change))?;
        Ok(Some(Finished::Session(session)))
    }

    /// The user as of now and what a right password writes; none if the password was wrong, or the user or the password
    /// has changed since the attempt began.
    pub(super) fn right(
        &self,
        unit: &mut dyn Unit,
        known: &Known,
        proof: &Proof,
    ) -> Result<Option<(User, Vec<Change>)>, IdentityError> {
        if matches!(proof, Proof::Wrong) {
            return Ok(None);
        }
        let door = &known.door;
        let Some((old, _)) = &known.credential else { return Ok(None) };
        let Found::One(Some(user)) = denied(door.user(unit, known.user.id()).map_err(IdentityError::from))? else {
            return Ok(None);
        };
        let Found::One(Some((row, _))) = denied(credential(unit, door, &user))? else { return Ok(None) };
        let changed = user.auth_version() != known.user.auth_version() || row.version() != old.version();
        if user.is_disabled() || changed {
            return Ok(None);
        }
        let Found::One(mut changes) = denied(known.counter.clear(unit, door).map_err(IdentityError::from))? else {
            return Ok(None);
        };
        if let Proof::Right(Some(hash)) = proof {
            let draft = row.edit().secret(hash.expose().as_bytes());
            changes.push(Change::Replace(row, draft));
        }
        Ok(Some((user, changes)))
    }

    fn await_code(
        &self,
        unit: &mut dyn Unit,
        door: &Authority,
        user: &User,
        (must_change, mut changes): (bool, Vec<Change>),
    ) -> Result<Finished, IdentityError> {
        let (now, log) = (unit.parts().1.wall(), unit.time_of(user.tenant())?);
        let token = PendingToken::new(&generate_from_system()?);
        let life = self.settings().session.pending;
        let expires = now.after(life);
        let body = Body::new().with_time(tag::CREATED, now).with_flag(tag::MUST_CHANGE, must_change);
        let draft = Draft::new(AuthorityKind::PendingLogin, id_of(&token.digest()), user.id());
        changes.push(Change::Insert(draft.expires(log.after(life)).body(body)));
        door.apply(unit, door.event(EventName::LOGIN_PENDING, Action::Execute), changes)?;
        Ok(Finished::SecondFactor(Pending { token, expires }))
    }

    /// Ends a login with a code: six digits, or a recovery code. Wrong ones count apart from passwords; the one that locks
    /// ends the pending login.
    ///
    /// # Errors
    /// [`IdentityError::Authority`] when the unit fails.
    pub fn second_factor(
        &self,
        unit: &mut dyn Unit,
        token: &PendingToken,
        code: &str,
        client: &Client<'_>,
    ) -> Result<Held<Finished>, IdentityError> {
        let now = unit.parts().1.wall();
        let refused = Finished::Refused(Refusal { release: now.after(self.settings().padding) });
        let challenge = self.settings().code_per_challenge.of_id(token.digest().as_bytes());
        let network = self.settings().code_per_network.of_network(&client.network);
        let (Ok(_), Ok(place)) = (self.limit(&challenge, now), self.limit(&network, now)) else {
            unit.refuse(failed(&client.login(TenantId::DEPLOYMENT)?, None).outcome(Outcome::Denied));
            return Ok(unit.hold(refused));
        };
        let Some(session) = self.follow(unit, token, code, client)? else { return Ok(unit.hold(refused)) };
        self.refund(Some(place));
        Ok(unit.hold(Finished::Session(session)))
    }

    fn follow(
        &self,
        unit: &mut dyn Unit,
        token: &PendingToken,
        code: &str,
        client: &Client<'_>,
    ) -> Result<Option<NewSession>, IdentityError> {
        let Way::Open((row, user)) = self.pending(unit, token, client)? else { return Ok(None) };
        let door = client.login(user.tenant())?;
        let now = unit.parts().1.wall();
        let must_change = row.body().flag(tag::MUST_CHANGE).unwrap_or(true);
        let tried = self.try_code(unit, &door, &user, (code, client, now))?;
        if tried.right {
            let own = client.user(&user, None)?;
            let Some(room) = self.room(unit, &own, &user, client)? else { return Ok(None) };
            let mut changes = tried.changes;
            changes.push(Change::Delete(row));
            door.apply(unit, door.event(tried.name, Action::Execute), changes)?;
            return self.open_session(unit, &own, (&user, room), rights(must_change)).map(Some);
        }
        let mut changes = tried.changes;
        if tried.ends {
            changes.push(Change::Delete(row));
            unit.refuse(locked(&door, &user));
        }
        super::count::write(unit, &door, failed(&door, Some(&user)), changes)?;
        Ok(None)
    }

    fn pending(
        &self,
        unit: &mut dyn Unit,
        token: &PendingToken,
        client: &Client<'_>,
    ) -> Result<Way<(Row, User)>, IdentityError> {
        let any = client.login(TenantId::DEPLOYMENT)?;
        let found = any.read(unit, AuthorityKind::PendingLogin, id_of(&token.digest())).map_err(IdentityError::from);
        let Found::One(Some(row)) = denied(found)? else {
            unit.refuse(failed(&any, None));
            return Ok(Way::Barred);
        };
        let (created, version) = (row.body().time(tag::CREATED), row.auth_version());
        let pending = created.map(|created| PendingLogin { digest: token.digest(), created, auth_version: version });
        let live = |login: PendingLogin, now| login.is_live(&self.settings().session, version, now);
        if has_run_out(unit, &row)? || !pending.is_ok_and(|pending| live(pending, unit.parts().1.wall())) {
            unit.refuse(failed(&any, None));
            return Ok(Way::Barred);
        }
        let user = denied(any.user(unit, row.owner()).map_err(IdentityError::from))?;
        match user {
            Found::One(Some(user)) if !user.is_disabled() => Ok(Way::Open((row, user))),
            _ => Ok(Way::Barred),
        }
    }
}

const fn rights(must_change: bool) -> SessionRights {
    if must_change { SessionRights::MustChange } else { SessionRights::Full }
}

/// Writes what a right password changes; the entry of the session follows.
fn forget(unit: &mut dyn Unit, door: &Authority, changes: Vec<Change>) -> Result<(), IdentityError> {
    if !changes.is_empty() {
        door.apply(unit, door.event(EventName::LOGIN_VERIFIED, Action::Execute), changes)?;
    }
    Ok(())
}

impl fmt::Debug for Pending {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pending").field("expires", &self.expires).finish_non_exhaustive()
    }
}
