//! Takes notices from the outbox of every tenant and hands them to the mailer. A notice leaves the outbox when the mail was
//! taken; until then it is tried again, less and less often. Notices of the application itself, such as a prescription on its
//! way to a pharmacy, are no mail: they wait for their own sender.

use crate::mail::Mailer;
use crate::web::{Gate, Problem};
use core::time::Duration;
use hipaa_core::audit::Actor;
use hipaa_core::outbox::{Outbox, Taken};
use hipaa_core::schema::TenantId;
use hipaa_core::tenancy::list_tenants;
use hipaa_core::unit::Committed;
use hipaa_sqlite::Unit;

/// How often the outboxes are looked into.
pub const INTERVAL: Duration = Duration::from_secs(5);
const AT_ONCE: usize = 20;

/// Sends what is due, again and again; ends with the task.
pub async fn run(gate: Gate, mailer: Mailer, interval: Duration) {
    loop {
        if let Err(problem) = round(&gate, &mailer).await {
            tracing::warn!(event = "mail", cause = problem.cause().unwrap_or_default());
        }
        tokio::time::sleep(interval).await;
    }
}

async fn round(gate: &Gate, mailer: &Mailer) -> Result<(), Problem> {
    let listed: Result<Committed<_>, Problem> = gate.bridge.write(|unit| Ok(list_tenants(unit)?)).await;
    for tenant in listed?.into_inner() {
        let outbox = outbox(tenant.id)?;
        let taking = outbox.clone();
        for notice in gate.write(move |unit| Ok(taking.take_if(unit, AT_ONCE, is_mail)?)).await? {
            deliver(gate, mailer, (outbox.clone(), notice)).await?;
        }
    }
    Ok(())
}

/// Whether a notice is for a user to read. The library's topics are, and have no dot; an application's always have one.
fn is_mail(topic: &str) -> bool {
    !topic.contains('.')
}

async fn deliver(gate: &Gate, mailer: &Mailer, (outbox, notice): (Outbox, Taken)) -> Result<(), Problem> {
    let sent = mailer.send(&notice).await;
    if let Err(error) = sent {
        tracing::warn!(event = "mail", cause = %error);
    }
    let note = move |unit: &mut Unit<'_>| match sent {
        Ok(()) => Ok(outbox.sent(unit, notice)?),
        Err(_) => Ok(outbox.failed(unit, notice)?),
    };
    let noted: Result<Committed<()>, Problem> = gate.bridge.write(note).await;
    noted.map(drop)
}

fn outbox(tenant: TenantId) -> Result<Outbox, Problem> {
    let actor = Actor::new(tenant, "mailer", "system");
    Ok(Outbox::new(actor.map_err(|error| Problem::from(crate::web::Kind::Internal).caused_by(&error))?))
}

#[cfg(test)]
mod tests {
    use super::is_mail;
    use crate::clinical::prescription;
    use hipaa_core::outbox::Topic;

    #[test]
    fn a_prescription_is_no_mail_and_every_notice_of_an_account_is() {
        assert!(!is_mail(prescription::TOPIC.as_str()));
        for topic in [Topic::RESET_REQUESTED, Topic::NEW_DEVICE, Topic::EMERGENCY_ACCESS, Topic::CONTACT_CHANGED] {
            assert!(is_mail(topic.as_str()));
        }
    }
}
