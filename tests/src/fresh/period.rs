//! Signing periods and the log of logs: ended at once, undone half-way, put back, and cut logs taken up as if they were whole.

use super::verifier::{trust_file, verdict};
use super::{Kit, kek, operator, person, row, vault};
use hipaa_core::signing;
use hipaa_core::tenancy::create_tenant;
use hipaa_sqlite::rusqlite::{Connection, TransactionBehavior};
use hipaa_sqlite::witness::Folder;
use hipaa_sqlite::{Database, Error, join};
use std::sync::Barrier;
use std::thread::scope;

fn seed(database: &Connection) -> Vec<u8> {
    database.query_row("SELECT blob FROM hipaa_wrapped_key WHERE kind = 'head-seed'", [], |row| row.get(0)).unwrap()
}

fn open(kit: &Kit) -> Result<Database, Error> {
    let mut db = Database::open(kit.path(), kek())?;
    db.declare(&[&person::TABLE])?;
    Ok(db)
}

/// What an outsider says of the file.
fn judged(kit: &Kit) -> (u8, String) {
    verdict(&kit.path(), &["--trust", trust_file(kit).to_str().unwrap()])
}

/// Red if a period could be ended twice, or an entry be signed by the key of another period than its own.
#[test]
fn periods_that_three_processes_end_at_once_leave_a_whole_log() {
    let kit = Kit::new();
    trust_file(&kit);
    let (start, rounds) = (Barrier::new(3), 4);
    let periods = scope(|scope| {
        let threads = (0..3).map(|number| {
            let (mut db, clinic, start) = (open(&kit).unwrap(), kit.clinic.clone(), &start);
            scope.spawn(move || {
                let mut periods = Vec::new();
                for round in 0..rounds {
                    start.wait();
                    periods.push(db.end_signing_period(&operator()).unwrap().0);
                    let mrn = format!("{number}-{round}");
                    db.write(|unit| clinic.create(unit, &person::TABLE, &row(&mrn, "Quist"))).unwrap().into_inner();
                    db.note_heads().unwrap();
                }
                periods
            })
        });
        let threads = threads.collect::<Vec<_>>();
        threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect::<Vec<_>>()
    });
    let mut sorted = periods;
    sorted.sort_unstable();
    assert_eq!(sorted, (2..14).collect::<Vec<u32>>());
    let (code, said) = judged(&kit);
    assert_eq!(code, 4, "{said}");
}

/// Red if the end of a period were acknowledged, or taken for true, where a trigger kept part of it from the file.
#[test]
fn an_end_of_a_period_that_a_trigger_undoes_is_not_acknowledged() {
    for trigger in [
        "BEFORE UPDATE ON hipaa_wrapped_key BEGIN SELECT RAISE(IGNORE); END",
        "BEFORE INSERT ON hipaa_wrapped_key BEGIN SELECT RAISE(IGNORE); END",
        "BEFORE DELETE ON hipaa_wrapped_key BEGIN SELECT RAISE(IGNORE); END",
        "AFTER UPDATE ON hipaa_wrapped_key WHEN NEW.blob <> OLD.blob AND NOT EXISTS (SELECT 1 FROM spent)
         BEGIN INSERT INTO spent VALUES (1); UPDATE hipaa_wrapped_key SET blob = OLD.blob WHERE kind = OLD.kind
         AND tenant = OLD.tenant AND epoch = OLD.epoch; END",
        "BEFORE INSERT ON hipaa_checkpoint BEGIN SELECT RAISE(IGNORE); END",
    ] {
        let mut kit = Kit::new();
        trust_file(&kit);
        let thief = kit.thief();
        thief.execute_batch(&format!("CREATE TABLE spent (x); CREATE TRIGGER undo {trigger}")).unwrap();
        let before = seed(&thief);
        let ended = kit.db.end_signing_period(&operator());
        thief.execute_batch("DROP TRIGGER undo").unwrap();
        let kept: i64 = thief.query_row("SELECT count(*) FROM hipaa_checkpoint", [], |row| row.get(0)).unwrap();
        let whole = seed(&thief) != before && kept == 1;
        assert!(ended.is_err() || whole, "{trigger}: acknowledged");
        // Whatever was said: the application goes on, and so does one that is opened now.
        let clinic = kit.clinic.clone();
        let wrote =
            kit.db.write(|unit| Ok::<_, Error>(clinic.create(unit, &person::TABLE, &row("1", "Quist"))?)).map(drop);
        assert_eq!(wrote, Ok(()), "{trigger}: the running process");
        let again = open(&kit).and_then(|mut db| {
            db.write(|unit| Ok::<_, Error>(clinic.create(unit, &person::TABLE, &row("2", "Quist"))?)).map(drop)
        });
        assert_eq!(again, Ok(()), "{trigger}: a new process");
        let (code, said) = judged(&kit);
        assert_eq!(code, 4, "{trigger}: {said}");
    }
}

