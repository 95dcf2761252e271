//! Why somebody sees what the role does not show: a code for counting, and words for whoever reviews it.

use core::fmt;
use zeroize::Zeroizing;

/// The fewest characters of a reason's text, blanks around it not counted.
pub const MIN_REASON_CHARS: usize = 10;
/// The longest text of a reason, in bytes.
pub const MAX_REASON_BYTES: usize = 2_000;

/// A text that is no reason.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ReasonError {
    /// Too few characters, or one character over and over.
    #[error("a reason has at least 10 characters, and not one over and over")]
    TooShort,
    /// Too long.
    #[error("a reason has at most 2,000 bytes")]
    TooLong,
    /// Control characters other than line breaks.
    #[error("a reason has no control characters")]
    Character,
}

/// The kind of a reason, in clear in the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ReasonCode {
    /// Treatment of the patient.
    Treatment,
    /// Danger to life or limb.
    LifeThreatening,
    /// The patient cannot be asked.
    PatientUnresponsive,
    /// Whoever treats the patient otherwise is not there.
    Coverage,
    /// The patient asked for it.
    PatientRequest,
    /// Payment for care.
    Payment,
    /// A law or a court asks for it.
    Legal,
    /// Something else, as the text says.
    Other,
}

impl ReasonCode {
    /// All of them.
    pub const ALL: &'static [Self] = &[
        Self::Treatment,
        Self::LifeThreatening,
        Self::PatientUnresponsive,
        Self::Coverage,
        Self::PatientRequest,
        Self::Payment,
        Self::Legal,
        Self::Other,
    ];

    /// Its frozen label.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Treatment => "treatment",
            Self::LifeThreatening => "life-threatening",
            Self::PatientUnresponsive => "patient-unresponsive",
            Self::Coverage => "coverage",
            Self::PatientRequest => "patient-request",
            Self::Payment => "payment",
            Self::Legal => "legal",
            Self::Other => "other",
        }
    }

    /// The code of a label.
    #[must_use]
    pub fn from_label(label: &str) -> Option<Self> {
        Self::ALL.iter().find(|code| code.label() == label).copied()
    }
}

/// A reason: the code stands in the log, the text is sealed beside it. `Debug` shows the code.
#[derive(Clone, PartialEq, Eq)]
pub struct Reason {
    code: ReasonCode,
    text: Zeroizing<String>,
}

impl Reason {
    /// A reason. Blanks around the text are dropped.
    ///
    /// # Errors
    /// [`ReasonError`].
    pub fn new(code: ReasonCode, text: &str) -> Result<Self, ReasonError> {
        let text = text.trim();
        if text.len() > MAX_REASON_BYTES {
            return Err(ReasonError::TooLong);
        }
        if text.chars().any(|c| c.is_control() && c != '\n' && c != '\r') {
            return Err(ReasonError::Character);
        }
        let mut chars = text.chars();
        let first = chars.next();
        if text.chars().count() < MIN_REASON_CHARS || chars.all(|c| Some(c) == first) {
            return Err(ReasonError::TooShort);
        }
        Ok(Self { code, text: Zeroizing::new(text.to_owned()) })
    }

    /// Its kind.
    #[must_use]
    pub const fn code(&self) -> ReasonCode {
        self.code
    }

    /// Its words.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }
}

impl fmt::Debug for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reason").field("code", &self.code).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_has_ten_characters_and_two_thousand_bytes_at_most() {
        let reason = |text: &str| Reason::new(ReasonCode::Other, text).map(|reason| reason.text().to_owned());
        for text in ["", "          ", "too short", "aaaaaaaaaaaaaaa", "  nine chr   "] {
            assert_eq!(reason(text), Err(ReasonError::TooShort), "{text}");
        }
        assert_eq!(reason("  ten chars "), Err(ReasonError::TooShort));
        assert_eq!(reason(" ten chars! "), Ok("ten chars!".to_owned()));
        assert_eq!(reason(&"ab".repeat(1000)).map(|text| text.len()), Ok(MAX_REASON_BYTES));
        assert_eq!(reason(&"ab".repeat(1001)), Err(ReasonError::TooLong));
        assert_eq!(reason("unconscious\u{7} in bay 3"), Err(ReasonError::Character));
        assert_eq!(reason("unconscious\nin bay 3").map(|text| text.len()), Ok(20));
    }

    #[test]
    fn labels_lead_back_to_their_codes_and_the_text_does_not_show() {
        for code in ReasonCode::ALL {
            assert_eq!(ReasonCode::from_label(code.label()), Some(*code));
        }
        assert_eq!(ReasonCode::from_label("curiosity"), None);
        let reason = Reason::new(ReasonCode::Coverage, "covering for Dr. Osei").unwrap();
        assert!(!format!("{reason:?}").contains("Osei"));
    }
}
