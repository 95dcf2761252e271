//! Tokens: runs of letters and digits, joined by single `-`, `.`, `/`, `:` or `_`.

use super::Scan;
use crate::guard::Kind;
use crate::guard::byte::{self, ALNUM, ALPHA, DIGIT, HEX, JOIN};
use crate::guard::cue::{CueClass, Fit};
use arrayvec::ArrayVec;

/// The most runs a token may have to be looked at; longer chains are no identifiers.
pub(super) const RUNS: usize = 12;
/// The longest token that is looked at, in bytes.
pub(super) const TOKEN_BYTES: usize = 128;

/// A run of letters and digits.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Run {
    pub(super) start: usize,
    pub(super) end: usize,
    /// How many of its bytes are digits.
    pub(super) digits: usize,
    /// The joining byte before it; zero for the first.
    pub(super) sep: u8,
}

impl Run {
    pub(super) const fn len(&self) -> usize {
        self.end - self.start
    }

    pub(super) const fn numeric(&self) -> bool {
        self.digits == self.len()
    }
}

/// A token, cut into its runs.
#[derive(Clone, Debug)]
pub(super) struct Token {
    runs: ArrayVec<Run, RUNS>,
    end: usize,
    /// Too long or too many parts.
    oversized: bool,
}

impl Token {
    pub(super) fn runs(&self) -> &[Run] {
        &self.runs
    }

    /// Leaves out the start of the first run.
    pub(super) fn set_first(&mut self, run: Run) {
        self.runs[0] = run;
    }

    /// Leaves `count` runs, of which the last one ends at `end` and has digits only.
    pub(super) fn cut(&mut self, count: usize, end: usize) {
        self.runs.truncate(count);
        self.end = end;
        if let Some(last) = self.runs.last_mut() {
            last.end = end;
            last.digits = end - last.start;
        }
    }
}

/// Where the next run starts if the byte at `end` joins it.
#[inline]
fn joint(bytes: &[u8], end: usize) -> Option<usize> {
    let byte = byte::peek(bytes, end);
    if !byte::is(byte, JOIN) {
        return None;
    }
    if byte::at(bytes, end + 1, ALNUM) {
        return Some(end + 1);
    }
    let wraps =
        byte == b'-' && byte::is(byte::prev(bytes, end), DIGIT) && matches!(byte::peek(bytes, end + 1), b'\n' | b'\r');
    if wraps {
        let next = byte::skip(bytes, end + 1, byte::BLANK);
        return (next - end <= 6 && byte::at(bytes, next, DIGIT)).then_some(next);
    }
    let double = byte == b':' && byte::peek(bytes, end + 1) == b':' && byte::at(bytes, end + 2, HEX);
    double.then_some(end + 2)
}

impl Scan<'_, '_> {
    /// Reads the token that holds the digit at `p`, not before what is done, into one that is empty.
    #[inline(always)]
    fn read(&self, p: usize, token: &mut Token) {
        let (bytes, planes) = (self.bytes, self.planes);
        let mut start = planes.token_start(p).max(self.done).max(p.saturating_sub(TOKEN_BYTES + 1));
        // What joins belongs to the token only behind a letter or digit of it.
        if start == self.done && start < p && !byte::is(bytes[start], ALNUM) {
            start += 1;
        }
        token.oversized = p - start > TOKEN_BYTES;
        let stretch = planes.stretch(start);
        let (mut sep, mut at) = (0, start);
        loop {
            let (end, digits) = stretch.run(at).unwrap_or_else(|| {
                let end = planes.alnum_end(at);
                (end, planes.digits_in(at, end))
            });
            token.oversized |= token.runs.try_push(Run { start: at, end, digits, sep }).is_err();
            token.end = end;
            let Some(next) = joint(bytes, end) else { break };
            (sep, at) = (bytes[end], next);
        }
        token.oversized |= token.end - start > TOKEN_BYTES;
    }

