//! An age that answers a question, or stands below its label: `how old is she?⏎90`, `RN: her age?⏎HUC: 94`,
//! `Q: Age? A: 94`.

use super::label::names_event;
use super::words::{ELDERS, NO_PERSONS, PRONOUNS, THINGS};
use super::{is, word, word_before};
use crate::guard::byte::{self, ALPHA, BLANK, UPPER};
use crate::guard::scan::near::any_word;
use crate::guard::words::WordSet;

/// The longest question that is looked over, in bytes.
const QUESTION: usize = 96;
/// The longest name of one who answers, in bytes.
const NAME: usize = 24;

/// What a question for something begins with.
static ASKING: WordSet<16> = WordSet::new("what whats need know confirm verify get have");
/// What has an age in a question and is no person, beside other things.
static MACHINES: WordSet<32> =
    WordSet::new("group range limit cert certificate ticket order build backup password server key log record records");

/// Whether the number is all that is said in its turn, and what stands before it asks for an age.
pub(super) fn answers(bytes: &[u8], start: usize, end: usize) -> bool {
    let ends = match byte::peek(bytes, end) {
        b'.' => !byte::at(bytes, end + 1, byte::ALNUM),
        b',' => byte::peek(bytes, end + 1) == b' ',
        next => matches!(next, 0 | b'\n' | b'\r'),
    };
    if !ends || !matches!(byte::prev(bytes, start), b' ' | b'\n') {
        return false;
    }
    let turn = said_from(bytes, start);
    let before = bytes[..turn].trim_ascii_end();
    let line = byte::back_to(bytes, before.len(), b'\n', QUESTION);
    let above = bytes[before.len()..turn].contains(&b'\n');
    let question = &bytes[line..before.len()];
    let spoken = turn < start;
    match question.last() {
        Some(b'?') => asks(bytes, line, before.len()),
        Some(_) if above && spoken => any_word(bytes, line, before.len(), &ASKING) && asks(bytes, line, before.len()),
        Some(_) if above => is_label(question),
        _ => false,
    }
}

/// Where the turn starts whose number stands at `start`: before who speaks, `HUC: 94`, `Q: Age? A: 94`.
fn said_from(bytes: &[u8], start: usize) -> usize {
    let Some(before) = bytes[..start].strip_suffix(b": ").or_else(|| bytes[..start].strip_suffix(b"] ")) else {
        return start;
    };
    let line = byte::back_to(bytes, before.len(), b'\n', NAME);
    let floor = before[line..].iter().rposition(|byte| *byte == b'?').map_or(line, |at| line + at + 1);
    let from = byte::skip(bytes, floor, BLANK);
    let who = bytes.get(from..before.len()).unwrap_or(&[]);
    let who = who.strip_prefix(b"[").unwrap_or(who);
    let named = byte::at(who, 0, UPPER) && who.iter().all(|byte| byte::is(*byte, ALPHA) || *byte == b' ');
    if named { from } else { start }
}

/// Whether the words ask how old somebody is: `how old is your mother?`, `age for rm 599`; no thing.
fn asks(bytes: &[u8], from: usize, to: usize) -> bool {
    let (mut at, mut asked) = (from, false);
    while at < to {
        let end = byte::skip(bytes, at, ALPHA).min(to);
        let found = &bytes[at..end];
        if NO_PERSONS.has(found) || THINGS.has(found) || MACHINES.has(found) {
            return false;
        }
        // `the score at age 7?` asks for something else.
        asked |= (is(found, b"age") && !byte::at(bytes, end + 1, byte::DIGIT))
            || (is(found, b"old") && how_old(bytes, at, end));
        at = end + 1;
    }
    asked
}

/// Whether a person is named behind `how old is`.
fn how_old(bytes: &[u8], at: usize, end: usize) -> bool {
    let (next, verb) = word(bytes, end);
    let (behind, first) = word(bytes, next);
    let who = word(bytes, behind).1;
    let person = |who: &[u8]| PRONOUNS.has(who) || ELDERS.has(who) || is(who, b"you") || is(who, b"they");
    is(word_before(bytes, at), b"how")
        && (is(verb, b"is") || is(verb, b"are") || is(verb, b"was"))
        && (person(first) || person(who))
}

/// Whether the line is the label of an age and its event: `Age at visit`.
fn is_label(line: &[u8]) -> bool {
    let line = line.trim_ascii();
    line.len() < 40 && line.split_at_checked(4).is_some_and(|(age, event)| is(age, b"age ") && names_event(event))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_age_answers_a_question() {
        for (text, want) in [
            ("how old is she?\n94", true),
            ("Agent: how old is your mother?\nCaller: 94", true),
            ("RN: her age?\nHUC: 94", true),
            ("Q: Age? A: 94", true),
            ("Ann: hey whats the age for rm 599\nBo: 94", true),
            ("what's patient's age on that one? 94, lot", true),
            ("Age at visit\n94\n", true),
            ("how old is the building?\n94", false),
            ("RN: her sat?\nHUC: 94", false),
            ("max age?\n94", false),
            ("the score at age 7?\n94", false),
            ("Age is unknown\n94", false),
            ("Usage?\n94", false),
            ("age?\n94 mg", false),
        ] {
            let start = text.rfind("94").unwrap();
            assert_eq!(answers(text.as_bytes(), start, start + 2), want, "{text}");
        }
    }
}
