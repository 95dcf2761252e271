//! An age beside a person with a title: `Mr. Smith, 95, lives alone`, `Mrs. Ada Jones (97)`.

use super::words::{TEMPERATURES, VITALS};
use super::{ALPHA, byte, is, word_before};

const TITLES: [&[u8]; 5] = [b"Mr", b"Mrs", b"Ms", b"Miss", b"Mx"];

/// Whether the number stands between commas or in parentheses, right behind a title and one name or two.
pub(super) fn behind(bytes: &[u8], start: usize, end: usize) -> bool {
    let goes_on = byte::peek(bytes, end + 1) == b' ' && byte::at(bytes, end + 2, ALPHA);
    let fits = match (bytes.get(start.wrapping_sub(2)..start), byte::peek(bytes, end)) {
        (Some(b", "), b',') => goes_on,
        (Some(b" ("), b')') => true,
        _ => false,
    };
    if !fits {
        return false;
    }
    title_before(bytes, start - 2)
}

/// Whether a title and one name or two end at `end`.
pub(super) fn title_before(bytes: &[u8], end: usize) -> bool {
    let mut at = end - usize::from(byte::prev(bytes, end) == b' ');
    for _ in 0..2 {
        let name = word_before(bytes, at);
        if !byte::at(name, 0, byte::UPPER) {
            return false;
        }
        at = byte::back(bytes, at, ALPHA, 16).saturating_sub(1);
        let dot = usize::from(byte::prev(bytes, at) == b'.');
        let title = word_before(bytes, at - dot);
        if TITLES.iter().any(|known| is(title, known)) {
            return true;
        }
    }
    false
}

/// Whether two words in capitals and a comma stand before the number: `Ada Jones, 95F`.
pub(super) fn behind_names(bytes: &[u8], start: usize) -> bool {
    let name = |word: &[u8]| {
        byte::at(word, 0, byte::UPPER) && byte::at(word, 1, ALPHA) && !TEMPERATURES.has(word) && !VITALS.has(word)
    };
    bytes[..start].strip_suffix(b", ").is_some_and(|before| {
        let last = word_before(before, before.len());
        let first = before.len() - last.len();
        name(last) && byte::prev(before, first) == b' ' && name(word_before(before, first))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_and_a_name_make_an_age() {
        for (text, want) in [
            ("Mr. Smith, 95, lives", true),
            ("Mrs Ada Jones (97) was", true),
            ("Smith, 95, lives", false),
            ("Mr. Smith, 95 percent", false),
            ("Mr. Smith (97, was", false),
            ("Mr. Smith, 98, 97", false),
            ("Mr. smith, 95, was", false),
        ] {
            let start = text.find('9').unwrap();
            assert_eq!(behind(text.as_bytes(), start, start + 2), want, "{text}");
        }
    }
}
