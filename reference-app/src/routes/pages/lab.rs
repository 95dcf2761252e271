//! The tamper lab of the demo: plain SQL on a connection of its own, as somebody would use it who got hold of the disk. It is
//! no route of any other deployment.

use crate::page::{Html, Shell, Viewer};
use crate::state::App;
use crate::web::{Kind, Problem};
use askama::Template;
use axum::extract::State;
use axum::response::IntoResponse;
use axum::routing::get;
use axum::{Form, Router};
use hipaa_core::schema::{RecordId, TenantId};
use hipaa_sqlite::rusqlite::{self, Connection, OptionalExtension as _};
use serde::Deserialize;
use std::path::Path;

/// The routes of this area.
pub fn router() -> Router<App> {
    Router::new().route("/lab", get(show).post(strike))
}

/// One way to tamper.
#[derive(Clone, Copy)]
struct Attack {
    name: &'static str,
    title: &'static str,
    about: &'static str,
    done: &'static str,
    of_record: bool,
    sql: &'static str,
}

const VICTIM: &str = "SELECT record FROM patient WHERE tenant = ?1 ORDER BY record LIMIT 1 OFFSET 3";
const ATTACKS: [Attack; 4] = [
    Attack {
        name: "swap",
        title: "Swap a birth date",
        about: "Gives a patient's row the sealed birth date of another patient.",
        done: "A patient has another patient's birth date now.",
        of_record: true,
        sql: "UPDATE patient SET birth_date = (SELECT birth_date FROM patient WHERE tenant = ?1 AND record <> ?2 LIMIT 1) \
              WHERE tenant = ?1 AND record = ?2",
    },
    Attack {
        name: "delete",
        title: "Delete a patient",
        about: "Takes a patient's row away, as if there never had been one.",
        done: "A patient's row is gone.",
        of_record: true,
        sql: "DELETE FROM patient WHERE tenant = ?1 AND record = ?2",
    },
    Attack {
        name: "rewrite",
        title: "Rewrite an entry of the log",
        about: "Changes one byte of an entry in the middle of the clinic's log: of who it was, for instance.",
        done: "An entry of the log is another one.",
        of_record: false,
        sql: "UPDATE hipaa_audit SET body = CAST(substr(body, 1, length(body) - 1) || \
              CASE substr(body, -1) WHEN x'00' THEN x'01' ELSE x'00' END AS BLOB) \
              WHERE log = ?1 AND sequence = ?2",
    },
    Attack {
        name: "forget",
        title: "Forget an entry of the log",
        about: "Deletes an entry from the middle of the clinic's log.",
        done: "An entry of the log is gone.",
        of_record: false,
        sql: "DELETE FROM hipaa_audit WHERE log = ?1 AND sequence = ?2",
    },
];

struct Done {
    what: &'static str,
    sql: &'static str,
    rows: usize,
    record: Option<String>,
}

#[derive(Template)]
#[template(path = "lab.html")]
struct Lab {
    shell: Shell,
    attacks: &'static [Attack],
    done: Option<Done>,
}

async fn show(viewer: Viewer) -> impl IntoResponse {
    Html(Lab { shell: viewer.shell("/lab"), attacks: &ATTACKS, done: None })
}

/// Which attack, on which record.
#[derive(Deserialize)]
struct Strike {
    attack: String,
    #[serde(default)]
    record: String,
}

async fn strike(
    State(app): State<App>,
    viewer: Viewer,
    Form(asked): Form<Strike>,
) -> Result<impl IntoResponse, Problem> {
    let file = app.file.clone();
    let attack = ATTACKS.iter().find(|attack| attack.name == asked.attack).ok_or(Kind::NotFound)?;
    let record = match asked.record.trim() {
        "" => None,
        text => Some(RecordId::parse(text).map_err(|_| Problem::new(Kind::Invalid).field("record", "no record id"))?),
    };
    let tenant = viewer.tenant;
    let struck = app.gate.blocking(move |_| {
        tamper(&file, attack, (tenant, record)).map_err(|error| hipaa_sqlite::Error::from(error).into())
    });
    Ok(Html(Lab { shell: viewer.shell("/lab"), attacks: &ATTACKS, done: Some(struck.await?) }))
}

fn tamper(file: &Path, attack: &Attack, (tenant, record): (TenantId, Option<RecordId>)) -> rusqlite::Result<Done> {
    let connection = Connection::open(file)?;
    connection.busy_timeout(core::time::Duration::from_secs(5))?;
    // The triggers that refuse such edits are in the file as well, and whoever has the file takes them out.
    drop_guards(&connection)?;
    let tenant = tenant.as_bytes();
    let (rows, record) = if attack.of_record {
        let any = || connection.query_row(VICTIM, [tenant], |row| row.get::<_, Vec<u8>>(0)).optional();
        let record = match record {
            Some(record) => Some(record.as_bytes().to_vec()),
            None => any()?,
        };
        let rows = connection.execute(attack.sql, (tenant, &record))?;
        (rows, record.and_then(|id| RecordId::from_slice(&id).ok()).map(|id| id.to_string()))
    } else {
        let log = "SELECT log, size / 2 FROM hipaa_head WHERE tenant = ?1";
        let (log, middle) =
            connection.query_row(log, [tenant], |row| Ok((row.get::<_, Vec<u8>>(0)?, row.get::<_, i64>(1)?)))?;
        (connection.execute(attack.sql, (log, middle))?, None)
    };
    Ok(Done { what: attack.done, sql: attack.sql, rows, record })
}

fn drop_guards(connection: &Connection) -> rusqlite::Result<()> {
    let sql = "SELECT name FROM sqlite_schema WHERE type = 'trigger' AND tbl_name = 'hipaa_audit'";
    let names =
        connection.prepare(sql)?.query_map([], |row| row.get::<_, String>(0))?.collect::<rusqlite::Result<Vec<_>>>()?;
    names.iter().try_for_each(|name| connection.execute_batch(&format!("DROP TRIGGER \"{name}\"")))
}
