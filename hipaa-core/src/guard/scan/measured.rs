//! Numbers that programs write: seconds since 1970, sizes, places, constants.

use super::near::word_before;
use crate::guard::byte::{self, ALNUM};
use crate::guard::words::WordSet;

/// Words of logs before seconds since 1970, sizes and places.
static MEASURES: WordSet<64> = WordSet::new(
    "ts epoch time timestamp unixtime unix utime mtime bytes auth seq sequence uptime offset size pos lsn nonce ack \
    duration elapsed counter sum rows reads check",
);

/// Names of values that are providers after all.
const PROVIDERS: [&[u8]; 7] = [b"prov", b"presc", b"phys", b"refer", b"render", b"attend", b"pract"];

/// Whether a program gives the number at `start` to a name of some type: `NOW: u32 = 1073741823`.
fn typed(bytes: &[u8], start: usize) -> bool {
    let Some(before) = bytes[..start].strip_suffix(b" = ") else { return false };
    bytes[..byte::back(bytes, before.len(), ALNUM, 8)].ends_with(b": ")
}

/// Whether the number at `start` is the value of a name (`bytes=`, `bytes_out`) or of a word of logs.
pub(super) fn measured(bytes: &[u8], start: usize) -> bool {
    let (from, end) = word_before(bytes, start);
    let equal = start.saturating_sub(1);
    let mut name = equal;
    while name > 0 && equal - name < 24 && (byte::is(bytes[name - 1], ALNUM) || bytes[name - 1] == b'_') {
        name -= 1;
    }
    let provider =
        || PROVIDERS.iter().any(|part| bytes[name..equal].windows(part.len()).any(|at| at.eq_ignore_ascii_case(part)));
    let named = byte::peek(bytes, equal) == b'=' && byte::is(byte::prev(bytes, equal), byte::ALPHA) && !provider();
    named || (from < end && byte::prev(bytes, from) == b'_') || MEASURES.has(&bytes[from..end]) || typed(bytes, start)
}
