//! Passing a rollback off as a restored backup: whoever has the key-encryption key, but not the operator's, cannot.

use super::clinic::{clock, kek};
use crate::audit::{Actor, Restore, SignedCheckpoint, operator_key};
use crate::clock::{Clock, Timestamp};
use crate::red::{Safeguard, without};
use crate::restore::{RestoreError, plan, record};
use crate::schema::TenantId;
use crate::signing::end_period;
use crate::store::memory::MemoryStore;
use crate::unit::{MemoryDatabase, Since, Unit, UnitError};

const OPERATOR: [u8; 32] = [7; 32];

fn setup() -> Actor {
    Actor::new(TenantId::DEPLOYMENT, "setup", "operator").unwrap()
}

fn open(store: MemoryStore, clock: Clock) -> MemoryDatabase {
    MemoryDatabase::open_with(store, kek(7), clock, Some(operator_key(&OPERATOR))).unwrap()
}

fn head(db: &mut MemoryDatabase) -> SignedCheckpoint {
    let head = db.write(|unit| (unit as &mut dyn Unit).signed_head(TenantId::DEPLOYMENT));
    head.unwrap().into_inner()
}

fn since(db: &mut MemoryDatabase, seen: &SignedCheckpoint) -> Since {
    let since = db.write(|unit| (unit as &mut dyn Unit).since(TenantId::DEPLOYMENT, seen));
    since.unwrap().into_inner()
}

/// A database that was put back, as a new process finds it, and the heads that somebody outside has seen.
fn put_back() -> (MemoryDatabase, [SignedCheckpoint; 2]) {
    let mut db = open(MemoryStore::default(), clock());
    let (kept, older) = (head(&mut db), db.store().clone());
    db.write(|unit| end_period(unit, &setup())).unwrap().into_inner();
    let lost = head(&mut db);
    let later = Clock::manual(Timestamp::from_micros(1_700_000_000_000_001));
    (open(older, later), [kept, lost])
}

fn write(db: &mut MemoryDatabase, restore: &Restore, seed: [u8; 32]) -> Result<(), RestoreError> {
    db.write(|unit| record(unit, &setup(), &restore.sign(&seed))).map(drop)
}

fn planned(db: &mut MemoryDatabase, seen: &[SignedCheckpoint]) -> Restore {
    db.write(|unit| plan(unit, seen)).unwrap().into_inner()
}

#[test]
fn the_operators_signature_keeps_a_rollback_from_passing_as_a_restore() {
    let attack = || {
        let (mut db, [kept, lost]) = put_back();
        assert_eq!(since(&mut db, &lost), Since::RolledBack);
        let restore = planned(&mut db, &[kept, lost.clone()]);
        (write(&mut db, &restore, [8; 32]), since(&mut db, &lost))
    };
    assert_eq!(attack(), (Err(RestoreError::NotSigned), Since::RolledBack));
    let without = without(Safeguard::RestoreSignature, attack);
    assert_eq!(without, (Ok(()), Since::Restored), "nothing else stops it");
}

#[test]
fn what_the_operator_has_signed_passes_and_covers_this_loss_alone() {
    let (mut db, [kept, lost]) = put_back();
    let restore = planned(&mut db, &[kept, lost.clone()]);
    write(&mut db, &restore, OPERATOR).unwrap();
    assert_eq!(since(&mut db, &lost), Since::Restored);
    let later = head(&mut db);
    assert_eq!(since(&mut db, &later), Since::Continued);
    let again = db.write(|unit| plan(unit, &[lost])).map(drop);
    assert_eq!(again, Err(RestoreError::NothingLost));
    let nobody = db.write(|_| Err::<(), RestoreError>(UnitError::Tampered.into()));
    assert_eq!(nobody.map(drop), Err(RestoreError::Unit(UnitError::Tampered)));
}
