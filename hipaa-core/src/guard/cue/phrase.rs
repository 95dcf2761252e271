//! The phrases of the lexicon, and how far each reaches in a text.

use super::{CueClass, Text, is_number_word};
use crate::guard::byte::{self, ALNUM};
use std::ops::Range;

/// The most phrases of a lexicon: their places have sixteen bits.
pub(super) const MOST: usize = u16::MAX as usize - 1;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Part {
    /// Exactly this byte, nothing around it.
    Sep(u8),
    /// A word and its key, behind blanks or light punctuation.
    Word(u64, Box<[u8]>),
    /// A word like `number`, `no.`, `id`, or `#`.
    Number,
}

/// What a phrase asks for behind its first word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tail {
    /// Nothing.
    None,
    /// A word like `number`.
    Number,
    /// Anything else: see the parts.
    Parts,
}

#[derive(Clone, Debug)]
pub(super) struct Phrase {
    pub(super) key: u64,
    pub(super) first: Box<[u8]>,
    /// What the first word has behind its first eight bytes.
    pub(super) rest: Box<[u8]>,
    pub(super) parts: Box<[Part]>,
    pub(super) tail: Tail,
    pub(super) class: CueClass,
    pub(super) weak: bool,
    /// Counts only in capitals.
    capitals: bool,
}

/// The phrases with one key, and what may stand behind their first word.
#[derive(Clone, Debug)]
pub(super) struct Group {
    pub(super) key: u64,
    /// The low five bits of what a second word may start with.
    words: u32,
    /// The low five bits of a byte that must follow at once.
    seps: u32,
    /// The first phrase, the first one of a single word, and the end.
    first: u16,
    single: u16,
    end: u16,
    /// The class of the first phrase of a single word, and whether it is weak, when every word with the key is it.
    pub(super) sole: Option<(CueClass, bool)>,
}

// Three of them fit into two lines of the nearest cache.
const _: () = assert!(size_of::<Group>() <= 24);

impl Group {
    /// The groups of phrases that are sorted by key, the longest phrase first; at most [`MOST`] of them.
    pub(super) fn all(phrases: &[Phrase]) -> Vec<Self> {
        let mut first = 0;
        let same = phrases.chunk_by(|a, b| a.key == b.key);
        same.map(|phrases| {
            let group = Self::new(first, phrases);
            first += phrases.len();
            group
        })
        .collect()
    }

    fn new(first: usize, phrases: &[Phrase]) -> Self {
        let single = first + phrases.iter().take_while(|phrase| !phrase.parts.is_empty()).count();
        let key = phrases.first().map_or(0, |phrase| phrase.key);
        let sole = phrases.get(single - first).filter(|phrase| phrase.rest.is_empty() && !phrase.capitals);
        let sole = sole.filter(|_| key >> 56 == 0).map(|phrase| (phrase.class, phrase.weak));
        let [first, single, end] =
            [first, single, first + phrases.len()].map(|place| u16::try_from(place).unwrap_or(u16::MAX));
        let mut group = Self { key, first, single, end, sole, words: 0, seps: 0 };
        for part in phrases.iter().filter_map(|phrase| phrase.parts.first()) {
            match part {
                Part::Sep(byte) => group.seps |= low_bit(*byte),
                Part::Word(_, word) => group.words |= low_bit(byte::peek(word, 0)),
                Part::Number => group.words |= b"#ni".iter().fold(0, |bits, byte| bits | low_bit(*byte)),
            }
        }
        group
    }

    /// The places of its phrases.
    #[inline]
    pub(super) fn places(&self) -> Range<usize> {
        usize::from(self.first)..usize::from(self.end)
    }

    /// The places of its phrases of a single word.
    #[inline]
    pub(super) fn singles(&self) -> Range<usize> {
        usize::from(self.single)..usize::from(self.end)
    }

    /// Whether it has a phrase of more than one word.
    #[inline]
    pub(super) const fn has_more(&self) -> bool {
        self.seps | self.words != 0
    }

    /// Whether a phrase of more than one word may go on, by the byte behind the first word and
    /// the first byte of the second.
    #[inline]
    pub(super) const fn goes_on(&self, behind: u8, next: u8) -> bool {
        self.seps & low_bit(behind) != 0 || self.words & low_bit(next) != 0
    }
}

/// One of 32 bits; letters share theirs with their other case.
#[inline]
const fn low_bit(byte: u8) -> u32 {
    1 << (byte & 31)
}

