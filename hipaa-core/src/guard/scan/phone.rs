//! Telephone and fax numbers.

use super::answer::answers;
use super::claim::Claim;
use super::number::{NUMBERS, ends_number};
use super::star::masked;
use super::token::Run;
use super::unglue::touches_word;
use super::{Hit, Scan};
use crate::guard::byte::{self, ALNUM, DIGIT};
use crate::guard::cue::CueClass::{self, Fax, Phone};
use crate::guard::cue::{Fit, Mask};
use crate::guard::validate::{self, Nanp};
use crate::guard::{Confidence, Kind, Reason};

/// Kinds whose values have a form of their own, or hardly this one: `Clinic # (615) 653-8050`.
const FORMED: Mask = Mask::of(&[
    CueClass::Mrn,
    CueClass::Npi,
    CueClass::Mbi,
    CueClass::Vin,
    CueClass::Dea,
    CueClass::CreditCard,
    CueClass::Zip,
    CueClass::License,
]);

/// Where somebody with a telephone is.
const PLACES: [&[u8]; 5] = [b"unit", b"room", b"rx", b"suite", b"box"];
/// Surnames that are words of no kind, too: `guarantor John Price 614-394-2624`.
const SURNAMES: [&[u8]; 2] = [b"price", b"grant"];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Style {
    /// Blanks only.
    Blank,
    /// A hyphen, then a blank: `978-718 0341`.
    Mixed,
    /// `-`, `.` or `/`.
    Marks,
    /// Parentheses or a country prefix.
    Telling,
}

#[derive(Clone, Copy, Debug)]
struct Shape {
    start: usize,
    end: usize,
    /// Where the ten digits begin.
    area: usize,
    style: Style,
}

impl Scan<'_, '_> {
    /// Tries to read a telephone number whose first digit is at `s`.
    #[inline]
    pub(super) fn phone(&mut self, s: usize) -> bool {
        let bytes = self.bytes;
        // Without a `+`, a number starts with `1` alone or with a group of three.
        let second = byte::at(bytes, s + 1, DIGIT);
        let three = second && byte::at(bytes, s + 2, DIGIT) && !byte::at(bytes, s + 3, DIGIT);
        let may_be = (three && three_follow(bytes, s)) || (!second && bytes[s] == b'1') || byte::prev(bytes, s) == b'+';
        may_be && self.phone_at(s)
    }

    /// The same for a run of digits.
    #[inline]
    pub(super) fn phone_of(&mut self, run: &Run) -> bool {
        let may_be = match run.len() {
            3 => three_follow(self.bytes, run.start),
            1 => self.bytes[run.start] == b'1',
            _ => false,
        };
        (may_be || byte::prev(self.bytes, run.start) == b'+') && self.phone_at(run.start)
    }

    #[inline(never)]
    fn phone_at(&mut self, s: usize) -> bool {
        if byte::prev(self.bytes, s) == b'+' && self.international(s) {
            return true;
        }
        let Some(shape) = shape_at(self.bytes, s) else {
            return false;
        };
        let end = with_extension(self.bytes, shape.end);
        let span = (shape.start, end);
        let digits = self.digits_from(shape.area);
        let verdict = validate::nanp(&digits);
        if touches_word(self.bytes, end) && !self.label_at(end) {
            return false;
        }
        let loose = matches!(shape.style, Style::Blank | Style::Mixed);
        let beside = loose && (self.number_beside(shape.end) || ends_number(self.bytes, shape.start));
        if beside || masked(self.bytes, span.0, span.1) || byte::glued(self.bytes, span.0, span.1) {
            return false;
        }
        let shaped = shape.style != Style::Blank && verdict != Nanp::Invalid;
        let hit = self.context(span, NUMBERS);
        let hit = hit.filter(|&hit| !(shaped && (FORMED.has(hit.class()) || self.is_party(hit, span.0))));
        let hit = if shaped { hit.filter(|hit| !self.goes_on_to(*hit, end)) } else { hit };
        let hit = if shaped { hit.map(|hit| self.confirmed_fax(hit, span.0)) } else { hit };
        if verdict == Nanp::Invalid && !hit.is_some_and(|hit| hit.close(Phone) || hit.close(Fax)) {
            return false;
        }
        let told = || hit.is_none() && (self.descends(shape) || answers(self.bytes, shape.start));
        let plain = loose && !told();
        let base = if plain { Confidence::Low } else { Confidence::Medium };
        self.phone_claim(span, verdict, base, hit);
        if let Some(hit) = hit {
            self.ident((shape.start, shape.end), hit);
        }
        self.done = end;
        true
    }

