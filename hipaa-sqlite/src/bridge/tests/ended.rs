//! What was read beside the writer, when the authority to read it ends before the writer has its turn.

use super::{NAME, TABLE, Ward, patient, ward};
use crate::bridge::BridgeOptions;
use crate::{Error, Unit};
use hipaa_core::auth::password::HashingPermits;
use hipaa_core::auth::role::RolePolicy;
use hipaa_core::authority::user::NewUser;
use hipaa_core::identity::{Active, Client, Finished, Identity, IdentityError, PasswordOutcome, Settings, Use};
use hipaa_core::schema::{RecordId, UserId};
use hipaa_core::unit::{Committed, Release};
use hipaa_core::vault::{TenantVault, VaultError};

const PASSWORD: &str = "Tidal-Marsh 47 heron";

fn client() -> Client<'static> {
    Client::from_address([192, 0, 2, 1].into())
}

async fn run<R: Release + Send + 'static>(
    ward: &Ward,
    work: impl FnOnce(&mut Unit<'_>) -> Result<R, IdentityError> + Send + 'static,
) -> R::Output {
    ward.bridge.write(|unit| work(unit).map_err(Error::from)).await.unwrap().open().unwrap()
}

/// A clinician who is signed in.
async fn sign_in(ward: &Ward, identity: &Identity) -> (UserId, Active) {
    let (admin, known) = (ward.vault.actor().clone(), identity.clone());
    let invited = run(ward, move |unit| {
        let new = NewUser { login: "maria", display_name: "Maria", role: "CLINICIAN", must_change: false };
        known.create_user(unit, &admin, new)
    });
    let invited = invited.await;
    let (known, permit) = (identity.clone(), identity.permit().unwrap());
    let begun = run(ward, move |unit| known.activate(unit, &invited.token, &client(), permit)).await;
    let new = begun.judge(PASSWORD.to_owned().into(), &[]).unwrap();
    let known = identity.clone();
    let set = run(ward, move |unit| known.finish_password(unit, new)).await;
    assert!(matches!(set, PasswordOutcome::Set));
    let (known, permit) = (identity.clone(), identity.permit().unwrap());
    let attempt = run(ward, move |unit| known.begin(unit, "maria", &client(), permit)).await;
    let verified = attempt.verify(PASSWORD.to_owned().into()).unwrap();
    let known = identity.clone();
    let Finished::Session(session) = run(ward, move |unit| known.finish(unit, verified, &client())).await else {
        panic!("no session");
    };
    let known = identity.clone();
    let active =
        ward.bridge.write(move |unit| Ok::<_, Error>(known.authorize(unit, &session.token, &client(), Use::WORK)?));
    (invited.user, active.await.unwrap().into_inner())
}

async fn read(ward: &Ward, vault: &TenantVault, record: RecordId) -> Result<String, VaultError> {
    let vault = vault.clone();
    let record = ward.bridge.disclose(move |unit| vault.read(unit, &TABLE, record)).await?.open()?;
    Ok(record.get(NAME).unwrap().unwrap().to_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_read_is_not_released_if_the_role_changed_before_the_writers_turn() {
    let ward = ward(&BridgeOptions::default());
    let tool = ward.vault.clone();
    let made = ward.bridge.write(move |unit| tool.create(unit, &TABLE, &patient())).await.unwrap().into_inner();
    let identity = Identity::new(Settings::default(), HashingPermits::new(2.try_into().unwrap(), 8)).unwrap();
    let (maria, active) = sign_in(&ward, &identity).await;
    let policy = RolePolicy::clinic().patients(&TABLE, &[]).build().unwrap();
    let vault = TenantVault::signed_in(&active, &policy);
    assert_eq!(read(&ward, &vault, made).await.as_deref(), Ok("Zo\u{eb}"));
    let (release, held) = ward.hold_writer().await;
    // In the queue before the reading is: the reader still sees the role of before.
    let (admin, known, bridge) = (ward.vault.actor().clone(), identity.clone(), ward.bridge.clone());
    let changing = tokio::spawn(async move {
        let change = move |unit: &mut Unit<'_>| Ok::<_, Error>(known.change_role(unit, &admin, maria, "STAFF")?);
        bridge.write(change).await.map(Committed::into_inner)
    });
    ward.queue_has(1).await;
    let let_go = async {
        ward.queue_has(2).await;
        drop(release);
    };
    let (late, ()) = tokio::join!(read(&ward, &vault, made), let_go);
    held.await.unwrap();
    changing.await.unwrap().unwrap();
    assert_eq!(late, Err(VaultError::Ended));
    assert_eq!(ward.entries("PHI_READ"), 2, "one released, one denied");
    assert_eq!(read(&ward, &vault, made).await, Err(VaultError::Ended), "and not even read from then on");
}
