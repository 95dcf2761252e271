//! What decodes encodes to the same bytes, and no field makes its reader panic.
#![no_main]

use hipaa_core::audit::{Body, read_records, read_seen, read_states, read_subjects};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(body) = Body::decode(bytes) {
        assert_eq!(body.encode().expect("it was decoded"), bytes);
        for field in &body.fields {
            let _ = (
                read_records(&field.value),
                read_seen(&field.value),
                read_states(&field.value),
                read_subjects(&field.value),
            );
        }
    }
});
