//! The self-describing plaintext inside a cell: type byte ‖ value ‖ 0x80 ‖ zeros.
//!
//! | type | value |
//! |---|---|
//! | 0 NULL | nothing |
//! | 1 text | UTF-8 |
//! | 2 bytes | as they are; a reference to a record is its id |
//! | 3 date | year u16, month u8, day u8, big-endian, 0 where not given |
//! | 4 integer | i64, big-endian |
//! | 5 boolean | 0 or 1 |
//! | 6 JSON | UTF-8, as it was given; several texts are a JSON array of strings |
#![cfg_attr(not(test), warn(clippy::indexing_slicing, clippy::arithmetic_side_effects))]

use super::CellError;
use crate::schema::{Date, Kind, MAX_VALUE_BYTES, Padding, RecordId, Value};
use zeroize::{Zeroize, Zeroizing};

const END: u8 = 0x80;

pub(crate) fn encode(value: &Value, kind: Kind, padding: Padding) -> Result<Zeroizing<Vec<u8>>, CellError> {
    encode_between(value, (kind, padding), (0, 0))
}

/// The same with so many zero bytes before and behind it, so that it can be sealed where it lies.
pub(super) fn encode_between(
    value: &Value,
    (kind, padding): (Kind, Padding),
    (front, back): (usize, usize),
) -> Result<Zeroizing<Vec<u8>>, CellError> {
    if value.kind().is_some_and(|given| given != kind) {
        return Err(CellError::WrongType);
    }
    let listed = match value {
        Value::Texts(texts) => Some(list(texts)?),
        _ => None,
    };
    let date = if let Value::Date(date) = value { date_bytes(*date) } else { [0; 4] };
    let number = if let Value::Integer(number) = value { number.to_be_bytes() } else { [0; 8] };
    let (tag, bytes): (u8, &[u8]) = match value {
        Value::Null => (0, &[]),
        Value::Text(text) => (1, text.as_bytes()),
        Value::Bytes(bytes) => (2, bytes),
        Value::Reference(id) => (2, id.as_bytes()),
        Value::Date(_) => (3, &date),
        Value::Integer(_) => (4, &number),
        Value::Boolean(flag) => (5, if *flag { &[1] } else { &[0] }),
        Value::Json(json) => (6, checked_json(json)?),
        Value::Texts(_) => (6, listed.as_ref().map_or(&[][..], |json| json)),
    };
    if bytes.len() > MAX_VALUE_BYTES {
        return Err(CellError::TooLong);
    }
    let length = front.saturating_add(padded(bytes.len().saturating_add(2), kind, padding)).saturating_add(back);
    let mut plaintext = Zeroizing::new(Vec::with_capacity(length));
    plaintext.resize(front, 0);
    plaintext.push(tag);
    plaintext.extend_from_slice(bytes);
    plaintext.push(END);
    plaintext.resize(length, 0);
    Ok(plaintext)
}

/// As [`decode`]; text and bytes stay in the memory in which they were opened.
pub(crate) fn decode_in_place(mut plaintext: Zeroizing<Vec<u8>>, kind: Kind) -> Result<Value, CellError> {
    let make: fn(Vec<u8>) -> Result<Value, CellError> = match (plaintext.first(), kind) {
        (Some(1), Kind::Text) => |bytes| Ok(Value::Text(text(bytes)?)),
        (Some(2), Kind::Bytes) => |bytes| Ok(Value::Bytes(Zeroizing::new(bytes))),
        (Some(6), Kind::Json) => |bytes| Ok(Value::Json(text(bytes)?)),
        _ => return decode(&plaintext, kind),
    };
    let end = end(&plaintext)?;
    if end == 0 {
        return Err(CellError::Open);
    }
    plaintext.truncate(end);
    plaintext.drain(..1);
    make(core::mem::take(&mut *plaintext))
}

fn text(bytes: Vec<u8>) -> Result<Zeroizing<String>, CellError> {
    String::from_utf8(bytes).map(Zeroizing::new).map_err(|error| {
        error.into_bytes().zeroize();
        CellError::Open
    })
}

/// Where the end mark is.
fn end(plaintext: &[u8]) -> Result<usize, CellError> {
    let end = plaintext.iter().rposition(|byte| *byte != 0).ok_or(CellError::Open)?;
    if plaintext.get(end) == Some(&END) { Ok(end) } else { Err(CellError::Open) }
}

