//! Scanning a text that comes in pieces.

use super::engine::scan_segment;
use super::rules::Rules;
use super::segment::{next_cut, with_context};
use super::{Finding, Guard};

/// Scans a text of any length with at most about 1 MiB in memory.
///
/// The findings are those of [`Guard::scan_all`] over the whole text, whatever the pieces;
/// spans count from the start of the first piece.
///
/// # Examples
/// ```
/// use hipaa_core::guard::Guard;
/// let guard = Guard::new();
/// let mut stream = guard.stream();
/// let mut found = stream.push("SSN 536-90");
/// found.extend(stream.push("-4399 on file"));
/// found.extend(stream.finish());
/// assert_eq!(found[0].span(), 4..15);
/// ```
#[derive(Debug)]
pub struct Stream<'g> {
    rules: &'g Rules,
    buffer: Buffer,
}

/// The text not yet done with, and a little before it.
struct Buffer {
    text: String,
    /// The place of the buffer in the whole text.
    offset: usize,
    /// Where the next segment starts, in the buffer.
    start: usize,
    /// How long the text was when a cut was last looked for.
    tried: usize,
}

/// A cut is looked for again only when this many bytes have come.
const RETRY_BYTES: usize = 32 * 1024;

impl std::fmt::Debug for Buffer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Buffer({} bytes)", self.text.len())
    }
}

impl<'g> Stream<'g> {
    pub(super) const fn new(guard: &'g Guard) -> Self {
        Self { rules: &guard.rules, buffer: Buffer { text: String::new(), offset: 0, start: 0, tried: 0 } }
    }

    /// Takes the next piece; returns what is decided by now.
    pub fn push(&mut self, piece: &str) -> Vec<Finding> {
        self.buffer.text.push_str(piece);
        if self.buffer.text.len() < self.buffer.tried + RETRY_BYTES {
            return Vec::new();
        }
        self.drain(false)
    }

    /// Ends the text; returns the rest.
    #[must_use]
    pub fn finish(mut self) -> Vec<Finding> {
        self.drain(true)
    }

    fn drain(&mut self, ended: bool) -> Vec<Finding> {
        let mut out = Vec::new();
        let buffer = &mut self.buffer;
        while let Some(end) = next_cut(buffer.text.as_bytes(), buffer.start, ended) {
            let own = buffer.start..end;
            let slice = with_context(&buffer.text, &own);
            let inner = own.start - slice.start..own.end - slice.start;
            let found = scan_segment(self.rules, &buffer.text[slice.clone()], inner, None);
            let offset = buffer.offset + slice.start;
            out.extend(found.into_iter().map(|found| found.moved(|at| at + offset, |at| at + offset)));
            let last = end == buffer.text.len();
            buffer.start = end;
            if last {
                break;
            }
        }
        let keep = with_context(&buffer.text, &(buffer.start..buffer.start)).start;
        buffer.text.drain(..keep);
        buffer.offset += keep;
        buffer.start -= keep;
        buffer.tried = buffer.text.len();
        out
    }
}
