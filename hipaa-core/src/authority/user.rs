//! Users: who they are, under which login name they are found, and the end of all that they may do.
//!
//! A user belongs to one tenant or to the deployment. Its id is random and never given again; its login name is unique in
//! all of the deployment. What else is known of it is a field of its row.

use super::{
    Authority, AuthorityError, AuthorityKind, Body, Change, Draft, Lookup, MAX_ROWS, Page, Row, STATES, state_id,
};
use crate::audit::{Action, EventName};
use crate::auth::login_name::{LoginName, LoginNameError};
use crate::clock::Timestamp;
use crate::entropy::generate_from_system;
use crate::red::{Safeguard, removed};
use crate::schema::{RecordId, TenantId, UserId};
use crate::unit::{Unit, UnitError};
use core::fmt;

/// The longest display name, in bytes.
pub const MAX_DISPLAY_NAME_BYTES: usize = 256;
/// The longest label of a role, in bytes.
pub const MAX_ROLE_BYTES: usize = 64;

mod tag {
    pub(super) const ROLE: u8 = 1;
    pub(super) const CREATED: u8 = 2;
    pub(super) const MUST_CHANGE: u8 = 3;
    pub(super) const DISABLED: u8 = 4;
    pub(super) const PATIENT: u8 = 5;
}

/// Why a user was not made, found or changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum UserError {
    /// The login name is not one.
    #[error(transparent)]
    Login(#[from] LoginNameError),
    /// Somebody has this login name, or one of the same form.
    #[error("the login name is taken")]
    LoginTaken,
    /// The display name is empty, longer than 256 bytes, or has control characters.
    #[error("a display name has 1 to 256 bytes and no control characters")]
    DisplayName,
    /// The role is empty, longer than 64 bytes, or has other characters than letters, digits and `_`.
    #[error("a role is a label of 1 to 64 letters, digits and '_'")]
    Role,
    /// The tenant has no such user.
    #[error("no such user")]
    Unknown,
    /// The row was not read or written.
    #[error(transparent)]
    Authority(#[from] AuthorityError),
}

impl From<UnitError> for UserError {
    fn from(error: UnitError) -> Self {
        Self::Authority(error.into())
    }
}

/// A user to be made.
#[derive(Clone, Copy)]
pub struct NewUser<'a> {
    /// The name that is typed to log in.
    pub login: &'a str,
    /// The name that is shown; stored sealed.
    pub display_name: &'a str,
    /// The label of the role.
    pub role: &'a str,
    /// Whether the first login must set another password.
    pub must_change: bool,
}

/// What of a user becomes another; what is not given stays.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Revision<'a> {
    /// The label of the role.
    pub role: Option<&'a str>,
    /// Whether the password must be changed before anything else.
    pub must_change: Option<bool>,
}

/// One page of users.
#[derive(Debug)]
pub struct Users {
    /// Those whose rows pass their checks.
    pub users: Vec<User>,
    /// Those whose rows fail: they can do nothing, and each is an entry.
    pub altered: Vec<UserId>,
    /// Where the next page begins: give it as `after`. None on the last page.
    pub next: Option<UserId>,
}

/// A user whose row has passed its checks.
#[derive(Clone)]
pub struct User {
    row: Row,
}

impl User {
    /// The user's id.
    #[must_use]
    pub const fn id(&self) -> UserId {
        self.row.owner()
    }

    /// The tenant, or the deployment, to which the user belongs.
    #[must_use]
    pub const fn tenant(&self) -> TenantId {
        self.row.tenant()
    }

    /// Counts up with every change that voids sessions, tokens and grants.
    #[must_use]
    pub const fn auth_version(&self) -> u64 {
        self.row.auth_version()
    }

    /// The name that is shown; empty where the user has none.
    #[must_use]
    pub fn display_name(&self) -> &str {
        self.row.secret().and_then(|name| core::str::from_utf8(name).ok()).unwrap_or_default()
    }

    /// The label of the role; empty where there is none, which permits nothing.
    #[must_use]
    pub fn role(&self) -> &str {
        self.row.body().text(tag::ROLE).unwrap_or_default()
    }

    /// The user's own record, where the user is a patient.
    #[must_use]
    pub fn patient(&self) -> Option<RecordId> {
        RecordId::from_slice(self.row.body().bytes(tag::PATIENT).ok()?).ok()
    }

    /// The change that makes a patient's record the user's own, or another: it voids every session, token and grant of the
    /// user.
    #[must_use]
    pub(crate) fn link_patient(&self, patient: RecordId) -> Change {
        let body = self.row.body().clone().with_bytes(tag::PATIENT, patient.as_bytes());
        Change::Replace(self.row.clone(), self.row.edit().body(body).void_bound())
    }

