//! The page and the table: text made of figures. Prints nothing.

use crate::Failure;
use crate::chart::{grouped, short, svg};
use crate::curves::Curve;
use crate::machine::Machine;
use crate::rows::{Measured, ROWS};
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

/// Everything that a page shows.
#[derive(Debug)]
pub struct Report<'a> {
    /// Where it was measured.
    pub machine: &'a Machine,
    /// The figures.
    pub rows: &'a [Measured],
    /// Those of the default release profile, where they were measured.
    pub plain: &'a [Measured],
    /// The curves.
    pub curves: &'a [Curve],
}

/// The heading over [`line()`].
pub const HEADING: &str = "name                        ours        floor   ratio   quartiles      bar";

/// One row as a terminal shows it.
#[must_use]
pub fn line(row: &Measured) -> String {
    let verdict = match row.bar {
        Some(bar) => format!("{bar:.2} {}", if row.holds() { "holds" } else { "MISSED" }),
        None => "none".to_owned(),
    };
    let note = if row.note.is_empty() { String::new() } else { format!("  ({})", row.note) };
    let quartiles = format!("{:.2}-{:.2}", row.quartiles.0, row.quartiles.1);
    let times = (time(row.ours_ns), time(row.floor_ns));
    format!("{:<21} {:>10} {:>12}   {:>5.2}   {quartiles:<11}   {verdict}{note}", row.name, times.0, times.1, row.ratio)
}

/// One curve as a terminal shows it.
#[must_use]
pub fn curve_lines(curve: &Curve) -> String {
    let points = curve.points.iter().map(|point| {
        let (at, ours, floor) = (grouped(point.at), short(point.ours), short(point.floor));
        format!("  {at:>10} {}: ours {ours} {unit}, floor {floor} {unit}\n", curve.along, unit = curve.unit)
    });
    format!("{}\n{}", curve.title, points.collect::<String>())
}

/// Nanoseconds in the unit that reads best.
fn time(nanos: f64) -> String {
    match nanos {
        nanos if nanos < 1e4 => format!("{nanos:.0} ns"),
        nanos if nanos < 1e6 => format!("{:.1} µs", nanos / 1e3),
        nanos => format!("{:.2} ms", nanos / 1e6),
    }
}

impl Report<'_> {
    /// Writes the page to `path`, and its charts into the folder beside it that has the page's name.
    ///
    /// # Errors
    /// When a file cannot be written.
    pub fn write(&self, path: &Path) -> Result<(), Failure> {
        let stem = path.file_stem().and_then(|stem| stem.to_str()).ok_or("the report needs a file name")?;
        let folder = path.with_file_name(stem);
        fs::create_dir_all(&folder)?;
        for curve in self.curves {
            fs::write(folder.join(curve.file), svg(curve))?;
        }
        Ok(fs::write(path, self.page(stem)?)?)
    }

    fn page(&self, stem: &str) -> Result<String, std::fmt::Error> {
        let mut page = String::from(INTRODUCTION);
        self.machine(&mut page)?;
        self.table(&mut page)?;
        self.profiles(&mut page)?;
        self.growth(&mut page, stem)?;
        page.push_str("\n## What each row compares\n\n| row | ours | floor |\n|---|---|---|\n");
        for row in ROWS {
            writeln!(page, "| `{}` | {} | {} |", row.name, row.ours, row.floor)?;
        }
        Ok(page)
    }

    fn machine(&self, page: &mut String) -> std::fmt::Result {
        let Machine { cores, processor, kernel, sqlite, scheduling, load, profile } = self.machine;
        writeln!(page, "\n## Machine\n\n| | |\n|---|---|")?;
        writeln!(page, "| processor | {processor} |\n| cores | {cores} |\n| kernel | {kernel} |")?;
        writeln!(page, "| SQLite | {sqlite} |\n| build profile | `{profile}` |")?;
        writeln!(page, "| scheduling | {scheduling} |\n| load before the run | {load} |")
    }

    fn table(&self, page: &mut String) -> std::fmt::Result {
        page.push_str("\n## Ratios\n\n| operation | ours | floor | ratio | quartiles | bar | |\n");
        page.push_str("|---|---:|---:|---:|---:|---:|---|\n");
        for row in self.rows {
            let bar = row.bar.map_or_else(|| "not judged".to_owned(), |bar| format!("{bar:.2}"));
            let verdict = if row.holds() { "" } else { "**missed**; " };
            let (ours, floor, (low, high)) = (time(row.ours_ns), time(row.floor_ns), row.quartiles);
            let (name, ratio, note) = (&row.name, row.ratio, &row.note);
            writeln!(
                page,
                "| `{name}` | {ours} | {floor} | {ratio:.2} | {low:.2}-{high:.2} | {bar} | {verdict}{note} |"
            )?;
        }
        Ok(())
    }

    /// The same operations as a user has them who sets no profile.
    fn profiles(&self, page: &mut String) -> std::fmt::Result {
        if self.plain.is_empty() {
            return Ok(());
        }
        page.push_str(PROFILES);
        for plain in self.plain {
            let Some(row) = self.rows.iter().find(|row| row.name == plain.name) else { continue };
            let times = [row.ours_ns, plain.ours_ns, row.floor_ns, plain.floor_ns].map(time);
            let [fat, default, fat_floor, default_floor] = times;
            let slower = plain.ours_ns / row.ours_ns;
            writeln!(page, "| `{}` | {fat} | {default} | {slower:.2} | {fat_floor} | {default_floor} |", row.name)?;
        }
        Ok(())
    }

    fn growth(&self, page: &mut String, stem: &str) -> std::fmt::Result {
        if self.curves.is_empty() {
            return Ok(());
        }
        page.push_str("\n## How costs grow\n");
        for curve in self.curves {
            writeln!(page, "\n![{}, in {}]({stem}/{})\n", curve.title, curve.unit, curve.file)?;
            writeln!(page, "| {} | ours, {unit} | floor, {unit} |\n|---:|---:|---:|", curve.along, unit = curve.unit)?;
            for point in &curve.points {
                writeln!(page, "| {} | {} | {} |", grouped(point.at), short(point.ours), short(point.floor))?;
            }
        }
        Ok(())
    }
}

