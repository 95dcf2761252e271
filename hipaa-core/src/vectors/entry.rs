//! Entries as the library writes them: beginnings of logs, sealed details, ids of every length; and a tenant's row.

use super::{DEPLOYMENT, TENANT, hexed, kek, tenant_keys};
use crate::audit::{
    Action, Actor, Body, EntryKind, Event, EventName, Field, Leaf, LogId, Outcome, Prefix, RecordState, leaf_of,
};
use crate::clock::{ClockState, Timestamp};
use crate::entropy::Entropy;
use crate::keys::Ring;
use crate::schema::{RecordId, TenantId};
use crate::store::StoredTenant;
use crate::tenancy::{epoch_opened, genesis_fields, log_opened_fields, row_mac};
use crate::unit::details;
use ed25519_dalek::SigningKey;
use serde_json::{Value as Js, json};

const OWN_LOG: LogId = LogId(*b"log-of-deploymnt");
const LOG: LogId = LogId(*b"log-of-a-tenant1");
const MICROS: i64 = 1_700_000_000_000_000;

struct Written {
    vector: Js,
    leaf: Leaf,
}

fn prefix(kind: EntryKind, (log, tenant): (LogId, TenantId), sequence: u64, previous: Leaf) -> Prefix {
    let wall = MICROS + i64::try_from(sequence).unwrap();
    Prefix {
        kind,
        log,
        tenant,
        sequence,
        previous,
        time: Timestamp::from_micros(wall),
        wall: Timestamp::from_micros(wall),
        clock: ClockState::Synced,
        salt: [0xa0 | kind as u8; 16],
    }
}

/// `content` is what the entry says, under the names of docs/reference/audit-body-v1.md.
fn written(prefix: Prefix, fields: Vec<Field>, content: &Js) -> Written {
    let body = Body { prefix, fields };
    let bytes = body.encode().unwrap();
    assert_eq!(Body::decode(&bytes).unwrap(), body);
    let (prefix, leaf) = (&body.prefix, leaf_of(&bytes));
    let vector = json!({
        "kind": prefix.kind as u8, "log": hexed(prefix.log.0), "tenant": hexed(prefix.tenant.as_bytes()),
        "sequence": prefix.sequence, "previous": hexed(prefix.previous), "time": prefix.time.micros(),
        "wall": prefix.wall.micros(), "clock": prefix.clock as u8, "salt": hexed(prefix.salt), "content": content,
        "fields": body.fields.iter().map(|field| json!([field.tag, hexed(&field.value)])).collect::<Vec<_>>(),
        "body": hexed(&bytes), "leaf": hexed(leaf),
    });
    Written { vector, leaf }
}

fn own_genesis() -> Written {
    let key = SigningKey::from_bytes(&[0x88; 32]).verifying_key().to_bytes();
    let content = json!({"format": 1, "deployment": hexed(DEPLOYMENT), "head key": hexed(key), "operator key": ""});
    let prefix = prefix(EntryKind::Genesis, (OWN_LOG, TenantId::DEPLOYMENT), 0, [0; 32]);
    written(prefix, genesis_fields(&DEPLOYMENT, Some((key, None))), &content)
}

fn genesis() -> Written {
    let content = json!({"format": 1, "deployment": hexed(DEPLOYMENT)});
    written(prefix(EntryKind::Genesis, (LOG, TENANT), 0, [0; 32]), genesis_fields(&DEPLOYMENT, None), &content)
}

fn log_opened(previous: Leaf, genesis: &Leaf) -> Written {
    let actor = Actor::new(TenantId::DEPLOYMENT, "ops-1", "operator").unwrap().claimed();
    let content = json!({
        "user": "ops-1", "role": "operator", "claimed": true, "log": hexed(LOG.0), "genesis leaf": hexed(genesis),
        "tenant": hexed(TENANT.as_bytes()),
    });
    let prefix = prefix(EntryKind::LogOpened, (OWN_LOG, TenantId::DEPLOYMENT), 1, previous);
    written(prefix, log_opened_fields(&actor, (LOG, TENANT), genesis), &content)
}

