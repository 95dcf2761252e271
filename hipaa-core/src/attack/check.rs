//! Checking rows with the key: every edit is named, no value leaves, and only who reads the log may ask.

use super::clinic::{Clinic, PATIENT, patient};
use crate::audit::{Body, tag};
use crate::red::{Safeguard, without};
use crate::schema::RecordId;
use crate::seal::StoredValue;
use crate::vault::{Break, Checked, Permissions, TenantVault, VaultError};

impl Clinic {
    fn check(&mut self, after: Option<RecordId>, limit: usize) -> Result<Checked, VaultError> {
        let north = self.north.clone();
        self.write(|unit| north.check(unit, &PATIENT, after, limit))
    }
}

/// Five patients of North, ascending by record id.
fn five() -> (Clinic, Vec<RecordId>) {
    let mut clinic = Clinic::open();
    let mut all = (0..5).map(|at| clinic.admit("Osei", &format!("M-{at}"))).collect::<Vec<_>>();
    all.sort_unstable();
    (clinic, all)
}

#[test]
fn rows_that_are_what_was_written_are_counted_and_leave_no_entry() {
    let (mut clinic, _) = five();
    let before = clinic.entries().len();
    let checked = clinic.check(None, 500).unwrap();
    assert_eq!(checked, Checked { rows: 5, altered: Vec::new(), missing: Vec::new(), next: None });
    assert_eq!(clinic.names_since(before), Vec::<String>::new());
}

#[test]
fn an_altered_and_a_missing_row_are_named_and_on_record() {
    let (mut clinic, all) = five();
    let family = clinic.row(all[1]).columns["family"].clone();
    clinic.set(all[3], "family", family);
    let key = (PATIENT.label(), clinic.north_id(), all[2]);
    clinic.store().rows.remove(&key).unwrap();
    let before = clinic.entries().len();
    let checked = clinic.check(None, 500).unwrap();
    assert_eq!((checked.rows, checked.missing, checked.next), (4, vec![all[2]], None));
    let [(record, breaks)] = checked.altered.as_slice() else { panic!("{:?}", checked.altered) };
    assert_eq!((*record, breaks.first()), (all[3], Some(&Break::Mac)));
    assert_eq!(clinic.names_since(before), ["INTEGRITY_FAILED"]);
    let named = clinic.named_since(before, "INTEGRITY_FAILED").remove(0);
    assert!(named.len() == 2 && named.contains(&all[2]) && named.contains(&all[3]), "{named:?}");
    let said = |body: &Body| {
        body.encode().unwrap().windows(4).any(|part| part == b"Osei") || body.field(tag::DETAILS).is_some()
    };
    assert!(!clinic.entries()[before..].iter().any(said), "a check says which, not what");
}

/// A protected column, which an outsider without the key cannot tell from the one that was written.
fn edited() -> Result<Checked, VaultError> {
    let (mut clinic, all) = five();
    clinic.set(all[0], "ward", StoredValue::Text("west".to_owned()));
    clinic.check(None, 500)
}

#[test]
fn without_the_record_mac_an_edit_of_a_protected_column_passes() {
    assert_eq!(edited().unwrap().altered.len(), 1);
    assert_eq!(without(Safeguard::RecordMac, edited).unwrap().altered.len(), 0, "the red twin");
}

#[test]
fn pages_of_any_length_check_every_row_once_and_no_other_tenants() {
    let (mut clinic, all) = five();
    let south = clinic.south.clone();
    clinic.write(|unit| south.create(unit, &PATIENT, &patient("Brandt", "M-9"))).unwrap();
    for record in &all {
        clinic.set(*record, "bed", StoredValue::Integer(8));
    }
    for limit in [1, 2, 5, 500] {
        let (mut found, mut after) = (Vec::new(), None);
        loop {
            let page = clinic.check(after, limit).unwrap();
            assert!(page.rows <= limit);
            found.extend(page.altered.iter().map(|(record, _)| *record));
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        assert_eq!(found, all, "{limit}");
    }
}

#[test]
fn who_may_not_read_the_log_checks_nothing_and_a_page_has_bounds() {
    let (mut clinic, _) = five();
    for limit in [0, 501] {
        assert_eq!(clinic.check(None, limit), Err(VaultError::TooMany), "{limit}");
    }
    let stranger = TenantVault::new(clinic.north.actor().clone(), Permissions::none());
    let before = clinic.entries().len();
    assert_eq!(clinic.write(|unit| stranger.check(unit, &PATIENT, None, 10)), Err(VaultError::Denied));
    assert_eq!(clinic.names_since(before), ["PERMISSION_DENIED"]);
}
