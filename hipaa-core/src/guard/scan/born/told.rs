//! Births that are told without a label right before the date: `infant delivered on`, `born at 31 weeks on`,
//! `Wrong birthday. Should be`, `dob must be ISO; got "…"`.

use super::super::Scan;
use super::super::near::{any_word, said_before, word_before};
use crate::guard::Kind;
use crate::guard::byte::{self, ALNUM, ALPHA, DIGIT, UPPER};
use crate::guard::cue::CueClass;
use crate::guard::words::WordSet;

/// Who is born.
pub(super) static INFANTS: WordSet<64> = WordSet::new(
    "infant infants baby babies newborn newborns neonate boy boys girl girls twin twins triplets son daughter child male female",
);
/// What else is said between a birth and its day: how, when, how early.
pub(super) static HOW: WordSet<128> = WordSet::new(
    "a b c and the his her at by via to viable healthy live liveborn beautiful vigorous first second vaginally vaginal \
    spontaneous svd nsvd vbac assisted vacuum forceps repeat primary urgent emergent emergency stat low transverse \
    cesarean caesarean section cs ltcs delivery weeks week wks wk days gestation gestational ga ega term preterm \
    prematurely premature early late home hospital over in",
);
/// In what a child is counted before it is born.
static WEEKS: WordSet<8> = WordSet::new("weeks wks wk gestation ga ega");
static WAS: WordSet<8> = WordSet::new("was were been");
static MOTHERS: WordSet<16> = WordSet::new("mom mother she mum mama");
/// What stands beside the day of a delivery that is no parcel.
static DELIVERY: WordSet<16> = WordSet::new("infant baby newborn apgar apgars sex gestation ega girl boy");
/// Which of two entries stands behind it, in lines of their own.
static ENTRIES: WordSet<32> = WordSet::new("current correct corrected old new previous incorrect wrong now was actual");
/// Who a caller is was asked: `Verified: name, `.
static ASKED: WordSet<32> = WordSet::new("verified verify verifies identity identified identifiers confirmed id");
/// Words before a value that was refused, and what is said of such.
static GOT: WordSet<8> = WordSet::new("got received found given was");
static EXPECTED: WordSet<16> = WordSet::new("must expected expects invalid should format");
/// How far before a date its birth may be told, in bytes.
const TOLD: usize = 72;
const CORRECTION: usize = 96;
const WORDS: usize = 14;

impl Scan<'_, '_> {
    /// Whether words around the date say that somebody was born then.
    #[inline]
    pub(in crate::guard::scan) fn told_birth(&self, span: (usize, usize)) -> bool {
        let may = match byte::prev(self.bytes, span.0) {
            b' ' => match byte::prev(self.bytes, span.0 - 1) {
                b'n' | b'N' => byte::prev(self.bytes, span.0 - 2) | 0x20 == b'o',
                byte => matches!(byte, b':' | b'e' | b'd' | b't' | b',') || byte::peek(self.bytes, span.1) == b',',
            },
            byte => matches!(byte, b'"' | b'\''),
        };
        may && self.tells_birth(span)
    }

    #[inline(never)]
    fn tells_birth(&self, (start, end): (usize, usize)) -> bool {
        let bytes = self.bytes;
        if byte::peek(bytes, end) == b',' && when_born(bytes, end) {
            return true;
        }
        if bytes[..start].ends_with(b" on ") || bytes[..start].ends_with(b" ON ") {
            return delivered(bytes, start - 3, end);
        }
        let (from, stop) = word_before(bytes, start);
        let word = &bytes[from..stop];
        match byte::prev(bytes, start - 1) {
            b':' if byte::prev(bytes, start) == b' ' => self.is_entry(from, word) || of_delivery(bytes, (start, end)),
            b',' => asked_with_name(bytes, start),
            _ if word.eq_ignore_ascii_case(b"be") || word.eq_ignore_ascii_case(b"read") => {
                let should = word_before(bytes, from);
                bytes[should.0..should.1].eq_ignore_ascii_case(b"should") && self.birth_before(should.0, true)
            }
            _ => GOT.has(word) && said_before(bytes, from, 40, &EXPECTED) && self.birth_before(from, false),
        }
    }

    /// Whether the last cue before `at` is one of birth; numbers of the person may stand between, dates that are
    /// asked for when the value was refused, but not the birth date itself.
    fn birth_before(&self, at: usize, plain: bool) -> bool {
        let floor = byte::back_to(self.bytes, at, b'\n', TOLD);
        let skipped = |class| match class {
            CueClass::Mrn | CueClass::Ssn | CueClass::Plan | CueClass::Account => plain,
            CueClass::Date => !plain,
            _ => false,
        };
        let cues = self.cues[..self.cues_before(at)].iter().rev().take_while(|cue| cue.start >= floor);
        let cue = cues.into_iter().find(|cue| !cue.weak && !skipped(cue.class));
        cue.is_some_and(|cue| {
            let birth = self.out.last().filter(|last| last.kind() == Kind::Dob && last.start() >= cue.end);
            // `DOB was entered as 3/4/1951 and should read`.
            let goes_on = |end| matches!(self.bytes.get(end..at), Some(b" and " | b", and " | b" but " | b", but "));
            cue.class == CueClass::Dob && birth.is_none_or(|birth| goes_on(birth.end()))
        })
    }

    /// Whether the value is one of two entries below a line about a birth: `DOB correction⏎Current: …⏎Correct: …`.
    fn is_entry(&self, from: usize, word: &[u8]) -> bool {
        let leads = matches!(byte::prev(self.bytes, from), b'\n' | b'\r');
        leads && ENTRIES.has(word) && {
            let cue = self.cues[..self.cues_before(from)].iter().rfind(|cue| !cue.weak);
            cue.is_some_and(|cue| cue.class == CueClass::Dob && from - cue.end < CORRECTION)
        }
    }
}

