//! Signing periods: what a seed of yesterday still signs, and what the log of logs holds on to.

use super::clinic::{Clinic, PATIENT};
use crate::audit::{Actor, Body, EntryKind, SignedCheckpoint, tag};
use crate::keys::RootKind;
use crate::red::{Safeguard, without};
use crate::schema::TenantId;
use crate::signing::{PERIOD, end_period, is_due, note_heads};
use crate::store::{KeyStore, StoreError, StoredHead};
use crate::tenancy::trust;
use crate::unit::{Unit, UnitError};
use crate::vault::VaultError;
use std::time::Duration;

const OWN: TenantId = TenantId::DEPLOYMENT;

fn operator() -> Actor {
    Actor::new(OWN, "setup", "operator").unwrap()
}

fn end(clinic: &mut Clinic) -> u32 {
    clinic.db.write(|unit| end_period(unit, &operator())).unwrap().into_inner()
}

fn head(clinic: &mut Clinic, tenant: TenantId) -> StoredHead {
    clinic.store().heads[&tenant].clone()
}

fn signed_by(clinic: &Clinic, head: &StoredHead, key: &[u8; 32]) -> bool {
    head.verify_signature(clinic.db.notary().deployment(), key).is_ok()
}

/// The entries of the deployment's log.
fn own_entries(clinic: &mut Clinic) -> Vec<Body> {
    let log = head(clinic, OWN).log;
    let entries = clinic.store().entries.range((log, 0)..=(log, u64::MAX));
    entries.map(|(_, (entry, _))| Body::decode(&entry.body).unwrap()).collect()
}

#[test]
fn a_period_ends_with_a_certificate_under_the_old_key_and_without_the_old_seed() {
    let mut clinic = Clinic::open();
    let record = clinic.admit("Osei", "M-1");
    let old = clinic.db.notary().head_key();
    assert_eq!(end(&mut clinic), 2);

    let own = head(&mut clinic, OWN);
    assert!(signed_by(&clinic, &own, &old));
    let note = clinic.store().checkpoints[&(own.log, own.size)].clone();
    let note = SignedCheckpoint::decode(note.as_bytes()).unwrap();
    assert_eq!(note.verify(&old).unwrap().size, own.size);

    let last = own_entries(&mut clinic).pop().unwrap();
    assert_eq!(last.prefix.kind, EntryKind::KeyRotate);
    let next: [u8; 32] = last.field(tag::HEAD_KEY).unwrap().try_into().unwrap();
    assert_ne!(next, old);
    clinic.read(record).unwrap();
    assert_eq!(clinic.db.notary().head_key(), next);
    let north = clinic.north_id();
    let north = head(&mut clinic, north);
    assert!(signed_by(&clinic, &north, &next) && !signed_by(&clinic, &north, &old));

    let seeds = clinic.store().wrapped.keys().filter(|(_, _, kind)| *kind == RootKind::HeadSeed).count();
    assert_eq!(seeds, 1);
    assert_eq!(clinic.store().wrapped(OWN, 1, RootKind::HeadSeed), Ok(None));
    clinic.reopen().unwrap();
    assert_eq!(clinic.db.notary().head_key(), next);
    assert_eq!(end(&mut clinic), 3);
}

#[test]
fn every_log_is_taken_up_before_its_key_changes() {
    let mut clinic = Clinic::open();
    clinic.admit("Osei", "M-1");
    end(&mut clinic);
    let entries = own_entries(&mut clinic);
    for tenant in [clinic.north_id(), clinic.south_id()] {
        let head = head(&mut clinic, tenant);
        let of = |body: &&Body| body.prefix.kind == EntryKind::LogHead && body.field(tag::LOG) == Some(&head.log.0);
        let taken = entries.iter().rev().find(of).unwrap();
        let checkpoint = head.unverified().unwrap().at(clinic.db.notary().deployment());
        assert_eq!(taken.field(tag::SIZE), Some(head.size.to_be_bytes().as_slice()));
        assert_eq!(taken.field(tag::ROOT), Some(checkpoint.root.as_slice()));
        assert_eq!(taken.field(tag::LEAF), Some(head.last_leaf.as_slice()));
        assert_eq!(taken.field(tag::TENANT), Some(tenant.as_bytes().as_slice()));
    }
}

