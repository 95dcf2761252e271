//! Hand-written notes, kept apart from the generator.

use super::score::{Label, Note};

const NOTES: &str = include_str!("../../data/guard/held-out.txt");

/// Single lines, each around one way to write something, or one number that is nothing of the kind.
const LINES: &str = include_str!("../../data/guard/lines.txt");

/// The notes with their labels.
fn notes(text: &str) -> Vec<Note> {
    let lines: Vec<&str> = text.lines().filter(|line| !line.starts_with("# ")).collect();
    lines.join("\n").split("\n%%\n").map(read).collect()
}

/// A line of the list, in which `⏎` stands for a line break.
#[cfg(test)]
fn broken(line: &str) -> Note {
    read(&line.replace('⏎', "\n"))
}

/// Takes the marks `<<kind|value>>` out of a note.
fn read(marked: &str) -> Note {
    let mut note = Note { text: String::new(), labels: Vec::new() };
    let mut rest = marked;
    while let Some((before, after)) = rest.split_once("<<") {
        let (mark, behind) = after.split_once(">>").expect("an open mark");
        let (kind, value) = mark.split_once('|').expect("a kind");
        note.text.push_str(before);
        let start = note.text.len();
        note.text.push_str(value);
        note.labels.push(Label { start, end: note.text.len(), kind: kind.to_owned() });
        rest = behind;
    }
    note.text.push_str(rest);
    note
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::guard::score::{BARS, score};
    use hipaa_core::guard::Guard;

    #[test]
    fn hand_written_notes_reach_every_bar() {
        let notes = notes(NOTES);
        let score = score(&Guard::new(), &notes);
        println!("{}", score.table());
        assert!(notes.len() >= 50);
        assert_eq!(score.below(BARS), Vec::<String>::new());
    }

    #[test]
    fn every_line_gives_what_is_marked_and_nothing_else() {
        let lines: Vec<Note> = LINES.lines().filter(|line| !line.starts_with("# ")).map(broken).collect();
        assert!(lines.len() >= 500);
        for line in &lines {
            let score = score(&Guard::new(), std::slice::from_ref(line));
            let wrong: Vec<&String> =
                score.0.iter().filter(|(_, count)| count.misses + count.false_ones > 0).map(|(kind, _)| kind).collect();
            assert!(wrong.is_empty(), "{wrong:?} in {:?}", line.text);
        }
    }
}
