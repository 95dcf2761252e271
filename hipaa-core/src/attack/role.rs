//! Roles and masks as whoever has too small a role meets them: every verb, every table, every way around a mask.

mod decision;
mod emergency;
mod golden;
mod leak;
mod mask;
mod scope;
mod session;

use super::clinic::{Clinic, day};
use crate::audit::Actor;
use crate::auth::role::{Permissions, RolePolicy};
use crate::schema::{
    AMENDS, BY_AMENDS, Column, Date, Index, RecordId, Reference, SIGNATURE, SIGNATURE_SALT, Table, Text,
};
use crate::vault::{Record, Row, TenantVault};

pub(super) const FAMILY: Column<Text> = Column::text("family");
pub(super) const SSN: Column<Text> = Column::text("ssn");
pub(super) const BORN: Column<Date> = Column::date("birth_date");
pub(super) const MEMBER: Column<Text> = Column::text("insurance_member_id");
pub(super) const SOURCE: Column<Text> = Column::text("source");
pub(super) const BY_FAMILY: Index<(Text,)> = Index::exact("family", FAMILY.as_name());
pub(super) const BY_BIRTH: Index<(Text, Date)> = Index::exact("name_birth", FAMILY.as_name()).and(BORN.as_day());
pub(super) const BY_SSN: Index<(Text,)> = Index::exact("ssn", SSN.as_digits()).unique();
pub(super) const PATIENT: Table = Table::new(
    "patient",
    &[FAMILY.def(), SSN.def(), BORN.def(), MEMBER.def(), SOURCE.def()],
    &[BY_FAMILY.def(), BY_BIRTH.def(), BY_SSN.def()],
);

pub(super) const SUBJECT: Column<Reference> = Column::subject("subject");
pub(super) const STATUS: Column<Text> = Column::text("status");
pub(super) const PLAN: Column<Text> = Column::text("plan");
pub(super) const INTERNAL: Column<Text> = Column::text("internal_notes");
pub(super) const BY_SUBJECT: Index<(Reference,)> = Index::exact("subject", SUBJECT.as_reference());
pub(super) const BY_STATUS: Index<(Text,)> = Index::exact("status", STATUS.as_identifier());
pub(super) const CONSULTATION: Table = Table::new(
    "consultation",
    &[SUBJECT.def(), STATUS.def(), PLAN.def(), INTERNAL.def()],
    &[BY_SUBJECT.def(), BY_STATUS.def()],
);
pub(super) const CLAIM: Table =
    Table::new("claim", &[SUBJECT.def(), STATUS.def()], &[BY_SUBJECT.def(), BY_STATUS.def()]);
pub(super) const PRESCRIPTION: Table =
    Table::new("prescription", &[SUBJECT.def(), STATUS.def()], &[BY_SUBJECT.def(), BY_STATUS.def()]);
pub(super) const PRACTITIONER: Table = Table::new("practitioner", &[FAMILY.def()], &[BY_FAMILY.def()]).directory();
pub(super) const MESSAGE: Table = Table::new("message", &[STATUS.def()], &[BY_STATUS.def()]).directory();

/// What is signed and amended.
pub(super) const OPERATION: Table = Table::new(
    "operation",
    &[SUBJECT.def(), STATUS.def(), PLAN.def(), SIGNATURE, SIGNATURE_SALT, AMENDS],
    &[BY_SUBJECT.def(), BY_AMENDS.def()],
);

pub(super) const ROLES: [&str; 7] =
    ["SUPER_ADMIN", "ORG_ADMIN", "CLINICIAN", "STAFF", "BILLING", "PRIVACY_OFFICER", "PATIENT"];

