//! How and whence a patient came, which no temperature does: `92 F from SNF`, `91 M via EMS`, `TRIAGE 03:46  94 M  ESI 3`.

use super::{is, word};
use crate::guard::byte::{self, ALNUM, ALPHA};
use crate::guard::words::WordSet;

/// Where people come from.
static PLACES: WordSet<32> = WordSet::new(
    "snf nh nursing alf assisted group ecf ltc ltac ltach rehab osh jail prison scene facility memory shelter hospice ed er",
);
/// The longest stamp of a triage before the age, in bytes.
const STAMP: usize = 40;

/// Whether the words behind an age and a sex say how or whence somebody came.
pub(super) fn told(bytes: &[u8], stop: usize) -> bool {
    let (next, from) = word(bytes, stop);
    by_ambulance(bytes, stop) || (is(from, b"from") && PLACES.has(word(bytes, next).1))
}

/// Whether somebody came by an ambulance: `Triage 04:33: 91 M via EMS`; a thermometer has no such way.
pub(super) fn by_ambulance(bytes: &[u8], end: usize) -> bool {
    if byte::peek(bytes, end + 1) | 0x20 != b'v' {
        return false;
    }
    let (next, via) = word(bytes, end);
    let how = word(bytes, next).1;
    is(via, b"via") && [&b"ems"[..], b"ambulance", b"squad", b"medics", b"rescue"].iter().any(|known| is(how, known))
}

/// Whether only the stamp of a triage stands before the age, and what it found behind: `TRIAGE 03:46 6/27  94 M  ESI 3`.
pub(super) fn at_triage(bytes: &[u8], start: usize, stop: usize) -> bool {
    let line = byte::back_to(bytes, start, b'\n', STAMP);
    let stamped = bytes[line..start]
        .split_at_checked(6)
        .is_some_and(|(triage, stamp)| is(triage, b"triage") && !stamp.iter().any(|byte| byte::is(*byte, ALPHA)));
    let next = byte::skip(bytes, stop, byte::BLANK);
    let found = || &bytes[next..byte::skip(bytes, next, ALNUM)];
    stamped && [&b"esi"[..], b"cc", b"ctas", b"acuity"].iter().any(|known| is(found(), known))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_temperature_comes_from_no_place() {
        assert!(told(b"92 F from SNF w/ AMS", 4) && told(b"92 F via EMS", 4));
        assert!(!told(b"98 F from 101", 4) && !told(b"98 F via axilla", 4) && !told(b"98 F", 4));
        assert!(at_triage(b"TRIAGE 03:46  94 M  ESI 3", 14, 18));
        assert!(!at_triage(b"TRIAGE T 98  94 F  ESI 3", 13, 17) && !at_triage(b"TRIAGE 03:46  94 M  run", 14, 18));
    }
}
