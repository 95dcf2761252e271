//! Ages told in more words: `Imani is 92 and uses a scooter`, `alive and well at 93`, `Although 99, he`, `widower of 96`.

use super::spoken::{clause_ends, gauged, last_word, lives};
use super::words::{
    DOES, ELDERS, GAUGED, GOES_ON, ILL, KIN, LOST, MEASURES, OF_ELDERS, PRONOUNS, TEMPERATURES, VITALS,
};
use super::{beside, byte, is, titled, word, word_before};
use crate::guard::byte::{LOWER, UPPER};
use crate::guard::scan::near::said_before;
use crate::guard::words::WordSet;

/// How far before the age of somebody dead the loss is told, in bytes.
const LOSS: usize = 56;

/// What may stand between a relative and `at`: `mother is still alive and well at 93`.
static BETWEEN: WordSet<16> = WordSet::new("is are still alive and well living healthy doing in good health");

/// Whether the word before the number, and what goes on behind it, tell an age.
pub(super) fn told(bytes: &[u8], start: usize, end: usize) -> bool {
    // The last letters of all of them; labels of what is measured mostly have others.
    if !matches!(
        byte::prev(bytes, start - 1) | 0x20,
        b'a' | b'd' | b'e' | b'f' | b'h' | b'm' | b'r' | b's' | b't' | b'y' | b','
    ) {
        return false;
    }
    let (at, before) = last_word(bytes, start);
    match *before {
        [] => of_one_who(bytes, start, end),
        [b'a' | b'A', b't' | b'T'] => at_age(bytes, at, end),
        [b'i' | b'I', b's' | b'S'] => by_name(bytes, at, end),
        [b'o' | b'O', b'f' | b'F'] => {
            let who = word_before(bytes, at);
            (is(who, b"widow") || is(who, b"widower")) && (clause_ends(bytes, end) || OF_ELDERS.has(word(bytes, end).1))
        }
        [b'w' | b'W', b'a' | b'A', b's' | b'S'] => was_lost(bytes, (start, at), end),
        _ if is(before, b"almost") || is(before, b"nearly") || is(before, b"already") => {
            opens(bytes, at, end) || is_almost(bytes, (start, at), end)
        }
        _ if is(before, b"although") || is(before, b"though") => opens(bytes, at, end),
        _ => KIN.has(before) && with_illness(bytes, end),
    }
}

/// `> 89 (94)`, where it is an age that is so great.
pub(super) fn aside(bytes: &[u8], start: usize, end: usize) -> bool {
    let before = bytes[..start].strip_suffix(b" (").and_then(|before| before.strip_suffix(b"89"));
    byte::peek(bytes, end) == b')'
        && before.is_some_and(|before| {
            let label = before.trim_ascii_end().strip_suffix(b">").unwrap_or(&[]);
            is(word_before(label, label.len()), b"age")
        })
}

/// `Imani is 92 and uses a scooter`, by a name that starts its sentence.
fn by_name(bytes: &[u8], at: usize, end: usize) -> bool {
    let (from, name) = last_word(bytes, at);
    let (next, first) = word(bytes, end);
    let (next, verb) = if is(first, b"and") { word(bytes, next) } else { return false };
    is_name(name) && beside::leads(bytes, from) && (DOES.has(verb) || lives(bytes, next, verb))
}

fn is_name(word: &[u8]) -> bool {
    let shaped = word.len() > 2 && byte::at(word, 0, UPPER) && byte::at(word, 1, LOWER);
    shaped && !(MEASURES.has(word) || TEMPERATURES.has(word) || VITALS.has(word) || GAUGED.has(word))
}

