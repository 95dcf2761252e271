//! Tokens of letters and digits: DEA, Medicare and vehicle numbers, and what a cue names.

use super::claim::Claim;
use super::near::{any_word, said_before, siblings_fail};
use super::number::{NUMBERS, form};
use super::star::masked;
use super::token::Run;
use super::{Hit, Scan};
use crate::guard::byte::{self, HEX};
use crate::guard::cue::{CueClass, Fit, Mask};
use crate::guard::validate::{self, Vin};
use crate::guard::words::WordSet;
use crate::guard::{Confidence, Kind, Reason};

static INSURED: WordSet<32> =
    WordSet::new("insurance ins insured member medicaid medicare aetna cigna humana bcbs anthem uhc tricare");
/// How far before a card an insurance may be spoken of, in bytes.
const INSURED_REACH: usize = 96;
static DEA: WordSet<4> = WordSet::new("dea");

/// Kinds whose values never have the form of a Medicare number: `Red, white and blue card: 1EG4-TE5-MK73`.
const FORMED: Mask = Mask::of(&[
    CueClass::Ssn,
    CueClass::Npi,
    CueClass::Dea,
    CueClass::Phone,
    CueClass::Fax,
    CueClass::Zip,
    CueClass::CreditCard,
    CueClass::Vin,
]);

impl Scan<'_, '_> {
    /// One run with letters and digits.
    pub(super) fn mixed(&mut self, run: Run) {
        if matches!(byte::peek(self.bytes, run.end), b':' | b'#' | b'=')
            && byte::at(self.bytes, run.start, byte::DIGIT)
            && let Some(cut) = self.before_label(run)
        {
            self.done = cut.end;
            return self.bare(cut, &[]);
        }
        if byte::prev(self.bytes, run.start) == b'%'
            && let Some(cut) = self.escaped(run)
        {
            return if cut.numeric() { self.bare(cut, &[]) } else { self.mixed(cut) };
        }
        let span = (run.start, run.end);
        let digit_leads = byte::at(self.bytes, run.start, byte::DIGIT);
        if digit_leads && (self.age_run(run) || self.text_date(run)) {
            return;
        }
        if run.len() < 3 || byte::glued(self.bytes, run.start, run.end) || masked(self.bytes, span.0, span.1) {
            return;
        }
        let token = &self.bytes[span.0..span.1];
        let checked = run.len() == 9 && validate::dea(token);
        let other = match digit_leads {
            true => self.phone(run.start) || (run.len() == 4 && self.spaced_mbi(run)),
            false => !checked && run.digits >= 4 && self.glued_label(span),
        };
        if other {
            return;
        }
        // What was asked for the cue need not ask again.
        let mut asked = None;
        match run.len() {
            3..=7 => self.icd_plain(run),
            9 if checked => asked = Some(self.dea(span)),
            11 if validate::mbi(token) => asked = Some(self.mbi(span)),
            13 | 15 | 16 if digit_leads && token[8] == b'T' && self.calendar_time(run) => return,
            12 if token.iter().all(|byte| byte::is(*byte, HEX)) => self.bare_mac(span),
            12..=18 if digit_leads && self.bare_extension(span, run.digits) => return,
            17 => asked = Some(self.vin(span, run.digits)),
            _ => {}
        }
        if run.len() < 4 || run.digits < 2 {
            return;
        }
        let hit = asked.unwrap_or_else(|| self.context(span, NUMBERS)).or_else(|| self.by_word(span));
        self.lettered(run, hit);
    }

    /// What the cue makes of letters and digits without a form of their own, or their place.
    #[inline]
    fn lettered(&mut self, run: Run, hit: Option<Hit>) {
        let span = (run.start, run.end);
        match hit {
            // `Plan: C1D15`: a short word behind a loose `plan` is what is planned.
            Some(hit) if hit.weak() && hit.is(CueClass::Plan) && run.len() < 6 => {}
            Some(hit) => {
                let hit = if hit.is(CueClass::CreditCard) { self.of_member(span, hit) } else { hit };
                self.ident(span, hit);
            }
            None => self.by_place(span),
        }
    }

