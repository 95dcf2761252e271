//! What keeps a connection of the host's from committing while a joined unit runs on it.
//!
//! A COMMIT inside the unit would make half of it durable: entries without a signed head, so that the log is refused from
//! then on. A commit hook would prevent that, but takes the place of one that the host has. So the unit leaves a deferred
//! foreign key of a temporary table unsatisfied: SQLite refuses every COMMIT until the bolt is drawn back. It lies outside
//! the unit's savepoint, and goes with the transaction if that is rolled back.

/// Refuses every COMMIT.
pub(crate) const SHUT: &str = "CREATE TEMP TABLE IF NOT EXISTS hipaa_bolt (
        id     INTEGER PRIMARY KEY,
        beyond INTEGER REFERENCES hipaa_bolt (id) DEFERRABLE INITIALLY DEFERRED
    );
    INSERT INTO temp.hipaa_bolt (id, beyond) VALUES (1, 2)";

/// Allows it again.
pub(crate) const DRAWN: &str = "DELETE FROM temp.hipaa_bolt WHERE id = 1";
