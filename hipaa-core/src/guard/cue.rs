//! Cue words: what they speak for, and how they are found in one pass.
//!
//! A phrase is keyed by the first eight bytes of its first word, lower-cased, in a small open
//! table, so that a word that starts no phrase costs one probe. Only whole words count.

mod class;
mod gap;
mod words;

use super::byte::{self, ALNUM};
pub use class::CueClass;
pub(super) use class::Mask;
pub(super) use gap::{Fit, after_gap, before_gap, is_number_word, list_gap};
use words::WORDS;

/// A cue found in the text.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cue {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) class: CueClass,
    /// Speaks only when it stands right beside the value.
    pub(super) weak: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    /// Exactly this byte, nothing around it.
    Sep(u8),
    /// A word, behind blanks or light punctuation.
    Word(Box<[u8]>),
    /// A word like `number`, `no.`, `id`, or `#`.
    Number,
}

#[derive(Clone, Debug)]
struct Phrase {
    key: u64,
    first: Box<[u8]>,
    /// What the first word has behind its first eight bytes.
    rest: Box<[u8]>,
    parts: Box<[Part]>,
    /// The key of the second word; zero when the second part is no word.
    second: u64,
    class: CueClass,
    weak: bool,
    /// Counts only in capitals.
    capitals: bool,
}

/// The phrases of the guard, ready for search.
#[derive(Clone, Debug)]
pub(super) struct Lexicon {
    /// Sorted by key, longest phrase first.
    phrases: Vec<Phrase>,
    /// Open addressing: one more than the place of the first phrase with a key; 0 is free.
    slots: Vec<u16>,
    /// One bit for each key, by its hash: most words of a text stop here.
    filter: Box<[u64; FILTER_WORDS]>,
}

/// Words of the filter; small enough to stay in the nearest cache.
const FILTER_WORDS: usize = 512;

