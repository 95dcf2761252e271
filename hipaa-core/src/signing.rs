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
use crate::tenancy::generate_root;
use crate::unit::{Entry, Noted, Unit, UnitError};
use ed25519_dalek::SigningKey;
use secrecy::ExposeSecret;
use std::sync::Arc;
use std::time::Duration;

/// How long a signing period lasts unless told otherwise.
pub const PERIOD: Duration = Duration::from_secs(7 * 24 * 60 * 60);
/// How often heads are taken up into the deployment's log unless told otherwise.
pub const INTERVAL: Duration = Duration::from_secs(60);

const PAGE: usize = 500;
/// Entries of the deployment's log after which a head is taken up again, although its log has not grown.
const FAR: u64 = 256;

/// Takes up, in the deployment's log, the head of every tenant's log that has grown since this process last did, and of
/// those that were last taken up more than 256 entries before its end, and four more for each tenant: so that a comparison
/// meets every log soon. The result is how many.
///
/// # Errors
/// The unit's. [`UnitError::Tampered`] when one of the stored heads is not ours.
pub fn note_heads(unit: &mut dyn Unit) -> Result<usize, UnitError> {
    let (mut due, near) = due_logs(unit)?;
    due.sort_unstable();
    due.dedup();
    due.iter().try_for_each(|tenant| note_head(unit, (*tenant, near)))?;
    Ok(due.len())
}

/// The tenants whose logs have grown, in the store or in this unit, or were taken up before the place that is the result's
/// other half.
fn due_logs(unit: &mut dyn Unit) -> Result<(Vec<TenantId>, u64), UnitError> {
    let (store, ledger) = unit.parts();
    let notary = Arc::clone(ledger.notary());
    let (mut heads, mut after) = (Vec::new(), None);
    loop {
        let page = store.heads(after, PAGE)?;
        after = page.last().map(|head| head.tenant);
        heads.extend(page.iter().map(|head| (head.tenant, head.log, head.size)));
        if page.len() < PAGE {
            break;
        }
    }
    let own = heads.iter().find(|(tenant, ..)| *tenant == TenantId::DEPLOYMENT).map_or(0, |(.., size)| *size);
    let far = u64::try_from(heads.len()).unwrap_or(u64::MAX).saturating_mul(4).saturating_add(FAR);
    let near = own.saturating_sub(far);
    let mut due = ledger.touched_tenants();
    due.extend(heads.iter().filter(|(_, log, size)| is_noted_due(notary.noted(*log), *size, near)).map(|head| head.0));
    due.retain(|tenant| *tenant != TenantId::DEPLOYMENT);
    Ok((due, near))
}

const fn is_noted_due(noted: Noted, size: u64, near: u64) -> bool {
    noted.size != size || noted.at < near
}

fn note_head(unit: &mut dyn Unit, (tenant, near): (TenantId, u64)) -> Result<(), UnitError> {
    let (store, ledger) = unit.parts();
    let notary = Arc::clone(ledger.notary());
    let head = ledger.standing(store, tenant)?;
    if !is_noted_due(notary.noted(head.log), head.size(), near) {
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
    let entry = Entry { kind: EntryKind::LogHead, fields, details: None };
    let place = ledger.append_entry(store, TenantId::DEPLOYMENT, entry)?;
    ledger.take_up(at.log, Noted { size: at.size, at: place.sequence });
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
