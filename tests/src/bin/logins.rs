//! The program whose memory is measured while many people sign in at once: `logins FILE LOGINS PERMITS`.
//!
//! An async host as the library wants it: one bridge, hashing on blocking threads, each under a permit. It prints `begun KIB`
//! and `done KIB PEAK`: its highest resident set before the logins and behind them, and the most hashes at once.

use core::num::NonZeroUsize;
use hipaa_core::auth::limit::Limit;
use hipaa_core::auth::password::HashingPermits;
use hipaa_core::identity::{Client, Finished, Identity, Settings};
use hipaa_sqlite::bridge::{Bridge, BridgeOptions};
use hipaa_sqlite::{Database, Error};
use std::io::Write;
use std::path::Path;
use std::time::Duration;
use tests::ward::{clinic, kek};

/// The highest resident set of this process so far.
fn peak_kib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap_or("0");
    line.trim().trim_end_matches(" kB").trim().parse().unwrap_or_default()
}

fn say(text: &str) {
    let _said = std::io::stdout().lock().write_all(format!("{text}\n").as_bytes());
}

/// One wrong password of a name that nobody has: one hash, like any other.
async fn sign_in(bridge: Bridge, identity: Identity, number: usize) -> Result<bool, Error> {
    let waiting = identity.clone();
    let permit = tokio::task::spawn_blocking(move || waiting.permit()).await.map_err(|_| Error::CannotOpen)??;
    let (asked, name) = (identity.clone(), format!("nobody-{number}"));
    let client = || Client::from_address([192, 0, 2, 1].into());
    let begun = bridge.write(move |unit| asked.begin(unit, &name, &client(), permit).map_err(Error::from)).await?;
    let attempt = begun.open().map_err(|_| Error::CannotOpen)?;
    let verified = tokio::task::spawn_blocking(move || attempt.verify("wrong".to_owned().into()));
    let verified = verified.await.map_err(|_| Error::CannotOpen)?.map_err(|_| Error::CannotOpen)?;
    let done = bridge.write(move |unit| identity.finish(unit, verified, &client()).map_err(Error::from)).await?;
    Ok(matches!(done.open(), Ok(Finished::Refused(_))))
}

async fn run(file: &str, logins: usize, permits: NonZeroUsize) -> Result<(), Error> {
    let mut database = Database::open(Path::new(file), kek())?;
    let _clinic = clinic(&mut database)?;
    let bridge = Bridge::start(database, &BridgeOptions::default())?;
    let permits = HashingPermits::new(permits, logins);
    let mut settings = Settings::default();
    settings.login_per_network = Limit::new("login.test", 10_000, Duration::from_secs(900));
    settings.patience = Duration::from_secs(300);
    let identity = Identity::new(settings, permits.clone())?;
    // The threads of the pool stand before the first hash: what they need is not what hashing needs.
    let idle = (0..logins).map(|_| tokio::task::spawn_blocking(|| std::thread::sleep(Duration::from_millis(300))));
    for thread in idle.collect::<Vec<_>>() {
        thread.await.map_err(|_| Error::CannotOpen)?;
    }
    say(&format!("begun {}", peak_kib()));
    let people = (0..logins).map(|number| tokio::spawn(sign_in(bridge.clone(), identity.clone(), number)));
    for person in people.collect::<Vec<_>>() {
        if !person.await.map_err(|_| Error::CannotOpen)?? {
            return Err(Error::CannotOpen);
        }
    }
    say(&format!("done {} {}", peak_kib(), permits.load().peak));
    bridge.close().await?;
    Ok(())
}

fn main() {
    let words = std::env::args().skip(1).collect::<Vec<_>>();
    let [file, logins, permits] = words.as_slice() else { return };
    let (Ok(logins), Ok(permits)) = (logins.parse(), permits.parse()) else { return };
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let Ok(runtime) = runtime else { return };
    say(&format!("end {:?}", runtime.block_on(run(file, logins, permits))));
}
