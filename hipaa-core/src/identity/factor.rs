//! The second factor: one-time codes, and recovery codes in their place.
//!
//! A factor's row holds the seed as its secret. Body: 1 whether it is active, 2 when the seed was made, 3 the last step
//! that was proven. Until its first code it expires with the enrolment. A recovery code's row has no body; its id is the
//! keyed hash of the code.

use super::active::Active;
use super::attempt::{Found, denied, failed};
use super::client::hash_key;
use super::contact::tell;
use super::count::{Counter, write};
use super::login::Refusal;
use super::session::NewSession;
use super::{Client, Identity, IdentityError};
use crate::audit::{Action, Event, EventName};
use crate::auth::lockout::{Admission, Origin};
use crate::auth::recovery::{RECOVERY_CODES, RecoveryCode};
use crate::auth::session::RotationEvent;
use crate::auth::totp::{ENROLMENT_LIFE, LastStep, PendingEnrolment, TotpCode, TotpSeed};
use crate::authority::user::{Revision, User};
use crate::authority::{Authority, AuthorityKind, Body, Change, Draft, MAX_ROWS, Row};
use crate::clock::Timestamp;
use crate::entropy::generate_from_system;
use crate::outbox::Topic;
use crate::red::{Safeguard, removed};
use crate::schema::RecordId;
use crate::unit::{Held, Unit};
use zeroize::Zeroizing;

mod tag {
    pub(super) const ACTIVE: u8 = 1;
    pub(super) const CREATED: u8 = 2;
    pub(super) const LAST_STEP: u8 = 3;
}

pub(super) const CODE: &str = "code";

/// What confirming or removing a factor came to.
#[derive(Debug)]
#[must_use]
pub enum FactorChange {
    /// Done: every other session has ended, and this one has a new token.
    Done(NewSession),
    /// The code was wrong, used before, or not even checked.
    Refused(Refusal),
}

/// A user's second factor, checked.
pub(super) struct Factor {
    row: Row,
    seed: TotpSeed,
}

/// What a code came to; nothing is written yet.
pub(super) struct Tried {
    pub(super) right: bool,
    /// Whether what is pending ends: a lock holds.
    pub(super) ends: bool,
    pub(super) name: EventName,
    pub(super) changes: Vec<Change>,
}

impl Tried {
    const fn wrong(ends: bool, changes: Vec<Change>) -> Self {
        Self { right: false, ends, name: EventName::LOGIN_FAILED, changes }
    }
}

impl Factor {
    /// The user's factor, active or waiting for its first code.
    pub(super) fn read(unit: &mut dyn Unit, door: &Authority, user: &User) -> Result<Option<Self>, IdentityError> {
        let row = match denied(door.read(unit, AuthorityKind::SecondFactor, user.id().into()).map_err(Into::into))? {
            Found::One(Some(row)) => row,
            Found::One(None) | Found::None => return Ok(None),
            Found::Denied => return Err(crate::authority::AuthorityError::Integrity.into()),
        };
        let seed = row.secret().and_then(|seed| Some(Zeroizing::new(<[u8; 20]>::try_from(seed).ok()?)));
        // A factor without a seed is none that any code proves, and never one that is not there.
        let seed = seed.ok_or(crate::authority::AuthorityError::Integrity)?;
        Ok(Some(Self { seed: TotpSeed::new(&seed), row }))
    }

    pub(super) fn is_active(&self) -> bool {
        self.row.body().flag(tag::ACTIVE).unwrap_or(true)
    }

    fn last_step(&self) -> LastStep {
        LastStep::from_number(self.row.body().number(tag::LAST_STEP).ok())
    }

    /// The change that uses a step up.
    fn proven(self, last: LastStep) -> Option<Change> {
        let body = self.row.body().clone().with_number(tag::LAST_STEP, last.number()?);
        let draft = self.row.edit().body(body);
        Some(Change::Replace(self.row, draft))
    }
}

