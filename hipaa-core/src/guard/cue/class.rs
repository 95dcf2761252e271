//! What a cue speaks for.

use crate::guard::Kind;
use std::fmt;

/// What a cue word speaks for: one of the kinds, or something that is no identifier here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum CueClass {
    /// Speaks for [`Kind::Ssn`].
    Ssn,
    /// Speaks for [`Kind::Dob`].
    Dob,
    /// Speaks for [`Kind::Date`].
    Date,
    /// Speaks for [`Kind::Mrn`].
    Mrn,
    /// Speaks for [`Kind::Npi`].
    Npi,
    /// Speaks for [`Kind::Dea`].
    Dea,
    /// Speaks for [`Kind::Icd10`].
    Icd10,
    /// Speaks for [`Kind::Phone`].
    Phone,
    /// Speaks for [`Kind::Fax`].
    Fax,
    /// Speaks for [`Kind::Email`].
    Email,
    /// Speaks for [`Kind::Zip`].
    Zip,
    /// Speaks for [`Kind::Url`].
    Url,
    /// Speaks for [`Kind::Ip`].
    Ip,
    /// Speaks for [`Kind::Mac`].
    Mac,
    /// Speaks for [`Kind::Device`].
    Device,
    /// Speaks for [`Kind::CreditCard`].
    CreditCard,
    /// Speaks for [`Kind::Mbi`].
    Mbi,
    /// Speaks for [`Kind::Vin`].
    Vin,
    /// Speaks for [`Kind::Account`].
    Account,
    /// Speaks for [`Kind::Plan`].
    Plan,
    /// Speaks for [`Kind::License`].
    License,
    /// Speaks for [`Kind::Age90`].
    Age90,
    /// Orders, lots, cases, procedures and other numbers that name no person.
    Other,
    /// Software, firmware and protocol versions, object identifiers.
    Version,
}

/// The classes in order.
const ALL: [CueClass; 24] = {
    use CueClass::*;
    [
        Ssn, Dob, Date, Mrn, Npi, Dea, Icd10, Phone, Fax, Email, Zip, Url, Ip, Mac, Device, CreditCard, Mbi, Vin,
        Account, Plan, License, Age90, Other, Version,
    ]
};

// Each stands at its own number, and all of them and none fit into five bits.
const _: () = {
    let mut i = 0;
    while i < ALL.len() {
        assert!(ALL[i] as usize == i);
        i += 1;
    }
    assert!(ALL.len() < 32);
};

impl CueClass {
    /// The class with the number that the lowest byte holds, as in `class as u64`.
    #[inline]
    pub(in super::super) const fn at(number: u64) -> Self {
        let place = number.to_le_bytes()[0] as usize;
        if place < ALL.len() { ALL[place] } else { Self::Other }
    }

    /// The class that speaks for a kind.
    #[must_use]
    pub fn of(kind: Kind) -> Self {
        match kind {
            Kind::Ssn => Self::Ssn,
            Kind::Dob => Self::Dob,
            Kind::Date => Self::Date,
            Kind::Mrn => Self::Mrn,
            Kind::Npi => Self::Npi,
            Kind::Dea => Self::Dea,
            Kind::Icd10 => Self::Icd10,
            Kind::Phone => Self::Phone,
            Kind::Fax => Self::Fax,
            Kind::Email => Self::Email,
            Kind::Zip => Self::Zip,
            Kind::Url => Self::Url,
            Kind::Ip => Self::Ip,
            Kind::Mac => Self::Mac,
            Kind::Device => Self::Device,
            Kind::CreditCard => Self::CreditCard,
            Kind::Mbi => Self::Mbi,
            Kind::Vin => Self::Vin,
            Kind::Account => Self::Account,
            Kind::Plan => Self::Plan,
            Kind::License => Self::License,
            Kind::Age90 => Self::Age90,
        }
    }

    /// The class of a code for types of identifiers.
    ///
    /// # Source
    /// HL7 version 2 table 0203, identifier types.
    pub(in super::super) fn of_code(code: &str) -> Option<Self> {
        Some(match code {
            "MR" | "MRT" | "PI" | "PT" | "PN" => Self::Mrn,
            "SS" | "SSN" => Self::Ssn,
            "DL" | "PPN" | "LN" | "MD" | "RN" | "SL" | "BC" | "BCT" | "LACSN" => Self::License,
            "NPI" => Self::Npi,
            "DEA" | "DN" => Self::Dea,
            "MB" | "MA" | "HC" | "NIIP" | "SN" | "PNT" | "MCD" => Self::Plan,
            "MC" => Self::Mbi,
            "AN" | "ANON" | "BA" | "ANC" | "ANT" | "AM" => Self::Account,
            "SNO" | "UDI" => Self::Device,
            "PLAC" | "FILL" | "ACSN" | "VN" | "TAX" | "EN" | "EI" | "U" => Self::Other,
            _ => return None,
        })
    }

    /// The kind this class speaks for.
    #[must_use]
    pub fn kind(self) -> Option<Kind> {
        Kind::ALL.get(self as usize).copied()
    }
}

impl fmt::Display for CueClass {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.kind() {
            Some(kind) => kind.name(),
            None if matches!(self, Self::Version) => "version",
            None => "other",
        })
    }
}

/// A set of classes.
#[derive(Clone, Copy, Debug)]
pub(in super::super) struct Mask(u32);

impl Mask {
    pub(in super::super) const fn of(classes: &[CueClass]) -> Self {
        let mut bits = 0;
        let mut i = 0;
        while i < classes.len() {
            bits |= 1 << classes[i] as u32;
            i += 1;
        }
        Self(bits)
    }

    #[inline]
    pub(in super::super) const fn has(self, class: CueClass) -> bool {
        self.0 >> class as u32 & 1 == 1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn classes_and_kinds_lead_to_each_other() {
        for &kind in Kind::ALL {
            assert_eq!(CueClass::of(kind).kind(), Some(kind));
            assert_eq!(CueClass::of(kind).to_string(), kind.name());
        }
        assert_eq!(CueClass::Other.kind(), None);
        assert_eq!(CueClass::Version.to_string(), "version");
    }
}
