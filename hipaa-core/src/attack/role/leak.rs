//! Whatever policy and whatever record: no masked value leaves the vault.

use super::{BY_FAMILY, FAMILY, MEMBER, PATIENT, SOURCE, SSN};
use crate::attack::clinic::Clinic;
use crate::audit::{Action, Actor, Event, EventName};
use crate::auth::mask::{Mask, View};
use crate::auth::reason::{Reason, ReasonCode};
use crate::auth::role::{Ability, Operation, Permissions, Role, RolePolicy};
use crate::red::{Safeguard, without};
use crate::schema::{Column, Text};
use crate::unit::Unit;
use crate::vault::{Record, Row, Select, TenantVault, VaultError};
use proptest::prelude::*;

const COLUMNS: [Column<Text>; 4] = [FAMILY, SSN, MEMBER, SOURCE];

/// One rule or two for a column, or none.
fn rules() -> impl Strategy<Value = Vec<u8>> {
    proptest::collection::vec(0..8_u8, 0..3)
}

/// A text that nothing else shows by chance; some are what the masks are made for.
fn value() -> impl Strategy<Value = String> {
    prop_oneof!["[b-z]{9,30}", "[1-9]{3}-[1-9]{2}-[1-9]{4}", "[1-9]{16}", "[b-z]{3,9}@[b-z]{3,9}\\.org", "[1-9]{5}"]
        .prop_map(|text| format!("{text}Q"))
        .prop_filter("long enough to be told from chance", |text| text.len() > 5)
}

fn with_rule(role: Role, column: Column<Text>, rule: u8) -> Role {
    match rule {
        0 => role.show(&PATIENT, &[column.def()]),
        1 => role.mask(&PATIENT, column, Mask::hidden()),
        2 => role.mask(&PATIENT, column, Mask::last(4)),
        3 => role.mask(&PATIENT, column, Mask::ssn()),
        4 => role.mask(&PATIENT, column, Mask::card()),
        5 => role.mask(&PATIENT, column, Mask::initial()),
        6 => role.mask(&PATIENT, column, Mask::email()),
        _ => role.mask(&PATIENT, column, Mask::postal()),
    }
}

fn permissions(rules: &[Vec<u8>; 4], show_all: bool) -> Permissions {
    let operations = Operation::ALL.iter().copied().filter(|operation| *operation != Operation::Reveal);
    let mut role = Role::new("R").may(&PATIENT, &operations.collect::<Vec<_>>()).can(&[Ability::ReadTrail]);
    if show_all {
        role = role.show_all(&PATIENT);
    }
    for (column, rules) in COLUMNS.into_iter().zip(rules) {
        role = rules.iter().fold(role, |role, rule| with_rule(role, column, *rule));
    }
    RolePolicy::new([role]).unwrap().permissions("R", None)
}

/// All that can be seen of a record.
fn seen(records: &[Record]) -> String {
    let mut text = format!("{records:?}");
    for record in records {
        for column in COLUMNS {
            text.push_str(&format!("\n{:?}", record.get(column)));
            text.push_str(record.masked(column).map_or("", |masked| masked.as_str()));
        }
    }
    text
}

fn told<T>(result: Result<T, VaultError>) -> (Option<T>, String) {
    match result {
        Ok(value) => (Some(value), String::new()),
        Err(error) => (None, format!("{error} {error:?}")),
    }
}

/// Everything that one who has this vault gets to see, by every verb.
fn everything(clinic: &mut Clinic, vault: &TenantVault, values: &[String; 4]) -> String {
    let made = Row::new().set(FAMILY, &values[0]).set(SSN, &values[1]).set(MEMBER, &values[2]).set(SOURCE, &values[3]);
    let north = clinic.north.clone();
    let id = clinic.write(|unit| north.create(unit, &PATIENT, &made)).unwrap();
    let note = Event::new(north.actor(), EventName::application("com.example.diff"), Action::Update);
    clinic.write(|unit| Ok((unit as &mut dyn Unit).append(&note.details(&values.join(" ")))?)).unwrap();
    let before = clinic.entries().len();
    let reason = Reason::new(ReasonCode::Other, "because I would like to").unwrap();
    let (mut text, mut records) = (String::new(), Vec::new());
    let mut take = |(found, error): (Option<Vec<Record>>, String)| {
        records.extend(found.unwrap_or_default());
        text.push_str(&error);
    };
    let family = values[0].as_str();
    let db = &mut clinic.db;
    take(told(db.write(|unit| vault.read(unit, &PATIENT, id)).map(|held| vec![held.open().unwrap()])));
    take(told(db.write(|unit| vault.list(unit, &PATIENT, None, 9)).map(|page| page.open().unwrap().records)));
    let found = db.write(|unit| vault.find(unit, &PATIENT, BY_FAMILY, (family,)));
    take(told(found.map(|found| found.open().unwrap().records)));
    let select = Select::of(&PATIENT, BY_FAMILY, (family,)).newest(SOURCE);
    let found = db.write(|unit| vault.disclose(unit, |shown| shown.select(&select)));
    take(told(found.map(|found| found.open().unwrap().records)));
    let revealed = COLUMNS.map(|column| told(db.write(|unit| vault.reveal(unit, &PATIENT, (id, column), &reason))).1);
    let twice = told(db.write(|unit| vault.create(unit, &PATIENT, &made))).1;
    let upsert = told(db.write(|unit| vault.upsert(unit, &PATIENT, super::BY_SSN, &made))).1;
    let trail = db.write(|unit| vault.trail(unit, 0, 500)).unwrap().open().unwrap();
    let details = trail.iter().filter_map(|entry| entry.details.as_deref().map(String::as_str)).collect::<String>();
    let bodies = clinic.entries().split_off(before);
    let bodies = bodies.iter().map(|body| String::from_utf8_lossy(&body.encode().unwrap()).into_owned());
    [text, seen(&records), revealed.concat(), twice, upsert, format!("{trail:?}{details}"), bodies.collect()].concat()
}

fn leaks(rules: &[Vec<u8>; 4], show_all: bool, values: &[String; 4]) -> Vec<&'static str> {
    let mut clinic = Clinic::open();
    let permissions = permissions(rules, show_all);
    let actor = Actor::new(clinic.north_id(), "u-7", "R").unwrap();
    let vault = TenantVault::new(actor, permissions.clone());
    let text = everything(&mut clinic, &vault, values);
    let masked =
        COLUMNS.iter().zip(values).filter(|(column, _)| permissions.view(&PATIENT, column.label()) != View::Clear);
    masked.filter(|(_, value)| text.contains(value.as_str())).map(|(column, _)| column.label()).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn a3_no_policy_and_no_record_lets_a_masked_value_out(
        rules in [rules(), rules(), rules(), rules()],
        show_all in any::<bool>(),
        values in [value(), value(), value(), value()],
    ) {
        prop_assert_eq!(leaks(&rules, show_all, &values), Vec::<&str>::new());
    }
}

#[test]
fn the_property_finds_a_leak_where_the_masks_are_taken_away() {
    let rules = [vec![0], vec![3], vec![], vec![1]];
    let values = ["Lovelace", "917-53-4466", "QXZ77130042", "sourcecanary"].map(str::to_owned);
    assert_eq!(leaks(&rules, false, &values), Vec::<&str>::new());
    let found = without(Safeguard::Masks, || leaks(&rules, false, &values));
    assert_eq!(found, ["ssn", "insurance_member_id", "source"]);
}
