//! Stored hashes: reading, verifying, making.

use super::{HashParams, HashingPermit, Password};
use crate::auth::policy::Accepted;
use crate::red::{Safeguard, removed};
use argon2::{ARGON2ID_IDENT, Algorithm, Argon2, Params, Version};
use core::fmt;
use password_hash::phc;
use secrecy::{ExposeSecret, SecretString};
use subtle::ConstantTimeEq as _;
use zeroize::Zeroizing;

/// The most characters of a stored hash.
pub const MAX_HASH_CHARS: usize = 256;
const SALT_BYTES: usize = 16;
const TAG_BYTES: usize = 32;
/// Argon2 version 1.3, as PHC strings write it.
const VERSION: u32 = 19;

/// Why a stored text is no usable hash. It says nothing of the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum HashFormatError {
    /// Over 256 characters.
    #[error("the stored hash is too long")]
    TooLong,
    /// Neither Argon2id nor, with feature `bcrypt-import`, bcrypt.
    #[error("the stored hash is of an algorithm that is not accepted")]
    Algorithm,
    /// Not the canonical form of its algorithm.
    #[error("the stored hash is malformed")]
    Malformed,
    /// Parameters that would cost too much, or that the algorithm does not have.
    #[error("the stored hash has parameters outside the bounds")]
    Bounds,
}

/// The hash could not be computed: the memory for it was not to be had.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the hash could not be computed")]
pub struct HashError;

/// A stored hash, checked.
pub struct PasswordHash {
    text: SecretString,
    kind: Kind,
}

enum Kind {
    Argon2id {
        params: HashParams,
        salt: Vec<u8>,
        tag: Vec<u8>,
    },
    #[cfg(feature = "bcrypt-import")]
    Bcrypt,
}

impl PasswordHash {
    /// Reads a stored string: a PHC string of Argon2id 1.3; with feature `bcrypt-import` also `$2a$`, `$2b$` and `$2y$`
    /// of cost 4 to 14.
    ///
    /// # Errors
    /// [`HashFormatError`], before anything is hashed.
    pub fn parse(stored: SecretString) -> Result<Self, HashFormatError> {
        let text = stored.expose_secret();
        if text.len() > MAX_HASH_CHARS {
            return Err(HashFormatError::TooLong);
        }
        #[cfg(feature = "bcrypt-import")]
        if super::imported::claims(text) {
            super::imported::check(text)?;
            return Ok(Self { text: stored, kind: Kind::Bcrypt });
        }
        let kind = argon2id(text)?;
        Ok(Self { text: stored, kind })
    }

    /// Hashes a password that a policy has accepted.
    ///
    /// # Errors
    /// [`HashError`]: no memory.
    pub fn of_accepted(
        password: &Accepted<'_>,
        params: &HashParams,
        salt: [u8; SALT_BYTES],
        permit: &HashingPermit,
    ) -> Result<Self, HashError> {
        Self::make(password.password().normal(), params, &salt, permit)
    }

    /// A hash that no password has: verified for names that nobody has, so that they take as long. Make it when the
    /// process starts, at the cost of the others.
    ///
    /// # Errors
    /// [`HashError`]: no memory.
    pub fn decoy(random: &Zeroizing<[u8; 32]>, params: &HashParams, permit: &HashingPermit) -> Result<Self, HashError> {
        let secret = Zeroizing::new(hex::encode(random.as_slice()));
        let (salt, _) = random.split_at(SALT_BYTES);
        Self::make(&secret, params, salt, permit)
    }

    /// The string to seal and store.
    #[must_use]
    pub fn expose(&self) -> &str {
        self.text.expose_secret()
    }

    /// Whether this is the hash of `password`, and what is to be done about it if so.
    ///
    /// # Errors
    /// [`HashError`]: no memory. That is no wrong password.
    pub fn verify<'p>(
        &self,
        password: &'p Password,
        target: &HashParams,
        permit: &HashingPermit,
    ) -> Result<Verdict<'p>, HashError> {
        permit.count();
        let rehash = Verdict::Rehash(Rehash { password, params: *target });
        match &self.kind {
            Kind::Argon2id { params, salt, tag } => {
                let context = context(limits(params, tag.len())?, &[])?;
                let fresh = tag_of(&context, password.normal(), salt, (tag.len(), permit))?;
                if !bool::from(fresh.ct_eq(tag)) {
                    return Ok(Verdict::Wrong);
                }
                let short = salt.len() < SALT_BYTES || tag.len() < TAG_BYTES;
                let old = (params.is_below(target) || short) && !removed(Safeguard::Rehash);
                Ok(if old { rehash } else { Verdict::Right })
            }
            #[cfg(feature = "bcrypt-import")]
            Kind::Bcrypt => Ok(match super::imported::verify(self.expose(), password) {
                false => Verdict::Wrong,
                true if super::imported::saw_all(password) => rehash,
                true => Verdict::MustChange,
            }),
        }
    }

    fn make(text: &str, params: &HashParams, salt: &[u8], permit: &HashingPermit) -> Result<Self, HashError> {
        permit.count();
        let limits = limits(params, TAG_BYTES)?;
        let tag = tag_of(&context(limits.clone(), &[])?, text, salt, (TAG_BYTES, permit))?;
        let phc = phc::PasswordHash {
            algorithm: ARGON2ID_IDENT,
            version: Some(VERSION),
            params: (&limits).try_into().map_err(|_| HashError)?,
            salt: Some(phc::Salt::new(salt).map_err(|_| HashError)?),
            hash: Some(phc::Output::new(&tag).map_err(|_| HashError)?),
        };
        let kind = Kind::Argon2id { params: *params, salt: salt.to_vec(), tag: tag.to_vec() };
        Ok(Self { text: phc.to_string().into(), kind })
    }
}

