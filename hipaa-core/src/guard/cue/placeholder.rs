//! Labels in square brackets: what a redaction wrote, or the label of what stands behind.

use crate::guard::Kind;
use crate::guard::byte::{self, ALNUM, LOWER};

/// The longest name in brackets that may be that of a redaction, in bytes.
const LONGEST: usize = 16;

/// Kinds that are often found without a label, and may stand before another value of theirs: `3/4/2024: 4/5 labs`.
const UNLABELLED: [Kind; 7] = [Kind::Date, Kind::Icd10, Kind::Age90, Kind::Url, Kind::Email, Kind::Ip, Kind::Mac];

/// Kinds that are hardly found at the start of a line without a label: `[MRN] 4482913` is no value and another one.
const LEADING: [Kind; 12] = [
    Kind::Mrn,
    Kind::Plan,
    Kind::Account,
    Kind::Device,
    Kind::License,
    Kind::Ssn,
    Kind::Dob,
    Kind::Zip,
    Kind::Phone,
    Kind::Fax,
    Kind::Npi,
    Kind::Dea,
];

/// Whether the words are the label of a redaction: `[SSN]`, `[CREDIT_CARD:abc]`; or a common word that tells who
/// writes a log: `[policy] 120447 loaded`.
#[inline]
pub(super) fn is_placeholder(bytes: &[u8], (start, end): (usize, usize), weak: bool) -> bool {
    let named = matches!(byte::prev(bytes, start), b'[' | b'_');
    named && (redacts(bytes, start, end) || (weak && writes(bytes, start, end)))
}

fn writes(bytes: &[u8], start: usize, end: usize) -> bool {
    byte::prev(bytes, start) == b'[' && byte::at(bytes, start, LOWER) && bytes[end..].starts_with(b"] ")
}

#[inline(never)]
fn redacts(bytes: &[u8], start: usize, end: usize) -> bool {
    let part = |byte: &&u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || **byte == b'_';
    let open = start - bytes[..start].iter().rev().take(LONGEST).take_while(part).count();
    let close = start + bytes[start..].iter().take(LONGEST).take_while(part).count();
    if byte::prev(bytes, open) != b'[' || close < end {
        return false;
    }
    let name = &bytes[open..close];
    match byte::peek(bytes, close) {
        b']' => kind_of(name).is_some_and(|kind| !labels(bytes, (open - 1, close + 1), kind)),
        b':' => is_surrogate(bytes, close),
        _ => false,
    }
}

/// Whether what a redaction wrote starts with the `[` at `open`.
pub(super) fn stands_for_value(bytes: &[u8], open: usize) -> bool {
    bytes.get(open + 1..).is_some_and(is_redaction)
}

/// Whether the text starts with the name in a label of a redaction, up to its `]` or `:`, or the end of the text.
pub(in super::super) fn is_redaction(text: &[u8]) -> bool {
    let part = |byte: &&u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || **byte == b'_';
    let end = text.iter().take(LONGEST).take_while(part).count();
    matches!(byte::peek(text, end), b']' | b':' | 0) && kind_of(&text[..end]).is_some()
}

/// The kind whose label is the name.
fn kind_of(name: &[u8]) -> Option<Kind> {
    Kind::ALL.iter().copied().find(|kind| kind.name().as_bytes().eq_ignore_ascii_case(name))
}

/// Whether the name in brackets is the label of a value right behind: `[MRN]: 4482913`, `WHERE [MRN]=N'4482913'`, or
/// at the start of a line.
fn labels(bytes: &[u8], (open, close): (usize, usize), kind: Kind) -> bool {
    let marked = match bytes.get(close..) {
        Some([b':' | b'=', ..] | [b' ', b'=', ..]) => !UNLABELLED.contains(&kind),
        Some([b' ', ..]) => LEADING.contains(&kind) && byte::leads_line(bytes, open, (b" \t-*>", 12)),
        _ => false,
    };
    marked && {
        let signs = |byte: &&u8| b" :='\"N".contains(byte);
        let value = close + bytes[close..].iter().take(6).take_while(signs).count();
        let word = byte::skip(bytes, value, ALNUM).min(value + LONGEST);
        bytes[value..word].iter().any(u8::is_ascii_digit)
    }
}

/// Whether a surrogate and its bracket stand behind the `:` at `colon`.
fn is_surrogate(bytes: &[u8], colon: usize) -> bool {
    let word = byte::skip(bytes, colon + 1, LOWER);
    word >= colon + 20 && byte::peek(bytes, word) == b']'
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_in_brackets_is_a_label_or_what_a_redaction_wrote() {
        for (text, redacted) in [
            ("seen [MRN] 4482913", true),
            ("MRN [MRN], seen", true),
            ("[MRN]", true),
            ("[MRN] ok", true),
            ("[MRN] 4482913", false),
            ("a\n- [MRN] 4482913", false),
            ("where [MRN]=N'4482913'", false),
            ("by [MRN]: 4482913", false),
            ("[MRN]: seen", true),
            ("[mrn] 4482913", true),
            ("the [MRN #] 4482913", false),
            ("[MRN:abcdefghijklmnopqrst] 1", true),
        ] {
            let start = text.to_ascii_lowercase().rfind("mrn").unwrap_or(0);
            let start = if text.starts_with("MRN [") { 5 } else { start };
            let start = if text.contains("MRN:a") { 1 } else { start };
            let lower = text.contains("[mrn]");
            assert_eq!(is_placeholder(text.as_bytes(), (start, start + 3), false), redacted && !lower, "{text}");
        }
    }

    #[test]
    fn a_label_of_a_redaction_stands_for_a_value() {
        assert!(stands_for_value(b"[MRN], 1", 0) && stands_for_value(b" [CREDIT_CARD:ab]", 1));
        assert!(!stands_for_value(b"[I10, Z23]", 0) && !stands_for_value(b"[mrn]", 0) && !stands_for_value(b"[", 0));
    }

    #[test]
    fn parts_of_the_name_count_too() {
        assert!(is_placeholder(b"a [CREDIT_CARD] b", (10, 14), false));
        assert!(is_placeholder(b"[policy] 120447", (1, 7), true) && !is_placeholder(b"[Policy] 1", (1, 7), true));
        assert!(!is_placeholder(b"[Zip Code] 04401", (1, 9), false));
        assert!(is_placeholder(b"[DATE]: 04/05", (1, 5), false));
    }
}
