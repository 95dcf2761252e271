//! One value of a column, wiped when dropped.

use super::{Date, Kind, RecordId};
use core::fmt;
use zeroize::Zeroizing;

/// The longest value, in bytes.
pub const MAX_VALUE_BYTES: usize = 16 * 1024 * 1024;

/// A value of one column. `Debug` shows its kind, never its content; there is no `Serialize`.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Value {
    /// An explicit NULL.
    Null,
    /// Text.
    Text(Zeroizing<String>),
    /// Bytes.
    Bytes(Zeroizing<Vec<u8>>),
    /// A date, possibly partial.
    Date(Date),
    /// A signed 64-bit number.
    Integer(i64),
    /// True or false.
    Boolean(bool),
    /// JSON text, kept byte for byte.
    Json(Zeroizing<String>),
    /// Several texts, in order.
    Texts(Vec<Zeroizing<String>>),
    /// The id of another record.
    Reference(RecordId),
}

impl Value {
    /// The kind of column this value belongs to; none for NULL, which belongs to any.
    #[must_use]
    pub const fn kind(&self) -> Option<Kind> {
        Some(match self {
            Self::Null => return None,
            Self::Text(_) => Kind::Text,
            Self::Bytes(_) => Kind::Bytes,
            Self::Date(_) => Kind::Date,
            Self::Integer(_) => Kind::Integer,
            Self::Boolean(_) => Kind::Boolean,
            Self::Json(_) => Kind::Json,
            Self::Texts(_) => Kind::Texts,
            Self::Reference(_) => Kind::Reference,
        })
    }
}

impl fmt::Debug for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.kind() {
            Some(kind) => write!(f, "Value::{kind:?}(…)"),
            None => f.write_str("Value::Null"),
        }
    }
}
