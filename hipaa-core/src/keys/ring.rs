//! The ring: a tenant's epochs and their states, one row per tenant, with a MAC under a KEK-derived key.
//!
//! | offset | length | meaning |
//! |---|---|---|
//! | 0 | 1 | format version, 0x01 |
//! | 1 | 16 | id of the KEK |
//! | 17 | 8 | ring version, u64 |
//! | 25 | 2 | count of epochs, u16 |
//! | 27 | 5 each | epoch u32, state u8 (1 active, 2 retired, 3 destroyed), ascending |
//! | … | 32 | keyed BLAKE3 over `encode("ring", [deployment, tenant, all bytes before])` |
#![cfg_attr(not(test), warn(clippy::indexing_slicing, clippy::arithmetic_side_effects))]

use super::{Kek, KeyError, Purpose};
use crate::encoding::encode;
use crate::schema::TenantId;
use subtle::ConstantTimeEq;

const VERSION: u8 = 1;
const HEADER_BYTES: usize = 27;
const MAC_BYTES: usize = 32;

/// What may still be done with an epoch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum EpochState {
    /// Seals and opens; the highest epoch.
    Active = 1,
    /// Opens only.
    Retired = 2,
    /// Its keys are gone.
    Destroyed = 3,
}

/// The epochs of one tenant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ring {
    version: u64,
    epochs: Vec<(u32, EpochState)>,
}

impl Ring {
    /// The ring of a new tenant: epoch 1, active.
    #[must_use]
    pub fn first() -> Self {
        Self { version: 1, epochs: vec![(1, EpochState::Active)] }
    }

    /// The same ring with one more epoch, which is now the active one.
    #[must_use]
    pub fn with_new_epoch(&self) -> Self {
        let mut epochs = self.epochs.clone();
        for (_, state) in &mut epochs {
            if *state == EpochState::Active {
                *state = EpochState::Retired;
            }
        }
        epochs.push((self.active().saturating_add(1), EpochState::Active));
        Self { version: self.version.saturating_add(1), epochs }
    }

    /// The same ring with the keys of `epoch` gone.
    #[cfg(test)]
    pub(crate) fn without_epoch(&self, epoch: u32) -> Self {
        let state = |known: u32, state| if known == epoch { EpochState::Destroyed } else { state };
        let epochs = self.epochs.iter().map(|(known, was)| (*known, state(*known, *was))).collect();
        Self { version: self.version.saturating_add(1), epochs }
    }

    /// Counts up with every change.
    #[must_use]
    pub const fn version(&self) -> u64 {
        self.version
    }

    /// The epoch that seals: the highest.
    #[must_use]
    pub fn active(&self) -> u32 {
        self.epochs.last().map_or(0, |(epoch, _)| *epoch)
    }

    /// The epochs that open, ascending.
    pub fn live(&self) -> impl Iterator<Item = u32> + '_ {
        self.epochs.iter().filter(|(_, state)| *state != EpochState::Destroyed).map(|(epoch, _)| *epoch)
    }

    /// The state of `epoch`.
    #[must_use]
    pub fn state(&self, epoch: u32) -> Option<EpochState> {
        self.epochs.iter().find(|(known, _)| *known == epoch).map(|(_, state)| *state)
    }

    pub(crate) fn encode(&self, kek: &Kek, deployment: &[u8; 16], tenant: TenantId) -> Vec<u8> {
        let mut bytes = vec![VERSION];
        bytes.extend_from_slice(kek.id());
        bytes.extend_from_slice(&self.version.to_be_bytes());
        bytes.extend_from_slice(&u16::try_from(self.epochs.len()).unwrap_or(u16::MAX).to_be_bytes());
        for (epoch, state) in &self.epochs {
            bytes.extend_from_slice(&epoch.to_be_bytes());
            bytes.push(*state as u8);
        }
        let mac = mac(kek, deployment, tenant, &bytes);
        bytes.extend_from_slice(mac.as_bytes());
        bytes
    }

    pub(crate) fn decode(bytes: &[u8], kek: &Kek, deployment: &[u8; 16], tenant: TenantId) -> Result<Self, KeyError> {
        let at = bytes.len().checked_sub(MAC_BYTES).ok_or(KeyError::TamperedRing)?;
        let (body, stored) = bytes.split_at(at);
        let [VERSION, rest @ ..] = body else { return Err(KeyError::UnknownFormat) };
        if !bool::from(rest.get(..16).unwrap_or_default().ct_eq(kek.id().as_slice())) {
            return Err(KeyError::WrongKek);
        }
        if !bool::from(mac(kek, deployment, tenant, body).as_bytes().as_slice().ct_eq(stored)) {
            return Err(KeyError::TamperedRing);
        }
        parse(body).ok_or(KeyError::TamperedRing)
    }
}

