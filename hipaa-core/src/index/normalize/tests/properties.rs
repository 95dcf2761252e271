//! Properties over random text, with weight on characters that combine, vanish, separate or fold unusually.

use super::{Digits, Identifier, LAST_FOUR, LAST_FOUR_OF_ID, Name, Normalizer, Phone};
use super::{ascii, class, form, unicode};

use icu_casemap::CaseMapper;
use icu_normalizer::{ComposingNormalizer, DecomposingNormalizer};
use proptest::prelude::*;

const MARKS: &str = "\u{300}\u{301}\u{307}\u{308}\u{313}\u{314}\u{323}\u{327}\u{334}\u{345}\u{35C}\u{360}\u{5B0}\u{64B}\u{93C}\u{94D}\u{E38}\u{3099}\u{309A}\u{1D165}\u{1D16E}";
const INVISIBLE: &str = "\u{0}\u{1C}\u{7F}\u{AD}\u{34F}\u{61C}\u{115F}\u{1160}\u{180B}\u{180E}\u{200B}\u{200C}\u{200D}\u{202E}\u{2060}\u{3164}\u{FE0F}\u{FEFF}\u{FFA0}\u{E0101}\u{600}";
const SEPARATORS: &str = " \t\n\u{85}\u{A0}\u{1680}\u{2003}\u{2028}\u{3000}-\u{2010}\u{2011}\u{2013}\u{2212}\u{FF0D}.,_·・\u{B4}\u{A8}\u{37A}\u{384}\u{385}\u{1FBD}\u{1FCD}\u{1FDE}\u{2017}\u{203E}\u{FC5E}\u{FE70}";
const APOSTROPHES: &str = "'`\u{2018}\u{2019}\u{2BB}\u{2BC}\u{2033}\u{374}\u{FF07}\u{1FEF}\u{149}";
const JAMO: &str =
    "\u{1100}\u{1112}\u{1161}\u{1175}\u{11A8}\u{11C2}\u{AC00}\u{AC01}\u{3131}\u{314F}\u{FFA1}\u{A960}\u{D7B0}";
const FOLDS: &str = "ßẞİıſςΣσŉǰΐΰևﬁﬅﬓẖẚᾳᾼᾴᾷῼΑαΩΩKÅϴᏸꭰǅǆ①½㎓ﷺ\u{0958}\u{2126}";
const PLAIN: &str = "aeiouAEIOUsSzZ019x+#;()山Ёёקक";

fn from(set: &'static str) -> impl Strategy<Value = char> {
    prop::sample::select(set.chars().collect::<Vec<_>>())
}

fn character() -> impl Strategy<Value = char> {
    let assigned: Vec<char> = ('\0'..=char::MAX).filter(|c| class::is_assigned(*c)).collect();
    prop_oneof![
        4 => from(PLAIN),
        3 => from(MARKS),
        2 => from(INVISIBLE),
        2 => from(SEPARATORS),
        2 => from(APOSTROPHES),
        2 => from(JAMO),
        2 => from(FOLDS),
        2 => prop::sample::select(assigned),
    ]
}

fn text() -> impl Strategy<Value = String> {
    prop::collection::vec(character(), 0..14).prop_map(String::from_iter)
}

fn spellings(input: &str) -> [String; 4] {
    [
        ComposingNormalizer::new_nfc().normalize(input).into_owned(),
        ComposingNormalizer::new_nfkc().normalize(input).into_owned(),
        DecomposingNormalizer::new_nfd().normalize(input).into_owned(),
        DecomposingNormalizer::new_nfkd().normalize(input).into_owned(),
    ]
}