fn new_epoch(previous: Leaf) -> Written {
    let actor = Actor::new(TENANT, "ops-2", "operator").unwrap();
    let ring = Ring::first().with_new_epoch().encode(&kek(), &DEPLOYMENT, TENANT);
    let content = json!({
        "event name": "EPOCH_OPENED", "user": "ops-2", "role": "operator", "action": "C", "outcome": 0, "epoch": 2,
        "ring": hexed(&ring),
    });
    let prefix = prefix(EntryKind::Event, (LOG, TENANT), 1, previous);
    written(prefix, epoch_opened(&actor, 2, &ring).fields().unwrap(), &content)
}

/// Ids of 1 and of 40 bytes: subjects out of order and one twice, records as they were found.
fn search(previous: Leaf) -> Written {
    let ids = [&[9; 40][..], &[2], &[9; 40], &[2, 0]].map(|id| RecordId::from_slice(id).unwrap());
    let actor = Actor::new(TENANT, "dr-osei", "clinician").unwrap().in_session([9; 16]);
    let actor = actor.from_address("2001:db8::7".parse().unwrap());
    let event = Event::new(&actor, EventName::PHI_SEARCH, Action::Execute).outcome(Outcome::IntegrityFailed);
    let event = event.subjects(&ids).records("person", &ids[..2]).index("by_name").count(258);
    let event = event.purpose("TREAT").request("r-1").application_field(1, Vec::new());
    let listed = |ids: &[RecordId]| ids.iter().map(|id| hexed(id.as_bytes())).collect::<Vec<_>>();
    let content = json!({
        "event name": "PHI_SEARCH", "user": "dr-osei", "role": "clinician", "session": hexed([9; 16]),
        "address": "2001:db8::7", "action": "E", "outcome": 3, "subjects": listed(&ids),
        "records": {"table": "person", "ids": listed(&ids[..2])}, "index": "by_name", "count": 258,
        "purpose of use": "TREAT", "request": "r-1", "application": [[1, ""]],
    });
    let mut prefix = prefix(EntryKind::Event, (LOG, TENANT), 2, previous);
    (prefix.clock, prefix.wall) = (ClockState::SteppedBack, Timestamp::from_micros(-1));
    written(prefix, event.fields().unwrap(), &content)
}

/// A deletion, with a tombstone beside the state of another record.
fn delete(previous: Leaf) -> Written {
    let ids = [&[2][..], &[9; 40]].map(|id| RecordId::from_slice(id).unwrap());
    let states = [(3, RecordState::TOMBSTONE), (u64::MAX, [8; 32])];
    let states = [0, 1].map(|at| RecordState { record: ids[at], version: states[at].0, mac: states[at].1 });
    let actor = Actor::new(TENANT, "dr-osei", "clinician").unwrap();
    let event = Event::new(&actor, EventName::PHI_DELETE, Action::Delete).states("person", &states);
    let state = |state: &RecordState| json!([hexed(state.record.as_bytes()), state.version, hexed(state.mac)]);
    let content = json!({
        "event name": "PHI_DELETE", "user": "dr-osei", "role": "clinician", "action": "D", "outcome": 0,
        "states": {"table": "person", "states": states.iter().map(state).collect::<Vec<_>>()},
    });
    written(prefix(EntryKind::Event, (LOG, TENANT), 3, previous), event.fields().unwrap(), &content)
}

/// One entry for records of two tables that were shown at once.
fn disclosure(previous: Leaf) -> Written {
    let ids = [&[9; 40][..], &[2], &[2, 0]].map(|id| RecordId::from_slice(id).unwrap());
    let actor = Actor::new(TENANT, "dr-osei", "clinician").unwrap();
    let event = Event::new(&actor, EventName::PHI_READ, Action::Read).subjects(&ids[..1]).index("subject").count(300);
    let event = event.seen(&[("person", vec![ids[0]]), ("visit", vec![ids[2], ids[1]])]);
    let listed = |ids: &[RecordId]| ids.iter().map(|id| hexed(id.as_bytes())).collect::<Vec<_>>();
    let content = json!({
        "event name": "PHI_READ", "user": "dr-osei", "role": "clinician", "action": "R", "outcome": 0,
        "subjects": listed(&ids[..1]), "index": "subject", "count": 300, "seen": [
            {"table": "person", "ids": listed(&ids[..1])}, {"table": "visit", "ids": listed(&[ids[2], ids[1]])},
        ],
    });
    written(prefix(EntryKind::Event, (LOG, TENANT), 6, previous), event.fields().unwrap(), &content)
}

