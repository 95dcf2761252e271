//! Dates without a year (`Labs 10/13`, `Fri 6/12`, `3/25: pt called`) or without a day (`PET 10/2021`), told by what
//! stands around them: the same figures may be a score, a share or a dose.

mod again;
mod month;
mod office;
mod series;
mod stay;

use super::date::{DATES, ENDS, Form, Parts, asks};
use super::near::{any_word, previous_word, said_before, word_before};
use super::token::Run;
use super::{Scan, count, unit};
use crate::guard::byte::{self, ALNUM, DIGIT};
use crate::guard::cue::list_gap;
use crate::guard::words::WordSet;
use crate::guard::{Confidence, Finding, Kind};
use again::{result_before, tried, twice};
pub(super) use month::month_told;

static WEEKDAYS: WordSet<64> = WordSet::new(
    "mon tue tues wed weds thu thur thurs fri sat sun monday tuesday wednesday thursday friday saturday sunday",
);
/// Days that are other words in small letters or capitals: `SAT 9/10`.
static WORDS: WordSet<8> = WordSet::new("mon sat sun wed");
/// What happens on a day, and has no share or score.
static EVENTS: WordSet<256> = WordSet::new(
    "labs fell echo tte tee ekg ecg eeg emg ct cta mri mra mrcp xr cxr kub pet dexa bx biopsy colonoscopy cscope egd ercp \
    cath stent stented cabg pci tavr orif placed removed inserted exchanged repeat repeated rpt drawn transfused extubated \
    intubated lvm texted emailed stitches sutures staples shot vaccine vax tdap pneumovax shingrix prevnar mammo \
    mammogram pap mbss bcx ucx cx cultures picc midline foley snf rehab hospice pcp cards ortho onc neuro pulm dcd dced \
    extraction cataract ablation cardioverted implanted interrogated diagnosed tah mtg meeting rtw changed cholecystectomy appendectomy tka tha tkr thr avr mvr cea \
    delivered consult rtc fu appt ov adm admit readmit readmitted referral referred ua recert",
);
/// Those that no score follows, either: `labs 5/10`.
static SURE: WordSet<64> = WordSet::new(
    "labs shot vaccine placed removed inserted drawn lvm pcp snf appt dc dced dcd rtc pap mammo mammogram orif tha tka thr tkr cabg pci tavr \
    egd ercp cscope colonoscopy",
);
/// Those that a part of something may follow: `start 1/2 tab`.
static STARTS: WordSet<64> = WordSet::new(
    "start starts starting next began begun worse worsened due declined ed er lab called spoke mailed faxed paged \
    notified return submitted resubmitted billed rebilled refiled appealed approved denied posted rcvd recd",
);
/// What there is a last or next one of.
static AGAIN: WordSet<64> = WordSet::new(
    "bm inr dose injection infusion shot chemo hd dialysis transfusion seizure drink use fall void labs visit appt echo \
    mri ct scan colonoscopy pap mammo mammogram eval eye dental physical awv refill fill \
    draw session ate given",
);
static LAST: WordSet<8> = WordSet::new("last next prior");
/// What is done to something, where the thing tells: `stitches out`.
static DONE: WordSet<16> = WordSet::new("out in off done due back pulled sent neg dc");
/// What is put in or given: only in brackets does a day follow at once, `R IJ (4/27)`.
static LINES: WordSet<32> = WordSet::new(
    "ij cvc line lines trach peg drain tube art vanc zosyn cefepime ctx abx ett central gbs ppd \
    rpr covid flu mrsa",
);
/// What is measured at a time: `IOP 12/12 @ 1245`.
static MEASURED: WordSet<64> = WordSet::new(
    "iop tof va reps gcs phq gad bp sats sat apgar apgars mrc strength power reflex reflexes pain score scale grip rass cpot nihss",
);
/// Who is done by a day: `d/c by 3/23`, `home by 3/23`.
static LEAVES: WordSet<16> = WordSet::new("c dc home discharge discharged snf rehab pcp cards");
/// What is moved to a day.
static MOVES: WordSet<16> = WordSet::new("move moved reschedule rescheduled resched push pushed");
static LIGHT: WordSet<8> = WordSet::new("it me appt this");
/// Month and day as numbers.
fn numbers(bytes: &[u8], (start, end): (usize, usize)) -> (u32, u32) {
    let mut parts = bytes[start..end].split(|byte| *byte == b'/').map(byte::number);
    (parts.next().unwrap_or(0), parts.next().unwrap_or(0))
}

