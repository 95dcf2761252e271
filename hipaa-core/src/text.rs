//! Unicode: what characters are, how they fold, and the compatibility normal form.
//!
//! Below the rooms that need it: search terms (`index`) and login names and passwords (`auth`). The tables are those of
//! ICU4X. May import nothing of ours.

pub(crate) mod buffer;
pub(crate) mod class;

use class::is_ignored;
use icu_casemap::{CaseMapper, CaseMapperBorrowed};
use icu_normalizer::{
    ComposingNormalizer, ComposingNormalizerBorrowed, DecomposingNormalizer, DecomposingNormalizerBorrowed,
};
use std::iter::once;
use zeroize::Zeroizing;

const NFKD: DecomposingNormalizerBorrowed<'static> = DecomposingNormalizer::new_nfkd();
const NFC: ComposingNormalizerBorrowed<'static> = ComposingNormalizer::new_nfc();
const NFKC: ComposingNormalizerBorrowed<'static> = ComposingNormalizer::new_nfkc();
const CASE: CaseMapperBorrowed<'static> = CaseMapper::new();

/// The text in NFKC (UAX #15), in a buffer that leaves no copies behind.
pub(crate) fn nfkc(input: &str) -> Zeroizing<String> {
    collect(NFKC.normalize_iter(input.chars()))
}

/// The form under which two spellings are one: ignorables removed, NFKD, full case folding, NFC.
pub(crate) fn caseless(input: &str) -> Zeroizing<String> {
    collect(composed(folded(input)))
}

/// The characters in canonical composition.
pub(crate) fn composed(chars: impl Iterator<Item = char>) -> impl Iterator<Item = char> {
    NFC.normalize_iter(chars)
}

/// The decomposed and case-folded characters, without ignorables; their combining marks may be out of order.
pub(crate) fn folded(input: &str) -> impl Iterator<Item = char> {
    NFKD.normalize_iter(input.chars().filter(|c| !is_ignored(*c))).flat_map(fold)
}

/// Full case folding of a character of a decomposition.
///
/// Of the characters that fold to several, only the two sharp s do not decompose.
fn fold(c: char) -> impl Iterator<Item = char> {
    let (first, second) = match c {
        'ß' | 'ẞ' => ('s', Some('s')),
        _ => (CASE.simple_fold(c), None),
    };
    once(first).chain(second)
}

fn collect(chars: impl Iterator<Item = char>) -> Zeroizing<String> {
    let mut out = Vec::new();
    buffer::extend(&mut out, chars);
    Zeroizing::new(String::from_utf8(out).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn compositions_and_compatibility_characters_become_one_form() {
        for (input, form) in [("e\u{301}", "é"), ("ﬁ", "fi"), ("Ａ１", "A1"), ("a\u{200b}b", "a\u{200b}b"), ("", "")]
        {
            assert_eq!(nfkc(input).as_str(), form, "{}", input.escape_unicode());
        }
    }

    #[test]
    fn case_width_and_ignorables_do_not_tell_two_texts_apart() {
        for twin in ["Straße", "STRASSE", "ＳＴＲＡＳＳＥ", "stra\u{ad}sse", "STRAẞE"] {
            assert_eq!(caseless(twin).as_str(), "strasse", "{}", twin.escape_unicode());
        }
    }
}
