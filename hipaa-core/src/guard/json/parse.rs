//! A tape of tokens over the raw bytes: no copy, no tree, bounded depth.

use crate::guard::byte::swar;
use std::fmt;

/// The deepest nesting that is read.
pub const MAX_DEPTH: usize = 128;

/// What some programs write before a document in UTF-8.
const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();

/// What is wrong with a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum JsonFault {
    /// The document ends too early.
    Ended,
    /// A character that no rule of the grammar allows here.
    Unexpected,
    /// Another document behind the first: JSON lines are read one by one.
    Several,
    /// A string with a raw control character or a broken escape.
    BrokenString,
    /// More nesting than [`MAX_DEPTH`].
    TooDeep,
}

/// Why a text is no JSON document the guard reads; it names a place, never content.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{fault} at byte {offset}")]
pub struct JsonError {
    /// What is wrong.
    pub fault: JsonFault,
    /// Where, in bytes.
    pub offset: usize,
}

impl fmt::Display for JsonFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Ended => "unexpected end of JSON",
            Self::Unexpected => "unexpected character in JSON",
            Self::Several => "another JSON document (lines are read one by one)",
            Self::BrokenString => "broken string in JSON",
            Self::TooDeep => "JSON nested too deeply",
        })
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Type {
    Object,
    Array,
    String,
    Number,
    Literal,
}

/// A value; strings and keys are given by their content, without quotes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Node {
    pub(super) kind: Type,
    pub(super) start: usize,
    pub(super) end: usize,
    /// The container; the root is its own.
    pub(super) parent: usize,
    pub(super) key: Option<(usize, usize)>,
    /// The place among the members of the container.
    pub(super) index: usize,
    /// The node behind this value and all that is in it.
    pub(super) next: usize,
}

/// All values of a document, in its order.
#[derive(Debug)]
pub(super) struct Tape {
    nodes: Vec<Node>,
}

struct Reader<'r> {
    bytes: &'r [u8],
    at: usize,
    nodes: Vec<Node>,
    /// Open containers and how many members they have.
    open: Vec<(usize, usize)>,
}

impl Tape {
    pub(super) fn parse(raw: &str) -> Result<Self, JsonError> {
        let mut reader =
            Reader { bytes: raw.as_bytes(), at: 0, nodes: Vec::with_capacity(raw.len() / 16), open: Vec::new() };
        reader.document()?;
        Ok(Self { nodes: reader.nodes })
    }

    pub(super) fn nodes(&self) -> &[Node] {
        &self.nodes
    }

    /// The members of a container.
    pub(super) fn members(&self, container: usize) -> impl Iterator<Item = (usize, &Node)> {
        let end = self.nodes[container].next;
        let mut at = container + 1;
        std::iter::from_fn(move || {
            let node = self.nodes.get(at).filter(|_| at < end)?;
            let here = at;
            at = node.next;
            Some((here, node))
        })
    }

    /// The RFC 6901 pointer of a node.
    pub(super) fn pointer(&self, raw: &str, at: usize) -> String {
        let mut out = String::with_capacity(32);
        self.lead_to(raw, at, &mut out);
        out
    }

    /// Writes the way to a node; the nesting is bounded by [`MAX_DEPTH`].
    fn lead_to(&self, raw: &str, at: usize, out: &mut String) {
        if at == 0 {
            return;
        }
        let node = &self.nodes[at];
        self.lead_to(raw, node.parent, out);
        out.push('/');
        match node.key.map(|(start, end)| &raw[start..end]) {
            Some(key) if key.bytes().any(|byte| matches!(byte, b'\\' | b'~' | b'/')) => {
                let decoded = super::text::Decoded::new(key).map_or_else(|| key.to_owned(), |decoded| decoded.text);
                out.push_str(&decoded.replace('~', "~0").replace('/', "~1"));
            }
            Some(key) => out.push_str(key),
            None => out.push_str(&node.index.to_string()),
        }
    }
}