impl Lexicon {
    /// The built-in words and some more.
    pub(super) fn new<'w>(more: impl IntoIterator<Item = (CueClass, &'w str)>) -> Self {
        let built_in = WORDS
            .iter()
            .flat_map(|(class, weak, list)| list.split('|').map(move |phrase| Phrase::parse(phrase, *class, *weak)));
        let own = more.into_iter().map(|(class, phrase)| Phrase::parse(phrase, class, false));
        let mut phrases: Vec<Phrase> = built_in.chain(own).flatten().flat_map(Phrase::with_squashed).collect();
        phrases.sort_by_key(|phrase| (phrase.key, std::cmp::Reverse((phrase.parts.len(), phrase.rest.len()))));
        // Slots hold sixteen bits; a profile with more phrases than that keeps the first ones.
        phrases.truncate(usize::from(u16::MAX) - 1);
        let mut slots = vec![0_u16; (phrases.len() * 2).next_power_of_two()];
        for (i, phrase) in phrases.iter().enumerate() {
            let mut slot = slot_of(phrase.key, slots.len());
            while slots[slot] != 0 && phrases[usize::from(slots[slot]) - 1].key != phrase.key {
                slot = (slot + 1) % slots.len();
            }
            if slots[slot] == 0 {
                slots[slot] = u16::try_from(i + 1).unwrap_or(0);
            }
        }
        let mut filter = Box::new([0; FILTER_WORDS]);
        for phrase in &phrases {
            let (word, bit) = filter_bit(phrase.key);
            filter[word] |= bit;
        }
        Self { phrases, slots, filter }
    }

    /// Adds the cues of the words that start in `from..to`; returns the place to go on from.
    pub(super) fn collect(&self, bytes: &[u8], from: usize, to: usize, out: &mut Vec<Cue>) -> usize {
        let mut done = from;
        if byte::is(byte::prev(bytes, from), ALNUM) {
            done = byte::skip(bytes, from, ALNUM);
        }
        let mut block = done;
        while block < to {
            let mask = byte::alnum_mask(bytes, block);
            let mut starts = mask & !(mask << 1);
            while starts != 0 {
                let bit = starts.trailing_zeros();
                starts &= starts - 1;
                let start = block + bit as usize;
                if start < done {
                    continue;
                }
                if start >= to {
                    return done;
                }
                let len = (mask >> bit).trailing_ones();
                let mut end = start + len as usize;
                if bit + len == 64 {
                    end = byte::skip(bytes, end, ALNUM);
                }
                done = end;
                if let Some(cue) = self.phrase_at(bytes, start, end) {
                    done = cue.end;
                    out.push(cue);
                }
            }
            block = done.max(block + 64);
        }
        done.max(to)
    }

    /// The phrase whose first word is `start..end`.
    #[inline]
    pub(super) fn phrase_at(&self, bytes: &[u8], start: usize, end: usize) -> Option<Cue> {
        let key = key_of(bytes, start, end);
        let (word, bit) = filter_bit(key);
        if self.filter[word] & bit == 0 {
            return None;
        }
        self.known(bytes, (start, end), key)
    }

    /// The phrase whose first word has a key of the table, or one that shares its bit.
    #[inline(never)]
    fn known(&self, bytes: &[u8], word: (usize, usize), key: u64) -> Option<Cue> {
        let mut slot = slot_of(key, self.slots.len());
        let first = loop {
            let first = usize::from(self.slots[slot]).checked_sub(1)?;
            if self.phrases[first].key == key {
                break first;
            }
            slot = (slot + 1) & (self.slots.len() - 1);
        };
        self.longest(bytes, word, first, key)
    }

    fn longest(&self, bytes: &[u8], word: (usize, usize), first: usize, key: u64) -> Option<Cue> {
        let (start, end) = word;
        let same_key = self.phrases[first..].iter().take_while(|phrase| phrase.key == key);
        let from = skip_light(bytes, end);
        let next = byte::skip(bytes, from, ALNUM);
        let second = if next > from { key_of(bytes, from, next) } else { 0 };
        // Phrases of more words come first, so the first that fits is the longest.
        let (phrase, stop) = same_key
            .filter(|phrase| phrase.second == 0 || phrase.second == second)
            .find_map(|phrase| Some((phrase, phrase.end_in(bytes, start, end)?)))?;
        let placeholder = is_placeholder(bytes, start, stop);
        let whole = !placeholder && !byte::glued(bytes, start, stop);
        whole.then_some(Cue { start, end: stop, class: phrase.class, weak: phrase.weak })
    }
}

impl Phrase {
    fn parse(text: &str, class: CueClass, weak: bool) -> Option<Self> {
        let capitals = text.starts_with('!');
        let text = text.trim_start_matches('!').to_ascii_lowercase();
        let bytes = text.as_bytes();
        let first = byte::skip(bytes, 0, ALNUM);
        let mut parts = Vec::new();
        let mut at = first;
        while let Some(&byte) = bytes.get(at) {
            let end = byte::skip(bytes, at, ALNUM);
            match byte {
                b' ' => at += 1,
                b'+' => {
                    parts.push(Part::Number);
                    at += 1;
                }
                _ if end > at => {
                    parts.push(Part::Word(bytes[at..end].into()));
                    at = end;
                }
                other => {
                    parts.push(Part::Sep(other));
                    at += 1;
                }
            }
        }
        let rest = bytes[..first].get(8..).unwrap_or(&[]).into();
        let second = match parts.first() {
            Some(Part::Word(word)) => key_of(word, 0, word.len()),
            _ => 0,
        };
        (first > 0).then(|| Self {
            key: key_of(bytes, 0, first),
            first: bytes[..first].into(),
            rest,
            parts: parts.into(),
            second,
            class,
            weak,
            capitals,
        })
    }

