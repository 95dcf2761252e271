//! Cells: one column value of one record, sealed under the key of its column and bound to its record.
//!
//! Tenant, table, column, suite and epoch are bound through the key, the record through the authenticated data, so a
//! cell that was moved does not open. There is no variant without context. May import `encoding`, `schema`, `keys` and
//! `entropy`.

mod cell;
mod envelope;
mod plaintext;

pub(crate) use cell::{open, seal};
pub use envelope::{CELL_OVERHEAD_BYTES, CellHeader, FORMAT_VERSION, HEADER_BYTES};
pub(crate) use plaintext::encode as encode_plaintext;

/// Why a cell was not sealed or opened.
///
/// What the stored bytes alone show is distinct; everything after the key was used is [`CellError::Open`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CellError {
    /// Shorter than any cell.
    #[error("the cell is too short")]
    TooShort,
    /// A format version that this version does not know.
    #[error("unknown cell version {0}")]
    UnknownVersion(u8),
    /// A cipher suite that this version does not know.
    #[error("unknown cipher suite {0}")]
    UnknownSuite(u8),
    /// An epoch that the tenant does not have.
    #[error("unknown key epoch {0}")]
    UnknownEpoch(u32),
    /// An epoch whose keys were destroyed.
    #[error("the keys of epoch {0} were destroyed")]
    DestroyedKey(u32),
    /// The cell does not open: altered, moved, or not of its column's type.
    #[error("the cell does not open")]
    Open,
    /// The value is longer than 16 MiB.
    #[error("the value is longer than 16 MiB")]
    TooLong,
    /// The text given for a JSON column is not JSON.
    #[error("the text given for a JSON column is not JSON")]
    NotJson,
    /// The value is not of the column's type.
    #[error("the value is not of the column's type")]
    WrongType,
    /// No randomness.
    #[error(transparent)]
    Entropy(#[from] crate::entropy::EntropyError),
}
