//! What a key is to the values around it, by its words alone.

use super::LONGEST_KEY;
use crate::guard::byte::{self, ALNUM, DIGIT, LOWER, UPPER};
use crate::guard::words::WordSet;

/// What a key is to the values around it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::guard::json) enum Role {
    /// It speaks for what it holds, or says nothing.
    #[default]
    Own,
    /// `value`, `old`, `primary`: what stands above or beside it speaks.
    Silent,
    /// `changes`, `data`: silent, and what stands beside it speaks for all that is in it.
    Carrier,
    /// `id`, `code`: silent; or itself the label of a value beside it.
    Code,
    /// The words for a code beside it.
    Display,
    /// `name`, `field`: the label of a value beside it.
    Label,
    /// `type`, `qualifier`: a label that may be a code, or a concept of FHIR.
    Type,
    /// `system`: a numbering system or a contact point.
    System,
    /// It holds the name of a vocabulary.
    Namespace,
    /// `unit`.
    Unit,
    /// `bytes`, `epoch`: digits alone are an amount.
    Measure,
    /// `sn`: a serial number beside a model or a firmware, a surname elsewhere.
    Serial,
}

/// Words that name nothing by themselves.
const SILENT_WORDS: &str = "value val values number num no nbr id ids identifier identifiers text content data code codes string \
    raw display answer response old new from to before after previous prev current curr original orig updated \
    initial latest primary secondary tertiary main alternate alt other home work office personal business \
    preferred verified expected actual left right ours theirs existing incoming prior was is now removed \
    added daytime evening emergency change changes diff diffs delta details oldvalue newvalue oldval \
    newval fromvalue tovalue beforevalue aftervalue previousvalue prevvalue currentvalue idvalue \
    fieldvalue idnumber dest destination";
static SILENT: WordSet<512> = WordSet::new(SILENT_WORDS);
static CARRIERS: WordSet<32> = WordSet::new("answer change changes diff diffs delta values data details");
static CODES: WordSet<16> = WordSet::new("id ids code codes");
static VALUES: WordSet<32> = WordSet::new("value val number num no nbr text content data string");
const LABELS_WORDS: &str = "label name use key field fld col column attribute attr property prop path category parameter param \
    question prompt header element variable channel medium fieldname columnname attributename propertyname paramname";
static LABELS: WordSet<64> = WordSet::new(LABELS_WORDS);
const TYPES_WORDS: &str = "type kind qualifier idtype identifiertype typecode";
static TYPES: WordSet<16> = WordSet::new(TYPES_WORDS);
const UNITS_WORDS: &str = "unit units uom";
static UNITS: WordSet<16> = WordSet::new(UNITS_WORDS);
const MEASURES_WORDS: &str = "ts time epoch bytes size length len offset duration ms millis micros nanos seconds sec secs count cnt \
    seq sequence nonce iat nbf exp total amount limit max min width height latency elapsed ttl uptime ticks since";
static MEASURES: WordSet<128> = WordSet::new(MEASURES_WORDS);

/// Words that end all keys that are more to their neighbours than a name of their own.
const ENDS: [&str; 6] = [SILENT_WORDS, LABELS_WORDS, TYPES_WORDS, UNITS_WORDS, MEASURES_WORDS, "system sn"];

/// Three letters that such a word ends with, or two and whatever is before them: one bit each.
static TAILS: [u32; 1024] = tails();

const fn tails() -> [u32; 1024] {
    let (mut bits, mut list) = ([0; 1024], 0);
    while list < ENDS.len() {
        let (words, mut start, mut at) = (ENDS[list].as_bytes(), 0, 0);
        while at <= words.len() {
            if at == words.len() || words[at] == b' ' {
                let place = pair(words[at - 2], words[at - 1]);
                bits[place] |= if at - start > 2 { 1 << (words[at - 3] & 31) } else { u32::MAX };
                start = at + 1;
            }
            at += 1;
        }
        list += 1;
    }
    bits
}

/// The low bits of two letters.
const fn pair(a: u8, b: u8) -> usize {
    (a as usize & 31) << 5 | (b as usize & 31)
}

/// Whether the key may end with such a word; most keys stop here.
fn may_tell(key: &[u8]) -> bool {
    match *key {
        [.., a, b, c] => TAILS[pair(b, c)] >> (a & 31) & 1 == 1,
        [a, b] => TAILS[pair(a, b)] != 0,
        _ => false,
    }
}

