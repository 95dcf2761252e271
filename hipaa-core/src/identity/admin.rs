//! What an administrator does: make users, unlock, take a second factor away, disable. Never a password.

use super::active::Active;
use super::contact::tell;
use super::factor::{change_account, factor_rows};
use super::reset::{token_draft, void_tokens};
use super::session::id_of;
use super::{Identity, IdentityError};
use crate::audit::{Action, Actor, EventName, Outcome};
use crate::auth::password::PasswordHash;
use crate::auth::reset::ACTIVATION_LIFE;
use crate::auth::role::{Ability, RolePolicy};
use crate::auth::token::ActivationToken;
use crate::authority::user::{NewUser, Revision, User, UserError};
use crate::authority::{Authority, AuthorityKind, Change, Draft, MAX_ROWS};
use crate::clock::Timestamp;
use crate::entropy::generate_from_system;
use crate::outbox::Topic;
use crate::red::{Safeguard, removed};
use crate::schema::{RecordId, UserId};
use crate::unit::{Held, Unit};
use core::fmt;

/// A token with which a user sets the first password. Hand it over once; it is stored nowhere.
pub struct Activation {
    /// The user.
    pub user: UserId,
    /// The token.
    pub token: ActivationToken,
    /// From when on it is void.
    pub expires: Timestamp,
}

impl Identity {
    /// The actor of a session that is live and whose user has an ability, good for this unit. For what is done to a user take
    /// [`Identity::permitted_over`].
    ///
    /// # Errors
    /// [`IdentityError::Denied`], which is an entry; [`IdentityError::NoSession`]; or the unit's.
    pub fn permitted(
        &self,
        unit: &mut dyn Unit,
        active: &Active,
        policy: &RolePolicy,
        ability: Ability,
    ) -> Result<Actor, IdentityError> {
        active.require_live(unit)?;
        active.require_ability(unit, policy, ability)?;
        Ok(active.actor().clone())
    }

    /// The actor of a session that may manage one user: give it to what is in this part. Whoever may not give the user's role
    /// ([`RolePolicy::may_give`]) does nothing to the user. It is good for this unit, and until the user has another role.
    ///
    /// # Errors
    /// [`IdentityError::Denied`], which is an entry; [`IdentityError::NoSession`]; [`IdentityError::User`] for a user whom
    /// the tenant does not have; or the unit's.
    ///
    /// # Security
    /// A new password, address or first password for somebody who can more is a way to become that person.
    pub fn permitted_over(
        &self,
        unit: &mut dyn Unit,
        active: &Active,
        policy: &RolePolicy,
        user: UserId,
    ) -> Result<Actor, IdentityError> {
        let actor = self.permitted(unit, active, policy, Ability::ManageUsers)?;
        let found = of_tenant(unit, &active.door, user)?;
        active.require_gift(unit, policy, found.role())?;
        Ok(actor.over(user, found.role()))
    }

    /// Makes a user in the actor's tenant, with a token for the first password. Until it is used nobody can log in.
    ///
    /// # Errors
    /// [`IdentityError::User`]: the name is taken or out of shape; [`IdentityError::Denied`] for the actor of a session, who
    /// takes [`Identity::create_user_as`]; or the unit's.
    ///
    /// # Security
    /// Whether an actor without a session may do this is for the caller to establish; so it is for everything in this part.
    pub fn create_user(
        &self,
        unit: &mut dyn Unit,
        actor: &Actor,
        new: NewUser<'_>,
    ) -> Result<Held<Activation>, IdentityError> {
        require_tool(unit, actor)?;
        self.make_user(unit, actor, new)
    }

    /// The same for the user of a session, who must be allowed to give the role ([`RolePolicy::may_give`]).
    ///
    /// # Errors
    /// [`IdentityError::Denied`], which is an entry; [`IdentityError::NoSession`]; or as [`Identity::create_user`].
    pub fn create_user_as(
        &self,
        unit: &mut dyn Unit,
        active: &Active,
        policy: &RolePolicy,
        new: NewUser<'_>,
    ) -> Result<Held<Activation>, IdentityError> {
        let actor = self.permitted(unit, active, policy, Ability::ManageUsers)?;
        active.require_gift(unit, policy, new.role)?;
        self.make_user(unit, &actor, new)
    }

