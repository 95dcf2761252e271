//! A lone `ID` is the number of a plan where its line speaks of an insurance; so is the bare name of a payer right beside
//! a value.

use super::near::{any_word, previous_word};
use super::worded::lettered;
use super::{Hit, Scan};
use crate::guard::byte;
use crate::guard::cue::{Cue, CueClass, Mask, is_number_word};
use crate::guard::words::WordSet;
use crate::guard::{Kind, Reason};

/// Payers whose bare names are cues.
static PAYERS: WordSet<32> =
    WordSet::new("aetna cigna humana bcbs anthem uhc unitedhealthcare kaiser medicaid tricare champva");
/// Loose words for a number of the insured that name no payer.
static HOLDERS: WordSet<32> =
    WordSet::new("cin mcd mbr cardholder policyholder policy group grp insured member subscriber dbn");
/// What a coverage is.
static STATUSES: WordSet<32> = WordSet::new(
    "pending active inactive approved eligible effective verified primary secondary tertiary termed expired emergency",
);
/// Words of a line that make `ID` the number of a plan; those of a card for prescriptions are sure.
static INSURANCE: WordSet<64> = WordSet::new(
    "insurance insured insurer ins member subscriber sub subscr subs carrier payer payor primary secondary ndary coverage \
    medicaid medicare tricare champva eob policyholder rxgrp molina aetna cigna humana anthem highmark bcbs",
);
static PRESCRIPTIONS: WordSet<64> = WordSet::new("rxbin rxpcn pcn");
/// Words before an `ID` that is no number of something else.
static OWN: WordSet<16> = WordSet::new("new his her my their the old says said shows reads sponsor");
/// What a card for prescriptions has beside its `ID`.
static RX_CARD: WordSet<16> = WordSet::new("bin pcn rxbin rxpcn rxgrp");
/// Who is treated.
static CLIENTS: WordSet<4> = WordSet::new("client consumer");
/// What is said near the number of a client who is treated, and near that of a program.
static TREATED: WordSet<16> = WordSet::new("therapist counselor clinician session intake diagnosis dx");
static BIN: WordSet<4> = WordSet::new("bin");
static CARD: WordSet<4> = WordSet::new("card cards");
/// Cards of something else: `Key card reads ID 4471822`.
static KEYS: WordSet<16> = WordSet::new("badge key access student employee library door gate license id punch");
static SAYS: WordSet<8> = WordSet::new("says said shows reads");
static GROUPS: WordSet<4> = WordSet::new("group grp");
/// Whose `ID` is no number of a plan.
static PROVIDERS: WordSet<64> = WordSet::new(
    "prescriber provider rendering referring ordering attending physician pharmacy pharmacist npi dea specimen order \
    sample lab requisition request transaction tracking study trial protocol ecg ekg image",
);

/// What a line speaks of in which a group is one of insured.
static GROUPED: WordSet<128> = WordSet::new(
    "insurance insured insurer ins member subscriber policy plan payer payor carrier coverage medicaid medicare ppo hmo \
    epo rxbin rxpcn pcn bcbs aetna cigna humana anthem uhc united kaiser tricare molina highmark benefits employer copay memberid subscriberid \
    policyid payerid planid",
);
/// What a line has beside the group of a person.
static PERSONAL: WordSet<16> = WordSet::new("patient pt mrn dob ssn subscribers members rxgroup rxgrp");
/// Groups of something else.
static OTHER_GROUPS: WordSet<128> = WordSet::new(
    "control age study treatment test user risk blood peer support focus task work working placebo ethnic racial muscle \
    diagnosis diagnostic related medical provider practice physician physicians billing consumer thread resource security \
    log process dental heart cardiology research experimental comparison patient target functional contact host device \
    ad directory access affinity replica parameter column data message dose therapy",
);
/// How far before `group` its line is looked at, in bytes.
const GROUP_REACH: usize = 96;

impl Scan<'_, '_> {
    /// Whether the cue is the bare name of a payer: it speaks only right beside the value, or its `ID`.
    pub(super) fn payer(&self, cue: &Cue, start: usize) -> bool {
        cue.class == CueClass::Plan
            && PAYERS.has(&self.bytes[cue.start..cue.end])
            && !self.has_id(start)
            && !self.has_status(cue.end, start)
    }

    /// Whether only a status and a word for a number stand between: `Medicaid pending, no. 42414859799`.
    fn has_status(&self, from: usize, start: usize) -> bool {
        let gap = self.bytes.get(from..start).filter(|gap| gap.len() <= 24).unwrap_or(&[]);
        let mut words = gap.split(|byte| !byte::is(*byte, byte::ALPHA)).filter(|word| !word.is_empty());
        let signs = |byte: &u8| byte::is(*byte, byte::ALPHA) || b" ,.:#()-".contains(byte);
        let numbered = gap.contains(&b'#') || words.clone().next_back().is_some_and(is_number_word);
        numbered && gap.iter().all(signs) && words.all(|word| STATUSES.has(word) || is_number_word(word))
    }

