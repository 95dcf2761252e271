//! Red twins: each attack is stopped by one safeguard, and succeeds without it.

use super::clinic::{BY_NAME, Clinic, FAMILY, MRN, PATIENT, WARD, clock, day, family, kek, patient};
use crate::audit::{Body, Field, Head, Range, leaf_of, tag};
use crate::cipher::{CellError, CellHeader};
use crate::entropy::Entropy;
use crate::keys::TenantKeys;
use crate::red::{Safeguard, without};
use crate::schema::{RecordId, TenantId, Value};
use crate::seal::{Place, SealBlob, StoredRow, StoredValue, open_columns, seal_record};
use crate::store::memory::Fault;
use crate::tenancy::open_epoch;
use crate::unit::{Held, MemoryDatabase, ReleaseError, UnitError};
use crate::vault::{Break, Permissions, Record, Row, TenantVault, VaultError};
use zeroize::Zeroizing;

pub(super) fn keys_of(clinic: &mut Clinic, tenant: TenantId) -> TenantKeys {
    let deployment = *clinic.db.notary().deployment();
    let store = clinic.store();
    let blob = |kind, epoch| Ok::<_, UnitError>(store.wrapped.get(&(tenant, epoch, kind)).cloned());
    TenantKeys::load(&kek(7), deployment, tenant, &store.rings[&tenant], blob).unwrap()
}

fn seal_family(keys: &TenantKeys, place: Place<'_>, name: &str) -> StoredRow {
    let mut values = vec![None; PATIENT.columns().len()];
    values[0] = Some(Value::Text(Zeroizing::new(name.to_owned())));
    seal_record(keys, place, 1, &values, &mut Entropy::from_system().unwrap()).unwrap().0
}

fn place(tenant: TenantId, record: u8) -> Place<'static> {
    Place { tenant, table: &PATIENT, record: RecordId::from_slice(&[record]).unwrap() }
}

/// Opens the family name alone: no MAC and no state stands before the cell here.
fn open_family(keys: &TenantKeys, place: Place<'_>, row: &StoredRow) -> Result<Option<Value>, CellError> {
    open_columns(keys, place, row).swap_remove(PATIENT.position(FAMILY.label()).unwrap())
}

fn show_the_cell_of_another_record() -> Result<Option<Value>, CellError> {
    let mut clinic = Clinic::open();
    let tenant = clinic.north_id();
    let keys = keys_of(&mut clinic, tenant);
    let own = seal_family(&keys, place(tenant, 1), "Osei");
    let mut other = seal_family(&keys, place(tenant, 2), "Brandt");
    assert_eq!(open_family(&keys, place(tenant, 2), &other), Ok(Some(text("Brandt"))));
    other.columns[0] = own.columns[0].clone();
    open_family(&keys, place(tenant, 2), &other)
}

fn text(text: &str) -> Value {
    Value::Text(Zeroizing::new(text.to_owned()))
}

#[test]
fn the_record_id_in_the_context_stops_a_cell_of_another_record() {
    assert_eq!(show_the_cell_of_another_record(), Err(CellError::Open));
    assert_eq!(without(Safeguard::CellContext, show_the_cell_of_another_record), Ok(Some(text("Osei"))));
}

fn show_the_cell_of_another_tenant() -> Result<Option<Value>, CellError> {
    let mut clinic = Clinic::open();
    let (north, south) = (clinic.north_id(), clinic.south_id());
    let row = seal_family(&keys_of(&mut clinic, north), place(north, 1), "Osei");
    open_family(&keys_of(&mut clinic, south), place(south, 1), &row)
}

#[test]
fn the_keys_of_a_tenant_stop_a_cell_of_another_tenant() {
    assert_eq!(show_the_cell_of_another_tenant(), Err(CellError::Open));
    assert_eq!(without(Safeguard::TenantKeys, show_the_cell_of_another_tenant), Ok(Some(text("Osei"))));
}

/// What a reader is shown as intact, or what is said to be wrong with it.
fn shown(clinic: &mut Clinic, record: RecordId, show: fn(&Record) -> String) -> Result<String, Vec<Break>> {
    let breaks = clinic.breaks(record);
    if breaks.is_empty() { Ok(show(&clinic.read(record).unwrap())) } else { Err(breaks) }
}

fn edit_a_protected_column() -> Result<String, Vec<Break>> {
    let mut clinic = Clinic::open();
    let record = clinic.admit("Osei", "M-1");
    clinic.set(record, "ward", StoredValue::Text("west".to_owned()));
    shown(&mut clinic, record, |record| record.get(WARD).unwrap().unwrap_or_default().to_owned())
}

#[test]
fn the_record_mac_stops_an_edited_column() {
    assert_eq!(edit_a_protected_column(), Err(vec![Break::Mac]));
    assert_eq!(without(Safeguard::RecordMac, edit_a_protected_column), Ok("west".to_owned()));
}

