//! A small generator of random numbers, the same on every machine.

/// SplitMix64.
#[derive(Debug)]
pub(super) struct Random(u64);

impl Random {
    pub(super) const fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub(super) const fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// A number from `low` to `high`, both included.
    pub(super) const fn within(&mut self, low: u64, high: u64) -> u64 {
        low + self.next() % (high - low + 1)
    }

    pub(super) fn pick<'a, T>(&mut self, list: &'a [T]) -> &'a T {
        let at = usize::try_from(self.next() % list.len() as u64).unwrap_or(0);
        &list[at]
    }

    /// Fills a shape: `#` a digit, `%` a digit from 2 to 9, `@` a capital letter, the rest as
    /// it stands.
    pub(super) fn shape(&mut self, shape: &str) -> String {
        let mut fill = |c: char| match c {
            '#' => char::from(b'0' + u8::try_from(self.within(0, 9)).unwrap_or(0)),
            '%' => char::from(b'2' + u8::try_from(self.within(0, 7)).unwrap_or(0)),
            '@' => char::from(*self.pick(b"ABCDEFGHJKLMNPRTUVWXY")),
            other => other,
        };
        shape.chars().map(&mut fill).collect()
    }
}
