//! Frozen vectors of every byte format, in `tests/data/v1.json`; `tests/vectors.py` derives them again, independently.
//!
//! Run the test with `HIPAA_CORE_WRITE_VECTORS=1` to write the file after adding a vector. An existing vector never
//! changes: old data must always open.

use crate::audit::{Action, tag};
use crate::audit::{Actor, Body, EntryKind, Event, EventName, Field, Head, LogId, Prefix, Range, RecordState, leaf_of};
use crate::clock::{ClockState, Timestamp};
use crate::encoding::encode;
use crate::entropy::Entropy;
use crate::index::{NormalForm, probe_form};
use crate::keys::{Derivation, Kek, Purpose, Ring, RootKind, TenantKeys, WrapContext, wrap};
use crate::schema::{
    Boolean, Bytes, Column, Date, Index, IndexDef, Integer, Json, Probe, RecordId, Table, TenantId, Text, Texts, Value,
};
use crate::seal::{Place, StoredValue, open_columns, seal_record};
use ed25519_dalek::SigningKey;
use secrecy::SecretBox;
use serde_json::{Value as Js, json};
use zeroize::Zeroizing;

mod auth;
mod authority;
mod entry;
mod kept;
mod shape;
mod signature;

const NAME: Column<Text> = Column::text("name");
const NAMES: Column<Texts> = Column::texts("names");
const SCAN: Column<Bytes> = Column::bytes("scan");
const BORN: Column<Date> = Column::date("born");
const COUNT: Column<Integer> = Column::integer("count");
const ALIVE: Column<Boolean> = Column::boolean("alive");
const SOURCE: Column<Json> = Column::json("source");
const SECRET: Column<Text> = Column::text("secret").sealed_null();
const STATE: Column<Text> = Column::text("state").protected();
const RANK: Column<Integer> = Column::integer("rank").protected();
const SHORT: Column<Text> = Column::text("short").unpadded();
const BY_NAME: Index<(Text, Date)> = Index::exact("by_name", NAMES.as_name()).and(BORN.as_day());
const BY_LAST: Index<(Text,)> = Index::exact("by_last", NAME.as_last_digits(4)).bits(20);
const TABLE: Table = Table::new(
    "person",
    &[
        NAME.def(),
        NAMES.def(),
        SCAN.def(),
        BORN.def(),
        COUNT.def(),
        ALIVE.def(),
        SOURCE.def(),
        SECRET.def(),
        STATE.def(),
        RANK.def(),
        SHORT.def(),
    ],
    &[BY_NAME.def(), BY_LAST.def()],
);

const DEPLOYMENT: [u8; 16] = *b"deployment-vec-1";
const TENANT: TenantId = TenantId::from_bytes(*b"tenant-vectors-1");
const RECORD: [u8; 16] = *b"record-vectors-1";

fn kek() -> Kek {
    Kek::from_bytes(SecretBox::new(Box::new([0x11; 32])))
}

fn text(text: &str) -> Option<Value> {
    Some(Value::Text(Zeroizing::new(text.to_owned())))
}

fn hexed(bytes: impl AsRef<[u8]>) -> Js {
    Js::String(hex::encode(bytes))
}

fn encodings() -> Js {
    let cases: [(&str, &[&[u8]]); 4] =
        [("", &[]), ("a", &[b""]), ("term", &[b"m\xc3\xbcller", b"1980-02-29"]), ("record", &[&[0; 3], &[1; 300]])];
    let one = |(label, parts): &(&str, &[&[u8]])| json!({"label": label, "parts": parts.iter().map(hexed).collect::<Vec<_>>(), "bytes": hexed(encode(label, parts))});
    cases.iter().map(one).collect()
}

