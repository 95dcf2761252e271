//! Who speaks in a dialogue, and when, before a value: `[18:36] Caller: 7/7/1990`.

use super::second::item_number;
use crate::guard::byte::{self, DIGIT};
use crate::guard::words::WordSet;

/// Who speaks in a dialogue.
static SPEAKERS: WordSet<128> = WordSet::new(
    "agent caller patient pt guest user client customer rep nurse rn bot assistant operator doctor dr staff member human \
    receptionist clerk mom mother father dad wife husband parent visitor me her him pharmacist clinician provider md q a c p",
);

/// The place behind the colon of who speaks, and perhaps when: `Caller:`, `Caller (22:16):`; behind other words only to
/// answer a question.
pub(super) fn spoken(bytes: &[u8], (at, end): (usize, usize), fresh: bool) -> Option<usize> {
    let time = if byte::peek(bytes, end) == b' ' { clock(bytes, end + 1) } else { 0 };
    let end = if bytes[at..end].eq_ignore_ascii_case(b"speaker") { numbered(bytes, end) } else { end };
    let colon = if time > 0 { end + 1 + time } else { end };
    let asked = || fresh || requests(&bytes[..at]);
    (byte::peek(bytes, colon) == b':' && asked() && (SPEAKERS.has(&bytes[at..end]) || bytes[at..end].contains(&b'_')))
        .then_some(colon + 1)
}

/// Whether a line asks for what the next one answers: `date of birth?`, `name and birthday please`.
pub(in super::super) fn requests(text: &[u8]) -> bool {
    let line = text.trim_ascii_end();
    let line = line.strip_suffix(b".").unwrap_or(line);
    let last = line.get(line.len().saturating_sub(6)..).unwrap_or(&[]);
    line.last() == Some(&b'?') || last.eq_ignore_ascii_case(b"please")
}

/// The end of the number of a speaker: `SPEAKER_2`.
fn numbered(bytes: &[u8], end: usize) -> usize {
    let digits = if byte::peek(bytes, end) == b'_' { byte::skip(bytes, end + 1, DIGIT) } else { end };
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
