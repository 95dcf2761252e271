//! The command line of the reference application.

use std::process::ExitCode;

fn main() -> ExitCode {
    reference_app::cli::main(std::env::args_os())
}
