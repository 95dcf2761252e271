//! What decodes encodes to the same bytes.
#![no_main]

use hipaa_core::seal::Signature;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(signature) = Signature::decode(bytes) {
        assert_eq!(signature.encode(), bytes);
    }
});
