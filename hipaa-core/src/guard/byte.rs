//! Byte classes and the search for digits, eight bytes at a step.

mod mark;
pub(super) mod swar;

pub(super) use mark::{Marks, Signs};

pub(super) const DIGIT: u8 = 1;
pub(super) const UPPER: u8 = 2;
pub(super) const LOWER: u8 = 4;
pub(super) const HEX: u8 = 8;
pub(super) const JOIN: u8 = 16;
pub(super) const HIGH: u8 = 32;
pub(super) const BLANK: u8 = 64;
pub(super) const ALPHA: u8 = UPPER | LOWER;
pub(super) const ALNUM: u8 = DIGIT | ALPHA;

static CLASS: [u8; 256] = classes();

const fn classes() -> [u8; 256] {
    let mut table = [0_u8; 256];
    let mut i = 0;
    while i < 256 {
        #[expect(clippy::cast_possible_truncation, reason = "the loop ends at 255")]
        let byte = i as u8;
        let mut class = 0;
        if byte.is_ascii_digit() {
            class |= DIGIT | HEX;
        }
        if byte.is_ascii_uppercase() {
            class |= UPPER;
        }
        if byte.is_ascii_lowercase() {
            class |= LOWER;
        }
        if byte.is_ascii_hexdigit() {
            class |= HEX;
        }
        if matches!(byte, b'-' | b'.' | b'/' | b':' | b'_') {
            class |= JOIN;
        }
        if byte.is_ascii_whitespace() {
            class |= BLANK;
        }
        if byte >= 0x80 {
            class |= HIGH;
        }
        table[i] = class;
        i += 1;
    }
    table
}

#[inline]
pub(super) fn is(byte: u8, class: u8) -> bool {
    #[cfg(test)]
    super::steps::add(1);
    CLASS[usize::from(byte)] & class != 0
}

/// Whether the byte at `at` exists and has one of the classes.
#[inline]
pub(super) fn at(bytes: &[u8], at: usize, class: u8) -> bool {
    bytes.get(at).is_some_and(|&byte| is(byte, class))
}

/// The byte at `at`, or zero behind the end.
#[inline]
pub(super) fn peek(bytes: &[u8], at: usize) -> u8 {
    bytes.get(at).copied().unwrap_or(0)
}

/// The byte before `at`, or zero at the start.
#[inline]
pub(super) fn prev(bytes: &[u8], at: usize) -> u8 {
    at.checked_sub(1).map_or(0, |before| peek(bytes, before))
}

/// The first place at or behind `from` whose byte lacks the class.
#[inline]
pub(super) fn skip(bytes: &[u8], mut from: usize, class: u8) -> usize {
    while at(bytes, from, class) {
        from += 1;
    }
    from
}

/// The end of the run of letters and digits that starts at `from`, and how many are digits.
#[inline]
pub(super) fn word(bytes: &[u8], from: usize) -> (usize, usize) {
    let (mut end, mut digits) = (from, 0);
    while let Some(&byte) = bytes.get(end).filter(|byte| is(**byte, ALNUM)) {
        digits += usize::from(byte <= b'9');
        end += 1;
    }
    (end, digits)
}

/// The start of the run of `class` that ends at `end`, looking back `limit` bytes at most.
#[inline]
pub(super) fn back(bytes: &[u8], end: usize, class: u8, limit: usize) -> usize {
    let floor = end.saturating_sub(limit);
    let mut start = end;
    while start > floor && is(bytes[start - 1], class) {
        start -= 1;
    }
    start
}

/// The value of a short run of digits; longer runs saturate.
pub(super) fn number(digits: &[u8]) -> u32 {
    digits
        .iter()
        .filter(|byte| byte.is_ascii_digit())
        .fold(0_u32, |sum, &byte| sum.saturating_mul(10).saturating_add(u32::from(byte - b'0')))
}

/// Whether a letter outside ASCII that writes words with spaces touches the span.
///
/// Scripts written without spaces (from U+2E80 on) do not glue: a number may stand right
/// behind a Chinese word.
#[inline]
pub(super) fn glued(bytes: &[u8], start: usize, end: usize) -> bool {
    (is(prev(bytes, start), HIGH) || at(bytes, end, HIGH)) && glued_high(bytes, start, end)
}

