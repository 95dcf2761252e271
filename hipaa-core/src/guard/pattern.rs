//! The regular expressions of the room. A test holds them to ASCII and to bounded repeats.

use regex::bytes::{Regex, RegexBuilder};
use std::sync::LazyLock;

/// Ages from ninety on, in words.
const SPELLED_AGE_TEXT: &str = r"(?-u:\b)(?:(?:aged?[ :]{1,2})(?:ninety(?:[- ](?:one|two|three|four|five|six|seven|eight|nine))?|(?:one|a)[- ]hundred(?:[- ](?:and[- ])?(?:one|two|three|four|five|six|seven|eight|nine|ten))?)(?-u:\b)|(?:ninety(?:[- ](?:one|two|three|four|five|six|seven|eight|nine))?|(?:one|a)[- ]hundred(?:[- ](?:and[- ])?(?:one|two|three|four|five|six|seven|eight|nine|ten))?)[- ]years?[- ](?:old|young|of age)(?-u:\b))";

/// What those words have in them; a set of literals is found much faster than the pattern above.
const AGE_WORD_TEXT: &str = "inety|undred|INETY|UNDRED";

/// A GS1 element string with a trade item number first.
const GS1_TEXT: &str = r"\A\(01\) ?[0-9]{14}(?: ?\((?:10|11|17|21|240|15|16)\) ?[!-'*-~]{1,20}){0,6}";

pub(super) static SPELLED_AGE: LazyLock<Regex> = LazyLock::new(|| compile(SPELLED_AGE_TEXT));
pub(super) static AGE_WORD: LazyLock<Regex> =
    LazyLock::new(|| build_site(AGE_WORD_TEXT).unwrap_or_else(|_| NOTHING.clone()));
pub(super) static GS1: LazyLock<Regex> = LazyLock::new(|| compile(GS1_TEXT));

/// Every pattern, for the test that reads them.
#[cfg(test)]
const ALL: [&str; 3] = [SPELLED_AGE_TEXT, AGE_WORD_TEXT, GS1_TEXT];

fn compile(pattern: &str) -> Regex {
    // The texts are constants and compiled in a test; a set that matches nothing is the rest.
    build(pattern).unwrap_or_else(|_| NOTHING.clone())
}

#[expect(clippy::expect_used, reason = "an empty class is a valid pattern")]
static NOTHING: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"[^\x00-\xFF]").expect("a valid pattern"));

/// Compiles a pattern over bytes, ASCII only.
pub(super) fn build(pattern: &str) -> Result<Regex, regex::Error> {
    RegexBuilder::new(pattern).unicode(false).case_insensitive(true).size_limit(1 << 20).build()
}

/// Compiles a format of a site: as it is written, capitals included.
pub(super) fn build_site(pattern: &str) -> Result<Regex, regex::Error> {
    RegexBuilder::new(pattern).unicode(false).size_limit(1 << 20).build()
}

/// What is wrong with a pattern that a profile brings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    /// Not a regular expression.
    Syntax,
    /// It can match a text without end, or a longer one than [`LONGEST`].
    Unbounded,
    /// It can match the empty text.
    Empty,
    /// It uses Unicode classes or characters.
    NotAscii,
}

/// The longest text a site format may match, in bytes.
pub(super) const LONGEST: usize = 64;

/// Checks that a pattern is ASCII and bounded.
pub(super) fn check(pattern: &str) -> Result<(), Fault> {
    if !pattern.is_ascii() {
        return Err(Fault::NotAscii);
    }
    let mut parser = regex_syntax::ParserBuilder::new().unicode(false).utf8(false).build();
    let hir = parser.parse(pattern).map_err(|_| Fault::Syntax)?;
    let properties = hir.properties();
    let unicode = properties.look_set().contains_word_unicode();
    match (properties.minimum_len(), properties.maximum_len()) {
        _ if unicode => Err(Fault::NotAscii),
        (Some(0), _) | (None, _) => Err(Fault::Empty),
        (_, Some(longest)) if longest <= LONGEST => Ok(()),
        _ => Err(Fault::Unbounded),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Unicode classes and repeats without an upper bound, as they are written.
    fn unsafe_parts(pattern: &str) -> Vec<&'static str> {
        let ascii = pattern.replace(r"(?-u:\b)", "");
        [r"\b", r"\d", r"\w", r"\s", r"\p", "*", "+", ",}", "(?u"]
            .into_iter()
            .filter(|part| {
                let escaped = format!("\\{part}");
                let in_class = part.len() == 1 && ascii.contains(&format!("'{part}-"));
                ascii.replace(&escaped, "").contains(part) && !in_class
            })
            .collect()
    }

    #[test]
    fn every_pattern_is_ascii_bounded_and_compiles() {
        for pattern in ALL {
            assert_eq!(unsafe_parts(pattern), Vec::<&str>::new(), "{pattern}");
            assert!(build(pattern).is_ok());
            let hir = regex_syntax::ParserBuilder::new().unicode(false).utf8(false).build().parse(pattern).unwrap();
            assert!(hir.properties().maximum_len().is_some(), "unbounded: {pattern}");
        }
    }

    #[test]
    fn the_reader_of_patterns_sees_what_it_must_forbid() {
        for bad in [r"\b[0-9]{3}\b", r"\d{3}", r"[0-9]+", r"a*", r"[0-9]{3,}", r"\w{2}", r"\p{L}"] {
            assert!(!unsafe_parts(bad).is_empty(), "{bad}");
        }
    }

    #[test]
    fn site_formats_must_be_bounded_ascii() {
        assert_eq!(check(r"ELS-[0-9]{7}"), Ok(()));
        assert_eq!(check(r"[0-9]+"), Err(Fault::Unbounded));
        assert_eq!(check(r"[0-9]{0,5}"), Err(Fault::Empty));
        assert_eq!(check(r"é[0-9]"), Err(Fault::NotAscii));
        assert_eq!(check(r"["), Err(Fault::Syntax));
        assert_eq!(check(r"[0-9]{65}"), Err(Fault::Unbounded));
    }
}
