//! Rate limits in a small database of their own, which several processes share and a restart leaves as it was.
//!
//! A file apart from the records, because a place must be taken while the unit that asks for it holds the write lock of the
//! records' database, and must stay taken when that unit is rolled back. One row per subject:
//!
//! | column | meaning |
//! |---|---|
//! | key | [`LimitKey`](hipaa_core::auth::limit::LimitKey): SHA-256 of the limit's name and the subject |
//! | window | number of the next place u64 ‖ (time i64 microseconds ‖ number u64) of each place that counts, big-endian |
//! | expires | when the last place is past |
//!
//! # Security
//! The rows have no MAC: whoever can write the file can clear them. The lockout of accounts, which is under one, still
//! counts. Keys are plain hashes: who reads the file can find out which addresses were counted, by trying them all.

use crate::Error;
use hipaa_core::auth::limit::{DEFAULT_KEYS, Decision, Limiter, LimiterError, Quota, Reservation, Window};
use hipaa_core::clock::Timestamp;
use rusqlite::{Connection, OptionalExtension, Transaction, TransactionBehavior, params};
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// How long a process waits for another one's place to be written before the limiter refuses.
const PATIENCE: Duration = Duration::from_secs(2);
const SCHEMA: &str = "
    CREATE TABLE IF NOT EXISTS hipaa_limit (
        key     BLOB NOT NULL PRIMARY KEY CHECK (length(key) = 32),
        window  BLOB NOT NULL,
        expires INTEGER NOT NULL
    ) WITHOUT ROWID;
    CREATE INDEX IF NOT EXISTS hipaa_limit_expires ON hipaa_limit (expires);
    CREATE TABLE IF NOT EXISTS hipaa_limit_keys (one INTEGER PRIMARY KEY CHECK (one = 1), count INTEGER NOT NULL);
    INSERT OR IGNORE INTO hipaa_limit_keys VALUES (1, 0);";

/// A limiter on SQLite: exact, shared between processes, and bounded.
///
/// Expired windows are swept with every call. When more subjects are live than it may remember, the window that would
/// expire first is forgotten.
#[derive(Debug)]
pub struct SqliteLimiter {
    connection: Mutex<Connection>,
    keys: i64,
}

impl SqliteLimiter {
    /// The limiter in this file, which is made where there is none; it remembers at most 100,000 subjects.
    ///
    /// # Errors
    /// [`Error`]: the file cannot be opened or is no database.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, Error> {
        Self::with_keys(path, DEFAULT_KEYS)
    }

    /// The same for at most so many subjects, at least one.
    ///
    /// # Errors
    /// As [`SqliteLimiter::open`].
    pub fn with_keys(path: impl AsRef<Path>, keys: usize) -> Result<Self, Error> {
        let connection = Connection::open(path)?;
        connection.busy_timeout(PATIENCE)?;
        connection.pragma_update(None, "journal_mode", "wal")?;
        // A place that a crash of the machine loses is one place; a wait for the disk at each attempt is an attack.
        connection.pragma_update(None, "synchronous", "normal")?;
        connection.execute_batch(SCHEMA)?;
        Ok(Self { connection: Mutex::new(connection), keys: i64::try_from(keys.max(1)).unwrap_or(i64::MAX) })
    }

    fn locked(&self) -> MutexGuard<'_, Connection> {
        self.connection.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn reserve_place(&self, quota: &Quota, now: Timestamp) -> Result<Decision, Failed> {
        let mut connection = self.locked();
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        sweep(&transaction, now)?;
        let mut window = window_of(&transaction, quota)?;
        let decision = match window.reserve(quota.limit(), now) {
            Ok(serial) => Decision::Granted(Reservation::new(*quota, serial)),
            Err(wait) => Decision::Refused(wait),
        };
        put(&transaction, quota, &window, window.expires(quota.limit(), now))?;
        forget(&transaction, self.keys)?;
        transaction.commit()?;
        Ok(decision)
    }

    fn give_back(&self, place: &Reservation) -> Result<(), Failed> {
        let mut connection = self.locked();
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let mut window = window_of(&transaction, place.quota())?;
        window.refund(place.serial());
        let sql = "UPDATE hipaa_limit SET window = ?2 WHERE key = ?1";
        transaction.prepare_cached(sql)?.execute(params![place.quota().key().as_bytes(), encode(&window)])?;
        Ok(transaction.commit()?)
    }
}

