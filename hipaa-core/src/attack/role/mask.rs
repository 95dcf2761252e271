//! Ways around a mask: other verbs, searching, sorting, writing back, the trail, errors.

use super::{
    BORN, BY_BIRTH, BY_FAMILY, BY_SSN, BY_STATUS, BY_SUBJECT, CONSULTATION, FAMILY, INTERNAL, MEMBER, PATIENT, PLAN,
    Practice, SOURCE, SSN, SSN_TEXT, STATUS, patient,
};
use crate::attack::clinic::day;
use crate::audit::{Action, Event, EventName, tag};
use crate::auth::mask::Mask;
use crate::auth::reason::{Reason, ReasonCode};
use crate::auth::role::{Ability, Operation, Role, RolePolicy};
use crate::red::{Safeguard, without};
use crate::schema::RecordId;
use crate::seal::StoredValue;
use crate::unit::Unit;
use crate::vault::{Break, FieldError, Record, Row, Select, TenantVault, VaultError};

fn shown(record: &Record) -> [Option<&str>; 4] {
    [record.masked(SSN), record.masked(BORN), record.masked(MEMBER), record.masked(SOURCE)]
        .map(|masked| masked.map(crate::auth::mask::Masked::as_str))
}

const MASKED: [Option<&str>; 4] = [Some("***-**-4466"), Some("1980"), Some("***0042"), Some("***")];

fn assert_masked(record: &Record) {
    assert_eq!(shown(record), MASKED);
    assert_eq!((record.get(SSN), record.get(BORN).map(drop)), (Err(FieldError::Masked), Err(FieldError::Masked)));
    assert_eq!(record.get(SOURCE), Err(FieldError::Masked));
    assert_eq!((record.get(FAMILY), record.is_masked(FAMILY)), (Ok(Some("Lovelace")), false));
    assert!(record.integrity().is_intact());
}

#[test]
fn a3_a_masked_role_gets_masks_on_read_list_find_and_disclosure() {
    let mut practice = Practice::open();
    let (ada, billing) = (practice.ada, practice.vault("BILLING"));
    assert_masked(&practice.read(&billing, &PATIENT, ada));
    let db = &mut practice.clinic.db;
    let page = db.write(|unit| billing.list(unit, &PATIENT, None, 10)).unwrap().open().unwrap();
    assert_masked(page.records.iter().find(|record| record.id() == ada).unwrap());
    let found = db.write(|unit| billing.find(unit, &PATIENT, BY_FAMILY, ("Lovelace",))).unwrap().open().unwrap();
    assert_masked(&found.records[0]);
    let read = db.write(|unit| billing.disclose(unit, |shown| shown.read(&PATIENT, ada)));
    assert_masked(&read.unwrap().open().unwrap());
    let select = Select::of(&PATIENT, BY_FAMILY, ("Lovelace",));
    let selected = db.write(|unit| billing.disclose(unit, |shown| shown.select(&select))).unwrap().open().unwrap();
    assert_masked(&selected.records[0]);
    let tenant = billing.actor().tenant();
    let opened = db.write(|unit| {
        let row = unit.parts().0.row(&PATIENT, tenant, ada)?.unwrap();
        billing.open(unit, &PATIENT, &row)
    });
    assert_masked(&opened.unwrap().open().unwrap());
}

#[test]
fn without_the_masks_the_value_leaves_the_vault() {
    let mut practice = Practice::open();
    let (ada, billing) = (practice.ada, practice.vault("BILLING"));
    let record = without(Safeguard::Masks, || practice.read(&billing, &PATIENT, ada));
    assert_eq!(record.get(SSN), Ok(Some(SSN_TEXT)));
}

/// How a reader finds a record of which one hidden cell was replaced.
fn breaks_of_a_hidden_cell() -> Vec<Break> {
    let mut practice = Practice::open();
    let (ada, billing) = (practice.ada, practice.vault("BILLING"));
    practice.clinic.set(ada, "source", StoredValue::Blob(vec![1; 60]));
    practice.read(&billing, &PATIENT, ada).integrity().breaks().to_vec()
}

