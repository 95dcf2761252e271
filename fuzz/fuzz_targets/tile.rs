//! Tiles of any bytes.
#![no_main]

use hipaa_core::audit::merkle::{TILE_BYTES, Tile};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    match Tile::decode(bytes) {
        Ok(tile) => {
            assert_eq!(tile.to_bytes(), bytes);
            assert_ne!(tile.root(), [0; 32]);
        }
        Err(_) => assert_ne!(bytes.len(), TILE_BYTES),
    }
});
