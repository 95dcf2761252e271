//! The heading of a table.

use super::cells::{Cells, WIDE, trimmed};
use super::{COLUMNS, Span};
use crate::guard::byte::{self, ALNUM, ALPHA};
use crate::guard::cue::{CueClass, is_redaction};
use crate::guard::json::Words;
use crate::guard::rules::Rules;
use crate::guard::words::WordSet;

/// The most digits of a heading: `ICD-10`, `Address 1`.
const DIGITS: usize = 6;
/// The longest cell of a heading, in bytes.
const CELL_BYTES: usize = 40;
/// The most words of a cell of a heading.
const WORDS: usize = 6;

/// First words of columns that hold no identifier of their own.
static COLUMN_WORDS: WordSet<256> = WordSet::new(
    "name names first last middle surname given family patient pt sex gender race ethnicity city state county country \
    street address status type provider physician doctor attending department dept location site unit notes note \
    comment comments reason result results value units flag qty quantity amount amt room bed facility title specialty \
    language insurance payer payor carrier description desc test range age relationship relation code holder ward \
    clinic charge chg cost total balance plan dose route drug medication los freq model make year hostname os los id host port component components manufacturer mfr mfg \
    maker vendor brand implanted explanted installed removed laterality side procedure operator due guarantor owed",
);

/// The longest word that a full stop may shorten: `Eff.`, `Subscr.`.
const SHORTENED: usize = 6;

/// Names of what has one letter for its value.
static SEX: WordSet<8> = WordSet::new("sex gender");

#[derive(Clone, Copy, Debug)]
struct Column {
    /// Its place from the start of the line.
    span: Span,
    /// What its words speak for, and whether weakly.
    class: Option<(CueClass, bool)>,
}

/// A heading: a mark and columns.
#[derive(Debug)]
pub(super) struct Head {
    mark: u8,
    columns: Vec<Column>,
}

/// What a cell of a heading is.
#[derive(Clone, Copy, Debug)]
pub(in crate::guard) enum Label {
    Cue(CueClass, bool),
    Known,
    Plain,
    /// No label at all.
    No,
}

/// What the cells of a heading have been so far.
#[derive(Clone, Copy, Debug, Default)]
pub(in crate::guard) struct Tally {
    cues: usize,
    known: usize,
}

impl Tally {
    /// Counts a cell; what it speaks for, and whether weakly. `None` when it makes the row no heading.
    pub(in crate::guard) fn take(&mut self, label: Label) -> Option<Option<(CueClass, bool)>> {
        match label {
            Label::No => return None,
            Label::Cue(class, weak) => {
                self.cues += 1;
                return Some(Some((class, weak)));
            }
            Label::Known => self.known += 1,
            Label::Plain => {}
        }
        Some(None)
    }

    /// Whether at least one cell is a cue, and another one a cue or a usual word of columns.
    pub(in crate::guard) const fn names_columns(self) -> bool {
        self.cues >= 1 && self.cues + self.known >= 2
    }
}

impl Head {
    /// Reads a line as a heading; a ruler below it tells how wide its columns are.
    pub(super) fn read(rules: &Rules, bytes: &[u8], line: Span, (mark, ruler): (u8, Option<Span>)) -> Option<Self> {
        let mut words = Words::default();
        let mut head = Self { mark, columns: Vec::new() };
        let mut tally = Tally::default();
        let (mut sexed, mut group) = (false, None);
        for cell in Cells::new(bytes, line, mark) {
            let text = trimmed(bytes, cell);
            // `Sex⇥F`: a letter behind that name is a value, so this is no heading.
            if sexed && text.1 - text.0 == 1 {
                return None;
            }
            sexed = SEX.has(&bytes[text.0..text.1]);
            if bytes[text.0..text.1].eq_ignore_ascii_case(b"group") {
                group = Some(head.columns.len());
            }
            // A row that was redacted: `[MRN] | [DOB]`; names of columns in SQL look alike.
            if mark != b',' && byte::prev(bytes, text.0) == b'[' && is_redaction(&bytes[text.0..text.1]) {
                return None;
            }
            let class = tally.take(label(rules, &mut words, bytes, text))?;
            if head.columns.len() == COLUMNS {
                return None;
            }
            head.columns.push(Column { span: (cell.0 - line.0, cell.1 - line.0), class });
        }
        // Beside the number of a member, a group is one of insured.
        let insured = |column: &Column| column.class == Some((CueClass::Plan, false));
        let insured = group.filter(|_| head.columns.iter().any(insured));
        if let Some(column) = insured.and_then(|group| head.columns.get_mut(group)) {
            column.class = Some((CueClass::Plan, true));
        }
        if let Some(ruler) = ruler.filter(|_| mark == WIDE) {
            head.widen(bytes, ruler);
        }
        (tally.names_columns() && head.columns.len() >= 2).then_some(head)
    }

