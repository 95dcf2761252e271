//! The bridge under load and under failure, on a real file.

mod ended;

use super::{Bridge, BridgeError, BridgeOptions};
use crate::{Database, Error, rusqlite};
use core::num::NonZeroUsize;
use hipaa_core::audit::{Action, Actor, Event, EventName};
use hipaa_core::auth::password::HashingPermits;
use hipaa_core::authority::user::{NewUser, UserError};
use hipaa_core::authority::{Authority, AuthorityError};
use hipaa_core::identity::{Identity, IdentityError, Settings};
use hipaa_core::keys::Kek;
use hipaa_core::schema::{Column, RecordId, Table, TenantId, Text};
use hipaa_core::store::StoreError;
use hipaa_core::tenancy::create_tenant;
use hipaa_core::unit::UnitError;
use hipaa_core::vault::{Operation, Permissions, Row, TenantVault, VaultError};
use std::sync::mpsc;
use std::time::Duration;
use tempfile::TempDir;

const NAME: Column<Text> = Column::text("name");
const TABLE: Table = Table::new("patient", &[NAME.def()], &[]);

struct Ward {
    folder: TempDir,
    bridge: Bridge,
    vault: TenantVault,
}

fn kek() -> Kek {
    Kek::from_text(&"0f".repeat(32).into()).unwrap()
}

fn ward(options: &BridgeOptions) -> Ward {
    let folder = tempfile::tempdir().unwrap();
    let mut database = Database::open(folder.path().join("ward.db"), kek()).unwrap();
    database.declare(&[&TABLE]).unwrap();
    let operator = Actor::new(TenantId::DEPLOYMENT, "setup", "operator").unwrap();
    let tenant = database.write(|unit| create_tenant(unit, &operator, "Ward")).unwrap().into_inner();
    let actor = Actor::new(tenant.id, "nurse", "clinician").unwrap();
    let vault = TenantVault::new(actor, Permissions::everything());
    Ward { folder, bridge: Bridge::start(database, options).unwrap(), vault }
}

fn patient() -> Row {
    Row::new().set(NAME, "Zoë")
}

impl Ward {
    /// Another connection to the same file.
    fn file(&self) -> rusqlite::Connection {
        rusqlite::Connection::open(self.folder.path().join("ward.db")).unwrap()
    }

    fn count(&self, sql: &str) -> i64 {
        self.file().query_row(sql, [], |row| row.get(0)).unwrap()
    }

    fn entries(&self, name: &str) -> i64 {
        self.count(&format!("SELECT count(*) FROM hipaa_audit WHERE name = '{name}'"))
    }

