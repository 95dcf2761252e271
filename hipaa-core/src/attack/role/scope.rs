//! One patient only: what a patient's own session, or emergency access, shows of everybody else.

use super::{
    BY_FAMILY, BY_STATUS, BY_SUBJECT, CONSULTATION, FAMILY, INTERNAL, MESSAGE, PATIENT, PLAN, PRACTITIONER, Practice,
    SSN, SSN_TEXT, STATUS, SUBJECT, consultation, patient, policy,
};
use crate::auth::role::{Operation, Role, RolePolicy};
use crate::red::{Safeguard, without};
use crate::schema::RecordId;
use crate::seal::StoredValue;
use crate::vault::{FieldError, Row, Select, TenantVault, VaultError};

/// The vault of a patient, Ada, or of emergency access to her.
fn limited(practice: &Practice) -> [TenantVault; 2] {
    [practice.vault("PATIENT"), practice.vault_with("STAFF", policy().emergency_permissions(practice.ada))]
}

#[test]
fn a4_another_patients_record_is_denied_under_a_grant_and_to_a_patient() {
    let mut practice = Practice::open();
    let (ben, ben_visit) = (practice.ben, practice.other_visit);
    for vault in limited(&practice) {
        for (table, record) in [(&PATIENT, ben), (&CONSULTATION, ben_visit)] {
            let before = practice.clinic.entries().len();
            let read = practice.clinic.write(|unit| vault.read(unit, table, record));
            assert_eq!(read.err(), Some(VaultError::Denied));
            assert_eq!(practice.clinic.named_since(before, "PERMISSION_DENIED"), [[record]]);
            let read = practice.clinic.write(|unit| vault.disclose(unit, |shown| shown.read(table, record)));
            assert_eq!(read.err(), Some(VaultError::Denied));
        }
    }
}

#[test]
fn without_its_limit_a_grant_opens_every_patient() {
    let mut practice = Practice::open();
    let (ben, [_, grant]) = (practice.ben, limited(&practice));
    let record = without(Safeguard::Scope, || practice.read(&grant, &PATIENT, ben));
    assert_eq!(record.get(FAMILY), Ok(Some("Brandt")));
}

#[test]
fn a_patient_sees_the_own_record_in_clear_but_for_internal_notes() {
    let mut practice = Practice::open();
    let (ada, visit, patient) = (practice.ada, practice.visit, practice.vault("PATIENT"));
    assert_eq!(practice.read(&patient, &PATIENT, ada).get(SSN), Ok(Some(SSN_TEXT)));
    let record = practice.read(&patient, &CONSULTATION, visit);
    assert!(record.get(PLAN).unwrap().is_some());
    assert_eq!(record.get(INTERNAL), Err(FieldError::Masked));
}

#[test]
fn a4_searches_under_a_limit_find_and_count_the_one_patient_alone() {
    let mut practice = Practice::open();
    let (ada, ben, visit) = (practice.ada, practice.ben, practice.visit);
    for vault in limited(&practice) {
        let db = &mut practice.clinic.db;
        let found = db.write(|unit| vault.find(unit, &CONSULTATION, BY_SUBJECT, (ben,))).unwrap().open().unwrap();
        assert_eq!((found.records.len(), found.candidates, found.flagged), (0, 0, vec![]));
        if vault.actor().role() == "STAFF" {
            let open = db.write(|unit| vault.find(unit, &CONSULTATION, BY_STATUS, ("open",))).unwrap().open().unwrap();
            let ids = open.records.iter().map(crate::vault::Record::id).collect::<Vec<_>>();
            assert_eq!((ids, open.candidates), (vec![visit], 1));
        }
        let select = Select::of(&CONSULTATION, BY_SUBJECT, (ben,));
        let selected = db.write(|unit| vault.disclose(unit, |shown| shown.select(&select))).unwrap().open().unwrap();
        assert_eq!((selected.total, selected.records.len()), (0, 0));
        let resolved = db.write(|unit| vault.resolve(unit, &PATIENT, BY_FAMILY, [("Brandt",), ("Lovelace",)]));
        assert_eq!(resolved.unwrap().open().unwrap(), [None, Some(ada)]);
    }
}

