//! Devices and networks from which a user has signed in before: rows, so that they end with any change of the account, and
//! can be counted and forgotten.
//!
//! A device's row has the random bytes of its cookie as id. A network's row, which is kept where failures count by network,
//! has SHA-256(encode("known-network", \[user, network\])). Neither has a body. Both expire with
//! [`DEVICE_LIFE`].

use super::attempt::{Found, denied};
use super::client::hash_key;
use super::contact::tell;
use super::session::LiveSession;
use super::{Client, Identity, IdentityError};
use crate::auth::device::{DEVICE_LIFE, device_cookie, device_id};
use crate::auth::lockout::{LockoutScope, Origin};
use crate::authority::user::User;
use crate::authority::{Authority, AuthorityKind, Change, Draft, MAX_ROWS};
use crate::encoding::encode;
use crate::entropy::generate_from_system;
use crate::outbox::Topic;
use crate::schema::RecordId;
use crate::unit::{Unit, UnitError};
use secrecy::SecretString;
use sha2::{Digest as _, Sha256};

/// The most devices of a user that are known at once; the one that would expire first is forgotten.
pub const MAX_DEVICES: usize = 10;

/// The cookie of a new session, and what its device writes.
pub(super) struct Device {
    pub(super) cookie: SecretString,
    pub(super) changes: Vec<Change>,
}

/// What a complete login needs: read before anything is written, so that a row which fails its check refuses the login and
/// undoes nothing.
pub(super) struct Room {
    pub(super) live: Vec<LiveSession>,
    pub(super) device: Device,
}

impl Identity {
    /// The user's live sessions, and the device that signs in; none where they cannot be read.
    pub(super) fn room(
        &self,
        unit: &mut dyn Unit,
        door: &Authority,
        user: &User,
        client: &Client<'_>,
    ) -> Result<Option<Room>, IdentityError> {
        let now = unit.parts().1.wall();
        let Found::One(live) = denied(self.live(unit, door, (user, now)))? else { return Ok(None) };
        let Found::One(device) = denied(self.arrive(unit, door, user, client))? else { return Ok(None) };
        Ok(Some(Room { live, device }))
    }

    /// The device of a login: the one that it was, or a new one, of which the user is told.
    fn arrive(
        &self,
        unit: &mut dyn Unit,
        door: &Authority,
        user: &User,
        client: &Client<'_>,
    ) -> Result<Device, IdentityError> {
        let mut device = match client.device {
            Some(cookie) if is_known(unit, door, user, cookie)? => {
                Device { cookie: cookie.to_owned().into(), changes: Vec::new() }
            }
            _ => {
                let mut device = self.renew_device(unit, door, user)?;
                device.changes.extend(tell(unit, door, user.id(), Topic::NEW_DEVICE)?);
                device
            }
        };
        let id = network_id(user, client);
        if self.settings().lockout.scope == LockoutScope::AccountAndNetwork && !is_live(unit, door, user, id)? {
            device.changes.push(Change::Insert(draft(unit, user, id)?));
        }
        Ok(device)
    }

    /// A device that is new, or whose earlier row ended with the account's change.
    pub(super) fn renew_device(
        &self,
        unit: &mut dyn Unit,
        door: &Authority,
        user: &User,
    ) -> Result<Device, IdentityError> {
        let (key, now, random) = (hash_key(unit)?, unit.parts().1.wall(), *generate_from_system::<16>()?);
        let mut rows = door.list(unit, (AuthorityKind::KnownDevice, user.id()), None, MAX_ROWS)?.rows;
        rows.retain(|row| row.id().as_bytes().len() == random.len());
        rows.sort_by_key(|row| row.expires());
        let surplus = (rows.len() + 1).saturating_sub(MAX_DEVICES);
        let mut changes = rows.into_iter().take(surplus).map(Change::Delete).collect::<Vec<_>>();
        changes.push(Change::Insert(draft(unit, user, RecordId::from_random(random))?));
        Ok(Device { cookie: device_cookie(&key, user.id().as_bytes(), random, now), changes })
    }

    /// Where an attempt on a user's account comes from.
    pub(super) fn origin(
        &self,
        unit: &mut dyn Unit,
        door: &Authority,
        user: &User,
        client: &Client<'_>,
    ) -> Result<Origin, IdentityError> {
        if let Some(cookie) = client.device
            && is_known(unit, door, user, cookie)?
        {
            return Ok(Origin::Known);
        }
        let by_network = self.settings().lockout.scope == LockoutScope::AccountAndNetwork;
        let known = by_network && is_live(unit, door, user, network_id(user, client))?;
        Ok(if known { Origin::Known } else { Origin::Unknown })
    }
}

fn is_known(unit: &mut dyn Unit, door: &Authority, user: &User, cookie: &str) -> Result<bool, IdentityError> {
    let (key, now) = (hash_key(unit)?, unit.parts().1.wall());
    match device_id(&key, user.id().as_bytes(), cookie, now) {
        Some(id) => is_live(unit, door, user, RecordId::from_random(id)),
        None => Ok(false),
    }
}

/// A row that fails its check makes nothing known.
fn is_live(unit: &mut dyn Unit, door: &Authority, user: &User, id: RecordId) -> Result<bool, IdentityError> {
    let row = denied(door.read(unit, AuthorityKind::KnownDevice, id).map_err(IdentityError::from))?;
    Ok(matches!(row, Found::One(Some(row)) if row.owner() == user.id()))
}

fn draft(unit: &mut dyn Unit, user: &User, id: RecordId) -> Result<Draft, UnitError> {
    let expires = unit.time_of(user.tenant())?.after(DEVICE_LIFE);
    Ok(Draft::new(AuthorityKind::KnownDevice, id, user.id()).expires(expires))
}

fn network_id(user: &User, client: &Client<'_>) -> RecordId {
    let input = encode("known-network", &[user.id().as_bytes(), &client.network.to_bytes()]);
    RecordId::from_hash(&Sha256::digest(input).into())
}
