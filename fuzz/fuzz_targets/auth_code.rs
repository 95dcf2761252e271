//! No typed text makes reading a code or a login name panic, and what is read has the one form.
#![no_main]

use hipaa_core::auth::login_name::LoginName;
use hipaa_core::auth::recovery::RecoveryCode;
use hipaa_core::auth::totp::TotpCode;
use libfuzzer_sys::fuzz_target;
use secrecy::ExposeSecret;

fuzz_target!(|text: &str| {
    let digits = text.len() == 6 && text.bytes().all(|byte| byte.is_ascii_digit());
    assert_eq!(TotpCode::parse(text).is_ok(), digits);
    if let Ok(code) = RecoveryCode::parse(text) {
        let shown = code.text();
        let letters = |text: &str| text.replace([' ', '-'], "").to_ascii_uppercase();
        assert_eq!(letters(text), letters(shown.expose_secret()));
    }
    if let Ok(name) = LoginName::parse(text) {
        let again = LoginName::parse(name.expose()).expect("a normal form is a login name");
        assert_eq!(again.expose(), name.expose());
    }
});
