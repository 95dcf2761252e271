//! No `Debug` and no error text shows a value: every type that could hold one is formatted with canaries in it.

use super::clinic::{ALLERGY, BY_MRN, BY_NAME, Clinic, PATIENT, WARD, kek, patient};
use crate::audit::{Action, Actor, Event, EventName};
use crate::cipher::CellError;
use crate::entropy::EntropyError;
use crate::index::IndexError;
use crate::keys::{KeyError, ProviderError};
use crate::schema::{Date, DateError, IdError, Parts, RecordId, Text, Value};
use crate::seal::{SealBlob, SealError, StoredRow, StoredValue};
use crate::store::StoreError;
use crate::tenancy::TenancyError;
use crate::unit::{ReleaseError, Unit, UnitError};
use crate::vault::{Break, FieldError, Permissions, Row, TenantVault, VaultError};
use core::fmt::Debug;
use std::error::Error;
use zeroize::Zeroizing;

const CANARY: &str = "canary-Quetzal";
const MRN_CANARY: &str = "Q-8675309";
const DAY_CANARY: &str = "1943-03-17";

/// Every spelling of the canaries that a careless `Debug` could show.
fn spellings() -> Vec<String> {
    let bytes = |text: &str| format!("{:?}", text.as_bytes()).trim_matches(['[', ']']).to_owned();
    // The whole date, or the fields of a derived `Debug`: a year alone could stand in a random id.
    let mut all = vec![DAY_CANARY.to_owned(), "year:1943".to_owned()];
    for text in [CANARY, MRN_CANARY] {
        all.extend([text.to_owned(), bytes(text), hex::encode(text)]);
    }
    all
}

#[track_caller]
fn assert_quiet(shown: &impl Debug) {
    for text in [format!("{shown:?}"), format!("{shown:#?}")] {
        let flat = text.replace(['\n', ' '], "").to_lowercase();
        for canary in spellings() {
            let canary = canary.replace(' ', "").to_lowercase();
            assert!(!flat.contains(&canary), "{canary} in {text}");
        }
    }
}

fn row() -> Row {
    let day = Date::parse(DAY_CANARY).unwrap();
    let row = patient(CANARY, MRN_CANARY).set(super::clinic::BORN, day);
    row.set(ALLERGY, CANARY).set(WARD, CANARY)
}

#[test]
fn the_check_finds_a_canary_in_every_spelling() {
    for loud in [CANARY, MRN_CANARY, DAY_CANARY] {
        let shown = [format!("{loud:?}"), format!("{:?}", loud.as_bytes()), hex::encode(loud)];
        let found = shown.iter().filter(|text| spellings().iter().any(|canary| text.contains(canary))).count();
        assert_eq!(found, if loud == DAY_CANARY { 1 } else { 3 });
    }
}

#[test]
fn no_value_is_shown_by_debug() {
    let text = Zeroizing::new(CANARY.to_owned());
    let values = [
        Value::Text(text.clone()),
        Value::Json(text.clone()),
        Value::Texts(vec![text.clone()]),
        Value::Bytes(Zeroizing::new(CANARY.as_bytes().to_vec())),
        Value::Date(Date::parse(DAY_CANARY).unwrap()),
        Value::Integer(8_675_309),
        Value::Boolean(true),
    ];
    assert_quiet(&values);
    assert!(!format!("{values:?}").contains("8675309"));
    assert_quiet(&row());
    assert_quiet(&Date::parse(DAY_CANARY).unwrap());
    assert_quiet(&Parts::<(Text, Date)>::probes((CANARY, Date::parse(DAY_CANARY).unwrap())));
    for stored in [
        StoredValue::Text(CANARY.to_owned()),
        StoredValue::Blob(CANARY.as_bytes().to_vec()),
        StoredValue::Integer(8_675_309),
    ] {
        assert_quiet(&stored);
        let tenant = crate::schema::TenantId::DEPLOYMENT;
        let record = RecordId::from_random([1; 16]);
        let row = StoredRow { tenant, record, columns: vec![stored], seal: CANARY.as_bytes().to_vec() };
        assert_quiet(&row.columns);
    }
}

#[test]
fn nothing_that_a_vault_gives_shows_a_value() {
    let mut clinic = Clinic::open();
    let vault = clinic.north.clone();
    let record = clinic.write(|unit| vault.create(unit, &PATIENT, &row())).unwrap();
    let day = Date::parse(DAY_CANARY).unwrap();
    let (read, page, found, trail) = {
        let read = clinic.db.write(|unit| {
            let held = vault.read(unit, &PATIENT, record)?;
            assert_quiet(&held);
            Ok::<_, VaultError>(held)
        });
        let page = clinic.db.write(|unit| vault.list(unit, &PATIENT, None, 9));
        let found = clinic.db.write(|unit| vault.find(unit, &PATIENT, BY_NAME, (CANARY, day)));
        let trail = clinic.db.write(|unit| {
            let event = Event::new(vault.actor(), EventName::PHI_READ, Action::Read).details(CANARY);
            assert_quiet(&event);
            (unit as &mut dyn Unit).append(&event)?;
            assert_quiet(&unit);
            vault.trail(unit, 0, 9)
        });
        (read.unwrap(), page.unwrap(), found.unwrap(), trail.unwrap())
    };
    assert_quiet(&(&read, &page, &found, &trail));
    let (read, page) = (read.open().unwrap(), page.open().unwrap());
    let (found, trail) = (found.open().unwrap(), trail.open().unwrap());
    assert_eq!((found.records.len(), page.records.len()), (1, 1));
    assert!(trail.iter().any(|entry| entry.details.as_ref().is_some_and(|details| details.contains(CANARY))));
    assert_quiet(&(&read, &page, &found, &trail));
    assert_quiet(&SealBlob::decode(&clinic.row(record).seal).unwrap());
    assert_quiet(&clinic.db);
}

