//! What the rules take for granted about the tables, checked for every code point, and their digest.

use super::{Digits, Identifier, Name, form};
use crate::text::class::{decimal_value, is_apostrophe, is_assigned, is_ignored, is_mark, is_separator};
use crate::text::folded;

use icu_casemap::{CaseMapper, CaseMapperBorrowed};
use icu_normalizer::{
    ComposingNormalizer, ComposingNormalizerBorrowed, DecomposingNormalizer, DecomposingNormalizerBorrowed,
};
use icu_properties::CodePointMapData;
use icu_properties::props::GeneralCategory;

const NFKD: DecomposingNormalizerBorrowed<'static> = DecomposingNormalizer::new_nfkd();
const NFC: ComposingNormalizerBorrowed<'static> = ComposingNormalizer::new_nfc();
const NFKC: ComposingNormalizerBorrowed<'static> = ComposingNormalizer::new_nfkc();
const CASE: CaseMapperBorrowed<'static> = CaseMapper::new();

fn assigned() -> impl Iterator<Item = char> {
    ('\0'..=char::MAX).filter(|c| is_assigned(*c))
}

fn fold_chain(text: &str) -> String {
    NFC.normalize_iter(NFKD.normalize_iter(folded(text))).collect()
}

#[test]
fn folding_a_decomposition_is_full_case_folding() {
    for c in assigned().filter(|c| !is_ignored(*c)) {
        let decomposed = NFKD.normalize(c.encode_utf8(&mut [0; 4])).into_owned();
        let ours: String = folded(c.encode_utf8(&mut [0; 4])).collect();
        assert_eq!(ours, CASE.fold_string(&decomposed), "{}", c.escape_unicode());
    }
}

#[test]
fn folded_characters_decompose_and_fold_no_further() {
    for c in assigned() {
        for last in folded(c.encode_utf8(&mut [0; 4])) {
            let text = String::from(last);
            assert!(!is_ignored(last) && is_assigned(last), "{}", c.escape_unicode());
            assert_eq!(NFKD.normalize(&text), text, "{}", c.escape_unicode());
            assert!(folded(&text).eq([last]), "{}", c.escape_unicode());
        }
    }
}

#[test]
fn ignorable_characters_come_from_nothing_else_and_are_no_marks() {
    for c in assigned() {
        let ignored = is_ignored(c);
        assert!(NFKD.normalize(c.encode_utf8(&mut [0; 4])).chars().all(|part| is_ignored(part) == ignored));
        assert!(!(is_mark(c) && (ignored || is_separator(c) || is_apostrophe(c))), "{}", c.escape_unicode());
    }
}

#[test]
fn the_chain_equals_composing_folding_and_composing_again() {
    for c in assigned().filter(|c| !is_ignored(*c)) {
        let text = String::from(c);
        let plain = NFKC.normalize(&CASE.fold_string(&NFKC.normalize(&text))).into_owned();
        assert_eq!(fold_chain(&text), plain, "{}", c.escape_unicode());
    }
}

#[test]
fn case_does_not_matter_except_for_dotless_i() {
    let root = "und".parse().expect("und is a language");
    for c in assigned().filter(|c| *c != 'ı') {
        let text = String::from(c);
        let upper = CASE.uppercase_to_string(&text, &root);
        let lower = CASE.lowercase_to_string(&text, &root);
        assert_eq!(fold_chain(&upper), fold_chain(&text), "{}", c.escape_unicode());
        assert_eq!(fold_chain(&lower), fold_chain(&text), "{}", c.escape_unicode());
    }
}

#[test]
fn decimal_digits_come_in_runs_of_ten() {
    let category = CodePointMapData::<GeneralCategory>::new();
    let digits: Vec<char> = assigned().filter(|c| category.get(*c) == GeneralCategory::DecimalNumber).collect();
    for ten in digits.chunks(10) {
        let values: Vec<u8> = ten.iter().filter_map(|c| decimal_value(*c)).collect();
        assert_eq!(values, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9], "{}", ten[0].escape_unicode());
    }
    for c in assigned() {
        let plain = folded(c.encode_utf8(&mut [0; 4])).collect::<String>().parse::<u8>().ok();
        if let (Some(value), Some(plain)) = (decimal_value(c), plain) {
            assert_eq!(value, plain, "{}", c.escape_unicode());
        }
    }
    assert_eq!(decimal_value('²'), None);
}

/// FNV-1a, 64 bits.
fn digest(state: u64, bytes: &[u8]) -> u64 {
    bytes.iter().fold(state, |state, byte| (state ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01B3))
}

#[test]
fn the_tables_are_those_of_version_1() {
    let mut state = 0xCBF2_9CE4_8422_2325;
    for c in assigned() {
        state = digest(state, &u32::from(c).to_be_bytes());
        for normalizer in [Name, Identifier, Digits] {
            state = digest(state, form(normalizer, &format!("a{c}b")).as_bytes());
            state = digest(state, &[0xFF]);
        }
    }
    assert_eq!(
        (assigned().count(), state),
        (172_873, 2_916_709_917_379_248_810),
        "a change needs a new Normalizer::VERSION"
    );
}
