//! Names of programs whose first part no cue knows: `survivorMrn=4281911`, `callerAge: 98`.

use super::{Hit, Scan};
use crate::guard::Reason;
use crate::guard::byte::{self, ALPHA, LOWER};
use crate::guard::cue::{CueClass, Mask};
use crate::guard::words::WordSet;

/// The longest name, in bytes.
const LONGEST: usize = 32;

/// What such a name ends with, in the case of names and in capitals: how many letters, and of what they speak.
fn part(name: &[u8]) -> Option<(usize, CueClass)> {
    let part = match name {
        [.., b'M', b'r', b'n'] | [.., b'M', b'R', b'N'] => (3, CueClass::Mrn),
        [.., b'S', b's', b'n'] | [.., b'S', b'S', b'N'] => (3, CueClass::Ssn),
        [.., b'D', b'o', b'b'] | [.., b'D', b'O', b'B'] => (3, CueClass::Dob),
        [.., b'N', b'p', b'i'] | [.., b'N', b'P', b'I'] => (3, CueClass::Npi),
        [.., b'A', b'g', b'e'] => (3, CueClass::Age90),
        [.., b'F', b'a', b'x'] => (3, CueClass::Fax),
        [.., b'A', b'c', b'c', b't'] => (4, CueClass::Account),
        [.., b'a', b't', b'e'] if name.ends_with(b"BirthDate") || name.ends_with(b"Birthdate") => (9, CueClass::Dob),
        [.., b'B', b'i', b'r', b't', b'h'] if name.ends_with(b"DateOfBirth") => (11, CueClass::Dob),
        [.., b'I', b'd'] if name.ends_with(b"MemberId") => (8, CueClass::Plan),
        [.., b'I', b'd'] if name.ends_with(b"SubscriberId") => (12, CueClass::Plan),
        [.., b'b', b'e', b'r'] if name.ends_with(b"AccountNumber") => (13, CueClass::Account),
        [.., b'b', b'e', b'r'] if name.ends_with(b"PhoneNumber") => (11, CueClass::Phone),
        _ => return None,
    };
    Some(part)
}

/// First parts that ask for no value of a person: `minMrn=100000`.
static LIMITS: WordSet<32> =
    WordSet::new("max min next last start first num count total no is has test default sample");
/// Who has an age; `cacheAge` and `imageAge` are no persons.
static PERSONS: WordSet<64> = WordSet::new(
    "patient pt member caller subscriber insured guarantor client person resident donor recipient mother father spouse \
    dependent victim applicant enrollee beneficiary decedent claimant participant subject current admit survivor",
);

impl Scan<'_, '_> {
    /// What the name right before a value says, behind `:` or `=` and perhaps a quote, or in its tag: `<PatientAge>94`.
    #[inline]
    pub(super) fn by_key(&self, start: usize, mask: Mask) -> Option<Hit> {
        let before = byte::prev(self.bytes, start);
        let mark = if before == b' ' { byte::prev(self.bytes, start.saturating_sub(1)) } else { before };
        if matches!(mark, b':' | b'=' | b'"' | b'\'' | b'>') { self.keyed(start, mask) } else { None }
    }

    #[inline(never)]
    fn keyed(&self, start: usize, mask: Mask) -> Option<Hit> {
        let bytes = self.bytes;
        let marks = bytes[..start].iter().rev().take(5).take_while(|byte| b" :='\">".contains(byte)).count();
        let end = start - marks;
        let from = byte::back(bytes, end, ALPHA, LONGEST);
        let (name, gap) = (&bytes[from..end], &bytes[end..start]);
        let names = if gap.contains(&b'>') {
            gap == b">" && byte::prev(bytes, from) == b'<'
        } else {
            gap.iter().any(|byte| matches!(byte, b':' | b'='))
        };
        if !names {
            return None;
        }
        let (len, class) = part(name)?;
        let first = &name[..name.len() - len];
        let parted = byte::is(byte::prev(first, first.len()), LOWER);
        let known = if class == CueClass::Age90 { PERSONS.has(first) } else { !LIMITS.has(first) };
        let at = -i16::try_from(marks).ok()?;
        let hit = || Hit::declared(class, Reason::Cue { class, at });
        (parted && known && mask.has(class)).then(hit)
    }
}
