//! What decodes encodes to the same bytes.
#![no_main]

use hipaa_core::encoding::{decode, encode};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    if let Ok((label, parts)) = decode(bytes) {
        assert_eq!(encode(label, &parts), bytes);
    }
});