/// The default policy over one table of each class.
pub(super) fn policy() -> RolePolicy {
    let policy = RolePolicy::clinic()
        .patients(&PATIENT, &[FAMILY.def(), SSN.def(), BORN.def()])
        .clinical(&CONSULTATION, &[SUBJECT.def(), STATUS.def()])
        .clinical(&OPERATION, &[SUBJECT.def(), STATUS.def()])
        .billing(&CLAIM, &[SUBJECT.def(), STATUS.def()])
        .treatment(&PRESCRIPTION)
        .directory(&PRACTITIONER, &[FAMILY.def()])
        .other(&MESSAGE);
    policy.build().unwrap()
}

/// Canaries: no text that the library shows has them by chance.
pub(super) const SSN_TEXT: &str = "917-53-4466";
pub(super) const MEMBER_TEXT: &str = "QXZ77130042";
pub(super) const SOURCE_TEXT: &str = "sourcecanary";
pub(super) const PLAN_TEXT: &str = "plancanary titrate";
pub(super) const INTERNAL_TEXT: &str = "internalcanary";

pub(super) fn patient(family: &str, ssn: &str) -> Row {
    let row = Row::new().set(FAMILY, family).set(SSN, ssn).set(BORN, day());
    row.set(MEMBER, MEMBER_TEXT).set(SOURCE, SOURCE_TEXT)
}

pub(super) fn consultation(subject: RecordId) -> Row {
    Row::new().set(SUBJECT, subject).set(STATUS, "open").set(PLAN, PLAN_TEXT).set(INTERNAL, INTERNAL_TEXT)
}

/// Two patients with a consultation each, and a record of every other table.
pub(super) struct Practice {
    pub(super) clinic: Clinic,
    pub(super) ada: RecordId,
    pub(super) ben: RecordId,
    pub(super) visit: RecordId,
    pub(super) other_visit: RecordId,
    pub(super) claim: RecordId,
    pub(super) prescription: RecordId,
    pub(super) practitioner: RecordId,
    pub(super) message: RecordId,
    pub(super) operation: RecordId,
    pub(super) signed: RecordId,
}

impl Practice {
    pub(super) fn open() -> Self {
        let mut clinic = Clinic::open();
        let vault = clinic.north.clone();
        let mut create =
            |table: &'static Table, row: &Row| clinic.write(|unit| vault.create(unit, table, row)).unwrap();
        let [ada, ben] = [("Lovelace", SSN_TEXT), ("Brandt", "223-44-5566")]
            .map(|(family, ssn)| create(&PATIENT, &patient(family, ssn)));
        let [visit, other_visit] = [ada, ben].map(|subject| create(&CONSULTATION, &consultation(subject)));
        let claim = create(&CLAIM, &Row::new().set(SUBJECT, ada).set(STATUS, "open"));
        let prescription = create(&PRESCRIPTION, &Row::new().set(SUBJECT, ada).set(STATUS, "open"));
        let practitioner = create(&PRACTITIONER, &Row::new().set(FAMILY, "Osei"));
        let message = create(&MESSAGE, &Row::new().set(STATUS, "open"));
        let [operation, signed] = ["open", "done"]
            .map(|status| create(&OPERATION, &Row::new().set(SUBJECT, ada).set(STATUS, status).set(PLAN, PLAN_TEXT)));
        clinic.write(|unit| vault.sign(unit, &OPERATION, (signed, 1))).unwrap();
        Self { clinic, ada, ben, visit, other_visit, claim, prescription, practitioner, message, operation, signed }
    }

    /// The vault of a role; a patient is Ada.
    pub(super) fn vault(&self, role: &str) -> TenantVault {
        self.vault_with(role, policy().permissions(role, Some(self.ada)))
    }

    pub(super) fn vault_with(&self, role: &str, permissions: Permissions) -> TenantVault {
        TenantVault::new(Actor::new(self.clinic.north.actor().tenant(), "u-7", role).unwrap(), permissions)
    }

    pub(super) fn read(&mut self, vault: &TenantVault, table: &'static Table, record: RecordId) -> Record {
        self.clinic.db.write(|unit| vault.read(unit, table, record)).unwrap().open().unwrap()
    }
}
