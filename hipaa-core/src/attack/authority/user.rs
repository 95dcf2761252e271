//! Users: unique names, and the end of all that one may do.

use super::{Desk, HOUR, TOUCHED, at, hash, named};
use crate::audit::{Action, EventName};
use crate::auth::login_name::LoginNameError;
use crate::authority::user::{NewUser, Revision, UserError};
use crate::authority::{AuthorityError, AuthorityKind, Change, Draft};
use crate::schema::UserId;
use crate::unit::Committed;

impl Desk {
    fn create(&mut self, new: NewUser<'_>) -> Result<UserId, UserError> {
        self.write_user(|unit, door| door.create_user(unit, new))
    }
}

#[test]
fn a_login_name_is_unique_over_all_tenants_in_every_spelling() {
    let mut desk = Desk::open();
    for twin in ["ama", "AMA", "\u{ff21}ma", "sol", "SOL"] {
        assert_eq!(desk.create(named(twin)), Err(UserError::LoginTaken), "{twin}");
    }
    assert_eq!(desk.create(named("\u{430}ma")), Err(UserError::Login(LoginNameError::MixedScripts)));
    let jose = desk.create(named("jose\u{301}")).unwrap();
    assert_eq!(desk.create(named("JOS\u{c9}")), Err(UserError::LoginTaken));
    let any = desk.any.clone();
    let mut find = |login| {
        let found = desk.db.write(|unit| any.user_named(unit, login)).map(Committed::into_inner).unwrap();
        found.map(|user| user.id())
    };
    assert_eq!(find("jos\u{e9}"), Some(jose));
    assert_eq!((find("Ama"), find("sol"), find("nobody")), (Some(desk.ama), Some(desk.sol), None));
    let elsewhere = desk.write_user(|unit, door| door.user_named(unit, "sol")).unwrap();
    assert!(elsewhere.is_none(), "a tenant does not see the users of another");
}

#[test]
fn a_login_name_is_stored_as_a_keyed_hash_alone() {
    let mut desk = Desk::open();
    let user = desk.create(named("Grace.Hopper")).unwrap();
    let stored = desk.stored(AuthorityKind::User, user.into()).clone();
    let bytes = [stored.body.as_slice(), stored.sealed.as_deref().unwrap(), &stored.lookup.unwrap()].concat();
    for text in ["race", "RACE", "opper", "Osei"] {
        assert!(!bytes.windows(text.len()).any(|part| part == text.as_bytes()), "{text}");
    }
    let read = desk.write_user(|unit, door| door.user(unit, user)).unwrap().unwrap();
    assert_eq!((read.display_name(), read.role(), read.auth_version()), ("Ama Osei", "CLINICIAN", 1));
    assert!(!read.is_disabled() && !read.must_change() && read.created() == Some(at(0)));
    assert!(!format!("{read:?} {:?}", named("grace")).contains("Osei"));
}

#[test]
fn a_deleted_user_gives_the_name_free_and_never_the_id() {
    let mut desk = Desk::open();
    let ama = desk.ama;
    let row = desk.read(AuthorityKind::User, ama.into()).unwrap().unwrap();
    let again = row.edit();
    desk.delete(row).unwrap();
    assert_eq!(desk.insert(again), Err(AuthorityError::Exists));
    assert_ne!(desk.create(named("ama")).unwrap(), ama);
}

#[test]
fn a_user_out_of_shape_is_refused() {
    let mut desk = Desk::open();
    let long = "x".repeat(257);
    for name in ["", "a\nb", &long] {
        assert_eq!(desk.create(NewUser { display_name: name, ..named("new") }), Err(UserError::DisplayName));
    }
    for role in ["", "A B", "R\u{d6}LE", &long] {
        assert_eq!(desk.create(NewUser { role, ..named("new") }), Err(UserError::Role));
    }
    assert_eq!(desk.create(named("two words")), Err(UserError::Login(LoginNameError::Character)));
    assert_eq!(desk.create(named("")), Err(UserError::Login(LoginNameError::Empty)));
    let unknown = UserId::from_bytes([9; 16]);
    assert_eq!(desk.write_user(|unit, door| door.disable_user(unit, unknown)), Err(UserError::Unknown));
    let sol = desk.sol;
    assert_eq!(desk.write_user(|unit, door| door.disable_user(unit, sol)), Err(UserError::Unknown));
}

