//! Red twins: each attack is stopped by one safeguard, and succeeds without it.

use super::{Desk, HOUR, at, full, hash, id, kek};
use crate::authority::{
    AuthorityError, AuthorityKind, Body, Draft, Finding, mac_of, open_secret, seal_secret, state_id,
};
use crate::cipher::CellError;
use crate::entropy::Entropy;
use crate::keys::TenantKeys;
use crate::red::{Safeguard, without};
use crate::schema::{RecordId, UserId};
use crate::store::{RecordState, StoredAuthority, StoredState};
use crate::unit::UnitError;

const SESSION: AuthorityKind = AuthorityKind::Session;
const CODE: AuthorityKind = AuthorityKind::RecoveryCode;

/// The keys of North, which no attacker has.
fn keys(desk: &mut Desk) -> TenantKeys {
    let (deployment, tenant) = (*desk.db.notary().deployment(), desk.north.actor().tenant());
    let store = desk.db.store();
    let blob = |kind, epoch| Ok::<_, UnitError>(store.wrapped.get(&(tenant, epoch, kind)).cloned());
    TenantKeys::load(&kek(7), deployment, tenant, &store.rings[&tenant], blob).unwrap()
}

/// A session for a token of the attacker's, with a state that fits it.
fn insert_a_session_of_ones_own() -> bool {
    let mut desk = Desk::open();
    let known = desk.session(1);
    let forged = StoredAuthority { id: hash(2), mac: [9; 32], ..desk.stored(SESSION, known).clone() };
    let state = RecordState { record: state_id(SESSION, hash(2)), version: forged.version, mac: forged.mac };
    let state = StoredState { tenant: forged.tenant, state };
    desk.db.store().authority.insert((SESSION, hash(2)), forged);
    desk.db.store().states.insert((crate::authority::STATE_LABEL, state.state.record), state);
    desk.is_used(SESSION, hash(2))
}

#[test]
fn a_session_row_for_a_token_of_the_attackers_is_denied() {
    assert!(!insert_a_session_of_ones_own());
    assert!(without(Safeguard::AuthorityMac, insert_a_session_of_ones_own));
}

/// A session that has expired lives on.
fn raise_an_expiry() -> bool {
    let mut desk = Desk::open();
    let session = desk.session(1);
    desk.stored(SESSION, session).expires = Some(at(100 * HOUR));
    desk.clock.set(at(50 * HOUR));
    desk.is_used(SESSION, session)
}

#[test]
fn a_raised_expiry_is_denied() {
    assert!(!raise_an_expiry());
    assert!(without(Safeguard::AuthorityMac, raise_an_expiry));
}

fn clear_the_flag_that_asks_for_a_second_factor() -> bool {
    let mut desk = Desk::open();
    let user = RecordId::from(desk.ama);
    let body = Body::decode(&desk.stored(AuthorityKind::User, user).body).unwrap();
    let edited = body.with_flag(3, true).with_text(1, "SUPER_ADMIN").encode().unwrap();
    desk.stored(AuthorityKind::User, user).body = edited;
    desk.is_used(AuthorityKind::User, user)
}

#[test]
fn an_edited_flag_or_role_of_a_user_is_denied() {
    assert!(!clear_the_flag_that_asks_for_a_second_factor());
    assert!(without(Safeguard::AuthorityMac, clear_the_flag_that_asks_for_a_second_factor));
}

/// Ben's password then opens Ama's account.
fn copy_a_credential() -> bool {
    let mut desk = Desk::open();
    let kind = AuthorityKind::Credential;
    let (ama, ben) = (desk.ama, desk.ben);
    for (user, number) in [(ama, 1), (ben, 2)] {
        let draft = Draft::new(kind, user.into(), user).body(Body::new().with_number(1, number));
        desk.insert(draft).unwrap();
    }
    let copy = desk.stored(kind, ben.into()).clone();
    let own = desk.stored(kind, ama.into());
    (own.body, own.sealed) = (copy.body, copy.sealed);
    desk.is_used(kind, ama.into())
}