fn derivations() -> Js {
    let root = [0x22; 32];
    let base = Derivation::tenant(Purpose::Cell, TENANT, 7);
    let cases = [
        ("cell", Derivation { table: "person", column: "name", ..base }),
        ("record-mac", Derivation { purpose: Purpose::RecordMac, table: "person", ..base }),
        (
            "index",
            Derivation {
                purpose: Purpose::Index,
                table: "person",
                column: "by_name",
                normalizer: Some(("name+day", 1)),
                ..base
            },
        ),
        ("details", Derivation { purpose: Purpose::Details, ..base }),
        ("wrap", Derivation::bare(Purpose::KekWrap)),
        ("head-mac", Derivation::tenant(Purpose::HeadMac, TenantId::DEPLOYMENT, 1)),
        ("authority-mac", Derivation::tenant(Purpose::AuthorityMac, TenantId::DEPLOYMENT, 1)),
        ("authority-lookup", Derivation::tenant(Purpose::AuthorityLookup, TenantId::DEPLOYMENT, 1)),
        ("credential", Derivation { purpose: Purpose::Credential, ..base }),
        ("kek-id", Derivation::bare(Purpose::KekId)),
        ("ring-mac", Derivation::bare(Purpose::RingMac)),
        ("guard-surrogate", Derivation::bare(Purpose::Surrogate)),
    ];
    let one = |(purpose, case): &(&str, Derivation<'_>)| {
        json!({
            "purpose": purpose,
            "root": hexed(root),
            "tenant": hexed(case.tenant.map_or(Vec::new(), |tenant| tenant.as_bytes().to_vec())),
            "table": case.table,
            "column": case.column,
            "normalizer": case.normalizer.map(|(id, _)| id),
            "normalizer_version": case.normalizer.map(|(_, version)| version),
            "epoch": case.epoch,
            "info": hexed(case.info()),
            "key": hexed(case.derive(&root).as_slice()),
        })
    };
    cases.iter().map(one).collect()
}

fn wrapped() -> Js {
    let one = |kind: RootKind| {
        let context = WrapContext { deployment: DEPLOYMENT, tenant: TENANT, kind, epoch: 3 };
        let root = SecretBox::new(Box::new([0x33; 32]));
        let blob = wrap(&kek(), &context, &root, &mut Entropy::from_seed([1; 32])).unwrap();
        json!({
            "kek": hexed([0x11; 32]), "kek_id": hexed(kek().id()), "deployment": hexed(DEPLOYMENT),
            "tenant": hexed(TENANT.as_bytes()), "purpose": kind.label(), "epoch": 3, "root": hexed([0x33; 32]),
            "blob": hexed(blob),
        })
    };
    [RootKind::Cell, RootKind::Index, RootKind::Audit, RootKind::Auth, RootKind::HeadSeed].map(one).to_vec().into()
}

fn ring() -> Js {
    let ring = Ring::first().with_new_epoch().with_new_epoch();
    json!({
        "kek": hexed([0x11; 32]), "deployment": hexed(DEPLOYMENT), "tenant": hexed(TENANT.as_bytes()),
        "version": 3, "epochs": [[1, 2], [2, 2], [3, 1]],
        "bytes": hexed(ring.encode(&kek(), &DEPLOYMENT, TENANT)),
    })
}

/// Keys whose roots are known: cell 0x44, index 0x55, audit 0x66, auth 0x77, all of epoch 1.
fn tenant_keys(tenant: TenantId) -> TenantKeys {
    let ring = Ring::first().encode(&kek(), &DEPLOYMENT, tenant);
    let blob = |kind, epoch| {
        let byte = match kind {
            RootKind::Cell => 0x44,
            RootKind::Index => 0x55,
            RootKind::Audit => 0x66,
            _ => 0x77,
        };
        let context = WrapContext { deployment: DEPLOYMENT, tenant, kind, epoch };
        let root = SecretBox::new(Box::new([byte; 32]));
        wrap(&kek(), &context, &root, &mut Entropy::from_seed([2; 32])).map(Some)
    };
    TenantKeys::load(&kek(), DEPLOYMENT, tenant, &ring, blob).unwrap()
}

fn values() -> Vec<Option<Value>> {
    vec![
        text("Zoë 999-12-3456"),
        Some(Value::Texts(["Müller", "Smith"].map(|name| Zeroizing::new(name.to_owned())).to_vec())),
        Some(Value::Bytes(Zeroizing::new(vec![0, 0x80, 0]))),
        Some(Value::Date(Date::new(1980, 2, 29).unwrap())),
        Some(Value::Integer(-2)),
        Some(Value::Boolean(true)),
        Some(Value::Json(Zeroizing::new("{\"a\": 1}".to_owned()))),
        None,
        text("active"),
        Some(Value::Integer(258)),
        text("x"),
    ]
}

