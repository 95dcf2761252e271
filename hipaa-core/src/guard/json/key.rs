//! What the words of a key, or of a label beside a value, say.

mod near;
mod role;

use super::text::Decoded;
use crate::guard::byte::{self, ALPHA, DIGIT, Room};
use crate::guard::cue::{Cue, CueClass};
use crate::guard::rules::Rules;
use crate::guard::words::WordSet;
pub(super) use near::{names_hardware, names_insurance, names_insured};
pub(super) use role::Role;
use role::words;

/// The longest key or label that is read.
pub(super) const LONGEST_KEY: usize = 64;

/// What a key or label says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Key {
    pub(super) class: Option<CueClass>,
    /// The class comes from a common word.
    pub(super) weak: bool,
    /// The cue is all of it.
    pub(super) whole: bool,
}

/// Words that may stand beside `age` when it is that of a person.
static AGED: WordSet<256> = WordSet::new(
    "age aged ages ageyears ageinyears in at years year yrs yr patient patients pt pat person client member mbr \
    subscriber sub insured subject resident guarantor beneficiary applicant donor adult spouse mother father \
    caregiver current reported calculated calc exact value val num number int text string str field is the of \
    what s your his her how please enter now old new previous prev before after death deceased diagnosis dx \
    onset abatement visit admission admit discharge encounter enrollment exam service event sex y yo",
);
/// Whose a licence or an account is that is one of a person.
static OWNERS: WordSet<128> = WordSet::new(
    "practitioner nurse np pa rn lpn md do physician doctor provider prescriber therapist dentist dental clinician \
    pharmacist pharmacy medical nursing professional state driver drivers driving visit encounter refund deposit payment \
    debit credit payer facility patient pt guarantor billing hospital clinic bank checking savings customer client member",
);
/// What may be glued before a cue word in the name of a column: `patssn`, `memberdob`.
const PREFIXES: [&str; 35] = [
    "patient",
    "pat",
    "pt",
    "person",
    "client",
    "member",
    "mbr",
    "mem",
    "subscriber",
    "subs",
    "sub",
    "insured",
    "guarantor",
    "guar",
    "provider",
    "prov",
    "rendering",
    "referring",
    "ordering",
    "prescriber",
    "facility",
    "clinic",
    "home",
    "work",
    "office",
    "mailing",
    "mail",
    "emergency",
    "contact",
    "primary",
    "secondary",
    "alt",
    "hospital",
    "hosp",
    "dev",
];
/// So many of them, from the first on, may stand before `age`.
const PERSONS: usize = 13;
/// How many of them one key may have, and how short what they leave may be.
const GLUED: usize = 3;
const SHORTEST_CUE: usize = 3;

/// Persons by what they do, before `age`: `riderAge`.
static PERSONS_LISTED: WordSet<64> = WordSet::new(
    "resident dependent client parent student respondent guest victim suspect inmate veteran cousin uncle aunt husband \
    wife sister decedent proband head elder",
);
/// What ends like them and is a thing.
static THINGS: WordSet<256> = WordSet::new(
    "container server buffer order folder router header timer pointer layer marker cluster filter paper water number \
    parameter character register master printer scanner computer laser cancer ulcer liver bladder fever ledger voucher \
    transfer letter newsletter banner trailer loader reader writer parser handler listener controller builder compiler \
    worker consumer producer broker provider carrier monitor sensor vector tumor error mirror motor factor processor \
    connector executor cursor color floor generator conductor indicator tree fee coffee committee plant implant variant \
    constant tenant infant merchant median trigger helper wrapper poller watcher scheduler balancer browser crawler \
    docker manager center never ever after under over offer power tower river silver copper rubber timber",
);

/// Whether the word is a person by what it does, as its ending shows: `caller`, `donor`, `employee`, `claimant`.
fn is_person(word: &[u8]) -> bool {
    let word = if word.len() <= 16 { word } else { &[] };
    let tail = |end: &[u8]| word.len() >= end.len() + 3 && word[word.len() - end.len()..].eq_ignore_ascii_case(end);
    let acts = tail(b"er") || tail(b"or") || tail(b"ee") || tail(b"ant") || tail(b"ian");
    PERSONS_LISTED.has(word) || (acts && !THINGS.has(word))
}

