//! Proofs of any bytes: a reader never panics, whatever the sizes, and a proof of a made-up root is refused.
#![no_main]

use hipaa_core::audit::merkle::Proof;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: (u64, u64, [u8; 32], Vec<u8>)| {
    let (index, size, hash, bytes) = input;
    if let Ok(proof) = Proof::decode(&bytes) {
        assert_eq!(proof.to_bytes(), bytes);
        let included = proof.verify_inclusion((&hash, index), (size, &hash));
        assert!(included.is_err() || (size == 1 && index == 0));
        let grown = proof.verify_consistency((index, &hash), (size, &[0xee; 32]));
        assert!(grown.is_err() || index == 0 || hash == [0xee; 32]);
    }
});
