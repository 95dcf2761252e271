//! A request that is sent again is done once: its key is remembered in the commit of what it did.
//!
//! What is kept: a digest of tenant, user, route and key; a digest of the request under the key, which is not kept, so that
//! nobody who reads the database can confirm a guess of what a request said; and the record that was written. For a day,
//! and for so many requests of one tenant.

use super::{ClinicalError, Written};
use core::time::Duration;
use hipaa_core::audit::Actor;
use hipaa_core::clock::Timestamp;
use hipaa_core::schema::RecordId;
use hipaa_sqlite::rusqlite::{OptionalExtension, params};
use hipaa_sqlite::{Database, Unit};
use sha2::{Digest, Sha256};

/// How long a request is remembered.
pub const LIFE: Duration = Duration::from_secs(24 * 60 * 60);
/// The most requests of one tenant that are remembered.
pub const MAX_REMEMBERED: u32 = 10_000;
/// The shortest and the longest key.
pub const KEY_BYTES: core::ops::RangeInclusive<usize> = 16..=128;
/// The most rows that one request deletes whose time is over.
const SWEPT: u32 = 100;

const SCHEMA: &str = "
CREATE TABLE IF NOT EXISTS app_request (
    tenant BLOB NOT NULL,
    key BLOB NOT NULL,
    request BLOB NOT NULL,
    record BLOB NOT NULL,
    version INTEGER NOT NULL,
    made INTEGER NOT NULL,
    PRIMARY KEY (tenant, key)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS app_request_made ON app_request (tenant, made);";

/// Makes the table, if it is not there.
///
/// # Errors
/// The database's.
pub fn declare(database: &mut Database) -> Result<(), hipaa_sqlite::Error> {
    database.write(|unit| Ok::<_, hipaa_sqlite::Error>(unit.sql().execute_batch(SCHEMA)?))?.into_inner();
    Ok(())
}

/// One request with its key. Holds digests only.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Once {
    key: [u8; 32],
    request: [u8; 32],
}

impl Once {
    /// The request of a user with this key: what is asked for, and the body.
    ///
    /// # Errors
    /// [`ClinicalError::KeyForm`].
    pub fn new(actor: &Actor, route: &str, key: &str, body: &[u8]) -> Result<Self, ClinicalError> {
        if !KEY_BYTES.contains(&key.len()) || !key.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(ClinicalError::KeyForm);
        }
        let tenant = actor.tenant();
        let place = [tenant.as_bytes().as_slice(), actor.user().as_bytes(), route.as_bytes(), key.as_bytes()];
        Ok(Self { key: digest(b"key", &place), request: digest(b"request", &[key.as_bytes(), body]) })
    }
}

fn digest(label: &[u8], parts: &[&[u8]]) -> [u8; 32] {
    let mut hasher = Sha256::new_with_prefix([u8::try_from(label.len()).unwrap_or(u8::MAX)]).chain_update(label);
    for part in parts {
        hasher = hasher.chain_update(u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes()).chain_update(part);
    }
    hasher.finalize().into()
}

/// Does `work`, unless this very request was done before: then it tells what that one wrote.
///
/// # Errors
/// [`ClinicalError::KeyReused`] for another request with the same key; [`ClinicalError::TooManyKeys`]; that of `work`.
pub fn once(
    unit: &mut Unit<'_>,
    actor: &Actor,
    (request, now): (Option<Once>, Timestamp),
    work: impl FnOnce(&mut Unit<'_>) -> Result<Written, ClinicalError>,
) -> Result<Written, ClinicalError> {
    let Some(request) = request else { return work(unit) };
    let tenant = *actor.tenant().as_bytes();
    let oldest = now.micros().saturating_sub(i64::try_from(LIFE.as_micros()).unwrap_or(i64::MAX));
    if let Some((same, written)) = find(unit, &tenant, &request, oldest)? {
        return if same { Ok(written) } else { Err(ClinicalError::KeyReused) };
    }
    make_room(unit, &tenant, oldest)?;
    let written = work(unit)?;
    let version = i64::try_from(written.version).unwrap_or(i64::MAX);
    let sql = "REPLACE INTO app_request (tenant, key, request, record, version, made) VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
    let row = params![tenant, request.key, request.request, written.record.as_bytes(), version, now.micros()];
    unit.sql().prepare_cached(sql)?.execute(row)?;
    Ok(written)
}

fn find(
    unit: &Unit<'_>,
    tenant: &[u8; 16],
    request: &Once,
    oldest: i64,
) -> Result<Option<(bool, Written)>, ClinicalError> {
    let sql = "SELECT request, record, version FROM app_request WHERE tenant = ?1 AND key = ?2 AND made > ?3";
    let mut statement = unit.sql().prepare_cached(sql)?;
    let row = statement.query_row(params![tenant, request.key, oldest], |row| {
        Ok((row.get::<_, Vec<u8>>(0)?, row.get::<_, Vec<u8>>(1)?, row.get::<_, i64>(2)?))
    });
    let Some((known, record, version)) = row.optional()? else { return Ok(None) };
    let record = RecordId::from_slice(&record).map_err(|_| hipaa_core::store::StoreError::Corrupt)?;
    let version = u64::try_from(version).unwrap_or_default();
    Ok(Some((known == request.request, Written { record, version, replayed: true })))
}

fn make_room(unit: &Unit<'_>, tenant: &[u8; 16], oldest: i64) -> Result<(), ClinicalError> {
    let sweep = "DELETE FROM app_request WHERE tenant = ?1 AND key IN
        (SELECT key FROM app_request WHERE tenant = ?1 AND made <= ?2 LIMIT ?3)";
    unit.sql().prepare_cached(sweep)?.execute(params![tenant, oldest, SWEPT])?;
    let count = "SELECT count(*) FROM (SELECT 1 FROM app_request WHERE tenant = ?1 LIMIT ?2)";
    let known: u32 = unit.sql().prepare_cached(count)?.query_row(params![tenant, MAX_REMEMBERED], |row| row.get(0))?;
    if known < MAX_REMEMBERED { Ok(()) } else { Err(ClinicalError::TooManyKeys) }
}
