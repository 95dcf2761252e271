//! What an input is: text, a JSON document, or a document on each line.

use serde::de::IgnoredAny;

/// A piece of an input; all of them, one behind the other, are the input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Piece<'t> {
    Text(&'t str),
    Document(&'t str),
}

/// A mark that some programs write before a text, and that no JSON document has.
const BYTE_ORDER_MARK: char = '\u{feff}';

/// The input as one document, as a document on each line, or else as text.
pub(super) fn pieces(input: &str) -> Vec<Piece<'_>> {
    let body = input.trim_start_matches(BYTE_ORDER_MARK);
    let mut out = Vec::new();
    if is_document(body) {
        out.push(Piece::Document(body));
    } else if body.lines().find(|line| !line.trim().is_empty()).is_some_and(is_document) {
        out.extend(body.split_inclusive('\n').map(of_line));
    } else {
        return vec![Piece::Text(input)];
    }
    if body.len() < input.len() {
        out.insert(0, Piece::Text(&input[..input.len() - body.len()]));
    }
    out
}

fn of_line(line: &str) -> Piece<'_> {
    if is_document(line) { Piece::Document(line) } else { Piece::Text(line) }
}

/// Whether it is an object or an array, whole.
fn is_document(text: &str) -> bool {
    text.trim_start().starts_with(['{', '[']) && serde_json::from_str::<IgnoredAny>(text).is_ok()
}

impl<'t> Piece<'t> {
    pub(super) const fn raw(self) -> &'t str {
        match self {
            Self::Text(raw) | Self::Document(raw) => raw,
        }
    }

    /// Whether it is neither a document nor blank.
    pub(super) fn is_prose(self) -> bool {
        matches!(self, Self::Text(text) if !text.trim_matches(BYTE_ORDER_MARK).trim().is_empty())
    }
}

#[cfg(test)]
mod tests {
    use super::Piece::{Document, Text};
    use super::*;

    #[test]
    fn documents_and_lines_of_documents_are_told_from_text() {
        assert_eq!(pieces("{\"a\":1}\n"), [Document("{\"a\":1}\n")]);
        assert_eq!(pieces(" [1,\n2]"), [Document(" [1,\n2]")]);
        assert_eq!(
            pieces("{\"a\":1}\n\n[2]\nwell"),
            [Document("{\"a\":1}\n"), Text("\n"), Document("[2]\n"), Text("well")]
        );
        for text in ["[Note] seen", "{{name}}", "\"a\"", "12", "", "seen\n{\"a\":1}"] {
            assert_eq!(pieces(text), [Text(text)]);
        }
    }

    #[test]
    fn a_byte_order_mark_stays_outside_of_the_document() {
        assert_eq!(pieces("\u{feff}{}"), [Text("\u{feff}"), Document("{}")]);
        assert_eq!(pieces("\u{feff}seen"), [Text("\u{feff}seen")]);
        assert!(!Text("\u{feff}\n").is_prose() && Text("seen").is_prose() && !Document("{}").is_prose());
    }
}