    pub(super) fn phone_claim(&mut self, span: (usize, usize), verdict: Nanp, base: Confidence, hit: Option<Hit>) {
        let fax = match hit {
            Some(hit) => hit.is(Fax),
            None => base > Confidence::Low && self.in_fax_log(span.0),
        };
        let kind = if fax { Kind::Fax } else { Kind::Phone };
        let reason = match verdict {
            Nanp::Valid => Reason::NanpOk,
            Nanp::Fictional => Reason::Fictional,
            Nanp::Invalid => Reason::NanpInvalid,
        };
        let claim = Claim { kind, span, base, reason };
        match hit {
            Some(hit) if verdict == Nanp::Invalid && (hit.is(Phone) || hit.is(Fax)) => {
                let confidence = match hit.reason() {
                    // `Phone: 000-000-0000`: nothing was entered.
                    _ if self.is_uniform(span) => Confidence::Low,
                    Reason::Cue { .. } | Reason::List => Confidence::Medium,
                    _ => Confidence::High,
                };
                self.remember(span, hit);
                self.push(claim, confidence, Some(hit.reason()));
            }
            hit => self.claim(claim, hit),
        }
    }

    /// Whether the cue is who has the number or where somebody is: `call the unit at 402-855-0068`, `Rx line
    /// 402-855-0068`, `Called Humana at 702-592-6528`, `billing @ 513-538-5081`.
    #[inline(never)]
    fn is_party(&self, hit: Hit, start: usize) -> bool {
        match hit.class() {
            CueClass::Other => PLACES.iter().chain(&SURNAMES).any(|word| self.says(hit, start, word)),
            CueClass::Account => hit.weak() && self.says(hit, start, b"billing"),
            CueClass::Plan => self.names_payer(hit, start),
            _ => false,
        }
    }

    /// Whether the cue is a word of no kind behind a comma: `Called mom at 562-378-8962, claim denied`.
    fn goes_on_to(&self, hit: Hit, end: usize) -> bool {
        hit.is(CueClass::Other) && hit.behind() && byte::peek(self.bytes, end) == b','
    }

    /// Whether the first two groups are no range, as the second one is less: `978-718 0341`, not `200-400 1200`.
    fn descends(&self, shape: Shape) -> bool {
        let group = |at: usize| self.bytes.get(at..at + 3);
        shape.style == Style::Mixed && group(shape.area) > group(shape.area + 4)
    }

    /// Whether all digits are the same one.
    fn is_uniform(&self, span: (usize, usize)) -> bool {
        let mut digits = self.bytes[span.0..span.1].iter().filter(|byte| byte.is_ascii_digit());
        let first = digits.next();
        digits.all(|digit| Some(digit) == first)
    }

    /// Ten digits in one run.
    pub(super) fn bare_phone(&mut self, span: (usize, usize), area: usize, hit: Option<Hit>) {
        let verdict = validate::nanp(&self.bytes[area..span.1]);
        let cue = hit.filter(|hit| hit.is(Phone) || hit.is(Fax));
        if verdict != Nanp::Invalid || cue.is_some_and(|hit| hit.fit() == Fit::Label && !hit.weak()) {
            let person = hit.is_none() && answers(self.bytes, span.0);
            let base = if person { Confidence::Medium } else { Confidence::Low };
            self.phone_claim(span, verdict, base, hit);
        }
    }

    /// `Phone: 814-4521000`.
    pub(super) fn joined_phone(&mut self, span: (usize, usize), hit: Option<Hit>) {
        let labelled = hit.is_some_and(|hit| hit.close(Phone) || hit.close(Fax));
        if let Some(digits) = self.digits_of::<10>(span).filter(|_| labelled) {
            self.phone_claim(span, validate::nanp(&digits), Confidence::Medium, hit);
        }
    }

    /// `8144521000x12`: ten or eleven digits and their extension in one run.
    pub(super) fn bare_extension(&mut self, span: (usize, usize), digits: usize) -> bool {
        let mark = self.planes.digits_end(span.0);
        let one = usize::from(self.bytes[span.0] == b'1');
        let fits = matches!(byte::peek(self.bytes, mark), b'x' | b'X')
            && mark - span.0 == 10 + one
            && digits + 1 == span.1 - span.0
            && (1..=6).contains(&(span.1 - mark - 1));
        let verdict = if fits { validate::nanp(&self.bytes[span.0 + one..mark]) } else { Nanp::Invalid };
        if verdict == Nanp::Invalid {
            return false;
        }
        let hit = self.context(span, NUMBERS);
        self.phone_claim(span, verdict, Confidence::Medium, hit);
        true
    }

