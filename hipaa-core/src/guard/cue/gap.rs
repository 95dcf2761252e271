//! What stands between a cue and a value: the closer the text, the more the cue says.

use super::asked;
use super::label::{in_row, is_place, labels, labels_cell};
use super::link::mistyped;
use super::placeholder::stands_for_value;
use super::sent::leads_on;
use super::speaker::{clock, speaker_at};
use crate::guard::byte::{self, ALNUM, ALPHA, DIGIT};
use crate::guard::words::WordSet;

/// How closely a cue belongs to a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in super::super) enum Fit {
    /// The same sentence, other words between.
    Near,
    /// Only words like `is`, `of`, `patient` between.
    Strict,
    /// Only punctuation between.
    Label,
}

static NUMBERS: WordSet<64> =
    WordSet::new("number numbers num no nos nbr nr id ids identifier identifiers identification");
/// Words at the end of a line that lead to the value in the next one: `Fax to`, `MRN please`.
static LEADING: WordSet<16> = WordSet::new("to is at was as please");
static BEHIND: WordSet<64> = WordSet::new("is was that the her his their my as patient patients pt s for a on state");
pub(super) static MONTHS: WordSet<32> = WordSet::new("jan feb mar apr may jun jul aug sep oct nov dec");
/// What an age is counted in when it is not years: `Age (mo):`.
static SPANS: WordSet<32> = WordSet::new("mo mos month months wk wks week weeks d day days h hr hrs hours min");
/// Words between two values of one kind; `should be` is two.
pub(super) static LINKS: WordSet<16> = WordSet::new("and or vs into should");
/// Words between a value and the one that stands for it; those of the second set may as well go on to something else.
static STANDS_FOR: WordSet<32> = WordSet::new("it not formerly previously should read reads be is actually really");
static REPLACES: WordSet<64> = WordSet::new(
    "previous to now new old replaced by with swapped for merged into corrected changed updated was one aka from and the \
    superseded instead have been",
);
/// The longest text of such words, in bytes.
const REPLACES_BYTES: usize = 32;

/// Whether the word means `number`.
pub(in super::super) fn is_number_word(word: &[u8]) -> bool {
    NUMBERS.has(word)
}

static FILLERS: WordSet<512> = WordSet::new(
    "is was are be of the for as at to this that her his their my our your it its patient \
    patients pt pts on file listed assigned recorded reads read verified confirmed current \
    currently new old updated home cell mobile work office day evening primary secondary main \
    direct same s and or with under by has been per from in now also value given reported \
    documented entered sex gender shows changed remains not code card name he she they use used using \
    line desk us them him me you please via reached cellphone dtmf input digits device system epic chart ending merged pcp \
    correct as shown printed here between cast either left right donor recipient back yes yeah sure ok okay number numbers num no nos nbr nr id ids identifier identifiers identification",
);

const NEAR_WORDS: u32 = 4;

/// How a cue that ends at `from` fits a value that starts at `to`; `None` when it does not.
#[inline(always)]
pub(in super::super) fn before_gap(bytes: &[u8], from: usize, to: usize) -> Option<Fit> {
    let gap = bytes.get(from..to)?;
    let light = |byte: &u8| matches!(byte, b' ' | b':' | b'#' | b'=');
    match gap {
        [a] if light(a) => Some(Fit::Label),
        [a, b] if light(a) & light(b) => Some(Fit::Label),
        _ => wide_gap(bytes, from, to),
    }
}

/// The same for more than a mark or two.
#[inline(never)]
fn wide_gap(bytes: &[u8], from: usize, to: usize) -> Option<Fit> {
    worded_gap(bytes, from, to).or_else(|| asked::gap(bytes, from, to))
}

