//! A profile, compiled for the scan.

use super::cue::Lexicon;
use super::validate::icd10::Icd10Categories;
use super::{Confidence, Day, Kind, KindSet};
use regex::bytes::Regex;
use std::collections::HashSet;
use std::fmt;

/// A format of the site's own numbers.
#[derive(Clone, Debug)]
pub(super) struct Format {
    pub(super) kind: Kind,
    pub(super) regex: Regex,
}

/// What the scan asks.
#[derive(Clone)]
pub(super) struct Rules {
    pub(super) lexicon: Lexicon,
    pub(super) formats: Vec<Format>,
    pub(super) categories: Icd10Categories,
    pub(super) kinds: KindSet,
    pub(super) thresholds: [Confidence; Kind::ALL.len()],
    /// Values that are never reported: letters and digits only, lower-case.
    pub(super) allowed: HashSet<Vec<u8>>,
    pub(super) today: Option<Day>,
    pub(super) restricted_zip3: Vec<u16>,
}

/// The oldest age that a birth date may give.
const OLDEST: u16 = 125;

impl Rules {
    #[inline]
    pub(super) const fn wants(&self, kind: Kind) -> bool {
        self.kinds.contains(kind)
    }

    /// Whether the confidence reaches the threshold of the kind.
    #[inline]
    pub(super) const fn reports(&self, kind: Kind, confidence: Confidence) -> bool {
        confidence as u8 >= self.thresholds[kind as usize] as u8
    }

    /// Whether somebody alive, or lately dead, may have been born then.
    pub(super) fn may_be_born(&self, parts: super::scan::Parts) -> bool {
        let Some(year) = parts.year else {
            return parts.day.is_some();
        };
        let Some(today) = self.today else {
            return (1880..2100).contains(&year);
        };
        let born = Day::new(year, parts.month, parts.day.unwrap_or(1));
        let past = born.is_none_or(|born| born <= today) || year % 100 < 30 && year >= 2000;
        past && year <= today.year() + 30 && today.year().saturating_sub(year) <= OLDEST
    }

    /// Whether the profile allows this text to stand.
    pub(super) fn allows(&self, value: &[u8]) -> bool {
        !self.allowed.is_empty() && self.allowed.contains(&plain(value))
    }
}

/// Letters and digits only, lower-case.
pub(super) fn plain(value: &[u8]) -> Vec<u8> {
    value.iter().filter(|byte| byte.is_ascii_alphanumeric() || !byte.is_ascii()).map(u8::to_ascii_lowercase).collect()
}

// Allowed values may be identifiers.
impl fmt::Debug for Rules {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Rules")
            .field("kinds", &self.kinds)
            .field("allowed", &self.allowed.len())
            .finish_non_exhaustive()
    }
}
