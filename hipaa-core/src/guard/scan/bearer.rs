//! A birth date without a word for it, told by its place beside a person: `68yo F (3/4/1951)`, `HILL,MARY  3/4/1951  MRN
//! 4482913`. Only dates of long ago are asked, as those of visits stand at such places, too.

use super::Scan;
use super::date::Parts;
use super::near::{any_word, previous_word, said_before, word_behind};
use crate::guard::byte::{self, ALNUM, ALPHA, DIGIT, UPPER};
use crate::guard::cue::CueClass;
use crate::guard::words::WordSet;
use crate::guard::{Finding, Kind};

/// Nobody keeps records of visits from so long ago.
const LONG_AGO: u16 = 1985;
/// The last year of birth that another date must tell from that of a visit.
const LATEST: u16 = 2000;
/// How far away such a date may stand, in bytes.
const AROUND: usize = 160;
/// How old somebody must be, and the years in which the age was told.
const ADULT: u32 = 30;
/// The same where a later year is told besides.
const GROWN: u32 = 18;
const TOLD: std::ops::RangeInclusive<u32> = 2001..=2030;

/// What may stand between the number of an age and a date.
static AGED: WordSet<64> =
    WordSet::new("yo y o yr yrs year years old f m male female man woman lady gentleman pt patient");
/// The ones that make an age of the number.
static OLD: WordSet<16> = WordSet::new("yo y yr yrs year years");
static SEXES: WordSet<8> = WordSet::new("f m male female");
/// What is said of a person and no operation.
static SAID: WordSet<32> =
    WordSet::new("seen called calling presents presented requests requesting wants needs reports here");
/// What stands before the name of whom a text is about.
static ABOUT: WordSet<32> =
    WordSet::new("re pt patient name for regarding mother father mom dad guarantor subscriber label pdmp");
/// A person in words, before whose name a comma stands.
static PERSONS: WordSet<32> = WordSet::new("f m male female man woman lady gentleman");
/// What a name is read from, and what is searched for one.
static BANDS: WordSet<16> = WordSet::new("wristband band armband bracelet wrist label");
static WRISTS: WordSet<16> = WordSet::new("wristband band armband bracelet wrist");
static LISTS: WordSet<4> = WordSet::new("pdmp csrs");
static SOUGHT: WordSet<8> = WordSet::new("search searched query queried");

impl Scan<'_, '_> {
    /// Whether a date without a cue stands where birth dates do, beside an age, a sex or a name and a number.
    #[inline]
    pub(super) fn of_bearer(&self, span: (usize, usize), parts: Parts) -> bool {
        let open = || byte::prev(self.bytes, span.0) == b'(' && byte::peek(self.bytes, span.1) != b' ';
        let may = |year: &u16| (1900..=LATEST).contains(year) || (*year > LATEST && open());
        parts.day.is_some() && parts.year.filter(may).is_some_and(|year| self.bears(span, year))
    }

    #[inline(never)]
    fn bears(&self, span: (usize, usize), year: u16) -> bool {
        let bytes = self.bytes;
        // `3-4-51` is no date but for its label.
        let short = byte::is_shape(bytes, span.1.saturating_sub(4), b"d-dd") && !byte::is_shape(bytes, span.0, b"dddd");
        let Some((at, tight)) = (if short { None } else { lead(bytes, span.0) }) else { return false };
        let agrees = || !tight && ends(bytes, span) && of_age(bytes, at, u32::from(year));
        if year > LATEST {
            return in_aside(bytes, span, at) || (agrees() && later(bytes, span));
        }
        if agrees()
            || in_aside(bytes, span, at)
            || sought(bytes, at)
            || on_band(bytes, at)
            || in_columns(bytes, (at, span.0))
        {
            return true;
        }
        if year > LONG_AGO && !later(bytes, span) {
            return false;
        }
        let sexed = || {
            let column = || sex_in_column(bytes, span.1) && named(bytes, at).is_some();
            apart(bytes, span) && (sex_before(bytes, at) || sex_behind(bytes, span.1) || column())
        };
        let numbered = || named(bytes, at).is_some() && self.number_behind(span.1);
        sexed()
            || numbered()
            || spoken_of(bytes, span, at, u32::from(year))
            || (apart(bytes, span) && self.number_before(at))
            || (ends(bytes, span) && about(bytes, at))
            || in_capitals(bytes, span, at)
            || after_sex(bytes, span.0, at)
    }

