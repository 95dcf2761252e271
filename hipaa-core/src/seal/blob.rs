//! The column `hipaa_seal` of every row.
//!
//! | offset | length | meaning |
//! |---|---|---|
//! | 0 | 6 | header as in a cell, with the epoch of the MAC key |
//! | 6 | 8 | record version, u64 big-endian |
//! | 14 | 32 | record MAC |
//! | 46 | 2 | count of terms, u16 big-endian |
//! | 48 | … | per term: label length u8, index label, epoch u32, term length u8, term; ascending and distinct |
#![cfg_attr(not(test), warn(clippy::indexing_slicing, clippy::arithmetic_side_effects))]

use crate::cipher::{CellError, CellHeader};
use crate::encoding::MAX_LABEL_BYTES;
use crate::index::{MAX_TERMS_PER_RECORD, Term};
use core::fmt;

/// One index term of a record.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct IndexedTerm {
    /// The label of the index.
    pub index: String,
    /// The epoch of the index key.
    pub epoch: u32,
    /// The term.
    pub term: Term,
}

/// A record's seal, taken apart.
#[derive(Clone, PartialEq, Eq)]
pub struct SealBlob {
    /// Format and epoch of the MAC key.
    pub header: CellHeader,
    /// Counts up with every write of the record.
    pub version: u64,
    /// The record MAC.
    pub mac: [u8; 32],
    /// The authoritative list of the record's terms, ascending and distinct.
    pub terms: Vec<IndexedTerm>,
}

/// Bytes that are not a seal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BlobError {
    /// The header is not one that this version knows.
    #[error(transparent)]
    Header(#[from] CellError),
    /// Too short, too long, out of order or not distinct.
    #[error("the seal is malformed")]
    Malformed,
}

impl SealBlob {
    /// The bytes of this seal.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(self.terms.len().saturating_mul(48).saturating_add(48));
        bytes.extend_from_slice(&self.header.to_bytes());
        bytes.extend_from_slice(&self.version.to_be_bytes());
        bytes.extend_from_slice(&self.mac);
        bytes.extend_from_slice(&u16::try_from(self.terms.len()).unwrap_or(u16::MAX).to_be_bytes());
        for term in &self.terms {
            push_short(&mut bytes, term.index.as_bytes());
            bytes.extend_from_slice(&term.epoch.to_be_bytes());
            push_short(&mut bytes, term.term.as_bytes());
        }
        bytes
    }

    /// Reads a seal.
    ///
    /// # Errors
    /// [`BlobError`] for anything that [`SealBlob::encode`] would not have written.
    pub fn decode(bytes: &[u8]) -> Result<Self, BlobError> {
        let (header, rest) = CellHeader::split(bytes)?;
        let (version, rest) = rest.split_first_chunk().ok_or(BlobError::Malformed)?;
        let (mac, rest) = rest.split_first_chunk().ok_or(BlobError::Malformed)?;
        let (count, mut rest) = rest.split_first_chunk().ok_or(BlobError::Malformed)?;
        let count = usize::from(u16::from_be_bytes(*count));
        if count > MAX_TERMS_PER_RECORD {
            return Err(BlobError::Malformed);
        }
        let mut terms = Vec::with_capacity(count);
        for _ in 0..count {
            let (term, tail) = read_term(rest).ok_or(BlobError::Malformed)?;
            terms.push(term);
            rest = tail;
        }
        if !rest.is_empty() || !terms.is_sorted_by(|left, right| left < right) {
            return Err(BlobError::Malformed);
        }
        Ok(Self { header, version: u64::from_be_bytes(*version), mac: *mac, terms })
    }
}

fn read_term(bytes: &[u8]) -> Option<(IndexedTerm, &[u8])> {
    let (label, rest) = read_short(bytes)?;
    let (epoch, rest) = rest.split_first_chunk()?;
    let (term, rest) = read_short(rest)?;
    let index = core::str::from_utf8(label)
        .ok()
        .filter(|text| !text.is_empty() && text.len() <= MAX_LABEL_BYTES && text.is_ascii())?;
    let term = Term::from_slice(term)?;
    Some((IndexedTerm { index: index.to_owned(), epoch: u32::from_be_bytes(*epoch), term }, rest))
}

fn read_short(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (length, rest) = bytes.split_first()?;
    rest.split_at_checked(usize::from(*length))
}

fn push_short(bytes: &mut Vec<u8>, short: &[u8]) {
    bytes.push(u8::try_from(short.len()).unwrap_or(u8::MAX));
    bytes.extend_from_slice(short);
}

impl fmt::Debug for SealBlob {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = (self.header.epoch, self.version, self.terms.len());
        write!(f, "SealBlob(epoch {}, version {}, {} terms)", shown.0, shown.1, shown.2)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn blob(terms: Vec<IndexedTerm>) -> SealBlob {
        SealBlob { header: CellHeader { epoch: 3 }, version: 9, mac: [7; 32], terms }
    }

    fn term(index: &str, epoch: u32, byte: u8) -> IndexedTerm {
        IndexedTerm { index: index.to_owned(), epoch, term: Term::from_slice(&[byte; 8]).unwrap() }
    }

    #[test]
    fn a_seal_reads_back() {
        let blob = blob(vec![term("a", 1, 1), term("a", 1, 2), term("a", 2, 1), term("b", 1, 1)]);
        assert_eq!(SealBlob::decode(&blob.encode()).unwrap(), blob);
    }

    #[test]
    fn lists_out_of_order_or_with_repeats_are_refused() {
        for terms in [vec![term("b", 1, 1), term("a", 1, 1)], vec![term("a", 1, 1), term("a", 1, 1)]] {
            assert_eq!(SealBlob::decode(&blob(terms).encode()), Err(BlobError::Malformed));
        }
    }

    #[test]
    fn every_other_length_is_refused() {
        let mut bytes = blob(vec![term("a", 1, 1)]).encode();
        for length in 0..bytes.len() {
            assert!(SealBlob::decode(&bytes[..length]).is_err());
        }
        bytes.push(0);
        assert_eq!(SealBlob::decode(&bytes), Err(BlobError::Malformed));
    }

    proptest! {
        #[test]
        fn what_decodes_encodes_to_the_same_bytes(tail in proptest::collection::vec(0u8..3, 0..40)) {
            let mut bytes = blob(Vec::new()).encode();
            bytes.truncate(46);
            bytes.extend_from_slice(&tail);
            if let Ok(blob) = SealBlob::decode(&bytes) {
                prop_assert_eq!(blob.encode(), bytes);
            }
        }
    }
}
