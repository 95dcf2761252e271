//! Lists of faxes: below `OUTBOUND FAX LOG` a number without a label is one of fax.

use super::{Hit, Scan};
use crate::guard::byte::{self, ALPHA};
use crate::guard::cue::CueClass;
use crate::guard::words::WordSet;

/// What a list of faxes is called.
static LISTS: WordSet<16> = WordSet::new("log logs report journal queue activity");
/// How far a heading and the numbers below it may stand apart, in bytes.
const REACH: usize = 512;

impl Scan<'_, '_> {
    /// What speaks for a telephone number in its usual shape: of a fax that was confirmed, it is the fax, while other
    /// digits number the confirmation: `Fax confirmation: OK  To: 801-364-6392`.
    #[inline]
    pub(super) fn confirmed_fax(&self, hit: Hit, start: usize) -> Hit {
        if hit.is(CueClass::Other) && self.says(hit, start, b"confirmation") { self.of_fax(hit, start) } else { hit }
    }

    fn of_fax(&self, hit: Hit, start: usize) -> Hit {
        let word = hit.end_before(start).map_or(0, |end| end.saturating_sub(b"confirmation".len()));
        let before = self.bytes[..word].strip_suffix(b" ").unwrap_or(&[]);
        let fax = before[byte::back(before, before.len(), ALPHA, 8)..].eq_ignore_ascii_case(b"fax");
        if fax { hit.with_class(CueClass::Fax) } else { hit }
    }

    /// Whether a number without a label at `start` stands in a list of faxes.
    pub(super) fn in_fax_log(&mut self, start: usize) -> bool {
        let listed = |from: usize| {
            let between = self.bytes.get(from..start).filter(|between| between.len() <= REACH);
            between.is_some_and(|between| {
                between.contains(&b'\n') && !between.windows(2).any(|two| matches!(two, b"\n\n" | b"\n\r"))
            })
        };
        let upto = self.cues_before(start);
        let mut near = self.cues[..upto].iter().rev().take_while(|cue| cue.start + REACH > start);
        let heading = |end: usize| {
            let word = byte::back(self.bytes, end, ALPHA, 8);
            let ends = matches!(self.bytes.get(end), Some(b'\n' | b'\r' | b':'));
            ends && LISTS.has(&self.bytes[word..end])
        };
        let mut below =
            || near.find(|cue| cue.class == CueClass::Fax && heading(cue.end)).is_some_and(|cue| listed(cue.end));
        let found = (self.fax_log > 0 && listed(self.fax_log)) || below();
        if found {
            self.fax_log = start;
        }
        found
    }
}
