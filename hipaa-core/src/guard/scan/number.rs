//! Plain numbers: social security numbers, provider numbers, cards, and what only a cue names.

use super::claim::Claim;
use super::measured::{self, measured};
use super::near::{is_field, said_before, siblings_fail};
use super::star::masked;
use super::token::Run;
use super::{Hit, Last, Scan, unit};
use crate::guard::byte::{self, ALNUM, DIGIT};
use crate::guard::cue::CueClass::*;
use crate::guard::cue::Mask;
use crate::guard::validate::{self, card};
use crate::guard::words::WordSet;
use crate::guard::{Confidence, Kind, Reason};

/// The classes that compete for a number.
pub(super) const NUMBERS: Mask = Mask::of(&[
    Ssn, Mrn, Npi, Dea, Phone, Fax, Zip, Device, CreditCard, Mbi, Vin, Account, Plan, License, Other, Version,
]);

/// Whether the letter of a sex and a slash stand before `start`: `M/95`.
fn after_sex(bytes: &[u8], start: usize) -> bool {
    let at = start.saturating_sub(2);
    matches!(byte::peek(bytes, at), b'M' | b'F') && !byte::is(byte::prev(bytes, at), ALNUM)
}

/// What tells that a number kept in a chart is no number of the chart.
static SECURITY: WordSet<8> = WordSet::new("ssn social");

impl Scan<'_, '_> {
    /// One to three digits that stand alone.
    pub(super) fn small(&mut self, run: Run) {
        let spaced = matches!(run.len(), 2 | 3)
            && byte::peek(self.bytes, run.end) == b' '
            && byte::at(self.bytes, run.end + 1, DIGIT);
        if self.phone_of(&run)
            || (spaced && ((run.len() == 3 && self.spaced_ssn(run)) || self.spaced_number(run.start)))
            || self.text_date(run)
            || self.loose(run.start, run.end)
        {
            return;
        }
        self.age(run.start, run.end);
    }

    /// A single run of digits; `behind` are the runs that `/` or `:` joins to it.
    pub(super) fn bare(&mut self, run: Run, behind: &[Run]) {
        let len = run.len();
        if byte::glued(self.bytes, run.start, run.end) || masked(self.bytes, run.start, run.end) {
            return;
        }
        if len <= 3 {
            let sex = matches!(behind, [only] if only.sep == b'/' && only.len() == 1 && only.digits == 0);
            if (run.sep != b'/' || after_sex(self.bytes, run.start)) && (behind.is_empty() || sex) {
                self.small(run);
            } else if run.sep == 0 && behind[0].sep == b'/' {
                self.phone_of(&run);
            }
            return;
        }
        if (len == 4 && (self.text_date(run) || self.spaced_card(run))) || self.phone_of(&run) {
            return;
        }
        if len > 4
            && measured::may_be_limit(self.bytes, run.start)
            && measured::is_limit(self.bytes, run.start, run.end)
        {
            return;
        }
        let span = (run.start, run.end);
        let year = len == 4 && matches!(self.bytes[run.start..], [b'1', b'9', ..] | [b'2', b'0', ..]);
        if year && byte::prev(self.bytes, run.start) == b'(' && self.constructed(run) {
            return;
        }
        if len == 4 && self.outer.is_none() && !self.labelled(run.start) && (year || unit::follows(self.bytes, run.end))
        {
            return;
        }
        let hit = self.context(span, NUMBERS);
        let doubtful = hit.is_some_and(|hit| (hit.weak() && hit.is(Account)) | hit.is(Phone));
        let hit = if doubtful { self.of_provider(span, hit) } else { hit.or_else(|| self.by_word(span)) };
        match len {
            5 => self.zip(span, hit),
            6 | 8 => self.compact_date(span),
            9 => self.bare_ssn(span, hit),
            10 => self.bare_ten(span, hit),
            11 => self.bare_eleven(span, hit),
            12 | 14 if self.birth_time(span) => return,
            12..=19 => self.card(span, len, hit),
            _ => {}
        }
        match hit {
            Some(hit) => self.ident(span, hit),
            None => self.by_place(span),
        }
    }

