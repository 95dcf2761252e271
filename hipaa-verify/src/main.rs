//! The command `hipaa-verify`.
#![forbid(unsafe_code)]

use std::io;
use std::process::ExitCode;

fn main() -> ExitCode {
    let (mut out, mut err) = (io::stdout(), io::stderr());
    ExitCode::from(hipaa_verify::run(std::env::args_os(), &mut out, &mut err, hipaa_verify::is_terminal()))
}