    /// The phrase, and what becomes of it in an identifier of a program: `memberId`.
    fn with_squashed(self) -> Vec<Self> {
        let words = |part: &Part| match part {
            Part::Word(word) => Some(word.to_vec()),
            Part::Number => Some(Vec::new()),
            Part::Sep(_) => None,
        };
        let tail: Option<Vec<Vec<u8>>> = self.parts.iter().map(words).collect();
        let Some(tail) = tail.filter(|tail| !tail.is_empty()) else {
            return vec![self];
        };
        let stem = [self.first.as_ref(), &tail.concat()].concat();
        let suffixes: &[&str] =
            if self.parts.last() == Some(&Part::Number) { &["id", "no", "num", "number"] } else { &[""] };
        let squashed = suffixes.iter().map(|suffix| [&stem, suffix.as_bytes()].concat());
        let long = squashed.filter(|word| word.len() >= 5 && word.iter().all(u8::is_ascii_alphabetic));
        let phrases: Vec<Self> =
            long.filter_map(|word| Self::parse(std::str::from_utf8(&word).ok()?, self.class, self.weak)).collect();
        [vec![self], phrases].concat()
    }

    /// Where this phrase ends when its first word is `start..end`.
    fn end_in(&self, bytes: &[u8], start: usize, end: usize) -> Option<usize> {
        let rest = bytes[start..end].get(8..).unwrap_or(&[]);
        if !rest.eq_ignore_ascii_case(&self.rest)
            || (self.capitals && bytes[start..end].iter().any(u8::is_ascii_lowercase))
        {
            return None;
        }
        let mut at = end;
        let mut tight = false;
        for part in &self.parts {
            at = match part {
                Part::Sep(byte) => {
                    tight = true;
                    (byte::peek(bytes, at) == *byte).then_some(at + 1)?
                }
                Part::Word(word) => {
                    let from = if tight { at } else { skip_light(bytes, at) };
                    tight = false;
                    let stop = byte::skip(bytes, from, ALNUM);
                    bytes[from..stop].eq_ignore_ascii_case(word).then_some(stop)?
                }
                Part::Number => number_word(bytes, at)?,
            };
        }
        Some(at)
    }
}

/// Whether the words are the label of a redaction: `[SSN]`, `[CREDIT_CARD:abc]`.
fn is_placeholder(bytes: &[u8], start: usize, end: usize) -> bool {
    let part = |byte: &u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || *byte == b'_';
    let before = bytes[..start].iter().rev().take(16).find(|byte| !part(byte));
    let behind = bytes[end..].iter().take(16).find(|byte| !part(byte));
    before == Some(&b'[') && matches!(behind, Some(b']' | b':'))
}

/// Skips what may stand between two words of a phrase.
fn skip_light(bytes: &[u8], from: usize) -> usize {
    let light = |at: &usize| matches!(byte::peek(bytes, *at), b' ' | b'\t' | b'\n' | b'\r' | b'-' | b'_' | b'.' | b'/');
    (from..from + 3).find(|at| !light(at)).unwrap_or(from + 3)
}

fn number_word(bytes: &[u8], from: usize) -> Option<usize> {
    let at = skip_light(bytes, from);
    if byte::peek(bytes, at) == b'#' {
        return Some(at + 1);
    }
    let end = byte::skip(bytes, at, ALNUM);
    is_number_word(&bytes[at.min(bytes.len())..end.max(at).min(bytes.len())]).then_some(end)
}

/// The first eight bytes of the word, lower-cased; zero bytes behind a shorter one.
#[inline]
fn key_of(bytes: &[u8], start: usize, end: usize) -> u64 {
    let word = match bytes.get(start..).and_then(<[u8]>::first_chunk::<8>) {
        Some(eight) => u64::from_le_bytes(*eight),
        None => {
            let mut padded = [0; 8];
            let tail = &bytes[start..];
            padded[..tail.len()].copy_from_slice(tail);
            u64::from_le_bytes(padded)
        }
    };
    let keep = u64::MAX >> (8 * (8 - (end - start).clamp(1, 8)));
    (word | 0x2020_2020_2020_2020) & keep
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
