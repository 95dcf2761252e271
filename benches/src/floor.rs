//! The least that could do the same work: bare calls of the same primitives and bare SQL with the same settings.
//!
//! Nothing here imports the library. A floor has no integrity check, no audit trail beyond the bytes, no error of its
//! own: what it takes is what the hardware, the cipher and SQLite take.

pub mod append;
pub mod cell;
pub mod file;
pub mod find;
pub mod import;
pub mod notes;
mod verify;
pub mod write;

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    #[test]
    fn a_floor_imports_nothing_of_the_library() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/floor");
        let files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect::<Vec<_>>();
        assert!(files.len() >= 5);
        for path in files {
            let source = fs::read_to_string(&path).unwrap();
            for word in ["hipaa", "crate::ours", "crate::curves", "crate::rows"] {
                assert!(!source.contains(word), "{}: {word}", path.display());
            }
        }
    }
}
