//! What the vault refuses, and what a refusal leaves behind.

use super::clinic::{BY_MRN, BY_NAME, Clinic, FAMILY, PATIENT, day, patient};
use crate::audit::{Body, tag};
use crate::schema::RecordId;
use crate::store::StoreError;
use crate::store::memory::{Fault, MemoryStore};
use crate::unit::{MemoryUnit, Unit, UnitError};
use crate::vault::{Operation, Permissions, Row, Select, TenantVault, VaultError};

type Verb = fn(&TenantVault, &mut MemoryUnit<'_>, RecordId) -> Result<(), VaultError>;

/// Every verb, with the operation that it needs.
const VERBS: [(Verb, Option<Operation>); 18] = [
    (|vault, unit, _| vault.create(unit, &PATIENT, &patient("Brandt", "M-2")).map(drop), Some(Operation::Create)),
    (|vault, unit, id| vault.read(unit, &PATIENT, id).map(drop), Some(Operation::Read)),
    (|vault, unit, _| vault.list(unit, &PATIENT, None, 10).map(drop), Some(Operation::List)),
    (|vault, unit, _| vault.find(unit, &PATIENT, BY_NAME, ("Osei", day())).map(drop), Some(Operation::Search)),
    (|vault, unit, id| vault.update(unit, &PATIENT, (id, 1), &renamed()).map(drop), Some(Operation::Update)),
    (|vault, unit, id| vault.delete(unit, &PATIENT, (id, 1)), Some(Operation::Delete)),
    (|vault, unit, _| vault.upsert(unit, &PATIENT, BY_MRN, &patient("Osei", "M-1")).map(drop), Some(Operation::Search)),
    (
        |vault, unit, _| vault.upsert_all(unit, &PATIENT, BY_MRN, vec![patient("Osei", "M-1")]).map(drop),
        Some(Operation::Search),
    ),
    (|vault, unit, _| vault.resolve(unit, &PATIENT, BY_MRN, [("M-1",)]).map(drop), Some(Operation::Search)),
    (|vault, unit, id| vault.disclose(unit, |shown| shown.read(&PATIENT, id)).map(drop), Some(Operation::Read)),
    (
        |vault, unit, _| {
            let select = Select::of(&PATIENT, BY_NAME, ("Osei", day()));
            vault.disclose(unit, |shown| shown.select(&select)).map(drop)
        },
        Some(Operation::Search),
    ),
    (|vault, unit, _| vault.trail(unit, 0, 10).map(drop), None),
    (|vault, unit, id| vault.trail_about(unit, id, 10).map(drop), None),
    (|vault, unit, _| vault.seal(unit, &PATIENT, &patient("Brandt", "M-2")).map(drop), Some(Operation::Create)),
    (
        |vault, unit, id| {
            let row = stored(vault, unit, id)?;
            vault.reseal(unit, &PATIENT, (&row, 1), &renamed()).map(drop)
        },
        Some(Operation::Update),
    ),
    (
        |vault, unit, id| {
            let row = stored(vault, unit, id)?;
            vault.open(unit, &PATIENT, &row).map(drop)
        },
        Some(Operation::Read),
    ),
    (
        |vault, unit, id| {
            let row = stored(vault, unit, id)?;
            vault.retire(unit, &PATIENT, (&row, 1))
        },
        Some(Operation::Delete),
    ),
    (
        |vault, unit, _| {
            let fetch = |unit: &mut MemoryUnit<'_>, id| stored(vault, unit, id).map(Some);
            vault.find_with(unit, &PATIENT, (BY_NAME, ("Osei", day())), fetch).map(drop)
        },
        Some(Operation::Search),
    ),
];

fn renamed() -> Row {
    Row::new().set(FAMILY, "Osei-Brandt")
}

fn stored(
    vault: &TenantVault,
    unit: &mut MemoryUnit<'_>,
    record: RecordId,
) -> Result<crate::seal::StoredRow, VaultError> {
    Ok(unit.parts().0.row(&PATIENT, vault.actor().tenant(), record)?.unwrap())
}

/// The store without North's log and head.
fn all_but_the_log(clinic: &mut Clinic) -> MemoryStore {
    let (log, tenant) = (clinic.north_log(), clinic.north_id());
    let mut rest = clinic.store().clone();
    rest.entries.retain(|(of, _), _| *of != log);
    rest.heads.remove(&tenant);
    rest
}

fn outcome(body: &Body) -> Option<u8> {
    body.field(tag::OUTCOME).map(|code| code[0])
}

const DENIED: Option<u8> = Some(crate::audit::Outcome::Denied as u8);

#[test]
fn every_verb_does_its_work_where_it_is_permitted() {
    for (at, (verb, _)) in VERBS.into_iter().enumerate() {
        let mut clinic = Clinic::open();
        let record = clinic.admit("Osei", "M-1");
        let vault = clinic.north.clone();
        let before = clinic.entries().len();
        assert_eq!(clinic.write(|unit| verb(&vault, unit, record)), Ok(()), "verb {at}");
        let names = clinic.names_since(before);
        // A search of a host's own table tells its candidates first, and that is an entry by itself.
        assert!((1..=2).contains(&names.len()), "verb {at}: {names:?}");
        assert!(!names.contains(&"PERMISSION_DENIED".to_owned()), "verb {at}: {names:?}");
    }
}

#[test]
fn every_verb_without_permission_leaves_a_denial_and_nothing_else() {
    let mut clinic = Clinic::open();
    let record = clinic.admit("Osei", "M-1");
    let vault = TenantVault::new(clinic.north.actor().clone(), Permissions::none());
    let rest = all_but_the_log(&mut clinic);
    for (at, (verb, _)) in VERBS.into_iter().enumerate() {
        let before = clinic.entries().len();
        assert_eq!(clinic.write(|unit| verb(&vault, unit, record)), Err(VaultError::Denied), "verb {at}");
        assert_eq!(clinic.names_since(before), ["PERMISSION_DENIED"], "verb {at}");
        let last = clinic.entries().pop().unwrap();
        assert_eq!((outcome(&last), last.text(tag::USER)), (DENIED, Some("dr-osei")));
        assert!(all_but_the_log(&mut clinic) == rest, "verb {at}");
    }
}

#[test]
fn a_permission_for_every_other_operation_is_none_for_this_one() {
    let all = [
        Operation::Create,
        Operation::Read,
        Operation::List,
        Operation::Search,
        Operation::Update,
        Operation::Delete,
        Operation::Sign,
        Operation::Amend,
    ];
    for (at, (verb, needed)) in VERBS.into_iter().enumerate() {
        let others = all.into_iter().filter(|operation| Some(*operation) != needed).collect::<Vec<_>>();
        let permissions = Permissions::none().allow(&PATIENT, &others).allow(&super::clinic::VISIT, &all);
        let permissions = if needed.is_some() { permissions.allow_trail() } else { permissions };
        let mut clinic = Clinic::open();
        let record = clinic.admit("Osei", "M-1");
        let vault = TenantVault::new(clinic.north.actor().clone(), permissions);
        assert_eq!(clinic.write(|unit| verb(&vault, unit, record)), Err(VaultError::Denied), "verb {at}");
    }
}

#[test]
fn a_record_of_another_tenant_is_not_found_and_leaves_a_denial() {
    let verbs: [Verb; 3] = [VERBS[1].0, VERBS[4].0, VERBS[5].0];
    for verb in verbs {
        let mut clinic = Clinic::open();
        let south = clinic.south.clone();
        let foreign = clinic.write(|unit| south.create(unit, &PATIENT, &patient("Osei", "M-1"))).unwrap();
        let (vault, before) = (clinic.north.clone(), clinic.entries().len());
        let rest = all_but_the_log(&mut clinic);
        assert_eq!(clinic.write(|unit| verb(&vault, unit, foreign)), Err(VaultError::NotFound));
        assert_eq!(clinic.named_since(before, "PERMISSION_DENIED"), [[foreign]]);
        assert_eq!(clinic.names_since(before).len(), 1);
        assert!(all_but_the_log(&mut clinic) == rest);
        let unknown = RecordId::from_slice(&[9; 16]).unwrap();
        let before = clinic.entries().len();
        assert_eq!(clinic.write(|unit| verb(&vault, unit, unknown)), Err(VaultError::NotFound));
        assert_eq!(clinic.named_since(before, "PHI_READ"), [[unknown]]);
    }
}

#[test]
fn without_its_entry_no_verb_does_anything() {
    let mut clinic = Clinic::open();
    let record = clinic.admit("Osei", "M-1");
    let stranger = TenantVault::new(clinic.north.actor().clone(), Permissions::none());
    let vault = clinic.north.clone();
    clinic.store().fault = Fault::RefuseEntries;
    let before = clinic.store().clone();
    let full = Err(VaultError::Unit(UnitError::Store(StoreError::Full)));
    for (at, (verb, _)) in VERBS.into_iter().enumerate() {
        for vault in [&vault, &stranger] {
            assert_eq!(clinic.write(|unit| verb(vault, unit, record)), full, "verb {at}");
            assert!(*clinic.store() == before, "verb {at}");
        }
    }
    let unknown = RecordId::from_slice(&[9; 16]).unwrap();
    assert_eq!(clinic.read(unknown).map(drop), Err(VaultError::Unit(UnitError::Store(StoreError::Full))));
    clinic.store().fault = Fault::None;
    assert_eq!(clinic.breaks(record), []);
}

#[test]
fn a_read_whose_refused_entry_is_swallowed_releases_nothing() {
    let mut clinic = Clinic::open();
    let record = clinic.admit("Osei", "M-1");
    let vault = clinic.north.clone();
    clinic.store().fault = Fault::RefuseEntries;
    let read = clinic.db.write(|unit| Ok::<_, VaultError>(vault.read(unit, &PATIENT, record).ok()));
    assert!(read.unwrap().open().unwrap().is_none());
}

#[test]
fn a_value_held_by_one_unit_is_not_released_by_another_in_any_wrapping() {
    let mut clinic = Clinic::open();
    let record = clinic.admit("Osei", "M-1");
    let vault = clinic.north.clone();
    let own = |clinic: &mut Clinic| {
        let held = clinic.db.write(|unit| vault.read(unit, &PATIENT, record)).unwrap();
        held.into_inner()
    };
    let (one, two, three) = (own(&mut clinic), own(&mut clinic), own(&mut clinic));
    let mixed = clinic.db.write(|unit| Ok::<_, VaultError>((vault.read(unit, &PATIENT, record)?, Some(one)))).unwrap();
    assert!(mixed.open().is_err());
    let listed = clinic.db.write(|_| Ok::<_, VaultError>(vec![two])).unwrap();
    assert!(listed.open().is_err());
    let mut other = Clinic::open();
    let elsewhere = other.db.write(|_| Ok::<_, VaultError>(three)).unwrap();
    assert!(elsewhere.open().is_err());
}
