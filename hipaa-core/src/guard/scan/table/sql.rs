//! SQL: the names in parentheses before `VALUES` speak for the values of each tuple behind it.
//!
//! Nothing is looked for until a candidate touches `'`, or stands between `(` and a comma. Then the text
//! is asked once for such statements; each tuple is read when the pass comes to it.

use super::head::Head;
use super::{COLUMNS, ROW_BYTES, Span};
use crate::guard::byte::{self, ALNUM, BLANK};
use crate::guard::cue::CueClass;
use crate::guard::rules::Rules;
use arrayvec::ArrayVec;

const VALUES: &[u8] = b"VALUES";
/// How many blanks may stand between the names and the word.
const BLANKS: usize = 64;

/// The statements of a text, and the tuple that the pass is in.
#[derive(Debug, Default)]
pub(in crate::guard::scan) struct Sql {
    heads: Vec<Head>,
    statements: Vec<Statement>,
    /// The statement that the tuple belongs to.
    at: usize,
    tuple: Tuple,
}

/// Where the tuples of a statement start, and which heading it has.
#[derive(Clone, Copy, Debug)]
struct Statement {
    from: usize,
    head: usize,
}

#[derive(Debug, Default)]
struct Tuple {
    end: usize,
    cells: ArrayVec<Span, COLUMNS>,
}

impl Sql {
    /// Finds the statements of a text; `None` when it has none.
    pub(super) fn read(rules: &Rules, bytes: &[u8]) -> Option<Self> {
        #[cfg(test)]
        crate::guard::steps::add(bytes.len());
        let mut out = Self::default();
        let (mut floor, mut known) = (0, (0, 0));
        for at in memchr::memchr2_iter(b'V', b'v', bytes) {
            let Some((names, from)) = names_before(bytes, at, floor) else { continue };
            floor = from;
            // Dumps repeat the names for each row.
            if out.heads.is_empty() || bytes[names.0..names.1] != bytes[known.0..known.1] {
                let Some(head) = Head::read(rules, bytes, names, (b',', None)) else { continue };
                out.heads.push(head);
                known = names;
            }
            out.statements.push(Statement { from, head: out.heads.len() - 1 });
        }
        out.rewind();
        (!out.statements.is_empty()).then_some(out)
    }

    /// Goes back to the first statement.
    pub(in crate::guard::scan) fn rewind(&mut self) {
        let from = self.statements.first().map_or(usize::MAX, |statement| statement.from);
        (self.at, self.tuple) = (0, Tuple { end: from, ..Tuple::default() });
    }

    /// The value of a tuple that holds a candidate, and what its name speaks for; candidates come in order.
    pub(super) fn cell(&mut self, bytes: &[u8], span: Span) -> Option<(Span, Option<(CueClass, bool)>)> {
        while self.tuple.end <= span.0 {
            self.advance(bytes);
        }
        let place = self.tuple.cells.iter().position(|cell| (cell.0..cell.1).contains(&span.0))?;
        let head = self.statements.get(self.at).and_then(|statement| self.heads.get(statement.head));
        let head = head.filter(|head| head.width() == self.tuple.cells.len());
        Some((self.tuple.cells[place], head.and_then(|head| head.class(place, (0, 0), span))))
    }

    /// Goes on to the next tuple, or to the next statement.
    fn advance(&mut self, bytes: &[u8]) {
        let next = self.statements.get(self.at + 1).map(|statement| statement.from);
        let limit = next.unwrap_or(bytes.len()).min(bytes.len());
        let tuple = if self.at < self.statements.len() { Tuple::read(bytes, self.tuple.end, limit) } else { None };
        if let Some(tuple) = tuple {
            self.tuple = tuple;
            return;
        }
        self.at += 1;
        let from = next.unwrap_or(usize::MAX);
        self.tuple = Tuple { end: from, ..Tuple::default() };
    }
}

impl Tuple {
    /// Reads the tuple that stands behind `from`, when it ends before `limit`.
    fn read(bytes: &[u8], from: usize, limit: usize) -> Option<Self> {
        let mut start = from;
        while start < limit && (byte::at(bytes, start, BLANK) || bytes[start] == b',') {
            start += 1;
        }
        if start >= limit || bytes[start] != b'(' {
            return None;
        }
        let limit = limit.min(start + ROW_BYTES);
        let (mut cells, mut depth, mut at, mut cell) = (ArrayVec::new(), 0, start, start + 1);
        while at < limit {
            #[cfg(test)]
            crate::guard::steps::add(1);
            match bytes[at] {
                b'(' => depth += 1,
                b')' | b',' if depth == 1 => {
                    cells.try_push((cell, at)).ok()?;
                    cell = at + 1;
                    if bytes[at] == b')' {
                        return Some(Self { end: at + 1, cells });
                    }
                }
                b')' => depth -= 1,
                quote @ (b'\'' | b'"') => at = string_end(bytes, at, quote, limit)?,
                _ => {}
            }
            at += 1;
        }
        None
    }
}

/// The quote that ends the string which starts at `at`; two of them, or one behind `\`, are a part of it.
fn string_end(bytes: &[u8], at: usize, quote: u8, limit: usize) -> Option<usize> {
    let mut from = at + 1;
    loop {
        let end = from + memchr::memchr(quote, bytes.get(from..limit)?)?;
        #[cfg(test)]
        crate::guard::steps::add(end - from);
        let closes = matches!(byte::peek(bytes, end + 1), b',' | b')');
        if byte::peek(bytes, end + 1) == quote {
            from = end + 2;
        } else if byte::prev(bytes, end) == b'\\' && !closes {
            from = end + 1;
        } else {
            return Some(end);
        }
    }
}

/// The names in parentheses before the word `VALUES` at `at`, and where its tuples start.
fn names_before(bytes: &[u8], at: usize, floor: usize) -> Option<(Span, usize)> {
    let from = at + VALUES.len();
    let word = bytes.get(at..from).is_some_and(|word| word.eq_ignore_ascii_case(VALUES));
    if !word || byte::at(bytes, from, ALNUM) || byte::peek(bytes, byte::skip(bytes, from, BLANK)) != b'(' {
        return None;
    }
    let close = byte::back(bytes, at, BLANK, BLANKS).checked_sub(1).filter(|close| bytes[*close] == b')')?;
    let first = floor.max(close.saturating_sub(ROW_BYTES));
    let open = first + memchr::memrchr(b'(', bytes.get(first..close)?)?;
    #[cfg(test)]
    crate::guard::steps::add(close - open);
    Some(((open + 1, close), from))
}

/// The names in parentheses of a line `COPY table (names) FROM stdin;`.
pub(super) fn copied(bytes: &[u8], line: Span) -> Option<Span> {
    let first = byte::skip(bytes, line.0, BLANK);
    let start = first + usize::from(byte::peek(bytes, first) == b'\\');
    let rest = bytes.get(start..line.1)?;
    if !rest.first_chunk::<5>().is_some_and(|word| word.eq_ignore_ascii_case(b"copy ")) {
        return None;
    }
    let (open, close) = (memchr::memchr(b'(', rest)?, memchr::memchr(b')', rest)?);
    let from = rest.get(close + 1..)?.trim_ascii_start().first_chunk::<4>()?;
    let table = rest.get(5..open)?.trim_ascii();
    let copies = open < close && from.eq_ignore_ascii_case(b"from") && !table.contains(&b' ');
    copies.then_some((start + open + 1, start + close))
}
