//! Numbers joined by `/` that count something: days of a cycle, doses, scores, goals.

use super::near::{previous_word, word_before, word_behind};
use crate::guard::byte::{self, DIGIT};
use crate::guard::words::WordSet;

/// Words before a series of three.
static SERIES: WordSet<64> = WordSet::new(
    "days weeks wks doses ratio ratios settings months hours hrs mins minutes cycles titrate grid reflexes steps \
    reps sets mic mics",
);

/// What is scored item by item, each by a number of two digits.
static SCORES: WordSet<8> = WordSet::new("gg score scores");

/// Words behind a series of three.
static PARTS: WordSet<64> = WordSet::new(
    "mg mcg ug ml units unit min mins minutes hours weeks wks months mmol meq percent schedule settings arm ratio lb lbs kg cm mm mmhg reps",
);

/// Words behind a fraction that follows `seen`, `visit` or `discharged`.
static SHARES: WordSet<128> = WordSet::new(
    "ago goal goals sirs joint joints criteria strength met positive neg wk wks week weeks day days month months \
    visits sessions session doses tabs tab points pain power murmur sem completed remaining bilaterally bilat of dose tablet cup quadrant extremity time",
);

/// Words before a fraction that is a date.
static DATED: WordSet<32> = WordSet::new("on by since until date dated dos appt appointment lmp dob edd");

/// Words before a time in twelfths of a year: `seen in 3/12`.
static AHEAD: WordSet<16> = WordSet::new("in for after over every");

/// Words behind a date that end like the name of many things.
static VERBS: WordSet<64> = WordSet::new(
    "reports denies states notes presents complains shows requests continues appears feels has was is does needs \
    wants remains tolerates this his as vs plus unless always status times labs meds vitals orders",
);

/// Words behind a date, where `2/2` means no `secondary to`.
static LINKS: WordSet<64> = WordSet::new(
    "for in at with to and by from on w after due re via but then is was per until or as pt he she am pm the a",
);

/// Words before a fraction that is no date.
static SCORED: WordSet<32> =
    WordSet::new("session sessions walked pain strength score scored grade power murmur level");

/// Whether the three numbers of `span` go on, or stand among words that count.
pub(super) fn series(bytes: &[u8], span: (usize, usize)) -> bool {
    let behind = match byte::peek(bytes, span.1) {
        b'%' => true,
        b'/' => (2..=4).contains(&(byte::skip(bytes, span.1 + 1, DIGIT) - span.1)),
        b' ' | b'-' | b'\n' => {
            let word = word_behind(bytes, span.1);
            PARTS.has(word) || (word == b"q" && byte::at(bytes, span.1 + 2, DIGIT))
        }
        _ => byte::at(bytes, span.1, byte::ALPHA) && PARTS.has(word_behind(bytes, span.1)),
    };
    behind
        || match byte::prev(bytes, span.0) {
            b'/' => follows_number(bytes, span.0),
            b' ' | b':' | b'(' | b'\n' => counts(bytes, span),
            _ => false,
        }
}

/// Whether a short number and `/` stand before: `D1/8/15`.
pub(super) fn follows_number(bytes: &[u8], start: usize) -> bool {
    if byte::prev(bytes, start) != b'/' {
        return false;
    }
    let end = start - 1;
    (1..=3).contains(&(end - byte::back(bytes, end, DIGIT, 4)))
}

fn counts(bytes: &[u8], span: (usize, usize)) -> bool {
    // Most words before a date end otherwise, and are not read at all.
    let last = byte::prev(bytes, span.0 - 1) | 0x20;
    if byte::prev(bytes, span.0) == b' '
        && !matches!(last, b's' | b'o' | b'e' | b'd' | b'c' | b'r' | b'g' | b'0' | b':')
    {
        return false;
    }
    let (start, end) = word_before(bytes, span.0);
    let word = &bytes[start..end];
    match word {
        [] => bytes[..end].ends_with(b"GG0130") || bytes[..end].ends_with(b"GG0170"),
        // `Section GG 03/04/02`, `GG0130 scores 03/04/02`: no year of those forms is so small.
        _ if SCORES.has(word) => bytes[span.0..span.1].split(|byte| *byte == b'/').all(|part| byte::number(part) <= 10),
        // `series 1/8/15`; `Hep B series 3/4/15` was completed on a day.
        _ if word.eq_ignore_ascii_case(b"series") => matches!(&bytes[end..span.0], b" " | b": ") && weekly(bytes, span),
        b"d" | b"D" => byte::prev(bytes, start) == b' ' && bytes[end..span.0] == *b" " && weekly(bytes, span),
        _ if SERIES.has(word) => {
            // `Fluoro 8.4 mins. 9/16/12`: a full stop parts them. `Ratio 3/4/12: 0.5`: a value
            // stands behind a date.
            let direct = matches!(&bytes[end..span.0], b" " | b": " | b":" | b" (" | b"\n");
            let next = byte::peek(bytes, span.1);
            let valued = next == b':' || (next == b' ' && byte::at(bytes, span.1 + 1, DIGIT));
            direct && !valued
        }
        _ => word.len() > 4 && word[..5].eq_ignore_ascii_case(b"apgar"),
    }
}