    /// Whether the password must be changed before anything else.
    #[must_use]
    pub fn must_change(&self) -> bool {
        self.row.body().flag(tag::MUST_CHANGE).unwrap_or(true)
    }

    /// Whether the user may do nothing any more.
    #[must_use]
    pub fn is_disabled(&self) -> bool {
        self.row.body().flag(tag::DISABLED).unwrap_or(true)
    }

    /// When the user was made.
    #[must_use]
    pub fn created(&self) -> Option<Timestamp> {
        self.row.body().time(tag::CREATED).ok()
    }

    /// The change that goes with another password, second factor or role: it voids every session, token and grant of the
    /// user. Give it to [`Authority::apply`] together with the rows of the new credential, and before those of a new
    /// session.
    ///
    /// # Errors
    /// [`UserError::Role`].
    pub(crate) fn revise(&self, revision: Revision<'_>) -> Result<Change, UserError> {
        let mut body = self.row.body().clone();
        if let Some(role) = revision.role {
            check_role(role)?;
            body = body.with_text(tag::ROLE, role);
        }
        if let Some(must_change) = revision.must_change {
            body = body.with_flag(tag::MUST_CHANGE, must_change);
        }
        Ok(Change::Replace(self.row.clone(), self.row.edit().body(body).void_bound()))
    }
}

/// Whether a user's row says that the user may do nothing any more; a row that does not say is not one of ours.
pub(super) fn is_disabled(row: &Row) -> bool {
    row.body().flag(tag::DISABLED).unwrap_or(true)
}

impl Authority {
    /// Makes a user in the actor's tenant; the entry names the new id as a written row.
    ///
    /// # Errors
    /// [`UserError::Login`], [`UserError::LoginTaken`], [`UserError::DisplayName`], [`UserError::Role`], or the door's.
    pub(crate) fn create_user(&self, unit: &mut dyn Unit, new: NewUser<'_>) -> Result<UserId, UserError> {
        check(&new)?;
        let lookup = Self::name_lookup(unit, &LoginName::parse(new.login)?)?;
        let user = UserId::from_random(*generate_from_system().map_err(UnitError::from)?);
        let body = Body::new()
            .with_text(tag::ROLE, new.role)
            .with_time(tag::CREATED, unit.parts().1.now())
            .with_flag(tag::MUST_CHANGE, new.must_change)
            .with_flag(tag::DISABLED, false);
        let draft = Draft::new(AuthorityKind::User, user.into(), user).lookup(lookup).body(body);
        let draft = draft.secret(new.display_name.as_bytes());
        let event = self.event(EventName::USER_CREATED, Action::Create);
        match self.insert(unit, event, draft) {
            Err(AuthorityError::LookupTaken) => Err(UserError::LoginTaken),
            other => Ok(other.map(|()| user)?),
        }
    }

    /// The row of a kind that is bound to a user, and that user; none where there is no such row.
    ///
    /// # Errors
    /// As [`Authority::read`].
    pub(crate) fn read_with_user(
        &self,
        unit: &mut dyn Unit,
        kind: AuthorityKind,
        id: RecordId,
    ) -> Result<Option<(Row, User)>, AuthorityError> {
        let Some((row, owner)) = self.read_with_owner(unit, kind, id)? else { return Ok(None) };
        let owner = match owner {
            None => self.read(unit, AuthorityKind::User, row.owner().into())?,
            owner => owner,
        };
        Ok(owner.map(|owner| (row, User { row: owner })))
    }

    /// The user of this id, disabled ones included; none where the actor sees no such user.
    ///
    /// # Errors
    /// The door's.
    pub fn user(&self, unit: &mut dyn Unit, user: UserId) -> Result<Option<User>, UserError> {
        Ok(self.read(unit, AuthorityKind::User, user.into())?.map(|row| User { row }))
    }

    /// One page of the users of the actor's tenant behind `after`, disabled ones included, ascending by id.
    ///
    /// # Errors
    /// [`AuthorityError::TooMany`] unless `limit` is 1 to 500, or the door's.
    pub fn users(&self, unit: &mut dyn Unit, after: Option<UserId>, limit: usize) -> Result<Users, UserError> {
        if limit == 0 || limit > MAX_ROWS {
            return Err(AuthorityError::TooMany.into());
        }
        let behind = after.map(|user| state_id(AuthorityKind::User, user.into()));
        let page = unit.parts().0.live_states(&STATES, self.tenant(), behind, limit);
        let page = page.map_err(AuthorityError::from)?;
        let (full, code) = (page.len() == limit, AuthorityKind::User.code());
        let ids = page.iter().filter_map(|state| match state.record.as_bytes() {
            [kind, id @ ..] if *kind == code => Some(UserId::from_bytes(id.try_into().ok()?)),
            _ => None,
        });
        let ids = ids.collect::<Vec<_>>();
        let next = ids.last().copied().filter(|_| full && ids.len() == limit);
        let (mut users, mut altered) = (Vec::new(), Vec::new());
        for id in ids {
            match self.user(unit, id) {
                Ok(user) => users.extend(user),
                Err(UserError::Authority(AuthorityError::Integrity)) => altered.push(id),
                Err(error) => return Err(error),
            }
        }
        Ok(Users { users, altered, next })
    }

