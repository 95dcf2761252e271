//! Births that are told beside another one or by a birthday: `Brother's birthdate 11/26/14, sister 1/25/18`, `DOB
//! 1/27/1984; jail lists 3/5/1986`, `turned 55 on April 19`, `Age/DOB: 46y 01/13/1978`.

use super::super::Scan;
use super::super::bearer::listed;
use super::super::date::{Parts, full_year};
use super::super::dated;
use super::super::near::{any_word, previous_word};
use super::told::{HOW, INFANTS};
use crate::guard::Kind;
use crate::guard::byte::{self, ALPHA, DIGIT};
use crate::guard::cue::CueClass;
use crate::guard::words::WordSet;

/// Whose birth goes on a list.
static KIN: WordSet<64> = WordSet::new(
    "brother sister sibling son daughter mother father mom dad mum wife husband spouse partner twin baby child infant \
    mine hers his",
);
/// Of which children there is a first one: `First child, Ruth, 12/27/2020`.
static CHILDREN: WordSet<16> = WordSet::new("child son daughter baby twin boy girl kid");
static NTH: WordSet<32> =
    WordSet::new("first second third fourth oldest eldest older younger youngest middle last other only");
/// Who will be an age.
static WHO: WordSet<32> =
    WordSet::new("he she they i who mom mother dad father pt patient client resident son daughter wife husband");
/// Whose kin it is.
const WHOSE: [&str; 5] = [" his", " her", " my", " their", " the"];
/// What another paper says of a birth.
static SAYS: WordSet<16> = WordSet::new("lists says shows reads states gives has had");
/// How a child is born, right before its day.
static MODES: WordSet<32> =
    WordSet::new("section csection vaginally delivery forceps vacuum cesarean caesarean svd nsvd vbac ltcs");
/// What an age is counted in, and a sex beside it.
static YEARS: WordSet<16> = WordSet::new("y yo yr yrs years f m");
/// How long what stands between two births may be, in bytes, and how far a birth is told before its day.
const BESIDE: usize = 44;
const TOLD: usize = 64;
/// No brother is so much older, in years.
const SIBLINGS: u32 = 25;

impl Scan<'_, '_> {
    /// Whether the day is a birth by what stands before it, without a label of its own.
    #[inline]
    pub(in crate::guard::scan) fn told_of_other(&self, span: (usize, usize), parts: Parts) -> bool {
        if !matches!(byte::prev(self.bytes, span.0), b' ' | b'(') {
            return false;
        }
        let beside = || {
            let last = self.out.last().filter(|last| last.kind() == Kind::Dob);
            last.is_some_and(|last| span.0.wrapping_sub(last.end()) <= BESIDE)
        };
        (may_say(self.bytes, span.0) && self.says_birth(span, parts) || beside() && self.beside_birth(span, parts))
            && self.rules.may_be_born(parts)
    }

    #[inline(never)]
    fn says_birth(&self, (start, end): (usize, usize), parts: Parts) -> bool {
        let bytes = self.bytes;
        let before = &bytes[..start];
        if parts.year.is_none() || parts.day.is_none() {
            return parts.day.is_some() && before.ends_with(b" on ") && turned(bytes, start - 4);
        }
        match before {
            // `The twin, Ann, delivered the same day (November 18, 1980)`.
            [.., b'('] => {
                let same = before.ends_with(b"delivered the same day (") || before.ends_with(b"born the same day (");
                same && byte::peek(bytes, end) == b')'
            }
            [.., b',', b' '] => listed(bytes, (start, end)) || nth_child(bytes, start),
            [.., b'a', b'r', b'r', b'i', b'v', b'e', b'd', b' '] => {
                let at = bytes.get(end..).unwrap_or(&[]);
                let clock =
                    at.starts_with(b" at ") && (byte::is_shape(at, 4, b"d:dd") || byte::is_shape(at, 4, b"dd:dd"));
                let moved = at.windows(6).take(24).any(|part| part == b" from " || part[..5] == *b" via ");
                INFANTS.has(previous_word(bytes, start - 8)) && !moved && (clock || at.starts_with(b", weighing"))
            }
            [.., byte, b' '] if MODES.has(previous_word(bytes, start)) && byte::is(*byte, ALPHA) => {
                delivered_by(bytes, start)
            }
            _ => aged(bytes, start),
        }
    }

