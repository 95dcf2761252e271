//! A redacted text holds nothing above low, and redacting it again changes nothing.
#![no_main]

use hipaa_core::guard::{Confidence, Guard, Redaction, SurrogateKey};
use libfuzzer_sys::fuzz_target;
use std::sync::LazyLock;

static GUARD: LazyLock<Guard> = LazyLock::new(Guard::new);

fuzz_target!(|input: (u8, &str)| {
    let redaction = match input.0 % 5 {
        0 => Redaction::label(),
        1 => Redaction::mask(),
        2 => Redaction::last_four(),
        3 => Redaction::safe_harbor(),
        _ => Redaction::surrogate(SurrogateKey::new([7; 32])),
    };
    let done = GUARD.redact(input.1, &redaction).into_text();
    assert!(GUARD.scan_all(&done).iter().all(|found| found.confidence() == Confidence::Low));
    assert_eq!(GUARD.redact(&done, &redaction).text(), done);
});
