//! A qualifier in parentheses between a label and its value: `MRN (required for billing): 4482913`.

use super::{Scan, near::any_word};
use crate::guard::byte::{self, ALPHA, BLANK};
use crate::guard::cue::{Cue, CueClass, Mask, is_number_word};
use crate::guard::words::WordSet;

/// The longest qualifier, in bytes.
const LONGEST: usize = 44;

/// What ties a word to something else: `needed for Medicaid`, `not the fax`.
static TIES: WordSet<64> = WordSet::new(
    "for from on in to at by with if as per of not no required needed used until unless different except than last when see",
);

impl Scan<'_, '_> {
    /// Whether the cue at `i` only says something about the label before its parenthesis. A label in parentheses
    /// (`ID (MRN):`) is one, and so is a strong word that nothing ties to something else.
    #[inline(never)]
    pub(super) fn qualifies(&self, i: usize, start: usize, mask: Mask) -> bool {
        let (bytes, cue) = (self.bytes, self.cues[i]);
        let Some(open) = opened(bytes, &cue, start) else { return false };
        let loose = cue.weak || matches!(cue.class, CueClass::Other | CueClass::Version);
        let tied = any_word(bytes, open + 1, cue.start, &TIES);
        (loose || tied) && byte::skip(bytes, open + 1, BLANK) < cue.start && self.labels_at(i, open, mask)
    }

    /// Whether a label ends before the `(` at `open`.
    fn labels_at(&self, i: usize, open: usize, mask: Mask) -> bool {
        let known = |cue: &&Cue| mask.has(cue.class) && (cue.class.kind().is_some() || !cue.weak);
        let label = self.cues[..i].iter().rev().take(6).find(|cue| cue.end <= open).filter(known);
        label.and_then(|cue| self.bytes.get(cue.end..open)).is_some_and(|gap| {
            let mut words = gap.split(|byte| !byte::is(*byte, ALPHA));
            gap.len() < 10 && !gap.contains(&b'\n') && words.all(|word| word.is_empty() || is_number_word(word))
        })
    }
}

/// The `(` before the cue whose `)` and a mark lead to the value at `start`.
fn opened(bytes: &[u8], cue: &Cue, start: usize) -> Option<usize> {
    let close = bytes.get(cue.end..start)?.iter().position(|byte| *byte == b')')? + cue.end;
    let lead = bytes[close + 1..start].trim_ascii();
    let inside = bytes.get(close.saturating_sub(LONGEST)..cue.start)?;
    let open = cue.start - inside.len() + inside.iter().rposition(|byte| matches!(byte, b'(' | b')' | b'\n'))?;
    let whole = bytes[open] == b'(' && !bytes[open + 1..close].iter().any(|byte| b"()\n".contains(byte));
    (whole && (lead.is_empty() || matches!(lead, b":" | b"#" | b"=" | b"-" | b"is"))).then_some(open)
}