fn restore_an_older_row() -> Result<String, Vec<Break>> {
    let mut clinic = Clinic::open();
    let record = clinic.admit("Osei", "M-1");
    let copy = clinic.row(record).clone();
    let north = clinic.north.clone();
    clinic.write(|unit| north.update(unit, &PATIENT, (record, 1), &Row::new().set(FAMILY, "Osei-Brandt"))).unwrap();
    assert_ne!(*clinic.row(record), copy);
    *clinic.row(record) = copy;
    shown(&mut clinic, record, |record| family(record).to_owned())
}

#[test]
fn the_recorded_state_stops_an_older_row() {
    assert_eq!(restore_an_older_row(), Err(vec![Break::Version]));
    assert_eq!(without(Safeguard::RecordState, restore_an_older_row), Ok("Osei".to_owned()));
}

/// The entries that a denied read leaves.
fn read_without_permission_and_leave_no_trace() -> Vec<String> {
    let mut clinic = Clinic::open();
    let record = clinic.admit("Osei", "M-1");
    let before = clinic.entries().len();
    let stranger = TenantVault::new(clinic.north.actor().clone(), Permissions::none());
    let read = clinic.write(|unit| stranger.read(unit, &PATIENT, record).map(drop));
    assert_eq!(read, Err(VaultError::Denied));
    clinic.names_since(before)
}

#[test]
fn a_refusal_survives_the_rollback_of_its_unit() {
    assert_eq!(read_without_permission_and_leave_no_trace(), ["PERMISSION_DENIED"]);
    let trace = without(Safeguard::RefusalSurvival, read_without_permission_and_leave_no_trace);
    assert_eq!(trace, Vec::<String>::new());
}

/// What is seen of a record whose read was rolled back, its entry included.
fn see_without_an_entry() -> Result<String, ReleaseError> {
    let mut clinic = Clinic::open();
    let record = clinic.admit("Osei", "M-1");
    let before = clinic.entries().len();
    let north = clinic.north.clone();
    let mut smuggled: Option<Held<Record>> = None;
    let failed = clinic.write(|unit| {
        smuggled = Some(north.read(unit, &PATIENT, record)?);
        Err::<(), _>(VaultError::Stale)
    });
    assert_eq!(failed, Err(VaultError::Stale));
    let seen = clinic.db.write(|_| Ok::<_, VaultError>(smuggled.take())).unwrap().open()?;
    assert_eq!(clinic.names_since(before), Vec::<String>::new());
    Ok(family(&seen.unwrap()).to_owned())
}

#[test]
fn what_a_failed_unit_read_is_not_released_by_another() {
    assert_eq!(see_without_an_entry(), Err(ReleaseError));
    assert_eq!(without(Safeguard::AuditBeforeRelease, see_without_an_entry), Ok("Osei".to_owned()));
}

/// Rewrites who made the last entry of North's log, and the head row to fit as far as it goes without a key.
fn forge_the_last_entry(clinic: &mut Clinic) {
    let (log, tenant) = (clinic.north_log(), clinic.north_id());
    let store = clinic.store();
    let (key, (last, _)) = store.entries.range_mut((log, 0)..=(log, u64::MAX)).next_back().unwrap();
    assert_eq!(key.1 + 1, store.heads[&tenant].size);
    let mut body = Body::decode(&last.body).unwrap();
    let user = body.fields.iter_mut().find(|field| field.tag == tag::USER).unwrap();
    *user = Field { tag: tag::USER, value: b"someone-else".to_vec() };
    last.body = body.encode().unwrap();
    last.leaf = leaf_of(&last.body);
    let forged = last.leaf;
    let mut range = Range::default();
    store.entries.range((log, 0)..=(log, u64::MAX)).for_each(|(_, (entry, _))| range.push(entry.leaf));
    let head = store.heads.get_mut(&tenant).unwrap();
    head.last_leaf = forged;
    head.range = range.to_bytes();
}

/// The head that the application signs over a forged log.
fn have_a_forged_log_signed() -> Result<Head, VaultError> {
    let mut clinic = Clinic::open();
    let record = clinic.admit("Osei", "M-1");
    forge_the_last_entry(&mut clinic);
    clinic.reopen().unwrap();
    let before = clinic.store().clone();
    if let Err(error) = clinic.read(record) {
        assert_eq!(*clinic.store(), before);
        return Err(error);
    }
    let users = clinic.entries().iter().filter_map(|body| body.text(tag::USER).map(str::to_owned)).collect::<Vec<_>>();
    assert_eq!(users, ["someone-else", "dr-osei"]);
    let tenant = clinic.north_id();
    let (deployment, key) = (*clinic.db.notary().deployment(), clinic.db.notary().head_key());
    Ok(clinic.store().heads[&tenant].verify_signature(&deployment, &key).unwrap())
}

