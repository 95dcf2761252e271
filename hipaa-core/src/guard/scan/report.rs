//! Messages about a value that could not be read: they quote it before they tell whose it is.

use super::{Hit, Scan};
use crate::guard::Reason;
use crate::guard::byte::{self, ALNUM, ALPHA};
use crate::guard::cue::{Cue, CueClass};
use crate::guard::json::Words;
use crate::guard::words::WordSet;

/// How far behind the value its name is looked for, and how far before it the complaint, in bytes.
const BEHIND: usize = 320;
const BEFORE: usize = 96;

/// What such messages say.
const COMPLAINTS: [&[u8]; 6] = [b"not match", b"pars", b"eserializ", b"nvalid", b"not valid", b"convert"];

/// Words before the name of a value.
static NAMING: WordSet<32> = WordSet::new(
    "column field property attribute parameter for path key element member in on parsing converting validating reading",
);

impl Scan<'_, '_> {
    /// What the name says that an error tells behind the quoted date:
    /// `time data '05/14/1941' does not match format '%Y' while parsing column birth_date`.
    #[inline(never)]
    pub(super) fn reported(&mut self, (start, end): (usize, usize)) -> Option<Hit> {
        if self.in_input_of_birth(start) {
            return Some(Hit::declared(CueClass::Dob, Reason::Cue { class: CueClass::Dob, at: -1 }));
        }
        let quote = byte::prev(self.bytes, start);
        let behind = self.bytes.get(end..self.bytes.len().min(end + BEHIND))?;
        // A message goes on behind the value; most quoted values stand in lists.
        let behind = behind.strip_prefix(&[quote]).filter(|rest| matches!(rest.first(), Some(b' ' | b':' | b'.')))?;
        let stop = behind.windows(2).position(|two| two == b"\n\n").unwrap_or(behind.len());
        let behind = &behind[..stop];
        let last = || behind.len().checked_sub(4).filter(|at| names_birth(&behind[*at..]));
        let at = behind.windows(5).position(names_birth).or_else(last)?;
        let at = at + usize::from(!byte::at(behind, at, ALPHA));
        let name = byte::back(behind, at, ALNUM, 24);
        let qualified = |byte: &&u8| byte::is(**byte, ALNUM) || matches!(**byte, b'_' | b'.');
        let name = name - behind[..name].iter().rev().take(48).take_while(qualified).count();
        let before = byte::back_to(self.bytes, start, b'\n', BEFORE);
        let complains = |text: &[u8]| COMPLAINTS.iter().any(|what| text.windows(what.len()).any(|part| part == *what));
        let named = is_named(&behind[..name]) && (complains(&self.bytes[before..start]) || complains(&behind[..name]));
        let at = i16::try_from(at + 1).ok().filter(|_| named)?;
        // The name stays free for what follows it.
        self.behind = end;
        Some(Hit::declared(CueClass::Dob, Reason::Cue { class: CueClass::Dob, at }))
    }
}

/// What pydantic writes before the value that it refused.
const INPUT: &[u8] = b"input_value='";
/// How far before it the name of the value is looked for, in bytes.
const MODEL: usize = 240;

impl Scan<'_, '_> {
    /// Makes a cue of the name that a validator tells before the value:
    /// `1 validation error for Member⏎memberId⏎  Input should be … [type=…, input_value='…'`.
    pub(super) fn validated(&mut self, span: (usize, usize)) {
        if self.bytes[..span.0].ends_with(INPUT) {
            self.refused(span.0);
        }
    }

    #[inline(never)]
    fn refused(&mut self, start: usize) {
        let from = start - INPUT.len();
        let text = &self.bytes[from.saturating_sub(MODEL)..from];
        let open = text.iter().rposition(|byte| matches!(byte, b'[' | b'(')).unwrap_or(0);
        let mut words = Words::default();
        let names = text[..open].rsplit(|byte| byte.is_ascii_whitespace());
        let class = names.filter(|name| is_name(name)).find_map(|name| {
            let name = std::str::from_utf8(name).ok()?;
            words.cue(self.rules, name).filter(|(_, weak)| !weak)
        });
        if let Some((class, weak)) = class {
            self.keep_cue(Cue { start: from, end: start - 2, class, weak });
        }
    }
}

/// Whether a word is the name of a value in a program: `memberId`, `birth_date`, `mrn`.
fn is_name(word: &[u8]) -> bool {
    let camel = word.windows(2).any(|two| two[0].is_ascii_lowercase() && two[1].is_ascii_uppercase());
    let short = matches!(word, b"mrn" | b"ssn" | b"npi" | b"dob" | b"zip" | b"phone" | b"fax");
    camel || short || word.contains(&b'_') || word.contains(&b'.')
}

impl Scan<'_, '_> {
    /// Whether it is the value of an input in HTML whose name says birth: `<input name="dob" type="date" value="…">`.
    fn in_input_of_birth(&self, start: usize) -> bool {
        let before = &self.bytes[start.saturating_sub(MODEL)..start];
        if !before.ends_with(b" value=\"") {
            return false;
        }
        let tag = before.iter().rposition(|byte| *byte == b'<').and_then(|open| before.get(open..)).unwrap_or(&[]);
        tag.starts_with(b"<input ") && tag.windows(5).any(names_birth)
    }
}

/// Whether the name of a birth date goes on or ends here: `birth`, `dob"`.
fn names_birth(part: &[u8]) -> bool {
    let word = part.get(1..4).is_some_and(|word| word.eq_ignore_ascii_case(b"dob"));
    let whole = !byte::at(part, 4, byte::LOWER) && !byte::at(part, 0, ALPHA);
    part.eq_ignore_ascii_case(b"birth") || (word && whole)
}

/// Whether a bracket, a mark or a word leads to a name: `Patient["`, `column `, `field '`.
fn is_named(before: &[u8]) -> bool {
    let quoted = matches!(before.last(), Some(b'"' | b'\'' | b'`'));
    let plain = if quoted { &before[..before.len() - 1] } else { before };
    if quoted && plain.last() == Some(&b'[') {
        return true;
    }
    let words = plain.trim_ascii_end();
    let words = words.strip_suffix(b":").unwrap_or(words);
    NAMING.has(&words[byte::back(words, words.len(), ALPHA, 12)..])
}
