//! A line, cut into cells.

use super::Span;
use crate::guard::byte::{self, BLANK};

/// Stands for two or more blanks between cells.
pub(super) const WIDE: u8 = b' ';

/// The cells of a line, in order.
#[derive(Debug)]
pub(super) struct Cells<'t> {
    bytes: &'t [u8],
    at: usize,
    end: usize,
    mark: u8,
    done: bool,
}

impl<'t> Cells<'t> {
    pub(super) fn new(bytes: &'t [u8], line: Span, mark: u8) -> Self {
        let (mut at, mut end) = line;
        while end > at && (bytes[end - 1] == b'\r' || (bytes[end - 1] == b' ' && mark != b'\t')) {
            end -= 1;
        }
        if mark == b'|' {
            let first = byte::skip(bytes, at, BLANK).min(end);
            at = if byte::peek(bytes, first) == b'|' { first + 1 } else { at };
        }
        if matches!(mark, b'|' | b'\t') && end > at && bytes[end - 1] == mark {
            end -= 1;
        }
        Self { bytes, at, end, mark, done: at >= end }
    }

    /// The cells from one of them on.
    pub(super) fn from(mut self, at: usize) -> Self {
        self.at = self.at.max(at);
        self.done = self.at >= self.end;
        self
    }

    fn wide(&mut self) -> Option<Span> {
        let start = byte::skip(self.bytes, self.at, BLANK);
        if start >= self.end {
            return None;
        }
        let mut at = start;
        while at < self.end && !(byte::at(self.bytes, at, BLANK) && byte::at(self.bytes, at + 1, BLANK)) {
            at += 1;
        }
        self.at = at;
        Some((start, at))
    }

    /// Where the cell from `start` on ends; quotation marks may hold the mark.
    fn stop(&self, start: usize) -> usize {
        let first = byte::skip(self.bytes, start, BLANK);
        let mut from = start;
        if byte::peek(self.bytes, first) == b'"' && first < self.end {
            let closes = |at: usize| byte::peek(self.bytes, at) == b'"' && byte::peek(self.bytes, at + 1) != b'"';
            let mut at = first + 1;
            while at < self.end && !closes(at) {
                at += if self.bytes[at] == b'"' { 2 } else { 1 };
            }
            from = if at < self.end { at } else { start };
        }
        #[cfg(test)]
        crate::guard::steps::add(from - start);
        let rest = self.bytes.get(from..self.end).unwrap_or(&[]);
        let len = memchr::memchr(self.mark, rest).unwrap_or(rest.len());
        #[cfg(test)]
        crate::guard::steps::add(len);
        from + len
    }
}

impl Iterator for Cells<'_> {
    type Item = Span;

    fn next(&mut self) -> Option<Span> {
        if self.mark == WIDE {
            return self.wide();
        }
        if self.done {
            return None;
        }
        let start = self.at;
        let stop = self.stop(start);
        self.at = stop + 1;
        self.done = stop >= self.end;
        Some((start, stop))
    }
}

/// A cell without blanks, quotation marks, brackets and stars around it.
pub(super) fn trimmed(bytes: &[u8], (mut start, mut end): Span) -> Span {
    let dress = |byte: u8| byte::is(byte, BLANK) || matches!(byte, b'"' | b'*' | b'\'' | b'`' | b'_' | b'[' | b']');
    while start < end && dress(bytes[start]) {
        start += 1;
    }
    while start < end && dress(bytes[end - 1]) {
        end -= 1;
    }
    (start, end)
}

/// Whether a line has dashes and what parts cells only: `|---|:--:|`, `-----  ----`.
pub(super) fn is_ruler(bytes: &[u8], line: Span) -> bool {
    let line = &bytes[line.0..line.1];
    let rule = |byte: &u8| matches!(byte, b'-' | b'=' | b'+' | b'|' | b':' | b' ' | b'\t' | b'\r');
    line.iter().all(rule) && line.iter().filter(|byte| matches!(byte, b'-' | b'=')).count() >= 3
}

/// Whether the mark stands in the line.
pub(super) fn has_mark(bytes: &[u8], line: Span, mark: u8) -> bool {
    let line = &bytes[line.0..line.1];
    #[cfg(test)]
    crate::guard::steps::add(line.len());
    match mark {
        WIDE => line.windows(2).any(|pair| pair == b"  "),
        mark => memchr::memchr(mark, line).is_some(),
    }
}
