//! Folding of look-alike characters to ASCII, with a map back to the original bytes.
//!
//! Full-width and other decimal digits, hyphen look-alikes, no-break and thin spaces become
//! their ASCII twins; zero-width and combining marks are dropped. Everything else is copied.
//! A no-break space becomes a space and so never glues two numbers together.

mod markup;
mod table;

use table::{Fold, fold_of};

/// Room for the places of what folds in a usual note.
const ROOM: usize = 32;

/// Where each byte of a derived text came from: runs of equal distance.
#[derive(Debug, Default)]
pub(super) struct Map {
    /// (place in the derived text, place in the original), ascending in both.
    runs: Vec<(usize, usize)>,
}

impl Map {
    /// A map with room for so many runs.
    pub(super) fn with_room(runs: usize) -> Self {
        Self { runs: Vec::with_capacity(runs) }
    }

    /// From `derived` on, bytes come from `original` on.
    pub(super) fn mark(&mut self, derived: usize, original: usize) {
        match self.runs.last_mut() {
            Some(last) if last.0 == derived => last.1 = original,
            _ => self.runs.push((derived, original)),
        }
    }

    /// The original place of the derived byte `at`.
    pub(super) fn start(&self, at: usize) -> usize {
        let run = self.runs.partition_point(|run| run.0 <= at);
        run.checked_sub(1).map_or(at, |i| self.runs[i].1 + (at - self.runs[i].0))
    }

    /// The original place behind the last byte before `at`, and behind what was dropped after it.
    pub(super) fn end(&self, at: usize) -> usize {
        let Some(last) = at.checked_sub(1) else {
            return self.start(0);
        };
        let run = self.runs.partition_point(|run| run.0 <= last);
        match self.runs.get(run) {
            Some(next) if next.0 == at => next.1,
            _ => self.start(last) + 1,
        }
    }
}

/// Folds a text; `None` when nothing in it folds.
pub(super) fn fold(text: &str) -> Option<(String, Map)> {
    let (bytes, marked) = (text.as_bytes(), markup::first(text.as_bytes()));
    let first = first_foldable(text).into_iter().chain(marked).min()?;
    let mut out = String::with_capacity(text.len());
    let mut map = Map::with_room(ROOM);
    out.push_str(&text[..first]);
    let mut at = first;
    // Where the next piece of markup may be: looked for once, however often the walk stops before it.
    let mut mark = 0;
    while let Some(c) = text[at..].chars().next() {
        let piece = marked.and_then(|_| markup::piece(bytes, at, out.bytes().next_back().unwrap_or(0)));
        let (len, fold) = piece.unwrap_or_else(|| (c.len_utf8(), fold_of(c)));
        let next = at + len;
        match fold {
            Fold::Keep => {
                if mark < next {
                    mark = if marked.is_some() { markup::next_mark(bytes, next) } else { bytes.len() };
                }
                let end = next + plain_len(&bytes[next..mark]);
                out.push_str(&text[at..end]);
                at = end;
                continue;
            }
            Fold::To(ascii) => {
                map.mark(out.len(), at);
                out.push(char::from(ascii));
            }
            Fold::Drop => {}
        }
        map.mark(out.len(), next);
        at = next;
    }
    Some((out, map))
}

/// The place before the marks of direction that end at `end`: they belong to the text around a value.
pub(super) fn without_tail(text: &str, mut end: usize) -> usize {
    let direction = |c: &char| matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    while let Some(c) = text.get(..end).and_then(|text| text.chars().next_back()).filter(direction) {
        end -= c.len_utf8();
    }
    end
}

/// How many ASCII bytes the slice starts with.
fn plain_len(bytes: &[u8]) -> usize {
    let (words, _) = bytes.as_chunks::<16>();
    let whole = words.iter().take_while(|word| word.is_ascii()).count() * 16;
    let len = whole + bytes[whole..].iter().take_while(|byte| byte.is_ascii()).count();
    #[cfg(test)]
    super::steps::add(len);
    len
}

fn first_foldable(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    if bytes.is_ascii() {
        return None;
    }
    let mut at = 0;
    loop {
        at += plain_len(&bytes[at..]);
        let c = text[at..].chars().next()?;
        if fold_of(c) != Fold::Keep {
            return Some(at);
        }
        at += c.len_utf8();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn original_of<'t>(text: &'t str, part: &str) -> &'t str {
        let (out, map) = fold(text).unwrap();
        let start = out.find(part).unwrap();
        &text[map.start(start)..map.end(start + part.len())]
    }

    #[test]
    fn digits_hyphens_and_spaces_become_ascii() {
        assert_eq!(original_of("SSN ５３６‐９０–４３９９.", "536-90-4399"), "５３６‐９０–４３９９");
        assert_eq!(original_of("x\u{a0}٤٢ y", "42"), "٤٢");
        assert_eq!(fold("a\u{a0}1\u{2009}2").unwrap().0, "a 1 2");
    }

    #[test]
    fn invisible_marks_are_dropped_and_belong_to_the_span() {
        assert_eq!(original_of("n 1\u{200b}2\u{301}3 z", "123"), "1\u{200b}2\u{301}3");
        assert_eq!(original_of("n 123\u{200b} z", "123"), "123\u{200b}");
        assert!(fold("37 °C, 5 µg, Zoë, 12 µ").is_none());
    }

    proptest! {
        #[test]
        fn mapped_spans_lie_on_character_boundaries(text in "[a0 -Ａ９é話\u{200b}\u{301}\u{a0}]{0,40}") {
            if let Some((out, map)) = fold(&text) {
                let edges: Vec<usize> = (0..=out.len()).filter(|&i| out.is_char_boundary(i)).collect();
                for pair in edges.windows(2) {
                    let (start, end) = (map.start(pair[0]), map.end(pair[1]));
                    prop_assert!(start < end && text.get(start..end).is_some());
                }
            }
        }
    }
}