/// The same for words and marks of one sentence.
#[inline(always)]
fn worded_gap(bytes: &[u8], from: usize, to: usize) -> Option<Fit> {
    let mut fit = Fit::Label;
    let (mut at, mut words, mut fillers, mut newlines) = (from, 0, 0, 0);
    let (mut last, mut labelled) = (from, false);
    while at < to {
        let byte = bytes[at];
        let turn = (1..=2).contains(&newlines) && !labelled;
        let speaker = if turn { speaker_at(bytes, at, to, fillers == 0 && newlines == 1) } else { None };
        if let Some(said) = speaker {
            (newlines, at, fit) = (0, said, fit.min(Fit::Strict));
            continue;
        }
        if byte::is(byte, ALNUM) {
            let end = byte::skip(bytes, at, ALNUM).min(to);
            let word = &bytes[at..end];
            // `License: TX 12345678`.
            if labelled && newlines == 0 && end + 1 == to && matches!(word, [b'A'..=b'Z', b'A'..=b'Z']) {
                at = end;
                continue;
            }
            let weight = weight(bytes, at, end).filter(|_| newlines == 0)?;
            // `Member ID number⏎448281920`: another word for a number is none between.
            (fillers, last) = (fillers + u32::from(weight < Fit::Label), at);
            words += u32::from(weight == Fit::Near);
            fit = fit.min(weight);
            at = end;
            continue;
        }
        match byte {
            b'\n' => (newlines, at) = (newlines + u32::from(!opens(&bytes[from..at])), at + clock(bytes, at + 1)),
            b':' | b'#' | b'=' => labelled = true,
            // `Zip+4⏎98402-1117`.
            b'+' if at == from && byte::peek(bytes, at + 1) == b'4' => at += 1,
            // `acct_no != 66120933`.
            b'!' if byte::peek(bytes, at + 1) == b'=' => {}
            b';' if at == from && mistyped(bytes, at, to) => (labelled, fit) = (true, fit.min(Fit::Strict)),
            b'!' | b';' => return None,
            // `the ID on your card?`, and the answer in the next line.
            b'?' if matches!(byte::peek(bytes, at + 1), b'\n' | b'\r') => {}
            b'.' | b'?' if sentence_ends(bytes, at, to) && (at > from || no_short(bytes, at)) => return None,
            b'*' if emphasis(bytes, at, to) || leads_item(bytes, at) => {}
            // A value stood there.
            b'[' if stands_for_value(bytes, at) => return None,
            // `dx: [I10, Z23]`.
            b'[' if labelled && matches!(bytes[from..at].trim_ascii_end().last(), Some(b':' | b'=')) => {
                fit = fit.min(Fit::Strict)
            }
            b'*' | b'[' => (at, fit) = past_type(bytes, at).map_or((at, Fit::Near), |close| (close, fit)),
            b'(' => at = aside(bytes, at, to).unwrap_or(at),
            b',' => fit = fit.min(Fit::Strict),
            _ => {}
        }
        at += 1;
    }
    // A blank line parts all but a label with its mark.
    let crosses = || newlines <= 1 + u32::from(labelled) && (fillers == 0 || leads(bytes, last, fillers + newlines));
    let fits = words <= NEAR_WORDS && fillers <= 8;
    (fits && (newlines == 0 || (words == 0 && crosses() && !in_row(bytes, from, to)))).then_some(fit)
}

/// Whether the star at `at` is the mark of an item: `MRNs:⏎* 4482913`.
fn leads_item(bytes: &[u8], at: usize) -> bool {
    byte::peek(bytes, at + 1) == b' ' && byte::leads_line(bytes, at, (b" \t", 8))
}

/// The end of the type of a number in brackets, before the mark of a label: `MRN [E1]: 5094150`.
#[inline(never)]
fn past_type(bytes: &[u8], at: usize) -> Option<usize> {
    (byte::is_shape(bytes, at + 2, b"d]:") && byte::at(bytes, at + 1, byte::UPPER)).then_some(at + 3)
}

/// Whether a bracket opens at the end of a line: `mrn IN (`.
fn opens(line: &[u8]) -> bool {
    matches!(line.trim_ascii_end().last(), Some(b'(' | b'['))
}

