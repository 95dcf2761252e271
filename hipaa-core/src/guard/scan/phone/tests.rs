//! Which shapes are read, and how far.

use super::*;

fn read(text: &str) -> Option<&str> {
    let s = text.find(|c: char| c.is_ascii_digit())?;
    let shape = shape_at(text.as_bytes(), s)?;
    text.get(shape.start..with_extension(text.as_bytes(), shape.end))
}

#[test]
fn common_forms_are_read_whole() {
    for text in [
        "212-555-1234",
        "(212) 555-1234",
        "(212)555-1234",
        "+1 (212) 555-1234",
        "1-800-555-1234",
        "212.555.1234",
        "212 555 1234",
        "+12125551234",
        "001-212-555-1234x123",
        "212-555-1234 ext. 77",
        "1 (212) 555-1234",
        "212/555-1234",
        "212-555-\n1234",
        "212-555 1234",
        "1-212-555 1234",
    ] {
        assert_eq!(read(text), Some(text));
    }
}

#[test]
fn longer_chains_are_refused() {
    for text in ["212-555-1234-5", "212-555-12345", "212-555.1234", "2125-55-1234", "212-555-1234.5"] {
        assert_eq!(read(text), None, "{text}");
    }
}
