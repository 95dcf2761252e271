//! Recovery codes: ten on paper, for when the phone is gone. Each works once.
//!
//! A code is 120 random bits, shown as 24 characters of base32 in six groups. Stored is its keyed hash, by which it is
//! found in one look-up; whoever uses it deletes that row on the condition that it is there. New codes replace all old
//! ones. Attempts count with those of the second factor.
//!
//! # Source
//! NIST SP 800-63B-4 § 3.1.2 (at least 64 bits, hashed, used once); OWASP ASVS 5.0.0, 6.5.2 (112 bits or more need no
//! salted password hash).

use crate::encoding::encode;
use core::fmt;
use data_encoding::BASE32_NOPAD;
use secrecy::{ExposeSecret, SecretBox, SecretString};
use subtle::ConstantTimeEq as _;
use zeroize::Zeroizing;

/// Codes that are made at once.
pub const RECOVERY_CODES: usize = 10;
/// Bytes of a code.
pub const RECOVERY_BYTES: usize = 15;
/// Characters of a code without the dashes between its groups.
pub const RECOVERY_CHARS: usize = 24;
/// The most bytes of a code as typed.
pub const MAX_RECOVERY_INPUT_BYTES: usize = 64;
const GROUP: usize = 4;

/// Text that is not a recovery code. It says nothing of the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a recovery code has 24 letters and digits")]
pub struct RecoveryCodeError;

/// One recovery code.
pub struct RecoveryCode(SecretBox<[u8; RECOVERY_BYTES]>);

impl RecoveryCode {
    /// A set of codes from random bytes straight from the operating system
    /// ([`generate_from_system`](crate::entropy::generate_from_system)).
    #[must_use]
    pub fn set(random: &Zeroizing<[u8; RECOVERY_BYTES * RECOVERY_CODES]>) -> Vec<Self> {
        let (codes, _) = random.as_chunks();
        codes.iter().map(|bytes| Self(SecretBox::init_with(|| *bytes))).collect()
    }

    /// The code that was typed; case, blanks and dashes do not matter.
    ///
    /// # Errors
    /// [`RecoveryCodeError`] for anything else than 24 characters of base32, before anything is hashed.
    pub fn parse(typed: &str) -> Result<Self, RecoveryCodeError> {
        if typed.len() > MAX_RECOVERY_INPUT_BYTES {
            return Err(RecoveryCodeError);
        }
        let mut text = Zeroizing::new([0; RECOVERY_CHARS]);
        let mut places = text.iter_mut();
        for byte in typed.bytes().filter(|byte| !b" -".contains(byte)) {
            *places.next().ok_or(RecoveryCodeError)? = byte.to_ascii_uppercase();
        }
        if places.next().is_some() {
            return Err(RecoveryCodeError);
        }
        let mut bytes = Zeroizing::new([0; RECOVERY_BYTES]);
        BASE32_NOPAD.decode_mut(&*text, &mut *bytes).map_err(|_| RecoveryCodeError)?;
        Ok(Self(SecretBox::init_with(|| *bytes)))
    }

    /// The text to print: six groups of four, with dashes.
    #[must_use]
    pub fn text(&self) -> SecretString {
        let plain = Zeroizing::new(BASE32_NOPAD.encode(self.0.expose_secret()));
        let mut grouped = String::with_capacity(RECOVERY_CHARS + RECOVERY_CHARS / GROUP);
        for (at, c) in plain.char_indices() {
            if at > 0 && at % GROUP == 0 {
                grouped.push('-');
            }
            grouped.push(c);
        }
        grouped.into()
    }

    /// What is stored for a user: keyed BLAKE3(key, encode("recovery-code", \[user, code\])), 32 bytes.
    #[must_use]
    pub fn hash(&self, key: &SecretBox<[u8; 32]>, user: &[u8]) -> RecoveryHash {
        let input = Zeroizing::new(encode("recovery-code", &[user, self.0.expose_secret()]));
        RecoveryHash(*blake3::keyed_hash(key.expose_secret(), &input).as_bytes())
    }
}

impl fmt::Debug for RecoveryCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RecoveryCode([redacted])")
    }
}

/// The keyed hash of a recovery code. Two are compared in constant time.
#[derive(Clone, Copy)]
pub struct RecoveryHash([u8; 32]);

impl RecoveryHash {
    /// A stored hash.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The bytes to store.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl PartialEq for RecoveryHash {
    fn eq(&self, other: &Self) -> bool {
        self.0.ct_eq(&other.0).into()
    }
}

impl Eq for RecoveryHash {}

impl fmt::Debug for RecoveryHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RecoveryHash([redacted])")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(seed: u8) -> SecretBox<[u8; 32]> {
        SecretBox::new(Box::new([seed; 32]))
    }

    fn set() -> Vec<RecoveryCode> {
        RecoveryCode::set(&Zeroizing::new(core::array::from_fn(|at| u8::try_from(at).unwrap_or(0))))
    }

    #[test]
    fn t6_ten_codes_of_120_bits_in_groups() {
        let texts: Vec<String> = set().iter().map(|code| code.text().expose_secret().to_owned()).collect();
        assert_eq!(texts.len(), 10);
        assert_eq!(texts[0], "AAAQ-EAYE-AUDA-OCAJ-BIFQ-YDIO");
        let mut distinct = texts.clone();
        distinct.dedup();
        assert_eq!(distinct, texts);
    }

    #[test]
    fn t6_case_blanks_and_dashes_do_not_matter() {
        let stored = set()[0].hash(&key(1), b"maria");
        for typed in [
            "AAAQ-EAYE-AUDA-OCAJ-BIFQ-YDIO",
            "aaaqeayeaudaocajbifqydio",
            " aaaq eaye auda ocaj bifq ydio ",
            "AAAQEAYE--AUDAOCAJ--BIFQYDIO",
        ] {
            assert_eq!(RecoveryCode::parse(typed).unwrap().hash(&key(1), b"maria"), stored, "{typed}");
        }
    }

    #[test]
    fn t6_nothing_else_is_a_code() {
        let long = "A".repeat(10_000_000);
        for typed in [
            "",
            "AAAQEAYEAUDAOCAJBIFQYDI",
            "AAAQEAYEAUDAOCAJBIFQYDIOA",
            "AAAQEAYEAUDAOCAJBIFQYDI0",
            "AAAQEAYEAUDAOCAJBIFQYDI=",
            "AAAQEAYEAUDAOCAJBIFQYDIÖ",
            "AAAQ\tEAYEAUDAOCAJBIFQYDIO",
            &long,
        ] {
            assert!(RecoveryCode::parse(typed).is_err(), "{}", typed.get(..30).unwrap_or(typed));
        }
    }

    #[test]
    fn t6_what_is_stored_is_bound_to_user_and_key_and_shows_nothing() {
        let code = &set()[0];
        let stored = code.hash(&key(1), b"maria");
        assert_ne!(stored, code.hash(&key(2), b"maria"));
        assert_ne!(stored, code.hash(&key(1), b"jose"));
        assert_ne!(stored, set()[1].hash(&key(1), b"maria"));
        assert_eq!(format!("{code:?} {stored:?}"), "RecoveryCode([redacted]) RecoveryHash([redacted])");
    }
}
