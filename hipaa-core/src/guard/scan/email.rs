//! E-mail addresses, read outwards from the `@`.

use super::Scan;
use super::claim::Claim;
use crate::guard::byte::{self, ALNUM, ALPHA, HIGH};
use crate::guard::words::WordSet;
use crate::guard::{Confidence, Kind, Reason};

/// The longest local part.
const LOCAL_BYTES: usize = 64;
/// The longest domain.
const DOMAIN_BYTES: usize = 253;
/// Endings of files, which look like domains: `logo@2x.png`.
static FILES: WordSet<64> = WordSet::new("png jpg jpeg gif svg webp css js ts html json txt pdf xml yml yaml");

impl Scan<'_, '_> {
    /// The address around the `@` at `at`; returns its end.
    pub(super) fn email_at(&mut self, at: usize, floor: usize) -> Option<usize> {
        let bytes = self.bytes;
        let span = span_at(bytes, at, floor)?;
        let whole = self.text.is_char_boundary(span.0) && self.text.is_char_boundary(span.1);
        if !whole {
            return None;
        }
        let remote = byte::peek(bytes, span.1) == b':' && byte::at(bytes, span.1 + 1, ALPHA);
        let repository = remote && &bytes[span.0..at] == b"git";
        let confidence = if repository || measure(bytes, span, at) { Confidence::Low } else { Confidence::High };
        let claim = Claim { kind: Kind::Email, span, base: confidence, reason: Reason::Shape };
        self.push(claim, confidence, None);
        Some(span.1)
    }
}

/// Whether a value and the next sentence make it: `SpO2 96%@RA.Lungs`, `HR 80@rest.No`.
fn measure(bytes: &[u8], span: (usize, usize), at: usize) -> bool {
    let local = &bytes[span.0..at];
    let top = byte::back(bytes, span.1, ALPHA, 24);
    if super::host::is_ending(&bytes[top..span.1]) {
        return false;
    }
    let capital = byte::at(bytes, top, byte::UPPER) && byte::at(bytes, top + 1, byte::LOWER);
    let number = local.iter().all(|byte| byte.is_ascii_digit() || matches!(byte, b'%' | b'.' | b'-'));
    capital || (number && local.len() < 5)
}

fn span_at(bytes: &[u8], at: usize, floor: usize) -> Option<(usize, usize)> {
    let local =
        |byte: u8| byte::is(byte, ALNUM | HIGH) || matches!(byte, b'.' | b'_' | b'%' | b'+' | b'-' | b'\'' | b'&');
    let low = floor.max(at.saturating_sub(LOCAL_BYTES + 1));
    let mut start = at;
    while start > low && local(bytes[start - 1]) {
        start -= 1;
    }
    if at - start > LOCAL_BYTES {
        return None;
    }
    while start < at && matches!(bytes[start], b'.' | b'\'' | b'-' | b'&' | b'%') {
        start += 1;
    }
    let end = domain_end(bytes, at + 1)?;
    let whole =
        start < at && bytes[at - 1] != b'.' && byte::prev(bytes, start) != b'@' && byte::peek(bytes, end) != b'@';
    whole.then_some((start, end))
}

/// The end of a host name with at least two labels and a top label of letters.
fn domain_end(bytes: &[u8], from: usize) -> Option<usize> {
    let mut end = from;
    let mut label = from;
    let mut best = None;
    while end < from + DOMAIN_BYTES {
        let stop = skip_label(bytes, label);
        let len = stop - label;
        if len == 0 || len > 63 {
            break;
        }
        let word = &bytes[label..stop];
        if label > from && (2..=24).contains(&len) && top_level(word) {
            best = Some(stop);
        }
        end = stop;
        if byte::peek(bytes, end) != b'.' {
            break;
        }
        label = end + 1;
    }
    best.filter(|best| !byte::at(bytes, *best, ALNUM))
}

fn skip_label(bytes: &[u8], from: usize) -> usize {
    let mut end = from;
    while end < from + 64
        && (byte::at(bytes, end, ALNUM | HIGH)
            || (end > from && byte::peek(bytes, end) == b'-' && byte::at(bytes, end + 1, ALNUM | byte::JOIN)))
    {
        end += 1;
    }
    end
}

fn top_level(word: &[u8]) -> bool {
    let letters = word.iter().all(|byte| byte::is(*byte, ALPHA | HIGH)) || word.starts_with(b"xn--");
    letters && !FILES.has(word)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Option<&str> {
        let at = text.find('@')?;
        span_at(text.as_bytes(), at, 0).map(|(start, end)| &text[start..end])
    }

    #[test]
    fn addresses_are_read_whole_and_no_further() {
        for (text, want) in [
            ("to j.doe+x@mail.example.org.", "j.doe+x@mail.example.org"),
            ("<a_b@example.co.uk>", "a_b@example.co.uk"),
            ("o'neil@example.com, x", "o'neil@example.com"),
            ("jürgen@müller.de", "jürgen@müller.de"),
            ("mailto:a@b-c.info?x=1", "a@b-c.info"),
        ] {
            assert_eq!(read(text), Some(want));
        }
    }

    #[test]
    fn packages_handles_and_files_are_no_addresses() {
        for text in ["lodash@4.17.21", "@types/node", "user@localhost", "logo@2x.png", "a@@b.com", ".@b.com"] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
