//! Asking for a reset.

use super::attempt::{Found, credential, denied, named};
use super::contact::post;
use super::session::id_of;
use super::{Client, Identity, IdentityError};
use crate::audit::{Action, EventName, Outcome};
use crate::auth::login_name::LoginName;
use crate::auth::reset::RESET_LIFE;
use crate::auth::token::ResetToken;
use crate::authority::user::User;
use crate::authority::{Authority, AuthorityError, AuthorityKind, Change, Draft, MAX_ROWS};
use crate::clock::Timestamp;
use crate::entropy::generate_from_system;
use crate::outbox::{NewNotice, Topic};
use crate::schema::{TenantId, UserId};
use crate::unit::Unit;
use core::time::Duration;
use secrecy::ExposeSecret;

/// A request for a reset, the same whether there is such a user or not. Answer it no earlier than at its release.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ResetAsked {
    /// The begin of the request plus the padding.
    pub release: Timestamp,
}

impl ResetAsked {
    /// How long to wait with the answer.
    #[must_use]
    pub fn wait(&self, now: Timestamp) -> Duration {
        self.release.since(now)
    }
}

impl Identity {
    /// Asks for a reset. If there is such a user, a notice [`Topic::RESET_REQUESTED`] with the token waits in the
    /// [outbox](crate::outbox) of the user's tenant; the caller learns nothing of it. Build the link from configuration,
    /// never from a `Host` header, with the token in its fragment.
    ///
    /// # Errors
    /// [`IdentityError::TooMany`], the same for unknown names; or the unit's.
    pub fn request_reset(
        &self,
        unit: &mut dyn Unit,
        login: &str,
        client: &Client<'_>,
    ) -> Result<ResetAsked, IdentityError> {
        let any = client.login(TenantId::DEPLOYMENT)?;
        let form = LoginName::parse(login).ok();
        let lookup =
            Authority::lookup(unit, AuthorityKind::User, form.as_ref().map_or(b"", |f| f.expose().as_bytes()))?;
        let now = unit.parts().1.now();
        let event = named(any.event(EventName::PASSWORD_RESET_REQUESTED, Action::Execute), &lookup);
        let (network, address) = (self.settings().reset_per_network, self.settings().reset_per_address);
        for quota in [network.of_network(&client.network), address.of_id(&lookup)] {
            if let Err(error) = self.limit(&quota, now) {
                unit.refuse(event.outcome(Outcome::Denied));
                return Err(error);
            }
        }
        let found = match form {
            Some(name) => denied(any.user_named(unit, name.expose()).map_err(IdentityError::from))?,
            None => Found::None,
        };
        match found {
            Found::One(Some(user)) => self.grant_reset(unit, &client.login(user.tenant())?, &user)?,
            _ => unit.refuse(event),
        }
        Ok(ResetAsked { release: now.after(self.settings().padding) })
    }

    /// A token for a user who has a password and may log in; earlier ones are void.
    fn grant_reset(&self, unit: &mut dyn Unit, door: &Authority, user: &User) -> Result<(), IdentityError> {
        let event = door.event(EventName::PASSWORD_RESET_REQUESTED, Action::Execute);
        let event = event.records("hipaa.user", &[user.id().into()]);
        let usable = matches!(denied(credential(unit, door, user))?, Found::One(Some(_)));
        if user.is_disabled() || !usable {
            unit.refuse(event);
            return Ok(());
        }
        let mut changes = void_tokens(unit, door, user.id())?;
        let token = ResetToken::new(&generate_from_system()?);
        let expires = unit.parts().1.now().after(RESET_LIFE);
        let draft = Draft::new(AuthorityKind::ResetToken, id_of(&token.digest()), user.id()).expires(expires);
        changes.push(Change::Insert(draft));
        let text = token.text();
        let notice = NewNotice::new(Topic::RESET_REQUESTED, user.id()).payload(text.expose_secret()).until(expires);
        changes.push(post(unit, door, notice)?);
        Ok(door.apply(unit, event, changes)?)
    }
}

/// The end of every token that could set a user's password.
pub(super) fn void_tokens(unit: &mut dyn Unit, door: &Authority, user: UserId) -> Result<Vec<Change>, AuthorityError> {
    let page = door.list(unit, (AuthorityKind::ResetToken, user), None, MAX_ROWS)?;
    Ok(page.rows.into_iter().map(Change::Delete).collect())
}
