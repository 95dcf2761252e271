//! Digits and telephone numbers.
//!
//! A telephone number is read from left to right, first matching row:
//!
//! | read | effect |
//! |---|---|
//! | a decimal digit of any script | kept, as ASCII |
//! | `+` before the first digit | the number is international |
//! | `x`, `#` or `;` after a digit (also in `ext. 12`, `;ext=5`) | the rest is an extension and is cut off |
//! | `(0)` after the country code of an international number | the trunk zero is skipped |
//! | anything else | skipped |
//!
//! `x`, `+`, `#` and `;` count in both cases and in full width. The digits read are then brought to one form, first
//! matching row (N is 2 to 9, as in every area code of the North American numbering plan):
//!
//! | digits | example | normal form |
//! |---|---|---|
//! | leading `00` and no `+` | `0049 30 123456` | as the rest after `+` |
//! | 11 digits, `1` then N | `+1 555 806 9773`, `1-555-806-9773` | without the `1`: `5558069773` |
//! | international | `+49 (0)30 123456` | `+` and the digits: `+4930123456` |
//! | none | `unknown` | nothing |
//! | other | `(555) 806-9773`, `030 123456` | the digits: `5558069773`, `030123456` |
//!
//! `011` is not taken for an international prefix: it is one only when dialled from North America, and an area code
//! elsewhere. Letters are not translated by keypad.

use super::{buffer, class};

/// Appends the decimal digits of `input`.
pub(super) fn digits(input: &str, out: &mut Vec<u8>) {
    buffer::reserve(out, input.len());
    out.extend(input.chars().filter_map(digit));
}

/// Appends the normal form of a telephone number.
pub(super) fn phone(input: &str, out: &mut Vec<u8>) {
    // One more than the digits, for a `+` in place of a longer `00` or of none.
    buffer::reserve(out, input.len() + 1);
    let start = out.len();
    let mut plus = false;
    let mut rest = input.chars();
    while let Some(c) = rest.next() {
        let read = &out[start..];
        match c {
            '+' | '＋' if read.is_empty() => plus = true,
            'x' | 'X' | 'ｘ' | 'Ｘ' | '#' | '＃' | ';' | '；' if !read.is_empty() => break,
            '(' if has_country_code(read, plus) && rest.as_str().starts_with("0)") => {
                rest.next();
            }
            _ => out.extend(digit(c)),
        }
    }
    unify_prefix(out, start, plus);
}

fn has_country_code(digits: &[u8], plus: bool) -> bool {
    match digits {
        [] => false,
        _ if plus => true,
        [b'0', b'0', code @ ..] => !code.is_empty(),
        _ => false,
    }
}

fn unify_prefix(out: &mut Vec<u8>, start: usize, plus: bool) {
    let mut international = plus;
    if !plus && out[start..].starts_with(b"00") {
        out.drain(start..start + 2);
        international = true;
    }
    match &out[start..] {
        [] => {}
        [b'1', b'2'..=b'9', subscriber @ ..] if subscriber.len() == 9 => {
            out.remove(start);
        }
        _ if international => out.insert(start, b'+'),
        _ => {}
    }
}

/// The ASCII digit of the same value, for a decimal digit of any script.
#[inline]
fn digit(c: char) -> Option<u8> {
    match c {
        '0'..='9' => u8::try_from(c).ok(),
        _ if c.is_ascii() => None,
        _ => class::decimal_value(c).map(|value| b'0' + value),
    }
}
