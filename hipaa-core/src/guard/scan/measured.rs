//! Numbers that programs write: seconds since 1970, sizes, places, constants.

use super::near::{said_before, word_before, word_behind};
use crate::guard::byte::{self, ALNUM};
use crate::guard::words::WordSet;

/// Words of logs before seconds since 1970, sizes and places.
static MEASURES: WordSet<128> = WordSet::new(
    "ts epoch time timestamp unixtime unix utime mtime bytes auth seq sequence uptime offset size pos lsn nonce ack \
    duration elapsed counter sum rows reads check since job heap pid cron millis created updated expires expired modified iat exp nbf rss vsz",
);
/// What such numbers count, and what has such sizes.
static SIZES: WordSet<16> = WordSet::new("bytes byte ticks seconds secs");
static MEMORY: WordSet<16> = WordSet::new("heap uptime epoch malloc offset");

/// Names of values that are providers after all.
const PROVIDERS: [&[u8]; 7] = [b"prov", b"presc", b"phys", b"refer", b"render", b"attend", b"pract"];

/// Whether a program gives the number at `start` to a name of some type: `NOW: u32 = 1073741823`.
fn typed(bytes: &[u8], start: usize) -> bool {
    let Some(before) = bytes[..start].strip_suffix(b" = ") else { return false };
    bytes[..byte::back(bytes, before.len(), ALNUM, 8)].ends_with(b": ")
}

/// Whether the number is the value of a name (`bytes=`, `bytes_out`, `bytesSent`) or of a word of logs, or a unit of
/// programs stands behind it.
pub(super) fn measured(bytes: &[u8], (start, stop): (usize, usize)) -> bool {
    let (from, end) = word_before(bytes, start);
    let equal = start.saturating_sub(1);
    let mut name = equal;
    while name > 0 && equal - name < 24 && (byte::is(bytes[name - 1], ALNUM) || bytes[name - 1] == b'_') {
        name -= 1;
    }
    let provider =
        || PROVIDERS.iter().any(|part| bytes[name..equal].windows(part.len()).any(|at| at.eq_ignore_ascii_case(part)));
    let named = byte::peek(bytes, equal) == b'=' && byte::is(byte::prev(bytes, equal), byte::ALPHA) && !provider();
    let word = &bytes[from..end];
    named
        || (from < end && byte::prev(bytes, from) == b'_')
        || MEASURES.has(word)
        || camel(word)
        || SIZES.has(word_behind(bytes, stop))
        || said_before(bytes, start, 32, &MEMORY)
        || typed(bytes, start)
}

/// Whether the first or last part of a name is such a word: `bytesSent`, `createdAt`.
fn camel(word: &[u8]) -> bool {
    let upper = |byte: &u8| byte.is_ascii_uppercase();
    let last = word.iter().rposition(upper).filter(|at| *at > 0);
    let first = word.iter().skip(1).position(upper).map(|at| at + 1);
    let (Some(last), Some(first)) = (last, first) else { return false };
    byte::at(word, last - 1, byte::LOWER)
        && (MEASURES.has(&word[..first]) || MEASURES.has(&word[last..]) || &word[last..] == b"At")
}