/// Whether month and day without a year are a date, by what stands around them.
#[inline(never)]
pub(super) fn tells(bytes: &[u8], span: (usize, usize)) -> bool {
    let (month, day) = numbers(bytes, span);
    // `strength 4/5`, `pain 6/10`: shares of five and ten need more.
    let padded = byte::prev(bytes, span.1 - 1) == b'0';
    let scored = month <= day && (day == 10 || (day == 5 && !padded));
    if (count::share(bytes, span) && !series::resulted(bytes, span)) || (day == 12 && counts_months(bytes, span.0)) {
        return false;
    }
    if on_weekday(bytes, span.0) || (byte::leads_line(bytes, span.0, (b" \t-*>", 12)) && heads(bytes, span.1, scored)) {
        return true;
    }
    // `TOF 4/4 at 0838`; no score is written `01/03`.
    let few = month <= day && day < 6 && bytes[span.0] != b'0' && !padded;
    let word = word_before(bytes, span.0);
    // `w/ Dr. Hill 12/26 2210`.
    let doctor = || {
        let (start, end) = word_before(bytes, word.0);
        is(&bytes[start..end], b"dr")
    };
    let note = || is(&bytes[word.0..word.1], b"note");
    let measured =
        (!byte::at(bytes, word.0, byte::LOWER) && !doctor() && !note()) || MEASURED.has(&bytes[word.0..word.1]);
    // `BP log: 9/7 138/82, 2/18 141/79`.
    if !MEASURED.has(&bytes[word.0..word.1]) && office::charted(bytes, span, few || scored)
        || (scored && office::entered(bytes, span))
    {
        return true;
    }
    if stay::sure(bytes, span, word) || series::opens(bytes, span) {
        return true;
    }
    if scored {
        return SURE.has(&bytes[word.0..word.1]) && byte::prev(bytes, span.0) == b' ';
    }
    let some = || (!measured && at_time(bytes, span.1)) || STARTS.has(&bytes[word.0..word.1]);
    let some = || {
        some()
            || tried(bytes, word, byte::peek(bytes, span.1))
            || result_before(bytes, span.0)
            || office::said(bytes, span, word)
    };
    (!few && some() && !unit::follows(bytes, span.1)) || event_before(bytes, span.0) || in_brackets(bytes, span)
}

/// Whether something happens that has a day: `echo`, `admitted`.
pub(super) fn is_event(word: &[u8]) -> bool {
    EVENTS.has(word) || STARTS.has(word) || AGAIN.has(word)
}

fn is(word: &[u8], one: &[u8]) -> bool {
    word.eq_ignore_ascii_case(one)
}

/// Whether two digits for the year follow dashes where a date is told: `CABG 7-19-20`, `8-26-20: pt called`.
#[inline(never)]
pub(super) fn dashed(bytes: &[u8], span: (usize, usize)) -> bool {
    !unit::follows(bytes, span.1)
        && (on_weekday(bytes, span.0)
            || (byte::leads_line(bytes, span.0, (b" \t-*>", 12)) && heads(bytes, span.1, false))
            || event_before(bytes, span.0)
            || in_brackets(bytes, span)
            || bytes[..span.0].ends_with(b"Prior: "))
}

/// Whether times are counted in parts of a week or year before: `bloods 2/52, CT 4/12`.
fn counts_months(bytes: &[u8], start: usize) -> bool {
    let before = &bytes[start.saturating_sub(64)..start];
    before
        .windows(4)
        .any(|part| part[0] == b'/' && (part[1..3] == *b"52" || (part[1] == b'7' && !part[2].is_ascii_digit())))
}

