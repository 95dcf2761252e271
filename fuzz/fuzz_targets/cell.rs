//! No bytes make opening panic, and none open that were not sealed here.
#![no_main]

use hipaa_core::danger::Sealer;
use hipaa_core::schema::{Column, ColumnDef, Json, RecordId, Table, Text, Texts, Value};
use libfuzzer_sys::fuzz_target;
use std::cell::RefCell;

const COLUMNS: &[ColumnDef] = &[
    Column::<Text>::text("text").def(),
    Column::<Texts>::texts("texts").def(),
    Column::<Json>::json("json").unpadded().def(),
];
static TABLE: Table = Table::new("fuzz", COLUMNS, &[]);

thread_local! {
    static SEALER: RefCell<Sealer> = RefCell::new(Sealer::new(&TABLE).expect("keys"));
}

fuzz_target!(|input: (u8, Vec<u8>)| {
    let (column, bytes) = (usize::from(input.0 % 3), input.1);
    let record = RecordId::from_slice(&[7; 16]).expect("16 bytes");
    SEALER.with_borrow_mut(|sealer| {
        assert!(sealer.open_cell(column, &record, &bytes).is_err());
        if let Ok(text) = String::from_utf8(bytes) {
            let value = Value::Text(text.into());
            if let Ok(cell) = sealer.seal_cell(0, &record, &value) {
                assert!(sealer.open_cell(0, &record, &cell).expect("just sealed") == value);
                assert!(sealer.open_cell(1, &record, &cell).is_err());
            }
        }
    });
});
