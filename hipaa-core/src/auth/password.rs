//! Passwords: what was typed, the hash that is stored, and the cap on hashing.
//!
//! Argon2id version 1.3 over the NFKC form, as a PHC string. Whoever hashes or verifies holds a [`HashingPermit`], which
//! moves into the work, so that no more hashes run at once than memory allows. A stored string is checked against bounds
//! before any hashing: a row that was altered cannot order gigabytes.
//!
//! A hash is made in two ways only: from a password that a [policy](super::policy) has accepted, and from one that has
//! just been verified against an older hash.
//!
//! # Security
//! The memory that Argon2 fills is not wiped after use; it waits in the pool for the next hash. A stored string is to be sealed, bound to its user.
//!
//! # Source
//! RFC 9106; NIST SP 800-63B-4 § 3.1.1.2; OWASP Password Storage Cheat Sheet (19,456 KiB, 2 passes, 1 lane).

use crate::red::{Safeguard, removed};
use crate::text::{class, nfkc};
use core::fmt;
use secrecy::{ExposeSecret, SecretString};

mod hash;
#[cfg(feature = "bcrypt-import")]
mod imported;
mod params;
mod permit;
#[cfg(test)]
pub(super) mod tests;

pub use hash::{HashError, HashFormatError, MAX_HASH_CHARS, PasswordHash, Rehash, Verdict};
pub use params::{HashParams, ParamsError};
pub use permit::{Busy, DEFAULT_PATIENCE, DEFAULT_QUEUE, HashingLoad, HashingPermit, HashingPermits};

/// The most code points of a password, after NFKC.
pub const MAX_PASSWORD_CHARS: usize = 128;
/// The most bytes of a password, as typed and after NFKC.
pub const MAX_PASSWORD_BYTES: usize = 1024;

/// Why a text is taken for no password, new or old. It says nothing of the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PasswordError {
    /// Nothing was typed.
    #[error("the password is empty")]
    Empty,
    /// Over 128 code points or 1,024 bytes. It is refused, never cut.
    #[error("the password is longer than 128 characters")]
    TooLong,
    /// A code point that Unicode has not assigned: its normal form could change, and the password would stop working.
    #[error("the password has a character that Unicode does not define")]
    Unassigned,
}

/// A password that was typed, as it came and in NFKC.
pub struct Password {
    /// What an earlier system saw.
    #[cfg_attr(not(feature = "bcrypt-import"), expect(dead_code, reason = "bcrypt hashes are of the bytes as typed"))]
    typed: SecretString,
    normal: SecretString,
}

impl Password {
    /// The password that was typed.
    ///
    /// # Errors
    /// [`PasswordError`]: which limit it breaks. At a login, count the attempt all the same.
    pub fn new(typed: SecretString) -> Result<Self, PasswordError> {
        let text = typed.expose_secret();
        if text.is_empty() {
            return Err(PasswordError::Empty);
        }
        if removed(Safeguard::PasswordLimit) {
            let normal = text.chars().take(MAX_PASSWORD_CHARS).collect::<String>().into();
            return Ok(Self { typed, normal });
        }
        if text.len() > MAX_PASSWORD_BYTES {
            return Err(PasswordError::TooLong);
        }
        if text.chars().any(class::is_unassigned) {
            return Err(PasswordError::Unassigned);
        }
        let form = if removed(Safeguard::PasswordForm) { text.to_owned() } else { nfkc(text).to_string() };
        let normal = SecretString::from(form);
        let (bytes, chars) = (normal.expose_secret().len(), normal.expose_secret().chars().count());
        if bytes > MAX_PASSWORD_BYTES || chars > MAX_PASSWORD_CHARS {
            return Err(PasswordError::TooLong);
        }
        Ok(Self { typed, normal })
    }

    /// The NFKC form, for rules and for Argon2id.
    pub(super) fn normal(&self) -> &str {
        self.normal.expose_secret()
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password([redacted])")
    }
}