/// `Fri 6/12`, `Wednesday, 9/27`.
fn on_weekday(bytes: &[u8], start: usize) -> bool {
    let comma = usize::from(bytes[..start].ends_with(b"day, ")) * 2;
    let start = start - comma;
    let (from, end) =
        if comma > 0 { (byte::back(bytes, start, byte::ALPHA, 12), start) } else { word_before(bytes, start) };
    let word = &bytes[from..end];
    let proper = byte::at(word, 0, byte::UPPER) && byte::at(word, 1, byte::LOWER);
    WEEKDAYS.has(word) && (proper || !WORDS.has(word)) && !matches!(byte::prev(bytes, start), b'(' | b'"' | b'\n')
}

/// Whether the month of a year is told in which something ends: `exp 03/27`, `use by 03/27`, `Expiration?⏎A: 09/27`.
pub(super) fn expires(bytes: &[u8], start: usize) -> bool {
    // `d/c by 3/23`.
    let leaves = || {
        let by = word_before(bytes, start);
        is(&bytes[by.0..by.1], b"by") && LEAVES.has(previous_word(bytes, by.0))
    };
    let asked = || {
        let line = byte::back_to(bytes, start, b'\n', 24);
        let question = bytes[..line].trim_ascii_end();
        let ends =
            question.ends_with(b"?") || ENDS.has(&question[byte::back(question, question.len(), byte::ALPHA, 12)..]);
        line > 0 && ends && said_before(bytes, question.len(), 32, &ENDS)
    };
    (said_before(bytes, start, 18, &ENDS) && !leaves()) || asked()
}

/// `3/25: pt called`, `3/25 1400 pt called` at the start of a line.
fn heads(bytes: &[u8], end: usize, scored: bool) -> bool {
    let text = byte::peek(bytes, end) == b':' && byte::at(bytes, end + 1, byte::BLANK);
    (text && !scored) || time(bytes, end) || series::shift(bytes, end)
}

/// Whether a time of day stands right behind: ` 1400 pt`, ` 10:30`.
fn time(bytes: &[u8], end: usize) -> bool {
    let at = end + 1;
    let stop = byte::skip(bytes, at, DIGIT);
    let hour = byte::number(bytes.get(at..at + 2).unwrap_or(&[]));
    let clock = byte::is_shape(bytes, at, b"dd:dd") || byte::is_shape(bytes, at, b"d:dd");
    let military = stop == at + 4 && hour < 24 && byte::value(bytes, at + 2, stop) < 60 && !unit::follows(bytes, stop);
    // `@ 2349.` ends a sentence.
    let dot = usize::from(byte::peek(bytes, stop) == b'.');
    byte::peek(bytes, end) == b' ' && (clock || (military && !byte::at(bytes, stop + dot, ALNUM | byte::JOIN)))
}

/// `12/6 at 3pm`, `12/6 @ 1400`.
fn at_time(bytes: &[u8], end: usize) -> bool {
    let rest = bytes.get(end..).unwrap_or(&[]);
    let skip =
        [&b" at "[..], b" @ ", b" @", b" "].iter().find(|lead| rest.starts_with(lead)).map_or(0, |lead| lead.len());
    let stop = byte::skip(bytes, end + skip, DIGIT);
    let half = bytes.get(stop + usize::from(byte::peek(bytes, stop) == b' ')..).unwrap_or(&[]);
    let half = half.get(..2).is_some_and(|half| half.eq_ignore_ascii_case(b"am") || half.eq_ignore_ascii_case(b"pm"));
    skip > 0 && (((1..=2).contains(&(stop - end - skip)) && half) || time(bytes, end + skip - 1))
}

