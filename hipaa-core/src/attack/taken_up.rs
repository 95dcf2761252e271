//! Tenants' logs that were put back while no process ran, and the deployment's log that took them up.

use super::clinic::Clinic;
use crate::audit::StoredHead;
use crate::red::{Safeguard, without};
use crate::signing::note_heads;
use crate::store::memory::MemoryStore;
use crate::unit::{Since, Unit, UnitError};

fn note(clinic: &mut Clinic) {
    clinic.db.write(|unit| note_heads(unit)).unwrap().into_inner();
}

fn since(clinic: &mut Clinic) -> Result<Since, UnitError> {
    Ok(clinic.db.write(|unit| (unit as &mut dyn Unit).since_taken_up())?.into_inner())
}

fn north_head(clinic: &mut Clinic) -> StoredHead {
    let north = clinic.north_id();
    clinic.store().heads[&north].clone()
}

/// A log that was longer when it was taken up, as a new process finds it.
fn cut() -> Clinic {
    let mut clinic = Clinic::open();
    clinic.admit("Osei", "M-1");
    let early = clinic.store().clone();
    clinic.admit("Quist", "M-2");
    note(&mut clinic);
    put_back(&mut clinic, &early);
    clinic.reopen().unwrap();
    clinic
}

/// Everything but the deployment's log is what it was.
fn put_back(clinic: &mut Clinic, early: &MemoryStore) {
    let (north, log) = (clinic.north_id(), clinic.north_log());
    let head = early.heads[&north].clone();
    let store = clinic.store();
    store.entries.retain(|(of, sequence), _| *of != log || *sequence < head.size);
    store.heads.insert(north, head);
    (store.rows, store.states, store.terms) = (early.rows.clone(), early.states.clone(), early.terms.clone());
}

#[test]
fn a_log_that_was_cut_is_missed() {
    assert_eq!(since(&mut cut()), Ok(Since::RolledBack));
    let unseen = without(Safeguard::TakenUp, || since(&mut cut()));
    assert_eq!(unseen, Ok(Since::Continued), "nothing else misses it");
}

#[test]
fn a_log_that_was_cut_and_has_grown_again_is_another() {
    let mut clinic = cut();
    for mrn in ["M-3", "M-4", "M-5"] {
        clinic.admit("Mensah", mrn);
    }
    assert_eq!(since(&mut clinic), Ok(Since::Forked));
    let size = north_head(&mut clinic).size;
    assert!(size > 3);
}

#[test]
fn logs_that_went_on_are_vouched_for_also_where_none_was_taken_up() {
    let mut clinic = Clinic::open();
    assert_eq!(since(&mut clinic), Ok(Since::Continued));
    clinic.admit("Osei", "M-1");
    note(&mut clinic);
    assert_eq!(since(&mut clinic), Ok(Since::Continued));
    clinic.admit("Quist", "M-2");
    clinic.reopen().unwrap();
    assert_eq!(since(&mut clinic), Ok(Since::Continued));
}

#[test]
fn a_head_that_somebody_wrote_and_entries_off_the_chain_are_no_evidence() {
    let mut clinic = cut();
    let north = clinic.north_id();
    clinic.store().heads.get_mut(&north).unwrap().size += 2;
    assert_eq!(since(&mut clinic), Err(UnitError::Tampered));
    // The entry that took the log up, made to say less.
    let mut clinic = cut();
    let own = clinic.store().heads[&crate::schema::TenantId::DEPLOYMENT].clone();
    for sequence in 1..own.size {
        let (entry, _) = clinic.store().entries.get_mut(&(own.log, sequence)).unwrap();
        *entry.body.last_mut().unwrap() ^= 1;
    }
    assert!(matches!(since(&mut clinic), Err(UnitError::Tampered)));
}

#[test]
fn a_log_that_rests_is_taken_up_again_before_it_is_far_behind() {
    let mut clinic = Clinic::open();
    clinic.admit("Osei", "M-1");
    note(&mut clinic);
    let noted = |clinic: &mut Clinic| clinic.db.write(|unit| note_heads(unit)).unwrap().into_inner();
    let mut again = 0;
    // North grows, South rests: every round is one entry of the deployment's log.
    for number in 2..=300 {
        clinic.admit("Osei", &format!("M-{number}"));
        again += noted(&mut clinic) - 1;
    }
    assert_eq!(again, 1);
}