#[test]
fn a_credential_copied_from_another_user_is_denied() {
    assert!(!copy_a_credential());
    assert!(without(Safeguard::AuthorityMac, copy_a_credential));
}

/// The secret alone: no MAC and no state stands before the cell here.
fn open_the_secret_of_another_user() -> Result<Vec<u8>, CellError> {
    let mut desk = Desk::open();
    let (keys, kind) = (keys(&mut desk), AuthorityKind::Credential);
    let place = |user: UserId| (kind, RecordId::from(user), user);
    let sealed = seal_secret(&keys, place(desk.ben), b"hash", &mut Entropy::from_system().unwrap()).unwrap();
    assert_eq!(*open_secret(&keys, place(desk.ben), &sealed).unwrap(), b"hash");
    open_secret(&keys, place(desk.ama), &sealed).map(|secret| secret.to_vec())
}

#[test]
fn a_secret_opens_in_its_own_row_only() {
    assert_eq!(open_the_secret_of_another_user(), Err(CellError::Open));
    assert_eq!(without(Safeguard::CellContext, open_the_secret_of_another_user), Ok(b"hash".to_vec()));
}

#[test]
fn a_secret_does_not_open_under_another_kind_id_owner_or_tenant() {
    let mut desk = Desk::open();
    let own = keys(&mut desk);
    desk.north = desk.south.clone();
    let foreign = keys(&mut desk);
    let (kind, id, owner) = (AuthorityKind::SecondFactor, id(1), desk.ama);
    let sealed = seal_secret(&own, (kind, id, owner), b"seed", &mut Entropy::from_system().unwrap()).unwrap();
    assert!(open_secret(&own, (kind, id, owner), &sealed).is_ok());
    for place in [
        (AuthorityKind::Credential, id, owner),
        (kind, super::id(2), owner),
        (kind, hash(1), owner),
        (kind, id, desk.ben),
    ] {
        assert_eq!(open_secret(&own, place, &sealed), Err(CellError::Open));
    }
    assert_eq!(open_secret(&foreign, (kind, id, owner), &sealed), Err(CellError::Open));
}

/// A user of South, with state and all, becomes one of North.
fn move_a_row_to_another_tenant() -> bool {
    let mut desk = Desk::open();
    let (north, user) = (desk.north.actor().tenant(), RecordId::from(desk.sol));
    desk.stored(AuthorityKind::User, user).tenant = north;
    // Of what is sealed under South's keys, nothing is needed.
    desk.stored(AuthorityKind::User, user).sealed = None;
    desk.state(AuthorityKind::User, user).tenant = north;
    desk.is_used(AuthorityKind::User, user)
}

#[test]
fn a_row_moved_to_another_tenant_is_denied() {
    assert!(!move_a_row_to_another_tenant());
    assert!(without(Safeguard::AuthorityMac, move_a_row_to_another_tenant));
}

/// A recovery code that was marked as used gets its old bytes back, with the MAC that was theirs.
fn unuse_a_recovery_code() -> bool {
    let mut desk = Desk::open();
    let unused = Body::new().with_flag(1, false);
    desk.insert(Draft::new(CODE, hash(1), desk.ama).body(unused)).unwrap();
    let old = desk.stored(CODE, hash(1)).clone();
    let row = desk.read(CODE, hash(1)).unwrap().unwrap();
    let used = row.edit().body(Body::new().with_flag(1, true));
    desk.replace(row, used).unwrap();
    *desk.stored(CODE, hash(1)) = old;
    desk.is_used(CODE, hash(1))
}

#[test]
fn a_recovery_code_restored_to_unused_is_denied() {
    assert!(!unuse_a_recovery_code());
    assert!(without(Safeguard::AuthorityState, unuse_a_recovery_code));
}

/// A row that was deleted comes back with its old bytes.
fn revive(kind: AuthorityKind) -> bool {
    let mut desk = Desk::open();
    let id = desk.full(kind);
    let old = desk.stored(kind, id).clone();
    let row = desk.read(kind, id).unwrap().unwrap();
    desk.delete(row).unwrap();
    assert!(desk.read(kind, id).unwrap().is_none());
    desk.db.store().authority.insert((kind, id), old);
    desk.is_used(kind, id)
}

