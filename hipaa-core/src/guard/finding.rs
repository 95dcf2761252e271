//! What a scan returns: where something was found and why, never what it was.

use super::{CueClass, Kind, KindSet};
use std::fmt;
use std::ops::Range;

/// How sure the guard is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Confidence {
    /// The shape fits, nothing else speaks for it, or something speaks against it.
    Low,
    /// A check holds or the shape is telling; the default threshold.
    Medium,
    /// Shape or check, and a cue beside it.
    High,
}

impl Confidence {
    /// The stable lower-case name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
        }
    }

    /// The confidence with this stable name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Low, Self::Medium, Self::High].into_iter().find(|c| c.name() == name)
    }
}

impl fmt::Display for Confidence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

macro_rules! reasons {
    ($($variant:ident $code:literal $doc:literal;)*) => {
        /// Why a finding was made; [`Display`](fmt::Display) gives the stable code.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum Reason {
            $(#[doc = $doc] $variant,)*
            /// A cue word, with its signed distance in bytes: `cue:npi@-5`.
            Cue {
                /// What the word speaks for.
                class: CueClass,
                /// Bytes from the candidate; negative when the cue stands before it.
                at: i16,
            },
        }

        /// The reasons without a cue, in order.
        #[derive(Clone, Copy)]
        enum Plain {
            $($variant,)*
        }

        impl Reason {
            pub(super) const PLAIN: &[Self] = &[$(Self::$variant,)*];

            /// The number of a reason without a cue; none for a cue.
            #[inline]
            pub(super) const fn number(self) -> Option<u8> {
                match self {
                    $(Self::$variant => Some(Plain::$variant as u8),)*
                    Self::Cue { .. } => None,
                }
            }

            /// The reason with a number.
            #[inline]
            pub(super) fn numbered(number: u8) -> Self {
                Self::PLAIN.get(usize::from(number)).copied().unwrap_or(Self::Shape)
            }
        }

        impl fmt::Display for Reason {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                match self {
                    $(Self::$variant => f.write_str($code),)*
                    Self::Cue { class, at } => write!(f, "cue:{class}@{at:+}"),
                }
            }
        }
    };
}

reasons! {
    Shape "shape" "The characters have the shape of the kind.";
    LuhnOk "luhn_ok" "The Luhn check digit is right.";
    CheckOk "check_ok" "The check digit of the kind is right.";
    CalendarOk "calendar_ok" "The parts are a real calendar date.";
    AreaOk "area_ok" "The number lies in an area that is issued.";
    AreaNeverIssued "area_never_issued" "The number lies in an area that is never issued.";
    TaxId "tax_id" "The number has the form of a taxpayer number (ITIN).";
    SampleNumber "sample_number" "The number is a well-known example.";
    NanpOk "nanp_ok" "The number fits the North American numbering plan.";
    NanpInvalid "nanp_invalid" "The number does not fit the North American numbering plan.";
    Fictional "fictional" "The number lies in the range reserved for fiction.";
    International "international" "The number has a country prefix.";
    IssuerOk "issuer_ok" "Prefix and length belong to a card issuer.";
    CategoryOk "category_ok" "The code lies in an assigned ICD-10-CM category.";
    CodeList "code_list" "Another code of the same kind stands beside it.";
    Parenthesis "parenthesis" "The code stands alone in parentheses.";
    StateZip "state_zip" "A state stands before it and its prefix belongs to that state.";
    SpecialAddress "special_address" "A loopback, unspecified or mask address.";
    Scheme "scheme" "It starts with a scheme or `www.`.";
    TopLevelGuess "top_level_guess" "Only the ending suggests a host name.";
    NamespaceUri "namespace_uri" "The address names a code system, not a page.";
    Gs1 "gs1" "It is a GS1 element string with a right check digit.";
    List "list" "It continues a list whose first member had a cue.";
    JsonKey "json_key" "The JSON key names the kind.";
    FhirSystem "fhir_system" "The FHIR `system` beside it names the kind.";
    FhirType "fhir_type" "The FHIR `type` beside it names the kind.";
    Hl7Field "hl7_field" "The HL7 version 2 field that holds it names the kind.";
    X12Element "x12_element" "The qualifier before it in an X12 segment names the kind.";
    Column "column" "The heading of its column names the kind.";
    SiteFormat "site_format" "It has a format of the site's profile.";
    Vehicle "no_check_region" "The region of this vehicle number has no binding check digit.";
    Truncated "partial" "Parts of the value are missing.";
}

const REASONS: usize = 4;

/// One finding: kind, place, confidence and reasons.
///
/// The matched text is not part of the value, so no log line or error that holds a finding
/// can leak it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Finding {
    start: usize,
    end: usize,
    /// How far losers stuck out of the span, on either side.
    beyond: (u32, u32),
    reasons: [Option<Reason>; REASONS],
    alternatives: KindSet,
    kind: Kind,
    confidence: Confidence,
}

