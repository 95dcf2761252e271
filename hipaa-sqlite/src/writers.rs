//! Who else can write entries inside a transaction of ours: the host's own SQL, and triggers.
//!
//! Entries that somebody else may have touched are read back before the head over them is signed. Where nobody could, that
//! would only cost: so a batch notes when the host is given the connection, and looks at the schema whenever it changed.

use crate::migrate::MIGRATIONS;
use crate::store::SqliteStore;
use hipaa_core::store::StoreError;

/// Every trigger, what stands under the names of the log's tables, and everything that could hide them.
const SUSPECTS: &str =
    "SELECT sql FROM main.sqlite_schema WHERE type = 'trigger' OR name LIKE 'hipaa~_audit%' ESCAPE '~'
    UNION ALL SELECT sql FROM temp.sqlite_schema WHERE type <> 'table' OR name <> 'hipaa_bolt'";

/// What would take our writes or undo them: temporary objects in front of our tables, and triggers that touch rows of
/// authority or states, which nobody reads back.
const FRONTS: &str = "SELECT 1 FROM temp.sqlite_schema
    WHERE tbl_name LIKE 'hipaa~_%' ESCAPE '~' AND (tbl_name <> 'hipaa_bolt' OR type <> 'table')
    UNION ALL SELECT 1 FROM (SELECT sql FROM main.sqlite_schema WHERE type = 'trigger'
        UNION ALL SELECT sql FROM temp.sqlite_schema WHERE type = 'trigger')
    WHERE sql LIKE '%hipaa~_authority%' ESCAPE '~' OR sql LIKE '%hipaa~_state%' ESCAPE '~'";

impl SqliteStore<'_> {
    /// Whether something stands between us and the file.
    pub(crate) fn is_fronted(&self) -> Result<bool, StoreError> {
        let versions = self.schema_versions()?;
        if self.tables.clear.get() == Some(versions) {
            return Ok(false);
        }
        let found = self.one(FRONTS, [], |_| Ok(()))?.is_some();
        if !found {
            self.tables.clear.set(Some(versions));
        }
        Ok(found)
    }

    /// Which state the schemas are in, the temporary one included.
    fn schema_versions(&self) -> Result<(Option<i64>, Option<i64>), StoreError> {
        let version = |sql| self.one(sql, [], |row| row.get::<_, i64>(0));
        Ok((version("PRAGMA main.schema_version")?, version("PRAGMA temp.schema_version")?))
    }

    pub(crate) fn others_write(&self) -> Result<bool, StoreError> {
        if self.tables.host_sql.get() {
            return Ok(true);
        }
        let versions = self.schema_versions()?;
        if self.tables.vetted.get() == Some(versions) {
            return Ok(false);
        }
        let found = self.all(SUSPECTS, [], |row| row.get::<_, Option<String>>(0))?;
        // A table's own index has no text.
        let foreign = found.iter().flatten().any(|sql| !MIGRATIONS.iter().any(|ours| ours.contains(sql.as_str())));
        if !foreign {
            self.tables.vetted.set(Some(versions));
        }
        Ok(foreign)
    }
}

#[cfg(test)]
mod tests {
    use crate::Database;
    use crate::record::Tables;
    use crate::store::SqliteStore;
    use hipaa_core::keys::Kek;

    #[test]
    fn a_trigger_a_table_in_front_or_the_hosts_own_sql_is_another_writer() {
        let folder = tempfile::tempdir().unwrap();
        let database =
            Database::open(folder.path().join("a.db"), Kek::from_text(&"0f".repeat(32).into()).unwrap()).unwrap();
        let (connection, tables) = (database.connection(), Tables::default());
        let others = || SqliteStore::new(connection, &tables).others_write().unwrap();
        assert!(!others());
        for (planted, gone) in
            [("CREATE TABLE t (x)", "DROP TABLE t"), ("CREATE TEMP TABLE hipaa_bolt (x)", "DROP TABLE hipaa_bolt")]
        {
            connection.execute_batch(planted).unwrap();
            assert!(!others(), "{planted}");
            connection.execute_batch(gone).unwrap();
        }
        for (planted, gone) in [
            ("CREATE TRIGGER x AFTER INSERT ON hipaa_head BEGIN DELETE FROM hipaa_term; END", "DROP TRIGGER x"),
            ("CREATE TABLE t (x); CREATE TRIGGER x AFTER INSERT ON t BEGIN SELECT 1; END", "DROP TABLE t"),
            ("CREATE TEMP TRIGGER x AFTER INSERT ON hipaa_audit BEGIN SELECT 1; END", "DROP TRIGGER x"),
            // Named like the one object of ours that may stand there.
            (
                "CREATE TEMP TRIGGER hipaa_bolt AFTER INSERT ON hipaa_audit BEGIN SELECT 1; END",
                "DROP TRIGGER hipaa_bolt",
            ),
            ("CREATE TEMP TABLE hipaa_audit (x)", "DROP TABLE temp.hipaa_audit"),
            ("CREATE TEMP VIEW hipaa_audit AS SELECT 1", "DROP VIEW temp.hipaa_audit"),
            (
                "DROP TRIGGER hipaa_audit_no_delete;
                CREATE TRIGGER hipaa_audit_no_delete BEFORE DELETE ON hipaa_audit BEGIN SELECT 1; END",
                "DROP TRIGGER hipaa_audit_no_delete",
            ),
        ] {
            connection.execute_batch(planted).unwrap();
            assert!(others(), "{planted}");
            connection.execute_batch(gone).unwrap();
            assert!(!others(), "{gone}");
        }
        tables.host_sql.set(true);
        assert!(others());
    }
}
