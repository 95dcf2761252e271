//! Turning a shape and its context into a finding.

use super::{Hit, Last, Scan};
use crate::guard::cue::{CueClass, Fit};
use crate::guard::{Confidence, Finding, Kind, Reason};

/// A shape that fits a kind.
#[derive(Clone, Copy, Debug)]
pub(super) struct Claim {
    pub(super) kind: Kind,
    pub(super) span: (usize, usize),
    /// The confidence without any cue.
    pub(super) base: Confidence,
    pub(super) reason: Reason,
}

impl Scan<'_, '_> {
    #[inline]
    /// Records a claim: a cue of its own kind raises it, a close cue of another class sinks it.
    pub(super) fn claim(&mut self, claim: Claim, hit: Option<Hit>) {
        let own = CueClass::of(claim.kind);
        // Of two words in one label, each number takes its own.
        let hit = hit.map(|hit| if hit.beside == Some(own) && hit.fit >= Fit::Strict { hit.turned() } else { hit });
        let (confidence, cue) = match hit {
            Some(hit) if hit.is(own) && hit.fit == Fit::Near && claim.base == Confidence::Low => {
                (Confidence::Medium, Some(hit.reason))
            }
            Some(hit) if hit.is(own) => (Confidence::High, Some(hit.reason)),
            Some(hit) if hit.rules_out() => (Confidence::Low, Some(hit.reason)),
            _ => (claim.base, None),
        };
        if let Some(hit) = hit.filter(|hit| hit.is(own)) {
            self.remember(claim.span, hit);
        }
        self.push(claim, confidence, cue);
    }

    /// Records a claim with the confidence already decided.
    pub(super) fn push(&mut self, claim: Claim, confidence: Confidence, cue: Option<Reason>) {
        if !self.rules.wants(claim.kind) {
            return;
        }
        let mut finding = Finding::new(claim.kind, confidence, claim.span).because(claim.reason);
        if let Some(cue) = cue {
            finding = finding.because(cue);
        }
        self.out.push(finding);
    }

    /// Keeps the place from which a list may go on.
    pub(super) fn remember(&mut self, span: (usize, usize), hit: Hit) {
        if hit.fit >= Fit::Strict {
            self.last = Some(Last { end: span.1, len: span.1 - span.0, class: hit.class, beside: hit.beside });
        }
    }
}