/// Whether two of the numbers lie whole weeks apart.
fn weekly(bytes: &[u8], span: (usize, usize)) -> bool {
    let mut parts = bytes[span.0..span.1].split(|byte| *byte == b'/').map(byte::number);
    match (parts.next(), parts.next(), parts.next()) {
        (Some(a), Some(b), Some(c)) => a < b && b < c && ((b - a) % 7 == 0 || (c - b) % 7 == 0),
        _ => false,
    }
}

/// Whether two numbers behind a visit word are a share: `with 3/5 goals met`, `Visit 6/12.`
pub(super) fn share(bytes: &[u8], span: (usize, usize)) -> bool {
    let (start, end) = word_before(bytes, span.0);
    let word = &bytes[start..end];
    let with = word.eq_ignore_ascii_case(b"with") || bytes[..span.0].ends_with(b"w/ ");
    let visit = word.eq_ignore_ascii_case(b"visit") && end + 1 == span.0;
    let behind = word_behind(bytes, span.1);
    // `Next session 5/15`.
    let coming = || previous_word(bytes, start).eq_ignore_ascii_case(b"next");
    with || (SCORED.has(word) && !coming())
        || byte::peek(bytes, span.1) == b'%'
        || SHARES.has(behind)
        || (AHEAD.has(word) && bytes[..span.1].ends_with(b"/12"))
        || (!DATED.has(word) && things(bytes, span, behind))
        || (visit && planned(bytes, start, span))
}

/// Whether what stands behind is what was counted (`3/4 cups`), or its cause (`2/2 sepsis`).
fn things(bytes: &[u8], span: (usize, usize), behind: &[u8]) -> bool {
    let direct = byte::peek(bytes, span.1) == b' ' && byte::at(bytes, span.1 + 1, byte::ALPHA);
    let mut parts = bytes[span.0..span.1].split(|byte| *byte == b'/').map(byte::number);
    let (number, of) = (parts.next().unwrap_or(0), parts.next().unwrap_or(0));
    let many = behind.len() > 3 && behind.ends_with(b"s") && !behind.ends_with(b"ss") && !VERBS.has(behind);
    direct && number <= of && (many || (number == 2 && of == 2 && !LINKS.has(behind)))
}

/// Whether `visit` opens its sentence (or belongs to a therapy), and a usual number of visits
/// stands behind the `/`.
fn planned(bytes: &[u8], visit: usize, span: (usize, usize)) -> bool {
    let mut parts = bytes[span.0..span.1].split(|byte| *byte == b'/').map(byte::number);
    let (number, of) = (parts.next().unwrap_or(0), parts.next().unwrap_or(0));
    let (start, end) = word_before(bytes, visit);
    let therapy = [&b"PT"[..], b"OT", b"ST", b"SLP", b"therapy"].contains(&&bytes[start..end]);
    let opens = matches!(byte::prev(bytes, visit), 0 | b'\n')
        || matches!(bytes.get(visit.wrapping_sub(2)), Some(b'.' | b';' | b','));
    let heads = byte::peek(bytes, span.1) == b':';
    !heads && number <= of && matches!(of, 6 | 8 | 10 | 12 | 16 | 18 | 20 | 24 | 36) && (therapy || opens)
}

