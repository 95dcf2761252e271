//! Edits of the audit log: the application never extends, and so never signs, what somebody else left.

use super::clinic::{Clinic, PATIENT};
use crate::audit::{Action, Body, Event, EventName, Field, leaf_of, tag};
use crate::clock::Timestamp;
use crate::schema::RecordId;
use crate::store::memory::{Fault, MemoryStore};
use crate::store::{StoredEntry, StoredHead};
use crate::unit::{Unit, UnitError};
use crate::vault::VaultError;

const TAMPERED: Result<(), VaultError> = Err(VaultError::Unit(UnitError::Tampered));

/// A clinic whose log was read once, so that the process knows its head.
fn one() -> (Clinic, RecordId) {
    let mut clinic = Clinic::open();
    let record = clinic.admit("Osei", "M-1");
    clinic.read(record).unwrap();
    (clinic, record)
}

/// Reading is refused, in this process and in a new one, and nothing is written.
fn assert_refused(clinic: &mut Clinic, record: RecordId) {
    for _ in 0..2 {
        let before = clinic.store().clone();
        assert_eq!(clinic.read(record).map(drop), TAMPERED);
        assert!(*clinic.store() == before);
        clinic.reopen().unwrap();
    }
}

fn edit(edit: impl FnOnce(&mut MemoryStore, &mut StoredHead)) {
    let (mut clinic, record) = one();
    let tenant = clinic.north_id();
    let mut head = clinic.store().heads[&tenant].clone();
    let before = clinic.store().clone();
    edit(clinic.store(), &mut head);
    clinic.store().heads.insert(tenant, head);
    assert!(*clinic.store() != before, "the attack changes nothing");
    assert_refused(&mut clinic, record);
}

#[test]
fn an_edited_head_is_not_extended() {
    edit(|_, head| head.size += 2);
    edit(|_, head| head.last_leaf[0] ^= 1);
    edit(|_, head| head.last_time = Timestamp::from_micros(head.last_time.micros() + 1));
    edit(|_, head| head.range[0] ^= 1);
    edit(|_, head| head.signature[0] ^= 1);
    edit(|_, head| head.mac[0] ^= 1);
    edit(|_, head| head.log.0[0] ^= 1);
}

#[test]
fn an_edited_last_entry_is_not_extended() {
    let last = |store: &mut MemoryStore, head: &StoredHead| (head.log, store.heads[&head.tenant].size - 1);
    edit(|store, head| {
        let key = last(store, head);
        *store.entries.get_mut(&key).unwrap().0.body.last_mut().unwrap() ^= 1;
    });
    edit(|store, head| {
        let key = last(store, head);
        store.entries.remove(&key).unwrap();
    });
    edit(|store, head| {
        let key = last(store, head);
        let mut more = store.entries[&key].clone();
        more.0.sequence += 1;
        store.entries.insert((key.0, key.1 + 1), more);
    });
}

#[test]
fn a_missing_head_is_an_error_and_no_new_log() {
    let (mut clinic, record) = one();
    let tenant = clinic.north_id();
    clinic.store().heads.remove(&tenant).unwrap();
    let refused = clinic.read(record).map(drop);
    assert_eq!(refused, Err(VaultError::Unit(UnitError::Key(crate::keys::KeyError::UnknownTenant))));
    assert!(!clinic.store().heads.contains_key(&tenant));
}

#[test]
fn the_head_of_another_tenant_is_not_extended() {
    let (mut clinic, record) = one();
    let (north, south) = (clinic.north_id(), clinic.south_id());
    let foreign = clinic.store().heads[&south].clone();
    clinic.store().heads.insert(north, foreign.clone());
    assert_refused(&mut clinic, record);
    clinic.store().heads.insert(north, StoredHead { tenant: north, ..foreign });
    assert_refused(&mut clinic, record);
}

#[test]
fn a_log_cut_short_together_with_its_head_is_noticed_by_the_process_that_saw_it_longer() {
    let (mut clinic, record) = one();
    let (tenant, old) = (clinic.north_id(), clinic.store().clone());
    clinic.read(record).unwrap();
    let log = clinic.north_log();
    let cut = old.heads[&tenant].size;
    assert_eq!(clinic.store().heads[&tenant].size, cut + 1);
    clinic.store().entries.remove(&(log, cut)).unwrap();
    clinic.store().heads.insert(tenant, old.heads[&tenant].clone());
    assert!(*clinic.store() == old, "the whole store is as it was");
    assert_eq!(clinic.read(record).map(drop), TAMPERED);
}

