//! Decisions to do without a safeguard, and the start-up check that asks for them.
//!
//! Body of a decision: 1 the safeguard, 2 when it was decided; its lookup key is that of tenant ‖ safeguard, its owner is who
//! decided, its secret the reason.
//!
//! # Source
//! 45 CFR § 164.306(d)(3)(ii)(B); § 164.316(b)(1).

use super::active::Active;
use super::{Identity, IdentityError, Settings};
use crate::audit::{Action, Actor, EventName};
use crate::auth::control::Control;
use crate::auth::reason::Reason;
use crate::auth::role::{Ability, RolePolicy};
use crate::authority::{Authority, AuthorityError, AuthorityKind, Body, Draft, Lookup, Row};
use crate::clock::Timestamp;
use crate::entropy::generate_from_system;
use crate::red::{Safeguard, removed};
use crate::schema::{RecordId, UserId};
use crate::unit::Unit;
use std::collections::BTreeSet;

mod tag {
    pub(super) const CONTROL: u8 = 1;
    pub(super) const DECIDED: u8 = 2;
}

/// More failed logins before a lock than these lock nobody out (NIST SP 800-63B-4 § 3.2.2 names 100 in all).
const MOST_FAILURES: u16 = 100;

/// A decision that is in force.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Decision {
    /// The safeguard that is off.
    pub control: Control,
    /// Who decided.
    pub user: UserId,
    /// When.
    pub decided: Timestamp,
}

/// What a deployment is about to start without.
#[derive(Debug, Clone, Default)]
pub struct StartUp {
    off: BTreeSet<Control>,
}

/// Proof that of every safeguard that is off somebody decided so. Only [`StartUp::check`] makes one.
#[derive(Debug)]
pub struct Cleared {
    decisions: Vec<Decision>,
}

/// Why a deployment must not start.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StartUpError {
    /// Safeguards are off of which nobody decided.
    #[error("safeguards are off without a recorded decision: {}", labels(.0))]
    Undecided(Vec<Control>),
    /// The decisions could not be read.
    #[error(transparent)]
    Identity(#[from] IdentityError),
}

fn labels(controls: &[Control]) -> String {
    controls.iter().map(|control| control.label()).collect::<Vec<_>>().join(", ")
}

impl Settings {
    /// The safeguards that these rules switch off.
    #[must_use]
    pub fn switched_off(&self) -> StartUp {
        let mut off = BTreeSet::new();
        if self.session.idle >= self.session.absolute {
            off.insert(Control::AutomaticLogoff);
        }
        if self.lockout.failures > MOST_FAILURES || self.lockout.lock.is_zero() {
            off.insert(Control::LoginLockout);
        }
        StartUp { off }
    }
}

impl StartUp {
    /// The same without one more safeguard, as the host knows of itself: a server without TLS, no witness.
    #[must_use]
    pub fn without(mut self, control: Control) -> Self {
        self.off.insert(control);
        self
    }

    /// The safeguards that are off.
    pub fn off(&self) -> impl Iterator<Item = Control> + '_ {
        self.off.iter().copied()
    }

    /// Checks that for the actor's tenant somebody decided of every safeguard that is off. A decision that was altered is
    /// none.
    ///
    /// # Errors
    /// [`StartUpError::Undecided`] names all that nobody decided; do not start.
    pub fn check(&self, unit: &mut dyn Unit, actor: &Actor) -> Result<Cleared, StartUpError> {
        let door = Authority::new(actor.clone());
        let (mut decisions, mut undecided) = (Vec::new(), Vec::new());
        for control in self.off() {
            match decision(unit, &door, control)?.as_ref().and_then(Decision::of) {
                Some(decision) => decisions.push(decision),
                None => undecided.push(control),
            }
        }
        if undecided.is_empty() || removed(Safeguard::Decision) {
            return Ok(Cleared { decisions });
        }
        Err(StartUpError::Undecided(undecided))
    }
}

impl Cleared {
    /// The decisions under which the deployment runs: for the compliance report.
    #[must_use]
    pub fn decisions(&self) -> &[Decision] {
        &self.decisions
    }
}

impl Decision {
    fn of(row: &Row) -> Option<Self> {
        let control = Control::from_label(row.body().text(tag::CONTROL).ok()?)?;
        Some(Self { control, user: row.owner(), decided: row.body().time(tag::DECIDED).ok()? })
    }
}

impl Identity {
    /// Records that the session's user decided to do without a safeguard, and why. Where somebody did before, this decision
    /// takes its place.
    ///
    /// # Errors
    /// [`IdentityError::Denied`] for a role without [`Ability::Decide`], which is an entry;
    /// [`IdentityError::StepUpNeeded`]; [`IdentityError::NoSession`]; or the unit's.
    pub fn decide(
        &self,
        unit: &mut dyn Unit,
        active: &Active,
        policy: &RolePolicy,
        (control, reason): (Control, &Reason),
    ) -> Result<(), IdentityError> {
        let door = self.may_decide(unit, active, policy)?;
        self.withdraw_any(unit, door, control)?;
        let now = unit.parts().1.now();
        let body = Body::new().with_text(tag::CONTROL, control.label()).with_time(tag::DECIDED, now);
        let id = RecordId::from_random(*generate_from_system()?);
        let draft = Draft::new(AuthorityKind::Decision, id, active.user.id()).body(body);
        let draft = draft.lookup(lookup(unit, door, control)?).secret(reason.text().as_bytes());
        let event = door.event(EventName::SAFEGUARD_DECIDED, Action::Create).purpose(control.label());
        Ok(door.insert(unit, event.details(reason.text()), draft)?)
    }

    /// Takes a decision back: the safeguard must be on from the next start. None to take back is no error.
    ///
    /// # Errors
    /// As [`Identity::decide`].
    pub fn withdraw(
        &self,
        unit: &mut dyn Unit,
        active: &Active,
        policy: &RolePolicy,
        control: Control,
    ) -> Result<(), IdentityError> {
        let door = self.may_decide(unit, active, policy)?;
        self.withdraw_any(unit, door, control)
    }

    fn may_decide<'a>(
        &self,
        unit: &mut dyn Unit,
        active: &'a Active,
        policy: &RolePolicy,
    ) -> Result<&'a Authority, IdentityError> {
        active.require_live(unit)?;
        active.require_ability(unit, policy, Ability::Decide)?;
        active.require_step_up(self, unit)?;
        Ok(&active.door)
    }

    fn withdraw_any(&self, unit: &mut dyn Unit, door: &Authority, control: Control) -> Result<(), IdentityError> {
        let Some(row) = decision(unit, door, control)? else { return Ok(()) };
        let event = door.event(EventName::SAFEGUARD_DECIDED, Action::Delete).purpose(control.label());
        Ok(door.delete(unit, event, row)?)
    }
}

/// The decision of a safeguard that is in force; one that fails its check is none, and an entry.
fn decision(unit: &mut dyn Unit, door: &Authority, control: Control) -> Result<Option<Row>, IdentityError> {
    let lookup = lookup(unit, door, control)?;
    match door.find(unit, AuthorityKind::Decision, &lookup) {
        Err(AuthorityError::Integrity) => Ok(None),
        found => Ok(found?.filter(|row| row.tenant() == door.tenant())),
    }
}

fn lookup(unit: &mut dyn Unit, door: &Authority, control: Control) -> Result<Lookup, IdentityError> {
    let normal = [door.tenant().as_bytes().as_slice(), control.label().as_bytes()].concat();
    Ok(Authority::lookup(unit, AuthorityKind::Decision, &normal)?)
}
