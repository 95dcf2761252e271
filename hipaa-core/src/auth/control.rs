//! Safeguards that a deployment may do without, if somebody decided so.
//!
//! # Source
//! 45 CFR § 164.306(d)(3): of an addressable safeguard that is not implemented, the reason is documented.

/// A safeguard that can be switched off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Control {
    /// Sessions end when they are idle.
    AutomaticLogoff,
    /// Users have a second factor.
    SecondFactor,
    /// Failed logins lock.
    LoginLockout,
    /// Requests come over TLS.
    TransportEncryption,
    /// Heads of the log are kept outside the database.
    OutsideWitness,
}

impl Control {
    /// All of them.
    pub const ALL: &'static [Self] = &[
        Self::AutomaticLogoff,
        Self::SecondFactor,
        Self::LoginLockout,
        Self::TransportEncryption,
        Self::OutsideWitness,
    ];

    /// Its frozen label.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::AutomaticLogoff => "automatic-logoff",
            Self::SecondFactor => "second-factor",
            Self::LoginLockout => "login-lockout",
            Self::TransportEncryption => "transport-encryption",
            Self::OutsideWitness => "outside-witness",
        }
    }

    /// The paragraph of 45 CFR that it serves.
    #[must_use]
    pub const fn paragraph(self) -> &'static str {
        match self {
            Self::AutomaticLogoff => "164.312(a)(2)(iii)",
            Self::SecondFactor => "164.312(d)",
            Self::LoginLockout => "164.308(a)(5)(ii)(C)",
            Self::TransportEncryption => "164.312(e)(2)(ii)",
            Self::OutsideWitness => "164.312(c)(2)",
        }
    }

    /// The safeguard of this label.
    #[must_use]
    pub fn from_label(label: &str) -> Option<Self> {
        Self::ALL.iter().find(|control| control.label() == label).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::Control;

    #[test]
    fn labels_lead_back_to_their_safeguards() {
        for control in Control::ALL {
            assert_eq!(Control::from_label(control.label()), Some(*control));
            assert!(control.paragraph().starts_with("164.3"));
        }
        assert_eq!(Control::from_label("firewall"), None);
    }
}
