//! What has the shape of a diagnosis code and is none: figures, rooms, vital signs, versions.

use super::condition;
use super::near::{any_word, word_before, word_behind};
use crate::guard::Reason;
use crate::guard::byte::{self, ALPHA, DIGIT};
use crate::guard::cue::CueClass;
use crate::guard::words::WordSet;

/// Words before something numbered like a code.
static NUMBERED: WordSet<256> = WordSet::new(
    "table tables fig figs figure figures suppl supp supplement supplementary supplemental annex annexe exhibit \
    iso nist temp tmax temperature lens lenses iol bay bays room rm gate stair stairs shelf bin slot aisle seat pod \
    cubicle hall wing zone dock door rack lane equation eq embryonic embryo embryos hcc ncci version ver upgraded \
    update updated build release rev firmware driver model tile sheet plate primer probe clone grip iop chapter \
    paragraph clause article chart image slide well position coordinate grid bed locker drawer cabinet pump ward col column row peak ring size fault",
);

/// Words behind a version or an embryo.
static BEHIND: WordSet<64> = WordSet::new(
    "hotfix release patch update upgrade build version firmware rev embryo embryos mice mouse hearts limb limbs \
    placentas retina retinas patched released",
);

static VITALS: WordSet<64> = WordSet::new("bp hr rr spo sats sat vs vitals pulse resp o2 sao afebrile");

/// What tells that the code with a point at `span` is none.
pub(super) fn reason(bytes: &[u8], span: (usize, usize)) -> Option<Reason> {
    let code = &bytes[span.0..span.1];
    let (word, end) = numbered(bytes, span.0);
    if end > word && NUMBERED.has(&bytes[word..end]) {
        let at = -i16::try_from(span.0 - end).unwrap_or(i16::MAX);
        return Some(Reason::Cue { class: CueClass::Other, at });
    }
    let otherwise = measured(bytes, span.1)
        || BEHIND.has(word_behind(bytes, span.1))
        || glued_unit(code)
        || vital(bytes, span)
        || sides(bytes, span)
        || (incomplete(code) && !condition::before(bytes, span.0));
    otherwise.then_some(Reason::Shape)
}

/// The word before a code; a number (`ISO 27001`) and `to` are passed over.
fn numbered(bytes: &[u8], at: usize) -> (usize, usize) {
    let digits = byte::back(bytes, at.saturating_sub(1), DIGIT, 6);
    let number = digits + 1 < at && byte::prev(bytes, at) == b' ';
    let (start, end) = word_before(bytes, if number { digits } else { at });
    if bytes[start..end].eq_ignore_ascii_case(b"to") { word_before(bytes, start) } else { (start, end) }
}

/// `@`, or a percentage behind it: `C18.1 14.3%`.
fn measured(bytes: &[u8], end: usize) -> bool {
    let at = end + usize::from(matches!(byte::peek(bytes, end), b' ' | b'\n'));
    let mut stop = byte::skip(bytes, at, DIGIT);
    if byte::peek(bytes, stop) == b'.' {
        stop = byte::skip(bytes, stop + 1, DIGIT);
    }
    byte::peek(bytes, at) == b'@' || (stop > at && stop - at < 7 && percent(bytes, stop))
}

fn percent(bytes: &[u8], at: usize) -> bool {
    byte::peek(bytes, at + usize::from(byte::peek(bytes, at) == b' ')) == b'%'
}

/// `D12.5W`, `P22.5D`: one digit and a letter that no code of five characters has.
fn glued_unit(code: &[u8]) -> bool {
    matches!(code, [_, _, _, b'.', b'0'..=b'9', b'D'..=b'W'])
}

/// `T36.8 P74 R12`: a temperature among other signs.
fn vital(bytes: &[u8], span: (usize, usize)) -> bool {
    let code = &bytes[span.0..span.1];
    if !matches!(code, [b'T', b'3', b'4'..=b'9', b'.', _] | [b'T', b'4', b'0'..=b'2', b'.', _]) {
        return false;
    }
    let mut next = span.1;
    while next < span.1 + 2 && matches!(byte::peek(bytes, next), b' ' | b',' | b';' | b'/') {
        next += 1;
    }
    let letters = byte::skip(bytes, next, ALPHA);
    let one = letters == next + 1 && matches!(bytes[next] | 0x20, b'p' | b'r' | b'h');
    let number = letters + usize::from(byte::peek(bytes, letters) == b' ');
    let from = span.0.saturating_sub(40);
    (one && byte::at(bytes, number, DIGIT))
        || any_word(bytes, span.1, (span.1 + 20).min(bytes.len()), &VITALS)
        || any_word(bytes, from, span.0, &VITALS)
}

/// `R37.5 L26.6`: the right and the left side.
fn sides(bytes: &[u8], span: (usize, usize)) -> bool {
    match bytes[span.0] {
        b'R' => {
            let next = span.1 + usize::from(matches!(byte::peek(bytes, span.1), b' ' | b'/' | b'\n'));
            next > span.1 && byte::peek(bytes, next) == b'L' && byte::at(bytes, next + 1, DIGIT)
        }
        b'L' if matches!(byte::prev(bytes, span.0), b' ' | b'/' | b'\n') => {
            let mut start = span.0 - 1;
            while start > 0 && span.0 - start < 8 && (byte::is(bytes[start - 1], DIGIT) || bytes[start - 1] == b'.') {
                start -= 1;
            }
            start < span.0 - 1 && byte::prev(bytes, start) == b'R'
        }
        _ => false,
    }
}

/// Codes that lack characters: injuries and their causes have seven, and diabetes with
/// circulatory complications (`E11.5`) has five.
///
/// # Source
/// ICD-10-CM Official Guidelines, sections I.A.5 and I.C.19.
fn incomplete(code: &[u8]) -> bool {
    let short = code.len() < 7 && !code.contains(&b'X');
    match code[0] {
        b'S' | b'V' | b'W' | b'X' => short,
        b'E' => {
            matches!(code, [b'E', b'0', b'8' | b'9', b'.', b'5'] | [b'E', b'1', b'0' | b'1' | b'3' | b'6', b'.', b'5'])
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn otherwise(text: &str) -> bool {
        let bytes = text.as_bytes();
        let at = text
            .find('.')
            .map(|dot| if bytes[dot + 1] == b' ' { dot + 1 + text[dot + 1..].find('.').unwrap() } else { dot });
        let start = at.unwrap() - 3;
        let end = byte::skip(bytes, start + 4, byte::ALNUM);
        reason(bytes, (start, end)).is_some()
    }

    #[test]
    fn figures_rooms_signs_and_versions_are_no_codes() {
        for text in [
            "Table S12.1",
            "Fig. S10.2",
            "ISO 27001 A15.1",
            "Temp: T38.5",
            "T36.8 P74 R12",
            "BP 104/62, OA, T36.8.",
            "R37.5 L26.6",
            "D12.5 @ 3",
            "D12.5W",
            "lens P22.5D",
            "E11.5, E13.5 embryos",
            "C18.1 14.3%, C16.0",
            "V24.1 hotfix",
            "upgraded to V24.1",
            "bay B20.1",
        ] {
            assert!(otherwise(text), "{text}");
        }
        for text in [
            "E11.9",
            "T36.8X1A given",
            "Overdose T39.1 taken",
            "fracture S72.0",
            "R50.9, L40.0",
            "S72.001A",
            "T38.5",
            "M17.12 L knee",
            "vs F43.10 billed",
            "C50.911 14 mm",
            "to E11.9",
        ] {
            assert!(!otherwise(text), "{text}");
        }
    }
}