#[test]
fn a_deleted_row_that_was_brought_back_is_denied() {
    for kind in AuthorityKind::ALL {
        assert!(!revive(*kind), "{kind:?}");
        assert!(without(Safeguard::AuthorityState, || revive(*kind)), "{kind:?}");
    }
}

/// A user is as before being disabled.
fn restore_a_user() -> bool {
    let mut desk = Desk::open();
    let (ama, kind) = (desk.ama, AuthorityKind::User);
    let old = desk.stored(kind, ama.into()).clone();
    desk.write_user(|unit, door| door.disable_user(unit, ama)).unwrap();
    *desk.stored(kind, ama.into()) = old;
    desk.is_used(kind, ama.into())
}

#[test]
fn a_user_restored_from_before_being_disabled_is_denied() {
    assert!(!restore_a_user());
    assert!(without(Safeguard::AuthorityState, restore_a_user));
}

/// What a counter says after somebody deleted its row, or set it back.
fn clear_failures(set_back: bool) -> Result<Option<u64>, AuthorityError> {
    let mut desk = Desk::open();
    let kind = AuthorityKind::FailureCount;
    let count = |number| Body::new().with_number(1, number);
    desk.insert(Draft::new(kind, hash(1), desk.ama).expires(at(HOUR)).body(count(1))).unwrap();
    let old = desk.stored(kind, hash(1)).clone();
    let row = desk.read(kind, hash(1)).unwrap().unwrap();
    let draft = row.edit().body(count(5));
    desk.replace(row, draft).unwrap();
    match set_back {
        true => *desk.stored(kind, hash(1)) = old,
        false => drop(desk.db.store().authority.remove(&(kind, hash(1)))),
    }
    let read = desk.read(kind, hash(1))?;
    Ok(read.map(|row| row.body().number(1).unwrap()))
}

#[test]
fn a_failure_count_that_was_cleared_or_set_back_is_denied() {
    assert_eq!(clear_failures(false), Err(AuthorityError::Integrity));
    assert_eq!(clear_failures(true), Err(AuthorityError::Integrity));
    assert_eq!(without(Safeguard::AuthorityState, || clear_failures(false)), Ok(None));
    assert_eq!(without(Safeguard::AuthorityState, || clear_failures(true)), Ok(Some(1)));
}

/// A second factor that vanished: its owner logs in with the password alone.
fn take_a_second_factor_away() -> Result<bool, AuthorityError> {
    let mut desk = Desk::open();
    let (kind, ama) = (AuthorityKind::SecondFactor, desk.ama);
    desk.insert(full(kind, ama.into(), ama)).unwrap();
    desk.db.store().authority.remove(&(kind, ama.into()));
    Ok(desk.read(kind, ama.into())?.is_some())
}

#[test]
fn a_second_factor_that_was_taken_away_is_noticed() {
    assert_eq!(take_a_second_factor_away(), Err(AuthorityError::Integrity));
    assert_eq!(without(Safeguard::AuthorityState, take_a_second_factor_away), Ok(false));
}

/// What becomes of a session when its user's password changes.
fn use_a_session_after_a_password_change() -> Result<bool, AuthorityError> {
    let mut desk = Desk::open();
    let session = desk.session(1);
    let user = desk.read(AuthorityKind::User, desk.ama.into()).unwrap().unwrap();
    let draft = user.edit().void_bound();
    desk.replace(user, draft).unwrap();
    Ok(desk.read(SESSION, session)?.is_some())
}

#[test]
fn a_session_of_before_a_password_change_is_void() {
    assert_eq!(use_a_session_after_a_password_change(), Err(AuthorityError::Void));
    assert_eq!(without(Safeguard::AuthorityBinding, use_a_session_after_a_password_change), Ok(true));
}

