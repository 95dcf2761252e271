//! What decodes encodes to the same bytes, and no login name makes its form panic or change again.
#![no_main]

use hipaa_core::authority::Body;
use hipaa_core::authority::user::login_form;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(body) = Body::decode(bytes) {
        assert_eq!(body.encode().expect("it was decoded"), bytes);
    }
    if let Ok(form) = core::str::from_utf8(bytes).map_err(drop).and_then(|login| login_form(login).map_err(drop)) {
        // A form may be longer than a name may be, and is then no name itself.
        assert!(login_form(&form).is_err() || login_form(&form) == Ok(form));
    }
});
