//! One entry for what is shown at once: nothing of it leaves without the entry, and the entry names all of it.

use super::clinic::{BORN, BY_NAME, Clinic, PATIENT, family, patient};
use crate::audit::{Action, Body, read_seen, tag};
use crate::red::{Safeguard, without};
use crate::schema::RecordId;
use crate::store::memory::Fault;
use crate::vault::{Operation, Permissions, Record, Select, TenantVault, VaultError};
use std::collections::BTreeSet;

/// The records that each disclosure since `from` names.
fn disclosed(clinic: &mut Clinic, from: usize) -> Vec<BTreeSet<RecordId>> {
    let named = |body: &Body| {
        let seen = read_seen(body.field(tag::SEEN)?)?;
        assert!(seen.iter().all(|(table, _)| *table == PATIENT.label()));
        Some(seen.into_iter().flat_map(|(_, ids)| ids).collect())
    };
    clinic.entries()[from..].iter().filter_map(named).collect()
}

fn everyone(family: &str) -> Select<'_> {
    Select::of(&PATIENT, BY_NAME, (family, super::clinic::day()))
}

fn ids(records: &[Record]) -> BTreeSet<RecordId> {
    records.iter().map(Record::id).collect()
}

#[test]
fn one_entry_names_every_record_of_several_looks() {
    let mut clinic = Clinic::open();
    let first = clinic.admit("Osei", "M-1");
    let others = (2..6).map(|at| clinic.admit("Brandt", &format!("M-{at}"))).collect::<BTreeSet<_>>();
    let (vault, before) = (clinic.north.clone(), clinic.entries().len());
    let shown = clinic.db.write(|unit| {
        vault.disclose(unit, |shown| {
            Ok::<_, VaultError>((shown.read(&PATIENT, first)?, shown.select(&everyone("brandt"))?))
        })
    });
    let (read, selected) = shown.unwrap().open().unwrap();
    assert_eq!((family(&read), selected.total, ids(&selected.records)), ("Osei", 4, others.clone()));
    let all = others.into_iter().chain([first]).collect();
    assert_eq!(disclosed(&mut clinic, before), [all]);
    assert_eq!(clinic.names_since(before), ["PHI_READ"]);
}

#[test]
fn what_is_beside_the_window_is_neither_given_out_nor_named() {
    let windows = |size: usize| (0..4).map(move |at| at * size..(at + 1) * size);
    // More than one look fetches at once are opened to be put in order, and again to be given out.
    for (count, size) in [(9_usize, 4), (130, 50)] {
        let mut clinic = Clinic::open();
        for at in 0..count {
            clinic.admit("Brandt", &format!("M-{at}"));
        }
        let (vault, before) = (clinic.north.clone(), clinic.entries().len());
        let mut seen = BTreeSet::new();
        for window in windows(size) {
            let select = everyone("Brandt").newest_day(BORN).window(window.clone());
            let work = |unit: &mut crate::unit::MemoryUnit<'_>| vault.disclose(unit, |shown| shown.select(&select));
            let selected = clinic.db.write(work).unwrap().open().unwrap();
            let of_window = count.saturating_sub(window.start).min(size);
            assert_eq!((selected.total, selected.records.len()), (count, of_window));
            assert_eq!(disclosed(&mut clinic, before).last(), Some(&ids(&selected.records)));
            assert!(selected.records.iter().all(|record| seen.insert(record.id())));
        }
        assert_eq!(seen.len(), count);
    }
}

#[test]
fn more_than_an_entry_names_is_not_given_out() {
    let mut clinic = Clinic::open();
    let record = clinic.admit("Osei", "M-1");
    let vault = clinic.north.clone();
    let look = |clinic: &mut Clinic, times: usize| {
        let work = |unit: &mut crate::unit::MemoryUnit<'_>| {
            vault
                .disclose(unit, |shown| (0..times).map(|_| shown.read(&PATIENT, record)).collect::<Result<Vec<_>, _>>())
        };
        Ok::<_, VaultError>(clinic.db.write(work)?.open()?.len())
    };
    assert_eq!(look(&mut clinic, 500), Ok(500));
    assert_eq!(look(&mut clinic, 501), Err(VaultError::TooMany));
}

/// Takes a record out of a disclosure that fails, and passes over the failure. How many entries name the record that is
/// then read.
fn smuggle(panics: bool) -> usize {
    let mut clinic = Clinic::open();
    let record = clinic.admit("Osei", "M-1");
    let (vault, before) = (clinic.north.clone(), clinic.entries().len());
    let smuggled = clinic.db.write(|unit| {
        let mut smuggled = None;
        let work = std::panic::AssertUnwindSafe(|| {
            vault.disclose(unit, |shown| {
                smuggled = Some(shown.read(&PATIENT, record)?);
                assert!(!panics, "half-way");
                Err::<(), _>(VaultError::NotFound)
            })
        });
        let failed = std::panic::catch_unwind(work);
        assert!(!matches!(failed, Ok(Ok(()))));
        Ok::<_, VaultError>(smuggled)
    });
    assert_eq!(smuggled.unwrap().open().unwrap().as_ref().map(family), Some("Osei"));
    disclosed(&mut clinic, before).iter().filter(|seen| seen.contains(&record)).count()
}

