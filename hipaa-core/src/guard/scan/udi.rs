//! Unique device identifiers in GS1 form.

use super::Scan;
use super::claim::Claim;
use crate::guard::byte;
use crate::guard::validate::gtin;
use crate::guard::{Confidence, Kind, Reason, pattern};

impl Scan<'_, '_> {
    /// `(01)` and a trade item number with a right check digit, up to the last element.
    pub(super) fn udi(&mut self, start: usize) -> bool {
        let bytes = self.bytes;
        if byte::prev(bytes, start) != b'(' || bytes.get(start..start + 3) != Some(b"01)") {
            return false;
        }
        let Some(found) = pattern::GS1.find(&bytes[start - 1..]) else {
            return false;
        };
        let span = (start - 1, start - 1 + found.end());
        let end = bytes[span.0..span.1]
            .iter()
            .rposition(|byte| !matches!(byte, b'.' | b',' | b';'))
            .map_or(span.1, |at| span.0 + at + 1);
        let item = start + 3 + usize::from(byte::peek(bytes, start + 3) == b' ');
        if !bytes.get(item..item + 14).is_some_and(gtin) {
            return false;
        }
        let claim = Claim { kind: Kind::Device, span: (span.0, end), base: Confidence::High, reason: Reason::Gs1 };
        self.push(claim, Confidence::High, None);
        self.done = end;
        true
    }
}
