//! Values that go on from another one: a list, a value that stands for the one before.

use super::near::any_word;
use super::{Hit, Scan, unit};
use crate::guard::Reason;
use crate::guard::byte;
use crate::guard::cue::{
    BETWEEN_BIRTHS, CueClass, Fit, Mask, announced_gap, contrast_gap, item_gap, kin_gap, list_gap, next_birth_gap,
    replaces_gap, second_gap, sibling_gap, source_gap,
};
use crate::guard::words::WordSet;

/// What lies in the area of a ZIP code.
static PLACES: WordSet<32> =
    WordSet::new("lab clinic office pharmacy store hospital location live lives work works house home nearest");

/// How another place is said to list a person.
const LISTED_AS: [&[u8]; 5] = [b" her as ", b" him as ", b" them as ", b" patient as ", b" pt as "];

/// How many digits an item of another shape has.
const LONG: usize = 6;

/// The last value that a cue spoke for; a list may go on from it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Last {
    pub(super) end: usize,
    pub(super) len: usize,
    /// What spoke for it.
    hit: Hit,
    /// The values were only announced: all have one shape.
    even: bool,
    /// Other words stood between the cue and it: only another source of the same goes on.
    near: bool,
}

impl Scan<'_, '_> {
    /// What the value before says when a list goes on from it.
    pub(super) fn list(&self, span: (usize, usize), mask: Mask) -> Option<Hit> {
        let start = span.0;
        let last = self.last.as_ref().filter(|last| last.end > self.tables.cell.0)?;
        let [next, a, b] = last.hit.rest();
        let class = next.unwrap_or(last.hit.class());
        let blank = next.is_some()
            && (1..4).contains(&start.wrapping_sub(last.end))
            && byte::skip(self.bytes, last.end, byte::BLANK) == start;
        let joined = mask.has(class)
            && (!last.near || self.kin(start))
            && (list_gap(self.bytes, last.end, start)
                || blank
                || self.kin(start)
                || self.takes_over(last, span)
                || self.is_item(last, span));
        if last.even && !self.alike(last, span) {
            return None;
        }
        // One number that replaces another need not be as long.
        let replaces = self.bytes.get(last.end..start).is_some_and(|gap| gap.len() > 5 || gap.contains(&b'>'));
        let beside = last.hit.beside().or(next.map(|_| last.hit.class()));
        let plural = last.hit.plural() || replaces;
        let hit = || Hit::declared(class, Reason::List).with_fit(Fit::Strict).with_beside(beside);
        joined.then(|| hit().with_plural(plural).with_rest([a, b, None]))
    }

    /// Whether words say that the value stands for the one before, and both are alike: `MRN 4482913, not 4482931`.
    fn takes_over(&self, last: &Last, span: (usize, usize)) -> bool {
        let parted = matches!(byte::peek(self.bytes, last.end), b' ' | b',' | b';');
        let dates = matches!(last.hit.class(), CueClass::Dob | CueClass::Date);
        let replaces = parted && replaces_gap(self.bytes, last.end, span.0, !dates);
        let second = || parted && !dates && second_gap(self.bytes, last.end, span.0);
        // `MRN on the requisition reads 79689082; LIS shows 79689083`.
        let numbers = last.hit.is(CueClass::Fax) || last.hit.class().kind().is_some_and(crate::guard::Kind::needs_cue);
        let differs = || parted && numbers && contrast_gap(self.bytes, last.end, span.0);
        // `Fax: 978-366-9831 (main), 614-936-2236 (HIM)`.
        let another = || last.hit.is(CueClass::Fax) && self.aside_between(last.end, span.0) && self.alike(last, span);
        (replaces && dates)
            || another()
            || ((replaces || second() || differs()) && self.alike(last, span))
            || (parted && self.is_other(last, span))
    }

