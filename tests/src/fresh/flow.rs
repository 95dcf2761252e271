//! Threads, dropped futures, pools, clocks.

use super::{Kit, kek, person, row, vault};
use hipaa_core::audit::{Action, Event, EventName};
use hipaa_core::clock::{Clock, Timestamp};
use hipaa_core::unit::{Held, Unit as AnyUnit};
use hipaa_core::vault::{Record, TenantVault};
use hipaa_sqlite::bridge::{Bridge, BridgeOptions};
use hipaa_sqlite::{Database, Error, Options};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::time::timeout;

const NOTED: EventName = EventName::application("org.example.noted");
const LONG: Duration = Duration::from_secs(8);

fn bridge(kit: &Kit, options: &BridgeOptions) -> Bridge {
    let mut db = Database::open(kit.path(), kek()).unwrap();
    db.declare(&[&person::TABLE]).unwrap();
    Bridge::start(db, options).unwrap()
}

fn small() -> BridgeOptions {
    let mut options = BridgeOptions::default();
    options.readers = 1;
    options.queue = 2;
    options.patience = Duration::from_millis(300);
    options
}

async fn read(bridge: &Bridge, clinic: &TenantVault, id: hipaa_core::schema::RecordId) -> Result<Record, Error> {
    let clinic = clinic.clone();
    let it = bridge.disclose(move |unit| Ok::<_, Error>(clinic.read(unit, &person::TABLE, id)?)).await?;
    Ok(it.open()?)
}

/// Red if a dropped future kept its reader.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn dropped_disclosures_leave_the_only_reader_to_others() {
    let mut kit = Kit::new();
    let id = kit.person("1", "Osterman");
    let clinic = kit.clinic.clone();
    let bridge = bridge(&kit, &small());
    for wait in 0..40 {
        let future = read(&bridge, &clinic, id);
        let _ = timeout(Duration::from_micros(wait * 100), future).await;
    }
    for _ in 0..5 {
        let slow = bridge.disclose(|_| {
            std::thread::sleep(Duration::from_millis(30));
            Ok::<_, Error>(())
        });
        let _ = timeout(Duration::from_millis(5), slow).await;
    }
    let record = timeout(LONG, read(&bridge, &clinic, id)).await.expect("hangs").unwrap();
    assert!(record.integrity().is_intact());
    timeout(LONG, bridge.close()).await.expect("close hangs").unwrap();
    assert_eq!(kit.gaps(), 0);
}

/// Red if a panic took the reader with it, or left its transaction open.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn closures_that_panic_leave_the_only_reader_to_others() {
    let mut kit = Kit::new();
    let id = kit.person("1", "Osterman");
    let clinic = kit.clinic.clone();
    let bridge = bridge(&kit, &small());
    for _ in 0..5 {
        let inner = clinic.clone();
        let one = {
            let bridge = bridge.clone();
            tokio::spawn(async move {
                bridge
                    .disclose(move |unit| {
                        let _held = inner.read(unit, &person::TABLE, id)?;
                        assert!(id.as_bytes().is_empty(), "on purpose");
                        Ok::<_, Error>(())
                    })
                    .await
                    .map(|_| ())
            })
        };
        let outcome = timeout(LONG, one).await.expect("hangs");
        assert!(!matches!(outcome, Ok(Ok(()))));
    }
    kit.person("2", "Quist");
    let record = timeout(LONG, read(&bridge, &clinic, id)).await.expect("hangs").unwrap();
    assert!(record.integrity().is_intact());
    timeout(LONG, bridge.close()).await.expect("close hangs").unwrap();
}

