//! Records of every shape: values without padding, long values, sealed NULL of every width, protected columns, and the
//! shortest and longest record id. What is SQL NULL is not listed: it leaves nothing behind.

use super::{TENANT, hexed, tenant_keys, text};
use crate::entropy::Entropy;
use crate::schema::{
    Boolean, Bytes, Column, Date, Index, IndexDef, Integer, Json, Padding, Protection, RecordId, Reference, Table,
    Text, Texts, Value,
};
use crate::seal::{Place, StoredValue, open_columns, seal_record};
use serde_json::{Value as Js, json};
use zeroize::Zeroizing;

const BORN: Column<Date> = Column::date("born").unpadded().sealed_null();
const COUNT: Column<Integer> = Column::integer("count").unpadded().sealed_null();
const ALIVE: Column<Boolean> = Column::boolean("alive").unpadded().sealed_null();
const CODE: Column<Text> = Column::text("code").unpadded().sealed_null();
const SCAN: Column<Bytes> = Column::bytes("scan").unpadded().sealed_null();
const NOTE: Column<Text> = Column::text("note").sealed_null();
const SINCE: Column<Date> = Column::date("since").sealed_null();
const LIST: Column<Texts> = Column::texts("list").sealed_null();
const SOURCE: Column<Json> = Column::json("source");
const EDGE: Column<Text> = Column::text("edge");
const PARENT: Column<Reference> = Column::reference("parent");
const RAW: Column<Bytes> = Column::bytes("raw").protected();
const FLAG: Column<Boolean> = Column::boolean("flag").protected();
const BY_BIRTH: Index<(Date, Integer)> = Index::exact("by_birth", BORN.as_day()).and(COUNT.as_number()).bits(128);
const BY_CODE: Index<(Text,)> = Index::exact("by_code", CODE.as_last_identifier(3)).bits(9);
const TABLE: Table = Table::new(
    "shape",
    &[
        BORN.def(),
        COUNT.def(),
        ALIVE.def(),
        CODE.def(),
        SCAN.def(),
        NOTE.def(),
        SINCE.def(),
        LIST.def(),
        SOURCE.def(),
        EDGE.def(),
        PARENT.def(),
        RAW.def(),
        FLAG.def(),
    ],
    &[BY_BIRTH.def(), BY_CODE.def()],
);

fn values() -> Vec<Option<Value>> {
    let long = "ä1 ".repeat(200);
    vec![
        Some(Value::Date(Date::new(1980, 2, 29).unwrap())),
        Some(Value::Integer(i64::MIN)),
        Some(Value::Boolean(false)),
        text(&long),
        Some(Value::Bytes(Zeroizing::new([0, 0x80, 0xff].repeat(100)))),
        // The smallest plaintext over 256 bytes.
        text(&"n".repeat(255)),
        Some(Value::Date(Date::new(1980, 2, 0).unwrap())),
        Some(Value::Texts(
            [r#"a"b\c"#, "\u{8}\u{c}\n\r\t\u{1f}\u{7f}/é😀", ""].map(|one| Zeroizing::new(one.into())).to_vec(),
        )),
        Some(Value::Json(Zeroizing::new(format!("[\"{long}\" ]")))),
        // 255 bytes, padded by one: at 256 nobody could tell whether there is padding.
        text(&"e".repeat(253)),
        Some(Value::Reference(RecordId::from_slice(&[0xa1; 40]).unwrap())),
        Some(Value::Bytes(Zeroizing::new(vec![0x80, 0]))),
        Some(Value::Boolean(true)),
    ]
}

/// Every NULL, beside one reference.
fn nulls() -> Vec<Option<Value>> {
    let reference = Value::Reference(RecordId::from_slice(&[0xb2]).unwrap());
    TABLE.columns().iter().map(|column| (column.label() == "parent").then(|| reference.clone())).collect()
}

/// A value as the vectors state it.
pub(super) fn plain(value: Option<&Value>) -> Js {
    match value {
        None | Some(Value::Null) => Js::Null,
        Some(Value::Text(text) | Value::Json(text)) => json!(text.as_str()),
        Some(Value::Bytes(bytes)) => hexed(bytes.as_slice()),
        Some(Value::Date(date)) => json!(date.to_string()),
        Some(Value::Integer(number)) => json!(number.to_string()),
        Some(Value::Boolean(flag)) => json!(u8::from(*flag).to_string()),
        Some(Value::Texts(texts)) => json!(texts.iter().map(|text| text.as_str()).collect::<Vec<_>>()),
        Some(Value::Reference(id)) => hexed(id.as_bytes()),
    }
}

fn index(index: &IndexDef) -> Js {
    let columns = index.parts().iter().map(|part| part.column()).collect::<Vec<_>>();
    json!({"label": index.label(), "columns": columns, "normalizer": index.normalizer_id(), "bits": index.bits()})
}

fn record(id: &[u8], values: &[Option<Value>], seed: u8) -> Js {
    let keys = tenant_keys(TENANT);
    let place = Place { tenant: TENANT, table: &TABLE, record: RecordId::from_slice(id).unwrap() };
    let version = u64::MAX - u64::from(seed);
    let (row, blob) = seal_record(&keys, place, version, values, &mut Entropy::from_seed([seed; 32])).unwrap();
    let opened = open_columns(&keys, place, &row).into_iter().map(Result::unwrap);
    for (opened, given) in opened.zip(values) {
        assert_eq!(plain(opened.as_ref()), plain(given.as_ref()));
    }
    let columns = TABLE.columns().iter().zip(&row.columns).zip(values).filter_map(|((column, stored), value)| {
        let (storage, stored) = match stored {
            StoredValue::Blob(bytes) => ("blob", hex::encode(bytes)),
            StoredValue::Text(text) => ("text", text.clone()),
            StoredValue::Integer(number) => ("integer", number.to_string()),
            StoredValue::Null | StoredValue::Foreign => return None,
        };
        let padded = !matches!(column.protection(), Protection::Sealed { padding: Padding::None, .. });
        Some(json!({
            "label": column.label(), "kind": format!("{:?}", column.kind()).to_lowercase(), "sealed": column.is_sealed(),
            "padded": padded, "plain": plain(value.as_ref()), "storage": storage, "stored": stored,
        }))
    });
    // An index without a term, like a column without a value, leaves nothing behind.
    let searched = TABLE.indexes().iter().filter(|def| blob.terms.iter().any(|term| term.index == def.label()));
    let indexes = searched.map(index).collect::<Vec<_>>();
    let index_root = if indexes.is_empty() { Js::Null } else { hexed([0x55; 32]) };
    json!({
        "cell_root": hexed([0x44; 32]), "index_root": index_root, "tenant": hexed(TENANT.as_bytes()),
        "table": TABLE.label(), "record": hexed(id), "version": version, "epoch": 1,
        "columns": columns.collect::<Vec<_>>(), "indexes": indexes,
        "mac": hexed(blob.mac), "seal": hexed(&row.seal),
    })
}

pub(super) fn records() -> Js {
    json!([record(&[7], &values(), 4), record(&[0xc3; 40], &nulls(), 5)])
}
