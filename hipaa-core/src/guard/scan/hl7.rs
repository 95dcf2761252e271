//! HL7 version 2: the place of a field names what it holds.
//!
//! # Source
//! HL7 version 2.5.1, sections 3.4.2 (PID), 3.4.5 (NK1), 6.5.2 (DG1), 6.5.5 (GT1), 6.5.6 (IN1), and those of the dates of
//! 2.15.9 (MSH), 3.4.1 (EVN), 3.4.3 (PV1), 4.5.1 (ORC), 4.5.3 (OBR), 7.4.2 (OBX), 7.4.3 (SPM), 10.6.1 (SCH) and others.

use super::Scan;
use super::claim::Claim;
use super::field::{is, parts};
use crate::guard::cue::CueClass::{
    self, Account, Date, Dob, Icd10, License, Mbi, Mrn, Other, Phone, Plan, Ssn, Version, Zip,
};
use crate::guard::validate::mbi;
use crate::guard::{Confidence, Kind, Reason};
use memchr::memmem::Finder;
use std::sync::LazyLock;

static PATIENT: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new("PID|"));
static PAYER: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new("IN1|"));
/// The first field of a message, of a batch and of a file.
static HEADER: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new("|^~\\&|"));

/// Segments that are sent around without the others.
static PARTS: [LazyLock<Finder<'static>>; 5] = [
    LazyLock::new(|| Finder::new("DG1|")),
    LazyLock::new(|| Finder::new("OBR|")),
    LazyLock::new(|| Finder::new("OBX|")),
    LazyLock::new(|| Finder::new("NK1|")),
    LazyLock::new(|| Finder::new("GT1|")),
];

/// A segment, the numbers of its fields, and what these hold.
struct Segment {
    name: &'static [u8],
    fields: &'static [(usize, CueClass)],
}

const SEGMENTS: [Segment; 22] = [
    Segment {
        name: b"PID|",
        fields: &[
            (2, Mrn),
            (3, Mrn),
            (4, Mrn),
            (7, Dob),
            (11, Zip),
            (13, Phone),
            (14, Phone),
            (18, Account),
            (19, Ssn),
            (20, License),
        ],
    },
    Segment { name: b"NK1|", fields: &[(4, Zip), (5, Phone), (6, Phone), (16, Dob), (37, Ssn)] },
    Segment { name: b"GT1|", fields: &[(5, Zip), (6, Phone), (7, Phone), (8, Dob), (12, Ssn)] },
    Segment {
        name: b"IN1|",
        fields: &[(5, Zip), (7, Phone), (8, Plan), (12, Date), (13, Date), (18, Dob), (36, Plan), (49, Plan)],
    },
    Segment { name: b"DG1|", fields: &[(2, Version), (3, Icd10), (5, Date)] },
    // The first separator is a field of its own there.
    Segment { name: b"MSH|", fields: &[(6, Date)] },
    Segment { name: b"FHS|", fields: &[(6, Date)] },
    Segment { name: b"BHS|", fields: &[(6, Date)] },
    Segment { name: b"EVN|", fields: &[(2, Date), (3, Date), (6, Date)] },
    Segment { name: b"PV1|", fields: &[(44, Date), (45, Date)] },
    Segment { name: b"PV2|", fields: &[(8, Date), (9, Date)] },
    Segment { name: b"ORC|", fields: &[(9, Date), (15, Date)] },
    Segment { name: b"OBR|", fields: &[(6, Date), (7, Date), (8, Date), (14, Date), (22, Date)] },
    Segment { name: b"OBX|", fields: &[(3, Other), (14, Date), (19, Date)] },
    Segment { name: b"PR1|", fields: &[(5, Date)] },
    Segment { name: b"AL1|", fields: &[(6, Date)] },
    Segment { name: b"ACC|", fields: &[(1, Date)] },
    Segment { name: b"RXA|", fields: &[(3, Date), (4, Date), (15, Other)] },
    Segment { name: b"SCH|", fields: &[(11, Date)] },
    Segment { name: b"SPM|", fields: &[(17, Date), (18, Date)] },
    Segment { name: b"TXA|", fields: &[(4, Date), (6, Date), (7, Date)] },
    Segment { name: b"TQ1|", fields: &[(7, Date), (8, Date)] },
];

/// The most fields of a segment that are read.
const FIELDS: usize = 64;
const FIELD: Reason = Reason::Hl7Field;

impl Scan<'_, '_> {
    /// Finds what the segments about a patient, the family and the payers hold.
    pub(super) fn hl7(&mut self) {
        let bytes = self.bytes;
        if bytes.len() < 8 || !self.planes.wire() {
            return;
        }
        let mut known = [&PATIENT, &PAYER, &HEADER].into_iter().chain(&PARTS);
        if known.all(|known| known.find(bytes).is_none()) {
            return;
        }
        let mut start = 0;
        for line in bytes.split(|byte| is(*byte, b'\n') || *byte == b'\r') {
            if let Some(known) = SEGMENTS.iter().find(|segment| line.starts_with(segment.name)) {
                self.segment((start, start + line.len()), known.fields);
            }
            start += line.len() + 1;
        }
    }

    fn segment(&mut self, line: (usize, usize), fields: &[(usize, CueClass)]) {
        for (number, field) in parts(self.bytes, line, b'|').enumerate().take(FIELDS) {
            if let Some((_, class)) = fields.iter().find(|(known, _)| *known == number) {
                for repetition in parts(self.bytes, field, b'~') {
                    self.field(repetition, *class);
                }
            }
        }
    }