#[test]
fn what_is_found_is_not_counted_before_it_is_released() {
    let mut clinic = Clinic::open();
    let vault = clinic.north.clone();
    let none = clinic.db.write(|unit| vault.find(unit, &PATIENT, BY_MRN, (MRN_CANARY,))).unwrap().into_inner();
    let empty = clinic.db.write(|unit| vault.list(unit, &PATIENT, None, 9)).unwrap().into_inner();
    clinic.write(|unit| vault.create(unit, &PATIENT, &row())).unwrap();
    let one = clinic.db.write(|unit| vault.find(unit, &PATIENT, BY_MRN, (MRN_CANARY,))).unwrap().into_inner();
    let page = clinic.db.write(|unit| vault.list(unit, &PATIENT, None, 9)).unwrap().into_inner();
    assert_eq!(format!("{none:?}"), format!("{one:?}"));
    assert_eq!(format!("{empty:?}"), format!("{page:?}"));
}

#[test]
fn what_people_type_into_headers_is_not_shown() {
    let actor = Actor::new(crate::schema::TenantId::DEPLOYMENT, "u-17", "clinician").unwrap().with_user_agent(CANARY);
    assert_quiet(&actor);
    assert_quiet(&TenantVault::new(actor.clone(), Permissions::everything()));
    assert_quiet(&Event::new(&actor, EventName::PHI_READ, Action::Read));
}

#[test]
fn no_key_is_shown() {
    let clinic = Clinic::open();
    let key = hex::encode([7; 32]);
    let shown = format!("{:?} {:?} {:?}", kek(7), clinic.db.notary(), clinic.db);
    assert!(!shown.contains(&key) && !shown.contains("7, 7, 7, 7, 7, 7"));
}

fn vault_errors() -> Vec<VaultError> {
    vec![
        VaultError::Denied,
        VaultError::NotFound,
        VaultError::RowMissing,
        VaultError::Stale,
        VaultError::Duplicate("mrn"),
        VaultError::Tampered,
        VaultError::UnknownColumn("mrn"),
        VaultError::NoSubject,
        VaultError::NoUniqueValue,
        VaultError::TooMany,
        VaultError::Seal(SealError::Cell(CellError::Open)),
        VaultError::Seal(SealError::Index(IndexError::Unassigned)),
        VaultError::Seal(SealError::Key(KeyError::WrongKek)),
        VaultError::Unit(UnitError::Store(StoreError::Other)),
        VaultError::Release(ReleaseError),
    ]
}

/// The texts of an error and of all its sources.
fn texts(error: &dyn Error) -> String {
    let mut all = format!("{error} {error:?}");
    let mut source = error.source();
    while let Some(error) = source {
        all.push_str(&format!(" {error} {error:?}"));
        source = error.source();
    }
    all
}

#[test]
fn errors_hold_labels_and_numbers_only_and_are_copied_bit_by_bit() {
    // Copy is the proof that no String, and so no value, is inside: a text could be a `&'static str` alone.
    fn is_copy<T: Copy + Error>() {}
    is_copy::<VaultError>();
    is_copy::<UnitError>();
    is_copy::<StoreError>();
    is_copy::<SealError>();
    is_copy::<CellError>();
    is_copy::<IndexError>();
    is_copy::<KeyError>();
    is_copy::<ProviderError>();
    is_copy::<TenancyError>();
    is_copy::<FieldError>();
    is_copy::<IdError>();
    is_copy::<DateError>();
    is_copy::<EntropyError>();
    is_copy::<ReleaseError>();
    is_copy::<crate::audit::ActorError>();
    is_copy::<crate::audit::BodyError>();
    is_copy::<crate::audit::HeadError>();
    is_copy::<crate::encoding::DecodeError>();
    is_copy::<crate::seal::BlobError>();
    for error in vault_errors() {
        assert_quiet(&texts(&error));
    }
    assert_quiet(&Break::Cell("mrn", CellError::Open));
}

#[test]
fn the_errors_of_refused_input_do_not_repeat_it() {
    let mut clinic = Clinic::open();
    let vault = clinic.north.clone();
    clinic.write(|unit| vault.create(unit, &PATIENT, &row())).unwrap();
    let unassigned = format!("{CANARY}\u{378}");
    let json = format!("{{\"{CANARY}");
    let errors: [Box<dyn Error>; 6] = [
        Box::new(clinic.write(|unit| vault.create(unit, &PATIENT, &row()).map(drop)).unwrap_err()),
        Box::new(
            clinic.write(|unit| vault.create(unit, &PATIENT, &patient(&unassigned, "M-1")).map(drop)).unwrap_err(),
        ),
        Box::new(
            clinic
                .write(|unit| {
                    let row = Row::new().set(super::clinic::CHART, &json);
                    vault.create(unit, &super::clinic::VISIT, &row).map(drop)
                })
                .unwrap_err(),
        ),
        Box::new(Date::parse(CANARY).unwrap_err()),
        Box::new(RecordId::parse(CANARY).unwrap_err()),
        Box::new(crate::keys::Kek::from_text(&CANARY.into()).map(drop).unwrap_err()),
    ];
    for error in errors {
        assert_quiet(&texts(error.as_ref()));
    }
}
