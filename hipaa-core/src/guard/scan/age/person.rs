//! What else tells that a bare number is somebody's age: `Hill, 91, seen for`, `husband Milo, 94, visits`,
//! `Mom is 98, on Eliquis`, `Walter will be 93 in June`, `lived to 96 with`.

use super::spoken::{OLDEST_TOLD, before_apostrophe, last_word};
use super::words::{AT_EVENTS, ELDERS, GAUGED, KIN, MEASURES, MET, PRONOUNS, TEMPERATURES, TREATMENTS, VITALS};
use super::{beside, is, titled, word, word_before};
use crate::guard::byte::{self, DIGIT, LOWER, UPPER};
use crate::guard::scan::date_text::month;
use crate::guard::scan::near::said_before;
use crate::guard::words::WordSet;

/// What is said of people in care, and of no figure.
static CARED: WordSet<64> = WordSet::new(
    "seen presents presented presenting denies reports complains visits sleeps eats refuses refused requests resides \
    admitted transferred discharged brought evaluated examined naps ambulates lives endorses tolerates",
);
/// What stands before first and last name of somebody in care: `thank you for referring Ana Ruiz (92)`.
static BEFORE_NAMES: WordSet<32> =
    WordSet::new("referring referred saw seeing met evaluated examined resident patient pt client");
/// What is held for somebody: `care conference held for Ana Ruiz (93)`.
static MEETINGS: WordSet<4> = WordSet::new("conference meeting");
/// Words in capitals that are no names, beside those of measures.
static NO_NAMES: WordSet<64> = WordSet::new(
    "portal satisfaction days stay survey index report access services care relations advocate \
    average today tomorrow high low highs lows it this that there coma glasgow",
);
/// What one breathes, or where somebody is measured.
static AIRS: WordSet<32> =
    WordSet::new("ra room air nc bipap cpap vent l liters liter arrival admission exam the a monitor");
/// What goes on about those who lived so long.
static LIVED_ON: WordSet<8> = WordSet::new("with despite before in");
/// Whose year of life it is.
static WHOSE: WordSet<8> = WordSet::new("his her my their");
static INTO: WordSet<16> = WordSet::new("in into entering entered enters began begins starts started");

/// How far before a name a meeting is told of, in bytes.
const MEETING: usize = 56;

/// Whether a sentence says so, without a cue.
pub(super) fn told(bytes: &[u8], start: usize, end: usize) -> bool {
    let Some(before) = start.checked_sub(1).filter(|_| byte::value(bytes, start, end) <= OLDEST_TOLD) else {
        return false;
    };
    match (bytes[before], byte::prev(bytes, before) | 0x20) {
        (b'(', _) => in_brackets(bytes, start, end),
        (b' ', b',') => apposed(bytes, start, end),
        (b' ', b's') => is_so_old(bytes, start, end),
        (b' ', b'e') => will_be(bytes, start, end),
        (b' ', b'o' | b'l') => lived(bytes, start, end),
        _ => false,
    }
}

fn is_name(word: &[u8]) -> bool {
    let shaped = word.len() > 2 && byte::at(word, 0, UPPER) && word[1..].iter().all(|letter| byte::is(*letter, LOWER));
    shaped && !no_name(word)
}

fn no_name(word: &[u8]) -> bool {
    NO_NAMES.has(word) || MEASURES.has(word) || TEMPERATURES.has(word) || VITALS.has(word) || GAUGED.has(word)
}

/// Whether the words at `at` say what is done for people, or what they do: ` seen for`, ` was admitted`.
fn is_cared(bytes: &[u8], at: usize) -> bool {
    let (next, verb) = word(bytes, at);
    CARED.has(verb)
        || ((is(verb, b"was") || is(verb, b"is")) && {
            let done = word(bytes, next).1;
            CARED.has(done) || MET.has(done)
        })
}

/// Whether a sentence, a line or an item of a list starts at `at`.
fn leads(bytes: &[u8], at: usize) -> bool {
    match byte::prev(bytes, at) {
        0 | b'\n' => true,
        b' ' => matches!(byte::prev(bytes, at - 1), b'.' | b'-' | b'*'),
        _ => false,
    }
}

