//! Signatures: of a record with a value of every kind, of an amendment, and of one that says nothing.

use super::shape::plain;
use super::{BORN, COUNT, NAME, NAMES, RECORD, SCAN, SECRET, SOURCE, TENANT, hexed, text};
use crate::clock::Timestamp;
use crate::schema::{AMENDS, ColumnDef, Date, RecordId, SIGNATURE, SIGNATURE_SALT, Table, Value};
use crate::seal::{Place, SALT_BYTES, Signature, Signer, content_of};
use serde_json::{Value as Js, json};
use zeroize::Zeroizing;

const COLUMNS: &[ColumnDef] = &[
    SOURCE.def(),
    NAME.def(),
    NAMES.def(),
    SIGNATURE,
    SCAN.def(),
    BORN.def(),
    COUNT.def(),
    super::ALIVE.def(),
    SECRET.def(),
    SIGNATURE_SALT,
    AMENDS,
];
const TABLE: Table = Table::new("visit", COLUMNS, &[]);

fn values(amends: Option<RecordId>) -> Vec<Option<Value>> {
    vec![
        Some(Value::Json(Zeroizing::new("{\"a\": 1}".to_owned()))),
        text("Zoë"),
        Some(Value::Texts(["Müller", ""].map(|name| Zeroizing::new(name.to_owned())).to_vec())),
        None,
        Some(Value::Bytes(Zeroizing::new(vec![0, 0x80, 0]))),
        Some(Value::Date(Date::new(1980, 2, 0).unwrap())),
        Some(Value::Integer(-2)),
        Some(Value::Boolean(true)),
        Some(Value::Null),
        None,
        amends.map(Value::Reference),
    ]
}

fn vector((user, role, micros): (&str, &str, i64), salt: [u8; SALT_BYTES], values: &[Option<Value>]) -> Js {
    let signer = Signer { user, role, time: Timestamp::from_micros(micros) };
    let place = Place { tenant: TENANT, table: &TABLE, record: RecordId::from_slice(&RECORD).unwrap() };
    let signature = Signature::of(signer, &salt, place, values).unwrap();
    assert_eq!(Signature::decode(&signature.encode()).as_ref(), Ok(&signature));
    let said = TABLE.columns().iter().zip(values);
    let said = said.filter(|(_, value)| value.as_ref().is_some_and(|value| *value != Value::Null));
    let column = |(column, value): (&ColumnDef, &Option<Value>)| {
        let kind = format!("{:?}", column.kind()).to_lowercase();
        json!({"label": column.label(), "kind": kind, "plain": plain(value.as_ref())})
    };
    json!({
        "tenant": hexed(TENANT.as_bytes()), "table": TABLE.label(), "record": hexed(RECORD), "user": user, "role": role,
        "time": micros, "salt": hexed(salt), "columns": said.map(column).collect::<Vec<_>>(),
        "content": hexed(content_of(&TABLE, values).unwrap().as_slice()), "commitment": hexed(signature.commitment()),
        "signature": hexed(signature.encode()),
    })
}

pub(super) fn signatures() -> Js {
    let original = RecordId::from_slice(b"an-original-1").unwrap();
    json!([
        vector(("dr-osei", "clinician", 1_700_000_000_123_456), [0x21; 32], &values(None)),
        vector(("dr-brandt", "Chefärztin", -1), [0x22; 32], &values(Some(original))),
        vector(("u", "r", 0), [0; 32], &vec![None; COLUMNS.len()]),
    ])
}
