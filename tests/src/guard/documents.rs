//! Documents, one a line: what is marked must be found, and nothing else.

const DOCUMENTS: &str = include_str!("../../data/guard/documents.txt");

/// A document and its values: kind and span.
type Marked = (String, Vec<(String, usize, usize)>);

/// Takes the marks `<<kind|value>>` out of a line.
fn read(line: &str) -> Marked {
    let (mut text, mut labels) = (String::new(), Vec::new());
    let mut rest = line;
    while let Some((before, after)) = rest.split_once("<<") {
        let (mark, behind) = after.split_once(">>").expect("an open mark");
        let (kind, value) = mark.split_once('|').expect("a kind");
        text.push_str(before);
        labels.push((kind.to_owned(), text.len(), text.len() + value.len()));
        text.push_str(value);
        rest = behind;
    }
    (text + rest, labels)
}

#[cfg(test)]
mod tests {
    use super::*;
    use hipaa_core::guard::Guard;

    #[test]
    fn every_document_gives_what_is_marked_and_nothing_else() {
        let guard = Guard::new();
        let lines: Vec<Marked> = DOCUMENTS.lines().filter(|line| line.starts_with(['{', '['])).map(read).collect();
        assert!(lines.len() >= 80);
        for (text, labels) in &lines {
            let found = guard.scan_json(text).expect("a document");
            let found: Vec<(String, usize, usize)> = found
                .iter()
                .map(|found| (found.finding.kind().to_string(), found.finding.span().start, found.finding.span().end))
                .collect();
            assert_eq!(&found, labels, "{text}");
        }
    }
}
