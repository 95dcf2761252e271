//! What a new password must be.
//!
//! A policy judges all its rules and names every one that is broken. What it accepts is an [`Accepted`] password, the
//! only kind that is hashed.
//!
//! # Source
//! 45 CFR § 164.308(a)(5)(ii)(D), password management (addressable; it names no length); NIST SP 800-63B-4 § 3.1.1.

use super::history::PasswordHistory;
use super::password::{HashError, HashingPermit, Password};
use crate::red::{Safeguard, removed};
use crate::text::class;
use breach::Breached;
use core::fmt;

mod breach;
mod list;
mod similar;
mod strength;
#[cfg(test)]
mod tests;

pub use breach::{BreachCorpus, HashPrefix, MAX_RANGE_BYTES};
pub use list::{ListError, MAX_LIST_ENTRIES, MAX_LIST_LINE_BYTES, MAX_SITE_WORDS, PasswordLists};

/// The rules for new passwords, as a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PasswordPolicy {
    name: &'static str,
    chars: usize,
    chars_with_factor: usize,
    classes: bool,
    strength: u8,
    history: u8,
    first_change: bool,
}

impl PasswordPolicy {
    /// The default: 12 characters or more; an upper-case and a lower-case letter, a digit and a special character; not
    /// common, not soon guessed, not like the user's names; none of the last five; changed at the first login.
    #[must_use]
    pub const fn clinic() -> Self {
        Self {
            name: "clinic",
            chars: 12,
            chars_with_factor: 12,
            classes: true,
            strength: 3,
            history: 5,
            first_change: true,
        }
    }

    /// The same with 8 characters. At that length only the weakest two of five grades can be refused: a random password
    /// of eight characters has grade 2.
    #[must_use]
    pub const fn minimum_eight() -> Self {
        Self { name: "minimum_eight", chars: 8, chars_with_factor: 8, strength: 2, ..Self::clinic() }
    }

    /// NIST SP 800-63B-4: 15 characters, or 12 where a second factor is enforced; no classes, which the standard
    /// forbids; not common, not soon guessed, not like the user's names.
    #[must_use]
    pub const fn nist_800_63b_4() -> Self {
        Self {
            name: "nist_800_63b_4",
            chars: 15,
            chars_with_factor: 12,
            classes: false,
            strength: 3,
            history: 0,
            first_change: true,
        }
    }

    /// The same policy with a stricter grade of strength, 0 to 4 after zxcvbn; it is never lowered.
    #[must_use]
    pub const fn with_strength(self, grade: u8) -> Self {
        let raised = if grade > 4 { 4 } else { grade };
        Self { strength: if raised > self.strength { raised } else { self.strength }, ..self }
    }

    /// The same policy with more characters, at most 64; they are never lowered.
    #[must_use]
    pub const fn with_chars(self, chars: usize) -> Self {
        let raised = if chars > 64 { 64 } else { chars };
        Self {
            chars: if raised > self.chars { raised } else { self.chars },
            chars_with_factor: if raised > self.chars_with_factor { raised } else { self.chars_with_factor },
            ..self
        }
    }

    /// The name under which reports show it.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// Earlier passwords, besides the current one, that may not return.
    #[must_use]
    pub const fn history(&self) -> u8 {
        self.history
    }

    /// Whether a user who did not choose the password changes it at the first login.
    #[must_use]
    pub const fn changes_at_first_login(&self) -> bool {
        self.first_change
    }

    /// The fewest characters, where a second factor is enforced or not.
    #[must_use]
    pub const fn min_chars(&self, second_factor: bool) -> usize {
        if second_factor { self.chars_with_factor } else { self.chars }
    }