#[test]
fn the_entry_stops_a_disclosure_that_fails_from_showing_in_silence() {
    for panics in [false, true] {
        assert_eq!(smuggle(panics), 1);
        assert_eq!(without(Safeguard::DisclosureEntry, || smuggle(panics)), 0);
    }
}

#[test]
fn an_altered_row_is_flagged_and_its_entry_says_so() {
    let mut clinic = Clinic::open();
    let (osei, brandt) = (clinic.admit("Osei", "M-1"), clinic.admit("Brandt", "M-2"));
    let stolen = clinic.row(brandt).columns["family"].clone();
    clinic.set(osei, "family", stolen);
    let (vault, before) = (clinic.north.clone(), clinic.entries().len());
    let work = |unit: &mut crate::unit::MemoryUnit<'_>| vault.disclose(unit, |shown| shown.select(&everyone("Osei")));
    let selected = clinic.db.write(work).unwrap().open().unwrap();
    assert_eq!((selected.total, selected.flagged.as_slice()), (0, &[osei][..]));
    assert_eq!(clinic.named_since(before, "INTEGRITY_FAILED"), [[osei]]);
}

#[test]
fn another_tenant_and_an_actor_without_permission_are_shown_nothing() {
    let mut clinic = Clinic::open();
    let record = clinic.admit("Osei", "M-1");
    let south = clinic.south.clone();
    let work = |unit: &mut crate::unit::MemoryUnit<'_>| south.disclose(unit, |shown| shown.select(&everyone("Osei")));
    assert_eq!(clinic.db.write(work).unwrap().open().unwrap().total, 0);
    let blind = TenantVault::new(clinic.north.actor().clone(), Permissions::none().allow(&PATIENT, &[Operation::List]));
    let before = clinic.entries().len();
    let read =
        |unit: &mut crate::unit::MemoryUnit<'_>| blind.disclose(unit, |shown| shown.read(&PATIENT, record).map(drop));
    assert_eq!(clinic.write(read), Err(VaultError::Denied));
    let select = |unit: &mut crate::unit::MemoryUnit<'_>| {
        blind.disclose(unit, |shown| shown.select(&everyone("Osei")).map(drop))
    };
    assert_eq!(clinic.write(select), Err(VaultError::Denied));
    assert_eq!(clinic.names_since(before), ["PERMISSION_DENIED"; 2]);
    let actions = [Action::Read, Action::Execute].map(|action| vec![action as u8]);
    let entries = clinic.entries()[before..].to_vec();
    assert_eq!(entries.iter().map(|body| body.field(tag::ACTION).unwrap().to_vec()).collect::<Vec<_>>(), actions);
}

/// What each value leads to, and the records that the entry names.
fn resolved(clinic: &mut Clinic, values: &[&str]) -> (Vec<Option<RecordId>>, Vec<Vec<RecordId>>) {
    let (vault, before) = (clinic.north.clone(), clinic.entries().len());
    let values = values.iter().map(|value| (*value,));
    let found = clinic.db.write(|unit| vault.resolve(unit, &PATIENT, super::clinic::BY_MRN, values)).unwrap();
    (found.open().unwrap(), clinic.named_since(before, "PHI_SEARCH"))
}

#[test]
fn many_values_are_resolved_under_one_entry_that_names_what_was_found() {
    let mut clinic = Clinic::open();
    let (osei, brandt) = (clinic.admit("Osei", "M-1"), clinic.admit("Brandt", "M-2"));
    let (found, named) = resolved(&mut clinic, &["m 2", "M-9", "", "M-1"]);
    assert_eq!((found, named), (vec![Some(brandt), None, None, Some(osei)], vec![vec![brandt, osei]]));
    let before = clinic.entries().len();
    let stolen = clinic.row(brandt).columns["family"].clone();
    clinic.set(osei, "family", stolen);
    assert_eq!(resolved(&mut clinic, &["M-1", "M-2"]).0, [None, Some(brandt)], "an altered record is nobody");
    assert_eq!(clinic.named_since(before, "INTEGRITY_FAILED"), [[osei]]);
    let (vault, many) = (clinic.north.clone(), [("M-1",); 501]);
    let refused = clinic.db.write(|unit| vault.resolve(unit, &PATIENT, super::clinic::BY_MRN, many).map(drop));
    assert_eq!(refused.map(drop), Err(VaultError::TooMany));
}

#[test]
fn rows_without_their_entry_are_not_committed() {
    let mut clinic = Clinic::open();
    let rows = vec![patient("Osei", "M-1"), patient("Brandt", "M-2")];
    let (vault, before) = (clinic.north.clone(), clinic.entries().len());
    let done = clinic.write(|unit| vault.upsert_all(unit, &PATIENT, super::clinic::BY_MRN, rows)).unwrap();
    assert_eq!((done.len(), clinic.names_since(before)), (2, vec!["PHI_CREATE".to_owned()]));
    let before = clinic.entries().len();
    // Every row is written when its entry is refused.
    clinic.store().fault = Fault::RefuseEntries;
    let rows = vec![patient("Nakamura", "M-3"), patient("Quist", "M-4")];
    let passed_over = clinic.write(|unit| {
        assert!(vault.upsert_all(unit, &PATIENT, super::clinic::BY_MRN, rows).is_err());
        Ok(())
    });
    clinic.store().fault = Fault::None;
    assert!(passed_over.is_err());
    assert_eq!((clinic.names_since(before), clinic.store().rows.len()), (Vec::new(), 2));
}