    fn make_user(
        &self,
        unit: &mut dyn Unit,
        actor: &Actor,
        new: NewUser<'_>,
    ) -> Result<Held<Activation>, IdentityError> {
        let role = new.role;
        let user = Authority::new(actor.clone()).create_user(unit, new)?;
        self.renew_activation(unit, &actor.clone().over(user, role), user)
    }

    /// Another token for the first password; earlier ones are void.
    ///
    /// # Errors
    /// [`IdentityError::User`] for a user whom the tenant does not have; [`IdentityError::Denied`] for the actor of a session
    /// that is not of [`Identity::permitted_over`] for this user, which is an entry; or the unit's.
    pub fn renew_activation(
        &self,
        unit: &mut dyn Unit,
        actor: &Actor,
        user: UserId,
    ) -> Result<Held<Activation>, IdentityError> {
        let door = Authority::new(actor.clone());
        let user = found(unit, &door, user)?;
        let mut changes = void_tokens(unit, &door, user.id())?;
        let token = ActivationToken::new(&generate_from_system()?);
        let (draft, expires) = token_draft(unit, id_of(&token.digest()), (&user, ACTIVATION_LIFE))?;
        changes.push(Change::Insert(draft));
        door.apply(unit, door.event(EventName::ACTIVATION_CREATED, Action::Create), changes)?;
        Ok(unit.hold(Activation { user: user.id(), token, expires }))
    }

    /// Makes a user with the password hash of an earlier system, which is made again at the first login.
    ///
    /// # Errors
    /// As [`Identity::create_user`].
    pub fn import_user(
        &self,
        unit: &mut dyn Unit,
        actor: &Actor,
        new: NewUser<'_>,
        hash: &PasswordHash,
    ) -> Result<UserId, IdentityError> {
        require_tool(unit, actor)?;
        let door = Authority::new(actor.clone());
        let user = door.create_user(unit, new)?;
        let draft = Draft::new(AuthorityKind::Credential, user.into(), user).secret(hash.expose().as_bytes());
        door.insert(unit, door.event(EventName::PASSWORD_IMPORTED, Action::Create), draft)?;
        Ok(user)
    }

    /// Forgets the failures of a user, of passwords and codes, from every network.
    ///
    /// # Errors
    /// As [`Identity::renew_activation`].
    pub fn unlock(&self, unit: &mut dyn Unit, actor: &Actor, user: UserId) -> Result<(), IdentityError> {
        let door = Authority::new(actor.clone());
        let user = found(unit, &door, user)?;
        let altered = altered_counts(unit, &door, user.id())?;
        if !altered.is_empty() {
            door.discard(unit, door.event(EventName::ACCOUNT_REPAIRED, Action::Delete), &altered)?;
        }
        let mut after = None;
        loop {
            let page = door.list(unit, (AuthorityKind::FailureCount, user.id()), after, MAX_ROWS)?;
            let event = door.event(EventName::ACCOUNT_UNLOCKED, Action::Update);
            let event = event.records("hipaa.user", &[user.id().into()]);
            super::count::write(unit, &door, event, page.rows.into_iter().map(Change::Delete).collect())?;
            after = page.next;
            if after.is_none() {
                return Ok(());
            }
        }
    }

