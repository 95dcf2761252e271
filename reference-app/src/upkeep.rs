//! Deletes rows of authority that have expired: sessions, tokens, counts of failures. Expired ones confer nothing; deleting
//! them keeps the tables short.

use crate::web::{Gate, Kind, Problem};
use core::time::Duration;
use hipaa_core::audit::Actor;
use hipaa_core::authority::{Authority, AuthorityKind, MAX_ROWS, SweepMark, Swept};
use hipaa_core::outbox::Outbox;
use hipaa_core::schema::TenantId;
use hipaa_core::tenancy::list_tenants;
use hipaa_core::unit::Committed;
use hipaa_sqlite::Unit;

/// How often.
pub const INTERVAL: Duration = Duration::from_secs(60 * 60);
const KINDS: [AuthorityKind; 5] = [
    AuthorityKind::Session,
    AuthorityKind::PendingLogin,
    AuthorityKind::ResetToken,
    AuthorityKind::FailureCount,
    AuthorityKind::SecondFactor,
];

/// Sweeps again and again; ends with the task.
pub async fn run(gate: Gate, interval: Duration) {
    loop {
        tokio::time::sleep(interval).await;
        if let Err(problem) = round(&gate).await {
            tracing::warn!(event = "upkeep", cause = problem.cause().unwrap_or_default());
        }
    }
}

/// Sweeps every tenant once.
///
/// # Errors
/// The database's.
pub async fn round(gate: &Gate) -> Result<(), Problem> {
    let listed: Result<Committed<_>, Problem> = gate.bridge.write(|unit| Ok(list_tenants(unit)?)).await;
    for tenant in listed?.into_inner() {
        for kind in KINDS {
            sweep(gate, tenant.id, move |unit, actor, after| {
                Ok(Authority::new(actor).sweep(unit, kind, after, MAX_ROWS)?)
            })
            .await?;
        }
        sweep(gate, tenant.id, |unit, actor, after| Ok(Outbox::new(actor).sweep(unit, after, MAX_ROWS)?)).await?;
    }
    Ok(())
}

async fn sweep(
    gate: &Gate,
    tenant: TenantId,
    page: impl Fn(&mut Unit<'_>, Actor, Option<SweepMark>) -> Result<Swept, Problem> + Copy + Send + 'static,
) -> Result<(), Problem> {
    let actor = Actor::new(tenant, "upkeep", "system").map_err(|_| Kind::Internal)?;
    let mut after = None;
    loop {
        let (actor, from) = (actor.clone(), after);
        let swept: Result<Committed<_>, Problem> = gate.bridge.write(move |unit| page(unit, actor, from)).await;
        after = swept?.into_inner().next;
        if after.is_none() {
            return Ok(());
        }
    }
}
