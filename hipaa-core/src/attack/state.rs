//! Rows against their recorded states: restored, inserted, revived, deleted.

use super::clinic::{Clinic, FAMILY, PATIENT};
use crate::schema::RecordId;
use crate::vault::{Break, Row, VaultError};

fn one() -> (Clinic, RecordId) {
    let mut clinic = Clinic::open();
    let record = clinic.admit("Osei", "M-1");
    (clinic, record)
}

fn rename(clinic: &mut Clinic, record: RecordId, version: u64) -> u64 {
    let vault = clinic.north.clone();
    clinic
        .write(|unit| vault.update(unit, &PATIENT, (record, version), &Row::new().set(FAMILY, "Osei-Brandt")))
        .unwrap()
}

#[test]
fn a_row_restored_from_an_older_copy_is_flagged_and_cannot_be_built_upon() {
    let (mut clinic, record) = one();
    let copy = clinic.row(record).clone();
    assert_eq!(rename(&mut clinic, record, 1), 2);
    *clinic.row(record) = copy;
    assert_eq!(clinic.breaks(record), [Break::Version]);
    let vault = clinic.north.clone();
    for version in [1, 2] {
        let change = Row::new().set(FAMILY, "Brandt");
        let updated = clinic.write(|unit| vault.update(unit, &PATIENT, (record, version), &change));
        assert_eq!(updated, Err(VaultError::Tampered));
    }
}

#[test]
fn a_row_that_was_put_in_is_unrecorded() {
    let (mut clinic, record) = one();
    let tenant = clinic.north_id();
    let forged = RecordId::from_slice(&[9; 16]).unwrap();
    let row = clinic.row(record).clone();
    clinic.store().rows.insert((PATIENT.label(), tenant, forged), row);
    let breaks = clinic.breaks(forged);
    assert_eq!(breaks[..2], [Break::Mac, Break::Unrecorded]);
    assert_eq!(breaks.len(), 6, "and none of its four cells opens");
}

#[test]
fn a_deleted_row_that_was_brought_back_is_flagged() {
    let (mut clinic, record) = one();
    let (tenant, vault) = (clinic.north_id(), clinic.north.clone());
    let copy = clinic.row(record).clone();
    clinic.write(|unit| vault.delete(unit, &PATIENT, (record, 1))).unwrap();
    assert_eq!(clinic.read(record).map(drop), Err(VaultError::NotFound));
    clinic.store().rows.insert((PATIENT.label(), tenant, record), copy);
    assert_eq!(clinic.breaks(record), [Break::Revived]);
}

#[test]
fn a_row_deleted_behind_the_back_is_missing_on_read_and_in_lists() {
    let (mut clinic, record) = one();
    let (tenant, vault) = (clinic.north_id(), clinic.north.clone());
    let kept = clinic.admit("Brandt", "M-2");
    clinic.store().rows.remove(&(PATIENT.label(), tenant, record)).unwrap();
    let before = clinic.entries().len();
    assert_eq!(clinic.read(record).map(drop), Err(VaultError::RowMissing));
    let page = clinic.db.write(|unit| vault.list(unit, &PATIENT, None, 10)).unwrap().open().unwrap();
    assert_eq!((page.missing, page.records.len(), page.next), (vec![record], 1, None));
    assert!(page.records[0].id() == kept && page.records[0].integrity().is_intact());
    assert_eq!(clinic.named_since(before, "INTEGRITY_FAILED"), [[record], [record]]);
    let gone = [
        clinic.write(|unit| vault.update(unit, &PATIENT, (record, 1), &Row::new()).map(drop)),
        clinic.write(|unit| vault.delete(unit, &PATIENT, (record, 1))),
    ];
    assert_eq!(gone, [Err(VaultError::RowMissing); 2]);
}

#[test]
fn missing_rows_are_listed_on_the_page_to_which_they_belong() {
    let mut clinic = Clinic::open();
    let (tenant, vault) = (clinic.north_id(), clinic.north.clone());
    let mut all = (0..9).map(|n| clinic.admit("Osei", &format!("M-{n}"))).collect::<Vec<_>>();
    all.sort_unstable();
    let taken = [all[0], all[3], all[4], all[8]];
    for record in taken {
        clinic.store().rows.remove(&(PATIENT.label(), tenant, record)).unwrap();
    }
    for limit in 1..=10 {
        let (mut missing, mut seen, mut after) = (Vec::new(), Vec::new(), None);
        loop {
            let page = clinic.db.write(|unit| vault.list(unit, &PATIENT, after, limit)).unwrap().open().unwrap();
            missing.extend(page.missing);
            seen.extend(page.records.iter().map(crate::vault::Record::id));
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        assert_eq!(missing, taken, "pages of {limit}");
        assert_eq!(seen, all.iter().filter(|id| !taken.contains(id)).copied().collect::<Vec<_>>());
    }
}

#[test]
fn an_edited_state_flags_its_record() {
    let (mut clinic, record) = one();
    let (south, key) = (clinic.south_id(), (PATIENT.label(), record));
    let good = clinic.store().states[&key];
    let mut states = [good; 4];
    states[0].state.version = 2;
    states[1].state.mac[0] ^= 1;
    states[2].state.mac = [0; 32];
    states[3].tenant = south;
    for (edited, expected) in states.into_iter().zip([Break::Version, Break::Version, Break::Revived, Break::Tenant]) {
        clinic.store().states.insert(key, edited);
        assert_eq!(clinic.breaks(record), [expected]);
    }
    clinic.store().states.remove(&key);
    assert_eq!(clinic.breaks(record), [Break::Unrecorded]);
    clinic.store().states.insert(key, good);
    assert_eq!(clinic.breaks(record), []);
}
