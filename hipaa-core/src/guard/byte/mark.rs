//! What two bytes beside each other tell: whether words of a text that has no digit may name a
//! page, a host or an age.

/// Whether `www.`, `ninety`, `hundred` or the name of a host may be in the text.
#[inline]
pub(in crate::guard) fn may_name(bytes: &[u8]) -> bool {
    #[cfg(test)]
    crate::guard::steps::add(bytes.len());
    let behind = bytes.get(1..).unwrap_or(&[]);
    // All is asked of all pairs alike, so that the compiler takes many at once.
    let found = bytes.iter().zip(behind).fold(0, |found, (a, b)| {
        found
            | (u8::from(a | 0x20 == b'w') & u8::from(b | 0x20 == b'w'))
            | (u8::from(*a == b't') & u8::from(*b == b'y'))
            | (u8::from(*a == b'd') & u8::from(*b == b'r'))
            | (u8::from(*a == b'.') & u8::from(b.wrapping_sub(b'a') < 26))
    });
    found != 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_and_hosts_leave_their_signs() {
        for (text, signs) in [
            ("see WWW.example.org", true),
            ("Ninety-two years", true),
            ("one hundred years", true),
            ("at portal.example", true),
            ("Lungs are clear. No", false),
            ("", false),
        ] {
            assert_eq!(may_name(text.as_bytes()), signs, "{text}");
        }
    }
}