fn parse(body: &[u8]) -> Option<Ring> {
    let version = u64::from_be_bytes(body.get(17..25)?.try_into().ok()?);
    let count = u16::from_be_bytes(body.get(25..HEADER_BYTES)?.try_into().ok()?);
    let (entries, rest) = body.get(HEADER_BYTES..)?.as_chunks::<5>();
    let epochs = entries.iter().map(|[a, b, c, d, state]| {
        let state = match state {
            1 => EpochState::Active,
            2 => EpochState::Retired,
            3 => EpochState::Destroyed,
            _ => return None,
        };
        Some((u32::from_be_bytes([*a, *b, *c, *d]), state))
    });
    let epochs = epochs.collect::<Option<Vec<_>>>()?;
    let ordered = epochs.is_sorted_by(|left, right| left.0 < right.0);
    let one_active = epochs.iter().rposition(|(_, state)| *state == EpochState::Active) == epochs.len().checked_sub(1)
        && epochs.iter().filter(|(_, state)| *state == EpochState::Active).count() == 1;
    let whole = rest.is_empty() && usize::from(count) == epochs.len();
    (ordered && one_active && whole).then_some(Ring { version, epochs })
}

fn mac(kek: &Kek, deployment: &[u8; 16], tenant: TenantId, body: &[u8]) -> blake3::Hash {
    let key = kek.derive(Purpose::RingMac);
    blake3::keyed_hash(&key, &encode("ring", &[deployment, tenant.as_bytes(), body]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use secrecy::SecretBox;

    const TENANT: TenantId = TenantId::from_bytes([2; 16]);

    fn kek(byte: u8) -> Kek {
        Kek::from_bytes(SecretBox::new(Box::new([byte; 32])))
    }

    #[test]
    fn a_ring_reads_back() {
        let ring = Ring::first().with_new_epoch();
        let bytes = ring.encode(&kek(1), &[1; 16], TENANT);
        assert_eq!(Ring::decode(&bytes, &kek(1), &[1; 16], TENANT).unwrap(), ring);
        assert_eq!((ring.version(), ring.active()), (2, 2));
        assert_eq!(ring.live().collect::<Vec<_>>(), [1, 2]);
        assert_eq!(ring.state(1), Some(EpochState::Retired));
    }

    #[test]
    fn every_flipped_bit_and_every_other_tenant_is_refused() {
        let bytes = Ring::first().with_new_epoch().encode(&kek(1), &[1; 16], TENANT);
        for at in 0..bytes.len() * 8 {
            let mut bytes = bytes.clone();
            bytes[at / 8] ^= 1 << (at % 8);
            assert!(Ring::decode(&bytes, &kek(1), &[1; 16], TENANT).is_err(), "bit {at}");
        }
        let other = TenantId::from_bytes([3; 16]);
        assert_eq!(Ring::decode(&bytes, &kek(1), &[1; 16], other), Err(KeyError::TamperedRing));
        assert_eq!(Ring::decode(&bytes, &kek(1), &[9; 16], TENANT), Err(KeyError::TamperedRing));
        assert_eq!(Ring::decode(&bytes, &kek(2), &[1; 16], TENANT), Err(KeyError::WrongKek));
        assert_eq!(Ring::decode(&bytes[..10], &kek(1), &[1; 16], TENANT), Err(KeyError::TamperedRing));
    }
}