impl Finding {
    pub(super) const fn new(kind: Kind, confidence: Confidence, span: (usize, usize)) -> Self {
        Self {
            start: span.0,
            end: span.1,
            beyond: (0, 0),
            reasons: [None; REASONS],
            alternatives: KindSet::EMPTY,
            kind,
            confidence,
        }
    }

    /// The kind of identifier.
    #[must_use]
    pub const fn kind(&self) -> Kind {
        self.kind
    }

    /// The place, in bytes of the text that was scanned; always on character boundaries.
    #[must_use]
    pub const fn span(&self) -> Range<usize> {
        self.start..self.end
    }

    /// What a redaction removes: the span, and whatever losing findings stuck out of it.
    #[must_use]
    pub const fn cover(&self) -> Range<usize> {
        self.start - self.beyond.0 as usize..self.end + self.beyond.1 as usize
    }

    /// How sure the guard is.
    #[must_use]
    pub const fn confidence(&self) -> Confidence {
        self.confidence
    }

    /// Why, most telling first.
    pub fn reasons(&self) -> impl Iterator<Item = Reason> {
        self.reasons.into_iter().flatten()
    }

    /// The kinds that lost this place to [`kind`](Self::kind).
    #[must_use]
    pub const fn alternatives(&self) -> KindSet {
        self.alternatives
    }

    /// The same finding with its first reasons.
    pub(super) const fn with_reasons(self, first: Reason, second: Option<Reason>) -> Self {
        Self { reasons: [Some(first), second, None, None], ..self }
    }

    pub(super) fn because(mut self, reason: Reason) -> Self {
        if let Some(free) = self.reasons.iter_mut().find(|slot| slot.is_none()) {
            *free = Some(reason);
        }
        self
    }

    /// The same finding, with low confidence.
    pub(super) const fn lowered(mut self) -> Self {
        self.confidence = Confidence::Low;
        self
    }

    pub(super) const fn start(&self) -> usize {
        self.start
    }

    pub(super) const fn end(&self) -> usize {
        self.end
    }

    /// Whether its place in a message names its kind.
    pub(super) fn is_field(&self) -> bool {
        self.reasons.iter().flatten().any(|reason| matches!(reason, Reason::Hl7Field | Reason::X12Element))
    }

    /// The same finding at the places that `place` gives for starts and ends.
    pub(super) fn moved(self, start: impl Fn(usize) -> usize, end: impl Fn(usize) -> usize) -> Self {
        let moved = Self { start: start(self.start), end: end(self.end), beyond: (0, 0), ..self };
        if self.beyond == (0, 0) {
            return moved;
        }
        let cover = self.cover();
        moved.covering(start(cover.start)..end(cover.end))
    }

    /// The finding, with what a redaction removes reaching so far at least.
    fn covering(mut self, other: Range<usize>) -> Self {
        let cover = self.cover();
        let far = |from: usize, to: usize| u32::try_from(to - from).unwrap_or(u32::MAX);
        self.beyond = (far(cover.start.min(other.start), self.start), far(self.end, cover.end.max(other.end)));
        self
    }

    /// Takes in a finding that lost to this one.
    pub(super) fn absorb(&mut self, loser: &Self) {
        let same = self.span() == loser.span();
        if same {
            self.alternatives = self.alternatives.union(loser.alternatives).with(loser.kind).without(self.kind);
        }
        if loser.confidence > Confidence::Low {
            *self = self.covering(loser.cover());
        }
    }
}

impl fmt::Debug for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let reasons: Vec<String> = self.reasons().map(|reason| reason.to_string()).collect();
        f.debug_struct("Finding")
            .field("kind", &self.kind)
            .field("span", &self.span())
            .field("confidence", &self.confidence)
            .field("reasons", &reasons)
            .field("alternatives", &self.alternatives)
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reasons_have_stable_codes() {
        let cue = Reason::Cue { class: CueClass::Npi, at: -5 };
        assert_eq!(cue.to_string(), "cue:npi@-5");
        assert_eq!(Reason::LuhnOk.to_string(), "luhn_ok");
        assert_eq!(Reason::JsonKey.to_string(), "json_key");
        assert_eq!(cue.number(), None);
        for (reason, number) in Reason::PLAIN.iter().zip(0..) {
            assert_eq!((reason.number(), Reason::numbered(number)), (Some(number), *reason));
        }
    }

    #[test]
    fn a_fifth_reason_is_dropped_and_a_loser_becomes_an_alternative() {
        let mut finding = Finding::new(Kind::Npi, Confidence::High, (3, 13));
        for _ in 0..5 {
            finding = finding.because(Reason::Shape);
        }
        assert_eq!(finding.reasons().count(), 4);
        finding.absorb(&Finding::new(Kind::Phone, Confidence::Low, (3, 13)));
        finding.absorb(&Finding::new(Kind::Zip, Confidence::Medium, (0, 5)));
        assert!(finding.alternatives().contains(Kind::Phone));
        assert_eq!((finding.span(), finding.cover()), (3..13, 0..13));
        assert!(format!("{finding:?}").contains("alternatives: {Phone}"));
    }
}
