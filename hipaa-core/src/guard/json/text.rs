//! Decoding of escapes, with a map back to the raw bytes.

use crate::guard::fold::Map;

/// Room for the places of the escapes of a usual note.
const ESCAPES: usize = 32;

/// A string without its escapes.
#[derive(Debug)]
pub(super) struct Decoded {
    pub(super) text: String,
    pub(super) map: Map,
}

impl Decoded {
    /// Decodes the content of a string token; `None` when it has no escape.
    pub(super) fn new(content: &str) -> Option<Self> {
        let mut at = memchr::memchr(b'\\', content.as_bytes())?;
        let mut out = Self { text: String::with_capacity(content.len()), map: Map::with_room(ESCAPES) };
        out.text.push_str(&content[..at]);
        while at < content.len() {
            let rest = &content[at..];
            let plain = memchr::memchr(b'\\', rest.as_bytes()).unwrap_or(rest.len());
            out.map.mark(out.text.len(), at);
            out.text.push_str(&rest[..plain]);
            at += plain;
            if at < content.len() {
                let (decoded, len) = escape(&content[at..]);
                out.map.mark(out.text.len(), at);
                out.text.push(decoded);
                at += len;
                // Bytes of a character behind its first have no place of their own.
                out.map.mark(out.text.len(), at);
            }
        }
        Some(out)
    }
}

/// The character of the escape at the start of `rest`, and how many bytes it has. Headings of tables come here, too, so
/// that any character may follow.
fn escape(rest: &str) -> (char, usize) {
    let simple = match rest.chars().nth(1) {
        Some('n') => '\n',
        Some('t') => '\t',
        Some('r') => '\r',
        Some('b') => '\u{8}',
        Some('f') => '\u{c}',
        Some('u') => return unicode(rest),
        Some(other) => return (other, 1 + other.len_utf8()),
        None => return (char::REPLACEMENT_CHARACTER, rest.len()),
    };
    (simple, 2)
}

fn unicode(rest: &str) -> (char, usize) {
    let unit = |at: usize| rest.get(at..at + 4).and_then(|hex| u32::from_str_radix(hex, 16).ok());
    let Some(first) = unit(2) else {
        return (char::REPLACEMENT_CHARACTER, 2);
    };
    let second = rest.get(6..8).filter(|mark| *mark == "\\u").and_then(|_| unit(8));
    match (first, second) {
        (0xD800..=0xDBFF, Some(low @ 0xDC00..=0xDFFF)) => {
            let code = 0x1_0000 + ((first - 0xD800) << 10) + (low - 0xDC00);
            (char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER), 12)
        }
        _ => (char::from_u32(first).unwrap_or(char::REPLACEMENT_CHARACTER), 6),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_decode_and_map_back() {
        let content = r"a\n\u0031\ud83d\ude002\/";
        let decoded = Decoded::new(content).unwrap();
        assert_eq!(decoded.text, "a\n1😀2/");
        let at = decoded.text.find('1').unwrap();
        assert_eq!(&content[decoded.map.start(at)..decoded.map.end(at + 1)], r"\u0031");
        let at = decoded.text.find('2').unwrap();
        assert_eq!(&content[decoded.map.start(at)..decoded.map.end(at + 2)], r"2\/");
        let at = decoded.text.find('😀').unwrap();
        assert_eq!(&content[decoded.map.start(at)..decoded.map.end(at + 4)], r"\ud83d\ude00");
        assert!(Decoded::new("plain").is_none());
    }

    #[test]
    fn what_is_no_escape_keeps_its_characters() {
        for (content, want) in [
            ("N\\ÑZ", "NÑZ"),
            ("a\\", "a\u{fffd}"),
            ("\\uÑÑÑ", "\u{fffd}ÑÑÑ"),
            ("\\u12", "\u{fffd}12"),
            ("\\ud83d\\uÑ", "\u{fffd}\u{fffd}Ñ"),
        ] {
            assert_eq!(Decoded::new(content).unwrap().text, want, "{content}");
        }
    }

    #[test]
    fn lone_surrogates_become_replacement_characters() {
        assert_eq!(Decoded::new(r"\ud83dx").unwrap().text, "\u{fffd}x");
    }
}
