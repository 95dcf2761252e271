//! The PHI guard: notes, notes with foreign letters, documents.

use benches::Failure;
use benches::ours::notes::Scanner;
use benches::sample::note::{documents, foreign, notes};
use criterion::{Criterion, Throughput};

fn main() -> Result<(), Failure> {
    let mut criterion = Criterion::default().configure_from_args();
    let (scanner, notes) = (Scanner::default(), notes(200));
    text(&mut criterion, "guard/notes", &scanner, &notes);
    text(&mut criterion, "guard/non-ascii", &scanner, &foreign(&notes));
    let documents = documents(&notes);
    for document in &documents {
        scanner.count_json(document)?;
    }
    let mut group = criterion.benchmark_group("guard/json");
    group.throughput(size(&documents));
    let scan = || documents.iter().filter_map(|document| scanner.count_json(document).ok()).sum::<usize>();
    group.bench_function("scan", |bench| bench.iter(scan));
    group.finish();
    criterion.final_summary();
    Ok(())
}

fn text(criterion: &mut Criterion, name: &str, scanner: &Scanner, notes: &[String]) {
    let mut group = criterion.benchmark_group(name);
    group.throughput(size(notes));
    group.bench_function("scan", |bench| bench.iter(|| notes.iter().map(|note| scanner.count(note)).sum::<usize>()));
    group.finish();
}

fn size(texts: &[String]) -> Throughput {
    Throughput::Bytes(texts.iter().map(|text| text.len() as u64).sum())
}
