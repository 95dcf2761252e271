//! The readable fields of an authority row.
//!
//! body = `encode("body", [field, …])`; field = tag u8 ‖ type u8 ‖ value, tags ascending and distinct:
//!
//! | type | value |
//! |---|---|
//! | 1 text | UTF-8 |
//! | 2 bytes | as they are |
//! | 3 number | u64 |
//! | 4 time | i64, microseconds since 1970 UTC |
//! | 5 flag | 0 or 1 |
//!
//! Big-endian; at most 4,096 bytes as a whole.
#![cfg_attr(not(test), warn(clippy::indexing_slicing, clippy::arithmetic_side_effects))]

use crate::clock::Timestamp;
use crate::encoding::{decode, encode};
use core::fmt;
use std::collections::BTreeMap;

/// The longest body, in bytes.
pub const MAX_BODY_BYTES: usize = 4096;

const LABEL: &str = "body";

/// Why a body is not one, or does not have what is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BodyError {
    /// Longer than 4,096 bytes.
    #[error("the body of an authority row has at most 4,096 bytes")]
    TooLong,
    /// Not the bytes of a body.
    #[error("the body of an authority row is malformed")]
    Malformed,
    /// There is no such field, or it is of another type.
    #[error("the body of an authority row has no field {0} of this type")]
    Missing(u8),
}

/// The fields of an authority row by tag. Readable in the database: never a secret.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Body {
    fields: BTreeMap<u8, Value>,
}

#[derive(Clone, PartialEq, Eq)]
enum Value {
    Text(String),
    Bytes(Vec<u8>),
    Number(u64),
    Time(Timestamp),
    Flag(bool),
}

macro_rules! field {
    ($set:ident $get:ident $type:ty => $variant:ident $what:literal) => {
        #[doc = concat!("The same body with ", $what, " under this tag.")]
        #[must_use]
        pub fn $set(mut self, tag: u8, value: $type) -> Self {
            self.fields.insert(tag, Value::$variant(value.to_owned()));
            self
        }

        #[doc = concat!("The ", stringify!($variant), " under this tag.")]
        ///
        /// # Errors
        /// [`BodyError::Missing`].
        pub fn $get(&self, tag: u8) -> Result<$type, BodyError> {
            match self.fields.get(&tag) {
                Some(Value::$variant(value)) => Ok(field!(@view $variant value)),
                _ => Err(BodyError::Missing(tag)),
            }
        }
    };
    (@view Text $value:ident) => { $value.as_str() };
    (@view Bytes $value:ident) => { $value.as_slice() };
    (@view $variant:ident $value:ident) => { *$value };
}

impl Body {
    /// A body without fields.
    #[must_use]
    pub const fn new() -> Self {
        Self { fields: BTreeMap::new() }
    }

    field!(with_text text &str => Text "a text");
    field!(with_bytes bytes &[u8] => Bytes "bytes");
    field!(with_number number u64 => Number "a number");
    field!(with_time time Timestamp => Time "a time");
    field!(with_flag flag bool => Flag "a flag");

    /// The bytes of this body.
    ///
    /// # Errors
    /// [`BodyError::TooLong`].
    pub fn encode(&self) -> Result<Vec<u8>, BodyError> {
        let parts = self.fields.iter().map(|(tag, value)| value.encode(*tag)).collect::<Vec<_>>();
        let bytes = encode(LABEL, &parts.iter().map(Vec::as_slice).collect::<Vec<_>>());
        if bytes.len() > MAX_BODY_BYTES { Err(BodyError::TooLong) } else { Ok(bytes) }
    }

    /// Reads a body.
    ///
    /// # Errors
    /// [`BodyError`] for any bytes that [`Body::encode`] would not have written.
    pub fn decode(bytes: &[u8]) -> Result<Self, BodyError> {
        if bytes.len() > MAX_BODY_BYTES {
            return Err(BodyError::TooLong);
        }
        let (label, parts) = decode(bytes).map_err(|_| BodyError::Malformed)?;
        let mut fields = BTreeMap::new();
        for part in parts {
            let (tag, value) = Value::decode(part).ok_or(BodyError::Malformed)?;
            let ascending = fields.last_key_value().is_none_or(|(last, _)| *last < tag);
            if !ascending || label != LABEL {
                return Err(BodyError::Malformed);
            }
            fields.insert(tag, value);
        }
        if label == LABEL { Ok(Self { fields }) } else { Err(BodyError::Malformed) }
    }
}

impl Value {
    const fn code(&self) -> u8 {
        match self {
            Self::Text(_) => 1,
            Self::Bytes(_) => 2,
            Self::Number(_) => 3,
            Self::Time(_) => 4,
            Self::Flag(_) => 5,
        }
    }

