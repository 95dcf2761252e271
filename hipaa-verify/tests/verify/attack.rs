//! What somebody can do who writes to the file: plain SQL, every hash recomputed; and with a stolen key, signatures, too.

use crate::scene::{Scene, heads};
use aes_gcm_siv::aead::{Aead, Payload};
use aes_gcm_siv::{Aes256GcmSiv, KeyInit};
use ed25519_dalek::{Signer, SigningKey};
use hipaa_core::audit::merkle::{Tile, TileSource, complete_tile, completed_tiles};
use hipaa_core::audit::{Body, Leaf, LogId, Range, StoredHead, leaf_of, tag};
use hipaa_core::encoding::encode;
use rusqlite::types::{Value, ValueRef};
use rusqlite::{Connection, OptionalExtension, Params, params};
use sha2::{Digest, Sha256};
use std::convert::Infallible;

/// A connection of the attacker's, without the triggers that refuse changes.
pub(crate) struct Thief {
    pub(crate) sql: Connection,
}

/// An entry as the attacker handles it.
pub(crate) type Entry = (Vec<u8>, Option<Vec<u8>>, Option<String>, Option<String>);

impl Thief {
    pub(crate) fn new(scene: &Scene) -> Self {
        let sql = Connection::open(scene.path()).unwrap();
        // The file alone, so that it can be copied, and opened as one that nobody writes to.
        sql.pragma_update(None, "journal_mode", "delete").unwrap();
        let triggers = "SELECT name FROM sqlite_schema WHERE type = 'trigger'";
        let names =
            sql.prepare(triggers).unwrap().query_map([], |row| row.get(0)).unwrap().collect::<Result<Vec<String>, _>>();
        for name in names.unwrap() {
            sql.execute_batch(&format!("DROP TRIGGER {name}")).unwrap();
        }
        Self { sql }
    }

    /// Runs a statement that must change something.
    pub(crate) fn run(&self, sql: &str, params: impl Params) {
        assert!(self.sql.execute(sql, params).unwrap() > 0, "{sql}");
    }