    /// Keeps the writer busy until the sender is dropped, so that what follows is one batch.
    async fn hold_writer(&self) -> (mpsc::Sender<()>, tokio::task::JoinHandle<()>) {
        let (release, wait) = mpsc::channel::<()>();
        let (started, running) = tokio::sync::oneshot::channel();
        let bridge = self.bridge.clone();
        let held = tokio::spawn(async move {
            let work = move |_: &mut crate::Unit<'_>| {
                let _ = started.send(());
                let _ = wait.recv();
                Ok::<_, Error>(())
            };
            bridge.write(work).await.unwrap().into_inner();
        });
        running.await.unwrap();
        (release, held)
    }

    fn create(&self) -> tokio::task::JoinHandle<Result<RecordId, VaultError>> {
        let (bridge, vault) = (self.bridge.clone(), self.vault.clone());
        tokio::spawn(async move {
            bridge.write(move |unit| vault.create(unit, &TABLE, &patient())).await.map(|id| id.into_inner())
        })
    }

    async fn queue_has(&self, callers: u64) {
        while self.bridge.metrics().queued < callers {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn callers_share_commits_and_every_one_is_answered() {
    let ward = ward(&BridgeOptions::default());
    let (release, held) = ward.hold_writer().await;
    let callers = (0..64).map(|_| ward.create()).collect::<Vec<_>>();
    ward.queue_has(64).await;
    drop(release);
    held.await.unwrap();
    for caller in callers {
        caller.await.unwrap().unwrap();
    }
    assert_eq!((ward.count("SELECT count(*) FROM patient"), ward.entries("PHI_CREATE")), (64, 64));
    let metrics = ward.bridge.metrics();
    assert_eq!((metrics.commits, metrics.lost, metrics.queued, metrics.last_batch), (2, 0, 0, 64));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_closure_that_fails_loses_its_own_work_alone_and_its_refusal_survives() {
    let ward = ward(&BridgeOptions::default());
    let (release, held) = ward.hold_writer().await;
    let before = ward.create();
    ward.queue_has(1).await;
    let (bridge, all) = (ward.bridge.clone(), ward.vault.clone());
    let none = TenantVault::new(all.actor().clone(), Permissions::none());
    let failing = tokio::spawn(async move {
        let work = move |unit: &mut crate::Unit<'_>| {
            all.create(unit, &TABLE, &patient())?;
            none.create(unit, &TABLE, &patient())
        };
        bridge.write(work).await.map(|id| id.into_inner())
    });
    ward.queue_has(2).await;
    let after = ward.create();
    ward.queue_has(3).await;
    drop(release);
    held.await.unwrap();
    assert_eq!(failing.await.unwrap(), Err(VaultError::Denied));
    before.await.unwrap().unwrap();
    after.await.unwrap().unwrap();
    assert_eq!(ward.count("SELECT count(*) FROM patient"), 2);
    assert_eq!((ward.entries("PHI_CREATE"), ward.entries("PERMISSION_DENIED")), (2, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_panic_goes_on_in_its_caller_and_loses_its_own_work_alone() {
    let ward = ward(&BridgeOptions::default());
    let (release, held) = ward.hold_writer().await;
    let (bridge, vault) = (ward.bridge.clone(), ward.vault.clone());
    let panicking = tokio::spawn(async move {
        let work = move |unit: &mut crate::Unit<'_>| -> Result<RecordId, VaultError> {
            vault.create(unit, &TABLE, &patient())?;
            panic!("a mistake of the host");
        };
        bridge.write(work).await.map(|id| id.into_inner())
    });
    ward.queue_has(1).await;
    let after = ward.create();
    ward.queue_has(2).await;
    drop(release);
    held.await.unwrap();
    assert!(panicking.await.unwrap_err().is_panic());
    after.await.unwrap().unwrap();
    assert_eq!((ward.count("SELECT count(*) FROM patient"), ward.entries("PHI_CREATE")), (1, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_trigger_that_rolls_everything_back_loses_the_batch_but_no_refusal_and_no_later_work() {
    let ward = ward(&BridgeOptions::default());
    let sql =
        "CREATE TABLE host (x); CREATE TRIGGER host_no BEFORE INSERT ON host BEGIN SELECT RAISE(ROLLBACK, 'no'); END";
    ward.bridge.write(move |unit| unit.sql().execute_batch(sql).map_err(Error::from)).await.unwrap().into_inner();
    let (release, held) = ward.hold_writer().await;
    let before = ward.create();
    ward.queue_has(1).await;
    let (bridge, denied) = (ward.bridge.clone(), TenantVault::new(ward.vault.actor().clone(), Permissions::none()));
    let refused = tokio::spawn(async move {
        bridge.write(move |unit| denied.create(unit, &TABLE, &patient())).await.map(|id| id.into_inner())
    });
    ward.queue_has(2).await;
    let (bridge, vault) = (ward.bridge.clone(), ward.vault.clone());
    let trapped = tokio::spawn(async move {
        let work = move |unit: &mut crate::Unit<'_>| {
            let _ignored = unit.sql().execute("INSERT INTO host VALUES (1)", []);
            // Outside any transaction now: this would commit by itself.
            vault.create(unit, &TABLE, &patient())
        };
        bridge.write(work).await.map(|id| id.into_inner())
    });
    ward.queue_has(3).await;
    let after = ward.create();
    ward.queue_has(4).await;
    drop(release);
    held.await.unwrap();
    assert_eq!(before.await.unwrap(), Err(VaultError::Unit(UnitError::NotCommitted)));
    assert_eq!(trapped.await.unwrap(), Err(VaultError::Unit(UnitError::Store(StoreError::NoTransaction))));
    assert_eq!(refused.await.unwrap(), Err(VaultError::Denied));
    after.await.unwrap().unwrap();
    assert_eq!((ward.count("SELECT count(*) FROM patient"), ward.entries("PHI_CREATE")), (1, 1));
    assert_eq!(ward.entries("PERMISSION_DENIED"), 1);
    assert_eq!(ward.bridge.metrics().lost, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_reader_opens_is_released_after_its_entry_and_a_reader_cannot_write() {
    let ward = ward(&BridgeOptions::default());
    let id = ward.create().await.unwrap().unwrap();
    let vault = ward.vault.clone();
    let record = ward.bridge.disclose(move |unit| vault.read(unit, &TABLE, id)).await.unwrap().open().unwrap();
    assert_eq!(record.get(NAME).unwrap(), Some("Zoë"));
    assert_eq!(ward.entries("PHI_READ"), 1);
    let vault = ward.vault.clone();
    let written = ward.bridge.disclose(move |unit| vault.create(unit, &TABLE, &patient())).await.map(|_| ());
    assert_eq!(written, Err(VaultError::Unit(UnitError::Store(StoreError::ReadOnly))));
    let denied = TenantVault::new(ward.vault.actor().clone(), Permissions::none().allow(&TABLE, &[Operation::List]));
    let refused = ward.bridge.disclose(move |unit| denied.read(unit, &TABLE, id)).await.map(|_| ());
    assert_eq!(refused, Err(VaultError::Denied));
    assert_eq!((ward.entries("PERMISSION_DENIED"), ward.entries("PHI_CREATE")), (1, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reader_checks_authority_rows_and_writes_none() {
    let ward = ward(&BridgeOptions::default());
    let door = Authority::new(ward.vault.actor().clone());
    let new = NewUser { login: "ama", display_name: "Ama Osei", role: "CLINICIAN", must_change: false };
    let permits = HashingPermits::new(NonZeroUsize::MIN, 1);
    let (identity, actor) = (Identity::new(Settings::default(), permits).unwrap(), ward.vault.actor().clone());
    let (maker, by) = (identity.clone(), actor.clone());
    let made = ward.bridge.write(move |unit| Ok::<_, Error>(maker.create_user(unit, &by, new)?)).await.unwrap();
    let user = made.open().unwrap().user;
    let reader = door.clone();
    let read =
        move |unit: &mut crate::Unit<'_>| reader.user(unit, user).map(|user| user.map(|user| user.auth_version()));
    assert_eq!(ward.bridge.disclose(read.clone()).await.unwrap().into_inner(), Some(1));
    let written =
        ward.bridge.disclose(move |unit| Ok::<_, Error>(identity.disable(unit, &actor, user)?)).await.map(|_| ());
    let reading = AuthorityError::Unit(UnitError::Reading);
    assert!(matches!(written, Err(Error::Identity(IdentityError::Authority(error))) if error == reading));
    ward.file().execute("UPDATE hipaa_authority SET auth_version = 2 WHERE kind = 'user'", []).unwrap();
    let denied = ward.bridge.disclose(read).await.map(|_| ());
    assert_eq!(denied, Err(UserError::Authority(AuthorityError::Integrity)));
    assert_eq!((ward.entries("INTEGRITY_FAILED"), ward.entries("USER_DISABLED")), (1, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_queue_is_an_error_and_not_growth() {
    let options = BridgeOptions { queue: 4, patience: Duration::from_millis(20), ..BridgeOptions::default() };
    let ward = ward(&options);
    let (release, held) = ward.hold_writer().await;
    let accepted = (0..4).map(|_| ward.create()).collect::<Vec<_>>();
    ward.queue_has(4).await;
    let event = Event::new(ward.vault.actor(), EventName::application("org.example.ping"), Action::Execute);
    assert_eq!(ward.bridge.append(event.clone()).await, Err(Error::Bridge(BridgeError::Full)));
    drop(release);
    held.await.unwrap();
    for caller in accepted {
        caller.await.unwrap().unwrap();
    }
    let first = ward.bridge.append(event.clone()).await.unwrap();
    assert_eq!(ward.bridge.append(event).await.unwrap().sequence, first.sequence + 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn closing_answers_what_was_accepted_and_takes_no_more() {
    let ward = ward(&BridgeOptions::default());
    let (release, held) = ward.hold_writer().await;
    let accepted = (0..8).map(|_| ward.create()).collect::<Vec<_>>();
    ward.queue_has(8).await;
    let closing = tokio::spawn({
        let bridge = ward.bridge.clone();
        async move { bridge.close().await }
    });
    drop(release);
    held.await.unwrap();
    closing.await.unwrap().unwrap();
    for caller in accepted {
        caller.await.unwrap().unwrap();
    }
    assert_eq!(ward.create().await.unwrap(), Err(VaultError::Unit(UnitError::Store(StoreError::Other))));
    assert_eq!(ward.bridge.close().await, Err(BridgeError::Closed));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_is_written_even_if_its_caller_goes_away() {
    let ward = ward(&BridgeOptions::default());
    let id = ward.create().await.unwrap().unwrap();
    let denied = TenantVault::new(ward.vault.actor().clone(), Permissions::none());
    let (release, wait) = mpsc::channel::<()>();
    let (started, running) = tokio::sync::oneshot::channel();
    let bridge = ward.bridge.clone();
    let work = move |unit: &mut crate::Unit<'_>| {
        let _ = started.send(());
        let _ = wait.recv();
        denied.read(unit, &TABLE, id)
    };
    let caller = tokio::spawn(async move { bridge.disclose(work).await.map(drop) });
    running.await.unwrap();
    caller.abort();
    assert!(caller.await.unwrap_err().is_cancelled());
    drop(release);
    while ward.entries("PERMISSION_DENIED") == 0 {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_caller_that_goes_away_while_the_queue_is_full_gives_its_place_back() {
    let ward = ward(&BridgeOptions { queue: 1, ..BridgeOptions::default() });
    let (release, held) = ward.hold_writer().await;
    let first = ward.create();
    ward.queue_has(1).await;
    let waiting = ward.create();
    ward.queue_has(2).await;
    waiting.abort();
    assert!(waiting.await.unwrap_err().is_cancelled());
    assert_eq!(ward.bridge.metrics().queued, 1);
    drop(release);
    held.await.unwrap();
    first.await.unwrap().unwrap();
    assert_eq!(ward.bridge.metrics().queued, 0);
}

/// Entries between closures are not compared one by one, so what a closure did to the ones before it must still be seen.
#[tokio::test(flavor = "multi_thread")]
async fn a_closure_that_begins_the_transaction_anew_makes_liars_of_nobody() {
    let ward = ward(&BridgeOptions::default());
    let event = || Event::new(ward.vault.actor(), EventName::PHI_READ, Action::Read);
    let before = ward.entries("PHI_READ");
    let (release, held) = ward.hold_writer().await;
    let append = |event: Event| {
        let bridge = ward.bridge.clone();
        tokio::spawn(async move { bridge.append(event).await })
    };
    let first = append(event());
    ward.queue_has(1).await;
    let bridge = ward.bridge.clone();
    let anew = tokio::spawn(async move {
        let work = |unit: &mut crate::Unit<'_>| {
            Ok::<_, Error>(unit.sql().execute_batch("ROLLBACK; BEGIN IMMEDIATE; SAVEPOINT hipaa_unit")?)
        };
        bridge.write(work).await.map(|done| done.into_inner())
    });
    ward.queue_has(2).await;
    let (second, third) = (append(event()), append(event()));
    ward.queue_has(4).await;
    drop(release);
    held.await.unwrap();
    assert!(first.await.unwrap().is_err() && anew.await.unwrap().is_err());
    assert!(second.await.unwrap().is_err() && third.await.unwrap().is_err());
    assert_eq!(ward.entries("PHI_READ"), before);
    ward.bridge.append(event()).await.unwrap();
    assert_eq!(ward.entries("PHI_READ"), before + 1);
}