    /// The number of a card that starts with three letters is that of a member, `card id# XEH120044710`; so is one that
    /// starts with a letter where an insurance is spoken of: `her insurance card. ID W69796760`.
    fn of_member(&self, (start, end): (usize, usize), hit: Hit) -> Hit {
        let lettered = byte::skip(self.bytes, start, byte::UPPER) == start + 3 && end - start >= 11;
        let lettered = lettered
            || (byte::at(self.bytes, start, byte::UPPER)
                && any_word(self.bytes, start.saturating_sub(INSURED_REACH), start, &INSURED));
        let named = hit.distance().is_some_and(i16::is_negative) && hit.fit() == Fit::Label && lettered;
        if named { hit.renamed(CueClass::Plan) } else { hit }
    }

    /// The run without the escape of `=` or `:` that it starts with: `mrn%3D4482913`.
    fn escaped(&self, run: Run) -> Option<Run> {
        let start = run.start + 2;
        let mark = matches!(self.bytes[run.start..], [b'3', b'D' | b'd' | b'A' | b'a', ..]) && run.end > start + 3;
        mark.then(|| Run { start, digits: run.digits - 1, ..run })
    }

    /// Several runs, joined by `-`, `.` or `_`, with letters among them.
    pub(super) fn joined(&mut self, piece: &[Run]) {
        let (Some(first), Some(last)) = (piece.first(), piece.last()) else {
            return;
        };
        let span = (first.start, last.end);
        if masked(self.bytes, span.0, span.1) || self.age_run(*first) || self.icd_dotted(piece) {
            return;
        }
        if first.numeric() && self.phone_of(first) {
            return;
        }
        let dashes = piece[1..].iter().all(|run| run.sep == b'-');
        let asked = if dashes { self.dashed(piece, span) } else { None };
        if !dashes && piece.len() == 3 && self.cisco(piece) {
            return;
        }
        let dots = piece[1..].iter().any(|run| run.sep == b'.');
        // `License # MD.76875`.
        let board = matches!(piece, [a, b] if dots && a.digits == 0 && a.len() <= 3 && b.numeric() && b.len() >= 4);
        if (!dots || board)
            && let Some(hit) = asked.unwrap_or_else(|| self.context(span, NUMBERS))
            && (!board || (hit.is(CueClass::License) && hit.fit() == Fit::Label))
        {
            self.ident(span, hit);
        }
    }

    /// Groups with a form of their own; returns the cue, where it was asked for.
    fn dashed(&mut self, piece: &[Run], span: (usize, usize)) -> Option<Option<Hit>> {
        let form = form(piece);
        if !matches!(form, 0x434 | 0x91..=0x96 | 0x27 | 0x22_2222) {
            return None;
        }
        let mut token = [0; 16];
        let bytes = piece.iter().flat_map(|run| &self.bytes[run.start..run.end]);
        let solid = token.iter_mut().zip(bytes).map(|(slot, byte)| *slot = *byte).count();
        let token = &token[..solid];
        match form {
            0x434 if validate::mbi(token) => Some(self.mbi(span)),
            0x91..=0x96 if validate::dea(&token[..9]) => Some(self.dea(span)),
            0x27 if validate::dea(token) => Some(self.dea(span)),
            0x22_2222 if token.iter().all(|byte| byte::is(*byte, HEX)) => {
                self.mac(span, Confidence::Medium);
                None
            }
            _ => None,
        }
    }

    /// `1EG4 TE5 MK73`.
    fn spaced_mbi(&mut self, run: Run) -> bool {
        let end = run.start + 13;
        let Some(part) = self.bytes.get(run.start..end).filter(|part| part[4] == b' ' && part[8] == b' ') else {
            return false;
        };
        let mut token = [0; 11];
        token[..4].copy_from_slice(&part[..4]);
        token[4..7].copy_from_slice(&part[5..8]);
        token[7..].copy_from_slice(&part[9..]);
        let fits = validate::mbi(&token)
            && !byte::at(self.bytes, end, byte::ALNUM)
            && !(byte::at(self.bytes, end, byte::JOIN) && byte::at(self.bytes, end + 1, byte::ALNUM));
        if fits {
            self.mbi((run.start, end));
            self.done = end;
        }
        fits
    }

