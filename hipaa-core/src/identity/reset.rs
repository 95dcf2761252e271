//! Asking for a reset.

use super::attempt::{Found, credential, denied, named};
use super::contact::post;
use super::session::{has_run_out, id_of};
use super::{Client, Identity, IdentityError};
use crate::audit::{Action, EventName, Outcome};
use crate::auth::login_name::LoginName;
use crate::auth::reset::RESET_LIFE;
use crate::auth::token::ResetToken;
use crate::authority::user::User;
use crate::authority::{Authority, AuthorityError, AuthorityKind, Body, Change, Draft, MAX_ROWS, Row};
use crate::clock::Timestamp;
use crate::entropy::generate_from_system;
use crate::outbox::{NewNotice, Topic};
use crate::red::{Safeguard, removed};
use crate::schema::{RecordId, TenantId, UserId};
use crate::unit::{Unit, UnitError};
use core::time::Duration;
use secrecy::ExposeSecret;

const ENDS: u8 = 1;

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
        let now = unit.parts().1.wall();
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
        let known = matches!(found, Found::One(Some(_)));
        match found {
            Found::One(Some(user)) => self.grant_reset(unit, &client.login(user.tenant())?, &user)?,
            _ => unit.refuse(event),
        }
        let hurried = !known && removed(Safeguard::Padding);
        Ok(ResetAsked { release: if hurried { now } else { now.after(self.settings().padding) } })
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
        let (draft, _) = token_draft(unit, id_of(&token.digest()), (user, RESET_LIFE))?;
        changes.push(Change::Insert(draft));
        let expires = unit.time_of(user.tenant())?.after(RESET_LIFE);
        let text = token.text();
        let notice = NewNotice::new(Topic::RESET_REQUESTED, user.id()).payload(text.expose_secret()).until(expires);
        changes.push(post(unit, door, notice)?);
        Ok(door.apply(unit, event, changes)?)
    }
}

/// The row of a token that sets a user's password, and when it ends by the clock. Body: 1 that end. The row expires by the
/// log's time; whichever comes first counts, as with sessions.
pub(super) fn token_draft(
    unit: &mut dyn Unit,
    id: RecordId,
    (user, life): (&User, Duration),
) -> Result<(Draft, Timestamp), UnitError> {
    let ends = unit.parts().1.wall().after(life);
    let expires = unit.time_of(user.tenant())?.after(life);
    let draft = Draft::new(AuthorityKind::ResetToken, id, user.id()).expires(expires);
    Ok((draft.body(Body::new().with_time(ENDS, ends)), ends))
}

/// Whether such a token still sets a password.
pub(super) fn token_is_live(unit: &mut dyn Unit, token: &Row) -> Result<bool, UnitError> {
    let (out, now) = (has_run_out(unit, token)?, unit.parts().1.wall());
    let live = token.body().time(ENDS).is_ok_and(|ends| now < ends);
    Ok(!out && (live || removed(Safeguard::AuthorityExpiry)))
}

/// The end of every token that could set a user's password.
pub(super) fn void_tokens(unit: &mut dyn Unit, door: &Authority, user: UserId) -> Result<Vec<Change>, AuthorityError> {
    let page = door.list(unit, (AuthorityKind::ResetToken, user), None, MAX_ROWS)?;
    Ok(page.rows.into_iter().map(Change::Delete).collect())
}
