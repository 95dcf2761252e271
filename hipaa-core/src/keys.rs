//! Keys: from the key-encryption key (KEK) down to the key of one column.
//!
//! ```text
//! KEK (environment, file or file descriptor; never written by us)
//!  └─ wraps one blob per (tenant, epoch, purpose), each a random 32-byte root
//!       cell_root   ─HKDF-SHA-256→ column keys, record MAC key
//!       index_root  ─HKDF-SHA-256→ index keys
//!       audit_root  ─HKDF-SHA-256→ details key, head MAC key
//!       auth_root   ─HKDF-SHA-256→ keys of authority rows
//! ```
//!
//! May import `clock`, `entropy`, `encoding` and `schema`. A key never leaves this crate: there is no accessor, no
//! `Debug` with content, no `Serialize` and no `Clone` of key bytes:
//!
//! ```compile_fail,E0277
//! # fn f(kek: &hipaa_core::keys::Kek) {
//! let text = serde_json::to_string(kek);
//! # }
//! ```

pub(crate) mod derive;
mod keyset;
pub mod provider;
mod ring;
mod wrap;

pub(crate) use derive::{Derivation, Purpose};
pub(crate) use keyset::{TableKeys, TenantKeys};
pub use provider::{Kek, ProviderError};
pub use ring::{EpochState, Ring};
pub use wrap::{RootKind, WRAPPED_BYTES};
pub(crate) use wrap::{WrapContext, unwrap, wrap};

use secrecy::SecretBox;

/// A 32-byte root secret.
pub(crate) type Root = SecretBox<[u8; 32]>;

/// Why a key is not to be had.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum KeyError {
    /// The KEK is not the one that wrapped this key.
    #[error("wrong key: the key-encryption key is not the one that this database was made with")]
    WrongKek,
    /// A wrapped key was altered, or belongs elsewhere.
    #[error("a wrapped key was altered or moved")]
    TamperedBlob,
    /// A wrapped key has a format that this version does not know.
    #[error("a wrapped key has an unknown format")]
    UnknownFormat,
    /// A wrapped key is missing.
    #[error("a wrapped key is missing")]
    MissingBlob,
    /// The list of epochs was altered.
    #[error("the list of key epochs was altered")]
    TamperedRing,
    /// The list of epochs is older than one that this process has seen.
    #[error("the list of key epochs was rolled back")]
    RolledBackRing,
    /// The tenant has no keys: it does not exist.
    #[error("no such tenant")]
    UnknownTenant,
    /// No such epoch in the tenant's list.
    #[error("unknown key epoch {0}")]
    UnknownEpoch(u32),
    /// The epoch's keys were destroyed.
    #[error("the keys of epoch {0} were destroyed")]
    DestroyedKey(u32),
    /// No randomness.
    #[error(transparent)]
    Entropy(#[from] crate::entropy::EntropyError),
}