    /// Whether a label or the shape of a number of a person follows: `  MRN 4482913`, ` (412) 636-4270`.
    fn number_behind(&self, end: usize) -> bool {
        let next = beyond(self.bytes, end);
        // `Ana Hill 1/8/1957 84759315`.
        let len = byte::skip(self.bytes, next, ALNUM | byte::JOIN) - next;
        let bare = (6..=9).contains(&len) && self.planes.digits_in(next, next + len) == len;
        let shaped =
            [&b"ddd-dd-dddd"[..], b"ddd-ddd-dddd", b"(ddd) ddd-dddd", b"ddd.ddd.dddd", b"dddddddddd", b"+1 ddd"]
                .iter()
                .any(|shape| byte::is_shape(self.bytes, next, shape));
        let upto = self.cues_before(next + 1);
        let cue = upto.checked_sub(1).and_then(|i| self.cues.get(i)).filter(|cue| cue.start == next);
        let of_person = |class| matches!(class, CueClass::Mrn | CueClass::Ssn | CueClass::Phone | CueClass::Fax);
        // `| MR knee`.
        let numbered = |at: usize| {
            let from = at + self.bytes[at..].iter().take(3).take_while(|byte| b" :#".contains(byte)).count();
            let stop = byte::skip(self.bytes, from, ALNUM).min(from + 16);
            matches!(self.bytes.get(from..stop), Some(value) if value.iter().any(u8::is_ascii_digit))
                || byte::peek(self.bytes, from) == b'('
        };
        next > end && (bare || shaped || cue.is_some_and(|cue| of_person(cue.class) && numbered(cue.end)))
    }

    /// Whether the number of a person was found right before.
    fn number_before(&self, at: usize) -> bool {
        let last = self.out.last().filter(|last: &&Finding| last.end() == at);
        last.is_some_and(|last| matches!(last.kind(), Kind::Mrn | Kind::Ssn))
    }
}

/// Where what stands before a date ends, without what parts them, and whether that is one blank only.
fn lead(bytes: &[u8], start: usize) -> Option<(usize, bool)> {
    let floor = start.saturating_sub(8);
    let mut at = start;
    while at > floor && matches!(bytes[at - 1], b' ' | b',' | b'|' | b'/' | b'(' | b'\t') {
        at -= 1;
    }
    let parted = at < start && at > floor.max(1) && !bytes[at..start].ends_with(b"/ /");
    parted.then_some((at, bytes[at..start] == *b" "))
}

/// Whether a name stands before the parenthesis with the date, and a sex behind it or in it: `HILL,ANA  (1/14/1957)  F`,
/// `Ana Hill (8/28/1940, F, 7582091)`.
fn in_aside(bytes: &[u8], (start, end): (usize, usize), at: usize) -> bool {
    let rest = bytes.get(end..).unwrap_or(&[]);
    let from = match rest {
        [b')', b' ', b' ', ..] => 3,
        [b')', b' ', ..] | [b',', b' ', ..] => 2,
        _ => return false,
    };
    let stop = byte::skip(rest, from, ALPHA);
    let word = &rest[from..stop];
    let closed = matches!(byte::peek(rest, stop), 0 | b',' | b';' | b')' | b'\n' | b'\r' | b'|')
        || rest.get(stop..stop + 2) == Some(b"  ");
    // `Ivanova, James, 07/30/1952, F`.
    let listed = || bytes[at..start] == *b", " && rest[0] == b',' && word.len() == 1;
    (byte::prev(bytes, start) == b'(' || listed())
        && byte::at(word, 0, UPPER)
        && SEXES.has(word)
        && closed
        && named(bytes, at).is_some()
}