/// Whether the text starts as one of the words that may be glued before a cue; few do.
fn may_have_prefix(text: &[u8]) -> bool {
    let head = text.first_chunk::<3>().map(|head| head.map(|byte| byte | 0x20));
    head.is_some_and(|head| {
        matches!(
            &head,
            [b'p', b't', _]
                | b"pat"
                | b"per"
                | b"cli"
                | b"mem"
                | b"mbr"
                | b"sub"
                | b"ins"
                | b"gua"
                | b"pro"
                | b"ren"
                | b"ref"
                | b"ord"
                | b"pre"
                | b"fac"
                | b"hom"
                | b"wor"
                | b"off"
                | b"mai"
                | b"eme"
                | b"con"
                | b"pri"
                | b"sec"
                | b"alt"
                | b"hos"
                | b"dev"
        )
    })
}

/// Reads the words of keys and labels; keeps its memory from one to the next.
#[derive(Debug, Default)]
pub(in crate::guard) struct Words {
    text: Vec<u8>,
    /// Whether a digit is in the text.
    digits: bool,
    cues: Vec<Cue>,
}

impl Words {
    /// The class of a key or a heading, and whether a common word says so.
    pub(in crate::guard) fn cue(&mut self, rules: &Rules, key: &str) -> Option<(CueClass, bool)> {
        let said = self.read(rules, key);
        said.class.map(|class| (class, said.weak))
    }

    /// What a key says.
    pub(super) fn read(&mut self, rules: &Rules, key: &str) -> Key {
        // `t` and `f` are variables here, not `T: ... | F: ...`.
        if key.len() > LONGEST_KEY || matches!(key.as_bytes(), [b'a'..=b'z']) {
            return Key::default();
        }
        if memchr::memchr(b'\\', key.as_bytes()).is_some()
            && let Some(decoded) = Decoded::new(key)
        {
            return self.read_plain(rules, &decoded.text);
        }
        self.read_plain(rules, key)
    }

    fn read_plain(&mut self, rules: &Rules, key: &str) -> Key {
        self.split(key.as_bytes());
        let found = self.last_cue(rules).or_else(|| self.numbered(rules)).or_else(|| self.glued(rules));
        let found = if found.is_none() && key.len() == 2 { self.shouted(rules) } else { found };
        let found = match found {
            // `DOB/Age`.
            Some(cue) if cue.class == CueClass::Age90 && !self.ages_a_person() => {
                self.cues.iter().find(|cue| cue.class == CueClass::Dob && !cue.weak).copied()
            }
            found => found,
        };
        // A `group` may be one of anything.
        let found = found.filter(|cue| {
            let word = self.text.get(cue.start..cue.end).unwrap_or(&[]);
            !(cue.weak && cue.class == CueClass::Plan && word.eq_ignore_ascii_case(b"group"))
        });
        if found.is_none() && self.text.get(..7).is_some_and(|start| start.eq_ignore_ascii_case(b"how old")) {
            return Key { class: Some(CueClass::Age90), ..Key::default() };
        }
        // A `code` may be anything.
        let found = found.filter(|cue| cue.class != CueClass::Icd10 || !cue.weak);
        let whole = found.is_some_and(|cue| cue.start == 0 && cue.end == self.text.len());
        Key { class: found.map(|cue| cue.class), weak: found.is_some_and(|cue| cue.weak), whole }
    }

