//! Any profile text gives a profile or an error, and a profile gives a guard that works.
#![no_main]

use hipaa_core::guard::{Guard, Profile};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    if let Ok(profile) = Profile::from_toml(text) {
        let found = Guard::with_profile(&profile).scan_all("MRN 1234567, call (212) 555-0187.");
        assert!(found.windows(2).all(|pair| pair[0].span().end <= pair[1].span().start));
    }
});
