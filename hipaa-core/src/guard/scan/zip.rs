//! ZIP codes: five digits mean nothing without a cue or a state before them.

use super::claim::Claim;
use super::{Hit, Scan, place, unit};
use crate::guard::byte::{self, ALNUM, ALPHA};
use crate::guard::cue::{CueClass, Fit};
use crate::guard::validate::zip::{State, assigned, state_of};
use crate::guard::words::WordSet;
use crate::guard::{Confidence, Kind, Reason};

/// Last words of places in Idaho, whose code is a word of labels too.
static IDAHO: WordSet<32> =
    WordSet::new("boise nampa meridian pocatello caldwell moscow lewiston rexburg falls alene eagle kuna");

impl Scan<'_, '_> {
    /// Five digits, or five and four.
    pub(super) fn zip(&mut self, span: (usize, usize), hit: Option<Hit>) {
        let prefix = byte::number(&self.bytes[span.0..span.0 + 3]);
        let prefix = u16::try_from(prefix).unwrap_or(0);
        let plus4 = span.1 - span.0 > 5;
        let cue = hit.filter(|hit| hit.is(CueClass::Zip) && !(hit.weak() && self.house_number(span.1)));
        let cue = cue.filter(|hit| !self.is_archive(*hit, span.0)).or_else(|| self.camel_zip(span.0));
        let declared = cue.is_some_and(|hit| hit.is_declared());
        let claim = |reason| Claim { kind: Kind::Zip, span, base: Confidence::Low, reason };
        if declared || (cue.is_some_and(|hit| hit.fit() >= Fit::Strict) && assigned(prefix)) {
            return self.claim(claim(Reason::Shape), cue);
        }
        if !(assigned(prefix) || overseas(prefix))
            || (unit::follows(self.bytes, span.1) && !place::in_time(self.bytes, span.1))
        {
            return;
        }
        if let Some(confidence) = self.state_before(span, prefix) {
            return self.push(claim(Reason::StateZip), confidence, None);
        }
        if cue.is_some_and(|hit| !hit.weak()) || (plus4 && !hit.is_some_and(|hit| hit.rules_out())) {
            self.claim(claim(Reason::Shape), cue.filter(|hit| !hit.weak()));
        }
    }

    /// Whether the cue is the end of the name of a file: `logs.zip, 66800 KB`.
    #[inline(never)]
    fn is_archive(&self, hit: Hit, start: usize) -> bool {
        let Some(end) = hit.end_before(start) else { return false };
        let name = self.bytes.get(..end).and_then(|before| before.strip_suffix(b".zip")).unwrap_or(&[]);
        let gap = self.bytes[end..start].trim_ascii_start();
        let labels = matches!(gap, [b':' | b'=' | b'"' | b'\'', ..] | [b'(', b'"' | b'\'', ..]);
        !labels && name.last().is_some_and(|byte| byte::is(*byte, ALNUM) || matches!(byte, b'_' | b'-' | b')'))
    }

    /// The name of a value that ends with the word: `HolderZip=33606`.
    #[inline]
    fn camel_zip(&self, start: usize) -> Option<Hit> {
        if byte::prev(self.bytes, start) == b'=' { self.named_zip(start) } else { None }
    }

    #[inline(never)]
    fn named_zip(&self, start: usize) -> Option<Hit> {
        let name = self.bytes[..start - 1]
            .strip_suffix(b"Zip")
            .or_else(|| self.bytes[..start - 1].strip_suffix(b"ZipCode"))?;
        let camel = name.last().is_some_and(u8::is_ascii_lowercase);
        camel.then(|| Hit::declared(CueClass::Zip, Reason::Cue { class: CueClass::Zip, at: -1 }))
    }

    /// Whether a street follows: `Addr: 18569 Cedar Ct`.
    fn house_number(&self, end: usize) -> bool {
        byte::peek(self.bytes, end) == b' ' && byte::at(self.bytes, end + 1, ALPHA)
    }

    /// How sure the state before the span makes a ZIP code with this prefix.
    fn state_before(&self, span: (usize, usize), prefix: u16) -> Option<Confidence> {
        let (bytes, start) = (self.bytes, span.0);
        // `ADR;TYPE=HOME:;;5255 Maple Ave;Durham;NC;27710;USA`.
        let parted = byte::prev(bytes, start) == b';';
        let mut end = start - usize::from(parted);
        let mut field = parted;
        while end > 0 && start - end < 4 && matches!(bytes[end - 1], b' ' | b',' | b'.' | b'\n' | b'\t' | b'|') {
            end -= 1;
            field |= bytes[end] == b'|';
        }
        if bytes[..end].ends_with("•".as_bytes()) {
            end -= 3 + usize::from(byte::prev(bytes, end - 3) == b' ');
        }
        if bytes[..end].ends_with(b"D.C") && end < start {
            return state_of(b"DC", prefix).map(|_| Confidence::Medium);
        }
        let from = byte::back(bytes, end, ALPHA, 14);
        if end == start || from == end || byte::is(byte::prev(bytes, from), ALNUM) {
            return None;
        }
        if parted && byte::prev(bytes, from) != b';' {
            return None;
        }
        let floor = from.saturating_sub(8);
        let before = floor + bytes[floor..from].trim_ascii_end().len();
        let comma = byte::prev(bytes, before) == b',';
        let word = &bytes[from..end];
        if matches!(word, b"AE" | b"AP" | b"AA") {
            let post = &bytes[byte::back(bytes, before, ALPHA, 4)..before];
            return (overseas(prefix) && matches!(post, b"APO" | b"FPO" | b"DPO")).then_some(Confidence::High);
        }
        // `tulsa, ok 74179`, `Boston, Ma. 02115`.
        let proper = word.first().is_some_and(u8::is_ascii_uppercase)
            && (byte::peek(bytes, end) == b'.' || !place::is_word(word));
        let small = !comma && word.len() == 2 && word.iter().all(u8::is_ascii_lowercase);
        // `2732 n 14th street tacoma wa 98415`.
        let located = small && place::ends_address(bytes, from, span);
        let low =
            (comma || located) && word.len() == 2 && word[usize::from(proper)..].iter().all(u8::is_ascii_lowercase);
        let capitals = low.then(|| [word[0] & !0x20, word[1] & !0x20]);
        let word = capitals.as_ref().map_or(word, <[u8; 2]>::as_slice);
        let state = state_of(word, prefix)?;
        let idaho = || comma || IDAHO.has(&bytes[byte::back(bytes, before, ALPHA, 12)..before]);
        let telling = field || span.1 - span.0 > 5;
        match state {
            State::Code if low => {
                Some(if place::counted(bytes, span.1) { Confidence::Low } else { Confidence::Medium })
            }
            State::Code if word == b"ID" && !idaho() => None,
            State::Code if !telling => Some(place::confidence(bytes, (from, end), span.1)),
            State::Name if !telling && place::counted(bytes, span.1) => Some(Confidence::Low),
            _ if comma => Some(Confidence::High),
            _ => Some(Confidence::Medium),
        }
    }
}

/// Whether the prefix is one of the forces overseas.
///
/// # Source
/// USPS Labeling List L002.
const fn overseas(prefix: u16) -> bool {
    matches!(prefix, 90..=98 | 340 | 962..=966)
}
