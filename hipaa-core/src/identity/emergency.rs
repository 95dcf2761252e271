//! Emergency access: one user, one patient, a reason, an end.
//!
//! A grant is a row that is bound to its user like a session: another password or role voids it, disabling deletes it. The
//! duty to review it is a row of its own, which stays. Both, the notices to the reviewers and the entry are one commit.
//!
//! Body of a grant: 1 patient, 2 code of the reason, 3 when it began. Its secret is the text of the reason. It expires when
//! it ends.
//!
//! # Source
//! 45 CFR § 164.312(a)(2)(ii).

use super::active::Active;
use super::contact::tell;
use super::review::duty;
use super::{Identity, IdentityError};
use crate::audit::{Action, Actor, Event, EventName};
use crate::auth::reason::{Reason, ReasonCode};
use crate::auth::role::{Ability, RolePolicy};
use crate::authority::{Authority, AuthorityKind, Body, Change, Draft, MAX_ROWS, Row};
use crate::clock::Timestamp;
use crate::entropy::generate_from_system;
use crate::outbox::Topic;
use crate::schema::{RecordId, UserId};
use crate::unit::Unit;

/// The most reviewers who are told of one grant.
const MAX_TOLD: usize = 100;

mod tag {
    pub(super) const PATIENT: u8 = 1;
    pub(super) const CODE: u8 = 2;
    pub(super) const BEGAN: u8 = 3;
}

/// Emergency access of one user to one patient.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EmergencyGrant {
    /// The id by which entries and lists name it.
    pub id: [u8; 16],
    /// Whose it is.
    pub user: UserId,
    /// The one patient.
    pub patient: RecordId,
    /// The kind of the reason.
    pub code: ReasonCode,
    /// When it began.
    pub began: Timestamp,
    /// When it ends.
    pub ends: Timestamp,
}

impl Identity {
    /// Takes emergency access to one patient, for a reason: the row, the duty to review it, a notice to every user who may
    /// review, and the entry are one commit. Password, and code where enrolled, must have been given within minutes. Another
    /// patient, or more time, is another grant with a reason of its own.
    ///
    /// # Errors
    /// [`IdentityError::Denied`] for a role without [`Ability::InvokeEmergency`], which is an entry;
    /// [`IdentityError::StepUpNeeded`]; [`IdentityError::NoSession`] when the session has ended; or the unit's.
    pub fn open_emergency(
        &self,
        unit: &mut dyn Unit,
        active: &Active,
        policy: &RolePolicy,
        (patient, reason): (RecordId, &Reason),
    ) -> Result<EmergencyGrant, IdentityError> {
        active.require_live(unit)?;
        active.require_ability(unit, policy, Ability::InvokeEmergency)?;
        let now = unit.parts().1.now();
        active.require_step_up(self, unit)?;
        let numbers = self.settings().emergency;
        let grant = EmergencyGrant {
            id: *generate_from_system()?,
            user: active.user.id(),
            patient,
            code: reason.code(),
            began: now,
            ends: now.after(numbers.lasts()),
        };
        let mut changes = vec![
            Change::Insert(grant.draft(reason)),
            Change::Insert(duty(&grant, reason, now.after(numbers.review()))),
        ];
        changes.extend(tell_reviewers(unit, &active.door, policy, active.user.id())?);
        let door = Authority::new(active.actor().clone().under_grant(grant.id));
        let event = door.event(EventName::EMERGENCY_ACCESS_STARTED, Action::Create);
        door.apply(unit, with_reason(event, patient, reason), changes)?;
        Ok(grant)
    }

