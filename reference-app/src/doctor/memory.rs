//! Whether what is in memory can reach a disk: keys and opened records are.

use super::{Finding, Verdict};
use rustix::process::{Resource, getrlimit};
use std::fs;
use std::path::Path;

/// Whether a crash of a process that is started as this one was would write its memory to a file.
pub(super) fn core_dumps(pattern: &Path) -> Finding {
    const CHECK: &str = "core dumps";
    const REMEDY: &str = "ulimit -c 0 in the shell or LimitCORE=0 in the unit that starts the application: a dump holds the \
        keys and every record that was open";
    let piped = fs::read_to_string(pattern).is_ok_and(|text| text.starts_with('|'));
    match getrlimit(Resource::Core).current {
        Some(0) if piped => Finding::new(
            CHECK,
            Verdict::Unknown,
            "the limit is 0, but the kernel hands dumps to a program, which may keep them",
            "look at kernel.core_pattern: the program there decides; for systemd-coredump, Storage=none",
        ),
        Some(0) => Finding::judge(CHECK, true, "the limit is 0", REMEDY),
        _ => Finding::judge(CHECK, false, "a crash writes the memory of the process to a file", REMEDY),
    }
}

/// Whether memory can be written to a swap device. That it is encrypted cannot be seen from here.
pub(super) fn swap(swaps: &Path) -> Finding {
    const CHECK: &str = "swap";
    const REMEDY: &str = "turn it off, or have it encrypted with a key that does not outlive the machine's uptime: keys and \
        opened records can be written there";
    let Ok(table) = fs::read_to_string(swaps) else {
        return Finding::new(CHECK, Verdict::Unknown, "the list of swap devices cannot be read", REMEDY);
    };
    let devices = table.lines().skip(1).filter_map(|line| line.split_whitespace().next());
    let on_disk = devices.filter(|device| !device.contains("/zram")).collect::<Vec<_>>();
    match on_disk.as_slice() {
        [] => Finding::judge(CHECK, true, "none on a disk", REMEDY),
        some => Finding::new(CHECK, Verdict::Unknown, format!("{} may not be encrypted", some.join(", ")), REMEDY),
    }
}