const INTRODUCTION: &str = "# Performance

What the safeguards cost, against the least that could do the same work. This page is generated:

```console
$ cargo run --profile plain-release -p benches --bin ratios -- --cipher --json plain.json
$ cargo run --release -p benches --bin ratios -- --report docs/explanation/performance.md --plain plain.json
```

A *floor* is bare calls of the same primitives and bare SQL with the same settings, cached statements, byte sizes and
flushes: no signature, no library, and no check, but for that of `find-1m`
([decision 16](../decisions/0016-find-against-a-floor-that-checks.md)). Ours and the floor run in turn (ours, floor, floor,
ours); every turn gives one ratio, and the figure is the median of the turns. So a machine that is busy or slow shows in the
times, hardly in the ratio.
";

const PROFILES: &str = "
## The default release profile

Put this into the `Cargo.toml` of your workspace; the figures above are measured with it:

```toml
[profile.release]
lto = \"fat\"
codegen-units = 1
```

| operation | ours | ours, default profile | times slower | floor | floor, default profile |
|---|---:|---:|---:|---:|---:|
";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::curves::Point;

    fn row(name: &str, ratio: f64) -> Measured {
        Measured {
            name: name.to_owned(),
            ours_ns: 1_000.0 * ratio,
            floor_ns: 1_000.0,
            ratio,
            bar: Some(1.5),
            quartiles: (ratio, ratio),
            note: "noted".to_owned(),
        }
    }

    #[test]
    fn a_page_shows_misses_profiles_and_curves() {
        let folder = tempfile::tempdir().unwrap();
        let points = vec![Point { at: 10, ours: 2.0, floor: 1.0 }, Point { at: 100, ours: 2.0, floor: 1.0 }];
        let curves = [Curve { title: "One", along: "things", unit: "µs", file: "one.svg", points }];
        let (rows, plain) = ([row("seal-64", 1.2), row("open-64", 1.6)], [row("seal-64", 2.4)]);
        let report = Report { machine: &Machine::here(), rows: &rows, plain: &plain, curves: &curves };
        report.write(&folder.path().join("page.md")).unwrap();
        let page = fs::read_to_string(folder.path().join("page.md")).unwrap();
        assert!(page.contains("| `open-64` | 1600 ns | 1000 ns | 1.60 | 1.60-1.60 | 1.50 | **missed**; noted |"));
        assert!(page.contains("| `seal-64` | 1200 ns | 2400 ns | 2.00 |"));
        assert!(page.contains("](page/one.svg)") && folder.path().join("page/one.svg").exists());
        assert!(ROWS.iter().all(|row| page.contains(row.floor)));
    }
}
