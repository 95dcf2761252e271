//! No cookie makes reading a token panic; a token has one text; no cookie is a known device that was not set here.
#![no_main]

use hipaa_core::auth::device::is_known_device;
use hipaa_core::auth::token::SessionToken;
use hipaa_core::clock::Timestamp;
use libfuzzer_sys::fuzz_target;
use secrecy::{ExposeSecret, SecretBox};

fuzz_target!(|text: &str| {
    if let Ok(token) = SessionToken::parse(text) {
        assert_eq!(token.text().expose_secret(), text);
    }
    let key = SecretBox::new(Box::new([7; 32]));
    assert!(!is_known_device(&key, b"user", text, Timestamp::from_micros(1_800_000_000_000_000)));
});
