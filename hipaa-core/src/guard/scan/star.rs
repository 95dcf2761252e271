//! Stars beside a value: emphasis and footnotes leave it a value, a mask does not.

use crate::guard::byte::{self, ALNUM, BLANK};

/// The most stars of one emphasis.
const LONGEST: usize = 3;
/// How far the other stars of an emphasis are looked for, in bytes.
const REACH: usize = 96;

/// Whether a mask character touches the span: what is left of a masked value is no value.
#[inline]
pub(super) fn masked(bytes: &[u8], start: usize, end: usize) -> bool {
    let (before, behind) = (byte::prev(bytes, start), byte::peek(bytes, end));
    match before == b'*' || behind == b'*' {
        false => before == b'$',
        true => !emphasised(bytes, start, end),
    }
}

/// Whether a sign before a number is a star that bounds nothing: `**Age:** 93`, `* 93 years`.
pub(super) fn opens(bytes: &[u8], at: usize, start: usize) -> bool {
    let stars = stars_before(bytes, at);
    let before = at - stars;
    let few = (1..=LONGEST).contains(&stars);
    match at == start {
        true => few && !byte::is(byte::prev(bytes, before), ALNUM),
        false => few && (!byte::is(byte::prev(bytes, before), BLANK) || leads_line(bytes, before)),
    }
}

/// How many stars of an emphasis end a value at `end`.
pub(super) fn closing(bytes: &[u8], end: usize) -> usize {
    if byte::peek(bytes, end) != b'*' {
        return 0;
    }
    let stars = stars_behind(bytes, end);
    if stars <= LONGEST { stars } else { 0 }
}

/// Whether only blanks and quotation marks of mail stand between the start of the line and `at`.
pub(super) fn leads_line(bytes: &[u8], at: usize) -> bool {
    byte::leads_line(bytes, at, (b" >\t", 16))
}

#[inline(never)]
fn emphasised(bytes: &[u8], start: usize, end: usize) -> bool {
    let (before, behind) = (stars_before(bytes, start), stars_behind(bytes, end));
    if before > LONGEST || behind > LONGEST {
        return false;
    }
    let left = !byte::is(byte::prev(bytes, start - before), ALNUM);
    let right = !byte::at(bytes, end + behind, ALNUM);
    match (before, behind) {
        (a, b) if a == b => left && right,
        (0, 1) if right => true,
        (0, stars) => right && opened(bytes, start, stars),
        // A whole number behind one star: what a mask leaves is shorter.
        (1, 0) if left && end - start >= 9 => true,
        (stars, 0) => left && closed(bytes, end, stars),
        _ => false,
    }
}

/// How many stars end at `at`; one more than an emphasis has stands for all that are more.
fn stars_before(bytes: &[u8], at: usize) -> usize {
    let floor = at.saturating_sub(LONGEST + 1);
    bytes[floor..at].iter().rev().take_while(|byte| **byte == b'*').count()
}

fn stars_behind(bytes: &[u8], at: usize) -> usize {
    bytes.iter().skip(at).take(LONGEST + 1).take_while(|byte| **byte == b'*').count()
}

/// Whether so many stars open an emphasis before `start`, on its line.
fn opened(bytes: &[u8], start: usize, stars: usize) -> bool {
    let mut at = start;
    while at > start.saturating_sub(REACH) && bytes[at - 1] != b'\n' {
        let run = stars_before(bytes, at);
        let free = !byte::is(byte::prev(bytes, at - run), ALNUM);
        if run == stars && byte::at(bytes, at, ALNUM) && free {
            return true;
        }
        at -= run.max(1);
    }
    false
}

/// Whether so many stars close an emphasis behind `end`, on its line.
fn closed(bytes: &[u8], end: usize, stars: usize) -> bool {
    let mut at = end;
    while at < end + REACH && !matches!(byte::peek(bytes, at), 0 | b'\n') {
        let run = stars_behind(bytes, at);
        let free = !byte::at(bytes, at + run, ALNUM);
        if run == stars && !byte::is(byte::prev(bytes, at), BLANK) && free {
            return true;
        }
        at += run.max(1);
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_masked(text: &str) -> bool {
        let digit = |byte: &u8| byte.is_ascii_digit();
        let (start, end) = (text.bytes().position(|b| digit(&b)), text.bytes().rposition(|b| digit(&b)));
        masked(text.as_bytes(), start.unwrap_or(0), end.map_or(0, |end| end + 1))
    }

    #[test]
    fn emphasis_and_footnotes_are_no_masks() {
        for text in [
            "**12345**",
            "*12345*",
            "a ***12345***.",
            "12345*",
            "12345* and",
            "**MRN: 12345**",
            "*MRN 12345, seen*",
            "**12345 (MRN)** x",
            "*123456789",
        ] {
            assert!(!is_masked(text), "{text}");
        }
    }

    #[test]
    fn what_a_mask_leaves_stays_masked() {
        for text in ["****1234", "**1234", "*1234", "12**", "1234****", "B*57", "XX*12345*", "3*4*x", "$12", "** 12**x"]
        {
            assert!(is_masked(text), "{text}");
        }
    }
}
