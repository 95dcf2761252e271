//! Host names without a scheme: `portal.example.org/visits`.

use super::Scan;
use super::claim::Claim;
use crate::guard::byte::{self, ALNUM, HIGH};
use crate::guard::cue::CueClass::{Other, Url, Version};
use crate::guard::cue::Mask;
use crate::guard::words::WordSet;
use crate::guard::{Confidence, Kind, Reason};

const PAGES: Mask = Mask::of(&[Url, Other, Version]);

/// The longest label of a host name (RFC 1035), and the most labels that are read.
const LABEL_BYTES: usize = 63;
const LABELS: usize = 8;

/// Endings of hosts that are no words or endings of files besides.
static ENDINGS: WordSet<64> =
    WordSet::new("com org net edu gov mil info biz io co us uk ca au de eu health care clinic hospital app online");

impl Scan<'_, '_> {
    /// The host whose first `.` is at `dot`; returns where its search ended and whether it is one.
    pub(super) fn host_at(&mut self, dot: usize) -> Option<usize> {
        let bytes = self.bytes;
        if !byte::at(bytes, dot + 1, byte::LOWER) || !byte::is(byte::prev(bytes, dot), ALNUM) {
            return None;
        }
        let start = label_start(bytes, dot);
        let before = byte::prev(bytes, start);
        let open = byte::is(before, ALNUM | HIGH) || matches!(before, b'.' | b'-' | b'_' | b'@' | b'/' | b'\\' | b':');
        if open || !byte::is(bytes[start], byte::ALPHA) {
            return None;
        }
        let (end, labels) = host_end(bytes, dot)?;
        let behind = byte::peek(bytes, end);
        if matches!(behind, b'@' | b'(' | b'_') || byte::is(behind, HIGH) {
            return None;
        }
        let path = behind == b'/' && byte::at(bytes, end + 1, ALNUM);
        let hit = self.context((start, end), PAGES);
        let cued = hit.is_some_and(|hit| hit.is(Url) && !hit.weak());
        let confidence = match hit {
            Some(hit) if cued => (Confidence::High, Some(hit.reason())),
            _ if path || labels > 2 => (Confidence::Medium, None),
            _ => (Confidence::Low, None),
        };
        let end = if path { self.page_end(start, end) } else { end };
        let claim = Claim { kind: Kind::Url, span: (start, end), base: Confidence::Low, reason: Reason::TopLevelGuess };
        self.push(claim, confidence.0, confidence.1);
        Some(end)
    }
}

/// Whether the word is a usual ending of hosts.
pub(super) fn is_ending(word: &[u8]) -> bool {
    ENDINGS.has(word)
}

fn label_start(bytes: &[u8], dot: usize) -> usize {
    let mut start = dot;
    while start > 0 && dot - start <= LABEL_BYTES && (byte::is(bytes[start - 1], ALNUM) || bytes[start - 1] == b'-') {
        start -= 1;
    }
    start
}

/// The end of the labels from the one behind `dot` on, when the last is a known ending, and
/// how many labels the host has.
fn host_end(bytes: &[u8], dot: usize) -> Option<(usize, usize)> {
    let mut labels = 1;
    let mut at = dot;
    while byte::peek(bytes, at) == b'.' && byte::at(bytes, at + 1, ALNUM) && labels < LABELS {
        let from = at + 1;
        let mut end = from;
        while end - from <= LABEL_BYTES && (byte::at(bytes, end, ALNUM) || byte::peek(bytes, end) == b'-') {
            end += 1;
        }
        labels += 1;
        at = end;
    }
    let last = byte::back(bytes, at, byte::LOWER, 12);
    let whole = byte::prev(bytes, last) == b'.' && !byte::at(bytes, at, ALNUM);
    (whole && ENDINGS.has(&bytes[last..at])).then_some((at, labels))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_ends_with_a_known_label() {
        for (text, want) in [
            ("mychart.example.org/login", Some((19, 3))),
            ("example.com.", Some((11, 2))),
            ("clinic.example.co.uk,", Some((20, 4))),
            ("os.system", None),
            ("rpc.py", None),
            ("e.g. this", None),
            ("example.community", None),
        ] {
            assert_eq!(host_end(text.as_bytes(), text.find('.').unwrap()), want, "{text}");
        }
    }
}