/// Red if a kept head that a trigger took away or changed were not missed.
#[test]
fn a_kept_head_that_a_trigger_takes_away_is_found_outside() {
    for undo in ["DELETE FROM hipaa_checkpoint", "UPDATE hipaa_checkpoint SET note = 'rubbish'"] {
        let mut kit = Kit::new();
        trust_file(&kit);
        let sql = format!("CREATE TRIGGER undo AFTER INSERT ON hipaa_checkpoint BEGIN {undo}; END");
        kit.thief().execute_batch(&sql).unwrap();
        let ended = kit.db.end_signing_period(&operator());
        let (code, said) = judged(&kit);
        assert_eq!(code, if ended.is_ok() { 1 } else { 4 }, "{undo}: {said}");
    }
}

/// Red if memory and file disagreed about the period after the host rolled its end back.
#[test]
fn an_end_of_a_period_that_the_host_rolls_back_is_none() {
    let mut kit = Kit::new();
    trust_file(&kit);
    let mut host = Connection::open(kit.path()).unwrap();
    host.execute_batch("CREATE TABLE host (x)").unwrap();
    for _ in 0..2 {
        let transaction = host.transaction_with_behavior(TransactionBehavior::Immediate).unwrap();
        transaction.execute("INSERT INTO host VALUES (1)", []).unwrap();
        let failed = join(transaction, kit.db.notary(), |unit| {
            signing::end_period(unit, &operator()).map_err(Error::from)?;
            Err::<(), Error>(Error::CannotOpen)
        });
        assert!(failed.is_err());
    }
    let thief = kit.thief();
    for table in ["hipaa_checkpoint", "hipaa_wrapped_key"] {
        for event in ["INSERT", "UPDATE"] {
            let sql = format!("CREATE TRIGGER host AFTER {event} ON {table} BEGIN SELECT RAISE(ROLLBACK, 'host'); END");
            thief.execute_batch(&sql).unwrap();
            let _ = kit.db.end_signing_period(&operator());
            thief.execute_batch("DROP TRIGGER host").unwrap();
            kit.person(&format!("{table} {event}"), "Quist");
        }
    }
    kit.db.end_signing_period(&operator()).unwrap();
    kit.person("last", "Quist");
    let mut other = open(&kit).unwrap();
    other.end_signing_period(&operator()).unwrap();
    let (code, said) = judged(&kit);
    assert_eq!(code, 4, "{said}");
}

/// Red if a seed of an earlier period, put back, signed anything in a process that is opened on it.
#[test]
fn a_process_that_is_opened_on_an_older_seed_signs_nothing() {
    let mut kit = Kit::new();
    trust_file(&kit);
    let thief = kit.thief();
    let old = seed(&thief);
    kit.db.end_signing_period(&operator()).unwrap();
    kit.person("1", "Quist");
    thief.execute("UPDATE hipaa_wrapped_key SET blob = ?1 WHERE kind = 'head-seed'", [&old]).unwrap();
    let clinic = kit.clinic.clone();
    let wrote = open(&kit).and_then(|mut db| {
        db.write(|unit| Ok::<_, Error>(clinic.create(unit, &person::TABLE, &row("2", "Quist"))?)).map(drop)
    });
    assert!(wrote.is_err());
    let (code, said) = judged(&kit);
    assert_eq!(code, 4, "nothing was signed: {said}");
}

const OWN: &str = "(SELECT log FROM hipaa_head WHERE tenant = zeroblob(16))";

/// Everything of one log, kept aside.
fn keep(thief: &Connection, log: &str, as_name: &str) {
    for table in ["hipaa_audit", "hipaa_audit_subject", "hipaa_head", "hipaa_tile"] {
        thief
            .execute_batch(&format!("CREATE TABLE {as_name}_{table} AS SELECT * FROM {table} WHERE log = {log}"))
            .unwrap();
    }
    for table in ["hipaa_checkpoint", "hipaa_wrapped_key", "hipaa_state", "person"] {
        thief.execute_batch(&format!("CREATE TABLE {as_name}_{table} AS SELECT * FROM {table}")).unwrap();
    }
}

fn put_back(thief: &Connection, log: &str, as_name: &str, more: &[&str]) {
    thief
        .execute_batch(
            "DROP TRIGGER IF EXISTS hipaa_audit_no_delete; DROP TRIGGER IF EXISTS hipaa_audit_subject_no_delete",
        )
        .unwrap();
    let log: Vec<u8> = thief.query_row(&format!("SELECT {log}"), [], |row| row.get(0)).unwrap();
    for table in ["hipaa_audit", "hipaa_audit_subject", "hipaa_head", "hipaa_tile"] {
        thief.execute(&format!("DELETE FROM {table} WHERE log = ?1"), [&log]).unwrap();
        thief.execute_batch(&format!("INSERT INTO {table} SELECT * FROM {as_name}_{table}")).unwrap();
    }
    for table in more {
        thief
            .execute_batch(&format!("DELETE FROM {table}; INSERT INTO {table} SELECT * FROM {as_name}_{table}"))
            .unwrap();
    }
}

