//! The bytes of an entry: what is stored is what is hashed.
//!
//! | offset | length | meaning |
//! |---|---|---|
//! | 0 | 4 | magic `hca1` |
//! | 4 | 1 | hash algorithm, 0x01 = SHA-256 |
//! | 5 | 1 | kind |
//! | 6 | 16 | log id |
//! | 22 | 16 | tenant |
//! | 38 | 8 | sequence, u64 |
//! | 46 | 32 | previous leaf; zero for entry 0 |
//! | 78 | 8 | time, i64 microseconds since 1970 UTC, never decreasing within a log |
//! | 86 | 8 | wall clock as read, the same unit |
//! | 94 | 1 | clock state |
//! | 95 | 16 | salt |
//! | 111 | … | fields: tag u16, length u32, value; tags ascending and distinct |
//!
//! Big-endian throughout; under 64 KiB. Unknown tags are kept and hashed.
#![cfg_attr(not(test), warn(clippy::indexing_slicing, clippy::arithmetic_side_effects))]

use super::Leaf;
use super::field::{Field, split_field, tag};
use crate::clock::{ClockState, Timestamp};
use crate::schema::TenantId;
use core::fmt;
use sha2::{Digest, Sha256};

/// The bytes before the first field.
pub const PREFIX_BYTES: usize = 111;
/// The longest body.
pub const MAX_BODY_BYTES: usize = 65_535;

const MAGIC: &[u8; 4] = b"hca1";
const SHA_256: u8 = 1;

/// The id of a log: 16 random bytes.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LogId(pub [u8; 16]);

impl fmt::Display for LogId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

impl fmt::Debug for LogId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "LogId({self})")
    }
}

/// What an entry is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
#[non_exhaustive]
pub enum EntryKind {
    /// Something that happened.
    Event = 0,
    /// Entry 0 of a log.
    Genesis = 1,
    /// The signing key changes after this entry.
    KeyRotate = 2,
    /// A tenant's log was opened.
    LogOpened = 3,
    /// The head of a tenant's log.
    LogHead = 4,
    /// A tenant's log was closed.
    LogClosed = 5,
    /// An operator restored an older state.
    Restore = 6,
    /// Entries are about to be purged.
    PurgeIntent = 7,
    /// Entries were purged.
    PurgeDone = 8,
}

impl EntryKind {
    const fn from_code(code: u8) -> Option<Self> {
        Some(match code {
            0 => Self::Event,
            1 => Self::Genesis,
            2 => Self::KeyRotate,
            3 => Self::LogOpened,
            4 => Self::LogHead,
            5 => Self::LogClosed,
            6 => Self::Restore,
            7 => Self::PurgeIntent,
            8 => Self::PurgeDone,
            _ => return None,
        })
    }
}

/// The fixed part of an entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Prefix {
    /// What the entry is.
    pub kind: EntryKind,
    /// Its log.
    pub log: LogId,
    /// The tenant of that log.
    pub tenant: TenantId,
    /// Its place in the log, from 0.
    pub sequence: u64,
    /// The leaf of the entry before it; zero for entry 0.
    pub previous: Leaf,
    /// The time by which entries are ordered; never less than that of the entry before.
    pub time: Timestamp,
    /// The clock as it was read.
    pub wall: Timestamp,
    /// What is known of the clock.
    pub clock: ClockState,
    /// Keeps a leaf from confirming a guessed body.
    pub salt: [u8; 16],
}

/// An entry, taken apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Body {
    /// The fixed part.
    pub prefix: Prefix,
    /// The fields, in ascending order of tags.
    pub fields: Vec<Field>,
}

/// Bytes that are not an entry, or an entry that is too long.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BodyError {
    /// The entry would be longer than 65,535 bytes.
    #[error("the audit entry is too long")]
    TooLong,
    /// The entry would name more than 500 records or subjects, or a table by a text that is no label.
    #[error("the audit entry names more than 500 records")]
    TooMany,
    /// Not the bytes of an entry.
    #[error("the audit entry is malformed")]
    Malformed,
    /// A tag appears twice, or out of order.
    #[error("the audit entry's tags are not ascending and distinct")]
    Order,
}

impl Body {
    /// The bytes of this entry.
    ///
    /// # Errors
    /// [`BodyError::TooLong`] over 65,535 bytes, [`BodyError::Order`] unless tags are ascending and distinct.
    pub fn encode(&self) -> Result<Vec<u8>, BodyError> {
        if !self.fields.is_sorted_by(|left, right| left.tag < right.tag) {
            return Err(BodyError::Order);
        }
        let lengths = self.fields.iter().map(|field| field.value.len().saturating_add(6));
        let length = lengths.fold(PREFIX_BYTES, usize::saturating_add);
        if length > MAX_BODY_BYTES {
            return Err(BodyError::TooLong);
        }
        let mut bytes = Vec::with_capacity(length);
        self.prefix.encode(&mut bytes);
        for field in &self.fields {
            bytes.extend_from_slice(&field.tag.to_be_bytes());
            bytes.extend_from_slice(&u32::try_from(field.value.len()).unwrap_or(u32::MAX).to_be_bytes());
            bytes.extend_from_slice(&field.value);
        }
        Ok(bytes)
    }