    /// The cue without what it does not say: `Rendering 2788897736, billing 1623473877` are providers; the telephone of
    /// `IMEI of the loaner phone: 351027345758740` is a device.
    #[inline(never)]
    fn of_provider(&self, span: (usize, usize), hit: Option<Hit>) -> Option<Hit> {
        let (hit, len) = (hit?, span.1 - span.0);
        if len == 10 && hit.weak() && hit.is(Account) && self.says(hit, span.0, b"billing") {
            let beside =
                self.out.last().is_some_and(|last| last.kind() == Kind::Npi && span.0.wrapping_sub(last.end()) < 16);
            return Some(hit).filter(|_| !(beside && validate::npi(&self.bytes[span.0..span.1])));
        }
        let device = len == 15
            && hit.is_cue()
            && hit.is(Phone)
            && validate::luhn(&self.bytes[span.0..span.1])
            && said_before(self.bytes, span.0, 48, &IMEI);
        Some(if device { hit.renamed(Device) } else { hit })
    }

    fn bare_ssn(&mut self, span: (usize, usize), hit: Option<Hit>) {
        if let Some(digits) = self.digits_of::<9>(span) {
            self.ssn(span, &digits, Confidence::Low, hit);
        }
        if hit.is_some_and(|hit| hit.is(Zip)) {
            self.zip(span, hit);
        }
    }

    fn bare_ten(&mut self, span: (usize, usize), hit: Option<Hit>) {
        let digits = &self.bytes[span.0..span.1];
        if validate::npi(digits) {
            let cued = hit.is_some_and(|hit| hit.is(Npi));
            let doubtful = !cued
                && (unlikely_number(digits)
                    || measured(self.bytes, span)
                    || one_of_many(self.bytes, span)
                    || self.outer.is_some_and(|outer| outer.class == Date)
                    || self.in_column_of_times(span));
            let base = if doubtful { Confidence::Low } else { Confidence::Medium };
            self.claim(Claim { kind: Kind::Npi, span, base, reason: Reason::LuhnOk }, hit);
        }
        self.bare_phone(span, span.0, hit);
    }

    /// Whether the name of its column, or of its value in SQL, asks for a time: `created_at`.
    #[inline(never)]
    fn in_column_of_times(&mut self, span: (usize, usize)) -> bool {
        if matches!(byte::prev(self.bytes, span.0), b' ' | b',' | b'(')
            && matches!(byte::peek(self.bytes, span.1), b',' | b')')
        {
            self.ask_sql();
        }
        self.column(span).is_some_and(|hit| hit.is(Date))
    }

    fn bare_eleven(&mut self, span: (usize, usize), hit: Option<Hit>) {
        if self.bytes[span.0] == b'1' {
            self.bare_phone(span, span.0 + 1, hit);
        }
    }

    /// Three, two and four digits.
    pub(super) fn ssn(&mut self, span: (usize, usize), digits: &[u8; 9], base: Confidence, hit: Option<Hit>) {
        let verdict = validate::ssn(digits);
        let claim = Claim { kind: Kind::Ssn, span, base, reason: verdict.reason };
        // `SSN 536-90-4399 vs card 536-90-4398`.
        let hit = hit.filter(|hit| !(hit.is(CreditCard) && hit.weak() && base > Confidence::Low));
        if verdict.issued {
            return self.claim(claim, hit);
        }
        let declared = hit.filter(|hit| hit.is(Ssn));
        let nines = digits[0] == b'9';
        let (confidence, cue) = match declared.map(|hit| hit.reason()) {
            Some(reason @ (Reason::FhirSystem | Reason::FhirType)) => (Confidence::High, Some(reason)),
            Some(Reason::JsonKey) if nines => (Confidence::Medium, Some(Reason::JsonKey)),
            other => (Confidence::Low, other.or(hit.filter(|hit| hit.rules_out()).map(|hit| hit.reason()))),
        };
        self.push(claim, confidence, cue);
        if let Some(last) = self.out.last_mut().filter(|last| verdict.tax_id && last.kind() == Kind::Ssn) {
            *last = last.because(Reason::TaxId);
        }
    }

    /// `536 90 4399`, with no further number beside it.
    fn spaced_ssn(&mut self, run: Run) -> bool {
        let bytes = self.bytes;
        let (s, end) = (run.start, run.start + 11);
        let shaped = byte::is_shape(bytes, s, b"ddd dd dddd") && !byte::at(bytes, end, ALNUM);
        let lonely = |at: usize| !(byte::peek(bytes, at) == b' ' && byte::at(bytes, at + 1, DIGIT));
        if !shaped || ends_number(bytes, s) {
            return false;
        }
        let hit = self.context((s, end), NUMBERS);
        let free = lonely(end) || hit.is_some_and(|hit| hit.close(Ssn));
        let Some(digits) = free.then(|| self.digits_of::<9>((s, end))).flatten() else {
            return false;
        };
        let base = if is_field(bytes, (s, end)) { Confidence::Medium } else { Confidence::Low };
        self.ssn((s, end), &digits, base, hit);
        self.done = end;
        true
    }

