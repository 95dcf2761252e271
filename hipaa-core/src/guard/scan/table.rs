//! Tables: the heading of a column speaks for what stands below it.
//!
//! Nothing is looked for until a candidate touches a separator. Then the lines above are asked
//! for a heading: words without digits, at least two of which name columns. It holds for the
//! lines below that have as many cells, up to a blank line.

mod cells;
mod head;
mod sql;

use super::{Hit, Scan};
use crate::guard::Reason;
use crate::guard::byte;
use cells::{WIDE, is_ruler};
use head::Head;
pub(in crate::guard) use head::{Tally, label};
pub(super) use sql::Sql;

/// The longest line that is read as a row, in bytes.
const ROW_BYTES: usize = 4096;
/// The most columns of a table.
pub(in crate::guard) const COLUMNS: usize = 64;
/// How many lines above a row are asked for a heading.
const LINES_ABOVE: usize = 8;

type Span = (usize, usize);

/// The table that the pass is in.
#[derive(Debug)]
pub(super) struct Tables {
    head: Option<Head>,
    /// The line looked at last.
    line: Span,
    /// The cell looked at last: cues outside of it do not count. Outside of tables, everything.
    pub(super) cell: Span,
    /// Its place in the row.
    place: usize,
}

impl Default for Tables {
    fn default() -> Self {
        Self { head: None, line: (0, 0), cell: ALL, place: 0 }
    }
}

impl Tables {
    /// Whether the pass may be in a table.
    #[inline]
    pub(super) const fn known(&self) -> bool {
        self.head.is_some()
    }
}

/// The longest label before a value in a field of ZPL, in bytes.
const LABEL_BYTES: usize = 40;
/// Stands for the place of a cell in a tuple of SQL.
const TUPLE: usize = usize::MAX - 1;

const ALL: Span = (0, usize::MAX);

impl Scan<'_, '_> {
    /// What the heading says when a candidate stands in a table; finds the cell around it.
    #[inline(never)]
    pub(super) fn column(&mut self, span: Span) -> Option<Hit> {
        let mark = mark_beside(self.bytes, span);
        let mark = self.told(span, mark);
        if let Some(hit) = self.tuple(span) {
            return hit;
        }
        if mark == 0 && self.tables.head.is_none() {
            return None;
        }
        if !(self.tables.line.0..self.tables.line.1).contains(&span.0) {
            self.enter_line(span.0, mark);
        }
        let tables = &mut self.tables;
        let head = tables.head.as_ref()?;
        if !(tables.cell.0..tables.cell.1).contains(&span.0) {
            let from = if tables.cell.0 <= span.0 { (tables.cell.0, tables.place) } else { (tables.line.0, 0) };
            (tables.cell, tables.place) = head.cell_from(self.bytes, tables.line, from, span).unwrap_or((ALL, 0));
        }
        let (class, weak) = head.class(tables.place, tables.line, span)?;
        Some(Hit::declared(class, Reason::Column).with_weak(weak))
    }

    /// Looks for what a quotation mark, a parenthesis or a command of ZPL beside a candidate may tell; returns the
    /// mark when it parts cells.
    fn told(&mut self, span: Span, mark: u8) -> u8 {
        let opens = byte::prev(self.bytes, span.0) == b'(' && byte::peek(self.bytes, span.1) == b',';
        if mark == b'\'' || opens {
            self.ask_sql();
            self.validated(span);
        }
        if mark == b'^' {
            self.printed_label(span);
        }
        if matches!(mark, b'\'' | b'^') { 0 } else { mark }
    }

    /// Reads the statements of SQL, once.
    pub(super) fn ask_sql(&mut self) {
        if !self.asked_sql {
            self.asked_sql = true;
            self.sql = Sql::read(self.rules, self.bytes).map(Box::new);
        }
    }

    /// What the name of a value says when a candidate stands in a tuple of SQL.
    fn tuple(&mut self, span: Span) -> Option<Option<Hit>> {
        let Some((cell, class)) = self.sql.as_mut()?.cell(self.bytes, span) else {
            if self.tables.place == TUPLE {
                self.tables = Tables::default();
            }
            return None;
        };
        self.tables = Tables { cell, place: TUPLE, ..Tables::default() };
        Some(class.map(|(class, weak)| Hit::declared(class, Reason::Column).with_weak(weak)))
    }