/// `Labs 10/13`, `last BM 6/16`, `stitches out 3/25`, `next f/u 12/6`, `move it to 11/26`.
fn event_before(bytes: &[u8], start: usize) -> bool {
    if !matches!(byte::prev(bytes, start), b' ' | b':') {
        return false;
    }
    let (from, end) = word_before(bytes, start);
    let word = &bytes[from..end];
    let first = word_before(bytes, from);
    let before = &bytes[first.0..first.1];
    match word {
        [] => cycle(bytes, start),
        [b'u' | b'U'] if byte::prev(bytes, from) == b'/' => is(&bytes[from.saturating_sub(2)..from], b"f/"),
        [b'c' | b'C'] if byte::prev(bytes, from) == b'/' => is(&bytes[from.saturating_sub(2)..from], b"d/"),
        _ if is(word, b"u") || is(word, b"you") => is(before, b"see"),
        _ if is(word, b"work") => is(before, b"to") || is(before, b"off"),
        _ if is(word, b"again") => is(before, b"try") || is(before, b"call"),
        // `Retry 3/9` is one of nine.
        _ if is(word, b"retry") => is(before, b"will") || is(before, b"to"),
        _ if is(word, b"come") || is(word, b"coming") => true,
        _ if is(word, b"to") => {
            let moved = if LIGHT.has(before) { word_before(bytes, first.0) } else { first };
            MOVES.has(&bytes[moved.0..moved.1])
        }
        _ => {
            EVENTS.has(word)
                || (AGAIN.has(word) && LAST.has(before))
                || (DONE.has(word) && (EVENTS.has(before) || LINES.has(before)))
                || stay::done(bytes, byte::skip(bytes, start, DIGIT | byte::JOIN), (from, end), first)
        }
    }
}

/// `C3D1 03/27`.
fn cycle(bytes: &[u8], start: usize) -> bool {
    let word = &bytes[byte::back(bytes, start - 1, ALNUM, 6)..start - 1];
    let shape = word.split_first().filter(|(first, _)| first.eq_ignore_ascii_case(&b'c')).map(|(_, rest)| rest);
    let day = shape.and_then(|rest| rest.iter().position(|byte| byte.eq_ignore_ascii_case(&b'd')).map(|at| (rest, at)));
    day.is_some_and(|(rest, at)| {
        at > 0 && at + 1 < rest.len() && rest.iter().filter(|byte| byte.is_ascii_digit()).count() + 1 == rest.len()
    })
}

/// `CT head (3/25)`, `foley (5/23)`, `vanc (12/8-)`.
fn in_brackets(bytes: &[u8], (start, end): (usize, usize)) -> bool {
    if byte::prev(bytes, start) != b'(' {
        return false;
    }
    let closes =
        matches!(byte::peek(bytes, end), b')' | b',' | b';') && !byte::at(bytes, start.saturating_sub(3), DIGIT);
    let floor = start.saturating_sub(20);
    let from =
        bytes[floor..start - 1].iter().rposition(|byte| b".,;:\n)".contains(byte)).map_or(floor, |at| floor + at);
    bytes[end..].starts_with(b"-)")
        || twice(bytes, (start, end))
        || (closes && (any_word(bytes, from, start - 1, &EVENTS) || any_word(bytes, from, start - 1, &LINES)))
}

impl Scan<'_, '_> {
    /// A range of days without a year: `08/09-08/14`.
    #[inline(never)]
    pub(super) fn day_range(&mut self, runs: [&Run; 4]) -> Option<usize> {
        if !runs.iter().all(|run| run.numeric() && run.len() <= 2)
            || byte::is(byte::prev(self.bytes, runs[0].start), byte::JOIN)
        {
            return None;
        }
        let [a, b, c, d] = runs.map(|run| byte::value(self.bytes, run.start, run.end));
        let later = (a == c && d > b) || c == a + 1 || (a == 12 && c == 1);
        // `1/2-3/4`, `3/5-4/5`.
        let word = word_before(self.bytes, runs[0].start);
        let measured = MEASURED.has(&self.bytes[word.0..word.1]);
        let shares =
            measured || b == d || (b.max(d) <= 4 && a <= b) || count::share(self.bytes, (runs[2].start, runs[3].end));
        let parts = |month: u32, day: u32| {
            let (month, day) = (u8::try_from(month).ok()?, u8::try_from(day).ok()?);
            Some(Parts { year: Some(2000), month, day: Some(day) }).filter(|parts| day > 0 && parts.real())
        };
        let (first, second) = (parts(a, b)?, parts(c, d)?);
        if shares || !(later || self.context((runs[0].start, runs[1].end), DATES).is_some_and(asks)) {
            return None;
        }
        for (parts, span) in [(first, (runs[0].start, runs[1].end)), (second, (runs[2].start, runs[3].end))] {
            self.date(span, Parts { year: None, ..parts }, Form::Ranged);
        }
        Some(4)
    }

