//! Wrapped roots: what the database holds of a key.
//!
//! | offset | length | meaning |
//! |---|---|---|
//! | 0 | 1 | format version, 0x01 |
//! | 1 | 1 | suite, 0x01 |
//! | 2 | 16 | id of the KEK |
//! | 18 | 12 | nonce |
//! | 30 | 32 | encrypted root |
//! | 62 | 16 | tag |
//!
//! AES-256-GCM-SIV under HKDF(KEK, "wrap"); AAD = SHA-256(encode("wrapped-root", [deployment, tenant, purpose, epoch])).
#![cfg_attr(not(test), warn(clippy::indexing_slicing, clippy::arithmetic_side_effects))]

use super::derive::SUITE;
use super::{Kek, KeyError, Purpose, Root};
use crate::encoding::encode;
use crate::entropy::Entropy;
use crate::schema::TenantId;
use aes_gcm_siv::aead::AeadInOut;
use aes_gcm_siv::{Aes256GcmSiv, KeyInit};
use secrecy::{ExposeSecret, ExposeSecretMut, SecretBox};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

/// The length of a wrapped root.
pub const WRAPPED_BYTES: usize = 78;

const VERSION: u8 = 1;

/// What a root is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum RootKind {
    /// Column keys and the record MAC key.
    Cell,
    /// Index keys; a search worker can hold this one alone.
    Index,
    /// Details key and head MAC key.
    Audit,
    /// Keys of credentials and of rows that confer authority.
    Auth,
    /// The Ed25519 seed that signs audit heads; of the deployment only.
    HeadSeed,
}

impl RootKind {
    /// The four roots of every tenant.
    pub const TENANT: [Self; 4] = [Self::Cell, Self::Index, Self::Audit, Self::Auth];

    /// The frozen name of this kind, stored beside the blob and bound into it.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Cell => "cell",
            Self::Index => "index",
            Self::Audit => "audit",
            Self::Auth => "auth",
            Self::HeadSeed => "head-seed",
        }
    }
}

/// Where a wrapped root belongs.
#[derive(Debug, Clone, Copy)]
pub(crate) struct WrapContext {
    pub(crate) deployment: [u8; 16],
    pub(crate) tenant: TenantId,
    pub(crate) kind: RootKind,
    pub(crate) epoch: u32,
}

impl WrapContext {
    fn aad(&self) -> [u8; 32] {
        let parts: [&[u8]; 4] =
            [&self.deployment, self.tenant.as_bytes(), self.kind.label().as_bytes(), &self.epoch.to_be_bytes()];
        Sha256::digest(encode("wrapped-root", &parts)).into()
    }
}

pub(crate) fn wrap(kek: &Kek, context: &WrapContext, root: &Root, entropy: &mut Entropy) -> Result<Vec<u8>, KeyError> {
    wrap_with_nonce(kek, context, root, entropy.generate()?)
}

pub(super) fn wrap_with_nonce(
    kek: &Kek,
    context: &WrapContext,
    root: &Root,
    nonce: [u8; 12],
) -> Result<Vec<u8>, KeyError> {
    let mut blob = Vec::with_capacity(WRAPPED_BYTES);
    blob.extend_from_slice(&[VERSION, SUITE]);
    blob.extend_from_slice(kek.id());
    blob.extend_from_slice(&nonce);
    blob.extend_from_slice(root.expose_secret());
    let secret = blob.get_mut(30..).unwrap_or_default();
    let tag = cipher(kek)
        .encrypt_inout_detached(&nonce.into(), &context.aad(), secret.into())
        .map_err(|_| KeyError::UnknownFormat)?;
    blob.extend_from_slice(&tag);
    Ok(blob)
}

pub(crate) fn unwrap(kek: &Kek, context: &WrapContext, blob: &[u8]) -> Result<Root, KeyError> {
    let [VERSION, SUITE, rest @ ..] = blob else { return Err(KeyError::UnknownFormat) };
    let (id, rest) = rest.split_first_chunk::<16>().ok_or(KeyError::UnknownFormat)?;
    let (nonce, rest) = rest.split_first_chunk::<12>().ok_or(KeyError::UnknownFormat)?;
    let (secret, tag) = rest.split_first_chunk::<32>().ok_or(KeyError::UnknownFormat)?;
    let tag: [u8; 16] = tag.try_into().map_err(|_| KeyError::UnknownFormat)?;
    if !bool::from(id.ct_eq(kek.id())) {
        return Err(KeyError::WrongKek);
    }
    let mut root = SecretBox::new(Box::new(*secret));
    cipher(kek)
        .decrypt_inout_detached(
            &(*nonce).into(),
            &context.aad(),
            root.expose_secret_mut().as_mut_slice().into(),
            &tag.into(),
        )
        .map_err(|_| KeyError::TamperedBlob)?;
    Ok(root)
}

fn cipher(kek: &Kek) -> Aes256GcmSiv {
    Aes256GcmSiv::new(&(*kek.derive(Purpose::KekWrap)).into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kek(byte: u8) -> Kek {
        Kek::from_bytes(SecretBox::new(Box::new([byte; 32])))
    }

    fn context() -> WrapContext {
        WrapContext { deployment: [1; 16], tenant: TenantId::from_bytes([2; 16]), kind: RootKind::Cell, epoch: 3 }
    }

    fn blob() -> Vec<u8> {
        let root = SecretBox::new(Box::new([9; 32]));
        wrap(&kek(1), &context(), &root, &mut Entropy::from_seed([0; 32])).unwrap()
    }

    #[test]
    fn a_root_unwraps_in_its_own_context_only() {
        assert_eq!(unwrap(&kek(1), &context(), &blob()).unwrap().expose_secret(), &[9; 32]);
        let elsewhere = [
            WrapContext { deployment: [9; 16], ..context() },
            WrapContext { tenant: TenantId::from_bytes([9; 16]), ..context() },
            WrapContext { kind: RootKind::Index, ..context() },
            WrapContext { epoch: 4, ..context() },
        ];
        for context in elsewhere {
            assert_eq!(unwrap(&kek(1), &context, &blob()).map(|_| ()), Err(KeyError::TamperedBlob));
        }
    }

    #[test]
    fn another_kek_is_a_wrong_key_and_not_a_tampered_blob() {
        assert_eq!(unwrap(&kek(2), &context(), &blob()).map(|_| ()), Err(KeyError::WrongKek));
    }

    #[test]
    fn every_flipped_bit_is_refused() {
        for at in 0..WRAPPED_BYTES * 8 {
            let mut blob = blob();
            blob[at / 8] ^= 1 << (at % 8);
            assert!(unwrap(&kek(1), &context(), &blob).is_err(), "bit {at}");
        }
    }

    #[test]
    fn every_other_length_is_refused() {
        let mut blob = blob();
        assert_eq!(blob.len(), WRAPPED_BYTES);
        for length in 0..WRAPPED_BYTES {
            assert_eq!(unwrap(&kek(1), &context(), &blob[..length]).map(|_| ()), Err(KeyError::UnknownFormat));
        }
        blob.push(0);
        assert_eq!(unwrap(&kek(1), &context(), &blob).map(|_| ()), Err(KeyError::UnknownFormat));
    }
}