/// Whether a name stands before the date and a sex behind it, parted by commas: `Appointment for Ivanova, James,
/// 07/30/1982, F, with`.
pub(super) fn listed(bytes: &[u8], span: (usize, usize)) -> bool {
    let sexed = matches!(bytes.get(span.1..span.1 + 3), Some(b", F" | b", M"));
    sexed && lead(bytes, span.0).is_some_and(|(at, _)| in_aside(bytes, span, at))
}

/// Whether a name and a sex stand before the date, parted by wide blanks: `HILL, ANA   F   03/08/1942`.
fn in_columns(bytes: &[u8], (at, start): (usize, usize)) -> bool {
    let blanks = bytes[..at.saturating_sub(1)].iter().rev().take(5).take_while(|byte| **byte == b' ').count();
    let name = at.saturating_sub(1 + blanks);
    blanks > 1
        && start - at > 1
        && bytes[at..start].iter().all(|byte| *byte == b' ')
        && matches!(bytes[at - 1], b'F' | b'M')
        && named(bytes, name).is_some()
}

/// `Pt Hill, Ana, F, 1/2/1938`.
fn after_sex(bytes: &[u8], start: usize, at: usize) -> bool {
    let word = byte::back(bytes, at, ALPHA, 12);
    bytes[at..start] == *b", "
        && PERSONS.has(&bytes[word..at])
        && bytes[..word].ends_with(b", ")
        && named(bytes, word - 2).is_some()
}

/// `Wristband: HILL,ANA 5/21/1956`, `Wristband reads HILL, ANA 5/21/1956`, `Name band checked, reads HILL 13JUL1980`.
fn on_band(bytes: &[u8], at: usize) -> bool {
    let single = || {
        let name = byte::back(bytes, at, ALPHA, 20);
        byte::at(bytes, name, UPPER)
            && matches!(previous_word(bytes, name), b"reads" | b"says" | b"shows")
            && said_before(bytes, name, 40, &WRISTS)
    };
    single()
        || named(bytes, at).is_some_and(|start| {
            let read = previous_word(bytes, start);
            let from = start.saturating_sub(read.len() + 1);
            let labelled = || {
                let label = bytes[..start].strip_suffix(b": ").unwrap_or(&[]);
                WRISTS.has(&label[byte::back(label, label.len(), ALPHA, 12)..])
            };
            (matches!(read, b"reads" | b"says" | b"shows") && BANDS.has(previous_word(bytes, from))) || labelled()
        })
}

/// `PDMP search Hill 11/23/1970`.
fn sought(bytes: &[u8], at: usize) -> bool {
    let name = byte::back(bytes, at, ALPHA, 20);
    byte::at(bytes, name, UPPER) && SOUGHT.has(previous_word(bytes, name)) && said_before(bytes, name, 40, &LISTS)
}

/// The place behind what parts a date from the next word.
pub(super) fn beyond(bytes: &[u8], end: usize) -> usize {
    let rest = bytes.get(end..).unwrap_or(&[]);
    end + rest.iter().take(6).take_while(|byte| matches!(**byte, b' ' | b',' | b'|' | b'/' | b')' | b'\t')).count()
}

/// Whether a name stands before the parenthesis around the date, and what is said of a person behind, or an age that
/// agrees: `Mary Hill (3/4/51) seen today`, `Hill, Omar (1/12/1955) 71 yo M`.
fn spoken_of(bytes: &[u8], (start, end): (usize, usize), at: usize, year: u32) -> bool {
    let aside = byte::prev(bytes, start) == b'(' && byte::peek(bytes, end) == b')';
    let said = || SAID.has(word_behind(bytes, end + 1)) || age_behind(bytes, end + 1, year);
    aside && said() && named(bytes, at).is_some()
}