    /// Whether a list goes on from a date: `Seen 3-4-24 and again 3-11-24`.
    pub(super) fn after_a_date(&self, start: usize) -> bool {
        let last = self.out.last().filter(|last| last.kind() == Kind::Date && last.confidence() > Confidence::Low);
        last.is_some_and(|last| list_gap(self.bytes, last.end(), start))
    }

    /// Whether a list or range goes on from such a date: `Seen 11/9, 11/16`, `8/9 - 8/14`.
    pub(super) fn goes_on_from(&self, span: (usize, usize)) -> bool {
        let (month, day) = numbers(self.bytes, span);
        let last = self.out.last().filter(|last| last.kind() == Kind::Date && last.confidence() > Confidence::Low);
        let ranges =
            |last: &Finding| matches!(self.bytes.get(last.end()..span.0), Some(b" - " | b"-" | b" to " | b" thru "));
        let scored = matches!(day, 5 | 10) && month <= day;
        let next = |last: &Finding| stay::next(self.bytes, last.end(), span);
        let follows = last.is_some_and(|last| ranges(last) || self.after_a_date(span.0) || next(last));
        let series = |last: &Finding| series::goes_on(self.bytes, (last.start(), last.end()), span);
        (follows && !scored && !count::share(self.bytes, span)) || last.is_some_and(series)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The two numbers around the last slash.
    pub(super) fn span(text: &str) -> (usize, usize) {
        let slash = text.rfind('/').unwrap();
        let start = byte::back(text.as_bytes(), slash, DIGIT, 4);
        (start, byte::skip(text.as_bytes(), slash + 1, DIGIT))
    }

    #[test]
    fn events_and_days_tell_a_date() {
        for text in [
            "Labs 10/13: K",
            "Fell 1/7.",
            "d/c 3/25",
            "last BM 6/16",
            "Fri 6/12",
            "3/25: pt called",
            "3/25 1400 pt",
            "CT head (3/25)",
            "R IJ (4/27),",
            "vanc (12/8-)",
            "C3D1 03/27",
            "stitches out 3/25",
            "see u 12/6 at 3pm",
            "come by 12/6 @ 1400",
            "next f/u 12/6",
            "moved it to 11/26",
            "Echo: 3/4",
            "Labs 5/10",
            "HH start 2/18.",
            "Fam mtg 12/9 1400, x",
            "return to work 3/27",
            "INR 2.6 4/21",
            "A1C 6.1 (2/20)",
            "2nd call 10/21",
            "3rd 2/15",
            "w/ Dr. Hill 12/26 2210",
            "pain worse 9/18",
        ] {
            assert!(tells(text.as_bytes(), span(text)), "{text}");
        }
    }

    #[test]
    fn scores_and_shares_are_no_dates() {
        for text in [
            "strength 4/5",
            "nodes 10/12",
            "3/4 strength",
            "Apgars 8/9",
            "pain 6/10",
            "strength (4/5)",
            "PHQ 12/27",
            "improved to 4/6",
            "SAT 9/12",
            "bx 3/12 cores",
            "5/5: normal",
            "start 5/10",
            "visit (4/5)",
            "CT, grade (3/4)",
            "start 1/2 tab",
            "next 2/3 of",
            "2nd attempt 2/3",
            "BP 120 4/21",
            "INR 2.6 2/3",
            "visits (6/20)",
            "Pain worse 3/10",
        ] {
            assert!(!tells(text.as_bytes(), span(text)), "{text}");
        }
    }
}
