//! What signs and opens for one deployment in this process.

use super::UnitError;
use super::held::UnitId;
use crate::audit::{Head, Leaf, LogId, StoredHead};
use crate::clock::{Clock, Reading, Timestamp};
use crate::entropy::{Entropy, generate_from_system};
use crate::keys::{Kek, KeyError, Purpose, RootKind, TenantKeys, WrapContext, unwrap};
use crate::red::{Safeguard, removed};
use crate::schema::TenantId;
use crate::store::Store;
use core::fmt;
use ed25519_dalek::SigningKey;
use secrecy::ExposeSecret;
use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use zeroize::Zeroizing;

/// How many idle generators are kept for the next units.
const MAX_SPARE: usize = 8;

/// The deployment's secrets in memory: one per process and database, shared by every unit. Opaque: it gives out no key.
pub struct Notary {
    pub(crate) deployment: [u8; 16],
    pub(crate) kek: Kek,
    clock: Clock,
    signer: RwLock<Arc<Signer>>,
    head_mac: Zeroizing<[u8; 32]>,
    tenants: RwLock<HashMap<TenantId, CachedKeys>>,
    seen: Mutex<HashMap<LogId, (u64, Leaf)>>,
    /// The sizes of tenants' logs that the deployment's log has taken up, and where in it, as far as this process knows.
    noted: Mutex<HashMap<LogId, Noted>>,
    spare: Mutex<Vec<Entropy>>,
    id: u64,
    units: AtomicU64,
}

/// How much of a tenant's log the deployment's log has taken up, and by which of its entries.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Noted {
    pub(crate) size: u64,
    pub(crate) at: u64,
}

/// The key that signs heads in one period.
pub(crate) struct Signer {
    pub(crate) period: u32,
    pub(crate) key: SigningKey,
}

impl Signer {
    /// Unwraps the seed of a period.
    pub(crate) fn load(kek: &Kek, deployment: [u8; 16], (period, blob): (u32, &[u8])) -> Result<Self, KeyError> {
        let context = WrapContext { deployment, tenant: TenantId::DEPLOYMENT, kind: RootKind::HeadSeed, epoch: period };
        let seed = unwrap(kek, &context, blob)?;
        Ok(Self { period, key: SigningKey::from_bytes(seed.expose_secret()) })
    }

    pub(crate) fn public(&self) -> [u8; 32] {
        self.key.verifying_key().to_bytes()
    }
}

#[derive(Clone)]
struct CachedKeys {
    ring: Vec<u8>,
    keys: Arc<TenantKeys>,
}

impl Notary {
    pub(crate) fn new(
        deployment: [u8; 16],
        kek: Kek,
        clock: Clock,
        signer: Signer,
        own: &TenantKeys,
    ) -> Result<Self, UnitError> {
        let epoch = own.ring().live().next().unwrap_or_default();
        Ok(Self {
            deployment,
            kek,
            clock,
            signer: RwLock::new(Arc::new(signer)),
            // The first epoch for good: heads of every age must go on verifying.
            head_mac: own.key(RootKind::Audit, Purpose::HeadMac, epoch)?,
            tenants: RwLock::default(),
            seen: Mutex::default(),
            noted: Mutex::default(),
            spare: Mutex::default(),
            id: u64::from_be_bytes(*generate_from_system()?),
            units: AtomicU64::new(0),
        })
    }

    /// The id of the deployment.
    #[must_use]
    pub const fn deployment(&self) -> &[u8; 16] {
        &self.deployment
    }

    /// The Ed25519 public key that verifies the heads of the signing period that this process knows of.
    #[must_use]
    pub fn head_key(&self) -> [u8; 32] {
        self.known_signer().public()
    }

