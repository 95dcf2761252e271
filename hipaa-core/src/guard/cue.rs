//! Cue words: what they speak for, and how they are found in one pass.
//!
//! A phrase is keyed by the first eight bytes of its first word, lower-cased, in a small open
//! table, so that a word that starts no phrase costs one probe. Only whole words count.

mod asked;
mod class;
mod gap;
mod label;
mod link;
mod list;
mod phrase;
mod placeholder;
mod second;
mod sent;
mod speaker;
mod words;

use super::byte::{self, Bits, DIGIT, Planes, Words};
pub(super) use asked::answered;
pub use class::CueClass;
pub(super) use class::Mask;
pub(super) use gap::{Fit, after_gap, before_gap, follows_on, is_number_word, replaces_gap};
pub(super) use link::{
    LONGEST as BETWEEN_BIRTHS, contrast_gap, kin_gap, next_birth_gap, preposition_gap, sibling_gap, source_gap,
};
pub(super) use list::list_gap;
use phrase::{Group, MOST, Phrase, Tail, key_of, keyed, number_word, skip_light};
use placeholder::is_placeholder;
pub(super) use placeholder::is_redaction;
pub(super) use second::{announced_gap, item_gap, second_gap};
pub(super) use sent::sent_gap;
pub(super) use speaker::{requests, speaks};
use std::num::NonZero;
use words::{NUMBERED, NUMBERS, WHAT, WHOSE, WORDS};

/// A cue found in the text.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cue {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) class: CueClass,
    /// Speaks only when it stands right beside the value.
    pub(super) weak: bool,
}

/// The phrases of the guard, ready for search.
#[derive(Clone, Debug)]
pub(super) struct Lexicon {
    /// Sorted by key, longest phrase first.
    phrases: Vec<Phrase>,
    /// The key of the second word of each phrase; zero when the second part is no word.
    seconds: Vec<u64>,
    /// The phrases of one key each, in the same order.
    groups: Vec<Group>,
    /// Open addressing: one more than the place of the group with a key; 0 is free.
    slots: Vec<u16>,
    /// Whether some phrase starts with a digit.
    digits_lead: bool,
    /// One bit for each key, by its hash: most words of a text stop here.
    filter: Box<[u64; FILTER_WORDS]>,
}

/// The end of a cue, its class and whether it is weak, in one word of the machine.
#[derive(Clone, Copy)]
struct Said(NonZero<u64>);

impl Said {
    /// None for an end at the start of a text, where no word ends.
    #[inline]
    fn new(end: usize, class: CueClass, weak: bool) -> Option<Self> {
        NonZero::new((end as u64) << 16 | u64::from(weak) << 8 | class as u64).map(Self)
    }

    #[inline]
    const fn end(self) -> usize {
        (self.0.get() >> 16) as usize
    }

    #[inline]
    const fn cue(self, start: usize) -> Cue {
        let bits = self.0.get();
        Cue { start, end: self.end(), class: CueClass::at(bits), weak: bits >> 8 & 1 == 1 }
    }
}

/// Words are asked for in so many of 64 bytes: what is left shows the start of the last word.
const STRIDE: usize = 56;
const WORDS_AT_ONCE: usize = 3;

/// A text and what its bytes are.
pub(super) type Text<'t> = (&'t [u8], Planes<'t>);

/// Words of the filter; small enough to stay in the nearest cache.
const FILTER_WORDS: usize = 512;

