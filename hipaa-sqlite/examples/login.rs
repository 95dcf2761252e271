//! The login without a web framework: what a route does, in the order in which it does it.
#![expect(clippy::print_stdout, reason = "an example")]

use hipaa_core::auth::password::{DEFAULT_QUEUE, HashingPermits};
use hipaa_core::auth::token::{ActivationToken, ResetToken, SessionToken};
use hipaa_core::authority::user::NewUser;
use hipaa_core::identity::{Client, Finished, Identity, PasswordOutcome, Settings, Use};
use hipaa_core::outbox::{MAX_TAKEN, Outbox, Topic};
use hipaa_core::vault::{Permissions, TenantVault};
use hipaa_core::{audit::Actor, keys::Kek, schema::TenantId, tenancy::create_tenant};
use hipaa_sqlite::limit::SqliteLimiter;
use hipaa_sqlite::{Database, Error};
use secrecy::SecretString;
use std::num::NonZeroUsize;

type Outcome<T> = Result<T, Box<dyn std::error::Error>>;

/// `POST /login`: the code for the second factor is another route, which calls `second_factor`.
fn login(
    db: &mut Database,
    identity: &Identity,
    login: &str,
    password: &str,
    client: &Client<'_>,
) -> Outcome<Finished> {
    let permit = identity.permit()?; // Busy: answer 503, nothing was counted
    let attempt = db.write(|unit| Ok::<_, Error>(identity.begin(unit, login, client, permit)?))?.open()?;
    let verified = attempt.verify(SecretString::from(password.to_owned()))?; // hashes: on a blocking thread
    Ok(db.write(|unit| Ok::<_, Error>(identity.finish(unit, verified, client)?))?.open()?)
}

/// Any other route: from the cookie to a door to records.
fn door(db: &mut Database, identity: &Identity, token: &SessionToken, client: &Client<'_>) -> Outcome<TenantVault> {
    let active = db.write(|unit| Ok::<_, Error>(identity.authorize(unit, token, client, Use::WORK)?))?.into_inner();
    Ok(TenantVault::new(active.actor().clone(), Permissions::everything())) // yours: the permissions of the role
}

/// The page behind the link of an activation.
fn activate(
    db: &mut Database,
    identity: &Identity,
    token: &ActivationToken,
    password: &str,
) -> Outcome<PasswordOutcome> {
    let (client, permit) = (Client::from_address([192, 0, 2, 7].into()), identity.permit()?);
    let begun = db.write(|unit| Ok::<_, Error>(identity.activate(unit, token, &client, permit)?))?.open()?;
    let judged = begun.judge(password.to_owned().into(), &["maria"])?;
    Ok(db.write(|unit| Ok::<_, Error>(identity.finish_password(unit, judged)?))?.open()?)
}

/// One round of the sender; the token of a reset, if one was asked for.
fn send_mail(db: &mut Database, tenant: TenantId) -> Outcome<Option<ResetToken>> {
    let outbox = Outbox::new(Actor::new(tenant, "mail-sender", "system")?);
    let mail = db.write(|unit| Ok::<_, Error>(outbox.take(unit, MAX_TAKEN)?))?.open()?;
    let mut link = None;
    for notice in mail {
        println!("{} to {}", notice.topic(), notice.address().unwrap_or("-"));
        if notice.is(Topic::RESET_REQUESTED) {
            link = notice.payload().and_then(|token| ResetToken::parse(token).ok());
        }
        db.write(|unit| Ok::<_, Error>(outbox.sent(unit, notice)?))?.into_inner();
    }
    Ok(link)
}

fn main() -> Outcome<()> {
    let folder = tempfile::tempdir()?;
    let kek = Kek::from_text(&"0f".repeat(32).into())?; // a real one comes from Kek::from_fd or from_file
    let mut db = Database::open(folder.path().join("emr.db"), kek)?;
    let operator = Actor::new(TenantId::DEPLOYMENT, "setup", "operator")?;
    let tenant = db.write(|unit| Ok::<_, Error>(create_tenant(unit, &operator, "North clinic")?))?.into_inner().id;

    let permits = HashingPermits::new(NonZeroUsize::MIN, DEFAULT_QUEUE);
    let limiter = SqliteLimiter::open(folder.path().join("limits.db"))?;
    let identity = Identity::with_limiter(Settings::default(), permits, limiter)?;

    let admin = Actor::new(tenant, "admin", "ADMIN")?;
    let new = NewUser { login: "maria", display_name: "Maria Osei", role: "CLINICIAN", must_change: false };
    let made = db.write(|unit| Ok::<_, Error>(identity.create_user(unit, &admin, new)?))?.open()?;
    let address = "maria@home.example";
    db.write(|unit| Ok::<_, Error>(identity.put_contact(unit, &admin, made.user, address)?))?.into_inner();
    println!("activated: {:?}", activate(&mut db, &identity, &made.token, "Tidal-Marsh 47 heron")?);

    let client = Client::from_address([192, 0, 2, 7].into()).with_user_agent("example");
    match login(&mut db, &identity, "Maria", "Tidal-Marsh 47 heron", &client)? {
        Finished::Session(session) => println!("in: {:?}", door(&mut db, &identity, &session.token, &client)?),
        Finished::SecondFactor(_) => println!("a code, please"),
        Finished::Refused(_) => println!("login name or password is wrong"),
    }
    db.write(|unit| Ok::<_, Error>(identity.request_reset(unit, "maria", &client)?))?.into_inner();
    let link = send_mail(&mut db, tenant)?;
    println!("a reset was mailed: {}", link.is_some());
    Ok(())
}