fn record() -> Js {
    let keys = tenant_keys(TENANT);
    let place = Place { tenant: TENANT, table: &TABLE, record: RecordId::from_slice(&RECORD).unwrap() };
    let (row, blob) = seal_record(&keys, place, 5, &values(), &mut Entropy::from_seed([3; 32])).unwrap();
    assert!(open_columns(&keys, place, &row).into_iter().all(|value| value.is_ok()));
    let plain = ["Zoë 999-12-3456", "[\"Müller\",\"Smith\"]", "008000", "1980-02-29", "-2", "1", "{\"a\": 1}"];
    let columns = TABLE.columns().iter().zip(&row.columns).enumerate().map(|(at, (column, stored))| {
        let (storage, bytes) = match stored {
            StoredValue::Blob(bytes) => ("blob", hex::encode(bytes)),
            StoredValue::Text(text) => ("text", text.clone()),
            StoredValue::Integer(number) => ("integer", number.to_string()),
            _ => ("null", String::new()),
        };
        json!({
            "label": column.label(), "kind": format!("{:?}", column.kind()).to_lowercase(), "sealed": column.is_sealed(),
            "padded": column.label() != "short", "plain": plain.get(at), "storage": storage, "stored": bytes,
        })
    });
    json!({
        "cell_root": hexed([0x44; 32]), "index_root": hexed([0x55; 32]), "tenant": hexed(TENANT.as_bytes()),
        "table": TABLE.label(), "record": hexed(RECORD), "version": 5, "epoch": 1, "columns": columns.collect::<Vec<_>>(),
        "indexes": [
            {"label": "by_name", "normalizer": "name+day", "bits": 64, "normal": [["müller", "1980-02-29"], ["smith", "1980-02-29"]]},
            {"label": "by_last", "normalizer": "last-digits:4", "bits": 20, "normal": [["3456"]]},
        ],
        "mac": hexed(blob.mac), "seal": hexed(&row.seal),
    })
}

/// The plaintexts that `record` does not state.
fn record_plain() -> Js {
    let values = values();
    let plain = |label| json!({"label": label, "plain": shape::plain(values[TABLE.position(label).unwrap()].as_ref())});
    ["secret", "short"].map(plain).to_vec().into()
}

fn normal_forms() -> Js {
    const COLUMN: Column<Text> = Column::text("c");
    let name = Index::exact("n", COLUMN.as_name());
    let identifier = Index::exact("i", COLUMN.as_identifier());
    let digits = Index::exact("d", COLUMN.as_digits());
    let phone = Index::exact("p", COLUMN.as_phone());
    let last = Index::exact("l", COLUMN.as_last_digits(4));
    let cases = [
        (
            "name",
            name,
            vec![
                "Müller",
                "MU\u{308}LLER ",
                " O’Brien-Smith, Jr. ",
                "STRASSE",
                "straße",
                "ΕΛΛΆΣ",
                "ﬁsher",
                "Ｗｉｄｅ",
                "Nguyễn Thị",
                "한국",
                "d'Arc",
            ],
        ),
        ("identifier", identifier, vec!["MRN 00-12 ab", "a@Example.ORG", "S999-171"]),
        ("digits", digits, vec!["999-53-8547", "٣٤٥ 1"]),
        (
            "phone",
            phone,
            vec!["(555) 806-9773", "+1 555 806 9773", "1-555-806-9773 x12", "+49 (0)30 123456", "0049 30 123456"],
        ),
        ("last-digits:4", last, vec!["999-53-8547"]),
    ];
    let form = |index: &Index<(Text,)>, input: &str| -> NormalForm {
        probe_form(&index.def(), &[Probe::Text(input)]).unwrap()
    };
    let mut all = Vec::new();
    for (id, index, inputs) in &cases {
        for input in inputs {
            all.push(json!({"normalizer": id, "input": input, "encoded": hexed(form(index, input).as_bytes())}));
        }
    }
    all.extend(further_forms());
    Js::Array(all)
}