    /// Reads an entry.
    ///
    /// # Errors
    /// [`BodyError`] for any bytes that [`Body::encode`] would not have written.
    pub fn decode(bytes: &[u8]) -> Result<Self, BodyError> {
        if bytes.len() > MAX_BODY_BYTES {
            return Err(BodyError::TooLong);
        }
        let (prefix, mut rest) = bytes.split_first_chunk().ok_or(BodyError::Malformed)?;
        let prefix = Prefix::decode(prefix).ok_or(BodyError::Malformed)?;
        let mut fields = Vec::<Field>::new();
        while !rest.is_empty() {
            let (tag, value, tail) = split_field(rest).ok_or(BodyError::Malformed)?;
            if fields.last().is_some_and(|last| last.tag >= tag) {
                return Err(BodyError::Order);
            }
            fields.push(Field { tag, value: value.to_vec() });
            rest = tail;
        }
        Ok(Self { prefix, fields })
    }

    /// The value of the field with this tag.
    #[must_use]
    pub fn field(&self, tag: u16) -> Option<&[u8]> {
        self.fields.iter().find(|field| field.tag == tag).map(|field| field.value.as_slice())
    }

    /// The value of a text field.
    #[must_use]
    pub fn text(&self, tag: u16) -> Option<&str> {
        core::str::from_utf8(self.field(tag)?).ok()
    }

    /// The name of the event.
    #[must_use]
    pub fn name(&self) -> Option<&str> {
        self.text(tag::NAME)
    }
}

impl Prefix {
    fn encode(&self, bytes: &mut Vec<u8>) {
        bytes.extend_from_slice(MAGIC);
        bytes.extend_from_slice(&[SHA_256, self.kind as u8]);
        bytes.extend_from_slice(&self.log.0);
        bytes.extend_from_slice(self.tenant.as_bytes());
        bytes.extend_from_slice(&self.sequence.to_be_bytes());
        bytes.extend_from_slice(&self.previous);
        bytes.extend_from_slice(&self.time.micros().to_be_bytes());
        bytes.extend_from_slice(&self.wall.micros().to_be_bytes());
        bytes.push(self.clock as u8);
        bytes.extend_from_slice(&self.salt);
    }

    pub(super) fn decode(bytes: &[u8; PREFIX_BYTES]) -> Option<Self> {
        let (magic, rest) = bytes.split_first_chunk::<4>()?;
        let ([algorithm, kind], rest) = rest.split_first_chunk()?;
        let (log, rest) = rest.split_first_chunk()?;
        let (tenant, rest) = rest.split_first_chunk()?;
        let (sequence, rest) = rest.split_first_chunk()?;
        let (previous, rest) = rest.split_first_chunk()?;
        let (time, rest) = rest.split_first_chunk()?;
        let (wall, rest) = rest.split_first_chunk()?;
        let ([clock], rest) = rest.split_first_chunk()?;
        let salt = rest.try_into().ok()?;
        (magic == MAGIC && *algorithm == SHA_256).then_some(())?;
        Some(Self {
            kind: EntryKind::from_code(*kind)?,
            log: LogId(*log),
            tenant: TenantId::from_bytes(*tenant),
            sequence: u64::from_be_bytes(*sequence),
            previous: *previous,
            time: Timestamp::from_micros(i64::from_be_bytes(*time)),
            wall: Timestamp::from_micros(i64::from_be_bytes(*wall)),
            clock: ClockState::from_code(*clock)?,
            salt,
        })
    }
}

/// The leaf of a body: SHA-256(0x00 ‖ body).
#[must_use]
pub fn leaf_of(body: &[u8]) -> Leaf {
    Sha256::new().chain_update([0]).chain_update(body).finalize().into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn prefix() -> Prefix {
        Prefix {
            kind: EntryKind::Event,
            log: LogId([1; 16]),
            tenant: TenantId::from_bytes([2; 16]),
            sequence: 3,
            previous: [4; 32],
            time: Timestamp::from_micros(5),
            wall: Timestamp::from_micros(-6),
            clock: ClockState::Synced,
            salt: [7; 16],
        }
    }

    proptest! {
        #[test]
        fn an_entry_reads_back(values in proptest::collection::btree_map(any::<u16>(), any::<Vec<u8>>(), 0..6)) {
            let fields = values.into_iter().map(|(tag, value)| Field { tag, value }).collect();
            let body = Body { prefix: prefix(), fields };
            prop_assert_eq!(Body::decode(&body.encode().unwrap()).unwrap(), body);
        }

        #[test]
        fn what_decodes_encodes_to_the_same_bytes(tail in proptest::collection::vec(0u8..3, 0..40), at in 0usize..PREFIX_BYTES, byte: u8) {
            let mut bytes = Body { prefix: prefix(), fields: Vec::new() }.encode().unwrap();
            bytes[at] = byte;
            bytes.extend_from_slice(&tail);
            if let Ok(body) = Body::decode(&bytes) {
                prop_assert_eq!(body.encode().unwrap(), bytes);
            }
        }
    }

    #[test]
    fn tags_out_of_order_or_repeated_are_refused() {
        let field = |tag| Field { tag, value: vec![1] };
        for fields in [vec![field(2), field(1)], vec![field(1), field(1)]] {
            let body = Body { prefix: prefix(), fields };
            assert_eq!(body.encode(), Err(BodyError::Order));
        }
        let mut bytes = Body { prefix: prefix(), fields: vec![field(1)] }.encode().unwrap();
        let again = bytes[PREFIX_BYTES..].to_vec();
        bytes.extend(again);
        assert_eq!(Body::decode(&bytes), Err(BodyError::Order));
    }

    #[test]
    fn an_entry_has_at_most_64_kib() {
        let body = |length| Body { prefix: prefix(), fields: vec![Field { tag: 1, value: vec![0; length] }] };
        let most = MAX_BODY_BYTES - PREFIX_BYTES - 6;
        assert_eq!(body(most).encode().unwrap().len(), MAX_BODY_BYTES);
        assert_eq!(body(most + 1).encode(), Err(BodyError::TooLong));
    }
}
