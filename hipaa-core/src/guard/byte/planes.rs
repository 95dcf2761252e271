//! What every byte of a text is, one bit a byte: a run ends where its bits end.

mod look;

use super::lanes::{Lanes, SMALL};
pub(in crate::guard) use look::{Around, Bits, Stretch, Words};

/// The bits of 64 bytes.
#[derive(Clone, Copy, Debug, Default)]
pub(in crate::guard) struct Block {
    digit: u64,
    /// ASCII letters and digits.
    alnum: u64,
    /// Letters and digits, and what joins to one before it.
    token: u64,
    /// Each `@`, and each `:` and `.` before a letter or what joins: few of those end a label or a sentence.
    mark: u64,
}

/// Texts of so many bytes need no memory besides the stack.
pub(in crate::guard) const FEW: usize = 4;

/// The bits of a text.
#[derive(Clone, Copy, Debug)]
pub(in crate::guard) struct Planes<'p> {
    /// Two more than the text has, so that a look ahead from its end stays inside.
    blocks: &'p [Block],
    signs: Signs,
}

/// What is anywhere in a text: what needs it need not be looked for elsewhere.
#[derive(Clone, Copy, Debug)]
struct Signs {
    /// Two `w` beside each other.
    double_w: bool,
    /// `<`, `&`, `%` or a byte outside ASCII.
    foldable: bool,
    /// `|` or `~`.
    wire: bool,
}

/// Where the bits of a text are kept.
#[derive(Debug)]
pub(in crate::guard) struct Room {
    few: [Block; FEW],
    many: Vec<Block>,
}

impl Room {
    pub(in crate::guard) const fn new() -> Self {
        Self { few: [Block { digit: 0, alnum: 0, token: 0, mark: 0 }; FEW], many: Vec::new() }
    }

    /// Looks at every byte once.
    pub(in crate::guard) fn planes(&mut self, bytes: &[u8]) -> Planes<'_> {
        let count = bytes.len().div_ceil(64) + 2;
        let blocks = if count <= FEW {
            &mut self.few[..count]
        } else {
            self.many.clear();
            self.many.resize(count, Block::default());
            self.many.as_mut_slice()
        };
        let signs = fill(blocks, bytes);
        Planes { blocks, signs }
    }
}

/// What the end of a block tells the next one.
#[derive(Clone, Copy, Debug, Default)]
struct Carry {
    alnum: u64,
    w: u64,
    point: u64,
}

/// What the blocks have shown so far.
#[derive(Clone, Copy, Debug)]
struct Shown {
    /// One bit for each `w` behind another.
    pairs: u64,
    foldable: Lanes,
    wire: Lanes,
}

fn fill(blocks: &mut [Block], bytes: &[u8]) -> Signs {
    let (whole, rest) = bytes.as_chunks::<64>();
    let mut carry = Carry::default();
    let mut shown = Shown { pairs: 0, foldable: Lanes::NONE, wire: Lanes::NONE };
    let mut before = &mut Block::default();
    for (block, bytes) in blocks.iter_mut().zip(whole) {
        read(bytes, block, &mut carry, (&mut before.mark, &mut shown));
        before = block;
    }
    let mut padded = [0; 64];
    padded[..rest.len()].copy_from_slice(rest);
    if let Some([.., last, block]) = blocks.get_mut(..=whole.len()) {
        read(&padded, block, &mut carry, (&mut last.mark, &mut shown));
    } else if let Some(first) = blocks.first_mut() {
        read(&padded, first, &mut carry, (&mut 0, &mut shown));
    }
    Signs { double_w: shown.pairs != 0, foldable: shown.foldable.bits() != 0, wire: shown.wire.bits() != 0 }
}

/// Writes the bits of a block; leaves what the next one must know, marks a `.` or `:` at the end of the one
/// before, and notes where two `w` end.
#[inline]
fn read(bytes: &[u8; 64], block: &mut Block, carry: &mut Carry, (before, shown): (&mut u64, &mut Shown)) {
    #[cfg(test)]
    crate::guard::steps::add(64);
    let (mut digit, mut alpha, mut join, mut at, mut point, mut w) = (0, 0, 0, 0, 0, 0);
    let (parts, _) = bytes.as_chunks::<16>();
    for (part, place) in parts.iter().zip([0, 16, 32, 48]) {
        let lanes = Lanes::of(part);
        let (low, colon) = (lanes.with(SMALL), lanes.equal(b':'));
        digit |= lanes.between(b'0', b'9').bits() << place;
        alpha |= low.between(b'a', b'z').bits() << place;
        join |= lanes.between(b'-', b'/').or(colon).or(lanes.equal(b'_')).bits() << place;
        at |= lanes.equal(b'@').bits() << place;
        point |= lanes.equal(b'.').or(colon).bits() << place;
        w |= low.equal(b'w').bits() << place;
        // The highest bit of a byte is that of its answer, and of a byte outside ASCII.
        shown.foldable = shown.foldable.or(lanes).or(lanes.equal(b'<')).or(lanes.equal(b'&')).or(lanes.equal(b'%'));
        shown.wire = shown.wire.or(lanes.with(b'|' ^ b'~').equal(b'~'));
    }
    let (alnum, next) = (digit | alpha, alpha | join);
    let token = alnum | (join & (alnum << 1 | carry.alnum));
    (block.digit, block.alnum, block.token) = (digit, alnum, token);
    block.mark = at | (point & (next >> 1));
    shown.pairs |= w & (w << 1 | carry.w);
    *before |= (carry.point & next) << 63;
    *carry = Carry { alnum: alnum >> 63, w: w >> 63, point: point >> 63 };
}

