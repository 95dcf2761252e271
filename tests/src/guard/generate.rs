//! Labelled notes from a seed: clean, JSON, and with non-ASCII trouble.

use super::negatives::NEGATIVES;
use super::random::Random;
use super::score::{Label, Note};
use super::sentences::{MEMBERS, PROSE, SENTENCES};
use super::values::{near_miss, value};

/// How a note is written.
#[derive(Clone, Copy, Debug)]
pub(super) enum Style {
    Clean,
    Json,
}

/// Notes with identifiers among hard negatives; every tenth has non-ASCII trouble.
pub(super) fn notes(seed: u64, count: usize, style: Style) -> Vec<Note> {
    let mut r = Random::new(seed);
    (0..count).map(|i| note(&mut r, style, i % 10 == 3)).collect()
}

/// Notes without any identifier.
pub(super) fn clean_notes(seed: u64, count: usize) -> Vec<Note> {
    let mut r = Random::new(seed);
    let text = |r: &mut Random| (0..8).map(|_| negative(r)).collect::<Vec<_>>().join(" ");
    (0..count).map(|_| Note { text: text(&mut r), labels: Vec::new() }).collect()
}

fn note(r: &mut Random, style: Style, trouble: bool) -> Note {
    let mut note = Note { text: String::new(), labels: Vec::new() };
    let (list, open, join, close) = match style {
        Style::Clean => (SENTENCES, "", [" ", "\n", " "], ""),
        Style::Json => (MEMBERS, "{", [", ", ",\n  ", ","], "}"),
    };
    note.text.push_str(open);
    for part in 0..r.within(4, 9) {
        if part > 0 {
            let joint: &&str = r.pick(&join);
            note.text.push_str(joint);
        }
        if r.within(0, 9) < 5 {
            let (kind, sentences) = *r.pick(list);
            let plain = value(kind, r);
            let value = if trouble { troubled(r, &plain, kind) } else { plain };
            let sentence: &&str = r.pick(sentences);
            place(&mut note, sentence, kind, &value);
        } else {
            let prose = if r.within(0, 2) == 0 { (*r.pick(PROSE)).to_owned() } else { negative(r) };
            match style {
                Style::Clean => note.text.push_str(&prose),
                Style::Json => note.text.push_str(&format!("\"note{part}\": \"{prose}\"")),
            }
        }
    }
    note.text.push_str(close);
    note
}

fn place(note: &mut Note, sentence: &str, kind: &'static str, value: &str) {
    let (before, after) = sentence.split_once("{}").unwrap_or((sentence, ""));
    note.text.push_str(before);
    let start = note.text.len();
    note.text.push_str(value);
    note.labels.push(Label { start, end: note.text.len(), kind: kind.to_owned() });
    note.text.push_str(after);
}

fn negative(r: &mut Random) -> String {
    let mut sentence = (*r.pick(NEGATIVES)).to_owned();
    while let Some((before, rest)) = sentence.split_once('{') {
        let (name, after) = rest.split_once('}').unwrap_or((rest, ""));
        sentence = format!("{before}{}{after}", near_miss(name, r));
    }
    sentence
        .chars()
        .map(|c| if c == '#' { char::from(b'0' + u8::try_from(r.within(0, 9)).unwrap_or(0)) } else { c })
        .collect()
}

/// The value with full-width digits, another hyphen, a no-break space or an invisible mark.
fn troubled(r: &mut Random, value: &str, kind: &str) -> String {
    if matches!(kind, "email" | "url") {
        return value.to_owned();
    }
    let way = r.within(0, 3);
    let half = value.len() / 2;
    value
        .char_indices()
        .map(|(i, c)| match (way, c) {
            (0, '0'..='9') => char::from_u32(u32::from(c) + 0xFEE0).unwrap_or(c).to_string(),
            (1, '-') => (*r.pick(&["\u{2010}", "\u{2011}", "\u{2013}", "\u{2212}"])).to_owned(),
            (2, ' ') => "\u{a0}".to_owned(),
            (3, _) if i == half => format!("\u{200b}{c}"),
            _ => c.to_string(),
        })
        .collect()
}