    /// Whether the day goes on from a birth that stands before it.
    #[inline(never)]
    fn beside_birth(&self, (start, end): (usize, usize), parts: Parts) -> bool {
        let Some((last, year)) = self.out.last().map(|last| last.span()).zip(parts.year) else { return false };
        let bytes = self.bytes;
        let Some(gap) = bytes.get(last.end..start) else { return false };
        let dated = self.cues[..self.cues_before(start)]
            .iter()
            .rev()
            .take_while(|cue| cue.start >= last.end)
            .any(|cue| matches!(cue.class, CueClass::Date | CueClass::Other) && !cue.weak);
        if parts.day.is_none() || dated || gap.iter().any(|byte| *byte == b'\n' || byte.is_ascii_digit()) {
            return false;
        }
        // `her date of birth is 1/24/1980. Mine is 6/4/1989`.
        if gap.len() <= 16 && gap.last_chunk::<9>().is_some_and(|own| own.eq_ignore_ascii_case(b" mine is ")) {
            return true;
        }
        let closes = matches!(byte::peek(bytes, end), 0 | b'.' | b',' | b';' | b')' | b'\n' | b'\r');
        let (aside, gap) = match gap {
            [b')', gap @ .., b' ', b'('] => (true, gap),
            [b')', ..] | [.., b'('] => return false,
            [gap @ .., b' '] => (false, gap),
            _ => return false,
        };
        let word = &gap[gap.len() - gap.iter().rev().take_while(|byte| byte::is(**byte, ALPHA)).count()..];
        let lead = gap[..gap.len() - word.len()].trim_ascii_end();
        let parted = gap.starts_with(b",") || gap.starts_with(b";") || gap.starts_with(b" ");
        let named = byte::at(word, 0, byte::UPPER) && byte::at(word, 1, byte::LOWER) && !dated::is_event(word);
        let joins = is_and(lead);
        if !parted || !closes || word.is_empty() {
            return false;
        }
        // `DOB 3/4/1951; last note says 5/6/2023`.
        let first = full_year(byte::number(&bytes[last.end.saturating_sub(2)..last.end]));
        let young = u32::from(year) <= first + SIBLINGS;
        match () {
            () if aside => named && joins && young && lead != b"," && lead != b";",
            () if SAYS.has(word) => young && matches!(gap[0], b',' | b';') && lead.len() > 1,
            // `born 3/4/1951, lost her son`.
            () if KIN.has(word) => {
                let own = WHOSE.iter().find_map(|whose| lead.strip_suffix(whose.as_bytes()));
                is_and(own.unwrap_or(lead))
            }
            () => named && joins && young && self.named_alike(last.start),
        }
    }

    /// Whether a first name stood before the label of the birth at `start`: `Ann DOB 10/4/2014, Ola 6/14/2022`.
    fn named_alike(&self, start: usize) -> bool {
        let cue = self.cues[..self.cues_before(start)].last().filter(|cue| cue.class == CueClass::Dob);
        cue.is_some_and(|cue| {
            let name = previous_word(self.bytes, cue.start);
            byte::at(name, 0, byte::UPPER) && byte::at(name, 1, byte::LOWER)
        })
    }
}

/// Whether nothing but a list goes on: `, and`.
fn is_and(gap: &[u8]) -> bool {
    matches!(gap, b"," | b";" | b" and" | b", and" | b" &")
}

/// Whether the last letters before a day leave it to be asked what they say of a birth.
#[inline]
fn may_say(bytes: &[u8], start: usize) -> bool {
    let before = &bytes[..start];
    match before {
        [.., b'y', b' ', b'(']
        | [.., b',', b' ']
        | [.., b'i', b'o', b'n' | b'N', b' ']
        | [.., b'l' | b'r', b'y', b' '] => true,
        [.., a, b' ', b'o', b'n', b' '] => a.is_ascii_digit(),
        [.., b'v', b'e', b'd', b' '] | [.., b'v' | b'V', b'd' | b'D', b' '] | [.., b'y', b'o', b' '] => true,
        [.., a, b'y' | b'M' | b'F' | b'm' | b'f', b' '] => matches!(a, b' ' | b'/') || a.is_ascii_digit(),
        // `Age/DOB: 97 `.
        [.., a, b, b' '] => b.is_ascii_digit() && (*a == b' ' || a.is_ascii_digit()),
        _ => false,
    }
}