/// `His story begins on May 3, 1946, when he was born`.
fn when_born(bytes: &[u8], end: usize) -> bool {
    let rest = &bytes[end..bytes.len().min(end + 24)];
    rest.get(..7).is_some_and(|when| when.eq_ignore_ascii_case(b", when "))
        && rest.windows(8).any(|part| part.eq_ignore_ascii_case(b"was born"))
}

/// `Delivery date: 11/27/2019  Sex: M`.
fn of_delivery(bytes: &[u8], (start, end): (usize, usize)) -> bool {
    let label = |label: &[u8]| {
        start.checked_sub(label.len()).is_some_and(|from| bytes[from..start].eq_ignore_ascii_case(label))
    };
    let rest = &bytes[end..bytes.len().min(end + TOLD)];
    let line = rest.split(|byte| *byte == b'\n').next().unwrap_or(&[]);
    (label(b"delivery date: ") || label(b"date of delivery: ")) && any_word(line, 0, line.len(), &DELIVERY)
}

/// `Identity check: full name, 3/10/1984`, `Verified: name, 3/10/1984`.
fn asked_with_name(bytes: &[u8], start: usize) -> bool {
    let name = &bytes[start.saturating_sub(7)..start];
    name.eq_ignore_ascii_case(b" name, ") && said_before(bytes, start, 40, &ASKED)
}

/// Whether a birth is told before the ` on ` at `on`, with nothing but how and when between.
fn delivered(bytes: &[u8], on: usize, end: usize) -> bool {
    let floor = on.saturating_sub(TOLD);
    let (mut at, mut infant, mut weeks, mut names, mut lines) = (on, false, false, 0, 0);
    for _ in 0..WORDS {
        while at > floor && matches!(bytes[at - 1], b' ' | b',' | b'-' | b'/' | b':' | b'\'' | b'+' | b'\n' | b'\r') {
            at -= 1;
            lines += usize::from(bytes[at] == b'\n');
        }
        let stop = at;
        at = byte::back(bytes, stop, ALNUM, 16);
        let word = &bytes[at..stop];
        let digits = byte::at(word, 0, DIGIT);
        let is = |one: &[u8]| word.eq_ignore_ascii_case(one);
        if word.is_empty() || (at <= floor && floor > 0) || lines > 1 || (digits && is_year(bytes, at, stop)) {
            return false;
        }
        match word.len() {
            4 if is(b"born") => return names == 0,
            7 if is(b"arrived") => {
                return bytes[end..].starts_with(b" weighing") || bytes[end..].starts_with(b" WEIGHING");
            }
            9 if is(b"delivered") => {
                return infant || of_infant(bytes, at, (weeks, names)) || behind(bytes, end);
            }
            _ => {}
        }
        let known = digits || HOW.has(word);
        // `36w4d`.
        weeks |= known && (if digits { word.contains(&b'w') } else { WEEKS.has(word) });
        if !known && INFANTS.has(word) {
            infant = true;
        } else if !known {
            names += 1;
            if names > 1 || !byte::at(word, 0, UPPER) {
                return false;
            }
        }
    }
    false
}

/// Whether the digits are those of another day, and no week or time: `born 9/5/1939, on`, `born 1939, on`.
fn is_year(bytes: &[u8], start: usize, end: usize) -> bool {
    let at = || bytes[..start].last_chunk::<4>().is_some_and(|at| at.eq_ignore_ascii_case(b" at "));
    byte::peek(bytes, end) == b'/' || byte::prev(bytes, start) == b'/' || (end - start == 4 && !at())
}

/// Whether a child is delivered: `Infant was delivered`, `Ana was delivered at 34 weeks`, `Mom delivered Ana`.
fn of_infant(bytes: &[u8], verb: usize, (weeks, names): (bool, usize)) -> bool {
    let (mut from, mut end) = word_before(bytes, verb);
    let was = WAS.has(&bytes[from..end]);
    if was {
        (from, end) = word_before(bytes, from);
    }
    let who = &bytes[from..end];
    INFANTS.has(who) || (was && weeks) || (!was && names == 1 && MOTHERS.has(who))
}

/// `She delivered early, on 4/15/2018, a girl`.
fn behind(bytes: &[u8], end: usize) -> bool {
    let rest = bytes.get(end..).unwrap_or(&[]);
    let article = rest.get(..4).is_some_and(|a| a.eq_ignore_ascii_case(b", a "));
    article && INFANTS.has(&rest[4..byte::skip(rest, 4, ALPHA)])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_delivery_of_a_child_has_a_day() {
        for (text, want) in [
            ("Infant delivered on", true),
            ("The baby was delivered by repeat C-section on", true),
            ("Ana was delivered at 34 weeks on", true),
            ("Mom delivered Ana on", true),
            ("delivered a healthy girl on", true),
            ("Child was born at 31 weeks on", true),
            ("born via repeat C-section on", true),
            ("Twin A was born at 0802 and Twin B at 0806 on", true),
            ("Baby formula delivered on", false),
            ("Mom delivered the form on", false),
            ("The letter was delivered at noon on", false),
            ("was born in Ohio, seen on", false),
            ("Born at 31 weeks. Seen on", false),
            ("born 09/05/1939, on", false),
            ("born 1939, at home on", false),
            ("Meds delivered on", false),
        ] {
            let text = format!(" {text} ");
            assert_eq!(delivered(text.as_bytes(), text.len() - 3, text.len()), want, "{text}");
        }
        assert!(behind(b"3/4, a girl,", 3) && !behind(b"3/4, a bill,", 3));
    }
}