pub(crate) fn decode(plaintext: &[u8], kind: Kind) -> Result<Value, CellError> {
    let (tag, bytes) = plaintext.get(..end(plaintext)?).and_then(<[u8]>::split_first).ok_or(CellError::Open)?;
    let text = || core::str::from_utf8(bytes).map(|text| Zeroizing::new(text.to_owned())).map_err(|_| CellError::Open);
    Ok(match (*tag, kind) {
        (0, _) if bytes.is_empty() => Value::Null,
        (1, Kind::Text) => Value::Text(text()?),
        (2, Kind::Bytes) => Value::Bytes(Zeroizing::new(bytes.to_vec())),
        (2, Kind::Reference) => Value::Reference(RecordId::from_slice(bytes).map_err(|_| CellError::Open)?),
        (3, Kind::Date) => Value::Date(read_date(bytes)?),
        (4, Kind::Integer) => Value::Integer(i64::from_be_bytes(bytes.try_into().map_err(|_| CellError::Open)?)),
        (5, Kind::Boolean) => match bytes {
            [0] => Value::Boolean(false),
            [1] => Value::Boolean(true),
            _ => return Err(CellError::Open),
        },
        (6, Kind::Json) => Value::Json(text()?),
        (6, Kind::Texts) => Value::Texts(unlist(bytes)?),
        _ => return Err(CellError::Open),
    })
}

/// The length to which a plaintext of `length` bytes is padded.
const fn padded(length: usize, kind: Kind, padding: Padding) -> usize {
    match padding {
        Padding::Buckets if length <= 16 => 16,
        Padding::Buckets if length <= 256 => length.next_power_of_two(),
        Padding::Buckets => length.next_multiple_of(256),
        // A scalar and its sealed NULL have one width.
        Padding::None => match kind {
            Kind::Date => 6,
            Kind::Integer => 10,
            Kind::Boolean => 3,
            _ => length,
        },
    }
}

fn date_bytes(date: Date) -> [u8; 4] {
    let [high, low] = date.year().to_be_bytes();
    [high, low, date.month(), date.day()]
}

fn read_date(bytes: &[u8]) -> Result<Date, CellError> {
    match bytes {
        [high, low, month, day] => {
            Date::new(u16::from_be_bytes([*high, *low]), *month, *day).map_err(|_| CellError::Open)
        }
        _ => Err(CellError::Open),
    }
}

fn checked_json(json: &str) -> Result<&[u8], CellError> {
    match serde_json::from_str::<&serde_json::value::RawValue>(json) {
        Ok(_) => Ok(json.as_bytes()),
        Err(_) => Err(CellError::NotJson),
    }
}

fn list(texts: &[Zeroizing<String>]) -> Result<Zeroizing<Vec<u8>>, CellError> {
    let borrowed = texts.iter().map(|text| text.as_str()).collect::<Vec<_>>();
    let bytes = texts.iter().map(|text| text.len().saturating_mul(6).saturating_add(3)).sum::<usize>();
    // Reserved for the longest escaping, so that growing leaves no copy behind.
    let mut json = Zeroizing::new(Vec::with_capacity(bytes.min(MAX_VALUE_BYTES).saturating_add(2)));
    serde_json::to_writer(&mut *json, &borrowed).map_err(|_| CellError::NotJson)?;
    Ok(json)
}

