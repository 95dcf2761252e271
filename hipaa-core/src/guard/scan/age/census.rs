//! An age and a sex in a list of who lies where: `1. Ramirez 92F rm 301`, `Butler, F.   100 F   MRN`.

use super::super::token::Run;
use super::spoken::last_word;
use super::words::{MEASURES, TEMPERATURES, VITALS};
use super::{is, word};
use crate::guard::byte::{self, ALNUM, ALPHA, DIGIT, LOWER, UPPER};
use crate::guard::words::WordSet;

/// What stands before a number with a letter, and is no name: `Lot 95F rm 3`.
static NO_NAMES: WordSet<64> = WordSet::new(
    "lot bed unit model ward pod bay tube part item size zone filter serial incubator warmer fridge ambient catheter \
    needle type class code version series probe blanket water air",
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
    room && is_name(name)
        && matches!(bytes.get(start.wrapping_sub(2)..start), Some(b". " | b": " | b"; " | b", " | b") "))
}

fn is_name(word: &[u8]) -> bool {
    let shaped = byte::at(word, 0, UPPER) && byte::at(word, 1, LOWER) && word.len() > 2;
    shaped && !NO_NAMES.has(word) && !MEASURES.has(word) && !TEMPERATURES.has(word) && !VITALS.has(word)
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