/// Whether somebody is an age from the day on, with ` on ` at `on`: `turned 55 on`, `she'll be 62 on`.
fn turned(bytes: &[u8], on: usize) -> bool {
    let start = byte::back(bytes, on, DIGIT, 4);
    if !(1..=3).contains(&(on - start)) || byte::prev(bytes, start) != b' ' {
        return false;
    }
    let verb = previous_word(bytes, start);
    let from = (start - 1).saturating_sub(verb.len());
    match verb {
        b"turned" | b"turns" | b"Turned" | b"Turns" | b"turning" | b"turn" => true,
        b"be" => {
            let will = previous_word(bytes, from);
            let who = from.saturating_sub(will.len() + 1);
            // `she'll`.
            let pronoun = || &bytes[byte::back(bytes, who.saturating_sub(1), ALPHA, 8)..who.saturating_sub(1)];
            (will == b"ll" && WHO.has(pronoun())) || (will == b"will" && WHO.has(previous_word(bytes, who)))
        }
        _ => false,
    }
}

/// `First child, Ruth, 12/27/2020`.
fn nth_child(bytes: &[u8], start: usize) -> bool {
    let name = byte::back(bytes, start.saturating_sub(2), ALPHA, 16);
    let Some(child) = bytes[..name].strip_suffix(b", ").map(<[u8]>::len) else { return false };
    let from = byte::back(bytes, child, ALPHA, 10);
    byte::at(bytes, name, byte::UPPER) && CHILDREN.has(&bytes[from..child]) && NTH.has(previous_word(bytes, from))
}

/// Whether nothing but how and when stands between `Delivered` or `born` and the day: `Delivered by stat section`.
fn delivered_by(bytes: &[u8], start: usize) -> bool {
    let floor = start.saturating_sub(TOLD);
    let mut at = start;
    while at > floor {
        while at > floor && matches!(bytes[at - 1], b' ' | b'-' | b'/') {
            at -= 1;
        }
        let end = at;
        at = byte::back(bytes, end, ALPHA, 12);
        let word = &bytes[at..end];
        if word.eq_ignore_ascii_case(b"delivered") || word.eq_ignore_ascii_case(b"born") {
            return true;
        }
        if !(HOW.has(word) || MODES.has(word)) {
            return false;
        }
    }
    false
}

/// Whether an age stands before the birth, and a label of both before that: `Age/DOB: 46y `, `Age/Sex/DOB: 46 M `.
fn aged(bytes: &[u8], start: usize) -> bool {
    let trim = |at: usize| at - usize::from(matches!(byte::prev(bytes, at), b' ' | b'/'));
    let mut at = trim(start);
    for _ in 0..2 {
        let word = byte::back(bytes, at, ALPHA, 6);
        if word < at && YEARS.has(&bytes[word..at]) {
            at = trim(word);
        }
    }
    let age = byte::back(bytes, at, DIGIT, 4);
    if !(1..=3).contains(&(at - age)) || age == 0 {
        return false;
    }
    let label = age - bytes[..age].iter().rev().take(3).take_while(|byte| b" :=|-".contains(byte)).count();
    let (from, to) = (label.saturating_sub(16), label);
    label < age
        && any_word(bytes, from, to, &AGES)
        && [&b"/dob"[..], b"/ dob", b"/d.o.b.", b"/birthdate", b"/birth date"].iter().any(|births| {
            label.checked_sub(births.len()).is_some_and(|at| bytes[at..label].eq_ignore_ascii_case(births))
        })
}

static AGES: WordSet<4> = WordSet::new("age ages");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn somebody_turns_an_age() {
        for (text, want) in [
            ("He turned 55", true),
            ("she'll be 62", true),
            ("Pt will be 21", true),
            ("The rate will be 45", false),
            ("turned 2000", false),
            ("seen 3", false),
        ] {
            assert_eq!(turned(text.as_bytes(), text.len()), want, "{text}");
        }
    }

    #[test]
    fn an_age_or_a_delivery_leads_to_a_birth() {
        for (text, want) in [
            ("Age/DOB: 46y ", true),
            ("Age/Sex/DOB: 67/F ", true),
            ("Age: 46 ", false),
            ("46 ", false),
            ("Delivered by stat section ", true),
            ("Package delivered by section lead ", false),
            ("s/p section ", false),
        ] {
            let (bytes, end) = (text.as_bytes(), text.len());
            assert_eq!(aged(bytes, end) || delivered_by(bytes, end), want, "{text}");
        }
    }
}
