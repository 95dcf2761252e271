//! No stored string makes reading a hash panic, and what is read is within the bounds and as it was written.
#![no_main]

use hipaa_core::auth::password::{MAX_HASH_CHARS, PasswordHash};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let Ok(hash) = PasswordHash::parse(text.into()) else { return };
    assert_eq!(hash.expose(), text);
    assert!(text.len() <= MAX_HASH_CHARS);
    if let Some(rest) = text.strip_prefix("$argon2id$v=19$") {
        let params = rest.split('$').next().expect("split gives one part");
        let value = |name: &str| {
            let pair = params.split(',').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='));
            pair.and_then(|value| value.parse::<u32>().ok()).expect("all three parameters are there")
        };
        assert!(value("m") <= 131_072 && value("t") <= 10 && value("p") <= 16);
    } else {
        assert!(["$2a$", "$2b$", "$2y$"].iter().any(|prefix| text.starts_with(prefix)));
        assert!(text[4..6].parse::<u32>().is_ok_and(|cost| (4..=14).contains(&cost)));
    }
});