    /// Whether only a place in parentheses and a comma stand between: ` (main), `.
    fn aside_between(&self, from: usize, to: usize) -> bool {
        let gap = self.bytes.get(from..to).filter(|gap| gap.len() <= 24).unwrap_or(&[]);
        let inside =
            gap.strip_prefix(b" (").and_then(|gap| gap.strip_suffix(b"), ").or_else(|| gap.strip_suffix(b"); ")));
        inside.is_some_and(|words| words.iter().all(|byte| byte::is(*byte, byte::ALPHA) || *byte == b' '))
    }

    /// Whether another number is announced (`MRN 737500, and the second one is 24452700`), or a place has another ZIP
    /// code (`zip code 37203 and the nearest lab is in 02114`).
    fn is_other(&self, last: &Last, span: (usize, usize)) -> bool {
        let value = &self.bytes[span.0..span.1];
        let digits = value.len() >= 5 && value.iter().all(u8::is_ascii_digit);
        let place = || {
            let gap = self.bytes.get(last.end..span.0).filter(|gap| gap.len() <= 40).unwrap_or(&[]);
            let words = gap.iter().all(|byte| byte::is(*byte, byte::ALPHA) || *byte == b' ');
            last.hit.is(CueClass::Zip)
                && words
                && gap.starts_with(b" and ")
                && gap.ends_with(b" in ")
                && any_word(gap, 0, gap.len(), &PLACES)
        };
        let numbers = last.hit.class().kind().is_some_and(crate::guard::Kind::needs_cue);
        // `MR# 57738630 not 8538270`.
        let gap = self.bytes.get(last.end..span.0).unwrap_or(&[]);
        let long = value.len() >= 6 && last.len >= 5;
        let denied = matches!(gap, b" not " | b", not ") && long;
        let many = || self.planes.digits_in(span.0, span.1) >= 5;
        if numbers && long && self.names_second(last, (gap, value)) && many() && !unit::follows(self.bytes, span.1) {
            return true;
        }
        // `MRN 15084 (prev. 8773017 at Lakeside)`.
        let earlier = matches!(gap, b" (prev " | b" (prev. " | b" (previously " | b" (formerly ");
        if numbers && ((digits && denied) || (earlier && many())) {
            return true;
        }
        digits && ((numbers && announced_gap(self.bytes, last.end, span.0)) || (place() && self.alike(last, span)))
    }

    /// Whether a few words say so much that the other number may have another shape: `record no. 95876915, ours 4840601`,
    /// `Dup of`, `member id 750620690 as W58893935`, `to acct 34266979 from 183195591`.
    fn names_second(&self, last: &Last, (gap, value): (&[u8], &[u8])) -> bool {
        let day = || value.len() == 8 && matches!(value, [b'1', b'9', ..] | [b'2', b'0', ..]);
        let doubled = || {
            gap.to_ascii_lowercase().ends_with(b" dup of ") && second_gap(self.bytes, last.end, last.end + gap.len())
        };
        match gap {
            b", ours " | b", yours " | b", theirs " | b" displayed for " => true,
            // `MRN 4482913, and the outside hospital lists her as 3962345`.
            [.., b' ', b'a', b's', b' '] if gap.len() > 8 => gap.len() <= 64 && lists_as(gap) && !day(),
            b" as " => !day(),
            b" from " => last.hit.is(CueClass::Account) && !day(),
            [.., b' ', b'o' | b'O', b'f' | b'F', b' '] => gap.len() <= 24 && doubled(),
            _ => false,
        }
    }

    /// Whether the value is the next item of a list with one in each line: `mrns:⏎- 4482913⏎- 4482914`.
    fn is_item(&self, last: &Last, span: (usize, usize)) -> bool {
        let may = matches!(byte::peek(self.bytes, last.end), b'\n' | b'\r' | b'"' | b'\'' | b',');
        let before = (last.end - last.len.min(last.end), last.end);
        may && item_gap(self.bytes, before, span.0, last.hit.plural())
            && (self.alike(last, span) || self.is_other_item(last, before, span))
    }

