//! Diagnosis codes. The shape alone says little: one needs an assigned category, and a point,
//! a cue, a list or parentheses besides.

mod form;

use super::claim::Claim;
use super::near::{said_before, word_before, word_behind};
use super::token::Run;
use super::{Hit, Scan, condition, lookalike, title, unit};
use crate::guard::byte::{self, ALNUM};
use crate::guard::cue::CueClass::*;
use crate::guard::cue::{Fit, Mask, list_gap};
use crate::guard::validate::icd10::subclass;
use crate::guard::words::WordSet;
use crate::guard::{Confidence, Finding, Kind, Reason};

const CODES: Mask = Mask::of(&[Icd10, Mrn, Device, Account, Plan, License, Other, Version]);

/// Categories that also name something else in notes: a mask, dextrose, fluorine.
const HOMOGRAPHS: [&[u8]; 5] = [b"N95", b"D50", b"D10", b"D25", b"F18"];

/// How dextrose is given.
static INFUSED: WordSet<32> =
    WordSet::new("amp amps ampule bolus push iv ivp gtt drip infusion infusing water syringe");

/// What dextrose is in.
static FLUIDS: WordSet<16> = WordSet::new("tpn pn hal ivf mivf fluid fluids dextrose");

static DIAGNOSES: WordSet<16> = WordSet::new("dx diagnosis diagnoses icd dxs");

impl Scan<'_, '_> {
    /// `E11.9`, and the range `E11.0-E11.9`.
    pub(super) fn icd_dotted(&mut self, piece: &[Run]) -> bool {
        match piece {
            [a, b] if b.sep == b'.' => self.icd_code(a, b, true),
            [a, b, c, d] if (b.sep, c.sep, d.sep) == (b'.', b'-', b'.') => {
                self.icd_code(a, b, false) && self.icd_code(c, d, false)
            }
            _ => false,
        }
    }

    fn icd_code(&mut self, category: &Run, extension: &Run, alone: bool) -> bool {
        let span = (category.start, extension.end);
        // `<path d="M11.1 12.08c-2.33`.
        if category.len() != 3 || extension.len() > 4 || self.bytes[..span.0].ends_with(b" d=\"") {
            return false;
        }
        let text = &self.bytes[span.0..span.1];
        let lower = text.iter().any(u8::is_ascii_lowercase);
        let mut raised = [0; 8];
        let code = if lower { in_capitals(text, &mut raised) } else { text };
        let valid = self.rules.categories.has(&code[..3]) && subclass(&code[4..]);
        if !valid || (alone && unit::measures(self.bytes, span.1) && !unit::bills(self.bytes, span.1)) {
            return false;
        }
        if code == b"D12.5" && is_strength(self.bytes, span) {
            return false;
        }
        let hit = self.context(span, CODES).filter(|&hit| !self.describes(hit, span));
        let cued = hit.is_some_and(|hit| hit.is(Icd10));
        // `copd (j44.1)`, but `status (v10.2)`.
        let told = || text[0] != b'v' && in_parentheses(self.bytes, span) && condition::before(self.bytes, span.0 - 1);
        if lower && !cued && !told() {
            return false;
        }
        let close = hit.is_some_and(|hit| hit.is(Icd10) && hit.fit() >= Fit::Strict);
        if let Some(against) = (!close).then(|| lookalike::reason(self.bytes, span)).flatten() {
            let claim = Claim { kind: Kind::Icd10, span, base: Confidence::Low, reason: Reason::CategoryOk };
            self.push(claim, Confidence::Low, Some(against));
            return true;
        }
        let base = match () {
            () if self.code_beside(span) => (Confidence::Medium, Reason::CodeList),
            () if in_parentheses(self.bytes, span) => (Confidence::High, Reason::Parenthesis),
            () => (Confidence::Medium, Reason::CategoryOk),
        };
        self.claim(Claim { kind: Kind::Icd10, span, base: base.0, reason: base.1 }, hit);
        true
    }

    /// `E119`, `I10`: only beside a cue, or in a list with codes that have a point.
    pub(super) fn icd_plain(&mut self, run: Run) {
        let code = &self.bytes[run.start..run.end];
        let capital = code[0].is_ascii_uppercase() && code[1].is_ascii_digit();
        let valid = capital && self.rules.categories.has(&code[..3]) && (code.len() == 3 || subclass(&code[3..]));
        if valid
            && !form::is_item(self.bytes, run)
            && (!unit::measures(self.bytes, run.end) || form::goes_on(self.bytes, run))
        {
            self.undotted(run);
        }
    }