    /// Digits in groups joined by `-` or `.`.
    pub(super) fn chain(&mut self, piece: &[Run]) {
        let (Some(first), Some(last)) = (piece.first(), piece.last()) else {
            return;
        };
        let span = (first.start, last.end);
        let sep = piece[1].sep;
        let even = piece[1..].iter().all(|run| run.sep == sep);
        if let [a, b] = piece
            && sep == b'.'
        {
            return self.pointed(span, (a.len(), b.len()));
        }
        if masked(self.bytes, span.0, span.1) || self.phone_of(first) {
            return;
        }
        let form = form(piece);
        let mut hit = self.context(span, NUMBERS);
        if form == 0x324 && sep == b'-' {
            hit = self.of_dashed_ssn(span, hit);
        }
        match form {
            0x324 if even => {
                if let Some(digits) = self.digits_of::<9>(span) {
                    let base = if sep == b'-' { Confidence::Medium } else { Confidence::Low };
                    self.ssn(span, &digits, base, hit);
                }
            }
            0x33 | 0x334 if self.loose(first.start, first.end) => return,
            0x34 if even => self.local_phone(span, hit),
            0x37 if sep == b'-' => self.joined_phone(span, hit),
            0x4444 | 0x465 | 0x464 | 0x4_4443 if even => self.card(span, 0, hit),
            0x54 if sep == b'-' => self.zip(span, hit),
            0xC4 | 0xE4 if self.birth_time((first.start, first.end)) => return,
            0x1000..=0xFFFF if even && sep == b'.' => self.ip4(piece),
            0x1_0000..=0x3_FFFF if even && sep == b'.' => self.ip4_port(piece),
            0x22_2222 if even && sep == b'-' => self.mac(span, Confidence::Low),
            0x444 if even && sep == b'.' => self.mac(span, Confidence::Low),
            _ => {}
        }
        // `Billing: 99214-25`: a procedure and its modifier.
        let modified = form == 0x52 && hit.is_some_and(|hit| hit.weak() && !hit.is(Plan));
        if let Some(hit) = hit
            && sep != b'.'
            && !modified
        {
            self.ident(span, hit);
        }
        if hit.is_none() && sep == b'-' && matches!(form, 0x44 | 0x322) {
            self.by_place(span);
        }
    }

    /// The cue of a number whose form is that of a social security number.
    fn of_dashed_ssn(&self, span: (usize, usize), hit: Option<Hit>) -> Option<Hit> {
        // Its form says more than a loose word behind it: `536-90-4399 ins id on the card`.
        let hit = hit.filter(|hit| !matches!(hit.distance(), Some(0..=1)))?;
        // `ssn ending 3821, full number in chart: 412-55-3821`.
        // `social given over the phone as 412-55-3821`.
        let loose = ((hit.weak() && hit.is(Mrn)) || hit.is(Phone)) && said_before(self.bytes, span.0, 64, &SECURITY);
        // Nor does it go on a list of numbers of another form.
        let other = |last: Last| last.len != span.1 - span.0;
        let goes_on = hit.is(Ssn) || !hit.lists() || !self.last.is_some_and(other);
        (goes_on && !loose).then_some(hit)
    }

    /// `4111 1111 1111 1111`, `3782 822463 10005`.
    fn spaced_card(&mut self, run: Run) -> bool {
        let (bytes, s) = (self.bytes, run.start);
        if !matches!(byte::peek(bytes, run.end), b' ' | b'\n') || !byte::at(bytes, run.end + 1, DIGIT) {
            return false;
        }
        let shapes: [&[u8]; 4] =
            [b"dddd dddd dddd dddd ddd", b"dddd dddd dddd dddd", b"dddd dddddd ddddd", b"dddd dddddd dddd"];
        let wraps = [4, 9, 11, 14].iter().any(|at| byte::peek(bytes, s + at) == b'\n');
        let same = if wraps { is_wrapped } else { byte::is_shape };
        let fits = |shape: &&&[u8]| same(bytes, s, shape) && !byte::at(bytes, s + shape.len(), ALNUM);
        let Some(shape) = shapes.iter().find(fits) else {
            return false;
        };
        let end = s + shape.len();
        let expires = byte::is_shape(bytes, end + 1, b"dd/dd");
        let beside = byte::peek(bytes, end) == b' ' && byte::at(bytes, end + 1, DIGIT) && !expires;
        let beside = beside || ends_number(bytes, s);
        if beside {
            return false;
        }
        let hit = self.context((s, end), NUMBERS);
        self.card((s, end), 0, hit);
        self.done = end;
        true
    }

