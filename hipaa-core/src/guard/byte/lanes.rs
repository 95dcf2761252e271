//! Sixteen bytes at once: the machine asks all of them in one step.
//!
//! What a question leaves is a byte of ones where the answer is yes, and zero elsewhere.

use wide::u8x16;

/// The bit that small letters have; what becomes of other bytes with it is no letter.
pub(super) const SMALL: u8 = 0x20;

#[derive(Clone, Copy, Debug)]
pub(super) struct Lanes(u8x16);

impl Lanes {
    /// No byte.
    pub(super) const NONE: Self = Self(u8x16::ZERO);

    #[inline]
    pub(super) fn of(block: &[u8; 16]) -> Self {
        Self(u8x16::new(*block))
    }

    /// Where the byte is from `first` to `last`.
    #[inline]
    pub(super) fn between(self, first: u8, last: u8) -> Self {
        Self((self.0 - u8x16::splat(first)).simd_le(u8x16::splat(last - first)))
    }

    /// Where the byte is `want`.
    #[inline]
    pub(super) fn equal(self, want: u8) -> Self {
        Self(self.0.simd_eq(u8x16::splat(want)))
    }

    /// The bits of both.
    #[inline]
    pub(super) fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Each byte with these bits set.
    #[inline]
    pub(super) fn with(self, bits: u8) -> Self {
        Self(self.0 | u8x16::splat(bits))
    }

    /// The highest bit of each byte, the first one lowest.
    #[inline]
    pub(super) fn bits(self) -> u64 {
        u64::from(self.0.to_bitmask())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn every_question_is_answered_as_a_plain_loop_answers_it(block: [u8; 16]) {
            let bits = |property: &dyn Fn(u8) -> bool| (0..16).fold(0, |bits, i| bits | u64::from(property(block[i])) << i);
            let lanes = Lanes::of(&block);
            for (first, last) in [(b'0', b'9'), (b'a', b'z'), (0x80, 0xFF), (0, 0x1F), (b'-', b'/')] {
                prop_assert_eq!(lanes.between(first, last).bits(), bits(&|byte| (first..=last).contains(&byte)));
            }
            let letters = lanes.with(SMALL).between(b'a', b'z').or(lanes.equal(b':'));
            prop_assert_eq!(letters.bits(), bits(&|byte| byte.is_ascii_alphabetic() || byte == b':'));
        }
    }
}