#[test]
fn disabling_ends_sessions_tokens_and_grants_at_once() {
    let mut desk = Desk::open();
    let (ama, ben) = (desk.ama, desk.ben);
    let bound = AuthorityKind::ALL.iter().filter(|kind| kind.is_bound()).copied().collect::<Vec<_>>();
    assert_eq!(bound.len(), 5);
    for kind in &bound {
        for (user, byte) in [(ama, 1), (ama, 2), (ben, 3)] {
            desk.insert(Draft::new(*kind, hash(byte), user).expires(at(HOUR))).unwrap();
        }
    }
    desk.write_user(|unit, door| door.disable_user(unit, ama)).unwrap();
    let left = desk.db.store().authority.values().filter(|row| row.kind.is_bound()).cloned().collect::<Vec<_>>();
    assert_eq!(left.len(), bound.len());
    assert!(left.iter().all(|row| row.owner == ben));
    for kind in bound {
        assert!(desk.read(kind, hash(1)).unwrap().is_none());
        assert!(desk.read(kind, hash(3)).unwrap().is_some());
        let again = desk.insert(Draft::new(kind, hash(4), ama).expires(at(HOUR)));
        assert_eq!(again, Err(AuthorityError::NoOwner), "a disabled user gets no session");
    }
    let user = desk.write_user(|unit, door| door.user(unit, ama)).unwrap().unwrap();
    assert_eq!((user.is_disabled(), user.auth_version()), (true, 2));
    desk.write_user(|unit, door| door.disable_user(unit, ama)).unwrap();
    assert_eq!(desk.write(|unit, door| door.replay(unit)).unwrap(), []);
    assert_eq!(EventName::USER_DISABLED.as_str(), "USER_DISABLED");
}

#[test]
fn another_role_or_password_ends_every_session_but_the_new_one_in_one_entry() {
    let mut desk = Desk::open();
    let (ama, kind) = (desk.ama, AuthorityKind::Session);
    let old = desk.session(1);
    let user = desk.write_user(|unit, door| door.user(unit, ama)).unwrap().unwrap();
    let refused = user.revise(Revision { role: Some("NO ROLE"), ..Revision::default() });
    assert_eq!(refused.map(drop), Err(UserError::Role));
    let changes = vec![
        user.revise(Revision { role: Some("BILLING"), must_change: Some(true) }).unwrap(),
        Change::Insert(Draft::new(AuthorityKind::Credential, ama.into(), ama).secret(b"hash")),
        Change::Insert(Draft::new(kind, hash(2), ama).expires(at(HOUR))),
    ];
    let before = desk.db.store().entries.len();
    desk.write(|unit, door| door.apply(unit, door.event(TOUCHED, Action::Update), changes)).unwrap();
    assert_eq!(desk.db.store().entries.len(), before + 1);
    assert_eq!(desk.read(kind, old).map(drop), Err(AuthorityError::Void));
    assert_eq!(desk.read(kind, hash(2)).unwrap().unwrap().auth_version(), 2);
    let user = desk.write_user(|unit, door| door.user(unit, ama)).unwrap().unwrap();
    assert_eq!((user.role(), user.must_change(), user.display_name()), ("BILLING", true, "Ama Osei"));
    assert_eq!(desk.write(|unit, door| door.replay(unit)).unwrap(), []);
}

#[test]
fn an_altered_session_does_not_keep_a_user_from_being_disabled() {
    let mut desk = Desk::open();
    let (ama, kind) = (desk.ama, AuthorityKind::Session);
    let (altered, good) = (desk.session(1), desk.session(2));
    desk.stored(kind, altered).body.push(0);
    desk.write_user(|unit, door| door.disable_user(unit, ama)).unwrap();
    assert!(desk.read(kind, good).unwrap().is_none());
    assert!(!desk.is_used(kind, altered));
}