#[test]
fn a4_a_limit_opens_no_page_no_trail_and_no_table_of_another_kind() {
    let mut practice = Practice::open();
    let ada = practice.ada;
    let message = practice.message;
    for vault in limited(&practice) {
        let clinic = &mut practice.clinic;
        assert_eq!(clinic.write(|unit| vault.list(unit, &PATIENT, None, 5)).err(), Some(VaultError::Denied));
        assert_eq!(clinic.write(|unit| vault.trail_about(unit, ada, 5)).err(), Some(VaultError::Denied));
        assert_eq!(clinic.write(|unit| vault.read(unit, &MESSAGE, message)).err(), Some(VaultError::Denied));
        let written = clinic.write(|unit| vault.update(unit, &PATIENT, (ada, 1), &Row::new().set(FAMILY, "X")));
        assert_eq!(written.err(), Some(VaultError::Denied), "read only");
    }
    let practitioner = practice.practitioner;
    let [_, grant] = limited(&practice);
    assert_eq!(practice.read(&grant, &PRACTITIONER, practitioner).get(FAMILY), Ok(Some("Osei")));
}

/// A role that may write under a limit, as a policy of one's own may say.
fn writer(practice: &Practice) -> TenantVault {
    let all = Operation::ALL;
    let role = Role::new("R").may(&PATIENT, all).show_all(&PATIENT).may(&CONSULTATION, all).show_all(&CONSULTATION);
    let policy = RolePolicy::new([role.own_record()]).unwrap();
    practice.vault_with("R", policy.permissions("R", Some(practice.ada)))
}

#[test]
fn a4_nothing_is_written_about_or_given_to_another_patient() {
    let mut practice = Practice::open();
    let (vault, ada, ben, visit, ben_visit) =
        (writer(&practice), practice.ada, practice.ben, practice.visit, practice.other_visit);
    let clinic = &mut practice.clinic;
    let denied = Some(VaultError::Denied);
    assert!(clinic.write(|unit| vault.create(unit, &CONSULTATION, &consultation(ada))).is_ok());
    assert_eq!(clinic.write(|unit| vault.create(unit, &CONSULTATION, &consultation(ben))).err(), denied);
    assert_eq!(clinic.write(|unit| vault.create(unit, &PATIENT, &patient("Hopper", "334-55-6677"))).err(), denied);
    let closed = Row::new().set(STATUS, "closed");
    assert_eq!(clinic.write(|unit| vault.update(unit, &CONSULTATION, (ben_visit, 1), &closed)).err(), denied);
    assert_eq!(clinic.write(|unit| vault.delete(unit, &CONSULTATION, (ben_visit, 1))).err(), denied);
    let moved = Row::new().set(SUBJECT, ben);
    assert_eq!(clinic.write(|unit| vault.update(unit, &CONSULTATION, (visit, 1), &moved)).err(), denied);
    assert_eq!(clinic.write(|unit| vault.update(unit, &CONSULTATION, (visit, 1), &closed)), Ok(2));
}

/// Whoever can write the tables gives Ben's consultation to Ada, to whom there is a grant.
fn relabel(practice: &mut Practice) {
    let key = (CONSULTATION.label(), practice.clinic.north_id(), practice.other_visit);
    let ada = practice.ada;
    let row = practice.clinic.store().rows.get_mut(&key).unwrap();
    let before = row.columns.insert(SUBJECT.label(), StoredValue::Blob(ada.as_bytes().to_vec()));
    assert!(before.is_some());
}

fn read_relabelled(practice: &mut Practice) -> Result<RecordId, VaultError> {
    let ([_, grant], record) = (limited(practice), practice.other_visit);
    let read = practice.clinic.db.write(|unit| grant.read(unit, &CONSULTATION, record))?;
    Ok(read.open()?.id())
}

#[test]
fn a4_a_record_relabelled_in_the_table_is_not_the_patients_and_is_found() {
    let mut practice = Practice::open();
    relabel(&mut practice);
    let before = practice.clinic.entries().len();
    assert_eq!(read_relabelled(&mut practice), Err(VaultError::Denied));
    assert_eq!(practice.clinic.names_since(before), ["INTEGRITY_FAILED", "PERMISSION_DENIED"]);
    let record = practice.other_visit;
    assert_eq!(without(Safeguard::Scope, || read_relabelled(&mut practice)), Ok(record), "the red twin");
}
