//! What stands between a value and another one of the same kind and shape in its sentence: `Mom's MRN 4074506, baby's
//! 2281174`.

use crate::guard::byte::{self, ALNUM};
use crate::guard::words::WordSet;

/// Words that tell of two values of one kind: whose the second is, or what became of the first.
static SECOND: WordSet<256> = WordSet::new(
    "donor recipient twin mom mother dad father baby newborn infant husband wife spouse son daughter child sister \
    brother sibling typed keyed entered got refile refiled refiling dup dupe duplicate duplicates merge belongs second \
    secondary other wrong correct incorrect 2nd lead spare either mistyped left right ours yours theirs",
);
/// Words that may stand beside these.
static LIGHT: WordSet<128> = WordSet::new(
    "and or i we you they he she has have is it its s the a an to as under with for of in at was my her his their our \
    please then but by not also should instead be were one number no nor opened",
);
/// The longest text of such words, in bytes.
const LONGEST: usize = 40;

/// Whether the text between two values says that the second is another one of its kind.
pub(in super::super) fn second_gap(bytes: &[u8], from: usize, to: usize) -> bool {
    let gap = bytes.get(from..to).filter(|gap| (5..=LONGEST).contains(&gap.len())).unwrap_or(&[]);
    let (mut told, mut words) = (false, gap.split(|byte| !byte::is(*byte, ALNUM)).filter(|word| !word.is_empty()));
    let signs = |byte: &u8| byte::is(*byte, ALNUM) || matches!(byte, b' ' | b',' | b'\'' | b'-');
    // `Chart 7337828 opened. Dup of 6088593`.
    let stop = gap.windows(5).position(|part| matches!(part, b". Dup" | b". dup")).unwrap_or(0);
    gap[..stop].iter().all(signs)
        && gap[stop + usize::from(stop > 0)..].iter().all(signs)
        && words.all(|word| {
            let tells = SECOND.has(word);
            told |= tells;
            tells || LIGHT.has(word)
        })
        && told
}

/// The longest way to a second value that is announced, in bytes.
const FAR: usize = 64;

/// Whether a second or other one is announced, however long it is: `; they have me twice, second one is `.
pub(in super::super) fn announced_gap(bytes: &[u8], from: usize, to: usize) -> bool {
    let gap = bytes.get(from..to).filter(|gap| (12..=FAR).contains(&gap.len())).unwrap_or(&[]);
    let ends = [&b"second one is "[..], b"other one is ", b"second one: ", b"other one: "]
        .iter()
        .any(|end| gap.ends_with(end));
    ends && gap.iter().all(|byte| byte::is(*byte, byte::ALPHA) || b" ,;'".contains(byte))
}

/// Whether the value that starts at `to` is the next item of a list with one value in each line: both lines start
/// alike, with the mark of an item or, where `bare`, with nothing. The value before is `before..from`.
pub(in super::super) fn item_gap(bytes: &[u8], (before, from): (usize, usize), to: usize, bare: bool) -> bool {
    let gap = bytes.get(from..to).filter(|gap| gap.len() <= 24).unwrap_or(&[]);
    let Some(line) = gap.iter().position(|byte| *byte == b'\n') else { return false };
    let (tail, lead) = gap.split_at(line);
    let marks = lead.iter().filter(|byte| !b"\n \t'\"".contains(byte)).count();
    let item = match marks {
        0 => bare,
        1 => lead.iter().any(|byte| b"-*+".contains(byte)),
        _ => marks == 3 && lead.windows(3).any(|three| three == "•".as_bytes()),
    };
    let closes = tail.iter().all(|byte| b"'\",\r ".contains(byte));
    let next_line = || lead.iter().filter(|byte| **byte == b'\n').count() == 1;
    let numbered = || next_line() && is_numbered(bytes, to) && is_numbered(bytes, before);
    closes && ((item && bytes[..before].ends_with(lead)) || numbered())
}

/// Whether the value at `start` is a numbered item of its line: `2. 4482914`.
fn is_numbered(bytes: &[u8], start: usize) -> bool {
    let Some(line) = bytes[start.saturating_sub(12)..start].rsplit(|byte| *byte == b'\n').next() else { return false };
    let number = line.trim_ascii_start();
    !number.is_empty() && item_number(number) == number.len() && line.len() < 12
}

/// How long the number of an item is with which the text starts: `1. `, `12) `.
pub(super) fn item_number(text: &[u8]) -> usize {
    let digits = text.iter().take(3).take_while(|byte| byte.is_ascii_digit()).count();
    match text.get(digits..digits + 2) {
        Some(b". " | b") ") if (1..=2).contains(&digits) => digits + 2,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_value_is_said_to_be_one() {
        for (text, want) in [
            (", baby's ", true),
            (" and refile under ", true),
            (", I typed ", true),
            (" dup of ", true),
            (", and was ", false),
            (", order ", false),
            ("; baby's ", false),
            (" weighs, baby ", false),
            (" opened. Dup of ", true),
            (". Baby ", false),
        ] {
            assert_eq!(second_gap(text.as_bytes(), 0, text.len()), want, "{text}");
        }
    }

    #[test]
    fn items_start_alike() {
        let next = |text: &str, bare| {
            let (a, b) = (text.find('1').unwrap_or(0), text.rfind('2').unwrap_or(0));
            item_gap(text.as_bytes(), (a, a + 1), b, bare)
        };
        assert!(next("x:\n- 1\n- 2", false) && next("x:\n  - '1'\n  - '2'", false) && next("x:\n• 1\n• 2", false));
        assert!(!next("x:\n  - 1\n- 2", false) && !next("x: 1\n- 2", false) && !next("x:\n- 1, y\n- 2", false));
        assert!(next("x:\n3. 1\n4. 2", false) && next("x:\n  3) 1,\n  4) 2", false));
        assert!(!next("x:\n3. 1\n4. y 2", false) && !next("x: 1\n4. 2", false));
        assert!(next("x:\n1\n2", true) && !next("x:\n1\n2", false) && !next("x:\n- 1\n\n- 2", false));
    }
}
