//! From a text to its findings: segments, folding, the scan, resolution.

use super::Finding;
use super::byte::Room;
use super::fold;
use super::resolve::resolve;
use super::rules::Rules;
use super::scan::{Outer, Scan};
use super::segment::{next_cut, with_context};
use std::ops::Range;

/// Every finding of the text, low confidences included.
pub(super) fn scan_all(rules: &Rules, text: &str, outer: Option<Outer>) -> Vec<Finding> {
    let mut out = Vec::new();
    let mut start = 0;
    while let Some(end) = next_cut(text.as_bytes(), start, true) {
        let own = start..end;
        let slice = with_context(text, &own);
        let found = scan_segment(rules, &text[slice.clone()], own.start - slice.start..own.end - slice.start, outer);
        if out.is_empty() && slice.start == 0 {
            out = found;
        } else {
            out.extend(found.into_iter().map(|found| found.moved(|at| at + slice.start, |at| at + slice.start)));
        }
        if end == text.len() {
            break;
        }
        start = end;
    }
    out
}

/// The findings that start inside `own`, in bytes of `text`.
pub(super) fn scan_segment(rules: &Rules, text: &str, own: Range<usize>, outer: Option<Outer>) -> Vec<Finding> {
    let mut room = Room::new();
    let planes = room.planes(text.as_bytes());
    let folded = if planes.foldable() { fold::fold(text) } else { None };
    let found = match folded {
        None => Scan::new(rules, text, planes, outer).run(own),
        Some((seen, map)) => {
            let mut room = Room::new();
            let found = Scan::new(rules, &seen, room.planes(seen.as_bytes()), outer).run(0..seen.len());
            let back = |found: Finding| found.moved(|at| map.start(at), |at| fold::without_tail(text, map.end(at)));
            found.into_iter().map(back).filter(|found| own.contains(&found.span().start)).collect()
        }
    };
    let found = if rules.allowed.is_empty() { found } else { without_allowed(rules, text, found) };
    resolve(found)
}

fn without_allowed(rules: &Rules, text: &str, mut found: Vec<Finding>) -> Vec<Finding> {
    found.retain(|found| !rules.allows(&text.as_bytes()[found.span()]));
    found
}

/// The findings that reach the threshold of their kind.
pub(super) fn scan(rules: &Rules, text: &str, outer: Option<Outer>) -> Vec<Finding> {
    let mut found = scan_all(rules, text, outer);
    found.retain(|found| rules.reports(found.kind(), found.confidence()));
    found
}