impl Phrase {
    pub(super) fn parse(text: &str, class: CueClass, weak: bool) -> Option<Self> {
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
                    parts.push(Part::Word(key_of(bytes, at, end), bytes[at..end].into()));
                    at = end;
                }
                other => {
                    parts.push(Part::Sep(other));
                    at += 1;
                }
            }
        }
        let rest = bytes[..first].get(8..).unwrap_or(&[]).into();
        let tail = match parts.as_slice() {
            [] => Tail::None,
            [Part::Number] => Tail::Number,
            _ => Tail::Parts,
        };
        (first > 0).then(|| Self {
            tail,
            key: key_of(bytes, 0, first),
            first: bytes[..first].into(),
            rest,
            parts: parts.into(),
            class,
            weak,
            capitals,
        })
    }

    /// The key of the second word; zero when the second part is no word.
    pub(super) fn second(&self) -> u64 {
        match self.parts.first() {
            Some(Part::Word(key, _)) => *key,
            _ => 0,
        }
    }

    /// The phrase, and what becomes of it in an identifier of a program: `memberId`.
    pub(super) fn with_squashed(self) -> Vec<Self> {
        let words = |part: &Part| match part {
            Part::Word(_, word) => Some(word.to_vec()),
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
        let mut phrases: Vec<Self> =
            long.filter_map(|word| Self::parse(std::str::from_utf8(&word).ok()?, self.class, self.weak)).collect();
        phrases.insert(0, self);
        phrases
    }

    /// Whether this is its first word, of which the first eight bytes are known to be right.
    #[inline]
    pub(super) fn starts(&self, word: &[u8]) -> bool {
        let same = match word.get(8..) {
            None | Some([]) => self.rest.is_empty(),
            Some(rest) => rest.eq_ignore_ascii_case(&self.rest),
        };
        same && !(self.capitals && word.iter().any(u8::is_ascii_lowercase))
    }

    /// Where this phrase ends when its first word ends at `end`.
    pub(super) fn end_in(&self, (bytes, planes): Text<'_>, end: usize) -> Option<usize> {
        let mut at = end;
        let mut tight = false;
        for part in &self.parts {
            at = match part {
                Part::Sep(byte) => {
                    tight = true;
                    (byte::peek(bytes, at) == *byte).then_some(at + 1)?
                }
                Part::Word(key, word) => {
                    let from = if tight { at } else { skip_light(bytes, at) };
                    tight = false;
                    let stop = planes.alnum_end(from);
                    let same = stop - from == word.len()
                        && key_of(bytes, from, stop) == *key
                        && (word.len() <= 8 || bytes[from..stop].eq_ignore_ascii_case(word));
                    same.then_some(stop)?
                }
                Part::Number => {
                    let from = skip_light(bytes, at);
                    number_word(bytes, from, planes.alnum_end(from))?
                }
            };
        }
        Some(at)
    }
}

/// Skips what may stand between two words of a phrase.
#[inline]
pub(super) fn skip_light(bytes: &[u8], from: usize) -> usize {
    let mut at = from;
    while at < from + 3 && byte::at(bytes, at, byte::LIGHT) {
        at += 1;
    }
    at
}

/// The end of the word like `number` that is `from..end`, or of a `#` at `from`.
#[inline]
pub(super) fn number_word(bytes: &[u8], from: usize, end: usize) -> Option<usize> {
    match bytes.get(from)? {
        b'#' => Some(from + 1),
        // The first letters of the words that mean `number`.
        b'n' | b'N' | b'i' | b'I' => is_number_word(&bytes[from..end]).then_some(end),
        _ => None,
    }
}

/// The first eight bytes of the word, lower-cased; zero bytes behind a shorter one.
#[inline]
pub(super) fn key_of(bytes: &[u8], start: usize, end: usize) -> u64 {
    let word = match bytes.get(start..).and_then(<[u8]>::first_chunk::<8>) {
        Some(eight) => u64::from_le_bytes(*eight),
        None => {
            let mut padded = [0; 8];
            let tail = &bytes[start..];
            padded[..tail.len()].copy_from_slice(tail);
            u64::from_le_bytes(padded)
        }
    };
    keyed(word, end - start)
}

/// The first `len` of eight bytes, lower-cased.
#[inline]
pub(super) fn keyed(eight: u64, len: usize) -> u64 {
    (eight | 0x2020_2020_2020_2020) & byte::FIRST[len.min(8)]
}
