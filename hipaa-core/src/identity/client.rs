//! Where a request comes from, and the doors that stand for it.

use super::IdentityError;
use crate::audit::Actor;
use crate::auth::network::ClientNetwork;
use crate::authority::Authority;
use crate::authority::user::User;
use crate::keys::{Purpose, RootKind};
use crate::schema::TenantId;
use crate::unit::{Unit, UnitError};
use core::fmt;
use secrecy::SecretBox;
use std::net::IpAddr;

/// Where a request comes from. The address is that of the client, not of a proxy:
/// [`ClientNetwork::of_request`](crate::auth::network::ClientNetwork::of_request) says which headers to believe.
#[derive(Clone, Copy)]
pub struct Client<'a> {
    /// What limits and lockouts count by.
    pub network: ClientNetwork,
    /// The address that entries name.
    pub address: Option<IpAddr>,
    /// The user agent, sealed in entries.
    pub user_agent: Option<&'a str>,
    /// The cookie of a [known device](crate::auth::device).
    pub device: Option<&'a str>,
}

impl<'a> Client<'a> {
    /// A client of this address, of which no more is known.
    #[must_use]
    pub fn from_address(address: IpAddr) -> Self {
        Self { network: ClientNetwork::from_address(address), address: Some(address), user_agent: None, device: None }
    }

    /// The same client with its device's cookie.
    #[must_use]
    pub const fn with_device(self, cookie: &'a str) -> Self {
        Self { device: Some(cookie), ..self }
    }

    /// The same client with its user agent.
    #[must_use]
    pub const fn with_user_agent(self, user_agent: &'a str) -> Self {
        Self { user_agent: Some(user_agent), ..self }
    }

    fn act(&self, actor: Actor) -> Actor {
        let actor = match self.address {
            Some(address) => actor.from_address(address),
            None => actor,
        };
        match self.user_agent {
            Some(user_agent) => actor.with_user_agent(user_agent),
            None => actor,
        }
    }

    /// The login itself, before anybody is known: of the deployment it finds the rows of every tenant.
    pub(super) fn login(&self, tenant: TenantId) -> Result<Authority, IdentityError> {
        Ok(Authority::new(self.act(Actor::new(tenant, "login", "system")?)))
    }

    /// The user, once known.
    pub(super) fn user(&self, user: &User, session: Option<[u8; 16]>) -> Result<Authority, IdentityError> {
        let actor = Actor::new(user.tenant(), &user.id().to_string(), user.role())?;
        let actor = self.act(actor);
        Ok(Authority::new(match session {
            Some(session) => actor.in_session(session),
            None => actor,
        }))
    }
}

/// The network only.
impl fmt::Debug for Client<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").field("network", &self.network).finish_non_exhaustive()
    }
}

/// The deployment's key for hashes of recovery codes and for device cookies: the labels in their inputs keep them apart
/// from lookup keys and from each other.
pub(super) fn hash_key(unit: &mut dyn Unit) -> Result<SecretBox<[u8; 32]>, IdentityError> {
    let (store, ledger) = unit.parts();
    let keys = ledger.keys(store, TenantId::DEPLOYMENT)?;
    let key = keys.key(RootKind::Auth, Purpose::AuthorityLookup, 1).map_err(UnitError::from)?;
    Ok(SecretBox::init_with(|| *key))
}