    pub(crate) fn entries(&self, log: LogId) -> Vec<Entry> {
        let sql = "SELECT body, details, name, actor FROM hipaa_audit WHERE log = ?1 ORDER BY sequence";
        let mut statement = self.sql.prepare(sql).unwrap();
        let rows =
            statement.query_map([log.0], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?))).unwrap();
        rows.collect::<Result<_, _>>().unwrap()
    }

    /// Writes a log anew: places, chain, leaves, projections, tiles and head; only the signature is missing.
    pub(crate) fn rewrite(&self, log: LogId, entries: &[Entry]) {
        self.rewrite_with(log, entries, |_, _| {});
    }

    /// The same, with the last word on what an entry says: everything behind it is computed from that.
    pub(crate) fn rewrite_with(&self, log: LogId, entries: &[Entry], change: impl Fn(u64, &mut Body)) {
        self.sql.execute_batch("SAVEPOINT rewrite").unwrap();
        for table in ["hipaa_audit", "hipaa_audit_subject"] {
            self.sql.execute(&format!("DELETE FROM {table} WHERE log = ?1"), [log.0]).unwrap();
        }
        let (mut range, mut leaves, mut previous, mut time) = (Range::default(), Vec::new(), [0; 32], 0);
        for (sequence, (body, details, name, actor)) in (0u64..).zip(entries) {
            let mut body = Body::decode(body).unwrap();
            (body.prefix.sequence, body.prefix.previous) = (sequence, previous);
            change(sequence, &mut body);
            time = body.prefix.time.micros();
            let bytes = body.encode().unwrap();
            previous = leaf_of(&bytes);
            leaves.push(previous);
            range.push(previous);
            let sql = "INSERT INTO hipaa_audit (log, sequence, body, leaf, details, time, name, actor)
                VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)";
            let place = i64::try_from(sequence).unwrap();
            self.sql.execute(sql, params![log.0, place, bytes, previous, details, time, name, actor]).unwrap();
            let subjects = body.field(tag::SUBJECTS).and_then(hipaa_core::audit::read_subjects).unwrap_or_default();
            for subject in subjects {
                let sql = "INSERT INTO hipaa_audit_subject (log, subject, sequence) VALUES (?1, ?2, ?3)";
                self.sql.execute(sql, params![log.0, subject.as_bytes(), place]).unwrap();
            }
        }
        let sql = "UPDATE hipaa_head SET size = ?2, last_leaf = ?3, last_time = ?4, range = ?5 WHERE log = ?1";
        let size = i64::try_from(leaves.len()).unwrap();
        self.run(sql, params![log.0, size, previous, time, range.to_bytes()]);
        self.retile(log, leaves);
        self.sql.execute_batch("RELEASE rewrite").unwrap();
    }

    /// Makes the tiles of a log anew, where the file keeps any.
    pub(crate) fn retile(&self, log: LogId, leaves: Vec<Leaf>) {
        let kept = "SELECT 1 FROM sqlite_schema WHERE name = 'hipaa_tile'";
        if self.sql.query_row(kept, [], |_| Ok(())).optional().unwrap().is_none() {
            return;
        }
        self.sql.execute("DELETE FROM hipaa_tile WHERE log = ?1", [log.0]).unwrap();
        let size = leaves.len() as u64;
        for (level, index) in completed_tiles(0, size) {
            let tile = complete_tile(&mut Leaves(&leaves), level, index).unwrap().unwrap();
            let sql = "INSERT INTO hipaa_tile (log, level, idx, hashes) VALUES (?1, ?2, ?3, ?4)";
            self.run(sql, params![log.0, level, i64::try_from(index).unwrap(), tile.to_bytes()]);
        }
    }

    /// Signs the head of a log with the deployment's own key, which somebody with the key-encryption key can unwrap.
    pub(crate) fn sign(&self, scene: &Scene, log: LogId) {
        let head = heads(&scene.path()).into_iter().find(|head| head.log == log).unwrap();
        let range = Range::from_parts(head.size, &head.range).unwrap();
        let mut text = String::from("hipaa-core/");
        let trust = scene.trust();
        text.push_str(&format!("{}/{log}\n{}\n{}\n", hex::encode(trust.deployment), head.size, base64(&range.root())));
        text.push_str(&format!("last-leaf {}\nlast-time {}\n", base64(&head.last_leaf), head.last_time.micros()));
        let signature = self.stolen_key(&trust.deployment).sign(text.as_bytes()).to_bytes();
        self.run("UPDATE hipaa_head SET signature = ?2 WHERE log = ?1", params![log.0, signature]);
    }

    fn stolen_key(&self, deployment: &[u8; 16]) -> SigningKey {
        let sql = "SELECT blob, epoch FROM hipaa_wrapped_key WHERE kind = 'head-seed'";
        let read = |row: &rusqlite::Row<'_>| Ok((row.get(0)?, row.get(1)?));
        let (blob, period): (Vec<u8>, u32) = self.sql.query_row(sql, [], read).unwrap();
        let hkdf = hkdf::Hkdf::<Sha256>::new(Some(b"hipaa-core/v1"), &[0x0f; 32]);
        let mut key = [0; 32];
        hkdf.expand(&encode("wrap", &[&[1], &[], &[], &[], &[], &[], &[]]), &mut key).unwrap();
        let aad = Sha256::digest(encode("wrapped-root", &[deployment, &[0; 16], b"head-seed", &period.to_be_bytes()]));
        let nonce: [u8; 12] = blob[18..30].try_into().unwrap();
        let payload = Payload { msg: &blob[30..], aad: &aad };
        let seed = Aes256GcmSiv::new(&key.into()).decrypt(&nonce.into(), payload).unwrap();
        SigningKey::from_bytes(&seed.try_into().unwrap())
    }

    /// Everything that the file holds.
    pub(crate) fn content(&self) -> Vec<Vec<Vec<Value>>> {
        let tables = "SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name";
        let names = self
            .sql
            .prepare(tables)
            .unwrap()
            .query_map([], |row| row.get(0))
            .unwrap()
            .collect::<Result<Vec<String>, _>>();
        let rows = |name: String| {
            let mut statement = self.sql.prepare(&format!("SELECT * FROM \"{name}\"")).unwrap();
            let columns = statement.column_count();
            // What somebody put there as text need not be any.
            let value = |value: ValueRef<'_>| match value {
                ValueRef::Text(bytes) => Value::Blob([b"text ", bytes].concat()),
                other => Value::try_from(other).unwrap(),
            };
            let read = |row: &rusqlite::Row<'_>| (0..columns).map(|at| row.get_ref(at).map(value)).collect();
            statement.query_map([], read).unwrap().collect::<Result<Vec<Vec<Value>>, _>>().unwrap()
        };
        let schema = "sqlite_schema".to_owned();
        names.unwrap().into_iter().chain([schema]).map(rows).collect()
    }

    /// Puts a head back as it was.
    pub(crate) fn put_head(&self, head: &StoredHead) {
        let sql =
            "UPDATE hipaa_head SET size = ?2, last_leaf = ?3, last_time = ?4, range = ?5, signature = ?6, mac = ?7
            WHERE log = ?1";
        let size = i64::try_from(head.size).unwrap();
        let (leaf, time) = (head.last_leaf, head.last_time.micros());
        self.run(sql, params![head.log.0, size, leaf, time, head.range, head.signature, head.mac]);
    }
}

struct Leaves<'a>(&'a [Leaf]);

impl TileSource for Leaves<'_> {
    type Error = Infallible;
    fn tile(&mut self, _: u8, _: u64) -> Result<Option<Tile>, Infallible> {
        Ok(None)
    }
    fn leaves(&mut self, from: u64, count: u64) -> Result<Vec<Leaf>, Infallible> {
        let from = usize::try_from(from).unwrap();
        Ok(self.0[from..from + usize::try_from(count).unwrap()].to_vec())
    }
}

fn base64(bytes: &[u8; 32]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let digit = |three: u32, place: u32| char::from(DIGITS[(three >> (18 - 6 * place) & 63) as usize]);
    let mut text = String::new();
    for part in bytes.chunks(3) {
        let three = part.iter().chain([0, 0].iter()).take(3).fold(0, |sum, byte| sum << 8 | u32::from(*byte));
        (0..=u32::try_from(part.len()).unwrap()).for_each(|place| text.push(digit(three, place)));
        (part.len()..3).for_each(|_| text.push('='));
    }
    text
}
