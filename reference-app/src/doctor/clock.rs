//! Whether the clock can be believed: the times of the audit log are its times.

use super::{Finding, Verdict};
use core::time::Duration;
use hipaa_core::clock::{Clock, Timestamp};
use hipaa_sqlite::rusqlite::{Connection, OpenFlags};
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

const SYNC: &str = "clock synchronised";
const PAST: &str = "clock against the past";

/// Where time services leave a mark once they are at work. That of systemd says more: that the clock was set.
const MARKS: [(&str, bool); 4] = [
    ("/run/systemd/timesync/synchronized", true),
    ("/run/chrony/chronyd.pid", false),
    ("/run/chronyd.pid", false),
    ("/run/ntpd.pid", false),
];

/// How far the past may lie ahead of the clock: two processes on one machine read it at different moments.
const TOLERANCE_MICROS: i64 = 2_000_000;

/// Asks the kernel's synchronisation state of `timedatectl`, else of chrony; where neither answers, looks for marks.
pub(super) fn synchronised() -> Finding {
    const REMEDY: &str = "run a time service (systemd-timesyncd, chrony, ntpd) and wait until it has set the clock: the \
        times of the audit log are those of this clock";
    let timedate = answer("timedatectl", &["show", "--property=NTPSynchronized", "--value"]);
    let (verdict, found) = match timedate.as_deref().map(str::trim) {
        Some("yes") => (Verdict::Safe, "timedatectl says that it is".to_owned()),
        Some("no") => (Verdict::Unsafe, "timedatectl says that it is not".to_owned()),
        _ => match answer("chronyc", &["-c", "tracking"]).as_deref().and_then(leap) {
            Some("Not synchronised") => (Verdict::Unsafe, "chrony says that it is not".to_owned()),
            Some(_) => (Verdict::Safe, "chrony says that it is".to_owned()),
            None => marked(),
        },
    };
    Finding::new(SYNC, verdict, found, REMEDY)
}

fn marked() -> (Verdict, String) {
    match MARKS.iter().find(|(mark, _)| Path::new(mark).exists()) {
        Some((mark, true)) => (Verdict::Safe, format!("a time service set it and left {mark}")),
        Some((mark, false)) => (Verdict::Unknown, format!("{mark} is there, but nothing says that the clock was set")),
        None => (Verdict::Unknown, "no time service was found that could tell".to_owned()),
    }
}

/// What a program of the system says; none where it is missing or fails.
fn answer(program: &str, arguments: &[&str]) -> Option<String> {
    let output = Command::new(program).args(arguments).stdin(Stdio::null()).stderr(Stdio::null()).output().ok()?;
    output.status.success().then(|| String::from_utf8(output.stdout).ok()).flatten()
}

/// The last field of chrony's report.
fn leap(report: &str) -> Option<&str> {
    report.trim().rsplit(',').next().filter(|leap| !leap.is_empty())
}

/// Whether the clock is behind what it showed before: when the files were last written, and when the newest entry was.
pub(super) fn against_the_past(database: &Path) -> Option<Finding> {
    let now = Clock::system().read().wall;
    let written = ["", "-wal"].map(|end| modified(&super::beside(database, end)));
    let latest = written.into_iter().chain([newest_entry(database)]).flatten().max()?;
    Some(judge(now, latest))
}

fn judge(now: Timestamp, latest: Timestamp) -> Finding {
    const REMEDY: &str = "set the clock: entries written now would be marked as stepped back. If it is the past that is wrong, \
        the log says so of every entry until the clock has caught up";
    let ahead = latest.micros().saturating_sub(now.micros());
    let safe = ahead <= TOLERANCE_MICROS;
    let found = if safe {
        "not behind the newest file or checkpointed entry".to_owned()
    } else {
        format!("{} s behind the newest file or entry", ahead / 1_000_000)
    };
    Finding::judge(PAST, safe, found, REMEDY)
}

fn modified(path: &Path) -> Option<Timestamp> {
    let since = fs::metadata(path).and_then(|metadata| metadata.modified()).ok()?;
    let since = since.duration_since(std::time::UNIX_EPOCH).unwrap_or(Duration::ZERO);
    Some(Timestamp::from_micros(i64::try_from(since.as_micros()).unwrap_or(i64::MAX)))
}

/// Reads the file alone, as if nobody wrote it, so that no file is made beside it: entries that are in the write-ahead log
/// only are not seen. Their time is that of its file.
fn newest_entry(database: &Path) -> Option<Timestamp> {
    let path = fs::canonicalize(database).ok()?;
    let escaped = path.to_str()?.replace('%', "%25").replace('?', "%3f").replace('#', "%23");
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_URI | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(format!("file:{escaped}?immutable=1"), flags).ok()?;
    let newest = connection.query_row("SELECT max(time) FROM hipaa_audit", [], |row| row.get::<_, Option<i64>>(0));
    newest.ok().flatten().map(Timestamp::from_micros)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_behind_its_own_past_is_unsafe() {
        let at = |seconds: i64| Timestamp::from_micros(seconds * 1_000_000);
        assert_eq!(judge(at(100), at(102)).verdict, Verdict::Safe);
        let behind = judge(at(100), at(3_700));
        assert_eq!(
            (behind.verdict, behind.found.as_str()),
            (Verdict::Unsafe, "3600 s behind the newest file or entry")
        );
    }

    #[test]
    fn the_leap_state_is_the_last_field_of_chronys_report() {
        let report = "A9FEA97B,169.254.169.123,4,1700000000.1,0.1,0.1,0.1,1,0,0.1,0.1,0.1,16.2,Normal\n";
        assert_eq!(leap(report), Some("Normal"));
        assert_eq!(leap("7F7F0101,,0,0,0,0,0,0,0,0,0,0,0,Not synchronised\n"), Some("Not synchronised"));
        assert_eq!(leap("\n"), None);
    }
}