    /// Decides about the token at the digit `p`.
    #[inline(always)]
    pub(super) fn token(&mut self, p: usize) {
        let (bytes, planes) = (self.bytes, self.planes);
        let around = planes.around(p);
        let (start, end) = (around.start.max(self.done), around.end);
        if around.numeric && end - p <= 3 && self.quick_no(p, end) {
            return;
        }
        let open = start > self.done && byte::is(byte::prev(bytes, start), ALNUM | JOIN);
        if open || end - start > 64 || joint(bytes, end).is_some() {
            return self.long_token(p);
        }
        let digits = if around.numeric && start == p { end - p } else { planes.digits_in(start, end) };
        let run = Run { start, end, digits, sep: 0 };
        self.done = run.end;
        match run.numeric() {
            true if run.len() <= 3 && byte::prev(bytes, p) == b'(' && self.udi(p) => {}
            true if run.len() <= 3 => self.small(run),
            true => self.bare(run, &[]),
            false => self.mixed(run),
        }
    }

    /// Decides about the token at the digit `p` that is more than a short run.
    fn long_token(&mut self, p: usize) {
        let mut token = Token { runs: ArrayVec::new(), end: p, oversized: false };
        self.read(p, &mut token);
        self.done = token.end;
        if matches!(token.runs(), [a, b, c, ..] if b.numeric() && !(a.numeric() && c.numeric())) && !token.oversized {
            self.unglue(&mut token);
        }
        let runs = token.runs();
        if self.udi(runs[0].start) || token.oversized {
            return;
        }
        if let [only] = runs
            && only.numeric()
            && only.len() <= 3
        {
            self.small(*only);
            return;
        }
        if self.hex_groups(runs) {
            return;
        }
        self.pieces(runs);
    }

    /// Leaves at once when a short number can be nothing of interest: most are lab values.
    /// From `p` to `end` there are digits only.
    #[inline]
    fn quick_no(&mut self, p: usize, end: usize) -> bool {
        let bytes = self.bytes;
        let before = byte::prev(bytes, p);
        if !matches!(before, b' ' | b'\n' | b'(') {
            return false;
        }
        let no = match byte::peek(bytes, end) {
            // `98.6`, `142/88`, `4.0-11.0`: decimals, and pairs too large for a date (`5/16` is none).
            mark @ (b'.' | b'/') => {
                let stop = self.planes.digits_end(end + 1);
                let paired = (end + 2..=end + 4).contains(&stop) && !byte::at(bytes, stop, ALNUM | JOIN);
                self.done = stop;
                paired && (mark == b'.' || end - p == 3 || (end - p == 2 && bytes[p] > b'3'))
            }
            b' ' | b'%' | b',' | b')' if end - p <= 2 && bytes[p] != b'9' && before != b'(' => {
                self.done = end;
                let word = bytes.get(end + 1..end + 4).unwrap_or(&[]);
                !byte::at(bytes, end + 1, DIGIT)
                    && !word.starts_with(b"/ ")
                    && !word.starts_with(b"(")
                    && !word.starts_with(b"of ")
                    && super::date_text::month(word).is_none()
                    && !super::date_text::may_end_month((bytes, self.planes), p - 1)
            }
            _ => false,
        };
        if !no {
            self.done = self.done.min(p);
        }
        no
    }

    /// Cuts a token at `/` and `:` where it is no date, and decides about each piece.
    fn pieces(&mut self, runs: &[Run]) {
        let mut rest = runs;
        while let Some(first) = rest.first() {
            if let Some(used) = self.date_runs(rest) {
                rest = &rest[used..];
                continue;
            }
            // `DOB-07/06/1998`.
            if first.digits == 0
                && rest.len() >= 4
                && let Some(used) = self.labelled_date(rest)
            {
                rest = &rest[used..];
                continue;
            }
            let cut = rest.iter().skip(1).position(|run| matches!(run.sep, b'/' | b':')).map_or(rest.len(), |i| i + 1);
            let (piece, behind) = rest.split_at(cut);
            let alone = matches!(first.sep, 0 | b'/' | b':');
            if alone && piece.iter().any(|run| run.digits > 0) {
                self.piece(piece, behind);
            }
            rest = behind;
        }
    }

