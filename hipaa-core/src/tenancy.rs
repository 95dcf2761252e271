//! The deployment, its tenants and their key epochs: how each begins.
//!
//! A deployment has a keyset and a log of its own under tenant id 0; so has every tenant. May import `unit` and
//! everything below it.

use crate::audit::Action;
use crate::audit::{Actor, EntryKind, Event, EventName, Field, Leaf, LogId, Trust, tag};
use crate::clock::Clock;
use crate::encoding::encode;
use crate::entropy::{Entropy, EntropyError, generate_from_system};
use crate::keys::{Kek, KeyError, Purpose, Ring, Root, RootKind, TenantKeys, WrapContext, wrap};
use crate::schema::TenantId;
use crate::store::{Store, StoreError, StoredTenant};
use crate::unit::{Entry, Ledger, Notary, Position, Signer, Unit, UnitError};
use secrecy::{ExposeSecretMut, SecretBox};
use sha2::{Digest, Sha256};
use std::sync::Arc;
use subtle::ConstantTimeEq;

/// The longest name of a tenant, in bytes.
pub const MAX_NAME_BYTES: usize = 128;

/// Version of the log format, in every genesis entry.
const LOG_FORMAT: u16 = 1;
const FIRST_EPOCH: u32 = 1;

/// Why a deployment, tenant or epoch was not made or not found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TenancyError {
    /// The unit failed.
    #[error(transparent)]
    Unit(#[from] UnitError),
    /// The name is empty, longer than 128 bytes, has blanks around it or control characters in it.
    #[error("a tenant's name has 1 to 128 bytes, no blanks around it and no control characters")]
    Name,
    /// There is a tenant of this name.
    #[error("there is a tenant of this name already")]
    NameTaken,
    /// There is no tenant of this name.
    #[error("no such tenant")]
    Unknown,
    /// The row of a tenant was altered; it is not used.
    #[error("the row of a tenant was altered")]
    Tampered,
}

impl From<StoreError> for TenancyError {
    fn from(error: StoreError) -> Self {
        Self::Unit(error.into())
    }
}

impl From<KeyError> for TenancyError {
    fn from(error: KeyError) -> Self {
        Self::Unit(error.into())
    }
}

impl From<EntropyError> for TenancyError {
    fn from(error: EntropyError) -> Self {
        Self::Unit(error.into())
    }
}

/// A tenant, as a list shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tenant {
    /// The tenant.
    pub id: TenantId,
    /// Its log.
    pub log: LogId,
    /// Its name.
    pub name: String,
}

/// The deployment that a database holds, or a new one where it holds none.
///
/// `operator_key` is the Ed25519 public key of the operator, whose seed is kept offline: a new deployment names it in its
/// first entry, and nobody without it can record a restore. A deployment that exists keeps the one that it has.
///
/// Runs inside a write transaction of the adapter, which commits it and then calls [`Ledger::committed`] on what comes
/// with a new deployment.
///
/// # Errors
/// [`KeyError::WrongKek`] when the database was made with another key; other [`UnitError`]s as they say.
pub fn open_deployment(
    store: &mut dyn Store,
    kek: Kek,
    clock: Clock,
    operator_key: Option<[u8; 32]>,
) -> Result<(Arc<Notary>, Option<Ledger>), UnitError> {
    match store.deployment()? {
        Some(deployment) => Ok((load_deployment(store, deployment, kek, clock)?, None)),
        None => found_deployment(store, kek, clock, operator_key).map(|(notary, ledger)| (notary, Some(ledger))),
    }
}

fn load_deployment(
    store: &mut dyn Store,
    deployment: [u8; 16],
    kek: Kek,
    clock: Clock,
) -> Result<Arc<Notary>, UnitError> {
    let tenant = TenantId::DEPLOYMENT;
    let ring = store.ring(tenant)?.ok_or(KeyError::MissingBlob)?;
    let keys = TenantKeys::load(&kek, deployment, tenant, &ring, |kind, epoch| {
        store.wrapped(tenant, epoch, kind).map_err(UnitError::from)
    })?;
    let (period, blob) = store.newest_wrapped(tenant, RootKind::HeadSeed)?.ok_or(KeyError::MissingBlob)?;
    let signer = Signer::load(&kek, deployment, (period, &blob))?;
    Notary::new(deployment, kek, clock, signer, &keys).map(Arc::new)
}

