//! What the rules ask of a single character.

use icu_properties::props::{
    CanonicalCombiningClass, Dash, DefaultIgnorableCodePoint, GeneralCategory, GeneralCategoryGroup, Script, WhiteSpace,
};
use icu_properties::{CodePointMapData, CodePointMapDataBorrowed, CodePointSetData, CodePointSetDataBorrowed};

const CATEGORY: CodePointMapDataBorrowed<'static, GeneralCategory> = CodePointMapData::<GeneralCategory>::new();
const COMBINING: CodePointMapDataBorrowed<'static, CanonicalCombiningClass> =
    CodePointMapData::<CanonicalCombiningClass>::new();
const SCRIPT: CodePointMapDataBorrowed<'static, Script> = CodePointMapData::<Script>::new();
const BLANK: CodePointSetDataBorrowed<'static> = CodePointSetData::new::<WhiteSpace>();
const DASH: CodePointSetDataBorrowed<'static> = CodePointSetData::new::<Dash>();
const IGNORABLE: CodePointSetDataBorrowed<'static> = CodePointSetData::new::<DefaultIgnorableCodePoint>();

/// Whether the character has a meaning that no later version of Unicode takes back.
pub(crate) fn is_assigned(c: char) -> bool {
    let unfixed = [GeneralCategory::Unassigned, GeneralCategory::PrivateUse, GeneralCategory::Surrogate];
    c.is_ascii() || !unfixed.contains(&CATEGORY.get(c))
}

/// The value of a decimal digit (`Nd`) of any script.
///
/// Unicode encodes the decimal digits of a script as ten consecutive code points in ascending order, and some such
/// runs follow one another without a gap.
pub(crate) fn decimal_value(c: char) -> Option<u8> {
    let is_decimal = |code: &u32| CATEGORY.get32(*code) == GeneralCategory::DecimalNumber;
    let run = (0..=u32::from(c)).rev().take_while(is_decimal).count();
    u8::try_from(run.checked_sub(1)? % 10).ok()
}

/// Whether the character is removed before anything else.
pub(crate) fn is_ignored(c: char) -> bool {
    match CATEGORY.get(c) {
        GeneralCategory::Format => true,
        GeneralCategory::Control => !is_blank(c),
        _ => IGNORABLE.contains(c),
    }
}

/// Apostrophes, primes, modifier letters and letters that stand for an apostrophe, or for which one is typed.
///
/// The full-width forms and the Greek ones decompose to these or to a blank with a mark, see [`is_apostrophe_mark`].
pub(crate) fn is_apostrophe(c: char) -> bool {
    match c {
        '\'' | '`' => true,
        // Modifier letters: primes, turned commas (okina), apostrophe, half rings.
        '\u{02B9}'..='\u{02BF}' => true,
        // Modifier letters: vertical line, acute, grave.
        '\u{02C8}' | '\u{02CA}' | '\u{02CB}' => true,
        // Armenian apostrophe, Hebrew geresh, N'Ko tone apostrophes.
        '\u{055A}' | '\u{05F3}' | '\u{07F4}' | '\u{07F5}' => true,
        // Single quotation marks, prime and reversed prime.
        '\u{2018}' | '\u{2019}' | '\u{201B}' | '\u{2032}' | '\u{2035}' => true,
        // Saltillo, a letter for the glottal stop.
        '\u{A78B}' | '\u{A78C}' => true,
        _ => false,
    }
}

/// Marks that make an apostrophe of the blank they sit on: the spacing acute, and the Greek tonos and breathings.
pub(crate) fn is_apostrophe_mark(c: char) -> bool {
    matches!(c, '\u{0301}' | '\u{0313}' | '\u{0314}')
}

/// Whether the character separates the words of a name.
pub(crate) fn is_separator(c: char) -> bool {
    GeneralCategoryGroup::Punctuation.contains(CATEGORY.get(c)) || is_blank(c) || is_dash(c)
}

/// Whether the character is a hyphen, a dash or a minus sign.
pub(crate) fn is_dash(c: char) -> bool {
    DASH.contains(c) || CATEGORY.get(c) == GeneralCategory::DashPunctuation
}

/// Whether the character is a combining mark that canonical ordering may move.
pub(crate) fn is_mark(c: char) -> bool {
    COMBINING.get(c) != CanonicalCombiningClass::NotReordered
}

/// Whether the character is white space, control characters included.
pub(crate) fn is_blank(c: char) -> bool {
    BLANK.contains(c)
}

/// The script of the letters of a text, `None` when they are of several that are not written together.
///
/// Japanese, Korean and Bopomofo write Han beside their own (UTS #39, "Highly Restrictive", without its Latin).
pub(crate) fn scripts(text: &str) -> Option<Script> {
    text.chars().map(|c| SCRIPT.get(c)).try_fold(Script::Common, join)
}

fn join(one: Script, other: Script) -> Option<Script> {
    match (one, other) {
        (_, Script::Common | Script::Inherited) => Some(one),
        (Script::Common | Script::Inherited, _) => Some(other),
        _ if one == other => Some(one),
        // Kana, Hangul and Bopomofo stay what they are beside Han; the two kana are one.
        (Script::Hiragana | Script::Katakana, Script::Hiragana | Script::Katakana) => Some(one),
        (Script::Hiragana | Script::Katakana | Script::Hangul | Script::Bopomofo, Script::Han) => Some(one),
        (Script::Han, Script::Hiragana | Script::Katakana | Script::Hangul | Script::Bopomofo) => Some(other),
        _ => None,
    }
}

/// Whether Unicode has not assigned the code point: only then can its normal form still change.
pub(crate) fn is_unassigned(c: char) -> bool {
    CATEGORY.get(c) == GeneralCategory::Unassigned
}