impl Lexicon {
    /// The built-in words and some more.
    pub(super) fn new<'w>(more: impl IntoIterator<Item = (CueClass, &'w str)>) -> Self {
        let built_in = WORDS
            .iter()
            .flat_map(|(class, weak, list)| list.split('|').map(move |phrase| Phrase::parse(phrase, *class, *weak)));
        let own = more.into_iter().map(|(class, phrase)| Phrase::parse(phrase, class, false));
        let camel = WHOSE.iter().flat_map(|whose| {
            WHAT.iter().map(move |(class, what)| Phrase::parse(&[*whose, *what].concat(), *class, false))
        });
        let numbered = NUMBERED.iter().flat_map(|stem| {
            (1..=NUMBERS).map(move |number| Phrase::parse(&format!("{stem}{number}"), CueClass::Icd10, false))
        });
        let mut phrases: Vec<Phrase> =
            built_in.chain(camel).chain(numbered).chain(own).flatten().flat_map(Phrase::with_squashed).collect();
        phrases.sort_by_key(|phrase| (phrase.key, std::cmp::Reverse((phrase.parts.len(), phrase.rest.len()))));
        // A profile with more phrases than that keeps the first ones.
        phrases.truncate(MOST);
        let seconds = phrases.iter().map(Phrase::second).collect();
        let groups = Group::all(&phrases);
        let mut slots = vec![0_u16; (groups.len() * 2).next_power_of_two()];
        for (i, group) in groups.iter().enumerate() {
            let mut slot = slot_of(group.key, slots.len());
            while slots[slot] != 0 {
                slot = (slot + 1) % slots.len();
            }
            slots[slot] = u16::try_from(i + 1).unwrap_or(0);
        }
        let mut filter = Box::new([0; FILTER_WORDS]);
        for phrase in &phrases {
            let (word, bit) = filter_bit(phrase.key);
            filter[word] |= bit;
        }
        let digits_lead = phrases.iter().any(|phrase| byte::at(&phrase.first, 0, DIGIT));
        Self { phrases, seconds, groups, slots, digits_lead, filter }
    }

    /// Adds the cues of the words that start from `from` on, at least up to `to`; returns the
    /// place to go on from.
    pub(super) fn collect(&self, text: Text<'_>, from: usize, to: usize, out: &mut Vec<Cue>) -> usize {
        let (bytes, planes) = text;
        let mut done = from;
        let mut at = from;
        while at < to {
            let words = planes.words(at);
            for bit in Bits(self.likely(bytes, words, at)) {
                let start = at + bit;
                let len = (words.alnum >> bit).trailing_ones() as usize;
                let end = if bit + len < 64 { start + len } else { planes.alnum_end(start) };
                if start >= done
                    && let Some(said) = self.known(text, (start, end))
                {
                    done = said.end();
                    out.push(said.cue(start));
                }
            }
            at += STRIDE;
        }
        done.max(at.min(bytes.len()))
    }

    /// One bit for each word that starts in the [`STRIDE`] bytes from `at` on and that a phrase
    /// may start with. All words are asked before any is looked at closely: so the machine need
    /// not guess at each of them.
    #[inline]
    fn likely(&self, bytes: &[u8], words: Words, at: usize) -> u64 {
        let mut padded = [0; 72];
        let rest = bytes.get(at..).unwrap_or(&[]);
        let window = rest.first_chunk::<72>().unwrap_or_else(|| {
            padded[..rest.len()].copy_from_slice(rest);
            &padded
        });
        let all = if self.digits_lead { words.starts } else { words.lettered };
        let mut rest = all & ((1 << STRIDE) - 1);
        let mut likely = 0;
        while rest != 0 {
            // So many are asked whether they are there or not: how many there are is hard to guess.
            for _ in 0..WORDS_AT_ONCE {
                let bit = rest.trailing_zeros() as usize % 64;
                let eight = window[bit..].first_chunk().map_or(0, |eight| u64::from_le_bytes(*eight));
                let (word, place) = filter_bit(keyed(eight, (words.alnum >> bit).trailing_ones() as usize));
                likely |= u64::from(self.filter[word] & place != 0) << bit;
                rest &= rest.wrapping_sub(1);
            }
        }
        likely & all
    }

    /// The phrase whose first word is `start..end`.
    #[inline]
    pub(super) fn phrase_at(&self, text: Text<'_>, start: usize, end: usize) -> Option<Cue> {
        let (word, place) = filter_bit(key_of(text.0, start, end));
        if self.filter[word] & place == 0 {
            return None;
        }
        self.known(text, (start, end)).map(|said| said.cue(start))
    }

    /// The phrase whose first word has a key of the table, or one that shares its bit.
    #[inline(never)]
    fn known(&self, text: Text<'_>, (start, end): (usize, usize)) -> Option<Said> {
        let bytes = text.0;
        let group = self.group(key_of(bytes, start, end))?;
        let from = if group.has_more() { skip_light(bytes, end) } else { end };
        let ((class, weak), stop) = if group.goes_on(byte::peek(bytes, end), byte::peek(bytes, from)) {
            self.longest(text, (start, end), from, group)?
        } else {
            (group.sole.or_else(|| self.single(group, &bytes[start..end]))?, end)
        };
        let decilitre = stop - start == 2 && is_decilitre(bytes, start);
        let whole = !(decilitre || is_placeholder(bytes, (start, stop), weak) || byte::glued(bytes, start, stop));
        if whole { Said::new(stop, class, weak) } else { None }
    }

    /// What the phrase of this one word speaks for, and whether it is weak.
    fn single(&self, group: &Group, word: &[u8]) -> Option<(CueClass, bool)> {
        let single = &self.phrases[group.singles()];
        single.iter().find(|phrase| phrase.starts(word)).map(|phrase| (phrase.class, phrase.weak))
    }

    /// The phrases with a key.
    #[inline]
    fn group(&self, key: u64) -> Option<&Group> {
        let mut slot = slot_of(key, self.slots.len());
        loop {
            let group = self.groups.get(usize::from(*self.slots.get(slot)?).checked_sub(1)?)?;
            if group.key == key {
                return Some(group);
            }
            slot = (slot + 1) & (self.slots.len() - 1);
        }
    }

    /// Whether a phrase that sinks what follows is made of a heading and of a label in the next line, which starts at
    /// `next`: `CONSENT FOR TREATMENT⏎Plan ID: 85471065400`.
    #[inline(never)]
    fn parted(&self, (bytes, planes): Text<'_>, next: usize, class: CueClass) -> bool {
        let line = bytes.get(next..bytes.len().min(next + LINE_LABEL)).unwrap_or(&[]);
        let label = line.split(|byte| *byte == b'\n').next().unwrap_or(&[]);
        matches!(class, CueClass::Other | CueClass::Version)
            && label.iter().any(|byte| matches!(byte, b':' | b'#' | b'='))
            && self.group(key_of(bytes, next, planes.alnum_end(next))).is_some()
    }

    /// What the longest phrase of the group speaks for, and its end; the next word starts at `from`.
    fn longest(
        &self,
        text: Text<'_>,
        (start, end): (usize, usize),
        from: usize,
        group: &Group,
    ) -> Option<((CueClass, bool), usize)> {
        let (bytes, planes) = text;
        let next = planes.alnum_end(from);
        let wraps = byte::peek(bytes, end) == b'\n' || byte::prev(bytes, from) == b'\n';
        let second = if next > from { key_of(bytes, from, next) } else { 0 };
        // Asked of most phrases, so looked at once.
        let number = number_word(bytes, from, next);
        let places = group.places();
        let seconds = self.seconds[places.clone()].iter();
        // Phrases of more words come first, so the first that fits is the longest.
        seconds.zip(places).filter(|(key, _)| **key == 0 || **key == second).find_map(|(_, place)| {
            let phrase = &self.phrases[place];
            let stop = match phrase.tail {
                Tail::None => Some(end),
                Tail::Number => number,
                Tail::Parts => phrase.end_in(text, end),
            };
            let whole = |stop: &usize| {
                phrase.starts(&bytes[start..end]) && !(wraps && *stop > end && self.parted(text, from, phrase.class))
            };
            stop.filter(whole).map(|stop| ((phrase.class, phrase.weak), stop))
        })
    }
}

/// The longest label of a line, in bytes.
const LINE_LABEL: usize = 24;

/// Whether the two letters are a unit or its second half: `NG/DL`, `mmol/dL`, `3 dl`.
fn is_decilitre(bytes: &[u8], start: usize) -> bool {
    let unit = || matches!(byte::prev(bytes, start - 1), b'g' | b'G' | b'u' | b'U' | b'q' | b'Q' | b'l' | b'L');
    let counted = || byte::prev(bytes, start) == b' ' && byte::is(byte::prev(bytes, start - 1), DIGIT);
    let small = bytes[start] == b'd';
    bytes[start] | 0x20 == b'd'
        && bytes[start + 1] | 0x20 == b'l'
        && ((byte::prev(bytes, start) == b'/' && unit()) || (small && counted()))
}

#[inline]
fn filter_bit(key: u64) -> (usize, u64) {
    let mixed = key.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 49;
    let place = usize::try_from(mixed).unwrap_or(0);
    (place / 64 % FILTER_WORDS, 1 << (place % 64))
}

#[inline]
fn slot_of(key: u64, slots: usize) -> usize {
    let mixed = key.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 40;
    usize::try_from(mixed).unwrap_or(0) & (slots - 1)
}

#[cfg(test)]
mod tests;