/// Red if one caller of a pooled connection inherited what another did to it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_reader_forgets_what_the_closure_before_did_to_it() {
    for left in [
        "COMMIT",
        "ROLLBACK",
        "SAVEPOINT mine",
        "ROLLBACK; BEGIN",
        "COMMIT; BEGIN",
        "CREATE TEMP TABLE person AS SELECT * FROM main.person; UPDATE temp.person SET ward = 'west'",
        "CREATE TEMP VIEW hipaa_state AS SELECT tbl, record, tenant, version, mac, place FROM main.hipaa_state WHERE 0",
        "PRAGMA query_only = OFF; UPDATE person SET ward = 'west'",
        "PRAGMA query_only = OFF; CREATE TABLE mine (a)",
    ] {
        let mut kit = Kit::new();
        let id = kit.person("1", "Osterman");
        let clinic = kit.clinic.clone();
        let bridge = bridge(&kit, &small());
        let one = bridge.disclose(move |unit| Ok::<_, Error>(unit.sql().execute_batch(left)?));
        let _ = timeout(LONG, one).await.expect("hangs");
        let inner = clinic.clone();
        let more = bridge.write(move |unit| Ok::<_, Error>(inner.create(unit, &person::TABLE, &row("2", "Quist"))?));
        timeout(LONG, more).await.expect("hangs").unwrap().into_inner();
        let record = timeout(LONG, read(&bridge, &clinic, id)).await.expect("hangs").unwrap();
        assert!(record.integrity().is_intact(), "{left}");
        assert_eq!(record.get(person::WARD), Ok(Some("east")), "{left}");
    }
}

/// Red if the units of one bridge shared an id.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_commit_of_another_closure_releases_nothing() {
    let mut kit = Kit::new();
    let id = kit.person("1", "Osterman");
    let clinic = kit.clinic.clone();
    let bridge = bridge(&kit, &small());
    let pocket: Arc<Mutex<Option<Held<Record>>>> = Arc::default();
    for disclose in [false, true] {
        let (inner, into) = (clinic.clone(), Arc::clone(&pocket));
        let failed = bridge.disclose(move |unit| {
            *into.lock().unwrap() = Some(inner.read(unit, &person::TABLE, id)?);
            Err::<(), _>(Error::NotADatabase)
        });
        assert!(failed.await.is_err());
        let from = Arc::clone(&pocket);
        let work = move |_: &mut hipaa_sqlite::Unit<'_>| Ok::<_, Error>(from.lock().unwrap().take());
        let committed = if disclose { bridge.disclose(work).await } else { bridge.write(work).await };
        assert!(committed.unwrap().open().is_err());
    }
    bridge.close().await.unwrap();
    assert_eq!(kit.entries("PHI_READ"), 0);
}

/// Red if the last clone, dropped on the writer's thread, waited for that thread.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_bridge_dropped_on_its_own_thread_takes_nobody_along() {
    let mut kit = Kit::new();
    kit.person("1", "Osterman");
    let bridge = bridge(&kit, &small());
    let last = bridge.clone();
    let answer = tokio::spawn(async move {
        let inner = bridge.clone();
        bridge
            .write(move |_| {
                drop(inner);
                Ok::<_, Error>(())
            })
            .await
            .map(|_| ())
    });
    drop(last);
    assert_eq!(timeout(LONG, answer).await.expect("hangs").unwrap(), Ok(()));
    kit.person("2", "Quist");
}

/// Red if an answer were lost when the bridge closes over a full queue.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn everybody_is_answered_when_the_bridge_closes_under_load() {
    let kit = Kit::new();
    let mut options = small();
    options.queue = 64;
    let bridge = bridge(&kit, &options);
    let mut all = Vec::new();
    for n in 0..60 {
        let (bridge, clinic) = (bridge.clone(), kit.clinic.clone());
        all.push(tokio::spawn(async move {
            let work = move |unit: &mut hipaa_sqlite::Unit<'_>| {
                Ok::<_, Error>(clinic.create(unit, &person::TABLE, &row(&n.to_string(), "Osterman"))?)
            };
            if n % 3 == 0 {
                let _ = timeout(Duration::from_millis(n % 7), bridge.write(work)).await;
                return None;
            }
            Some(bridge.write(work).await.is_ok())
        }));
    }
    tokio::time::sleep(Duration::from_millis(3)).await;
    let _ = timeout(LONG, bridge.close()).await.expect("close hangs");
    let mut done = 0;
    for one in all {
        done += i64::from(timeout(LONG, one).await.expect("no answer").unwrap() == Some(true));
    }
    let rows: i64 = kit.thief().query_row("SELECT count(*) FROM person", [], |row| row.get(0)).unwrap();
    assert!(rows >= done);
    assert_eq!((kit.entries("PHI_CREATE"), kit.gaps()), (rows, 0));
}

