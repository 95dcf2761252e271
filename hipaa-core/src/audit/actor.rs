//! Who acts.

use super::field::{Field, tag, text_field};
use crate::schema::{TenantId, UserId};
use core::fmt;
use std::net::IpAddr;
use std::sync::Arc;

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
///
/// Cloning is cheap: every event has its actor.
#[derive(Clone, PartialEq, Eq)]
pub struct Actor(Arc<Traits>);

#[derive(Clone, PartialEq, Eq)]
struct Traits {
    tenant: TenantId,
    user: String,
    role: String,
    session: Option<[u8; 16]>,
    address: Option<IpAddr>,
    user_agent: Option<String>,
    claimed: bool,
    grant: Option<[u8; 16]>,
    over: Option<(UserId, String)>,
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
        Ok(Self(Arc::new(Traits {
            tenant,
            user: user.to_owned(),
            role: role.to_owned(),
            session: None,
            address: None,
            user_agent: None,
            claimed: false,
            grant: None,
            over: None,
        })))
    }

    fn with(mut self, change: impl FnOnce(&mut Traits)) -> Self {
        change(Arc::make_mut(&mut self.0));
        self
    }

    /// The identity was stated by the caller and not proven, as by a command line: entries say so.
    #[must_use]
    pub fn claimed(self) -> Self {
        self.with(|actor| actor.claimed = true)
    }

    /// The session in which the actor acts: its public id, never its token.
    #[must_use]
    pub fn in_session(self, session: [u8; 16]) -> Self {
        self.with(|actor| actor.session = Some(session))
    }

    /// The emergency grant under which the actor acts: every entry names it.
    #[must_use]
    pub fn under_grant(self, grant: [u8; 16]) -> Self {
        self.with(|actor| actor.grant = Some(grant))
    }

    /// The network address from which the actor acts.
    #[must_use]
    pub fn from_address(self, address: IpAddr) -> Self {
        self.with(|actor| actor.address = Some(address))
    }

    /// The actor's user agent, cut to 256 bytes; sealed in the entry's details, because people put anything there.
    #[must_use]
    pub fn with_user_agent(self, user_agent: &str) -> Self {
        let end = user_agent.floor_char_boundary(MAX_ACTOR_BYTES);
        self.with(|actor| actor.user_agent = Some(user_agent[..end].to_owned()))
    }

    /// The tenant for which the actor acts.
    #[must_use]
    pub fn tenant(&self) -> TenantId {
        self.0.tenant
    }

    /// The user id.
    #[must_use]
    pub fn user(&self) -> &str {
        &self.0.user
    }

    /// The role.
    #[must_use]
    pub fn role(&self) -> &str {
        &self.0.role
    }

    /// The emergency grant under which the actor acts.
    #[must_use]
    pub fn grant(&self) -> Option<[u8; 16]> {
        self.0.grant
    }

    /// The actor, allowed by the policy to manage one user as long as that user has this role. No entry names it.
    pub(crate) fn over(self, user: UserId, role: &str) -> Self {
        self.with(|actor| actor.over = Some((user, role.to_owned())))
    }

    /// Whether the actor may manage a user of this role: a program's own tool may, a session where the policy was asked.
    pub(crate) fn is_over(&self, user: UserId, role: &str) -> bool {
        let asked = self.0.over.as_ref().is_some_and(|(whom, had)| (*whom, had.as_str()) == (user, role));
        asked || !self.is_in_session()
    }

    /// Whether the actor acts in a session, of which the bearer of a role is known.
    pub(crate) fn is_in_session(&self) -> bool {
        self.0.session.is_some()
    }

    pub(super) fn user_agent(&self) -> Option<&str> {
        self.0.user_agent.as_deref()
    }

    pub(crate) fn fields(&self, fields: &mut Vec<Field>) {
        fields.push(text_field(tag::USER, self.user()));
        fields.push(text_field(tag::ROLE, self.role()));
        if let Some(session) = self.0.session {
            fields.push(Field { tag: tag::SESSION, value: session.to_vec() });
        }
        if let Some(address) = self.0.address {
            let value = match address {
                IpAddr::V4(address) => address.octets().to_vec(),
                IpAddr::V6(address) => address.octets().to_vec(),
            };
            fields.push(Field { tag: tag::ADDRESS, value });
        }
        if self.0.claimed {
            fields.push(Field { tag: tag::CLAIMED, value: vec![1] });
        }
        if let Some(grant) = self.0.grant {
            fields.push(Field { tag: tag::GRANT, value: grant.to_vec() });
        }
    }
}

/// Without the user agent: it is sealed in the log, so it is not shown here either.
impl fmt::Debug for Actor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Actor")
            .field("tenant", &self.0.tenant)
            .field("user", &self.0.user)
            .field("role", &self.0.role)
            .field("claimed", &self.0.claimed)
            .finish_non_exhaustive()
    }
}