/// Red if the end of a period could be taken back behind the tenants' logs without a trace.
#[test]
fn a_period_that_was_taken_back_is_refused_here_and_found_outside() {
    let mut kit = Kit::new();
    trust_file(&kit);
    kit.person("1", "Quist");
    keep(&kit.thief(), OWN, "before");
    kit.db.end_signing_period(&operator()).unwrap();
    kit.person("2", "Quist");
    put_back(&kit.thief(), OWN, "before", &["hipaa_checkpoint", "hipaa_wrapped_key"]);
    let clinic = kit.clinic.clone();
    let here = kit.db.write(|unit| Ok::<_, Error>(clinic.create(unit, &person::TABLE, &row("3", "Quist"))?)).map(drop);
    assert!(here.is_err(), "the process that saw the period");
    assert_eq!(judged(&kit).0, 1);
}

/// The tenant's log, named by the kit.
fn tenants(kit: &Kit) -> String {
    format!("x'{}'", kit.tenant.log.to_string().replace('-', ""))
}

/// A clinic whose log was taken up with three records, then put back to one of them; nothing of the deployment is touched.
/// The application is closed before, as a table writer would wait for.
fn cut(witness: &std::path::Path) -> Kit {
    let mut kit = Kit::new();
    trust_file(&kit);
    kit.person("1", "Quist");
    let log = tenants(&kit);
    keep(&kit.thief(), &log, "early");
    for mrn in ["2", "3"] {
        kit.person(mrn, "Quist");
    }
    kit.db.begin_witness(&mut Folder::new(witness)).unwrap();
    put_back(&kit.thief(), &log, "early", &["hipaa_state", "person"]);
    kit.db = open(&kit).unwrap();
    kit
}

/// Red if a log that is shorter than the deployment's log took it up were vouched for when the application starts.
#[test]
fn a_tenants_log_that_was_cut_is_noticed_when_the_application_starts_with_a_witness() {
    let witness = tempfile::tempdir().unwrap();
    let mut kit = cut(witness.path());
    let compared = kit.db.compare_with(&mut Folder::new(witness.path()));
    let noted = compared.and_then(|()| kit.db.note_heads().map(drop));
    assert!(noted.is_err(), "nothing noticed that a tenant's log is shorter than it was taken up");
}

/// Red if taking a cut log up once more hid the cut: only the last time it was taken up would count.
#[test]
fn a_tenants_log_that_was_cut_and_taken_up_again_is_found_outside() {
    for grown in [0, 4] {
        let witness = tempfile::tempdir().unwrap();
        let mut kit = cut(witness.path());
        for mrn in 0..grown {
            kit.person(&format!("again {mrn}"), "Quist");
        }
        let pushed = kit.db.push_to(&mut Folder::new(witness.path()));
        let trust = trust_file(&kit);
        let outside = ["--trust", trust.to_str().unwrap(), "--witness", witness.path().to_str().unwrap()];
        let (code, said) = verdict(&kit.path(), &outside);
        assert!(code == 1, "exit {code}, pushed {pushed:?}, grown by {grown}: {said}");
    }
}

/// Red if a tenant that was hidden while a period ended made its honest log look forged, or the end pass unnoticed.
#[test]
fn a_tenant_that_was_hidden_while_a_period_ended_is_found_outside() {
    let mut kit = Kit::new();
    trust_file(&kit);
    kit.person("1", "Quist");
    let thief = kit.thief();
    thief.execute_batch("CREATE TABLE hidden AS SELECT * FROM hipaa_head WHERE tenant <> zeroblob(16)").unwrap();
    thief.execute_batch("DELETE FROM hipaa_head WHERE tenant <> zeroblob(16)").unwrap();
    let ended = kit.db.end_signing_period(&operator());
    thief.execute_batch("INSERT OR IGNORE INTO hipaa_head SELECT * FROM hidden").unwrap();
    if ended.is_ok() {
        assert_eq!(judged(&kit).0, 1);
    } else {
        let (code, said) = judged(&kit);
        assert_eq!(code, 4, "{said}");
    }
}

/// Red if a tenant's actor could end the deployment's period by the function alone, and a clinic's log name it.
#[test]
fn a_second_clinic_changes_nothing_of_the_first_when_a_period_ends() {
    let mut kit = Kit::new();
    trust_file(&kit);
    let south = kit.db.write(|unit| create_tenant(unit, &operator(), "South")).unwrap().into_inner();
    let other = vault(south.id, "ama");
    kit.db.end_signing_period(&operator()).unwrap();
    let made = kit.db.write(|unit| Ok::<_, Error>(other.create(unit, &person::TABLE, &row("1", "Quist"))?));
    made.unwrap().into_inner();
    kit.db.end_signing_period(&operator()).unwrap();
    let (code, said) = judged(&kit);
    assert_eq!(code, 4, "{said}");
}