    /// The same columns, parted by another mark.
    pub(super) fn parted_by(self, mark: u8) -> Self {
        Self { mark, ..self }
    }

    /// How many columns there are.
    pub(super) const fn width(&self) -> usize {
        self.columns.len()
    }

    /// Takes the places of the columns from a ruler that has as many parts.
    fn widen(&mut self, bytes: &[u8], ruler: Span) {
        let parts = || runs_of_dashes(bytes, ruler);
        if parts().count() == self.columns.len() {
            self.columns.iter_mut().zip(parts()).for_each(|(column, part)| column.span = part);
        }
    }

    /// What a column speaks for: that of a cell, or where cells of fixed width are missing, that above a candidate.
    pub(super) fn class(&self, place: usize, line: Span, span: Span) -> Option<(CueClass, bool)> {
        let place = if place == usize::MAX { self.column_at((span.0 - line.0, span.1 - line.0))? } else { place };
        self.columns.get(place)?.class
    }

    /// Whether a line has the cells of the table.
    pub(super) fn fits(&self, bytes: &[u8], line: Span) -> bool {
        let count = Cells::new(bytes, line, self.mark).take(COLUMNS + 1).count();
        let last = byte::prev(bytes, line.1 - usize::from(byte::prev(bytes, line.1) == b'\r'));
        match self.mark {
            WIDE => (2..=self.columns.len()).contains(&count),
            b'\t' if last == b'\t' => count == self.columns.len() || count + 1 == self.columns.len(),
            _ => count == self.columns.len(),
        }
    }

    /// Whether a row starts with a label of its own, as rows of names and values do.
    pub(super) fn labels_row(&self, rules: &Rules, bytes: &[u8], row: Span) -> bool {
        let first = Cells::new(bytes, row, self.mark).next();
        let Some(first) = first.map(|cell| trimmed(bytes, cell)) else { return false };
        // A defibrillator below `Device`.
        let defibrillator = || {
            let of_devices = |column: &Column| column.class.is_some_and(|(class, _)| class == CueClass::Device);
            &bytes[first.0..first.1] == b"ICD" && self.columns.iter().any(of_devices)
        };
        matches!(label(rules, &mut Words::default(), bytes, first), Label::Cue(_, false)) && !defibrillator()
    }

    /// The cell that holds a candidate, searched from a cell before it on, and its place in the row.
    pub(super) fn cell_from(
        &self,
        bytes: &[u8],
        line: Span,
        (from, place): (usize, usize),
        span: Span,
    ) -> Option<(Span, usize)> {
        let place = if place == usize::MAX { 0 } else { place };
        let mut cells = Cells::new(bytes, line, self.mark).from(from).zip(place..);
        let found = cells.find(|(cell, _)| span.0 < cell.1)?;
        let missing = self.mark == WIDE && Cells::new(bytes, line, WIDE).count() != self.columns.len();
        Some(if missing { (found.0, usize::MAX) } else { found })
    }

    /// The column of fixed width at a place of the line.
    fn column_at(&self, place: Span) -> Option<usize> {
        let shared = |column: &Column| column.span.1.min(place.1).saturating_sub(column.span.0.max(place.0));
        let best = self.columns.iter().enumerate().max_by_key(|(i, column)| (shared(column), usize::MAX - i))?;
        if shared(best.1) > 0 {
            return Some(best.0);
        }
        self.columns.iter().rposition(|column| column.span.0 <= place.0)
    }
}

