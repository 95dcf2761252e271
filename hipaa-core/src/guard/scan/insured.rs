//! A lone `ID` is the number of a plan where its line speaks of an insurance; so is the bare name of a payer right beside
//! a value.

use super::near::any_word;
use super::{Hit, Scan};
use crate::guard::Reason;
use crate::guard::byte;
use crate::guard::cue::{Cue, CueClass, Mask};
use crate::guard::words::WordSet;

/// Payers whose bare names are cues.
static PAYERS: WordSet<32> =
    WordSet::new("aetna cigna humana bcbs anthem uhc unitedhealthcare kaiser medicaid tricare champva");
/// Words of a line that make `ID` the number of a plan; those of a card for prescriptions are sure.
static INSURANCE: WordSet<64> = WordSet::new(
    "insurance insured insurer member subscriber sub subscr subs carrier payer payor primary secondary ndary coverage \
    medicaid medicare policyholder rxgrp molina aetna cigna humana anthem highmark bcbs",
);
static PRESCRIPTIONS: WordSet<64> = WordSet::new("rxbin rxpcn pcn");
/// Words before an `ID` that is no number of something else.
static OWN: WordSet<16> = WordSet::new("new his her my their the old");
/// What a card for prescriptions has beside its `ID`.
static RX_CARD: WordSet<16> = WordSet::new("bin pcn rxbin rxpcn rxgrp");
/// Whose `ID` is no number of a plan.
static PROVIDERS: WordSet<64> = WordSet::new(
    "prescriber provider rendering referring ordering attending physician pharmacy pharmacist npi dea specimen order \
    sample lab requisition request transaction tracking study trial protocol ecg ekg image",
);

impl Scan<'_, '_> {
    /// Whether the cue is the bare name of a payer: it speaks only right beside the value, or its `ID`.
    pub(super) fn payer(&self, cue: &Cue, start: usize) -> bool {
        cue.class == CueClass::Plan && PAYERS.has(&self.bytes[cue.start..cue.end]) && self.id_before(start).is_none()
    }

    /// Where a lone `ID` right before `start` begins and ends.
    fn id_before(&self, start: usize) -> Option<(usize, usize)> {
        let mut end = start;
        while end > 0 && start - end < 4 && matches!(self.bytes[end - 1], b' ' | b':' | b'#' | b'.') {
            end -= 1;
        }
        let before = self.bytes[..end].strip_suffix(b"ID").filter(|_| end < start)?;
        let from = before.strip_suffix(b"Rx").unwrap_or(before).len();
        (!byte::is(byte::prev(self.bytes, from), byte::ALNUM | byte::JOIN)).then_some((from, end))
    }

    /// `ID` alone, where its line speaks of an insurance: `Carrier: Acme   ID #: 894503555`.
    #[inline]
    pub(super) fn bare_id(&self, start: usize, mask: Mask) -> Option<Hit> {
        // A cheap look at one byte first.
        let may = matches!(byte::prev(self.bytes, start.saturating_sub(1)), b'D' | b' ' | b':' | b'#' | b'.');
        if may && mask.has(CueClass::Plan) { self.insured_id(start) } else { None }
    }

    #[inline(never)]
    fn insured_id(&self, start: usize) -> Option<Hit> {
        let bytes = self.bytes;
        let (from, end) = self.id_before(start)?;
        let line = bytes[end.saturating_sub(128).min(from)..from].rsplit(|byte| *byte == b'\n').next()?;
        let has = |set: &WordSet<64>| line.split(|byte| !byte::is(*byte, byte::ALPHA)).any(|word| set.has(word));
        // `DOD ID` and `Payer ID` are numbers of something else, `Boise, ID 83702` is a place.
        let word = line.strip_suffix(b" ").is_some_and(|line| line.last().is_some_and(u8::is_ascii_alphabetic));
        let place =
            bytes[end..start].iter().all(|byte| *byte == b' ') && byte::skip(bytes, start, byte::DIGIT) == start + 5;
        let at = -i16::try_from(start - end).ok()?;
        let hit = Hit::declared(CueClass::Plan, Reason::Cue { class: CueClass::Plan, at });
        let whose = &line[byte::back(line, line.trim_ascii_end().len(), byte::ALPHA, 12)..];
        if PROVIDERS.has(whose.trim_ascii_end()) {
            return None;
        }
        // `RX ID 884471902, BIN 610502`.
        let rx = whose.trim_ascii_end().eq_ignore_ascii_case(b"rx")
            && any_word(bytes, start, bytes.len().min(start + 32), &RX_CARD);
        let word = word && !OWN.has(whose.trim_ascii());
        let insured = rx || end - from == 4 || (!word && has(&INSURANCE)) || has(&PRESCRIPTIONS);
        (insured && !place).then_some(hit)
    }
}
