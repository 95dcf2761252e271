//! Cues that bind a value in another way than by standing before it: a label in parentheses right behind, an attribute
//! of its tag, a loose word and `is`.

use super::near::{any_word, said_before, word_behind};
use super::{Hit, Scan, unit};
use crate::guard::Reason;
use crate::guard::byte::{self, ALNUM};
use crate::guard::cue::{Cue, CueClass, Fit, Mask, before_gap};
use crate::guard::words::WordSet;

/// The attribute of CDA that tells whose identifier the `extension` beside it is, and how far it may stand from it.
const AUTHORITY: &[u8] = b"assigningAuthorityName=\"";
const REACH: usize = 160;

/// What amounts are counted in, and what they are called.
static COUNTED: WordSet<16> = WordSet::new("dollars usd bytes days points percent");
static AMOUNTS: WordSet<16> = WordSet::new("balance amount total sum value");

/// What a wristband or chart does.
static READS: WordSet<16> = WordSet::new("reads read says said shows showed");

/// What a licence is for.
static PROFESSIONS: WordSet<32> = WordSet::new("rn lpn lvn md do np pa aprn rph lcsw pt ot");

/// Words of the names of states, and those that may stand before them.
static STATES: WordSet<128> = WordSet::new(
    "alabama alaska arizona arkansas california colorado connecticut delaware florida georgia hawaii idaho illinois indiana \
    iowa kansas kentucky louisiana maine maryland massachusetts michigan minnesota mississippi missouri montana nebraska \
    nevada hampshire jersey mexico york carolina dakota ohio oklahoma oregon pennsylvania island tennessee texas utah \
    vermont virginia washington wisconsin wyoming columbia rico",
);
static BESIDE_STATE: WordSet<16> = WordSet::new("new north south west rhode district of puerto state in wallet shown");

/// Accounts that hold no numbers of persons.
static LEDGER: WordSet<8> = WordSet::new("receivable payable totaling totalling");

/// Whether a parenthesis or a quotation mark stands right behind the span. A cheap look, as it is asked of every candidate.
#[inline]
pub(super) fn may_bind(bytes: &[u8], span: (usize, usize)) -> bool {
    let (next, second) = (byte::peek(bytes, span.1), byte::peek(bytes, span.1 + 1));
    ((next == b' ') & (second == b'(')) | (next == b'"')
}

/// Whether a text ends with words in any case.
fn ends(text: &[u8], words: &[u8]) -> bool {
    text.len() >= words.len() && text[text.len() - words.len()..].eq_ignore_ascii_case(words)
}

impl Scan<'_, '_> {
    /// What binds the value before any other cue does; a label behind it not in a column.
    #[inline(never)]
    pub(super) fn bound(
        &mut self,
        span: (usize, usize),
        mask: Mask,
        (free, before): (bool, Option<Hit>),
    ) -> Option<Hit> {
        if byte::peek(self.bytes, span.1) == b'"' {
            return self.authority(span, mask);
        }
        if free && self.outer.is_none() { self.label_aside(span, mask, before) } else { None }
    }

    /// A label in parentheses right behind a value is its own, unless another label stands right before it.
    fn label_aside(&mut self, (start, end): (usize, usize), mask: Mask, before: Option<Hit>) -> Option<Hit> {
        let beside = before.filter(|hit| hit.fit() == Fit::Label);
        // `STAGE PT1CN0 (SN)`: few digits keep the loose word before them.
        let keeps = |hit: Hit| match hit.class().kind() {
            // `(P) 615-562-0964 (F) 406-467-3004`.
            Some(_) => !hit.weak() || matches!(self.bytes[..start], [.., b'(', b'A'..=b'Z', b')', b' ']),
            None => self.planes.digits_in(start, end) < 5,
        };
        if beside.is_some_and(keeps) {
            return None;
        }
        let hit = self.after(end, mask).filter(|hit| hit.fit() == Fit::Label)?;
        let close =
            self.behind + self.bytes[self.behind..].iter().take(2).take_while(|byte| b" #.".contains(byte)).count();
        (byte::peek(self.bytes, close) == b')').then_some(hit)
    }

    /// Whether a loose word before a value speaks for it over the words between.
    pub(super) fn leads_to(&self, cue: &Cue, start: usize) -> bool {
        self.says_so(cue, start)
            || self.announces(cue, start)
            || self.asked(cue, start)
            || self.credential(cue, start)
            || self.of_state(cue, start)
    }

    /// Whether only the name of a state stands between: `License: Washington W4137643`, `License in wallet: North Dakota`.
    fn of_state(&self, cue: &Cue, start: usize) -> bool {
        if cue.class != CueClass::License {
            return false;
        }
        let gap = self.bytes.get(cue.end..start).filter(|gap| gap.len() <= 40).unwrap_or(&[]);
        let signs = |byte: &u8| byte::is(*byte, byte::ALPHA) || b" :,()".contains(byte);
        let mut words = gap.split(|byte| !byte::is(*byte, byte::ALPHA)).filter(|word| !word.is_empty());
        let last = words.next_back().is_some_and(|word| STATES.has(word));
        last && gap.iter().all(signs)
            && words.all(|word| STATES.has(word) || BESIDE_STATE.has(word))
            && self.is_long(start, byte::skip(self.bytes, start, ALNUM))
    }

    /// Whether only the state and the profession stand between: `My nurse license (TN RN RN654575)`.
    fn credential(&self, cue: &Cue, start: usize) -> bool {
        let gap = self.bytes.get(cue.end..start).filter(|gap| gap.len() <= 10).unwrap_or(&[]);
        let mut words = gap.split(|byte| matches!(byte, b' ' | b'(' | b',')).filter(|word| !word.is_empty());
        let capitals = |word: &[u8]| (2..=3).contains(&word.len()) && word.iter().all(u8::is_ascii_uppercase);
        cue.class == CueClass::License
            && words.clone().next_back().is_some_and(|word| PROFESSIONS.has(word))
            && words.all(capitals)
    }

