//! Byte classes, and what the bytes of a text are.

mod lanes;
mod mark;
mod planes;
pub(super) mod swar;

pub(super) use mark::may_name;
pub(super) use planes::{Bits, Planes, Room, Words};

pub(super) const DIGIT: u8 = 1;
pub(super) const UPPER: u8 = 2;
pub(super) const LOWER: u8 = 4;
pub(super) const HEX: u8 = 8;
pub(super) const JOIN: u8 = 16;
pub(super) const HIGH: u8 = 32;
pub(super) const BLANK: u8 = 64;
/// What may stand between two words of a phrase: blanks, `-`, `_`, `.` and `/`.
pub(super) const LIGHT: u8 = 128;
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
        if matches!(byte, b' ' | b'\t' | b'\n' | b'\r' | b'-' | b'_' | b'.' | b'/') {
            class |= LIGHT;
        }
        if byte >= 0x80 {
            class |= HIGH;
        }
        table[i] = class;
        i += 1;
    }
    table
}

/// The first bytes of eight, by how many.
pub(super) static FIRST: [u64; 9] = {
    let mut masks = [u64::MAX; 9];
    let mut len = 0;
    while len < 8 {
        masks[len] = (1 << (8 * len)) - 1;
        len += 1;
    }
    masks
};

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
    // Before the start, the place is far behind the end.
    peek(bytes, at.wrapping_sub(1))
}

/// A flag for each of eight bytes that has not the class; none for a class that is told byte by byte only.
#[inline]
fn lacking(eight: [u8; 8], class: u8) -> Option<u64> {
    let word = u64::from_le_bytes(eight);
    let digits = swar::between(word, b'0', b'9');
    let letters = |last| swar::between(word | 0x2020_2020_2020_2020, b'a', last);
    let having = match class {
        DIGIT => digits,
        ALPHA => letters(b'z'),
        ALNUM => digits | letters(b'z'),
        HEX => digits | letters(b'f'),
        _ => return None,
    };
    #[cfg(test)]
    super::steps::add(8);
    Some(swar::high(!having))
}

/// The first place at or behind `from` whose byte lacks the class.
#[inline]
pub(super) fn skip(bytes: &[u8], mut from: usize, class: u8) -> usize {
    // Eight at once: where a run of letters ends would be hard to guess.
    while let Some(eight) = bytes.get(from..).and_then(<[u8]>::first_chunk::<8>)
        && let Some(lacking) = lacking(*eight, class)
    {
        from += lacking.trailing_zeros() as usize / 8;
        if lacking != 0 {
            return from;
        }
    }
    while at(bytes, from, class) {
        from += 1;
    }
    from
}

/// The start of the run of `class` that ends at `end`, looking back `limit` bytes at most.
#[inline]
pub(super) fn back(bytes: &[u8], end: usize, class: u8, limit: usize) -> usize {
    let floor = end.saturating_sub(limit);
    let mut start = end;
    while start > floor
        && let Some(eight) = bytes.get(..start).and_then(<[u8]>::last_chunk::<8>)
        && let Some(lacking) = lacking(*eight, class)
    {
        start -= lacking.leading_zeros() as usize / 8;
        if lacking != 0 {
            return start.max(floor);
        }
    }
    let mut start = start.max(floor);
    while start > floor && is(bytes[start - 1], class) {
        start -= 1;
    }
    start
}

/// The place behind the last `want` before `end`, looking back `limit` bytes at most.
pub(super) fn back_to(bytes: &[u8], end: usize, want: u8, limit: usize) -> usize {
    let floor = end.saturating_sub(limit);
    let mut start = end;
    while start > floor && bytes[start - 1] != want {
        start -= 1;
    }
    #[cfg(test)]
    super::steps::add(end - start);
    start
}

/// Whether only the bytes of `dress`, at most so many, stand between the start of the line and `at`.
pub(super) fn leads_line(bytes: &[u8], at: usize, (dress, most): (&[u8], usize)) -> bool {
    let count = bytes[..at].iter().rev().take(most).take_while(|byte| dress.contains(byte)).count();
    matches!(bytes[..at - count].last(), None | Some(b'\n'))
}

/// The value of a short run of digits; longer runs saturate.
pub(super) fn number(digits: &[u8]) -> u32 {
    digits
        .iter()
        .filter(|byte| byte.is_ascii_digit())
        .fold(0_u32, |sum, &byte| sum.saturating_mul(10).saturating_add(u32::from(byte - b'0')))
}

/// The value of the digits from `start` to `end`; eight and fewer are taken in one step, and what
/// is no digit among them gives some other number.
#[inline]
pub(super) fn value(bytes: &[u8], start: usize, end: usize) -> u32 {
    let eight = end.checked_sub(8).and_then(|from| bytes.get(from..end)).and_then(<[u8]>::first_chunk::<8>);
    match eight {
        Some(eight) if start < end && end - start <= 8 => {
            let digits = (u64::from_le_bytes(*eight) ^ 0x3030_3030_3030_3030) & (u64::MAX << (64 - 8 * (end - start)));
            let pairs = digits.wrapping_mul(10).wrapping_add(digits >> 8);
            let [low, high] = [pairs, pairs >> 16].map(|pairs| pairs & 0x0000_00FF_0000_00FF);
            let sum = low.wrapping_mul(100 + (1_000_000 << 32)).wrapping_add(high.wrapping_mul(1 + (10_000 << 32)));
            u32::try_from(sum >> 32).unwrap_or(u32::MAX)
        }
        _ => number(&bytes[start..end]),
    }
}

/// Whether the bytes at `at` have the shape: `d` is a digit, everything else itself.
pub(super) fn is_shape(bytes: &[u8], at: usize, shape: &[u8]) -> bool {
    // The separators tell first; the digits are then asked for all at once.
    let part = bytes.get(at..at + shape.len()).unwrap_or(&[]);
    let parted = part.iter().zip(shape).all(|(byte, want)| *want == b'd' || byte == want);
    let other = |(byte, want): (&u8, &u8)| u8::from(*want == b'd') & u8::from(byte.wrapping_sub(b'0') > 9);
    parted && !part.is_empty() && part.iter().zip(shape).map(other).fold(0, |any, one| any | one) == 0
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_what_the_digits_say_wherever_they_stand() {
        for text in ["x1", "7", "12", "in 1962 ", "on 03/14", "12345678", "x 00000009", "123456789", "99999999999"] {
            let digits: Vec<usize> = (0..text.len()).filter(|&i| text.as_bytes()[i].is_ascii_digit()).collect();
            for (i, start) in digits.iter().enumerate() {
                let end = digits[i..].iter().zip(*start..).take_while(|(at, want)| *at == want).count() + start;
                assert_eq!(value(text.as_bytes(), *start, end), number(&text.as_bytes()[*start..end]), "{text}");
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
