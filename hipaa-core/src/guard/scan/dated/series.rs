//! Days without a year in a series: results and weights by days (`INR 9/1 2.4, 9/6 3.1`), events of which the first
//! is known (`Fever started 6/2, rash 6/4`), checks and specialties (`wound check 6/9`, `podiatry 1/13`), shifts of a
//! log (`6/11 3-11: slept well`).

use super::again::RESULTS;
use super::stay::PARTS;
use super::{AGAIN, EVENTS, LAST, MEASURED, numbers};
use crate::guard::byte::{self, ALPHA, DIGIT};
use crate::guard::scan::near::{previous_word, word_before};
use crate::guard::words::WordSet;

/// What is measured day by day, beside the results of a laboratory.
static WEIGHED: WordSet<32> = WordSet::new("wt wts weight weights glucose glucoses fsbs bg sugars fbs fbg bp");
/// What a figure is told in.
static UNITS: WordSet<16> = WordSet::new("lb lbs kg kgs mg g");
/// What is done again to something, and to what.
static CHECKS: WordSet<16> = WordSet::new("check recheck eval change screen chg");
static CHECKED: WordSet<64> = WordSet::new(
    "inr pacer pacemaker device wound dressing drsg pt ot slp st gdm bp icd skin foley trach hearing vision depression incision",
);
/// Where somebody goes on a day, and what is done there.
static PLACES: WordSet<64> = WordSet::new(
    "podiatry dental dentist optometry ophtho ophthalmology dialysis dermatology urology cardiology neurology nephrology \
    gyn gtt ldct circ rash oncology rheum endo osh mychart",
);
static SIDES: WordSet<16> = WordSet::new("l r left right bilat bilateral");
/// Shares that stand in lists of days, too.
static SHARED: WordSet<32> =
    WordSet::new("goals goal reps tabs tab session sessions day dose doses visit ratio level class stage");
/// The tests whose result may be told right behind the day: `CT 8/19 neg`.
static TESTS: WordSet<32> = WordSet::new("ct cta mri tte tee echo cxr kub eeg ekg us egd bcx ucx dexa");
/// The hours of shifts.
const SHIFTS: [&str; 12] =
    ["7-3", "3-11", "11-7", "10-6", "2-10", "6-2", "7-7", "6-6", "7a-7p", "7p-7a", "7A-7P", "7P-7A"];
/// How long what stands between two days may be, and how many days.
const BETWEEN: usize = 24;
const DAYS: u32 = 100;

/// Whether the day stands before the result of a test or a weight, of which one before it has the name:
/// `INR 9/1 2.4`, `Wts: 6/2 128.4, 6/9 127.0`.
#[inline(never)]
pub(super) fn opens(bytes: &[u8], (start, end): (usize, usize)) -> bool {
    let Some(stop) = figure(bytes, end) else { return false };
    let (from, to) = word_before(bytes, start);
    let word = &bytes[byte::back(bytes, to, byte::ALNUM, 12)..to];
    // `glucose log: `, not `error log: `.
    let word = if word.eq_ignore_ascii_case(b"log") { previous_word(bytes, from) } else { word };
    let result = RESULTS.has(word);
    if !(result || WEIGHED.has(word)) {
        return false;
    }
    // `Na 1/2 0.9`.
    let (month, day) = numbers(bytes, (start, end));
    let named = result && bytes[end + 1..stop].contains(&b'.') && (month > day || day > 5);
    let next = stop + 2;
    let slash = byte::skip(bytes, next, DIGIT);
    let last = byte::skip(bytes, slash + 1, DIGIT);
    let series = bytes.get(stop..next) == Some(b", ")
        && byte::peek(bytes, slash) == b'/'
        && (1..=2).contains(&(slash - next))
        && (1..=2).contains(&(last - slash - 1))
        && later(bytes, (start, end), (next, last))
        && figure(bytes, last).is_some();
    series || named
}

/// Where the figure ends that follows a day, with its unit: ` 128.4`, ` - 128.4 lb`.
fn figure(bytes: &[u8], end: usize) -> Option<usize> {
    let rest = bytes.get(end..)?;
    let lead = [&b" - "[..], b": ", b" "].iter().find(|lead| rest.starts_with(lead)).map(|lead| lead.len())?;
    let whole = byte::skip(bytes, end + lead, DIGIT);
    let point = byte::peek(bytes, whole) == b'.' && byte::at(bytes, whole + 1, DIGIT);
    let stop = if point { byte::skip(bytes, whole + 1, DIGIT) } else { whole };
    let unit = byte::skip(bytes, stop + 1, ALPHA);
    let stop = if byte::peek(bytes, stop) == b' ' && UNITS.has(bytes.get(stop + 1..unit)?) { unit } else { stop };
    ((1..=3).contains(&(whole - end - lead)) && !byte::at(bytes, stop, ALPHA) && byte::peek(bytes, stop) != b'/')
        .then_some(stop)
}

/// Whether the second day is some days later in the year, and no share of as many parts.
fn later(bytes: &[u8], first: (usize, usize), second: (usize, usize)) -> bool {
    let ((month, day), (next, then)) = (numbers(bytes, first), numbers(bytes, second));
    let (from, to) = (month * 31 + day, next * 31 + then);
    let real = |month: u32, day: u32| (1..=12).contains(&month) && (1..=31).contains(&day);
    let days = if to < from { (to + 372).wrapping_sub(from) } else { to - from };
    real(month, day) && real(next, then) && day != then && (1..=DAYS).contains(&days)
}