    /// One value of a field; the class of an identifier may be told by its fifth component.
    fn field(&mut self, span: (usize, usize), class: CueClass) {
        let mut components = [(span.1, span.1); 5];
        components.iter_mut().zip(parts(self.bytes, span, b'^')).for_each(|(slot, part)| *slot = part);
        let [first, _, third, _, fifth] = components;
        let code = self.text.get(fifth.0..fifth.1).and_then(CueClass::of_code);
        match class {
            Dob => self.born(first, FIELD),
            Date => parts(self.bytes, span, b'^').for_each(|part| self.day(part, FIELD)),
            Icd10 => {
                self.declared(first, Icd10, FIELD);
                self.names_system(third);
            }
            Version => self.names_system(first),
            Other => self.is_of_no_person(first),
            Zip => self.declared(fifth, Zip, FIELD),
            Mrn => self.declared(first, code.unwrap_or_else(|| self.of_patients(first)), FIELD),
            _ => self.declared(first, class, FIELD),
        }
    }

    /// A component that may name the system of a diagnosis, and looks like one: `E66.01^obesity^I10`.
    fn names_system(&mut self, span: (usize, usize)) {
        if matches!(self.bytes.get(span.0..span.1), Some(b"I10" | b"I9" | b"I10C" | b"I9C" | b"I10P")) {
            let claim = Claim { kind: Kind::Icd10, span, base: Confidence::Low, reason: Reason::Shape };
            self.push(claim, Confidence::Low, Some(FIELD));
        }
    }

    /// The number of a lot, which starts like that of a device: `SN03556`; the code of a test, behind the type of its value:
    /// `SN|2345-7`.
    fn is_of_no_person(&mut self, span: (usize, usize)) {
        if self.bytes.get(span.0..span.1).is_some_and(|value| value.iter().any(u8::is_ascii_digit)) {
            let claim = Claim { kind: Kind::Device, span, base: Confidence::Low, reason: Reason::Shape };
            self.push(claim, Confidence::Low, Some(FIELD));
        }
    }

    /// An identifier of no known type: a Medicare number has a form of its own.
    fn of_patients(&self, span: (usize, usize)) -> CueClass {
        let value = self.bytes.get(span.0..span.1).unwrap_or(&[]);
        if mbi(value) { Mbi } else { Mrn }
    }
}

#[cfg(test)]
mod tests {
    use crate::guard::{Confidence, Guard, Kind};

    fn found(text: &str) -> Vec<(Kind, &str)> {
        let found = Guard::new().scan(text).into_iter();
        found
            .filter(|found| found.confidence() == Confidence::High)
            .map(|found| (found.kind(), &text[found.span()]))
            .collect()
    }

    const MESSAGE: &str = "MSH|^~\\&|ADT1|HOSP|LAB|HOSP|202401151030||ADT^A01|MSG00001|P|2.5.1\r\
        PID|1||12345^^^HOSP^MR~S1234567^^^MA^DL~1EG4TE5MK73^^^CMS^MC~3C85JN8KA34||DOE^JANE||19800101|F|||12 OAK ST^^BOSTON^MA^02139||\
        (617)555-0187^PRN^PH|6175550188||M||7788991^^^HOSP^AN|536904399|\r\
        GT1|1||DOE^JOHN||12 OAK ST^^BOSTON^MA^02139-4307|617-555-0142||19510314000000|M|||219-45-6789\r";

    #[test]
    fn fields_name_what_they_hold() {
        let want = [
            (Kind::Date, "202401151030"),
            (Kind::Mrn, "12345"),
            (Kind::License, "S1234567"),
            (Kind::Mbi, "1EG4TE5MK73"),
            (Kind::Mbi, "3C85JN8KA34"),
            (Kind::Dob, "19800101"),
            (Kind::Zip, "02139"),
            (Kind::Phone, "(617)555-0187"),
            (Kind::Phone, "6175550188"),
            (Kind::Account, "7788991"),
            (Kind::Ssn, "536904399"),
            (Kind::Zip, "02139-4307"),
            (Kind::Phone, "617-555-0142"),
            (Kind::Dob, "19510314"),
            (Kind::Ssn, "219-45-6789"),
        ];
        assert_eq!(found(MESSAGE), want);
    }

    #[test]
    fn a_medicare_number_is_told_by_its_code() {
        let text = "PID|1||4471913^^^A^MR~5WD2V20GE00^^^CMS^MC||DOE^JO||19440917|F|\r";
        assert_eq!(found(text), [(Kind::Mrn, "4471913"), (Kind::Mbi, "5WD2V20GE00"), (Kind::Dob, "19440917")]);
    }

    /// The red twin: the same fields outside of a segment say nothing.
    #[test]
    fn fields_of_other_lines_say_nothing() {
        let other = MESSAGE.replace("PID|", "XID|").replace("GT1|", "ZT1|");
        let found = found(&other);
        for value in ["12345", "19800101", "7788991", "536904399"] {
            assert!(found.iter().all(|(_, text)| *text != value), "{found:?}");
        }
    }

    #[test]
    fn what_a_redaction_left_is_no_value() {
        assert_eq!(found("PID|1||[MRN]^^^HOSP^MR||||1980|F|||^^^MA^021||***-***-0187|||||[ACCOUNT]|***-**-4399\r"), []);
    }
}
