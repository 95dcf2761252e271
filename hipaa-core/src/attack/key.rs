//! Edits of rings, wrapped keys and tenants.

use super::clinic::{Clinic, FAMILY, PATIENT, clock, family, kek};
use crate::cipher::CellError;
use crate::keys::{KeyError, Ring, RootKind};
use crate::schema::{RecordId, TenantId};
use crate::tenancy::{TenancyError, find_tenant, list_tenants};
use crate::unit::{MemoryDatabase, UnitError};
use crate::vault::{Break, FieldError, VaultError};

const fn refused<T>(error: KeyError) -> Result<T, VaultError> {
    Err(VaultError::Unit(UnitError::Key(error)))
}

fn one() -> (Clinic, RecordId) {
    let mut clinic = Clinic::open();
    let record = clinic.admit("Osei", "M-1");
    (clinic, record)
}

/// What reading gives in this process and, with nothing in memory, in another one.
fn read_twice(clinic: &mut Clinic, record: RecordId) -> [Result<(), VaultError>; 2] {
    let warm = clinic.read(record).map(drop);
    clinic.reopen().unwrap();
    [warm, clinic.read(record).map(drop)]
}

#[test]
fn a_ring_that_was_rolled_back_is_refused_by_the_process_that_saw_it_newer() {
    let (mut clinic, record) = one();
    let (tenant, vault) = (clinic.north_id(), clinic.north.clone());
    let old = clinic.store().rings[&tenant].clone();
    assert_eq!(clinic.new_epoch(&vault), 2);
    clinic.read(record).unwrap();
    clinic.store().rings.insert(tenant, old);
    assert_eq!(clinic.read(record).map(drop), refused(KeyError::RolledBackRing));
}

#[test]
fn a_ring_edited_in_any_byte_is_refused() {
    let (mut clinic, record) = one();
    let tenant = clinic.north_id();
    let ring = clinic.store().rings[&tenant].clone();
    for at in 0..ring.len() {
        let mut edited = ring.clone();
        edited[at] ^= 1;
        clinic.store().rings.insert(tenant, edited);
        let expected = match at {
            0 => KeyError::UnknownFormat,
            1..17 => KeyError::WrongKek,
            _ => KeyError::TamperedRing,
        };
        assert_eq!(read_twice(&mut clinic, record), [refused(expected), refused(expected)], "byte {at}");
    }
    clinic.store().rings.insert(tenant, ring);
    assert_eq!(read_twice(&mut clinic, record), [Ok(()), Ok(())]);
}

#[test]
fn the_ring_of_another_tenant_or_none_is_refused() {
    let (mut clinic, record) = one();
    let (north, south) = (clinic.north_id(), clinic.south_id());
    let foreign = clinic.store().rings[&south].clone();
    clinic.store().rings.insert(north, foreign);
    assert_eq!(read_twice(&mut clinic, record), [refused(KeyError::TamperedRing), refused(KeyError::TamperedRing)]);
    clinic.store().rings.remove(&north);
    assert_eq!(read_twice(&mut clinic, record), [refused(KeyError::UnknownTenant), refused(KeyError::UnknownTenant)]);
}

#[test]
fn a_wrapped_key_of_another_tenant_purpose_or_epoch_is_refused() {
    let (mut clinic, record) = one();
    let (north, south, vault) = (clinic.north_id(), clinic.south_id(), clinic.north.clone());
    assert_eq!(clinic.new_epoch(&vault), 2);
    let good = clinic.store().wrapped.clone();
    for kind in RootKind::TENANT {
        let other = if kind == RootKind::Cell { RootKind::Index } else { RootKind::Cell };
        let sources = [(south, 1, kind), (north, 2, kind), (north, 1, other), (TenantId::DEPLOYMENT, 1, kind)];
        for source in sources {
            let store = clinic.store();
            store.wrapped.clone_from(&good);
            assert_ne!(store.wrapped.insert((north, 1, kind), good[&source].clone()), Some(good[&source].clone()));
            clinic.reopen().unwrap();
            assert_eq!(clinic.read(record).map(drop), refused(KeyError::TamperedBlob), "{kind:?} {source:?}");
        }
        clinic.store().wrapped.clone_from(&good);
        clinic.store().wrapped.remove(&(north, 1, kind));
        clinic.reopen().unwrap();
        assert_eq!(clinic.read(record).map(drop), refused(KeyError::MissingBlob));
    }
}

#[test]
fn a_wrong_kek_is_a_wrong_key_and_not_a_finding_of_tampering() {
    let (mut clinic, record) = one();
    let store = clinic.store().clone();
    let opened = MemoryDatabase::open(store.clone(), kek(8), clock());
    assert_eq!(opened.map(drop), Err(UnitError::Key(KeyError::WrongKek)));
    assert!(*clinic.store() == store);
    clinic.reopen().unwrap();
    clinic.read(record).unwrap();
}