#[test]
fn the_head_check_keeps_a_forged_log_from_being_signed() {
    assert_eq!(have_a_forged_log_signed(), Err(VaultError::Unit(UnitError::Tampered)));
    assert_eq!(without(Safeguard::HeadCheck, have_a_forged_log_signed).map(|head| head.size()), Ok(3));
}

/// What is seen of a record when the entry vanishes from under the unit.
fn see_while_the_entry_is_lost() -> Result<String, VaultError> {
    let mut clinic = Clinic::open();
    let record = clinic.admit("Osei", "M-1");
    let before = clinic.entries().len();
    clinic.store().fault = Fault::LoseNextEntry;
    let seen = clinic.read(record);
    assert_eq!(clinic.names_since(before), Vec::<String>::new());
    seen.map(|record| family(&record).to_owned())
}

#[test]
fn the_torn_check_stops_a_unit_whose_entry_was_rolled_back_behind_it() {
    assert_eq!(see_while_the_entry_is_lost(), Err(VaultError::Unit(UnitError::Torn)));
    assert_eq!(without(Safeguard::TornCheck, see_while_the_entry_is_lost), Ok("Osei".to_owned()));
}

/// Whom a search for Osei shows, and whom it flags, when her terms were moved to Brandt.
fn move_a_term() -> (Vec<String>, Vec<RecordId>, RecordId) {
    let mut clinic = Clinic::open();
    let osei = clinic.admit("Osei", "M-1");
    let brandt = clinic.admit("Brandt", "M-2");
    let terms = &mut clinic.store().terms;
    let moved = terms.iter().filter(|(_, _, record)| *record == osei).copied().collect::<Vec<_>>();
    assert_eq!(moved.len(), 2);
    for (label, term, _) in moved {
        assert!(terms.remove(&(label, term, osei)) && terms.insert((label, term, brandt)));
    }
    let before = clinic.entries().len();
    let north = clinic.north.clone();
    let found = clinic.db.write(|unit| north.find(unit, &PATIENT, BY_NAME, ("Osei", day()))).unwrap().open().unwrap();
    let failed = clinic.named_since(before, "INTEGRITY_FAILED");
    assert_eq!(failed.concat(), found.flagged);
    (found.records.iter().map(|record| family(record).to_owned()).collect(), found.flagged, brandt)
}

#[test]
fn comparing_the_candidate_stops_a_moved_term() {
    let (shown, flagged, brandt) = move_a_term();
    assert_eq!((shown, flagged), (vec![], vec![brandt]));
    let (shown, flagged, _) = without(Safeguard::CandidateCheck, move_a_term);
    assert_eq!((shown, flagged), (vec!["Brandt".to_owned()], vec![]));
}

/// The epoch under which a process goes on sealing when another one has opened epoch 2.
fn seal_under_a_retired_epoch() -> u32 {
    let mut clinic = Clinic::open();
    clinic.admit("Osei", "M-1");
    let mut other = MemoryDatabase::open(clinic.store().clone(), kek(7), clock()).unwrap();
    let opened = other.write(|unit| open_epoch(unit, clinic.north.actor())).unwrap().into_inner();
    assert_eq!(opened, 2);
    *clinic.store() = other.store().clone();
    let record = clinic.admit("Brandt", "M-2");
    let row = clinic.row(record).clone();
    let StoredValue::Blob(cell) = &row.columns[MRN.label()] else { panic!("the column is sealed") };
    let epochs = (CellHeader::split(cell).unwrap().0.epoch, SealBlob::decode(&row.seal).unwrap().header.epoch);
    assert_eq!(epochs.0, epochs.1);
    epochs.0
}

#[test]
fn reading_the_ring_in_every_unit_stops_sealing_under_a_retired_epoch() {
    assert_eq!(seal_under_a_retired_epoch(), 2);
    assert_eq!(without(Safeguard::RingCheck, seal_under_a_retired_epoch), 1);
}

#[test]
fn the_same_patients_are_found_when_nothing_is_attacked() {
    let mut clinic = Clinic::open();
    let record = clinic.admit("Osei", "M-1");
    assert_eq!(clinic.breaks(record), []);
    let north = clinic.north.clone();
    let row = patient("Osei", "M-9");
    let second = clinic.write(|unit| north.create(unit, &PATIENT, &row)).unwrap();
    let found = clinic.db.write(|unit| north.find(unit, &PATIENT, BY_NAME, ("Osei", day()))).unwrap().open().unwrap();
    let mut expected = vec![record, second];
    expected.sort_unstable();
    assert_eq!(found.records.iter().map(Record::id).collect::<Vec<_>>(), expected);
    assert_eq!((found.candidates, found.flagged), (2, vec![]));
}
