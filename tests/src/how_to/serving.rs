//! `serve-async-callers.md`.

use super::clinic::{Failed, patient};
use hipaa_core::audit::Event;
use hipaa_core::vault::{Operation, Row, TenantVault};
use hipaa_sqlite::Database;
use hipaa_sqlite::bridge::{Bridge, BridgeOptions};

async fn serve(database: Database, clinic: TenantVault, row: Row, event: Event) -> Result<(), Failed> {
    let bridge = Bridge::start(database, &BridgeOptions::default())?;
    let (writing, asking) = (clinic.clone(), clinic.clone()); // a vault is cheap to clone; each closure takes its own

    // A change: runs on the writer, in one commit with what others sent in the meantime.
    let id = bridge.write(move |unit| writing.create(unit, &patient::TABLE, &row)).await?.into_inner();

    // A read: runs on a reader's connection beside the writer; released once its entry is committed.
    let record = bridge.disclose(move |unit| clinic.read(unit, &patient::TABLE, id)).await?.open()?;

    // A question that discloses nothing: no entry unless it is refused, and no waiting for the writer.
    let may = bridge.look(move |unit| asking.require_operation(unit, &patient::TABLE, Operation::Search)).await.is_ok();

    // An entry of your own.
    let position = bridge.append(event).await?;
    Ok(())
}
