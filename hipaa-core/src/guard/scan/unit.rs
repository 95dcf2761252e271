//! Units and counts: a bare number before one of them names nobody.

use crate::guard::byte::{self, ALNUM, ALPHA};
use crate::guard::words::WordSet;

static UNITS: WordSet<512> = WordSet::new(
    "mg mcg ug g kg lb lbs oz ml l dl cc cm mm m km in ft units unit unt iu meq mmol mol umol \
    nmol ng pg fl bpm mmhg rpm hours hour hrs hr h min mins minutes minute sec secs seconds \
    days day weeks week wks months month mos years year yrs yr yo times tablets tablet tabs \
    tab capsules capsule caps doses dose puffs drops gtt cells copies steps feet miles kcal \
    cal calories percent pct degrees f c cells/ul ul beats breaths patients people persons \
    subjects participants dollars usd euros items refills pills sprays joules cgy gy mci hz \
    khz mhz gb mb kb bytes rows records ms watts kv points visits cases samples liters litres \
    fold grams pounds inch inches meters residents beds tests admissions",
);

/// Whether a unit stands right behind `end`.
pub(super) fn follows(bytes: &[u8], end: usize) -> bool {
    let at = match byte::peek(bytes, end) {
        b'%' => return true,
        b' ' | b'-' => end + 1,
        b'/' => return true,
        _ => end,
    };
    if byte::peek(bytes, at) == b'%' {
        return true;
    }
    let stop = byte::skip(bytes, at, ALPHA);
    let word = bytes.get(at..stop).unwrap_or(&[]);
    // `L4`, `CC:`, `DL#` are no units.
    let open = byte::at(bytes, stop, ALNUM) || matches!(byte::peek(bytes, stop), b':' | b'#');
    !open && UNITS.has(word)
}

/// Whether the word is a unit.
pub(super) fn is(word: &[u8]) -> bool {
    UNITS.has(word)
}

/// Whether a unit stands behind what is no plain number: `L`, `C`, `F`, `in` may begin the next word.
pub(super) fn measures(bytes: &[u8], end: usize) -> bool {
    let at = end + usize::from(matches!(byte::peek(bytes, end), b' ' | b'-'));
    let stop = byte::skip(bytes, at, ALPHA);
    stop > at + 1 && !bytes[at..stop].eq_ignore_ascii_case(b"in") && follows(bytes, end)
}

/// Whether it is billed so many times: `97110 M54.50 units 2`.
pub(super) fn bills(bytes: &[u8], end: usize) -> bool {
    bytes.get(end..end + 7).is_some_and(|word| word.eq_ignore_ascii_case(b" units "))
        && byte::at(bytes, end + 7, byte::DIGIT)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_unit_may_follow_with_or_without_a_blank() {
        for text in ["1 mg", "1mg", "1 %", "1%", "1-day", "1 Units"] {
            assert!(follows(text.as_bytes(), 1), "{text}");
        }
        for text in ["1", "1 mgr", "1, mg", "1 patient", "1 L4", "1 CC: 4"] {
            assert!(!follows(text.as_bytes(), 1), "{text}");
        }
    }
}
