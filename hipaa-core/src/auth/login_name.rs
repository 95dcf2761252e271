//! Login names: one form for all spellings that people and programs take for the same.
//!
//! Normal form = NFKC with full case folding (Unicode `NFKC_Casefold` without removals: what would be removed is
//! refused). Two accounts whose names have one form cannot both exist; the store holds the keyed hash of the form under
//! a unique index of the deployment.
//!
//! # Security
//! Letters of two scripts within one part of a name are refused (`раypal`), parts being what stands between `@ . - _ +`
//! and blanks. A part that is wholly in a look-alike script is not recognised: an administrator who creates accounts
//! sees it.
//!
//! # Source
//! 45 CFR § 164.312(a)(2)(i), unique user identification (required); UAX #15, UTS #39 § 5.2.

use crate::encoding::encode;
use crate::red::{Safeguard, removed};
use crate::text::{caseless, class};
use core::fmt;
use secrecy::{ExposeSecret, SecretBox, SecretString};
use subtle::ConstantTimeEq as _;

/// The most code points of a login name's normal form.
pub const MAX_LOGIN_NAME_CHARS: usize = 128;
/// The most bytes of a login name as typed and in normal form.
pub const MAX_LOGIN_NAME_BYTES: usize = 512;

/// Why a text is no login name. It says nothing of the text: people type passwords into the field for names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum LoginNameError {
    /// Nothing was typed.
    #[error("the login name is empty")]
    Empty,
    /// Over 128 code points or 512 bytes.
    #[error("the login name is longer than 128 characters")]
    TooLong,
    /// Blanks, control characters, characters that cannot be seen, or code points without a fixed meaning.
    #[error("the login name has a blank, or a character that cannot be seen")]
    Character,
    /// Letters of several scripts in one part.
    #[error("the login name mixes letters of several scripts")]
    MixedScripts,
}

/// A login name in normal form.
pub struct LoginName(SecretString);

impl LoginName {
    /// The login name that was typed.
    ///
    /// # Errors
    /// [`LoginNameError`]: which rule the text breaks.
    pub fn parse(typed: &str) -> Result<Self, LoginNameError> {
        if typed.len() > MAX_LOGIN_NAME_BYTES {
            return Err(LoginNameError::TooLong);
        }
        let form = if removed(Safeguard::LoginNameForm) { typed.to_owned() } else { caseless(typed).to_string() };
        let form = SecretString::from(form);
        let text = form.expose_secret();
        if typed.is_empty() {
            return Err(LoginNameError::Empty);
        }
        if text.len() > MAX_LOGIN_NAME_BYTES || text.chars().count() > MAX_LOGIN_NAME_CHARS {
            return Err(LoginNameError::TooLong);
        }
        if typed.chars().chain(text.chars()).any(is_refused) || text.is_empty() {
            return Err(LoginNameError::Character);
        }
        let mut parts = text.split(['@', '.', '-', '_', '+']);
        if parts.any(mixes_scripts) { Err(LoginNameError::MixedScripts) } else { Ok(Self(form)) }
    }

    /// The normal form.
    ///
    /// # Security
    /// A login name is often an e-mail address; it does not belong into logs.
    #[must_use]
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }

    /// What is stored and looked up: keyed BLAKE3(key, encode("login-name", \[normal form\])), 32 bytes.
    #[must_use]
    pub fn hash(&self, key: &SecretBox<[u8; 32]>) -> LoginNameHash {
        let input = SecretBox::new(Box::new(encode("login-name", &[self.expose().as_bytes()])));
        LoginNameHash(*blake3::keyed_hash(key.expose_secret(), input.expose_secret()).as_bytes())
    }
}

impl fmt::Debug for LoginName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("LoginName([redacted])")
    }
}

/// The keyed hash of a login name. Two are compared in constant time.
#[derive(Clone, Copy)]
pub struct LoginNameHash([u8; 32]);

impl LoginNameHash {
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

impl PartialEq for LoginNameHash {
    fn eq(&self, other: &Self) -> bool {
        self.0.ct_eq(&other.0).into()
    }
}

impl Eq for LoginNameHash {}

impl fmt::Debug for LoginNameHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("LoginNameHash([redacted])")
    }
}

fn is_refused(c: char) -> bool {
    class::is_blank(c) || class::is_ignored(c) || !class::is_assigned(c)
}

/// Whether the letters are of several scripts that are not written together.
fn mixes_scripts(part: &str) -> bool {
    class::scripts(part).is_none()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::red::without;
    use proptest::prelude::*;

    fn form(typed: &str) -> String {
        LoginName::parse(typed).unwrap().expose().to_owned()
    }

    fn key() -> SecretBox<[u8; 32]> {
        SecretBox::new(Box::new([3; 32]))
    }

    #[test]
    fn a1_spellings_that_look_alike_are_one_login_name() {
        let twins = ["maria.straße", "MARIA.STRASSE", "ｍａｒｉａ.strasse", "Maria.Straſſe", "maria.STRAẞE"];
        let distinct = |names: &[&str]| {
            let mut hashes: Vec<_> =
                names.iter().map(|n| *LoginName::parse(n).unwrap().hash(&key()).as_bytes()).collect();
            hashes.sort_unstable();
            hashes.dedup();
            hashes.len()
        };
        assert_eq!(distinct(&twins), 1);
        assert_eq!(without(Safeguard::LoginNameForm, || distinct(&twins)), twins.len());
        assert_eq!(distinct(&["maria", "marla", "mária"]), 3);
    }

    #[test]
    fn a1_a_twin_by_invisible_or_foreign_characters_is_refused() {
        for (typed, error) in [
            ("", LoginNameError::Empty),
            ("ma\u{200b}ria", LoginNameError::Character),
            ("maria\u{ad}", LoginNameError::Character),
            ("maria ", LoginNameError::Character),
            ("maria\n", LoginNameError::Character),
            ("mar\0ia", LoginNameError::Character),
            ("maria\u{378}", LoginNameError::Character),
            ("m\u{430}ria", LoginNameError::MixedScripts),
            ("clinic@m\u{3b1}il.example", LoginNameError::MixedScripts),
        ] {
            assert_eq!(LoginName::parse(typed).map(|_| ()), Err(error), "{}", typed.escape_unicode());
        }
    }

    #[test]
    fn names_of_one_script_and_addresses_are_accepted() {
        for typed in ["maría", "мария", "山田たろうタロウ", "이영희", "maria@клиника.example", "o'neil-2_b+c", "王小明"]
        {
            assert!(LoginName::parse(typed).is_ok(), "{typed}");
        }
    }

    #[test]
    fn a_login_name_has_a_limit() {
        assert_eq!(form(&"a".repeat(128)).len(), 128);
        for long in ["a".repeat(129), "é".repeat(129), "\u{fdfa}".repeat(20), "a".repeat(10_000_000)] {
            assert_eq!(LoginName::parse(&long).map(|_| ()), Err(LoginNameError::TooLong));
        }
    }

    #[test]
    fn the_hash_depends_on_the_key_and_nothing_is_shown() {
        let name = LoginName::parse("maria").unwrap();
        assert_ne!(name.hash(&key()), name.hash(&SecretBox::new(Box::new([4; 32]))));
        assert_eq!(format!("{name:?} {:?}", name.hash(&key())), "LoginName([redacted]) LoginNameHash([redacted])");
    }

    proptest! {
        #[test]
        fn a_normal_form_is_its_own(typed in "\\PC{0,40}") {
            if let Ok(name) = LoginName::parse(&typed) {
                prop_assert_eq!(form(name.expose()), name.expose());
            }
        }
    }
}
