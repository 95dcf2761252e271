//! Ages as people tell them: `I'm 93 so`, `Dad's 97 now`, `She was 99 when she died`, `her 94th birthday`.

use super::super::date_text::ordinal;
use super::super::near::said_before;
use super::super::token::Run;
use super::words::{ELDERS, GAUGED, IN_TIME, KIN, LIVING, MEASURES, MYSELF, PRONOUNS, THINGS, TREATMENTS, VITALS};
use super::{beside, blanks_before, is, person, reached, titled, word, word_before};
use crate::guard::byte::{self, ALPHA, DIGIT};
use crate::guard::words::WordSet;

/// Nobody tells a greater age; above it are weights and rates.
pub(super) const OLDEST_TOLD: u32 = 112;

/// How far before an age what was measured is looked for, in bytes.
const MEASURED: usize = 40;

/// What somebody still is or does at a great age; a pulse may still be regular.
static STILL: WordSet<32> = WordSet::new(
    "sharp spry lucid feisty cooks cooking golfs golfing gardening dances dancing swims sings reads teaches volunteers",
);

/// What is said of figures: `98 today, up from 96`.
static MOVED: WordSet<32> =
    WordSet::new("up down was from vs compared better worse improved stable on which goal target");

/// The letters of `deceased`.
const LONGEST_VERB: usize = 8;

/// Whether a sentence says that someone is, or was, so old.
pub(super) fn of_a_person(bytes: &[u8], start: usize, end: usize) -> bool {
    let before = byte::prev(bytes, start);
    matches!(before, b' ' | b'(')
        && byte::value(bytes, start, end) <= OLDEST_TOLD
        && (beside::a_person(bytes, start, end)
            || if before == b' ' {
                is_now(bytes, start, end)
                    || was_then(bytes, start, end)
                    || is_alive(bytes, start, end)
                    || reached::told(bytes, start, end)
            } else {
                reached::aside(bytes, start, end)
            })
}

/// `I'm 93 so`, `Dad's 97 now.`, `Grandmother is 94 and`, `Born in 1928, now 95.`.
fn is_now(bytes: &[u8], start: usize, end: usize) -> bool {
    if !clause_ends(bytes, end) && !next_month(bytes, end) && !today(bytes, start, end) {
        return false;
    }
    let (mut at, mut verb) = last_word(bytes, start);
    if is(verb, b"now") {
        if byte::prev(bytes, blanks_before(bytes, at)) == b',' {
            return bytes[at.saturating_sub(24)..at].windows(5).any(|word| word.eq_ignore_ascii_case(b"born "));
        }
        (at, verb) = last_word(bytes, at);
    }
    let mut small = [0; LONGEST_VERB];
    let verb = small.get_mut(..verb.len()).map_or(&[][..], |small| {
        small.copy_from_slice(verb);
        small.make_ascii_lowercase();
        small
    });
    let subject = match verb {
        b"m" | b"s" => match before_apostrophe(bytes, at) {
            Some(end) => word_before(bytes, end),
            None => return false,
        },
        b"am" | b"is" | b"died" | b"deceased" | b"alive" => word_before(bytes, at),
        _ => return false,
    };
    match verb {
        b"m" | b"am" => is(subject, b"i"),
        b"is" if titled::title_before(bytes, at) || behind_an_age(bytes, at) || by_name(bytes, at) => true,
        b"died" | b"deceased" | b"alive" => KIN.has(subject),
        _ => ELDERS.has(subject) || is(subject, b"who") || (PRONOUNS.has(subject) && !is(subject, b"i")),
    }
}

/// Whether an age of former times stands before a comma: `since age 71, `.
fn behind_an_age(bytes: &[u8], at: usize) -> bool {
    let before = bytes[..at].trim_ascii_end();
    let age = before.strip_suffix(b",").map_or(0, <[u8]>::len);
    let start = byte::back(bytes, age, DIGIT, 3);
    (1..3).contains(&(age - start)) && is(word_before(bytes, start), b"age")
}

/// Whether somebody and the name stand before the verb: `Pt Ada is 97`.
fn by_name(bytes: &[u8], at: usize) -> bool {
    let (from, name) = last_word(bytes, at);
    byte::at(name, 0, byte::UPPER) && !MEASURES.has(name) && !VITALS.has(name) && ELDERS.has(word_before(bytes, from))
}

/// `Pt is 97 next month`.
fn next_month(bytes: &[u8], end: usize) -> bool {
    let (next, first) = word(bytes, end);
    let when = word(bytes, next).1;
    is(first, b"next") && (is(when, b"month") || is(when, b"week") || is(when, b"year"))
}