impl Identity {
    /// Counts an attempt with a code and checks it: six digits of the active factor, or a recovery code.
    pub(super) fn try_code(
        &self,
        unit: &mut dyn Unit,
        door: &Authority,
        user: &User,
        (code, client, now): (&str, &Client<'_>, Timestamp),
    ) -> Result<Tried, IdentityError> {
        let counter = Counter::new(&self.settings().second_factor, CODE, user.id(), &client.network);
        let counted = denied(counter.admit(unit, door, Origin::Known).map_err(IdentityError::from))?;
        // A count that fails its check locks as a full one does.
        let Found::One(counted) = counted else { return Ok(Tried::wrong(true, Vec::new())) };
        let Admission::Admitted { last } = counted.admission else {
            return Ok(Tried::wrong(true, counted.changes));
        };
        let Found::One(factor) = denied(Factor::read(unit, door, user))? else {
            return Ok(Tried::wrong(last, counted.changes));
        };
        let used = match factor.filter(Factor::is_active) {
            Some(factor) => match self.match_step(&factor, code, now) {
                Some(step) => factor.proven(step).map(|change| (EventName::LOGIN_TOTP_VERIFIED, change)),
                None => recovery(unit, door, user, code)?,
            },
            None => None,
        };
        let Some((name, change)) = used else { return Ok(Tried::wrong(last, counted.changes)) };
        let Found::One(mut changes) = denied(counter.clear(unit, door).map_err(IdentityError::from))? else {
            return Ok(Tried::wrong(last, counted.changes));
        };
        changes.push(change);
        if name == EventName::RECOVERY_CODE_USED {
            changes.extend(tell(unit, door, user.id(), Topic::RECOVERY_CODE_USED)?);
        }
        Ok(Tried { right: true, ends: false, name, changes })
    }

    fn match_step(&self, factor: &Factor, code: &str, now: Timestamp) -> Option<LastStep> {
        let code = TotpCode::parse(code).ok()?;
        let step = factor.seed.matching_step(&code, self.settings().skew, now)?;
        factor.last_step().advance(step)
    }

    /// Makes a seed for one-time codes. It is no factor before [`Identity::confirm_totp`]; asking again makes another.
    ///
    /// # Errors
    /// [`IdentityError::NoSession`], [`IdentityError::MustChange`], [`IdentityError::StepUpNeeded`],
    /// [`IdentityError::Enrolled`], or the unit's.
    pub fn enrol_totp(&self, unit: &mut dyn Unit, active: &Active) -> Result<Held<TotpSeed>, IdentityError> {
        active.require_factor_rights(self, unit)?;
        let (door, owner) = (&active.door, active.user.id());
        let (now, log) = (unit.parts().1.wall(), unit.time_of(door.tenant())?);
        let old = Factor::read(unit, door, &active.user)?;
        if old.as_ref().is_some_and(Factor::is_active) {
            return Err(IdentityError::Enrolled);
        }
        let seed = TotpSeed::new(&generate_from_system()?);
        let body = Body::new().with_flag(tag::ACTIVE, false).with_time(tag::CREATED, now);
        let draft = Draft::new(AuthorityKind::SecondFactor, owner.into(), owner).body(body);
        let draft = draft.secret(seed.expose()).expires(log.after(ENROLMENT_LIFE));
        let change = match old {
            Some(old) => Change::Replace(old.row, draft),
            None => Change::Insert(draft),
        };
        door.apply(unit, door.event(EventName::LOGIN_TOTP_STARTED, Action::Create), vec![change])?;
        Ok(unit.hold(seed))
    }

    /// Makes the seed a factor with its first code, which is used up by that; every other session ends.
    ///
    /// # Errors
    /// [`IdentityError::NoSession`], [`IdentityError::MustChange`], [`IdentityError::StepUpNeeded`],
    /// [`IdentityError::NotEnrolled`], or the unit's.
    pub fn confirm_totp(
        &self,
        unit: &mut dyn Unit,
        active: &Active,
        code: &str,
        client: &Client<'_>,
    ) -> Result<Held<FactorChange>, IdentityError> {
        let now = unit.parts().1.wall();
        active.require_factor_rights(self, unit)?;
        let counter = Counter::new(&self.settings().second_factor, CODE, active.user.id(), &client.network);
        let counted = denied(counter.admit(unit, &active.door, Origin::Known).map_err(IdentityError::from))?;
        let found = denied(Factor::read(unit, &active.door, &active.user))?;
        let (Found::One(counted), Found::One(found)) = (counted, found) else {
            return self.refuse_code(unit, active, Vec::new(), now);
        };
        let waiting = found.filter(|factor| !factor.is_active()).ok_or(IdentityError::NotEnrolled)?;
        let admitted = matches!(counted.admission, Admission::Admitted { .. });
        let created = waiting.row.body().time(tag::CREATED).unwrap_or(now);
        let (row, enrolment) = (waiting.row, PendingEnrolment { seed: waiting.seed, created });
        let code = TotpCode::parse(code).ok().filter(|_| admitted);
        let last = code.and_then(|code| enrolment.confirm(&code, self.settings().skew, now).ok());
        let Some(last) = last else {
            return self.refuse_code(unit, active, counted.changes, now);
        };
        let mut body = Body::new().with_flag(tag::ACTIVE, true).with_time(tag::CREATED, created);
        if let Some(number) = last.number() {
            body = body.with_number(tag::LAST_STEP, number);
        }
        let owner = active.user.id();
        let draft = Draft::new(AuthorityKind::SecondFactor, owner.into(), owner).body(body);
        let draft = draft.secret(enrolment.seed.expose());
        let mut changes = counter.clear(unit, &active.door)?;
        changes.push(Change::Replace(row, draft));
        changes.extend(tell(unit, &active.door, owner, Topic::FACTOR_ENROLLED)?);
        let event = active.door.event(EventName::LOGIN_TOTP_ENROLLED, Action::Create);
        let session = self.rebind(unit, active, (event, changes), RotationEvent::SecondFactor)?;
        Ok(unit.hold(FactorChange::Done(session)))
    }

    /// Takes the factor and its recovery codes away, against a current code or a recovery code; every other session ends.
    ///
    /// # Errors
    /// [`IdentityError::NoSession`], [`IdentityError::MustChange`], [`IdentityError::StepUpNeeded`],
    /// [`IdentityError::NotEnrolled`], or the unit's.
    pub fn remove_totp(
        &self,
        unit: &mut dyn Unit,
        active: &Active,
        code: &str,
        client: &Client<'_>,
    ) -> Result<Held<FactorChange>, IdentityError> {
        let now = unit.parts().1.wall();
        active.require_factor_rights(self, unit)?;
        let (door, user) = (&active.door, &active.user);
        let Found::One(factor) = denied(Factor::read(unit, door, user))? else {
            return self.refuse_code(unit, active, Vec::new(), now);
        };
        factor.filter(Factor::is_active).ok_or(IdentityError::NotEnrolled)?;
        let tried = self.try_code(unit, door, user, (code, client, now))?;
        if !tried.right {
            return self.refuse_code(unit, active, tried.changes, now);
        }
        door.apply(unit, door.event(tried.name, Action::Execute), tried.changes)?;
        let mut changes = factor_rows(unit, door, user)?;
        changes.extend(tell(unit, door, user.id(), Topic::FACTOR_REMOVED)?);
        let event = door.event(EventName::LOGIN_TOTP_REMOVED, Action::Delete);
        let session = self.rebind(unit, active, (event, changes), RotationEvent::SecondFactor)?;
        Ok(unit.hold(FactorChange::Done(session)))
    }

    /// New recovery codes, shown once; earlier ones are void.
    ///
    /// # Errors
    /// [`IdentityError::NoSession`], [`IdentityError::MustChange`], [`IdentityError::StepUpNeeded`],
    /// [`IdentityError::NotEnrolled`], or the unit's.
    pub fn recovery_codes(
        &self,
        unit: &mut dyn Unit,
        active: &Active,
    ) -> Result<Held<Vec<RecoveryCode>>, IdentityError> {
        active.require_factor_rights(self, unit)?;
        let (door, user) = (&active.door, &active.user);
        Factor::read(unit, door, user)?.filter(Factor::is_active).ok_or(IdentityError::NotEnrolled)?;
        let mut changes = recovery_rows(unit, door, user)?;
        let (key, codes) = (hash_key(unit)?, RecoveryCode::set(&generate_from_system()?));
        changes.extend(codes.iter().map(|code| {
            let id = RecordId::from_hash(code.hash(&key, user.id().as_bytes()).as_bytes());
            Change::Insert(Draft::new(AuthorityKind::RecoveryCode, id, user.id()))
        }));
        changes.extend(tell(unit, door, user.id(), Topic::RECOVERY_CODES_CREATED)?);
        let event = door.event(EventName::RECOVERY_CODES_CREATED, Action::Create).count(RECOVERY_CODES as u64);
        door.apply(unit, event, changes)?;
        Ok(unit.hold(codes))
    }

    /// Whether the user has an active second factor.
    ///
    /// # Errors
    /// The unit's.
    pub fn has_second_factor(&self, unit: &mut dyn Unit, active: &Active) -> Result<bool, IdentityError> {
        Ok(Factor::read(unit, &active.door, &active.user)?.is_some_and(|factor| factor.is_active()))
    }

    /// How many recovery codes the user has left.
    ///
    /// # Errors
    /// The unit's.
    pub fn recovery_codes_left(&self, unit: &mut dyn Unit, active: &Active) -> Result<usize, IdentityError> {
        Ok(recovery_rows(unit, &active.door, &active.user)?.len())
    }

    fn refuse_code(
        &self,
        unit: &mut dyn Unit,
        active: &Active,
        changes: Vec<Change>,
        now: Timestamp,
    ) -> Result<Held<FactorChange>, IdentityError> {
        write(unit, &active.door, failed(&active.door, Some(&active.user)), changes)?;
        let refusal = Refusal { release: now.after(self.settings().padding) };
        Ok(unit.hold(FactorChange::Refused(refusal)))
    }

    /// Writes a change of the account: everything bound to the user ends, and the session goes on under a new token.
    pub(super) fn rebind(
        &self,
        unit: &mut dyn Unit,
        active: &Active,
        (event, changes): (Event, Vec<Change>),
        how: RotationEvent,
    ) -> Result<NewSession, IdentityError> {
        let door = &active.door;
        let user = change_account(unit, door, &active.user, (event, changes), Revision::default())?;
        let event = door.event(EventName::SESSION_ROTATED, Action::Update);
        self.rotate(unit, (door, event, Vec::new()), &user, (&active.session, how))
    }
}

/// Writes a change of the account and ends everything bound to the user; the user after it.
pub(super) fn change_account(
    unit: &mut dyn Unit,
    door: &Authority,
    user: &User,
    (event, changes): (Event, Vec<Change>),
    revision: Revision<'_>,
) -> Result<User, IdentityError> {
    let mut all = vec![user.revise(revision)?];
    all.extend(changes);
    door.apply(unit, event, all)?;
    door.end_all(unit, user.id())?;
    door.user(unit, user.id())?.ok_or(IdentityError::Stale)
}

/// The end of a user's factor and recovery codes.
pub(super) fn factor_rows(unit: &mut dyn Unit, door: &Authority, user: &User) -> Result<Vec<Change>, IdentityError> {
    let mut changes = recovery_rows(unit, door, user)?;
    if let Some(factor) = Factor::read(unit, door, user)? {
        changes.push(Change::Delete(factor.row));
    }
    Ok(changes)
}

fn recovery_rows(unit: &mut dyn Unit, door: &Authority, user: &User) -> Result<Vec<Change>, IdentityError> {
    let page = door.list(unit, (AuthorityKind::RecoveryCode, user.id()), None, MAX_ROWS)?;
    Ok(page.rows.into_iter().map(Change::Delete).collect())
}

/// The use of a recovery code; none if it is no code of this user's.
/// What is used once is gone with that.
pub(super) fn used_up(row: Row) -> Change {
    if removed(Safeguard::SingleUse) {
        let draft = row.edit();
        return Change::Replace(row, draft);
    }
    Change::Delete(row)
}

fn recovery(
    unit: &mut dyn Unit,
    door: &Authority,
    user: &User,
    typed: &str,
) -> Result<Option<(EventName, Change)>, IdentityError> {
    let Ok(code) = RecoveryCode::parse(typed) else { return Ok(None) };
    let id = RecordId::from_hash(code.hash(&hash_key(unit)?, user.id().as_bytes()).as_bytes());
    let found = denied(door.read(unit, AuthorityKind::RecoveryCode, id).map_err(IdentityError::from))?;
    let Found::One(Some(row)) = found else { return Ok(None) };
    let own = row.owner() == user.id();
    Ok(own.then(|| (EventName::RECOVERY_CODE_USED, used_up(row))))
}
