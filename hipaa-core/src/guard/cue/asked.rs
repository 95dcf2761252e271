//! What a question says behind its label, and who answers it in the next line: `MRN on the statement?⏎44828192`,
//! `Ann: whats the acct number for rm 704⏎Bo: 37475280`.

use super::gap::Fit;
use super::speaker::{clock, name_end};
use crate::guard::byte::{self, ALNUM, ALPHA, UPPER};
use crate::guard::words::WordSet;

/// What goes on behind the label of a question.
static GOES_ON: WordSet<32> = WordSet::new("on for of in from should do can you is are");
/// What a question without its mark begins with.
static ASKING: WordSet<32> = WordSet::new("what whats need needs get confirm verify send give anyone");
/// The longest question, from its start to the label, in bytes.
const QUESTION: usize = 96;
/// The most words behind the label, and the longest of them with a digit, a bed or a room.
const WORDS: usize = 5;
const ROOM: usize = 5;

/// How a label in a question speaks for a value that is all of the next line, or of the next turn.
#[inline]
pub(super) fn gap(bytes: &[u8], from: usize, to: usize) -> Option<Fit> {
    let first = byte::peek(bytes, from + 1);
    let goes_on = matches!(first, b'o' | b'f' | b'i' | b's' | b'd' | b'c' | b'y' | b'a');
    if may_answer(bytes, to) && byte::peek(bytes, from) == b' ' && goes_on { asked(bytes, from, to) } else { None }
}

/// Whether a line or a turn may start at `to`; most values stand behind a word.
#[inline]
fn may_answer(bytes: &[u8], to: usize) -> bool {
    match byte::prev(bytes, to) {
        b'\n' | b':' => true,
        b' ' => matches!(byte::prev(bytes, to - 1), b':' | b' '),
        _ => false,
    }
}

#[inline(never)]
fn asked(bytes: &[u8], from: usize, to: usize) -> Option<Fit> {
    let tail = tail(bytes, from, to)?;
    let mut words = tail.split(|byte| *byte == b' ').filter(|word| !word.is_empty());
    let leads = GOES_ON.has(words.clone().next()?) && words.clone().count() <= WORDS;
    (leads && words.all(is_word)).then_some(Fit::Strict)
}

/// What a question says from `from` to the end of its line, when the next line or turn answers it with what stands at
/// `to`: ` on the statement`, ` 4` of `bed 4?⏎Bo: `.
#[inline]
pub(in super::super) fn answered(bytes: &[u8], from: usize, to: usize) -> Option<&[u8]> {
    if may_answer(bytes, to) { tail(bytes, from, to) } else { None }
}

#[inline(never)]
fn tail(bytes: &[u8], from: usize, to: usize) -> Option<&[u8]> {
    let gap = bytes.get(from..to)?;
    let len = memchr::memchr(b'\n', gap)?;
    let tail = gap[..len].trim_ascii();
    let (tail, marked) = tail.strip_suffix(b"?").map_or((tail, false), |tail| (tail, true));
    let line = from + len + 1;
    if line == to {
        return marked.then_some(tail);
    }
    let turn = line + clock(bytes, line);
    let start = byte::back_to(bytes, from, b'\n', QUESTION);
    let asker = start + clock(bytes, start);
    let colon = speaker(bytes, turn).filter(|colon| byte::skip(bytes, colon + 1, byte::BLANK) == to)?;
    speaker(bytes, asker)?;
    let other = bytes[asker..].get(..colon - turn) != bytes.get(turn..colon);
    (other && (marked || asks(bytes.get(asker..from).unwrap_or(&[])))).then_some(tail)
}

/// Whether the word may go on a question: the number of a room may.
fn is_word(word: &[u8]) -> bool {
    let plain = word.iter().all(|byte| byte::is(*byte, ALNUM) || *byte == b'\'');
    plain && (word.len() <= ROOM || !word.iter().any(u8::is_ascii_digit))
}

/// The colon behind who speaks at `at`: `Ann Lee:`, `HUC:`.
fn speaker(bytes: &[u8], at: usize) -> Option<usize> {
    let end = byte::skip(bytes, at, ALPHA);
    let short = (2..=4).contains(&(end - at)) && bytes[at..end].iter().all(|letter| byte::is(*letter, UPPER));
    if short && byte::peek(bytes, end) == b':' { Some(end) } else { name_end(bytes, at) }
}

/// Whether words of a question stand in the text.
fn asks(text: &[u8]) -> bool {
    text.split(|byte| !byte::is(*byte, ALPHA)).any(|word| ASKING.has(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_question_goes_on_behind_its_label() {
        for (text, label, want) in [
            ("what's the MRN on file?\n1", "MRN", true),
            ("account number on the statement?\n1", "number", true),
            ("RN: phone for bed 4?\nHUC: 1", "phone", true),
            ("Ann: whats the acct number for rm 704\nBo: 1", "number", true),
            ("what fax should I use?\n1", "fax", true),
            ("Ann: the acct number for rm 704\nBo: 1", "number", false),
            ("the MRN on file\n1", "MRN", false),
            ("the MRN for order 4482913?\n1", "MRN", false),
            ("RN: phone for bed 4?\nHUC: room 1", "phone", false),
            ("Ann: phone for bed 4?\nAnn: 1", "phone", false),
        ] {
            let from = text.find(label).unwrap() + label.len();
            assert_eq!(gap(text.as_bytes(), from, text.len() - 1).is_some(), want, "{text}");
        }
    }
}
