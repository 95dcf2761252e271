//! Where a value was read or who said it: `SSN from insurance card`, `VIN given by wife over phone`, `MRN form:`. What the
//! value is stands before.

use super::{Hit, Scan};
use crate::guard::Reason;
use crate::guard::byte::{self, ALNUM, ALPHA, BLANK};
use crate::guard::cue::CueClass::{self, *};
use crate::guard::cue::{Cue, Fit, Mask, is_number_word};
use crate::guard::validate;
use crate::guard::words::WordSet;

/// What values are read from, or told over.
const SOURCES: Mask = Mask::of(&[Plan, Phone, Fax, License, Dea, CreditCard]);
/// The longest text between the two, in bytes.
const REACH: usize = 36;

static FROM: WordSet<16> = WordSet::new("from per off via by over");
/// Other words between: what was done, and by whom.
static GIVEN: WordSet<128> = WordSet::new(
    "given provided taken read verified obtained copied confirmed stated reported was is as the a an her his their my our \
    your its this patient patients pt pts wife husband spouse mother father mom dad son daughter caller member s on \
    insurance dental old new current",
);
/// What is filled in.
static FORMS: WordSet<8> = WordSet::new("form forms");
static ON: WordSet<8> = WordSet::new("on from in per of for");
/// What is faxed: `fax orders` is followed by a number of fax.
static SENT: WordSet<32> =
    WordSet::new("order orders request requests release form forms claims rx referral referrals sample study");
/// The same, where `to` follows.
static SENT_TO: WordSet<8> = WordSet::new("confirmation authorization auth approval");
/// What stands between a fax and what is sent.
static WHOSE: WordSet<64> = WordSet::new(
    "me us him her them the a an this that your our my consent release discharge referral intake records medical roi emtala hipaa phi completed signed filled attached",
);

impl Scan<'_, '_> {
    /// The cue of what the value is, when this one is only its source and the value has the form.
    #[inline]
    pub(super) fn without_source(&self, span: (usize, usize), hit: Hit) -> Option<Hit> {
        if SOURCES.has(hit.class()) && hit.is_cue() { self.owner_of_source(span, hit) } else { None }
    }

    #[inline(never)]
    fn owner_of_source(&self, (start, end): (usize, usize), hit: Hit) -> Option<Hit> {
        let bytes = self.bytes;
        let at = hit.end_before(start).filter(|_| hit.fit() >= Fit::Strict)?;
        // Most labels end with a word for a number.
        if !byte::is(byte::prev(bytes, at), ALPHA) || bytes[at.saturating_sub(2)..at].eq_ignore_ascii_case(b"id") {
            return None;
        }
        let i = self.cues[..self.cues_before(start)].iter().rposition(|cue| cue.end == at)?;
        // Words stand before it, and no value.
        let (cue, before) = (self.cues[i], self.cues.get(i.checked_sub(1)?)?);
        let word = |at: usize| byte::at(bytes, at, ALPHA);
        if !word(before.end + 1) || !(word(cue.start.wrapping_sub(2)) || cue.start == before.end + 1) {
            return None;
        }
        let last = byte::back(bytes, cue.end, ALPHA, 12);
        if last == cue.end || is_number_word(&bytes[last..cue.end]) {
            return None;
        }
        // `DEA certificate` is one source.
        let mut first = i;
        while first > 0 && first + 2 > i && bytes.get(self.cues[first - 1].end..self.cues[first].start) == Some(b" ") {
            if matches!(self.cues[first - 1].class, Date | Other) {
                break;
            }
            first -= 1;
        }
        let floor = self.spent.max(self.tables.cell.0);
        let from = self.cues[first].start;
        let loose = |cue: &Cue| cue.weak && matches!(cue.class, Date | Phone | Plan | Other);
        let place = (first.saturating_sub(3)..first).rev().find(|at| !loose(&self.cues[*at]))?;
        let owner = self.cues[place];
        let near = from.wrapping_sub(owner.end) < REACH && owner.start >= floor;
        let fits = near && !owner.weak && owner.class != cue.class && self.has_form(owner.class, (start, end));
        let at = -i16::try_from(start - owner.end).ok()?;
        let plain = Hit::declared(owner.class, Reason::Cue { class: owner.class, at });
        (fits && source_gap(&bytes[owner.end..from])).then(|| plain.with_fit(hit.fit()))
    }