/// `She is 93 today, family`, `he is 91 in May`; what was measured in the line is no age: `Wt up, he is 97 today`.
fn today(bytes: &[u8], start: usize, end: usize) -> bool {
    let (next, first) = word(bytes, end);
    let (behind, second) = word(bytes, next);
    let stop = match first.len() {
        2 if is(first, b"in") && IN_TIME.has(second) && !is(second, b"the") => behind,
        4 if is(first, b"this") && (is(second, b"month") || is(second, b"year")) => behind,
        5 if is(first, b"today") => next,
        8 if is(first, b"tomorrow") => next,
        _ => return false,
    };
    let comma = usize::from(byte::peek(bytes, stop) == b',');
    (clause_ends(bytes, stop) || byte::peek(bytes, stop) == b')')
        && !MOVED.has(word(bytes, stop + comma).1)
        && !gauged(bytes, start)
}

/// Whether something was measured in the line before.
pub(super) fn gauged(bytes: &[u8], start: usize) -> bool {
    said_before(bytes, start, MEASURED, &GAUGED)
}

/// `sister 93 alive with dementia`.
fn is_alive(bytes: &[u8], start: usize, end: usize) -> bool {
    let how = word(bytes, end).1;
    (is(how, b"alive") || is(how, b"living") || is(how, b"deceased")) && KIN.has(last_word(bytes, start).1)
}

/// `She was 99 when she died`.
fn was_then(bytes: &[u8], start: usize, end: usize) -> bool {
    let (at, verb) = last_word(bytes, start);
    let (next, when) = word(bytes, end);
    let subject = word_before(bytes, at);
    is(verb, b"was")
        && (PRONOUNS.has(subject) || ELDERS.has(subject))
        && ((is(when, b"when") && MYSELF.has(word(bytes, next).1))
            || (is(when, b"last") && and_lives(bytes, next) && !gauged(bytes, start)))
}

/// ` week and still drives` behind `last`.
fn and_lives(bytes: &[u8], at: usize) -> bool {
    let (end, span) = word(bytes, at);
    let known = [&b"week"[..], b"month", b"year", b"spring", b"summer", b"fall", b"winter"];
    let comma = usize::from(byte::peek(bytes, end) == b',');
    let (next, first) = word(bytes, end + comma);
    let (next, second) = if is(first, b"and") || is(first, b"but") { word(bytes, next) } else { (next, first) };
    known.iter().any(|known| is(span, known)) && lives(bytes, next, second)
}

/// Whether the word that ends at `end`, or the next one behind `still`, says how a person of a great age lives.
pub(super) fn lives(bytes: &[u8], end: usize, first: &[u8]) -> bool {
    if !is(first, b"still") {
        return LIVING.has(first);
    }
    let how = word(bytes, end).1;
    LIVING.has(how) || STILL.has(how)
}

/// `married when he was 24; now 92`: an age of former times stands before.
pub(super) fn once(bytes: &[u8], start: usize, end: usize) -> bool {
    let before = &bytes[..start];
    let Some(then) = before.strip_suffix(b"; now ").or_else(|| before.strip_suffix(b", now ")) else { return false };
    let from = byte::back(then, then.len(), DIGIT, 3);
    let (at, verb) = last_word(then, from);
    let (at, who) = last_word(then, at);
    (1..3).contains(&(then.len() - from))
        && is(verb, b"was")
        && PRONOUNS.has(who)
        && is(word_before(then, at), b"when")
        && clause_ends(bytes, end)
}

/// The word before `at`, and where it starts.
pub(super) fn last_word(bytes: &[u8], at: usize) -> (usize, &[u8]) {
    let found = word_before(bytes, at);
    (blanks_before(bytes, at) - found.len(), found)
}

/// The end of the word that an apostrophe before `at` parts from what follows.
pub(super) fn before_apostrophe(bytes: &[u8], at: usize) -> Option<usize> {
    let before = &bytes[..at];
    let word = before.strip_suffix(b"'").or_else(|| before.strip_suffix("\u{2019}".as_bytes()))?;
    Some(word.len())
}