    /// Reads the label of a field of ZPL, `^FDMRN: 4482913^FS`: the command touches its first word.
    fn printed_label(&mut self, span: Span) {
        let start = byte::back_to(self.bytes, span.0, b'^', LABEL_BYTES);
        if self.bytes[start..span.0].starts_with(b"FD")
            && let end = byte::skip(self.bytes, start + 2, byte::ALPHA)
            && let Some(cue) = self.rules.lexicon.phrase_at((self.bytes, self.planes), start + 2, end)
        {
            self.keep_cue(cue);
        }
    }

    /// Looks at the line of a candidate: a row of the table before it, or the first of a new one.
    fn enter_line(&mut self, at: usize, mark: u8) {
        let before = std::mem::take(&mut self.tables);
        let Some(line) = line_around(self.bytes, at) else {
            self.tables = Tables { line: (at, at + 1), ..Tables::default() };
            return;
        };
        let kept = before.head.filter(|head| before.line.1 <= line.0 && self.are_rows(head, before.line.1 + 1, line.1));
        let floor = if before.line.0 < line.0 { before.line.0 } else { 0 };
        let head = kept.or_else(|| if mark == 0 { None } else { self.head_above(line, mark, floor) });
        let cell = if head.is_some() { (line.0, line.0) } else { ALL };
        self.tables = Tables { head, line, cell, ..Tables::default() };
    }

    /// Whether all lines from `from` to `to` are rows of the table.
    fn are_rows(&self, head: &Head, from: usize, to: usize) -> bool {
        let mut start = from;
        while start < to {
            let Some(line) = line_around(self.bytes, start) else {
                return false;
            };
            if !is_ruler(self.bytes, line) && !head.fits(self.bytes, line) {
                return false;
            }
            start = line.1 + 1;
        }
        true
    }

    /// The heading above a line whose cells a mark parts.
    fn head_above(&self, line: Span, mark: u8, floor: usize) -> Option<Head> {
        let mut upper = line.0;
        let mut ruler = None;
        for _ in 0..LINES_ABOVE {
            let above = line_around(self.bytes, upper.checked_sub(1)?).filter(|above| above.0 >= floor)?;
            upper = above.0;
            if is_ruler(self.bytes, above) {
                ruler = Some(above);
                continue;
            }
            if let Some(names) = sql::copied(self.bytes, above) {
                let head = Head::read(self.rules, self.bytes, names, (b',', None)).map(|head| head.parted_by(mark));
                return head.filter(|head| self.are_rows(head, above.1 + 1, line.1));
            }
            if !cells::has_mark(self.bytes, above, mark) {
                return None;
            }
            let digits = self.planes.digits_in(above.0, above.1);
            if head::has_values(&self.bytes[above.0..above.1], digits) {
                continue;
            }
            let head = Head::read(self.rules, self.bytes, above, (mark, ruler));
            let Some(head) = head.filter(|head| self.are_rows(head, above.1 + 1, line.1)) else {
                continue;
            };
            let first = line_around(self.bytes, ruler.unwrap_or(above).1 + 1)?;
            return (ruler.is_some() || !head.labels_row(self.rules, self.bytes, first)).then_some(head);
        }
        None
    }
}

/// Which looks a byte behind a value asks for: the byte itself parts cells, or it does before a blank or bar, or it
/// does before anything else or behind the start of a line or tuple, or the other side must be looked at.
const PARTS: u8 = 1;
const WIDE_OR_BAR: u8 = 2;
const TIGHT: u8 = 4;
const OTHER_SIDE: u8 = 8;

static BEHIND: [u8; 256] = {
    let mut looks = [0; 256];
    let bytes = b" ,;\t|\"*\r\n\0'^";
    let values = [
        WIDE_OR_BAR,
        TIGHT,
        TIGHT,
        PARTS,
        PARTS,
        PARTS,
        PARTS,
        OTHER_SIDE,
        OTHER_SIDE,
        OTHER_SIDE,
        OTHER_SIDE,
        OTHER_SIDE,
    ];
    let mut i = 0;
    while i < bytes.len() {
        looks[bytes[i] as usize] = values[i];
        i += 1;
    }
    looks
};

