//! What each role may do, and what it sees: the default policy over the tables of this application. What is not named here,
//! nobody sees.

use crate::schema::clinical::{
    ALLERGIES, CONDITIONS, DEVICES, DOCUMENTS, ENCOUNTERS, IMMUNIZATIONS, LOCATIONS, MEDICATIONS, ORGANIZATIONS,
    OTHERS, PRACTITIONER_ROLES, PRACTITIONERS, PROCEDURES,
};
use crate::schema::{
    ADDRESSES, BORN, EMAILS, FAMILY, GENDER, GIVEN, LANGUAGE, MARITAL_STATUS, MRN, NAMES, PATIENT, PHONES, SSN,
};
use hipaa_core::auth::role::{PolicyError, RolePolicy};
use hipaa_core::schema::Table;

const CLINICAL: [&Table; 8] =
    [&ENCOUNTERS, &CONDITIONS, &MEDICATIONS, &PROCEDURES, &IMMUNIZATIONS, &ALLERGIES, &DOCUMENTS, &DEVICES];
const DIRECTORY: [&Table; 4] = [&PRACTITIONERS, &PRACTITIONER_ROLES, &ORGANIZATIONS, &LOCATIONS];

/// The policy. Of patients, whoever does not treat them sees what a front desk needs; of their care, nothing.
///
/// # Errors
/// [`PolicyError`]: a column that its table does not have.
pub fn policy() -> Result<RolePolicy, PolicyError> {
    let desk = [
        MRN.def(),
        SSN.def(),
        FAMILY.def(),
        GIVEN.def(),
        NAMES.def(),
        BORN.def(),
        GENDER.def(),
        PHONES.def(),
        EMAILS.def(),
        ADDRESSES.def(),
        MARITAL_STATUS.def(),
        LANGUAGE.def(),
    ];
    let policy = RolePolicy::clinic().patients(&PATIENT, &desk).other(&OTHERS);
    let policy = CLINICAL.iter().fold(policy, |policy, table| policy.clinical(table, &[]));
    DIRECTORY.iter().fold(policy, |policy, table| policy.directory(table, table.columns())).build()
}
