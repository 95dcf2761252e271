//! What a site sets: kinds, thresholds, its own number formats and words, exceptions, tables.

mod load;

use super::cue::{CueClass, Lexicon};
use super::pattern::{self, Fault};
use super::rules::{Format, Rules, plain};
use super::validate::icd10::Icd10Categories;
use super::validate::zip::RESTRICTED;
use super::{Confidence, Day, Kind, KindSet};
use std::collections::HashSet;
use std::fmt;

/// The settings of a site; build a [`Guard`](super::Guard) from it.
#[derive(Clone)]
pub struct Profile {
    kinds: KindSet,
    thresholds: [Confidence; Kind::ALL.len()],
    formats: Vec<Format>,
    cues: Vec<(CueClass, String)>,
    allowed: HashSet<Vec<u8>>,
    categories: Icd10Categories,
    restricted_zip3: Vec<u16>,
    today: Option<Day>,
}

/// Why a profile was refused; it names the entry, never its content.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ProfileError {
    /// The text is no TOML document.
    #[error("the profile is not valid TOML (line {line})")]
    Syntax {
        /// The line, from one.
        line: usize,
    },
    /// A key that no profile has.
    #[error("unknown key `{0}` in the profile")]
    UnknownKey(String),
    /// A key whose value has the wrong type or range.
    #[error("`{key}` must be {want}")]
    Invalid {
        /// The key, with the place in its list.
        key: String,
        /// What it must be.
        want: &'static str,
    },
    /// A format that may match without end, the empty text, or Unicode classes.
    #[error("the pattern of `{key}` {why}")]
    Pattern {
        /// The key, with the place in its list.
        key: String,
        /// What is wrong with it.
        why: &'static str,
    },
}

impl Default for Profile {
    fn default() -> Self {
        Self::new()
    }
}

impl Profile {
    /// Every kind on, threshold medium, nothing of a site.
    #[must_use]
    pub fn new() -> Self {
        Self {
            kinds: KindSet::all(),
            thresholds: [Confidence::Medium; Kind::ALL.len()],
            formats: Vec::new(),
            cues: Vec::new(),
            allowed: HashSet::new(),
            categories: Icd10Categories::assigned(),
            restricted_zip3: RESTRICTED.to_vec(),
            today: None,
        }
    }

    /// Turns a kind on or off.
    pub fn enable(&mut self, kind: Kind, on: bool) -> &mut Self {
        self.kinds = if on { self.kinds.with(kind) } else { self.kinds.without(kind) };
        self
    }

    /// Sets the least confidence at which a kind is reported.
    pub fn threshold(&mut self, kind: Kind, least: Confidence) -> &mut Self {
        self.thresholds[kind as usize] = least;
        self
    }

    /// Adds a format of the site's own numbers: an ASCII regular expression with bounded
    /// repeats that matches at most 64 bytes. A match alone is medium, with a cue high.
    ///
    /// # Errors
    /// [`ProfileError::Pattern`] when the expression is none, unbounded, or not ASCII.
    pub fn format(&mut self, kind: Kind, expression: &str) -> Result<&mut Self, ProfileError> {
        self.add_format("format", kind, expression)
    }

    fn add_format(&mut self, key: &str, kind: Kind, expression: &str) -> Result<&mut Self, ProfileError> {
        let fail = |why| ProfileError::Pattern { key: key.to_owned(), why };
        pattern::check(expression).map_err(|fault| {
            fail(match fault {
                Fault::Syntax => "is not a regular expression",
                Fault::Unbounded => "may match more than 64 bytes",
                Fault::Empty => "matches the empty text",
                Fault::NotAscii => "must use ASCII only",
            })
        })?;
        let regex = pattern::build_site(expression).map_err(|_| fail("is too large"))?;
        self.formats.push(Format { kind, regex });
        Ok(self)
    }

    /// Adds a cue word or phrase of the site; `+` at its end asks for a word like `number`.
    pub fn cue(&mut self, class: CueClass, phrase: &str) -> &mut Self {
        self.cues.push((class, phrase.to_owned()));
        self
    }

    /// Never reports this value, in whatever spelling: the clinic's own telephone number.
    pub fn allow(&mut self, value: &str) -> &mut Self {
        self.allowed.insert(plain(value.as_bytes()));
        self
    }

    /// Replaces the assigned ICD-10-CM categories.
    pub fn icd10_categories(&mut self, categories: Icd10Categories) -> &mut Self {
        self.categories = categories;
        self
    }

    /// Replaces the three-digit ZIP prefixes for which Safe Harbor writes 000.
    pub fn restricted_zip3(&mut self, prefixes: impl IntoIterator<Item = u16>) -> &mut Self {
        self.restricted_zip3 = prefixes.into_iter().collect();
        self
    }

    /// Tells which day it is: birth dates in the future are no birth dates, and Safe Harbor
    /// needs to know who is older than 89. The guard reads no clock.
    pub const fn today(&mut self, today: Day) -> &mut Self {
        self.today = Some(today);
        self
    }

    pub(super) fn compile(&self) -> Rules {
        Rules {
            lexicon: Lexicon::new(self.cues.iter().map(|(class, phrase)| (*class, phrase.as_str()))),
            formats: self.formats.clone(),
            categories: self.categories.clone(),
            kinds: self.kinds,
            thresholds: self.thresholds,
            allowed: self.allowed.clone(),
            today: self.today,
            restricted_zip3: self.restricted_zip3.clone(),
        }
    }
}

// Allowed values may be identifiers.
impl fmt::Debug for Profile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Profile")
            .field("kinds", &self.kinds)
            .field("formats", &self.formats.len())
            .field("cues", &self.cues.len())
            .field("allowed", &self.allowed.len())
            .finish_non_exhaustive()
    }
}
