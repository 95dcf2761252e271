//! Diagnoses on the forms of claims and assessments.

use super::super::token::Run;
use crate::guard::byte::{self, ALPHA, DIGIT};
use crate::guard::words::WordSet;

/// The longest text between two lines of a form, in bytes.
pub(super) const LONGEST: usize = 10;

/// What is asked or paid for a diagnosis: `the claim for E11.9`.
static ASKED: WordSet<32> =
    WordSet::new("claim claims auth authorization request referral order orders visit encounter test rx prescription");
/// What names the diagnosis behind the number of an item.
static RANKS: WordSet<16> = WordSet::new("primary principal other secondary admitting inpatient");

/// Whether only blanks, `Y` for present on admission or `MCC` for a complication, and the letter of the next
/// line of a form stand between two codes: ` Y  A `, ` MCC, `, `   C. `.
///
/// # Source
/// UB-04, form locator 67 (Y, N, U, W, 1); CMS-1500, item 21 (letters A to L).
pub(super) fn joins(gap: &[u8]) -> bool {
    let (blanks, rest) = blanks(gap);
    let flag = match rest {
        [b'Y' | b'N' | b'U' | b'W' | b'1', b' ' | b',' | b'\n', ..] => 1,
        [b'M', b'C', b'C', b' ' | b',' | b';', ..] => 3,
        [b'C', b'C', b' ' | b',' | b';', ..] => 2,
        _ => 0,
    };
    let behind = &rest[flag..];
    let behind = if flag > 1 { behind.strip_prefix(b",").unwrap_or(behind) } else { behind };
    let (_, behind) = self::blanks(behind);
    let lettered = match behind {
        [] => flag > 0,
        [b'A'..=b'Q', mark, end @ ..] => {
            let dotted = matches!(mark, b'.' | b')' | b':');
            (dotted || (flag > 0 && *mark == b' ')) && self::blanks(end).1.is_empty()
        }
        _ => false,
    };
    blanks > 0 && lettered
}

/// How many blanks and ends of lines a text starts with, and what follows.
fn blanks(text: &[u8]) -> (usize, &[u8]) {
    let count = text.iter().take(5).take_while(|byte| matches!(byte, b' ' | b'\n' | b'\r')).count();
    (count, &text[count..])
}

/// Whether what reads like a unit behind a code is the next label, or a complication: `K5730 Sec Dx`, `R1084 CC,`.
pub(super) fn goes_on(bytes: &[u8], run: Run) -> bool {
    let stop = byte::skip(bytes, run.end + 1, ALPHA);
    let unit = bytes.get(run.end + 1..stop).unwrap_or(&[]);
    let label = bytes.get(stop..stop + 3).is_some_and(|word| word.eq_ignore_ascii_case(b" dx"));
    run.len() > 3 && byte::peek(bytes, run.end) == b' ' && (label || unit == b"CC")
}

/// Whether it is the number of an item in an assessment: no code of chapter I ends with a letter, and no code stands
/// before the name of a diagnosis: `I8000A M17.11`, `M1023 OTHER DX`.
///
/// # Source
/// MDS 3.0 section I; OASIS items M1021 and M1023.
pub(super) fn is_item(bytes: &[u8], run: Run) -> bool {
    if run.len() < 5 {
        return false;
    }
    if bytes[run.start] == b'I' {
        return !byte::is(byte::prev(bytes, run.end), DIGIT);
    }
    if bytes[run.start] != b'M' || byte::peek(bytes, run.end) != b' ' {
        return false;
    }
    let stop = byte::skip(bytes, run.end + 1, ALPHA);
    let named = bytes.get(stop..stop + 3).is_some_and(|word| word.eq_ignore_ascii_case(b" dx") || word == b" Dia");
    named && RANKS.has(&bytes[run.end + 1..stop])
}

/// Whether the code may be the number of an item of section I of the MDS: `I2000 pneumonia`.
pub(super) fn may_be_item(code: &[u8]) -> bool {
    code.len() == 5 && code[0] == b'I' && code.ends_with(b"00")
}

/// Whether a claim or an order is for what starts at `start`.
pub(super) fn subject(bytes: &[u8], start: usize) -> bool {
    bytes[..start].strip_suffix(b" for ").is_some_and(|before| {
        let from = byte::back(before, before.len(), ALPHA, 16);
        ASKED.has(&before[from..])
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_joins_codes() {
        for gap in [" Y  A ", " N  ", " MCC, ", " CC ", "   C. ", "\nB. ", "  D) ", " 1 B "] {
            assert!(joins(gap.as_bytes()), "{gap:?}");
        }
        for gap in ["", " ", " A ", " Z ", "Y A ", " MCC1 ", " C.1 ", " mg "] {
            assert!(!joins(gap.as_bytes()), "{gap:?}");
        }
    }

    #[test]
    fn items_are_no_codes() {
        for (text, want) in [
            ("I8000A M17.11", true),
            ("I2000 pneumonia", false),
            ("M1023 OTHER DX", true),
            ("M1023 other joints", false),
            ("M1711 N", false),
        ] {
            let end = text.find(' ').unwrap();
            let run = Run { start: 0, end, digits: end - 1, sep: 0 };
            assert_eq!(is_item(text.as_bytes(), run), want, "{text}");
        }
    }
}
