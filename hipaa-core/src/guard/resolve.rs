//! Overlaps, in one order: higher confidence, then the more specific kind, then the longer
//! span, then the earlier one. What loses the same span becomes an alternative; what sticks
//! out of the winner widens the part that a redaction removes.

use super::Finding;
use std::cmp::{Ordering, Reverse};

/// Leaves findings that do not overlap, in the order of the text.
pub(super) fn resolve(mut found: Vec<Finding>) -> Vec<Finding> {
    found.sort_by_key(Finding::start);
    if found.windows(2).all(|pair| pair[0].end() <= pair[1].start()) {
        return found;
    }
    let mut out = Vec::with_capacity(found.len());
    let mut rest = found.as_mut_slice();
    while !rest.is_empty() {
        let (cluster, behind) = rest.split_at_mut(cluster_len(rest));
        settle(cluster, &mut out);
        rest = behind;
    }
    out
}

/// How many findings from the first on hang together.
fn cluster_len(found: &[Finding]) -> usize {
    let mut end = found[0].end();
    let mut len = 1;
    while let Some(next) = found.get(len).filter(|next| next.start() < end) {
        end = end.max(next.end());
        len += 1;
    }
    len
}

fn settle(cluster: &mut [Finding], out: &mut Vec<Finding>) {
    if let [only] = cluster {
        out.push(*only);
        return;
    }
    cluster.sort_by(order);
    let from = out.len();
    for candidate in &*cluster {
        match out[from..].iter_mut().find(|winner| overlap(winner, candidate)) {
            Some(winner) => winner.absorb(candidate),
            None => out.push(*candidate),
        }
    }
    out[from..].sort_by_key(Finding::start);
}

fn overlap(a: &Finding, b: &Finding) -> bool {
    a.start() < b.end() && b.start() < a.end()
}

fn order(a: &Finding, b: &Finding) -> Ordering {
    let key = |f: &Finding| (Reverse(f.confidence()), f.kind().rank(), Reverse(f.end() - f.start()), f.start());
    key(a).cmp(&key(b))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::guard::{Confidence, Kind};

    fn kinds(found: Vec<Finding>) -> Vec<(Kind, std::ops::Range<usize>)> {
        resolve(found).iter().map(|f| (f.kind(), f.span())).collect()
    }

    #[test]
    fn confidence_beats_rank_and_rank_beats_length() {
        let date = Finding::new(Kind::Date, Confidence::High, (0, 9));
        let ssn = Finding::new(Kind::Ssn, Confidence::Medium, (0, 11));
        let phone = Finding::new(Kind::Phone, Confidence::Medium, (0, 14));
        assert_eq!(kinds(vec![ssn, date]), [(Kind::Date, 0..9)]);
        assert_eq!(kinds(vec![phone, ssn]), [(Kind::Ssn, 0..11)]);
        assert_eq!(resolve(vec![phone, ssn])[0].cover(), 0..14);
    }

    #[test]
    fn neighbours_stay_and_the_order_is_that_of_the_text() {
        let a = Finding::new(Kind::Zip, Confidence::Low, (10, 15));
        let b = Finding::new(Kind::Mrn, Confidence::High, (0, 10));
        assert_eq!(kinds(vec![a, b]), [(Kind::Mrn, 0..10), (Kind::Zip, 10..15)]);
        let c = Finding::new(Kind::Npi, Confidence::High, (10, 15));
        let found = resolve(vec![a, b, c]);
        assert!(found[1].alternatives().contains(Kind::Zip));
    }
}
