//! Values that are no number of a person, whatever their key says.

use crate::guard::{Kind, byte};

/// Whether the value of a key that names a kind without a format may be such a number. Under a
/// common word (`plan`, `account`) it must have more digits, but for a `plate`.
pub(super) fn may_be_number(text: &str, kind: Kind, weak: bool) -> bool {
    let value = text.trim().as_bytes();
    let digits = value.iter().filter(|byte| byte.is_ascii_digit()).count();
    let plate = kind == Kind::License && digits < value.len();
    let enough = if plate { 2 } else { 5 };
    let common = digits >= enough && !is_compact_date(value);
    // Plans and policies of anything are counted, too.
    let counted = kind == Kind::Plan && digits < 5 && digits == value.len();
    (!weak || common) && !counted && !is_date(value) && !is_version(value) && !is_amount(value) && !is_product(value)
}

/// `2012-10-17`, with or without a time, and `10/17/2012`.
fn is_date(value: &[u8]) -> bool {
    let part = |from: usize, to: usize| byte::number(value.get(from..to).unwrap_or(&[]));
    let real = |year, month, day| (1800..2200).contains(&year) && is_day(month, day);
    let iso = byte::is_shape(value, 0, b"dddd-dd-dd") && matches!(value.get(10), None | Some(b'T' | b' '));
    let us = byte::is_shape(value, 0, b"dd/dd/dddd") && value.len() == 10;
    (iso && real(part(0, 4), part(5, 7), part(8, 10))) || (us && real(part(6, 10), part(0, 2), part(3, 5)))
}

/// `20241231`.
fn is_compact_date(value: &[u8]) -> bool {
    let shaped = value.len() == 8
        && byte::is_shape(value, 0, b"dddddddd")
        && (value.starts_with(b"19") || value.starts_with(b"20"));
    shaped && is_day(byte::number(&value[4..6]), byte::number(&value[6..8]))
}

fn is_day(month: u32, day: u32) -> bool {
    (1..=12).contains(&month) && (1..=31).contains(&day)
}

/// `Apache-2.0`, `17.4.1`: one or two digits on both sides of every point.
fn is_version(value: &[u8]) -> bool {
    let digits = |part: &mut dyn Iterator<Item = &u8>| part.take_while(|byte| byte.is_ascii_digit()).count();
    let short = |at: usize| {
        let (before, behind) = (digits(&mut value[..at].iter().rev()), digits(&mut value[at + 1..].iter()));
        (1..=2).contains(&before) && (1..=2).contains(&behind)
    };
    let mut points = memchr::memchr_iter(b'.', value).peekable();
    points.peek().is_some() && points.all(short)
}

/// `1250.00`: digits with one point, one or two of them behind it.
fn is_amount(value: &[u8]) -> bool {
    let Some(point) = value.iter().position(|byte| *byte == b'.') else { return false };
    let numeric = |part: &[u8]| part.iter().all(u8::is_ascii_digit);
    numeric(&value[..point]) && numeric(&value[point + 1..]) && (1..=2).contains(&(value.len() - point - 1))
}

/// `gold-2024`, `ios-17`: lower-case or capitalized words and a short number or a year.
fn is_product(value: &[u8]) -> bool {
    let plain = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b' ');
    if !value.iter().all(plain) || !value.iter().any(u8::is_ascii_lowercase) {
        return false;
    }
    let mut numbers = value.split(|byte| !byte.is_ascii_digit()).filter(|run| !run.is_empty());
    let (Some(number), None) = (numbers.next(), numbers.next()) else { return false };
    let words = value.split(|byte| !byte.is_ascii_alphabetic()).filter(|run| !run.is_empty());
    let year = number.len() == 4 && (number.starts_with(b"19") || number.starts_with(b"20"));
    (number.len() <= 2 || year) && words.clone().next().is_some() && words.clone().all(|word| word.len() >= 3)
}

/// `E11 gout`: a shorter text is no sentence.
const SHORTEST_PROSE: usize = 8;

/// Whether a text is a sentence or a value with its description, `E11.9 diabetes`, and no number with the name of
/// a thing. Beside the name of a program a number with points is a version, unless a small word leads to it.
pub(super) fn is_prose(text: &str, program: bool) -> bool {
    if text.len() < SHORTEST_PROSE || memchr::memchr(b' ', text.as_bytes()).is_none() {
        return false;
    }
    let (mut words, mut described, mut numbered, mut version, mut led) = (0, false, false, false, false);
    for word in text.split_ascii_whitespace() {
        let word = word.trim_matches(|c: char| c.is_ascii_punctuation()).as_bytes();
        if word.iter().any(u8::is_ascii_digit) {
            numbered = true;
            version |= !led && word.iter().filter(|byte| **byte == b'.').count() > 1;
        } else if word.len() >= 2 && word[0].is_ascii_alphabetic() {
            words += usize::from(word.len() >= 3 || word[0].is_ascii_lowercase());
            described |= numbered && word.len() >= 4;
        }
        led = words >= 2 && word.iter().all(u8::is_ascii_lowercase);
    }
    !(program && version) && (words >= 2 || described)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sentence_is_no_number() {
        for text in
            ["E11.9 diabetes", "Login failed from 73.46.40.93", "5'4\", seen by Dr. Lee, E11.9", "E11.9 (stable)"]
        {
            assert!(is_prose(text, false), "{text}");
        }
        for text in ["1245319599", "SO 1245319599", "Lot 4482913", "617-842-3311", "REF NO 4482913", "E11.9 DM2"] {
            assert!(!is_prose(text, false), "{text}");
        }
        assert!(is_prose("Login failed from 73.46.40.93", true) && is_prose("Pt reachable at 617-842-3311", true));
        for text in ["Apache Tomcat Server 9.0.41.2", "v 2.1.3.4 beta build", "Apache 9.0.41.52 on Linux server"] {
            assert!(!is_prose(text, true), "{text}");
        }
    }

    #[test]
    fn dates_versions_amounts_and_products_are_no_numbers() {
        for text in [
            "2012-10-17",
            "2024-01-02T10:00:00Z",
            "10/17/2012",
            "Apache-2.0",
            "GPL-3.0-only",
            "CC-BY-4.0",
            "17.4.1",
            "1250.00",
            "gold-2024",
            "ios-17",
            "Silver 2025",
            "2024-gold-hmo",
            "windows11",
        ] {
            assert!(!may_be_number(text, Kind::Plan, false), "{text}");
        }
        for text in [
            "4482913",
            "HAR-9140086",
            "2012-13-17",
            "12.345.678",
            "S123.456.78",
            "lh-448291",
            "pump-4471",
            "XYZ-17",
            "PM2024",
            "a7-2024",
        ] {
            assert!(may_be_number(text, Kind::Plan, false), "{text}");
        }
        assert!(!may_be_number("PPO-1500", Kind::Plan, true) && !may_be_number("20241231", Kind::Plan, true));
        assert!(may_be_number("HAR-9140086", Kind::Account, true) && may_be_number("7ABC 123", Kind::License, true));
    }
}