    /// Ends one of the user's own grants before its time; one that has ended is no error.
    ///
    /// # Errors
    /// [`IdentityError::NoSession`], or the unit's.
    pub fn end_emergency(&self, unit: &mut dyn Unit, active: &Active, grant: [u8; 16]) -> Result<(), IdentityError> {
        active.require_live(unit)?;
        let row = active.door.read(unit, AuthorityKind::Grant, grant.into());
        let row = row.map_or_else(|error| if is_over(&error) { Ok(None) } else { Err(error) }, Ok)?;
        let Some(row) = row.filter(|row| row.owner() == active.user.id()) else { return Ok(()) };
        let door = Authority::new(active.actor().clone().under_grant(grant));
        let event = door.event(EventName::EMERGENCY_ACCESS_ENDED, Action::Delete);
        let patient = EmergencyGrant::of(&row).map(|grant| grant.patient);
        Ok(door.delete(unit, event.subjects(patient.as_slice()), row)?)
    }

    /// The user's own grants that have not ended.
    ///
    /// # Errors
    /// The unit's.
    pub fn emergencies(&self, unit: &mut dyn Unit, active: &Active) -> Result<Vec<EmergencyGrant>, IdentityError> {
        let page = active.door.list(unit, (AuthorityKind::Grant, active.user.id()), None, MAX_ROWS)?;
        Ok(page.rows.iter().filter_map(EmergencyGrant::of).collect())
    }
}

impl EmergencyGrant {
    fn draft(&self, reason: &Reason) -> Draft {
        let body = Body::new()
            .with_bytes(tag::PATIENT, self.patient.as_bytes())
            .with_text(tag::CODE, self.code.label())
            .with_time(tag::BEGAN, self.began);
        let draft = Draft::new(AuthorityKind::Grant, self.id.into(), self.user).expires(self.ends).body(body);
        draft.secret(reason.text().as_bytes())
    }

    fn of(row: &Row) -> Option<Self> {
        Some(Self {
            id: row.id().as_bytes().try_into().ok()?,
            user: row.owner(),
            patient: RecordId::from_slice(row.body().bytes(tag::PATIENT).ok()?).ok()?,
            code: ReasonCode::from_label(row.body().text(tag::CODE).ok()?)?,
            began: row.body().time(tag::BEGAN).ok()?,
            ends: row.expires()?,
        })
    }

    /// The live grant of this id, if it is this user's. One that fails its check, has ended or is void is none.
    pub(crate) fn read(unit: &mut dyn Unit, actor: &Actor, grant: [u8; 16]) -> Result<Option<Self>, IdentityError> {
        let door = Authority::new(actor.clone());
        let row = match door.read(unit, AuthorityKind::Grant, grant.into()) {
            Err(error) if is_over(&error) => None,
            row => row?,
        };
        let now = unit.parts().1.now();
        let grant = row.as_ref().and_then(Self::of);
        Ok(grant.filter(|grant| grant.user.to_string() == actor.user() && grant.began <= now))
    }
}

fn is_over(error: &crate::authority::AuthorityError) -> bool {
    use crate::authority::AuthorityError::{Expired, Integrity, Void};
    matches!(error, Integrity | Expired | Void)
}

/// What entries of a grant and of its review say of the reason.
pub(super) fn with_reason(event: Event, patient: RecordId, reason: &Reason) -> Event {
    event.subjects(&[patient]).purpose(reason.code().label()).details(reason.text())
}

/// Tells every user of the tenant who may review, but the one who is told of; where there is none, whoever the host tells in
/// nobody's name.
fn tell_reviewers(
    unit: &mut dyn Unit,
    door: &Authority,
    policy: &RolePolicy,
    invoker: UserId,
) -> Result<Vec<Change>, IdentityError> {
    let (mut told, mut after) = (Vec::new(), None);
    while told.len() < MAX_TOLD {
        let page = door.users(unit, after, MAX_ROWS)?;
        let may = |user: &&crate::authority::user::User| {
            !user.is_disabled() && user.id() != invoker && policy.has(user.role(), Ability::ReviewEmergency)
        };
        told.extend(page.users.iter().filter(may).map(crate::authority::user::User::id));
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    told.truncate(MAX_TOLD);
    if told.is_empty() {
        told.push(UserId::NOBODY);
    }
    let told = told.into_iter().map(|user| tell(unit, door, user, Topic::EMERGENCY_ACCESS));
    told.filter_map(Result::transpose).collect()
}
