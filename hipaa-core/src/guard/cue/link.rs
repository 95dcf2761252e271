//! Words that tie a cue to the next one, or a birth date to that of a relative.

use super::gap::is_number_word;
use crate::guard::byte::{self, ALPHA, DIGIT, JOIN};
use crate::guard::words::WordSet;

static PREPOSITIONS: WordSet<16> = WordSet::new("on for from in per of");
static ARTICLES: WordSet<64> =
    WordSet::new("the a an this that her his their my our your s as it appears shown printed listed");
static KIN: WordSet<32> = WordSet::new(
    "husband wife spouse son daughter child baby twin brother sister mother father mom dad mine hers theirs ours yours",
);
/// Pronouns that need no noun.
static WHOSE: WordSet<16> = WordSet::new("mine hers theirs ours yours");
static OF_KIN: WordSet<32> = WordSet::new("and his her their the a on was born my our is s");

/// Whether only a preposition and its article stand between two words: `MBI's for`, `SSN on the`.
pub(in super::super) fn preposition_gap(bytes: &[u8], from: usize, to: usize) -> bool {
    let mut at = from;
    let mut seen = false;
    while at < to {
        let end = byte::skip(bytes, at, ALPHA).min(to);
        match bytes[at] {
            b' ' | b'#' | b'.' | b'\'' | b',' if end == at => at += 1,
            _ if PREPOSITIONS.has(&bytes[at..end]) => (seen, at) = (true, end),
            _ if end > at && (ARTICLES.has(&bytes[at..end]) || is_number_word(&bytes[at..end])) => at = end,
            _ => return false,
        }
    }
    seen
}

/// Whether what stands between two birth dates names a relative: ` and her husband on `, `, my son's is `.
pub(in super::super) fn kin_gap(bytes: &[u8], from: usize, to: usize) -> bool {
    let gap = bytes.get(from..to).filter(|gap| {
        gap.len() <= 32
            && (gap.starts_with(b" and ") || gap.ends_with(b"'s is ") || gap.ends_with(b"'s ") || whose(gap))
    });
    let mut relative = false;
    let of_kin = |word: &[u8]| {
        relative |= KIN.has(word);
        word.is_empty() || KIN.has(word) || OF_KIN.has(word)
    };
    gap.is_some_and(|gap| gap.split(|byte| matches!(byte, b' ' | b',' | b';' | b'/' | b':' | b'\'')).all(of_kin))
        && relative
}

/// Whether a pronoun that needs no noun says whose the next value is: `, mine is `, `; theirs `, `, theirs: `.
fn whose(gap: &[u8]) -> bool {
    let Some((b',' | b';' | b'/', gap)) = gap.split_first() else { return false };
    let mut words = gap.split(|byte| matches!(byte, b' ' | b':')).filter(|word| !word.is_empty());
    let (first, last) = (words.next().unwrap_or(&[]), words.next());
    WHOSE.has(first) && last.is_none_or(|last| last.eq_ignore_ascii_case(b"is")) && words.next().is_none()
}

/// What tests say between two values.
const ASSERTS: [&[u8]; 8] =
    [b"to equal", b"to be", b"to eql", b"but was", b"but got", b"but found", b"!=", b"does not equal"];

/// Where the same entry is kept, and who says so.
static ELSEWHERE: WordSet<256> = WordSet::new(
    "but although which what not is outside wallet cd disc sheet directory letterhead in the a on our we my his her their your chart id card epic cerner athena meditech ecw portal registration \
    record records insurance payer license passport band wristband requisition order label sticker system ehr emr file and now system it patient pt lis his ris lab ins mom dad mother father family wife husband medicare medicaid",
);
static SAYS: WordSet<32> = WordSet::new("per says said shows has have reads lists states gave labelled labeled");

