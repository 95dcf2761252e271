//! X12 transactions: segments like `REF*SY*536904399~`, in which a qualifier names what follows it.
//!
//! # Source
//! The code lists of the X12 elements 66 (NM108, N103), 128 (REF01), 365 (PER03), 1250 (DMG01, DTP02) and 1270 (HI01-1), as the
//! HIPAA guides of 837, 834, 270 and 835 use them.

use super::Scan;
use super::field::parts;
use crate::guard::Reason;
use crate::guard::byte::{self, DIGIT, UPPER};
use crate::guard::cue::CueClass::{self, Account, Fax, Icd10, License, Mrn, Npi, Phone, Plan, Ssn, Zip};

/// The longest segment that is read, in bytes.
const SEGMENT_BYTES: usize = 1024;
/// The most elements of a segment that are read.
const ELEMENTS: usize = 16;
const ELEMENT: Reason = Reason::X12Element;

type Elements = [(usize, usize); ELEMENTS];

impl Scan<'_, '_> {
    /// Finds what qualified elements hold.
    pub(super) fn x12(&mut self) {
        let bytes = self.bytes;
        if !self.planes.wire() || memchr::memchr(b'*', bytes).is_none() {
            return;
        }
        let mut start = 0;
        for end in memchr::memchr_iter(b'~', bytes) {
            let from = byte::skip(bytes, start.max(end.saturating_sub(SEGMENT_BYTES)), byte::BLANK).min(end);
            start = end + 1;
            if let Some(from) = segment_start(bytes, from, end) {
                self.x12_segment((from, end));
            }
        }
    }

    fn x12_segment(&mut self, span: (usize, usize)) {
        let mut elements: Elements = [(span.1, span.1); ELEMENTS];
        elements.iter_mut().zip(parts(self.bytes, span, b'*')).for_each(|(slot, part)| *slot = part);
        let text = |at: usize| self.bytes.get(elements[at].0..elements[at].1).unwrap_or(&[]);
        let (name, first, second) = (text(0), text(1), text(2));
        match name {
            b"NM1" => self.qualified(&elements, 8, named),
            b"N1" => self.qualified(&elements, 3, named),
            b"REF" => self.qualified(&elements, 1, referred),
            b"PER" => [3, 5, 7].into_iter().for_each(|at| self.qualified(&elements, at, reached)),
            b"DMG" if first == b"D8" => self.born(elements[2], ELEMENT),
            b"DTP" if second == b"D8" => self.day(elements[3], ELEMENT),
            b"DTP" if second == b"DT" => self.day(elements[3], ELEMENT),
            b"GS" | b"BHT" => self.day(elements[4], ELEMENT),
            b"DTP" if second == b"RD8" => parts(self.bytes, elements[3], b'-').for_each(|part| self.day(part, ELEMENT)),
            b"DTM" if first.len() == 3 => self.day(elements[2], ELEMENT),
            b"N4" => self.declared(elements[3], Zip, ELEMENT),
            b"CLM" | b"CLP" => self.declared(elements[1], Account, ELEMENT),
            b"SBR" => self.declared(elements[3], Plan, ELEMENT),
            b"HI" => elements[1..].iter().for_each(|element| self.diagnosis(*element)),
            _ => {}
        }
    }

    /// The element behind a qualifier at `at`.
    fn qualified(&mut self, elements: &Elements, at: usize, class: fn(&[u8]) -> Option<CueClass>) {
        let qualifier = elements[at];
        if let Some(class) = class(&self.bytes[qualifier.0..qualifier.1]) {
            self.declared(elements[at + 1], class, ELEMENT);
        }
    }

    /// `ABK:E119`, `BF:I10`.
    fn diagnosis(&mut self, element: (usize, usize)) {
        let mut components = parts(self.bytes, element, b':');
        let (qualifier, code) = (components.next().unwrap_or(element), components.next());
        let known =
            [b"ABK", b"ABF", b"ABJ", b"APR", b"ABN"].iter().any(|name| self.bytes[qualifier.0..].starts_with(*name));
        let old = matches!(self.bytes.get(qualifier.0..qualifier.1), Some(b"BK" | b"BF" | b"BJ" | b"PR" | b"BN"));
        if let Some(code) = code.filter(|_| known || old) {
            self.declared(code, Icd10, ELEMENT);
        }
    }
}