    /// What has the form of a code without a point.
    #[inline(never)]
    fn undotted(&mut self, run: Run) {
        let code = &self.bytes[run.start..run.end];
        let span = (run.start, run.end);
        let hit = self.context(span, CODES).filter(|&hit| !self.describes(hit, span));
        let claim = Claim { kind: Kind::Icd10, span, base: Confidence::Low, reason: Reason::CategoryOk };
        let procedure = may_be_procedure(code);
        match hit.filter(|hit| hit.is(Icd10)) {
            Some(_) if infused(self.bytes, span) => {}
            Some(hit) if hit.lists() && procedure && self.pointed_beside(span) => {}
            Some(hit) if speaks(hit) && !self.any_code(hit, run) => self.claim(claim, Some(hit)),
            _ if hit.is_some_and(|hit| hit.rules_out() && !hit.is(Icd10)) => {}
            _ if (procedure || form::may_be_item(code)) && self.pointed_beside(span) => {}
            _ if self.code_beside(span) || self.replaces_code(span) => {
                self.push(claim, Confidence::Medium, Some(Reason::CodeList));
            }
            _ if code.len() == 3
                && (title::beside(self.bytes, span) || behind_hcc(self.bytes, span.0))
                && lookalike::reason(self.bytes, span).is_none() =>
            {
                self.push(claim, Confidence::Medium, None);
            }
            _ if in_parentheses(self.bytes, span) => {
                let other = HOMOGRAPHS.contains(&&self.bytes[span.0..span.1]) || code_length(span) != 3;
                // Chapter Z names reasons and states, which read like anything.
                let reason = self.bytes[span.0] == b'Z';
                let told = reason || hit.is_some_and(|hit| hit.is(Icd10)) || condition::before(self.bytes, span.0 - 1);
                let confidence = if told && !other { Confidence::Medium } else { Confidence::Low };
                self.push(claim, confidence, Some(Reason::Parenthesis));
            }
            _ => {}
        }
    }

    /// Whether the cue is only `code`, and nothing before it says that diagnoses are meant:
    /// procedures, errors and remarks have codes too.
    fn any_code(&self, hit: Hit, run: Run) -> bool {
        let Some(end) = hit.end_before(run.start) else { return false };
        let from = byte::back(self.bytes, end, byte::ALPHA, 8);
        let word = &self.bytes[from..end];
        let loose = word.eq_ignore_ascii_case(b"code") || word.eq_ignore_ascii_case(b"codes");
        // `Coded G0439`: a letter and four digits are a procedure's, too.
        let procedure = run.len() == 5 && run.digits == 4 && word.eq_ignore_ascii_case(b"coded");
        let any = procedure || (hit.weak() && loose);
        if !any {
            return false;
        }
        let before = &self.bytes[from.saturating_sub(64)..from];
        let says = |name: &[u8]| before.windows(name.len()).any(|part| part.eq_ignore_ascii_case(name));
        !(says(b"icd") || says(b"diag") || says(b"dx"))
    }

    /// Whether a loose word right before the code is a part of what the code means:
    /// `initial encounter S72.001A`, `unspecified stage (L89.159)`.
    fn describes(&self, hit: Hit, span: (usize, usize)) -> bool {
        if matches!(hit.class(), Other | Version) && begins_sentence(self.bytes, span.0) {
            return true;
        }
        // `MRN 30141, C50.912, ER 95%`: no list of records goes on to a code with a point.
        if hit.lists() && self.bytes.get(span.0 + 3) == Some(&b'.') && hit.class().kind().is_some_and(Kind::needs_cue) {
            return true;
        }
        // `The claim for E11.9 was rejected`.
        if hit.is(Other) && hit.fit() == Fit::Strict && form::subject(self.bytes, span.0) {
            return true;
        }
        // `Dx per chart: C50.911`.
        if hit.is(Mrn) && !hit.behind() && said_before(self.bytes, span.0, 40, &DIAGNOSES) {
            return true;
        }
        let loose = hit.weak() && !hit.is(Icd10) && !hit.behind() && !self.labelled(span.0);
        loose && (in_parentheses(self.bytes, span) || self.says(hit, span.0, b"encounter"))
    }

