//! Labels behind a value: which of several words is the label, and loose words that a verb binds.

use super::Scan;
use super::near::word_behind;
use crate::guard::byte::{self, ALNUM, ALPHA, DIGIT};
use crate::guard::cue::{Cue, CueClass, Mask, after_gap};
use crate::guard::words::WordSet;

/// Verbs and whose it is, between a number and the loose word for it.
const WHOSE: [&[u8]; 6] = [b" is her ", b" is his ", b" is my ", b" is their ", b" is your ", b" is our "];
/// Who has it, behind `is the account`; an account of a ledger is one `for` something.
static HAVE: WordSet<16> = WordSet::new("we i you they she he on");
/// What is done to a number that was read back.
static CONFIRMED: WordSet<16> = WordSet::new("verified confirmed checked matched matches reviewed ok");

impl Scan<'_, '_> {
    /// The label right behind the word at `i`, which only says whose it is: `(Subscriber SSN)`, `the member's ZIP`,
    /// `(Unit VIN)`.
    pub(super) fn exact(&self, i: usize, (end, mask): (usize, Mask)) -> Option<Cue> {
        let (first, next) = (self.cues.get(i)?, self.cues.get(i + 1)?);
        let gap = self.bytes.get(first.end..next.start).filter(|gap| gap.len() <= 3)?;
        let joined = matches!(gap, b" " | b"'s ") && next.class != first.class && mask.has(next.class);
        let closes = !next.weak || byte::peek(self.bytes, next.end) == b')';
        let named = joined && closes && next.class.kind().is_some();
        (named && after_gap(self.bytes, end, first.start, next.end).is_some()).then_some(*next)
    }

    /// Whether a verb binds a loose word to a long number: `5769667170 is the account we have`.
    pub(super) fn is_told(&self, end: usize, cue: &Cue) -> bool {
        let numbers = matches!(cue.class, CueClass::Account | CueClass::License);
        let gap = self.bytes.get(end..cue.start).filter(|gap| numbers && gap.len() <= 10).unwrap_or(&[]);
        let had = || gap == b" is the " && HAVE.has(word_behind(self.bytes, cue.end));
        let run = |class| end - byte::back(self.bytes, end, class, 12);
        (WHOSE.contains(&gap) || had()) && run(ALNUM) >= 7 && run(DIGIT) >= 5
    }

    /// Whether digits in parentheses end at `end`, and a word behind says that they were checked: `HILL,MARY (25575772) MRN
    /// verified`.
    pub(super) fn confirms(&self, end: usize, cue: &Cue) -> bool {
        let start = byte::back(self.bytes, end, DIGIT, 12);
        let word = cue.end + 1;
        matches!(self.bytes.get(end..cue.start), Some(b") " | b"), "))
            && byte::prev(self.bytes, start) == b'('
            && (5..=10).contains(&(end - start))
            && CONFIRMED.has(self.bytes.get(word..byte::skip(self.bytes, word, ALPHA)).unwrap_or(&[]))
    }
}
