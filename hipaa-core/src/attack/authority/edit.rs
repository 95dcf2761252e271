//! Any byte of any column of any kind.

use super::{Desk, HOUR, at, hash, id};
use crate::authority::{AuthorityError, AuthorityKind, state_id};
use crate::clock::Timestamp;
use crate::schema::{RecordId, TenantId, UserId};
use crate::store::StoredAuthority;
use proptest::prelude::*;

/// Changes one byte of one column; `place` counts through them all. The row keeps its place in the store.
fn flip(row: &mut StoredAuthority, column: usize, place: usize, bits: u8) {
    fn one(bytes: &mut [u8], place: usize, bits: u8) {
        let length = bytes.len();
        bytes[place % length] ^= bits;
    }
    fn number(number: u64, place: usize, bits: u8) -> u64 {
        let mut bytes = number.to_be_bytes();
        one(&mut bytes, place, bits);
        u64::from_be_bytes(bytes)
    }
    fn sixteen(mut bytes: [u8; 16], place: usize, bits: u8) -> [u8; 16] {
        one(&mut bytes, place, bits);
        bytes
    }
    match column {
        0 => row.tenant = TenantId::from_bytes(sixteen(*row.tenant.as_bytes(), place, bits)),
        1 => row.owner = UserId::from_bytes(sixteen(*row.owner.as_bytes(), place, bits)),
        2 => row.auth_version = number(row.auth_version, place, bits),
        3 => row.version = number(row.version, place, bits),
        4 => one(&mut row.header, place, bits),
        5 => row.expires = row.expires.map(|time| moved(time, place, bits)),
        6 => one(row.lookup.as_mut().unwrap(), place, bits),
        7 => one(&mut row.body, place, bits),
        8 => one(row.sealed.as_mut().unwrap(), place, bits),
        9 => one(&mut row.mac, place, bits),
        10 => row.kind = AuthorityKind::ALL[(usize::from(row.kind.code()) + place % 13) % AuthorityKind::ALL.len()],
        _ => {
            let mut bytes = row.id.as_bytes().to_vec();
            one(&mut bytes, place, bits);
            row.id = RecordId::from_slice(&bytes).unwrap();
        }
    }
}

fn moved(time: Timestamp, place: usize, bits: u8) -> Timestamp {
    let mut bytes = time.micros().to_be_bytes();
    bytes[place % 8] ^= bits;
    Timestamp::from_micros(i64::from_be_bytes(bytes))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]
    #[test]
    fn any_changed_byte_of_any_column_of_any_kind_denies_and_is_a_finding(
        kind in proptest::sample::select(AuthorityKind::ALL),
        column in 0usize..12,
        place in 0usize..200,
        bits in 1u8..=255,
    ) {
        let mut desk = Desk::open();
        let id = desk.full(kind);
        prop_assert!(desk.is_used(kind, id));
        let before = desk.stored(kind, id).clone();
        flip(desk.stored(kind, id), column, place, bits);
        // A user has no expiry to change.
        if *desk.stored(kind, id) != before {
            prop_assert!(!desk.is_used(kind, id));
            *desk.stored(kind, id) = before;
        }
        prop_assert!(desk.is_used(kind, id));
    }
}

#[test]
fn a_column_that_was_put_in_or_taken_out_denies() {
    for kind in AuthorityKind::ALL {
        let mut desk = Desk::open();
        let id = desk.full(*kind);
        let good = desk.stored(*kind, id).clone();
        let edits: [fn(&mut StoredAuthority); 5] = [
            |row| row.expires = if row.expires.is_some() { None } else { Some(at(HOUR)) },
            |row| row.lookup = None,
            |row| row.sealed = None,
            |row| row.body = crate::authority::Body::new().encode().unwrap(),
            |row| row.body.push(0),
        ];
        for edit in edits {
            edit(desk.stored(*kind, id));
            assert!(!desk.is_used(*kind, id), "{kind:?}");
            desk.stored(*kind, id).clone_from(&good);
        }
        assert!(desk.is_used(*kind, id));
    }
}

