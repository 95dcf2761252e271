-- Schema 1. All objects of ours start with hipaa_; host tables are never touched.

CREATE TABLE hipaa_meta (
    key   TEXT NOT NULL PRIMARY KEY,
    value BLOB NOT NULL
) WITHOUT ROWID;

CREATE TABLE hipaa_tenant (
    tenant BLOB NOT NULL PRIMARY KEY CHECK (length(tenant) = 16),
    log    BLOB NOT NULL UNIQUE CHECK (length(log) = 16),
    name   TEXT NOT NULL UNIQUE,
    mac    BLOB NOT NULL CHECK (length(mac) = 32)
) WITHOUT ROWID;

CREATE TABLE hipaa_ring (
    tenant BLOB NOT NULL PRIMARY KEY,
    ring   BLOB NOT NULL
) WITHOUT ROWID;

CREATE TABLE hipaa_wrapped_key (
    tenant BLOB NOT NULL,
    epoch  INTEGER NOT NULL,
    kind   TEXT NOT NULL,
    blob   BLOB NOT NULL,
    PRIMARY KEY (tenant, epoch, kind)
) WITHOUT ROWID;

-- Declared tables, columns and indexes, so that a dropped or retyped one is noticed before rows fail to verify or to be found.
CREATE TABLE hipaa_table (
    label    TEXT NOT NULL PRIMARY KEY,
    sql_name TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE hipaa_index (
    tbl        TEXT NOT NULL,
    label      TEXT NOT NULL,
    definition TEXT NOT NULL,
    PRIMARY KEY (tbl, label)
) WITHOUT ROWID;

-- Indexes that were declared over rows which they do not cover yet.
CREATE TABLE hipaa_pending_index (
    tenant BLOB NOT NULL,
    tbl    TEXT NOT NULL,
    label  TEXT NOT NULL,
    PRIMARY KEY (tenant, tbl, label)
) WITHOUT ROWID;

CREATE TABLE hipaa_column (
    tbl        TEXT NOT NULL,
    label      TEXT NOT NULL,
    kind       TEXT NOT NULL,
    protection TEXT NOT NULL,
    PRIMARY KEY (tbl, label)
) WITHOUT ROWID;

-- Index terms: a projection of the lists in hipaa_seal.
CREATE TABLE hipaa_term (
    term   BLOB NOT NULL,
    tbl    TEXT NOT NULL,
    record BLOB NOT NULL,
    PRIMARY KEY (term, tbl, record)
) WITHOUT ROWID;

-- Record states: a projection of the audit bodies. A tombstone has a MAC of 32 zero bytes. place is the rowid where the row
-- was put: a hint that spares a look-up, believed only where that row has the record's id.
CREATE TABLE hipaa_state (
    tbl     TEXT NOT NULL,
    record  BLOB NOT NULL,
    tenant  BLOB NOT NULL,
    version INTEGER NOT NULL,
    mac     BLOB NOT NULL CHECK (length(mac) = 32),
    place   INTEGER,
    PRIMARY KEY (tbl, record)
) WITHOUT ROWID;
CREATE INDEX hipaa_state_live ON hipaa_state (tenant, tbl, record, version, mac)
    WHERE mac <> x'0000000000000000000000000000000000000000000000000000000000000000';

-- One row per log; rewritten once per commit that touches the log.
CREATE TABLE hipaa_head (
    tenant    BLOB NOT NULL PRIMARY KEY,
    log       BLOB NOT NULL UNIQUE,
    size      INTEGER NOT NULL,
    last_leaf BLOB NOT NULL CHECK (length(last_leaf) = 32),
    last_time INTEGER NOT NULL,
    range     BLOB NOT NULL,
    signature BLOB NOT NULL CHECK (length(signature) = 64),
    mac       BLOB NOT NULL CHECK (length(mac) = 32)
) WITHOUT ROWID;

-- The bytes in body are the bytes that are hashed; time, name and actor are a projection of them.
CREATE TABLE hipaa_audit (
    log      BLOB NOT NULL,
    sequence INTEGER NOT NULL,
    body     BLOB NOT NULL,
    leaf     BLOB NOT NULL CHECK (length(leaf) = 32),
    details  BLOB,
    time     INTEGER NOT NULL,
    name     TEXT,
    actor    TEXT,
    PRIMARY KEY (log, sequence)
) WITHOUT ROWID;
CREATE TABLE hipaa_audit_subject (
    log      BLOB NOT NULL,
    subject  BLOB NOT NULL,
    sequence INTEGER NOT NULL,
    PRIMARY KEY (log, subject, sequence)
) WITHOUT ROWID;

-- A guard rail, not the control: the control is the chain under the signed head.
CREATE TRIGGER hipaa_audit_no_update BEFORE UPDATE ON hipaa_audit
BEGIN SELECT RAISE(ABORT, 'audit entries are append-only'); END;
CREATE TRIGGER hipaa_audit_no_delete BEFORE DELETE ON hipaa_audit
BEGIN SELECT RAISE(ABORT, 'audit entries are append-only'); END;
CREATE TRIGGER hipaa_audit_subject_no_update BEFORE UPDATE ON hipaa_audit_subject
BEGIN SELECT RAISE(ABORT, 'audit entries are append-only'); END;
CREATE TRIGGER hipaa_audit_subject_no_delete BEFORE DELETE ON hipaa_audit_subject
BEGIN SELECT RAISE(ABORT, 'audit entries are append-only'); END;
