use super::*;
use crate::schema::{AMENDS, Boolean, Column, Date, Integer, RecordId, TenantId, Text, Texts};
use proptest::prelude::*;

const NOTE: Column<Text> = Column::text("note");
const PLAN: Column<Text> = Column::text("plan");
const PULSE: Column<Integer> = Column::integer("pulse");
const SMOKER: Column<Boolean> = Column::boolean("smoker");
const SEEN: Column<Date> = Column::date("seen");
const DRUGS: Column<Texts> = Column::texts("drugs");
const COLUMNS: &[ColumnDef] =
    &[PLAN.def(), NOTE.def(), PULSE.def(), SMOKER.def(), SEEN.def(), DRUGS.def(), SIGNATURE, SIGNATURE_SALT, AMENDS];
const TABLE: Table = Table::new("visit", COLUMNS, &[]);
/// The same columns in another order, and one more that no record has a value in.
const LATER: Table = Table::new(
    "visit",
    &[
        SIGNATURE_SALT,
        NOTE.def(),
        SEEN.def(),
        AMENDS,
        DRUGS.def(),
        PULSE.def(),
        PLAN.def(),
        SIGNATURE,
        SMOKER.def(),
        Column::text("added").def(),
    ],
    &[],
);

fn place(table: &Table) -> Place<'_> {
    Place { tenant: TenantId::from_bytes([1; 16]), table, record: RecordId::from_slice(&[2; 16]).unwrap() }
}

const SIGNER: Signer<'static> = Signer { user: "dr-osei", role: "clinician", time: Timestamp::from_micros(9) };

fn text(text: String) -> Value {
    Value::Text(Zeroizing::new(text))
}

fn values() -> impl Strategy<Value = Vec<Option<Value>>> {
    let words = || proptest::option::of("[a-cé\u{0}]{0,3}".prop_map(text));
    let texts = proptest::collection::vec("[ab\",]{0,2}".prop_map(Zeroizing::new), 0..3).prop_map(Value::Texts);
    let date = (1990u16..1992, 0u8..3).prop_map(|(year, month)| Value::Date(Date::new(year, month, 0).unwrap()));
    (
        words(),
        words(),
        proptest::option::of((-2i64..2).prop_map(Value::Integer)),
        proptest::option::of(any::<bool>().prop_map(Value::Boolean)),
        proptest::option::of(date),
        proptest::option::of(texts),
    )
        .prop_map(|(a, b, c, d, e, f)| vec![a, b, c, d, e, f, None, None, None])
}

/// The values of one table in the order of the columns of the other.
fn reordered(values: &[Option<Value>]) -> Vec<Option<Value>> {
    let of = |column: &ColumnDef| values.get(TABLE.position(column.label())?)?.clone();
    LATER.columns().iter().map(of).collect()
}

proptest! {
    #[test]
    fn two_contents_have_the_same_bytes_only_when_they_are_the_same(one in values(), other in values()) {
        let same = content_of(&TABLE, &one).unwrap() == content_of(&TABLE, &other).unwrap();
        prop_assert_eq!(same, one == other);
    }

    #[test]
    fn neither_the_order_of_columns_nor_one_that_was_added_matters(values in values(), salt: [u8; 32]) {
        let signature = Signature::of(SIGNER, &salt, place(&TABLE), &values).unwrap();
        prop_assert!(signature.holds(&salt, place(&LATER), &reordered(&values)));
    }

    #[test]
    fn a_signature_holds_for_what_was_signed_and_nothing_else(one in values(), other in values(), salt: [u8; 32]) {
        let signature = Signature::of(SIGNER, &salt, place(&TABLE), &one).unwrap();
        prop_assert_eq!(signature.holds(&salt, place(&TABLE), &other), one == other);
        prop_assert!(!signature.holds(&salt[1..], place(&TABLE), &one));
    }

    #[test]
    fn what_decodes_encodes_to_the_same_bytes(at in 0usize..110, byte: u8, cut in 0usize..110) {
        let mut bytes = Signature::of(SIGNER, &[3; 32], place(&TABLE), &[const { None::<Value> }; 9]).unwrap().encode();
        if let Some(place) = bytes.get_mut(at) {
            *place = byte;
        }
        bytes.truncate(cut.max(40));
        if let Ok(signature) = Signature::decode(&bytes) {
            prop_assert_eq!(signature.encode(), bytes);
        }
    }
}

#[test]
fn a_signature_is_bound_to_its_place_and_signer() {
    let values = [Some(text("chest pain".to_owned())), None, None, None, None, None, None, None, None];
    let (salt, here) = ([7; 32], place(&TABLE));
    let signature = Signature::of(SIGNER, &salt, here, &values).unwrap();
    assert!(signature.holds(&salt, here, &values));
    let renamed = Table::new("letter", COLUMNS, &[]);
    let elsewhere = [
        Place { tenant: TenantId::from_bytes([9; 16]), ..here },
        Place { record: RecordId::from_slice(&[9; 16]).unwrap(), ..here },
        Place { table: &renamed, ..here },
    ];
    assert!(elsewhere.iter().all(|place| !signature.holds(&salt, *place, &values)));
    let others = [
        Signature { user: "dr-brandt".to_owned(), ..signature.clone() },
        Signature { role: "staff".to_owned(), ..signature.clone() },
        Signature { time: Timestamp::from_micros(10), ..signature.clone() },
    ];
    assert!(others.iter().all(|other| !other.holds(&salt, here, &values)));
    assert_eq!(Signature::decode(&signature.encode()), Ok(signature));
}

#[test]
fn a_null_counts_as_no_value() {
    let nothing = vec![None; 9];
    let mut null = nothing.clone();
    null[0] = Some(Value::Null);
    assert_eq!(content_of(&TABLE, &nothing).unwrap(), content_of(&TABLE, &null).unwrap());
}

#[test]
fn bytes_that_nobody_signs_are_refused() {
    let of = |parts: &[&[u8]]| Signature::decode(&encode("signature", parts));
    let good: [&[u8]; 5] = [&[1], &[7; 32], b"u", b"r", &[0; 8]];
    assert!(of(&good).is_ok());
    let long = [b'x'; MAX_NAME_BYTES + 1];
    for (at, part) in [(0, &[2][..]), (1, &[7; 31]), (2, b""), (2, &[0xff]), (3, &long), (4, &[0; 7])] {
        let mut parts = good;
        parts[at] = part;
        assert_eq!(of(&parts), Err(SignatureError), "{at}");
    }
    assert_eq!(of(&good[..4]), Err(SignatureError));
    assert_eq!(Signature::decode(&encode("signatures", &good)), Err(SignatureError));
    assert_eq!(Signature::decode(b""), Err(SignatureError));
}