#[test]
fn a_log_that_grows_in_the_same_unit_is_taken_up_as_it_will_stand() {
    let mut clinic = Clinic::open();
    let (record, north) = (clinic.admit("Osei", "M-1"), clinic.north.clone());
    let both = clinic.db.write(|unit| {
        let unit: &mut dyn Unit = unit;
        note_heads(unit)?;
        drop(north.read(unit, &PATIENT, record)?);
        end_period(unit, &operator())?;
        Ok::<_, VaultError>(())
    });
    both.unwrap().into_inner();
    let head = {
        let north = clinic.north_id();
        head(&mut clinic, north)
    };
    let of = |body: &&Body| body.prefix.kind == EntryKind::LogHead && body.field(tag::LOG) == Some(&head.log.0);
    let entries = own_entries(&mut clinic);
    let taken = entries.iter().rev().find(of).unwrap();
    assert_eq!(taken.field(tag::SIZE), Some(head.size.to_be_bytes().as_slice()));
}

#[test]
fn nothing_is_added_behind_the_end_of_a_period() {
    let mut clinic = Clinic::open();
    let (record, north) = (clinic.admit("Osei", "M-1"), clinic.north.clone());
    let before = clinic.store().clone();
    let read = clinic.db.write(|unit| {
        end_period(unit, &operator())?;
        north.read(unit, &PATIENT, record)
    });
    assert_eq!(read.map(drop), Err(VaultError::Unit(UnitError::PeriodEnded)));
    assert!(*clinic.store() == before);
    let twice = clinic.db.write(|unit| end_period(unit, &operator()).and_then(|_| end_period(unit, &operator())));
    assert_eq!(twice.map(drop), Err(UnitError::PeriodEnded));
    assert!(*clinic.store() == before);
    clinic.read(record).unwrap();
}

#[test]
fn a_unit_that_failed_has_ended_no_period() {
    let mut clinic = Clinic::open();
    let old = clinic.db.notary().head_key();
    let failed = clinic.db.write(|unit| {
        end_period(unit, &operator())?;
        Err::<(), _>(UnitError::Store(StoreError::Full))
    });
    assert_eq!(failed.map(drop), Err(UnitError::Store(StoreError::Full)));
    clinic.admit("Osei", "M-1");
    assert_eq!(clinic.db.notary().head_key(), old);
    assert_eq!(end(&mut clinic), 2);
}

/// A second process that has the database open while the first ends a period; the key under which its next head is right.
fn second_process_signs_with() -> ([u8; 32], [u8; 32], bool) {
    let mut first = Clinic::open();
    let mut second = Clinic::open();
    let record = first.admit("Osei", "M-1");
    (second.north, second.south) = (first.north.clone(), first.south.clone());
    second.db = crate::unit::MemoryDatabase::open(first.store().clone(), super::clinic::kek(7), super::clinic::clock())
        .unwrap();
    let old = first.db.notary().head_key();
    end(&mut first);
    *second.store() = first.store().clone();
    second.read(record).unwrap();
    let head = {
        let north = second.north_id();
        head(&mut second, north)
    };
    first.reopen().unwrap();
    let next = first.db.notary().head_key();
    (old, next, signed_by(&second, &head, &next))
}

#[test]
fn another_process_signs_with_the_key_of_the_period_that_has_begun() {
    let (old, next, right) = second_process_signs_with();
    assert!(old != next && right);
    let (_, _, right) = without(Safeguard::PeriodCheck, second_process_signs_with);
    assert!(!right);
}

