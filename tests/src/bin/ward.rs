//! The program that the harness kills, starves and races: many callers write through one bridge, and each acknowledged
//! record is printed only after its commit.
//!
//! `ward FILE NAME CALLERS SECONDS`: prints `ack NUMBER RECORD` a record, `err KIND` a failed write, and at the end
//! `done COUNT LONGEST_WAIT_MICROS`.

use hipaa_core::clock::Stopwatch;
use hipaa_core::vault::{TenantVault, VaultError};
use hipaa_sqlite::bridge::{Bridge, BridgeOptions};
use hipaa_sqlite::{Database, Error};
use std::io::Write;
use std::time::Duration;
use tests::ward::{PATIENT, clinic, kek, patient};

fn main() {
    let words = std::env::args().skip(1).collect::<Vec<_>>();
    let [file, name, callers, seconds] = words.as_slice() else {
        return say("usage: ward FILE NAME CALLERS SECONDS");
    };
    let number = |word: &str| word.parse::<u64>().unwrap_or_default();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    let Ok(runtime) = runtime else { return say("err runtime") };
    let work = work(file, name, number(callers), Duration::from_secs(number(seconds)));
    if let Err(error) = runtime.block_on(work) {
        say(&format!("err {error}"));
        std::process::exit(1);
    }
}

async fn work(file: &str, name: &str, callers: u64, time: Duration) -> Result<(), Error> {
    let mut database = Database::open(file, kek())?;
    let vault = clinic(&mut database)?;
    let bridge = Bridge::start(database, &BridgeOptions::default())?;
    say("ready");
    let watch = Stopwatch::start();
    let tasks = (0..callers)
        .map(|caller| tokio::spawn(write_on(bridge.clone(), vault.clone(), format!("{name}-{caller}"), (watch, time))));
    let (mut count, mut longest) = (0, Duration::ZERO);
    for task in tasks.collect::<Vec<_>>() {
        let (acknowledged, wait) = task.await.unwrap_or_default();
        count += acknowledged;
        longest = longest.max(wait);
    }
    say(&format!("done {count} {}", longest.as_micros()));
    bridge.close().await.map_err(Error::from)
}

/// One caller: writes until the time is over, and says what was acknowledged.
async fn write_on(
    bridge: Bridge,
    vault: TenantVault,
    name: String,
    (watch, time): (Stopwatch, Duration),
) -> (u64, Duration) {
    let (mut count, mut longest) = (0, Duration::ZERO);
    while watch.elapsed() < time {
        let waiting = Stopwatch::start();
        let number = format!("{name}-{}-{count}", std::process::id());
        let (vault, row) = (vault.clone(), patient(&number));
        let written = bridge.write(move |unit| vault.create(unit, &PATIENT, &row)).await;
        longest = longest.max(waiting.elapsed());
        match written {
            Ok(committed) => {
                say(&format!("ack {number} {}", committed.into_inner()));
                count += 1;
            }
            Err(VaultError::Unit(error)) => {
                say(&format!("err {error}"));
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
            Err(error) => say(&format!("err {error}")),
        }
    }
    (count, longest)
}

/// One write a line: the harness reads whole lines only.
fn say(line: &str) {
    let _ignored = std::io::stdout().lock().write_all(format!("{line}\n").as_bytes());
}