/// Whether a month and a year say when something was printed, or how long it keeps.
pub(super) fn printed(bytes: &[u8], span: (usize, usize)) -> bool {
    let (start, end) = word_before(bytes, span.0);
    let expires = [&b"exp"[..], b"expires", b"expiry", b"expiring", b"rev", b"copyright"]
        .iter()
        .any(|word| bytes[start..end].eq_ignore_ascii_case(word));
    let kept = span.0 > 6 && bytes[span.0 - 7..span.0].eq_ignore_ascii_case(b"use by ");
    expires || kept || cited(bytes, span.1) || released(bytes, span.0)
}

/// `June 2021;72(23):721`.
fn cited(bytes: &[u8], end: usize) -> bool {
    let volume = end + 1 + usize::from(byte::peek(bytes, end + 1) == b' ');
    let stop = byte::skip(bytes, volume, DIGIT);
    matches!(byte::peek(bytes, end), b';' | b':')
        && (1..=4).contains(&(stop.saturating_sub(volume)))
        && matches!(byte::peek(bytes, stop), b'(' | b':')
}

/// `9.5.1 (January 2014)`.
fn released(bytes: &[u8], start: usize) -> bool {
    let open = start.saturating_sub(1);
    if byte::peek(bytes, open) != b'(' || byte::prev(bytes, open) != b' ' {
        return false;
    }
    let end = open - 1;
    let last = byte::back(bytes, end, DIGIT, 5);
    last < end && byte::prev(bytes, last) == b'.' && byte::is(byte::prev(bytes, last.saturating_sub(1)), DIGIT)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn span(text: &str) -> (usize, usize) {
        let slash = text.find('/').unwrap();
        let start = byte::back(text.as_bytes(), slash, DIGIT, 4);
        let end = text[slash..].find(|c: char| c != '/' && !c.is_ascii_digit()).map_or(text.len(), |at| slash + at);
        (start, end)
    }

    #[test]
    fn days_doses_and_scores_are_series() {
        for text in [
            "days 1/8/15 q28d",
            "doses 5/10/20",
            "Apgars 8/9/10",
            "5/10/20 mg",
            "draws d 3/7/14,",
            "series 1/8/15",
            "10/20/30%",
        ] {
            assert!(series(text.as_bytes(), span(text)), "{text}");
        }
        for text in [
            "seen 3/4/21",
            "day 3/4/21",
            "d: 1/14/22",
            "d 3/4/21",
            "req'd 8/4/12",
            "3/4/21 F",
            "3/4/21 in",
            "ratio 3/4/21: 0.5",
            "first dose 3/4/21",
            "level 3/4/21",
            "series 3/4/21",
        ] {
            assert!(!series(text.as_bytes(), span(text)), "{text}");
        }
    }

    #[test]
    fn goals_and_numbered_visits_are_shares() {
        for text in [
            "with 3/5 goals",
            "seen 5/6 joints",
            "seen 2/7 ago",
            "seen 3/4 films",
            "review in 3/12",
            "admitted 2/2 sepsis",
            "x. Visit 6/12.",
            "PT visit 3/8",
            "session 4/12, seen",
        ] {
            assert!(share(text.as_bytes(), span(text)), "{text}");
        }
        for text in [
            "ER visit 3/27 and",
            "UC visit 5/16 and",
            "seen 3/4 in",
            "last visit 3/12",
            "seen 3/4.",
            "seen 2/2 in",
            "seen 3/4 reports",
            "on 2/2 MRI",
            "seen 3/4 labs",
        ] {
            assert!(!share(text.as_bytes(), span(text)), "{text}");
        }
    }

    #[test]
    fn issues_and_expiries_are_printed() {
        for text in ["exp ¦Mar 2026", "MMWR ¦April 2020;70(32)", "## 9.5.1 (¦May 2023)"] {
            let (before, rest) = text.split_once('¦').unwrap();
            let text = format!("{before}{rest}");
            let end = text.find("20").unwrap() + 4;
            assert!(printed(text.as_bytes(), (before.len(), end)), "{text}");
        }
        for text in ["Expired ¦March 2020", "seen (¦May 2023)", "in ¦May 2023; 3 doses"] {
            let (before, rest) = text.split_once('¦').unwrap();
            let text = format!("{before}{rest}");
            let end = text.find("20").unwrap() + 4;
            assert!(!printed(text.as_bytes(), (before.len(), end)), "{text}");
        }
    }
}