    /// Returns the cue that was found.
    fn dea(&mut self, span: (usize, usize)) -> Option<Hit> {
        let found = self.context(span, NUMBERS);
        let mut hit = found;
        // `DEA certificate`, `DEA license`: the first word says whose.
        let whose = |hit: &Hit| hit.is(CueClass::License) && hit.is_cue() && said_before(self.bytes, span.0, 40, &DEA);
        if let Some(license) = hit.filter(whose) {
            hit = Some(license.renamed(CueClass::Dea));
        }
        let capitals = self.bytes[span.0].is_ascii_uppercase();
        let many = || siblings_fail(self.bytes, span, numbered, validate::dea);
        // `PA-6321222`: the start of many a number.
        let parted = byte::peek(self.bytes, span.0 + 2) == b'-';
        let base = if capitals && (hit.is_some_and(|hit| hit.is(CueClass::Dea)) || !(parted || many())) {
            Confidence::Medium
        } else {
            Confidence::Low
        };
        self.claim(Claim { kind: Kind::Dea, span, base, reason: Reason::CheckOk }, hit);
        found
    }

    /// A Medicare number: its alphabet is so narrow that only the label of a number of any form speaks against it.
    /// Returns the cue that was found.
    #[inline(never)]
    fn mbi(&mut self, span: (usize, usize)) -> Option<Hit> {
        let mut found = self.context(span, NUMBERS);
        let listed = |hit: Hit| hit.lists() && !matches!(hit.class(), CueClass::Mbi | CueClass::Plan);
        // `account V18686850; 5XA0G46FC16`: the list of other numbers has ended.
        if found.is_some_and(listed) && self.last.is_some_and(|last| last.len != span.1 - span.0) {
            self.last = None;
            found = self.context(span, NUMBERS);
        }
        let hit = found.filter(|hit| !FORMED.has(hit.class()) && !self.told_by_form(span, *hit));
        let claim = Claim { kind: Kind::Mbi, span, base: Confidence::Medium, reason: Reason::Shape };
        match hit {
            Some(hit) if hit.is(CueClass::Plan) => self.push(claim, Confidence::High, Some(hit.reason())),
            hit => self.claim(claim, hit),
        }
        found
    }

    /// Whether only a word of prose speaks against a Medicare number: the claims of the insured, or any where it has
    /// dashes: `claims under 1EG4-TE5-MK73`.
    fn told_by_form(&self, span: (usize, usize), hit: Hit) -> bool {
        let prose = hit.is(CueClass::Other) && hit.fit() < Fit::Label;
        prose && (byte::peek(self.bytes, span.0 + 4) == b'-' || self.says(hit, span.0, b"claims"))
    }

    /// Returns the cue that was found.
    fn vin(&mut self, span: (usize, usize), digits: usize) -> Option<Hit> {
        let letters = 17 - digits;
        let found = self.context(span, NUMBERS);
        let hit = found.map(|hit| self.without_source(span, hit).unwrap_or(hit));
        let cue = hit.filter(|hit| hit.is(CueClass::Vin));
        let tail = self.bytes[span.1 - 4..span.1].iter().all(u8::is_ascii_digit);
        match validate::vin(&self.bytes[span.0..span.1]) {
            Vin::Checked if cue.is_some() || (letters >= 3 && tail) => {
                self.claim(Claim { kind: Kind::Vin, span, base: Confidence::Medium, reason: Reason::CheckOk }, hit);
            }
            Vin::Unchecked if cue.is_some() && letters >= 2 => {
                self.claim(Claim { kind: Kind::Vin, span, base: Confidence::Low, reason: Reason::Vehicle }, hit);
            }
            _ => {}
        }
        found
    }
}

/// Two capitals and digits.
fn numbered(run: &[u8]) -> bool {
    let (letters, digits) = run.split_at(2.min(run.len()));
    letters.iter().all(u8::is_ascii_uppercase) && digits.iter().all(u8::is_ascii_digit)
}