    /// Reads a date behind the word for it; returns how many runs both used.
    #[inline(never)]
    fn labelled_date(&mut self, runs: &[Run]) -> Option<usize> {
        let [word, a, b, rest @ ..] = runs else { return None };
        let c = rest.first().filter(|c| c.sep == b.sep && a.numeric() && a.len() <= 4 && b.len() <= 3)?;
        let cue = self.rules.lexicon.phrase_at((self.bytes, self.planes), word.start, word.end)?;
        let dates = cue.end == word.end && !cue.weak && matches!(cue.class, CueClass::Dob | CueClass::Date);
        if dates { self.date_of(a, b, c, rest).map(|used| used + 1) } else { None }
    }

    /// Decides about runs joined by `-`, `.` and `_` only.
    fn piece(&mut self, piece: &[Run], behind: &[Run]) {
        let piece = self.without_label(piece);
        let [first, .., last] = piece else {
            return match piece {
                [only] if only.numeric() => self.bare(*only, behind),
                [only] => self.mixed(*only),
                _ => {}
            };
        };
        if byte::glued(self.bytes, first.start, last.end) {
            return;
        }
        if piece.iter().all(Run::numeric) {
            self.chain(piece);
        } else {
            self.joined(piece);
        }
    }

    /// Drops a leading cue word that is glued to the value: `MRN-123456`, `No.123`.
    fn without_label<'r>(&mut self, piece: &'r [Run]) -> &'r [Run] {
        if piece.first().is_none_or(|first| first.digits > 0) {
            return piece;
        }
        // `UPS model ICD-D142`.
        if piece.len() == 2 && self.bytes[piece[0].start..piece[0].end] == *b"ICD" && self.is_model(piece) {
            return piece;
        }
        let mut rest = piece;
        // `CC-36-14-AA-B3-63` starts with no label.
        let pairs = piece.len() == 6 && piece.iter().all(|run| run.len() == 2);
        // `ID: PH-445566` has its label before it.
        // Nor does `fede.8d3a.d370`.
        let fours = piece.len() == 3
            && piece.iter().all(|run| run.len() == 4)
            && byte::skip(self.bytes, piece[0].start, HEX) == piece[0].end;
        let labelled = |first: &Run| self.labelled(first.start) || self.is_listed(first.start);
        if pairs || fours || piece.first().is_some_and(labelled) {
            return piece;
        }
        while let [first, second, ..] = rest {
            let letters = first.digits == 0 && !byte::at(self.bytes, first.start, DIGIT);
            let word = &self.bytes[first.start..first.end];
            let cue = letters
                && (self
                    .rules
                    .lexicon
                    .phrase_at((self.bytes, self.planes), first.start, first.end)
                    .is_some_and(|cue| cue.class.kind().is_some() && !cue.weak && word.len() >= 2)
                    || crate::guard::cue::is_number_word(word)
                    || (second.sep == b'.' && word.iter().all(|byte| byte::is(*byte, ALPHA)) && word.len() >= 2));
            if !cue || self.has_own_label(piece) {
                break;
            }
            rest = &rest[1..];
        }
        rest
    }

    /// Whether a label of things stands before the whole value, or a column of them holds it.
    #[inline(never)]
    fn is_model(&mut self, piece: &[Run]) -> bool {
        let span = (piece[0].start, piece[piece.len() - 1].end);
        self.context(span, super::number::NUMBERS).is_some_and(|hit| hit.is(CueClass::Other) && !hit.behind())
    }

    /// Whether a label stands before the whole value: `license no. PH-02674`.
    fn has_own_label(&mut self, piece: &[Run]) -> bool {
        let span = (piece[0].start, piece[piece.len() - 1].end);
        let hit = self.context(span, super::number::NUMBERS);
        hit.is_some_and(|hit| {
            hit.fit() == Fit::Label && !hit.weak() && !hit.behind() && hit.class().kind().is_some_and(Kind::needs_cue)
        })
    }
}
