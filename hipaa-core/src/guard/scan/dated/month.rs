//! A month and a year in figures, told by what stands before: `since 5/2021`, `CABG 7/2020`, `colonoscopy due 9/2025`.

use super::again::result_before;
use super::{AGAIN, EVENTS, LAST, in_brackets, is};
use crate::guard::byte;
use crate::guard::cue::list_gap;
use crate::guard::scan::date_text::month;
use crate::guard::scan::near::{previous_word, said_before, word_before, word_behind};
use crate::guard::scan::token::Run;
use crate::guard::scan::{Scan, unit};
use crate::guard::words::WordSet;
use crate::guard::{Confidence, Kind};

/// What happened in a month of a year: `CVA 5/2017`, `lap chole 03/2009`.
static HAPPENED: WordSet<256> = WordSet::new(
    "cva tia mi stemi nstemi covid covid19 flu chole appy ppm aicd pacer pna pneumonia dvt sbo hysterectomy hyst tonsillectomy \
    mastectomy lumpectomy prostatectomy nephrectomy colectomy thyroidectomy craniotomy laminectomy fusion resection repair \
    replacement transplant section btl scope polypectomy bronch fracture fx chemo xrt radiation stroke booster pneumo ppsv pcv zoster \
    relapsed relapse redetermination recertification hpv moderna pfizer rsv mvc mva tkr bypass bypasses surgeries hernia scan colo dxa hospitalization hospitalized seizure \
    wcc immune tubes ldct married divorced separated widowed remarried paroled incarcerated jailed quit",
);
/// What covers somebody from a month on: `Medicare part A effective 04/2024`.
static COVERAGE: WordSet<16> = WordSet::new("medicare medicaid part coverage insurance");
/// What may stand before a month and a year.
static SINCE: WordSet<64> = WordSet::new(
    "since until from through thru by before after around circa seen visit surgery started stopped onset last avf fistula",
);
/// What is examined: `foot exam 3/2024`.
static EXAMS: WordSet<16> = WordSet::new("eye foot dental pelvic breast rectal skin retinal");
/// How a pregnancy ended, behind its month: `1) 09/2021 NSVD 3,300 g`.
static BIRTHS: WordSet<32> = WordSet::new("nsvd svd sab vbac ltcs iufd vavd favd nvd pltcs rltcs cesarean");
/// What is due or goes back to a month: `colonoscopy due 9/2025`, `retro-eligible back to 12/2022`.
static RETRO: WordSet<16> = WordSet::new("retro eligible eligibility coverage covered medicaid medicare retroactive");

/// Whether a month and a year in figures are told by a word of time or an event: `since 5/2021`, `s/p CABG 7/2020`.
#[inline(never)]
pub(in crate::guard::scan) fn month_told(bytes: &[u8], span: (usize, usize)) -> bool {
    let (from, end) = word_before(bytes, span.0);
    let word = &bytes[from..end];
    let told = match byte::prev(bytes, span.0) {
        b'(' => in_brackets(bytes, span) || HAPPENED.has(word),
        b' ' | b':' => {
            EVENTS.has(word)
                || SINCE.has(word)
                || HAPPENED.has(word)
                || covered(bytes, (from, end))
                || due(bytes, (from, end))
        }
        _ => false,
    } || result_before(bytes, span.0)
        || (byte::peek(bytes, span.1) == b' ' && BIRTHS.has(word_behind(bytes, span.1)));
    // `Mammogram: last done 10/2017`, `Eye exam 3/2024`.
    let told = told
        || (is(word, b"done") && is(previous_word(bytes, from), b"last"))
        || (LAST.has(previous_word(bytes, from)) && (AGAIN.has(word) || is(word, b"tetanus")))
        || (is(word, b"exam") && EXAMS.has(previous_word(bytes, from)));
    // `COVID in 5/2022`.
    let told = told || (is(word, b"in") && HAPPENED.has(previous_word(bytes, from)));
    let year = bytes[span.0..span.1].rsplit(|byte| *byte == b'/').next().map_or(0, byte::number);
    told && (1940..2060).contains(&year) && !unit::follows(bytes, span.1)
}

/// `Medicare part A 04/2024`, `Part B eff 04/2024`.
fn covered(bytes: &[u8], (start, end): (usize, usize)) -> bool {
    match &bytes[start..end] {
        [b'A'..=b'D'] => is(previous_word(bytes, start), b"part"),
        word => {
            let since = is(word, b"effective") || is(word, b"eff") || is(word, b"renewal");
            since && said_before(bytes, start, 32, &COVERAGE)
        }
    }
}

/// `Next colonoscopy due 9/2025`, `Medicaid retro-eligible back to 12/2022`.
fn due(bytes: &[u8], (start, end): (usize, usize)) -> bool {
    let word = &bytes[start..end];
    let before = previous_word(bytes, start);
    ((is(word, b"due") || is(word, b"done")) && (AGAIN.has(before) || EVENTS.has(before) || HAPPENED.has(before)))
        || (is(word, b"to") && is(before, b"back") && said_before(bytes, start, 40, &RETRO))
}

impl Scan<'_, '_> {
    /// Reads the first of two months that a hyphen joins: `Mar 2012-Aug 2019`.
    #[inline(never)]
    pub(in crate::guard::scan) fn before_a_month(&mut self, a: &Run, b: &Run) -> Option<usize> {
        let named = b.digits == 0 && b.sep == b'-' && a.len() == 4 && a.numeric();
        let ranges = named && month(&self.bytes[b.start..b.end]).is_some() && byte::peek(self.bytes, b.end) == b' ';
        (ranges && self.text_date(*a)).then_some(1)
    }

    /// Whether a month of a year goes on from another date: `seen Sep 2023, then 12/2022`.
    pub(in crate::guard::scan) fn after_a_month(&self, start: usize) -> bool {
        let last = self.out.last().filter(|last| last.kind() == Kind::Date && last.confidence() > Confidence::Low);
        last.is_some_and(|last| {
            list_gap(self.bytes, last.end(), start)
                || matches!(
                    self.bytes.get(last.end()..start),
                    Some(b", then " | b" then " | b" and again " | b", again " | b" to " | b" thru " | b" - " | b"-")
                )
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::span;
    use super::*;

    #[test]
    fn a_month_of_a_year_is_told() {
        for text in [
            "since 5/2021",
            "s/p CABG 7/2020",
            "colonoscopy (10/2021)",
            "CVA 5/2017",
            "(PPM 1/2018",
            "A1C 5.9 (10/2024)",
            "COVID in 5/2022",
            "Medicaid renewal 5/2023",
            "redetermination due 5/2023",
            "colonoscopy due 9/2025",
            "Medicaid retro back to 12/2022",
        ] {
            assert!(month_told(text.as_bytes(), span(text)), "{text}");
        }
        for text in [
            "exp 5/2021",
            "domain renewal 5/2023",
            "rev. 5/2021",
            "balance due 5/2021",
            "go back to 5/2021",
            "diluted 1/2000",
            "in 1/2000 mL",
            "in 10/2020",
            "form (10/2021)",
        ] {
            assert!(!month_told(text.as_bytes(), span(text)), "{text}");
        }
    }
}
