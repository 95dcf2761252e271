//! Limits, ids, and what the door does not do.

use super::{Desk, HOUR, TOUCHED, at, full, hash, id};
use crate::audit::{Action, Actor, EventName};
use crate::authority::{
    Authority, AuthorityError, AuthorityKind, Body, BodyError, Change, Draft, MAX_BODY_BYTES, MAX_ROWS,
    MAX_SECRET_BYTES,
};
use crate::schema::{RecordId, UserId};
use crate::tenancy::open_epoch;
use crate::unit::{Committed, Ledger, Unit, UnitError};

const SESSION: AuthorityKind = AuthorityKind::Session;
const CODE: AuthorityKind = AuthorityKind::RecoveryCode;

#[test]
fn what_was_written_reads_back_and_shows_nothing_in_debug() {
    for kind in AuthorityKind::ALL.iter().filter(|kind| **kind != AuthorityKind::User) {
        let mut desk = Desk::open();
        let place = desk.full(*kind);
        let row = desk.read(*kind, place).unwrap().unwrap();
        assert_eq!((row.kind(), row.id(), row.owner(), row.version()), (*kind, place, desk.ama, 1));
        assert_eq!((row.tenant(), row.expires()), (desk.north.actor().tenant(), Some(at(HOUR))));
        assert_eq!((row.body().text(1), row.body().number(2)), (Ok("CLINICIAN"), Ok(7)));
        assert_eq!(row.auth_version(), u64::from(kind.is_bound()));
        let secret = row.secret().unwrap();
        assert!(secret.starts_with(b"$argon2id$"));
        let stored = desk.stored(*kind, place).clone();
        let sealed = stored.sealed.clone().unwrap();
        assert!(!sealed.windows(8).any(|part| part == b"$argon2i"));
        let shown = format!("{row:?} {stored:?} {:?} {:?}", row.edit(), row.body());
        assert!(!shown.contains("CLINICIAN") && !shown.contains("argon") && !shown.contains("36, 97"), "{shown}");
    }
}

#[test]
fn a_row_is_replaced_or_deleted_only_as_it_was_read() {
    let mut desk = Desk::open();
    let session = desk.session(1);
    let (first, second) =
        (desk.read(SESSION, session).unwrap().unwrap(), desk.read(SESSION, session).unwrap().unwrap());
    let draft = first.edit().body(Body::new().with_number(1, 1));
    desk.replace(first, draft).unwrap();
    let draft = second.edit();
    assert_eq!(desk.replace(second.clone(), draft), Err(AuthorityError::Stale));
    assert_eq!(desk.delete(second.clone()), Err(AuthorityError::Stale));
    let now = desk.read(SESSION, session).unwrap().unwrap();
    assert_eq!((now.version(), now.body().number(1)), (2, Ok(1)));
    desk.delete(now.clone()).unwrap();
    let draft = now.edit();
    assert_eq!(desk.replace(now, draft), Err(AuthorityError::Stale));
    assert_eq!(desk.found(), []);
}

#[test]
fn an_id_comes_again_only_where_a_kind_says_so_and_its_versions_go_on() {
    for kind in AuthorityKind::ALL.iter().filter(|kind| **kind != AuthorityKind::User) {
        let mut desk = Desk::open();
        let place = desk.full(*kind);
        let again = full(*kind, place, desk.ama);
        assert_eq!(desk.insert(again.clone()), Err(AuthorityError::Exists));
        let row = desk.read(*kind, place).unwrap().unwrap();
        desk.delete(row).unwrap();
        let version = |desk: &mut Desk| desk.read(*kind, place).unwrap().unwrap().version();
        if !kind.may_return() {
            assert_eq!(desk.insert(again), Err(AuthorityError::Exists), "{kind:?}");
            continue;
        }
        desk.insert(again.clone()).unwrap();
        assert_eq!(version(&mut desk), 3);
        desk.clock.set(at(HOUR));
        assert_eq!(desk.read(*kind, place).map(drop), Err(AuthorityError::Expired));
        desk.insert(again.expires(at(2 * HOUR))).unwrap();
        assert_eq!(version(&mut desk), 4);
        assert_eq!(desk.write(|unit, door| door.replay(unit)).unwrap(), []);
    }
}