    /// Whether a value looks like one of the class; those without a form are no telephone numbers.
    fn has_form(&self, class: CueClass, span: (usize, usize)) -> bool {
        let value = &self.bytes[span.0..span.1];
        let digits = value.iter().filter(|byte| byte.is_ascii_digit()).count();
        match class {
            Ssn => digits == 9 && value.len() <= 11,
            Vin => value.len() == 17,
            Npi => validate::npi(value),
            Dea => validate::dea(value),
            Mbi => self.digits_of::<9>(span).is_none() && value.len() >= 11,
            Phone | Fax => digits == 10,
            Mrn | Account | Plan | License | Device => digits != 10 || value.len() == 10,
            _ => false,
        }
    }

    /// Whether the loose word is the form on which a value stands: `VIN on the crash form`, `MRN form:`.
    pub(super) fn on_form(&self, owner: &Cue, cue: &Cue, labelled: bool) -> bool {
        let gap = self.bytes.get(owner.end..cue.start).unwrap_or(b"-");
        if !FORMS.has(&self.bytes[cue.start..cue.end]) {
            return false;
        }
        // `SSN on W-9 form: `.
        let digits = gap.iter().filter(|byte| byte.is_ascii_digit()).count();
        if digits > 4 || !gap.iter().all(|byte| byte::is(*byte, ALNUM | BLANK) || *byte == b'-') {
            return false;
        }
        let claimed = labelled && gap.ends_with(b" claim ");
        let formed = claimed || owner.class.kind().is_some_and(|kind| !kind.needs_cue());
        let first = gap.split(|byte| *byte == b' ').find(|word| !word.is_empty());
        first.map_or(labelled, |word| formed && ON.has(word))
    }

    /// Whether the word is what is faxed: `fax me the form`, `Fax EMTALA form`, `Fax confirmation to`.
    pub(super) fn sends(&self, fax: &Cue, cue: &Cue) -> bool {
        let word = &self.bytes[cue.start..cue.end];
        let sent = SENT.has(word)
            || (SENT_TO.has(word)
                && self.bytes.get(cue.end..cue.end + 4).is_some_and(|to| to.eq_ignore_ascii_case(b" to ")));
        let gap = self.bytes.get(fax.end..cue.start).unwrap_or(&[]);
        let shouted = |word: &[u8]| word.len() > 2 && word.iter().all(u8::is_ascii_uppercase);
        sent && gap.first() == Some(&b' ')
            && gap.split(|byte| *byte == b' ').all(|word| word.is_empty() || WHOSE.has(word) || shouted(word))
    }
}

/// Whether what stands between a label and a source says that the value came from there.
fn source_gap(gap: &[u8]) -> bool {
    let mut from = false;
    let mut words = gap.split(|byte| matches!(byte, b' ' | b'\'')).filter(|word| !word.is_empty());
    let fits = words.all(|word| {
        let source = FROM.has(word);
        from |= source;
        source || GIVEN.has(word) || is_number_word(word)
    });
    fits && from && gap.iter().all(|byte| byte::is(*byte, ALNUM) || matches!(byte, b' ' | b'\''))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_comes_from_a_source() {
        for text in [" from ", " given by wife over ", " per her ", " number given over ", " verified via "] {
            assert!(source_gap(text.as_bytes()), "{text}");
        }
        for text in [" and ", ", from ", " 12 from ", " on ", " from home "] {
            assert!(!source_gap(text.as_bytes()), "{text}");
        }
    }
}