    /// Whether a code stands before it in a list, or one with a point behind it.
    fn code_beside(&self, span: (usize, usize)) -> bool {
        self.code_before(span.0).is_some() || self.pointed_behind(span.1)
    }

    /// Whether it takes the place of a code with a point: `replace J45.909 with G20`, `change E11.9 to I10`.
    fn replaces_code(&self, span: (usize, usize)) -> bool {
        let last = self.out.last().filter(|last| last.kind() == Kind::Icd10 && last.confidence() > Confidence::Low);
        let gap = last.and_then(|last| self.bytes.get(last.end()..span.0)).unwrap_or(&[]);
        matches!(gap, b" with " | b" to " | b" instead of ") && !HOMOGRAPHS.contains(&&self.bytes[span.0..span.1])
    }

    /// Whether codes that stand beside it in a list have points; those of three characters have none.
    fn pointed_beside(&self, span: (usize, usize)) -> bool {
        let pointed = |found: &Finding| found.kind() == Kind::Icd10 && self.bytes[found.span()].contains(&b'.');
        let before = || self.code_before(span.0).is_some() && self.out.iter().rev().take(4).any(pointed);
        self.pointed_behind(span.1) || before()
    }

    /// The code from which a list goes on to `start`.
    fn code_before(&self, start: usize) -> Option<&Finding> {
        self.out.iter().rev().take(4).find(|found| {
            found.kind() == Kind::Icd10
                && found.confidence() > Confidence::Low
                && (joined(self.bytes, found.end(), start) || in_column(self.bytes, found.start(), start))
        })
    }

    fn pointed_behind(&self, end: usize) -> bool {
        let capital = |at: &usize| byte::at(self.bytes, *at, byte::UPPER);
        let next = (end..end + 7).find(capital).map(|at| {
            // `Z23 B. Z79.4`.
            let lettered = byte::peek(self.bytes, at + 1) == b'.' && byte::peek(self.bytes, at + 2) == b' ';
            if lettered { at + 3 } else { at }
        });
        next.is_some_and(|next| joined(self.bytes, end, next) && self.dotted_at(next))
    }

    fn dotted_at(&self, at: usize) -> bool {
        let end = byte::skip(self.bytes, at, ALNUM);
        end == at + 3
            && self.rules.categories.has(&self.bytes[at..end])
            && byte::peek(self.bytes, end) == b'.'
            && byte::at(self.bytes, end + 1, ALNUM)
    }
}

/// Whether a sentence ended right before `start`: `under ICD-9. E11.65`, `1 unit. E11.65`; but not `Case no. E11.65`.
fn begins_sentence(bytes: &[u8], start: usize) -> bool {
    let before = bytes[..start].strip_suffix(b". ").unwrap_or(&[]);
    let end = before.len();
    byte::is(byte::prev(bytes, end), byte::DIGIT) || end - byte::back(bytes, end, byte::LOWER, 8) >= 4
}

/// Whether the code at `start` begins its line and the one at `above` the line before.
fn in_column(bytes: &[u8], above: usize, start: usize) -> bool {
    let mut line = start;
    while line > above && start - line < 6 && is_lead(bytes[line - 1]) {
        line -= 1;
    }
    if start - above > 160 || byte::prev(bytes, line) != b'\n' {
        return false;
    }
    let before = bytes[..above].iter().rev().take(6).take_while(|byte| is_lead(**byte)).count();
    let begins = matches!(byte::prev(bytes, above - before), 0 | b'\n');
    begins && !bytes[above..line - 1].contains(&b'\n')
}

/// Blanks and the number with which a line starts: ` 2. `.
const fn is_lead(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'.' | b')' | b'-' | b'*' | b'#' | b'0'..=b'9')
}

/// What a diagnosis is among others.
static RANKS: WordSet<16> = WordSet::new("primary secondary principal admitting prim sec");

/// Where the gap before a code ends without the word for its rank: `E11.9, secondary I10`.
fn without_rank(bytes: &[u8], from: usize, to: usize) -> usize {
    let end = from + bytes.get(from..to).unwrap_or(&[]).trim_ascii_end().len();
    let end = if end > from && bytes[end - 1] == b':' { end - 1 } else { end };
    let start = byte::back(bytes, end, byte::ALPHA, 9);
    if start > from && RANKS.has(&bytes[start..end]) { start } else { to }
}