fn further_forms() -> Vec<Js> {
    const COLUMN: Column<Text> = Column::text("c");
    let day = Index::exact("y", BORN.as_day()).def();
    let number = Index::exact("u", COUNT.as_number()).def();
    let last = |n| (format!("last-identifier:{n}"), Index::exact("e", COLUMN.as_last_identifier(n)).def());
    let one = |id: &str, index: &IndexDef, probe: Probe<'_>, input: &str| {
        let form = probe_form(index, &[probe]).unwrap();
        json!({"normalizer": id, "input": input, "encoded": hexed(form.as_bytes())})
    };
    let mut all = Vec::new();
    for date in
        [(1, 1, 1), (1980, 2, 29), (9999, 12, 31)].map(|(year, month, day)| Date::new(year, month, day).unwrap())
    {
        all.push(one("day", &day, Probe::Date(date), &date.to_string()));
    }
    for value in [0, 258, -2, i64::MIN, i64::MAX] {
        all.push(one("number", &number, Probe::Integer(value), &value.to_string()));
    }
    for (n, input) in [(4, "MRN-00 7ß"), (1, "e\u{301}"), (16, "Ａb–CDEFGHIJKLMNOPQ")] {
        let (id, index) = last(n);
        all.push(one(&id, &index, Probe::Text(input), input));
    }
    all
}

fn audit() -> Js {
    let actor = Actor::new(TENANT, "dr-osei", "clinician").unwrap().claimed().in_session([9; 16]);
    let actor = actor.from_address("192.0.2.7".parse().unwrap());
    let record = RecordId::from_slice(&RECORD).unwrap();
    let state = RecordState { record, version: 5, mac: [8; 32] };
    let event =
        Event::new(&actor, EventName::PHI_UPDATE, Action::Update).subjects(&[record]).states("person", &[state]);
    let prefix = Prefix {
        kind: EntryKind::Event,
        log: LogId(*b"log-of-vectors-1"),
        tenant: TENANT,
        sequence: 2,
        previous: [7; 32],
        time: Timestamp::from_micros(1_700_000_000_123_456),
        wall: Timestamp::from_micros(1_700_000_000_123_455),
        clock: ClockState::SteppedBack,
        salt: [6; 16],
    };
    let mut fields = event.fields().unwrap();
    fields.push(Field { tag: tag::APPLICATION, value: vec![1, 2, 3] });
    let body = Body { prefix, fields };
    let bytes = body.encode().unwrap();
    let mut head = Head::empty(LogId(*b"log-of-vectors-1"), TENANT);
    for leaf in [[5; 32], [7; 32], leaf_of(&bytes)] {
        head.extend(leaf, Timestamp::from_micros(1_700_000_000_123_456));
    }
    let stored = head.sign(&DEPLOYMENT, &SigningKey::from_bytes(&[0x88; 32]), &[0x99; 32]);
    json!({
        "body": hexed(&bytes), "leaf": hexed(leaf_of(&bytes)), "leaves": [hexed([5; 32]), hexed([7; 32]), hexed(leaf_of(&bytes))],
        "fields": body.fields.iter().map(|field| json!([field.tag, hexed(&field.value)])).collect::<Vec<_>>(),
        "deployment": hexed(DEPLOYMENT), "log": hexed(b"log-of-vectors-1"), "tenant": hexed(TENANT.as_bytes()),
        "range": hexed(&stored.range), "checkpoint": head.checkpoint(&DEPLOYMENT), "seed": hexed([0x88; 32]),
        "public_key": hexed(SigningKey::from_bytes(&[0x88; 32]).verifying_key().to_bytes()),
        "signature": hexed(stored.signature), "mac_key": hexed([0x99; 32]), "mac": hexed(stored.mac),
        "last_time": 1_700_000_000_123_456_i64, "empty_root": hexed(Range::default().root()),
    })
}

#[test]
fn the_formats_are_those_of_the_frozen_vectors() {
    let now = json!({
        "encode": encodings(), "derive": derivations(), "wrapped": wrapped(), "ring": ring(), "record": record(),
        "normal_forms": normal_forms(), "audit": audit(), "record_plain": record_plain(), "shapes": shape::records(),
        "entries": entry::entries(), "tenant_row": entry::tenant_row(),
        "authority": authority::rows(), "notices": authority::notices(),
        "auth_digests": auth::digests(), "auth_device": auth::device(), "auth_password": auth::password(),
        "kept": kept::kept(), "signatures": signature::signatures(),
    });
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/data/v1.json");
    if std::env::var_os("HIPAA_CORE_WRITE_VECTORS").is_some() {
        std::fs::write(path, format!("{}\n", serde_json::to_string_pretty(&now).unwrap())).unwrap();
    }
    let frozen: Js = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    for (name, vectors) in frozen.as_object().unwrap() {
        assert_eq!(now.get(name), Some(vectors), "{name}");
    }
    assert_eq!(frozen, now, "run with HIPAA_CORE_WRITE_VECTORS=1 after adding a vector");
}
