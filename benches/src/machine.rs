//! Where it was measured.

use std::fs;

/// A machine, as far as figures depend on it.
#[derive(Debug, Clone)]
pub struct Machine {
    /// How many processors this process may use.
    pub cores: usize,
    /// Their model.
    pub processor: String,
    /// The kernel's version.
    pub kernel: String,
    /// The version of SQLite.
    pub sqlite: &'static str,
    /// How the system schedules this process.
    pub scheduling: &'static str,
    /// How many processes wanted to run in the last minute.
    pub load: String,
    /// The build profile, by the folder in which the program lies.
    pub profile: String,
}

impl Machine {
    /// This one.
    #[must_use]
    pub fn here() -> Self {
        let read = |path| fs::read_to_string(path).unwrap_or_default();
        let program = std::env::current_exe().ok();
        let folder = program.as_deref().and_then(|path| path.parent()?.file_name()?.to_str());
        Self {
            cores: std::thread::available_parallelism().map_or(1, usize::from),
            processor: model(&read("/proc/cpuinfo")),
            kernel: release(&read("/proc/version")),
            sqlite: rusqlite::version(),
            scheduling: scheduling(&read("/proc/self/stat")),
            load: read("/proc/loadavg").split_whitespace().next().unwrap_or("unknown").to_owned(),
            profile: folder.unwrap_or("unknown").to_owned(),
        }
    }
}

/// The first model name and the instructions that matter.
fn model(cpuinfo: &str) -> String {
    let line = |key: &str| cpuinfo.lines().find(|line| line.starts_with(key))?.split_once(':');
    let name = line("model name").map_or("unknown", |(_, name)| name.trim());
    let flags = line("flags").map_or("", |(_, flags)| flags).split_whitespace().collect::<Vec<_>>();
    let telling = ["aes", "vaes", "pclmulqdq", "sha_ni", "avx2", "avx512f"];
    let present = telling.iter().filter(|flag| flags.contains(flag)).copied().collect::<Vec<_>>();
    if present.is_empty() { name.to_owned() } else { format!("{name} ({})", present.join(", ")) }
}

/// The policy: the 41st field, the 39th behind the name in parentheses.
fn scheduling(stat: &str) -> &'static str {
    let policy = stat.rsplit_once(')').and_then(|(_, rest)| rest.split_whitespace().nth(38));
    match policy {
        Some("0") => "normal",
        Some("1" | "2") => "real-time, ahead of other work",
        _ => "unknown",
    }
}

/// `Linux version 6.1.0-13-amd64 (…)`: the third word, without what a distribution appends.
fn release(version: &str) -> String {
    let release = version.split_whitespace().nth(2).unwrap_or("unknown");
    format!("Linux {}", release.split('-').next().unwrap_or(release))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_processor_and_the_kernel_are_read() {
        let cpuinfo = "processor : 0\nmodel name : Fast 9000\nflags : fpu aes sse\n\nprocessor : 1\n";
        assert_eq!(model(cpuinfo), "Fast 9000 (aes)");
        assert_eq!(release("Linux version 6.1.0-13-amd64 (build)"), "Linux 6.1.0");
        let stat = format!("7 (a b) S {}2 0", "0 ".repeat(37));
        assert_eq!([scheduling(&stat), scheduling("")], ["real-time, ahead of other work", "unknown"]);
        assert_eq!((model(""), release("")), ("unknown".to_owned(), "Linux unknown".to_owned()));
    }
}
