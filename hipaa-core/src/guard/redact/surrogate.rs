//! Keyed words for values.

use crate::guard::Kind;
use crate::guard::rules::plain;
use secrecy::{ExposeSecret, SecretBox};
use std::fmt;

/// The key of surrogates: 32 bytes, wiped when dropped.
pub struct SurrogateKey(SecretBox<[u8; 32]>);

/// How many letters a surrogate has: four bits each.
const LETTERS: usize = 20;

impl SurrogateKey {
    /// Takes over a key of 32 random bytes.
    #[must_use]
    pub fn new(key: [u8; 32]) -> Self {
        Self(SecretBox::new(Box::new(key)))
    }

    /// Takes over a key that is already kept secret, such as one derived from a key-encryption key.
    #[must_use]
    pub const fn from_secret(key: SecretBox<[u8; 32]>) -> Self {
        Self(key)
    }

    /// A word of letters for the value: the same for every spelling of the same letters and
    /// digits, another one for another kind.
    pub(super) fn word(&self, kind: Kind, value: &str) -> String {
        let mut hasher = blake3::Hasher::new_keyed(self.0.expose_secret());
        hasher.update(kind.name().as_bytes()).update(&[0]).update(&plain(value.as_bytes()));
        let digest = hasher.finalize();
        let halves = digest.as_bytes().iter().flat_map(|byte| [byte >> 4, byte & 15]);
        // Letters only: a digit could make the word look like an identifier again.
        halves.take(LETTERS).map(|half| char::from(b'a' + half)).collect()
    }
}

impl Clone for SurrogateKey {
    fn clone(&self) -> Self {
        Self::new(*self.0.expose_secret())
    }
}

impl fmt::Debug for SurrogateKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SurrogateKey")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_follow_the_value_not_its_spelling() {
        let key = SurrogateKey::new([1; 32]);
        assert_eq!(key.word(Kind::Ssn, "536-90-4399"), key.word(Kind::Ssn, "536 90 4399"));
        assert_ne!(key.word(Kind::Ssn, "536904399"), key.word(Kind::Mrn, "536904399"));
        assert!(key.word(Kind::Ssn, "1").bytes().all(|byte| byte.is_ascii_lowercase()));
        assert_eq!(format!("{key:?}"), "SurrogateKey");
    }
}
