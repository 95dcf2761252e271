//! What decodes encodes to the same bytes.
#![no_main]

use hipaa_core::seal::SealBlob;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(blob) = SealBlob::decode(bytes) {
        assert_eq!(blob.encode(), bytes);
    }
});
