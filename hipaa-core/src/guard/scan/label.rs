//! Labels of several names and their values, in one order: `DOB / Sex / ZIP: 08-24-1944 / M / 48109`.
//!
//! The names may be of kinds that do not compete, or of nothing that is looked for; so a value
//! takes the name at its own place, when there are as many names as values.

use super::{Hit, REACH_BEFORE, Scan};
use crate::guard::Reason;
use crate::guard::byte::{self, ALNUM, BLANK};
use crate::guard::cue::Mask;

/// What parts the values.
const BETWEEN: &[u8] = b" / ";
/// The most names of one label.
const NAMES: usize = 6;

/// Whether what parts such values touches the span. A cheap look, as it is asked of every candidate.
#[inline]
pub(super) fn touches_slash(bytes: &[u8], (start, end): (usize, usize)) -> bool {
    let slash = |at: usize| byte::peek(bytes, at) == b'/';
    (slash(end + 1) | slash(start.wrapping_sub(2))) && parts(bytes, (start, end))
}

fn parts(bytes: &[u8], (start, end): (usize, usize)) -> bool {
    bytes[end..].starts_with(BETWEEN) || bytes[..start].ends_with(BETWEEN)
}

impl Scan<'_, '_> {
    /// What the name at the place of the value says, which may be nothing; `None` when the value stands in no such label.
    #[inline(never)]
    pub(super) fn named_in_order(&self, (start, end): (usize, usize), mask: Mask) -> Option<Option<Hit>> {
        let bytes = self.bytes;
        let floor = start.saturating_sub(REACH_BEFORE);
        let line = byte::back_to(bytes, start, b'\n', REACH_BEFORE).max(floor);
        // `DOB / Sex / ZIP = …`, `DOB / Sex / ZIP - …`.
        let marks = |three: &[u8]| {
            byte::is(three[2], BLANK) && (three[1] == b':' || (three[0] == b' ' && matches!(three[1], b'=' | b'-')))
        };
        let colon = line + 1 + bytes.get(line..start)?.windows(3).rposition(marks)?;
        let place = places(&bytes[colon + 1..start]);
        let piece = if place == 0 { colon + 1 } else { start };
        let stop = bytes.len().min(end + REACH_BEFORE);
        let behind = bytes.get(end..stop)?.split(|byte| *byte == b'\n').next()?;
        let names = self.names_before(line, colon);
        let alone = byte::skip(bytes, piece, BLANK) == start;
        let (from, to) = names.get(place).copied().flatten().filter(|_| alone)?;
        let count = names.iter().flatten().count();
        if count < 2 || count != place + 1 + places(behind) {
            return None;
        }
        let cue = self.cues.iter().rev().find(|cue| from <= cue.start && cue.end <= to);
        let cue = cue.filter(|cue| mask.has(cue.class) && cue.class.kind().is_some());
        Some(cue.map(|cue| {
            let at = -i16::try_from(start - cue.end).unwrap_or(i16::MAX);
            Hit::declared(cue.class, Reason::Cue { class: cue.class, at })
        }))
    }

    /// Where the names of a label start and end that slashes part and that ends at `colon`.
    fn names_before(&self, line: usize, colon: usize) -> [Option<(usize, usize)>; NAMES] {
        let bytes = self.bytes;
        let named = |byte: u8| byte::is(byte, ALNUM | BLANK) || matches!(byte, b'/' | b'#' | b'.' | b'\'');
        let start = bytes[line..colon].iter().rposition(|byte| !named(*byte)).map_or(line, |at| line + at + 1);
        let mut names = [None; NAMES];
        let mut at = start;
        for (slot, name) in names.iter_mut().zip(bytes[start..colon].split(|byte| *byte == b'/')) {
            *slot = Some((at, at + name.len()));
            at += name.len() + 1;
        }
        names
    }
}

/// How often values are parted in a text.
fn places(text: &[u8]) -> usize {
    text.windows(BETWEEN.len()).filter(|part| *part == BETWEEN).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slash_between_blanks_parts_values() {
        for (text, want) in [("4482913 / F", true), ("F / 4482913", true), ("4482913/F", false), ("4482913 /F", false)]
        {
            let start = text.find('4').unwrap();
            assert_eq!(touches_slash(text.as_bytes(), (start, start + 7)), want, "{text}");
        }
        assert!(!touches_slash(b"1", (0, 1)));
        assert_eq!(places(b" Ann Lee / 03/04/1961 / "), 2);
    }
}
