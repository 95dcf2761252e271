//! Who speaks in a dialogue, and when, before a value: `[18:36] Caller: 7/7/1990`.

use super::Cue;
use super::gap::is_number_word;
use super::second::item_number;
use crate::guard::byte::{self, ALNUM, ALPHA, DIGIT, LOWER, UPPER};
use crate::guard::words::WordSet;

/// Who speaks in a dialogue.
static SPEAKERS: WordSet<256> = WordSet::new(
    "agent caller patient pt guest user client customer rep nurse rn bot assistant operator doctor dr staff member human \
    receptionist clerk mom mother father dad wife husband parent visitor me her him pharmacist clinician provider md q a c p \
    b cust csr mbr tech interpreter daughter son caregiver sister brother spouse claimant subscriber enrollee beneficiary np pa \
    therapist scheduler coordinator ivr system chatbot ai advisor specialist support",
);

/// Words of a question, and those of one for the number of a plan.
static ASKING: WordSet<32> = WordSet::new("what whats which your verify confirm tell give may");
static INSURANCE: WordSet<32> = WordSet::new("member id card insurance plan policy subscriber identification");
/// What members of a chat do.
static CHATS: WordSet<32> = WordSet::new("chat chats joined left session channel connected online typing");

/// The longest question that is looked over, in bytes.
const QUESTION: usize = 128;

/// The place behind who speaks at `at`: `Caller: `, `[Patient] `.
pub(super) fn speaker_at(bytes: &[u8], at: usize, to: usize, fresh: bool) -> Option<usize> {
    match bytes[at] {
        b'[' => bracketed(bytes, at, fresh),
        byte if byte::is(byte, ALNUM) => spoken(bytes, (at, byte::skip(bytes, at, ALNUM).min(to)), fresh),
        _ => None,
    }
}

/// The place behind the mark of who speaks, and perhaps when: `Caller:`, `Caller (22:16):`, `caller>`; behind other words
/// only to answer a question.
fn spoken(bytes: &[u8], (at, end): (usize, usize), fresh: bool) -> Option<usize> {
    let time = if byte::peek(bytes, end) == b' ' { clock(bytes, end + 1) } else { 0 };
    let speaker = |word: &[u8]| word.eq_ignore_ascii_case(b"speaker") || word.eq_ignore_ascii_case(b"spk");
    let stop = if speaker(&bytes[at..end]) { numbered(bytes, end) } else { end };
    let colon = if time > 0 { end + 1 + time } else { stop };
    let known = || stop > end || SPEAKERS.has(&bytes[at..end]) || bytes[at..end].contains(&b'_');
    if matches!(byte::peek(bytes, colon), b':' | b'>') && (fresh || asks(bytes, at)) && known() {
        return Some(colon + 1);
    }
    if byte::at(bytes, at, UPPER) && asks(bytes, at) { named(bytes, at) } else { None }
}

/// Whether the line above `at` asks for something: `account number?`, `MRN please.`.
fn asks(bytes: &[u8], at: usize) -> bool {
    let line = bytes[..at].trim_ascii_end();
    let line =
        if bytes[line.len()..at].contains(&b'\n') { line } else { &bytes[..byte::back_to(bytes, at, b'\n', 12)] };
    requests(line)
}

/// Whether a line asks for what the next one answers: `date of birth?`, `name and birthday please.`.
pub(in super::super) fn requests(text: &[u8]) -> bool {
    let line = text.trim_ascii_end();
    let line = line.strip_suffix(b".").unwrap_or(line);
    let last = line.get(line.len().saturating_sub(6)..).unwrap_or(&[]);
    line.last() == Some(&b'?') || last.eq_ignore_ascii_case(b"please")
}

/// The place behind the bracket of who speaks: `[Patient] 4482913`.
fn bracketed(bytes: &[u8], open: usize, fresh: bool) -> Option<usize> {
    let end = byte::skip(bytes, open + 1, ALPHA);
    let next = byte::peek(bytes, end + 1) == b' ' || byte::peek(bytes, end + 1) == b':';
    let asked = || fresh || asks(bytes, open);
    (byte::peek(bytes, end) == b']' && next && SPEAKERS.has(&bytes[open + 1..end]) && asked()).then_some(end + 1)
}

/// The place behind the colon of the name at `at`, of somebody who answers the question of another name in the line
/// above: `Ann: account number?⏎Bo Lee: 4482913`.
fn named(bytes: &[u8], at: usize) -> Option<usize> {
    let start = byte::back_to(bytes, at, b'\n', 16);
    let leads = byte::prev(bytes, start) == b'\n' && start + clock(bytes, start) == at;
    let end = name_end(bytes, at).filter(|_| leads)?;
    let line = byte::back_to(bytes, start - 1, b'\n', QUESTION);
    let asker = line + clock(bytes, line);
    let stop = name_end(bytes, asker)?;
    (bytes[asker..stop] != bytes[at..end]).then_some(end + 1)
}

