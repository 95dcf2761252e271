//! An entry as it lies in its bytes: read as strictly as [`Body::decode`](super::Body::decode) reads, without a copy.
#![cfg_attr(not(test), warn(clippy::indexing_slicing, clippy::arithmetic_side_effects))]

use super::body::{MAX_BODY_BYTES, Prefix};
use super::field::{split_field, tag};
use super::{Leaf, LogId};

/// An entry in its bytes.
#[derive(Debug, Clone)]
pub struct BodyView<'a> {
    /// The fixed part.
    pub prefix: Prefix,
    fields: &'a [u8],
}

impl<'a> BodyView<'a> {
    /// Reads an entry; none for bytes that are not one.
    #[must_use]
    pub fn read(bytes: &'a [u8]) -> Option<Self> {
        if bytes.len() > MAX_BODY_BYTES {
            return None;
        }
        let (prefix, fields) = bytes.split_first_chunk()?;
        let prefix = Prefix::decode(prefix)?;
        let (mut rest, mut last) = (fields, None);
        while !rest.is_empty() {
            let (tag, _, tail) = split_field(rest)?;
            if last >= Some(tag) {
                return None;
            }
            (last, rest) = (Some(tag), tail);
        }
        Some(Self { prefix, fields })
    }

    /// The fields, in ascending order of tags.
    pub fn fields(&self) -> impl Iterator<Item = (u16, &'a [u8])> + use<'a> {
        let mut rest = self.fields;
        core::iter::from_fn(move || {
            let (tag, value, tail) = split_field(rest)?;
            rest = tail;
            Some((tag, value))
        })
    }

    /// The value of the field with this tag.
    #[must_use]
    pub fn field(&self, tag: u16) -> Option<&'a [u8]> {
        self.fields().take_while(|(known, _)| *known <= tag).find(|(known, _)| *known == tag).map(|(_, value)| value)
    }

    /// What an entry of kind [`EntryKind::LogHead`](super::EntryKind::LogHead) takes up: the log, its size and last leaf.
    pub(crate) fn log_head(&self) -> Option<(LogId, u64, Leaf)> {
        let log = LogId(self.field(tag::LOG)?.try_into().ok()?);
        let size = u64::from_be_bytes(self.field(tag::SIZE)?.try_into().ok()?);
        Some((log, size, self.field(tag::LEAF)?.try_into().ok()?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::Body;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_view_is_what_the_decoder_reads(at in 0usize..140, byte: u8, tail in proptest::collection::vec(0u8..3, 0..40)) {
            let mut bytes = b"hca1\x01".to_vec();
            bytes.resize(111, 0);
            bytes.extend_from_slice(&tail);
            if let Some(place) = bytes.get_mut(at) {
                *place = byte;
            }
            match (Body::decode(&bytes), BodyView::read(&bytes)) {
                (Ok(body), Some(view)) => {
                    prop_assert_eq!(&body.prefix, &view.prefix);
                    let fields = body.fields.iter().map(|field| (field.tag, field.value.as_slice()));
                    prop_assert!(view.fields().eq(fields));
                    for tag in 0..4 {
                        prop_assert_eq!(view.field(tag), body.field(tag));
                    }
                }
                (Err(_), None) => {}
                (body, view) => prop_assert!(false, "{:?} {:?}", body, view),
            }
        }
    }
}
