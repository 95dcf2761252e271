//! The reference application on a port of its own, with a patient of twelve demographic columns and twenty encounters.

use super::{encounter, frame, listen};
use crate::Failure;
use crate::http;
use crate::ours::throw_away_key;
use hipaa_core::audit::Actor;
use hipaa_core::authority::user::NewUser;
use hipaa_core::clock::Clock;
use hipaa_core::identity::Settings;
use hipaa_core::schema::{RecordId, TenantId};
use hipaa_core::tenancy::create_tenant;
use hipaa_core::vault::{Permissions, Row, TenantVault};
use hipaa_sqlite::{Database, Error};
use reference_app::policy::policy;
use reference_app::routes::application;
use reference_app::schema::{DECEASED, PATIENT, TABLES};
use reference_app::state::App;
use secrecy::ExposeSecret as _;
use std::net::SocketAddr;
use std::path::Path;
use tokio::runtime::Runtime;

const PASSWORD: &str = "copper Lantern 58 drifts";

/// A server, and the request for the chart with the cookie of a session.
#[derive(Debug)]
pub struct Site {
    /// Where it listens.
    pub address: SocketAddr,
    /// The request.
    pub request: Vec<u8>,
    _runtime: Runtime,
}

impl Site {
    /// Makes the database, a clinician, a patient and the encounters, all over the application's own interface.
    ///
    /// # Errors
    /// When a step fails.
    pub fn create(path: &Path) -> Result<Self, Failure> {
        let runtime = Runtime::new()?;
        let mut database = Database::open(path, throw_away_key())?;
        database.declare(TABLES)?;
        let operator = Actor::new(TenantId::DEPLOYMENT, "bench", "operator")?;
        let tenant = database.write(|unit| Ok::<_, Error>(create_tenant(unit, &operator, "North")?))?.into_inner();
        let mut made = None;
        let address = listen(&runtime, |address| {
            let app = App::start(database, frame(address)?, (Settings::default(), policy()?, Clock::system()))?;
            made = Some(app.clone());
            Ok(application(app))
        })?;
        let app = made.ok_or("no application")?;
        let admin = Actor::new(tenant.id, "admin", "ORG_ADMIN")?;
        let identity = app.gate.identity.clone();
        let make = app.gate.bridge.write(move |unit| {
            let new = NewUser { login: "maria", display_name: "Maria", role: "CLINICIAN", must_change: false };
            Ok::<_, Error>(identity.create_user(unit, &admin, new)?)
        });
        let token = runtime.block_on(make)?.open()?.token.text().expose_secret().to_owned();
        let (request, patient) = fill(address, &token)?;
        // The twelfth column has no field in the API.
        let vault = TenantVault::new(Actor::new(tenant.id, "import", "operator")?, Permissions::everything());
        let row = Row::new().set(DECEASED, "false");
        let more =
            app.gate.bridge.write(move |unit| Ok::<_, Error>(vault.update(unit, &PATIENT, (patient, 1), &row)?));
        runtime.block_on(more)?.into_inner();
        Ok(Self { address, request, _runtime: runtime })
    }
}

fn fill(address: SocketAddr, token: &str) -> Result<(Vec<u8>, RecordId), Failure> {
    let mut client = http::Client::connect(address)?;
    let post = |client: &mut http::Client, path: &str, cookie: &str, body: &serde_json::Value| {
        client.send(&http::request("POST", path, (address, cookie), Some(&body.to_string())))
    };
    post(&mut client, "/api/auth/activate", "", &serde_json::json!({ "token": token, "password": PASSWORD }))?;
    let login = serde_json::json!({ "login": "maria", "password": PASSWORD });
    let cookie = post(&mut client, "/api/auth/login", "", &login)?.cookie("__Host-session").ok_or("no session")?;
    let patient = serde_json::json!({
        "family": "Roe", "given": ["Ann", "Mary"], "birth_date": "1980-02-29", "gender": "female", "mrn": ["M-1"],
        "ssn": "536-90-4399", "phones": ["+1 555 806 9773"], "emails": ["ann@example.org"], "language": "en",
        "marital_status": "married",
    });
    let place = post(&mut client, "/api/patients", &cookie, &patient)?.header("location").ok_or("no place")?;
    for day in 1..=20 {
        let note = encounter(day);
        post(&mut client, &format!("{place}/encounters"), &cookie, &note)?;
    }
    let patient = RecordId::parse(place.rsplit('/').next().unwrap_or_default())?;
    Ok((http::request("GET", &format!("{place}/chart"), (address, &cookie), None), patient))
}