#[test]
fn a_draft_out_of_shape_is_refused() {
    let mut desk = Desk::open();
    let (ama, other) = (desk.ama, RecordId::from(desk.ben));
    let session = || Draft::new(SESSION, hash(1), ama).expires(at(HOUR));
    let long = vec![7; MAX_SECRET_BYTES];
    for (draft, refused) in [
        (Draft::new(SESSION, hash(1), ama), AuthorityError::NoExpiry),
        (Draft::new(SESSION, RecordId::from_slice(&[1; 20]).unwrap(), ama).expires(at(HOUR)), AuthorityError::Id),
        (Draft::new(SESSION, RecordId::from_slice(&[1; 40]).unwrap(), ama).expires(at(HOUR)), AuthorityError::Id),
        (Draft::new(AuthorityKind::Credential, other, ama), AuthorityError::Id),
        (Draft::new(SESSION, hash(1), UserId::NOBODY).expires(at(HOUR)), AuthorityError::NoOwner),
        (Draft::new(SESSION, hash(1), desk.sol).expires(at(HOUR)), AuthorityError::NoOwner),
        (session().secret(&[long.as_slice(), &[7]].concat()), AuthorityError::SecretTooLong),
        (session().body(Body::new().with_bytes(1, &[7; MAX_BODY_BYTES])), AuthorityError::Body(BodyError::TooLong)),
    ] {
        assert_eq!(desk.insert(draft), Err(refused));
    }
    assert_eq!(desk.read(SESSION, hash(1)).map(|row| row.is_none()), Ok(true));
    desk.insert(session().secret(&long)).unwrap();
    let row = desk.read(SESSION, hash(1)).unwrap().unwrap();
    for moved in
        [Draft::new(SESSION, hash(2), ama), Draft::new(SESSION, hash(1), desk.ben), Draft::new(CODE, hash(1), ama)]
    {
        assert_eq!(desk.replace(row.clone(), moved.expires(at(HOUR))), Err(AuthorityError::Id));
    }
}

#[test]
fn a_change_has_1_to_500_rows_and_one_entry() {
    let mut desk = Desk::open();
    let ama = desk.ama;
    let codes = |count: usize| {
        let ids = (0..count).map(|at| RecordId::from_slice(&[at.to_be_bytes(), [1; 8]].concat()).unwrap());
        ids.map(|id| Change::Insert(Draft::new(CODE, id, ama))).collect::<Vec<_>>()
    };
    let apply = |desk: &mut Desk, changes| {
        desk.write(|unit, door| door.apply(unit, door.event(TOUCHED, Action::Create), changes))
    };
    assert_eq!(apply(&mut desk, codes(0)), Err(AuthorityError::TooMany));
    assert_eq!(apply(&mut desk, codes(MAX_ROWS + 1)), Err(AuthorityError::TooMany));
    let before = desk.db.store().entries.len();
    apply(&mut desk, codes(MAX_ROWS)).unwrap();
    assert_eq!(desk.db.store().entries.len(), before + 1);
    for limit in [0, MAX_ROWS + 1] {
        let listed = desk.write(|unit, door| door.list(unit, (CODE, ama), None, limit));
        assert_eq!(listed.map(drop), Err(AuthorityError::TooMany));
        let swept = desk.write(|unit, door| door.sweep(unit, CODE, None, limit));
        assert_eq!(swept.map(drop), Err(AuthorityError::TooMany));
    }
    let (mut after, mut seen) = (None, Vec::new());
    loop {
        let page = desk.write(|unit, door| door.list(unit, (CODE, ama), after, 199)).unwrap();
        seen.extend(page.rows.iter().map(crate::authority::Row::id));
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    assert!(seen.len() == MAX_ROWS && seen.is_sorted_by(|left, right| left < right));
}

#[test]
fn a_change_that_fails_half_way_loses_the_unit_even_if_it_is_passed_over() {
    let mut desk = Desk::open();
    let ama = desk.ama;
    let written = desk.write(|unit, door| {
        let good = Change::Insert(Draft::new(CODE, hash(1), ama));
        let bad = Change::Insert(Draft::new(CODE, hash(1), ama));
        let applied = door.apply(unit, door.event(TOUCHED, Action::Create), vec![good, bad]);
        // The first is written, but its state is not in any entry.
        assert_eq!(applied, Err(AuthorityError::Exists));
        Ok(())
    });
    assert_eq!(written, Err(AuthorityError::Unit(UnitError::HalfWritten)));
    assert!(desk.read(CODE, hash(1)).unwrap().is_none());
    assert_eq!(desk.write(|unit, door| door.replay(unit)).unwrap(), []);
}

#[test]
fn a_sweep_deletes_what_has_expired_page_by_page() {
    let mut desk = Desk::open();
    for byte in 1..=7 {
        desk.session(byte);
    }
    desk.insert(Draft::new(SESSION, hash(8), desk.ama).expires(at(2 * HOUR))).unwrap();
    let sweep = |desk: &mut Desk, after| desk.write(|unit, door| door.sweep(unit, SESSION, after, 3)).unwrap();
    assert_eq!(sweep(&mut desk, None).deleted, 0);
    desk.clock.set(at(HOUR));
    let (mut after, mut deleted) = (None, Vec::new());
    loop {
        let swept = sweep(&mut desk, after);
        assert_eq!(swept.altered, []);
        deleted.push(swept.deleted);
        after = swept.next;
        if after.is_none() {
            break;
        }
    }
    assert_eq!(deleted, [3, 3, 1]);
    assert!(desk.read(SESSION, hash(8)).unwrap().is_some());
    assert!(desk.read(SESSION, hash(1)).unwrap().is_none());
    assert_eq!(desk.write(|unit, door| door.replay(unit)).unwrap(), []);
}

#[test]
fn another_tenants_rows_are_not_shown_and_not_written() {
    let mut desk = Desk::open();
    let session = desk.session(1);
    let (south, any) = (desk.south.clone(), desk.any.clone());
    let row = desk.read(SESSION, session).unwrap().unwrap();
    let as_of = |desk: &mut Desk, door: &Authority| {
        desk.db.write(|unit| door.read(unit, SESSION, session)).map(Committed::into_inner)
    };
    assert!(as_of(&mut desk, &south).unwrap().is_none());
    assert_eq!(as_of(&mut desk, &any).unwrap().unwrap().tenant(), desk.north.actor().tenant());
    for door in [&south, &any] {
        let event = || door.event(TOUCHED, Action::Delete);
        let deleted = desk.db.write(|unit| door.delete(unit, event(), row.clone())).map(drop);
        assert_eq!(deleted, Err(AuthorityError::Tenant));
        let insert = Draft::new(SESSION, session, desk.sol).expires(at(HOUR));
        let inserted = desk.db.write(|unit| door.insert(unit, event(), insert.clone())).map(drop);
        assert!(matches!(inserted, Err(AuthorityError::Exists | AuthorityError::NoOwner)), "{inserted:?}");
    }
    let foreign = south.event(TOUCHED, Action::Create);
    let mixed = desk.write(|unit, door| door.delete(unit, foreign, row));
    assert_eq!(mixed, Err(AuthorityError::Tenant));
    assert!(desk.read(SESSION, session).unwrap().is_some());
}

#[test]
fn a_unit_that_only_reads_checks_and_writes_nothing() {
    let mut desk = Desk::open();
    let session = desk.session(1);
    let (door, kind, ama) = (desk.north.clone(), SESSION, desk.ama);
    let notary = desk.db.notary().clone();
    struct Reader<'a>(&'a mut crate::store::memory::MemoryStore, Ledger);
    impl Unit for Reader<'_> {
        fn parts(&mut self) -> (&mut dyn crate::store::Store, &mut Ledger) {
            (self.0, &mut self.1)
        }
    }
    let mut reader = Reader(desk.db.store(), Ledger::open_reading(&notary).unwrap());
    let row = door.read(&mut reader, kind, session).unwrap().unwrap();
    let insert = Draft::new(kind, hash(2), ama).expires(at(HOUR));
    let written = door.insert(&mut reader, door.event(TOUCHED, Action::Create), insert);
    assert_eq!(written, Err(UnitError::Reading.into()));
    assert_eq!(door.delete(&mut reader, door.event(TOUCHED, Action::Delete), row), Err(UnitError::Reading.into()));
    reader.0.authority.get_mut(&(kind, session)).unwrap().version = 9;
    assert_eq!(door.read(&mut reader, kind, session).map(drop), Err(AuthorityError::Integrity));
    let reading = reader.1.finish_reading(true);
    assert!(format!("{reading:?}").contains(EventName::INTEGRITY_FAILED.as_str()));
}