/// Behind a shared reference, because the limiter locks itself.
impl Limiter for &SqliteLimiter {
    fn reserve(&mut self, quota: &Quota, now: Timestamp) -> Result<Decision, LimiterError> {
        self.reserve_place(quota, now).map_err(|Failed| LimiterError)
    }

    fn refund(&mut self, place: Reservation) -> Result<(), LimiterError> {
        self.give_back(&place).map_err(|Failed| LimiterError)
    }
}

impl Limiter for SqliteLimiter {
    fn reserve(&mut self, quota: &Quota, now: Timestamp) -> Result<Decision, LimiterError> {
        (&*self).reserve(quota, now)
    }

    fn refund(&mut self, place: Reservation) -> Result<(), LimiterError> {
        (&*self).refund(place)
    }
}

/// Why does not matter: whoever asks is refused.
struct Failed;

impl From<rusqlite::Error> for Failed {
    fn from(_: rusqlite::Error) -> Self {
        Self
    }
}

fn sweep(transaction: &Transaction<'_>, now: Timestamp) -> Result<(), Failed> {
    let swept = "DELETE FROM hipaa_limit WHERE expires <= ?1";
    let swept = transaction.prepare_cached(swept)?.execute([now.micros()])?;
    count(transaction, -i64::try_from(swept).map_err(|_| Failed)?)
}

fn put(transaction: &Transaction<'_>, quota: &Quota, window: &Window, expires: Timestamp) -> Result<(), Failed> {
    let (key, bytes) = (quota.key().as_bytes(), encode(window));
    let update = "UPDATE hipaa_limit SET window = ?2, expires = ?3 WHERE key = ?1";
    let known = transaction.prepare_cached(update)?.execute(params![key, bytes, expires.micros()])?;
    if known == 0 {
        let insert = "INSERT INTO hipaa_limit (key, window, expires) VALUES (?1, ?2, ?3)";
        transaction.prepare_cached(insert)?.execute(params![key, bytes, expires.micros()])?;
        count(transaction, 1)?;
    }
    Ok(())
}

/// Forgets what would expire first, down to the bound.
fn forget(transaction: &Transaction<'_>, bound: i64) -> Result<(), Failed> {
    let keys: i64 =
        transaction.prepare_cached("SELECT count FROM hipaa_limit_keys")?.query_row([], |row| row.get(0))?;
    if keys > bound {
        let first = "DELETE FROM hipaa_limit WHERE key IN (SELECT key FROM hipaa_limit ORDER BY expires, key LIMIT ?1)";
        let gone = transaction.prepare_cached(first)?.execute([keys - bound])?;
        count(transaction, -i64::try_from(gone).map_err(|_| Failed)?)?;
    }
    Ok(())
}

fn count(transaction: &Transaction<'_>, more: i64) -> Result<(), Failed> {
    if more != 0 {
        transaction.prepare_cached("UPDATE hipaa_limit_keys SET count = max(0, count + ?1)")?.execute([more])?;
    }
    Ok(())
}

fn window_of(transaction: &Transaction<'_>, quota: &Quota) -> Result<Window, Failed> {
    let mut statement = transaction.prepare_cached("SELECT window FROM hipaa_limit WHERE key = ?1")?;
    let bytes = statement.query_row([quota.key().as_bytes()], |row| row.get::<_, Vec<u8>>(0)).optional()?;
    bytes.map_or(Ok(Window::default()), |bytes| decode(&bytes).ok_or(Failed))
}

fn encode(window: &Window) -> Vec<u8> {
    let mut bytes = window.next.to_be_bytes().to_vec();
    for (time, serial) in &window.places {
        bytes.extend(time.micros().to_be_bytes());
        bytes.extend(serial.to_be_bytes());
    }
    bytes
}

fn decode(bytes: &[u8]) -> Option<Window> {
    let (next, rest) = bytes.split_first_chunk::<8>()?;
    let (places, rest) = rest.as_chunks::<16>();
    let place = |bytes: &[u8; 16]| {
        let (time, serial) = (bytes.first_chunk::<8>()?, bytes.last_chunk::<8>()?);
        Some((Timestamp::from_micros(i64::from_be_bytes(*time)), u64::from_be_bytes(*serial)))
    };
    let places = places.iter().map(place).collect::<Option<Vec<_>>>()?;
    rest.is_empty().then_some(Window { places, next: u64::from_be_bytes(*next) })
}
