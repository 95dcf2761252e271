//! An import needs no more memory for more data.

use super::support::{Desk, TENANT};
use hipaa_core::clock::Stopwatch;
use std::fs;
use std::process::Stdio;
use std::time::Duration;

/// The patients of the larger import where `HIPAA_IMPORT_PATIENTS` does not say how many.
const PATIENTS: u64 = 3_000;

/// What caches of bounded size may grow by: pages of the database, references that were resolved lately, batches.
const ROOM_KIB: u64 = 64 * 1024;

/// The highest resident set of a process so far, as the kernel counts it.
fn peak_kib(process: u32) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    line.split_whitespace().nth(1)?.parse().ok()
}

/// Imports so many generated patients with the built program: its highest resident set, in KiB.
fn import(patients: u64) -> u64 {
    let desk = Desk::new();
    desk.run(&["seed", "--clinics", "1", "--patients", &patients.to_string(), "--out", "made-up"]).ended(0);
    let folder = desk.path("made-up/clinic-1");
    let size = |path| fs::metadata(path).unwrap().len();
    let source = fs::read_dir(&folder).unwrap().map(|file| size(file.unwrap().path())).sum::<u64>();
    let started = Stopwatch::start();
    let mut command = desk.command(&["import", "--json", "--tenant", TENANT, "made-up/clinic-1"]);
    let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
    let mut peak = 0;
    while child.try_wait().unwrap().is_none() {
        peak = peak_kib(child.id()).unwrap_or_default().max(peak);
        std::thread::sleep(Duration::from_millis(2));
    }
    let took = started.elapsed();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success());
    let answer: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(answer["types"]["Patient"]["created"], patients);
    let (created, seconds) = (answer["created"].as_u64().unwrap(), took.as_secs_f64());
    println!(
        "{patients} patients: {created} records of {source} bytes in {seconds:.1} s, {:.0} a second; {peak} KiB of memory, \
         {} bytes of database",
        created as f64 / seconds,
        size(desk.database()),
    );
    assert!(patients < 100_000 || source / 1024 > 3 * peak, "at full size the data are much larger than the memory");
    peak
}

#[test]
fn ten_times_the_data_need_no_more_memory() {
    let patients = std::env::var("HIPAA_IMPORT_PATIENTS").map_or(PATIENTS, |patients| patients.parse().unwrap());
    let (less, more) = (import(patients / 10), import(patients));
    assert!(less > 0 && more < less + ROOM_KIB, "{less} KiB, and {more} KiB for ten times as much");
}