#[test]
fn rows_of_older_epochs_are_read_and_sealed_anew_when_they_are_written() {
    let mut desk = Desk::open();
    let place = desk.full(AuthorityKind::Credential);
    let actor = Actor::new(desk.north.actor().tenant(), "ops", "operator").unwrap();
    assert_eq!(desk.db.write(|unit| open_epoch(unit, &actor)).unwrap().into_inner(), 2);
    let row = desk.read(AuthorityKind::Credential, place).unwrap().unwrap();
    let epochs = |desk: &mut Desk| {
        let stored = desk.stored(AuthorityKind::Credential, place);
        (stored.header[5], stored.sealed.as_ref().unwrap()[5])
    };
    assert_eq!(epochs(&mut desk), (1, 1));
    let draft = row.edit();
    desk.replace(row, draft).unwrap();
    assert_eq!(epochs(&mut desk), (2, 2));
    assert!(desk.read(AuthorityKind::Credential, place).unwrap().unwrap().secret().is_some());
}

#[test]
fn codes_and_labels_of_kinds_are_distinct_and_frozen() {
    let listed = AuthorityKind::ALL.iter().map(|kind| (kind.code(), kind.label())).collect::<Vec<_>>();
    let frozen = [
        "user",
        "role",
        "credential",
        "password_history",
        "second_factor",
        "recovery_code",
        "session",
        "pending_login",
        "reset_token",
        "failure_count",
        "known_device",
        "grant",
        "decision",
        "hold",
        "consent",
        "notice",
        "contact",
        "grant_review",
    ];
    assert_eq!(listed, (1..).zip(frozen).collect::<Vec<_>>());
    assert!(AuthorityKind::ALL.iter().all(|kind| AuthorityKind::from_code(kind.code()) == Some(*kind)));
    assert_eq!((AuthorityKind::from_code(0), AuthorityKind::from_code(19)), (None, None));
    assert_eq!(crate::authority::state_id(SESSION, id(3)).as_bytes()[..2], [7, 3]);
}