    /// The user who logs in under this name, disabled ones included; none where nobody does. An actor of the deployment
    /// finds the users of every tenant.
    ///
    /// # Errors
    /// [`UserError::Login`] for a text that is nobody's login name, or the door's.
    pub fn user_named(&self, unit: &mut dyn Unit, login: &str) -> Result<Option<User>, UserError> {
        let lookup = Self::name_lookup(unit, &LoginName::parse(login)?)?;
        Ok(self.find(unit, AuthorityKind::User, &lookup)?.map(|row| User { row }))
    }

    /// The lookup key of a login name.
    ///
    /// # Errors
    /// The unit's.
    pub fn name_lookup(unit: &mut dyn Unit, name: &LoginName) -> Result<Lookup, AuthorityError> {
        Self::lookup(unit, AuthorityKind::User, name.expose().as_bytes())
    }

    /// Disables a user at once and for good: everything bound to the user is void from this commit on, and deleted with it.
    /// A user who is disabled already is no error.
    ///
    /// # Errors
    /// [`UserError::Unknown`], or the door's.
    ///
    /// # Source
    /// 45 CFR § 164.308(a)(3)(ii)(C), termination procedures.
    pub(crate) fn disable_user(&self, unit: &mut dyn Unit, user: UserId) -> Result<(), UserError> {
        let found = self.user(unit, user)?.ok_or(UserError::Unknown)?;
        if !found.is_disabled() {
            let body = found.row.body().clone().with_flag(tag::DISABLED, true);
            let draft = found.row.edit().body(body).void_bound();
            self.replace(unit, self.event(EventName::USER_DISABLED, Action::Update), found.row, draft)?;
        }
        Ok(self.end_all(unit, user)?)
    }

    /// Deletes every session, pending login, token, known device and grant of a user of the actor's tenant. Altered rows
    /// stay, as evidence: they confer nothing.
    ///
    /// # Errors
    /// The unit's. After the first was deleted, an error loses the whole unit.
    pub(crate) fn end_all(&self, unit: &mut dyn Unit, user: UserId) -> Result<(), AuthorityError> {
        for kind in AuthorityKind::ALL.iter().filter(|kind| kind.is_bound() && !removed(Safeguard::EndAll)) {
            self.end_kind(unit, *kind, user)?;
        }
        Ok(())
    }

    fn end_kind(&self, unit: &mut dyn Unit, kind: AuthorityKind, user: UserId) -> Result<(), AuthorityError> {
        let mut after = None::<RecordId>;
        loop {
            // A planted row that cannot even be read must not keep the others alive: they are void by the version.
            let Page { rows, next, .. } = match self.page(unit, (kind, user), after, MAX_ROWS) {
                Ok(page) => page,
                Err(AuthorityError::Integrity) => return Ok(()),
                Err(error) => return Err(error),
            };
            let ended = rows.into_iter().map(|found| Change::Delete(found.row)).collect::<Vec<_>>();
            if !ended.is_empty() {
                self.apply(unit, self.event(EventName::AUTHORITY_ENDED, Action::Delete), ended)?;
            }
            after = next;
            if after.is_none() {
                return Ok(());
            }
        }
    }
}

fn check(new: &NewUser<'_>) -> Result<(), UserError> {
    let name = new.display_name;
    if name.is_empty() || name.len() > MAX_DISPLAY_NAME_BYTES || name.chars().any(char::is_control) {
        return Err(UserError::DisplayName);
    }
    check_role(new.role)
}

fn check_role(role: &str) -> Result<(), UserError> {
    let label = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let fits = !role.is_empty() && role.len() <= MAX_ROLE_BYTES && role.chars().all(label);
    if fits { Ok(()) } else { Err(UserError::Role) }
}

/// Ids and flags only.
impl fmt::Debug for User {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("User").field("id", &self.id()).field("disabled", &self.is_disabled()).finish_non_exhaustive()
    }
}

/// The role only.
impl fmt::Debug for NewUser<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NewUser").field("role", &self.role).finish_non_exhaustive()
    }
}
