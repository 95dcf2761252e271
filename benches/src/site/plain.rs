//! The same chart on plaintext rows, through the same bridge and frame: a session is looked up, the rows are read, and a
//! row that says so is durable before the answer.

use super::{encounter, frame, listen};
use crate::Failure;
use crate::http;
use crate::ours::throw_away_key;
use axum::Router;
use axum::extract::{Path as Segment, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::IntoResponse;
use axum::routing::get;
use hipaa_sqlite::bridge::{Bridge, BridgeOptions};
use hipaa_sqlite::{Database, Error, Unit};
use rusqlite::{OptionalExtension as _, Row, params};
use serde_json::{Value, json};
use std::net::SocketAddr;
use std::path::Path;
use tokio::runtime::Runtime;

const TOKEN: &str = "0123456789abcdef0123456789abcdef0123456789abcdef";
const PATIENT: &str = "11111111-1111-4111-8111-111111111111";
const FIELDS: [&str; 12] = [
    "family",
    "given",
    "birth_date",
    "deceased",
    "gender",
    "mrn",
    "ssn",
    "phones",
    "emails",
    "marital_status",
    "language",
    "names",
];

const SCHEMA: &str = "
CREATE TABLE plain_session (token TEXT PRIMARY KEY, user TEXT, role TEXT, expires INTEGER, tenant BLOB);
CREATE TABLE plain_patient (id TEXT PRIMARY KEY, family TEXT, given TEXT, birth_date TEXT, deceased TEXT, gender TEXT,
    mrn TEXT, ssn TEXT, phones TEXT, emails TEXT, marital_status TEXT, language TEXT, names TEXT, version INTEGER);
CREATE TABLE plain_encounter (id TEXT PRIMARY KEY, patient TEXT, started TEXT, label TEXT, chief_complaint TEXT,
    assessment TEXT, plan TEXT, version INTEGER);
CREATE INDEX plain_by_patient ON plain_encounter (patient);
CREATE TABLE plain_audit (sequence INTEGER PRIMARY KEY, body BLOB, time INTEGER, name TEXT, actor TEXT);
CREATE INDEX plain_audit_time ON plain_audit (time);
CREATE TABLE plain_audit_subject (subject BLOB, sequence INTEGER, PRIMARY KEY (subject, sequence)) WITHOUT ROWID;";

/// A server, and the request for the chart.
#[derive(Debug)]
pub struct Site {
    /// Where it listens.
    pub address: SocketAddr,
    /// The request.
    pub request: Vec<u8>,
    _runtime: Runtime,
}

impl Site {
    /// Makes the tables, the patient and the encounters.
    ///
    /// # Errors
    /// When a step fails.
    pub fn create(path: &Path) -> Result<Self, Failure> {
        let runtime = Runtime::new()?;
        let mut database = Database::open(path, throw_away_key())?;
        database.write(fill)?.into_inner();
        let bridge = Bridge::start(database, &BridgeOptions::default())?;
        let address = listen(&runtime, |address| {
            let router = Router::new().route("/api/patients/{id}/chart", get(chart)).with_state(bridge);
            Ok(frame(address)?.around(router, "/api/"))
        })?;
        let request = http::request("GET", &format!("/api/patients/{PATIENT}/chart"), (address, TOKEN), None);
        Ok(Self { address, request, _runtime: runtime })
    }
}

fn fill(unit: &mut Unit<'_>) -> Result<(), Error> {
    let sql = unit.sql();
    sql.execute_batch(SCHEMA)?;
    sql.execute("INSERT INTO plain_session VALUES (?1, 'maria', 'CLINICIAN', 1 << 62, zeroblob(16))", [TOKEN])?;
    let patient = "INSERT INTO plain_patient VALUES (?1, 'Roe', 'Ann', '1980-02-29', 'false', 'female', 'M-1', '536-90-4399',
        '+1 555 806 9773', 'ann@example.org', 'married', 'en', '[{\"family\":\"Roe\",\"given\":[\"Ann\",\"Mary\"]}]', 1)";
    sql.execute(patient, [PATIENT])?;
    for day in 1..=20 {
        let note = encounter(day);
        let text = |name: &str| note[name].as_str().unwrap_or_default().to_owned();
        let id = format!("{day:08}-1111-4111-8111-111111111111");
        let row = params![
            id,
            PATIENT,
            text("started"),
            text("label"),
            text("chief_complaint"),
            text("assessment"),
            text("plan")
        ];
        sql.execute("INSERT INTO plain_encounter VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, 1)", row)?;
    }
    Ok(())
}

