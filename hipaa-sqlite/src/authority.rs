//! Rows that confer or limit authority.

use crate::store::{SqliteStore, fixed, limit, malformed, signed, unsigned};
use hipaa_core::clock::Timestamp;
use hipaa_core::schema::{RecordId, TenantId, UserId};
use hipaa_core::store::{AuthorityKind, AuthorityStore, Lookup, StoreError, StoredAuthority};
use rusqlite::{Params, Row, params};

/// All columns but the kind, which is what was asked for.
macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT id, tenant, owner, auth_version, version, header, expires, lookup, body, sealed, mac
            FROM hipaa_authority ",
            $rest
        )
    };
}

impl AuthorityStore for SqliteStore<'_> {
    fn authority(&mut self, kind: AuthorityKind, id: RecordId) -> Result<Option<StoredAuthority>, StoreError> {
        let sql = select!("WHERE kind = ?1 AND id = ?2");
        self.one(sql, params![kind.label(), id.as_bytes()], |row| read(kind, row))
    }

    fn authority_found_by(
        &mut self,
        kind: AuthorityKind,
        lookup: &Lookup,
    ) -> Result<Option<StoredAuthority>, StoreError> {
        let sql = select!("WHERE kind = ?1 AND lookup = ?2");
        self.one(sql, params![kind.label(), lookup], |row| read(kind, row))
    }

    fn authority_of(
        &mut self,
        kind: AuthorityKind,
        (tenant, owner): (TenantId, UserId),
        after: Option<RecordId>,
        most: usize,
    ) -> Result<Vec<StoredAuthority>, StoreError> {
        // The primary key has the order, too, but would read the rows of every owner behind the cursor.
        let sql = select!(
            "INDEXED BY hipaa_authority_owner
            WHERE kind = ?1 AND tenant = ?2 AND owner = ?3 AND id > ?4 ORDER BY id LIMIT ?5"
        );
        let after = after.as_ref().map_or(&[][..], RecordId::as_bytes);
        let place = params![kind.label(), tenant.as_bytes(), owner.as_bytes(), after, limit(most)];
        self.all(sql, place, |row| read(kind, row))
    }

    fn authority_expired(
        &mut self,
        kind: AuthorityKind,
        (tenant, until): (TenantId, Timestamp),
        after: Option<(Timestamp, RecordId)>,
        most: usize,
    ) -> Result<Vec<StoredAuthority>, StoreError> {
        // No id is empty, so the lowest time with no id is before every place.
        let sql = select!(
            "WHERE kind = ?1 AND tenant = ?2 AND expires <= ?3 AND (expires, id) > (?4, ?5) ORDER BY expires, id LIMIT ?6"
        );
        let time = after.map_or(i64::MIN, |(time, _)| time.micros());
        let id = after.as_ref().map_or(&[][..], |(_, id)| id.as_bytes());
        let place = params![kind.label(), tenant.as_bytes(), until.micros(), time, id, limit(most)];
        self.all(sql, place, |row| read(kind, row))
    }

    fn insert_authority(&mut self, row: &StoredAuthority) -> Result<(), StoreError> {
        let sql = "INSERT INTO hipaa_authority
            (kind, id, tenant, owner, auth_version, version, header, expires, lookup, body, sealed, mac)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)";
        let (auth_version, version) = (signed(row.auth_version)?, signed(row.version)?);
        let (kind, expires) = (row.kind.label(), row.expires.map(Timestamp::micros));
        let (id, tenant, owner) = (row.id.as_bytes(), row.tenant.as_bytes(), row.owner.as_bytes());
        let (header, lookup, body, sealed, mac) = (row.header, row.lookup, &row.body, &row.sealed, row.mac);
        self.run_one(
            sql,
            params![kind, id, tenant, owner, auth_version, version, header, expires, lookup, body, sealed, mac],
        )
    }

    fn replace_authority(&mut self, row: &StoredAuthority, from: u64) -> Result<(), StoreError> {
        let sql = "UPDATE hipaa_authority SET auth_version = ?3, version = ?4, header = ?5, expires = ?6, lookup = ?7,
            body = ?8, sealed = ?9, mac = ?10
            WHERE kind = ?1 AND id = ?2 AND tenant IS ?11 AND owner IS ?12 AND version IS ?13";
        let (auth_version, version) = (signed(row.auth_version)?, signed(row.version)?);
        let (kind, id, expires) = (row.kind.label(), row.id.as_bytes(), row.expires.map(Timestamp::micros));
        let (tenant, owner, from) = (row.tenant.as_bytes(), row.owner.as_bytes(), signed(from)?);
        let (header, lookup, body, sealed, mac) = (row.header, row.lookup, &row.body, &row.sealed, row.mac);
        self.run_as_of(
            (row.kind, row.id),
            sql,
            params![kind, id, auth_version, version, header, expires, lookup, body, sealed, mac, tenant, owner, from],
        )
    }

    fn delete_authority(&mut self, kind: AuthorityKind, id: RecordId, version: u64) -> Result<(), StoreError> {
        let sql = "DELETE FROM hipaa_authority WHERE kind = ?1 AND id = ?2 AND version IS ?3";
        self.run_as_of((kind, id), sql, params![kind.label(), id.as_bytes(), signed(version)?])
    }

    fn discard_authority(&mut self, kind: AuthorityKind, id: RecordId) -> Result<(), StoreError> {
        let sql = "DELETE FROM hipaa_authority WHERE kind = ?1 AND id = ?2";
        self.run(sql, params![kind.label(), id.as_bytes()]).map(drop)
    }
}

impl SqliteStore<'_> {
    /// Runs a statement that changes a row only as it was read; where it did not, says whether there is one.
    fn run_as_of(
        &self,
        (kind, id): (AuthorityKind, RecordId),
        sql: &str,
        values: impl Params,
    ) -> Result<(), StoreError> {
        if self.run(sql, values)? == 1 {
            return Ok(());
        }
        let there = "SELECT 1 FROM hipaa_authority WHERE kind = ?1 AND id = ?2";
        let there = self.one(there, params![kind.label(), id.as_bytes()], |_| Ok(()))?;
        Err(there.map_or(StoreError::Missing, |()| StoreError::Conflict))
    }
}

fn read(kind: AuthorityKind, row: &Row<'_>) -> rusqlite::Result<StoredAuthority> {
    let lookup = match row.get_ref(7)?.as_blob_or_null()? {
        Some(bytes) => Some(bytes.try_into().map_err(|_| malformed(7))?),
        None => None,
    };
    Ok(StoredAuthority {
        kind,
        id: RecordId::from_slice(row.get_ref(0)?.as_blob()?).map_err(|_| malformed(0))?,
        tenant: TenantId::from_bytes(fixed(row, 1)?),
        owner: UserId::from_bytes(fixed(row, 2)?),
        auth_version: unsigned(row, 3)?,
        version: unsigned(row, 4)?,
        header: fixed(row, 5)?,
        expires: row.get::<_, Option<i64>>(6)?.map(Timestamp::from_micros),
        lookup,
        body: row.get(8)?,
        sealed: row.get(9)?,
        mac: fixed(row, 10)?,
    })
}
