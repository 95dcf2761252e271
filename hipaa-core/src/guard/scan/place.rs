//! Whether two capitals before five digits are a state: `OR`, `IN` and `PA` are words of notes
//! too, and a code of a procedure has five digits like a ZIP code.

use super::near::word_behind;
use crate::guard::Confidence;
use crate::guard::byte::{self, ALPHA, DIGIT, HIGH, LOWER, UPPER};
use crate::guard::words::WordSet;

/// How far before a state a street is looked for, in bytes.
const STREET_REACH: usize = 64;

/// What ends the name of a street.
static STREETS: WordSet<128> = WordSet::new(
    "st street ave avenue rd road blvd boulevard dr drive ln lane ct court way pl place pkwy parkway hwy highway \
    cir circle ter terrace trl trail sq square loop route rte rural",
);
/// What an address has besides, or has before it.
static ADDRESSES: WordSet<64> =
    WordSet::new("box pob suite apt address lives lived resides residing mailing mailed moved moving relocated");

/// What somebody does where an address is.
static RESIDES: WordSet<16> = WordSet::new("lives lived living live resides resided residing");

/// Codes that stand for little else in a note.
static PLAIN: WordSet<64> = WordSet::new("ak az ia ks ky mn nd nh nj nm nv ny sd ut wi wv wy gu");
/// Codes that are English words.
static SPOKEN: WordSet<16> = WordSet::new("or in ok me hi oh");

/// Words that stand before such two letters and are no city.
static NO_CITY: WordSet<128> = WordSet::new(
    "paid not code codes cpt hcpcs charge charges billed billing bill claim claims denied approved required \
    result results lab labs test tests status modifier auth see per and the with breast lung prostate colon \
    ovarian thyroid bladder renal gastric pancreatic cervical brain chest abdomen knee hip shoulder spine \
    procedure procedures item items order orders inventory sample samples total chapter section batch count codes proc lesion tumor dose platelets wbc rbc plt hgb",
);

/// Words behind five digits that are counted, charged or compared.
static COUNTED: WordSet<64> =
    WordSet::new("x ea each w vs unit units req reqd required rows files cases per mod modifier qty times bid");

/// What tells that `in` is no inch.
static TIMES: WordSet<64> = WordSet::new(
    "the january february march april may june july august september october november december spring summer fall autumn \
    winter early late jan feb mar apr jun jul aug sep sept oct nov dec",
);
/// What somebody lives in, where `in` is no inch either.
static HOMES: WordSet<64> = WordSet::new(
    "apartment apt house home condo trailer shelter assisted retirement nursing memory group senior subsidized public \
    two single one private mobile townhouse duplex",
);

/// What may follow an address on its line.
static ENDS: WordSet<64> = WordSet::new(
    "usa us united phone ph tel telephone fax home cell work mobile t p f o h c email dob attn mrn ssn country",
);

/// How a city is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum City {
    None,
    Capitals,
    Proper,
}

/// How sure a state code at `code` makes a ZIP code that ends at `end`.
pub(super) fn confidence(bytes: &[u8], code: (usize, usize), end: usize) -> Confidence {
    let comma_at = back_over_blanks(bytes, code.0);
    let comma = byte::prev(bytes, comma_at) == b',';
    let city_end = if comma { back_over_blanks(bytes, comma_at - 1) } else { comma_at };
    let city_start = byte::back(bytes, city_end, ALPHA | HIGH, 24);
    let city = city_of(&bytes[city_start..city_end]);
    if city == City::Proper && comma {
        return Confidence::High;
    }
    let (state, listed) = (&bytes[code.0..code.1], neighbour(bytes, end));
    let ends = ends_well(bytes, end) && !listed;
    let located = || street(bytes, city_start.saturating_sub(STREET_REACH), city_start);
    // The post office asks for two blanks before a ZIP code.
    let ends = ends || (!listed && bytes[code.1..end - 5] == *b"  ");
    let spoken = SPOKEN.has(state) && state != b"OH" && bytes[code.1..end - 5] != *b"  ";
    match city {
        _ if counted(bytes, end) => Confidence::Low,
        City::Capitals if comma && (PLAIN.has(state) || ends || located()) => Confidence::High,
        City::Proper if !listed && PLAIN.has(state) => Confidence::Medium,
        City::Proper if ends => Confidence::Medium,
        City::Capitals if ends && city_end - city_start > 3 && !spoken => Confidence::Medium,
        _ if (comma || city != City::None) && located() => Confidence::Medium,
        // `lives in MO 64128`.
        _ if ends && resides(bytes, code.0) => Confidence::Medium,
        _ => Confidence::Low,
    }
}