/// What was done to an entry that was wrong.
static CHANGED: WordSet<32> = WordSet::new("changed corrected amended fixed revised to now it was and then");
/// The longest text between two births, in bytes.
pub(in super::super) const LONGEST: usize = 48;
/// Which child of the same mother is told of next.
static NEXT: WordSet<16> = WordSet::new("second third fourth other next youngest");
/// How it was born.
static BY: WordSet<64> = WordSet::new(
    "and her his their the my our one child baby son daughter was born on by via c section cesarean caesarean vaginally vaginal \
    svd nsvd vbac repeat",
);
/// How far before a second source the first one is looked for, in bytes.
const SAID: usize = 64;

/// Whether what stands between two birth dates says that another source has the second one: `, chart says `,
/// ` but in the portal `; or that one became the other.
pub(in super::super) fn contrast_gap(bytes: &[u8], from: usize, to: usize) -> bool {
    let gap = bytes.get(from..to).filter(|gap| (4..=32).contains(&gap.len()) || leads_far(gap));
    let Some(gap) = gap else { return false };
    if [&b" to "[..], b" now ", b"' and '", b"' and date '", b" instead of ", b" rather than "]
        .iter()
        .any(|known| gap.eq_ignore_ascii_case(known))
        || asserts(gap)
        || changes(gap)
        || differs(gap)
    {
        return true;
    }
    // `, which is not what the card shows (`.
    let gap = gap.strip_suffix(b"(").unwrap_or(gap);
    let signs = gap.iter().all(|byte| byte::is(*byte, ALPHA) || matches!(byte, b' ' | b',' | b';' | b':'));
    let mut words = gap.split(|byte| !byte::is(*byte, ALPHA)).filter(|word| !word.is_empty());
    let first = words.clone().next().unwrap_or(&[]);
    let but = first.eq_ignore_ascii_case(b"but");
    // `DOB 3/4/51 per chart 5/6/2024` goes on with another day.
    if first.eq_ignore_ascii_case(b"per") && gap.first() != Some(&b',') {
        return false;
    }
    let says = words.clone().any(|word| SAYS.has(word));
    signs && (but || says) && words.all(|word| ELSEWHERE.has(word) || SAYS.has(word))
}

/// Whether a clause about another source begins, which may be longer: `, which is not what the card shows (`.
fn leads_far(gap: &[u8]) -> bool {
    gap.len() <= LONGEST && gap.len() > 32 && (gap.starts_with(b", which ") || gap.starts_with(b" but "))
}

/// Whether the two entries are said to be different: `) does not match ID (`, ` differs from license `.
fn differs(gap: &[u8]) -> bool {
    let gap = gap.strip_prefix(b")").unwrap_or(gap);
    let gap = gap.strip_suffix(b"(").unwrap_or(gap);
    let told = [&b" does not match "[..], b" doesn't match ", b" doesnt match ", b" did not match ", b" differs from "]
        .iter()
        .find_map(|told| gap.get(..told.len()).filter(|start| start.eq_ignore_ascii_case(told)));
    told.is_some_and(|told| {
        gap[told.len()..].split(|byte| matches!(byte, b' ' | b'\'')).all(|word| word.is_empty() || ELSEWHERE.has(word))
    })
}

/// Whether one entry was made another: `) -> changed to `, `, corrected to `.
fn changes(gap: &[u8]) -> bool {
    let mut words = gap.split(|byte| matches!(byte, b' ' | b',' | b';' | b')' | b'-' | b'>'));
    gap.ends_with(b" to ") && words.all(|word| word.is_empty() || CHANGED.has(word))
}

/// Whether the birth of the next child follows: `first born on 3/4/2021 by cesarean, her second on 5/6/2024`.
pub(in super::super) fn next_birth_gap(bytes: &[u8], from: usize, to: usize) -> bool {
    let gap = bytes.get(from..to).filter(|gap| gap.len() <= LONGEST && gap.ends_with(b" on ")).unwrap_or(&[]);
    let mut next = false;
    let words = gap.split(|byte| matches!(byte, b' ' | b',' | b'-')).filter(|word| !word.is_empty());
    let mut known = words.map(|word| {
        next |= NEXT.has(word);
        NEXT.has(word) || BY.has(word)
    });
    known.all(|known| known) && next
}