/// How closely the word from `at` to `end` lets a cue and a value stand; a number parts them.
fn weight(bytes: &[u8], at: usize, end: usize) -> Option<Fit> {
    let word = &bytes[at..end];
    match *word {
        // `[MRN]=N'4482913'`; `mrn%3D4482913`.
        [b'N'] if byte::peek(bytes, end) == b'\'' => Some(Fit::Label),
        [b'3', b'D' | b'd' | b'A' | b'a'] if byte::prev(bytes, at) == b'%' => Some(Fit::Label),
        // `M.D.`, `PA-C`.
        [letter] if byte::is(letter, DIGIT) || (byte::is(letter, byte::UPPER) && initial(bytes, at)) => {
            Some(Fit::Strict)
        }
        // `DOB verified x2 (04/20/1978)`.
        [b'x', b'1'..=b'9'] => Some(Fit::Strict),
        // `born at 38w1d via`.
        [b'2'..=b'4', b'0'..=b'9', b'w' | b'W', ..]
            if word.len() == 3 || (word.len() == 5 && word[4] | 0x20 == b'd') =>
        {
            Some(Fit::Strict)
        }
        [_, _, ..] if word.iter().any(u8::is_ascii_digit) => None,
        _ if is_number_word(word) => Some(Fit::Label),
        _ if FILLERS.has(word) => Some(Fit::Strict),
        _ => Some(Fit::Near),
    }
}

/// Whether the last of few words of a line leads to what the next line holds: `Fax to`.
fn leads(bytes: &[u8], last: usize, count: u32) -> bool {
    count <= 3 && LEADING.has(&bytes[last..byte::skip(bytes, last, ALPHA)])
}

/// Whether the star at `at` is one of an emphasis: few, and beside a word or the value.
#[inline(never)]
fn emphasis(bytes: &[u8], at: usize, to: usize) -> bool {
    let star = |byte: &&u8| **byte == b'*';
    let start = at - bytes[..at].iter().rev().take(4).take_while(star).count();
    let end = at + bytes[at..to].iter().take(4).take_while(star).count();
    let blank = |at: usize| byte::at(bytes, at, byte::BLANK);
    let loose = start > 0 && blank(start - 1) && end < to && blank(end);
    // `**MRN**: 4482913`.
    let labels =
        byte::peek(bytes, end) == b':' && start > 0 && (byte::at(bytes, start - 1, ALNUM) || ends_label(bytes, start));
    end - start <= 3 && !loose && (labels || !byte::at(bytes, end, byte::JOIN))
}

/// Whether the sign before `at` ends a label: `**MRN #**: `, `**Zip (home)**: `.
fn ends_label(bytes: &[u8], at: usize) -> bool {
    matches!(byte::prev(bytes, at), b'#' | b')' | b'.')
}

/// Whether the letter at `at` is one of an abbreviation.
fn initial(bytes: &[u8], at: usize) -> bool {
    matches!(byte::peek(bytes, at + 1), b'.' | b')') || byte::prev(bytes, at) == b'-'
}

/// A full stop before a blank and a capital, or before the end of the line.
fn sentence_ends(bytes: &[u8], at: usize, to: usize) -> bool {
    let next = byte::skip(bytes, at + 1, byte::BLANK);
    let short = at - byte::back(bytes, at, ALPHA, 8) <= 2 && !byte::is(byte::prev(bytes, at), DIGIT);
    // `MRN please.`, and the answer in the next line.
    let asks = || matches!(byte::peek(bytes, at + 1), b'\n' | b'\r') && bytes[..at].ends_with(b" please");
    next > at + 1 && next < to && byte::at(bytes, next, byte::UPPER) && !short && !asks()
}

/// Whether a number or a word for several things ends at `at`, which no abbreviation does: `a list of MRNs. Scale`.
fn no_short(bytes: &[u8], at: usize) -> bool {
    let last = byte::prev(bytes, at);
    byte::is(last, DIGIT) || (last == b's' && at - byte::back(bytes, at, ALPHA, 8) > 3)
}

