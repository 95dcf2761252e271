//! The guard reads what JSON is, and a redacted document is still one.
#![no_main]

use hipaa_core::guard::{Guard, Redaction};
use libfuzzer_sys::fuzz_target;
use std::sync::LazyLock;

static GUARD: LazyLock<Guard> = LazyLock::new(Guard::new);

fuzz_target!(|raw: &str| {
    let Ok(done) = GUARD.redact_json(raw, &Redaction::mask()) else { return };
    assert!(GUARD.scan_json(done.text()).is_ok_and(|found| found.is_empty()));
    let again = GUARD.redact_json(done.text(), &Redaction::mask());
    assert!(again.is_ok_and(|again| again.text() == done.text()));
});
