//! Where a user's notices go, and the notices themselves.
//!
//! The address is the secret of a row under the user's own id. Each notice is written with the change that it tells of; one
//! to a user without an address names the user, whom the host may look up elsewhere.

use super::active::Active;
use super::attempt::{Found, denied};
use super::{Identity, IdentityError};
use crate::audit::{Action, Actor, EventName};
use crate::authority::{Authority, AuthorityKind, Change, Draft, Row};
use crate::outbox::{NewNotice, Outbox, Topic, check_address};
use crate::red::{Safeguard, removed};
use crate::schema::UserId;
use crate::unit::Unit;
use zeroize::Zeroizing;

impl Identity {
    /// Gives a user the address to which notices and resets go, in place of an earlier one. Tokens of resets are void, and
    /// both addresses are told.
    ///
    /// # Errors
    /// [`IdentityError::Address`] for what can be none, or as [`Identity::renew_activation`].
    ///
    /// # Security
    /// Mail goes to this address only, never to one that was typed to log in: names that look alike are one login name, and
    /// not one mailbox. Whether the address is the user's is for the host to establish.
    pub fn put_contact(
        &self,
        unit: &mut dyn Unit,
        actor: &Actor,
        user: UserId,
        address: &str,
    ) -> Result<(), IdentityError> {
        let door = Authority::new(actor.clone());
        let user = super::admin::found(unit, &door, user)?;
        write(unit, &door, user.id(), address)
    }

    /// Changes the address of the session's own user.
    ///
    /// # Errors
    /// [`IdentityError::StepUpNeeded`], or as [`Identity::put_contact`].
    pub fn change_contact(&self, unit: &mut dyn Unit, active: &Active, address: &str) -> Result<(), IdentityError> {
        active.require_step_up(self, unit)?;
        write(unit, &active.door, active.user.id(), address)
    }
}

fn write(unit: &mut dyn Unit, door: &Authority, user: UserId, address: &str) -> Result<(), IdentityError> {
    check_address(address)?;
    let row = door.read(unit, AuthorityKind::Contact, user.into())?;
    let topic = NewNotice::new(Topic::CONTACT_CHANGED, user);
    let outbox = Outbox::of(door);
    let mut changes = super::reset::void_tokens(unit, door, user)?;
    if let Some(old) = row.as_ref().and_then(address_in) {
        changes.push(outbox.change(unit, &topic.address(&old))?.1);
    }
    changes.push(outbox.change(unit, &topic.address(address))?.1);
    changes.push(match row {
        Some(row) => {
            let draft = row.edit().secret(address.as_bytes());
            Change::Replace(row, draft)
        }
        None => Change::Insert(draft(user, address)),
    });
    Ok(door.apply(unit, door.event(EventName::CONTACT_CHANGED, Action::Update), changes)?)
}

/// The row of an address.
pub(crate) fn draft(user: UserId, address: &str) -> Draft {
    Draft::new(AuthorityKind::Contact, user.into(), user).secret(address.as_bytes())
}

fn address_in(row: &Row) -> Option<Zeroizing<String>> {
    Some(Zeroizing::new(core::str::from_utf8(row.secret()?).ok()?.to_owned()))
}

/// The change that tells a user of something.
pub(super) fn tell(
    unit: &mut dyn Unit,
    door: &Authority,
    user: UserId,
    topic: Topic,
) -> Result<Option<Change>, IdentityError> {
    if removed(Safeguard::Notices) {
        return Ok(None);
    }
    post(unit, door, NewNotice::new(topic, user)).map(Some)
}

/// The same for a notice that is made already, to its user's address. An address that was altered is none: what it tells of
/// happens all the same.
pub(super) fn post(unit: &mut dyn Unit, door: &Authority, notice: NewNotice<'_>) -> Result<Change, IdentityError> {
    let row = denied(door.read(unit, AuthorityKind::Contact, notice.user().into()).map_err(IdentityError::from))?;
    let address = match &row {
        Found::One(Some(row)) => address_in(row),
        _ => None,
    };
    let notice = address.as_ref().map_or(notice, |address| notice.address(address));
    Ok(Outbox::of(door).change(unit, &notice)?.1)
}
