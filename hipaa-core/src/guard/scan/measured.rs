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

/// Whether a sign or the last letter of `between` or `and` stands before a number that may be round.
#[inline]
pub(super) fn may_be_limit(bytes: &[u8], start: usize) -> bool {
    let before = bytes.get(start.wrapping_sub(2)..start);
    matches!(byte::peek(bytes, start + 1), b'0' | b'9')
        && matches!(before, Some([b'>' | b'<' | b'=' | b'n' | b'N' | b'd' | b'D', b' '] | [b'>' | b'<', b'=']))
}

/// Whether the number is the round limit of a test in code: `CHECK (mrn > 100000)`, `BETWEEN 100000 AND 999999`.
#[inline(never)]
pub(super) fn is_limit(bytes: &[u8], start: usize, end: usize) -> bool {
    let digits = &bytes[start..end];
    let zeros = |digits: &[u8]| digits.iter().all(|digit| *digit == b'0');
    // `1000000004` is the least of NPIs.
    let least = digits.len() == 10 && zeros(&digits[1..9]);
    if !(zeros(&digits[1..]) || least || digits.iter().all(|digit| *digit == b'9')) {
        return false;
    }
    let before = &bytes[..start];
    if before.ends_with(b" > ") || before.ends_with(b" < ") {
        return true;
    }
    let before = before.strip_suffix(b" ").unwrap_or(before);
    let word = byte::back(before, before.len(), byte::ALPHA, 8);
    let between = |text: &[u8]| text.eq_ignore_ascii_case(b"between");
    before.ends_with(b">=")
        || before.ends_with(b"<=")
        || between(&before[word..])
        || (before[word..].eq_ignore_ascii_case(b"and")
            && before[word.saturating_sub(24)..word].windows(7).any(between))
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
