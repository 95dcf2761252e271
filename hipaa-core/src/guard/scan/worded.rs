//! Values behind a word that is too common for a cue: `Patient 5459275`, `/patients/9877888`, `plan W58893935`.

use super::insured::born_behind;
use super::near::{any_word, previous_word, said_before};
use super::{Hit, Scan, unit};
use crate::guard::Reason;
use crate::guard::byte::{self, ALNUM, ALPHA, DIGIT, UPPER};
use crate::guard::cue::CueClass;
use crate::guard::words::WordSet;

/// All of the words, to leave early.
static WORDS: WordSet<32> =
    WordSet::new("pid mr patient patients pt plan plans policies members licenses licences cert checking savings");
/// The longest of the words, in bytes.
const LONGEST: usize = 10;
/// How far the words of a study or a bank are looked for, in bytes.
const REACH: usize = 64;

/// Words before `patient` that make the number a sum or a count.
static COUNTING: WordSet<16> = WordSet::new("per each every of average cost mean median");
/// What numbers its patients on its own.
static STUDIES: WordSet<64> = WordSet::new(
    "study studies trial subject enrolled enrolment enrollment randomized randomised cohort arm protocol sponsor \
    placebo withdrew participant participants dataset simulated synthetic",
);
/// What else is planned.
static OTHER_PLANS: WordSet<64> = WordSet::new(
    "treatment tx care project floor rate data service subscription test study lesson payment pay work action pricing \
    build birth discharge billing business lease phone mobile query execution release product sampling",
);
/// What tells that `checking` is an account.
static BANKS: WordSet<16> = WordSet::new("routing aba ach bank deposit");

impl Scan<'_, '_> {
    /// What such a word right before the value says, where no cue does.
    #[inline]
    pub(super) fn by_word(&self, span: (usize, usize)) -> Option<Hit> {
        let touches = matches!(byte::prev(self.bytes, span.0), b' ' | b'/' | b'=' | b':');
        if touches && span.1 - span.0 >= 5 { self.worded(span) } else { None }
    }

    #[inline(never)]
    fn worded(&self, span: (usize, usize)) -> Option<Hit> {
        let (bytes, start) = (self.bytes, span.0);
        let mut end = start;
        while end > 0 && start - end < 2 && matches!(bytes[end - 1], b' ' | b':' | b'=' | b'/') {
            end -= 1;
        }
        let from = byte::back(bytes, end, ALPHA, LONGEST);
        let glued = byte::is(byte::prev(bytes, from), ALNUM | byte::JOIN) && byte::prev(bytes, from) != b'/';
        if glued || !WORDS.has(&bytes[from..end]) {
            return None;
        }
        let marks = &bytes[end..start];
        let class = match bytes[from..end].to_ascii_lowercase().as_slice() {
            b"patient" | b"patients" | b"pt" if self.is_patient(span, (from, end)) => CueClass::Mrn,
            b"pid" if marks != b"/" && born_behind(bytes, start) => CueClass::Mrn,
            // `Mr 6946858` is a slip.
            b"mr" if bytes[from..start] == *b"mr " && counted(bytes, span) => CueClass::Mrn,
            b"plan" | b"plans" | b"policies" if marks != b"=" && self.is_plan(start, from) => CueClass::Plan,
            b"plan" if marks == b"=" && self.in_row(span, from) => CueClass::Plan,
            b"members" if marks == b"/" && lettered(bytes, start) => CueClass::Plan,
            b"licenses" | b"licences" | b"cert" if marks != b" " && lettered(bytes, start) => CueClass::License,
            b"checking" | b"savings" if marks != b" " && at_bank(bytes, span) => CueClass::Account,
            _ => return None,
        };
        let at = -i16::try_from(start - end).ok()?;
        Some(Hit::declared(class, Reason::Cue { class, at }))
    }

    /// Whether the number of a patient stands behind the word: `Pt 5459275`, `GET /patients/9877888/labs`; a count, a
    /// dose (`gave patient 500000 units`), a day or the number of a study is none.
    fn is_patient(&self, (start, end): (usize, usize), word: (usize, usize)) -> bool {
        let (bytes, digits) = (self.bytes, byte::skip(self.bytes, start, DIGIT) - start);
        let name = &bytes[word.0..word.1];
        if digits != end - start || digits > 9 || bytes[start..end].ends_with(b"000") {
            return false;
        }
        if bytes[word.1..start] == *b"/" {
            return name == b"Patient" || byte::prev(bytes, word.0) == b'/';
        }
        let day = digits == 8 && matches!(bytes[start..], [b'1', b'9', ..] | [b'2', b'0', ..]);
        // `Agent: order number?⏎Patient: 90043687`: who speaks.
        let speaker = byte::peek(bytes, word.1) == b':' && byte::prev(bytes, word.0) == b'\n';
        let alone = !speaker && name.len() != 8 && name != b"PT" && !matches!(byte::prev(bytes, word.0), b'/' | b'$');
        let whole =
            !(byte::at(bytes, end, byte::JOIN) || byte::peek(bytes, end) == b',') || !byte::at(bytes, end + 1, DIGIT);
        digits >= 6
            && alone
            && whole
            && !day
            && !unit::follows(bytes, end)
            && !COUNTING.has(previous_word(bytes, word.0))
            && !any_word(bytes, end, bytes.len().min(end + REACH), &STUDIES)
            && !said_before(bytes, start, REACH, &STUDIES)
    }

    /// Whether the number of a plan stands behind the word: `plan W58893935`, not `tx plan W58893935`.
    fn is_plan(&self, start: usize, word: usize) -> bool {
        lettered(self.bytes, start) && !OTHER_PLANS.has(previous_word(self.bytes, word))
    }

    /// Whether values of a person stand before it: `DOB=…;ZIP=…;PLAN=JE15306715`.
    fn in_row(&self, (start, end): (usize, usize), word: usize) -> bool {
        let line = byte::back_to(self.bytes, word, b'\n', 96);
        let beside = self.bytes[line..word]
            .windows(4)
            .any(|part| [&b"dob="[..], b"zip=", b"mrn=", b"ssn="].iter().any(|name| part.eq_ignore_ascii_case(name)));
        beside && end - start >= 8 && self.planes.digits_in(start, end) >= 6
    }
}

/// Whether the value at `start` is one to three capitals and at least seven digits, as no version or name of a product is.
pub(super) fn lettered(bytes: &[u8], start: usize) -> bool {
    let digits = byte::skip(bytes, start, UPPER);
    let end = byte::skip(bytes, digits, DIGIT);
    (1..=3).contains(&(digits - start)) && end - digits >= 7 && !byte::at(bytes, end, ALNUM)
}

/// Whether the words around a number are those of a bank: `Checking: 159047514, routing 859380403`.
fn at_bank(bytes: &[u8], (start, end): (usize, usize)) -> bool {
    let digits = byte::skip(bytes, start, DIGIT) == end && end - start >= 6 && !unit::follows(bytes, end);
    digits && (said_before(bytes, start, REACH, &BANKS) || any_word(bytes, end, bytes.len().min(end + 24), &BANKS))
}

/// Whether the value is six to nine digits.
fn counted(bytes: &[u8], (start, end): (usize, usize)) -> bool {
    (6..=9).contains(&(end - start)) && byte::skip(bytes, start, DIGIT) == end
}
