//! README, `declare-a-table.md`, `sign-and-amend.md`.

use super::clinic::encounter::{ENCOUNTER, NOTE, PATIENT};
use super::clinic::{Failed, encounter, patient};
use hipaa_core::schema::{Date, RecordId};
use hipaa_core::vault::{Row, TenantVault, VaultError};
use hipaa_sqlite::{Database, Unit};

fn find(db: &mut Database, clinic: &TenantVault, day: Date) -> Result<(), Failed> {
    let found = db.write(|unit| clinic.find(unit, &patient::TABLE, patient::BY_NAME, ("MÜLLER ", day)))?.open()?;
    Ok(())
}

fn declare(db: &mut Database) -> Result<(), Failed> {
    db.declare(&[&patient::TABLE, &encounter::TABLE])?;
    Ok(())
}

fn sign(unit: &mut Unit<'_>, clinic: &TenantVault, patient: RecordId) -> Result<(), VaultError> {
    let draft = clinic.create(unit, &ENCOUNTER, &Row::new().set(PATIENT, patient).set(NOTE, "chest pain"))?;
    let version = clinic.sign(unit, &ENCOUNTER, (draft, 1))?;
    let amendment = clinic.amend(unit, &ENCOUNTER, draft, &Row::new().set(NOTE, "not the chest: the back"))?;
    Ok(())
}