    fn known_signer(&self) -> Arc<Signer> {
        Arc::clone(&self.signer.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// The signer of the period that the store is in: another process may have begun one.
    pub(super) fn signer(&self, store: &mut dyn Store) -> Result<Arc<Signer>, UnitError> {
        let newest = store.newest_wrapped(TenantId::DEPLOYMENT, RootKind::HeadSeed)?;
        let (period, blob) = newest.ok_or(KeyError::MissingBlob)?;
        let known = self.known_signer();
        if known.period == period || removed(Safeguard::PeriodCheck) {
            return Ok(known);
        }
        if period < known.period {
            // Somebody put an old seed back.
            return Err(UnitError::Tampered);
        }
        let signer = Arc::new(Signer::load(&self.kek, self.deployment, (period, &blob))?);
        *self.signer.write().unwrap_or_else(PoisonError::into_inner) = Arc::clone(&signer);
        Ok(signer)
    }

    /// Up to where the deployment's log has taken up a tenant's, as far as this process knows.
    pub(crate) fn noted(&self, log: LogId) -> Noted {
        self.noted.lock().unwrap_or_else(PoisonError::into_inner).get(&log).copied().unwrap_or_default()
    }

    pub(super) fn remember_noted(&self, noted: &[(LogId, Noted)]) {
        let mut known = self.noted.lock().unwrap_or_else(PoisonError::into_inner);
        for (log, noted) in noted {
            let highest = known.entry(*log).or_default();
            *highest = (*highest).max(*noted);
        }
    }

    pub(crate) fn read_clock(&self) -> Reading {
        self.clock.read()
    }

    pub(super) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    pub(super) fn next_unit(&self) -> UnitId {
        UnitId { notary: self.id, number: self.units.fetch_add(1, Ordering::Relaxed) }
    }

    pub(super) fn take_entropy(&self) -> Result<Entropy, UnitError> {
        let spare = self.spare.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let mut entropy = spare.map_or_else(Entropy::from_system, Ok)?;
        entropy.refresh()?;
        Ok(entropy)
    }

    pub(super) fn return_entropy(&self, entropy: Entropy) {
        let mut spare = self.spare.lock().unwrap_or_else(PoisonError::into_inner);
        if spare.len() < MAX_SPARE {
            spare.push(entropy);
        }
    }

    /// The keys of a tenant as the store has them now: from memory if its ring did not change since.
    pub(super) fn keys(&self, store: &mut dyn Store, tenant: TenantId) -> Result<LoadedKeys, UnitError> {
        let ring = store.ring(tenant)?.ok_or(KeyError::UnknownTenant)?;
        let cached = self.tenants.read().unwrap_or_else(PoisonError::into_inner).get(&tenant).cloned();
        if let Some(cached) = &cached
            && (cached.ring == ring || removed(Safeguard::RingCheck))
        {
            return Ok(LoadedKeys(cached.clone()));
        }
        let blob = |kind, epoch| store.wrapped(tenant, epoch, kind).map_err(UnitError::from);
        let keys = TenantKeys::load(&self.kek, self.deployment, tenant, &ring, blob)?;
        if cached.is_some_and(|cached| cached.keys.ring().version() >= keys.ring().version()) {
            return Err(KeyError::RolledBackRing.into());
        }
        Ok(LoadedKeys(CachedKeys { ring, keys: Arc::new(keys) }))
    }

    /// Keeps keys that a committed unit used. Never before the commit: a ring that was rolled back must not stay.
    pub(super) fn remember_keys(&self, loaded: &HashMap<TenantId, LoadedKeys>) {
        let mut tenants = self.tenants.write().unwrap_or_else(PoisonError::into_inner);
        for (tenant, LoadedKeys(keys)) in loaded {
            let newer =
                tenants.get(tenant).is_none_or(|known| known.keys.ring().version() < keys.keys.ring().version());
            if newer {
                tenants.insert(*tenant, keys.clone());
            }
        }
    }

    /// A stored head, if this deployment has made it.
    pub(super) fn open_head(&self, stored: &StoredHead) -> Result<Head, UnitError> {
        stored.verify(&self.head_mac).map_err(|_| UnitError::Tampered)
    }

    /// Loads the head of a tenant's log and checks it before it is extended.
    pub(super) fn head(&self, store: &mut dyn Store, tenant: TenantId) -> Result<Head, UnitError> {
        let stored = store.head(tenant)?.ok_or(KeyError::UnknownTenant)?;
        if removed(Safeguard::HeadCheck) {
            return stored.unverified().map_err(|_| UnitError::Tampered);
        }
        let head = self.open_head(&stored)?;
        let tail = store.tail(head.log)?;
        let intact = match &tail {
            Some(entry) => {
                entry.sequence.checked_add(1) == Some(head.size())
                    && crate::audit::leaf_of(&entry.body) == head.last_leaf
            }
            None => head.size() == 0,
        };
        if head.tenant != tenant || !intact || !self.continues(store, &head)? {
            return Err(UnitError::Tampered);
        }
        Ok(head)
    }

    /// Whether a log goes on from where this process last saw it: not shorter, and with the same entry at that place.
    fn continues(&self, store: &mut dyn Store, head: &Head) -> Result<bool, UnitError> {
        let seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner).get(&head.log).copied();
        let Some((size, leaf)) = seen else { return Ok(true) };
        if head.size() <= size {
            return Ok(head.size() == size && head.last_leaf == leaf);
        }
        let last = size.saturating_sub(1);
        let entries = store.entries(head.log, last, 1)?;
        Ok(entries.first().is_some_and(|entry| entry.sequence == last && crate::audit::leaf_of(&entry.body) == leaf))
    }

    pub(super) fn remember_head(&self, head: &Head) {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let highest = seen.entry(head.log).or_insert((0, [0; 32]));
        if head.size() > highest.0 {
            *highest = (head.size(), head.last_leaf);
        }
    }

    pub(super) fn sign(&self, signer: &Signer, head: &Head) -> StoredHead {
        head.sign(&self.deployment, &signer.key, &self.head_mac)
    }
}

/// Keys together with the ring bytes from which they were loaded.
#[derive(Clone)]
pub(super) struct LoadedKeys(CachedKeys);

impl LoadedKeys {
    pub(super) fn get(&self) -> Arc<TenantKeys> {
        Arc::clone(&self.0.keys)
    }
}

impl fmt::Debug for Notary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Notary({})", hex::encode(self.deployment))
    }
}