/// What a cell of a heading is.
pub(in crate::guard) fn label(rules: &Rules, words: &mut Words, bytes: &[u8], cell: Span) -> Label {
    let text = &bytes[cell.0..cell.1];
    let digits = digits_outside_names(text);
    let letters = text.iter().any(|byte| byte::is(*byte, ALPHA));
    let odd = text.iter().any(|byte| b":=?!<>@;{}".contains(byte)) || ends_sentence(text);
    let count = text.split(|byte| *byte == b' ').count();
    if text.is_empty() {
        return Label::Plain;
    }
    if text.len() > CELL_BYTES || digits > 2 || odd || count > WORDS || !(letters || text == b"#") || redacted(text) {
        return Label::No;
    }
    let Some(key) = std::str::from_utf8(text).ok() else {
        return Label::Plain;
    };
    if let Some(class) = counted(text) {
        return Label::Cue(class, false);
    }
    // `dx1`, `phone 2`.
    let unnumbered = key.trim_end_matches(|c: char| c.is_ascii_digit() || c == '_' || c == ' ');
    match words.cue(rules, key).or_else(|| words.cue(rules, unnumbered)) {
        Some((class, weak)) => Label::Cue(class, weak),
        None if text.split(|byte| !byte.is_ascii_alphabetic()).any(|word| COLUMN_WORDS.has(word)) => Label::Known,
        None => Label::Plain,
    }
}

/// Whether a full stop stands in the text that ends no short word: `Eff. date`, `Pt. Med. Rec. No.`.
fn ends_sentence(text: &[u8]) -> bool {
    let mut stops = text.windows(2).enumerate().filter(|(_, two)| *two == b". ");
    stops.any(|(at, _)| {
        at - byte::back(text, at, ALPHA, SHORTENED + 1) > SHORTENED || !byte::at(text, at.wrapping_sub(1), ALPHA)
    })
}

/// What the last word of a name says that holds a time or a size: `created_epoch`, `login_at`, `sent_bytes`.
fn counted(text: &[u8]) -> Option<CueClass> {
    let ends = |word: &[u8]| {
        let at = text.len().checked_sub(word.len()).filter(|at| text[*at..].eq_ignore_ascii_case(word));
        at.is_some_and(|at| !byte::is(byte::prev(text, at), ALNUM))
    };
    match text.last().map_or(0, |last| last | 0x20) {
        b'h' if ends(b"epoch") => Some(CueClass::Date),
        b't' if text.ends_with(b"_at") || text.ends_with(b"_AT") => Some(CueClass::Date),
        b's' if ends(b"ts") => Some(CueClass::Date),
        b's' if ends(b"bytes") => Some(CueClass::Other),
        b't' if ends(b"offset") => Some(CueClass::Other),
        _ => None,
    }
}

/// Whether a label and what a redaction left of its value stand in the cell: `DOB [DOB]`, of which the last mark is trimmed.
fn redacted(text: &[u8]) -> bool {
    let open = memchr::memchr(b'[', text).filter(|open| *open > 0);
    open.is_some_and(|open| is_redaction(&text[open + 1..]))
}

fn digits_of(text: &[u8]) -> usize {
    text.iter().filter(|byte| byte.is_ascii_digit()).count()
}

/// How many digits stand outside of names of programs: none in `ICD10_1`, `a1c_2023`.
pub(super) fn digits_outside_names(text: &[u8]) -> usize {
    let words = text.split(|byte| !byte::is(*byte, ALNUM) && *byte != b'_');
    let named = |word: &&[u8]| word.contains(&b'_') && byte::at(word, 0, ALPHA);
    words.filter(|word| !named(word)).map(digits_of).sum()
}

/// Whether a line has too many digits for a heading; `digits` are all of it.
pub(super) fn has_values(line: &[u8], digits: usize) -> bool {
    digits > DIGITS && (memchr::memchr(b'_', line).is_none() || digits_outside_names(line) > DIGITS)
}

/// The runs of dashes of a ruler, from the start of its line.
fn runs_of_dashes(bytes: &[u8], ruler: Span) -> impl Iterator<Item = Span> {
    let dash = move |at: usize| at < ruler.1 && matches!(byte::peek(bytes, at), b'-' | b'=');
    let mut at = ruler.0;
    std::iter::from_fn(move || {
        while at < ruler.1 && !dash(at) {
            at += 1;
        }
        let start = at;
        while dash(at) {
            at += 1;
        }
        (at > start).then_some((start - ruler.0, at - ruler.0))
    })
}
