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

/// What a role has pages for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Area {
    /// Finding patients, and their charts.
    Patients,
    /// The audit log.
    Log,
}

/// The areas of a role, for the navigation alone: the gate decides who gets in.
#[must_use]
pub fn areas(role: &str) -> Vec<Area> {
    match role {
        "CLINICIAN" | "STAFF" | "BILLING" => vec![Area::Patients],
        "ORG_ADMIN" => vec![Area::Patients, Area::Log],
        "PRIVACY_OFFICER" => vec![Area::Log],
        _ => Vec::new(),
    }
}
