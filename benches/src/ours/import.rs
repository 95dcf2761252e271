//! An import by the reference application, and what it left behind, taken apart into rows.

use super::throw_away_key;
use crate::Failure;
use crate::floor::import::{Commit, Entry, Record, Replay};
use hipaa_core::audit::{Body, read_states, tag};
use hipaa_core::clock::Stopwatch;
use hipaa_core::schema::{ColumnDef, RecordId};
use hipaa_core::tenancy::create_tenant;
use hipaa_sqlite::Database;
use reference_app::clinic::{Clinic, deployment_operator};
use reference_app::generate::resources;
use reference_app::import::{Problem, Progress, Watch, import};
use reference_app::schema::TABLES;
use rusqlite::types::Value;
use rusqlite::{Connection, params, params_from_iter};
use std::collections::{BTreeMap, HashMap};
use std::fs::{self, File};
use std::io::{BufWriter, Write as _};
use std::path::Path;
use std::time::Duration;

const TENANT: &str = "Import ward";
const SEED: u64 = 42;

/// Writes the charts of made-up patients into a folder, one file for each type.
///
/// # Errors
/// The operating system's.
pub fn write_charts(folder: &Path, patients: usize) -> Result<(), Failure> {
    fs::create_dir_all(folder)?;
    let mut files = BTreeMap::<&str, BufWriter<File>>::new();
    for (kind, line) in resources(SEED, 0, patients) {
        if !files.contains_key(kind) {
            files.insert(kind, BufWriter::new(File::create(folder.join(format!("{kind}.ndjson")))?));
        }
        if let Some(file) = files.get_mut(kind) {
            writeln!(file, "{line}")?;
        }
    }
    Ok(files.values_mut().try_for_each(BufWriter::flush)?)
}

/// How many records were written when each transaction was over.
#[derive(Debug, Default)]
pub struct Marks(Vec<u64>);

impl Watch for Marks {
    fn problem(&mut self, _: Problem) {}

    fn progress(&mut self, progress: Progress<'_>) {
        self.0.push(progress.done);
    }
}

/// One import of a folder into a fresh database at `path`: how long it took, how many records it made, and in which
/// transactions.
///
/// # Errors
/// The application's; or that a line was left out.
pub fn run(path: &Path, folder: &Path) -> Result<(Duration, u64, Marks), Failure> {
    let mut database = Database::open(path, throw_away_key())?;
    database.declare(TABLES)?;
    let operator = deployment_operator()?;
    database.write(|unit| create_tenant(unit, &operator, TENANT))?.into_inner();
    let mut clinic = Clinic::open(&mut database, TENANT)?;
    let mut marks = Marks::default();
    let started = Stopwatch::start();
    let total = import(&mut clinic, folder, &mut marks)?.total();
    let took = started.elapsed();
    if total.refused > 0 { Err("a line was left out".into()) } else { Ok((took, total.created, marks)) }
}

/// The rows of a finished import, in the order and the transactions in which they were written.
///
/// # Errors
/// SQLite's; or a body that is none.
pub fn replay(path: &Path, marks: &Marks) -> Result<Replay, Failure> {
    let connection = Connection::open(path)?;
    let head = "SELECT h.tenant, h.log, size, last_leaf, last_time, range, signature, h.mac
        FROM hipaa_head h JOIN hipaa_tenant t ON t.tenant = h.tenant WHERE t.name = ?1";
    let head = connection.query_row(head, [TENANT], values(8))?;
    let log = head.get(1).cloned().ok_or("no log")?;
    let mut terms = terms(&connection)?;
    let (mut commits, mut commit, mut written) = (Vec::new(), Commit::default(), 0);
    let mut marks = marks.0.iter().copied();
    let mut mark = marks.next();
    let entries = "SELECT log, sequence, body, leaf, details, time, name, actor FROM hipaa_audit WHERE log = ?1
        ORDER BY sequence";
    let mut entries = connection.prepare(entries)?;
    let entries = entries.query_map([log], values(8))?;
    for row in entries {
        let row = row?;
        let Some(Value::Blob(body)) = row.get(2) else { return Err("an entry without a body".into()) };
        let body = Body::decode(body)?;
        let named = body.field(tag::STATES).and_then(read_states);
        commit.entries.push(Entry { subjects: subjects(&connection, &row)?, row });
        let Some((label, states)) = named else { continue };
        for state in states {
            commit.records.push(record(&connection, (label, state.record), &mut terms)?);
            written += 1;
        }
        if Some(written) == mark {
            commits.push(core::mem::take(&mut commit));
            mark = marks.next();
        }
    }
    if mark.is_some() {
        return Err("the entries do not name all that was written".into());
    }
    let tables = TABLES.iter().map(|table| (table.label().to_owned(), table.columns().len())).collect();
    Ok(Replay { tables, commits, head })
}

fn values(count: usize) -> impl Fn(&rusqlite::Row<'_>) -> rusqlite::Result<Vec<Value>> {
    move |row| (0..count).map(|at| row.get(at)).collect()
}

type Terms = HashMap<(String, Vec<u8>), Vec<Vec<u8>>>;

fn terms(connection: &Connection) -> Result<Terms, Failure> {
    let mut statement = connection.prepare("SELECT tbl, record, term FROM hipaa_term")?;
    let mut rows = statement.query([])?;
    let mut terms = Terms::new();
    while let Some(row) = rows.next()? {
        terms.entry((row.get(0)?, row.get(1)?)).or_default().push(row.get(2)?);
    }
    Ok(terms)
}

fn subjects(connection: &Connection, entry: &[Value]) -> Result<Vec<Vec<u8>>, Failure> {
    let sql = "SELECT subject FROM hipaa_audit_subject WHERE log = ?1 AND sequence = ?2";
    let mut statement = connection.prepare_cached(sql)?;
    let rows = statement.query_map(params_from_iter(entry.iter().take(2)), |row| row.get(0))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

fn record(connection: &Connection, (label, id): (&str, RecordId), terms: &mut Terms) -> Result<Record, Failure> {
    let at = TABLES.iter().position(|table| table.label() == label).ok_or("an unknown table")?;
    let table = TABLES.get(at).ok_or("an unknown table")?;
    let columns = table.columns().iter().map(ColumnDef::sql_name).collect::<Vec<_>>().join(", ");
    let sql = format!("SELECT tenant, record, {columns}, hipaa_seal FROM {} WHERE record = ?1", table.sql_name());
    let row = connection.prepare_cached(&sql)?.query_row([id.as_bytes()], values(table.columns().len() + 3))?;
    let sql = "SELECT version, mac FROM hipaa_state WHERE tbl = ?1 AND record = ?2";
    let state = connection
        .prepare_cached(sql)?
        .query_row(params![label, id.as_bytes()], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let terms = terms.remove(&(label.to_owned(), id.as_bytes().to_vec())).unwrap_or_default();
    Ok(Record { table: at, row, terms, state })
}
