//! Text that runs together: a complete shape may touch a cue word, nothing else may.

use super::Scan;
use super::token::{Run, Token};
use crate::guard::byte::{self, ALNUM, ALPHA, DIGIT};
use crate::guard::cue::Cue;

/// The longest word that may touch a value.
const LONGEST: usize = 24;

impl Scan<'_, '_> {
    /// Parts a complete shape from the words that touch it: `SSN412-55-3821`, `412-55-3821DOB:`.
    #[cold]
    pub(super) fn unglue(&mut self, token: &mut Token) {
        if let Some(first) = token.runs().first().copied()
            && let Some(word) = self.letters_before_digits(first)
        {
            let cut = Run { start: word, ..first };
            if shape_len(self.bytes, token.runs(), cut).is_some() && self.cue_in(first.start, word) {
                token.set_first(cut);
            }
        }
        // `SSN:412-55-3821DOB:`.
        let labels = matches!(token.runs(), [a, b, ..] if a.digits == 0 && b.sep == b':');
        let runs = token.runs().get(usize::from(labels)..).unwrap_or(&[]);
        let Some(first) = runs.first().copied() else {
            return;
        };
        if let Some(count) = shape_len(self.bytes, runs, first)
            && let Some(last) = runs.get(count - 1).copied()
            && !last.numeric()
        {
            let end = byte::skip(self.bytes, last.start, DIGIT);
            if self.label_at(end) {
                token.cut(count + usize::from(labels), end);
                self.done = end;
            }
        }
    }

    /// The digits of a run that a label touches: `4482913DOB:`.
    #[inline(never)]
    pub(super) fn before_label(&mut self, run: Run) -> Option<Run> {
        let end = byte::skip(self.bytes, run.start, DIGIT);
        let word = byte::skip(self.bytes, end, ALPHA);
        let labels = matches!(byte::peek(self.bytes, word), b':' | b'#' | b'=');
        let fits = (5..=12).contains(&(end - run.start)) && word == run.end && labels && word - end >= 2;
        (fits && self.cue_in(end, word)).then_some(Run { end, digits: end - run.start, ..run })
    }

    /// Where the digits of a run start that has letters, then digits only.
    fn letters_before_digits(&self, run: Run) -> Option<usize> {
        let word = byte::skip(self.bytes, run.start, ALPHA);
        let len = word - run.start;
        (!run.numeric() && (2..=LONGEST).contains(&len) && run.digits == run.end - word).then_some(word)
    }

    /// Whether a cue word or a label with a colon starts at `at`, inside a run.
    pub(super) fn label_at(&mut self, at: usize) -> bool {
        let word = byte::skip(self.bytes, at, ALPHA);
        let len = word - at;
        let rest = self.bytes.get(at + 1..word).unwrap_or(&[]);
        let titled = byte::at(self.bytes, at, byte::UPPER) && rest.iter().all(u8::is_ascii_lowercase);
        let label = titled && (3..=LONGEST).contains(&len) && byte::peek(self.bytes, word) == b':';
        (2..=LONGEST).contains(&len) && (self.cue_in(at, word) || label)
    }

    /// Whether a cue of a kind starts with the letters from `start` to `word`; keeps it.
    fn cue_in(&mut self, start: usize, word: usize) -> bool {
        let cue = self.rules.lexicon.phrase_at((self.bytes, self.planes), start, word);
        let Some(cue) = cue.filter(|cue| !cue.weak && cue.class.kind().is_some()) else {
            return false;
        };
        self.keep_cue(cue);
        true
    }

    /// Adds a cue that is no whole word to those that are known.
    pub(super) fn keep_cue(&mut self, cue: Cue) {
        self.collect((cue.start, cue.end));
        let place = self.cues_before(cue.start);
        if self.cues.get(place).is_none_or(|known| known.start != cue.start) {
            self.cues.insert(place, cue);
        }
    }
}

/// How many runs a complete shape has: a social security number, a telephone number, a date.
/// `first` stands for the first run; the last one may have letters behind its digits.
fn shape_len(bytes: &[u8], runs: &[Run], first: Run) -> Option<usize> {
    let [_, b, c, ..] = runs else { return None };
    let tail = byte::skip(bytes, c.start, DIGIT) - c.start;
    let whole = matches!(
        (first.len(), b.len(), tail, b.sep),
        (3, 2, 4, b'-')
            | (3, 3, 4, b'-' | b'.')
            | (1 | 2, 1 | 2, 2 | 4, b'/')
            | (1 | 2, 1 | 2, 4, b'-' | b'.')
            | (4, 1 | 2, 1 | 2, b'-' | b'/')
    );
    let alone = runs.len() == 3 || tail < c.len();
    (whole && alone && b.sep == c.sep && first.numeric() && b.numeric()).then_some(3)
}

/// Whether letters stand behind the digits that end at `end`.
pub(super) fn touches_word(bytes: &[u8], end: usize) -> bool {
    byte::at(bytes, end, ALNUM) && !byte::at(bytes, end, DIGIT)
}
