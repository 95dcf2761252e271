//! What stands between `faxed` and the number it went to, and between `fax` and the number it speaks for.

use super::gap::{LINKS, MONTHS};
use crate::guard::byte::{self, ALNUM, ALPHA, DIGIT};
use crate::guard::words::WordSet;

/// What stands between a fax and its number: ` 12 pages on 3/4 at 10:20 AM to `.
static SENT: WordSet<64> = WordSet::new(
    "on at am pm page pages pp pg pgs to the and cover sheet sent over back within h hr hrs hour hours day days business by in of receipt",
);

/// Whether a fax goes from here to there, with pages and a date between at most: ` 3/4/2024 to `.
pub(in super::super) fn sent_gap(bytes: &[u8], from: usize, to: usize) -> bool {
    let gap = bytes.get(from..to).unwrap_or(&[]);
    let last = gap.strip_suffix(b" ").or_else(|| gap.strip_suffix(b"=")).unwrap_or(&[]);
    // `[fax-server] job 48331988 dest 206-555-0109`.
    if ["dest", "dst", "destination", "recipient"].iter().any(|word| last.ends_with(word.as_bytes())) {
        return !gap.contains(&b'\n');
    }
    let ends = gap.ends_with(b" to ")
        || ((gap.ends_with(b":") || gap.ends_with(b": ") || gap.ends_with(b" - "))
            && (begins(gap, b" back ") || begins(gap, b" within ")));
    let gap = Some(gap).filter(|gap| gap.len() <= 40 && gap.starts_with(b" ") && ends);
    let known = |word: &[u8]| match word.first() {
        Some(b'0'..=b'9') => word.len() <= 4,
        _ => SENT.has(word) || MONTHS.has(&word[..word.len().min(3)]),
    };
    gap.is_some_and(|gap| {
        let clean = gap.iter().all(|byte| byte::is(*byte, ALNUM) || b" /-:.,".contains(byte));
        clean && gap.split(|byte| !byte::is(*byte, ALNUM)).all(|word| word.is_empty() || known(word))
    })
}

fn begins(gap: &[u8], words: &[u8]) -> bool {
    gap.get(..words.len()).is_some_and(|start| start.eq_ignore_ascii_case(words))
}

/// Whether a word or two behind the cue that ends at `end` lead to a number of its own: `, fax orders 206-555-0109`.
pub(super) fn leads_on(bytes: &[u8], end: usize) -> bool {
    let mut at = end;
    for _ in 0..3 {
        at += usize::from(byte::peek(bytes, at) == b' ');
        let digits = byte::skip(bytes, at, DIGIT) - at;
        if digits > 0 || matches!(byte::peek(bytes, at), b'(' | b'+') {
            return matches!(digits, 0 | 3 | 10 | 11) || (digits == 1 && bytes[at] == b'1');
        }
        let word = byte::skip(bytes, at, ALPHA);
        if word == at || LINKS.has(&bytes[at..word]) {
            return false;
        }
        at = word;
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fax_goes_past_pages_and_dates() {
        let sent = |text: &str| sent_gap(text.as_bytes(), 0, text.len());
        for text in [
            " 3/4/2024 to ",
            " 12 pages to ",
            " on Mar 4, 2024 at 10:20 AM to ",
            " back within 48 h: ",
            "-server] job 4833 dest ",
        ] {
            assert!(sent(text), "{text}");
        }
        for text in [" 3/4/2024 ", " the 12 patients to ", " 4833198812 to ", "; then to ", "] job\ndest "] {
            assert!(!sent(text), "{text}");
        }
    }

    #[test]
    fn a_label_may_lead_to_a_number_of_its_own() {
        for text in [" orders 206-555-0109", " orders to (206) 555-0109", " 2065550109", " back +1 206"] {
            assert!(leads_on(text.as_bytes(), 0), "{text}");
        }
        for text in [" and 206-555-0109", " sent 3/4/2024", " ok.", " received on 12 pages"] {
            assert!(!leads_on(text.as_bytes(), 0), "{text}");
        }
    }
}