    fn encode(&self, tag: u8) -> Vec<u8> {
        let mut bytes = vec![tag, self.code()];
        match self {
            Self::Text(text) => bytes.extend_from_slice(text.as_bytes()),
            Self::Bytes(value) => bytes.extend_from_slice(value),
            Self::Number(number) => bytes.extend_from_slice(&number.to_be_bytes()),
            Self::Time(time) => bytes.extend_from_slice(&time.micros().to_be_bytes()),
            Self::Flag(flag) => bytes.push(u8::from(*flag)),
        }
        bytes
    }

    fn decode(part: &[u8]) -> Option<(u8, Self)> {
        let ([tag, code], value) = part.split_first_chunk()?;
        let value = match code {
            1 => Self::Text(core::str::from_utf8(value).ok()?.to_owned()),
            2 => Self::Bytes(value.to_vec()),
            3 => Self::Number(u64::from_be_bytes(value.try_into().ok()?)),
            4 => Self::Time(Timestamp::from_micros(i64::from_be_bytes(value.try_into().ok()?))),
            5 => Self::Flag(match value {
                [0] => false,
                [1] => true,
                _ => return None,
            }),
            _ => return None,
        };
        Some((*tag, value))
    }
}

/// The type only.
impl fmt::Debug for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Value({})", self.code())
    }
}

/// Tags only.
impl fmt::Debug for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Body").field(&self.fields.keys().collect::<Vec<_>>()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn value() -> impl Strategy<Value = Value> {
        prop_oneof![
            any::<String>().prop_map(Value::Text),
            any::<Vec<u8>>().prop_map(Value::Bytes),
            any::<u64>().prop_map(Value::Number),
            any::<i64>().prop_map(|micros| Value::Time(Timestamp::from_micros(micros))),
            any::<bool>().prop_map(Value::Flag),
        ]
    }

    proptest! {
        #[test]
        fn a_body_reads_back(fields in proptest::collection::btree_map(any::<u8>(), value(), 0..8)) {
            let body = Body { fields };
            prop_assert_eq!(Body::decode(&body.encode().unwrap()).unwrap(), body);
        }

        #[test]
        fn what_decodes_encodes_to_the_same_bytes(
            parts in proptest::collection::vec((0u8..4, 0u8..7, proptest::collection::vec(0u8..3, 0..10)), 0..4),
            cut in 0usize..3,
        ) {
            let parts = parts.iter().map(|(tag, code, value)| [&[*tag, *code], value.as_slice()].concat()).collect::<Vec<_>>();
            let mut bytes = encode(LABEL, &parts.iter().map(Vec::as_slice).collect::<Vec<_>>());
            bytes.truncate(bytes.len() - cut);
            if let Ok(body) = Body::decode(&bytes) {
                prop_assert_eq!(body.encode().unwrap(), bytes);
            }
        }
    }

    #[test]
    fn a_field_is_had_by_its_tag_and_type() {
        let body = Body::new().with_text(1, "a").with_number(2, 7).with_flag(3, true).with_bytes(4, &[9]);
        assert_eq!((body.text(1), body.number(2), body.flag(3)), (Ok("a"), Ok(7), Ok(true)));
        assert_eq!(body.bytes(4), Ok(&[9][..]));
        assert_eq!((body.text(2), body.number(5)), (Err(BodyError::Missing(2)), Err(BodyError::Missing(5))));
        assert_eq!(format!("{body:?}"), "Body([1, 2, 3, 4])");
    }

    #[test]
    fn a_body_has_at_most_4_096_bytes() {
        // Label, count of parts, length of the part, tag and type.
        let overhead = 1 + 4 + 2 + 4 + 2;
        let body = |length| Body::new().with_bytes(1, &vec![7; length]);
        let longest = body(MAX_BODY_BYTES - overhead).encode().unwrap();
        assert_eq!((longest.len(), Body::decode(&longest).is_ok()), (MAX_BODY_BYTES, true));
        assert_eq!(body(MAX_BODY_BYTES - overhead + 1).encode(), Err(BodyError::TooLong));
        assert_eq!(Body::decode(&[0; MAX_BODY_BYTES + 1]), Err(BodyError::TooLong));
    }

    #[test]
    fn another_order_label_or_type_is_refused() {
        let field = |tag: u8| [&[tag, 5, 1][..]].concat();
        let bytes = |label, parts: &[Vec<u8>]| encode(label, &parts.iter().map(Vec::as_slice).collect::<Vec<_>>());
        assert!(Body::decode(&bytes(LABEL, &[field(1), field(2)])).is_ok());
        for malformed in [
            bytes(LABEL, &[field(2), field(1)]),
            bytes(LABEL, &[field(1), field(1)]),
            bytes("bodies", &[field(1)]),
            bytes("", &[]),
            bytes(LABEL, &[vec![1, 6, 1]]),
            bytes(LABEL, &[vec![1, 5, 2]]),
            bytes(LABEL, &[vec![1, 1, 0xff]]),
            bytes(LABEL, &[vec![1]]),
            bytes(LABEL, &[vec![1, 3, 0]]),
        ] {
            assert_eq!(Body::decode(&malformed), Err(BodyError::Malformed));
        }
    }
}