async fn chart(State(bridge): State<Bridge>, Segment(id): Segment<String>, headers: HeaderMap) -> impl IntoResponse {
    match answer(&bridge, id, &headers).await {
        Ok(Some(chart)) => ([(header::ETAG, "\"v1\"")], axum::Json(chart)).into_response(),
        Ok(None) => StatusCode::UNAUTHORIZED.into_response(),
        Err(_) => StatusCode::SERVICE_UNAVAILABLE.into_response(),
    }
}

async fn answer(bridge: &Bridge, id: String, headers: &HeaderMap) -> Result<Option<Value>, Error> {
    let cookie = headers.get(header::COOKIE).and_then(|line| line.to_str().ok()?.strip_prefix("__Host-session="));
    let token = cookie.unwrap_or_default().to_owned();
    let user = bridge.write(move |unit| session(unit, &token)).await?.into_inner();
    let Some(user) = user else { return Ok(None) };
    let patient = id.clone();
    let chart = bridge.disclose(move |unit| read(unit, &patient)).await?.into_inner();
    bridge.write(move |unit| note(unit, &user, &id)).await?.into_inner();
    Ok(Some(chart))
}

fn session(unit: &mut Unit<'_>, token: &str) -> Result<Option<String>, Error> {
    let sql = "SELECT user FROM plain_session WHERE token = ?1 AND expires > ?2";
    Ok(unit.sql().prepare_cached(sql)?.query_row(params![token, 0], |row| row.get(0)).optional()?)
}

fn read(unit: &mut Unit<'_>, id: &str) -> Result<Value, Error> {
    let sql = unit.sql();
    let person = |row: &Row<'_>| {
        let mut person = serde_json::Map::new();
        for (at, name) in FIELDS.into_iter().enumerate() {
            person.insert(name.to_owned(), row.get::<_, Option<String>>(at + 1)?.into());
        }
        Ok(Value::Object(person))
    };
    let patient = sql.prepare_cached("SELECT * FROM plain_patient WHERE id = ?1")?.query_row([id], person)?;
    let mut statement =
        sql.prepare_cached("SELECT * FROM plain_encounter WHERE patient = ?1 ORDER BY started DESC LIMIT 20")?;
    let visit = |row: &Row<'_>| {
        let text = |at: usize| row.get::<_, Option<String>>(at);
        Ok(json!({
            "id": text(0)?, "patient": text(1)?, "started": text(2)?, "label": text(3)?, "chief_complaint": text(4)?,
            "assessment": text(5)?, "plan": text(6)?, "version": row.get::<_, i64>(7)?,
        }))
    };
    let encounters = statement.query_map([id], visit)?.collect::<Result<Vec<_>, _>>()?;
    Ok(json!({ "patient": patient, "encounters": encounters, "total": encounters.len(), "flagged": [] }))
}

/// The row of the entry: a body as long as ours, its searchable columns, and its subject.
fn note(unit: &mut Unit<'_>, user: &str, patient: &str) -> Result<(), Error> {
    let sql = unit.sql();
    let insert = "INSERT INTO plain_audit (body, time, name, actor) VALUES (zeroblob(720), 1, 'PHI_READ', ?1)";
    sql.prepare_cached(insert)?.execute([user])?;
    let subject = "INSERT INTO plain_audit_subject VALUES (?1, ?2)";
    sql.prepare_cached(subject)?.execute(params![patient, sql.last_insert_rowid()])?;
    Ok(())
}