#[test]
fn the_deployment_s_own_keys_cannot_be_exchanged() {
    let (mut clinic, _) = one();
    let (south, store) = (clinic.south_id(), clinic.store().clone());
    let open = |edit: &dyn Fn(&mut crate::store::memory::MemoryStore)| {
        let mut edited = store.clone();
        edit(&mut edited);
        MemoryDatabase::open(edited, kek(7), clock()).map(drop)
    };
    let own = TenantId::DEPLOYMENT;
    let foreign = store.wrapped[&(south, 1, RootKind::Audit)].clone();
    let tampered = Err(UnitError::Key(KeyError::TamperedBlob));
    assert_eq!(open(&|store| drop(store.wrapped.insert((own, 1, RootKind::HeadSeed), foreign.clone()))), tampered);
    assert_eq!(open(&|store| drop(store.wrapped.insert((own, 1, RootKind::Audit), foreign.clone()))), tampered);
    let ring = Err(UnitError::Key(KeyError::TamperedRing));
    assert_eq!(open(&|store| store.deployment = Some([9; 16])), ring);
    assert_eq!(open(&|_| ()), Ok(()));
}

#[test]
fn a_deployment_whose_id_was_deleted_is_not_founded_anew_over_its_keys() {
    let (mut clinic, _) = one();
    let mut store = clinic.store().clone();
    store.deployment = None;
    let opened = MemoryDatabase::open(store, kek(7), clock()).map(drop);
    assert_eq!(opened, Err(UnitError::Store(crate::store::StoreError::Conflict)));
}

#[test]
fn a_tenant_renamed_or_pointed_elsewhere_is_not_used() {
    let (mut clinic, _) = one();
    let good = clinic.store().tenants.clone();
    let [north, south] = ["North", "South"].map(|name| good[name].clone());
    let mut renamed = north.clone();
    renamed.name = "South".to_owned();
    let mut pointed = north.clone();
    pointed.tenant = south.tenant;
    let mut logged = north;
    logged.log = south.log;
    let mut marked = good["North"].clone();
    marked.mac[0] ^= 1;
    for (name, row) in [("South", renamed), ("North", pointed), ("North", logged), ("North", marked)] {
        clinic.store().tenants.clone_from(&good);
        assert_ne!(clinic.store().tenants.insert(name.to_owned(), row.clone()), Some(row));
        assert_eq!(clinic.db.write(|unit| find_tenant(unit, name)).map(drop), Err(TenancyError::Tampered));
        assert_eq!(clinic.db.write(list).map(drop), Err(TenancyError::Tampered));
    }
    clinic.store().tenants.clone_from(&good);
    assert_eq!(clinic.db.write(|unit| find_tenant(unit, "North")).unwrap().into_inner().id, clinic.north_id());
}

fn list(unit: &mut crate::unit::MemoryUnit<'_>) -> Result<Vec<crate::tenancy::Tenant>, TenancyError> {
    list_tenants(unit)
}

/// Ends epoch 1 of North: its keys are gone, its ring says so.
fn destroy_first_epoch(clinic: &mut Clinic) {
    let (tenant, vault) = (clinic.north_id(), clinic.north.clone());
    assert_eq!(clinic.new_epoch(&vault), 2);
    let deployment = *clinic.db.notary().deployment();
    let ring = Ring::decode(&clinic.store().rings[&tenant], &kek(7), &deployment, tenant).unwrap().without_epoch(1);
    clinic.store().rings.insert(tenant, ring.encode(&kek(7), &deployment, tenant));
    clinic.store().wrapped.retain(|(of, epoch, _), _| *of != tenant || *epoch != 1);
}

#[test]
fn a_cell_of_a_destroyed_epoch_says_so_and_shows_nothing() {
    let (mut clinic, record) = one();
    destroy_first_epoch(&mut clinic);
    let destroyed = CellError::DestroyedKey(1);
    let breaks = clinic.breaks(record);
    let cells = ["family", "birth_date", "mrn", "allergy"].map(|column| Break::Cell(column, destroyed));
    assert_eq!(breaks, [&[Break::Mac], cells.as_slice()].concat());
    let read = clinic.read(record).unwrap();
    assert_eq!(read.get(FAMILY), Err(FieldError::Unreadable(destroyed)));
    let newer = clinic.admit("Brandt", "M-2");
    assert_eq!(clinic.breaks(newer), []);
}

#[test]
fn an_epoch_opened_by_another_process_is_used_at_once() {
    let (mut clinic, record) = one();
    let mut other = MemoryDatabase::open(clinic.store().clone(), kek(7), clock()).unwrap();
    other.write(|unit| crate::tenancy::open_epoch(unit, clinic.north.actor())).unwrap().into_inner();
    let vault = clinic.north.clone();
    let newer = other
        .write(|unit| vault.create(unit, &PATIENT, &super::clinic::patient("Brandt", "M-2")))
        .unwrap()
        .into_inner();
    *clinic.store() = other.store().clone();
    assert_eq!(family(&clinic.read(newer).unwrap()), "Brandt");
    assert_eq!(clinic.breaks(record), []);
}