/// Whether an age stands behind ` ` at `at` that makes a year of our times from that of the date.
fn age_behind(bytes: &[u8], at: usize, year: u32) -> bool {
    let start = at + usize::from(byte::peek(bytes, at) == b' ');
    let end = byte::skip(bytes, start, DIGIT);
    (2..=3).contains(&(end - start))
        && TOLD.contains(&(year + byte::value(bytes, start, end)))
        && OLD.has(word_behind(bytes, end))
}

/// Whether a clause, a cell or a line ends behind the date, and with the parenthesis that opens before it.
fn ends(bytes: &[u8], (start, end): (usize, usize)) -> bool {
    match byte::prev(bytes, start) {
        b'(' => byte::peek(bytes, end) == b')',
        _ => {
            matches!(byte::peek(bytes, end), 0 | b',' | b';' | b'\n' | b'\r' | b'|' | b'\t')
                || matches!(bytes.get(end..end + 2), Some(b" /" | b" |" | b"  " | b". " | b".\n"))
                || bytes[end..] == *b"."
        }
    }
}

/// Whether the date fills a cell: bars, slashes or wide blanks stand on both sides.
fn apart(bytes: &[u8], (start, end): (usize, usize)) -> bool {
    let before = matches!(byte::prev(bytes, start), b'|' | b'\t')
        || [&b"| "[..], b"  ", b" / "].iter().any(|lead| bytes[..start].ends_with(lead));
    before && !matches!(byte::peek(bytes, end), b',' | b';') && ends(bytes, (start, end))
}

/// Whether an age that ends at `at` makes a year of our times from that of the date.
fn of_age(bytes: &[u8], at: usize, year: u32) -> bool {
    let floor = byte::back_to(bytes, at, b'\n', 32);
    let Some(last) = bytes[floor..at].iter().rposition(u8::is_ascii_digit) else { return false };
    let end = floor + last + 1;
    let start = byte::back(bytes, end, DIGIT, 4);
    let age = byte::value(bytes, start, end);
    let signs = |byte: &u8| byte::is(*byte, ALPHA) || matches!(byte, b' ' | b'-' | b'/' | b'.');
    let glued = matches!(bytes[end..at], [b'F' | b'M']);
    let words = || bytes[end..at].split(|byte| !byte::is(*byte, ALPHA)).filter(|word| !word.is_empty());
    (2..=3).contains(&(end - start))
        && !byte::is(byte::prev(bytes, start), ALNUM | byte::JOIN)
        && (if year > u32::from(LATEST) { GROWN } else { ADULT }..=120).contains(&age)
        && TOLD.contains(&(year + age))
        && bytes[end..at].iter().all(signs)
        && words().all(|word| AGED.has(word))
        && (glued || any_word(bytes, end, at, &OLD))
}

/// Whether a later year of our times is told close by.
fn later(bytes: &[u8], (start, end): (usize, usize)) -> bool {
    let told = |text: &[u8]| {
        text.windows(4).any(|four| matches!(four, [b'2', b'0', b'2', b'0'..=b'9'] | [b'2', b'0', b'1', b'8'..=b'9']))
    };
    #[cfg(test)]
    crate::guard::steps::add(2 * AROUND);
    told(&bytes[start.saturating_sub(AROUND)..start]) || told(&bytes[end..bytes.len().min(end + AROUND)])
}

/// Whether the cell before holds a sex, or ends with one: `| F |`, `HILL,MARY F |`.
fn sex_before(bytes: &[u8], at: usize) -> bool {
    let word = &bytes[byte::back(bytes, at, ALPHA, 8)..at];
    let start = at - word.len();
    byte::at(word, 0, UPPER)
        && SEXES.has(word)
        && (matches!(byte::prev(bytes, start), b'|' | b'\t')
            || (byte::prev(bytes, start) == b' '
                && (bytes[..start].ends_with(b"| ") || named(bytes, start - 1).is_some())))
}