/// `Okoro, 95, seen for a visit`, `her husband Milo, 94, visits`.
fn apposed(bytes: &[u8], start: usize, end: usize) -> bool {
    let (at, name) = last_word(bytes, start - 2);
    if !is_name(name) || byte::peek(bytes, end) != b',' || byte::peek(bytes, end + 1) != b' ' {
        return false;
    }
    (leads(bytes, at) && is_cared(bytes, end + 1))
        || (ELDERS.has(word_before(bytes, at))
            && (is_cared(bytes, end + 1) || (beside::goes_on(bytes, end) && byte::at(bytes, end + 2, LOWER))))
}

/// `The client (91) denies`, `Ana Ruiz (93) was seen`, `Mrs. Ruiz (98 at admit)`, `Ana Ruiz (95, DOB`.
fn in_brackets(bytes: &[u8], start: usize, end: usize) -> bool {
    let Some(at) = start.checked_sub(2).filter(|at| bytes[*at] == b' ') else { return false };
    let whose = word_before(bytes, at);
    let named = || beside::full_name(bytes, at) && !no_name(whose);
    match byte::peek(bytes, end) {
        b')' if ELDERS.has(whose) => is_cared(bytes, end + 1),
        b')' => named() && (is_cared(bytes, end + 1) || is_met(bytes, at)),
        b',' => {
            let (next, behind) = word(bytes, end + 1);
            let born = is(behind, b"dob") || is(behind, b"born");
            born && (ELDERS.has(whose) || is_name(whose)) && byte::at(bytes, next + 1, DIGIT)
        }
        b' ' => {
            let (next, at_event) = word(bytes, end);
            let (stop, event) = word(bytes, next);
            is(at_event, b"at")
                && AT_EVENTS.has(event)
                && byte::peek(bytes, stop) == b')'
                && (ELDERS.has(whose) || titled::title_before(bytes, at) || named())
        }
        _ => false,
    }
}

/// Whether somebody is met, or something is held for, whose first and last name end at `at`.
fn is_met(bytes: &[u8], at: usize) -> bool {
    let from = last_word(bytes, last_word(bytes, at).0).0;
    let before = word_before(bytes, from);
    BEFORE_NAMES.has(before) || (is(before, b"for") && said_before(bytes, from, MEETING, &MEETINGS))
}

/// `Mom is 98, on Eliquis`, `my dad is 94 and on oxygen`, `Roommate is 90 as well`.
fn is_so_old(bytes: &[u8], start: usize, end: usize) -> bool {
    let (at, verb) = last_word(bytes, start);
    let whose = match verb {
        [b'i' | b'I', b's' | b'S'] => word_before(bytes, at),
        [b's' | b'S'] => before_apostrophe(bytes, at).map_or(&[][..], |at| word_before(bytes, at)),
        _ => return false,
    };
    if !ELDERS.has(whose) {
        return false;
    }
    let (next, first) = word(bytes, end + usize::from(byte::peek(bytes, end) == b','));
    let (next, first) = if is(first, b"and") { word(bytes, next) } else { (next, first) };
    let (behind, second) = word(bytes, next);
    if is(first, b"as") {
        return is(second, b"well") && !is(word(bytes, behind).1, b"as");
    }
    let treated = TREATMENTS.has(second) || (KIN.has(whose) && !second.is_empty() && !AIRS.has(second));
    is(first, b"on") && treated
}

