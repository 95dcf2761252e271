//! What the label of an age says: whose it is, and when.

use super::word_before;
use super::words::{AT_EVENTS, NO_PERSONS};
use crate::guard::byte::{self, ALNUM, ALPHA, BLANK};
use crate::guard::cue::Fit;
use crate::guard::scan::Hit;

/// What other headers of an answer start with, as a cache sends them beside its `Age: 120`.
const HEADERS: [&[u8]; 17] = [
    b"http/",
    b"content-",
    b"cache-control",
    b"x-cache",
    b"x-served",
    b"x-amz",
    b"x-request",
    b"x-content",
    b"x-frame",
    b"etag",
    b"vary:",
    b"last-modified",
    b"accept-",
    b"transfer-enc",
    b"access-control",
    b"strict-trans",
    b"via: 1",
];

/// Whether the cue belongs to the number at `start`: close by, or an event stands between: `Age at visit: 92`.
pub(super) fn fits(bytes: &[u8], start: usize, hit: Hit) -> bool {
    hit.fit() >= Fit::Strict
        || (!hit.weak() && hit.end_before(start).is_some_and(|end| names_event(&bytes[end..start])))
}

/// Whether a label ends right before the number, and its entry behind it: at the end of the line, or before blanks and
/// the next label: `Age: 92  CC: fall`.
#[inline(never)]
pub(super) fn is_entry(bytes: &[u8], start: usize, end: usize) -> bool {
    let labelled = matches!(byte::prev(bytes, byte::back(bytes, start, BLANK, 3)), b':' | b'=');
    let next = || {
        let from = byte::skip(bytes, end, BLANK).min(end + 8);
        let stop = byte::skip(bytes, from, ALPHA);
        byte::peek(bytes, end + 1) == b' ' && stop > from && byte::peek(bytes, stop) == b':'
    };
    labelled
        && match byte::peek(bytes, end) {
            b'\n' | b'\r' => true,
            b' ' => next(),
            _ => false,
        }
}

/// Whether the tag of an element ends at `start`: `<age>94</age>`.
pub(super) fn in_element(bytes: &[u8], start: usize) -> bool {
    let name = byte::back(bytes, start - 1, ALNUM | byte::JOIN, 24);
    name + 2 < start && byte::prev(bytes, name) == b'<' && byte::at(bytes, name, ALPHA)
}

/// Whether a text has no other words than those for events: ` on admission was `, `-Last Birthday (Years)  `,
/// ` at diagnosis `.
pub(super) fn names_event(gap: &[u8]) -> bool {
    let known = |word: &[u8]| word.is_empty() || AT_EVENTS.has(word);
    gap.split(|byte| !byte::is(*byte, ALPHA)).all(known)
}

/// Whether what the cue speaks of is a bone, a claim, a mean, or an answer kept by a cache.
pub(super) fn of_no_person(bytes: &[u8], (start, end): (usize, usize), hit: Hit) -> bool {
    let Some(cue) = hit.end_before(start) else { return false };
    let word = byte::back(bytes, cue, ALPHA, 12);
    NO_PERSONS.has(word_before(bytes, word))
        || is_header(bytes, start, end)
        || is_limit(&bytes[..word])
        || in_seconds(&bytes[end..])
}

/// Whether the word is that of a limit or of a thing: `max-age=95`, `X-Cache-Age: 95`.
fn is_limit(before: &[u8]) -> bool {
    let name = before.strip_suffix(b"-").or_else(|| before.strip_suffix(b"_"));
    name.is_some_and(|name| NO_PERSONS.has(&name[byte::back(name, name.len(), ALPHA, 12)..]))
}

/// Whether it is counted in what no age of a person is: `Age: 93 (seconds in the cache)`.
fn in_seconds(behind: &[u8]) -> bool {
    let unit = behind.strip_prefix(b" (").or_else(|| behind.strip_prefix(b" ")).unwrap_or(&[]);
    unit.starts_with(b"seconds") || unit.starts_with(b"sec ") || unit.starts_with(b"sec)")
}

/// Whether `Age: 120` is a line of its own beside other headers.
fn is_header(bytes: &[u8], start: usize, end: usize) -> bool {
    let Some(from) = start.checked_sub(5) else { return false };
    let alone =
        matches!(byte::peek(bytes, end), 0 | b'\n' | b'\r') && bytes[from..start].eq_ignore_ascii_case(b"age: ");
    if !alone || !matches!(byte::prev(bytes, from), 0 | b'\n' | b' ') {
        return false;
    }
    let line = byte::back_to(bytes, from, b'\n', 4);
    let above = byte::back_to(bytes, line.saturating_sub(1), b'\n', 256);
    let below = end + bytes[end..].iter().take(2).take_while(|byte| matches!(byte, b'\n' | b'\r')).count();
    (line > 0 && starts_header(bytes, above)) || starts_header(bytes, below)
}

/// Whether a header starts at `at`, or behind the sign of one that came in.
fn starts_header(bytes: &[u8], at: usize) -> bool {
    let line = bytes.get(at..).unwrap_or(&[]);
    let line = line.strip_prefix(b"< ").unwrap_or(line);
    let known =
        HEADERS.iter().any(|header| line.get(..header.len()).is_some_and(|start| start.eq_ignore_ascii_case(header)));
    let name = line.iter().take(48).take_while(|byte| byte::is(**byte, ALNUM) || **byte == b'-').count();
    known && matches!(line.get(name), Some(b':' | b'/'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_age_has_an_event() {
        assert!(
            names_event(b" on admission was ")
                && names_event(b"-Last Birthday (Years)  ")
                && names_event(b" at visit: ")
        );
        assert!(!names_event(b" on admission, HR ") && !names_event(b" group "));
    }

    #[test]
    fn a_header_stands_among_headers() {
        for (text, want) in [
            ("Content-Range: bytes 0-1/2\r\nAge: 120\r\n", true),
            ("Age: 120\nCache-Control: no", true),
            ("HTTP/1.1 200 OK\nage: 120", true),
            ("Follow-up: yes\nAge: 120\nX-ray: no", false),
            ("Age: 120", false),
            ("Age: 120\nContent-based therapy: 1", false),
            ("Content-Type: a\nPatient Age: 120", false),
        ] {
            let start = text.find("120").unwrap();
            assert_eq!(is_header(text.as_bytes(), start, start + 3), want, "{text}");
        }
    }
}