/// The runs of letters and digits, the last one first; `oldValue` has two.
pub(super) fn words(key: &[u8]) -> impl Iterator<Item = &[u8]> + Clone {
    let mut end = key.len();
    std::iter::from_fn(move || {
        while end > 0 && !byte::is(key[end - 1], ALNUM) {
            end -= 1;
        }
        let last = end.checked_sub(1)?;
        let small = byte::back(key, end, LOWER | DIGIT, LONGEST_KEY);
        let start = match small {
            _ if small > last => byte::back(key, end, UPPER, LONGEST_KEY),
            _ => small - usize::from(byte::is(byte::prev(key, small), UPPER)),
        };
        let word = &key[start..end];
        end = start;
        Some(word)
    })
}

impl Role {
    /// What a key is to the values around it.
    pub(in crate::guard::json) fn of(key: &str) -> Self {
        let bytes = key.as_bytes();
        // `valueDate` of FHIR.
        let fhir = bytes.starts_with(b"value") && bytes.get(5).is_some_and(|byte| !byte::is(*byte, LOWER | DIGIT));
        match key {
            "code" | "id" => Self::Code,
            "value" | "text" => Self::Silent,
            "display" => Self::Display,
            "system" => Self::System,
            "type" => Self::Type,
            "name" | "use" => Self::Label,
            "profile" | "$schema" | "schema" | "reference" | "xmlns" => Self::Namespace,
            _ if bytes.len() > LONGEST_KEY => Self::Own,
            _ if fhir => Self::Carrier,
            _ if may_tell(bytes) => words(bytes).next().map_or(Self::Own, |last| Self::told(key, last)),
            _ => Self::counted(bytes),
        }
    }

    /// The role of a key that may be a place, `{"mrn":{"0":"4482913","1":"4482914"}}`, or a letter.
    fn counted(key: &[u8]) -> Self {
        match key {
            [b'0'..=b'9', ..] if key.len() < 6 && key.iter().all(u8::is_ascii_digit) => Self::Silent,
            // `{"q":"Member ID?","a":"W463529175"}`.
            b"a" | b"A" => Self::Silent,
            // The type of a value: `{"birthDate":{"S":"1966-01-30"}}`.
            b"S" | b"N" => Self::Silent,
            b"q" | b"Q" => Self::Label,
            // `{"k":"MRN","v":"4482913"}`, `{"n":"MRN","val":"4482913"}`.
            b"k" | b"K" | b"n" => Self::Label,
            b"v" | b"V" => Self::Silent,
            // `{"q1":"ZIP?","a1":"37203"}`.
            [b'q' | b'Q', rest @ ..] if is_count(rest) => Self::Label,
            [b'a' | b'A', rest @ ..] if is_count(rest) => Self::Silent,
            // `{"question1":"MRN","answer1":"4482913"}`.
            [b'q' | b'Q', stem @ .., b'0'..=b'9'] if is_stem(stem, b"uestion") => Self::Label,
            [b'a' | b'A', stem @ .., b'0'..=b'9'] if is_stem(stem, b"nswer") => Self::Silent,
            _ => Self::Own,
        }
    }

    /// The role of a key whose last word may give it one.
    fn told(key: &str, last: &[u8]) -> Self {
        let words = || words(key.as_bytes());
        let typed = |word: &[u8]| TYPES.has(word);
        let known = |word: &[u8]| SILENT.has(word) || LABELS.has(word) || typed(word);
        let before = words().nth(1);
        let single = before.is_none();
        let is = |word: &[u8]| last.eq_ignore_ascii_case(word);
        if before.is_some_and(|word| !may_tell(word) || !known(word)) {
            return match () {
                () if MEASURES.has(last) => Self::Measure,
                () if UNITS.has(last) => Self::Unit,
                () if is(b"name") && names_system(key) => Self::System,
                () => Self::Own,
            };
        }
        match () {
            () if SILENT.has(last) && words().skip(1).all(|word| SILENT.has(word)) => match () {
                () if words().all(|word| CARRIERS.has(word)) => Self::Carrier,
                () if CODES.has(last) => Self::Code,
                () if is(b"display") => Self::Display,
                () => Self::Silent,
            },
            () if is(b"system") && (single || names_system(key)) => Self::System,
            () if single && is(b"sn") => Self::Serial,
            () if UNITS.has(last) => Self::Unit,
            () if typed(last) && words().all(known) => Self::Type,
            () if is(b"code") && words().all(known) && words().any(typed) => Self::Type,
            () if LABELS.has(last) && words().all(known) => Self::Label,
            () if VALUES.has(last) && words().all(known) => Self::Silent,
            () if MEASURES.has(last) => Self::Measure,
            () => Self::counted(key.as_bytes()),
        }
    }
}

