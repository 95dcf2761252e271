//! What each role may do. Deny by default: a role that is not named here may do nothing.

use crate::schema::{PATIENT, TABLES};
use hipaa_core::vault::{Operation, Permissions};

const CARE: &[Operation] = &[Operation::Create, Operation::Read, Operation::List, Operation::Search, Operation::Update];
const DESK: &[Operation] = &[Operation::Create, Operation::Read, Operation::List, Operation::Search, Operation::Update];
const LOOK: &[Operation] = &[Operation::Read, Operation::List, Operation::Search];

/// The permissions of a role.
#[must_use]
pub fn permissions(role: &str) -> Permissions {
    match role {
        "CLINICIAN" => all(CARE),
        "ORG_ADMIN" => all(LOOK).allow_trail(),
        "STAFF" => Permissions::none().allow(&PATIENT, DESK),
        "BILLING" => Permissions::none().allow(&PATIENT, LOOK),
        "PRIVACY_OFFICER" => Permissions::none().allow_trail(),
        _ => Permissions::none(),
    }
}

fn all(operations: &[Operation]) -> Permissions {
    TABLES.iter().fold(Permissions::none(), |permissions, table| permissions.allow(table, operations))
}