impl fmt::Debug for PasswordHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PasswordHash([redacted])")
    }
}

/// What verifying a password came to.
#[derive(Debug)]
#[must_use]
pub enum Verdict<'p> {
    /// It is another password.
    Wrong,
    /// It is the password.
    Right,
    /// It is the password, and its hash is out of date: compute a new one and store it, on the condition that the old
    /// one is still there. If that fails, the login goes on.
    Rehash(Rehash<'p>),
    /// It begins as the password does, and the old hash covers no more: let in to change the password only.
    MustChange,
}

/// A verified password whose hash is to be made again.
#[derive(Debug)]
pub struct Rehash<'p> {
    password: &'p Password,
    params: HashParams,
}

#[cfg(test)]
impl<'p> Rehash<'p> {
    /// As if the password had been verified.
    pub(super) fn for_test(password: &'p Password, params: HashParams) -> Self {
        Self { password, params }
    }
}

impl Rehash<'_> {
    /// The new hash.
    ///
    /// # Errors
    /// [`HashError`]: no memory; keep the old hash.
    pub fn hash(&self, salt: [u8; SALT_BYTES], permit: &HashingPermit) -> Result<PasswordHash, HashError> {
        PasswordHash::make(self.password.normal(), &self.params, &salt, permit)
    }
}

/// Reads a PHC string of Argon2id 1.3 with m, t and p and nothing else, in canonical form.
fn argon2id(text: &str) -> Result<Kind, HashFormatError> {
    let phc = phc::PasswordHash::new(text).map_err(|_| HashFormatError::Malformed)?;
    if phc.algorithm != ARGON2ID_IDENT {
        return Err(HashFormatError::Algorithm);
    }
    let number = |name| phc.params.get_decimal(name).ok_or(HashFormatError::Malformed);
    let (memory, passes, lanes) = (number("m")?, number("t")?, number("p")?);
    if phc.version != Some(VERSION) || phc.params.iter().count() != 3 || phc.to_string() != text {
        return Err(HashFormatError::Malformed);
    }
    let (Some(salt), Some(tag)) = (&phc.salt, &phc.hash) else { return Err(HashFormatError::Malformed) };
    let checked = HashParams::stored(memory, passes, lanes);
    let params = if removed(Safeguard::HashBounds) { checked.or(Ok(HashParams::DEFAULT)) } else { checked };
    let params = params.map_err(|_: super::ParamsError| HashFormatError::Bounds)?;
    Ok(Kind::Argon2id { params, salt: salt.to_vec(), tag: tag.as_bytes().to_vec() })
}

fn limits(params: &HashParams, tag_bytes: usize) -> Result<Params, HashError> {
    Params::new(params.memory_kib(), params.passes(), params.lanes(), Some(tag_bytes)).map_err(|_| HashError)
}

/// Argon2id 1.3. Nothing of ours has a secret of its own: stored strings are sealed instead, whose key can be rotated.
pub(super) fn context(params: Params, secret: &[u8]) -> Result<Argon2<'_>, HashError> {
    Argon2::new_with_secret(secret, Algorithm::Argon2id, Version::V0x13, params).map_err(|_| HashError)
}

pub(super) fn tag_of(
    context: &Argon2<'_>,
    password: &str,
    salt: &[u8],
    (bytes, permit): (usize, &HashingPermit),
) -> Result<Zeroizing<Vec<u8>>, HashError> {
    let mut tag = Zeroizing::new(vec![0; bytes]);
    let memory = permit.lend(context.params().block_count()).ok_or(HashError)?;
    context.hash_password_into_with_memory(password.as_bytes(), salt, &mut tag, memory).map_err(|_| HashError)?;
    Ok(tag)
}