/// How a cue that starts at `to` and ends at `end` fits a value that ends at `from`.
pub(in super::super) fn after_gap(bytes: &[u8], from: usize, to: usize, end: usize) -> Option<Fit> {
    let mut at = from;
    let mut fit = Fit::Strict;
    // Behind a comma or an aside, a label at the end of its line speaks for the next one.
    let mut past = false;
    let fax = || bytes.get(to..to + 3).is_some_and(|word| word.eq_ignore_ascii_case(b"fax"));
    while at < to {
        let byte = bytes[at];
        if byte::is(byte, ALNUM) {
            let stop = byte::skip(bytes, at, ALNUM).min(to);
            let word = &bytes[at..stop];
            // `sent to 704-555-0151 by fax`.
            let carried = || matches!(word, b"by" | b"via") && fax() && !bytes[end..].starts_with(b" to ");
            // `in the SSN field`, `'4482913' in column mrn`.
            let column =
                || bytes[at..to].ends_with(b" column ") || (word == b"column" && bytes[..at].ends_with(b"in "));
            let kept = || (matches!(word, b"in" | b"into") && (is_place(bytes, end) || column())) || column();
            if !BEHIND.has(word) && !carried() && !kept() {
                return None;
            }
            at = stop;
            continue;
        }
        match byte {
            b' ' | b'-' | b'"' | b'\'' | b'*' => {}
            b'=' => fit = Fit::Label,
            b'(' => match aside(bytes, at, to) {
                Some(close) => (at, past) = (close, true),
                None if byte::peek(bytes, end) == b')' && words_only(&bytes[at..to]) => return Some(Fit::Label),
                None => fit = Fit::Label,
            },
            b'[' => fit = Fit::Label,
            b',' if past || (fax() && leads_on(bytes, end)) => return None,
            b',' => (fit, past) = (fit.min(Fit::Strict), true),
            _ => return None,
        }
        at += 1;
    }
    (!leads_to_another(bytes, (from, to), end, past)).then_some(fit)
}

/// Whether the label from `to` to `end` leads to a value behind it rather than to the one that ends at `from`.
#[inline]
fn leads_to_another(bytes: &[u8], (from, to): (usize, usize), end: usize, past: bool) -> bool {
    let dotted = byte::peek(bytes, end) == b'.' && is_number_word(&bytes[byte::back(bytes, end, ALPHA, 4)..end]);
    // `(Pump serial #)`: the mark leads to nothing.
    let closed = byte::peek(bytes, end + usize::from(byte::peek(bytes, end) == b' ')) == b'#';
    let closed = closed && matches!(bytes.get(end + 1..), Some([b')', ..] | [b'#', b')', ..]));
    let mut next = byte::skip(bytes, end + usize::from(dotted), byte::BLANK);
    while matches!(byte::peek(bytes, next), b'"' | b'\'') {
        next += 1;
    }
    let same_line = !bytes[end..next.min(bytes.len())].contains(&b'\n');
    match byte::peek(bytes, next) {
        _ if closed => false,
        b':' | b'=' | b'#' => true,
        // `ID KUV850615503     Serial Number - 65415586`.
        b'-' | b'/' if bytes[from..to].ends_with(b"   ") => same_line && labels_cell(bytes, next),
        b'(' | b'+' => same_line,
        b if byte::is(b, DIGIT) => same_line || past,
        // `acct **38215`: what is left of a masked value has the label, too.
        b'*' => same_line,
        b'[' => same_line && stands_for_value(bytes, next),
        b if byte::is(b, ALPHA) => same_line && labels(bytes, next),
        _ => false,
    }
}

/// The longest parenthesis that says nothing, and the longest one before the mark of a label, in bytes.
const SHORT_ASIDE: usize = 18;
const QUALIFIER: usize = 46;

/// The `)` of a parenthesis that opens at `open` and closes before `to` without a value in it:
/// `(1a)`, `(MM/DD/YYYY)`, `(92 y.o.)`.
fn aside(bytes: &[u8], open: usize, to: usize) -> Option<usize> {
    let inside = bytes.get(open + 1..to.min(open + QUALIFIER))?;
    let len = inside.iter().position(|byte| *byte == b')')?;
    // A longer one qualifies a label, whose mark follows: `MRN (required for billing): `.
    if len > SHORT_ASIDE && !matches!(bytes.get(open + 2 + len..to)?.trim_ascii(), b":" | b"#" | b"=") {
        return None;
    }
    let inside = &inside[..len];
    let value = inside.windows(4).any(|four| four.iter().all(u8::is_ascii_digit));
    let words = inside.iter().any(|byte| byte::is(*byte, ALPHA)) && !SPANS.has(inside);
    (words && !value).then_some(open + 1 + len)
}