/// Whether the clause ends behind the number, or goes on with no noun.
pub(super) fn clause_ends(bytes: &[u8], end: usize) -> bool {
    let digit = |at: usize| byte::at(bytes, at, DIGIT);
    match byte::peek(bytes, end) {
        0 | b'\n' | b'\r' | b';' | b'!' => true,
        b'.' => !digit(end + 1),
        b',' => !digit(end + 1) && !digit(end + 2) && !measured(bytes, end + 1),
        // `he is 93 & not eating`.
        b' ' if bytes[end..].starts_with(b" & ") => !digit(end + 3) && !measured(bytes, end + 2),
        _ => {
            let (next, found) = word(bytes, end);
            let goes_on = [&b"and"[..], b"so", b"now", b"but", b"with"].iter().any(|known| is(found, known));
            goes_on && !digit(next + 1) && !measured(bytes, next)
        }
    }
}

/// Whether what follows speaks of the air or the pulse: `and on RA`, `with O2`.
fn measured(bytes: &[u8], at: usize) -> bool {
    let (end, next) = word(bytes, at);
    (is(next, b"on") && !TREATMENTS.has(word(bytes, end).1)) || VITALS.has(next)
}

/// `a happy 94th birthday`, which is held now, and not that of a thing, and `in her 95th year`; `ending` is what stands
/// behind the digits.
pub(super) fn birthday(bytes: &[u8], run: Run, ending: &[u8]) -> bool {
    let (next, day) = if ordinal(ending) { word(bytes, run.end) } else { return false };
    let of_it = || is(word(bytes, next).1, b"of");
    let whose = || {
        let (at, owner) = last_word(bytes, run.start);
        let owner = if owner == b"s" { before_apostrophe(bytes, at).map(|end| word_before(bytes, end)) } else { None };
        owner.is_some_and(|owner| THINGS.has(owner))
    };
    let held = || {
        let before = &bytes[run.start.saturating_sub(24)..run.start];
        before.windows(5).any(|word| word.eq_ignore_ascii_case(b"happy") || word.eq_ignore_ascii_case(b"celeb"))
    };
    if is(day, b"year") {
        return person::year_of_life(bytes, run.start, next);
    }
    let known = is(day, b"birthday") || is(day, b"bday");
    known && !byte::at(bytes, next, ALPHA) && held() && !of_it() && !whose()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sentence_tells_an_age() {
        for (text, want) in [
            ("I'm 93 so I worry", true),
            ("Dad's 97 now", true),
            ("My mother is 95 and on dialysis", true),
            ("he is 95 and on RA", false),
            ("Grandmother is 94 and in good health", true),
            ("Grandma is now 94.", true),
            ("she's 94 now", true),
            ("Mr. Li is 97 with dementia", true),
            ("FHx: mother died 94, father alive", true),
            ("Mr. Li is 97 pounds", false),
            ("The cells died 94,", false),
            ("Pt's 98, on RA", false),
            ("it's 94 now", false),
            ("he is 93 & not eating", true),
            ("he is 93 & HR 80", false),
            ("widow since age 71, is 93 now.", true),
            ("sat on air, is 93 now.", false),
            ("Pt is 97 next month", true),
            ("dose is 97 next month", false),
            ("Pt Ada is 97 next month", true),
            ("Pt Weight is 97 now", false),
            ("sister 93 alive with", true),
            ("cells 93 alive", false),
            ("Born in 1928, now 95.", true),
            ("She was 99 when she died.", true),
            ("Patient, 91, was transferred", true),
            ("I'm 95 days sober", false),
            ("the sat is 94 and rising", false),
            ("Dad's 97, 98 and 95", false),
            ("He was 98 on arrival", false),
            ("Rate 120, now 95.", false),
            ("HUSBAND IS 95 AND ALSO FRAIL", true),
            ("his father, who is 95, never", true),
            ("a sat, which is 95, never", false),
            ("Patient, 98, 97", false),
        ] {
            let start = text.find(" 9").unwrap() + 1;
            assert_eq!(of_a_person(text.as_bytes(), start, start + 2), want, "{text}");
        }
    }

    #[test]
    fn a_birthday_is_that_of_a_person() {
        for (text, want) in [
            ("a happy 94th birthday", true),
            ("celebrated her 102nd birthday.", true),
            ("her 102nd birthday.", false),
            ("celebrate the hospital's 100th birthday", false),
            ("happy 100th birthday of the clinic", false),
            ("94th birth", false),
        ] {
            let start = text.find(|c: char| c.is_ascii_digit()).unwrap();
            let digits = byte::skip(text.as_bytes(), start, DIGIT);
            let run = Run { start, end: digits + 2, digits: digits - start, sep: 0 };
            assert_eq!(birthday(text.as_bytes(), run, &text.as_bytes()[digits..digits + 2]), want, "{text}");
        }
    }
}