/// `Walter will be 93 in June`, `She'll be 92 on July 21st`, `Mother will be 97 if she lives`.
fn will_be(bytes: &[u8], start: usize, end: usize) -> bool {
    let (at, verb) = last_word(bytes, start);
    let (from, will) = if is(verb, b"be") { last_word(bytes, at) } else { return false };
    let Some(at) = (if is(will, b"will") { Some(from) } else { before_apostrophe(bytes, from) }) else { return false };
    if !(is(will, b"will") || is(will, b"ll")) {
        return false;
    }
    let (from, who) = last_word(bytes, at);
    let named = || is_name(who) && leads(bytes, from);
    let person = || PRONOUNS.has(who) || ELDERS.has(who) || titled::title_before(bytes, at);
    let (next, when) = word(bytes, end);
    let behind = word(bytes, next).1;
    match when.len() {
        2 if is(when, b"in") => month(behind).is_some() && named(),
        2 if is(when, b"on") => month(behind).is_some() && (person() || named()),
        2 if is(when, b"if") => PRONOUNS.has(behind) && (person() || named()),
        _ => false,
    }
}

/// `her grandmother lived to 96 with DM2`.
fn lived(bytes: &[u8], start: usize, end: usize) -> bool {
    let (at, to) = last_word(bytes, start);
    let (from, verb) = last_word(bytes, at);
    let who = word_before(bytes, from);
    (is(to, b"to") || is(to, b"until"))
        && is(verb, b"lived")
        && (ELDERS.has(who) || PRONOUNS.has(who))
        && LIVED_ON.has(word(bytes, end).1)
}

/// Whether the year behind a number, ` year` that ends at `end`, is one of a life: `in her 95th year of life`.
pub(super) fn year_of_life(bytes: &[u8], start: usize, end: usize) -> bool {
    let (at, whose) = last_word(bytes, start);
    let (next, of) = word(bytes, end);
    let what = word(bytes, next).1;
    // The 90th year is that of someone who is 89.
    !bytes[start..].starts_with(b"90")
        && WHOSE.has(whose)
        && INTO.has(word_before(bytes, at))
        && match byte::peek(bytes, end) {
            b' ' => is(of, b"of") && (is(what, b"life") || is(what, b"age")),
            mark => matches!(mark, 0 | b'.' | b',' | b';' | b'\n'),
        }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sentence_tells_whose_age_it_is() {
        for (text, want) in [
            ("Okoro, 95, seen for monthly visit", true),
            ("Okoro, 95, was seen for", true),
            ("Chloride, 95, was found", false),
            ("Her husband Milo, 94, visits", true),
            ("Patient Census, 94, rose", false),
            ("The client (91) denies pain", true),
            ("one study (91) denies that", false),
            ("the patient (91). It", false),
            ("Ana Ruiz (93) was seen", true),
            ("Heart Rate (93) was seen", false),
            ("as Ana Ruiz (93) showed", false),
            ("for referring Ana Ruiz (93), whom", true),
            ("Pt visited Los Angeles (95).", false),
            ("Great Lakes (95, born digital)", false),
            ("conference held for Ana Ruiz (93), present:", true),
            ("Mrs. Ruiz (98 at admit) born", true),
            ("Ana Ruiz (95, DOB 9/19/1925)", true),
            ("Oral Temp (98 at admit)", false),
            ("mom is 98, on Eliquis", true),
            ("mom is 98, on RA", false),
            ("pt is 98 and on oxygen", false),
            ("my dad is 94 and on oxygen", true),
            ("Roommate is 90 as well and", true),
            ("Sat is 90 as well and", false),
            ("Walter will be 93 in June", true),
            ("Glucose will be 93 in June", false),
            ("She says she'll be 92 on July 21st", true),
            ("It'll be 92 on July 21st", false),
            ("Mother will be 97 if she lives", true),
            ("grandmother lived to 96 with DM2", true),
            ("titrate to 96 with O2", false),
        ] {
            let start = text.find('9').unwrap();
            assert_eq!(told(text.as_bytes(), start, start + 2), want, "{text}");
        }
    }

    #[test]
    fn a_year_of_life_is_that_of_a_person() {
        for (text, want) in [
            ("now in his 99th year of life", true),
            ("in her 95th year.", true),
            ("in her 90th year of life", false),
            ("in its 95th year.", false),
            ("in his 95th year of practice", false),
        ] {
            let (start, end) = (text.find('9').unwrap(), text.find("year").unwrap() + 4);
            assert_eq!(year_of_life(text.as_bytes(), start, end), want, "{text}");
        }
    }
}
