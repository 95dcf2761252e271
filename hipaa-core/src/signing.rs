//! Signing periods and the log of logs.
//!
//! One key at a time signs the heads of all logs. [`end_period`] certifies the next one in the deployment's log and puts its
//! seed in the place of the old one, so that whoever takes the key of today cannot sign what was before. [`note_heads`]
//! takes the heads of tenants' logs up into the deployment's log, so that none of them can be cut or vanish unnoticed. May
//! import `tenancy` and everything below it.
//!
//! # Security
//! A backup that holds an old wrapped seed, with the key-encryption key, still signs what that seed signed: against that
//! only a witness helps.

use crate::audit::{Actor, EntryKind, Field, SignedCheckpoint, tag};
use crate::clock::Timestamp;
use crate::keys::{KeyError, RootKind, WrapContext, wrap};
use crate::schema::TenantId;
use crate::store::StoredHead;
use crate::tenancy::generate_root;
use crate::unit::{Entry, Unit, UnitError};
use ed25519_dalek::SigningKey;
use secrecy::ExposeSecret;
use std::sync::Arc;
use std::time::Duration;

/// How long a signing period lasts unless told otherwise.
pub const PERIOD: Duration = Duration::from_secs(7 * 24 * 60 * 60);
/// How often heads are taken up into the deployment's log unless told otherwise.
pub const INTERVAL: Duration = Duration::from_secs(60);

const PAGE: usize = 500;

/// Takes up, in the deployment's log, the head of every tenant's log that has grown since this process last did. The
/// result is how many.
///
/// # Errors
/// The unit's. [`UnitError::Tampered`] when one of the stored heads is not ours.
pub fn note_heads(unit: &mut dyn Unit) -> Result<usize, UnitError> {
    let mut grown = grown_logs(unit)?;
    grown.sort_unstable();
    grown.dedup();
    grown.iter().try_for_each(|tenant| note_head(unit, *tenant))?;
    Ok(grown.len())
}

/// The tenants whose logs have grown, in the store or in this unit.
fn grown_logs(unit: &mut dyn Unit) -> Result<Vec<TenantId>, UnitError> {
    let (store, ledger) = unit.parts();
    let notary = Arc::clone(ledger.notary());
    let mut grown = ledger.touched_tenants();
    let mut after = None;
    loop {
        let page = store.heads(after, PAGE)?;
        after = page.last().map(|head| head.tenant);
        let changed = |head: &&StoredHead| head.size != notary.noted(head.log);
        grown.extend(page.iter().filter(changed).map(|head| head.tenant));
        if page.len() < PAGE {
            break;
        }
    }
    grown.retain(|tenant| *tenant != TenantId::DEPLOYMENT);
    Ok(grown)
}

fn note_head(unit: &mut dyn Unit, tenant: TenantId) -> Result<(), UnitError> {
    let (store, ledger) = unit.parts();
    let notary = Arc::clone(ledger.notary());
    let head = ledger.standing(store, tenant)?;
    if head.size() == notary.noted(head.log) {
        return Ok(());
    }
    let at = head.at(notary.deployment());
    let fields = vec![
        Field { tag: tag::LOG, value: at.log.0.to_vec() },
        Field { tag: tag::TENANT, value: tenant.as_bytes().to_vec() },
        Field { tag: tag::SIZE, value: at.size.to_be_bytes().to_vec() },
        Field { tag: tag::LEAF, value: at.last_leaf.to_vec() },
        Field { tag: tag::ROOT, value: at.root.to_vec() },
    ];
    ledger.append_entry(store, TenantId::DEPLOYMENT, Entry { kind: EntryKind::LogHead, fields, details: None })?;
    ledger.take_up(at.log, at.size);
    Ok(())
}

/// Ends the signing period: takes up every head, certifies a new key in the deployment's log as its last entry under the
/// old one, keeps the head over it, and replaces the seed. The result is the period that begins. A transaction of its own:
/// nothing can be added to any log behind it.
///
/// After the commit an adapter makes sure that its journal holds the old seed no longer.
///
/// # Errors
/// The unit's; [`UnitError::PeriodEnded`] for a second time in one transaction.
pub fn end_period(unit: &mut dyn Unit, actor: &Actor) -> Result<u32, UnitError> {
    note_heads(unit)?;
    let (store, ledger) = unit.parts();
    let notary = Arc::clone(ledger.notary());
    let next = ledger.period(store)?.checked_add(1).ok_or(KeyError::MissingBlob)?;
    let seed = generate_root()?;
    let public = SigningKey::from_bytes(seed.expose_secret()).verifying_key().to_bytes();
    let (deployment, tenant) = (*notary.deployment(), TenantId::DEPLOYMENT);
    let context = WrapContext { deployment, tenant, kind: RootKind::HeadSeed, epoch: next };
    let wrapped = wrap(&notary.kek, &context, &seed, ledger.entropy()?)?;
    let mut fields = vec![
        Field { tag: tag::HEAD_KEY, value: public.to_vec() },
        Field { tag: tag::PERIOD, value: next.to_be_bytes().to_vec() },
    ];
    actor.fields(&mut fields);
    fields.sort_by_key(|field| field.tag);
    ledger.append_entry(store, tenant, Entry { kind: EntryKind::KeyRotate, fields, details: None })?;
    ledger.end_with(next, wrapped);
    Ok(next)
}

/// Whether the signing period has lasted `period` or longer: since its certificate, or since the deployment was founded.
///
/// # Errors
/// The unit's; [`UnitError::Tampered`] when there is no such entry.
pub fn is_due(unit: &mut dyn Unit, period: Duration) -> Result<bool, UnitError> {
    let began = began(unit)?;
    let now = unit.parts().1.notary().read_clock().wall;
    let lasted = now.micros().saturating_sub(began.micros());
    Ok(u128::try_from(lasted).is_ok_and(|lasted| lasted >= period.as_micros()))
}

fn began(unit: &mut dyn Unit) -> Result<Timestamp, UnitError> {
    let (store, _) = unit.parts();
    let log = store.head(TenantId::DEPLOYMENT)?.ok_or(UnitError::Tampered)?.log;
    let mut kept = store.checkpoints(log, 0, PAGE)?;
    while let Some((size, note)) = kept.pop() {
        let further = store.checkpoints(log, size.saturating_add(1), PAGE)?;
        if further.is_empty() {
            let last = SignedCheckpoint::decode(note.as_bytes()).map_err(|_| UnitError::Tampered)?;
            return Ok(last.unverified().last_time);
        }
        kept = further;
    }
    let genesis = store.entries(log, 0, 1)?.pop().ok_or(UnitError::Tampered)?;
    let body = crate::audit::Body::decode(&genesis.body).map_err(|_| UnitError::Tampered)?;
    Ok(body.prefix.time)
}