    /// Takes the second factor of a user away, with its recovery codes, and ends everything that the user has open; also a
    /// factor that was altered behind the application's back.
    ///
    /// # Errors
    /// [`IdentityError::NotEnrolled`], or as [`Identity::renew_activation`].
    pub fn reset_second_factor(&self, unit: &mut dyn Unit, actor: &Actor, user: UserId) -> Result<(), IdentityError> {
        let door = Authority::new(actor.clone());
        let user = found(unit, &door, user)?;
        let factor = (AuthorityKind::SecondFactor, user.id().into());
        let altered = door.is_altered(unit, factor.0, factor.1)?;
        if altered {
            door.discard(unit, door.event(EventName::ACCOUNT_REPAIRED, Action::Delete), &[factor])?;
        }
        let mut changes = factor_rows(unit, &door, &user)?;
        if changes.is_empty() && !altered {
            return Err(IdentityError::NotEnrolled);
        }
        changes.extend(tell(unit, &door, user.id(), Topic::FACTOR_REMOVED)?);
        let event = door.event(EventName::LOGIN_TOTP_REMOVED, Action::Delete);
        let event = event.records("hipaa.user", &[user.id().into()]);
        change_account(unit, &door, &user, (event, changes), Revision::default()).map(drop)
    }

    /// Takes away what of a user's was altered behind the application's back: password, history, second factor, address,
    /// failures and recovery codes; and ends everything that the user has open. The user is told, and gets a new password
    /// by [`Identity::renew_activation`]. What was taken away; none where nothing was altered.
    ///
    /// # Errors
    /// [`AuthorityError::Integrity`](crate::authority::AuthorityError::Integrity) where the user's own row was altered,
    /// which only a backup repairs; or as [`Identity::renew_activation`].
    ///
    /// # Security
    /// The altered bytes are gone: copy the file first where they are evidence. A second factor that is taken away has to be
    /// enrolled again, and until then the password is all that stands: find out who wrote to the database before.
    pub fn repair(
        &self,
        unit: &mut dyn Unit,
        actor: &Actor,
        user: UserId,
    ) -> Result<Vec<AuthorityKind>, IdentityError> {
        let door = Authority::new(actor.clone());
        let user = found(unit, &door, user)?;
        let mut altered = altered_counts(unit, &door, user.id())?;
        for kind in AuthorityKind::ALL.iter().filter(|kind| kind.is_singular()) {
            if door.is_altered(unit, *kind, user.id().into())? {
                altered.push((*kind, user.id().into()));
            }
        }
        let codes = door.list(unit, (AuthorityKind::RecoveryCode, user.id()), None, MAX_ROWS)?.altered;
        altered.extend(codes.into_iter().map(|id| (AuthorityKind::RecoveryCode, id)));
        if altered.is_empty() {
            return Ok(Vec::new());
        }
        door.discard(unit, door.event(EventName::ACCOUNT_REPAIRED, Action::Delete), &altered)?;
        let notice = tell(unit, &door, user.id(), Topic::ACCOUNT_REPAIRED)?;
        let event = door.event(EventName::ACCOUNT_REPAIRED, Action::Update).records("hipaa.user", &[user.id().into()]);
        change_account(unit, &door, &user, (event, notice.into_iter().collect()), Revision::default())?;
        Ok(altered.into_iter().map(|(kind, _)| kind).collect())
    }

    /// Gives a user another role and ends everything that the user has open.
    ///
    /// # Errors
    /// [`IdentityError::User`] for what is no role; [`IdentityError::Denied`] for the actor of a session, who takes
    /// [`Identity::change_role_as`]; or as [`Identity::renew_activation`].
    pub fn change_role(
        &self,
        unit: &mut dyn Unit,
        actor: &Actor,
        user: UserId,
        role: &str,
    ) -> Result<(), IdentityError> {
        require_tool(unit, actor)?;
        let door = Authority::new(actor.clone());
        let user = found(unit, &door, user)?;
        set_role(unit, &door, &user, role)
    }

    /// The same for the user of a session, who must be allowed to take the old role away and to give the new one
    /// ([`RolePolicy::may_give`]).
    ///
    /// # Errors
    /// [`IdentityError::Denied`], which is an entry; [`IdentityError::NoSession`]; or as [`Identity::change_role`].
    pub fn change_role_as(
        &self,
        unit: &mut dyn Unit,
        active: &Active,
        policy: &RolePolicy,
        (user, role): (UserId, &str),
    ) -> Result<(), IdentityError> {
        let door = Authority::new(self.permitted_over(unit, active, policy, user)?);
        active.require_gift(unit, policy, role)?;
        let user = found(unit, &door, user)?;
        set_role(unit, &door, &user, role)
    }