/// An entry of an actor under an emergency grant.
fn emergency(previous: Leaf) -> Written {
    let ids = [RecordId::from_slice(&[9; 40]).unwrap()];
    let actor = Actor::new(TENANT, "dr-osei", "clinician").unwrap().under_grant([7; 16]);
    let event = Event::new(&actor, EventName::EMERGENCY_ACCESS_USED, Action::Read).subjects(&ids);
    let content = json!({
        "event name": "EMERGENCY_ACCESS_USED", "user": "dr-osei", "role": "clinician", "action": "R", "outcome": 0,
        "subjects": [hexed(ids[0].as_bytes())], "emergency grant": hexed([7; 16]),
    });
    written(prefix(EntryKind::Event, (LOG, TENANT), 7, previous), event.fields().unwrap(), &content)
}

/// An entry with sealed details: `told` by the application, the user agent, or both.
fn detailed(sequence: u64, previous: Leaf, told: Option<&str>) -> Written {
    let agent = "Browser/1.0 (\"é\"; C:\\)";
    let actor = Actor::new(TENANT, "dr-osei", "clinician").unwrap().with_user_agent(agent);
    let event = Event::new(&actor, EventName::application("com.example.printed"), Action::Read);
    let event = told.map_or(event.clone(), |told| event.details(told));
    let (keys, place) = (tenant_keys(TENANT), (LOG, sequence));
    let seed = u8::try_from(sequence).unwrap();
    let text = event.sealed_text().unwrap();
    let cell = details::seal(&keys, place, &text, &mut Entropy::from_seed([seed; 32])).unwrap();
    assert!(details::open(&keys, place, &cell).is_ok() && details::open(&keys, (LOG, 0), &cell).is_err());
    let mut fields = event.fields().unwrap();
    fields.push(details::field(&cell));
    fields.sort_by_key(|field| field.tag);
    let content = json!({
        "event name": "com.example.printed", "user": "dr-osei", "role": "clinician", "action": "R", "outcome": 0,
        "details": {
            "audit_root": hexed([0x66; 32]), "epoch": 1, "details": told, "user_agent": agent, "cell": hexed(&cell),
        },
    });
    written(prefix(EntryKind::Event, (LOG, TENANT), sequence, previous), fields, &content)
}

/// The deployment's log, then a tenant's: each entry holds the leaf of the one before.
pub(super) fn entries() -> Js {
    let (own, genesis) = (own_genesis(), genesis());
    let opened = log_opened(own.leaf, &genesis.leaf);
    let epoch = new_epoch(genesis.leaf);
    let search = search(epoch.leaf);
    let delete = delete(search.leaf);
    let both = detailed(4, delete.leaf, Some("one label\nfor \"A. Müller\""));
    let agent = detailed(5, both.leaf, None);
    let disclosure = disclosure(agent.leaf);
    let emergency = emergency(disclosure.leaf);
    let all = [own, opened, genesis, epoch, search, delete, both, agent, disclosure, emergency];
    all.into_iter().map(|entry| entry.vector).collect()
}

pub(super) fn tenant_row() -> Js {
    let row = |name: &str| {
        let row = StoredTenant { tenant: TENANT, log: LOG, name: name.to_owned(), mac: [0; 32] };
        let mac = row_mac(&tenant_keys(TenantId::DEPLOYMENT), &row).unwrap();
        json!({
            "auth_root": hexed([0x77; 32]), "tenant": hexed(TENANT.as_bytes()), "log": hexed(LOG.0), "name": name,
            "mac": hexed(mac),
        })
    };
    ["a", "Praxis Müller & Söhne"].map(row).to_vec().into()
}
