//! Output for people: the text with its findings marked.

use super::Failure;
use hipaa_core::guard::{Finding, Guard, JsonFinding};
use std::io::Write;

/// How a text is shown.
#[derive(Clone, Copy, Debug)]
pub(super) struct Style {
    pub(super) colour: bool,
    pub(super) all: bool,
}

/// Writes the lines that hold findings, marked, with kind, confidence and reasons below; `first` is the number of the first.
pub(super) fn text(
    guard: &Guard,
    (text, first): (&str, usize),
    out: &mut dyn Write,
    style: Style,
) -> Result<bool, Failure> {
    let found = if style.all { guard.scan_all(text) } else { guard.scan(text) };
    let mut start = 0;
    for (number, line) in (first..).zip(text.split_inclusive('\n')) {
        let end = start + line.len();
        let here: Vec<&Finding> = found.iter().filter(|found| (start..end).contains(&found.span().start)).collect();
        if !here.is_empty() {
            writeln!(out, "{number}: {}", marked(text, (start, end), &here, style.colour).trim_end())?;
            for finding in here {
                let reasons: Vec<String> = finding.reasons().map(|reason| reason.to_string()).collect();
                let span = finding.span();
                let (kind, confidence) = (finding.kind(), finding.confidence());
                writeln!(out, "   {kind} ({confidence}) at {}..{}: {}", span.start, span.end, reasons.join(", "))?;
            }
        }
        start = end;
    }
    Ok(!found.is_empty())
}

fn marked(text: &str, (start, end): (usize, usize), found: &[&Finding], colour: bool) -> String {
    let (open, close) = if colour { ("\u{1b}[7m", "\u{1b}[0m") } else { ("[[", "]]") };
    let mut out = String::new();
    let mut at = start;
    for finding in found {
        let span = finding.span();
        out.extend([&text[at..span.start], open, &text[span.clone()], close]);
        at = span.end;
    }
    out + text.get(at..end).unwrap_or("")
}

/// Writes one line for each finding of a document, behind the number of the line that the document is.
pub(super) fn json(
    guard: &Guard,
    (raw, line): (&str, Option<usize>),
    out: &mut dyn Write,
    all: bool,
) -> Result<bool, Failure> {
    let found = if all { guard.scan_json_all(raw)? } else { guard.scan_json(raw)? };
    let line = line.map_or_else(String::new, |line| format!("{line}: "));
    for JsonFinding { finding, pointer, .. } in &found {
        let reasons: Vec<String> = finding.reasons().map(|reason| reason.to_string()).collect();
        let (span, kind, confidence) = (finding.span(), finding.kind(), finding.confidence());
        writeln!(out, "{line}{pointer} {kind} ({confidence}) at {}..{}: {}", span.start, span.end, reasons.join(", "))?;
    }
    Ok(!found.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn findings_are_marked_in_their_line() {
        let mut out = Vec::new();
        let style = Style { colour: false, all: false };
        assert!(text(&Guard::new(), ("well\nSSN 536-90-4399 ok\n", 1), &mut out, style).unwrap());
        let out = String::from_utf8(out).unwrap();
        assert_eq!(out, "2: SSN [[536-90-4399]] ok\n   ssn (high) at 9..20: area_ok, cue:ssn@-1\n");
    }

    #[test]
    fn documents_give_pointers() {
        let mut out = Vec::new();
        for line in [None, Some(7)] {
            assert!(json(&Guard::new(), (r#"{"ssn":"536-90-4399"}"#, line), &mut out, false).unwrap());
        }
        let shown = "/ssn ssn (high) at 8..19: area_ok, json_key\n";
        assert_eq!(String::from_utf8(out).unwrap(), format!("{shown}7: {shown}"));
    }
}