    /// Makes a patient's record the user's own, and ends everything that the user has open. Which record is the user's is for
    /// the caller to establish.
    ///
    /// # Errors
    /// As [`Identity::renew_activation`].
    pub fn link_patient(
        &self,
        unit: &mut dyn Unit,
        actor: &Actor,
        user: UserId,
        patient: RecordId,
    ) -> Result<(), IdentityError> {
        let door = Authority::new(actor.clone());
        let user = found(unit, &door, user)?;
        let event = door.event(EventName::PATIENT_LINKED, Action::Update).subjects(&[patient]);
        door.apply(unit, event, vec![user.link_patient(patient)])?;
        Ok(door.end_all(unit, user.id())?)
    }

    /// Disables a user for good: sessions, pending logins and tokens end with this commit.
    ///
    /// # Errors
    /// As [`Identity::renew_activation`].
    pub fn disable(&self, unit: &mut dyn Unit, actor: &Actor, user: UserId) -> Result<(), IdentityError> {
        let door = Authority::new(actor.clone());
        let user = found(unit, &door, user)?;
        Ok(door.disable_user(unit, user.id())?)
    }
}

fn set_role(unit: &mut dyn Unit, door: &Authority, user: &User, role: &str) -> Result<(), IdentityError> {
    let event = door.event(EventName::ROLE_CHANGED, Action::Update);
    let revision = Revision { role: Some(role), must_change: None };
    change_account(unit, door, user, (event, Vec::new()), revision).map(drop)
}

/// That an actor is a program's own tool: what the user of a session gives, the policy bounds.
fn require_tool(unit: &mut dyn Unit, actor: &Actor) -> Result<(), IdentityError> {
    if actor.is_in_session() && !removed(Safeguard::RoleGift) {
        return Err(denied(unit, &Authority::new(actor.clone())));
    }
    Ok(())
}

fn denied(unit: &mut dyn Unit, door: &Authority) -> IdentityError {
    unit.refuse(door.event(EventName::PERMISSION_DENIED, Action::Execute).outcome(Outcome::Denied));
    IdentityError::Denied
}

impl Active {
    /// That the user may give, and take away, a role; that the user may not is an entry.
    fn require_gift(&self, unit: &mut dyn Unit, policy: &RolePolicy, role: &str) -> Result<(), IdentityError> {
        if policy.may_give(self.user.role(), role) {
            return Ok(());
        }
        Err(denied(unit, &self.door))
    }
}

/// The failure counts of a user that fail their check, those that are gone included as far as their id is known.
fn altered_counts(
    unit: &mut dyn Unit,
    door: &Authority,
    user: UserId,
) -> Result<Vec<(AuthorityKind, RecordId)>, IdentityError> {
    let mut altered = door.list(unit, (AuthorityKind::FailureCount, user), None, MAX_ROWS)?.altered;
    for purpose in [super::attempt::PASSWORD, super::factor::CODE] {
        let id = super::count::row_id(purpose, user, &[]);
        if !altered.contains(&id) && door.is_altered(unit, AuthorityKind::FailureCount, id)? {
            altered.push(id);
        }
    }
    Ok(altered.into_iter().map(|id| (AuthorityKind::FailureCount, id)).collect())
}

/// A user whom the actor may manage.
pub(super) fn found(unit: &mut dyn Unit, door: &Authority, user: UserId) -> Result<User, IdentityError> {
    let found = of_tenant(unit, door, user)?;
    if door.actor().is_over(user, found.role()) || removed(Safeguard::RoleGift) {
        return Ok(found);
    }
    Err(denied(unit, door))
}

fn of_tenant(unit: &mut dyn Unit, door: &Authority, user: UserId) -> Result<User, IdentityError> {
    let found = door.user(unit, user)?.filter(|found| found.tenant() == door.actor().tenant());
    found.ok_or(IdentityError::User(UserError::Unknown))
}

impl fmt::Debug for Activation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Activation").field("user", &self.user).finish_non_exhaustive()
    }
}
