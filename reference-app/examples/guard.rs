//! The guard's subcommands as a program of their own.

use clap::Parser;
use std::process::ExitCode;

#[path = "../src"]
mod app {
    pub(crate) mod guard;
}
use app::guard;

#[derive(Debug, Parser)]
struct Cli {
    #[command(flatten)]
    guard: guard::Command,
}

fn main() -> ExitCode {
    guard::run(&Cli::parse().guard)
}
