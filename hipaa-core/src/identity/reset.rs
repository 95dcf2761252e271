//! Asking for a reset.

use super::attempt::{Found, credential, denied, named};
use super::session::id_of;
use super::{Client, Identity, IdentityError};
use crate::audit::{Action, EventName};
use crate::auth::limit::Limit;
use crate::auth::login_name::LoginName;
use crate::auth::reset::RESET_LIFE;
use crate::auth::token::ResetToken;
use crate::authority::user::User;
use crate::authority::{Authority, AuthorityError, AuthorityKind, Change, Draft, MAX_ROWS};
use crate::clock::Timestamp;
use crate::entropy::generate_from_system;
use crate::schema::{TenantId, UserId};
use crate::unit::{Held, Unit};
use core::fmt;

/// What goes into the mail for a reset. Build the link from configuration, never from a `Host` header, with the token in
/// its fragment.
pub struct ResetRequest {
    /// The user.
    pub user: UserId,
    /// The user's tenant.
    pub tenant: TenantId,
    /// The token.
    pub token: ResetToken,
    /// From when on it is void.
    pub expires: Timestamp,
}

impl Identity {
    /// Asks for a reset: a token for the mail if there is such a user, none otherwise. Answer both alike, at once, and send
    /// the mail from an outbox.
    ///
    /// # Errors
    /// [`IdentityError::TooMany`], the same for unknown names; or the unit's.
    pub fn request_reset(
        &self,
        unit: &mut dyn Unit,
        login: &str,
        client: &Client<'_>,
    ) -> Result<Held<Option<ResetRequest>>, IdentityError> {
        let any = client.login(TenantId::DEPLOYMENT)?;
        let form = LoginName::parse(login).ok();
        let lookup =
            Authority::lookup(unit, AuthorityKind::User, form.as_ref().map_or(b"", |f| f.expose().as_bytes()))?;
        let now = unit.parts().1.now();
        let _ = self.limit(&Limit::RESET_PER_NETWORK.of_network(&client.network), now)?;
        let _ = self.limit(&Limit::RESET_PER_ADDRESS.of_id(&lookup), now)?;
        let found = match form {
            Some(name) => denied(any.user_named(unit, name.expose()).map_err(IdentityError::from))?,
            None => Found::None,
        };
        let Found::One(Some(user)) = found else {
            unit.refuse(named(any.event(EventName::PASSWORD_RESET_REQUESTED, Action::Execute), &lookup));
            return Ok(unit.hold(None));
        };
        let request = self.grant_reset(unit, &client.login(user.tenant())?, &user)?;
        Ok(unit.hold(request))
    }

    /// A token for a user who has a password and may log in; earlier ones are void.
    fn grant_reset(
        &self,
        unit: &mut dyn Unit,
        door: &Authority,
        user: &User,
    ) -> Result<Option<ResetRequest>, IdentityError> {
        let event = door.event(EventName::PASSWORD_RESET_REQUESTED, Action::Execute);
        let event = event.records("hipaa.user", &[user.id().into()]);
        let usable = matches!(denied(credential(unit, door, user))?, Found::One(Some(_)));
        if user.is_disabled() || !usable {
            unit.refuse(event);
            return Ok(None);
        }
        let mut changes = void_tokens(unit, door, user.id())?;
        let token = ResetToken::new(&generate_from_system()?);
        let expires = unit.parts().1.now().after(RESET_LIFE);
        let draft = Draft::new(AuthorityKind::ResetToken, id_of(&token.digest()), user.id()).expires(expires);
        changes.push(Change::Insert(draft));
        door.apply(unit, event, changes)?;
        Ok(Some(ResetRequest { user: user.id(), tenant: user.tenant(), token, expires }))
    }
}

/// The end of every token that could set a user's password.
pub(super) fn void_tokens(unit: &mut dyn Unit, door: &Authority, user: UserId) -> Result<Vec<Change>, AuthorityError> {
    let page = door.list(unit, (AuthorityKind::ResetToken, user), None, MAX_ROWS)?;
    Ok(page.rows.into_iter().map(Change::Delete).collect())
}

impl fmt::Debug for ResetRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ResetRequest").field("user", &self.user).finish_non_exhaustive()
    }
}
