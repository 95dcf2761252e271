//! The one injective encoder: key labels, MAC input, index input and authenticated contexts.
//!
//! | offset | length | meaning |
//! |---|---|---|
//! | 0 | 1 | length n of the label |
//! | 1 | n | label, ASCII |
//! | 1+n | 2 | count of parts, big-endian |
//! | … | 4 + m | per part: its length m, big-endian, and its bytes |
//!
//! Two different (label, parts) never have the same bytes: every length is written before what it measures.
//! May import nothing of ours.
#![cfg_attr(not(test), warn(clippy::indexing_slicing, clippy::arithmetic_side_effects))]

/// The longest label, in bytes.
pub const MAX_LABEL_BYTES: usize = 64;

/// Bytes that are not the encoding of any label and parts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a valid encoding")]
pub struct DecodeError;

/// Writes `label` and `parts` as one injective byte string.
///
/// Labels are compile-time texts of this crate or of a schema, at most [`MAX_LABEL_BYTES`] long; parts are below
/// 4 GiB and at most 65,535 in number, which the limits of every caller guarantee.
#[must_use]
pub fn encode(label: &str, parts: &[&[u8]]) -> Vec<u8> {
    let size = parts.iter().map(|part| part.len().saturating_add(4)).fold(0, usize::saturating_add);
    let mut bytes = Vec::with_capacity(size.saturating_add(label.len()).saturating_add(3));
    begin(&mut bytes, label, parts.len());
    parts.iter().for_each(|one| part(&mut bytes, one));
    bytes
}

/// Reads back what [`encode`] wrote.
///
/// # Errors
/// [`DecodeError`] for anything that [`encode`] would not have written, trailing bytes included.
pub fn decode(bytes: &[u8]) -> Result<(&str, Vec<&[u8]>), DecodeError> {
    let (&length, rest) = bytes.split_first().ok_or(DecodeError)?;
    let (label, rest) = rest.split_at_checked(usize::from(length)).ok_or(DecodeError)?;
    let label = core::str::from_utf8(label).map_err(|_| DecodeError)?;
    if label.len() > MAX_LABEL_BYTES || !label.is_ascii() {
        return Err(DecodeError);
    }
    let (count, mut rest) = rest.split_first_chunk().ok_or(DecodeError)?;
    let mut parts = Vec::new();
    for _ in 0..u16::from_be_bytes(*count) {
        let (size, tail) = rest.split_first_chunk().ok_or(DecodeError)?;
        let size = usize::try_from(u32::from_be_bytes(*size)).map_err(|_| DecodeError)?;
        let (part, tail) = tail.split_at_checked(size).ok_or(DecodeError)?;
        parts.push(part);
        rest = tail;
    }
    if rest.is_empty() { Ok((label, parts)) } else { Err(DecodeError) }
}

/// A buffer that grows: on the heap, or on the stack as long as it is short.
pub(crate) trait Buffer: core::ops::DerefMut<Target = [u8]> {
    fn put(&mut self, bytes: &[u8]);
}

impl Buffer for Vec<u8> {
    fn put(&mut self, bytes: &[u8]) {
        self.extend_from_slice(bytes);
    }
}

/// A buffer that stays on the stack while it is short: an allocation of its size costs as much as hashing it.
pub(crate) struct Scratch {
    near: [u8; SCRATCH_BYTES],
    /// How much of `near` is written, while `far` is empty.
    length: usize,
    far: Vec<u8>,
}

/// What fits on the stack: a record of some twenty columns.
const SCRATCH_BYTES: usize = 2048;

impl Scratch {
    pub(crate) const fn new() -> Self {
        Self { near: [0; SCRATCH_BYTES], length: 0, far: Vec::new() }
    }

    /// Goes over to the heap.
    #[cold]
    fn put_far(&mut self, bytes: &[u8]) {
        if self.far.is_empty() {
            self.far.extend_from_slice(self.near.get(..self.length).unwrap_or_default());
        }
        self.far.extend_from_slice(bytes);
    }
}

impl core::ops::Deref for Scratch {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        if self.far.is_empty() { self.near.get(..self.length).unwrap_or_default() } else { &self.far }
    }
}

impl core::ops::DerefMut for Scratch {
    fn deref_mut(&mut self) -> &mut [u8] {
        if self.far.is_empty() { self.near.get_mut(..self.length).unwrap_or_default() } else { &mut self.far }
    }
}

