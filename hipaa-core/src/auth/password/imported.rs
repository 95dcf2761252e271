//! bcrypt hashes of an earlier system: verified, never made.
//!
//! bcrypt sees 72 bytes of the typed password at most, so of a longer one it proves nothing beyond them. Such a login
//! may be the prefix with anything after it: the password is to be changed, not hashed again.
//!
//! bcrypt repeats the password and its closing NUL until it has 72 bytes; so `a` and `a`, NUL, `a` have the same hash. A
//! password with a NUL is therefore no bcrypt password.

use super::{HashFormatError, Password};
use crate::red::{Safeguard, removed};
use bcrypt::HashParts;
use core::str::FromStr as _;
use secrecy::ExposeSecret;

/// The longest password of which bcrypt sees every byte and the end.
const MAX_WHOLE_BYTES: usize = 71;
/// Costs that are verified: 14 takes about a second.
const COSTS: core::ops::RangeInclusive<u32> = 4..=14;

/// Whether the text claims to be bcrypt.
pub(super) fn claims(text: &str) -> bool {
    ["$2a$", "$2b$", "$2y$"].iter().any(|prefix| text.starts_with(prefix))
}

/// Checks form and cost, before anything is hashed.
pub(super) fn check(text: &str) -> Result<(), HashFormatError> {
    let parts = HashParts::from_str(text).map_err(|_| HashFormatError::Malformed)?;
    // Rust reads "+5" as a number; no writer of these hashes has ever written it.
    if !text.get(4..6).is_some_and(|cost| cost.bytes().all(|byte| byte.is_ascii_digit())) {
        return Err(HashFormatError::Malformed);
    }
    if COSTS.contains(&parts.get_cost()) || removed(Safeguard::HashBounds) {
        Ok(())
    } else {
        Err(HashFormatError::Bounds)
    }
}

/// Whether the hash is of this password, as far as bcrypt sees it.
pub(super) fn verify(text: &str, password: &Password) -> bool {
    let typed = password.typed.expose_secret();
    // Hashed in any case, so that it takes as long.
    let matches = bcrypt::verify(typed, text).unwrap_or(false);
    matches && !typed.contains('\0')
}

/// Whether bcrypt saw the whole of the password, so that it may be hashed again.
pub(super) fn saw_all(password: &Password) -> bool {
    password.typed.expose_secret().len() <= MAX_WHOLE_BYTES || removed(Safeguard::BcryptPrefix)
}
