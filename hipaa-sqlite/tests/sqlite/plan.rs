//! Every statement that the adapter runs finds its rows by an index.

use crate::conformance::with_empty_store;
use crate::fixture::kek;
use hipaa_core::audit::Actor;
use hipaa_core::clock::Clock;
use hipaa_core::conformance::{TABLES, run_all};
use hipaa_core::schema::TenantId;
use hipaa_core::tenancy::create_tenant;
use hipaa_sqlite::rusqlite::trace::{TraceEvent, TraceEventCodes};
use hipaa_sqlite::rusqlite::{Connection, types::Null};
use hipaa_sqlite::{Database, Error};
use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

type Statements = Arc<Mutex<BTreeSet<String>>>;

/// Runs the whole contract, which uses every verb, and a unit whose COMMIT fails.
fn traced() -> (Database, BTreeSet<String>) {
    let seen = Statements::default();
    let sink = Arc::clone(&seen);
    let mut connection = Connection::open_in_memory().unwrap();
    let trace = move |event: TraceEvent<'_>| {
        if let TraceEvent::Stmt(statement, _) = event {
            sink.lock().unwrap().insert(statement.sql().into_owned());
        }
    };
    connection.trace_v2(TraceEventCodes::SQLITE_TRACE_STMT, Some(trace)).unwrap();
    let mut db = Database::from_connection(connection, kek(), Clock::system()).unwrap();
    db.declare(&TABLES).unwrap();
    let host = "CREATE TABLE parent (id INTEGER PRIMARY KEY);
        CREATE TABLE child (parent INTEGER REFERENCES parent DEFERRABLE INITIALLY DEFERRED)";
    db.connection().execute_batch(host).unwrap();

    // Opening and declaring look at the schema, which has no index.
    seen.lock().unwrap().clear();
    assert_eq!(run_all(|case| with_empty_store(&mut db, case)), []);
    let operator = Actor::new(TenantId::DEPLOYMENT, "setup", "operator").unwrap();
    let lost = db.write(|unit| {
        create_tenant(unit, &operator, "North clinic")?;
        unit.sql().execute_batch("INSERT INTO child VALUES (7)")?;
        Ok::<_, Error>(())
    });
    assert!(lost.is_err());
    let statements = seen.lock().unwrap().clone();
    (db, statements)
}

/// What a plan must not hold, with the statement: a scan, a sort, or an equality that no index serves.
fn slow(connection: &Connection, statements: &BTreeSet<String>) -> Vec<String> {
    let planned = statements.iter().filter(|sql| judged(sql));
    planned.filter_map(|sql| fault(sql, &plan(connection, sql)).map(|fault| format!("{fault}: {sql}"))).collect()
}

/// Statements that read or change rows by a condition.
fn judged(sql: &str) -> bool {
    let verb = sql.split_whitespace().next().unwrap_or_default();
    // All tenants are what is asked for; what the test itself deletes is not the adapter's.
    let all = sql.starts_with("SELECT") && sql.contains("FROM hipaa_tenant ORDER BY name");
    let own = sql.starts_with("DELETE") && (!sql.contains("WHERE") || sql.contains("key = 'deployment'"));
    // The schema table has no index; it is asked once per connection and table.
    let schema = sql.contains("sqlite_schema");
    matches!(verb, "SELECT" | "UPDATE" | "DELETE" | "INSERT") && !all && !own && !schema
}

fn plan(connection: &Connection, sql: &str) -> Vec<String> {
    let mut statement = connection.prepare(&format!("EXPLAIN QUERY PLAN {sql}")).unwrap();
    for at in 1..=statement.parameter_count() {
        statement.raw_bind_parameter(at, Null).unwrap();
    }
    let mut rows = statement.raw_query();
    let mut details = Vec::new();
    while let Some(row) = rows.next().unwrap() {
        details.push(row.get(3).unwrap());
    }
    details
}

fn fault(sql: &str, plan: &[String]) -> Option<&'static str> {
    let scans = |detail: &String| detail.starts_with("SCAN") && detail != "SCAN CONSTANT ROW";
    if plan.iter().any(scans) {
        return Some("scans");
    }
    if plan.iter().any(|detail| detail.contains("TEMP B-TREE")) {
        return Some("sorts");
    }
    let asked = sql
        .rsplit_once("WHERE")
        .filter(|_| !sql.starts_with("INSERT"))
        .map_or(0, |(_, condition)| condition.matches(" = ?").count());
    let served = plan.iter().map(|detail| detail.matches("=?").count()).sum::<usize>();
    (asked > served).then_some("searches by less than it could")
}

#[test]
fn no_statement_scans_sorts_or_leaves_an_index_aside() {
    let (db, statements) = traced();
    let judged = statements.iter().filter(|sql| judged(sql)).collect::<Vec<_>>();
    for verb in ["SELECT", "UPDATE", "DELETE", "INSERT"] {
        assert!(judged.iter().any(|sql| sql.starts_with(verb)), "{verb}");
    }
    for table in
        ["ring", "wrapped_key", "term", "state", "head", "audit", "audit_subject", "tenant", "meta", "authority"]
    {
        assert!(judged.iter().any(|sql| sql.contains(&format!("hipaa_{table} "))), "{table}");
    }
    for table in TABLES {
        assert!(judged.iter().any(|sql| sql.contains(table.sql_name())), "{}", table.label());
    }
    assert_eq!(slow(db.connection(), &statements), Vec::<String>::new());
}

#[test]
fn a_statement_whose_index_is_gone_is_found() {
    let (db, statements) = traced();
    db.connection().execute_batch("DROP INDEX hipaa_state_live").unwrap();
    let slow = slow(db.connection(), &statements);
    assert!(slow.len() == 1 && slow[0].contains("FROM hipaa_state"), "{slow:?}");
}

#[test]
fn a_statement_whose_table_has_another_key_is_found() {
    let (db, statements) = traced();
    let rebuilt = [
        ("hipaa_term", "CREATE TABLE hipaa_term (term BLOB, tbl TEXT, record BLOB, UNIQUE (record, tbl, term))"),
        (
            "hipaa_audit_subject",
            "CREATE TABLE hipaa_audit_subject (log BLOB, subject BLOB, sequence INTEGER, UNIQUE (sequence, log, subject))",
        ),
    ];
    for (table, sql) in rebuilt {
        db.connection().execute_batch(&format!("DROP TABLE {table}; {sql}")).unwrap();
        let slow = slow(db.connection(), &statements);
        assert!(slow.iter().any(|found| found.contains(table)), "{table}: {slow:?}");
    }
}