/// Where a segment starts that ends at `end`: a name of two or three capitals or digits and a star.
fn segment_start(bytes: &[u8], from: usize, end: usize) -> Option<usize> {
    let begins = |at: usize| {
        let stop = byte::skip(&bytes[..end.min(at + 4)], at, UPPER | DIGIT);
        (2..=3).contains(&(stop - at)) && byte::at(bytes, at, UPPER) && byte::peek(bytes, stop) == b'*'
    };
    // The first one may stand behind other text.
    let line = byte::back_to(bytes, end, b'\n', SEGMENT_BYTES).max(from);
    let word = || memchr::memchr(b'*', &bytes[line..end]).map(|star| byte::back(bytes, line + star, UPPER | DIGIT, 4));
    [Some(from), Some(line), word()].into_iter().flatten().find(|at| *at >= from && begins(*at))
}

/// NM108, N103.
fn named(qualifier: &[u8]) -> Option<CueClass> {
    Some(match qualifier {
        b"XX" => Npi,
        // A member, also as 835 and 276 call it, and one of Medicaid.
        b"MI" | b"HN" | b"MR" => Plan,
        b"34" => Ssn,
        _ => return None,
    })
}

/// REF01.
fn referred(qualifier: &[u8]) -> Option<CueClass> {
    Some(match qualifier {
        b"SY" => Ssn,
        b"EA" => Mrn,
        b"0B" => License,
        b"1W" | b"IG" | b"1L" | b"6P" | b"0F" => Plan,
        b"EJ" => Account,
        b"HPI" => Npi,
        _ => return None,
    })
}

/// PER03, PER05, PER07.
fn reached(qualifier: &[u8]) -> Option<CueClass> {
    Some(match qualifier {
        b"TE" | b"HP" | b"WP" | b"CP" | b"NP" | b"AP" => Phone,
        b"FX" => Fax,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use crate::guard::{Guard, Kind};

    fn found(text: &str) -> Vec<(Kind, &str)> {
        Guard::new().scan(text).into_iter().map(|found| (found.kind(), &text[found.span()])).collect()
    }

    #[test]
    fn qualifiers_name_what_follows_them() {
        let text = "ST*837*0001~NM1*82*1*OYE*ANN****XX*1245319599~N4*BOSTON*MA*021394307~REF*EA*44812~REF*SY*536904399~\n\
            NM1*IL*1*LI*BO****MI*XQP884512093~DMG*D8*19641204*M~PER*IC*BILLING*TE*3127388572*FX*7753023902~\n\
            NM1*IL*1*LI*BO****MI*1EG4TE5MK73~CLM*26463774*100***11:B:1~HI*ABK:E119*ABF:T8149XA*BF:I10~DTP*472*D8*20240728~\
            DTP*291*RD8*20240725-20250101~REF*0B*A417547~N1*PE*RIVERMED*XX*2813858398~DTM*232*20240301~";
        let want = [
            (Kind::Npi, "1245319599"),
            (Kind::Zip, "021394307"),
            (Kind::Mrn, "44812"),
            (Kind::Ssn, "536904399"),
            (Kind::Plan, "XQP884512093"),
            (Kind::Dob, "19641204"),
            (Kind::Phone, "3127388572"),
            (Kind::Fax, "7753023902"),
            (Kind::Mbi, "1EG4TE5MK73"),
            (Kind::Account, "26463774"),
            (Kind::Icd10, "E119"),
            (Kind::Icd10, "T8149XA"),
            (Kind::Icd10, "I10"),
            (Kind::Date, "20240728"),
            (Kind::Date, "20240725"),
            (Kind::Date, "20250101"),
            (Kind::License, "A417547"),
            (Kind::Npi, "2813858398"),
            (Kind::Date, "20240301"),
        ];
        assert_eq!(found(text), want);
        assert_eq!(found("Segment: REF*SY*536904399~"), [(Kind::Ssn, "536904399")]);
    }

    #[test]
    fn without_the_shape_of_a_segment_a_star_is_a_mask() {
        for text in [
            "REF*SY*536904399",
            "ref*sy*536904399~",
            "REF*D9*536904399~",
            "REF*SY*[SSN]~",
            "ssn *53690~ about *12345~",
            "NM1*PR*2*PAYER*****PI*60054~SV1*HC:99213*100*UN*1~N1*PR*PAYER*XV*60054~",
            "HI*BE:01:::100*BBR:0DTJ4ZZ~",
        ] {
            assert_eq!(found(text), [], "{text}");
        }
    }
}