fn found_deployment(
    store: &mut dyn Store,
    kek: Kek,
    clock: Clock,
    operator_key: Option<[u8; 32]>,
) -> Result<(Arc<Notary>, Ledger), UnitError> {
    let deployment = *generate_from_system::<16>()?;
    let tenant = TenantId::DEPLOYMENT;
    let mut entropy = Entropy::from_system()?;
    store.put_deployment(&deployment)?;
    put_roots(store, (&kek, deployment, tenant, FIRST_EPOCH), &mut entropy)?;
    let seed = generate_root()?;
    let context = WrapContext { deployment, tenant, kind: RootKind::HeadSeed, epoch: FIRST_EPOCH };
    store.put_wrapped(tenant, FIRST_EPOCH, RootKind::HeadSeed, &wrap(&kek, &context, &seed, &mut entropy)?)?;
    store.put_ring(tenant, &Ring::first().encode(&kek, &deployment, tenant))?;
    let notary = load_deployment(store, deployment, kek, clock)?;
    let mut ledger = Ledger::open(&notary)?;
    ledger.enter();
    let log = LogId(*generate_from_system()?);
    let fields = genesis_fields(&deployment, Some((notary.head_key(), operator_key)));
    begin_log(store, &mut ledger, (log, tenant), fields)?;
    ledger.leave(store, false)?;
    ledger.close(store)?;
    Ok((notary, ledger))
}

/// The pin of this deployment, for its trust file: written when the deployment is founded, and kept apart from the
/// database.
///
/// # Errors
/// [`TenancyError::Tampered`] when the beginning of the deployment's log is not what its keys say; or the unit's.
///
/// # Security
/// What is read from a database later is only as good as the database then: an outsider needs the file of the first day.
pub fn trust(unit: &mut dyn Unit) -> Result<Trust, TenancyError> {
    let (store, ledger) = unit.parts();
    let head = store.head(TenantId::DEPLOYMENT)?.ok_or(TenancyError::Tampered)?;
    let first = store.entries(head.log, 0, 1)?;
    let trust = first.first().and_then(|entry| Trust::of_genesis(&entry.body).ok()).ok_or(TenancyError::Tampered)?;
    let own = trust.log == head.log && trust.deployment == *ledger.notary().deployment();
    if own { Ok(trust) } else { Err(TenancyError::Tampered) }
}

/// Makes a tenant: its keys, its log and its place in the deployment's log, in one unit.
///
/// # Errors
/// [`TenancyError::Name`], [`TenancyError::NameTaken`], or the unit's.
pub fn create_tenant(unit: &mut dyn Unit, actor: &Actor, name: &str) -> Result<Tenant, TenancyError> {
    let blank_around = name.trim() != name;
    if name.is_empty() || name.len() > MAX_NAME_BYTES || blank_around || name.chars().any(char::is_control) {
        return Err(TenancyError::Name);
    }
    let (store, ledger) = unit.parts();
    if store.tenant_named(name)?.is_some() {
        return Err(TenancyError::NameTaken);
    }
    let notary = Arc::clone(ledger.notary());
    let deployment = *notary.deployment();
    let tenant =
        TenantId::from_bytes(*uuid::Builder::from_random_bytes(*generate_from_system()?).into_uuid().as_bytes());
    let log = LogId(*generate_from_system()?);
    put_roots(store, (&notary.kek, deployment, tenant, FIRST_EPOCH), ledger.entropy()?)?;
    store.put_ring(tenant, &Ring::first().encode(&notary.kek, &deployment, tenant))?;
    let mut row = StoredTenant { tenant, log, name: name.to_owned(), mac: [0; 32] };
    row.mac = tenant_mac(store, ledger, &row)?;
    store.put_tenant(&row)?;
    let genesis = begin_log(store, ledger, (log, tenant), genesis_fields(&deployment, None))?;
    let fields = log_opened_fields(actor, (log, tenant), &genesis.leaf);
    ledger.append_entry(store, TenantId::DEPLOYMENT, Entry { kind: EntryKind::LogOpened, fields, details: None })?;
    Ok(Tenant { id: tenant, log, name: row.name })
}

/// The tenant of this name.
///
/// # Errors
/// [`TenancyError::Unknown`], [`TenancyError::Tampered`], or the unit's.
pub fn find_tenant(unit: &mut dyn Unit, name: &str) -> Result<Tenant, TenancyError> {
    let (store, ledger) = unit.parts();
    let row = store.tenant_named(name)?.ok_or(TenancyError::Unknown)?;
    // A table that was rebuilt with another collation would lead to another tenant.
    if row.name != name {
        return Err(TenancyError::Tampered);
    }
    checked(store, ledger, row)
}

/// All tenants, ascending by name.
///
/// # Errors
/// [`TenancyError::Tampered`] when one of the rows was altered, or the unit's.
pub fn list_tenants(unit: &mut dyn Unit) -> Result<Vec<Tenant>, TenancyError> {
    let (store, ledger) = unit.parts();
    let rows = store.tenants()?;
    rows.into_iter().map(|row| checked(store, ledger, row)).collect()
}

