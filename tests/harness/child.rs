//! The program under test as a child process.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

/// A running ward.
pub(crate) struct Ward {
    child: Child,
    lines: Receiver<String>,
}

/// What a ward has said by its end.
#[derive(Debug, Default)]
pub(crate) struct Said {
    /// Record ids by the patient's number.
    pub(crate) acknowledged: BTreeMap<String, String>,
    pub(crate) errors: Vec<String>,
    /// Count and longest wait in microseconds, if it came to its end.
    pub(crate) done: Option<(u64, u64)>,
}

impl Ward {
    pub(crate) fn start(file: &Path, name: &str, callers: u64, seconds: u64) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_ward"));
        Self::spawn(command.arg(file).arg(name).arg(callers.to_string()).arg(seconds.to_string()))
    }

    /// The same with a limit on the size of files, in blocks of 512 bytes; the signal that comes with it is ignored, so
    /// that writing fails as on a full disk.
    pub(crate) fn start_limited(file: &Path, blocks: u64) -> Self {
        let script = format!("trap '' XFSZ; ulimit -f {blocks}; exec \"$0\" \"$1\" limited 8 2");
        Self::spawn(Command::new("sh").arg("-c").arg(script).arg(env!("CARGO_BIN_EXE_ward")).arg(file))
    }

    fn spawn(command: &mut Command) -> Self {
        let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
        let output = BufReader::new(child.stdout.take().unwrap());
        let (sender, lines) = channel();
        std::thread::spawn(move || {
            for line in output.lines().map_while(Result::ok) {
                let _ = sender.send(line);
            }
        });
        Self { child, lines }
    }

    pub(crate) fn wait_until_ready(&self) {
        let line = self.lines.recv_timeout(Duration::from_secs(60)).unwrap();
        assert_eq!(line, "ready");
    }

    /// SIGKILL, at once.
    pub(crate) fn kill(mut self) -> Said {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
        self.rest()
    }

    pub(crate) fn finish(mut self) -> Said {
        self.child.wait().unwrap();
        self.rest()
    }

    fn rest(self) -> Said {
        let mut said = Said::default();
        for line in self.lines.iter() {
            match line.split(' ').collect::<Vec<_>>().as_slice() {
                ["ack", number, record] => {
                    said.acknowledged.insert((*number).to_owned(), (*record).to_owned());
                }
                ["done", count, wait] => said.done = Some((count.parse().unwrap(), wait.parse().unwrap())),
                ["err", ..] => said.errors.push(line),
                _ => {}
            }
        }
        said
    }
}
