//! Edits of authority rows by whoever can write the tables and has no key: nobody becomes anyone.

mod edit;
mod limit;
mod twin;
mod user;

use super::clinic::kek;
use crate::audit::{Action, Actor, Body as Entry, EventName, read_records, tag};
use crate::authority::user::{NewUser, UserError};
use crate::authority::{Authority, AuthorityError, Body, Draft, Row, STATE_LABEL, state_id};
use crate::clock::{Clock, Timestamp};
use crate::schema::{RecordId, TenantId, UserId};
use crate::store::memory::MemoryStore;
use crate::store::{AuthorityKind, StoredAuthority, StoredState};
use crate::tenancy::create_tenant;
use crate::unit::{Committed, MemoryDatabase, MemoryUnit};

const START: i64 = 1_700_000_000_000_000;
const HOUR: i64 = 3_600_000_000;
const TOUCHED: EventName = EventName::application("test.touched");

/// Two tenants: in North the users Ama and Ben, in South Sol. `any` is the login, which sees all tenants.
struct Desk {
    db: MemoryDatabase,
    clock: Clock,
    north: Authority,
    south: Authority,
    any: Authority,
    ama: UserId,
    ben: UserId,
    sol: UserId,
}

fn named(login: &str) -> NewUser<'_> {
    NewUser { login, display_name: "Ama Osei", role: "CLINICIAN", must_change: false }
}

fn id(byte: u8) -> RecordId {
    RecordId::from_slice(&[byte; 16]).unwrap()
}

/// The id of a row that is found by the hash of a token.
fn hash(byte: u8) -> RecordId {
    RecordId::from_slice(&[byte; 32]).unwrap()
}

fn at(offset: i64) -> Timestamp {
    Timestamp::from_micros(START + offset)
}

impl Desk {
    fn open() -> Self {
        let clock = Clock::manual(at(0));
        let mut db = MemoryDatabase::open(MemoryStore::default(), kek(7), clock.clone()).unwrap();
        let actor = |tenant| Actor::new(tenant, "login", "system").unwrap();
        let operator = actor(TenantId::DEPLOYMENT);
        let [north, south] = ["North", "South"].map(|name| {
            let tenant = db.write(|unit| create_tenant(unit, &operator, name)).unwrap().into_inner();
            Authority::new(actor(tenant.id))
        });
        let any = Authority::new(operator);
        let mut user = |door: &Authority, login| {
            db.write(|unit| door.create_user(unit, named(login))).map(Committed::into_inner).unwrap()
        };
        let (ama, ben, sol) = (user(&north, "ama"), user(&north, "ben"), user(&south, "sol"));
        Self { db, clock, north, south, any, ama, ben, sol }
    }

    fn write<T>(
        &mut self,
        work: impl FnOnce(&mut MemoryUnit<'_>, &Authority) -> Result<T, AuthorityError>,
    ) -> Result<T, AuthorityError> {
        let door = self.north.clone();
        self.db.write(|unit| work(unit, &door)).map(Committed::into_inner)
    }

    fn write_user<T>(
        &mut self,
        work: impl FnOnce(&mut MemoryUnit<'_>, &Authority) -> Result<T, UserError>,
    ) -> Result<T, UserError> {
        let door = self.north.clone();
        self.db.write(|unit| work(unit, &door)).map(Committed::into_inner)
    }

    fn insert(&mut self, draft: Draft) -> Result<(), AuthorityError> {
        self.write(|unit, door| door.insert(unit, door.event(TOUCHED, Action::Create), draft))
    }

    fn replace(&mut self, row: Row, draft: Draft) -> Result<(), AuthorityError> {
        self.write(|unit, door| door.replace(unit, door.event(TOUCHED, Action::Update), row, draft))
    }

    fn delete(&mut self, row: Row) -> Result<(), AuthorityError> {
        self.write(|unit, door| door.delete(unit, door.event(TOUCHED, Action::Delete), row))
    }

    fn read(&mut self, kind: AuthorityKind, id: RecordId) -> Result<Option<Row>, AuthorityError> {
        self.write(|unit, door| door.read(unit, kind, id))
    }

    /// A row of Ama's of this kind with every column that it may have.
    fn full(&mut self, kind: AuthorityKind) -> RecordId {
        if kind == AuthorityKind::User {
            return self.ama.into();
        }
        let id = if kind.is_singular() { self.ama.into() } else { hash(kind.code()) };
        self.insert(full(kind, id, self.ama)).unwrap();
        id
    }

    fn session(&mut self, byte: u8) -> RecordId {
        let draft = Draft::new(AuthorityKind::Session, hash(byte), self.ama).expires(at(HOUR));
        self.insert(draft).unwrap();
        hash(byte)
    }

    fn stored(&mut self, kind: AuthorityKind, id: RecordId) -> &mut StoredAuthority {
        self.db.store().authority.get_mut(&(kind, id)).unwrap()
    }

    fn state(&mut self, kind: AuthorityKind, id: RecordId) -> &mut StoredState {
        self.db.store().states.get_mut(&(STATE_LABEL, state_id(kind, id))).unwrap()
    }

    /// The rows that failed-integrity entries of North's log name.
    fn found(&mut self) -> Vec<RecordId> {
        let tenant = self.north.actor().tenant();
        let log = self.db.store().heads[&tenant].log;
        let bodies = self.db.store().entries.range((log, 0)..=(log, u64::MAX));
        let bodies = bodies.map(|(_, (entry, _))| Entry::decode(&entry.body).unwrap());
        let failed = bodies.filter(|body| body.name() == Some(EventName::INTEGRITY_FAILED.as_str()));
        failed.flat_map(|body| read_records(body.field(tag::RECORDS).unwrap()).unwrap().1).collect()
    }

    /// What reading a row says: whether it is used, and whether that it is not leaves a finding.
    fn is_used(&mut self, kind: AuthorityKind, id: RecordId) -> bool {
        let before = self.found().len();
        let read = self.read(kind, id);
        let findings = self.found().split_off(before);
        match read {
            Ok(Some(_)) => assert_eq!(findings, []),
            Err(AuthorityError::Integrity) => assert_eq!(findings, [state_id(kind, id)]),
            other => panic!("{other:?}"),
        }
        read.is_ok()
    }
}

fn full(kind: AuthorityKind, id: RecordId, owner: UserId) -> Draft {
    let body = Body::new().with_text(1, "CLINICIAN").with_number(2, 7).with_time(3, at(0)).with_flag(4, false);
    let draft = Draft::new(kind, id, owner).expires(at(HOUR)).lookup([kind.code(); 32]).body(body);
    draft.secret(b"$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHQ$hash")
}
