//! `embed-login.md`, `send-notices.md`.

use super::clinic::Failed;
use core::net::IpAddr;
use core::num::NonZeroUsize;
use core::time::Duration;
use hipaa_core::audit::Actor;
use hipaa_core::auth::password::{DEFAULT_QUEUE, HashingPermits};
use hipaa_core::auth::role::RolePolicy;
use hipaa_core::auth::token::{PendingToken, SessionToken};
use hipaa_core::clock::Timestamp;
use hipaa_core::identity::{Client, Finished, Identity, NewSession, Settings, Use};
use hipaa_core::outbox::{MAX_TAKEN, NewNotice, Outbox, OutboxError, Taken, Topic};
use hipaa_core::schema::{RecordId, TenantId, UserId};
use hipaa_core::vault::TenantVault;
use hipaa_sqlite::limit::SqliteLimiter;
use hipaa_sqlite::{Database, Error, Unit};
use secrecy::SecretString;
use std::thread::sleep;

fn once() -> Result<Identity, Failed> {
    let permits = HashingPermits::new(NonZeroUsize::new(4).unwrap(), DEFAULT_QUEUE); // cores; 19 MiB each
    let identity = Identity::new(Settings::default(), permits)?; // policy `clinic`
    Ok(identity)
}

fn shared(permits: HashingPermits) -> Result<Identity, Failed> {
    let limiter = SqliteLimiter::open("limits.db")?; // beside the database, never in it
    let identity = Identity::with_limiter(Settings::default(), permits, limiter)?;
    Ok(identity)
}

struct Form {
    login: String,
    password: SecretString,
}

fn set_cookies(_: NewSession) {}
fn ask_for_code(_: PendingToken) {}
fn same_answer() {}

fn log_in(
    (db, identity, form): (&mut Database, &Identity, Form),
    (address, agent, device_cookie): (IpAddr, &str, &str),
    now: Timestamp,
) -> Result<(), Failed> {
    let client = Client::from_address(address).with_user_agent(agent).with_device(device_cookie);
    let permit = identity.permit()?; // Busy: answer 503, nothing was counted
    let attempt = db.write(|unit| Ok::<_, Error>(identity.begin(unit, &form.login, &client, permit)?))?.open()?;
    let verified = attempt.verify(form.password)?; // hashes: on a blocking thread
    match db.write(|unit| Ok::<_, Error>(identity.finish(unit, verified, &client)?))?.open()? {
        Finished::Session(session) => set_cookies(session), // session.rights: Full or MustChange
        Finished::SecondFactor(pending) => ask_for_code(pending.token),
        Finished::Refused(refusal) => {
            sleep(refusal.wait(now));
            same_answer()
        }
    }
    Ok(())
}

fn request(
    (db, identity): (&mut Database, &Identity),
    (token, client, policy): (SessionToken, Client<'_>, RolePolicy),
) -> Result<(), Failed> {
    let active = db.write(|unit| Ok::<_, Error>(identity.authorize(unit, &token, &client, Use::WORK)?))?.into_inner();
    let vault = TenantVault::signed_in(&active, &policy); // roles and masks: define-roles.md
    Ok(())
}

fn send(_: &Taken) -> bool {
    true
}

fn sender(db: &mut Database, tenant: TenantId) -> Result<(), Failed> {
    let outbox = Outbox::new(Actor::new(tenant, "mail-sender", "system")?);
    loop {
        let mail = db.write(|unit| outbox.take(unit, MAX_TAKEN))?.open()?; // leased for 5 minutes
        for notice in mail {
            let sent = send(&notice); // message id: notice.id()
            db.write(|unit| if sent { outbox.sent(unit, notice) } else { outbox.failed(unit, notice) })?.into_inner();
        }
        sleep(Duration::from_secs(10));
    }
}

fn own(
    unit: &mut Unit<'_>,
    outbox: &Outbox,
    (prescriber, pharmacy, order): (UserId, &str, RecordId),
) -> Result<(), OutboxError> {
    const PRESCRIPTION: Topic = Topic::application("com.example.prescription");
    outbox.put(unit, &NewNotice::new(PRESCRIPTION, prescriber).address(pharmacy).about(order))?;
    Ok(())
}
