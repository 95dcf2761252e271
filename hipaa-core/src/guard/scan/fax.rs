//! Lists of faxes: below `OUTBOUND FAX LOG` a number without a label is one of fax.

use super::Scan;
use crate::guard::byte::{self, ALPHA};
use crate::guard::cue::CueClass;
use crate::guard::words::WordSet;

/// What a list of faxes is called.
static LISTS: WordSet<16> = WordSet::new("log logs report journal queue activity");
/// How far a heading and the numbers below it may stand apart, in bytes.
const REACH: usize = 512;

impl Scan<'_, '_> {
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
