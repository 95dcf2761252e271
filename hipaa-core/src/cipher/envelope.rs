//! The bytes around a ciphertext. Lengths depend on the suite, so that another suite fits the same header.
//!
//! | offset | length | meaning |
//! |---|---|---|
//! | 0 | 1 | format version, 0x01 |
//! | 1 | 1 | suite, 0x01 = AES-256-GCM-SIV with HKDF-SHA-256 |
//! | 2 | 4 | key epoch, u32 big-endian |
//! | 6 | 12 | nonce |
//! | 18 | n | ciphertext |
//! | 18+n | 16 | tag |
#![cfg_attr(not(test), warn(clippy::indexing_slicing, clippy::arithmetic_side_effects))]

use super::CellError;
use crate::keys::derive::SUITE;

/// The one format version.
pub const FORMAT_VERSION: u8 = 1;
/// Version, suite and epoch.
pub const HEADER_BYTES: usize = 6;
/// What a cell is longer than its padded plaintext: header, nonce and tag.
pub const CELL_OVERHEAD_BYTES: usize = HEADER_BYTES + NONCE_BYTES + TAG_BYTES;

pub(super) const NONCE_BYTES: usize = 12;
pub(super) const TAG_BYTES: usize = 16;

/// The first six bytes of a cell and of a record's seal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CellHeader {
    /// The key epoch.
    pub epoch: u32,
}

impl CellHeader {
    /// The bytes of this header.
    #[must_use]
    pub const fn to_bytes(self) -> [u8; HEADER_BYTES] {
        let [a, b, c, d] = self.epoch.to_be_bytes();
        [FORMAT_VERSION, SUITE, a, b, c, d]
    }

    /// Reads a header and what follows it.
    ///
    /// # Errors
    /// [`CellError::TooShort`], [`CellError::UnknownVersion`], [`CellError::UnknownSuite`].
    pub fn split(bytes: &[u8]) -> Result<(Self, &[u8]), CellError> {
        let (header, rest) = bytes.split_first_chunk().ok_or(CellError::TooShort)?;
        let [version, suite, epoch @ ..]: &[u8; HEADER_BYTES] = header;
        match (*version, *suite) {
            (FORMAT_VERSION, SUITE) => Ok((Self { epoch: u32::from_be_bytes(*epoch) }, rest)),
            (FORMAT_VERSION, suite) => Err(CellError::UnknownSuite(suite)),
            (version, _) => Err(CellError::UnknownVersion(version)),
        }
    }
}

/// A cell taken apart.
#[derive(Clone, Copy)]
pub(super) struct CellParts<'a> {
    pub(super) header: CellHeader,
    pub(super) nonce: [u8; NONCE_BYTES],
    pub(super) ciphertext: &'a [u8],
    pub(super) tag: [u8; TAG_BYTES],
}

impl<'a> CellParts<'a> {
    /// Takes a cell apart. The shortest plaintext is two bytes: a type and the end mark.
    pub(super) fn split(cell: &'a [u8]) -> Result<Self, CellError> {
        let (header, rest) = CellHeader::split(cell)?;
        let (nonce, rest) = rest.split_first_chunk().ok_or(CellError::TooShort)?;
        let (ciphertext, tag) = rest.split_last_chunk().ok_or(CellError::TooShort)?;
        if ciphertext.len() < 2 {
            return Err(CellError::TooShort);
        }
        Ok(Self { header, nonce: *nonce, ciphertext, tag: *tag })
    }
}
