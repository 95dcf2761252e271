//! Cells, records and terms, by themselves.

use benches::Failure;
use benches::ours::cell::{Cell, Chart};
use benches::sample::person;
use criterion::Criterion;
use std::hint::black_box;

fn main() -> Result<(), Failure> {
    let mut criterion = Criterion::default().configure_from_args();
    cells(&mut criterion)?;
    records(&mut criterion)?;
    criterion.final_summary();
    Ok(())
}

fn cells(criterion: &mut Criterion) -> Result<(), Failure> {
    let mut cell = Cell::new()?;
    let sealed = cell.seal()?;
    criterion.bench_function("seal-64", |bench| bench.iter(|| black_box(&mut cell).seal()));
    criterion.bench_function("open-64", |bench| bench.iter(|| cell.open(black_box(&sealed))));
    Ok(())
}

fn records(criterion: &mut Criterion) -> Result<(), Failure> {
    let mut chart = Chart::new(person(1))?;
    let row = chart.seal()?;
    criterion.bench_function("record-12/seal", |bench| bench.iter(|| black_box(&mut chart).seal()));
    criterion.bench_function("record-12/open", |bench| bench.iter(|| chart.open(black_box(&row))));
    criterion.bench_function("term-exact", |bench| bench.iter(|| black_box(&chart).term()));
    Ok(())
}
