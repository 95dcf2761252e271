//! Whether a password is made of words that everybody knows who knows the user or the site.

use super::PasswordContext;
use crate::text::{caseless, class, folded};

/// Parts of names shorter than this are in too many passwords to mean anything.
const MIN_WORD_CHARS: usize = 3;
/// The most characters of a name that are read.
const MAX_NAME_CHARS: usize = 512;

/// The words of the user and of the site, folded, with their accents and without: each name whole, and its parts between
/// all that is no letter or digit.
pub(super) fn words(about: &PasswordContext<'_>) -> Vec<String> {
    let site = about.lists.site().iter().map(String::as_str);
    let names = about.names.iter().copied().chain(site);
    let names = names.map(|name| name.chars().take(MAX_NAME_CHARS).collect::<String>());
    let spelled = names.flat_map(|name| [caseless(&name).to_string(), without_marks(&name)]);
    let mut words: Vec<String> =
        spelled.flat_map(|name| parts(&name)).filter(|word| word.chars().count() >= MIN_WORD_CHARS).collect();
    words.sort_unstable();
    words.dedup();
    words
}

fn parts(name: &str) -> Vec<String> {
    let mut parts: Vec<String> = name.split(|c: char| !c.is_alphanumeric()).map(str::to_owned).collect();
    parts.push(name.chars().filter(|c| c.is_alphanumeric()).collect());
    parts
}

/// Folded, and without accents: what people type who spell a name on another keyboard.
fn without_marks(text: &str) -> String {
    folded(text).filter(|c| !class::is_mark(*c)).collect()
}

/// Whether the words, forwards or backwards, cover at least half of the password's characters; digits and signs that
/// stand for letters are read as these.
pub(super) fn is_similar(text: &str, words: &[String]) -> bool {
    let text: Vec<char> = without_marks(text).chars().map(plain).collect();
    let mut covered = vec![false; text.len()];
    for word in words {
        let forwards: Vec<char> = word.chars().map(plain).collect();
        let backwards: Vec<char> = forwards.iter().rev().copied().collect();
        for needle in [forwards, backwards] {
            cover(&text, &needle, &mut covered);
        }
    }
    2 * covered.iter().filter(|covered| **covered).count() >= text.len().max(1)
}

fn cover(text: &[char], needle: &[char], covered: &mut [bool]) {
    for (at, part) in text.windows(needle.len().max(1)).enumerate() {
        if part == needle {
            covered.iter_mut().skip(at).take(needle.len()).for_each(|covered| *covered = true);
        }
    }
}

/// The letter that a digit or sign stands for; l and i are one, because 1 stands for both.
fn plain(c: char) -> char {
    match c {
        '0' => 'o',
        '1' | '!' | '|' | 'l' => 'i',
        '3' => 'e',
        '4' | '@' => 'a',
        '5' | '$' => 's',
        '7' => 't',
        _ => c,
    }
}
