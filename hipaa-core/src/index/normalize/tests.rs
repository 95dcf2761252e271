//! Tables of real values; exhaustive and random properties are in files of their own.

mod every_code_point;
mod numbers;
mod properties;

use super::{MAX_INPUT_BYTES, ascii, buffer, class, unicode};
use crate::index::IndexError;
use crate::schema::{NORMALIZER_VERSION, Normalizer};

use Normalizer::{Day, Digits, Identifier, LastDigits, LastIdentifier, Name, Number, Phone, Reference};

const LAST_FOUR: Normalizer = LastDigits(4);
const LAST_FOUR_OF_ID: Normalizer = LastIdentifier(4);
const ALL: [Normalizer; 9] = [Name, Identifier, Digits, Phone, Day, Number, Reference, LAST_FOUR, LAST_FOUR_OF_ID];

fn form(normalizer: Normalizer, input: &str) -> String {
    let mut out = Vec::new();
    super::text(normalizer, input, &mut out).expect("the input is indexable");
    String::from_utf8(out).expect("the forms of text are text")
}

fn refusal(normalizer: Normalizer, input: &str) -> IndexError {
    let mut out = b"kept".to_vec();
    let error = super::text(normalizer, input, &mut out).expect_err("the input is refused");
    assert_eq!(out, b"kept");
    error
}

#[track_caller]
fn assert_forms(normalizer: Normalizer, table: &[(&str, &str)]) {
    for (input, expected) in table {
        assert_eq!(form(normalizer, input), *expected, "{}", input.escape_unicode());
    }
}

#[test]
fn names_of_many_scripts_have_the_expected_form() {
    assert_forms(
        Name,
        &[
            ("Smith", "smith"),
            ("Müller", "müller"),
            ("Mu\u{308}ller", "müller"),
            ("MÜLLER", "müller"),
            ("Muller", "muller"),
            ("Nguyễn Thị Minh Khai", "nguyễn thị minh khai"),
            ("Nguye\u{302}\u{303}n", "nguyễn"),
            ("Ñúñez", "ñúñez"),
            ("Łukasz", "łukasz"),
            ("Straße", "strasse"),
            ("STRASSE", "strasse"),
            ("STRAẞE", "strasse"),
            ("İpek", "i\u{307}pek"),
            ("Işık", "işık"),
            ("Ελλάς", "ελλάσ"),
            ("ΕΛΛΆΣ", "ελλάσ"),
            ("ΕΛΛΑΣ", "ελλασ"),
            ("Иванов", "иванов"),
            ("ИВАНОВ", "иванов"),
            ("Երևան", "երեւան"),
            ("山田", "山田"),
            ("ﾔﾏﾀﾞ", "ヤマダ"),
            ("한국", "한국"),
            ("\u{1112}\u{1161}\u{11AB}\u{1100}\u{116E}\u{11A8}", "한국"),
            ("محـمد", "محـمد"),
            ("दीनदयाल शर्मा", "दीनदयाल शर्मा"),
            ("क्\u{200D}ष", "क्ष"),
            ("Grif\u{FB01}th", "griffith"),
            ("Ｓｍｉｔｈ", "smith"),
        ],
    );
}

#[test]
fn apostrophes_of_every_kind_are_removed_from_names() {
    let marks = "'`´\u{2018}\u{2019}\u{201B}\u{2032}\u{2035}\u{2B9}\u{2BB}\u{2BC}\u{2BD}\u{2BE}\u{2BF}\u{FF07}\u{FF40}";
    for mark in marks.chars().chain("\u{384}\u{1FBD}\u{1FBF}\u{1FEF}\u{1FFD}\u{1FFE}\u{374}\u{A78B}\u{5F3}".chars()) {
        assert_eq!(form(Name, &format!("O{mark}Brien")), "obrien", "{}", mark.escape_unicode());
        assert_eq!(form(Name, &format!("{mark}Abd al-Malik{mark}")), "abd al malik", "{}", mark.escape_unicode());
    }
    assert_eq!(form(Name, "Ann  ´Lee"), "ann lee");
}

#[test]
fn separators_in_names_become_one_blank() {
    assert_forms(
        Name,
        &[
            ("Smith-Jones", "smith jones"),
            ("Smith \u{2011} Jones", "smith jones"),
            ("Smith\u{2212}Jones", "smith jones"),
            ("  de\tla\r\n Cruz\u{A0}", "de la cruz"),
            ("St. John, Jr.", "st john jr"),
            ("Gal·la", "gal la"),
            ("マリア・テレサ", "マリア テレサ"),
            ("\u{85}x\u{3000}y\u{2028}z", "x y z"),
            ("Smith^John+Ann", "smith^john+ann"),
        ],
    );
}

#[test]
fn invisible_characters_do_not_matter() {
    for invisible in
        ["\u{AD}", "\u{200B}", "\u{FEFF}", "\u{202E}", "\u{FE0F}", "\u{34F}", "\u{0}", "\u{7F}", "\u{E0101}"]
    {
        assert_eq!(form(Name, &format!("Mu{invisible}\u{308}ller")), "müller");
        assert_eq!(form(Identifier, &format!("mu{invisible}\u{308}-7")), "mü7");
    }
}