    /// The last cue of the text; a weak word must be all of it.
    fn last_cue(&mut self, rules: &Rules) -> Option<Cue> {
        self.cues.clear();
        let mut room = Room::new();
        let text = (self.text.as_slice(), room.planes(&self.text));
        rules.lexicon.collect(text, 0, self.text.len(), &mut self.cues);
        let whole = |cue: &Cue| cue.end == self.text.len() && (cue.start == 0 || self.is_owned(cue.class, cue.start));
        let last = self.cues.iter().rev().find(|cue| !cue.weak || whole(cue))?;
        // `age at visit`.
        let at = |cue: &&Cue| {
            self.text.get(cue.end..).is_some_and(|rest| rest.starts_with(b" at ") || rest.starts_with(b" At "))
        };
        // `dob_date`.
        let born = |cue: &&Cue| cue.class == CueClass::Dob && !cue.weak && cue.end + 1 == last.start;
        let date = self.text.get(last.start..last.end).is_some_and(|word| word.eq_ignore_ascii_case(b"date"));
        if date && let Some(born) = self.cues.iter().find(born) {
            return Some(*born);
        }
        let first = self.cues.first().filter(|cue| cue.class == CueClass::Age90 && self.cues.len() > 1);
        Some(*first.filter(at).unwrap_or(last))
    }

    /// Whether the words before a common word tell whose it is: `nurse_license`, `deposit_account`.
    fn is_owned(&self, class: CueClass, at: usize) -> bool {
        matches!(class, CueClass::License | CueClass::Account) && words(&self.text[..at]).all(|word| OWNERS.has(word))
    }

    /// `phone2`, `dx1`, `zip5`: the cue without the one or two digits glued to it.
    fn numbered(&mut self, rules: &Rules) -> Option<Cue> {
        let digit = if self.digits { self.text.iter().position(u8::is_ascii_digit)? } else { return None };
        let end = byte::skip(&self.text, digit, DIGIT);
        let letters = digit - byte::back(&self.text, digit, ALPHA, LONGEST_KEY);
        if letters < 2 || end - digit > 2 || byte::at(&self.text, end, ALPHA) {
            return None;
        }
        self.text.insert(digit, b' ');
        self.last_cue(rules).filter(|cue| !cue.weak && cue.class != CueClass::Age90)
    }

    /// `patssn`, `providerfax`: the cue behind a word that often stands before one.
    fn glued(&mut self, rules: &Rules) -> Option<Cue> {
        let len = if may_have_prefix(&self.text) { byte::skip(&self.text, 0, ALPHA) } else { 0 };
        if len < 2 + SHORTEST_CUE || self.text[len..].iter().any(u8::is_ascii_alphabetic) {
            return None;
        }
        let mut last = 0;
        for _ in 0..GLUED {
            let word = &self.text[..byte::skip(&self.text, 0, ALPHA)];
            let first = byte::peek(word, 0) | 0x20;
            let fits = |prefix: &str| {
                prefix.as_bytes().first() == Some(&first)
                    && word.len() >= prefix.len() + SHORTEST_CUE
                    && word[..prefix.len()].eq_ignore_ascii_case(prefix.as_bytes())
            };
            let place = PREFIXES.iter().position(|prefix| fits(prefix))?;
            last = last.max(place);
            self.text.drain(..PREFIXES[place].len());
            let len = byte::skip(&self.text, 0, ALPHA);
            if let Some(cue) = self.last_cue(rules).filter(|cue| !cue.weak && cue.start == 0 && cue.end >= len) {
                return (cue.class != CueClass::Age90 || last < PERSONS).then_some(cue);
            }
        }
        None
    }

    /// `dl` and `ss`, which count in prose only as capitals: as weak words.
    fn shouted(&mut self, rules: &Rules) -> Option<Cue> {
        if !matches!(self.text.as_slice(), b"dl" | b"ss" | b"Dl" | b"Ss") {
            return None;
        }
        self.text.make_ascii_uppercase();
        self.last_cue(rules).map(|cue| Cue { weak: true, ..cue })
    }

    /// Whether an age is that of a person, and not of a cache or a pregnancy.
    fn ages_a_person(&self) -> bool {
        words(&self.text).all(|word| AGED.has(word) || is_person(word))
    }

