//! No bytes unwrap or pass as a ring that were not made with the key.
#![no_main]

use hipaa_core::danger::{decode_ring, unwrap_root};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    assert!(unwrap_root(bytes).is_err());
    assert!(decode_ring(bytes).is_err());
});