    /// A payment card; `bare` is the number of digits when nothing separates them.
    pub(super) fn card(&mut self, span: (usize, usize), bare: usize, hit: Option<Hit>) {
        let mut digits = [0; 19];
        let mut count = 0;
        for &byte in self.bytes[span.0..span.1].iter().filter(|byte| byte.is_ascii_digit()) {
            let Some(slot) = digits.get_mut(count) else {
                return;
            };
            *slot = byte;
            count += 1;
        }
        if bare == 15 && validate::luhn(&digits[..count]) && hit.is_some_and(|hit| hit.is(Device)) {
            return;
        }
        if card::card(&digits[..count]) {
            // `Cardholder 4111…`: the holder of either card.
            let hit = hit.filter(|&hit| !(hit.weak() && hit.is(Plan) && self.says(hit, span.0, b"cardholder")));
            // `Credit card authorization form: 4111…`: what is authorised is the card.
            // `left her card number on the voicemail, 4211…`: so is what was said over the telephone.
            // `Charge 4548-0365-2077-2711`: no sum is so long.
            let hit = hit.filter(|&hit| !(hit.is(Other) && self.says(hit, span.0, b"charge")));
            let other = |hit: Hit| hit.is(Other) || hit.is(Phone) || hit.is(Fax);
            let hit = hit.filter(|&hit| !(other(hit) && said_before(self.bytes, span.0, 48, &CARDS)));
            let base = if bare == 12 { Confidence::Low } else { Confidence::Medium };
            self.claim(Claim { kind: Kind::CreditCard, span, base, reason: Reason::IssuerOk }, hit);
        } else if bare == 15 && digits.starts_with(b"80840") && validate::luhn(&digits[..count]) {
            self.claim(Claim { kind: Kind::Npi, span, base: Confidence::Medium, reason: Reason::LuhnOk }, hit);
        }
    }

    /// Whether the cue before a value that starts at `start` ends with the word.
    pub(super) fn says(&self, hit: Hit, start: usize, word: &[u8]) -> bool {
        let Some(end) = hit.end_before(start) else { return false };
        self.bytes[byte::back(self.bytes, end, byte::ALPHA, 16)..end].eq_ignore_ascii_case(word)
    }

    /// Exactly `N` digits of a span, separators left out.
    pub(super) fn digits_of<const N: usize>(&self, span: (usize, usize)) -> Option<[u8; N]> {
        let mut out = [0; N];
        let mut digits = self.bytes[span.0..span.1].iter().filter(|byte| byte.is_ascii_digit());
        for slot in &mut out {
            *slot = *digits.next()?;
        }
        digits.next().is_none().then_some(out)
    }
}

/// Whether the bytes have the shape, where a line may end instead of one blank.
fn is_wrapped(bytes: &[u8], at: usize, shape: &[u8]) -> bool {
    let same = |byte: u8, want: u8| match want {
        b'd' => byte.is_ascii_digit(),
        _ => byte == want || byte == b'\n',
    };
    let part = bytes.get(at..at + shape.len()).unwrap_or(&[]);
    let whole = !part.is_empty() && part.iter().zip(shape).all(|(byte, want)| same(*byte, *want));
    whole && part.iter().filter(|byte| **byte == b'\n').count() <= 1
}

/// Whether a number and one blank stand before `start`.
pub(super) fn ends_number(bytes: &[u8], start: usize) -> bool {
    start >= 2 && bytes[start - 1] == b' ' && byte::is(bytes[start - 2], DIGIT)
}

/// Words for a payment card.
static CARDS: WordSet<16> = WordSet::new("card cc visa mastercard amex");

static IMEI: WordSet<4> = WordSet::new("imei");

/// Whether numbers beside it could be providers by their shape, and are none.
fn one_of_many(bytes: &[u8], span: (usize, usize)) -> bool {
    let shape = |run: &[u8]| matches!(run[0], b'1' | b'2') && run.iter().all(u8::is_ascii_digit);
    siblings_fail(bytes, span, shape, validate::npi)
}

/// How long the runs are, one hexadecimal digit each: `0x324`; the last digit stands for more, too.
pub(super) fn form(piece: &[Run]) -> u64 {
    piece.iter().fold(0, |form, run| form << 4 | run.len().min(15) as u64)
}

/// Runs of one digit and counted-up digits are placeholders.
fn unlikely_number(digits: &[u8]) -> bool {
    digits.windows(6).any(|run| run.iter().all(|byte| *byte == run[0]))
}
