use super::*;
use crate::schema::{Date, Json, Text};

const FAMILY: Column<Text> = Column::text("family");
const SSN: Column<Text> = Column::text("ssn");
const BORN: Column<Date> = Column::date("birth_date");
const SOURCE: Column<Json> = Column::json("source");
const PATIENT: Table = Table::new("patient", &[FAMILY.def(), SSN.def(), BORN.def(), SOURCE.def()], &[]);
const PLAN: Column<Text> = Column::text("plan");
const INTERNAL: Column<Text> = Column::text("internal_notes");
const VISIT: Table = Table::new("visit", &[PLAN.def(), INTERNAL.def()], &[]);
/// The label of [`PATIENT`] over other columns.
const IMPOSTOR: Table = Table::new("patient", &[SSN.def()], &[]);

fn clinic() -> RolePolicy {
    let shown = [FAMILY.def(), SSN.def(), BORN.def()];
    RolePolicy::clinic().patients(&PATIENT, &shown).clinical(&VISIT, &[PLAN.def()]).build().unwrap()
}

#[test]
fn what_no_rule_names_is_closed_and_hidden() {
    let policy = clinic();
    let mine = Some(RecordId::from([7; 16]));
    for permissions in [policy.permissions("NOBODY", mine), policy.permissions("", mine), Permissions::none()] {
        for operation in Operation::ALL {
            assert!(!permissions.allows(&PATIENT, *operation));
        }
        assert!(Ability::ALL.iter().all(|ability| !permissions.has(*ability)));
        assert_eq!(permissions.view(&PATIENT, "family"), View::Hidden);
    }
    let staff = policy.permissions("STAFF", None);
    assert_eq!(staff.view(&PATIENT, "source"), View::Hidden, "a column that nobody thought of");
    assert_eq!(staff.view(&PATIENT, "no_such_column"), View::Hidden);
}

#[test]
fn another_table_under_the_same_label_is_closed() {
    let admin = clinic().permissions("ORG_ADMIN", None);
    assert!(admin.allows(&PATIENT, Operation::Read));
    assert!(!admin.allows(&IMPOSTOR, Operation::Read));
    assert_eq!(admin.view(&IMPOSTOR, "ssn"), View::Hidden);
}

#[test]
fn the_default_masks_hold_whatever_the_application_shows() {
    let policy = clinic();
    for label in ["STAFF", "BILLING"] {
        let role = policy.permissions(label, None);
        let seen = ["family", "ssn", "birth_date"].map(|column| role.view(&PATIENT, column));
        assert_eq!(seen, [View::Clear, View::Ssn, View::Year], "{label}");
        assert_eq!(role.view(&VISIT, "plan"), View::Hidden, "{label}");
    }
    for label in ["SUPER_ADMIN", "ORG_ADMIN", "CLINICIAN"] {
        let role = policy.permissions(label, None);
        assert!(PATIENT.columns().iter().all(|column| role.view(&PATIENT, column.label()) == View::Clear), "{label}");
    }
}

#[test]
fn an_own_role_over_an_own_table_does_what_it_was_given_and_nothing_else() {
    const BED: Column<Text> = Column::text("bed");
    const WARD: Table = Table::new("ward", &[BED.def(), PLAN.def()], &[]);
    let porter = Role::new("PORTER").may(&WARD, &[Operation::Read]).show(&WARD, &[BED.def()]);
    let policy = RolePolicy::clinic().patients(&PATIENT, &[]).other(&WARD).role(porter);
    let policy = policy.amend("STAFF", |role| role.may(&WARD, &[Operation::List])).build().unwrap();
    let [porter, staff] = ["PORTER", "STAFF"].map(|label| policy.permissions(label, None));
    for operation in Operation::ALL {
        assert_eq!(porter.allows(&WARD, *operation), *operation == Operation::Read, "{operation:?}");
        assert_eq!(staff.allows(&WARD, *operation), *operation == Operation::List, "{operation:?}");
        assert!(!porter.allows(&PATIENT, *operation), "{operation:?}");
    }
    assert_eq!(["bed", "plan"].map(|column| porter.view(&WARD, column)), [View::Clear, View::Hidden]);
    assert!(Ability::ALL.iter().all(|ability| !porter.has(*ability)));
}

