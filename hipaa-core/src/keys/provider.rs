//! Where the key-encryption key comes from. One of the three doors of this crate to the system.

use super::{Derivation, Purpose};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use core::fmt;
use secrecy::{ExposeSecret, SecretBox, SecretString};
use std::fs::File;
use std::io::Read as _;
use std::path::Path;
use zeroize::Zeroizing;

/// The most that is read from a key file.
pub const MAX_KEY_TEXT_BYTES: usize = 4096;

/// Why no key-encryption key was had. No variant carries the text that was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ProviderError {
    /// The environment variable is not set or not text.
    #[error("the environment variable for the key is not set, or is not text")]
    NotSet,
    /// The file or descriptor cannot be read.
    #[error("the key file cannot be read: {0}")]
    Unreadable(std::io::ErrorKind),
    /// There is no key in it.
    #[error("the key is empty")]
    Empty,
    /// More text than a key has.
    #[error("the key file is too long to be a key")]
    TooLong,
    /// Neither hexadecimal nor base64.
    #[error("the key is neither 64 hexadecimal digits nor the base64 of 32 bytes")]
    NotHexOrBase64,
    /// Readable, but not of 32 bytes.
    #[error("the key has {0} bytes, not 32")]
    Length(usize),
}

/// The key-encryption key: wraps the roots of every tenant, and is never written.
///
/// The text form is 64 hexadecimal digits, or standard base64 (RFC 4648 § 4, with padding) of 32 bytes; blanks and line
/// ends around it are ignored.
pub struct Kek {
    key: SecretBox<[u8; 32]>,
    id: [u8; 16],
}

impl Kek {
    /// The key in an environment variable.
    ///
    /// # Errors
    /// [`ProviderError`]: not set, or not a key.
    ///
    /// # Security
    /// Other processes of the same user can read the environment; prefer a file descriptor.
    pub fn from_env(name: &str) -> Result<Self, ProviderError> {
        let text = std::env::var(name).map_err(|_| ProviderError::NotSet)?;
        Self::from_text(&SecretString::from(text))
    }

    /// The key in a file.
    ///
    /// # Errors
    /// [`ProviderError`]: not readable, or not a key.
    pub fn from_file(path: impl AsRef<Path>) -> Result<Self, ProviderError> {
        let unreadable = |error: std::io::Error| ProviderError::Unreadable(error.kind());
        let file = File::open(path).map_err(unreadable)?;
        let mut bytes = Zeroizing::new(Vec::with_capacity(MAX_KEY_TEXT_BYTES + 1));
        let limit = u64::try_from(MAX_KEY_TEXT_BYTES + 1).unwrap_or(u64::MAX);
        file.take(limit).read_to_end(&mut bytes).map_err(unreadable)?;
        if bytes.len() > MAX_KEY_TEXT_BYTES {
            return Err(ProviderError::TooLong);
        }
        let text = core::str::from_utf8(&bytes).map_err(|_| ProviderError::NotHexOrBase64)?;
        parse(text)
    }

    /// The key behind an open file descriptor, such as a pipe from a secret manager (`/dev/fd/N`).
    ///
    /// # Errors
    /// [`ProviderError`]: not readable, or not a key.
    pub fn from_fd(descriptor: u32) -> Result<Self, ProviderError> {
        Self::from_file(format!("/dev/fd/{descriptor}"))
    }

    /// The key in a text.
    ///
    /// # Errors
    /// [`ProviderError`]: not a key.
    pub fn from_text(text: &SecretString) -> Result<Self, ProviderError> {
        parse(text.expose_secret())
    }

    /// The key from 32 bytes that the caller got from elsewhere.
    #[must_use]
    pub fn from_bytes(key: SecretBox<[u8; 32]>) -> Self {
        let id_key = Derivation::bare(Purpose::KekId).derive(key.expose_secret());
        let mut id = [0; 16];
        id.copy_from_slice(&id_key[..16]);
        Self { key, id }
    }

    /// The public identifier of this key: 16 bytes derived from it.
    #[must_use]
    pub const fn id(&self) -> &[u8; 16] {
        &self.id
    }

    /// The key under which the guard makes surrogates: the same for the same key-encryption key.
    ///
    /// Give it to `guard::SurrogateKey::new`. It opens nothing that is sealed.
    #[must_use]
    pub fn derive_surrogate_key(&self) -> SecretBox<[u8; 32]> {
        SecretBox::new(Box::new(*self.derive(Purpose::Surrogate)))
    }

    pub(crate) fn derive(&self, purpose: Purpose) -> Zeroizing<[u8; 32]> {
        Derivation::bare(purpose).derive(self.key.expose_secret())
    }
}

fn parse(text: &str) -> Result<Kek, ProviderError> {
    let text = text.trim_ascii();
    if text.is_empty() {
        return Err(ProviderError::Empty);
    }
    if text.len() > MAX_KEY_TEXT_BYTES {
        return Err(ProviderError::TooLong);
    }
    let hexadecimal = text.bytes().all(|byte| byte.is_ascii_hexdigit());
    let bytes = if hexadecimal && text.len() != 44 {
        hex::decode(text).map_err(|_| ProviderError::Length(text.len() / 2))
    } else {
        STANDARD.decode(text).map_err(|_| ProviderError::NotHexOrBase64)
    };
    let bytes = Zeroizing::new(bytes?);
    let mut key = SecretBox::new(Box::new([0; 32]));
    let target: &mut [u8; 32] = secrecy::ExposeSecretMut::expose_secret_mut(&mut key);
    if bytes.len() != target.len() {
        return Err(ProviderError::Length(bytes.len()));
    }
    target.copy_from_slice(&bytes);
    Ok(Kek::from_bytes(key))
}

impl fmt::Debug for Kek {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Kek({})", hex::encode(self.id))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(text: &str) -> Result<[u8; 16], ProviderError> {
        Kek::from_text(&SecretString::from(text)).map(|kek| *kek.id())
    }

    #[test]
    fn hexadecimal_and_base64_of_the_same_bytes_are_the_same_key() {
        let hex = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";
        let base64 = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
        assert_eq!(id(hex).unwrap(), id(base64).unwrap());
        assert_eq!(id(&format!(" {hex}\n")).unwrap(), id(&hex.to_uppercase()).unwrap());
    }

    #[test]
    fn what_is_not_a_key_is_a_distinct_error() {
        assert_eq!(id(" \n"), Err(ProviderError::Empty));
        assert_eq!(id("0011"), Err(ProviderError::Length(2)));
        assert_eq!(id(&"0".repeat(63)), Err(ProviderError::Length(31)));
        assert_eq!(id("AAECAw=="), Err(ProviderError::Length(4)));
        assert_eq!(id("correct horse battery staple"), Err(ProviderError::NotHexOrBase64));
        assert_eq!(id(&"0".repeat(5000)), Err(ProviderError::TooLong));
        assert_eq!(Kek::from_env("HIPAA_CORE_NO_SUCH_VARIABLE").map(|_| ()), Err(ProviderError::NotSet));
        assert_eq!(
            Kek::from_file("/no/such/file").map(|_| ()),
            Err(ProviderError::Unreadable(std::io::ErrorKind::NotFound))
        );
        assert_eq!(Kek::from_file("/dev/zero").map(|_| ()), Err(ProviderError::TooLong));
    }

    #[test]
    fn debug_shows_the_public_id_only() {
        let kek = Kek::from_bytes(SecretBox::new(Box::new([0xab; 32])));
        assert_eq!(format!("{kek:?}"), format!("Kek({})", hex::encode(kek.id())));
        assert!(!format!("{kek:?}").contains("abab"));
    }
}
