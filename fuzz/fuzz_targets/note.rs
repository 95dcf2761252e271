//! Notes, checkpoints, restores, receipts, trust files and cursors: what decodes encodes to the same bytes.
#![no_main]

use hipaa_core::audit::note::SignedNote;
use hipaa_core::audit::{Receipt, SignedCheckpoint, SignedRestore, Trust};
use hipaa_core::verify::Cursor;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(note) = SignedNote::decode(bytes) {
        assert_eq!(note.encode().as_bytes(), bytes);
        let _ = note.verify("a", &[1; 32]);
    }
    if let Ok(head) = SignedCheckpoint::decode(bytes) {
        assert_eq!(head.encode().as_bytes(), bytes);
    }
    if let Ok(restore) = SignedRestore::decode(bytes) {
        assert_eq!(restore.encode().as_bytes(), bytes);
    }
    if let Ok(receipt) = Receipt::decode(bytes) {
        assert_eq!(receipt.encode().as_bytes(), bytes);
    }
    let Ok(text) = core::str::from_utf8(bytes) else { return };
    if let Ok(trust) = Trust::parse(text) {
        assert_eq!(trust.to_string(), text);
    }
    if let Ok(cursor) = Cursor::parse(text) {
        assert_eq!(cursor.to_string(), text);
    }
});
