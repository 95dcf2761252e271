//! A checked row, and what is to be written.

use super::Body;
use crate::clock::Timestamp;
use crate::schema::{RecordId, TenantId, UserId};
use crate::store::{AuthorityKind, Lookup, StoredAuthority};
use core::fmt;
use zeroize::Zeroizing;

/// The longest secret, in bytes.
pub const MAX_SECRET_BYTES: usize = 4096;

/// A row that has passed its checks; only [`Authority`](super::Authority) makes one.
#[derive(Clone)]
pub struct Row {
    pub(super) stored: StoredAuthority,
    pub(super) body: Body,
    pub(super) secret: Option<Zeroizing<Vec<u8>>>,
}

impl Row {
    /// What it is.
    #[must_use]
    pub const fn kind(&self) -> AuthorityKind {
        self.stored.kind
    }

    /// Its id.
    #[must_use]
    pub const fn id(&self) -> RecordId {
        self.stored.id
    }

    /// The tenant, or the deployment, to which it belongs.
    #[must_use]
    pub const fn tenant(&self) -> TenantId {
        self.stored.tenant
    }

    /// The user to whom it belongs.
    #[must_use]
    pub const fn owner(&self) -> UserId {
        self.stored.owner
    }

    /// The owner's `auth_version` to which it is bound; 0 where it is not. Of a user: its own.
    #[must_use]
    pub const fn auth_version(&self) -> u64 {
        self.stored.auth_version
    }

    /// Counts up with every write.
    #[must_use]
    pub const fn version(&self) -> u64 {
        self.stored.version
    }

    /// From when on it confers nothing.
    #[must_use]
    pub const fn expires(&self) -> Option<Timestamp> {
        self.stored.expires
    }

    /// By what it is found besides its id.
    #[must_use]
    pub const fn lookup(&self) -> Option<&Lookup> {
        self.stored.lookup.as_ref()
    }

    /// Its fields.
    #[must_use]
    pub const fn body(&self) -> &Body {
        &self.body
    }

    /// Its secret, opened: a password's hash, a seed.
    #[must_use]
    pub(crate) fn secret(&self) -> Option<&[u8]> {
        self.secret.as_ref().map(|secret| secret.as_slice())
    }

    /// The same content as a draft, to be changed and given to [`Change::Replace`](super::Change::Replace).
    #[must_use]
    pub(crate) fn edit(&self) -> Draft {
        Draft {
            kind: self.kind(),
            id: self.id(),
            owner: self.owner(),
            expires: self.expires(),
            lookup: self.stored.lookup,
            body: self.body.clone(),
            secret: self.secret.clone(),
            void_bound: false,
        }
    }
}

/// What a row is to hold. Tenant, versions and MAC are the door's to write.
#[derive(Clone)]
pub(crate) struct Draft {
    pub(super) kind: AuthorityKind,
    pub(super) id: RecordId,
    pub(super) owner: UserId,
    pub(super) expires: Option<Timestamp>,
    pub(super) lookup: Option<Lookup>,
    pub(super) body: Body,
    pub(super) secret: Option<Zeroizing<Vec<u8>>>,
    pub(super) void_bound: bool,
}

impl Draft {
    /// A row of this kind and id, of 16 random bytes or a hash of 32. Where a user has one row of the kind
    /// ([`AuthorityKind::is_singular`]), the id is the owner's.
    #[must_use]
    pub(crate) const fn new(kind: AuthorityKind, id: RecordId, owner: UserId) -> Self {
        Self { kind, id, owner, expires: None, lookup: None, body: Body::new(), secret: None, void_bound: false }
    }

    /// From when on it confers nothing.
    #[must_use]
    pub(crate) const fn expires(mut self, time: Timestamp) -> Self {
        self.expires = Some(time);
        self
    }

    /// By what it is found besides its id.
    #[must_use]
    pub(crate) const fn lookup(mut self, lookup: Lookup) -> Self {
        self.lookup = Some(lookup);
        self
    }

    /// Its fields, all of them.
    #[must_use]
    pub(crate) fn body(mut self, body: Body) -> Self {
        self.body = body;
        self
    }

    /// Its secret, [`MAX_SECRET_BYTES`] at most; stored sealed.
    #[must_use]
    pub(crate) fn secret(mut self, secret: &[u8]) -> Self {
        self.secret = Some(Zeroizing::new(secret.to_vec()));
        self
    }

    /// What of it is stored: its expiry, its fields, and its secret.
    #[cfg(test)]
    pub(crate) fn parts(&self) -> (Option<Timestamp>, &Body, Option<&[u8]>) {
        (self.expires, &self.body, self.secret.as_deref().map(Vec::as_slice))
    }

    /// Of a user that is replaced: counts its `auth_version` up, which voids every session, token and grant bound to it. Of
    /// any other row: nothing.
    #[must_use]
    pub(crate) const fn void_bound(mut self) -> Self {
        self.void_bound = true;
        self
    }
}

/// Ids and numbers only.
impl fmt::Debug for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Row").field(&self.stored).finish()
    }
}

/// Ids only.
impl fmt::Debug for Draft {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Draft").field("kind", &self.kind).field("owner", &self.owner).finish_non_exhaustive()
    }
}
