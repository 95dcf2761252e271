//! The details of an audit entry: text that may hold PHI, sealed beside the body, which has its digest only.

use super::UnitError;
use crate::audit::{Field, LogId, tag};
use crate::cipher;
use crate::entropy::Entropy;
use crate::keys::{KeyError, Purpose, RootKind, TenantKeys};
use crate::schema::{Column, RecordId, Text, Value};
use aes_gcm_siv::{Aes256GcmSiv, KeyInit};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

const DETAILS: Column<Text> = Column::text("details");

/// A cell under the tenant's audit root, bound to its place: record id = log id ‖ sequence.
pub(crate) fn seal(
    keys: &TenantKeys,
    place: (LogId, u64),
    text: &str,
    entropy: &mut Entropy,
) -> Result<Vec<u8>, UnitError> {
    let epoch = keys.ring().active();
    let value = Value::Text(Zeroizing::new(text.to_owned()));
    Ok(cipher::seal((&key(keys, epoch)?, epoch), &record_id(place), &DETAILS.def(), &value, entropy)?)
}

/// Opens the details of the entry at this place.
pub(crate) fn open(keys: &TenantKeys, place: (LogId, u64), sealed: &[u8]) -> Result<Value, UnitError> {
    let key = key(keys, cipher::CellHeader::split(sealed)?.0.epoch)?;
    Ok(cipher::open(|_| Ok(&key), &record_id(place), &DETAILS.def(), sealed)?)
}

/// What the body says of them.
pub(crate) fn field(sealed: &[u8]) -> Field {
    Field { tag: tag::DETAILS, value: Sha256::digest(sealed).to_vec() }
}

fn key(keys: &TenantKeys, epoch: u32) -> Result<Aes256GcmSiv, KeyError> {
    Ok(Aes256GcmSiv::new(&(*keys.key(RootKind::Audit, Purpose::Details, epoch)?).into()))
}

fn record_id((log, sequence): (LogId, u64)) -> RecordId {
    let mut id = [0; 24];
    id[..16].copy_from_slice(&log.0);
    id[16..].copy_from_slice(&sequence.to_be_bytes());
    RecordId::from_slice(&id).unwrap_or_else(|_| RecordId::from_random([0; 16]))
}