/// What may stand before the first value of a line or a tuple.
static BEFORE: [u8; 256] = {
    let mut looks = [0; 256];
    looks[b'\n' as usize] = TIGHT;
    looks[b'(' as usize] = TIGHT;
    looks[0] = TIGHT;
    looks
};

/// Whether a mark that may part cells touches the span: behind it, or before the last value of a line. A cheap look
/// without guesses, as it is asked of every candidate.
#[inline]
pub(super) fn touches_mark(bytes: &[u8], (start, end): Span) -> bool {
    let (behind, next, before) = (byte::peek(bytes, end), byte::peek(bytes, end + 1), byte::prev(bytes, start));
    let wide = if (next == b' ') | (next == b'|') { WIDE_OR_BAR } else { 0 };
    let tight = if next > b' ' { TIGHT } else { BEFORE[usize::from(before)] };
    let looks = BEHIND[usize::from(behind)] & (PARTS | wide | tight | OTHER_SIDE);
    looks != 0 && (looks != OTHER_SIDE || mark_beside(bytes, (start, end)) != 0)
}

/// The mark that parts cells and touches the span; zero when none does.
#[inline(never)]
fn mark_beside(bytes: &[u8], (start, end): Span) -> u8 {
    let next = byte::peek(bytes, end);
    let before = byte::prev(bytes, start);
    match (before, next) {
        (b'\t' | b'|', _) => before,
        (_, b'\t' | b'|') => next,
        (_, b' ') if byte::peek(bytes, end + 1) == b'|' => b'|',
        (b' ', _) if start >= 2 && matches!(bytes[start - 2], b' ' | b'|') => bytes[start - 2],
        (_, b' ') if byte::peek(bytes, end + 1) == b' ' => WIDE,
        (_, b',' | b';') if !byte::at(bytes, end + 1, byte::BLANK) || matches!(before, b'\n' | 0) => next,
        (b',' | b';', _) => before,
        (_, b'"' | b'*') | (b'"' | b'*', _) => quoted_mark(bytes, (start, end)),
        (_, b'\'') => b'\'',
        (_, b'^') if bytes[end..].starts_with(b"^FS") => b'^',
        _ => 0,
    }
}

/// The same for a span in quotation marks or stars.
#[inline(never)]
fn quoted_mark(bytes: &[u8], (start, end): Span) -> u8 {
    let quote = |byte: &u8| matches!(byte, b'"' | b'*');
    let behind = bytes.iter().skip(end).take(4).find(|byte| !quote(byte)).copied().unwrap_or(0);
    let before = bytes[..start].iter().rev().take(4).find(|byte| !quote(byte)).copied().unwrap_or(0);
    let is_mark = |byte: u8| matches!(byte, b',' | b';' | b'\t' | b'|');
    match () {
        () if is_mark(behind) => behind,
        () if is_mark(before) => before,
        () if before == b' ' && behind == b' ' => b'|',
        () => 0,
    }
}

/// The line around a place, without the byte that ends it; `None` when it is empty or too long.
fn line_around(bytes: &[u8], at: usize) -> Option<Span> {
    let floor = at.saturating_sub(ROW_BYTES);
    let start = memchr::memrchr(b'\n', bytes.get(floor..at)?).map_or(floor, |place| floor + place + 1);
    let rest = bytes.get(at..bytes.len().min(start + ROW_BYTES))?;
    let end = memchr::memchr(b'\n', rest).map_or(at + rest.len(), |place| at + place);
    #[cfg(test)]
    crate::guard::steps::add(end - start);
    let whole = (start == 0 || byte::prev(bytes, start) == b'\n') && (end == bytes.len() || bytes[end] == b'\n');
    let blank = bytes[start..end].iter().all(|byte| byte.is_ascii_whitespace());
    (whole && !blank).then_some((start, end))
}

#[cfg(test)]
mod tests;