#[test]
fn a3_the_cell_of_a_hidden_column_is_not_even_opened() {
    assert_eq!(breaks_of_a_hidden_cell(), [Break::Mac]);
    let unmasked = without(Safeguard::Masks, breaks_of_a_hidden_cell);
    assert!(matches!(unmasked[..], [Break::Mac, Break::Cell("source", _)]), "the red twin: {unmasked:?}");
}

#[test]
fn a3_free_text_of_a_consultation_is_hidden_whether_or_not_there_is_any() {
    let mut practice = Practice::open();
    let (visit, ada, north) = (practice.visit, practice.ada, practice.clinic.north.clone());
    let staff = practice.vault("STAFF");
    let row = Row::new().set(super::SUBJECT, ada).set(STATUS, "open");
    let empty = practice.clinic.write(|unit| north.create(unit, &CONSULTATION, &row)).unwrap();
    for record in [visit, empty] {
        let record = practice.read(&staff, &CONSULTATION, record);
        for column in [PLAN, INTERNAL] {
            assert_eq!(record.masked(column).unwrap().as_str(), "***");
            assert_eq!(record.get(column), Err(FieldError::Masked));
        }
        assert_eq!((record.get(STATUS), record.subject()), (Ok(Some("open")), Some(ada)));
    }
}

/// Searches by a guessed SSN; whether it was found, and so known.
fn guess(practice: &mut Practice, vault: &TenantVault) -> Result<bool, VaultError> {
    let found = practice.clinic.db.write(|unit| vault.find(unit, &PATIENT, BY_SSN, (SSN_TEXT,)))?;
    Ok(!found.open()?.records.is_empty())
}

#[test]
fn a3_searching_by_a_masked_column_is_refused_in_every_verb() {
    let mut practice = Practice::open();
    let billing = practice.vault("BILLING");
    let before = practice.clinic.entries().len();
    assert_eq!(guess(&mut practice, &billing), Err(VaultError::Masked("ssn")));
    assert_eq!(practice.clinic.names_since(before), ["PERMISSION_DENIED"]);
    let clinic = &mut practice.clinic;
    let masked = Some(VaultError::Masked("name_birth"));
    let parts = ("Lovelace", day());
    assert_eq!(clinic.write(|unit| billing.find(unit, &PATIENT, BY_BIRTH, parts)).err(), masked);
    let paged = clinic.write(|unit| billing.find_page(unit, &PATIENT, (BY_BIRTH, parts), (None, 5)));
    assert_eq!(paged.err(), masked);
    assert_eq!(clinic.write(|unit| billing.resolve(unit, &PATIENT, BY_BIRTH, [parts])).err(), masked);
    let fetch = |_: &mut crate::unit::MemoryUnit<'_>, _| Ok::<_, VaultError>(None);
    let with = clinic.write(|unit| billing.find_with(unit, &PATIENT, (BY_BIRTH, parts), fetch));
    assert_eq!(with.err(), masked);
    let select = Select::of(&PATIENT, BY_BIRTH, parts);
    assert_eq!(clinic.write(|unit| billing.disclose(unit, |shown| shown.select(&select))).err(), masked);
}

#[test]
fn without_the_refusal_a_search_tells_the_masked_value() {
    let mut practice = Practice::open();
    let billing = practice.vault("BILLING");
    assert_eq!(without(Safeguard::MaskedSearch, || guess(&mut practice, &billing)), Ok(true));
}

/// The order of two patients by birth date, as a selection tells it.
fn sorted(practice: &mut Practice, vault: &TenantVault) -> Result<usize, VaultError> {
    let select = Select::of(&PATIENT, BY_FAMILY, ("Lovelace",)).newest_day(BORN);
    let found = practice.clinic.db.write(|unit| vault.disclose(unit, |shown| shown.select(&select)))?;
    Ok(found.open()?.records.len())
}

