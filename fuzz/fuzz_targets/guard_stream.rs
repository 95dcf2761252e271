//! A text in pieces gives the findings of the whole text.
#![no_main]

use hipaa_core::guard::Guard;
use libfuzzer_sys::fuzz_target;
use std::sync::LazyLock;

static GUARD: LazyLock<Guard> = LazyLock::new(Guard::new);

fuzz_target!(|input: (u16, &str)| {
    // Repeated, so that it is long enough for several segments.
    let text = input.1.repeat(200_000 / input.1.len().max(1) + 1);
    let step = usize::from(input.0).max(1);
    let mut stream = GUARD.stream();
    let mut found = Vec::new();
    let mut at = 0;
    while at < text.len() {
        let mut end = (at + step).min(text.len());
        while !text.is_char_boundary(end) {
            end += 1;
        }
        found.extend(stream.push(&text[at..end]));
        at = end;
    }
    found.extend(stream.finish());
    assert_eq!(found, GUARD.scan_all(&text));
});
