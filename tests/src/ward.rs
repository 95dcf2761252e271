//! A small host application: one table, one clinic, one key; used by the harness and by the program that it runs.

use hipaa_core::audit::Actor;
use hipaa_core::keys::Kek;
use hipaa_core::schema::{Column, Date, Index, Table, TenantId, Text};
use hipaa_core::tenancy::{create_tenant, find_tenant};
use hipaa_core::vault::{Permissions, Row, TenantVault};
use hipaa_sqlite::{Database, Error};

/// A patient's name.
pub const NAME: Column<Text> = Column::text("name");
/// A patient's birth date.
pub const BORN: Column<Date> = Column::date("born");
/// A patient's number in this ward; unique.
pub const NUMBER: Column<Text> = Column::text("number");
/// Patients by name and birth date.
pub const BY_NAME: Index<(Text, Date)> = Index::exact("by_name", NAME.as_name()).and(BORN.as_day());
/// Patients by number.
pub const BY_NUMBER: Index<(Text,)> = Index::exact("by_number", NUMBER.as_identifier()).unique();
/// The patients.
pub const PATIENT: Table =
    Table::new("patient", &[NAME.def(), BORN.def(), NUMBER.def()], &[BY_NAME.def(), BY_NUMBER.def()]);

/// The key of every test database.
#[must_use]
pub fn kek() -> Kek {
    Kek::from_text(&"0f".repeat(32).into()).unwrap_or_else(|_| unreachable!("the key is 64 hexadecimal digits"))
}

/// Declares the table and finds or makes the clinic.
///
/// # Errors
/// Whatever the database gives.
pub fn clinic(database: &mut Database) -> Result<TenantVault, Error> {
    database.declare(&[&PATIENT])?;
    let operator = Actor::new(TenantId::DEPLOYMENT, "setup", "operator").map_err(|_| Error::CannotOpen)?;
    let tenant = database.write(|unit| {
        find_tenant(unit, "Ward").or_else(|_| create_tenant(unit, &operator, "Ward")).map_err(Error::from)
    })?;
    let actor = Actor::new(tenant.into_inner().id, "nurse", "clinician").map_err(|_| Error::CannotOpen)?;
    Ok(TenantVault::new(actor, Permissions::everything()))
}

/// The patient with this number.
#[must_use]
pub fn patient(number: &str) -> Row {
    let born = Date::new(1980, 2, 29).ok();
    Row::new().set(NAME, "Zoë Müller").set_opt(BORN, born).set(NUMBER, number)
}