#[inline(never)]
fn glued_high(bytes: &[u8], start: usize, end: usize) -> bool {
    let gluing = |c: char| c.is_alphabetic() && u32::from(c) < 0x2E80;
    let before = start > 0 && is(bytes[start - 1], HIGH) && {
        let from = (1..=4).rev().find_map(|n| {
            let tail = bytes.get(start.checked_sub(n)?..start)?;
            std::str::from_utf8(tail).ok()?.chars().next_back()
        });
        from.is_some_and(gluing)
    };
    before
        || at(bytes, end, HIGH) && {
            let next = (2..=4).find_map(|n| std::str::from_utf8(bytes.get(end..end + n)?).ok()?.chars().next());
            next.is_some_and(gluing)
        }
}

/// One bit for each of 64 flags that are zero or one, the first flag lowest.
#[inline]
fn packed(flags: &[u8; 64]) -> u64 {
    let (words, _) = flags.as_chunks::<8>();
    words.iter().enumerate().fold(0, |mask, (i, word)| {
        let bits = u64::from_le_bytes(*word).wrapping_mul(0x0102_0408_1020_4080) >> 56;
        mask | bits << (8 * i)
    })
}

/// One bit for each of 64 bytes that has the property. It is asked of all bytes alike, so that
/// the compiler takes many at once.
#[inline]
fn mask_of(block: &[u8; 64], property: impl Fn(u8) -> bool) -> u64 {
    #[cfg(test)]
    super::steps::add(64);
    let mut flags = [0_u8; 64];
    flags.iter_mut().zip(block).for_each(|(flag, byte)| *flag = u8::from(property(*byte)));
    packed(&flags)
}

/// One bit for each of the first 64 bytes: set where it is an ASCII letter or digit, and where
/// it is a letter.
#[inline]
pub(super) fn word_masks(window: &[u8; 72]) -> (u64, u64) {
    let letter = |byte: u8| (byte | 0x20).wrapping_sub(b'a') < 26;
    let digit = |byte: u8| byte.wrapping_sub(b'0') < 10;
    window.first_chunk().map_or((0, 0), |block| {
        let letters = mask_of(block, letter);
        (letters | mask_of(block, digit), letters)
    })
}

/// One bit for each of the 64 bytes from `at` on: set where it is an ASCII digit.
#[inline]
fn digit_mask(bytes: &[u8], at: usize) -> u64 {
    let rest = &bytes[at.min(bytes.len())..];
    let mut padded = [0; 64];
    let block = rest.first_chunk().unwrap_or_else(|| {
        padded[..rest.len()].copy_from_slice(rest);
        &padded
    });
    mask_of(block, |byte| byte.wrapping_sub(b'0') < 10)
}

/// Finds digits from left to right; every block of 64 bytes is looked at once.
#[derive(Debug)]
pub(super) struct Digits {
    block: usize,
    mask: u64,
}

impl Digits {
    pub(super) const fn new() -> Self {
        Self { block: usize::MAX, mask: 0 }
    }

    /// The first digit at or behind `from`.
    #[inline]
    pub(super) fn next(&mut self, bytes: &[u8], from: usize) -> Option<usize> {
        let mut block = from / 64;
        let mut keep = u64::MAX << (from % 64);
        loop {
            if block != self.block {
                if block * 64 >= bytes.len() {
                    return None;
                }
                self.mask = digit_mask(bytes, block * 64);
                self.block = block;
            }
            let rest = self.mask & keep;
            if rest != 0 {
                return Some(block * 64 + rest.trailing_zeros() as usize);
            }
            block += 1;
            keep = u64::MAX;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn the_digit_search_finds_what_a_plain_loop_finds(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            let plain: Vec<usize> = (0..bytes.len()).filter(|&i| bytes[i].is_ascii_digit()).collect();
            let (mut digits, mut from, mut found) = (Digits::new(), 0, Vec::new());
            while let Some(p) = digits.next(&bytes, from) {
                found.push(p);
                from = p + 1;
            }
            prop_assert_eq!(found, plain);
        }
    }

    #[test]
    fn the_masks_of_letters_and_digits_agree_with_the_table() {
        let bytes: Vec<u8> = (0..=255).collect();
        for at in (0..=256 - 72).step_by(8) {
            let (both, letters) = word_masks(bytes[at..].first_chunk().unwrap());
            for i in 0..64 {
                let byte = bytes[at + i];
                let bits = (both >> i & 1 == 1, letters >> i & 1 == 1);
                assert_eq!(bits, (byte.is_ascii_alphanumeric(), byte.is_ascii_alphabetic()), "{}", at + i);
            }
        }
    }

    #[test]
    fn letters_of_spaced_scripts_glue_and_others_do_not() {
        for (text, glue) in [("é123", true), ("123µg", true), ("话123", false), ("°123°", false), ("—123", false)]
        {
            let start = text.find('1').unwrap();
            assert_eq!(glued(text.as_bytes(), start, start + 3), glue, "{text}");
        }
    }
}
