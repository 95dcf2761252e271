//! How costs grow with the database: appends, searches, and commits that touch many logs.

pub mod fill;

use crate::Failure;
use crate::floor::append::Logs;
use crate::floor::find::Patients;
use crate::measure::quantile;
use crate::ours::ward::Ward;
use crate::sample::{Random, nanos};
use hipaa_core::clock::Stopwatch;
use std::time::Duration;

/// What grows along a curve, and what it costs.
#[derive(Debug, Clone)]
pub struct Curve {
    /// What is measured, for the title.
    pub title: &'static str,
    /// What grows, for the horizontal axis.
    pub along: &'static str,
    /// The unit of the costs.
    pub unit: &'static str,
    /// The file name of its chart.
    pub file: &'static str,
    /// The points, ascending.
    pub points: Vec<Point>,
}

/// One point of a curve.
#[derive(Debug, Clone, Copy)]
pub struct Point {
    /// How much there is.
    pub at: u64,
    /// What it costs through the library.
    pub ours: f64,
    /// What it costs on the floor.
    pub floor: f64,
}

/// Measures every curve.
///
/// # Errors
/// When one of the sides fails.
pub fn all(quick: bool) -> Result<Vec<Curve>, Failure> {
    let sizes: &[u64] = if quick { &[1_000, 10_000] } else { &[10_000, 100_000, 1_000_000] };
    Ok(vec![append(sizes)?, find(sizes)?, logs(quick)?])
}

/// Entries in one unit of 256, the commit included, in a log of growing length.
fn append(sizes: &[u64]) -> Result<Curve, Failure> {
    let folder = tempfile::tempdir()?;
    let mut ward = Ward::create(&folder.path().join("ours.db"), 1)?;
    let mut logs = Logs::create(&folder.path().join("floor.db"), 1, ward.entry_shape()?)?;
    let (mut points, mut filled) = (Vec::new(), 0);
    for &at in sizes {
        while filled < at {
            let step = (at - filled).min(10_000);
            ward.append_many(step)?;
            logs.commit(step)?;
            filled += step;
        }
        let ours = median(41, || timed(|| ward.append_many(256)))? / 256.0;
        let floor = median(41, || timed(|| logs.commit(256)))? / 256.0;
        filled += 41 * 256;
        points.push(Point { at, ours: ours / 1e3, floor: floor / 1e3 });
    }
    let (title, along) = ("One entry, 256 to a commit", "entries in the log");
    Ok(Curve { title, along, unit: "µs", file: "append.svg", points })
}

/// One search that opens its record, among more and more patients.
fn find(sizes: &[u64]) -> Result<Curve, Failure> {
    let folder = tempfile::tempdir()?;
    let mut ward = Ward::create(&folder.path().join("ours.db"), 1)?;
    let mut bare = Patients::create(&folder.path().join("floor.db"))?;
    let (mut points, mut filled) = (Vec::new(), 0);
    for &at in sizes {
        fill::ours(&mut ward, filled..at)?;
        fill::floor(&mut bare, filled..at)?;
        filled = at;
        let (callers, reader) = (ward.bridge()?, bare.reader()?);
        let mut seed = 0;
        let ours = median(41, || {
            seed += 1;
            callers.find(500, (at, seed))
        })?;
        let mut seeds = Random::new(1);
        let floor = median(41, || fill::search(&reader, (500, true), (at, &mut seeds)))?;
        points.push(Point { at, ours: ours / 500e3, floor: floor / 500e3 });
        ward = callers.close()?;
    }
    let (title, along) = ("One search, its record opened", "patients");
    Ok(Curve { title, along, unit: "µs", file: "find.svg", points })
}

/// One durable commit of 256 entries that touches more and more logs: a signature each.
fn logs(quick: bool) -> Result<Curve, Failure> {
    let folder = tempfile::tempdir()?;
    let mut points = Vec::new();
    let counts: &[u64] = if quick { &[1, 16] } else { &[1, 4, 16, 64, 256] };
    for &at in counts {
        let mut ward = Ward::create(&folder.path().join(format!("ours-{at}.db")), at)?;
        let shape = ward.entry_shape()?;
        let mut logs = Logs::create(&folder.path().join(format!("floor-{at}.db")), at, shape)?;
        let ours = median(41, || timed(|| ward.append_many(256)))?;
        let floor = median(41, || timed(|| logs.commit(256)))?;
        points.push(Point { at, ours: ours / 1e6, floor: floor / 1e6 });
    }
    let (title, along) = ("One commit of 256 entries", "logs that the commit touches");
    Ok(Curve { title, along, unit: "ms", file: "logs.svg", points })
}

/// The median of so many samples, in nanoseconds.
fn median(samples: usize, mut one: impl FnMut() -> Result<Duration, Failure>) -> Result<f64, Failure> {
    let mut times = (0..samples).map(|_| one().map(nanos)).collect::<Result<Vec<_>, _>>()?;
    Ok(quantile(&mut times, 0.5))
}

fn timed(work: impl FnOnce() -> Result<(), Failure>) -> Result<Duration, Failure> {
    let started = Stopwatch::start();
    work()?;
    Ok(started.elapsed())
}
