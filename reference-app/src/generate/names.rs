//! Names of made-up people, and their two Unicode normal forms.

/// A Unicode normal form, and the apostrophe that goes with it here.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// NFC, typewriter apostrophe.
    Composed,
    /// NFD, typographic apostrophe.
    Decomposed,
}

/// Somebody who is in every clinic.
pub(super) struct Member {
    pub(super) family: &'static str,
    pub(super) given: &'static [&'static str],
    pub(super) maiden: Option<&'static str>,
    pub(super) born: &'static str,
    pub(super) female: bool,
}

const fn member(family: &'static str, given: &'static [&'static str], born: &'static str, female: bool) -> Member {
    Member { family, given, maiden: None, born, female }
}

pub(super) const CAST: [Member; 6] = [
    member("Müller", &["Jürgen", "Peter"], "1980-02-29", false),
    member("O'Connor", &["Siobhán"], "1971-11-05", true),
    member("Wulandari", &[], "1957-06-01", true),
    member("Nguyễn", &["Zoë"], "2019-03-14", true),
    Member { maiden: Some("Łukasik"), ..member("Castañeda", &["Anne-Marie", "Inés"], "1964-08-30", true) },
    member("de la Cruz", &["José"], "1948-12-31", false),
];

pub(super) const FAMILY: &[&str] = &[
    "Abernathy",
    "Bergström",
    "Castañeda",
    "D'Angelo",
    "Eriksson",
    "Fernández",
    "Gauß",
    "Hernández",
    "Ivanović",
    "Jørgensen",
    "Kowalska",
    "Lefèvre",
    "McAllister",
    "Novák",
    "O'Malley",
    "Petrović",
    "Quiñones",
    "Rossi",
    "Smith-Jones",
    "Türkoğlu",
    "Underwood",
    "van den Berg",
    "Weiß",
    "Żak",
];

pub(super) const FEMALE: &[&str] = &[
    "Ana",
    "Beatriz",
    "Chloé",
    "Désirée",
    "Eszter",
    "Françoise",
    "Grace",
    "Håkona",
    "Irène",
    "Joan",
    "Katarína",
    "Lucía",
    "Mary",
    "Nadia",
    "Ólöf",
    "Renée",
];

pub(super) const MALE: &[&str] = &[
    "André",
    "Björn",
    "Carlos",
    "Dušan",
    "Emil",
    "François",
    "Günther",
    "Henry",
    "Iñigo",
    "János",
    "Karim",
    "Léon",
    "Miloš",
    "Noah",
    "Óscar",
    "Raúl",
];

/// The letters above that have a decomposition.
const LETTERS: &[(char, &str)] = &[
    ('á', "a\u{301}"),
    ('å', "a\u{30a}"),
    ('ç', "c\u{327}"),
    ('ć', "c\u{301}"),
    ('è', "e\u{300}"),
    ('é', "e\u{301}"),
    ('ë', "e\u{308}"),
    ('ễ', "e\u{302}\u{303}"),
    ('ğ', "g\u{306}"),
    ('í', "i\u{301}"),
    ('ñ', "n\u{303}"),
    ('Ó', "O\u{301}"),
    ('ó', "o\u{301}"),
    ('ö', "o\u{308}"),
    ('š', "s\u{30c}"),
    ('ú', "u\u{301}"),
    ('ü', "u\u{308}"),
    ('Ż', "Z\u{307}"),
];

fn decomposition(letter: char) -> Option<&'static str> {
    LETTERS.iter().find(|(known, _)| *known == letter).map(|(_, parts)| *parts)
}

/// A name of this room in a normal form.
pub(super) fn in_form(name: &str, form: Form) -> String {
    if form == Form::Composed {
        return name.to_owned();
    }
    let mut text = String::with_capacity(name.len() + 8);
    for letter in name.chars() {
        match (decomposition(letter), letter) {
            (Some(parts), _) => text.push_str(parts),
            (None, '\'') => text.push('\u{2019}'),
            (None, letter) => text.push(letter),
        }
    }
    text
}

/// The ASCII letters of a name, in lower case.
pub(super) fn ascii(name: &str) -> String {
    let plain = in_form(name, Form::Decomposed);
    plain.chars().filter(char::is_ascii_alphabetic).map(|letter| letter.to_ascii_lowercase()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_forms_are_the_normal_forms_of_unicode() {
        let nfc = icu_normalizer::ComposingNormalizerBorrowed::new_nfc();
        let nfd = icu_normalizer::DecomposingNormalizerBorrowed::new_nfd();
        let cast =
            CAST.iter().flat_map(|member| member.given.iter().copied().chain([member.family]).chain(member.maiden));
        for name in cast.chain(FAMILY.iter().copied()).chain(FEMALE.iter().copied()).chain(MALE.iter().copied()) {
            assert!(nfc.is_normalized(name), "{name}");
            assert_eq!(in_form(name, Form::Decomposed).replace('\u{2019}', "'"), nfd.normalize(name), "{name}");
        }
    }
}
