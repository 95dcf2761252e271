//! What a look at 64 bytes of a text tells.

/// The letters and digits of 64 bytes.
#[derive(Clone, Copy, Debug)]
pub(in crate::guard) struct Stretch {
    pub(super) from: usize,
    pub(super) alnum: u64,
    pub(super) digit: u64,
}

impl Stretch {
    /// The end of the run of letters and digits at `at`, and how many digits it has; `None` when it may go on outside.
    #[inline]
    pub(in crate::guard) fn run(&self, at: usize) -> Option<(usize, usize)> {
        let off = at.wrapping_sub(self.from);
        if off >= 64 {
            return None;
        }
        let (len, digits) = ((self.alnum >> off).trailing_ones() as usize, self.digit >> off);
        if off + len >= 64 {
            return None;
        }
        // Mostly there are digits only; counting them takes longer.
        let ones = digits.trailing_ones() as usize;
        let count = if ones >= len { len } else { (digits & ((1 << len) - 1)).count_ones() as usize };
        Some((at + len, count))
    }
}

/// A run of letters and digits around a place in it.
#[derive(Clone, Copy, Debug)]
pub(in crate::guard) struct Around {
    /// Where it starts, as far as [`BACK`](Self::BACK) bytes back.
    pub(in crate::guard) start: usize,
    pub(in crate::guard) end: usize,
    /// Whether it has digits only from the place on.
    pub(in crate::guard) numeric: bool,
}

impl Around {
    /// How far back its start is looked for.
    pub(in crate::guard) const BACK: usize = 32;
}

/// The words of letters and digits in 64 bytes.
#[derive(Clone, Copy, Debug)]
pub(in crate::guard) struct Words {
    /// Every byte of them.
    pub(in crate::guard) alnum: u64,
    /// The first byte of each.
    pub(in crate::guard) starts: u64,
    /// The same for those that start with a letter.
    pub(in crate::guard) lettered: u64,
}

/// The places of the bits that are set.
#[derive(Clone, Copy, Debug)]
pub(in crate::guard) struct Bits(pub(in crate::guard) u64);

impl Iterator for Bits {
    type Item = usize;

    #[inline]
    fn next(&mut self) -> Option<usize> {
        if self.0 == 0 {
            return None;
        }
        let bit = self.0.trailing_zeros() as usize;
        self.0 &= self.0 - 1;
        Some(bit)
    }
}