#[test]
fn a3_sorting_and_comparing_by_a_masked_column_is_refused() {
    let mut practice = Practice::open();
    let (billing, ada) = (practice.vault("BILLING"), practice.ada);
    assert_eq!(sorted(&mut practice, &billing), Err(VaultError::Masked("birth_date")));
    assert_eq!(without(Safeguard::MaskedSearch, || sorted(&mut practice, &billing)), Ok(1), "the red twin");
    let select = Select::of(&CONSULTATION, BY_SUBJECT, (ada,)).first(PLAN, "plancanary titrate");
    let found = practice.clinic.write(|unit| billing.disclose(unit, |shown| shown.select(&select)));
    assert_eq!(found.err(), Some(VaultError::Masked("plan")));
    let select = Select::of(&CONSULTATION, BY_SUBJECT, (ada,)).newest(STATUS);
    let found = practice.clinic.write(|unit| billing.disclose(unit, |shown| shown.select(&select)));
    assert!(found.is_ok(), "what is seen may be sorted by");
}

/// Saves what the form showed, as a page does that was filled from a masked record.
fn save(practice: &mut Practice, vault: &TenantVault) -> Result<u64, VaultError> {
    let ada = practice.ada;
    let record = practice.read(vault, &PATIENT, ada);
    let form = record.masked(SSN).map_or(SSN_TEXT, |masked| masked.as_str()).to_owned();
    let changes = Row::new().set(FAMILY, "Byron").set(SSN, &form);
    practice.clinic.write(|unit| vault.update(unit, &PATIENT, (ada, record.version()), &changes))
}

fn stored_ssn(practice: &mut Practice) -> Option<String> {
    let (ada, north) = (practice.ada, practice.clinic.north.clone());
    practice.read(&north, &PATIENT, ada).get(SSN).unwrap().map(str::to_owned)
}

#[test]
fn a3_an_update_from_a_masked_view_never_writes_the_mask_back() {
    let mut practice = Practice::open();
    let staff = practice.vault("STAFF");
    assert_eq!(save(&mut practice, &staff), Err(VaultError::Masked("ssn")));
    assert_eq!(stored_ssn(&mut practice).as_deref(), Some(SSN_TEXT));
    let ada = practice.ada;
    let renamed = Row::new().set(FAMILY, "Byron");
    assert_eq!(practice.clinic.write(|unit| staff.update(unit, &PATIENT, (ada, 1), &renamed)), Ok(2));
    assert_eq!(stored_ssn(&mut practice).as_deref(), Some(SSN_TEXT), "what was not named stays as it was");
    let cleared = Row::new().clear(SSN);
    let clearing = practice.clinic.write(|unit| staff.update(unit, &PATIENT, (ada, 2), &cleared));
    assert_eq!(clearing, Err(VaultError::Masked("ssn")));
}

#[test]
fn without_the_refusal_the_mask_is_written_over_the_value() {
    let mut practice = Practice::open();
    let staff = practice.vault("STAFF");
    assert_eq!(without(Safeguard::MaskedUpdate, || save(&mut practice, &staff)), Ok(2));
    assert_eq!(stored_ssn(&mut practice).as_deref(), Some("***-**-4466"));
}

#[test]
fn a3_no_other_way_of_writing_changes_or_compares_what_is_masked() {
    let mut practice = Practice::open();
    let (staff, ada) = (practice.vault("STAFF"), practice.ada);
    let tenant = staff.actor().tenant();
    let row = patient("Lovelace", SSN_TEXT);
    let clinic = &mut practice.clinic;
    let upsert = clinic.write(|unit| staff.upsert(unit, &PATIENT, BY_SSN, &row));
    assert_eq!(upsert.err(), Some(VaultError::Masked("ssn")), "`Unchanged` would confirm a guess");
    assert_eq!(clinic.write(|unit| staff.reindex(unit, &PATIENT, None, 5)).err(), Some(VaultError::Masked("ssn")));
    let reseal = clinic.write(|unit| {
        let row = unit.parts().0.row(&PATIENT, tenant, ada)?.unwrap();
        staff.reseal(unit, &PATIENT, (&row, 1), &Row::new().set(SSN, "***-**-4466"))
    });
    assert_eq!(reseal.err(), Some(VaultError::Masked("ssn")));
}

#[test]
fn a_masked_role_makes_a_record_and_sees_it_masked_from_then_on() {
    let mut practice = Practice::open();
    let staff = practice.vault("STAFF");
    let made = practice.clinic.write(|unit| staff.create(unit, &PATIENT, &patient("Hopper", "334-55-6677"))).unwrap();
    assert_eq!(practice.read(&staff, &PATIENT, made).masked(SSN).unwrap().as_str(), "***-**-6677");
}