/// Whether the bytes hold a street with its number, or a word of an address.
fn street(bytes: &[u8], from: usize, to: usize) -> bool {
    let (mut at, mut number, mut words) = (from, false, 0);
    while at < to {
        let end = byte::skip(bytes, at, ALPHA | DIGIT).min(to);
        let word = &bytes[at..end];
        match bytes[at] {
            b'0'..=b'9' if word.iter().all(u8::is_ascii_digit) => (number, words) = (word.len() < 6, 0),
            _ if ADDRESSES.has(word) || (number && words > 0 && STREETS.has(word)) => return true,
            _ if end > at => words += 1,
            b' ' | b'.' | b'\'' | b'-' => {}
            _ => number = false,
        }
        at = end.max(at + 1);
    }
    false
}

/// Whether only a preposition stands between the code of a state at `code` and a word for where somebody lives.
fn resides(bytes: &[u8], code: usize) -> bool {
    let Some(before) = code.checked_sub(4).map(|at| &bytes[..at]) else { return false };
    let leads = &bytes[before.len()..code];
    (leads.eq_ignore_ascii_case(b" in ") || leads.eq_ignore_ascii_case(b" at "))
        && RESIDES.has(&before[byte::back(before, before.len(), ALPHA, 12)..])
}

/// Whether a street and a city stand before the code of a state at `code`, and an address may end behind `span`.
#[inline(never)]
pub(super) fn ends_address(bytes: &[u8], code: usize, span: (usize, usize)) -> bool {
    let ends =
        !SPOKEN.has(&bytes[code..byte::skip(bytes, code, ALPHA)]) && (span.1 - span.0 > 5 || ends_well(bytes, span.1));
    ends && !neighbour(bytes, span.1) && street(bytes, code.saturating_sub(STREET_REACH), code)
}

/// Whether a time follows, where `in` is no unit: `Flint, MI 48524 in the spring`.
pub(super) fn in_time(bytes: &[u8], end: usize) -> bool {
    let rest = bytes[end..].strip_prefix(b" in ").unwrap_or(&[]);
    let word = &rest[..byte::skip(rest, 0, ALPHA)];
    TIMES.has(word)
        || HOMES.has(after_article(rest, word))
        || (byte::is_shape(rest, 0, b"dddd") && matches!(rest[0], b'1' | b'2'))
}

/// The word, or the one behind it where it is an article: `an apartment`.
fn after_article<'t>(rest: &'t [u8], word: &'t [u8]) -> &'t [u8] {
    match word {
        b"a" | b"an" | b"his" | b"her" => {
            rest.get(word.len() + 1..byte::skip(rest, word.len() + 1, ALPHA)).unwrap_or(&[])
        }
        _ => word,
    }
}

/// Whether the code of a state is an English word, or that of a label: `Ok`, `Id`.
pub(super) fn is_word(code: &[u8]) -> bool {
    SPOKEN.has(code) || code.eq_ignore_ascii_case(b"id")
}

/// Whether units or a count stand behind five digits that would be a ZIP code.
pub(super) fn counted(bytes: &[u8], end: usize) -> bool {
    multiplied(bytes, end) || COUNTED.has(word_behind(bytes, end))
}

fn city_of(word: &[u8]) -> City {
    let proper = |first: u8, second: u8| byte::is(first, UPPER | HIGH) && byte::is(second, LOWER | HIGH);
    let ends = |tail: &[u8]| word.len() > 4 && word[word.len() - 4..].eq_ignore_ascii_case(tail);
    // `Excision`, `Infusion`; but Grand Junction, College Station and Mission.
    let act = (ends(b"tion") && !ends_in_place(word)) || (ends(b"sion") && !word.eq_ignore_ascii_case(b"mission"));
    match *word {
        _ if act || NO_CITY.has(word) => City::None,
        [first, second, _, ..] if proper(first, second) => City::Proper,
        // Santa Fe.
        [b'F', b'e'] => City::Proper,
        [first, second, _, ..] if byte::is(first, UPPER) && byte::is(second, UPPER) => City::Capitals,
        _ => City::None,
    }
}

