//! The enrolment URI that authenticator apps read.

use super::{CODE_DIGITS, STEP_SECONDS, TotpSeed};
use core::fmt;
use data_encoding::BASE32_NOPAD;
use secrecy::{ExposeSecret, SecretString};
use std::fmt::Write as _;
use zeroize::Zeroizing;

/// The most code points of an issuer and of an account.
pub const MAX_URI_PART_CHARS: usize = 128;

/// Why no enrolment URI was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum UriError {
    /// Issuer or account is empty or over 128 code points.
    #[error("issuer and account have 1 to 128 characters")]
    Length,
    /// Issuer or account has a colon, which apps take for the end of the issuer, or a control character.
    #[error("issuer and account have neither colons nor control characters")]
    Character,
    /// The URI is longer than a QR code holds.
    #[error("the URI does not fit a QR code")]
    TooLongForQr,
}

/// `otpauth://totp/…`: the seed with its parameters. A secret: show it once, over HTTPS, and log it nowhere.
pub struct EnrolmentUri(SecretString);

impl EnrolmentUri {
    /// The URI for a seed; `issuer` is the name of the clinic or product, `account` what the user recognises.
    ///
    /// # Errors
    /// [`UriError`]: issuer or account is not usable.
    pub fn new(seed: &TotpSeed, issuer: &str, account: &str) -> Result<Self, UriError> {
        let (issuer, account) = (escaped(issuer)?, escaped(account)?);
        let secret = Zeroizing::new(BASE32_NOPAD.encode(seed.expose()));
        // The whole in one allocation, so that no copy of the seed stays behind when it grows.
        let mut uri = String::with_capacity(issuer.len() * 2 + account.len() + secret.len() + 96);
        let _ = write!(
            uri,
            "otpauth://totp/{issuer}:{account}?secret={}&issuer={issuer}&algorithm=SHA1&digits={CODE_DIGITS}&period={STEP_SECONDS}",
            *secret
        );
        Ok(Self(uri.into()))
    }

    /// The URI.
    #[must_use]
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }
}

impl fmt::Debug for EnrolmentUri {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("EnrolmentUri([redacted])")
    }
}

/// Percent-encoded but for the unreserved characters of RFC 3986.
fn escaped(part: &str) -> Result<String, UriError> {
    if part.is_empty() || part.chars().count() > MAX_URI_PART_CHARS {
        return Err(UriError::Length);
    }
    if part.chars().any(|c| c == ':' || c.is_control()) {
        return Err(UriError::Character);
    }
    let mut out = String::new();
    for byte in part.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
    }
    Ok(out)
}
