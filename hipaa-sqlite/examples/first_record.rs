//! The first record: declared, sealed, found.
#![expect(unreachable_pub, clippy::print_stdout, reason = "an example")]

use hipaa_core::audit::Actor;
use hipaa_core::keys::Kek;
use hipaa_core::schema::{Date, TenantId};
use hipaa_core::tenancy::create_tenant;
use hipaa_core::vault::{Permissions, Row, TenantVault};
use hipaa_sqlite::Database;

mod patient {
    use hipaa_core::schema::*;
    pub const FAMILY: Column<Text> = Column::text("family");
    pub const GIVEN: Column<Text> = Column::text("given");
    pub const BORN: Column<Date> = Column::date("birth_date");
    pub const BY_NAME: Index<(Text, Text, Date)> =
        Index::exact("name_birth", FAMILY.as_name()).and(GIVEN.as_name()).and(BORN.as_day());
    pub const TABLE: Table = Table::new("patient", &[FAMILY.def(), GIVEN.def(), BORN.def()], &[BY_NAME.def()]);
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = tempfile::tempdir()?;
    let kek = Kek::from_text(&"0f".repeat(32).into())?; // a real one comes from Kek::from_fd or from_file
    let mut db = Database::open(folder.path().join("emr.db"), kek)?;
    db.declare(&[&patient::TABLE])?;

    let operator = Actor::new(TenantId::DEPLOYMENT, "setup", "operator")?;
    let tenant = db.write(|unit| create_tenant(unit, &operator, "North clinic"))?.into_inner();
    let clinic = TenantVault::new(Actor::new(tenant.id, "dr-osei", "clinician")?, Permissions::everything());

    let day = Date::new(1980, 2, 29)?;
    let row = Row::new().set(patient::FAMILY, "Müller").set(patient::GIVEN, "Jürgen").set(patient::BORN, day);
    db.write(|unit| clinic.create(unit, &patient::TABLE, &row))?.into_inner();

    let name = ("MÜLLER ", "jürgen", day);
    let found = db.write(|unit| clinic.find(unit, &patient::TABLE, patient::BY_NAME, name))?.open()?;
    for record in &found.records {
        println!("{}, intact: {}", record.get(patient::FAMILY)?.unwrap_or("-"), record.integrity().is_intact());
    }
    Ok(())
}