impl Planes<'_> {
    /// Whether `www.` may be in the text.
    pub(in crate::guard) const fn double_w(self) -> bool {
        self.signs.double_w
    }

    /// Whether anything may fold.
    pub(in crate::guard) const fn foldable(self) -> bool {
        self.signs.foldable
    }

    /// Whether the text may hold segments of HL7 or X12.
    pub(in crate::guard) const fn wire(self) -> bool {
        self.signs.wire
    }

    /// The first digit at or behind `from`.
    #[inline]
    pub(in crate::guard) fn digit_from(self, from: usize) -> Option<usize> {
        // Where digits are many, the next ones have one: no block needs to be guessed.
        let near = self.ahead(from, |block| block.digit);
        if near != 0 {
            return Some(from + near.trailing_zeros() as usize);
        }
        let mut place = from / 64;
        let mut keep = u64::MAX << (from % 64);
        loop {
            let digits = self.blocks.get(place)?.digit & keep;
            if digits != 0 {
                return Some(place * 64 + digits.trailing_zeros() as usize);
            }
            #[cfg(test)]
            crate::guard::steps::add(1);
            place += 1;
            keep = u64::MAX;
        }
    }

    /// The places of each `@`, and of each `:` and `.` before a letter or what joins.
    #[inline]
    pub(in crate::guard) fn marks(self) -> impl Iterator<Item = usize> {
        self.blocks.iter().enumerate().flat_map(|(i, block)| Bits(block.mark).map(move |bit| 64 * i + bit))
    }

    /// The end of the run of digits at `at`.
    #[inline]
    pub(in crate::guard) fn digits_end(self, at: usize) -> usize {
        self.end(at, |block| block.digit)
    }

    /// The end of the run of letters and digits at `at`.
    #[inline]
    pub(in crate::guard) fn alnum_end(self, at: usize) -> usize {
        self.end(at, |block| block.alnum)
    }

    /// The start of the token that goes on at `end`, at most 192 bytes before it.
    #[inline]
    pub(in crate::guard) fn token_start(self, end: usize) -> usize {
        let mut start = end;
        for _ in 0..3 {
            let ones = self.behind(start, |block| block.token).leading_ones();
            start -= ones as usize;
            if ones < 64 {
                break;
            }
        }
        start
    }

    /// How many letters and digits stand right before `end`, up to 64.
    #[inline]
    pub(in crate::guard) fn alnum_before(self, end: usize) -> usize {
        self.behind(end, |block| block.alnum).leading_ones() as usize
    }

    /// How many digits there are from `start` to `end`.
    #[inline]
    pub(in crate::guard) fn digits_in(self, start: usize, end: usize) -> usize {
        let len = end.saturating_sub(start);
        // Mostly there are digits only; counting them takes longer.
        let ones = self.ahead(start, |block| block.digit).trailing_ones() as usize;
        if ones >= len { len } else { self.count(start, end, |block| block.digit) }
    }

    /// How many letters and digits there are from `start` to `end`.
    #[inline]
    pub(in crate::guard) fn alnum_in(self, start: usize, end: usize) -> usize {
        self.count(start, end, |block| block.alnum)
    }

    /// The letters and digits around the one at `at`.
    #[inline]
    pub(in crate::guard) fn around(self, at: usize) -> Around {
        let base = at.saturating_sub(Around::BACK);
        let (alnum, digit) = (self.ahead(base, |block| block.alnum), self.ahead(base, |block| block.digit));
        let here = at - base;
        let back = (!alnum << (63 - here) << 1).leading_zeros() as usize;
        let on = (!(alnum >> here)).trailing_zeros() as usize;
        let start = at - back.min(here);
        let (end, numeric) = if here + on < 64 {
            (at + on, (digit >> here).trailing_ones() as usize >= on)
        } else {
            let end = self.alnum_end(at);
            (end, self.digits_end(at) == end)
        };
        Around { start, end, numeric }
    }

    /// What the 64 bytes from `from` on are, for the runs that lie in them.
    #[inline]
    pub(in crate::guard) fn stretch(self, from: usize) -> Stretch {
        Stretch { from, alnum: self.ahead(from, |block| block.alnum), digit: self.ahead(from, |block| block.digit) }
    }

    #[inline]
    fn count(self, start: usize, end: usize, plane: impl Fn(&Block) -> u64) -> usize {
        let (mut at, mut count) = (start, 0);
        while at < end {
            let keep = if end - at >= 64 { u64::MAX } else { (1 << (end - at)) - 1 };
            count += (self.ahead(at, &plane) & keep).count_ones() as usize;
            at += 64;
        }
        count
    }

    /// What the 64 bytes from `at` on are.
    #[inline]
    pub(in crate::guard) fn words(self, at: usize) -> Words {
        let alnum = self.ahead(at, |block| block.alnum);
        let before = self.behind(at, |block| block.alnum) >> 63;
        let starts = alnum & !(alnum << 1 | before);
        Words { alnum, starts, lettered: starts & !self.ahead(at, |block| block.digit) }
    }

    #[inline]
    fn end(self, at: usize, plane: impl Fn(&Block) -> u64) -> usize {
        let mut end = at;
        loop {
            let ones = self.ahead(end, &plane).trailing_ones();
            end += ones as usize;
            if ones < 64 {
                return end;
            }
        }
    }

    /// The bits of the 64 bytes from `at` on, the first one lowest.
    #[inline]
    fn ahead(self, at: usize, plane: impl Fn(&Block) -> u64) -> u64 {
        #[cfg(test)]
        crate::guard::steps::add(1);
        match self.blocks.get(at / 64..at / 64 + 2) {
            Some([here, next]) => plane(here) >> (at % 64) | plane(next) << 1 << (63 - at % 64),
            _ => 0,
        }
    }

    /// The bits of the 64 bytes before `end`, the last one highest.
    #[inline]
    fn behind(self, end: usize, plane: impl Fn(&Block) -> u64) -> u64 {
        if end >= 64 {
            return self.ahead(end - 64, plane);
        }
        match self.blocks.first() {
            Some(first) if end > 0 => plane(first) << (64 - end),
            _ => 0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::guard::byte::{ALNUM, ALPHA, DIGIT, JOIN, at, back, is, skip};
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn bits_tell_what_plain_loops_tell(text in "([@:. a-cAwW0-9é_\n-]{0,90}|[0-9a]{60,140}|[a-z<&%|~]){0,3}") {
            let bytes = text.as_bytes();
            let mut room = Room::new();
            let planes = room.planes(bytes);
            let token = |i: usize| is(bytes[i], ALNUM) || (is(bytes[i], JOIN) && i > 0 && is(bytes[i - 1], ALNUM));
            let mark = |i: usize| bytes[i] == b'@'
                || (matches!(bytes[i], b'.' | b':') && at(bytes, i + 1, ALPHA | JOIN));
            let plain: Vec<usize> = (0..bytes.len()).filter(|&i| mark(i)).collect();
            prop_assert_eq!(planes.marks().collect::<Vec<_>>(), plain);
            prop_assert_eq!(planes.double_w(), text.to_ascii_lowercase().contains("ww"));
            prop_assert_eq!(planes.foldable(), text.contains(['<', '&', '%']) || !text.is_ascii());
            prop_assert_eq!(planes.wire(), text.contains(['|', '~']));
            for i in 0..=bytes.len() {
                prop_assert_eq!(planes.digit_from(i), (i..bytes.len()).find(|&at| bytes[at].is_ascii_digit()));
                prop_assert_eq!(planes.digits_end(i), skip(bytes, i, DIGIT));
                prop_assert_eq!(planes.alnum_end(i), skip(bytes, i, ALNUM));
                let run = planes.around(i);
                prop_assert_eq!((run.start, run.end), (back(bytes, i, ALNUM, Around::BACK), skip(bytes, i, ALNUM)));
                prop_assert_eq!(run.numeric, skip(bytes, i, DIGIT) == run.end);
                prop_assert_eq!(planes.alnum_before(i), i - back(bytes, i, ALNUM, 64));
                let from = i.saturating_sub(20);
                let end = skip(bytes, i, ALNUM);
                let count = bytes[i..end].iter().filter(|byte| byte.is_ascii_digit()).count();
                prop_assert_eq!(planes.stretch(from).run(i), (end < from + 64).then_some((end, count)));
                let solid = bytes[i / 2..i].iter().filter(|byte| byte.is_ascii_alphanumeric()).count();
                prop_assert_eq!(planes.alnum_in(i / 2, i), solid);
                let start = (i.saturating_sub(192)..i).rev().take_while(|&at| token(at)).last().unwrap_or(i);
                prop_assert_eq!(planes.token_start(i), start);
                prop_assert_eq!(planes.digits_in(i / 2, i), bytes[i / 2..i].iter().filter(|byte| byte.is_ascii_digit()).count());
            }
            for from in (0..bytes.len()).step_by(7) {
                let words = planes.words(from);
                for bit in 0..64 {
                    let i = from + bit;
                    let word = at(bytes, i, ALNUM);
                    let first = word && !(i > 0 && is(bytes[i - 1], ALNUM));
                    let lettered = first && bytes[i].is_ascii_alphabetic();
                    let bits = [words.alnum, words.starts, words.lettered].map(|bits| bits >> bit & 1 == 1);
                    prop_assert_eq!(bits, [word, first, lettered]);
                }
            }
        }
    }
}
