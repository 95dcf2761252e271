//! Web addresses with a scheme, or with `www.`.

use super::Scan;
use super::claim::Claim;
use crate::guard::byte::{self, ALNUM, ALPHA, JOIN};
use crate::guard::{Confidence, Kind, Reason};
use memchr::memmem;

/// The longest address that is taken as one finding; the rest of a longer one is left out.
pub(in crate::guard) const URL_BYTES: usize = 2048;

/// Hosts of code systems: addresses there name a vocabulary.
const NAMESPACES: [&str; 11] = [
    "hl7.org",
    "terminology.hl7.org",
    "loinc.org",
    "snomed.info",
    "unitsofmeasure.org",
    "www.w3.org",
    "ihe.net",
    "nucc.org",
    "www.nlm.nih.gov",
    "cts.nlm.nih.gov",
    "json-schema.org",
];

impl Scan<'_, '_> {
    /// Finds every web address of the text.
    pub(super) fn urls(&mut self) {
        let bytes = self.bytes;
        let mut floor = 0;
        for at in memmem::find_iter(bytes, b"://") {
            let start = byte::back(bytes, at, ALNUM, 12).max(floor);
            let word = bytes[start..at]
                .iter()
                .position(|byte| byte::is(*byte, ALPHA))
                .map_or(at, |skip| start + skip);
            if at - word >= 2 {
                floor = self.url((word, at + 3)).unwrap_or(floor);
            }
        }
        for needle in [&b"www."[..], b"WWW.", b"Www."] {
            for start in memmem::find_iter(bytes, needle) {
                let free = !byte::is(byte::prev(bytes, start), ALNUM | JOIN)
                    && byte::prev(bytes, start) != b'@';
                if free {
                    self.url((start, start));
                }
            }
        }
    }

    /// Records the address that starts at `from.0` and whose host starts at `from.1`.
    fn url(&mut self, from: (usize, usize)) -> Option<usize> {
        let bytes = self.bytes;
        let limit = bytes.len().min(from.0 + URL_BYTES);
        let stop = bytes[from.1..limit]
            .iter()
            .position(|byte| ends(*byte))
            .map_or(limit, |len| from.1 + len);
        let mut end = trimmed(bytes, from.0, stop);
        while !self.text.is_char_boundary(end) {
            end -= 1;
        }
        let host = &bytes[from.1.min(end)..end];
        let dotted = from.1 > from.0 || host.iter().filter(|byte| **byte == b'.').count() >= 2;
        if !host
            .first()
            .is_some_and(|byte| byte::is(*byte, ALNUM | byte::HIGH) || *byte == b'[')
            || !dotted
        {
            return None;
        }
        let declared = self
            .outer
            .is_some_and(|outer| outer.class == crate::guard::CueClass::Version);
        let claim = Claim {
            kind: Kind::Url,
            span: (from.0, end),
            base: Confidence::High,
            reason: Reason::Scheme,
        };
        if declared || (self.outer.is_some() && namespace(host)) {
            self.push(claim, Confidence::Low, Some(Reason::NamespaceUri));
        } else {
            self.push(claim, Confidence::High, None);
        }
        Some(end)
    }
}

fn namespace(host: &[u8]) -> bool {
    let name = host
        .split(|byte| matches!(byte, b'/' | b'?' | b'#'))
        .next()
        .unwrap_or(host);
    NAMESPACES
        .iter()
        .any(|known| name.eq_ignore_ascii_case(known.as_bytes()))
}

fn ends(byte: u8) -> bool {
    byte <= b' '
        || matches!(
            byte,
            b'<' | b'>' | b'"' | b'`' | b'{' | b'}' | b'|' | b'\\' | b'^' | 0x7F
        )
}

/// Leaves out punctuation that belongs to the sentence.
fn trimmed(bytes: &[u8], start: usize, stop: usize) -> usize {
    let mut end = stop;
    while end > start {
        let opened = |open: u8, close: u8| {
            let count = |want: u8| {
                bytes[start..end]
                    .iter()
                    .filter(|byte| **byte == want)
                    .count()
            };
            count(open) >= count(close)
        };
        match bytes[end - 1] {
            b'.' | b',' | b';' | b':' | b'!' | b'?' | b'\'' | b'*' | b'_' => end -= 1,
            b')' if !opened(b'(', b')') => end -= 1,
            b']' if !opened(b'[', b']') => end -= 1,
            _ => break,
        }
    }
    end
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn punctuation_of_the_sentence_stays_outside() {
        for (text, want) in [
            ("http://a.org/x.", 14),
            ("http://a.org/(x)", 16),
            ("http://a.org/x).", 14),
            ("http://a.org]", 12),
        ] {
            assert_eq!(trimmed(text.as_bytes(), 0, text.len()), want, "{text}");
        }
    }
}
