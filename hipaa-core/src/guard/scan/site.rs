//! Formats of a site's own numbers, from its profile.

use super::Scan;
use super::claim::Claim;
use super::number::NUMBERS;
use super::star::masked;
use crate::guard::byte::{self, ALNUM};
use crate::guard::{Confidence, Reason};

impl Scan<'_, '_> {
    /// Finds every value that has a format of the profile and stands free.
    pub(super) fn site_formats(&mut self) {
        self.restart();
        let rules = self.rules;
        for format in &rules.formats {
            for found in format.regex.find_iter(self.bytes) {
                let span = (found.start(), found.end());
                let joined = |at: usize, next: Option<usize>| {
                    byte::is(byte::peek(self.bytes, at), byte::JOIN)
                        && next.is_some_and(|next| byte::at(self.bytes, next, ALNUM))
                };
                let before = span.0.checked_sub(1);
                let free = !byte::is(byte::prev(self.bytes, span.0), ALNUM)
                    && !byte::at(self.bytes, span.1, ALNUM)
                    && !joined(span.1, Some(span.1 + 1))
                    && !before.is_some_and(|at| matches!(self.bytes[at], b'-' | b'.') && joined(at, at.checked_sub(1)));
                let whole = self.text.is_char_boundary(span.0) && self.text.is_char_boundary(span.1);
                if free && whole && !masked(self.bytes, span.0, span.1) {
                    let hit = self.context(span, NUMBERS).filter(|hit| hit.class().kind() == Some(format.kind));
                    self.claim(
                        Claim { kind: format.kind, span, base: Confidence::Medium, reason: Reason::SiteFormat },
                        hit,
                    );
                }
            }
        }
    }
}
