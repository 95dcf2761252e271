//! Writing into the caller's buffer without leaving copies of values behind.

use zeroize::Zeroize;

/// Makes room for `extra` more bytes, wiping the old allocation if the contents have to move.
#[inline]
pub(crate) fn reserve(out: &mut Vec<u8>, extra: usize) {
    if out.capacity() - out.len() < extra {
        relocate(out, extra);
    }
}

#[cold]
fn relocate(out: &mut Vec<u8>, extra: usize) {
    let wanted = out.len().saturating_add(extra);
    let mut larger = Vec::with_capacity(wanted.max(out.capacity().saturating_mul(2)));
    larger.extend_from_slice(out);
    out.zeroize();
    *out = larger;
}

/// Appends the UTF-8 form of all characters.
pub(crate) fn extend(out: &mut Vec<u8>, chars: impl Iterator<Item = char>) {
    for c in chars {
        let mut bytes = [0; 4];
        let bytes = c.encode_utf8(&mut bytes).as_bytes();
        reserve(out, bytes.len());
        out.extend_from_slice(bytes);
    }
}

/// Keeps only the last `n` characters of the UTF-8 text from `start` on, or none of it if it has fewer.
pub(crate) fn keep_last(out: &mut Vec<u8>, start: usize, n: u8) {
    let first_bytes = out[start..].iter().enumerate().rev().filter(|(_, byte)| !is_continuation(**byte));
    let end = match first_bytes.map(|(at, _)| start + at).nth(usize::from(n).saturating_sub(1)) {
        Some(from) => {
            out.copy_within(from.., start);
            start + out.len() - from
        }
        None => start,
    };
    out[end..].zeroize();
    out.truncate(end);
}

/// Whether a byte of UTF-8 is not the first of its character.
const fn is_continuation(byte: u8) -> bool {
    byte & 0xC0 == 0x80
}
