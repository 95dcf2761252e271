//! Authority rows: with every column, and with as few as may be.

use super::{TENANT, hexed, tenant_keys};
use crate::auth::login_name::LoginName;
use crate::authority::{Body, Draft, lookup_of, mac_of, open_secret, seal_secret, state_id};
use crate::cipher::CellHeader;
use crate::clock::Timestamp;
use crate::entropy::Entropy;
use crate::identity::contact_draft;
use crate::keys::{Purpose, RootKind};
use crate::outbox::{NewNotice, Topic};
use crate::schema::{RecordId, TenantId, UserId};
use crate::store::{AuthorityKind, StoredAuthority};
use serde_json::{Value as Js, json};

const OWNER: UserId = UserId::from_bytes(*b"owner-of-a-row-1");
const EXPIRES: Timestamp = Timestamp::from_micros(1_700_000_900_000_000);

fn bare(kind: AuthorityKind, id: RecordId) -> StoredAuthority {
    StoredAuthority {
        kind,
        id,
        tenant: TENANT,
        owner: OWNER,
        auth_version: 0,
        version: 1,
        header: CellHeader { epoch: 1 }.to_bytes(),
        expires: None,
        lookup: None,
        body: Vec::new(),
        sealed: None,
        mac: [0; 32],
    }
}

fn written(row: StoredAuthority, body: (&Body, Js), login: Option<&str>, secret: Option<&str>) -> Js {
    sealed(row, body, login, (secret.map(str::as_bytes), json!(secret)))
}

fn sealed(row: StoredAuthority, body: (&Body, Js), login: Option<&str>, (secret, shown): (Option<&[u8]>, Js)) -> Js {
    let (keys, own) = (tenant_keys(row.tenant), tenant_keys(TenantId::DEPLOYMENT));
    let (fields, place) = (body.1, (row.kind, row.id, row.owner));
    let key = own.key(RootKind::Auth, Purpose::AuthorityLookup, 1).unwrap();
    let form = login.map(|login| LoginName::parse(login).unwrap());
    let entropy = &mut Entropy::from_seed([row.kind.code(); 32]);
    let sealed = secret.map(|secret| seal_secret(&keys, place, secret, entropy).unwrap());
    assert!(sealed.iter().all(|sealed| open_secret(&keys, place, sealed).is_ok()));
    let lookup = form.as_ref().map(|form| lookup_of(&key, row.kind, form.expose().as_bytes()));
    let body = body.0.encode().unwrap();
    let mut row = StoredAuthority { lookup, sealed, body, ..row };
    row.mac = mac_of(&keys, &row, 1).unwrap();
    json!({
        "auth_root": hexed([0x77; 32]), "epoch": 1, "tenant": hexed(row.tenant.as_bytes()), "kind": row.kind.label(),
        "id": hexed(row.id.as_bytes()), "state": hexed(state_id(row.kind, row.id).as_bytes()),
        "owner": hexed(row.owner.as_bytes()), "auth_version": row.auth_version, "version": row.version,
        "header": hexed(row.header), "expires": row.expires.map(Timestamp::micros), "login": login,
        "lookup": row.lookup.map(hexed), "fields": fields, "body": hexed(&row.body), "secret": shown,
        "sealed": row.sealed.as_ref().map(hexed), "mac": hexed(row.mac),
    })
}

pub(super) fn rows() -> Js {
    let body = Body::new().with_text(1, "CLINICIAN").with_time(2, EXPIRES).with_flag(3, true).with_flag(4, false);
    let fields =
        json!([[1, "text", "CLINICIAN"], [2, "time", EXPIRES.micros()], [3, "flag", true], [4, "flag", false]]);
    let user = StoredAuthority { auth_version: 1, ..bare(AuthorityKind::User, OWNER.into()) };
    let user = written(user, (&body, fields), Some("Jose\u{301}.Müller@Example.ORG"), Some("José Müller"));

    let hash = RecordId::from_slice(b"hash-of-a-token-that-is-random-1").unwrap();
    let body = Body::new().with_number(7, u64::MAX).with_bytes(200, &[0, 0xff]);
    let fields = json!([[7, "number", u64::MAX], [200, "bytes", "00ff"]]);
    let session = bare(AuthorityKind::Session, hash);
    let session = StoredAuthority { auth_version: 258, version: 3, expires: Some(EXPIRES), ..session };
    let session = written(session, (&body, fields), None, None);

    let decision = bare(AuthorityKind::Decision, RecordId::from_slice(b"id-of-a-decision").unwrap());
    let decision = StoredAuthority { tenant: TenantId::DEPLOYMENT, owner: UserId::NOBODY, ..decision };
    let decision = written(decision, (&Body::new(), json!([])), None, Some(""));
    [user, session, decision].into_iter().collect()
}

const PUT: Timestamp = Timestamp::from_micros(1_700_000_000_000_001);
const NOTICE: [u8; 16] = *b"id-of-one-notice";

/// A row as the room that writes it makes it, beside what it means.
fn row_of(kind: AuthorityKind, id: RecordId, draft: &Draft, means: Js) -> Js {
    let (expires, body, secret) = draft.parts();
    let row = StoredAuthority { expires, ..bare(kind, id) };
    let mut row = sealed(row, (body, means), None, (secret, secret.map(hexed).unwrap_or_default()));
    let fields = row.as_object_mut().and_then(|row| row.remove("fields"));
    row["means"] = fields.unwrap_or_default();
    row
}

/// Notices with everything and with as little as may be, and where a user's notices go.
pub(super) fn notices() -> Js {
    let (notice, about) = (RecordId::from(NOTICE), RecordId::from(*b"record-it-tells-"));
    let full = NewNotice::new(Topic::RESET_REQUESTED, OWNER).address("josé@example.org").payload("a token");
    let full = full.about(about).until(EXPIRES).draft(notice, PUT).unwrap();
    let means = json!({
        "topic": Topic::RESET_REQUESTED.as_str(), "put": PUT.micros(), "taken": 0, "not_before": PUT.micros(),
        "about": hexed(about.as_bytes()), "address": "josé@example.org", "payload": "a token",
    });
    let full = row_of(AuthorityKind::Notice, notice, &full, means);
    let least = NewNotice::new(Topic::PASSWORD_CHANGED, OWNER).draft(notice, PUT).unwrap();
    let means = json!({
        "topic": Topic::PASSWORD_CHANGED.as_str(), "put": PUT.micros(), "taken": 0, "not_before": PUT.micros(),
        "about": null, "address": "", "payload": "",
    });
    let least = row_of(AuthorityKind::Notice, notice, &least, means);
    let contact = contact_draft(OWNER, "josé@example.org");
    let contact = row_of(AuthorityKind::Contact, OWNER.into(), &contact, json!({"address": "josé@example.org"}));
    [full, least, contact].into_iter().collect()
}
