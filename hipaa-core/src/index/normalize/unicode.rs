//! The rules for names and identifiers over all of Unicode, as one stream of characters without intermediate copies.
//!
//! Everything is decided on the full decomposition, whose characters decompose and fold no further. Composing is the last
//! step: it also puts marks in canonical order that a removal has brought together. Hence the result is in NFKC, and the
//! same steps applied to it find nothing left to do. Composing before a removal would lose that: it can make a mark
//! adjacent to a letter that the mark composes with.

use crate::text::class::{is_apostrophe, is_apostrophe_mark, is_blank, is_dash, is_mark, is_separator};
use crate::text::{buffer, composed, folded};

/// Appends the normal form of a name.
pub(super) fn name(input: &str, out: &mut Vec<u8>) {
    let letters = folded(input).filter(|c| !is_apostrophe(*c));
    buffer::extend(out, composed(Words::new(letters)));
}

/// Appends the normal form of an identifier.
pub(super) fn identifier(input: &str, out: &mut Vec<u8>) {
    let kept = folded(input).filter(|c| !is_blank(*c) && !is_dash(*c));
    buffer::extend(out, composed(kept));
}

/// Turns runs of separators into one blank, trims the ends, and drops marks that have no letter to sit on.
struct Words<I> {
    source: I,
    /// The first character of a word whose blank has just been returned.
    held: Option<char>,
    /// Whether a character has been returned already.
    begun: bool,
    /// Whether a separator is due before the next character.
    gap: bool,
    /// The gap as it was before the blank that has just been read; `None` if anything else was read last.
    before_blank: Option<bool>,
    /// Whether a mark read now would have no letter to sit on.
    bare: bool,
}

impl<I: Iterator<Item = char>> Words<I> {
    fn new(source: I) -> Self {
        Self { source, held: None, begun: false, gap: false, before_blank: None, bare: true }
    }

    fn separate(&mut self, separator: char) {
        self.before_blank = (separator == ' ').then_some(self.gap);
        self.gap = true;
        self.bare = true;
    }

    fn drop_mark(&mut self, mark: char) {
        if let Some(gap) = self.before_blank.take()
            && is_apostrophe_mark(mark)
        {
            self.gap = gap;
        }
    }

    fn emit(&mut self, c: char) -> char {
        let separated = self.gap && self.begun;
        self.before_blank = None;
        self.gap = false;
        self.bare = false;
        self.begun = true;
        if separated {
            self.held = Some(c);
            return ' ';
        }
        c
    }
}

impl<I: Iterator<Item = char>> Iterator for Words<I> {
    type Item = char;

    fn next(&mut self) -> Option<char> {
        if let Some(c) = self.held.take() {
            return Some(c);
        }
        loop {
            match self.source.next()? {
                c if is_separator(c) => self.separate(c),
                c if self.bare && is_mark(c) => self.drop_mark(c),
                c => return Some(self.emit(c)),
            }
        }
    }
}