fn reason() -> Reason {
    Reason::new(ReasonCode::Payment, "claim 4711 was returned").unwrap()
}

#[test]
fn a3_revealing_needs_its_own_permission_a_reason_and_leaves_an_entry() {
    let mut practice = Practice::open();
    let (ada, billing, staff) = (practice.ada, practice.vault("BILLING"), practice.vault("STAFF"));
    let before = practice.clinic.entries().len();
    let denied = practice.clinic.write(|unit| staff.reveal(unit, &PATIENT, (ada, SSN), &reason()));
    assert_eq!(denied.err(), Some(VaultError::Denied));
    let shown = practice.clinic.db.write(|unit| billing.reveal(unit, &PATIENT, (ada, SSN), &reason()));
    let shown = shown.unwrap().open().unwrap();
    assert_eq!((shown.get(), format!("{shown:?}").as_str()), (Some(SSN_TEXT), "Revealed(…)"));
    assert_eq!(practice.clinic.names_since(before), ["PERMISSION_DENIED", "PHI_REVEAL"]);
    assert_eq!(practice.clinic.named_since(before, "PHI_REVEAL"), [[ada]]);
    let entry = practice.clinic.entries().pop().unwrap();
    assert_eq!((entry.text(tag::COLUMN), entry.text(tag::PURPOSE)), (Some("ssn"), Some("payment")));
    let bytes = entry.encode().unwrap();
    assert!(!bytes.windows(4).any(|part| part == b"4711"), "the words of a reason are sealed");
    let unknown = practice.clinic.write(|unit| billing.reveal(unit, &PATIENT, (ada, PLAN), &reason()));
    assert_eq!(unknown.err(), Some(VaultError::UnknownColumn("plan")));
}

#[test]
fn a3_the_details_of_the_log_show_only_to_who_may_read_them() {
    let mut practice = Practice::open();
    let north = practice.clinic.north.clone();
    let role = |abilities: &[Ability]| RolePolicy::new([Role::new("R").can(abilities)]).unwrap().permissions("R", None);
    let clerk = practice.vault_with("R", role(&[Ability::ReadTrail]));
    let officer = practice.vault_with("R", role(&[Ability::ReadTrail, Ability::ReadDetails]));
    let name = EventName::application("com.example.changed");
    let event = Event::new(north.actor(), name, Action::Update).details(&format!("ssn was {SSN_TEXT}"));
    practice.clinic.write(|unit| Ok((unit as &mut dyn Unit).append(&event)?)).unwrap();
    for (vault, sees) in [(clerk, false), (officer, true)] {
        let trail = practice.clinic.db.write(|unit| vault.trail(unit, 0, 500)).unwrap().open().unwrap();
        let details = trail.iter().filter_map(|entry| entry.details.as_deref());
        assert_eq!(details.into_iter().any(|text| text.contains(SSN_TEXT)), sees);
        assert!(trail.iter().all(|entry| entry.intact));
    }
}

#[test]
fn a3_a_mask_for_the_subject_hides_whose_a_record_is() {
    let mut practice = Practice::open();
    let visit = practice.visit;
    let role = Role::new("R").may(&CONSULTATION, &[Operation::Read, Operation::Search]);
    let role = role.show_all(&CONSULTATION).mask(&CONSULTATION, super::SUBJECT, Mask::hidden());
    let permissions = RolePolicy::new([role]).unwrap().permissions("R", None);
    let vault = practice.vault_with("R", permissions);
    assert_eq!(practice.read(&vault, &CONSULTATION, visit).subject(), None::<RecordId>);
    let ada = practice.ada;
    let found = practice.clinic.write(|unit| vault.find(unit, &CONSULTATION, BY_SUBJECT, (ada,)));
    assert_eq!(found.err(), Some(VaultError::Masked("subject")));
    assert!(practice.clinic.write(|unit| vault.find(unit, &CONSULTATION, BY_STATUS, ("open",))).is_ok());
}