/// Opens a new key epoch of the actor's tenant: from its commit on, every process seals under it; older epochs open.
///
/// # Errors
/// The unit's.
pub fn open_epoch(unit: &mut dyn Unit, actor: &Actor) -> Result<u32, TenancyError> {
    let tenant = actor.tenant();
    let (store, ledger) = unit.parts();
    let notary = Arc::clone(ledger.notary());
    let keys = ledger.keys(store, tenant)?;
    let ring = keys.ring().with_new_epoch();
    let epoch = ring.active();
    put_roots(store, (&notary.kek, *notary.deployment(), tenant, epoch), ledger.entropy()?)?;
    let bytes = ring.encode(&notary.kek, notary.deployment(), tenant);
    store.put_ring(tenant, &bytes)?;
    ledger.forget_keys(tenant);
    unit.append(&epoch_opened(actor, epoch, &bytes))?;
    Ok(epoch)
}

/// What the log says of a new epoch.
pub(crate) fn epoch_opened(actor: &Actor, epoch: u32, ring: &[u8]) -> Event {
    Event::new(actor, EventName::EPOCH_OPENED, Action::Create)
        .field(tag::EPOCH, epoch.to_be_bytes().to_vec())
        .field(tag::RING, Sha256::digest(ring).to_vec())
}

fn put_roots(
    store: &mut dyn Store,
    (kek, deployment, tenant, epoch): (&Kek, [u8; 16], TenantId, u32),
    entropy: &mut Entropy,
) -> Result<(), UnitError> {
    for kind in RootKind::TENANT {
        let context = WrapContext { deployment, tenant, kind, epoch };
        store.put_wrapped(tenant, epoch, kind, &wrap(kek, &context, &generate_root()?, entropy)?)?;
    }
    Ok(())
}

/// Fresh from the operating system.
pub(crate) fn generate_root() -> Result<Root, EntropyError> {
    let bytes = generate_from_system::<32>()?;
    let mut root = SecretBox::new(Box::new([0; 32]));
    root.expose_secret_mut().copy_from_slice(bytes.as_slice());
    Ok(root)
}

/// The fields of entry 0 of a log; the deployment's log names the key that signs heads, too, and that of the operator.
pub(crate) fn genesis_fields(deployment: &[u8; 16], keys: Option<([u8; 32], Option<[u8; 32]>)>) -> Vec<Field> {
    let policy: [u8; 32] = Sha256::digest(encode("policy", &[])).into();
    let mut fields = vec![
        Field { tag: tag::FORMAT, value: LOG_FORMAT.to_be_bytes().to_vec() },
        Field { tag: tag::DEPLOYMENT, value: deployment.to_vec() },
        Field { tag: tag::POLICY, value: policy.to_vec() },
    ];
    if let Some((head, operator)) = keys {
        let operator = operator.map(|key| key.to_vec()).unwrap_or_default();
        let keys = [(tag::HEAD_KEY, head.to_vec()), (tag::OPERATOR_KEY, operator)];
        fields.extend(keys.map(|(tag, value)| Field { tag, value }));
    }
    fields
}

/// The fields by which the deployment's log takes up a tenant's.
pub(crate) fn log_opened_fields(actor: &Actor, (log, tenant): (LogId, TenantId), genesis: &Leaf) -> Vec<Field> {
    let mut fields = vec![
        Field { tag: tag::LOG, value: log.0.to_vec() },
        Field { tag: tag::GENESIS, value: genesis.to_vec() },
        Field { tag: tag::TENANT, value: tenant.as_bytes().to_vec() },
    ];
    actor.fields(&mut fields);
    fields.sort_by_key(|field| field.tag);
    fields
}

/// Writes entry 0 of a log.
fn begin_log(
    store: &mut dyn Store,
    ledger: &mut Ledger,
    (log, tenant): (LogId, TenantId),
    fields: Vec<Field>,
) -> Result<Position, UnitError> {
    ledger.begin_log(log, tenant);
    ledger.append_entry(store, tenant, Entry { kind: EntryKind::Genesis, fields, details: None })
}

fn checked(store: &mut dyn Store, ledger: &mut Ledger, row: StoredTenant) -> Result<Tenant, TenancyError> {
    if !bool::from(tenant_mac(store, ledger, &row)?.ct_eq(&row.mac)) {
        return Err(TenancyError::Tampered);
    }
    Ok(Tenant { id: row.tenant, log: row.log, name: row.name })
}

fn tenant_mac(store: &mut dyn Store, ledger: &mut Ledger, row: &StoredTenant) -> Result<[u8; 32], UnitError> {
    Ok(row_mac(&*ledger.keys(store, TenantId::DEPLOYMENT)?, row)?)
}

/// Keyed BLAKE3 under the deployment's authority key: which name leads to which tenant is authority.
pub(crate) fn row_mac(own: &TenantKeys, row: &StoredTenant) -> Result<[u8; 32], KeyError> {
    let key = own.key(RootKind::Auth, Purpose::AuthorityMac, FIRST_EPOCH)?;
    let parts: [&[u8]; 3] = [row.tenant.as_bytes(), &row.log.0, row.name.as_bytes()];
    Ok(*blake3::keyed_hash(&key, &encode("tenant", &parts)).as_bytes())
}
