//! Sends prescriptions from the outbox to the gateway of the pharmacy network, which runs on this machine: one
//! `POST /prescriptions` each, as JSON, with the id of its notice as `Idempotency-Key`. What is sent is read then, from the vault and
//! under an entry; one that was altered or is gone is not sent.
//!
//! A notice may come twice with one key where a process dies between sending and noting it; the gateway takes it once.

use crate::clinical::prescription::{self, Printed};
use crate::post::{Sender, actor};
use crate::schema::PATIENT;
use crate::schema::clinical::{MEDICATIONS, PRACTITIONERS};
use crate::web::{Gate, Problem};
use core::time::Duration;
use hipaa_core::clock::Clock;
use hipaa_core::outbox::Taken;
use hipaa_core::schema::TenantId;
use hipaa_core::vault::{Operation, Permissions, TenantVault};
use hipaa_sqlite::Unit;
use http_body_util::Full;
use hyper::Request;
use hyper::body::Bytes;
use hyper::header::{CONTENT_TYPE, HOST};
use hyper_util::rt::TokioIo;
use serde::Serialize;
use std::net::SocketAddr;
use std::sync::Arc;
use tokio::net::TcpStream;

/// How long the gateway may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// Why a prescription was not sent. It says nothing of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PharmacyError {
    /// The notice names no prescription, or no pharmacy.
    #[error("the notice names no prescription or no pharmacy")]
    Notice,
    /// The prescription could not be read, or was altered.
    #[error("the prescription could not be read as it was written")]
    Unreadable,
    /// The gateway did not take it.
    #[error("the gateway did not take the prescription")]
    NotTaken,
}

/// The gateway, and what is read for it.
#[derive(Debug, Clone)]
pub struct Pharmacy {
    gateway: SocketAddr,
    gate: Gate,
    clock: Clock,
}

/// What the gateway gets.
#[derive(Serialize)]
struct Message<'a> {
    id: &'a str,
    pharmacy: &'a str,
    #[serde(flatten)]
    sheet: Printed,
}

impl Pharmacy {
    /// Sends to this gateway.
    #[must_use]
    pub const fn new(gateway: SocketAddr, gate: Gate, clock: Clock) -> Self {
        Self { gateway, gate, clock }
    }

    /// Whose prescription it is has to be known before the next step, as for printing.
    async fn sheet(&self, tenant: TenantId, notice: &Taken) -> Result<Printed, Problem> {
        let about = notice.about().ok_or(crate::web::Kind::NotFound)?;
        let vault = TenantVault::new(actor::<Self>(tenant)?, permissions());
        let reading = vault.clone();
        let read = self.gate.bridge.disclose(move |unit: &mut Unit<'_>| prescription::read(unit, &reading, about));
        let record = Arc::new(read.await.map_err(Problem::from)?.open()?);
        let of = Arc::clone(&record);
        let rest = self.gate.bridge.disclose(move |unit: &mut Unit<'_>| prescription::sheet(unit, &vault, &of));
        let (patient, prescriber) = rest.await.map_err(Problem::from)?.open()?;
        Ok(Printed::of(&record, (&patient, prescriber.as_ref()), self.clock.now()))
    }
}

/// No more than stands on a prescription.
fn permissions() -> Permissions {
    [&MEDICATIONS, &PATIENT, &PRACTITIONERS]
        .into_iter()
        .fold(Permissions::none(), |given, table| given.allow(table, &[Operation::Read]))
}

impl Sender for Pharmacy {
    const NAME: &'static str = "pharmacy";
    const WANTED: fn(topic: &str) -> bool = |topic| topic == prescription::TOPIC.as_str();
    type Error = PharmacyError;

    async fn send(&self, tenant: TenantId, notice: &Taken) -> Result<(), PharmacyError> {
        let (id, pharmacy) = (notice.id().to_string(), notice.address().ok_or(PharmacyError::Notice)?);
        // What cannot be sent is not read.
        let gateway = tokio::time::timeout(PATIENCE, TcpStream::connect(self.gateway)).await;
        let Ok(Ok(gateway)) = gateway else { return Err(PharmacyError::NotTaken) };
        let sheet = self.sheet(tenant, notice).await.map_err(|_| PharmacyError::Unreadable)?;
        let message = serde_json::to_vec(&Message { id: &id, pharmacy, sheet }).map_err(|_| PharmacyError::Notice)?;
        let taken = tokio::time::timeout(PATIENCE, post((gateway, self.gateway), &id, message)).await;
        if matches!(taken, Ok(Some(true))) { Ok(()) } else { Err(PharmacyError::NotTaken) }
    }
}

/// Whether the gateway took it; none where it is no such thing.
async fn post((stream, host): (TcpStream, SocketAddr), id: &str, body: Vec<u8>) -> Option<bool> {
    let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await.ok()?;
    let connection = tokio::spawn(connection);
    let request = Request::post("/prescriptions").header(HOST, host.to_string());
    let request = request.header(CONTENT_TYPE, "application/json").header("idempotency-key", id);
    let answer = sender.send_request(request.body(Full::new(Bytes::from(body))).ok()?).await;
    connection.abort();
    Some(answer.ok()?.status().is_success())
}
