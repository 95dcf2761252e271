//! Bearer tokens: 256 random bits that the client keeps, of which only a digest is stored.
//!
//! digest = SHA-256(encode(label, \[token\])); the label differs by kind, so that a digest of one kind is never that of
//! another. The text form is base64url without padding, 43 characters.

use crate::encoding::encode;
use crate::red::{Safeguard, removed};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use core::fmt;
use core::marker::PhantomData;
use secrecy::{ExposeSecret, SecretBox, SecretString};
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;
use zeroize::Zeroizing;

/// Bytes of a token.
pub const TOKEN_BYTES: usize = 32;
/// Characters of a token's text.
pub const TOKEN_CHARS: usize = 43;

/// Text that is not a token. It says nothing of the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a token")]
pub struct TokenError;

/// What a token is for.
pub trait TokenKind: sealed::Sealed {
    /// The label under which its digest is taken.
    const LABEL: &'static str;
}

/// Declares the kinds, each an empty type with its label.
macro_rules! kinds {
    ($($(#[$doc:meta])* $kind:ident = $label:literal, $token:ident;)*) => {
        mod sealed {
            pub trait Sealed {}
            $(impl Sealed for super::$kind {})*
        }
        $(
            $(#[$doc])*
            #[derive(Debug, Clone, Copy, PartialEq, Eq)]
            pub enum $kind {}
            impl TokenKind for $kind {
                const LABEL: &'static str = $label;
            }
            #[doc = concat!("The token of [`", stringify!($kind), "`].")]
            pub type $token = Token<$kind>;
        )*
    };
}

kinds! {
    /// A session.
    ForSession = "token.session", SessionToken;
    /// A login whose second factor is still missing: never a session.
    ForPending = "token.pending", PendingToken;
    /// Setting a new password after forgetting the old one.
    ForReset = "token.reset", ResetToken;
    /// Setting the first password of an account.
    ForActivation = "token.activation", ActivationToken;
}

/// A token as its holder has it.
pub struct Token<K> {
    bytes: SecretBox<[u8; TOKEN_BYTES]>,
    kind: PhantomData<fn() -> K>,
}

impl<K: TokenKind> Token<K> {
    /// A token of random bytes straight from the operating system
    /// ([`generate_from_system`](crate::entropy::generate_from_system)).
    #[must_use]
    pub fn new(random: &Zeroizing<[u8; TOKEN_BYTES]>) -> Self {
        Self { bytes: SecretBox::init_with(|| **random), kind: PhantomData }
    }

    /// Reads a token that a client sent.
    ///
    /// # Errors
    /// [`TokenError`] for anything but [`TOKEN_CHARS`] characters of canonical base64url.
    pub fn parse(text: &str) -> Result<Self, TokenError> {
        if text.len() != TOKEN_CHARS {
            return Err(TokenError);
        }
        let mut bytes = Zeroizing::new([0; TOKEN_BYTES]);
        match URL_SAFE_NO_PAD.decode_slice_unchecked(text, bytes.as_mut()) {
            Ok(TOKEN_BYTES) => Ok(Self::new(&bytes)),
            _ => Err(TokenError),
        }
    }

    /// The text for the client; it is shown once and kept nowhere.
    #[must_use]
    pub fn text(&self) -> SecretString {
        URL_SAFE_NO_PAD.encode(self.bytes.expose_secret()).into()
    }

    /// What is stored, and by what the token is found again.
    #[must_use]
    pub fn digest(&self) -> TokenDigest<K> {
        if removed(Safeguard::TokenDigest) {
            return TokenDigest::from_bytes(*self.bytes.expose_secret());
        }
        let input = Zeroizing::new(encode(K::LABEL, &[self.bytes.expose_secret()]));
        TokenDigest::from_bytes(Sha256::digest(&*input).into())
    }
}

impl<K> fmt::Debug for Token<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token([redacted])")
    }
}

/// What is stored of a token. Two digests are compared in constant time.
pub struct TokenDigest<K> {
    bytes: [u8; 32],
    kind: PhantomData<fn() -> K>,
}

impl<K> TokenDigest<K> {
    /// A stored digest.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self { bytes, kind: PhantomData }
    }

    /// The bytes to store.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.bytes
    }
}

impl<K> Clone for TokenDigest<K> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<K> Copy for TokenDigest<K> {}

impl<K> PartialEq for TokenDigest<K> {
    fn eq(&self, other: &Self) -> bool {
        self.bytes.ct_eq(&other.bytes).into()
    }
}

impl<K> Eq for TokenDigest<K> {}

impl<K> fmt::Debug for TokenDigest<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TokenDigest([redacted])")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::red::without;

    fn token() -> SessionToken {
        Token::new(&Zeroizing::new(core::array::from_fn(|at| u8::try_from(at * 7).unwrap_or(255))))
    }

    #[test]
    fn s3_what_is_stored_is_not_a_token() {
        let stolen = |token: &SessionToken| {
            let stored = token.digest();
            let presented = SessionToken::parse(&URL_SAFE_NO_PAD.encode(stored.as_bytes())).unwrap();
            presented.digest() == stored
        };
        assert!(!stolen(&token()));
        assert!(without(Safeguard::TokenDigest, || stolen(&token())));
        assert_ne!(token().text().expose_secret(), &URL_SAFE_NO_PAD.encode(token().digest().as_bytes()));
    }

    #[test]
    fn s3_a_token_reads_back_and_no_other_text_is_one() {
        let text = token().text();
        let text = text.expose_secret();
        assert_eq!(text.len(), TOKEN_CHARS);
        assert_eq!(SessionToken::parse(text).unwrap().digest(), token().digest());
        let other = |at: usize, by: &str| format!("{}{by}{}", &text[..at], &text[at + 1..]);
        let padded = format!("{text}=");
        for wrong in ["", &text[1..], &padded, &other(0, "+"), &other(9, " "), &other(9, "é"), &other(42, "_")] {
            assert_eq!(
                SessionToken::parse(wrong).map(|t| t.text().expose_secret().to_owned()),
                Err(TokenError),
                "{wrong}"
            );
        }
        assert_ne!(SessionToken::parse(&other(0, "B")).unwrap().digest(), token().digest());
    }

    #[test]
    fn a_digest_of_one_kind_is_not_that_of_another() {
        let random = Zeroizing::new([9; TOKEN_BYTES]);
        let kinds = [
            *SessionToken::new(&random).digest().as_bytes(),
            *PendingToken::new(&random).digest().as_bytes(),
            *ResetToken::new(&random).digest().as_bytes(),
            *ActivationToken::new(&random).digest().as_bytes(),
        ];
        for (at, one) in kinds.iter().enumerate() {
            assert!(!kinds[at + 1..].contains(one));
        }
    }

    #[test]
    fn no_token_is_shown() {
        assert_eq!(format!("{:?} {:?}", token(), token().digest()), "Token([redacted]) TokenDigest([redacted])");
    }
}
