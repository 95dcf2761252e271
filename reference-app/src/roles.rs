//! What each role may do, and what it sees: the library's policy of a clinic over the tables of this application.

use crate::schema::clinical::{
    ALLERGIES, CONDITIONS, DEVICES, DOCUMENTS, ENCOUNTER, ENCOUNTERS, ENDED, IMMUNIZATIONS, LABEL, LOCATION, LOCATIONS,
    MEDICATIONS, ORGANIZATION, ORGANIZATIONS, OTHERS, PRACTITIONER, PRACTITIONER_ROLES, PRACTITIONERS, PROCEDURES,
    STARTED, STATUS, SUBJECT,
};
use crate::schema::consultation::{OPERATIVE_RECORDS, TRANSMISSIONS};
use crate::schema::{
    ADDRESSES, BORN, DECEASED, EMAILS, FAMILY, GENDER, GIVEN, LANGUAGE, MARITAL_STATUS, MRN, NAMES, PATIENT, PHONES,
    SSN,
};
use hipaa_core::auth::role::{Clinic, PolicyError, RolePolicy};
use hipaa_core::schema::{AMENDS, ColumnDef, SIGNATURE};

/// What the front desk sees of a patient: whom to address, and how.
const DESK: &[ColumnDef] = &[
    FAMILY.def(),
    GIVEN.def(),
    NAMES.def(),
    BORN.def(),
    DECEASED.def(),
    GENDER.def(),
    MRN.def(),
    SSN.def(),
    PHONES.def(),
    EMAILS.def(),
    ADDRESSES.def(),
    MARITAL_STATUS.def(),
    LANGUAGE.def(),
];
/// What roles that do not treat see of an appointment: that there was one.
const VISITS: &[ColumnDef] = &[
    SUBJECT.def(),
    PRACTITIONER.def(),
    ORGANIZATION.def(),
    LOCATION.def(),
    STATUS.def(),
    STARTED.def(),
    ENDED.def(),
    SIGNATURE,
    AMENDS,
];
/// Of operative records.
const OPERATIONS: &[ColumnDef] =
    &[SUBJECT.def(), ENCOUNTER.def(), PRACTITIONER.def(), STARTED.def(), ENDED.def(), SIGNATURE, AMENDS];
/// Of directories.
const NAMED: &[ColumnDef] = &[PRACTITIONER.def(), ORGANIZATION.def(), LOCATION.def(), LABEL.def(), STATUS.def()];

/// The policy of the application.
///
/// # Errors
/// [`PolicyError`]: a mistake in this file.
pub fn policy() -> Result<RolePolicy, PolicyError> {
    let clinic = Clinic::default().patients(&PATIENT, DESK).clinical(&ENCOUNTERS, VISITS);
    let clinic = clinic.clinical(&OPERATIVE_RECORDS, OPERATIONS).clinical(&TRANSMISSIONS, &[]);
    let hidden = [&CONDITIONS, &MEDICATIONS, &PROCEDURES, &IMMUNIZATIONS, &ALLERGIES, &DOCUMENTS, &DEVICES];
    let clinic = hidden.into_iter().fold(clinic, |clinic, table| clinic.clinical(table, &[SUBJECT.def()]));
    let directories = [&PRACTITIONERS, &PRACTITIONER_ROLES, &ORGANIZATIONS, &LOCATIONS];
    let clinic = directories.into_iter().fold(clinic, |clinic, table| clinic.directory(table, NAMED));
    clinic.other(&OTHERS).build()
}

#[cfg(test)]
mod tests {
    use super::*;
    use hipaa_core::vault::Operation;

    #[test]
    fn clinicians_sign_and_nobody_else_does() {
        let policy = policy().unwrap();
        for role in ["SUPER_ADMIN", "ORG_ADMIN", "CLINICIAN", "STAFF", "BILLING", "PRIVACY_OFFICER", "PATIENT", "X"] {
            let permissions = policy.permissions(role, None);
            for table in [&ENCOUNTERS, &OPERATIVE_RECORDS] {
                for operation in [Operation::Sign, Operation::Amend] {
                    assert_eq!(permissions.allows(table, operation), role == "CLINICIAN", "{role}");
                }
            }
        }
    }
}
