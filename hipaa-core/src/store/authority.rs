//! Rows that confer or limit authority, as a database holds them.

use super::StoreError;
use crate::clock::Timestamp;
use crate::schema::{RecordId, TenantId, UserId};
use core::fmt;

/// The bytes of a lookup key.
pub const LOOKUP_BYTES: usize = 32;

/// A keyed hash by which a row is found.
pub type Lookup = [u8; LOOKUP_BYTES];

macro_rules! kinds {
    ($($(#[doc = $doc:literal])* $name:ident = $code:literal, $label:literal;)*) => {
        /// What a row is. Codes and labels are frozen: both are under MACs.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[repr(u8)]
        #[non_exhaustive]
        pub enum AuthorityKind {
            $($(#[doc = $doc])* $name = $code,)*
        }

        impl AuthorityKind {
            /// Every kind, ascending by code.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// The label, as adapters store it.
            #[must_use]
            pub const fn label(self) -> &'static str {
                match self {
                    $(Self::$name => $label,)*
                }
            }
        }
    };
}

kinds! {
    /// A user.
    User = 1, "user";
    /// A role of the host's own.
    Role = 2, "role";
    /// What a user proves to know: the hash of a password.
    Credential = 3, "credential";
    /// The hashes of a user's former passwords.
    PasswordHistory = 4, "password_history";
    /// A user's second factor.
    SecondFactor = 5, "second_factor";
    /// A code that replaces a second factor once.
    RecoveryCode = 6, "recovery_code";
    /// A session.
    Session = 7, "session";
    /// A login whose second factor is outstanding.
    PendingLogin = 8, "pending_login";
    /// A token that allows to set a new password.
    ResetToken = 9, "reset_token";
    /// Failures that were counted.
    FailureCount = 10, "failure_count";
    /// A device or network from which its user has logged in before.
    KnownDevice = 11, "known_device";
    /// An emergency grant.
    Grant = 12, "grant";
    /// A recorded decision about a safeguard.
    Decision = 13, "decision";
    /// A legal hold.
    Hold = 14, "hold";
    /// A patient's consent.
    Consent = 15, "consent";
    /// A notice that waits to be sent.
    Notice = 16, "notice";
    /// The address to which a user's notices go.
    Contact = 17, "contact";
    /// The duty to review an emergency grant, and what came of it.
    Review = 18, "grant_review";
}

impl AuthorityKind {
    /// The code, the first byte of the row's id in recorded states.
    #[must_use]
    pub const fn code(self) -> u8 {
        self as u8
    }

    /// The kind with this code.
    #[must_use]
    pub fn from_code(code: u8) -> Option<Self> {
        Self::ALL.iter().find(|kind| kind.code() == code).copied()
    }

    /// Whether rows end when their owner's `auth_version` counts up.
    #[must_use]
    pub const fn is_bound(self) -> bool {
        matches!(self, Self::Session | Self::PendingLogin | Self::ResetToken | Self::KnownDevice | Self::Grant)
    }

    /// Whether rows must have an expiry.
    #[must_use]
    pub const fn must_expire(self) -> bool {
        self.is_bound() || matches!(self, Self::FailureCount | Self::Notice)
    }

    /// Whether a user has one row of this kind, under the user's own id: so its absence is noticed.
    #[must_use]
    pub const fn is_singular(self) -> bool {
        matches!(self, Self::User | Self::Credential | Self::PasswordHistory | Self::SecondFactor | Self::Contact)
    }

    /// Whether a row may come again under an id whose row was deleted or has ended; its version then goes on.
    #[must_use]
    pub const fn may_return(self) -> bool {
        matches!(
            self,
            Self::Credential
                | Self::PasswordHistory
                | Self::SecondFactor
                | Self::FailureCount
                | Self::KnownDevice
                | Self::Contact
        )
    }
}

/// One row as the database holds it.
#[derive(Clone, PartialEq, Eq)]
pub struct StoredAuthority {
    /// What it is.
    pub kind: AuthorityKind,
    /// Its id among its kind, in all of the deployment: 16 bytes, or the 32 of a hash.
    pub id: RecordId,
    /// The tenant, or the deployment, to which it belongs.
    pub tenant: TenantId,
    /// The user to whom it belongs.
    pub owner: UserId,
    /// The owner's `auth_version` when it was written; 0 where it is not bound to one.
    pub auth_version: u64,
    /// Counts up with every write.
    pub version: u64,
    /// Format, suite and epoch of the MAC, as in a cell.
    pub header: [u8; 6],
    /// From when on it confers nothing.
    pub expires: Option<Timestamp>,
    /// By what it is found besides its id; unique among its kind in all of the deployment.
    pub lookup: Option<Lookup>,
    /// Its fields, readable.
    pub body: Vec<u8>,
    /// Its secret, sealed.
    pub sealed: Option<Vec<u8>>,
    /// Keyed BLAKE3 over all of the above.
    pub mac: [u8; 32],
}

/// Ids and numbers only.
impl fmt::Debug for StoredAuthority {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StoredAuthority")
            .field("kind", &self.kind)
            .field("tenant", &self.tenant)
            .field("owner", &self.owner)
            .field("version", &self.version)
            .finish_non_exhaustive()
    }
}

/// Rows that confer or limit authority.
pub trait AuthorityStore {
    /// The row of this id, of whatever tenant.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] for a row of another shape than was written; others of the adapter.
    fn authority(&mut self, kind: AuthorityKind, id: RecordId) -> Result<Option<StoredAuthority>, StoreError>;
    /// The row with this lookup key, of whatever tenant.
    ///
    /// # Errors
    /// As [`AuthorityStore::authority`].
    fn authority_found_by(
        &mut self,
        kind: AuthorityKind,
        lookup: &Lookup,
    ) -> Result<Option<StoredAuthority>, StoreError>;
    /// Up to `limit` rows of one owner behind `after`, which need not exist, ascending by id.
    ///
    /// # Errors
    /// As [`AuthorityStore::authority`].
    fn authority_of(
        &mut self,
        kind: AuthorityKind,
        owner: (TenantId, UserId),
        after: Option<RecordId>,
        limit: usize,
    ) -> Result<Vec<StoredAuthority>, StoreError>;
    /// Up to `limit` rows of the tenant `due.0` whose expiry is `due.1` or before, behind the place `after`, which need not exist,
    /// ascending by expiry, then id.
    ///
    /// # Errors
    /// As [`AuthorityStore::authority`].
    fn authority_expired(
        &mut self,
        kind: AuthorityKind,
        due: (TenantId, Timestamp),
        after: Option<(Timestamp, RecordId)>,
        limit: usize,
    ) -> Result<Vec<StoredAuthority>, StoreError>;
    /// Writes a new row.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] where the id or the lookup key is taken.
    fn insert_authority(&mut self, row: &StoredAuthority) -> Result<(), StoreError>;
    /// Replaces the row of this kind and id, if it has the version `from` and the same tenant and owner.
    ///
    /// # Errors
    /// [`StoreError::Missing`] where there is none; [`StoreError::Conflict`] where version, tenant or owner is another, or
    /// the lookup key is taken.
    fn replace_authority(&mut self, row: &StoredAuthority, from: u64) -> Result<(), StoreError>;
    /// Deletes a row, if it has this version.
    ///
    /// # Errors
    /// [`StoreError::Missing`] where there is none; [`StoreError::Conflict`] where the version is another.
    fn delete_authority(&mut self, kind: AuthorityKind, id: RecordId, version: u64) -> Result<(), StoreError>;
    /// Deletes a row whatever it holds, also one that cannot be read; none there is no error.
    ///
    /// # Errors
    /// [`StoreError`] of the adapter.
    fn discard_authority(&mut self, kind: AuthorityKind, id: RecordId) -> Result<(), StoreError>;
}
