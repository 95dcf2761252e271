//! Derivation of every key from its root: HKDF-SHA-256 (RFC 5869) with one salt and an injective info.
//!
//! salt = `hipaa-core/v1`; info = `encode(purpose, [suite u8, tenant, table label, column or index label, normaliser id,
//! normaliser version u16, epoch u32])` with unused parts empty; L = 32 bytes.

use crate::encoding::encode;
use crate::schema::TenantId;
use hkdf::Hkdf;
use sha2::Sha256;
use zeroize::Zeroizing;

/// The one cipher suite: AES-256-GCM-SIV with HKDF-SHA-256.
pub(crate) const SUITE: u8 = 1;

const SALT: &[u8] = b"hipaa-core/v1";

/// What a derived key is for. The texts are frozen: they are part of every key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    KekWrap,
    KekId,
    RingMac,
    Cell,
    RecordMac,
    Index,
    Details,
    HeadMac,
    AuthorityMac,
    AuthorityLookup,
    Credential,
    Surrogate,
}

impl Purpose {
    const fn label(self) -> &'static str {
        match self {
            Self::KekWrap => "wrap",
            Self::KekId => "kek-id",
            Self::RingMac => "ring-mac",
            Self::Cell => "cell",
            Self::RecordMac => "record-mac",
            Self::Index => "index",
            Self::Details => "details",
            Self::HeadMac => "head-mac",
            Self::AuthorityMac => "authority-mac",
            Self::AuthorityLookup => "authority-lookup",
            Self::Credential => "credential",
            Self::Surrogate => "guard-surrogate",
        }
    }
}

/// What a key is bound to; parts that a purpose does not use stay empty.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Derivation<'a> {
    pub(crate) purpose: Purpose,
    pub(crate) tenant: Option<TenantId>,
    pub(crate) table: &'a str,
    pub(crate) column: &'a str,
    pub(crate) normalizer: Option<(&'a str, u16)>,
    pub(crate) epoch: Option<u32>,
}

impl Derivation<'_> {
    /// A key bound to nothing but its purpose: those that come from the KEK itself.
    pub(crate) const fn bare(purpose: Purpose) -> Self {
        Self { purpose, tenant: None, table: "", column: "", normalizer: None, epoch: None }
    }

    /// A key of one tenant and epoch.
    pub(crate) const fn tenant(purpose: Purpose, tenant: TenantId, epoch: u32) -> Self {
        Self { purpose, tenant: Some(tenant), table: "", column: "", normalizer: None, epoch: Some(epoch) }
    }

    pub(crate) fn info(&self) -> Vec<u8> {
        let tenant = self.tenant.as_ref().map_or(&[][..], |tenant| tenant.as_bytes());
        let (id, version) = self.normalizer.unzip();
        let version = version.map(u16::to_be_bytes);
        let epoch = self.epoch.map(u32::to_be_bytes);
        encode(
            self.purpose.label(),
            &[
                &[SUITE],
                tenant,
                self.table.as_bytes(),
                self.column.as_bytes(),
                id.unwrap_or_default().as_bytes(),
                version.as_ref().map_or(&[][..], |bytes| bytes),
                epoch.as_ref().map_or(&[][..], |bytes| bytes),
            ],
        )
    }

    /// The key.
    pub(crate) fn derive(&self, root: &[u8; 32]) -> Zeroizing<[u8; 32]> {
        let mut key = Zeroizing::new([0; 32]);
        let expanded = Hkdf::<Sha256>::new(Some(SALT), root).expand(&self.info(), key.as_mut());
        debug_assert!(expanded.is_ok(), "32 bytes are within the limit of HKDF-SHA-256");
        key
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_part_of_the_context_changes_the_key() {
        let tenant = |byte| Some(TenantId::from_bytes([byte; 16]));
        let base = Derivation {
            purpose: Purpose::Index,
            tenant: tenant(1),
            table: "t",
            column: "c",
            normalizer: Some(("name", 1)),
            epoch: Some(1),
        };
        let keys = [
            base,
            Derivation { purpose: Purpose::Cell, ..base },
            Derivation { tenant: tenant(2), ..base },
            Derivation { table: "u", ..base },
            Derivation { column: "d", ..base },
            Derivation { table: "tc", column: "", ..base },
            Derivation { normalizer: Some(("name", 2)), ..base },
            Derivation { normalizer: Some(("names", 1)), ..base },
            Derivation { normalizer: None, ..base },
            Derivation { epoch: Some(2), ..base },
            Derivation { epoch: None, ..base },
        ]
        .map(|derivation| *derivation.derive(&[5; 32]));
        for (at, key) in keys.iter().enumerate() {
            assert!(!keys[..at].contains(key), "{at}");
        }
        assert_ne!(*base.derive(&[5; 32]), *base.derive(&[6; 32]));
    }
}
