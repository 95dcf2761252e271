-- Schema 3: rows that confer or limit authority.

-- Every column is under the MAC. A row is found by kind and id, by its lookup key, by its owner, or by its expiry.
CREATE TABLE hipaa_authority (
    kind         TEXT NOT NULL,
    id           BLOB NOT NULL CHECK (length(id) IN (16, 32)),
    tenant       BLOB NOT NULL CHECK (length(tenant) = 16),
    owner        BLOB NOT NULL CHECK (length(owner) = 16),
    auth_version INTEGER NOT NULL,
    version      INTEGER NOT NULL,
    header       BLOB NOT NULL CHECK (length(header) = 6),
    expires      INTEGER,
    lookup       BLOB CHECK (length(lookup) = 32),
    body         BLOB NOT NULL,
    sealed       BLOB,
    mac          BLOB NOT NULL CHECK (length(mac) = 32),
    PRIMARY KEY (kind, id)
) WITHOUT ROWID;
CREATE UNIQUE INDEX hipaa_authority_lookup ON hipaa_authority (kind, lookup) WHERE lookup IS NOT NULL;
CREATE INDEX hipaa_authority_owner ON hipaa_authority (kind, tenant, owner, id);
CREATE INDEX hipaa_authority_expires ON hipaa_authority (kind, tenant, expires, id) WHERE expires IS NOT NULL;
