//! How soon a password is guessed, after zxcvbn (Wheeler, USENIX Security 2016).
//!
//! Only the first 64 characters are ranked: the time grows with the cube of the length, and a password that is strong so
//! far is strong. The working copies of zxcvbn are not wiped.

use secrecy::{ExposeSecret as _, SecretString};
use zxcvbn::matching::patterns::MatchPattern;
use zxcvbn::zxcvbn;

/// Characters that are ranked.
const RANKED_CHARS: usize = 64;

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
    let typed = SecretString::from(text.chars().take(RANKED_CHARS).collect::<String>());
    let lower = SecretString::from(typed.expose_secret().to_lowercase());
    let whole = typed.expose_secret().len() == text.len();
    let [typed, lower] = [typed, lower].map(|text| zxcvbn(text.expose_secret(), &inputs));
    let is_word = match typed.sequence() {
        [only] => match &only.pattern {
            MatchPattern::Dictionary(entry) => whole && !words.contains(&entry.matched_word),
            _ => false,
        },
        _ => false,
    };
    Ranking { grade: u8::from(typed.score().min(lower.score())), is_word }
}