/// Whether two sources of one entry are set side by side: `3/4/51 (card), 3/5/51 (`, `on card 3/4/51, on chart `.
fn set_beside(bytes: &[u8], gap: &[u8], to: usize) -> bool {
    let aside = gap.strip_prefix(b" (").and_then(|gap| gap.strip_suffix(b"), "));
    let behind = byte::skip(bytes, to, DIGIT | JOIN).min(to + 10);
    let on = gap.strip_prefix(b", on ").and_then(|gap| gap.strip_suffix(b" "));
    let sources = |gap: &[u8]| gap.split(|byte| *byte == b' ').all(|word| ELSEWHERE.has(word));
    aside.is_some_and(|gap| sources(gap) && bytes[behind..].starts_with(b" (")) || on.is_some_and(sources)
}

/// Whether the next source of the same entry follows one of which was told what it says: `pt says 3/4/51, chart `.
pub(in super::super) fn source_gap(bytes: &[u8], from: usize, to: usize) -> bool {
    let gap = bytes.get(from..to).filter(|gap| (4..=24).contains(&gap.len())).unwrap_or(&[]);
    let source = gap.strip_prefix(b", ").and_then(|gap| gap.strip_suffix(b" "));
    let floor = byte::back_to(bytes, from, b'\n', SAID);
    let floor = floor.max(byte::back_to(bytes, from, b';', SAID));
    source.is_some_and(|source| source.split(|byte| *byte == b' ').all(|word| ELSEWHERE.has(word)))
        && bytes[floor..from].windows(6).any(|part| matches!(part, b" says " | b"ismatc" | b"onflic" | b"screpa"))
        || set_beside(bytes, gap, to)
}

/// Whether a test says so of what it expected and what it got: `' to equal '`, `> but was: <`.
fn asserts(gap: &[u8]) -> bool {
    let open = |byte: &u8| matches!(byte, b'\'' | b'"' | b'<' | b'>' | b'`' | b' ' | b':' | b',');
    let from = gap.iter().position(|byte| !open(byte)).unwrap_or(0);
    let to = gap.iter().rposition(|byte| !open(byte)).map_or(from, |at| at + 1);
    ASSERTS.iter().any(|known| gap[from..to].eq_ignore_ascii_case(known))
}

/// Whether the date of another child follows, each in parentheses: `), Tuan (`.
pub(in super::super) fn sibling_gap(bytes: &[u8], from: usize, to: usize) -> bool {
    let gap = bytes.get(from..to).filter(|gap| gap.len() <= 32).unwrap_or(&[]);
    let name = gap.strip_prefix(b"), ").and_then(|gap| gap.strip_suffix(b" ("));
    let name = name.map(|name| name.strip_prefix(b"and ").unwrap_or(name));
    name.is_some_and(|name| {
        byte::at(name, 0, byte::UPPER) && name.iter().all(|byte| byte::is(*byte, ALPHA) || *byte == b' ')
    })
}

/// Whether the `;` between a cue and its value stands for a colon: no blank follows it, or the cue starts its line.
#[inline(never)]
pub(super) fn mistyped(bytes: &[u8], at: usize, to: usize) -> bool {
    let starts = || matches!(byte::prev(bytes, byte::back(bytes, at, ALPHA, 12)), 0 | b'\n');
    to == at + 1 || (to == at + 2 && bytes[at + 1] == b' ' && starts())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_source_has_another_date() {
        for text in [
            ", chart says ",
            " but in Cerner ",
            " but the ID says ",
            " to ",
            " but we have ",
            ") -> changed to ",
            ", per ins: ",
        ] {
            assert!(contrast_gap(text.as_bytes(), 0, text.len()), "{text}");
        }
        for text in [", chart ", " but admitted ", "; seen ", " to the ", " has fever since "] {
            assert!(!contrast_gap(text.as_bytes(), 0, text.len()), "{text}");
        }
    }
}