/// Whether the day goes on from the one that ends at `last.1`: behind its result (` 2.4, `, ` TSH 6.2, `), or with an
/// event of its own up to the end of a clause (`, rash 6/4`).
pub(super) fn goes_on(bytes: &[u8], last: (usize, usize), span: (usize, usize)) -> bool {
    let gap = bytes.get(last.1..span.0).filter(|gap| (3..=BETWEEN).contains(&gap.len())).unwrap_or(&[]);
    let Some(comma) = gap.windows(2).position(|two| two == b", ") else { return false };
    let head = last.0 + bytes[last.0..last.1].iter().rposition(|byte| *byte == b'/').unwrap_or(0);
    // Of a day with a year, month and day.
    let short = |from: usize| bytes[from..last.1].iter().filter(|byte| **byte == b'/').count() == 1;
    if head == last.0 || !short(last.0) || !later(bytes, last, span) {
        return false;
    }
    let (value, event) = (&gap[..comma], gap[comma + 2..].trim_ascii_end());
    let plain = |byte: &u8| byte.is_ascii_alphanumeric() || b" .%-".contains(byte);
    let told = value.iter().any(u8::is_ascii_digit) && value.iter().all(plain) && byte::at(value, 0, byte::BLANK);
    let word = event.rsplit(|byte| *byte == b' ').next().unwrap_or(&[]);
    let events = word.len() > 3
        && event.iter().all(|byte| byte.is_ascii_lowercase() || b" /'".contains(byte))
        && !MEASURED.has(word)
        && !SHARED.has(word)
        && matches!(byte::peek(bytes, span.1), 0 | b'.' | b',' | b';' | b')' | b'\n');
    let (month, day) = numbers(bytes, span);
    (told && event.is_empty()) || (value.is_empty() && events && !(month <= day && matches!(day, 1..=5 | 10)))
}

/// `INR check 5/3`, `Podiatry 1/13`, `CT at OSH 5/30`, `s/p ORIF L hip 8/22`, `Last use: EtOH 2/19`, `HD last 6/5`;
/// `word` and `before` are the last two words.
pub(super) fn checked(bytes: &[u8], end: usize, word: (usize, usize), before: (usize, usize)) -> bool {
    let (last, first) = (&bytes[word.0..word.1], &bytes[before.0..before.1]);
    let slash = byte::back(bytes, end, DIGIT, 4).saturating_sub(1);
    let (month, day) = numbers(bytes, (byte::back(bytes, slash, DIGIT, 4), end));
    let few = month <= day && day < 6;
    let sided = || SIDES.has(first) && PARTS.has(last) && EVENTS.has(previous_word(bytes, before.0));
    let used = || first.eq_ignore_ascii_case(b"use") && LAST.has(previous_word(bytes, before.0));
    (CHECKS.has(last) && CHECKED.has(first))
        || (!few && PLACES.has(last))
        || (LAST.has(last) && AGAIN.has(first))
        || (last.eq_ignore_ascii_case(b"here") && first.eq_ignore_ascii_case(b"seen"))
        || sided()
        || (byte::at(last, 0, ALPHA) && used())
}

/// Whether a test stands before the day and its result behind: `TTE 12/17 neg veg`.
pub(super) fn resulted(bytes: &[u8], (start, end): (usize, usize)) -> bool {
    let word = word_before(bytes, start);
    let neg = bytes.get(end..end + 4).is_some_and(|neg| neg == b" neg" || neg == b" pos");
    neg && byte::prev(bytes, start) == b' ' && TESTS.has(&bytes[word.0..word.1])
}

/// Whether the hours of a shift or a time of four digits follow, with the entry of a log: ` 3-11: `, ` 10-6 - `,
/// ` 0342: `.
#[inline(never)]
pub(super) fn shift(bytes: &[u8], end: usize) -> bool {
    let at = end + 1;
    let stop = byte::skip(bytes, at, byte::ALNUM | byte::JOIN).min(at + 6);
    let word = bytes.get(at..stop).unwrap_or(&[]);
    let word = word.strip_suffix(b":").unwrap_or(word);
    let rest = bytes.get(at + word.len()..).unwrap_or(&[]);
    let clock = || {
        word.len() == 4
            && word.iter().all(u8::is_ascii_digit)
            && byte::number(&word[..2]) < 24
            && byte::number(&word[2..]) < 60
    };
    byte::peek(bytes, end) == b' '
        && (rest.starts_with(b": ") || rest.starts_with(b" - "))
        && (SHIFTS.iter().any(|shift| word == shift.as_bytes()) || (clock() && rest.starts_with(b": ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_stand_behind_their_days() {
        for (text, want) in [
            ("INR 9/1 2.4", true),
            ("Wts: 6/2 128.4, 6/9 127.0", true),
            ("Weights: 6/2 - 128.4 lb, 6/9 - 127.0 lb", true),
            ("glucose log: 6/12 142, 6/13 155", true),
            ("Wts: 3/4 lb, 1/2 lb", false),
            ("Ratio 1/10 0.5, 2/9 0.6", false),
            ("Weight 1/10 20, 3/10 30", false),
            ("Power 4/5 2.0", false),
        ] {
            let start = text.find(|c: char| c.is_ascii_digit()).unwrap();
            let end = byte::skip(text.as_bytes(), byte::skip(text.as_bytes(), start, DIGIT) + 1, DIGIT);
            assert_eq!(opens(text.as_bytes(), (start, end)), want, "{text}");
        }
    }

    #[test]
    fn the_hours_of_a_shift_follow_a_day() {
        for (text, want) in [
            ("6/9 3-11: slept", true),
            ("6/9 10-6 - slept", true),
            ("6/9 0342: fell", true),
            ("6/9 3-4: x", false),
            ("6/9 8990: x", false),
        ] {
            assert_eq!(shift(text.as_bytes(), 3), want, "{text}");
        }
    }
}
