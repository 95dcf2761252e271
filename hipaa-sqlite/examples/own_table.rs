//! A host's own connection and table: the host writes the SQL, the vault does everything else.
#![expect(unreachable_pub, clippy::print_stdout, reason = "an example")]

use hipaa_core::vault::{Permissions, Row, TenantVault};
use hipaa_core::{audit::Actor, clock::Clock, keys::Kek, schema::TenantId, tenancy::create_tenant};
use hipaa_sqlite::rusqlite::{Connection, OptionalExtension, TransactionBehavior::Immediate, params};
use hipaa_sqlite::{Error, attach, join, read_row, sql_value};

mod chart {
    use hipaa_core::schema::*;
    pub const MRN: Column<Text> = Column::text("mrn");
    pub const REMARK: Column<Text> = Column::text("remark");
    pub const BY_MRN: Index<(Text,)> = Index::exact("by_mrn", MRN.as_identifier()).unique();
    pub const TABLE: Table = Table::new("chart", &[MRN.def(), REMARK.def()], &[BY_MRN.def()]);
}

/// The declared columns in their order, then the seal, then the record id: what `read_row` takes.
const SELECT: &str = "SELECT mrn, remark, hipaa_seal, record FROM chart";

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = tempfile::tempdir()?;
    let mut host = Connection::open(folder.path().join("host.db"))?;
    host.execute_batch(
        "CREATE TABLE chart (record BLOB PRIMARY KEY, mrn BLOB, remark BLOB, hipaa_seal BLOB NOT NULL, bed TEXT)",
    )?;
    let kek = Kek::from_text(&"0f".repeat(32).into())?; // a real one comes from Kek::from_fd or from_file
    let notary = attach(&mut host, kek, Clock::system())?;
    let operator = Actor::new(TenantId::DEPLOYMENT, "setup", "operator")?;
    let transaction = host.transaction_with_behavior(Immediate)?;
    let tenant = join(transaction, &notary, |unit| create_tenant(unit, &operator, "North clinic"))?.into_inner();
    let clinic = TenantVault::new(Actor::new(tenant.id, "dr-osei", "clinician")?, Permissions::everything());

    let row = Row::new().set(chart::MRN, "MRN 00-12").set(chart::REMARK, "penicillin allergy");
    join(host.transaction_with_behavior(Immediate)?, &notary, |unit| {
        let sealed = clinic.seal(unit, &chart::TABLE, &row)?;
        let (mrn, remark) = (sql_value(&sealed.columns[0])?, sql_value(&sealed.columns[1])?);
        let sql = "INSERT INTO chart (record, mrn, remark, hipaa_seal, bed) VALUES (?1, ?2, ?3, ?4, 'B12')";
        Ok::<_, Error>(unit.sql().execute(sql, params![sealed.record.as_bytes(), mrn, remark, sealed.seal])?)
    })?
    .into_inner();

    let found = join(host.transaction_with_behavior(Immediate)?, &notary, |unit| {
        clinic.find_with(unit, &chart::TABLE, (chart::BY_MRN, ("mrn 0012",)), |unit, record| {
            let sql = format!("{SELECT} WHERE record = ?1");
            let row = unit.sql().query_row(&sql, [record.as_bytes()], |row| read_row(&chart::TABLE, tenant.id, row));
            Ok::<_, Error>(row.optional()?)
        })
    })?;
    println!("found {}", found.open()?.records.len());

    let opened = join(host.transaction_with_behavior(Immediate)?, &notary, |unit| {
        let sql = format!("{SELECT} WHERE bed = 'B12'");
        let row = unit.sql().query_row(&sql, [], |row| read_row(&chart::TABLE, tenant.id, row))?;
        Ok::<_, Error>(clinic.open(unit, &chart::TABLE, &row)?)
    })?;
    println!("{}", opened.open()?.get(chart::REMARK)?.unwrap_or("-"));
    Ok(())
}