fn bytes(rule: impl Fn(&mut Vec<u8>)) -> Vec<u8> {
    let mut out = b"before".to_vec();
    rule(&mut out);
    out
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(2_000) })]

    #[test]
    fn a_normal_form_is_its_own_normal_form(input in text()) {
        for normalizer in [Name, Identifier, Digits, Phone] {
            let once = form(normalizer, &input);
            prop_assert_eq!(&form(normalizer, &once), &once);
        }
    }

    #[test]
    fn a_normal_form_is_in_nfkc_and_free_of_what_is_removed(input in text()) {
        for normalizer in [Name, Identifier] {
            let once = form(normalizer, &input);
            prop_assert!(ComposingNormalizer::new_nfkc().is_normalized(&once));
            prop_assert!(!once.chars().any(class::is_ignored));
        }
        prop_assert!(!form(Identifier, &input).chars().any(|c| c.is_whitespace() || class::is_dash(c)));
        let name = form(Name, &input);
        prop_assert!(!name.chars().any(class::is_apostrophe));
        prop_assert!(!name.chars().any(|c| c != ' ' && class::is_separator(c)));
        prop_assert!(!name.starts_with(' ') && !name.ends_with(' ') && !name.contains("  "));
    }

    #[test]
    fn the_spelling_does_not_matter(input in text()) {
        for normalizer in [Name, Identifier] {
            for spelling in spellings(&input) {
                prop_assert_eq!(form(normalizer, &spelling), form(normalizer, &input));
            }
        }
    }

    // Upper-casing is defined to agree with folding on decomposed text only: it moves U+0345 in front of other marks.
    #[test]
    fn case_does_not_matter(input in text()) {
        let root = "und".parse().expect("und is a language");
        let input = DecomposingNormalizer::new_nfd().normalize(&input.replace('ı', "i")).into_owned();
        let visible: String = input.chars().filter(|c| !class::is_ignored(*c)).collect();
        let visible = DecomposingNormalizer::new_nfd().normalize(&visible).into_owned();
        let upper = CaseMapper::new().uppercase_to_string(&visible, &root).into_owned();
        let lower = CaseMapper::new().lowercase_to_string(&visible, &root).into_owned();
        for normalizer in [Name, Identifier] {
            prop_assert_eq!(form(normalizer, &upper), form(normalizer, &input));
            prop_assert_eq!(form(normalizer, &lower), form(normalizer, &input));
        }
    }

    #[test]
    fn the_fast_path_agrees_with_the_rules_for_all_of_unicode(input in "[\\x00-\\x7F]{0,40}") {
        prop_assert_eq!(
            bytes(|out| ascii::name(input.as_bytes(), out)),
            bytes(|out| unicode::name(&input, out))
        );
        prop_assert_eq!(
            bytes(|out| ascii::identifier(input.as_bytes(), out)),
            bytes(|out| unicode::identifier(&input, out))
        );
    }

    #[test]
    fn one_character_outside_ascii_does_not_change_the_digits(input in "[\\x00-\\x7F]{0,20}") {
        let longer = format!("{input}é");
        for normalizer in [Digits, Phone, LAST_FOUR] {
            prop_assert_eq!(form(normalizer, &longer), form(normalizer, &input));
        }
        let wide = input.chars().map(|c| match c {
            '0'..='9' | '+' | 'x' | 'X' | '#' | ';' => char::from_u32(u32::from(c) + 0xFEE0).unwrap_or(c),
            _ => c,
        });
        let wide: String = wide.collect();
        prop_assert_eq!(form(Digits, &wide), form(Digits, &input));
        if !input.contains('(') {
            prop_assert_eq!(form(Phone, &wide), form(Phone, &input));
        }
    }

    #[test]
    fn no_input_panics_and_an_error_adds_nothing(input in any::<String>(), n in any::<u8>()) {
        let tails = [Normalizer::LastDigits(n), Normalizer::LastIdentifier(n)];
        for normalizer in super::ALL.into_iter().chain(tails) {
            let mut out = Vec::new();
            let result = crate::index::normalize::text(normalizer, &input, &mut out);
            prop_assert!(result.is_ok() || out.is_empty());
            prop_assert!(std::str::from_utf8(&out).is_ok());
        }
    }

    #[test]
    fn the_last_characters_end_the_whole_form(input in text()) {
        for (whole, tail) in [(Digits, LAST_FOUR), (Identifier, LAST_FOUR_OF_ID)] {
            let (whole, tail) = (form(whole, &input), form(tail, &input));
            prop_assert!(whole.ends_with(&tail));
            prop_assert_eq!(tail.chars().count(), if whole.chars().count() < 4 { 0 } else { 4 });
        }
    }

    #[test]
    fn a_phone_number_is_its_digits_with_at_most_a_plus(input in "[+0-9x() .-]{0,24}") {
        let phone = form(Phone, &input);
        prop_assert!(phone.strip_prefix('+').unwrap_or(&phone).bytes().all(|b| b.is_ascii_digit()));
        prop_assert_eq!(form(Phone, &phone), phone);
    }
}
