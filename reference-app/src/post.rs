//! Takes notices from the outbox of every tenant and hands them to whoever sends them on. A notice leaves the outbox when it
//! was taken there; until then it is tried again, less and less often. Mail is for users; a notice of the application itself,
//! such as a prescription on its way to a pharmacy, is no mail and has its own sender.

use crate::mail::Mailer;
use crate::web::{Gate, Problem};
use core::fmt::Display;
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

/// Whoever sends notices of some topics on.
pub trait Sender: Send + Sync {
    /// By which entries and the log name it.
    const NAME: &'static str;
    /// Which topics it sends.
    const WANTED: fn(topic: &str) -> bool;
    /// Why a notice was not taken. Its text goes to the log: it says nothing of the notice.
    type Error: Display + Send;

    /// Sends one.
    fn send(&self, tenant: TenantId, notice: &Taken) -> impl Future<Output = Result<(), Self::Error>> + Send;
}

impl Sender for Mailer {
    const NAME: &'static str = "mailer";
    const WANTED: fn(topic: &str) -> bool = is_mail;
    type Error = crate::mail::MailError;

    async fn send(&self, _: TenantId, notice: &Taken) -> Result<(), Self::Error> {
        Self::send(self, notice).await
    }
}

/// Sends what is due, again and again; ends with the task.
pub async fn run<S: Sender>(gate: Gate, sender: S, interval: Duration) {
    loop {
        if let Err(problem) = round(&gate, &sender).await {
            tracing::warn!(event = S::NAME, cause = problem.cause().unwrap_or_default());
        }
        tokio::time::sleep(interval).await;
    }
}

async fn round<S: Sender>(gate: &Gate, sender: &S) -> Result<(), Problem> {
    let listed: Result<Committed<_>, Problem> = gate.bridge.write(|unit| Ok(list_tenants(unit)?)).await;
    for tenant in listed?.into_inner() {
        let outbox = Outbox::new(actor::<S>(tenant.id)?);
        let taking = outbox.clone();
        for notice in gate.write(move |unit| Ok(taking.take_if(unit, AT_ONCE, S::WANTED)?)).await? {
            deliver(gate, sender, (tenant.id, outbox.clone(), notice)).await?;
        }
    }
    Ok(())
}

/// Whether a notice is for a user to read. The library's topics are, and have no dot; an application's always have one.
fn is_mail(topic: &str) -> bool {
    !topic.contains('.')
}

async fn deliver<S: Sender>(
    gate: &Gate,
    sender: &S,
    (tenant, outbox, notice): (TenantId, Outbox, Taken),
) -> Result<(), Problem> {
    let sent = sender.send(tenant, &notice).await;
    if let Err(error) = &sent {
        tracing::warn!(event = S::NAME, cause = %error);
    }
    let sent = sent.is_ok();
    let note = move |unit: &mut Unit<'_>| match sent {
        true => Ok(outbox.sent(unit, notice)?),
        false => Ok(outbox.failed(unit, notice)?),
    };
    let noted: Result<Committed<()>, Problem> = gate.bridge.write(note).await;
    noted.map(drop)
}

/// In whose name a sender works.
///
/// # Errors
/// [`Kind::Internal`](crate::web::Kind::Internal): a name that no actor can have.
pub fn actor<S: Sender>(tenant: TenantId) -> Result<Actor, Problem> {
    let actor = Actor::new(tenant, S::NAME, "system");
    actor.map_err(|error| Problem::from(crate::web::Kind::Internal).caused_by(&error))
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