    /// Judges a new password by every rule. Costs one hash for each password in the history, current one included.
    ///
    /// # Errors
    /// [`PolicyError::Refused`] with all rules that are broken; [`PolicyError::Hash`] when the history could not be
    /// compared.
    pub fn judge<'p>(
        &self,
        password: &'p Password,
        about: &PasswordContext<'_>,
        history: &PasswordHistory,
        permit: &HashingPermit,
    ) -> Result<Accepted<'p>, PolicyError> {
        let mut broken = self.broken(password.normal(), about);
        let breached = about.lists.breached(password.normal());
        if breached == Breached::Yes {
            broken.push(BrokenRule::Breached);
        }
        if history.contains(password, self.history, permit)? && !removed(Safeguard::PasswordHistory) {
            broken.push(BrokenRule::Reused);
        }
        if broken.is_empty() {
            Ok(Accepted { password, compared: breached != Breached::Unknown })
        } else {
            Err(PolicyError::Refused(broken))
        }
    }

    /// The rules that need no hash.
    fn broken(&self, text: &str, about: &PasswordContext<'_>) -> Vec<BrokenRule> {
        let minimum = self.min_chars(about.second_factor);
        let lacks = |has: fn(char) -> bool| self.classes && !text.chars().any(has);
        let words = similar::words(about);
        let ranking = strength::rank(text, &words);
        let common = ranking.is_word || about.lists.contains(text);
        let similar = similar::is_similar(text, &words) && !removed(Safeguard::PasswordSimilarity);
        let weak = ranking.grade < self.strength && !removed(Safeguard::PasswordStrength);
        let rules = [
            (text.chars().count() < minimum, BrokenRule::TooShort { minimum }),
            (lacks(char::is_uppercase), BrokenRule::NoUppercase),
            (lacks(char::is_lowercase), BrokenRule::NoLowercase),
            (lacks(|c| class::decimal_value(c).is_some()), BrokenRule::NoDigit),
            (lacks(|c| !c.is_alphanumeric()), BrokenRule::NoSpecial),
            (common, BrokenRule::Common),
            (weak, BrokenRule::Guessable),
            (similar, BrokenRule::Similar),
        ];
        rules.into_iter().filter(|(broken, _)| *broken).map(|(_, rule)| rule).collect()
    }
}

impl Default for PasswordPolicy {
    fn default() -> Self {
        Self::clinic()
    }
}

/// What a policy knows of the user besides the password.
#[derive(Clone, Copy)]
pub struct PasswordContext<'a> {
    /// Names, login name and e-mail address of the user; of each the first 512 characters are read.
    pub names: &'a [&'a str],
    /// Whether the account enforces a second factor.
    pub second_factor: bool,
    /// The operator's own lists.
    pub lists: &'a PasswordLists,
}

impl fmt::Debug for PasswordContext<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PasswordContext").field("second_factor", &self.second_factor).finish_non_exhaustive()
    }
}

/// A password that a policy has accepted.
#[derive(Debug)]
pub struct Accepted<'p> {
    password: &'p Password,
    compared: bool,
}

impl Accepted<'_> {
    pub(super) fn password(&self) -> &Password {
        self.password
    }

    /// False where the corpus of breached passwords was asked and gave no answer: note it.
    #[must_use]
    pub const fn was_compared(&self) -> bool {
        self.compared
    }
}

/// Why a password is not accepted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PolicyError {
    /// It breaks these rules, and no others.
    #[error("the password breaks {} rules of the policy", .0.len())]
    Refused(Vec<BrokenRule>),
    /// The history could not be compared.
    #[error(transparent)]
    Hash(#[from] HashError),
}

/// A rule that a password breaks. Its text is for the user.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BrokenRule {
    /// It has too few characters.
    #[error("use at least {minimum} characters")]
    TooShort {
        /// The fewest there may be.
        minimum: usize,
    },
    /// It has no upper-case letter.
    #[error("use an upper-case letter")]
    NoUppercase,
    /// It has no lower-case letter.
    #[error("use a lower-case letter")]
    NoLowercase,
    /// It has no digit.
    #[error("use a digit")]
    NoDigit,
    /// It has nothing but letters and digits.
    #[error("use a special character, such as a blank or !")]
    NoSpecial,
    /// It is a word of a list of common passwords.
    #[error("this password is on a list of common passwords")]
    Common,
    /// It follows patterns that are tried first.
    #[error("this password is easy to guess")]
    Guessable,
    /// It is made of the user's names, the e-mail address, or words of this site.
    #[error("this password is too much like your name, your address or the name of this site")]
    Similar,
    /// It was in a breach, as the corpus that the host asks says.
    #[error("this password is known from a breach of another site")]
    Breached,
    /// It is the current one or one of the last.
    #[error("this password was used before")]
    Reused,
}
