//! The command `ratios`: the only room that prints.

use crate::Failure;
use crate::curves::{self, Curve};
use crate::machine::Machine;
use crate::report::{HEADING, Report, curve_lines, line};
use crate::rows::{Measured, ROWS, Row, Setting};
use clap::Parser;
use std::fs;
use std::path::PathBuf;
use std::process::ExitCode;

/// Measures every operation against the least that could do the same work.
#[derive(Debug, Parser)]
#[command(name = "ratios")]
pub struct Options {
    /// Write the figures to this file.
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// Smoke: few turns, small data, no verdict.
    #[arg(long)]
    quick: bool,
    /// Only this operation; may be given several times.
    #[arg(long, value_name = "NAME")]
    only: Vec<String>,
    /// Only the operations that need no database.
    #[arg(long)]
    cipher: bool,
    /// How costs grow, instead of the ratios.
    #[arg(long)]
    curves: bool,
    /// Write the ratios and the curves as a page, with its charts in a folder of the same name.
    #[arg(long, value_name = "FILE")]
    report: Option<PathBuf>,
    /// Figures of another build profile, for the page.
    #[arg(long, value_name = "FILE", requires = "report")]
    plain: Option<PathBuf>,
}

/// Runs the command: failure when a side fails or, unless it is a quick run, when a row misses its bar.
#[must_use]
pub fn run() -> ExitCode {
    match measure(&Options::parse()) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            print(&format!("not measured: {error}"));
            ExitCode::FAILURE
        }
    }
}

fn measure(options: &Options) -> Result<bool, Failure> {
    let machine = Machine::here();
    let Machine { cores, processor, kernel, sqlite, scheduling, load, profile } = &machine;
    print(&format!("{processor}, {cores} cores, {kernel}, SQLite {sqlite}, profile {profile}"));
    print(&format!("scheduling: {scheduling}; load: {load}"));
    if options.curves {
        return grow(options.quick).map(|_| true);
    }
    let rows = compare(options)?;
    if let Some(path) = &options.json {
        fs::write(path, serde_json::to_string(&rows)? + "\n")?;
    }
    if let Some(path) = &options.report {
        let plain =
            options.plain.as_ref().map(|path| Ok::<_, Failure>(serde_json::from_str(&fs::read_to_string(path)?)?));
        let plain: Vec<Measured> = plain.transpose()?.unwrap_or_default();
        let curves = grow(options.quick)?;
        Report { machine: &machine, rows: &rows, plain: &plain, curves: &curves }.write(path)?;
    }
    let missed = rows.iter().filter(|row| !row.holds()).count();
    if missed > 0 {
        print(&format!("{missed} of {} over the bar{}", rows.len(), if options.quick { ", not judged" } else { "" }));
    }
    Ok(options.quick || missed == 0)
}

fn compare(options: &Options) -> Result<Vec<Measured>, Failure> {
    if let Some(unknown) = options.only.iter().find(|name| ROWS.iter().all(|row| row.name != *name)) {
        return Err(format!("there is no operation {unknown}").into());
    }
    let named = |row: &&Row| options.only.is_empty() || options.only.iter().any(|name| name == row.name);
    let asked = |row: &&Row| named(row) && (!options.cipher || row.is_cipher());
    print(HEADING);
    let mut rows = Vec::new();
    for row in ROWS.iter().filter(asked) {
        let measured = row.run(Setting { quick: options.quick })?;
        print(&line(&measured));
        rows.push(measured);
    }
    Ok(rows)
}

fn grow(quick: bool) -> Result<Vec<Curve>, Failure> {
    let curves = curves::all(quick)?;
    for curve in &curves {
        print(&curve_lines(curve));
    }
    Ok(curves)
}

#[expect(clippy::print_stdout, reason = "a command answers on standard output")]
fn print(text: &str) {
    println!("{text}");
}