/// Whether two codes stand in one list: `, `, blanks, or the letters of a form: `A. Z23 B. Z79.4`.
fn joined(bytes: &[u8], from: usize, to: usize) -> bool {
    let to = if to.wrapping_sub(from) < 16 { without_rank(bytes, from, to) } else { to };
    match bytes.get(from..to).unwrap_or(&[]) {
        b" " | b"  " | b"   " | [b' ', b'A'..=b'L', b'.', b' '] | [b' ', b' ', b'A'..=b'L', b'.', b' '] => true,
        gap => list_gap(bytes, from, to) || (gap.len() <= form::LONGEST && form::joins(gap)),
    }
}

/// Whether the code may be one of a procedure, a letter and four digits.
///
/// # Source
/// HCPCS level II sections A to V (no F, I, N, O) and the thousands in which they have codes; D are the codes of
/// dentists (CDT).
fn may_be_procedure(code: &[u8]) -> bool {
    let [letter, number @ ..] = code else { return false };
    let thousands: &[u8] = match letter {
        b'A' | b'D' | b'L' | b'S' => b"0123456789",
        b'B' => b"459",
        b'C' => b"125789",
        b'E' => b"01238",
        b'G' => b"01234689",
        b'H' => b"012",
        b'J' => b"0123789",
        b'K' | b'M' => b"01",
        b'P' => b"2379",
        b'Q' => b"023459",
        b'R' | b'U' => b"0",
        b'T' => b"1245",
        b'V' => b"25",
        _ => b"",
    };
    // Few sections end within a thousand.
    let ends = matches!(code, [b'H', b'2', b'1'..=b'9', ..] | [b'R' | b'U', b'0', b'1'..=b'9', ..]);
    let digits = number.len() == 4 && number.iter().all(u8::is_ascii_digit);
    digits && !ends && thousands.contains(&number[0])
}

/// Whether the mark of a risk adjustment stands right before `start`, as in lists of problems: `Hypertension (HCC) I10`.
fn behind_hcc(bytes: &[u8], start: usize) -> bool {
    let end = start - bytes[..start].iter().rev().take(4).take_while(|byte| b" \t-:".contains(byte)).count();
    end < start && bytes[..end].ends_with(b"HCC)")
}

/// Whether dextrose was given: `D50 amp`, `D10 given; D5W`.
fn infused(bytes: &[u8], span: (usize, usize)) -> bool {
    let dextrose = matches!(&bytes[span.0..span.1], b"D50" | b"D25" | b"D10");
    dextrose && {
        let word = word_behind(bytes, span.1);
        let given = || {
            let end = span.1 + 1 + word.len();
            word.eq_ignore_ascii_case(b"given") && !(byte::peek(bytes, end) == b' ' && byte::at(bytes, end + 1, ALNUM))
        };
        INFUSED.has(word) || given()
    }
}

/// Whether it is a strength of dextrose: `TPN D12.5`, `D12.5% at 5`, `D12.5 at 4 mL/h`.
fn is_strength(bytes: &[u8], (start, end): (usize, usize)) -> bool {
    let rest = &bytes[end..];
    let runs = rest.strip_prefix(b" at ").is_some_and(|rate| byte::at(rate, 0, byte::DIGIT));
    let before = || {
        let (from, to) = word_before(bytes, start);
        FLUIDS.has(&bytes[from..to])
    };
    runs || rest.starts_with(b"%") || INFUSED.has(word_behind(bytes, end)) || before()
}

/// The text in capitals; it is no longer than the room.
fn in_capitals<'r>(text: &[u8], room: &'r mut [u8; 8]) -> &'r [u8] {
    room.iter_mut().zip(text).for_each(|(slot, byte)| *slot = byte.to_ascii_uppercase());
    &room[..text.len().min(8)]
}

const fn code_length(span: (usize, usize)) -> usize {
    span.1 - span.0
}

fn speaks(hit: Hit) -> bool {
    let declared = !hit.is_cue();
    declared || hit.fit() == Fit::Label || (hit.fit() == Fit::Strict && !hit.weak() && hit.is(Icd10))
}

fn in_parentheses(bytes: &[u8], span: (usize, usize)) -> bool {
    matches!((byte::prev(bytes, span.0), byte::peek(bytes, span.1)), (b'(', b')') | (b'[', b']'))
}
