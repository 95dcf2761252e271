//! Rings, wrapped keys and tenants edited with SQL.

use super::site::Site;
use hipaa_core::keys::KeyError;
use hipaa_core::schema::RecordId;
use hipaa_core::tenancy::{TenancyError, find_tenant, list_tenants, open_epoch};
use hipaa_core::unit::UnitError;
use hipaa_core::vault::VaultError;
use hipaa_sqlite::Error;

fn one() -> (Site, RecordId) {
    let mut site = Site::open();
    let record = site.admit("Osei", "M-1");
    site.read(record).unwrap();
    (site, record)
}

fn assert_key_error(site: &mut Site, record: RecordId, error: KeyError) {
    assert_eq!(site.read(record).map(drop), Err(VaultError::Unit(UnitError::Key(error))));
}

#[test]
fn a_restored_ring_is_refused() {
    let (mut site, record) = one();
    site.attacker.execute_batch("CREATE TABLE copy AS SELECT * FROM hipaa_ring").unwrap();
    let actor = site.north.actor().clone();
    assert_eq!(site.db.write(|unit| open_epoch(unit, &actor)).unwrap().into_inner(), 2);
    site.read(record).unwrap();
    site.attack("hipaa_ring", "REPLACE INTO hipaa_ring SELECT * FROM copy", []);
    assert_key_error(&mut site, record, KeyError::RolledBackRing);
}

#[test]
fn an_edited_or_exchanged_ring_is_refused() {
    let state = "CAST(substr(ring, 1, 31) || x'03' || substr(ring, 33) AS BLOB)";
    let other = "(SELECT other.ring FROM hipaa_ring other WHERE other.tenant = ?2)";
    for ring in [state, other] {
        let (mut site, record) = one();
        let (north, south) = (site.north_id(), site.south_id());
        let sql = format!("UPDATE hipaa_ring SET ring = {ring} WHERE tenant = ?1 AND ?2 NOTNULL");
        site.attack("hipaa_ring", &sql, [north, south]);
        assert_key_error(&mut site, record, KeyError::TamperedRing);
        site.reopen().unwrap();
        assert_key_error(&mut site, record, KeyError::TamperedRing);
    }
}

#[test]
fn a_wrapped_key_of_another_tenant_or_purpose_is_refused() {
    for source in ["tenant = ?2 AND kind = 'cell'", "tenant = ?1 AND kind = 'index' AND ?2 NOTNULL"] {
        let (mut site, record) = one();
        let (north, south) = (site.north_id(), site.south_id());
        let sql = format!(
            "UPDATE hipaa_wrapped_key SET blob = (SELECT s.blob FROM hipaa_wrapped_key s WHERE {source})
             WHERE tenant = ?1 AND kind = 'cell'"
        );
        site.attack("hipaa_wrapped_key", &sql, [north, south]);
        site.reopen().unwrap();
        assert_key_error(&mut site, record, KeyError::TamperedBlob);
    }
}

#[test]
fn the_rows_of_two_tenants_that_trade_places_are_refused() {
    let trades = [
        "name = CASE name WHEN 'North' THEN 'South' ELSE 'North' END",
        "tenant = (SELECT o.tenant FROM copy o WHERE o.name <> hipaa_tenant.name)",
        "log = (SELECT o.log FROM copy o WHERE o.name <> hipaa_tenant.name)",
    ];
    for trade in trades {
        let (mut site, _) = one();
        site.attacker.execute_batch("CREATE TABLE copy AS SELECT * FROM hipaa_tenant").unwrap();
        // Both at once would break a UNIQUE constraint half-way, so the rows are taken out and put back.
        let columns = |column: &str| match trade.split_once(" = ") {
            Some((set, value)) if set == column => value.replace("hipaa_tenant.", "c."),
            _ => format!("c.{column}"),
        };
        let select = ["tenant", "log", "name", "mac"].map(columns).join(", ");
        let before = site.rows("SELECT * FROM hipaa_tenant");
        let sql = format!("DELETE FROM hipaa_tenant; INSERT INTO hipaa_tenant SELECT {select} FROM copy c");
        site.attacker.execute_batch(&sql).unwrap();
        assert_ne!(site.rows("SELECT * FROM hipaa_tenant"), before);
        for name in ["North", "South"] {
            let found = site.db.write(|unit| find_tenant(unit, name)).map(drop);
            assert_eq!(found, Err(TenancyError::Tampered), "{trade}");
        }
        assert_eq!(site.db.write(|unit| list_tenants(unit)).map(drop), Err(TenancyError::Tampered));
    }
}

#[test]
fn another_key_is_a_wrong_key_and_not_a_finding_of_tampering() {
    let (mut site, record) = one();
    let before = site.rows("SELECT * FROM hipaa_audit");
    assert_eq!(site.open_with_another_key(), Err(Error::Unit(UnitError::Key(KeyError::WrongKek))));
    assert_eq!(site.rows("SELECT * FROM hipaa_audit"), before);
    site.read(record).unwrap();
}
