-- Schema 2. Full tiles of the Merkle tree of each log: a projection of the leaves, from which proofs are made.

CREATE TABLE hipaa_tile (
    log    BLOB NOT NULL,
    level  INTEGER NOT NULL,
    idx    INTEGER NOT NULL,
    hashes BLOB NOT NULL CHECK (length(hashes) = 8192),
    PRIMARY KEY (log, level, idx)
);