    /// Seven digits: only a cue makes them a telephone number.
    pub(super) fn local_phone(&mut self, span: (usize, usize), hit: Option<Hit>) {
        let exchange = (b'2'..=b'9').contains(&self.bytes[span.0]);
        let Some(hit) = hit.filter(|hit| hit.is(Phone) || hit.is(Fax)) else {
            return;
        };
        let kind = if hit.is(Fax) { Kind::Fax } else { Kind::Phone };
        if exchange && hit.fit() >= Fit::Strict {
            let span = (span.0, with_extension(self.bytes, span.1));
            self.remember(span, hit);
            self.push(
                Claim { kind, span, base: Confidence::Low, reason: Reason::Shape },
                Confidence::Medium,
                Some(hit.reason()),
            );
        }
    }

    /// `+`, a country code and eight to fifteen digits in all.
    fn international(&mut self, s: usize) -> bool {
        let bytes = self.bytes;
        let (mut at, mut count, mut end) = (s, 0, s);
        while count <= 15 {
            let stop = byte::skip(bytes, at, DIGIT);
            if stop == at {
                break;
            }
            count += stop - at;
            end = stop;
            at = stop;
            while at < stop + 2 && matches!(byte::peek(bytes, at), b' ' | b'-' | b'.' | b'(' | b')') {
                at += 1;
            }
            if byte::peek(bytes, at) == b'(' {
                at += 1;
            }
        }
        let home = bytes[s] == b'1';
        let free = !byte::at(bytes, end, ALNUM) && !byte::is(byte::prev(bytes, s - 1), ALNUM);
        if home || !(8..=15).contains(&count) || !free || bytes[s] == b'0' {
            return false;
        }
        let span = (s - 1, end);
        let hit = self.context(span, NUMBERS);
        let kind = if hit.is_some_and(|hit| hit.is(Fax)) { Kind::Fax } else { Kind::Phone };
        self.claim(Claim { kind, span, base: Confidence::Medium, reason: Reason::International }, hit);
        self.done = end;
        true
    }

    fn digits_from(&self, area: usize) -> [u8; 10] {
        let mut out = [0; 10];
        let digits = self.bytes[area..].iter().filter(|byte| byte.is_ascii_digit());
        out.iter_mut().zip(digits).for_each(|(slot, digit)| *slot = *digit);
        out
    }

    fn number_beside(&self, end: usize) -> bool {
        byte::peek(self.bytes, end) == b' ' && byte::at(self.bytes, end + 1, DIGIT)
    }
}

/// Whether a group of three digits may stand behind the one at `s`: one sign parts them, or more that a rare number has.
#[inline]
fn three_follow(bytes: &[u8], s: usize) -> bool {
    match bytes.get(s + 3..s + 7) {
        Some([b' ' | b'-' | b'.' | b'/', a, b, c]) if a.is_ascii_digit() => b.is_ascii_digit() & c.is_ascii_digit(),
        // `500 mg`, `120.`
        Some([b' ' | b'.', next, ..]) => *next == b'(' || bytes[s] == b'0',
        Some([b'-' | b'/' | b'(' | b')', ..]) => true,
        _ => false,
    }
}