fn ends_in_place(word: &[u8]) -> bool {
    word.eq_ignore_ascii_case(b"junction") || word.eq_ignore_ascii_case(b"station")
}

fn back_over_blanks(bytes: &[u8], at: usize) -> usize {
    let mut end = at;
    while end > 0 && at - end < 3 && matches!(bytes[end - 1], b' ' | b'\n' | b'\r' | b'\t') {
        end -= 1;
    }
    end
}

/// `x2`, ` x 2`.
fn multiplied(bytes: &[u8], end: usize) -> bool {
    let at = end + usize::from(byte::peek(bytes, end) == b' ');
    matches!(byte::peek(bytes, at), b'x' | b'X')
        && (byte::at(bytes, at + 1, DIGIT) || (byte::peek(bytes, at + 1) == b' ' && byte::at(bytes, at + 2, DIGIT)))
}

/// Whether another five digits go on from here: `97110, 97140`, `97110 or 97140`.
fn neighbour(bytes: &[u8], end: usize) -> bool {
    let mut at = end;
    while at < end + 6 && matches!(byte::peek(bytes, at), b' ' | b',' | b'/' | b'&' | b'+' | b'o' | b'r' | b'O' | b'R')
    {
        at += 1;
    }
    at > end && byte::skip(bytes, at, DIGIT) == at + 5
}

/// Whether an address may end here.
fn ends_well(bytes: &[u8], end: usize) -> bool {
    match byte::peek(bytes, end) {
        b' ' => {
            let next = byte::peek(bytes, end + 1);
            !byte::is(next, ALPHA | DIGIT | HIGH) && !matches!(next, b'+' | b'=' | b'/')
                || (byte::is(next, DIGIT) && dialled(bytes, end + 1))
                || ENDS.has(word_behind(bytes, end))
        }
        b'-' | b'/' | b'_' => false,
        other => !byte::is(other, ALPHA | DIGIT | HIGH),
    }
}

/// Whether a telephone number stands here: `96813 914-384-7888`.
fn dialled(bytes: &[u8], at: usize) -> bool {
    let mark = byte::peek(bytes, at + 3);
    let shape = [&b"ddd-ddd-dddd"[..], b"ddd.ddd.dddd"].iter().any(|shape| byte::is_shape(bytes, at, shape));
    matches!(mark, b'-' | b'.') && shape && !byte::at(bytes, at + 12, ALPHA | DIGIT)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sure(text: &str) -> Confidence {
        let digits = text.bytes().rposition(|byte| byte.is_ascii_digit()).unwrap();
        let rest = &text[..digits - 4];
        let code = rest.trim_end();
        let end = digits + 1;
        assert!(text[digits - 4..end].bytes().all(|byte| byte.is_ascii_digit()), "{text}");
        confidence(text.as_bytes(), (code.len() - 2, code.len()), end)
    }

    #[test]
    fn a_city_and_a_comma_make_a_state() {
        for text in ["Salem, OR 97301 on", "SALEM, OR 97301", "Winston-Salem, NC 27101 and", "Mayagüez, PR 00680"] {
            assert_eq!(sure(text), Confidence::High, "{text}");
        }
    }

    #[test]
    fn without_a_comma_a_city_needs_more() {
        for text in ["Akron OH 44313.", "12 Elm St Salem OR 97301 today", "BOSTON MA 02139", "in Albany NY 12208 and"] {
            assert_eq!(sure(text), Confidence::Medium, "{text}");
        }
        for text in ["CPT 97110 OR 97140", "NOT PAID IN 46250 W/", "per MD 20610 knee", "RBC IN 46500", "IL 62323 vs"] {
            assert_eq!(sure(text), Confidence::Low, "{text}");
        }
    }
}
