//! Identifiers of tenants and records.

use crate::encoding::MAX_LABEL_BYTES;
use core::fmt;

/// The longest record identifier, in bytes.
pub const MAX_RECORD_ID_BYTES: usize = 40;
const _: () = assert!(MAX_RECORD_ID_BYTES < MAX_LABEL_BYTES);

/// Bytes that are not an identifier.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum IdError {
    /// A record id has 1 to 40 bytes, a tenant id has 16.
    #[error("an identifier of {0} bytes: a record id has 1 to 40, a tenant id has 16")]
    Length(usize),
    /// The text is not a UUID or hexadecimal.
    #[error("an identifier is written as hexadecimal digits or as a UUID")]
    Text,
}

/// The clinic or organisation that owns a record: 16 bytes, all zero for the deployment itself.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TenantId([u8; 16]);

impl TenantId {
    /// The deployment itself.
    pub const DEPLOYMENT: Self = Self([0; 16]);

    /// The tenant with these bytes.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// The bytes of this identifier.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }

    /// The tenant with these 16 bytes.
    ///
    /// # Errors
    /// [`IdError::Length`] for any other length.
    pub fn from_slice(bytes: &[u8]) -> Result<Self, IdError> {
        bytes.try_into().map(Self).map_err(|_| IdError::Length(bytes.len()))
    }
}

impl fmt::Display for TenantId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        uuid::Uuid::from_bytes(self.0).fmt(f)
    }
}

impl fmt::Debug for TenantId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TenantId({self})")
    }
}

/// A user: 16 random bytes, never given to anybody else.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UserId([u8; 16]);

impl UserId {
    /// Nobody: the owner of a row that belongs to no user.
    pub const NOBODY: Self = Self([0; 16]);

    /// The user with these bytes.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// A new user id of 16 random bytes, marked as a version 4 UUID (RFC 9562).
    #[must_use]
    pub fn from_random(random: [u8; 16]) -> Self {
        Self(*uuid::Builder::from_random_bytes(random).into_uuid().as_bytes())
    }

    /// The bytes of this identifier.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }
}

impl fmt::Display for UserId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        uuid::Uuid::from_bytes(self.0).fmt(f)
    }
}

impl fmt::Debug for UserId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "UserId({self})")
    }
}

/// One record of a table: 1 to 40 bytes, by default a random UUID that the vault makes.
///
/// # Security
/// An identifier from outside (MRN, FHIR id, e-mail address) is PHI and never a record id: keep it in a sealed column
/// and find it through an index.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct RecordId {
    length: u8,
    bytes: [u8; MAX_RECORD_ID_BYTES],
}

impl RecordId {
    /// The record id with these bytes.
    ///
    /// # Errors
    /// [`IdError::Length`] unless there are 1 to 40 bytes.
    pub fn from_slice(id: &[u8]) -> Result<Self, IdError> {
        let refused = IdError::Length(id.len());
        let length = u8::try_from(id.len()).map_err(|_| refused)?;
        let mut bytes = [0; MAX_RECORD_ID_BYTES];
        match bytes.get_mut(..id.len()) {
            Some(target) if length > 0 => target.copy_from_slice(id),
            _ => return Err(refused),
        }
        Ok(Self { length, bytes })
    }

    /// A record id of 16 random bytes, marked as a version 4 UUID (RFC 9562).
    #[must_use]
    pub fn from_random(random: [u8; 16]) -> Self {
        let uuid = uuid::Builder::from_random_bytes(random).into_uuid();
        let mut bytes = [0; MAX_RECORD_ID_BYTES];
        bytes[..16].copy_from_slice(uuid.as_bytes());
        Self { length: 16, bytes }
    }

    /// The record id that is a hash of 32 bytes.
    #[must_use]
    pub fn from_hash(hash: &[u8; 32]) -> Self {
        let mut bytes = [0; MAX_RECORD_ID_BYTES];
        bytes[..32].copy_from_slice(hash);
        Self { length: 32, bytes }
    }

    /// The bytes of this identifier.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        self.bytes.get(..usize::from(self.length)).unwrap_or_default()
    }

    /// Reads what `Display` wrote: a UUID, or hexadecimal digits for other lengths.
    ///
    /// # Errors
    /// [`IdError::Text`] for other text, [`IdError::Length`] for more than 40 bytes.
    pub fn parse(text: &str) -> Result<Self, IdError> {
        match uuid::Uuid::try_parse(text) {
            Ok(uuid) => Self::from_slice(uuid.as_bytes()),
            Err(_) => Self::from_slice(&hex::decode(text).map_err(|_| IdError::Text)?),
        }
    }
}

impl From<[u8; 16]> for RecordId {
    /// The id of 16 bytes, as they are.
    fn from(id: [u8; 16]) -> Self {
        UserId(id).into()
    }
}

impl From<UserId> for RecordId {
    /// The id of the one row of a kind that a user has.
    fn from(user: UserId) -> Self {
        let mut bytes = [0; MAX_RECORD_ID_BYTES];
        bytes[..16].copy_from_slice(&user.0);
        Self { length: 16, bytes }
    }
}

impl PartialOrd for RecordId {
    fn partial_cmp(&self, other: &Self) -> Option<core::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for RecordId {
    fn cmp(&self, other: &Self) -> core::cmp::Ordering {
        self.as_bytes().cmp(other.as_bytes())
    }
}

impl fmt::Display for RecordId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match uuid::Uuid::from_slice(self.as_bytes()) {
            Ok(uuid) => uuid.fmt(f),
            Err(_) => f.write_str(&hex::encode(self.as_bytes())),
        }
    }
}

impl fmt::Debug for RecordId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RecordId({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_id_has_one_to_forty_bytes() {
        assert_eq!(RecordId::from_slice(&[]), Err(IdError::Length(0)));
        assert_eq!(RecordId::from_slice(&[1; 41]), Err(IdError::Length(41)));
        assert_eq!(RecordId::from_slice(&[1; 40]).unwrap().as_bytes(), [1; 40]);
        assert_eq!(RecordId::from_slice(&[1; 300]), Err(IdError::Length(300)));
    }

    #[test]
    fn an_id_reads_back_from_its_text() {
        for id in [
            RecordId::from_random([9; 16]),
            RecordId::from_slice(&[7]).unwrap(),
            RecordId::from_slice(&[8; 40]).unwrap(),
        ] {
            assert_eq!(RecordId::parse(&id.to_string()), Ok(id));
        }
        assert_eq!(RecordId::parse("not hexadecimal"), Err(IdError::Text));
    }
}
