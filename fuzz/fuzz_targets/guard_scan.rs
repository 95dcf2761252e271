//! A scan never panics; spans lie inside the text, on character boundaries, and apart.
#![no_main]

use hipaa_core::guard::Guard;
use libfuzzer_sys::fuzz_target;
use std::sync::LazyLock;

static GUARD: LazyLock<Guard> = LazyLock::new(Guard::new);

fuzz_target!(|text: &str| {
    let found = GUARD.scan_all(text);
    for finding in &found {
        assert!(text.get(finding.span()).is_some_and(|part| !part.is_empty()));
        assert!(text.get(finding.cover()).is_some());
    }
    assert!(found.windows(2).all(|pair| pair[0].span().end <= pair[1].span().start));
});