#[test]
fn an_old_seed_that_is_put_back_signs_nothing_here() {
    let mut clinic = Clinic::open();
    let record = clinic.admit("Osei", "M-1");
    let old = clinic.store().wrapped(OWN, 1, RootKind::HeadSeed).unwrap().unwrap();
    end(&mut clinic);
    clinic.read(record).unwrap();
    let new = clinic.store().wrapped(OWN, 2, RootKind::HeadSeed).unwrap().unwrap();
    clinic.store().wrapped.remove(&(OWN, 2, RootKind::HeadSeed));
    clinic.store().wrapped.insert((OWN, 1, RootKind::HeadSeed), old.clone());
    assert_eq!(clinic.read(record).map(drop), Err(VaultError::Unit(UnitError::Tampered)));
    // Under the number of the new period it does not even unwrap.
    clinic.store().wrapped.remove(&(OWN, 1, RootKind::HeadSeed));
    clinic.store().wrapped.insert((OWN, 3, RootKind::HeadSeed), old);
    assert!(matches!(clinic.read(record).map(drop), Err(VaultError::Unit(UnitError::Key(_)))));
    clinic.store().wrapped.remove(&(OWN, 3, RootKind::HeadSeed));
    clinic.store().wrapped.insert((OWN, 2, RootKind::HeadSeed), new);
    clinic.read(record).unwrap();
}

#[test]
fn heads_are_noted_once_and_again_when_they_have_grown() {
    let mut clinic = Clinic::open();
    let note = |clinic: &mut Clinic| clinic.db.write(|unit| note_heads(unit)).unwrap().into_inner();
    assert_eq!(note(&mut clinic), 2);
    assert_eq!(note(&mut clinic), 0);
    clinic.admit("Osei", "M-1");
    assert_eq!(note(&mut clinic), 1);
    // A unit that failed has noted nothing.
    clinic.admit("Osei", "M-2");
    let failed = clinic.db.write(|unit| note_heads(unit).and(Err::<(), _>(UnitError::Torn)));
    assert!(failed.is_err());
    assert_eq!(note(&mut clinic), 1);
    // A process that has just begun knows of none.
    clinic.reopen().unwrap();
    assert_eq!(note(&mut clinic), 2);
}

#[test]
fn a_period_is_due_when_it_has_lasted() {
    let mut clinic = Clinic::open();
    let clock = super::clinic::clock();
    clinic.db =
        crate::unit::MemoryDatabase::open(clinic.store().clone(), super::clinic::kek(7), clock.clone()).unwrap();
    let due = |clinic: &mut Clinic| clinic.db.write(|unit| is_due(unit, PERIOD)).unwrap().into_inner();
    let start = clock.read().wall.micros();
    let week = i64::try_from(PERIOD.as_micros()).unwrap();
    let at = |micros| clock.set(crate::clock::Timestamp::from_micros(start + micros));
    assert!(!due(&mut clinic));
    at(week - 1);
    assert!(!due(&mut clinic));
    at(week);
    assert!(due(&mut clinic));
    end(&mut clinic);
    assert!(!due(&mut clinic));
    at(2 * week - 1);
    assert!(!due(&mut clinic));
    at(2 * week);
    assert!(due(&mut clinic));
    // A clock that was put back ends no period.
    at(-week);
    assert!(!due(&mut clinic));
    assert!(!clinic.db.write(|unit| is_due(unit, Duration::ZERO)).unwrap().into_inner());
}

#[test]
fn what_an_outsider_must_hold_is_in_the_first_entry() {
    let mut clinic = Clinic::open();
    let first = clinic.db.notary().head_key();
    end(&mut clinic);
    let trust = clinic.db.write(|unit| trust(unit)).unwrap().into_inner();
    assert_eq!((trust.head_key, trust.log), (first, head(&mut clinic, OWN).log));
    assert_eq!(&trust.deployment, clinic.db.notary().deployment());
}