    /// Whether a question with the word is answered: `my social? sure, it's 314 90 0553`.
    fn asked(&self, cue: &Cue, start: usize) -> bool {
        byte::peek(self.bytes, cue.end) == b'?'
            && cue.class == CueClass::Ssn
            && before_gap(self.bytes, cue.end, start).is_some_and(|fit| fit >= Fit::Strict)
    }

    /// Whether a loose word and `is` lead to a long value: `my account is 39309939`, `insurance is 64990812K`.
    #[inline(never)]
    fn says_so(&self, cue: &Cue, start: usize) -> bool {
        let gap = self.bytes.get(cue.end..start).unwrap_or(&[]);
        let of_numbers = matches!(cue.class, CueClass::Account | CueClass::Plan | CueClass::License | CueClass::Mrn);
        // `the account you're calling about is 486472795`.
        let is = |text: &[u8]| gap.eq_ignore_ascii_case(text);
        // `my account with Acme is`, `Her account at the clinic is`.
        let leads = |words: &[u8]| gap.get(..words.len()).is_some_and(|with| with.eq_ignore_ascii_case(words));
        let with = gap.len() < 24 && (leads(b" with ") || leads(b" at "));
        let was = is(b" was ") || (with && (ends(gap, b" was ") || ends(gap, b" is ")));
        // `Wristband reads 39969384`.
        let reads = || {
            cue.class == CueClass::Mrn
                && READS.has(gap.trim_ascii())
                && !unit::follows(self.bytes, byte::skip(self.bytes, start, ALNUM))
        };
        let said =
            reads() || is(b" is ") || gap == b" is: " || was || (gap.starts_with(b" you") && gap.ends_with(b" is "));
        of_numbers && said && (self.is_long(start, byte::skip(self.bytes, start, ALNUM)) || self.is_joined(start))
    }

    /// Whether groups of digits and capitals that hyphens join stand here: `POL-1278484`, `479-CK-94202`.
    fn is_joined(&self, start: usize) -> bool {
        let sign = |byte: &&u8| byte::is(**byte, byte::UPPER | byte::DIGIT) || **byte == b'-';
        let value = &self.bytes[start..self.bytes.len().min(start + 24)];
        let value = &value[..value.iter().take_while(sign).count()];
        let count = |class| value.iter().filter(|byte| byte::is(**byte, class)).count();
        value.contains(&b'-') && count(byte::UPPER) >= 2 && count(byte::DIGIT) >= 5
    }

    /// Whether a loose word for several and a list of two alike speak for it: `two accounts open, 39309939 and 39309940`.
    #[inline(never)]
    fn announces(&self, cue: &Cue, start: usize) -> bool {
        let bytes = self.bytes;
        if cue.class != CueClass::Account || byte::prev(bytes, cue.end) | 0x20 != b's' {
            return false;
        }
        let end = byte::skip(bytes, start, ALNUM);
        let next = end + bytes[end..].iter().take(6).take_while(|byte| b", ;and".contains(byte)).count();
        let parted = [&b", "[..], b"; ", b" and ", b", and "].contains(&&bytes[end..next]);
        let stop = byte::skip(bytes, next, ALNUM);
        let long = |from, to| to - from >= 7 && self.planes.digits_in(from, to) >= 6;
        parted
            && stop - next == end - start
            && long(start, end)
            && long(next, stop)
            && !any_word(bytes, cue.end, start, &LEDGER)
    }

    /// Whether a run looks like a number of someone, not like an amount: seven digits, or six signs with one to three letters.
    fn is_long(&self, start: usize, end: usize) -> bool {
        let (len, digits) = (end - start, self.planes.digits_in(start, end));
        let amount = || COUNTED.has(word_behind(self.bytes, end)) || said_before(self.bytes, start, 48, &AMOUNTS);
        (len == digits && len >= 7 && !amount()) || (digits >= 5 && (1..=3).contains(&(len - digits)) && len >= 6)
    }

    /// What the authority says that gave the `extension` in a tag of CDA:
    /// `<id extension="00596217" assigningAuthorityName="Hospital MRN"/>`.
    fn authority(&mut self, span: (usize, usize), mask: Mask) -> Option<Hit> {
        if self.bytes[..span.0].ends_with(b"extension=\"") { self.named_by(span, mask) } else { None }
    }

    fn named_by(&mut self, (_, end): (usize, usize), mask: Mask) -> Option<Hit> {
        let bytes = self.bytes;
        let tag = bytes.get(end..bytes.len().min(end + REACH))?;
        let tag = tag.split(|byte| *byte == b'>').next()?;
        let at = tag.windows(AUTHORITY.len()).position(|part| part == AUTHORITY)?;
        let from = end + at + AUTHORITY.len();
        let name = bytes.get(from..end + tag.len())?;
        let stop = from + name.iter().position(|byte| *byte == b'"')?;
        let mut cues = Vec::new();
        self.rules.lexicon.collect((bytes, self.planes), from, stop, &mut cues);
        let known = |cue: &&Cue| cue.end <= stop && mask.has(cue.class) && cue.class.kind().is_some() && !cue.weak;
        let cue = cues.iter().rev().find(known)?;
        self.behind = cue.end;
        let at = i16::try_from(cue.start - end).unwrap_or(i16::MAX);
        Some(Hit::declared(cue.class, Reason::Cue { class: cue.class, at }))
    }
}