/// Red if a size of zero were taken as it is: nobody would ever be served.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_bridge_with_zero_of_everything_serves_or_refuses() {
    let mut kit = Kit::new();
    let id = kit.person("1", "Osterman");
    let mut options = small();
    (options.queue, options.batch, options.readers) = (0, 0, 0);
    let bridge = bridge(&kit, &options);
    let wrote = timeout(LONG, bridge.write(|_| Ok::<_, Error>(()))).await;
    assert!(wrote.is_ok(), "write hangs");
    let clinic = kit.clinic.clone();
    assert!(timeout(LONG, read(&bridge, &clinic, id)).await.is_ok(), "disclose hangs");
}

/// Red if a reader's connection could write.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_disclosure_writes_nothing_through_any_door() {
    let mut kit = Kit::new();
    let id = kit.person("1", "Osterman");
    let bridge = bridge(&kit, &small());
    let clinic = kit.clinic.clone();
    let inner = clinic.clone();
    let made =
        bridge.disclose(move |unit| Ok::<_, Error>(inner.create(unit, &person::TABLE, &row("2", "Quist"))?)).await;
    assert!(made.is_err());
    let inner = clinic.clone();
    let gone = bridge.disclose(move |unit| Ok::<_, Error>(inner.delete(unit, &person::TABLE, (id, 1))?)).await;
    assert!(gone.is_err());
    let inner = clinic.clone();
    let swallowed = bridge
        .disclose(move |unit| {
            let failed = inner.create(unit, &person::TABLE, &row("2", "Quist")).is_err();
            let event = Event::new(inner.actor(), NOTED, Action::Execute);
            let refused = (unit as &mut dyn AnyUnit).append(&event).is_err();
            Ok::<_, Error>((failed, refused))
        })
        .await;
    assert_eq!(swallowed.unwrap().into_inner(), (true, true));
    assert_eq!((kit.entries("PHI_CREATE"), kit.entries("PHI_DELETE"), kit.gaps()), (1, 0, 0));
}

/// Red if two notaries of one process extended a log from what they remember.
#[test]
fn several_databases_in_one_process_keep_one_chain() {
    let mut kit = Kit::new();
    let id = kit.person("1", "Osterman");
    std::thread::scope(|scope| {
        for n in 0..4 {
            let (path, tenant) = (kit.path(), kit.tenant.id);
            scope.spawn(move || {
                let mut db = Database::open(path, kek()).unwrap();
                let clinic = vault(tenant, &format!("user-{n}"));
                for _ in 0..10 {
                    db.write(|unit| clinic.read(unit, &person::TABLE, id)).unwrap().open().unwrap();
                }
            });
        }
    });
    assert_eq!((kit.entries("PHI_READ"), kit.gaps()), (40, 0));
}

/// Red if times were added or subtracted without care.
#[test]
fn a_clock_at_either_end_of_time_panics_nowhere() {
    for (start, later) in [(i64::MAX, 0), (i64::MIN, i64::MAX), (i64::MAX, i64::MIN), (0, i64::MIN), (-1, 1)] {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("emr.db");
        let outcome = catch_unwind(AssertUnwindSafe(|| {
            let clock = Clock::manual(Timestamp::from_micros(start));
            let options = Options { clock: clock.clone(), ..Options::default() };
            let mut db = Database::open_with(&path, kek(), &options)?;
            db.declare(&[&person::TABLE])?;
            let tenant =
                db.write(|unit| hipaa_core::tenancy::create_tenant(unit, &super::operator(), "North"))?.into_inner();
            clock.set(Timestamp::from_micros(later));
            let clinic = vault(tenant.id, "osei");
            let id =
                db.write(|unit| Ok::<_, Error>(clinic.create(unit, &person::TABLE, &row("1", "Quist"))?))?.into_inner();
            clock.set(Timestamp::from_micros(start));
            Ok::<_, Error>(
                db.write(|unit| Ok::<_, Error>(clinic.read(unit, &person::TABLE, id)?))?
                    .open()?
                    .integrity()
                    .is_intact(),
            )
        }));
        assert_eq!(outcome.ok(), Some(Ok(true)), "{start} {later}");
    }
}
