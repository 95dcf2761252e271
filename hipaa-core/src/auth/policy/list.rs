//! The operator's own lists.

use super::breach::{BreachCorpus, Breached, ask};
use crate::text::caseless;
use core::fmt;
use std::collections::HashSet;
use std::sync::Arc;

/// The most passwords of a list.
pub const MAX_LIST_ENTRIES: usize = 1_000_000;
/// The most bytes of one line of a list.
pub const MAX_LIST_LINE_BYTES: usize = 1_024;
/// The most words of a site.
pub const MAX_SITE_WORDS: usize = 256;

/// Why a list is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ListError {
    /// Over a million passwords.
    #[error("the list has more than 1,000,000 passwords")]
    TooMany,
    /// A line of over 1,024 bytes.
    #[error("line {0} of the list is longer than 1,024 bytes")]
    LongLine(usize),
    /// Over 256 words of the site.
    #[error("there are more than 256 words of the site")]
    TooManyWords,
}

/// Passwords that are refused as a whole, and words of the site that a password may not be made of.
#[derive(Clone, Default)]
pub struct PasswordLists {
    common: HashSet<Box<str>>,
    site: Vec<String>,
    corpus: Option<Arc<dyn BreachCorpus>>,
}

impl PasswordLists {
    /// Common passwords, one a line, compared without regard to case; empty lines are skipped. `site` are words such as
    /// the names of the clinic and the product.
    ///
    /// # Errors
    /// [`ListError`]: over a limit.
    pub fn new(lines: &str, site: &[&str]) -> Result<Self, ListError> {
        if site.len() > MAX_SITE_WORDS {
            return Err(ListError::TooManyWords);
        }
        let mut common = HashSet::new();
        for (at, line) in lines.lines().enumerate().filter(|(_, line)| !line.is_empty()) {
            if line.len() > MAX_LIST_LINE_BYTES {
                return Err(ListError::LongLine(at + 1));
            }
            common.insert(caseless(line).as_str().into());
            if common.len() > MAX_LIST_ENTRIES {
                return Err(ListError::TooMany);
            }
        }
        let site = site.iter().map(|word| (*word).to_owned()).collect();
        Ok(Self { common, site, corpus: None })
    }

    /// The same lists, and a corpus of breached passwords that is asked for every new one. Where it gives no answer, the
    /// password is accepted, and the entry of the change says that it was not compared.
    #[must_use]
    pub fn with_corpus(self, corpus: Arc<dyn BreachCorpus>) -> Self {
        Self { corpus: Some(corpus), ..self }
    }

    pub(super) fn breached(&self, text: &str) -> Breached {
        self.corpus.as_deref().map_or(Breached::No, |corpus| ask(corpus, text))
    }

    pub(super) fn contains(&self, text: &str) -> bool {
        self.common.contains(caseless(text).as_str())
    }

    pub(super) fn site(&self) -> &[String] {
        &self.site
    }
}

impl fmt::Debug for PasswordLists {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (common, site) = (self.common.len(), self.site.len());
        let corpus = self.corpus.is_some();
        f.debug_struct("PasswordLists").field("common", &common).field("site", &site).field("corpus", &corpus).finish()
    }
}
