//! How soon a password is guessed, after zxcvbn (Wheeler, USENIX Security 2016).
//!
//! It looks at the first 100 characters. Its working copies are not wiped.

use secrecy::{ExposeSecret as _, SecretString};
use zxcvbn::matching::patterns::MatchPattern;
use zxcvbn::zxcvbn;

/// What zxcvbn says of a password.
pub(super) struct Ranking {
    /// 0 (guessed at once) to 4.
    pub(super) grade: u8,
    /// The whole is one entry of its lists (common passwords, names, words), also reversed or with digits for letters.
    pub(super) is_word: bool,
}

/// Ranks the text as it is and in lower case, and takes the worse: zxcvbn does not see the sequence in `Abcdefghij`.
pub(super) fn rank(text: &str, words: &[String]) -> Ranking {
    let inputs: Vec<&str> = words.iter().map(String::as_str).collect();
    let lower = SecretString::from(text.to_lowercase());
    let [typed, lower] = [text, lower.expose_secret()].map(|text| zxcvbn(text, &inputs));
    let is_word = match typed.sequence() {
        [whole] => match &whole.pattern {
            MatchPattern::Dictionary(entry) => !words.contains(&entry.matched_word) && text.chars().count() <= 100,
            _ => false,
        },
        _ => false,
    };
    Ranking { grade: u8::from(typed.score().min(lower.score())), is_word }
}