impl Reader<'_> {
    fn document(&mut self) -> Result<(), JsonError> {
        if self.bytes.starts_with(BYTE_ORDER_MARK) {
            self.at = BYTE_ORDER_MARK.len();
        }
        self.value(None)?;
        while let Some(&(container, members)) = self.open.last() {
            let close = if self.nodes[container].kind == Type::Object { b'}' } else { b']' };
            self.blanks();
            match self.peek()? {
                byte if byte == close => self.close(container),
                b',' if members > 0 => {
                    self.at += 1;
                    self.member(container)?;
                }
                _ if members == 0 => self.member(container)?,
                _ => return self.fail(JsonFault::Unexpected),
            }
        }
        self.blanks();
        match self.bytes.get(self.at) {
            None => Ok(()),
            Some(b'{' | b'[') => self.fail(JsonFault::Several),
            Some(_) => self.fail(JsonFault::Unexpected),
        }
    }

    fn member(&mut self, container: usize) -> Result<(), JsonError> {
        if let Some(open) = self.open.last_mut() {
            open.1 += 1;
        }
        self.blanks();
        if self.nodes[container].kind == Type::Array {
            return self.value(None);
        }
        if self.peek()? != b'"' {
            return self.fail(JsonFault::Unexpected);
        }
        let key = self.string()?;
        self.blanks();
        if self.peek()? != b':' {
            return self.fail(JsonFault::Unexpected);
        }
        self.at += 1;
        self.value(Some(key))
    }

    fn value(&mut self, key: Option<(usize, usize)>) -> Result<(), JsonError> {
        self.blanks();
        let start = self.at;
        let (kind, span) = match self.peek()? {
            b'{' => (Type::Object, (start, start + 1)),
            b'[' => (Type::Array, (start, start + 1)),
            b'"' => (Type::String, self.string()?),
            b'-' | b'0'..=b'9' => (Type::Number, self.number()?),
            _ => (Type::Literal, self.literal()?),
        };
        let (parent, index) = self.open.last().map_or((0, 0), |&(container, members)| (container, members - 1));
        let place = self.nodes.len();
        self.nodes.push(Node { kind, start: span.0, end: span.1, parent, key, index, next: place + 1 });
        if matches!(kind, Type::Object | Type::Array) {
            if self.open.len() == MAX_DEPTH {
                return self.fail(JsonFault::TooDeep);
            }
            self.open.push((place, 0));
            self.at += 1;
        }
        Ok(())
    }

    fn close(&mut self, container: usize) {
        self.at += 1;
        self.open.pop();
        self.nodes[container].end = self.at;
        self.nodes[container].next = self.nodes.len();
    }

    /// Reads a string; returns the span of its content.
    fn string(&mut self) -> Result<(usize, usize), JsonError> {
        let start = self.at + 1;
        self.at = start;
        loop {
            self.at = self.plain_end()?;
            if self.bytes[self.at] == b'"' {
                self.at += 1;
                return Ok((start, self.at - 1));
            }
            let len = match self.bytes.get(self.at + 1) {
                Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => 2,
                Some(b'u')
                    if self
                        .bytes
                        .get(self.at + 2..self.at + 6)
                        .is_some_and(|hex| hex.iter().all(u8::is_ascii_hexdigit)) =>
                {
                    6
                }
                _ => return self.fail(JsonFault::BrokenString),
            };
            self.at += len;
        }
    }

    /// The quote or the escape that ends the plain part of a string.
    fn plain_end(&self) -> Result<usize, JsonError> {
        let ends = |byte: u8| byte == b'"' || byte == b'\\' || byte < 0x20;
        let flags = |word| swar::equal(word, b'"') | swar::equal(word, b'\\') | swar::between(word, 0, 0x1F);
        let end = swar::find(self.bytes, self.at, flags)
            .or_else(|rest| self.bytes[rest..].iter().position(|byte| ends(*byte)).map(|len| rest + len).ok_or(rest));
        match end {
            Ok(end) if self.bytes[end] >= 0x20 => Ok(end),
            // A control character: the string may not even end.
            Ok(end) if memchr::memchr2(b'"', b'\\', &self.bytes[end..]).is_some() => self.fail(JsonFault::BrokenString),
            _ => self.fail(JsonFault::Ended),
        }
    }

    fn number(&mut self) -> Result<(usize, usize), JsonError> {
        let start = self.at;
        self.at += usize::from(self.bytes[start] == b'-');
        let whole = self.digits()?;
        if whole > 1 && self.bytes[self.at - whole] == b'0' {
            return self.fail(JsonFault::Unexpected);
        }
        if self.bytes.get(self.at) == Some(&b'.') {
            self.at += 1;
            self.digits()?;
        }
        if matches!(self.bytes.get(self.at), Some(b'e' | b'E')) {
            self.at += 1;
            self.at += usize::from(matches!(self.bytes.get(self.at), Some(b'+' | b'-')));
            self.digits()?;
        }
        Ok((start, self.at))
    }

    fn digits(&mut self) -> Result<usize, JsonError> {
        let start = self.at;
        self.at = crate::guard::byte::skip(self.bytes, start, crate::guard::byte::DIGIT);
        if self.at == start { self.fail(JsonFault::Unexpected) } else { Ok(self.at - start) }
    }

    fn literal(&mut self) -> Result<(usize, usize), JsonError> {
        let rest = &self.bytes[self.at..];
        let Some(word) = [&b"true"[..], b"false", b"null"].into_iter().find(|word| rest.starts_with(word)) else {
            return self.fail(JsonFault::Unexpected);
        };
        self.at += word.len();
        Ok((self.at - word.len(), self.at))
    }

    fn blanks(&mut self) {
        while matches!(self.bytes.get(self.at), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    fn peek(&self) -> Result<u8, JsonError> {
        self.bytes.get(self.at).copied().ok_or(JsonError { fault: JsonFault::Ended, offset: self.at })
    }

    fn fail<T>(&self, fault: JsonFault) -> Result<T, JsonError> {
        Err(JsonError { fault, offset: self.at })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn it_takes_what_another_reader_takes(text in r#"[\[\]{}:,"\\0-9eE.+\-a-z u]{0,24}"#) {
            let other = serde_json::from_str::<serde::de::IgnoredAny>(&text).is_ok();
            prop_assert_eq!(Tape::parse(&text).is_ok(), other, "{}", text);
        }
    }

    #[test]
    fn nesting_has_a_limit_and_errors_tell_the_place() {
        let deep = "[".repeat(MAX_DEPTH + 1) + &"]".repeat(MAX_DEPTH + 1);
        assert_eq!(Tape::parse(&deep).unwrap_err().fault, JsonFault::TooDeep);
        assert!(Tape::parse(&deep[1..deep.len() - 1]).is_ok());
        let error = Tape::parse("{\"a\":1,}").unwrap_err();
        assert_eq!(error.to_string(), "unexpected character in JSON at byte 7");
    }
}