/// Whether the cell behind holds a sex: `|M|`.
fn sex_behind(bytes: &[u8], end: usize) -> bool {
    let next = beyond(bytes, end);
    let stop = byte::skip(bytes, next, ALPHA);
    let barred = matches!(byte::peek(bytes, end), b'|' | b'\t') || bytes[end..].starts_with(b" |");
    barred
        && byte::at(bytes, next, UPPER)
        && SEXES.has(&bytes[next..stop])
        && (matches!(byte::peek(bytes, stop), b'|' | b'\t') || bytes[stop..].starts_with(b" |"))
}

/// Whether the column behind holds a sex: `HILL, ANA  2/3/1955  F  MRN 4482913`.
fn sex_in_column(bytes: &[u8], end: usize) -> bool {
    let next = beyond(bytes, end);
    let alone = matches!(bytes.get(next + 1..next + 3), None | Some(b"  ")) || byte::peek(bytes, next + 1) == b'\n';
    bytes[end..].starts_with(b"  ") && matches!(byte::peek(bytes, next), b'F' | b'M') && alone
}

/// Whether surname and first name in capitals stand before the parenthesis around the date: `HILL,ANA (7/23/1963) - `.
fn in_capitals(bytes: &[u8], (start, end): (usize, usize), at: usize) -> bool {
    let aside = byte::prev(bytes, start) == b'(' && byte::peek(bytes, end) == b')';
    let capitals =
        |name: &[u8]| name.contains(&b',') && name.iter().all(|byte| byte::is(*byte, UPPER) || b", '.".contains(byte));
    aside && named(bytes, at).is_some_and(|name| capitals(&bytes[name..at]))
}

/// Where a name of two words starts that ends at `at`, perhaps with an initial or a sex behind: `Hill, Mary`,
/// `HILL,MARY F`, `Priya L.`
pub(super) fn named(bytes: &[u8], at: usize) -> Option<usize> {
    let word = |end: usize| {
        let end = end - usize::from(byte::prev(bytes, end) == b'.');
        (byte::back(bytes, end, ALPHA, 20), end)
    };
    let mut last = word(at);
    if last.1 - last.0 == 1 && last.1 == at && byte::prev(bytes, last.0) == b' ' {
        last = word(last.0 - 1);
    }
    if byte::prev(bytes, last.0) == b'\'' {
        last.0 = byte::back(bytes, last.0 - 1, ALPHA, 4);
    }
    let gap = last.0 - bytes[..last.0].iter().rev().take(2).take_while(|byte| b" ,\t".contains(byte)).count();
    let mut first = word(gap);
    // `Rosa J. Hill`.
    if first.1 - first.0 == 1 && byte::prev(bytes, first.0) == b' ' && byte::at(bytes, first.0, UPPER) {
        first = word(first.0 - 1);
    }
    let name = |(start, end): (usize, usize)| end > start && byte::at(bytes, start, UPPER);
    // `O'Brien`.
    let start = if byte::prev(bytes, first.0) == b'\'' { byte::back(bytes, first.0 - 1, ALPHA, 4) } else { first.0 };
    let both = gap < last.0 && name(last) && name(first) && (first.1 - first.0 > 1);
    both.then_some(start)
}

/// Whether the name of whom the text is about stands before: `Re: Mary Hill`, `Pt Priya L.`
fn about(bytes: &[u8], at: usize) -> bool {
    let Some(start) = named(bytes, at) else { return false };
    let colon = if bytes[..start].ends_with(b": ") { start - 1 } else { start };
    let end = colon - usize::from(colon == start && byte::prev(bytes, start) == b' ');
    let end = if colon < start { colon - 1 } else { end };
    let word = &bytes[byte::back(bytes, end, ALPHA, 12)..end];
    end < start && (ABOUT.has(word) || ABOUT.has(previous_word(bytes, start)))
}