#[test]
fn an_edited_or_removed_state_denies() {
    let mut desk = Desk::open();
    let (south, session) = (desk.south.actor().tenant(), desk.session(1));
    let kind = AuthorityKind::Session;
    let good = *desk.state(kind, session);
    let mut states = [good; 4];
    states[0].state.version += 1;
    states[1].state.mac[0] ^= 1;
    states[2].state.mac = [0; 32];
    states[3].tenant = south;
    for edited in states {
        *desk.state(kind, session) = edited;
        assert!(!desk.is_used(kind, session));
    }
    desk.db.store().states.clear();
    assert!(!desk.is_used(kind, session));
}

#[test]
fn rows_whose_places_were_exchanged_are_denied_by_id_lookup_and_list() {
    let mut desk = Desk::open();
    let kind = AuthorityKind::Role;
    for byte in [1, 2] {
        let draft = super::full(kind, id(byte), desk.ama).lookup([byte; 32]);
        desk.insert(draft).unwrap();
    }
    let (first, second) = (desk.stored(kind, id(1)).clone(), desk.stored(kind, id(2)).clone());
    let find = |desk: &mut Desk, lookup| desk.write(|unit, door| door.find(unit, kind, &[lookup; 32]));
    assert_eq!(find(&mut desk, 2).unwrap().unwrap().id(), id(2));
    // Each stands where the other is looked for.
    desk.db.store().authority.insert((kind, id(1)), second.clone());
    desk.db.store().authority.insert((kind, id(2)), first.clone());
    assert!(!desk.is_used(kind, id(1)) && !desk.is_used(kind, id(2)));
    // Each is found by the lookup key of the other.
    let crossed = |row: &StoredAuthority, of: &StoredAuthority| StoredAuthority { lookup: of.lookup, ..row.clone() };
    desk.db.store().authority.insert((kind, id(1)), crossed(&first, &second));
    desk.db.store().authority.insert((kind, id(2)), crossed(&second, &first));
    for lookup in [1, 2] {
        assert_eq!(find(&mut desk, lookup).map(drop), Err(AuthorityError::Integrity));
    }
    let ama = desk.ama;
    let listed = desk.write(|unit, door| door.list(unit, (kind, ama), None, 9)).unwrap();
    assert_eq!((listed.rows.len(), listed.altered), (0, vec![id(1), id(2)]));
}

#[test]
fn an_altered_row_is_not_changed_and_does_not_hide_its_neighbours() {
    let mut desk = Desk::open();
    let kind = AuthorityKind::Session;
    let sessions = [1, 2, 3].map(|byte| desk.session(byte));
    let row = desk.read(kind, sessions[1]).unwrap().unwrap();
    desk.stored(kind, sessions[1]).body[0] ^= 1;
    let altered = desk.stored(kind, sessions[1]).clone();
    let draft = row.edit();
    assert_eq!(desk.replace(row.clone(), draft), Err(AuthorityError::Integrity));
    assert_eq!(desk.delete(row), Err(AuthorityError::Integrity));
    assert_eq!(*desk.stored(kind, sessions[1]), altered);
    let ama = desk.ama;
    let listed = desk.write(|unit, door| door.list(unit, (kind, ama), None, 9)).unwrap();
    assert_eq!(listed.rows.iter().map(crate::authority::Row::id).collect::<Vec<_>>(), [sessions[0], sessions[2]]);
    assert_eq!(listed.altered, [sessions[1]]);
    desk.clock.set(at(HOUR));
    let swept = desk.write(|unit, door| door.sweep(unit, kind, None, 9)).unwrap();
    assert_eq!((swept.deleted, swept.altered), (2, vec![sessions[1]]));
    assert!(desk.found().iter().all(|record| *record == state_id(kind, sessions[1])));
    assert_eq!(desk.found().len(), 4);
}

#[test]
fn a_row_that_was_planted_for_a_future_id_denies_and_is_not_written_over() {
    let mut desk = Desk::open();
    let kind = AuthorityKind::RecoveryCode;
    let known = desk.full(kind);
    let planted = StoredAuthority { id: hash(9), lookup: None, ..desk.stored(kind, known).clone() };
    desk.db.store().authority.insert((kind, hash(9)), planted.clone());
    assert!(!desk.is_used(kind, hash(9)));
    let draft = super::Draft::new(kind, hash(9), desk.ama);
    assert_eq!(desk.insert(draft), Err(AuthorityError::Integrity));
    assert_eq!(*desk.stored(kind, hash(9)), planted);
}
