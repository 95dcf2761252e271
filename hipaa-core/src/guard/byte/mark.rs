//! What two bytes beside each other tell: whether a word may be in a text, and where addresses
//! may be.

use super::packed;

/// Which pairs are in a text.
#[derive(Clone, Copy, Debug)]
pub(in crate::guard) struct Signs(u8);

const PAGES: u8 = 1;
const AGES: u8 = 2;
const HOSTS: u8 = 4;

impl Signs {
    /// Looks at all of the bytes once.
    #[inline]
    pub(in crate::guard) fn of(bytes: &[u8]) -> Self {
        #[cfg(test)]
        crate::guard::steps::add(bytes.len());
        let behind = bytes.get(1..).unwrap_or(&[]);
        // Every sign is asked of all pairs alike, so that the compiler takes many at once.
        let signs = bytes.iter().zip(behind).fold([0; 3], |[pages, ages, hosts], (a, b)| {
            [
                pages | (u8::from(a | 0x20 == b'w') & u8::from(b | 0x20 == b'w')),
                ages | (u8::from(*a == b't') & u8::from(*b == b'y')) | (u8::from(*a == b'd') & u8::from(*b == b'r')),
                hosts | (u8::from(*a == b'.') & u8::from(b.wrapping_sub(b'a') < 26)),
            ]
        });
        // A shorter address would name no host.
        let long = u8::from(bytes.len() >= 8);
        Self((signs[0] * PAGES * long) | (signs[1] * AGES) | (signs[2] * HOSTS))
    }

    /// Whether `www.` may be in it.
    #[inline]
    pub(in crate::guard) const fn pages(self) -> bool {
        self.0 & PAGES != 0
    }

    /// Whether `ninety` or `hundred` may be in it.
    #[inline]
    pub(in crate::guard) const fn ages(self) -> bool {
        self.0 & AGES != 0
    }

    /// Whether any of them, or the name of a host, may be in it.
    #[inline]
    pub(in crate::guard) const fn any(self) -> bool {
        self.0 != 0
    }
}

/// The places of each `@` and `:`, and of each `.` before a small letter.
#[derive(Debug)]
pub(in crate::guard) struct Marks<'t> {
    bytes: &'t [u8],
    /// Where the block behind this one starts, and what is left of this one.
    next: usize,
    mask: u64,
}

impl<'t> Marks<'t> {
    pub(in crate::guard) const fn new(bytes: &'t [u8]) -> Self {
        Self { bytes, next: 0, mask: 0 }
    }
}

impl Iterator for Marks<'_> {
    type Item = usize;

    #[inline]
    fn next(&mut self) -> Option<usize> {
        while self.mask == 0 {
            let rest = self.bytes.get(self.next..).filter(|rest| !rest.is_empty())?;
            let mut padded = [0; 65];
            let block = rest.first_chunk().unwrap_or_else(|| {
                padded[..rest.len()].copy_from_slice(rest);
                &padded
            });
            self.mask = mask(block);
            self.next += 64;
        }
        let bit = self.mask.trailing_zeros() as usize;
        self.mask &= self.mask - 1;
        Some(self.next - 64 + bit)
    }
}

/// One bit for each of 64 bytes that is a mark.
#[inline]
fn mask(block: &[u8; 65]) -> u64 {
    #[cfg(test)]
    crate::guard::steps::add(64);
    let mut flags = [0_u8; 64];
    let pairs = block.iter().zip(&block[1..]);
    flags.iter_mut().zip(pairs).for_each(|(flag, (a, b))| {
        *flag = u8::from((*a == b'@') | (*a == b':') | ((*a == b'.') & (b.wrapping_sub(b'a') < 26)));
    });
    packed(&flags)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn marks_are_where_a_plain_loop_finds_them(text in "[@:. a-cA\n]{0,200}") {
            let bytes = text.as_bytes();
            let host = |i: usize| bytes[i] == b'.' && bytes.get(i + 1).is_some_and(u8::is_ascii_lowercase);
            let plain: Vec<usize> =
                (0..bytes.len()).filter(|&i| matches!(bytes[i], b'@' | b':') || host(i)).collect();
            prop_assert_eq!(Marks::new(bytes).collect::<Vec<_>>(), plain);
        }
    }

    #[test]
    fn words_and_hosts_leave_their_signs() {
        for (text, [pages, ages, any]) in [
            ("see WWW.example.org", [true, false, true]),
            ("Ninety-two years", [false, true, true]),
            ("one hundred years", [false, true, true]),
            ("at portal.example", [false, false, true]),
            ("Lungs are clear. No", [false, false, false]),
            ("", [false, false, false]),
        ] {
            let signs = Signs::of(text.as_bytes());
            assert_eq!([signs.pages(), signs.ages(), signs.any()], [pages, ages, any], "{text}");
        }
    }
}
