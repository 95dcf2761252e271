//! ZIP codes: five digits mean nothing without a cue or a state before them.

use super::claim::Claim;
use super::{Hit, Scan, place, unit};
use crate::guard::byte::{self, ALNUM, ALPHA};
use crate::guard::cue::{CueClass, Fit};
use crate::guard::validate::zip::{State, assigned, state_of};
use crate::guard::{Confidence, Kind, Reason};

impl Scan<'_, '_> {
    /// Five digits, or five and four.
    pub(super) fn zip(&mut self, span: (usize, usize), hit: Option<Hit>) {
        let prefix = byte::number(&self.bytes[span.0..span.0 + 3]);
        let prefix = u16::try_from(prefix).unwrap_or(0);
        let plus4 = span.1 - span.0 > 5;
        let cue = hit.filter(|hit| hit.is(CueClass::Zip));
        let declared = cue.is_some_and(|hit| !matches!(hit.reason, Reason::Cue { .. } | Reason::List));
        let claim = |reason| Claim { kind: Kind::Zip, span, base: Confidence::Low, reason };
        if declared || (cue.is_some_and(|hit| hit.fit >= Fit::Strict) && assigned(prefix)) {
            return self.claim(claim(Reason::Shape), cue);
        }
        if !assigned(prefix) || unit::follows(self.bytes, span.1) {
            return;
        }
        if let Some(confidence) = self.state_before(span, prefix) {
            return self.push(claim(Reason::StateZip), confidence, None);
        }
        if cue.is_some_and(|hit| !hit.weak) || (plus4 && !hit.is_some_and(|hit| hit.rules_out())) {
            self.claim(claim(Reason::Shape), cue.filter(|hit| !hit.weak));
        }
    }

    /// How sure the state before the span makes a ZIP code with this prefix.
    fn state_before(&self, span: (usize, usize), prefix: u16) -> Option<Confidence> {
        let (bytes, start) = (self.bytes, span.0);
        let mut end = start;
        let mut field = false;
        while end > 0 && start - end < 4 && matches!(bytes[end - 1], b' ' | b',' | b'.' | b'\n' | b'\t' | b'|') {
            end -= 1;
            field |= bytes[end] == b'|';
        }
        if bytes[..end].ends_with(b"D.C") && end < start {
            return state_of(b"DC", prefix).map(|_| Confidence::Medium);
        }
        let from = byte::back(bytes, end, ALPHA, 14);
        let free = end < start && !byte::is(byte::prev(bytes, from), ALNUM);
        let state = free.then(|| state_of(&bytes[from..end], prefix)).flatten()?;
        let mut before = from;
        while before > 0 && matches!(bytes[before - 1], b' ' | b'\n') {
            before -= 1;
        }
        let comma = byte::prev(bytes, before) == b',';
        let telling = field || span.1 - span.0 > 5;
        match state {
            State::Code if !comma && &bytes[from..end] == b"ID" => None,
            State::Code if !telling => Some(place::confidence(bytes, (from, end), span.1)),
            State::Name if !telling && place::counted(bytes, span.1) => Some(Confidence::Low),
            _ if comma => Some(Confidence::High),
            _ => Some(Confidence::Medium),
        }
    }
}