#[test]
fn rules_that_meet_combine_to_the_strictest() {
    let role = || Role::new("R").may(&PATIENT, &[Operation::Read]);
    let view = |role: Role| RolePolicy::new([role]).unwrap().permissions("R", None).view(&PATIENT, "ssn");
    assert_eq!(view(role().show(&PATIENT, &[SSN.def()]).mask(&PATIENT, SSN, Mask::ssn())), View::Ssn);
    assert_eq!(view(role().mask(&PATIENT, SSN, Mask::ssn()).show(&PATIENT, &[SSN.def()])), View::Ssn);
    assert_eq!(view(role().mask(&PATIENT, SSN, Mask::last(4)).mask(&PATIENT, SSN, Mask::last(2))), View::Last(2));
    assert_eq!(view(role().mask(&PATIENT, SSN, Mask::last(4)).mask(&PATIENT, SSN, Mask::initial())), View::Hidden);
    assert_eq!(view(role().show_all(&PATIENT).mask(&PATIENT, SSN, Mask::ssn())), View::Ssn);
    assert_eq!(view(role().show_all(&PATIENT)), View::Clear);
}

#[test]
fn a_patient_without_a_record_may_nothing() {
    let policy = clinic();
    assert!(!policy.permissions("PATIENT", None).allows(&PATIENT, Operation::Read));
    let own = RecordId::from([7; 16]);
    let patient = policy.permissions("PATIENT", Some(own));
    assert_eq!((patient.allows(&PATIENT, Operation::Read), patient.scope()), (true, Scope::Patient(own)));
    assert_eq!(patient.view(&VISIT, "internal_notes"), View::Hidden);
    assert_eq!(policy.permissions("CLINICIAN", Some(own)).scope(), Scope::Tenant);
}

#[test]
fn emergency_access_reads_one_patient_and_writes_nothing() {
    let own = RecordId::from([7; 16]);
    let opened = clinic().emergency_permissions(own);
    assert_eq!(opened.scope(), Scope::Patient(own));
    assert!(opened.allows(&VISIT, Operation::Read) && opened.allows(&VISIT, Operation::Search));
    for operation in [Operation::Create, Operation::List, Operation::Update, Operation::Delete, Operation::Reveal] {
        assert!(!opened.allows(&VISIT, operation), "{operation:?}");
    }
    assert!(Ability::ALL.iter().all(|ability| !opened.has(*ability)));
    let bare = RolePolicy::new([Role::new("R")]).unwrap().emergency_permissions(own);
    assert!(!bare.allows(&VISIT, Operation::Read), "a policy of one's own opens nothing by itself");
}

#[test]
fn a_mistake_in_a_policy_is_refused_by_name() {
    let of = |role| RolePolicy::new([role]).map(drop);
    for label in ["", "TWO WORDS", "R\u{d6}LE", &"x".repeat(65)] {
        assert_eq!(of(Role::new(label)), Err(PolicyError::Role), "{label}");
    }
    let foreign = Role::new("R").mask(&PATIENT, PLAN, Mask::hidden());
    assert_eq!(of(foreign), Err(PolicyError::UnknownColumn("patient", "plan")));
    let twice = Role::new("R").may(&PATIENT, &[Operation::Read]).may(&IMPOSTOR, &[Operation::Read]);
    assert_eq!(of(twice), Err(PolicyError::TableTwice("patient")));
    let roles = [Role::new("R"), Role::new("R")];
    assert_eq!(RolePolicy::new(roles).map(drop), Err(PolicyError::RoleTwice("R".into())));
    let many = (0..=MAX_ROLES).map(|at| Role::new(&format!("R{at}")));
    assert_eq!(RolePolicy::new(many).map(drop), Err(PolicyError::TooMany));
    let amended = RolePolicy::clinic().amend("JANITOR", |role| role).build();
    assert_eq!(amended.map(drop), Err(PolicyError::UnknownRole("JANITOR".into())));
    let added = RolePolicy::clinic().role(Role::new("STAFF")).build();
    assert_eq!(added.map(drop), Err(PolicyError::RoleTwice("STAFF".into())));
}