/// Whether the text has letters, blanks and hyphens only: `(rendering `.
fn words_only(text: &[u8]) -> bool {
    text[1..].iter().all(|byte| byte::is(*byte, ALPHA) || matches!(byte, b' ' | b'-' | b'\'' | b'.'))
}

/// Whether what stands between two values says that one stands for the other: `, not `, ` (formerly `; where `loose`,
/// also ` merged into `.
pub(in super::super) fn replaces_gap(bytes: &[u8], from: usize, to: usize, loose: bool) -> bool {
    let gap = bytes.get(from..to).filter(|gap| gap.len() <= REPLACES_BYTES).unwrap_or(&[]);
    let mut words = gap.split(|byte| !byte::is(*byte, ALNUM)).filter(|word| !word.is_empty()).peekable();
    let signs = |byte: &u8| byte::is(*byte, ALNUM) || matches!(byte, b' ' | b',' | b';' | b'(' | b':' | b'#' | b'\n');
    let known = |word: &[u8]| (loose && REPLACES.has(word)) || STANDS_FOR.has(word);
    words.peek().is_some() && words.all(known) && gap.iter().all(signs)
}

/// Whether another value stands in one list with the value that ends at `end`.
pub(in super::super) fn follows_on(bytes: &[u8], end: usize, blanks_part: bool) -> bool {
    let next = end + bytes[end..].iter().take(5).take_while(|byte| b" ,/;&|\n".contains(byte)).count();
    let parted = blanks_part || bytes[end..next].iter().any(|byte| b",/;&|".contains(byte));
    let word = byte::skip(bytes, next, ALNUM).min(next + 20);
    let value = matches!(byte::peek(bytes, next), b'(' | b'+') || bytes[next..word].iter().any(u8::is_ascii_digit);
    next > end && parted && value
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gap(text: &str) -> Option<Fit> {
        before_gap(text.as_bytes(), 0, text.len())
    }

    #[test]
    fn the_words_between_set_the_fit() {
        assert_eq!(gap(": "), Some(Fit::Label));
        assert_eq!(gap(" no. "), Some(Fit::Label));
        assert_eq!(gap(" for this patient is "), Some(Fit::Strict));
        assert_eq!(gap(" written on yellow paper "), Some(Fit::Near));
        assert_eq!(gap(":\n\n  "), Some(Fit::Label));
    }

    #[test]
    fn sentences_lines_and_numbers_separate() {
        assert_eq!(gap(" pending. Weight "), None);
        assert_eq!(gap(" 4567 and "), None);
        assert_eq!(gap(" on file\nWeight "), None);
        assert_eq!(gap(" a b c d e f g h i "), None);
    }

    #[test]
    fn a_cue_behind_the_value_must_not_label_the_next_one() {
        let after = |text: &str| {
            let start = text.find("fax").unwrap();
            after_gap(text.as_bytes(), 0, start, start + 3)
        };
        assert_eq!(after(" (fax)"), Some(Fit::Label));
        assert_eq!(after(" is her fax."), Some(Fit::Strict));
        assert_eq!(after(" fax: 1"), None);
        assert_eq!(after(" fax 212"), None);
        assert_eq!(after("; fax"), None);
    }

    #[test]
    fn one_value_stands_for_another() {
        for (text, sure, loose) in [
            (", not ", true, true),
            (" (formerly ", true, true),
            (" merged into ", false, true),
            (", seen ", false, false),
        ] {
            let stands = |loose| replaces_gap(text.as_bytes(), 0, text.len(), loose);
            assert_eq!((stands(false), stands(true)), (sure, loose), "{text}");
        }
        assert!(!replaces_gap(b", ", 0, 2, true));
    }
}