    /// `dateOfBirth`, `date_of_birth` and `DateOfBirth` as `date of birth`; `dt` as `date`.
    fn split(&mut self, key: &[u8]) {
        self.text.clear();
        self.digits = false;
        let mut before = b' ';
        for (i, &byte) in key.iter().enumerate() {
            let lower_next = key.get(i + 1).is_some_and(u8::is_ascii_lowercase);
            let starts = byte.is_ascii_uppercase()
                && (lower_next || byte != b'B' || !key[..i].ends_with(b"Do"))
                && (before.is_ascii_lowercase()
                    || before.is_ascii_digit()
                    || (before.is_ascii_uppercase() && lower_next));
            if starts {
                self.text.push(b' ');
            }
            self.digits |= byte.is_ascii_digit();
            self.text.push(if byte == b'_' { b' ' } else { byte });
            before = byte;
        }
        if self.text.len() > 3 && self.text[self.text.len() - 3..].eq_ignore_ascii_case(b" dt") {
            self.text.truncate(self.text.len() - 2);
            self.text.extend_from_slice(b"date");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::guard::Profile;

    fn class(key: &str) -> Option<CueClass> {
        Words::default().read(&Profile::new().compile(), key).class
    }

    #[test]
    fn keys_in_any_spelling_name_their_class() {
        for (key, want) in [
            ("dateOfBirth", Some(CueClass::Dob)),
            ("patient_mrn", Some(CueClass::Mrn)),
            ("homePhone", Some(CueClass::Phone)),
            ("SSN", Some(CueClass::Ssn)),
            ("postalCode", Some(CueClass::Zip)),
            ("NPINumber", Some(CueClass::Npi)),
            ("memberId", Some(CueClass::Plan)),
            ("patientAccountNumber", Some(CueClass::Account)),
            ("ipAddress", Some(CueClass::Ip)),
            ("faxNumber", Some(CueClass::Fax)),
            ("birthDate", Some(CueClass::Dob)),
            ("colour", None),
            ("family", None),
            ("orderNumber", Some(CueClass::Other)),
            ("serialNumber", Some(CueClass::Device)),
            ("licenseNumber", Some(CueClass::License)),
            (r"\u0073sn", Some(CueClass::Ssn)),
            ("admitDt", Some(CueClass::Date)),
            ("dob_date", Some(CueClass::Dob)),
            ("MBR_DOB_DT", Some(CueClass::Dob)),
            ("dobVerifiedDate", Some(CueClass::Date)),
        ] {
            assert_eq!(class(key), want, "{key}");
        }
    }

    #[test]
    fn a_short_word_or_digit_glued_to_a_cue_hides_nothing() {
        for (key, want) in [
            ("patssn", Some(CueClass::Ssn)),
            ("PATMRN", Some(CueClass::Mrn)),
            ("memberdob", Some(CueClass::Dob)),
            ("providerfaxno", Some(CueClass::Fax)),
            ("referringprovidernpi", Some(CueClass::Npi)),
            ("ptphone2", Some(CueClass::Phone)),
            ("zip5", Some(CueClass::Zip)),
            ("dx1Code", Some(CueClass::Icd10)),
            ("icd9", Some(CueClass::Other)),
            ("package", None),
            ("formrn", None),
            ("homepage1", Some(CueClass::Url)),
            ("subtotal", None),
            ("b12", None),
            ("line1", None),
            ("ssn2024", None),
        ] {
            assert_eq!(class(key), want, "{key}");
        }
    }

    #[test]
    fn every_prefix_may_stand_before_a_cue() {
        for prefix in PREFIXES {
            assert_eq!(class(&format!("{prefix}mrn")), Some(CueClass::Mrn), "{prefix}");
        }
    }

    #[test]
    fn an_age_is_that_of_a_person() {
        for key in ["age", "patientAge", "ptage", "age_in_years", "ageAtDeath", "AGE_YRS", "onsetAge", "ageinyears"] {
            assert_eq!(class(key), Some(CueClass::Age90), "{key}");
        }
        for key in ["maxAge", "cache_age", "gestationalAge", "cacheage", "ageFrom", "accountAge", "ageLimit", "age1"] {
            assert_ne!(class(key), Some(CueClass::Age90), "{key}");
        }
    }
}
