//! Numbers without a public format: medical record, plan, account, device, licence.

mod other;

use super::claim::Claim;
use super::number::NUMBERS;
use super::star::masked;
use super::{Hit, Last, Scan, unit};
use crate::guard::byte::{self, ALNUM, ALPHA, DIGIT, JOIN, UPPER};
use crate::guard::cue::{CueClass, Fit};
use crate::guard::{Confidence, Kind, Reason};

/// The longest value that is taken for an identifier.
const LONGEST: usize = 40;
/// The groups of licences, and those of records besides.
const LICENSES: [&[u8]; 3] = [b"ddd ddd ddd ddd", b"ddd ddd ddd", b"dd ddd ddd"];
const RECORDS: [&[u8]; 5] = [b"ddd dd dd", b"dd dd dd dd", b"dd dd dd", b"ddd dddd", b"ddd ddd"];

impl Scan<'_, '_> {
    /// Claims the span for the kind of the cue, when it looks like a value at all.
    #[inline]
    pub(super) fn ident(&mut self, span: (usize, usize), hit: Hit) {
        if let Some(kind) = hit.class().kind()
            && kind.needs_cue()
        {
            self.ident_of(kind, span, hit);
        }
    }

    fn ident_of(&mut self, kind: Kind, span: (usize, usize), hit: Hit) {
        if let Some(owner) = self.without_source(span, hit) {
            return self.ident(span, owner);
        }
        let declared = hit.is_declared();
        if hit.is(CueClass::Account) && self.is_accession(span, hit) {
            return;
        }
        let span = if declared { span } else { self.widened(span, hit) };
        let labelled = declared || (hit.fit() == Fit::Label && self.labelled(span.0));
        let uneven = |last: Last| last.len.abs_diff(span.1 - span.0) > 2 || self.changes_form(last, span);
        let breaks_list = hit.lists() && !hit.plural() && self.last.is_some_and(uneven);
        let Some(digits) = self.value_digits(span, hit, labelled) else {
            return;
        };
        if !declared && self.names_something_else(span, hit, labelled) {
            return;
        }
        if !declared && digits + 3 < span.1 - span.0 && self.is_word(span, hit, labelled) {
            return;
        }
        // The next heading: `member_id;icd10`.
        if !declared && digits <= 2 && byte::at(self.bytes, span.0, ALPHA) && self.is_label(span) {
            return;
        }
        if breaks_list || (!declared && !labelled && self.counts(span, digits, hit)) {
            return;
        }
        let confidence = match hit.fit() {
            _ if declared => Confidence::High,
            Fit::Label if !hit.weak() || labelled => Confidence::High,
            Fit::Label => Confidence::Medium,
            Fit::Strict if !hit.weak() => Confidence::High,
            Fit::Near if !hit.weak() && digits >= 5 && (near_enough(hit) || self.is_said(span.0)) => Confidence::Medium,
            _ => Confidence::Low,
        };
        self.remember(span, hit);
        let claim = Claim { kind, span, base: Confidence::Low, reason: Reason::Shape };
        self.push(claim, confidence, Some(hit.reason()));
        self.done = self.done.max(span.1);
    }

    /// Whether `is` leads to the value: `The nursing license number of the administering nurse is RN393832`.
    fn is_said(&self, start: usize) -> bool {
        self.bytes[..start].ends_with(b" is ")
    }

    /// Whether all of the value is a word of labels.
    #[inline(never)]
    fn is_label(&self, (start, end): (usize, usize)) -> bool {
        let stop = byte::skip(self.bytes, start, ALNUM);
        let cue = self.rules.lexicon.phrase_at((self.bytes, self.planes), start, stop);
        cue.is_some_and(|cue| cue.end == end)
    }

    /// Whether one of two values that a comma or semicolon parts has letters, and the other none: `457293; G3P2012`.
    fn changes_form(&self, last: Last, span: (usize, usize)) -> bool {
        let lettered = |from: usize, to: usize| self.planes.digits_in(from, to) < self.planes.alnum_in(from, to);
        let parted = matches!(byte::peek(self.bytes, last.end), b',' | b';');
        parted && lettered(last.end - last.len, last.end) != lettered(span.0, span.1)
    }

    /// How many digits the value has, when it can be an identifier at all.
    fn value_digits(&self, span: (usize, usize), hit: Hit, labelled: bool) -> Option<usize> {
        let value = &self.bytes[span.0..span.1];
        let digits = self.planes.digits_in(span.0, span.1);
        let solid = if digits == value.len() { digits } else { self.planes.alnum_in(span.0, span.1) };
        // `per policy 310-22` is a rule of the house.
        let ruled = hit.is(CueClass::Plan) && !labelled && value.contains(&b'-');
        let least = if labelled && !hit.weak() { 4 } else { 5 + usize::from(ruled) };
        let year = value.len() == 4 && matches!(value, [b'1', b'8' | b'9', ..] | [b'2', b'0', ..]);
        let fits = (digits == value.len() || !self.counted(span))
            && solid >= least
            && value.len() <= LONGEST
            && digits >= 2
            && (labelled || !year);
        (fits && !masked(self.bytes, span.0, span.1)).then_some(digits)
    }

