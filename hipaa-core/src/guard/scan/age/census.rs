//! An age and a sex in a list of who lies where: `1. Ramirez 92F rm 301`, `Butler, F.   100 F   MRN`.

use super::super::token::Run;
use super::spoken::last_word;
use super::words::{GAUGED, MEASURES, TEMPERATURES, VITALS};
use super::{is, word};
use crate::guard::byte::{self, ALNUM, ALPHA, DIGIT, LOWER, UPPER};
use crate::guard::words::WordSet;

/// What stands before a number with a letter, and is no name: `Lot 95F rm 3`.
static NO_NAMES: WordSet<64> = WordSet::new(
    "lot bed unit model ward pod bay tube part item size zone filter serial incubator warmer fridge ambient catheter \
    needle type class code version series probe blanket water air spiked spiking peaked core skin",
);

/// What somebody lies there with, in short.
static ILLNESSES: WordSet<64> = WordSet::new(
    "chf copd cad dka gib pna uti ams cva tia aki esrd nstemi stemi afib sob cp syncope fall falls dementia hip weakness mi \
    pe dvt sbo",
);

/// Whether a surname that starts its item stands before, and the number of a room behind: `Night shift: Okafor 96M 412A`.
pub(super) fn in_a_room(bytes: &[u8], run: Run) -> bool {
    let (next, first) = word(bytes, run.end);
    let named = is(first, b"rm") || is(first, b"room") || is(first, b"bed");
    let at = if named { next } else { run.end };
    let stop = byte::skip(bytes, at + 1, DIGIT);
    let room = byte::peek(bytes, at) == b' '
        && (1..=4).contains(&stop.saturating_sub(at + 1))
        && (named || (stop == at + 4 && byte::at(bytes, stop, UPPER) && !byte::at(bytes, stop + 1, ALNUM)));
    let (start, name) = last_word(bytes, run.start);
    let leads = || matches!(byte::prev(bytes, start), 0 | b'\n');
    let item = || matches!(bytes.get(start.wrapping_sub(2)..start), Some(b". " | b": " | b"; " | b", " | b") "));
    room && is_name(name) && (leads() || item())
}

/// Whether first name and surname, or a bed and a surname, lead the line, and an illness follows in short: `412A Keller
/// 102F CHF`.
pub(super) fn with_illness(bytes: &[u8], start: usize, stop: usize) -> bool {
    if byte::peek(bytes, stop) != b' ' || !ILLNESSES.has(word(bytes, stop).1) {
        return false;
    }
    let (at, last) = last_word(bytes, start);
    let from = byte::back(bytes, at.saturating_sub(1), ALNUM, 16);
    let first = bytes.get(from..at.saturating_sub(1)).unwrap_or(&[]);
    let bed = (2..=5).contains(&first.len()) && byte::at(first, 0, DIGIT);
    let leads = matches!(byte::prev(bytes, from), 0 | b'\n') || bytes[..from].ends_with(b". ");
    let listed = bed && [&b": "[..], b", ", b"; "].iter().any(|mark| bytes[..from].ends_with(mark));
    let placed = ((leads || listed) && (bed || is_name(first))) || behind_room(&bytes[..at]);
    byte::prev(bytes, at) == b' ' && placed && is_surname(last)
}

/// Whether the number of a room or bed is the label of what follows: `Rm 214: `.
fn behind_room(before: &[u8]) -> bool {
    let Some(lead) = before.strip_suffix(b": ") else { return false };
    let number = byte::back(lead, lead.len(), ALNUM, 6);
    let place = last_word(lead, number).1;
    byte::at(lead, number, DIGIT) && (is(place, b"rm") || is(place, b"room") || is(place, b"bed"))
}

fn is_surname(word: &[u8]) -> bool {
    is_name(word) || word == b"Hill" || word == b"Park"
}

/// Whether surname and first name stand before, a comma between: `HILL,RUTH 91 F`.
pub(super) fn by_surname(bytes: &[u8], start: usize) -> bool {
    let (at, first) = last_word(bytes, start);
    let Some(before) = bytes[..at].strip_suffix(b",").or_else(|| bytes[..at].strip_suffix(b", ")) else { return false };
    let last = &before[byte::back(before, before.len(), ALPHA, 16)..];
    let is_one = |word: &[u8]| {
        let hill = is(word, b"hill") || is(word, b"park");
        word.len() > 1 && byte::at(word, 0, UPPER) && (hill || !no_name(word))
    };
    is_one(first) && is_one(last)
}

fn is_name(word: &[u8]) -> bool {
    let shaped = byte::at(word, 0, UPPER) && byte::at(word, 1, LOWER) && word.len() > 2;
    shaped && !no_name(word)
}

fn no_name(word: &[u8]) -> bool {
    NO_NAMES.has(word) || MEASURES.has(word) || TEMPERATURES.has(word) || VITALS.has(word) || GAUGED.has(word)
}

/// Whether a surname, a comma and an initial stand in the column before, and another column behind:
/// `Butler, F.   100 F   MRN`.
pub(super) fn in_a_row(bytes: &[u8], start: usize, stop: usize) -> bool {
    let before = bytes[..start].strip_suffix(b"  ").map_or(&[][..], <[u8]>::trim_ascii_end);
    let Some(initial) = before.strip_suffix(b".").filter(|text| byte::at(text, text.len().wrapping_sub(1), UPPER))
    else {
        return false;
    };
    let name = initial[..initial.len() - 1].strip_suffix(b", ").unwrap_or(&[]);
    bytes[stop..].starts_with(b"  ") && is_name(&name[byte::back(name, name.len(), ALPHA, 16)..])
}

/// Whether a sex follows in the next column: `92 years   Female`.
pub(super) fn sex_apart(bytes: &[u8], end: usize) -> bool {
    let blanks = bytes[end..].iter().take(8).take_while(|byte| **byte == b' ').count();
    let stop = byte::skip(bytes, end + blanks, ALPHA);
    let sex = bytes.get(end + blanks..stop).unwrap_or(&[]);
    blanks > 1 && (is(sex, b"female") || is(sex, b"male"))
}
