//! What parts the values of a list.

use super::gap::LINKS;
use crate::guard::byte::{self, ALNUM, ALPHA};
use crate::guard::words::WordSet;

/// Words that may stand behind a word between two values: `should be`, `and again`.
static AFTER: WordSet<8> = WordSet::new("be again");

/// How far a parenthesis with one or two letters goes on behind its `(`; zero when it is none.
fn side(bytes: &[u8], open: usize) -> usize {
    let end = byte::skip(bytes, open + 1, ALPHA);
    if (2..=3).contains(&(end - open)) && byte::peek(bytes, end) == b')' { end - open } else { 0 }
}

/// Whether only list punctuation stands between two values.
pub(in super::super) fn list_gap(bytes: &[u8], from: usize, to: usize) -> bool {
    if from >= to || to - from > 13 {
        return false;
    }
    let mut at = from;
    let mut seen = false;
    // `'4482913', '4482914'`.
    let quoted = matches!(bytes[from], b'"' | b'\'') && bytes[to - 1] == bytes[from];
    while at < to {
        let byte = bytes[at];
        if byte::is(byte, ALPHA) {
            let end = byte::skip(bytes, at, ALNUM);
            let word = &bytes[at..end];
            let wide = word == b"N" && quoted;
            let joins = wide || LINKS.has(word) || (seen && AFTER.has(word));
            if !joins {
                return false;
            }
            seen |= !wide;
            at = end;
            continue;
        }
        match byte {
            b'"' | b'\'' if quoted => {}
            b',' | b'/' | b'&' | b';' => seen = true,
            b'>' if matches!(byte::prev(bytes, at), b'-' | b'=') => seen = true,
            // `(R), `: which of two.
            b'(' if side(bytes, at) > 0 => at += side(bytes, at),
            b' ' | b'\n' | b'(' | b'*' => {}
            // `MRNs #4482913, #4482914`.
            b'#' if seen && at + 1 == to => {}
            b'-' if matches!(bytes[at + 1..], [b'>', ..] | [b'-', b'>', ..]) => {}
            b'=' if byte::peek(bytes, at + 1) == b'>' => {}
            // An arrow, or the guillemets around each value.
            0xE2 if bytes[at..to].starts_with("→".as_bytes()) => (seen, at) = (true, at + 2),
            // `E11.9 · I10`, `E11.9 • I10`.
            0xC2 if bytes[at..to].starts_with("· ".as_bytes()) && byte::prev(bytes, at) == b' ' => {
                (seen, at) = (true, at + 1)
            }
            0xE2 if bytes[at..to].starts_with("• ".as_bytes()) && byte::prev(bytes, at) == b' ' => {
                (seen, at) = (true, at + 2)
            }
            0xC2 if bytes[at..to].starts_with("«".as_bytes()) || bytes[at..to].starts_with("»".as_bytes()) => at += 1,
            _ => return false,
        }
        at += 1;
    }
    seen
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_joined_by_commas_and_and() {
        for (text, list) in [
            (", ", true),
            (" and ", true),
            (" / ", true),
            (" ", false),
            (" mg, ", false),
            ("', '", true),
            ("\"',", false),
        ] {
            assert_eq!(list_gap(text.as_bytes(), 0, text.len()), list, "{text}");
        }
    }
}
