//! Names of programs whose first part no cue knows: `survivorMrn=4281911`, `callerAge: 98`.

use super::{Hit, Scan};
use crate::guard::Reason;
use crate::guard::byte::{self, ALPHA, LOWER};
use crate::guard::cue::{CueClass, Mask};
use crate::guard::words::WordSet;

/// The longest name, in bytes.
const LONGEST: usize = 32;

/// What such a name ends with, in the case of names and in capitals.
const PARTS: [(&[u8], CueClass); 16] = [
    (b"Mrn", CueClass::Mrn),
    (b"MRN", CueClass::Mrn),
    (b"Ssn", CueClass::Ssn),
    (b"SSN", CueClass::Ssn),
    (b"Dob", CueClass::Dob),
    (b"DOB", CueClass::Dob),
    (b"BirthDate", CueClass::Dob),
    (b"Birthdate", CueClass::Dob),
    (b"DateOfBirth", CueClass::Dob),
    (b"Npi", CueClass::Npi),
    (b"NPI", CueClass::Npi),
    (b"MemberId", CueClass::Plan),
    (b"SubscriberId", CueClass::Plan),
    (b"AccountNumber", CueClass::Account),
    (b"PhoneNumber", CueClass::Phone),
    (b"Age", CueClass::Age90),
];
/// First parts that ask for no value of a person: `minMrn=100000`.
static LIMITS: WordSet<32> =
    WordSet::new("max min next last start first num count total no is has test default sample");
/// Who has an age; `cacheAge` and `imageAge` are no persons.
static PERSONS: WordSet<64> = WordSet::new(
    "patient pt member caller subscriber insured guarantor client person resident donor recipient mother father spouse \
    dependent victim applicant enrollee beneficiary decedent claimant participant subject current admit survivor",
);

impl Scan<'_, '_> {
    /// What the name right before a value says, behind `:` or `=` and perhaps a quote.
    #[inline]
    pub(super) fn by_key(&self, start: usize, mask: Mask) -> Option<Hit> {
        let before = byte::prev(self.bytes, start);
        let mark = if before == b' ' { byte::prev(self.bytes, start.saturating_sub(1)) } else { before };
        if matches!(mark, b':' | b'=' | b'"' | b'\'') { self.keyed(start, mask) } else { None }
    }

    #[inline(never)]
    fn keyed(&self, start: usize, mask: Mask) -> Option<Hit> {
        let bytes = self.bytes;
        let marks = bytes[..start].iter().rev().take(5).take_while(|byte| b" :='\"".contains(byte)).count();
        let end = start - marks;
        if !bytes[end..start].iter().any(|byte| matches!(byte, b':' | b'=')) {
            return None;
        }
        let name = &bytes[byte::back(bytes, end, ALPHA, LONGEST)..end];
        let (part, class) = PARTS.iter().find(|(part, _)| name.ends_with(part))?;
        let first = &name[..name.len() - part.len()];
        let parted = byte::is(byte::prev(first, first.len()), LOWER);
        let known = if *class == CueClass::Age90 { PERSONS.has(first) } else { !LIMITS.has(first) };
        let at = -i16::try_from(marks).ok()?;
        let hit = || Hit::declared(*class, Reason::Cue { class: *class, at });
        (parted && known && mask.has(*class)).then(hit)
    }
}