#[test]
fn marks_without_a_letter_are_dropped_from_names() {
    assert_forms(
        Name,
        &[
            ("\u{301}Ann", "ann"),
            ("Ann-\u{308}\u{301}Lee", "ann lee"),
            ("a '\u{301}b", "ab"),
            ("¨", ""),
            ("a¨b", "a b"),
        ],
    );
}

#[test]
fn removing_a_character_composes_what_becomes_adjacent() {
    assert_forms(Name, &[("e'\u{301}", "é"), ("a\u{308}\u{200D}\u{323}", "\u{1EA1}\u{308}"), ("가'\u{11A8}", "각")]);
    assert_forms(Identifier, &[("e-\u{301}", "é"), ("a\u{308}-\u{323}", "\u{1EA1}\u{308}")]);
}

#[test]
fn identifiers_keep_punctuation_but_no_blanks_or_dashes() {
    assert_forms(
        Identifier,
        &[
            ("MRN 00-12 34", "mrn001234"),
            ("Anne.O'Neil@Example.ORG", "anne.o'neil@example.org"),
            ("a_b/c#d", "a_b/c#d"),
            ("3F2504E0-4F89-11D3-9A0C-0305E82C3301", "3f2504e04f8911d39a0c0305e82c3301"),
            ("ＡＢ\u{2013}１２", "ab12"),
            ("C\u{2014}01\u{2212}X 12", "c01x12"),
            ("Straße 7", "strasse7"),
        ],
    );
}

#[test]
fn the_last_characters_are_those_of_the_normal_form() {
    assert_forms(LAST_FOUR, &[("999-12-3456", "3456"), ("3456", "3456"), ("345", ""), ("٣-٤٥٦", "3456")]);
    assert_forms(LAST_FOUR_OF_ID, &[("MRN-00 7ß", "07ss"), ("aéîöü", "éîöü"), ("a-b-c", ""), ("山田太郎", "山田太郎")]);
    assert_eq!(form(LastDigits(16), "1234567890123456"), "1234567890123456");
    let mut out = b"before".to_vec();
    super::text(LAST_FOUR, "123", &mut out).expect("short text is no error");
    assert_eq!(out, b"before");
    super::text(LAST_FOUR, "912345", &mut out).expect("digits are indexable");
    assert_eq!(out, b"before2345");
}

#[test]
fn a_value_of_nothing_adds_nothing() {
    for normalizer in [Name, Identifier, Digits, Phone, LAST_FOUR, LAST_FOUR_OF_ID] {
        for input in ["", "  \t", "-", "\u{200B}", "\u{3000}\u{2014}"] {
            assert_eq!(form(normalizer, input), "");
        }
    }
    assert_eq!(form(Name, "-'.,!?\u{2019}"), "");
    assert_eq!(form(Phone, "unknown"), "");
}

#[test]
fn the_form_is_appended_after_what_is_there() {
    let mut out = b"x".to_vec();
    super::text(Name, "-Ann Lee", &mut out).expect("ASCII is indexable");
    super::text(Name, "-Él", &mut out).expect("Latin is indexable");
    super::text(Phone, "0049 1", &mut out).expect("ASCII is indexable");
    assert_eq!(out, "xann leeél+491".as_bytes());
}

#[test]
fn code_points_without_a_fixed_meaning_are_refused() {
    for c in ['\u{378}', '\u{E000}', '\u{FFFE}', '\u{FDD0}', '\u{10FFFF}', '\u{F0000}', '\u{E0FFF}', '\u{2065}'] {
        for normalizer in [Name, Identifier, Digits, Phone, LAST_FOUR] {
            assert_eq!(refusal(normalizer, &format!("a{c}1")), IndexError::Unassigned);
        }
    }
}

#[test]
fn text_above_the_limit_is_refused() {
    let longest = "\u{FDFA}".repeat(MAX_INPUT_BYTES / 3);
    assert!(form(Name, &longest).len() > longest.len());
    assert_eq!(form(Name, &"a".repeat(MAX_INPUT_BYTES)).len(), MAX_INPUT_BYTES);
    assert_eq!(refusal(Name, &"a".repeat(MAX_INPUT_BYTES + 1)), IndexError::TooLong);
}

#[test]
fn misuse_is_told_apart() {
    for normalizer in [Day, Number, Reference] {
        assert_eq!(refusal(normalizer, "1"), IndexError::Misuse);
    }
}

#[test]
fn ids_and_arities_are_frozen() {
    let ids = ["name", "identifier", "digits", "phone", "day", "number", "reference", "last-digits", "last-identifier"];
    assert_eq!(ALL.map(Normalizer::id), ids);
    assert_eq!(ALL.map(Normalizer::kept), [None, None, None, None, None, None, None, Some(4), Some(4)]);
    assert_eq!(NORMALIZER_VERSION, 1);
}

#[test]
fn a_buffer_that_grows_keeps_its_contents() {
    let mut out = Vec::with_capacity(1);
    for round in 0_u8..100 {
        buffer::reserve(&mut out, 1);
        out.push(round);
    }
    assert!(out.iter().copied().eq(0..100));
}