/// The place of the colon behind one to three capitalized words: `Ms. Ann Lee:`.
pub(super) fn name_end(bytes: &[u8], start: usize) -> Option<usize> {
    let mut at = start;
    for _ in 0..3 {
        let end = byte::skip(bytes, at, ALPHA);
        let name = (2..=16).contains(&(end - at)) && byte::at(bytes, at, UPPER) && byte::at(bytes, end - 1, LOWER);
        let stop = end + usize::from(byte::peek(bytes, end) == b'.');
        match byte::peek(bytes, stop) {
            b':' if name => return Some(stop),
            b' ' if name => at = stop + 1,
            _ => return None,
        }
    }
    None
}

/// Whether a member is one who speaks, and names no plan before the value at `start`.
#[inline(never)]
pub(in super::super) fn speaks(bytes: &[u8], cue: &Cue, start: usize) -> bool {
    let word = (cue.start, cue.end);
    if byte::peek(bytes, cue.end) == b' ' { chats(bytes, word, start) } else { answers_as_member(bytes, word) }
}

/// Whether the member named from `at` to `end` is one who speaks: `Agent: what is your ZIP?⏎Member: 13501`, `[Agent] ZIP
/// please⏎[Member] 13501`, and no question for the number of a plan stands before.
fn answers_as_member(bytes: &[u8], (at, end): (usize, usize)) -> bool {
    let word = &bytes[at..end];
    let line = byte::back_to(bytes, at, b'\n', 16);
    let head = line + clock(bytes, line);
    let closed = byte::peek(bytes, end) == b']' && byte::peek(bytes, head) == b'[' && head + 1 == at;
    let labels = head == at && bytes[end..].starts_with(b": ") || closed;
    let member = [&b"member"[..], b"mbr", b"subscriber"].iter().any(|name| word.eq_ignore_ascii_case(name));
    if !member || !labels || line == 0 || byte::prev(bytes, line) != b'\n' {
        return false;
    }
    let above = byte::back_to(bytes, line - 1, b'\n', 256);
    let start = above + clock(bytes, above);
    let who = bytes[start..line].iter().take(24).position(|byte| matches!(byte, b':' | b']')).unwrap_or(0);
    let (name, asked) = bytes[start..line].split_at(who);
    let name = name.strip_prefix(b"[").unwrap_or(name);
    let mut words = asked.split(|byte| !byte::is(*byte, ALPHA));
    who >= 2
        && name.iter().all(|byte| byte::is(*byte, ALPHA) || *byte == b' ')
        && (asks(bytes, line) || words.clone().any(|word| ASKING.has(word)))
        && !words.any(|word| INSURANCE.has(word))
}

/// Whether words of a chat part a member from a number: `Member joined chat 598617`, `Member 2: ok 598617`.
fn chats(bytes: &[u8], (at, end): (usize, usize), value: usize) -> bool {
    let gap = bytes.get(end..value).filter(|gap| gap.len() <= 40).unwrap_or(&[]);
    let mut words = gap.split(|byte| !byte::is(*byte, ALPHA)).filter(|word| !word.is_empty());
    let numbered = byte::is_shape(gap, 0, b" d: ");
    bytes[at..end].eq_ignore_ascii_case(b"member")
        && !words.clone().any(is_number_word)
        && (words.clone().any(|word| CHATS.has(word)) || (numbered && words.next().is_some()))
}

/// The end of the number of a speaker: `SPEAKER_2`, `Speaker 2`.
fn numbered(bytes: &[u8], end: usize) -> usize {
    let digits = if matches!(byte::peek(bytes, end), b'_' | b' ') { byte::skip(bytes, end + 1, DIGIT) } else { end };
    if (end + 2..=end + 3).contains(&digits) { digits } else { end }
}

/// How long the time is with which a line of a chat starts, or the number of an item: `[18:36] `, `00:09 `, `1. `.
pub(super) fn clock(bytes: &[u8], at: usize) -> usize {
    let line = bytes.get(at..bytes.len().min(at + 12)).unwrap_or(&[]);
    let close = match line.first() {
        Some(b'[') => b']',
        Some(b'(') => b')',
        _ => {
            let blanks = line.iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
            let number = item_number(&line[blanks..]);
            // `00:00:09 SPEAKER_2: `.
            let timed = [&b"dd:dd:dd "[..], b"dd:dd "].into_iter().find(|shape| byte::is_shape(line, 0, shape));
            if let Some(shape) = timed {
                return shape.len();
            }
            return if number > 0 { blanks + number } else { 0 };
        }
    };
    let inside = line.iter().skip(1).take_while(|byte| matches!(byte, b'0'..=b'9' | b':')).count();
    let whole = (4..=8).contains(&inside) && line.get(inside + 1) == Some(&close);
    if whole { inside + 2 + usize::from(line.get(inside + 2) == Some(&b' ')) } else { 0 }
}