/// `Diagnosed at 92 with`, `His mother is alive and well at 93`, `mother A&W at 93`, `says that at 93 he`.
fn at_age(bytes: &[u8], at: usize, end: usize) -> bool {
    let (mut from, verb) = last_word(bytes, at);
    let ends = || clause_ends(bytes, end) || GOES_ON.has(word(bytes, end).1);
    match verb.len() {
        1 if bytes[..from].ends_with(b"A&") => return KIN.has(word_before(bytes, from - 2)) && ends(),
        4 if is(verb, b"that") => return PRONOUNS.has(word(bytes, end).1) && !gauged(bytes, from),
        7 if is(verb, b"widowed") || is(verb, b"retired") => return ends(),
        9 if is(verb, b"diagnosed") => return ends(),
        4..=7 if is(verb, b"alive") || is(verb, b"well") || is(verb, b"living") || is(verb, b"healthy") => {}
        _ => return false,
    }
    for _ in 0..5 {
        let (next, whose) = last_word(bytes, from);
        if KIN.has(whose) || !BETWEEN.has(whose) {
            return KIN.has(whose) && ends();
        }
        from = next;
    }
    false
}

/// `She lost her husband of 70 years; he was 96.`
fn was_lost(bytes: &[u8], (start, at): (usize, usize), end: usize) -> bool {
    let ends = matches!(byte::peek(bytes, end), b'.' | b';' | b'\n' | 0) && clause_ends(bytes, end);
    ends && PRONOUNS.has(word_before(bytes, at))
        && said_before(bytes, start, LOSS, &LOST)
        && said_before(bytes, start, LOSS, &KIN)
        && !said_before(bytes, start, LOSS, &super::words::BREATHS)
}

/// `Although 99, he is`, `Nearly 92, she`: a sentence opens so.
fn opens(bytes: &[u8], at: usize, end: usize) -> bool {
    byte::peek(bytes, end) == b',' && beside::leads(bytes, at) && PRONOUNS.has(word(bytes, end + 1).1)
}

/// `She is almost 93.`, where nothing was measured before.
fn is_almost(bytes: &[u8], (start, at): (usize, usize), end: usize) -> bool {
    let (from, verb) = last_word(bytes, at);
    let who = word_before(bytes, from);
    (is(verb, b"is") || is(verb, b"am"))
        && (PRONOUNS.has(who) || ELDERS.has(who) || titled::title_before(bytes, from))
        && clause_ends(bytes, end)
        && !gauged(bytes, start)
}

/// `call from Dolores, 93, who cannot`.
fn of_one_who(bytes: &[u8], start: usize, end: usize) -> bool {
    let who = word(bytes, end + 1).1;
    byte::peek(bytes, end) == b','
        && (is(who, b"who") || is(who, b"whose"))
        && bytes[..start].ends_with(b", ")
        && is_name(word_before(bytes, start - 2))
}

/// `Father 93, healthy`, `mother 93 A&W`.
fn with_illness(bytes: &[u8], end: usize) -> bool {
    let (next, how) = word(bytes, end + usize::from(byte::peek(bytes, end) == b','));
    ILL.has(how) || (is(how, b"a") && matches!(bytes.get(next..next + 2), Some(b"&W" | b"&w" | b"/w")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sentence_tells_an_age_in_more_words() {
        for (text, want) in [
            ("Imani is 92 and uses a scooter", true),
            ("Glucose is 92 and uses", false),
            ("Pulse is 92 and walks", false),
            ("mother is still alive and well at 93, he", true),
            ("sat is well at 93.", false),
            ("Diagnosed at 92 with", true),
            ("FH: mother A&W at 93", true),
            ("says that at 93 he", true),
            ("sats show that at 93 he", false),
            ("lost her husband of 70 years; he was 96.", true),
            ("husband lost IV; sat on RA he was 96.", false),
            ("Although 99, he is", true),
            ("SpO2 almost 93, he is", false),
            ("Nearly 92, she", true),
            ("She is almost 93", true),
            ("On RA she is almost 93", false),
            ("call from Dolores, 93, who cannot", true),
            ("Rate, 93, who cannot", false),
            ("Father 93, healthy", true),
            ("Mother 93, infant 140", false),
            ("FH: mother 93 A&W", true),
            ("Widower of 96, lives", true),
            ("rate of 96, lives", false),
        ] {
            let start = text.find('9').unwrap();
            assert_eq!(told(text.as_bytes(), start, start + 2), want, "{text}");
        }
        assert!(aside(b"Age > 89 (94)", 10, 12) && !aside(b"HR > 89 (94)", 9, 11));
    }
}
