//! `define-roles.md`, `mask-a-field.md`, `run-emergency-access.md`.

use super::clinic::Failed;
use super::clinic::wide::*;
use hipaa_core::audit::Actor;
use hipaa_core::auth::control::Control;
use hipaa_core::auth::mask::{Mask, Masked};
use hipaa_core::auth::reason::{Reason, ReasonCode};
use hipaa_core::auth::role::{Ability, Operation, PolicyError, Role, RolePolicy};
use hipaa_core::auth::token::SessionToken;
use hipaa_core::identity::{Active, Client, Identity, Settings, Use};
use hipaa_core::schema::{ColumnDef, RecordId};
use hipaa_core::vault::{FieldError, Record, TenantVault};
use hipaa_sqlite::{Database, Error, Unit};

pub fn policy() -> Result<RolePolicy, PolicyError> {
    RolePolicy::clinic()
        .patients(&PATIENT, &[FAMILY.def(), GIVEN.def(), BORN.def(), SSN.def(), PHONES.def()])
        .clinical(&CONSULTATION, &[SUBJECT.def(), STATUS.def()])
        .treatment(&PRESCRIPTION) // for those who treat, administrators and the patient
        .billing(&CLAIM, &[SUBJECT.def(), STATUS.def(), AMOUNT.def()])
        .directory(&PRACTITIONER, &[NAME.def()])
        .other(&MESSAGE) // for administrators and clinicians alone
        .build()
}

fn from_a_session(
    unit: &mut Unit<'_>,
    (identity, policy): (&Identity, &RolePolicy),
    (token, client): (SessionToken, Client<'_>),
    id: RecordId,
) -> Result<(), Error> {
    let policy = policy.clone();
    let active = identity.authorize(unit, &token, &client, Use::WORK)?;
    let vault = TenantVault::signed_in(&active, &policy);
    let record = vault.read(unit, &PATIENT, id)?;
    Ok(())
}

const SHOWN: &[ColumnDef] = &[FAMILY.def()];

fn amended() -> Result<RolePolicy, PolicyError> {
    let policy = RolePolicy::clinic()
        .patients(&PATIENT, SHOWN)
        .amend("STAFF", |role| role.mask(&PATIENT, PHONES, Mask::last(4)))
        .role(
            Role::new("TRIAGE_NURSE")
                .may(&PATIENT, &[Operation::Read, Operation::Search])
                .show(&PATIENT, &[FAMILY.def(), ALLERGIES.def()])
                .can(&[Ability::InvokeEmergency]),
        )
        .build()?;
    Ok(policy)
}

fn start(db: &mut Database, settings: &Settings, operator: Actor) -> Result<(), Failed> {
    let start = settings.switched_off().without(Control::SecondFactor); // what the settings and you know to be off
    let cleared = db.write(|unit| Ok::<_, Error>(start.check(unit, &operator)))?.into_inner()?;
    Ok(())
}

fn desk() -> Role {
    Role::new("FRONT_DESK")
        .may(&PATIENT, &[Operation::Read, Operation::Search])
        .show(&PATIENT, &[FAMILY.def()])
        .mask(&PATIENT, SSN, Mask::ssn()) // ***-**-1234
        .mask(&PATIENT, BORN, Mask::year()) // 1984
        .mask(&PATIENT, NOTES, Mask::hidden()) // ***, whether or not there is a note
}

fn show(_: Option<&str>) {}

fn masked(record: &Record) -> Result<(), Failed> {
    match record.get(SSN) {
        Err(FieldError::Masked) => show(record.masked(SSN).map(Masked::as_str)),
        value => show(value?),
    }
    Ok(())
}

fn revealed(db: &mut Database, vault: &TenantVault, id: RecordId) -> Result<(), Failed> {
    let reason = Reason::new(ReasonCode::Payment, "claim 4711 was returned")?;
    let shown = db.write(|unit| vault.reveal(unit, &PATIENT, (id, SSN), &reason))?.open()?;
    Ok(())
}

struct Form {
    words: String,
}

fn emergency(
    (db, form): (&mut Database, Form),
    (identity, active, policy): (&Identity, Active, RolePolicy),
    patient: RecordId,
) -> Result<(), Failed> {
    let reason = Reason::new(ReasonCode::LifeThreatening, &form.words)?; // at least 10 characters
    let grant = db
        .write(|unit| Ok::<_, Error>(identity.open_emergency(unit, &active, &policy, (patient, &reason))?))?
        .into_inner();
    let looked = db.write(|unit| {
        let vault = TenantVault::in_emergency(unit, &active, &policy, grant.id)?;
        Ok::<_, Error>(vault.read(unit, &PATIENT, patient)?)
    })?;
    Ok(())
}