    /// Whether it is `98-year-old` or `12-lead`.
    #[inline]
    fn counted(&self, span: (usize, usize)) -> bool {
        let first = self.planes.digits_end(span.0);
        let parted = first > span.0 && first < span.1 && byte::peek(self.bytes, first) == b'-';
        parted && self.is_share(span, first)
    }

    /// Whether a word for what is counted stands behind the hyphen at `first`.
    fn is_share(&self, span: (usize, usize), first: usize) -> bool {
        let word = first + 1..byte::skip(self.bytes, first + 1, byte::LOWER);
        let few = first - span.0 <= 2 && word.len() >= 3 && word.end == span.1;
        few || (unit::follows(self.bytes, first) && byte::at(self.bytes, first + 3, byte::LOWER))
    }

    /// A licence or a record in groups: `289 043 065`, `38 303 231`, `G 849 227 558 233`; `MRN: 422 62 34`.
    pub(super) fn spaced_number(&mut self, start: usize) -> bool {
        let bytes = self.bytes;
        let fits = |shape: &&[u8]| {
            let end = start + shape.len();
            let joins = || byte::peek(bytes, end) == b' ' || byte::at(bytes, end, JOIN);
            let goes_on = || byte::at(bytes, end, ALNUM) || (joins() && byte::at(bytes, end + 1, DIGIT));
            byte::is_shape(bytes, start, shape) && !goes_on()
        };
        let licence = LICENSES.iter().find(|shape| fits(shape));
        let Some(shape) = licence.or_else(|| RECORDS.iter().find(|shape| fits(shape))) else {
            return false;
        };
        let end = start + shape.len();
        let letter = start >= 3 && bytes[start - 1] == b' ' && byte::is(bytes[start - 2], UPPER);
        let from = if licence.is_some() && letter && !byte::is(bytes[start - 3], ALNUM) { start - 2 } else { start };
        let hit = self.context((from, end), NUMBERS).filter(|hit| hit.fit() == Fit::Label);
        let record = |hit: &Hit| hit.is(CueClass::Mrn) && !hit.weak() && !hit.behind() && !unit::follows(bytes, end);
        let hit = hit.filter(|hit| (licence.is_some() && hit.is(CueClass::License)) || record(hit));
        if let Some(hit) = hit {
            self.ident((from, end), hit);
            self.done = self.done.max(end);
        }
        hit.is_some()
    }

    /// Numbers with a point: the serial number of a lens (`22242691.529`), a licence (`35.421532`, `036.327161`).
    pub(super) fn pointed(&mut self, span: (usize, usize), (first, second): (usize, usize)) {
        let class = match (first, second) {
            (8, 3) => CueClass::Device,
            (2 | 3, 6) => CueClass::License,
            _ => return,
        };
        // `License number of certifier: 36.713803`.
        let (licence, labelled) = (class == CueClass::License, self.labelled(span.0));
        let said =
            |hit: &Hit| hit.fit() == Fit::Label || (licence && (hit.fit() == Fit::Strict || (!hit.weak() && labelled)));
        let hit = self.context(span, NUMBERS);
        if let Some(hit) = hit.filter(|hit| hit.is(class)).filter(said) {
            self.ident(span, hit);
        }
    }

    /// Whether a short bare number is a quantity: a unit stands behind it.
    fn counts(&self, span: (usize, usize), digits: usize, hit: Hit) -> bool {
        let bare = digits == span.1 - span.0 && (digits <= 5 || hit.fit() == Fit::Near);
        bare && unit::follows(self.bytes, span.1)
    }

    /// Whether `:`, `#` or `=` stands right before the value.
    pub(super) fn labelled(&self, start: usize) -> bool {
        let mut at = start;
        while at > 0
            && start - at < 6
            && (matches!(self.bytes[at - 1], b' ' | b'\n' | b'"' | b'(' | b'\t' | b'|' | b'*')
                || (self.bytes[at - 1] == b'-' && byte::peek(self.bytes, at) == b' '))
        {
            at -= 1;
        }
        matches!(byte::prev(self.bytes, at), b':' | b'#' | b'=' | b'|')
    }

    /// The span with the groups that blanks separate from it: `44 55 66`, `XYZ 123456`.
    fn widened(&self, span: (usize, usize), hit: Hit) -> (usize, usize) {
        if hit.fit() < Fit::Strict || hit.lists() {
            return span;
        }
        let floor = hit.end_before(span.0).unwrap_or(0);
        let start = self.prefix(span.0);
        // `License: TX 12345678`: the state is no part of the number.
        let start = if hit.is(CueClass::License) && start + 3 == span.0 { span.0 } else { start };
        let end = if hit.is(CueClass::Plan) { self.dependent(span) } else { None };
        (
            if start < floor { span.0 } else { start },
            end.unwrap_or_else(|| self.groups(span, hit.is(CueClass::License))),
        )
    }

