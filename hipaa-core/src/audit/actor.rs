//! Who acts.

use super::field::{Field, tag, text_field};
use crate::schema::TenantId;
use core::fmt;
use std::net::IpAddr;

/// The longest user id, role, user agent or request id, in bytes.
pub const MAX_ACTOR_BYTES: usize = 256;

/// A description of an actor that cannot be written to the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ActorError {
    /// The user id or role is empty.
    #[error("an actor has a user id and a role")]
    Empty,
    /// A text is longer than 256 bytes.
    #[error("a user id or role has at most 256 bytes")]
    TooLong,
}

/// Who acts, in which role, for which tenant, from where.
///
/// User ids and roles appear in the log in clear: use ids of your own, not names or e-mail addresses.
#[derive(Clone, PartialEq, Eq)]
pub struct Actor {
    pub(crate) tenant: TenantId,
    pub(crate) user: String,
    pub(crate) role: String,
    pub(crate) session: Option<[u8; 16]>,
    pub(crate) address: Option<IpAddr>,
    pub(crate) user_agent: Option<String>,
    pub(crate) claimed: bool,
}

impl Actor {
    /// An actor whose identity the host has established.
    ///
    /// # Errors
    /// [`ActorError`] when the user id or role is empty or longer than 256 bytes.
    pub fn new(tenant: TenantId, user: &str, role: &str) -> Result<Self, ActorError> {
        if user.is_empty() || role.is_empty() {
            return Err(ActorError::Empty);
        }
        if user.len() > MAX_ACTOR_BYTES || role.len() > MAX_ACTOR_BYTES {
            return Err(ActorError::TooLong);
        }
        Ok(Self {
            tenant,
            user: user.to_owned(),
            role: role.to_owned(),
            session: None,
            address: None,
            user_agent: None,
            claimed: false,
        })
    }

    /// The identity was stated by the caller and not proven, as by a command line: entries say so.
    #[must_use]
    pub const fn claimed(mut self) -> Self {
        self.claimed = true;
        self
    }

    /// The session in which the actor acts: its public id, never its token.
    #[must_use]
    pub const fn in_session(mut self, session: [u8; 16]) -> Self {
        self.session = Some(session);
        self
    }

    /// The network address from which the actor acts.
    #[must_use]
    pub const fn from_address(mut self, address: IpAddr) -> Self {
        self.address = Some(address);
        self
    }

    /// The actor's user agent, cut to 256 bytes; sealed in the entry's details, because people put anything there.
    #[must_use]
    pub fn with_user_agent(mut self, user_agent: &str) -> Self {
        let end = user_agent.floor_char_boundary(MAX_ACTOR_BYTES);
        self.user_agent = Some(user_agent[..end].to_owned());
        self
    }

    /// The tenant for which the actor acts.
    #[must_use]
    pub const fn tenant(&self) -> TenantId {
        self.tenant
    }

    /// The user id.
    #[must_use]
    pub fn user(&self) -> &str {
        &self.user
    }

    /// The role.
    #[must_use]
    pub fn role(&self) -> &str {
        &self.role
    }

    pub(crate) fn fields(&self, fields: &mut Vec<Field>) {
        fields.push(text_field(tag::USER, &self.user));
        fields.push(text_field(tag::ROLE, &self.role));
        if let Some(session) = self.session {
            fields.push(Field { tag: tag::SESSION, value: session.to_vec() });
        }
        if let Some(address) = self.address {
            let value = match address {
                IpAddr::V4(address) => address.octets().to_vec(),
                IpAddr::V6(address) => address.octets().to_vec(),
            };
            fields.push(Field { tag: tag::ADDRESS, value });
        }
        if self.claimed {
            fields.push(Field { tag: tag::CLAIMED, value: vec![1] });
        }
    }
}

/// Without the user agent: it is sealed in the log, so it is not shown here either.
impl fmt::Debug for Actor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Actor")
            .field("tenant", &self.tenant)
            .field("user", &self.user)
            .field("role", &self.role)
            .field("claimed", &self.claimed)
            .finish_non_exhaustive()
    }
}