/// Reads area, exchange and line, with country prefix and parentheses where they stand.
fn shape_at(bytes: &[u8], s: usize) -> Option<Shape> {
    let run = byte::skip(bytes, s, DIGIT) - s;
    let plus = byte::prev(bytes, s) == b'+';
    let open = byte::prev(bytes, s) == b'(' && byte::peek(bytes, s + run) == b')';
    let (mut area, mut telling) = (s, open);
    let start = if plus || (open && run == 3) { s - 1 } else { s };
    match run {
        1 if bytes[s] == b'1' => area = after_prefix(bytes, s + 1)?,
        3 if &bytes[s..s + 3] == b"001" => area = after_prefix(bytes, s + 3)?,
        3 => {}
        10 if plus => return None,
        11 if plus && bytes[s] == b'1' => return plain(bytes, (s - 1, s + 11), s + 1),
        _ => return None,
    }
    if area != s {
        telling = true;
    }
    let opened = if area == s { open } else { byte::prev(bytes, area) == b'(' };
    if (area != s && !are_digits::<3>(bytes, area)) || (opened && byte::peek(bytes, area + 3) != b')') {
        return None;
    }
    let (exchange, first) = separator(bytes, area + 3 + usize::from(opened), opened)?;
    let (line, second) = separator(bytes, exchange + 3, false)?;
    let groups = are_digits::<3>(bytes, exchange) && are_digits::<4>(bytes, line);
    let even =
        opened || first == second || matches!((first, second), (b' ' | b'/', b'-') | (b' ', b'.') | (b'-', b' '));
    let style = match () {
        () if telling || opened || plus => Style::Telling,
        () if first == b'-' && second == b' ' => Style::Mixed,
        // `250/500/1000 ms`.
        () if second == b' ' || second == b'/' => Style::Blank,
        () => Style::Marks,
    };
    (groups && even && ends_well(bytes, line + 4)).then_some(Shape { start, end: line + 4, area, style })
}

/// Whether just so many digits stand at `at`.
#[inline]
fn are_digits<const N: usize>(bytes: &[u8], at: usize) -> bool {
    let group = bytes.get(at..).and_then(<[u8]>::first_chunk::<N>);
    group.is_some_and(|group| group.iter().all(u8::is_ascii_digit)) && !byte::at(bytes, at + N, DIGIT)
}

fn plain(bytes: &[u8], span: (usize, usize), area: usize) -> Option<Shape> {
    ends_well(bytes, span.1).then_some(Shape { start: span.0, end: span.1, area, style: Style::Telling })
}

/// The place of the area code behind a country prefix that ends at `end`.
fn after_prefix(bytes: &[u8], end: usize) -> Option<usize> {
    let mut at = end;
    while at < end + 2 && matches!(byte::peek(bytes, at), b' ' | b'-' | b'.' | b'/') {
        at += 1;
    }
    let opened = byte::peek(bytes, at) == b'(';
    (at > end || opened).then_some(at + usize::from(opened))
}

#[inline]
/// The place behind one separator (a line may break behind a hyphen), and its byte.
fn separator(bytes: &[u8], at: usize, opened: bool) -> Option<(usize, u8)> {
    let byte = byte::peek(bytes, at);
    let next = match byte {
        b'-' if matches!(byte::peek(bytes, at + 1), b'\n' | b'\r') => byte::skip(bytes, at + 1, byte::BLANK),
        b'\n' if opened => at + 1,
        b' ' if opened && matches!(byte::peek(bytes, at + 1), b'-' | b' ') => at + 2,
        b' ' | b'-' | b'.' | b'/' => at + 1,
        _ if opened => at,
        _ => return None,
    };
    byte::at(bytes, next, DIGIT).then_some((next, byte))
}

/// Whether nothing that belongs to a longer number follows.
fn ends_well(bytes: &[u8], end: usize) -> bool {
    let next = byte::peek(bytes, end);
    match next {
        b'x' | b'X' => byte::at(bytes, end + 1, DIGIT),
        b'-' | b'.' | b':' | b'_' => !byte::at(bytes, end + 1, ALNUM),
        b'/' => !byte::at(bytes, end + 1, DIGIT) || byte::prev(bytes, end - 4) != b'/',
        // A word may touch it: who asks must know the word.
        _ => !byte::is(next, DIGIT),
    }
}

/// The end of an extension that follows, or `end`.
fn with_extension(bytes: &[u8], end: usize) -> usize {
    let mut at = end;
    while at < end + 2 && matches!(byte::peek(bytes, at), b' ' | b',') {
        at += 1;
    }
    let rest = bytes.get(at..).unwrap_or(&[]);
    let word = ["extension", "ext.", "ext", "x", "#"]
        .iter()
        .find(|word| rest.len() > word.len() && rest[..word.len()].eq_ignore_ascii_case(word.as_bytes()));
    let Some(word) = word else { return end };
    let mut digits = at + word.len();
    while digits < at + word.len() + 2 && matches!(byte::peek(bytes, digits), b' ' | b'.' | b':') {
        digits += 1;
    }
    let stop = byte::skip(bytes, digits, DIGIT);
    let fits = (1..=6).contains(&(stop - digits)) && !byte::at(bytes, stop, ALNUM);
    if fits { stop } else { end }
}

#[cfg(test)]
mod tests;
