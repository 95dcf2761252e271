//! Turning a shape and its context into a finding.

use super::{Hit, Scan};
use crate::guard::cue::{CueClass, Fit, list_gap};
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
        let hit = hit.map(|hit| if hit.beside() == Some(own) && hit.fit() >= Fit::Strict { hit.turned() } else { hit });
        let (confidence, cue) = match hit {
            Some(hit) if hit.is(own) && hit.fit() == Fit::Near && claim.base == Confidence::Low => {
                (Confidence::Medium, Some(hit.reason()))
            }
            Some(hit) if hit.is(own) => (Confidence::High, Some(hit.reason())),
            Some(hit) if hit.rules_out() => match self.without_source(claim.span, hit) {
                Some(owner) if owner.is(own) => (Confidence::High, Some(owner.reason())),
                _ => (Confidence::Low, Some(hit.reason())),
            },
            _ if self.may_be_denied(claim.kind) => match self.denied(&claim) {
                Some(reason) => (Confidence::Low, Some(reason)),
                None => (claim.base, None),
            },
            _ => (claim.base, None),
        };
        if let Some(hit) = hit.filter(|hit| hit.is(own)) {
            self.remember(claim.span, hit);
        }
        self.push(claim, confidence, cue);
    }

    /// Whether a value of the same kind was found last, and sank. Most kinds carry proof of their own.
    #[inline]
    fn may_be_denied(&self, kind: Kind) -> bool {
        self.out.last().is_some_and(|last| last.kind() == kind && last.confidence() == Confidence::Low)
            && matches!(kind, Kind::Ssn | Kind::Ip | Kind::Icd10 | Kind::Phone | Kind::CreditCard)
    }

    /// What sank the value before, when a list or range goes on from it: `lots a, b`, `kits a to b`.
    #[inline(never)]
    fn denied(&self, claim: &Claim) -> Option<Reason> {
        let last = self.out.last()?;
        let against =
            |reason: &Reason| matches!(reason, Reason::Cue { class: CueClass::Other | CueClass::Version, .. });
        let reason = last.reasons().find(against)?;
        let gap = self.bytes.get(last.end()..claim.span.0)?;
        let range = [
            &b" to "[..],
            b" through ",
            b" thru ",
            b" - ",
            b" -> ",
            b" replaced ",
            b" replaces ",
            b" superseded ",
            b" supersedes ",
        ]
        .iter()
        .any(|word| gap.eq_ignore_ascii_case(word));
        (range || list_gap(self.bytes, last.end(), claim.span.0)).then_some(reason)
    }

    /// Records a claim with the confidence already decided.
    pub(super) fn push(&mut self, claim: Claim, confidence: Confidence, cue: Option<Reason>) {
        if matches!(cue, Some(Reason::Cue { at: 0.., .. })) {
            self.spent = self.behind;
        }
        if !self.rules.wants(claim.kind) {
            return;
        }
        self.out.push(Finding::new(claim.kind, confidence, claim.span).with_reasons(claim.reason, cue));
    }
}