fn use_a_session_at(time: i64) -> Result<bool, AuthorityError> {
    let mut desk = Desk::open();
    let session = desk.session(1);
    desk.clock.set(at(time));
    Ok(desk.read(SESSION, session)?.is_some())
}

#[test]
fn a_row_confers_nothing_from_its_expiry_on() {
    assert_eq!(use_a_session_at(HOUR - 1), Ok(true));
    assert_eq!(use_a_session_at(HOUR), Err(AuthorityError::Expired));
    assert_eq!(without(Safeguard::AuthorityExpiry, || use_a_session_at(HOUR)), Ok(true));
}

#[test]
fn a_clock_set_back_does_not_bring_an_expired_row_back_where_the_log_knows_better() {
    let mut desk = Desk::open();
    let session = desk.session(1);
    desk.clock.set(at(2 * HOUR));
    desk.session(2);
    desk.clock.set(at(0));
    let read = desk.write(|unit, door| {
        let unit: &mut dyn crate::unit::Unit = unit;
        unit.note(door.event(super::TOUCHED, super::Action::Read))?;
        door.read(unit, SESSION, session)
    });
    assert_eq!(read.map(drop), Err(AuthorityError::Expired));
}

/// Row and recorded state together, as from a backup: no read can tell.
#[test]
fn a_row_restored_with_its_state_is_found_by_replaying_the_log() {
    let mut desk = Desk::open();
    desk.insert(Draft::new(CODE, hash(1), desk.ama)).unwrap();
    desk.session(2);
    let replay = |desk: &mut Desk| desk.write(|unit, door| door.replay(unit)).unwrap();
    assert_eq!(replay(&mut desk), []);
    let (row, state) = (desk.stored(CODE, hash(1)).clone(), *desk.state(CODE, hash(1)));
    let used = desk.read(CODE, hash(1)).unwrap().unwrap();
    desk.delete(used).unwrap();
    assert_eq!(replay(&mut desk), []);
    desk.db.store().authority.insert((CODE, hash(1)), row);
    *desk.state(CODE, hash(1)) = state;
    assert!(desk.is_used(CODE, hash(1)), "the attack succeeds against a read");
    let record = state_id(CODE, hash(1));
    assert_eq!(replay(&mut desk), [Finding::State(record), Finding::Row(record)]);
}

#[test]
fn replaying_the_log_finds_rows_and_states_that_are_gone_or_were_put_in() {
    let mut desk = Desk::open();
    let replay = |desk: &mut Desk| desk.write(|unit, door| door.replay(unit)).unwrap();
    let (session, other) = (desk.session(1), desk.session(2));
    let [first, second, third] = [session, other, hash(3)].map(|id| state_id(SESSION, id));
    desk.db.store().authority.remove(&(SESSION, session));
    assert_eq!(replay(&mut desk), [Finding::Row(first)]);
    let label = crate::authority::STATE_LABEL;
    desk.db.store().states.remove(&(label, first));
    assert_eq!(replay(&mut desk), [Finding::State(first), Finding::Row(first)]);
    desk.stored(SESSION, other).mac[0] ^= 1;
    assert_eq!(replay(&mut desk)[2..], [Finding::Row(second)]);
    let mut forged = *desk.state(SESSION, other);
    forged.state.record = third;
    desk.db.store().states.insert((label, third), forged);
    assert_eq!(replay(&mut desk)[3..], [Finding::Unlogged(third)]);
}

#[test]
fn the_mac_covers_absence_apart_from_emptiness() {
    let mut desk = Desk::open();
    let keys = keys(&mut desk);
    let session = desk.session(1);
    let row = desk.stored(SESSION, session).clone();
    let mac = |row: &StoredAuthority| mac_of(&keys, row, 1).unwrap();
    assert_eq!(mac(&row), row.mac);
    assert_ne!(mac(&StoredAuthority { sealed: Some(Vec::new()), ..row.clone() }), row.mac);
    assert_ne!(mac(&StoredAuthority { lookup: Some([0; 32]), ..row.clone() }), row.mac);
    assert_ne!(mac(&StoredAuthority { expires: None, ..row.clone() }), row.mac);
}
