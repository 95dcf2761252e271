//! The operator's own lists.

use crate::text::caseless;
use core::fmt;
use std::collections::HashSet;

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
        Ok(Self { common, site: site.iter().map(|word| (*word).to_owned()).collect() })
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
        f.debug_struct("PasswordLists").field("common", &common).field("site", &site).finish()
    }
}
