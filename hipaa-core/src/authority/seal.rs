//! The MAC over a row, its sealed secret, and lookup keys.
//!
//! MAC = keyed BLAKE3(`authority-mac` key of the row's tenant and the header's epoch, encode("authority", [header, kind
//! label, tenant, id, owner, auth_version u64, version u64, expires, lookup, body, sealed])). A column that may be absent is
//! one byte 0 where it is, else 1 and its bytes; a time is i64 microseconds.

use crate::cipher::{self, CellError, CellHeader};
use crate::encoding::encode;
use crate::entropy::Entropy;
use crate::keys::{KeyError, Purpose, RootKind, TenantKeys};
use crate::red::{Safeguard, removed};
use crate::schema::{Bytes, Column, RecordId, UserId, Value};
use crate::store::{AuthorityKind, Lookup, StoredAuthority};
use aes_gcm_siv::{Aes256GcmSiv, KeyInit};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

const SECRET: Column<Bytes> = Column::bytes("secret");

/// To whom a secret belongs.
pub(crate) type Place = (AuthorityKind, RecordId, UserId);

/// The MAC that a row should have; its header names the epoch.
pub(crate) fn mac_of(keys: &TenantKeys, row: &StoredAuthority, epoch: u32) -> Result<[u8; 32], KeyError> {
    let key = keys.key(RootKind::Auth, Purpose::AuthorityMac, epoch)?;
    let expires = row.expires.map(|time| time.micros().to_be_bytes());
    let parts: [&[u8]; 11] = [
        &row.header,
        row.kind.label().as_bytes(),
        row.tenant.as_bytes(),
        row.id.as_bytes(),
        row.owner.as_bytes(),
        &row.auth_version.to_be_bytes(),
        &row.version.to_be_bytes(),
        &optional(expires.as_ref().map(<[u8; 8]>::as_slice)),
        &optional(row.lookup.as_ref().map(<[u8; 32]>::as_slice)),
        &row.body,
        &optional(row.sealed.as_deref()),
    ];
    Ok(*blake3::keyed_hash(&key, &encode("authority", &parts)).as_bytes())
}

fn optional(bytes: Option<&[u8]>) -> Vec<u8> {
    bytes.map_or_else(|| vec![0], |bytes| [&[1], bytes].concat())
}

/// Seals a secret as a cell under the tenant's credential key.
pub(crate) fn seal_secret(
    keys: &TenantKeys,
    place: Place,
    secret: &[u8],
    entropy: &mut Entropy,
) -> Result<Vec<u8>, crate::authority::AuthorityError> {
    if removed(Safeguard::SealedSecrets) {
        return Ok(secret.to_vec());
    }
    let epoch = keys.ring().active();
    let value = Value::Bytes(Zeroizing::new(secret.to_vec()));
    Ok(cipher::seal((&credential_key(keys, epoch)?, epoch), &bind(place)?, &SECRET.def(), &value, entropy)?)
}

/// Opens the secret of a row.
pub(crate) fn open_secret(keys: &TenantKeys, place: Place, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, CellError> {
    if removed(Safeguard::SealedSecrets) {
        return Ok(Zeroizing::new(sealed.to_vec()));
    }
    let epoch = CellHeader::split(sealed)?.0.epoch;
    let key = credential_key(keys, epoch).map_err(|_| CellError::UnknownEpoch(epoch))?;
    match cipher::open(|_| Ok(&key), &bind(place)?, &SECRET.def(), sealed)? {
        Value::Bytes(secret) => Ok(secret),
        _ => Err(CellError::Open),
    }
}

fn credential_key(keys: &TenantKeys, epoch: u32) -> Result<Aes256GcmSiv, KeyError> {
    Ok(Aes256GcmSiv::new(&(*keys.key(RootKind::Auth, Purpose::Credential, epoch)?).into()))
}

/// The record id in the secret's authenticated data: SHA-256(encode("secret", [kind label, id, owner])), because kind, id
/// and owner together may be longer than a record id.
fn bind((kind, id, owner): Place) -> Result<RecordId, CellError> {
    let place = encode("secret", &[kind.label().as_bytes(), id.as_bytes(), owner.as_bytes()]);
    RecordId::from_slice(&Sha256::digest(place)).map_err(|_| CellError::Open)
}

/// keyed BLAKE3(`authority-lookup` key, encode("lookup", [kind label, normal form]))
pub(crate) fn lookup_of(key: &[u8; 32], kind: AuthorityKind, normal: &[u8]) -> Lookup {
    *blake3::keyed_hash(key, &encode("lookup", &[kind.label().as_bytes(), normal])).as_bytes()
}
