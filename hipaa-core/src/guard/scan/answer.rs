//! Who has a telephone, and is named right before a number: `POA 414 561 1139`, `his brother's number is`.

use super::near::{any_word, word_before};
use crate::guard::byte;
use crate::guard::words::WordSet;

/// Who has a telephone number, and when.
static PEOPLE: WordSet<128> = WordSet::new(
    "poa hcpoa nok son dtr daughter wife husband spouse mother father mom dad sister brother guardian caregiver aunt \
    uncle niece nephew granddaughter grandson roommate neighbor friend girlfriend boyfriend fiance partner proxy \
    eve evening worker alt staff supervisor manager caseworker landlord landlady sponsor mob direct emerg emergency walgreens cvs",
);
static LEADS: WordSet<8> = WordSet::new("on at via");
static CALLERS: WordSet<32> =
    WordSet::new("caller m me him her them us son daughter wife husband mother father message vm voicemail msg back");
/// Somebody is reached on it, said not too far before.
static REACH: WordSet<16> = WordSet::new("contact reach reached call called ring dial text reachable notify notified");
const REACHED: usize = 40;
static HOURS: WordSet<4> = WordSet::new("hrs hours");
/// What somebody is asked to do, and when: `text when done`.
static ASKED: WordSet<4> = WordSet::new("call text");
static WHEN: WordSet<8> = WordSet::new("when if once");
/// Lines of a telephone.
static LINES: WordSet<16> = WordSet::new("main direct front house land office private scheduling nurse");

/// Whether a person who has a telephone, or is on one, is named right before a number: `POA 4145611139`, `caller on `.
/// Too weak for a cue, which would sink numbers of other kinds.
pub(super) fn answers(bytes: &[u8], start: usize) -> bool {
    let (from, end) = word_before(bytes, start);
    let word = &bytes[from..end];
    if LEADS.has(word) {
        let floor = byte::back_to(bytes, from, b'\n', REACHED);
        let reached = || any_word(bytes, floor, from, &REACH);
        let (from, end) = word_before(bytes, from);
        return told(bytes, (from, end))
            || reached()
            || CALLERS.has(&bytes[from..end])
            || of_person(bytes, (from, end));
    }
    // `son Tuan, 3603463442`; `again that's 937 923 3901`.
    let aside = word.is_empty() && bytes[..start].ends_with(b", ");
    PEOPLE.has(word)
        || told(bytes, (from, end))
        || (word.eq_ignore_ascii_case(b"line") && LINES.has(previous(bytes, from)))
        || (word.eq_ignore_ascii_case(b"is")
            && byte::peek(bytes, start + 3) == b' '
            && previous(bytes, from).eq_ignore_ascii_case(b"number"))
        || bytes[..start].ends_with(b"that's ")
        // `Emerg: Aisha 312 742 5702`.
        || (byte::prev(bytes, start) == b' ' && of_person(bytes, (from, end)))
        || (aside && whose(bytes, start - 2))
        || after_hours(bytes, (from, end))
}

/// Whether relatives were told the news: `Family updated (7075650677)`, `Daughter updated at `.
fn told(bytes: &[u8], (from, end): (usize, usize)) -> bool {
    let word = &bytes[from..end];
    let who = || previous(bytes, from);
    (word.eq_ignore_ascii_case(b"updated") || word.eq_ignore_ascii_case(b"notified"))
        && (PEOPLE.has(who()) || who().eq_ignore_ascii_case(b"family"))
}

/// Whether a person or the name of one ends at `end`: `Mary Hill, wife, 6143942624`.
fn whose(bytes: &[u8], end: usize) -> bool {
    let from = byte::back(bytes, end, byte::ALPHA, 16);
    PEOPLE.has(&bytes[from..end]) || of_person(bytes, (from, end))
}

/// Whether the number is for the time when nobody is there, or for a request: `After hrs 6147932165`, `Call when ready `.
fn after_hours(bytes: &[u8], (from, end): (usize, usize)) -> bool {
    let word = &bytes[from..end];
    if HOURS.has(word) {
        return previous(bytes, from).eq_ignore_ascii_case(b"after");
    }
    let when = previous(bytes, from);
    let (when_from, _) = word_before(bytes, from);
    WHEN.has(when) && byte::prev(bytes, from) == b' ' && ASKED.has(previous(bytes, when_from))
}

/// Whether the word is the name of a person who has a telephone: `my daughter Ann`.
fn of_person(bytes: &[u8], (from, end): (usize, usize)) -> bool {
    from < end && byte::at(bytes, from, byte::UPPER) && {
        let (who, stop) = word_before(bytes, from);
        PEOPLE.has(&bytes[who..stop])
    }
}

/// The word before another one.
fn previous(bytes: &[u8], at: usize) -> &[u8] {
    let (from, end) = word_before(bytes, at);
    &bytes[from..end]
}