    /// The end of the two digits behind the number of a member that tell who of the family is meant: `U8824947 60`.
    fn dependent(&self, (start, end): (usize, usize)) -> Option<usize> {
        let bytes = self.bytes;
        let shaped = byte::at(bytes, start, UPPER) && end - start >= 8 && byte::is_shape(bytes, end, b" dd");
        let (next, behind) = (byte::peek(bytes, end + 3), byte::peek(bytes, end + 4));
        let ends = match next {
            0 | b'\n' | b'\r' | b'\t' | b';' | b')' | b'|' | b'"' | b'<' => true,
            b'.' | b',' => !byte::is(behind, DIGIT),
            // Where a text goes on, two digits may as well count something.
            b' ' if byte::peek(bytes, end + 1) == b'0' => !byte::is(behind, DIGIT) && !unit::follows(bytes, end + 3),
            b' ' => matches!(behind, b' ' | b'|' | b'('),
            _ => false,
        };
        (shaped && ends && bytes[start + 1..end].iter().all(u8::is_ascii_digit)).then_some(end + 3)
    }

    /// The start of one to four capitals right before the value, when they belong to it.
    fn prefix(&self, start: usize) -> usize {
        let bytes = self.bytes;
        if byte::prev(bytes, start) != b' ' {
            return start;
        }
        let from = byte::back(bytes, start - 1, UPPER, 5);
        let len = start - 1 - from;
        if !(1..=4).contains(&len) || from == 0 || !matches!(bytes[from - 1], b' ' | b':' | b'#' | b'=') {
            return start;
        }
        let word = &bytes[from..start - 1];
        let label = crate::guard::cue::is_number_word(word)
            || self.rules.lexicon.phrase_at((bytes, self.planes), from, start - 1).is_some();
        let verb = matches!(word, b"IS" | b"OF" | b"WAS" | b"NOW" | b"TO" | b"AS" | b"AT" | b"THE" | b"AND" | b"NOT");
        if !label && !verb { from } else { start }
    }

    /// The end of up to four further groups of two to five digits.
    fn groups(&self, span: (usize, usize), license: bool) -> usize {
        let bytes = self.bytes;
        let mut end = span.1;
        let first = span.1 - span.0;
        if first > 5 || byte::peek(bytes, end) != b' ' || !byte::at(bytes, end + 1, DIGIT) {
            return end;
        }
        // `U0076 86171 39692`.
        let fives =
            first == 5 && byte::at(bytes, span.0, UPPER) && byte::is_shape(bytes, span.0 + 1, b"dddd ddddd ddddd");
        // `S530 4412 8890`.
        let lettered = first == 4 && license && byte::is_shape(bytes, span.0 + 1, b"ddd dddd dddd");
        for _ in 0..4 {
            let stop = byte::skip(bytes, end + 1, DIGIT);
            let len = stop.saturating_sub(end + 1);
            let group = byte::peek(bytes, end) == b' ' && (2..=5).contains(&len) && !byte::at(bytes, stop, ALNUM);
            let numeric = bytes[span.0..span.1].iter().all(u8::is_ascii_digit)
                || (fives && len == 5)
                || (lettered && (3..=4).contains(&len));
            if !group
                || !numeric
                || matches!(byte::peek(bytes, stop), b'/' | b'.' | b':' | b'-') && byte::at(bytes, stop + 1, DIGIT)
                || unit::follows(bytes, stop)
            {
                break;
            }
            end = stop;
        }
        end
    }

    /// The value of a mixed token that starts with its own label: `MRN1234567`.
    pub(super) fn glued_label(&mut self, span: (usize, usize)) -> bool {
        let bytes = self.bytes;
        let word = byte::skip(bytes, span.0, ALPHA);
        let numeric = bytes[word..span.1].iter().all(u8::is_ascii_digit);
        if word == span.0 || word - span.0 > 6 || !numeric || span.1 - word < 4 {
            return false;
        }
        let Some(cue) = self.rules.lexicon.phrase_at((bytes, self.planes), span.0, word) else {
            return false;
        };
        if cue.end != word || cue.weak || cue.class.kind().is_none() || word - span.0 < 2 {
            return false;
        }
        // `|F|MRN946305|`: a loose letter before it is none of its own.
        let letter = |hit: &Hit| hit.weak() && (hit.is(CueClass::Fax) || hit.is(CueClass::Phone));
        if self.context(span, NUMBERS).is_some_and(|hit| hit.fit() >= Fit::Strict && !letter(&hit)) {
            return false;
        }
        let run = super::token::Run { start: word, end: span.1, digits: span.1 - word, sep: 0 };
        self.keep_cue(cue);
        self.bare(run, &[]);
        true
    }
}

/// Whether the cue stands at most thirty bytes away.
fn near_enough(hit: Hit) -> bool {
    hit.distance().is_some_and(|at| (-30..=16).contains(&at))
}