#[test]
fn an_old_head_over_the_whole_log_is_not_extended() {
    let (mut clinic, record) = one();
    let tenant = clinic.north_id();
    let old = clinic.store().heads[&tenant].clone();
    clinic.read(record).unwrap();
    clinic.store().heads.insert(tenant, old);
    assert_refused(&mut clinic, record);
}

/// The host rolls a savepoint back behind the first read of a unit, and the unit goes on to read another record.
#[test]
fn an_entry_lost_in_the_middle_of_a_unit_is_noticed_too() {
    let (mut clinic, osei) = one();
    let brandt = clinic.admit("Brandt", "M-2");
    let vault = clinic.north.clone();
    let before = clinic.store().clone();
    clinic.store().fault = Fault::LoseNextEntry;
    let read = clinic.write(|unit| {
        let lost = vault.read(unit, &PATIENT, osei)?;
        Ok((lost, vault.read(unit, &PATIENT, brandt)?))
    });
    assert_eq!(read.map(drop), Err(VaultError::Unit(UnitError::Torn)));
    clinic.store().fault = Fault::None;
    assert!(*clinic.store() == before);
    clinic.read(osei).unwrap();
}

/// As before, but the closure hides the error of the second read.
#[test]
fn an_entry_lost_in_a_unit_that_swallows_errors_does_not_commit() {
    let (mut clinic, osei) = one();
    let vault = clinic.north.clone();
    clinic.store().fault = Fault::LoseNextEntry;
    let read = clinic.write(|unit| {
        let lost = vault.read(unit, &PATIENT, osei);
        let _swallowed = vault.read(unit, &PATIENT, osei);
        Ok(lost.is_ok())
    });
    assert_eq!(read, Err(VaultError::Unit(UnitError::Torn)));
}

/// A log of genesis, creation, an entry with details, and a read.
fn with_details() -> (Clinic, RecordId) {
    let (mut clinic, record) = one();
    let vault = clinic.north.clone();
    let event = Event::new(vault.actor(), EventName::PHI_READ, Action::Read).subjects(&[record]).details("a reason");
    clinic.write(|unit| Ok((unit as &mut dyn Unit).append(&event)?)).unwrap();
    clinic.read(record).unwrap();
    (clinic, record)
}

/// The sequences that a trail shows as not intact, in order and by patient, and whether a refusal says so.
fn altered(clinic: &mut Clinic, record: RecordId) -> (Vec<u64>, Vec<u64>) {
    let vault = clinic.north.clone();
    let before = clinic.entries().len();
    let all = clinic.db.write(|unit| vault.trail(unit, 0, 100)).unwrap().open().unwrap();
    let about = clinic.db.write(|unit| vault.trail_about(unit, record, 100)).unwrap().open().unwrap();
    let [all, about] = [all, about].map(|entries| {
        let altered = entries.iter().filter(|entry| !entry.intact);
        altered.map(|entry| entry.sequence).collect::<Vec<_>>()
    });
    let expected = usize::from(!all.is_empty()) + usize::from(!about.is_empty());
    assert_eq!(clinic.names_since(before).iter().filter(|name| *name == "INTEGRITY_FAILED").count(), expected);
    (all, about)
}

#[test]
fn a_trail_shows_which_entry_was_altered() {
    let edits: [fn(&mut StoredEntry); 5] = [
        |entry| entry.details = None,
        |entry| *entry.details.as_mut().unwrap().last_mut().unwrap() ^= 1,
        |entry| entry.leaf[0] ^= 1,
        |entry| *entry.body.last_mut().unwrap() ^= 1,
        |entry| {
            let mut body = Body::decode(&entry.body).unwrap();
            let user = body.fields.iter_mut().find(|field| field.tag == tag::USER).unwrap();
            *user = Field { tag: tag::USER, value: b"someone-else".to_vec() };
            entry.body = body.encode().unwrap();
            entry.leaf = leaf_of(&entry.body);
        },
    ];
    for (at, edit) in edits.into_iter().enumerate() {
        let (mut clinic, record) = with_details();
        assert_eq!(altered(&mut clinic, record), (vec![], vec![]));
        let log = clinic.north_log();
        let entry = &mut clinic.store().entries.get_mut(&(log, 3)).unwrap().0;
        let before = entry.clone();
        edit(entry);
        assert_ne!(*entry, before);
        assert_eq!(altered(&mut clinic, record), (vec![3], vec![3]), "edit {at}");
    }
}

#[test]
fn a_trail_shows_where_an_entry_is_missing() {
    let (mut clinic, record) = with_details();
    let log = clinic.north_log();
    clinic.store().entries.remove(&(log, 3)).unwrap();
    assert_eq!(altered(&mut clinic, record), (vec![2], vec![2]));
}