impl Buffer for Scratch {
    #[inline]
    fn put(&mut self, bytes: &[u8]) {
        let end = self.length.saturating_add(bytes.len());
        match self.near.get_mut(self.length..end) {
            Some(place) if self.far.is_empty() => {
                place.copy_from_slice(bytes);
                self.length = end;
            }
            _ => self.put_far(bytes),
        }
    }
}

/// Begins an encoding in a buffer of the caller's; [`part`] and [`part_with`] add as many parts as are announced.
pub(crate) fn begin(bytes: &mut impl Buffer, label: &str, count: usize) {
    debug_assert!(label.len() <= MAX_LABEL_BYTES && label.is_ascii());
    bytes.put(&[u8::try_from(label.len()).unwrap_or(u8::MAX)]);
    bytes.put(label.as_bytes());
    bytes.put(&u16::try_from(count).unwrap_or(u16::MAX).to_be_bytes());
}

/// Adds a part.
pub(crate) fn part(bytes: &mut impl Buffer, part: &[u8]) {
    bytes.put(&u32::try_from(part.len()).unwrap_or(u32::MAX).to_be_bytes());
    bytes.put(part);
}

/// Adds the part that `write` appends in place.
pub(crate) fn part_with<B: Buffer, T>(bytes: &mut B, write: impl FnOnce(&mut B) -> T) -> T {
    let at = bytes.len();
    bytes.put(&[0; 4]);
    let start = bytes.len();
    let written = write(bytes);
    let length = bytes.len().saturating_sub(start);
    if let Some(place) = bytes.get_mut(at..start) {
        place.copy_from_slice(&u32::try_from(length).unwrap_or(u32::MAX).to_be_bytes());
    }
    written
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn label() -> impl Strategy<Value = String> {
        "[ -~]{0,64}"
    }

    fn parts() -> impl Strategy<Value = Vec<Vec<u8>>> {
        proptest::collection::vec(proptest::collection::vec(any::<u8>(), 0..40), 0..8)
    }

    fn join(label: &str, parts: &[Vec<u8>]) -> Vec<u8> {
        encode(label, &parts.iter().map(Vec::as_slice).collect::<Vec<_>>())
    }

    proptest! {
        #[test]
        fn what_was_encoded_decodes(label in label(), parts in parts()) {
            let bytes = join(&label, &parts);
            let (read, slices) = decode(&bytes).unwrap();
            prop_assert_eq!(read, label);
            prop_assert_eq!(slices, parts);
        }

        #[test]
        fn parts_written_in_place_have_the_same_bytes(label in label(), parts in parts()) {
            let mut bytes = Vec::new();
            begin(&mut bytes, &label, parts.len());
            for part in &parts {
                part_with(&mut bytes, |out| out.extend_from_slice(part));
            }
            prop_assert_eq!(bytes, join(&label, &parts));
        }

        #[test]
        fn the_stack_and_the_heap_hold_the_same_bytes(
            parts in proptest::collection::vec(proptest::collection::vec(any::<u8>(), 0..700), 0..8)
        ) {
            let mut scratch = Scratch::new();
            begin(&mut scratch, "x", parts.len());
            parts.iter().for_each(|one| part_with(&mut scratch, |out| out.put(one)));
            prop_assert_eq!(&*scratch, join("x", &parts));
        }

        #[test]
        fn what_decodes_encodes_to_the_same_bytes(bytes in proptest::collection::vec(0u8..6, 0..40)) {
            if let Ok((label, parts)) = decode(&bytes) {
                prop_assert_eq!(encode(label, &parts), bytes);
            }
        }

        #[test]
        fn moving_a_boundary_changes_the_bytes(parts in parts(), cut in 0usize..40) {
            let Some(first) = parts.first() else { return Ok(()) };
            let cut = cut.min(first.len());
            let mut moved = parts.clone();
            moved[0] = first[..cut].to_vec();
            moved.insert(1, first[cut..].to_vec());
            prop_assert_ne!(join("x", &parts), join("x", &moved));
        }
    }

    #[test]
    fn trailing_and_missing_bytes_are_refused() {
        let mut bytes = encode("a", &[b"one", b""]);
        assert!(decode(&bytes[..bytes.len() - 1]).is_err());
        bytes.push(0);
        assert_eq!(decode(&bytes), Err(DecodeError));
    }
}
