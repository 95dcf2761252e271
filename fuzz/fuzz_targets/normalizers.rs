//! No text makes a normaliser panic, and a name's normal form is its own.
#![no_main]

use hipaa_core::danger::normal_form;
use hipaa_core::encoding::decode;
use hipaa_core::schema::{Column, Index, IndexDef, Probe, Text};
use libfuzzer_sys::fuzz_target;

const TEXT: Column<Text> = Column::text("text");
const ALL: [IndexDef; 6] = [
    Index::exact("name", TEXT.as_name()).def(),
    Index::exact("identifier", TEXT.as_identifier()).def(),
    Index::exact("digits", TEXT.as_digits()).def(),
    Index::exact("phone", TEXT.as_phone()).def(),
    Index::exact("last_digits", TEXT.as_last_digits(4)).def(),
    Index::exact("last_identifier", TEXT.as_last_identifier(4)).def(),
];

fuzz_target!(|text: &str| {
    for (at, index) in ALL.iter().enumerate() {
        let Ok(form) = normal_form(index, &[Probe::Text(text)]) else { continue };
        let (_, parts) = decode(&form).expect("a normal form is encoded");
        let normal = core::str::from_utf8(parts[0]).expect("the form of text is text");
        if at < 4 && normal.len() <= 4096 {
            assert_eq!(normal_form(index, &[Probe::Text(normal)]).as_ref(), Ok(&form), "{at}");
        }
    }
});
