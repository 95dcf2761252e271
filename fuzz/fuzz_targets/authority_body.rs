//! What decodes encodes to the same bytes.
#![no_main]

use hipaa_core::authority::Body;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(body) = Body::decode(bytes) {
        assert_eq!(body.encode().expect("it was decoded"), bytes);
    }
});
