//! The line protocol: one object with a `text` in, one object with `labels` out.

use super::Failure;
use super::pieces::{Piece, pieces};
use hipaa_core::guard::{Finding, Guard};
use serde::Deserialize;
use std::io::{BufRead, BufReader, Read, Write};

#[derive(Deserialize)]
struct Line {
    text: String,
}

/// Labels every line; tells whether anything was found.
pub(super) fn label(guard: &Guard, input: &mut dyn Read, out: &mut dyn Write, all: bool) -> Result<bool, Failure> {
    let mut reader = BufReader::new(input);
    let mut line = String::new();
    let mut found = false;
    for number in 1.. {
        line.clear();
        let read = reader.read_line(&mut line);
        if read.map_err(|error| Failure::Read(format!("line {number}"), error.kind()))? == 0 {
            break;
        }
        if line.trim().is_empty() {
            continue;
        }
        let Line { text } = serde_json::from_str(&line).map_err(|_| Failure::Line(number))?;
        out.write_all(b"{\"labels\":[")?;
        let (mut start, mut comma) = (0, "");
        for piece in pieces(&text) {
            for finding in findings(guard, piece, all) {
                let (span, kind, confidence) = (finding.span(), finding.kind(), finding.confidence());
                write!(out, "{comma}[{},{},\"{kind}\",\"{confidence}\"]", start + span.start, start + span.end)?;
                comma = ",";
            }
            start += piece.raw().len();
        }
        found |= !comma.is_empty();
        out.write_all(b"]}\n")?;
    }
    Ok(found)
}

fn findings(guard: &Guard, piece: Piece<'_>, all: bool) -> Vec<Finding> {
    if let Piece::Document(raw) = piece {
        let found = if all { guard.scan_json_all(raw) } else { guard.scan_json(raw) };
        if let Ok(found) = found {
            return found.into_iter().map(|found| found.finding).collect();
        }
    }
    if all { guard.scan_all(piece.raw()) } else { guard.scan(piece.raw()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(input: &str, all: bool) -> (String, bool) {
        let mut out = Vec::new();
        let found = label(&Guard::new(), &mut input.as_bytes(), &mut out, all).unwrap();
        (String::from_utf8(out).unwrap(), found)
    }

    #[test]
    fn each_line_gets_its_labels() {
        let (out, found) = run("{\"text\":\"é SSN 536-90-4399\"}\n{\"text\":\"well\"}\n", false);
        assert_eq!(out, "{\"labels\":[[7,18,\"ssn\",\"high\"]]}\n{\"labels\":[]}\n");
        assert!(found);
    }

    #[test]
    fn a_text_that_is_a_document_is_read_as_one() {
        let line = r#"{"text":"{\"ssn\":\"536904399\",\"seen\":\"3\\/14\\/2024\"}\n{\"mrn\":4482913}"}"#;
        let labels = "[[8,17,\"ssn\",\"high\"],[27,38,\"date\",\"high\"],[48,55,\"mrn\",\"high\"]]";
        assert_eq!(run(line, false).0, format!("{{\"labels\":{labels}}}\n"));
    }

    #[test]
    fn low_confidences_come_on_demand_and_broken_lines_are_named() {
        let line = "{\"text\":\"SSN 078-05-1120\"}";
        assert_eq!(run(line, false).0, "{\"labels\":[]}\n");
        assert_eq!(run(line, true).0, "{\"labels\":[[4,15,\"ssn\",\"low\"]]}\n");
        let mut out = Vec::new();
        let error = label(&Guard::new(), &mut "{\"text\":1}".as_bytes(), &mut out, false).unwrap_err();
        assert_eq!(error.to_string(), "line 1 is no JSON object with a `text`");
    }
}