    /// Whether the cue is only the name of a payer, who has a telephone: `BCBS 808-342-3697`, not `group 808-342-3697`.
    pub(super) fn names_payer(&self, hit: Hit, start: usize) -> bool {
        let Some(end) = hit.end_before(start) else { return false };
        let word = &self.bytes[byte::back(self.bytes, end, byte::ALPHA, 20)..end];
        let named = PAYERS.has(word) || (hit.weak() && word.len() > 2 && !HOLDERS.has(word));
        named && self.id_before(start).is_none()
    }

    /// Whether an `ID` of any case stands right before `start`: `BCBS mom id AYV194492181`.
    fn has_id(&self, start: usize) -> bool {
        let before = self.bytes[..start].trim_ascii_end();
        let small = || before.ends_with(b" id") && start - before.len() == 1;
        self.id_before(start).is_some() || small()
    }

    /// Whether the loose word is no `group`, or one of a plan: the value looks like its number, and no other group is
    /// named (`control group 12345`); without a mark between, an insurance must be spoken of.
    #[inline(never)]
    pub(super) fn of_insured(&self, cue: &Cue, (start, end): (usize, usize)) -> bool {
        let bytes = self.bytes;
        let word = &bytes[cue.start..cue.end];
        // The group of a card for prescriptions is often the name of a network: `RxGrp RX8944`.
        let prescriptions = word.get(..2).is_some_and(|rx| rx.eq_ignore_ascii_case(b"rx"));
        // `gp 483753`; a GP is a physician, too.
        let short = word.get(..2).is_some_and(|gp| gp.eq_ignore_ascii_case(b"gp")) && !byte::at(word, 2, byte::ALPHA);
        if !prescriptions && !short && !word.get(..5).is_some_and(|group| group.eq_ignore_ascii_case(b"group")) {
            return true;
        }
        let value = &bytes[start..end];
        let digits = value.iter().filter(|byte| byte.is_ascii_digit()).count();
        let (phone, social) = (digits > 9, byte::is_shape(value, 0, b"ddd-dd-dddd"));
        let whole = value.iter().all(|byte| byte::is(*byte, byte::ALNUM) || *byte == b'-');
        let before = byte::back(bytes, cue.start, byte::BLANK, 2);
        let kind = &bytes[byte::back(bytes, before, byte::ALPHA, 12)..before];
        // Behind a mark, what stands around it may say so, too.
        let insured = if self.labelled(start) {
            any_word(bytes, cue.start.saturating_sub(GROUP_REACH), bytes.len().min(end + 64), &GROUPED)
        } else {
            any_word(bytes, byte::back_to(bytes, cue.start, b'\n', GROUP_REACH), cue.start, &GROUPED)
        };
        // `ID W254421304, Group 0081935`.
        let beside =
            || self.out.last().is_some_and(|last| last.kind() == Kind::Plan && start - last.end().min(start) < 24);
        let insured = insured || beside();
        let years = byte::is_shape(value, 0, b"20dd-20dd");
        whole
            && digits >= 3 + 2 * usize::from(prescriptions)
            && value.len() >= 4
            && !phone
            && !years
            && !social
            && !OTHER_GROUPS.has(kind)
            && (insured || (prescriptions && (digits >= 5 || self.labelled(start))))
    }

    /// Whether a name of programs is that of a group of machines: `topic=adt groupId=101784`, and no insurance or person
    /// stands near it.
    #[inline(never)]
    pub(super) fn groups_machines(&self, (start, end): (usize, usize), hit: Hit) -> bool {
        let bytes = self.bytes;
        let Some(to) = hit.end_before(start) else { return false };
        let Some(name) = bytes.get(to.saturating_sub(8)..to) else { return false };
        let stem = name.get(..name.len().saturating_sub(2)).unwrap_or(&[]);
        let stem = stem.strip_suffix(b"_").or_else(|| stem.strip_suffix(b".")).unwrap_or(stem);
        let is = |text: &[u8], word: &[u8]| {
            text.len().checked_sub(word.len()).is_some_and(|at| text[at..].eq_ignore_ascii_case(word))
        };
        let near = |set: fn(&[u8], usize, usize) -> bool| {
            set(bytes, to.saturating_sub(GROUP_REACH), to.saturating_sub(8))
                || set(bytes, end, bytes.len().min(end + GROUP_REACH))
        };
        is(name, b"id")
            && is(stem, b"group")
            && !near(|bytes, from, to| any_word(bytes, from, to, &GROUPED))
            && !near(|bytes, from, to| any_word(bytes, from, to, &PERSONAL))
    }

