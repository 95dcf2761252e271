//! A request whose session was checked: who acts, and what a request still has to show for what it wants.

use super::session::ended;
use super::{Identity, IdentityError};
use crate::audit::{Action, Actor, EventName, Outcome};
use crate::auth::role::{Ability, RolePolicy};
use crate::auth::session::{Session, SessionAction, SessionRights};
use crate::authority::user::User;
use crate::authority::{Authority, AuthorityError, AuthorityKind, Row};
use crate::clock::Timestamp;
use crate::red::{Safeguard, removed};
use crate::schema::RecordId;
use crate::unit::{Unit, UnitError, Warrant};
use core::fmt;
use core::time::Duration;
use std::sync::Arc;

/// A request's session, checked.
pub struct Active {
    pub(super) user: User,
    pub(super) door: Authority,
    pub(super) session: Session,
    pub(super) public: [u8; 16],
    pub(super) row: Row,
    warrant: Arc<dyn Warrant>,
}

/// A session that must be live.
pub(crate) struct SessionWarrant {
    actor: Actor,
    row: RecordId,
}

impl SessionWarrant {
    pub(crate) const fn actor(&self) -> &Actor {
        &self.actor
    }

    pub(crate) fn of(active: &Active) -> Self {
        Self { actor: active.actor().clone(), row: active.row.id() }
    }
}

impl Warrant for SessionWarrant {
    /// The row itself: it is deleted, expired, or void by the user's version when the session has ended. One that fails its
    /// check confers nothing, and is an entry.
    fn holds(&self, unit: &mut dyn Unit) -> Result<bool, UnitError> {
        match Authority::new(self.actor.clone()).read(unit, AuthorityKind::Session, self.row) {
            Ok(row) => Ok(row.is_some()),
            Err(AuthorityError::Unit(error)) => Err(error),
            Err(_) => Ok(false),
        }
    }
}

impl Active {
    pub(super) fn new((user, door): (User, Authority), (session, public): (Session, [u8; 16]), row: Row) -> Self {
        let warrant = Arc::new(SessionWarrant { actor: door.actor().clone(), row: row.id() });
        Self { user, door, session, public, row, warrant }
    }

    /// That the session is live, to be asked again: in the unit that authorised it, it was found to be.
    pub(crate) const fn warrant(&self) -> &Arc<dyn Warrant> {
        &self.warrant
    }

    /// Who acts: give it to the vault, with the permissions of the role.
    #[must_use]
    pub const fn actor(&self) -> &Actor {
        self.door.actor()
    }

    /// The user.
    #[must_use]
    pub const fn user(&self) -> &User {
        &self.user
    }

    /// The id by which lists name the session.
    #[must_use]
    pub const fn id(&self) -> [u8; 16] {
        self.public
    }

    /// What the session may do.
    #[must_use]
    pub const fn rights(&self) -> SessionRights {
        self.session.rights
    }

    /// That the session may do more than change its password, and has stepped up.
    pub(super) fn require_factor_rights(&self, identity: &Identity, unit: &mut dyn Unit) -> Result<(), IdentityError> {
        if !self.session.rights.allow(SessionAction::Work) {
            return Err(IdentityError::MustChange);
        }
        self.require_step_up(identity, unit)
    }

    /// That the session is live, and the password, and the code where enrolled, was given within minutes.
    pub(super) fn require_step_up(&self, identity: &Identity, unit: &mut dyn Unit) -> Result<(), IdentityError> {
        self.require_live(unit)?;
        let (wall, log) = (unit.parts().1.wall(), unit.parts().1.now_of(self.door.tenant()));
        // How far the log was ahead of the clock when the row was written.
        let ahead = self.row.expires().map_or(Duration::ZERO, |ends| ends.since(identity.end_of(&self.session)));
        let policy = &identity.settings().session;
        let fresh = |at: Option<Timestamp>, now| policy.is_stepped_up(at, now);
        let by_log = self.session.stepped_up.map(|at| at.after(ahead).min(log));
        if fresh(self.session.stepped_up, wall) && fresh(by_log, log) || removed(Safeguard::StepUp) {
            return Ok(());
        }
        unit.refuse(self.door.event(EventName::PERMISSION_DENIED, Action::Execute).outcome(Outcome::Denied));
        Err(IdentityError::StepUpNeeded)
    }

    /// That the session is live in this unit, whenever it was authorised.
    pub(super) fn require_live(&self, unit: &mut dyn Unit) -> Result<(), IdentityError> {
        unit.see_time(self.door.tenant())?;
        let row = self.door.read(unit, AuthorityKind::Session, self.row.id());
        match row.map_err(ended)? {
            Some(_) => Ok(()),
            None => Err(IdentityError::NoSession),
        }
    }

    /// That the role has an ability; that it has not is an entry.
    pub(super) fn require_ability(
        &self,
        unit: &mut dyn Unit,
        policy: &RolePolicy,
        ability: Ability,
    ) -> Result<(), IdentityError> {
        if policy.has(self.user.role(), ability) {
            return Ok(());
        }
        unit.refuse(self.door.event(EventName::PERMISSION_DENIED, Action::Execute).outcome(Outcome::Denied));
        Err(IdentityError::Denied)
    }
}

impl fmt::Debug for Active {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Active").field("user", &self.user).finish_non_exhaustive()
    }
}
