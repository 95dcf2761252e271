//! Redaction: what replaces a finding, and when a text is done.
//!
//! A text is scanned again after each round until nothing reaches its threshold, so that a
//! redacted text is clean for the same guard and a second redaction changes nothing.

mod json;
mod mode;
mod surrogate;

use super::{Finding, Guard};
pub use json::RedactedJson;
use mode::replacement;
pub use mode::{Mode, Redaction};
use std::fmt;
use std::ops::Range;
pub use surrogate::SurrogateKey;

/// How many rounds use the wanted mode before everything left is masked.
const ROUNDS: usize = 4;

/// A redacted text and the audit record of what was taken out.
///
/// `Debug` shows the findings only.
#[derive(Clone, PartialEq, Eq)]
pub struct Redacted {
    text: String,
    findings: Vec<Finding>,
}

impl Redacted {
    /// The text without the findings.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The text itself, without a copy.
    #[must_use]
    pub fn into_text(self) -> String {
        self.text
    }

    /// What was found in the original, with spans there: kind, confidence and reasons stay on
    /// record, the values do not.
    #[must_use]
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }
}

impl fmt::Debug for Redacted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Redacted").field("findings", &self.findings).finish_non_exhaustive()
    }
}

impl Guard {
    /// Replaces every finding that reaches its threshold, overlapping losers included.
    ///
    /// Afterwards [`Guard::is_clean`] holds, and a second call changes nothing.
    ///
    /// # Security
    /// What the guard does not find stays: names, street addresses, free descriptions.
    #[must_use]
    pub fn redact(&self, text: &str, redaction: &Redaction) -> Redacted {
        let findings = self.scan(text);
        if findings.is_empty() {
            return Redacted { text: text.to_owned(), findings };
        }
        let mut out = self.replace(text, &findings, redaction);
        for round in 1.. {
            let left = self.scan(&out);
            if left.is_empty() {
                break;
            }
            out = if round < ROUNDS { self.replace(&out, &left, redaction) } else { starred(&out, &left) };
        }
        Redacted { text: out, findings }
    }

    fn replace(&self, text: &str, found: &[Finding], redaction: &Redaction) -> String {
        let mut out = String::with_capacity(text.len());
        let mut at = 0;
        for (cover, finding) in covers(found) {
            let value = &text[cover.clone()];
            let new = replacement(&self.rules, redaction, finding, value);
            out.push_str(&text[at..cover.start]);
            // A mode that would leave the value as it is must not keep it.
            out.push_str(if new == value { "[REDACTED]" } else { &new });
            at = cover.end;
        }
        out.push_str(&text[at..]);
        out
    }
}

/// The parts to replace: covers that touch each other become one, under the first finding.
fn covers(found: &[Finding]) -> Vec<(Range<usize>, &Finding)> {
    let mut out: Vec<(Range<usize>, &Finding)> = Vec::with_capacity(found.len());
    let mut sorted: Vec<&Finding> = found.iter().collect();
    sorted.sort_by_key(|found| found.cover().start);
    for finding in sorted {
        let cover = finding.cover();
        match out.last_mut() {
            Some((last, _)) if cover.start < last.end => last.end = last.end.max(cover.end),
            _ => out.push((cover, finding)),
        }
    }
    out
}

/// Every letter and digit of the findings as a star: each round leaves fewer of them.
fn starred(text: &str, found: &[Finding]) -> String {
    let inside = |at: usize| found.iter().any(|found| found.cover().contains(&at));
    text.char_indices().map(|(at, c)| if inside(at) && !c.is_whitespace() { '*' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::guard::Day;
    use crate::guard::Profile;

    fn redact(text: &str, redaction: &Redaction) -> String {
        Guard::new().redact(text, redaction).into_text()
    }

    #[test]
    fn each_mode_leaves_what_it_says() {
        let text = "SSN 536-90-4399, fax (212) 555-0187, a@b.org";
        assert_eq!(redact(text, &Redaction::label()), "SSN [SSN], fax [FAX], [EMAIL]");
        assert_eq!(redact(text, &Redaction::mask()), "SSN ***-**-****, fax (***) ***-****, *@*.***");
        assert_eq!(redact(text, &Redaction::last_four()), "SSN ***-**-4399, fax (***) ***-0187, *@*.***");
    }

    #[test]
    fn safe_harbor_keeps_years_and_three_digits() {
        let mut profile = Profile::new();
        profile.today(Day::new(2025, 6, 1).unwrap());
        let guard = Guard::with_profile(&profile);
        let text = "DOB 3/14/1962, seen 4/2/2024, Boston, MA 02139, zip 03601, 92-year-old, MRN 123456; born 1/2/1930";
        let done = guard.redact(text, &Redaction::safe_harbor()).into_text();
        assert_eq!(done, "DOB 1962, seen 2024, Boston, MA 021, zip 000, 90+-year-old, MRN [MRN]; born [DOB]");
        assert_eq!(guard.redact(&done, &Redaction::safe_harbor()).text(), done);
    }

    #[test]
    fn surrogates_are_stable_per_key_and_kind() {
        let first = Redaction::surrogate(SurrogateKey::new([7; 32]));
        let done = redact("MRN 123456 and MRN: 123456, MRN 654321", &first);
        let words: Vec<&str> = done.split(' ').filter(|word| word.starts_with("[MRN:")).collect();
        assert_eq!(words[0], words[1].trim_end_matches(','));
        assert_ne!(words[0], words[2]);
        assert_ne!(
            redact("MRN 123456", &Redaction::surrogate(SurrogateKey::new([8; 32]))),
            redact("MRN 123456", &first)
        );
    }

    #[test]
    fn overlaps_leave_no_digit_and_debug_shows_no_text() {
        let done = Guard::new().redact("call 212-555-0187 x123 now", &Redaction::label());
        assert_eq!(done.text(), "call [PHONE] now");
        assert!(!format!("{done:?}").contains("call"));
    }
}
