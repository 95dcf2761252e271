//! The kinds of identifier the guard knows.

use std::fmt;

macro_rules! kinds {
    ($($variant:ident $name:literal $rank:literal $advice:literal;)*) => {
        /// A kind of identifier.
        ///
        /// The names given by [`Kind::name`] are stable: profiles, audit records and the
        /// line protocol of the command line use them.
        ///
        /// # Source
        /// 45 CFR § 164.514(b)(2)(i), as far as a pattern can find them.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum Kind {
            $(#[doc = $advice] $variant,)*
        }

        impl Kind {
            /// Every kind, in the order of the names in the reference.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The stable lower-case name.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }

            /// How specific a match of this kind is; the smaller wins an overlap.
            pub(super) const fn rank(self) -> u8 {
                match self { $(Self::$variant => $rank,)* }
            }

            /// One sentence for the person who is about to save the text.
            #[must_use]
            pub const fn advice(self) -> &'static str {
                match self { $(Self::$variant => $advice,)* }
            }
        }
    };
}

kinds! {
    Ssn "ssn" 4 "A social security number: remove it or refer to the record instead.";
    Dob "dob" 10 "A birth date: keep the year at most, or refer to the record.";
    Date "date" 13 "A date more exact than a year: Safe Harbor keeps the year only.";
    Mrn "mrn" 7 "A medical record number: refer to the record instead.";
    Npi "npi" 3 "A provider number (NPI): it identifies a clinician.";
    Dea "dea" 3 "A DEA registration number: never put one into a text others can read.";
    Icd10 "icd10" 12 "A diagnosis code: next to a name it is health information.";
    Phone "phone" 6 "A telephone number: use a placeholder.";
    Fax "fax" 6 "A fax number: use a placeholder.";
    Email "email" 0 "An e-mail address: use a placeholder.";
    Zip "zip" 11 "A ZIP code: Safe Harbor keeps three digits at most.";
    Url "url" 1 "A web address: it may lead to one person.";
    Ip "ip" 2 "An IP address: it may lead to one person.";
    Mac "mac" 2 "A hardware address: it names one device.";
    Device "device" 8 "A device identifier or serial number: it names one device.";
    CreditCard "credit_card" 3 "A payment card number: remove it.";
    Mbi "mbi" 3 "A Medicare beneficiary identifier: remove it.";
    Vin "vin" 3 "A vehicle identification number: remove it.";
    Account "account" 8 "An account number: remove it.";
    Plan "plan" 8 "A health-plan number: remove it.";
    License "license" 8 "A licence or certificate number: remove it.";
    Age90 "age90" 9 "An age above 89: write 90+ instead.";
}

impl Kind {
    /// The kind with this stable name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.name() == name)
    }

    /// True for what is read by a search of its own, whose digits are not looked at again.
    pub(super) const fn is_address(self) -> bool {
        matches!(self, Self::Url | Self::Email)
    }

    /// True for kinds without a public format: only a cue can name them.
    pub(super) const fn needs_cue(self) -> bool {
        matches!(self, Self::Mrn | Self::Device | Self::Account | Self::Plan | Self::License)
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A small set of kinds.
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct KindSet(u32);

impl KindSet {
    /// The empty set.
    pub const EMPTY: Self = Self(0);

    /// The set of all kinds.
    #[must_use]
    pub fn all() -> Self {
        Kind::ALL.iter().copied().collect()
    }

    /// This set with one kind more.
    #[must_use]
    pub const fn with(self, kind: Kind) -> Self {
        Self(self.0 | 1 << kind as u32)
    }

    /// This set without one kind.
    #[must_use]
    pub const fn without(self, kind: Kind) -> Self {
        Self(self.0 & !(1 << kind as u32))
    }

    /// Whether the kind is in the set.
    #[must_use]
    pub const fn contains(self, kind: Kind) -> bool {
        self.0 & 1 << kind as u32 != 0
    }

    /// The union of two sets.
    #[must_use]
    pub const fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether nothing is in the set.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The kinds in the set, in the order of [`Kind::ALL`].
    pub fn iter(self) -> impl Iterator<Item = Kind> {
        Kind::ALL.iter().copied().filter(move |kind| self.contains(*kind))
    }
}

impl FromIterator<Kind> for KindSet {
    fn from_iter<I: IntoIterator<Item = Kind>>(kinds: I) -> Self {
        kinds.into_iter().fold(Self::EMPTY, Self::with)
    }
}

impl fmt::Debug for KindSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique_and_lead_back_to_their_kind() {
        for &kind in Kind::ALL {
            assert_eq!(Kind::from_name(kind.name()), Some(kind));
        }
        assert_eq!(Kind::ALL.len(), 22);
        assert_eq!(Kind::from_name("SSN"), None);
    }

    #[test]
    fn a_set_holds_what_was_put_in() {
        let set = KindSet::EMPTY.with(Kind::Ssn).with(Kind::Age90);
        assert!(set.contains(Kind::Age90) && !set.contains(Kind::Dob));
        assert_eq!(set.without(Kind::Ssn).iter().collect::<Vec<_>>(), [Kind::Age90]);
        assert_eq!(format!("{set:?}"), "{Ssn, Age90}");
        assert!(KindSet::EMPTY.is_empty() && !KindSet::all().is_empty());
    }
}
