//! A whole record: its cells, its index terms and its MAC, made in one pass and checked in one pass.
//!
//! May import `clock`, `encoding`, `schema`, `keys`, `entropy`, `cipher` and `index`. Knows nothing of storage: it takes and gives
//! the bytes of one row.

mod blob;
mod record;
mod signature;

pub use blob::{BlobError, IndexedTerm, SealBlob};
pub(crate) use record::{Place, open_columns, open_columns_but, seal_record, verify_mac};
#[cfg(test)]
pub(crate) use signature::content_of;
pub(crate) use signature::{SALT_BYTES, Signer};
pub use signature::{Signature, SignatureError};

use crate::schema::{RecordId, TenantId};
use core::fmt;

/// A value as the database holds it.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub enum StoredValue {
    /// SQL NULL: absence.
    Null,
    /// Readable text of a protected column.
    Text(String),
    /// A sealed cell, or the bytes of a protected column.
    Blob(Vec<u8>),
    /// A protected number.
    Integer(i64),
    /// A storage class that we never write, such as REAL: the row was edited.
    Foreign,
}

impl fmt::Debug for StoredValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Null => "StoredValue::Null",
            Self::Text(_) => "StoredValue::Text(…)",
            Self::Blob(_) => "StoredValue::Blob(…)",
            Self::Integer(_) => "StoredValue::Integer(…)",
            Self::Foreign => "StoredValue::Foreign",
        })
    }
}

/// One row as the database holds it.
#[derive(Debug, Clone, PartialEq)]
pub struct StoredRow {
    /// The tenant that owns the row.
    pub tenant: TenantId,
    /// The record.
    pub record: RecordId,
    /// The columns, in the order in which the table declares them.
    pub columns: Vec<StoredValue>,
    /// The column `hipaa_seal`.
    pub seal: Vec<u8>,
}

/// Why a record was not sealed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SealError {
    /// A value was not sealed.
    #[error(transparent)]
    Cell(#[from] crate::cipher::CellError),
    /// A value cannot be indexed.
    #[error(transparent)]
    Index(#[from] crate::index::IndexError),
    /// A key is not to be had.
    #[error(transparent)]
    Key(#[from] crate::keys::KeyError),
}