fn unlist(bytes: &[u8]) -> Result<Vec<Zeroizing<String>>, CellError> {
    let texts: Vec<String> = serde_json::from_slice(bytes).map_err(|_| CellError::Open)?;
    Ok(texts.into_iter().map(Zeroizing::new).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn value() -> impl Strategy<Value = (Value, Kind)> {
        let text = |text: String| Zeroizing::new(text);
        prop_oneof![
            any::<String>().prop_map(move |t| (Value::Text(text(t)), Kind::Text)),
            any::<Vec<u8>>().prop_map(|b| (Value::Bytes(Zeroizing::new(b)), Kind::Bytes)),
            any::<i64>().prop_map(|n| (Value::Integer(n), Kind::Integer)),
            any::<bool>().prop_map(|b| (Value::Boolean(b), Kind::Boolean)),
            proptest::collection::vec(any::<String>(), 0..5)
                .prop_map(|t| (Value::Texts(t.into_iter().map(Zeroizing::new).collect()), Kind::Texts)),
            (1u16..=9999, 0u8..=12, 0u8..=31).prop_filter_map("calendar", |(y, m, d)| Date::new(y, m, d)
                .ok()
                .map(|date| (Value::Date(date), Kind::Date))),
            proptest::collection::vec(any::<u8>(), 1..=40)
                .prop_map(|id| (Value::Reference(RecordId::from_slice(&id).unwrap()), Kind::Reference)),
            Just((Value::Null, Kind::Text)),
        ]
    }

    proptest! {
        #[test]
        fn what_was_encoded_decodes((value, kind) in value(), buckets in any::<bool>()) {
            let padding = if buckets { Padding::Buckets } else { Padding::None };
            let plaintext = encode(&value, kind, padding).unwrap();
            prop_assert_eq!(&decode(&plaintext, kind).unwrap(), &value);
            prop_assert_eq!(decode_in_place(plaintext, kind).unwrap(), value);
        }

        #[test]
        fn no_bytes_make_the_decoders_panic_or_differ(bytes in any::<Vec<u8>>()) {
            for kind in [Kind::Text, Kind::Bytes, Kind::Date, Kind::Integer, Kind::Boolean, Kind::Json, Kind::Texts, Kind::Reference] {
                prop_assert_eq!(decode(&bytes, kind), decode_in_place(Zeroizing::new(bytes.clone()), kind));
            }
        }
    }

    fn text(length: usize) -> Value {
        Value::Text(Zeroizing::new("x".repeat(length)))
    }

    #[test]
    fn buckets_are_those_of_the_whole_plaintext() {
        for (length, padded) in [
            (0, 16),
            (14, 16),
            (15, 32),
            (30, 32),
            (31, 64),
            (126, 128),
            (254, 256),
            (255, 512),
            (510, 512),
            (511, 768),
        ] {
            assert_eq!(encode(&text(length), Kind::Text, Padding::Buckets).unwrap().len(), padded, "{length}");
        }
        assert_eq!(encode(&text(5), Kind::Text, Padding::None).unwrap().len(), 7);
    }

    #[test]
    fn scalars_and_their_nulls_have_one_width() {
        let scalars = [
            (Value::Date(Date::new(1943, 3, 17).unwrap()), Kind::Date),
            (Value::Integer(-1), Kind::Integer),
            (Value::Boolean(true), Kind::Boolean),
        ];
        for (value, kind) in scalars {
            for padding in [Padding::Buckets, Padding::None] {
                let null = encode(&Value::Null, kind, padding).unwrap();
                assert_eq!(encode(&value, kind, padding).unwrap().len(), null.len());
                assert_eq!(decode(&null, kind).unwrap(), Value::Null);
            }
        }
    }

    #[test]
    fn a_value_of_another_type_or_over_the_limit_is_refused() {
        assert_eq!(encode(&text(1), Kind::Bytes, Padding::None), Err(CellError::WrongType));
        assert_eq!(encode(&text(MAX_VALUE_BYTES + 1), Kind::Text, Padding::Buckets), Err(CellError::TooLong));
        assert!(encode(&text(MAX_VALUE_BYTES), Kind::Text, Padding::Buckets).is_ok());
        let json =
            |text: &str| encode(&Value::Json(Zeroizing::new(text.to_owned())), Kind::Json, Padding::None).map(|_| ());
        assert_eq!(
            (json("{\"a\": [1]}"), json("{\"a\": [1]"), json("")),
            (Ok(()), Err(CellError::NotJson), Err(CellError::NotJson))
        );
    }

    #[test]
    fn plaintexts_that_nobody_writes_are_refused() {
        for bytes in [
            &b""[..],
            &[0; 16],
            &[0x80],
            &[1, b'a', 0],
            &[0, 1, 0x80],
            &[5, 2, 0x80],
            &[7, 0x80],
            &[1, 0xff, 0x80],
            &[3, 0, 0, 1, 1, 0x80],
        ] {
            for kind in [Kind::Text, Kind::Boolean, Kind::Date] {
                assert_eq!(decode(bytes, kind), Err(CellError::Open), "{bytes:?}");
            }
        }
    }
}
