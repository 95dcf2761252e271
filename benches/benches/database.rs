//! Appending and finding, on a file.

use benches::Failure;
use benches::curves::fill;
use benches::ours::ward::{CALLERS, Ward};
use criterion::{Criterion, Throughput};

const PATIENTS: u64 = 10_000;
/// Searches whose entries wait for one commit.
const SEARCHES: u64 = 500;

fn main() -> Result<(), Failure> {
    let mut criterion = Criterion::default().configure_from_args();
    append(&mut criterion)?;
    find(&mut criterion)?;
    criterion.final_summary();
    Ok(())
}

fn append(criterion: &mut Criterion) -> Result<(), Failure> {
    let folder = tempfile::tempdir()?;
    let mut ward = Ward::create(&folder.path().join("ward.db"), 1)?;
    let mut group = criterion.benchmark_group("append");
    group.bench_function("single", |bench| bench.iter(|| ward.append()));
    let callers = ward.bridge()?;
    group.throughput(Throughput::Elements(CALLERS));
    group.bench_function("bridge-256", |bench| bench.iter(|| callers.append(1)));
    group.bench_function("write-256", |bench| bench.iter(|| callers.write(1)));
    group.finish();
    Ok(())
}

fn find(criterion: &mut Criterion) -> Result<(), Failure> {
    let folder = tempfile::tempdir()?;
    let mut ward = Ward::create(&folder.path().join("ward.db"), 1)?;
    fill::ours(&mut ward, 0..PATIENTS)?;
    let callers = ward.bridge()?;
    let mut group = criterion.benchmark_group("find");
    group.throughput(Throughput::Elements(SEARCHES));
    group.bench_function("500-of-10k", |bench| {
        bench.iter_custom(|count| (0..count).filter_map(|seed| callers.find(SEARCHES, (PATIENTS, seed)).ok()).sum());
    });
    group.finish();
    Ok(())
}
