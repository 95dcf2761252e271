//! Stored bytes of every kind in every place: no panic, and no wrong value shown as intact.

use super::{Kit, kek, person, row, vault};
use hipaa_core::schema::{RecordId, TenantId};
use hipaa_core::tenancy::{find_tenant, list_tenants, open_epoch};
use hipaa_sqlite::rusqlite::Connection;
use hipaa_sqlite::{Database, Error};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

const VALUES: [&str; 2] = ["zeroblob(200)", "9223372036854775807"];

/// Every door of the library, one after the other; what a read showed.
fn every_door(path: &Path, tenant: TenantId, id: RecordId) -> Option<(String, bool)> {
    let mut db = Database::open(path, kek()).ok()?;
    let _ = db.declare(&[&person::TABLE]);
    let clinic = vault(tenant, "osei");
    let table = &person::TABLE;
    let read = db.write(|unit| Ok::<_, Error>(clinic.read(unit, table, id)?)).and_then(|it| Ok(it.open()?));
    let _ = db.write(|unit| clinic.list(unit, table, None, 9)).map(|it| it.open().map(|_| ()));
    let _ = db.write(|unit| clinic.find(unit, table, person::BY_MRN, ("1",))).map(|it| it.open().map(|_| ()));
    let _ = db.write(|unit| clinic.trail(unit, 0, 500)).map(|it| it.open().map(|_| ()));
    let _ = db.write(|unit| clinic.trail_about(unit, id, 500)).map(|it| it.open().map(|_| ()));
    let _ = db.write(|unit| find_tenant(unit, "North")).is_ok();
    let _ = db.write(list_tenants_of).is_ok();
    let _ = db.write(|unit| clinic.reindex(unit, table, None, 9)).is_ok();
    let _ = db.write(|unit| clinic.upsert(unit, table, person::BY_MRN, &row("1", "Quist"))).is_ok();
    let _ = db.write(|unit| clinic.create(unit, table, &row("9", "Quist"))).is_ok();
    let _ = db.write(|unit| open_epoch(unit, clinic.actor())).is_ok();
    let _ = db.write(|unit| clinic.update(unit, table, (id, 1), &row("8", "Ritter"))).is_ok();
    let _ = db.write(|unit| clinic.delete(unit, table, (id, 2))).is_ok();
    let record = read.ok()?;
    Some((record.get(person::FAMILY).ok().flatten().unwrap_or("-").to_owned(), record.integrity().is_intact()))
}

fn list_tenants_of(unit: &mut hipaa_sqlite::Unit<'_>) -> Result<usize, Error> {
    Ok(list_tenants(unit)?.len())
}

fn places(file: &Connection) -> Vec<(String, String)> {
    let sql = "SELECT m.name, c.name FROM sqlite_schema m, pragma_table_info(m.name) c
               WHERE m.type = 'table' AND (m.name LIKE 'hipaa_%' OR m.name = 'person')";
    let mut statement = file.prepare(sql).unwrap();
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
    rows.map(Result::unwrap).collect()
}

/// One value in one place of every row; where a constraint forbids it, the file stays as it is.
fn alter(path: &Path, table: &str, column: &str, value: &str) {
    let sql = format!(
        "PRAGMA ignore_check_constraints = ON; DROP TRIGGER hipaa_audit_no_update;
         DROP TRIGGER hipaa_audit_subject_no_update; UPDATE OR IGNORE {table} SET {column} = {value}"
    );
    let _ = Connection::open(path).unwrap().execute_batch(&sql);
}

/// Red if any stored value were taken for granted. One place at a time, in every row of its table.
#[test]
fn no_stored_value_makes_the_library_panic_or_show_something_else_as_intact() {
    let mut kit = Kit::new();
    let id = kit.person("1", "Osterman");
    kit.family(id).unwrap();
    let places = places(&kit.thief());
    assert!(places.len() > 30);
    let (tenant, source) = (kit.tenant.id, kit.path());
    let Kit { folder, db, .. } = kit;
    drop(db);
    let path = folder.path().join("copy.db");
    std::fs::copy(&source, &path).unwrap();
    assert_eq!(every_door(&path, tenant, id), Some(("Osterman".to_owned(), true)));
    let mut wrong = Vec::new();
    for (table, column) in places {
        for value in VALUES {
            let place = format!("{table}.{column} = {value}");
            std::fs::copy(&source, &path).unwrap();
            alter(&path, &table, &column, value);
            match catch_unwind(AssertUnwindSafe(|| every_door(&path, tenant, id))) {
                Err(_) => wrong.push(format!("panic: {place}")),
                Ok(Some((family, true))) if family != "Osterman" => wrong.push(format!("{place}: {family}")),
                Ok(_) => {}
            }
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
}