    /// Whether the value fills its line and the label speaks for several, so that each may have a shape of its own:
    /// `faxes:⏎- 617-842-3311⏎- 617.842.3312`. Without a mark before each, only lengths may differ; a short one is a count.
    #[inline(never)]
    fn is_other_item(&self, last: &Last, before: (usize, usize), (start, end): (usize, usize)) -> bool {
        let bytes = self.bytes;
        let several = last.hit.plural() || last.hit.is(CueClass::Fax);
        let closes = bytes[end..].iter().take(4).find(|byte| !b"\"', ".contains(byte));
        let number = |from: usize, to: usize| self.planes.digits_in(from, to) == to - from;
        let numbers = || number(before.0, before.1) && number(start, end) && last.len.abs_diff(end - start) <= 2;
        several
            && self.planes.digits_in(start, end) >= LONG
            && matches!(closes, None | Some(b'\n' | b'\r'))
            && (item_gap(bytes, before, start, false) || numbers())
    }

    /// Whether the mark of an item stands before `start`, in the line behind that of the last value:
    /// `accounts:⏎- 4482913⏎- ACCT-513261`.
    pub(super) fn is_listed(&self, start: usize) -> bool {
        let gap = |last: &Last| self.bytes.get(last.end..start).filter(|gap| gap.len() <= 12).unwrap_or(&[]);
        self.last
            .as_ref()
            .map(gap)
            .is_some_and(|gap| gap.ends_with(b"- ") && gap.trim_ascii() == b"-" && gap.contains(&b'\n'))
    }

    /// Whether the value has the shape of the last one: digits, letters and signs at the same places.
    fn alike(&self, last: &Last, span: (usize, usize)) -> bool {
        let before = self.bytes.get(last.end - last.len.min(last.end)..last.end).unwrap_or(&[]);
        alike(before, &self.bytes[span.0..span.1])
    }

    /// Whether the value at `start` is the birth date of a relative of the one before it, or the same of another source.
    pub(super) fn kin(&self, start: usize) -> bool {
        self.last.is_some_and(|last| {
            let gap = |joins: fn(&[u8], usize, usize) -> bool| joins(self.bytes, last.end, start);
            last.hit.is(CueClass::Dob)
                && start.wrapping_sub(last.end) <= BETWEEN_BIRTHS
                && (gap(kin_gap) || gap(contrast_gap) || gap(sibling_gap) || gap(next_birth_gap) || gap(source_gap))
        })
    }

    /// Keeps the place from which a list may go on; a label behind its value is used up.
    #[inline]
    pub(super) fn remember(&mut self, span: (usize, usize), hit: Hit) {
        // `Duplicate MRNs identified: 5408620, 5161183`: several are announced, of one length.
        let announced = || hit.plural() && !hit.weak() && self.labelled(span.0);
        let announced = hit.fit() == Fit::Near && announced();
        // `DOB per mom: 2/25/2001, per ins: 5/11/1996`.
        let near = !announced && hit.fit() == Fit::Near && hit.is(CueClass::Dob);
        if (hit.fit() >= Fit::Strict || announced || near) && !hit.behind() {
            let hit = if announced { hit.with_plural(false) } else { hit };
            self.last = Some(Last { end: span.1, len: span.1 - span.0, hit, even: announced, near });
        }
    }
}

/// Whether words of one sentence tell how somebody else lists the same person.
fn lists_as(gap: &[u8]) -> bool {
    let signs = |byte: &u8| byte::is(*byte, byte::ALPHA) || matches!(byte, b' ' | b',' | b'\'' | b'-');
    gap.iter().all(signs) && LISTED_AS.iter().any(|words| gap.ends_with(words))
}

/// Whether two values have the same shape: digits, letters and signs at the same places.
fn alike(a: &[u8], b: &[u8]) -> bool {
    let same = |a: u8, b: u8| match a {
        b'0'..=b'9' => b.is_ascii_digit(),
        b'A'..=b'Z' | b'a'..=b'z' => b.is_ascii_alphabetic(),
        other => other == b,
    };
    a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(*a, *b))
}
