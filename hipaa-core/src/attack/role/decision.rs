//! Starting without a safeguard: refused, unless a named user decided so.

use super::policy;
use super::session::Desk;
use crate::attack::identity::MINUTE;
use crate::auth::control::Control;
use crate::auth::reason::{Reason, ReasonCode};
use crate::auth::session::SessionPolicy;
use crate::authority::{Authority, Finding};
use crate::identity::{IdentityError, Settings, StartUp, StartUpError};
use crate::red::{Safeguard, without};
use crate::store::AuthorityKind;

fn reason() -> Reason {
    Reason::new(ReasonCode::Other, "kiosks in locked rooms, assessed 2026-11").unwrap()
}

/// What nobody decided; none where the deployment may start.
fn undecided(desk: &mut Desk, start: &StartUp) -> Vec<Control> {
    let actor = desk.ward.admin.clone();
    match desk.ward.db.write(|unit| Ok::<_, UnitOr>(start.check(unit, &actor))).unwrap().into_inner() {
        Ok(_) => Vec::new(),
        Err(StartUpError::Undecided(controls)) => controls,
        Err(other) => panic!("{other}"),
    }
}

type UnitOr = crate::unit::UnitError;

fn decide(desk: &mut Desk, login: &str, control: Control) -> Result<(), IdentityError> {
    let active = desk.login(login).1;
    let (policy, reason) = (policy(), reason());
    desk.ward.plain(|unit, identity| identity.decide(unit, &active, &policy, (control, &reason)))
}

fn never_idle() -> Settings {
    let absolute = SessionPolicy::DEFAULT.absolute;
    Settings { session: SessionPolicy { idle: absolute, ..SessionPolicy::DEFAULT }, ..Settings::default() }
}

#[test]
fn a6_without_automatic_logoff_and_without_a_decision_there_is_no_start() {
    let mut desk = Desk::open();
    desk.hire("pia", "PRIVACY_OFFICER");
    assert_eq!(Settings::default().switched_off().off().count(), 0);
    assert!(undecided(&mut desk, &Settings::default().switched_off()).is_empty());
    let start = never_idle().switched_off().without(Control::SecondFactor);
    let both = [Control::AutomaticLogoff, Control::SecondFactor];
    assert_eq!(undecided(&mut desk, &start), both);
    let text = StartUpError::Undecided(both.to_vec()).to_string();
    assert!(text.ends_with("automatic-logoff, second-factor"), "{text}");
    assert_eq!(decide(&mut desk, "pia", Control::AutomaticLogoff), Ok(()));
    assert_eq!(undecided(&mut desk, &start), [Control::SecondFactor]);
    assert_eq!(decide(&mut desk, "pia", Control::SecondFactor), Ok(()));
    assert!(undecided(&mut desk, &start).is_empty());
    assert_eq!(desk.ward.noted("SAFEGUARD_DECIDED"), 2);
}

#[test]
fn a6_without_the_check_a_deployment_starts_unprotected() {
    let mut desk = Desk::open();
    let start = never_idle().switched_off();
    assert_eq!(undecided(&mut desk, &start), [Control::AutomaticLogoff]);
    assert!(without(Safeguard::Decision, || undecided(&mut desk, &start)).is_empty());
}

#[test]
fn a6_lockout_that_never_locks_is_switched_off() {
    let mut settings = Settings::default();
    settings.lockout.failures = 101;
    assert_eq!(settings.switched_off().off().collect::<Vec<_>>(), [Control::LoginLockout]);
    settings = Settings::default();
    settings.lockout.lock = core::time::Duration::ZERO;
    assert_eq!(settings.switched_off().off().collect::<Vec<_>>(), [Control::LoginLockout]);
}

#[test]
fn a6_only_who_may_decides_and_only_with_a_fresh_password() {
    let mut desk = Desk::open();
    desk.hire("pia", "PRIVACY_OFFICER");
    assert_eq!(decide(&mut desk, "maria", Control::AutomaticLogoff), Err(IdentityError::Denied));
    let active = desk.login("pia").1;
    desk.ward.pass(6 * MINUTE);
    let (policy, reason) = (policy(), reason());
    let what = (Control::AutomaticLogoff, &reason);
    let late = desk.ward.plain(|unit, identity| identity.decide(unit, &active, &policy, what));
    assert_eq!(late, Err(IdentityError::StepUpNeeded));
}

#[test]
fn a6_a_decision_is_replaced_and_taken_back_and_names_who_decided() {
    let mut desk = Desk::open();
    let pia = desk.hire("pia", "PRIVACY_OFFICER");
    let root = desk.hire("root", "SUPER_ADMIN");
    let start = StartUp::default().without(Control::OutsideWitness);
    for (login, user) in [("root", root), ("pia", pia)] {
        assert_eq!(decide(&mut desk, login, Control::OutsideWitness), Ok(()));
        let actor = desk.ward.admin.clone();
        let cleared = desk.ward.db.write(|unit| Ok::<_, UnitOr>(start.check(unit, &actor))).unwrap().into_inner();
        let decisions = cleared.unwrap().decisions().to_vec();
        assert_eq!(decisions.len(), 1);
        assert_eq!((decisions[0].control, decisions[0].user), (Control::OutsideWitness, user));
    }
    let active = desk.login("pia").1;
    let policy = policy();
    let control = Control::OutsideWitness;
    desk.ward.plain(|unit, identity| identity.withdraw(unit, &active, &policy, control)).unwrap();
    assert_eq!(undecided(&mut desk, &start), [Control::OutsideWitness]);
    assert_eq!(decide(&mut desk, "pia", Control::OutsideWitness), Ok(()), "and decided once more");
}

#[test]
fn a_decision_that_is_edited_copied_or_brought_back_in_the_table_is_none_and_is_found() {
    let mut desk = Desk::open();
    desk.hire("pia", "PRIVACY_OFFICER");
    let start = StartUp::default().without(Control::OutsideWitness);
    decide(&mut desk, "pia", Control::OutsideWitness).unwrap();
    let decided = desk.ward.db.store().clone();
    let key = *decided.authority.keys().find(|(kind, _)| *kind == AuthorityKind::Decision).unwrap();
    let row = desk.ward.db.store().authority.get_mut(&key).unwrap();
    row.owner = crate::schema::UserId::from_bytes([9; 16]);
    let before = desk.ward.noted("INTEGRITY_FAILED");
    assert_eq!(undecided(&mut desk, &start), [Control::OutsideWitness]);
    assert!(desk.ward.noted("INTEGRITY_FAILED") > before);
    desk.ward.db.store().authority.insert(key, decided.authority[&key].clone());
    let active = desk.login("pia").1;
    let policy = policy();
    desk.ward.plain(|unit, identity| identity.withdraw(unit, &active, &policy, Control::OutsideWitness)).unwrap();
    desk.ward.db.store().authority.insert(key, decided.authority[&key].clone());
    assert_eq!(undecided(&mut desk, &start), [Control::OutsideWitness], "a decision that was taken back");
    let state = (crate::authority::STATE_LABEL, crate::authority::state_id(key.0, key.1));
    desk.ward.db.store().states.insert(state, decided.states[&state]);
    let door = Authority::new(desk.ward.admin.clone());
    let found = desk.ward.db.write(|unit| door.replay(unit)).unwrap().into_inner();
    assert!(found.contains(&Finding::State(state.1)) && found.contains(&Finding::Row(state.1)), "{found:?}");
}