/// Whether it is the rest of a word, perhaps with a first digit and `_`.
fn is_stem(rest: &[u8], word: &[u8]) -> bool {
    let tail = rest.get(word.len()..).unwrap_or(b"x");
    rest.get(..word.len()).is_some_and(|stem| stem.eq_ignore_ascii_case(word))
        && matches!(tail, [] | [b'0'..=b'9' | b'_'] | [b'_', b'0'..=b'9'])
}

/// One or two digits.
fn is_count(rest: &[u8]) -> bool {
    (1..=2).contains(&rest.len()) && rest.iter().all(u8::is_ascii_digit)
}

/// `system`, `codeSystem`, `coding_system_name`.
fn names_system(key: &str) -> bool {
    let solid = key.bytes().filter(u8::is_ascii_alphabetic).map(|byte| byte.to_ascii_lowercase());
    let is = |word: &[u8]| solid.clone().eq(word.iter().copied());
    [&b"system"[..], b"codesystem", b"codingsystem", b"codesystemname", b"codingsystemname"].into_iter().any(is)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_have_a_role_in_any_spelling() {
        for (key, role) in [
            ("Value", Role::Silent),
            ("OLD_VALUE", Role::Silent),
            ("oldvalue", Role::Silent),
            ("fieldValue", Role::Silent),
            ("valueDate", Role::Carrier),
            ("changes", Role::Carrier),
            ("ID", Role::Code),
            ("fieldName", Role::Label),
            ("idType", Role::Type),
            ("qualifier", Role::Type),
            ("type_code", Role::Type),
            ("System", Role::System),
            ("$schema", Role::Namespace),
            ("ageUnit", Role::Unit),
            ("sizeBytes", Role::Measure),
            ("sn", Role::Serial),
            ("status", Role::Own),
            ("fileName", Role::Own),
            ("fieldId", Role::Own),
            ("codeSystem", Role::System),
            ("code_system_name", Role::System),
            ("fileSystem", Role::Own),
            ("0", Role::Silent),
            ("12", Role::Silent),
            ("105", Role::Silent),
            ("1234567", Role::Own),
            ("q", Role::Label),
            ("a", Role::Silent),
            ("b", Role::Own),
            ("", Role::Own),
        ] {
            assert_eq!(Role::of(key), role, "{key}");
        }
    }

    #[test]
    fn every_word_with_a_role_may_end_a_key() {
        // The sets that have words of their own lists, and those lists.
        let sets = include_str!("role.rs").split("WordSet::new(\"").skip(1).filter_map(|part| part.split(')').next());
        let lists = sets.chain(ENDS);
        let words =
            lists.flat_map(|list| list.split(|c: char| !c.is_ascii_lowercase())).filter(|word| !word.is_empty());
        let words: Vec<&str> = words.collect();
        assert!(words.len() > 150);
        for word in words {
            assert!(
                ENDS.iter().any(|list| list.split(' ').any(|end| end == word)) && may_tell(word.as_bytes()),
                "{word}"
            );
            assert!(may_tell(format!("x_{}", word.to_ascii_uppercase()).as_bytes()), "{word}");
        }
        assert!(!may_tell(b"status") && !may_tell(b"x") && !may_tell(b"subject"));
    }

    #[test]
    fn words_end_where_the_case_changes() {
        for (key, want) in [
            ("oldValue", vec!["Value", "old"]),
            ("OLD_VALUE", vec!["VALUE", "OLD"]),
            ("patientID", vec!["ID", "patient"]),
            ("SSNValue", vec!["Value", "SSN"]),
            ("é-x9.", vec!["x9"]),
            ("", vec![]),
        ] {
            assert_eq!(
                words(key.as_bytes()).collect::<Vec<_>>(),
                want.iter().map(|w| w.as_bytes()).collect::<Vec<_>>()
            );
        }
    }
}