    /// Whether words of a treatment stand around the number of a client: `Client ID: 509415⏎Therapist: `.
    fn counsels(&self, start: usize) -> bool {
        let end = byte::skip(self.bytes, start, byte::DIGIT);
        let near = || any_word(self.bytes, start.saturating_sub(96), start, &TREATED);
        let behind = || any_word(self.bytes, end, self.bytes.len().min(end + 64), &TREATED);
        (5..=9).contains(&(end - start)) && !byte::at(self.bytes, end, byte::ALNUM) && (near() || behind())
    }

    /// Where a lone `ID` right before `start` begins and ends.
    fn id_before(&self, start: usize) -> Option<(usize, usize)> {
        let mut end = start;
        while end > 0 && start - end < 4 && matches!(self.bytes[end - 1], b' ' | b':' | b'#' | b'.') {
            end -= 1;
        }
        let before = &self.bytes[..end];
        // `ID number 37012641948`, `ID is YWA1532376862`.
        let ends =
            |word: &[u8]| before.len().checked_sub(word.len()).filter(|at| before[*at..].eq_ignore_ascii_case(word));
        let end = ends(b" number").or_else(|| ends(b" num")).or_else(|| ends(b" is")).unwrap_or(end);
        let before = self.bytes[..end].strip_suffix(b"ID").filter(|_| end < start)?;
        let from = before.strip_suffix(b"Rx").unwrap_or(before).len();
        (!byte::is(byte::prev(self.bytes, from), byte::ALNUM | byte::JOIN)).then_some((from, end))
    }

    /// `ID` alone, where its line speaks of an insurance: `Carrier: Acme   ID #: 894503555`.
    #[inline(always)]
    pub(super) fn bare_id(&self, start: usize, mask: Mask) -> Option<Hit> {
        // A cheap look at one byte first.
        let may = match byte::prev(self.bytes, start.saturating_sub(1)) {
            b'D' | b' ' | b':' | b'#' | b'.' => true,
            // `ID number 37012641948`.
            b'r' | b'R' => byte::prev(self.bytes, start.saturating_sub(7)) == b' ',
            // `new ID is YWA1532376862`.
            b's' => self.bytes[..start].ends_with(b"ID is "),
            b'm' => byte::prev(self.bytes, start.saturating_sub(4)) == b' ',
            _ => false,
        };
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
        // `Rx ID: W58893935` is on a card, too.
        let rx = whose.trim_ascii_end().eq_ignore_ascii_case(b"rx")
            && (lettered(bytes, start) || any_word(bytes, start, bytes.len().min(start + 32), &RX_CARD));
        let word = word && !OWN.has(whose.trim_ascii());
        // `BIN 610014, ID XYZ268337777`.
        // `Card says ID W254421304, Group 0081935`.
        let grouped = || any_word(bytes, start, bytes.len().min(start + 24), &GROUPS);
        let binned = || lettered(bytes, start) && (any_word(line, 0, line.len(), &BIN) || grouped());
        // `The card shows ID: 8541042494`.
        let carded = || {
            let said = line.trim_ascii_end();
            let holder = said.len().saturating_sub(whose.trim_ascii().len());
            SAYS.has(whose.trim_ascii())
                && CARD.has(previous_word(said, holder))
                && !any_word(line, 0, line.len(), &KEYS)
        };
        let insured =
            rx || binned() || carded() || end - from == 4 || (!word && has(&INSURANCE)) || has(&PRESCRIPTIONS);
        let client = || CLIENTS.has(whose.trim_ascii());
        let treated = || (!word || client()) && (born_behind(bytes, start) || (client() && self.counsels(start)));
        match insured {
            _ if place => None,
            true => Some(hit),
            false => treated().then(|| hit.renamed(CueClass::Mrn)),
        }
    }
}

/// Whether the number at `start` ends before the label of a birth date: the `ID: 3871764. DOB: ` of a strip, `PID 6544116
/// DOB`, the `ID: 485954⇥Birthdate: ` of a list.
pub(super) fn born_behind(bytes: &[u8], start: usize) -> bool {
    let end = byte::skip(&bytes[..bytes.len().min(start + 24)], start, byte::ALNUM | byte::JOIN);
    // A telephone number may begin with a sign, and then nothing is skipped.
    let end = if end > start && byte::at(bytes, end - 1, byte::JOIN) { end - 1 } else { end };
    let next = bytes[end..].iter().take(4).take_while(|byte| b" .,;|\n\t".contains(byte)).count() + end;
    let digits = bytes[start..end].iter().filter(|byte| byte.is_ascii_digit()).count();
    (5..=10).contains(&digits) && next > end && is_birth(bytes, next)
}

/// Whether a label of a birth date stands at `at`.
fn is_birth(bytes: &[u8], at: usize) -> bool {
    let is = |label: &[u8]| {
        let end = at + label.len();
        bytes.get(at..end).is_some_and(|word| word.eq_ignore_ascii_case(label)) && !byte::at(bytes, end, byte::ALNUM)
    };
    is(b"dob") || is(b"birthdate") || is(b"birth date") || is(b"date of birth")
}
